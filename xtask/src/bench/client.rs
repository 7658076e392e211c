//! Who asks: requests over kept connections, made beforehand as far as they can be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, JoinSet};

type Body = Full<Bytes>;

/// What one server is asked, over and over.
#[derive(Clone)]
pub(super) struct Load {
    /// The server.
    pub(super) address: SocketAddr,
    /// How many different requests there are.
    pub(super) variants: usize,
    /// The request with a number.
    pub(super) request: Arc<dyn Fn(u64) -> Request<Body> + Send + Sync>,
    /// The status of the answer, and what stands in it.
    pub(super) expected: (StatusCode, &'static [u8]),
    /// Where the numbers go on, from round to round: no mutation has the number of another.
    next: Arc<AtomicU64>,
}

impl Load {
    pub(super) fn new(
        address: SocketAddr,
        variants: usize,
        expected: (StatusCode, &'static [u8]),
        request: impl Fn(u64) -> Request<Body> + Send + Sync + 'static,
    ) -> Self {
        // Those that are compared come first.
        let next = Arc::new(AtomicU64::new(variants as u64));
        Self { address, variants, request: Arc::new(request), expected, next }
    }

    /// The next answer.
    pub(super) async fn next(&self) -> Result<Bytes> {
        self.answer(self.next.fetch_add(1, Ordering::Relaxed)).await
    }

    /// One answer.
    pub(super) async fn answer(&self, number: u64) -> Result<Bytes> {
        let mut connection = Connection::open(self.address).await?;
        connection.ask((self.request)(number), self.expected).await
    }

    /// Asks over so many connections for so long.
    pub(super) async fn drive(&self, connections: usize, duration: Duration) -> Result<Round> {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(self.address).await?);
        }
        let began = Instant::now();
        let until = began + duration;
        let mut workers = JoinSet::new();
        for mut connection in open {
            let load = self.clone();
            workers.spawn(async move {
                let mut taken = Vec::new();
                while Instant::now() < until {
                    let request = (load.request)(load.next.fetch_add(1, Ordering::Relaxed));
                    let asked = Instant::now();
                    connection.ask(request, load.expected).await?;
                    taken.push(asked.elapsed());
                }
                Ok::<_, anyhow::Error>(taken)
            });
        }
        let mut taken = Vec::new();
        while let Some(worker) = workers.join_next().await {
            taken.extend(worker??);
        }
        Ok(Round { per_second: taken.len() as f64 / began.elapsed().as_secs_f64(), taken })
    }
}

/// What came of a round.
pub(super) struct Round {
    pub(super) per_second: f64,
    pub(super) taken: Vec<Duration>,
}

/// A kept connection.
struct Connection {
    sender: SendRequest<Body>,
    driver: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // What goes wrong with it, the next request tells.
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { sender, driver })
    }

    async fn ask(&mut self, request: Request<Body>, (status, part): (StatusCode, &[u8])) -> Result<Bytes> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await.context("no answer")?;
        let found = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let is_expected =
            found == status && (part.is_empty() || body.windows(part.len()).any(|window| window == part));
        if is_expected {
            return Ok(body);
        }
        let text = String::from_utf8_lossy(&body[..body.len().min(500)]);
        bail!("the answer is {found}: {text}")
    }
}

/// Whether a server says that it is ready.
pub(super) async fn is_ready(address: SocketAddr, path: &str) -> bool {
    let ask = async || {
        let mut connection = Connection::open(address).await?;
        let request = Request::get(path).header("host", "localhost").body(Body::default())?;
        connection.ask(request, (StatusCode::OK, b"")).await
    };
    ask().await.is_ok()
}

/// The answer's header with a name.
pub(super) async fn header(load: &Load, number: u64, name: &str) -> Result<String> {
    let mut connection = Connection::open(load.address).await?;
    connection.sender.ready().await?;
    let answer = connection.sender.send_request((load.request)(number)).await?;
    let value = answer.headers().get(name).with_context(|| format!("the answer has no {name}"))?;
    Ok(value.to_str()?.to_owned())
}
