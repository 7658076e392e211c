//! Around every request: its id, the headers that every answer carries, and one line in the log.

use std::{any::Any, time::Instant};

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::{
    answer::{Failure, failure},
    graphql::Caller,
};
use crate::{
    auth::Principal,
    graphql::{Answer, Kind, Opened, Outcome, Verdict},
    observe::{current::Current, requests::Request as Counted, trace},
};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// For answers that hold data or errors: nothing may be loaded or framed from them.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The identifier of one request, from the caller or made here: printable, so that it can stand in logs and headers.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    fn of(headers: &HeaderMap) -> RequestId {
        let mut given = headers.get_all(&REQUEST_ID).iter();
        match (given.next(), given.next()) {
            (Some(value), None) if is_sane(value.as_bytes()) => RequestId(value.clone()),
            _ => {
                let made = Uuid::now_v7().to_string();
                RequestId(HeaderValue::from_str(&made).unwrap_or_else(|_| HeaderValue::from_static("none")))
            }
        }
    }

    /// The identifier of a part of it, such as one of the operations on a socket.
    pub(super) fn part(&self, number: u64) -> RequestId {
        let whole = format!("{}:{number}", self.as_str());
        HeaderValue::from_str(&whole).map_or_else(|_| self.clone(), RequestId)
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

fn is_sane(id: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=128).contains(&id.len()) && id.iter().all(fits)
}

/// What an executed request leaves for the log. Never its variables: they hold people's words.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) operation: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) kind: Kind,
    pub(super) verdict: Verdict,
    pub(super) statements: u32,
}

impl Served {
    /// What a query leaves whose answer has begun.
    pub(super) fn begun(operation: Option<&str>, statements: u32) -> Self {
        let (outcome, kind, verdict) = (Outcome::Executed, Kind::Query, Verdict::Well);
        Self { operation: operation.map(short), outcome, kind, verdict, statements }
    }

    /// What an answer leaves.
    pub(super) fn of(answer: &Answer) -> Self {
        Self {
            operation: answer.operation.as_deref().map(short),
            outcome: answer.outcome,
            kind: answer.kind,
            verdict: answer.verdict,
            statements: answer.statements,
        }
    }
}

/// As much of a text as a line of the log has room for.
pub(super) fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Left by the panic handler; the answer itself is written where the request id is known.
#[derive(Clone)]
struct Panicked;

/// Turns a panic into a mark. Where it was is in the log already; what it said goes nowhere.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.extensions_mut().insert(Panicked);
    response
}

/// The outermost layer.
pub(super) async fn around(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = short(request.uri().path());
    let span = match path.starts_with("/graphql") {
        true => trace::request(&method, id.as_str(), request.headers()),
        false => Span::none(),
    };
    let work = next.run(request).instrument(span.clone());
    let (mut response, current) = Current::new(id.0.clone()).around(work).await;
    if response.extensions_mut().remove::<Panicked>().is_some() {
        response = failure(&Failure::Internal, id.as_str());
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID.clone(), id.0.clone());
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, API_POLICY),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let principal = current.as_ref().and_then(Current::subject);
    Line { method: &method, path: &path, id: &id, principal, began }.finish(&response, &span);
    response
}

/// What is known of a request before it is answered.
struct Line<'a> {
    method: &'a http::Method,
    path: &'a str,
    id: &'a RequestId,
    principal: Option<&'a str>,
    began: Instant,
}

impl Line<'_> {
    /// Counts the request and writes its line; probes only where debugging is asked for, because there are many and they
    /// say little.
    fn finish(self, response: &Response, span: &Span) {
        let Self { method, path, id, principal, began } = self;
        let status = response.status().as_u16();
        let took = began.elapsed();
        let duration_ms = took.as_micros() as f64 / 1000.0;
        let request_id = id.as_str();
        if let Some(served) = response.extensions().get::<Served>() {
            let operation = served.operation.as_deref().unwrap_or_default();
            let (kind, result, statements) =
                (served.kind.as_str(), served.verdict.as_str(), served.statements);
            let field = if let Kind::Mutation(field) = served.kind { field } else { operation };
            let counted =
                Counted { kind, operation: field, outcome: result, statements: Some(statements), took };
            counted.count();
            trace::answered(span, &counted, operation, status);
            let outcome = served.outcome;
            tracing::info!(
                request_id, principal, %method, path, status, kind, operation, ?outcome, result, statements, duration_ms,
                "request"
            );
        } else if matches!(path, "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(request_id, %method, path, status, duration_ms, "probe");
        } else {
            let code = response.extensions().get::<&'static str>().copied();
            if let Some(outcome) = code {
                let counted = Counted { kind: "none", operation: "", outcome, statements: None, took };
                counted.count();
                trace::answered(span, &counted, "", status);
            }
            tracing::info!(request_id, principal, %method, path, status, code, duration_ms, "request");
        }
    }
}

