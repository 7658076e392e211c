//! A service whose backend answers as it is told, for the tests of HTTP.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes, to_bytes};
use futures_util::stream::{self, StreamExt};
use http::{Request as HttpRequest, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::{
    auth::DevIssuer,
    graphql::{Export, Kind, Outcome, Piece, Verdict, error::Code, error::Error},
    observe::gauges::Position,
};

/// Answers by the words in the query, and keeps what it was asked.
pub(super) struct Fake {
    readiness: Readiness,
    asked: Arc<Mutex<Vec<Asked>>>,
    made: Arc<AtomicUsize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) query: String,
    pub(super) subject: Option<String>,
    pub(super) variables: Value,
    pub(super) operation: Option<String>,
    pub(super) show_cost: bool,
    pub(super) read_only: bool,
    pub(super) request_id: String,
}

impl Backend for Fake {
    async fn execute(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Answer {
        assert!(!request.query.contains("panic"), "asked to");
        let outcome = match request.query.as_str() {
            "wrong" => Outcome::RequestError,
            "mutation" if request.read_only => Outcome::MutationOverGet,
            _ => Outcome::Executed,
        };
        if request.query == "slow" {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
        let answer = Answer {
            body: json!({"data": {"query": request.query}}).to_string().into_bytes(),
            outcome,
            operation: request.operation_name.clone(),
            kind: Kind::Query,
            verdict: Verdict::Well,
            statements: 3,
            tag: None,
        };
        self.asked.lock().unwrap().push(Asked {
            query: request.query,
            subject: principal.map(|principal| principal.subject().to_owned()),
            variables: request.variables.into(),
            operation: request.operation_name,
            show_cost: request.show_cost,
            read_only: request.read_only,
            request_id: request_id.to_owned(),
        });
        answer
    }

    async fn open(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Opened {
        let event = |number: usize| json!({"data": {"count": number}}).to_string();
        let events = match request.query.as_str() {
            "count" => stream::iter((1..=2).map(event)).boxed(),
            "wait" => stream::pending().boxed(),
            "burst" => stream::iter(1..)
                .map(move |number| {
                    assert!(number < 2, "asked to");
                    event(number)
                })
                .boxed(),
            "flood" => stream::iter((1..).map(event)).boxed(),
            // More than fits on the way, at once.
            "torrent" => stream::iter(1..)
                .map(|number| json!({"data": {"count": number, "text": "x".repeat(50_000)}}).to_string())
                .boxed(),
            _ => return Opened::Answer(self.execute(request, principal, request_id).await),
        };
        Opened::Events { operation: None, events }
    }

    async fn export(
        &self,
        request: Request,
        _: Format,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> Exported {
        let line = |number: usize| Piece { text: format!("{number}\n"), things: 1, statements: 1 };
        let pieces = match request.query.as_str() {
            "count" => stream::iter((1..=2).map(line).map(Ok)).boxed(),
            "break" => stream::iter([Ok(line(1)), Err(Error::new(Code::NotFound, "It is gone."))]).boxed(),
            "wait" => stream::iter([Ok(line(1))]).chain(stream::pending()).boxed(),
            // More than fits on the way, at once.
            "torrent" => {
                let made = Arc::clone(&self.made);
                let piece = move |_| {
                    made.fetch_add(1, Ordering::Relaxed);
                    Ok(Piece { text: "x".repeat(50_000), things: 1, statements: 1 })
                };
                stream::iter(1..).map(piece).boxed()
            }
            _ => return Exported::Answer(self.execute(request, principal, request_id).await),
        };
        let (name, marking) = ("numbers".to_owned(), "OFFICIAL".to_owned());
        Exported::Begun(Export { operation: None, name, marking, statements: 1, pieces })
    }

    async fn measured(&self) -> Measured {
        let ledgers = vec![Position { slug: "secret-programme".to_owned(), sequence: 7 }];
        Measured { pools: Vec::new(), ledgers: Some(ledgers), files_waiting: None, webhooks: None }
    }

    async fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }
}

pub(super) struct Service {
    pub(super) settings: Settings,
    pub(super) router: Router,
    /// That of the service, and that of those who watch over it.
    pub(super) routers: (Router, Router),
    pub(super) issuer: DevIssuer,
    /// How many pieces of a torrent were made.
    pub(super) made: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    pub(super) fn with(readiness: Readiness, demo: Option<Demo>) -> Service {
        Service::on(
            Fake { readiness, asked: Arc::default(), made: Arc::default() },
            demo,
            Settings::default(),
        )
    }

    pub(super) fn with_settings(settings: Settings) -> Service {
        let (asked, made) = (Arc::default(), Arc::default());
        Service::on(Fake { readiness: Readiness::Ready, asked, made }, None, settings)
    }

    fn on(backend: Fake, demo: Option<Demo>, settings: Settings) -> Service {
        let issuer = DevIssuer::unstored();
        let (asked, made) = (Arc::clone(&backend.asked), Arc::clone(&backend.made));
        let authenticator = Authenticator::new(Vec::new(), Some(&issuer)).unwrap();
        let routers = routers(HttpState {
            backend,
            authenticator,
            settings: settings.clone(),
            files: None,
            machines: None,
            demo,
        });
        Service { settings, router: routers.0.clone(), routers, issuer, made, asked }
    }

    pub(super) fn new() -> Service {
        Service::with(Readiness::Ready, None)
    }

    pub(super) async fn send(&self, request: HttpRequest<Body>) -> Reply {
        Service::answer(&self.router, request).await
    }

    pub(super) async fn answer(router: &Router, request: HttpRequest<Body>) -> Reply {
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    pub(super) async fn post(&self, body: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = HttpRequest::post("/graphql");
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.send(HttpRequest::get(path).body(Body::empty()).unwrap()).await
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Bytes,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of the one error, once everything that each error must have is there.
    pub(super) fn code(&self) -> String {
        let body = self.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "only errors: {body}");
        let error = &body["errors"][0];
        assert!(error["message"].as_str().is_some_and(|message| message.ends_with('.')), "{body}");
        assert_eq!(error["extensions"]["requestId"], self.header("x-request-id"));
        error["extensions"]["code"].as_str().unwrap().to_owned()
    }
}

pub(super) const GRAPHQL: &str = "application/graphql-response+json";
pub(super) const QUERY: &str = r#"{"query":"{a}"}"#;
