//! The accept loop. `axum::serve` sets no header time-out, so a few hundred silent connections would hold a server.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tower::ServiceExt;

/// How long the head of a request may take, and how long a kept connection may stay silent.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest head of a request, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;
/// How many connections are served at once; more wait in the listener's queue.
const MOST_CONNECTIONS: usize = 2048;
/// How long requests in hand may take to end once the service is told to stop.
pub const DRAIN: Duration = Duration::from_secs(20);

/// Whose connection a request came by, in the extensions of each: the client's address, or its proxy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Serves until `shutdown` ends, then lets the requests in hand end, for at most [`DRAIN`].
///
/// HTTP/1.1 only: without TLS no browser speaks HTTP/2, and a proxy in front ends it anyway. The detection of both on
/// one port waits without a time-out for the first bytes, which is what this loop is there to prevent.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(LARGEST_HEAD)
        .keep_alive(true);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = next_connection(&listener, &places) => accepted,
        };
        // Answers are small and whole: waiting to fill a packet only adds delay.
        let _ = stream.set_nodelay(true);
        let service = router.clone().map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let service = TowerToHyperService::new(service);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            seconds = DRAIN.as_secs(),
            "requests were still running when the time to stop was over"
        );
    }
    Ok(())
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

    async fn start() -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = || async {
            sleep(Duration::from_millis(400)).await;
            "done"
        };
        let peer = |Extension(Peer(address)): Extension<Peer>| async move { address.to_string() };
        let router = Router::new().route("/slow", get(slow)).route("/peer", get(peer));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(listener, router, async {
            let _ = stopped.await;
        }));
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
        let (address, _stop, _server) = start().await;
        let began = Instant::now();
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        let closed = timeout(HEADER_TIMEOUT * 2, client.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "the connection stayed open");
        assert!(began.elapsed() >= HEADER_TIMEOUT - Duration::from_millis(100));
    }
}