/// Counts an operation that was begun, or refused, over a socket or a stream, and writes its line. The connection that carries
/// it has a line of its own.
pub(super) fn operation(opened: Result<&Opened, &Failure>, caller: &Caller, began: Instant) {
    let (kind, name, result, statements) = match opened {
        Ok(Opened::Answer(answer)) => {
            (answer.kind, answer.operation.as_deref(), answer.verdict.as_str(), Some(answer.statements))
        }
        Ok(Opened::Events { operation, .. }) => (Kind::Subscription, operation.as_deref(), "ok", None),
        Err(reason) => (Kind::None, None, reason.code().as_str(), None),
    };
    let operation = name.map(short).unwrap_or_default();
    let field = if let Kind::Mutation(field) = kind { field } else { &operation };
    let (kind, took) = (kind.as_str(), began.elapsed());
    Counted { kind, operation: field, outcome: result, statements, took }.count();
    let duration_ms = took.as_micros() as f64 / 1000.0;
    let principal = caller.principal.as_ref().map(Principal::subject);
    let request_id = caller.id.as_str();
    tracing::info!(request_id, principal, kind, operation, result, statements, duration_ms, "operation");
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        panic,
        sync::{Arc, Mutex},
        thread,
    };

    use axum::{Router, body::Body, middleware, routing::any};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;
    use crate::observe::current::asked_by;

    #[test]
    fn only_plain_ids_are_taken_over() {
        assert!(is_sane(b"01890a5d-ac96-774b-bcce-b302099a8057"));
        assert!(is_sane(b"a.b:c_d-1") && !is_sane(b"Root=1"));
        for id in [&b""[..], b"with space", b"line\nbreak", "caf\u{e9}".as_bytes(), &[b'a'; 129]] {
            assert!(!is_sane(id));
        }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged on this thread from now on.
    fn logged() -> (Lines, tracing::subscriber::DefaultGuard) {
        // With one subscriber in all, `tracing` remembers of a line that another thread came to first that nobody wants it.
        let _ = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::new());
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || sink.clone()).finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }

        fn json(&self) -> Vec<serde_json::Value> {
            self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
    }

    fn asking() -> Request {
        Request::get("/graphql?query=%7Bwhisper%7D")
            .header("authorization", "Bearer whisper")
            .header("x-request-id", "id-1")
            .body(Body::from("whisper"))
            .unwrap()
    }

    #[tokio::test]
    async fn the_log_tells_what_happened_and_nothing_that_was_said() {
        let (lines, _guard) = logged();
        let served = || async {
            asked_by("police");
            let mut response: Response = Response::default();
            let served = Served::of(&Answer {
                body: b"whisper".to_vec(),
                outcome: Outcome::Executed,
                operation: Some(format!("Dashboard{}", "x".repeat(500))),
                kind: Kind::Mutation("actionUpdate"),
                verdict: Verdict::Refused,
                statements: 7,
                tag: None,
            });
            response.extensions_mut().insert(served);
            response
        };
        let router = Router::new().route("/graphql", any(served)).layer(middleware::from_fn(around));
        router.oneshot(asking()).await.unwrap();
        let text = lines.text();
        let [line] = &lines.json()[..] else { panic!("{text}") };
        let fields = &line["fields"];
        assert_eq!((&fields["request_id"], &fields["path"]), (&"id-1".into(), &"/graphql".into()));
        assert_eq!((&fields["status"], &fields["statements"]), (&200.into(), &7.into()));
        assert_eq!((&fields["principal"], &fields["kind"]), (&"police".into(), &"mutation".into()));
        assert_eq!((&fields["outcome"], &fields["result"]), (&"Executed".into(), &"refused".into()));
        assert_eq!(fields["operation"].as_str().map(str::len), Some(100));
        assert!(fields["duration_ms"].is_number());
        assert!(!text.contains("whisper"), "{text}");
    }

    #[tokio::test]
    async fn nobody_is_no_principal() {
        let (lines, _guard) = logged();
        let router = Router::new().route("/graphql", any(|| async {})).layer(middleware::from_fn(around));
        router.oneshot(asking()).await.unwrap();
        assert_eq!(lines.json()[0]["fields"].get("principal"), None);
    }

    #[tokio::test]
    async fn a_panic_is_told_by_its_place_and_its_request_and_not_by_what_it_says() {
        let (lines, _guard) = logged();
        // Other tests run in this process: theirs panic as ever.
        let here = thread::current().id();
        let before = Arc::new(panic::take_hook());
        let others = Arc::clone(&before);
        panic::set_hook(Box::new(move |panic| match thread::current().id() == here {
            true => crate::observe::panic::log(panic),
            false => others(panic),
        }));
        let broken = || async {
            tokio::task::yield_now().await;
            let said = std::hint::black_box("whisper");
            assert_eq!(said, "", "whisper");
        };
        let router = Router::new()
            .route("/graphql", any(broken))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(around));
        let response = router.oneshot(asking()).await.unwrap();
        panic::set_hook(Box::new(move |panic| before(panic)));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let text = lines.text();
        let [panic, request] = &lines.json()[..] else { panic!("{text}") };
        assert_eq!((&panic["level"], &panic["fields"]["message"]), (&"ERROR".into(), &"panicked".into()));
        assert_eq!(panic["fields"]["request_id"], "id-1");
        assert!(panic["fields"]["place"].as_str().unwrap().contains("context.rs:"), "{text}");
        assert_eq!(
            (&request["fields"]["status"], &request["fields"]["code"]),
            (&500.into(), &"INTERNAL".into())
        );
        assert!(!text.contains("whisper"), "{text}");
    }
}
