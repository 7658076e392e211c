//! Clients that are slow but alive, and clients that are not, over real connections.

use std::net::SocketAddr;
use std::time::Duration;

use api::files::{FileSettings, Pace};
use api::http::{Connections, Stop, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use super::*;
use crate::support::on_both;

/// Longer than anything here takes.
const TOO_LONG: Duration = Duration::from_secs(60);
const WRITE_TIME: Duration = Duration::from_millis(1500);
const LARGE: usize = 12_000_000;

async fn served(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Connections { write_time: WRITE_TIME, ..Connections::default() };
    let router = app.router();
    tokio::spawn(async move {
        serve(listener, router, &connections, Stop::default(), std::future::pending()).await
    });
    address
}

/// A connection that takes in little at a time, on which a request was sent.
async fn asked(address: SocketAddr, url: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let head = format!("GET {} HTTP/1.1\r\nHost: thread.test\r\nConnection: close\r\n\r\n", path(url));
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_slow_reader_gets_all_of_it_and_a_silent_one_is_cut_off() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let file = attached(app, ("large.txt", "text/plain"), &vec![b'a'; LARGE]).await;
        let address_of_file = address(app, OFFICE, &file).await.unwrap();
        let address = served(app).await;

        let mut stream = asked(address, &address_of_file).await;
        let (mut came, mut piece, mut pauses) = (0, vec![0; 64 * 1024], 0);
        loop {
            let read = timeout(TOO_LONG, stream.read(&mut piece)).await.unwrap().unwrap();
            if read == 0 {
                break;
            }
            came += read;
            // Together longer than the server waits for a silent one.
            if came / 1_000_000 > pauses {
                pauses += 1;
                sleep(WRITE_TIME / 5).await;
            }
        }
        assert!(came > LARGE && pauses >= 10, "{came} {pauses}");

        let mut stream = asked(address, &address_of_file).await;
        sleep(WRITE_TIME * 3).await;
        let mut rest = Vec::new();
        let _ = timeout(TOO_LONG, stream.read_to_end(&mut rest)).await.unwrap();
        assert!(rest.len() < LARGE, "the whole answer came");
        assert!(rest.starts_with(b"HTTP/1.1 200"));
    })
    .await;
}

#[tokio::test]
async fn a_silent_sender_is_cut_off_and_a_slow_one_is_not() {
    on_both(async |app| {
        let pace = Pace { silence: Duration::from_millis(1000), ..Pace::default() };
        let app = &app.keeping(FileSettings { pace, ..in_memory() }, settings()).await;
        let (_, url) = announced(app).await;
        let address = served(app).await;
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: thread.test\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            path(&url),
            PDF.len()
        );
        let answer = async |slow: bool| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            for piece in PDF.chunks(PDF.len() / 5 + 1) {
                stream.write_all(piece).await.unwrap();
                if !slow {
                    break;
                }
                sleep(Duration::from_millis(300)).await;
            }
            let mut answer = String::new();
            let _ = timeout(TOO_LONG, stream.read_to_string(&mut answer)).await.unwrap();
            answer
        };
        let silent = answer(false).await;
        assert!(silent.starts_with("HTTP/1.1 408") && silent.contains("did not arrive in time"), "{silent}");
        let slow = answer(true).await;
        assert!(slow.starts_with("HTTP/1.1 204"), "{slow}");
    })
    .await;
}
