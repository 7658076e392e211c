//! The accept loop. `axum::serve` sets no header time-out, so a few hundred silent connections would hold a server.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, extract::Request, response::Response};
use http::{HeaderValue, header};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{interval, sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{
    arrivals::Arrivals,
    client::network,
    gate::{Occupancy, Place},
    settings::Connections,
    stop::Stop,
};

/// How many headers a request may have.
const MOST_HEADERS: usize = 64;
/// How often addresses are forgotten from which nobody has come of late.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// How long requests in hand may take to end once the service is told to stop.
pub const DRAIN: Duration = Duration::from_secs(20);

/// Whose connection a request came by, in the extensions of each: the client's address, or its proxy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// What a connection takes up, in the extensions of its requests: a request that takes the connection over keeps it.
#[derive(Clone)]
pub(super) struct Connected(#[expect(dead_code, reason = "held")] Arc<Taken>);

/// One of the places for connections, and one of those for its address.
struct Taken(
    #[expect(dead_code, reason = "held")] OwnedSemaphorePermit,
    #[expect(dead_code, reason = "held")] Option<Place<IpAddr>>,
);

/// Serves until `shutdown` ends, then lets the requests in hand end, for at most [`DRAIN`].
///
/// HTTP/1.1 only: without TLS no browser speaks HTTP/2, and a proxy in front ends it anyway. The detection of both on
/// one port waits without a time-out for the first bytes, which is what this loop is there to prevent.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &Connections,
    stop: Stop,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(settings.most));
    let each = Occupancy::new(settings.most_each);
    let arrivals = Arc::new(Arrivals::new(settings.opened_each));
    let mut forget = interval(FORGET_EVERY);
    let (of_clients, of_proxies) =
        (builder(settings, settings.head_time), builder(settings, settings.proxy_time));
    let leaving = async {
        shutdown.await;
        stop.leave();
        sleep(settings.leave_time).await;
    };
    let mut leaving = std::pin::pin!(leaving);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut leaving => break,
            _ = forget.tick() => {
                arrivals.forget_idle();
                continue;
            }
            accepted = next_connection(&listener, &places) => accepted,
        };
        let network = network(peer.ip());
        let is_proxy = settings.proxies.iter().any(|proxies| proxies.contains(&peer.ip().to_canonical()));
        let own = if is_proxy { None } else { each.enter(&network) };
        if own.is_none() && !is_proxy {
            tracing::debug!("a connection was closed: its address has as many as it may");
            continue;
        }
        let Some(place) = place else { continue };
        let connected = Connected(Arc::new(Taken(place, own)));
        // Answers are small and whole: waiting to fill a packet only adds delay.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(settings.write_time));
        let service = router.clone().map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(Peer(peer));
            request.extensions_mut().insert(connected.clone());
            request
        });
        let leaving = stop.clone();
        let service = service.map_response(move |answer| parting(answer, &leaving));
        let stream = TokioIo::new(Box::pin(stream));
        let builder = if is_proxy { &of_proxies } else { &of_clients };
        let connection = builder.serve_connection(stream, TowerToHyperService::new(service));
        let (stop, arrivals) = (stop.clone(), Arc::clone(&arrivals));
        tokio::spawn(async move {
            if !is_proxy {
                tokio::select! {
                    () = arrivals.wait(network) => {}
                    () = stop.begun() => return,
                }
            }
            let ended = {
                let mut connection = std::pin::pin!(connection.with_upgrades());
                tokio::select! {
                    ended = &mut connection => ended,
                    () = stop.begun() => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
                // The connection is closed by now, and its place is free.
                if error.is_parse() && !is_proxy {
                    arrivals.spoke_no_http(network).await;
                }
            }
        });
    }
    drop(listener);
    stop.begin();
    // Every connection holds a place, also one that was taken over by a socket.
    let all = u32::try_from(settings.most).unwrap_or(u32::MAX);
    if timeout(DRAIN, places.acquire_many(all)).await.is_err() {
        tracing::warn!(
            seconds = DRAIN.as_secs(),
            "requests were still running when the time to stop was over"
        );
    }
    Ok(())
}

/// How HTTP is spoken on a connection that may stay silent for so long where a request is due.
fn builder(settings: &Connections, silence: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(silence)
        .max_buf_size(settings.head_bytes)
        .max_headers(MOST_HEADERS)
        .keep_alive(true);
    builder
}

/// Once the service is to stop, each answer says that it is the last one on its connection. So a kept connection ends between two
/// requests, and when the time to stop has come none is left on which another could be on its way.
fn parting(mut answer: Response, stop: &Stop) -> Response {
    if stop.is_leaving() {
        answer.headers_mut().entry(header::CONNECTION).or_insert(HeaderValue::from_static("close"));
    }
    answer
}

