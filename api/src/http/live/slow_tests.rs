//! Readers that are too slow, over real connections: they are told so, and nothing is kept for them.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::super::LiveSettings;
use super::tests::start;

/// Nothing here takes as long.
const TOO_LONG: Duration = Duration::from_secs(30);
const READING: Duration = Duration::from_millis(300);
/// Long enough, on a busy machine too, for everything on the way to be full for longer than that.
const SILENT: Duration = Duration::from_secs(4);

fn impatient() -> LiveSettings {
    LiveSettings { reading_time: READING, ..LiveSettings::default() }
}

#[tokio::test]
async fn a_socket_that_is_not_read_is_closed_with_the_reason() {
    let running = start(impatient()).await;
    let mut slow = running.ready(json!({})).await;
    slow.begin("a", "torrent").await;
    // What fits on the way is on the way; then nothing more is made.
    sleep(SILENT).await;
    let mut told = 0;
    let close = loop {
        match timeout(TOO_LONG, slow.0.next()).await.unwrap() {
            Some(Ok(Message::Close(Some(close)))) => break close,
            Some(Ok(Message::Text(text))) if text.contains("\"next\"") => {
                told += 1;
                assert!(text.contains(&format!("{{\"count\":{told},")), "in order, none left out: {text}");
            }
            Some(Ok(_)) => {}
            other => panic!("no close frame: {other:?}"),
        }
    };
    assert_eq!(u16::from(close.code), 1013);
    assert!(close.reason.contains("too slowly") && close.reason.contains("cursor"), "{close:?}");
    assert!(told > 0);
}

#[tokio::test]
async fn a_stream_that_is_not_read_ends_with_the_reason() {
    let running = start(impatient()).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    let request =
        "GET /graphql?query=torrent HTTP/1.1\r\nHost: thread.example\r\nAccept: text/event-stream\r\n\r\n";
    slow.write_all(request.as_bytes()).await.unwrap();
    sleep(SILENT).await;
    let mut text = String::new();
    let mut bytes = vec![0; 64 * 1024];
    while !text.ends_with("0\r\n\r\n") {
        let count = timeout(TOO_LONG, slow.read(&mut bytes)).await.unwrap().unwrap();
        assert!(count > 0, "the stream ends with its last chunk");
        // The beginning is of no interest, and long.
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        text = text.split_off(text.len().saturating_sub(600));
    }
    assert!(text.contains("You read too slowly") && text.contains("UNAVAILABLE"), "{text}");
    assert!(text.contains("event: complete"), "{text}");
}
