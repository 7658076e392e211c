//! The protocol of the socket, against a backend that answers as it is told: every close code, and what is no reason to close.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{SinkExt, StreamExt};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::super::testing::Service;
use super::super::{Connections, LiveSettings, Rates, Settings, serve};
use super::{Told, told};
use crate::graphql::{Answer, Kind, Opened, Outcome, Verdict};

/// Nothing here waits for time to pass but what is short. Where something waits for ever, the test is to say so.
const TOO_LONG: Duration = Duration::from_secs(30);

pub(super) struct Running {
    pub(super) service: Service,
    pub(super) address: SocketAddr,
}

/// A service with a real port, in which nothing but rates is as short as can be waited for.
pub(super) async fn start(live: LiveSettings) -> Running {
    start_with(Settings { live, rates: Rates::ENDLESS, ..Settings::default() }).await
}

async fn start_with(settings: Settings) -> Running {
    let stop = settings.stop.clone();
    let service = Service::with_settings(settings);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = service.router.clone();
    tokio::spawn(async move {
        let until = stop.clone();
        serve(listener, router, &Connections::default(), stop, async move { until.begun().await }).await
    });
    Running { service, address }
}

pub(super) struct Client(pub(super) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Running {
    async fn connect(&self, headers: &[(&'static str, &str)]) -> Result<Client, Box<Error>> {
        let mut request = format!("ws://{}/graphql/ws", self.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| Client(socket)).map_err(Box::new)
    }

    pub(super) async fn open(&self) -> Client {
        self.connect(&[]).await.unwrap()
    }

    /// A socket that has said who it is.
    pub(super) async fn ready(&self, payload: Value) -> Client {
        let mut client = self.open().await;
        client.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(client.hear().await, json!({"type": "connection_ack"}));
        client
    }

    fn bearer(&self, subject: &str) -> String {
        format!("Bearer {}", self.service.issuer.token(subject, crate::config::now()).unwrap())
    }
}

impl Client {
    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(super) async fn begin(&mut self, id: &str, query: &str) {
        self.say(json!({"type": "subscribe", "id": id, "payload": {"query": query}})).await;
    }

    /// The next message, but for questions whether we are there.
    async fn hear(&mut self) -> Value {
        loop {
            let message = timeout(TOO_LONG, self.0.next()).await.unwrap().unwrap().unwrap();
            let message: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
            if message["type"] != "ping" {
                return message;
            }
        }
    }

    /// The code with which the service closes the socket.
    async fn closed(&mut self) -> u16 {
        loop {
            match timeout(TOO_LONG, self.0.next()).await.unwrap() {
                Some(Ok(Message::Close(Some(frame)))) => {
                    assert!(!frame.reason.is_empty() && frame.reason.len() <= 123);
                    return frame.code.into();
                }
                Some(Ok(_)) => {}
                other => panic!("no close frame: {other:?}"),
            }
        }
    }
}

async fn everything_told(outcome: Outcome, body: &str) -> Vec<Told> {
    let (body, kind, verdict) = (body.as_bytes().to_vec(), Kind::Query, Verdict::Well);
    let answer = Answer { body, outcome, operation: None, kind, verdict, statements: 0, tag: None };
    told(Opened::Answer(answer), "id-1").collect().await
}

#[tokio::test]
async fn what_was_run_is_told_and_over_and_what_was_not_is_refused() {
    let next = Told::Next(r#"{"data":{}}"#.to_owned());
    assert_eq!(everything_told(Outcome::Executed, r#"{"data":{}}"#).await, [next, Told::Complete]);
    let refused = Told::Refused(r#"[{"message":"no"}]"#.to_owned());
    let body = r#"{"errors":[{"message":"no"}]}"#;
    assert_eq!(everything_told(Outcome::RequestError, body).await, [refused]);
}

fn short() -> LiveSettings {
    LiveSettings { init_time: Duration::from_millis(300), ..LiveSettings::default() }
}

#[tokio::test]
async fn answers_are_told_and_over() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.begin("a", "count").await;
    for number in 1..=2 {
        let next = json!({"id": "a", "type": "next", "payload": {"data": {"count": number}}});
        assert_eq!(client.hear().await, next);
    }
    assert_eq!(client.hear().await, json!({"id": "a", "type": "complete"}));
    // An id may be used again once it is over.
    client.begin("a", "{a}").await;
    assert_eq!(client.hear().await["payload"], json!({"data": {"query": "{a}"}}));
    assert_eq!(client.hear().await["type"], "complete");
    client.begin("b", "wrong").await;
    assert_eq!(client.hear().await["type"], "error");
}

#[tokio::test]
async fn who_says_nothing_is_closed() {
    let running = start(short()).await;
    assert_eq!(running.open().await.closed().await, 4408);
}

#[tokio::test]
async fn nothing_is_told_before_the_first_message() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.open().await;
    client.begin("a", "count").await;
    assert_eq!(client.closed().await, 4401);
}

#[rstest]
#[case::no_json("{")]
#[case::no_type("{}")]
#[case::unknown(r#"{"type":"start","id":"1"}"#)]
#[case::no_query(r#"{"type":"subscribe","id":"1","payload":{}}"#)]
#[tokio::test]
async fn what_is_no_message_closes(#[case] text: &str) {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.0.send(Message::text(text)).await.unwrap();
    assert_eq!(client.closed().await, 4400);
}

#[tokio::test]
async fn bytes_close() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.open().await;
    client.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(client.closed().await, 4400);
}

#[tokio::test]
async fn an_id_in_use_closes() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.begin("a", "wait").await;
    client.begin("a", "wait").await;
    assert_eq!(client.closed().await, 4409);
}

#[tokio::test]
async fn an_operation_that_is_given_up_says_no_more_and_frees_its_id() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.begin("a", "wait").await;
    client.say(json!({"type": "complete", "id": "a"})).await;
    client.begin("a", "{a}").await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn a_second_first_message_closes() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.say(json!({"type": "connection_init"})).await;
    assert_eq!(client.closed().await, 4429);
}

#[tokio::test]
async fn a_token_in_the_first_message_says_who_asks() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({"Authorization": running.bearer("police")})).await;
    client.begin("a", "{a}").await;
    client.hear().await;
    let asked = running.service.asked();
    assert_eq!(asked[0].subject.as_deref(), Some("police"));
    assert!(asked[0].request_id.ends_with(":1"), "{}", asked[0].request_id);
}

