//! Around every request: its id, the headers that every answer carries, and one line in the log.

use std::{any::Any, time::Instant};

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::answer::{Failure, failure};
use crate::graphql::Outcome;

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
    pub(super) statements: u32,
}

/// Left by the panic handler; the answer itself is written where the request id is known.
#[derive(Clone)]
struct Panicked;

/// Turns a panic into a mark. What the panic said is on stderr already and goes nowhere else.
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
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
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
    log(&method, &path, &id, &response, began);
    response
}

/// One line for each request; probes only where debugging is asked for, because there are many and they say little.
fn log(method: &http::Method, path: &str, id: &RequestId, response: &Response, began: Instant) {
    let status = response.status().as_u16();
    let duration_ms = began.elapsed().as_micros() as f64 / 1000.0;
    let request_id = id.as_str();
    let short = |text: &str| text.chars().take(100).collect::<String>();
    let path = short(path);
    if let Some(served) = response.extensions().get::<Served>() {
        let operation = short(served.operation.as_deref().unwrap_or_default());
        let (outcome, statements) = (served.outcome, served.statements);
        tracing::info!(request_id, %method, path, status, operation, ?outcome, statements, duration_ms, "request");
    } else if matches!(path.as_str(), "/healthz" | "/readyz") {
        tracing::debug!(request_id, %method, path, status, duration_ms, "probe");
    } else {
        let code = response.extensions().get::<&'static str>().copied().unwrap_or_default();
        tracing::info!(request_id, %method, path, status, code, duration_ms, "request");
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use axum::{Router, body::Body, middleware, routing::any};
    use tower::ServiceExt;

    use super::*;

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

    #[tokio::test]
    async fn the_log_tells_what_happened_and_nothing_that_was_said() {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || sink.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let served = || async {
            let mut response: Response = Response::default();
            let operation = Some(format!("Dashboard{}", "x".repeat(500)));
            response.extensions_mut().insert(Served { operation, outcome: Outcome::Executed, statements: 7 });
            response
        };
        let router = Router::new().route("/graphql", any(served)).layer(middleware::from_fn(around));
        let request = Request::get("/graphql?query=%7Bwhisper%7D")
            .header("authorization", "Bearer whisper")
            .header("x-request-id", "id-1")
            .body(Body::from("whisper"))
            .unwrap();
        router.oneshot(request).await.unwrap();
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        let fields = &line["fields"];
        assert_eq!((&fields["request_id"], &fields["path"]), (&"id-1".into(), &"/graphql".into()));
        assert_eq!((&fields["status"], &fields["statements"]), (&200.into(), &7.into()));
        assert_eq!(fields["operation"].as_str().map(str::len), Some(100));
        assert!(fields["outcome"] == "Executed" && fields["duration_ms"].is_number());
        assert!(!text.contains("whisper"), "{text}");
    }
}
