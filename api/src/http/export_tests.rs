//! Exports over real connections: what tells a whole one from one that was broken off.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::testing::Service;
use super::{Connections, Rates, Settings, serve};

/// Nothing here takes as long.
const TOO_LONG: Duration = Duration::from_secs(30);

struct Running {
    service: Service,
    address: SocketAddr,
}

async fn start(settings: Settings, connections: Connections) -> Running {
    let service = Service::with_settings(Settings { rates: Rates::ENDLESS, ..settings });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, stop) = (service.router.clone(), service.settings.stop.clone());
    tokio::spawn(async move {
        let until = stop.clone();
        serve(listener, router, &connections, stop, async move { until.begun().await }).await
    });
    Running { service, address }
}

async fn asked(address: SocketAddr, query: &str, accept: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "GET /graphql?query={query} HTTP/1.1\r\nHost: thread.test\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn answer(running: &Running, query: &str, accept: &str) -> String {
    let mut stream = asked(running.address, query, accept).await;
    let mut bytes = Vec::new();
    let _ = timeout(TOO_LONG, stream.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The last chunk of a body that is whole.
const END: &str = "\r\n0\r\n\r\n";

#[tokio::test]
async fn a_whole_export_ends_with_its_last_chunk_and_a_broken_one_without() {
    let running = start(Settings::default(), Connections::default()).await;
    for accept in ["application/jsonl", "text/csv"] {
        let whole = answer(&running, "count", accept).await;
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with(END), "{whole}");
        let name = whole
            .lines()
            .find(|line| line.starts_with("content-disposition: attachment; filename=\"numbers."));
        assert!(name.is_some(), "{whole}");
        let broken = answer(&running, "break", accept).await;
        assert!(broken.starts_with("HTTP/1.1 200") && !broken.contains(END), "{broken}");
        assert!(broken.contains("1\n"), "what was written has come: {broken}");
        assert_eq!(broken.contains("\"code\":\"NOT_FOUND\""), accept == "application/jsonl", "{broken}");
    }
}

#[tokio::test]
async fn who_does_not_read_has_nothing_kept_and_is_cut_off() {
    let connections = Connections { write_time: Duration::from_millis(500), ..Connections::default() };
    let running = start(Settings::default(), connections).await;
    let mut slow = asked(running.address, "torrent", "text/csv").await;
    // What fits on the way is on the way; then nothing more is made.
    let made = || running.service.made.load(Ordering::Relaxed);
    let mut before = 0;
    timeout(TOO_LONG, async {
        loop {
            sleep(Duration::from_millis(300)).await;
            let now = made();
            if now > 0 && now == before {
                break;
            }
            before = now;
        }
    })
    .await
    .expect("it goes on making what nobody reads");
    // 50 kB each: no more than the buffers of two sockets hold.
    assert!(made() < 400, "{} pieces for who reads none", made());
    sleep(Duration::from_millis(1500)).await;
    let mut rest = Vec::new();
    let _ = timeout(TOO_LONG, slow.read_to_end(&mut rest)).await.expect("it was cut off");
    assert_eq!(made(), before, "what came after was for nobody");
    // Its place is free again.
    let next = answer(&running, "count", "text/csv").await;
    assert!(next.starts_with("HTTP/1.1 200"), "{next}");
}

#[tokio::test]
async fn an_export_whose_time_is_over_is_broken_off_and_its_place_is_free() {
    let short = Settings { export_time: Duration::from_millis(300), ..Settings::default() };
    let running = start(short, Connections::default()).await;
    let over = answer(&running, "wait", "application/jsonl").await;
    assert!(
        over.contains("1\n") && over.contains("\"code\":\"UNAVAILABLE\"") && !over.contains(END),
        "{over}"
    );

    // Who takes nothing is not asked for more, and its place is free all the same.
    let _slow = asked(running.address, "torrent", "text/csv").await;
    let again = async {
        while !answer(&running, "count", "text/csv").await.starts_with("HTTP/1.1 200") {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(TOO_LONG, again).await.expect("the place is never free");
}