#[tokio::test]
async fn a_bad_token_closes_and_an_expired_one_says_so() {
    let running = start(LiveSettings::default()).await;
    let old = running.service.issuer.token("police", crate::config::now() - TimeDelta::hours(13)).unwrap();
    for given in [json!("Bearer nonsense"), json!("nonsense"), json!(7), json!(format!("Bearer {old}"))] {
        let mut client = running.open().await;
        client.say(json!({"type": "connection_init", "payload": {"authorization": given}})).await;
        assert_eq!(client.closed().await, 4403);
    }
    // In the header it is refused before there is a socket.
    let refused = running.connect(&[("authorization", "Bearer nonsense")]).await.err().unwrap();
    assert!(matches!(*refused, Error::Http(response) if response.status() == 401));
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let running = start(LiveSettings::default()).await;
    let life = TimeDelta::hours(12) + crate::auth::LEEWAY - TimeDelta::seconds(2);
    let token = running.service.issuer.token("police", crate::config::now() - life).unwrap();
    let mut client = running.ready(json!({"authorization": format!("Bearer {token}")})).await;
    client.begin("a", "wait").await;
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn pings_are_answered_with_what_they_said() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.open().await;
    client.say(json!({"type": "ping", "payload": {"at": 1}})).await;
    assert_eq!(client.hear().await, json!({"type": "pong", "payload": {"at": 1}}));
}

#[tokio::test]
async fn who_does_not_answer_is_closed_and_who_does_is_not() {
    let alive_every = Duration::from_millis(200);
    let running = start(LiveSettings { alive_every, ..LiveSettings::default() }).await;
    let (mut silent, mut answering) = (running.ready(json!({})).await, running.ready(json!({})).await);
    let answers = async {
        for _ in 0..10 {
            let asked = timeout(TOO_LONG, answering.0.next()).await.unwrap().unwrap().unwrap();
            assert_eq!(asked.to_text().unwrap(), "{\"type\":\"ping\"}");
            answering.say(json!({"type": "pong"})).await;
        }
    };
    let (closed, ()) = futures_util::future::join(silent.closed(), answers).await;
    assert_eq!(closed, 1001);
}