/// The next connection, once there is a place for it. An accept that fails is the client's trouble, or that no file
/// handle is left: neither is a reason to stop.
async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a permit.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Extension, routing::get};
    use std::time::Instant;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::oneshot,
    };

    type Started = (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<io::Result<()>>);

    async fn start() -> Started {
        start_with(Connections::default()).await
    }

    async fn start_with(settings: Connections) -> Started {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = || async {
            sleep(Duration::from_millis(400)).await;
            "done"
        };
        let peer = |Extension(Peer(address)): Extension<Peer>| async move { address.to_string() };
        let large = || async { vec![b'x'; 32 * 1024 * 1024] };
        let router =
            Router::new().route("/slow", get(slow)).route("/peer", get(peer)).route("/large", get(large));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serve(listener, router, &settings, Stop::default(), stopped).await
        });
        (address, stop, server)
    }

    #[tokio::test]
    async fn a_request_in_hand_ends_and_no_new_one_begins() {
        let (address, stop, server) = start().await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        server.await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    /// Asks on a connection that is to be kept, and gives the head of the answer.
    async fn asked(client: &mut TcpStream) -> String {
        client.write_all(b"GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            answer.push(client.read_u8().await.unwrap());
        }
        let head = String::from_utf8(answer).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        client.read_exact(&mut body).await.unwrap();
        head
    }

    #[tokio::test]
    async fn who_keeps_a_connection_is_told_to_leave_before_it_is_closed() {
        let leave_time = Duration::from_secs(3600);
        let (address, stop, _server) = start_with(Connections { leave_time, ..Connections::default() }).await;
        let mut kept = TcpStream::connect(address).await.unwrap();
        assert!(!asked(&mut kept).await.contains("connection: close"));
        stop.send(()).unwrap();
        // The word takes a moment to get around.
        while !asked(&mut kept).await.contains("connection: close") {}
        assert_eq!(kept.read_to_end(&mut Vec::new()).await.unwrap(), 0, "the connection ends after it");
        let mut next = TcpStream::connect(address).await.unwrap();
        assert!(asked(&mut next).await.starts_with("HTTP/1.1 200"), "the service still takes connections");
    }

    #[tokio::test]
    async fn a_proxy_keeps_silent_connections_for_longer() {
        let head_time = Duration::from_millis(100);
        let proxies = vec!["127.0.0.1/32".parse().unwrap()];
        let (address, _stop, _server) =
            start_with(Connections { head_time, proxies, ..Connections::default() }).await;
        let mut kept = TcpStream::connect(address).await.unwrap();
        asked(&mut kept).await;
        sleep(head_time * 5).await;
        assert!(asked(&mut kept).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn a_request_says_whose_connection_it_came_by() {
        let (address, _stop, _server) = start().await;
        for _ in 0..2 {
            let mut client = TcpStream::connect(address).await.unwrap();
            let own = client.local_addr().unwrap().to_string();
            let request = b"GET /peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            client.write_all(request).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.ends_with(&own), "{own}: {answer}");
        }
    }

    #[rstest::rstest]
    #[case::silent(b"")]
    #[case::half_a_head(b"GET /slow HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    #[tokio::test]
    async fn a_head_that_does_not_come_closes_the_connection(#[case] sent: &[u8]) {
        let head_time = Duration::from_millis(500);
        let (address, _stop, _server) = start_with(Connections { head_time, ..Connections::default() }).await;
        let began = Instant::now();
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        let closed = timeout(head_time * 10, client.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "the connection stayed open");
        assert!(began.elapsed() >= head_time - Duration::from_millis(100));
    }

    #[tokio::test]
    async fn one_address_has_so_many_connections_and_no_more() {
        let (address, _stop, _server) =
            start_with(Connections { most_each: 2, ..Connections::default() }).await;
        let ask = async |client: &mut TcpStream| {
            let _ = client.write_all(b"GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").await;
            let mut answer = [0; 12];
            client.read_exact(&mut answer).await.is_ok_and(|_| answer == *b"HTTP/1.1 200")
        };
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut first).await && ask(&mut second).await);
        let mut third = TcpStream::connect(address).await.unwrap();
        assert!(!ask(&mut third).await, "a third connection was served");
        drop(first);
        // The server finds out in its own time that the first has gone.
        let served = async {
            loop {
                let mut next = TcpStream::connect(address).await.unwrap();
                if ask(&mut next).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(30), served).await.unwrap();
    }

    #[tokio::test]
    async fn who_does_not_read_the_answer_is_cut_off() {
        let write_time = Duration::from_millis(300);
        let settings = Connections { write_time, most_each: 1, ..Connections::default() };
        let (address, _stop, _server) = start_with(settings).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        sleep(write_time * 3).await;
        // What was under way arrives, and then the connection is at its end, long before the whole answer is.
        let mut answer = Vec::new();
        let _ = timeout(Duration::from_secs(30), client.read_to_end(&mut answer)).await.unwrap();
        assert!(answer.len() < 32 * 1024 * 1024, "the whole answer came");
    }
}
