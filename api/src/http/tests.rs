//! The rules of HTTP, against a backend that answers as it is told.

use std::sync::Mutex;

use axum::body::{Body, Bytes, to_bytes};
use chrono::TimeDelta;
use http::{Request as HttpRequest, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::{
    auth::DevIssuer,
    graphql::{Kind, Outcome, Verdict},
    observe::gauges::Position,
};

/// Answers by the words in the query, and keeps what it was asked.
struct Fake {
    readiness: Readiness,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Asked {
    query: String,
    subject: Option<String>,
    variables: Value,
    operation: Option<String>,
    show_cost: bool,
    read_only: bool,
    request_id: String,
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
        };
        self.asked.lock().unwrap().push(Asked {
            query: request.query,
            subject: principal.map(|principal| principal.subject.clone()),
            variables: request.variables.into(),
            operation: request.operation_name,
            show_cost: request.show_cost,
            read_only: request.read_only,
            request_id: request_id.to_owned(),
        });
        answer
    }

    async fn measured(&self) -> Measured {
        let ledgers = vec![Position { slug: "secret-programme".to_owned(), sequence: 7 }];
        Measured { pools: Vec::new(), ledgers: Some(ledgers) }
    }

    async fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }
}

struct Service {
    settings: Settings,
    routers: (Router, Router),
    issuer: DevIssuer,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    fn with(readiness: Readiness, demo: Option<Demo>) -> Service {
        Service::set(readiness, demo, Settings::default())
    }

    fn set(readiness: Readiness, demo: Option<Demo>, settings: Settings) -> Service {
        let issuer = DevIssuer::unstored();
        let asked = Arc::default();
        let authenticator = Authenticator::new(Vec::new(), Some(&issuer)).unwrap();
        let backend = Fake { readiness, asked: Arc::clone(&asked) };
        Service {
            settings: settings.clone(),
            routers: routers(HttpState { backend, authenticator, settings, demo }),
            issuer,
            asked,
        }
    }

    fn new() -> Service {
        Service::with(Readiness::Ready, None)
    }

    async fn send(&self, request: HttpRequest<Body>) -> Reply {
        Service::answer(&self.routers.0, request).await
    }

    async fn answer(router: &Router, request: HttpRequest<Body>) -> Reply {
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    async fn post(&self, body: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = HttpRequest::post("/graphql");
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(HttpRequest::get(path).body(Body::empty()).unwrap()).await
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

struct Reply {
    status: StatusCode,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of the one error, once everything that each error must have is there.
    fn code(&self) -> String {
        let body = self.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "only errors: {body}");
        let error = &body["errors"][0];
        assert!(error["message"].as_str().is_some_and(|message| message.ends_with('.')), "{body}");
        assert_eq!(error["extensions"]["requestId"], self.header("x-request-id"));
        error["extensions"]["code"].as_str().unwrap().to_owned()
    }
}

const GRAPHQL: &str = "application/graphql-response+json";
const QUERY: &str = r#"{"query":"{a}"}"#;

#[tokio::test]
async fn a_query_reaches_the_engine_whole() {
    let service = Service::new();
    let token = service.issuer.token("police", crate::config::now()).unwrap();
    let body = r#"{"query":"{a}","operationName":"A","variables":{"x":[1]}}"#;
    let authorization = format!("bearer  {token}");
    let headers =
        [("authorization", authorization.as_str()), ("x-request-id", "abc-1"), ("graphql-cost", "true")];
    let reply = service.post(body, &headers).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json(), json!({"data": {"query": "{a}"}}));
    let wanted = Asked {
        query: "{a}".into(),
        subject: Some("police".into()),
        variables: json!({"x": [1]}),
        operation: Some("A".into()),
        show_cost: true,
        read_only: false,
        request_id: "abc-1".into(),
    };
    assert_eq!(service.asked(), [wanted]);
    assert_eq!(reply.header("x-request-id"), "abc-1");
}

#[tokio::test]
async fn every_answer_is_private_and_inert() {
    let service = Service::new();
    for reply in
        [service.post(QUERY, &[]).await, service.get("/nowhere").await, service.get("/healthz").await]
    {
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(reply.header("x-request-id").len(), 36);
    }
    assert_eq!(service.post(QUERY, &[]).await.header("vary"), "Accept, Authorization");
    assert_eq!(service.post("", &[]).await.header("vary"), "Accept, Authorization");
}

#[rstest]
#[case::executed("{a}", "", StatusCode::OK, "application/json; charset=utf-8")]
#[case::executed_new("{a}", GRAPHQL, StatusCode::OK, "application/graphql-response+json; charset=utf-8")]
#[case::refused("wrong", "application/json", StatusCode::OK, "application/json; charset=utf-8")]
#[case::refused_new(
    "wrong",
    GRAPHQL,
    StatusCode::BAD_REQUEST,
    "application/graphql-response+json; charset=utf-8"
)]
#[tokio::test]
async fn the_media_type_decides_the_status(
    #[case] query: &str,
    #[case] accept: &str,
    #[case] status: StatusCode,
    #[case] content_type: &str,
) {
    let reply = Service::new().post(&json!({"query": query}).to_string(), &[("accept", accept)]).await;
    assert_eq!((reply.status, reply.header("content-type")), (status, content_type));
}