#[tokio::test]
async fn operations_on_a_socket_and_sockets_of_a_client_are_bounded() {
    let live = LiveSettings { operations: 2, streams_each: 2, ..LiveSettings::default() };
    let running = start(live).await;
    let own = json!({"authorization": running.bearer("police")});
    let mut client = running.ready(own.clone()).await;
    for id in ["a", "b", "c"] {
        client.begin(id, "wait").await;
    }
    let refused = client.hear().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("c"), &json!("error")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");

    let second = running.ready(own.clone()).await;
    let mut third = running.open().await;
    third.say(json!({"type": "connection_init", "payload": own})).await;
    assert_eq!(third.closed().await, 4429);
    // Others have their own.
    running.ready(json!({"authorization": running.bearer("health")})).await;
    drop(second);
}

#[tokio::test]
async fn a_large_message_ends_the_socket() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.begin("a", &"x".repeat(200 * 1024)).await;
    let ended = async {
        loop {
            match client.0.next().await {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            }
        }
    };
    timeout(TOO_LONG, ended).await.unwrap();
    assert!(running.service.asked().is_empty());
}

#[tokio::test]
async fn rates_hold_for_each_operation() {
    let rates = Rates { anonymous: 2, ..Rates::ENDLESS };
    let running = start_with(Settings { rates, ..Settings::default() }).await;
    let mut client = running.ready(json!({})).await;
    client.begin("a", "{a}").await;
    assert_eq!(client.hear().await["type"], "next");
    assert_eq!(client.hear().await["type"], "complete");
    client.begin("b", "{a}").await;
    let refused = client.hear().await;
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
}

#[tokio::test]
async fn a_panic_ends_one_operation_and_not_the_socket() {
    let running = start(LiveSettings::default()).await;
    let mut client = running.ready(json!({})).await;
    client.begin("waits", "wait").await;
    for (id, query) in [("at once", "panic"), ("later", "burst")] {
        client.begin(id, query).await;
        let mut told = client.hear().await;
        if told["type"] == "next" {
            told = client.hear().await;
        }
        assert_eq!((&told["id"], &told["type"]), (&json!(id), &json!("error")));
        assert_eq!(told["payload"][0]["extensions"]["code"], "INTERNAL");
        assert!(!told.to_string().contains("asked to"), "{told}");
    }
    client.begin("goes on", "{a}").await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn a_slow_reader_holds_up_nobody_and_nothing_grows_for_it() {
    let running = start(LiveSettings::default()).await;
    let mut slow = running.ready(json!({})).await;
    slow.begin("a", "flood").await;
    let mut other = running.ready(json!({})).await;
    other.begin("a", "count").await;
    assert_eq!(other.hear().await["payload"]["data"]["count"], 1);
    // It gets all in order once it reads.
    for number in 1..=100 {
        assert_eq!(slow.hear().await["payload"]["data"]["count"], number);
    }
}

#[tokio::test]
async fn sockets_are_told_that_the_service_stops() {
    let settings = Settings::default();
    let stop = settings.stop.clone();
    let running = start_with(settings).await;
    let mut client = running.ready(json!({})).await;
    client.begin("a", "wait").await;
    stop.begin();
    assert_eq!(client.closed().await, 1001);
}

#[tokio::test]
async fn what_is_no_socket_of_ours_is_refused() {
    let running = start(LiveSettings::default()).await;
    let evil = running.connect(&[("origin", "https://evil.example")]).await.err().unwrap();
    assert!(matches!(*evil, Error::Http(response) if response.status() == 403));
    let old = running.connect(&[("sec-websocket-protocol", "graphql-ws")]).await.err().unwrap();
    assert!(matches!(*old, Error::Http(response) if response.status() == 400));
    let plain = reqwest::get(format!("http://{}/graphql/ws", running.address)).await.unwrap();
    assert_eq!(plain.status(), 400);
    let own = format!("http://{}", running.address);
    running.connect(&[("origin", own.as_str())]).await.unwrap();
}
