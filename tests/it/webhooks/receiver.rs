//! A receiver, as an integrator writes one: it verifies with the public library, and answers as the test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use standardwebhooks::Webhook;

/// How it answers.
#[derive(Clone, Debug)]
pub enum Answer {
    Status(u16),
    /// With a header.
    With(u16, &'static str, String),
    /// Never, within the test.
    Hang,
}

/// What it was sent.
#[derive(Clone, Debug)]
pub struct Got {
    pub id: String,
    pub body: Value,
    pub text: String,
    pub headers: HeaderMap,
    /// How many of its secrets the signatures fit.
    pub verified: usize,
}

impl Got {
    /// The type of the event.
    pub fn of(&self) -> &str {
        self.body["type"].as_str().unwrap()
    }

    /// What it is about.
    pub fn data(&self) -> &Value {
        &self.body["data"]
    }
}

type Behaviour = Box<dyn Fn(&Got, usize) -> Answer + Send>;

struct Shared {
    secrets: Mutex<Vec<String>>,
    got: Mutex<Vec<Got>>,
    behaviour: Mutex<Behaviour>,
}

/// A receiver that listens on this machine.
pub struct Receiver {
    url: String,
    shared: Arc<Shared>,
    serves: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serves.abort();
    }
}

impl Receiver {
    /// One that takes everything.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    async fn start_at(address: &str) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}/hooks?key=1", listener.local_addr().unwrap());
        let takes: Behaviour = Box::new(|_, _| Answer::Status(204));
        let shared = Arc::new(Shared {
            secrets: Mutex::default(),
            got: Mutex::default(),
            behaviour: Mutex::new(takes),
        });
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let serves = tokio::spawn(async move { axum_serve(listener, router).await });
        Self { url, shared, serves }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn verifies_with(&self, secret: &str) {
        self.shared.secrets.lock().unwrap().push(secret.to_owned());
    }

    /// Answers so from now on; told how many times it got the same id before.
    pub fn answers(&self, behaviour: impl Fn(&Got, usize) -> Answer + Send + 'static) {
        *self.shared.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    /// All that it was sent, in order.
    pub fn got(&self) -> Vec<Got> {
        self.shared.got.lock().unwrap().clone()
    }

    /// Waits until what it was sent is so.
    pub async fn until(&self, is: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        for _ in 0..1500 {
            let got = self.got();
            if is(&got) {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let got: Vec<_> = self.got().iter().map(|got| format!("{} {}", got.id, got.text)).collect();
        panic!("it never got that, but: {got:#?}");
    }

    /// Whether nothing comes for a while.
    pub async fn is_left_alone(&self) -> bool {
        let before = self.got().len();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        self.got().len() == before
    }
}

async fn axum_serve(listener: tokio::net::TcpListener, router: Router) {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::server::conn::auto::Builder;
    use hyper_util::service::TowerToHyperService;
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let secrets = shared.secrets.lock().unwrap().clone();
    let fits = |secret: &&String| Webhook::new(secret).unwrap().verify(text.as_bytes(), &headers).is_ok();
    let verified = secrets.iter().filter(fits).count();
    let got = Got { id, body: serde_json::from_str(&text).unwrap(), text, headers, verified };
    let answer = {
        let mut all = shared.got.lock().unwrap();
        let before = all.iter().filter(|other| other.id == got.id).count();
        all.push(got.clone());
        shared.behaviour.lock().unwrap()(&got, before)
    };
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::With(status, name, value) => {
            (StatusCode::from_u16(status).unwrap(), [(name, value)]).into_response()
        }
        Answer::Hang => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK.into_response()
        }
    }
}