#[tokio::test]
async fn what_is_not_acceptable() {
    let service = Service::new();
    let reply = service.post(QUERY, &[("accept", "text/html")]).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::NOT_ACCEPTABLE, "BAD_USER_INPUT"));
    assert!(service.asked().is_empty());
}

#[rstest]
#[case("text/plain")]
#[case("application/x-www-form-urlencoded")]
#[case("multipart/form-data; boundary=x")]
#[case("application/json; charset=utf-16")]
#[case("")]
#[tokio::test]
async fn what_a_form_can_send_is_refused(#[case] content_type: &str) {
    let service = Service::new();
    let reply = service.post(QUERY, &[("content-type", content_type)]).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT"));
    assert!(service.asked().is_empty());
}

#[rstest]
#[case("{")]
#[case("")]
#[case("[{\"query\":\"{a}\"}]")]
#[case("{\"query\":7}")]
#[case("{\"query\":\"{a}\",\"variables\":[]}")]
#[tokio::test]
async fn a_wrong_form_is_400_in_both_media_types(#[case] body: &str) {
    for accept in ["application/json", GRAPHQL] {
        let reply = Service::new().post(body, &[("accept", accept)]).await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"));
    }
}

#[tokio::test]
async fn a_large_body_is_refused_with_and_without_its_length() {
    let service = Service::new();
    let body = json!({"query": "a".repeat(LARGEST_BODY)}).to_string();
    let stated = service.post(&body, &[("content-length", &body.len().to_string())]).await;
    assert_eq!((stated.status, stated.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "BAD_USER_INPUT"));
    let unstated = service.post(&body, &[]).await;
    assert_eq!(unstated.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fits = json!({"query": "a".repeat(LARGEST_BODY - 12)}).to_string();
    assert_eq!(fits.len(), LARGEST_BODY);
    assert_eq!(service.post(&fits, &[]).await.status, StatusCode::OK);
}

#[rstest]
#[case::no_token_after_it("Bearer", "invalid_request", false)]
#[case::basic("Basic YTpi", "invalid_request", false)]
#[case::not_one("Bearer nonsense", "invalid_token", false)]
#[case::expired("", "expired", true)]
#[tokio::test]
async fn a_bad_token_is_refused_before_the_body_is_read(
    #[case] authorization: &str,
    #[case] said: &str,
    #[case] use_expired: bool,
) {
    let service = Service::new();
    let expired = service.issuer.token("police", crate::config::now() - TimeDelta::hours(13)).unwrap();
    let expired = format!("Bearer {expired}");
    let authorization = if use_expired { &expired } else { authorization };
    // A body that fails when it is read: an answer other than 401 would show that it was.
    let broken = Body::from_stream(futures_util::stream::once(async {
        Err::<Bytes, _>(std::io::Error::other("read"))
    }));
    let request = HttpRequest::post("/graphql")
        .header("content-type", "application/json")
        .header("authorization", authorization)
        .body(broken)
        .unwrap();
    let reply = service.send(request).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    let challenge = reply.header("www-authenticate");
    assert!(challenge.starts_with("Bearer realm=") && challenge.contains(said), "{challenge}");
    assert!(service.asked().is_empty());
}

#[tokio::test]
async fn two_tokens_are_refused_and_none_is_anonymous() {
    let service = Service::new();
    let token = format!("Bearer {}", service.issuer.token("police", crate::config::now()).unwrap());
    let twice = [("authorization", token.as_str()), ("authorization", token.as_str())];
    assert_eq!(service.post(QUERY, &twice).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.post(QUERY, &[]).await.status, StatusCode::OK);
    assert_eq!(service.asked()[0].subject, None);
}

#[tokio::test]
async fn queries_come_by_get_and_mutations_do_not() {
    let service = Service::new();
    let reply = service.get("/graphql?query=%7Ba%7D&variables=%7B%22x%22%3A1%7D").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(service.asked()[0].read_only);
    let reply = service.get("/graphql?query=mutation").await;
    assert_eq!((reply.status, reply.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert_eq!(service.get("/graphql").await.status, StatusCode::BAD_REQUEST);
}

#[rstest]
#[case("HEAD")]
#[case("PUT")]
#[case("DELETE")]
#[case("PATCH")]
#[case("OPTIONS")]
#[tokio::test]
async fn other_methods_run_nothing(#[case] method: &str) {
    let service = Service::new();
    let request = HttpRequest::builder().method(method).uri("/graphql?query=%7Ba%7D");
    let reply = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((reply.status, reply.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, POST"));
    assert!(service.asked().is_empty());
}

#[tokio::test]
async fn a_panic_is_an_internal_error_that_says_nothing() {
    let reply = Service::new().post(r#"{"query":"panic"}"#, &[("accept", GRAPHQL)]).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    assert!(!reply.json().to_string().contains("asked to"));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_cut_off() {
    let reply = Service::new().post(r#"{"query":"slow"}"#, &[]).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    assert_eq!(reply.header("retry-after"), "5");

    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    let request =
        HttpRequest::post("/graphql").header("content-type", "application/json").body(never).unwrap();
    assert_eq!(Service::new().send(request).await.status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn an_odd_request_id_is_replaced() {
    let service = Service::new();
    for odd in ["a b", "caf\u{e9}", &"a".repeat(129)] {
        let reply = service.post(QUERY, &[("x-request-id", odd)]).await;
        assert_eq!(reply.header("x-request-id").len(), 36);
    }
}

#[rstest]
#[case(Readiness::Ready, StatusCode::OK, "reachable", "current")]
#[case(Readiness::DatabaseUnreachable, StatusCode::SERVICE_UNAVAILABLE, "unreachable", "unknown")]
#[case(Readiness::SchemaNotCurrent("empty"), StatusCode::SERVICE_UNAVAILABLE, "reachable", "empty")]
#[tokio::test]
async fn readiness_says_what_is_missing(
    #[case] readiness: Readiness,
    #[case] status: StatusCode,
    #[case] database: &str,
    #[case] schema: &str,
) {
    let service = Service::with(readiness, None);
    let reply = service.get("/readyz").await;
    assert_eq!(reply.status, status);
    let checks =
        json!({"service": "running", "database": database, "schema": schema, "issuers": "none to fetch"});
    assert_eq!(reply.json()["checks"], checks);
    assert_eq!(service.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_was_asked_to_stop_is_not_ready_and_still_answers() {
    let service = Service::new();
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
    service.settings.stopping.begin();
    let reply = service.get("/readyz").await;
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("not ready"))
    );
    assert_eq!(reply.json()["checks"]["service"], "stopping");
    assert_eq!(service.post(QUERY, &[]).await.status, StatusCode::OK);
    service.settings.stopping.begun().await;
}

/// Asks for the metrics as a client at `peer`.
async fn metrics(router: &Router, peer: Option<&str>, method: &str, header: Option<&str>) -> Reply {
    let mut request = HttpRequest::builder().method(method).uri("/metrics");
    if let Some(name) = header {
        request = request.header(name, "203.0.113.7");
    }
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    }
    Service::answer(router, request).await
}

#[rstest]
#[case::here("127.0.0.1:5000")]
#[case::here_by_six("[::1]:5000")]
#[case::here_by_four_in_six("[::ffff:127.0.0.1]:5000")]
#[tokio::test]
async fn the_metrics_are_for_this_machine(#[case] peer: &str) {
    let service = Service::new();
    let reply = metrics(&service.routers.0, Some(peer), "GET", None).await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8")
    );
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(text.contains("golden_thread_ledger_position{programme=\"secret-programme\"} 7"), "{text}");
    assert_eq!(
        metrics(&service.routers.0, Some(peer), "POST", None).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[rstest]
#[case::unknown(None, "GET", None)]
#[case::elsewhere(Some("203.0.113.7:5000"), "GET", None)]
#[case::elsewhere_by_another_method(Some("203.0.113.7:5000"), "POST", None)]
#[case::elsewhere_in_six(Some("[::ffff:203.0.113.7]:5000"), "GET", None)]
#[case::through_a_proxy(Some("127.0.0.1:5000"), "GET", Some("forwarded"))]
#[case::through_another(Some("127.0.0.1:5000"), "GET", Some("x-forwarded-for"))]
#[case::through_a_third(Some("[::1]:5000"), "GET", Some("x-real-ip"))]
#[tokio::test]
async fn for_others_there_are_no_metrics(
    #[case] peer: Option<&str>,
    #[case] method: &str,
    #[case] header: Option<&str>,
) {
    let service = Service::new();
    let reply = metrics(&service.routers.0, peer, method, header).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::NOT_FOUND, "NOT_FOUND"));
    let nowhere = service.get("/nowhere").await;
    assert_eq!(reply.json()["errors"][0]["message"], nowhere.json()["errors"][0]["message"]);
}

#[tokio::test]
async fn metrics_with_an_address_of_their_own_are_there_alone() {
    let settings = Settings { metrics_elsewhere: true, ..Settings::default() };
    let service = Service::set(Readiness::Ready, None, settings);
    let (main, watching) = &service.routers;
    assert_eq!(metrics(main, Some("127.0.0.1:5000"), "GET", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(metrics(watching, Some("203.0.113.7:5000"), "GET", None).await.status, StatusCode::OK);
    let ask = |path: &str| Service::answer(watching, HttpRequest::get(path).body(Body::empty()).unwrap());
    assert_eq!((ask("/healthz").await.status, ask("/readyz").await.status), (StatusCode::OK, StatusCode::OK));
    let graphql =
        Service::answer(watching, HttpRequest::get("/graphql?query=%7Ba%7D").body(Body::empty()).unwrap())
            .await;
    assert_eq!(graphql.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_explorer_and_its_tokens_exist_in_the_demonstration_only() {
    let paths = ["/", "/demo/tokens", "/explorer/explorer.js", "/explorer/explorer.css"];
    let service = Service::new();
    for path in paths {
        let reply = service.get(path).await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::NOT_FOUND, "NOT_FOUND"), "{path}");
    }
    let token = DemoToken { subject: "police".into(), about: "a partner".into(), token: "a.b.c".into() };
    let service = Service::with(Readiness::Ready, Some(Demo { tokens: vec![token] }));
    for path in paths {
        assert_eq!(service.get(path).await.status, StatusCode::OK, "{path}");
    }
    let tokens = service.get("/demo/tokens").await.json();
    assert_eq!(tokens["tokens"][0], json!({"subject": "police", "about": "a partner", "token": "a.b.c"}));
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let service = Service::with(Readiness::Ready, Some(Demo::default()));
    let page = service.get("/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
    let html = std::str::from_utf8(&page.body).unwrap();
    for address in html.split(['"', '\'']).filter(|part| part.starts_with("http")) {
        assert_eq!(address, "http://www.w3.org/2000/svg");
    }
    let style = service.get("/explorer/explorer.css").await;
    let style = std::str::from_utf8(&style.body).unwrap();
    for target in style.split("url(").skip(1).map(|rest| rest.trim_start_matches(['"', '\''])) {
        assert!(
            target.starts_with("data:") || target.starts_with('#'),
            "{}",
            &target[..40.min(target.len())]
        );
    }
    assert!(!style.contains("@import"));
}
