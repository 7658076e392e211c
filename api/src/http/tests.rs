//! The rules of HTTP, against a backend that answers as it is told.

use axum::body::{Body, Bytes};
use chrono::TimeDelta;
use http::{Request as HttpRequest, StatusCode};
use rstest::rstest;
use serde_json::json;
use tower::ServiceExt;

use super::testing::{Asked, Reply, Service};
use super::*;

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

fn body_bytes() -> usize {
    Settings::default().body_bytes
}

#[tokio::test]
async fn a_large_body_is_refused_with_and_without_its_length() {
    let service = Service::new();
    let body = json!({"query": "a".repeat(body_bytes())}).to_string();
    let stated = service.post(&body, &[("content-length", &body.len().to_string())]).await;
    assert_eq!((stated.status, stated.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "BAD_USER_INPUT"));
    let unstated = service.post(&body, &[]).await;
    assert_eq!(unstated.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fits = json!({"query": "a".repeat(body_bytes() - 12)}).to_string();
    assert_eq!(fits.len(), body_bytes());
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
    service.settings.stop.leave();
    let reply = service.get("/readyz").await;
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("not ready"))
    );
    assert_eq!(reply.json()["checks"]["service"], "stopping");
    assert_eq!(service.post(QUERY, &[]).await.status, StatusCode::OK);
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
    let service = Service::with_settings(settings);
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

/// With a short wait for whatever takes too long.
fn with_rates(requests: u32, anonymous: u32) -> Service {
    let rates = Rates { requests, anonymous, ..Rates::ENDLESS };
    Service::with_settings(Settings { rates, ..Settings::default() })
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let service = with_rates(3, 2);
    let token = format!("Bearer {}", service.issuer.token("police", crate::config::now()).unwrap());
    let own = [("authorization", token.as_str())];
    for left in ["2", "1", "0"] {
        let reply = service.post(QUERY, &own).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header("ratelimit-policy"), "\"requests\";q=3;w=60");
        assert!(reply.header("ratelimit").starts_with(&format!("\"requests\";r={left};t=")));
    }
    for accept in ["application/json", GRAPHQL] {
        let reply = service.post(QUERY, &[own[0], ("accept", accept)]).await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
        assert!(reply.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=21).contains(&seconds)));
    }
    // Others have their own.
    assert_eq!(service.post(QUERY, &[]).await.status, StatusCode::OK);
    assert_eq!(service.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn bad_tokens_and_bad_forms_count_for_the_address() {
    let service = with_rates(0, 3);
    let bad = [("authorization", "Bearer nonsense")];
    assert_eq!(service.post(QUERY, &bad).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.post("{", &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(service.post(QUERY, &bad).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.post(QUERY, &bad).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(service.post(QUERY, &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(start_paused = true)]
async fn one_client_does_not_fill_the_house_and_a_full_house_says_so() {
    let settings = Settings { running: 3, running_each: 2, ..Settings::default() };
    let service = Service::with_settings(settings);
    let token = |subject| format!("Bearer {}", service.issuer.token(subject, crate::config::now()).unwrap());
    let [police, health, nobody] = ["police", "health", "nobody"].map(token);
    let slow = r#"{"query":"slow"}"#;
    let by = |whose: &str| [("authorization".to_owned(), whose.to_owned())];
    let ask = async |whose: &str, body: &'static str| {
        let headers = by(whose);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        service.post(body, &headers).await
    };
    let running = futures_util::future::join3(ask(&police, slow), ask(&police, slow), ask(&health, slow));
    let asked = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let own = ask(&police, QUERY).await;
        assert_eq!((own.status, own.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
        let other = ask(&nobody, QUERY).await;
        assert_eq!((other.status, other.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
        assert_eq!(other.header("retry-after"), "1");
    };
    futures_util::future::join(running, asked).await;
    assert_eq!(ask(&police, QUERY).await.status, StatusCode::OK, "what ended made room");
}

#[tokio::test]
async fn only_named_origins_may_read_the_answers() {
    let origins = vec![http::HeaderValue::from_static("https://app.example")];
    let service = Service::with_settings(Settings { origins, ..Settings::default() });
    let preflight = |origin: &str| {
        HttpRequest::options("/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .body(Body::empty())
            .unwrap()
    };
    let allowed = service.send(preflight("https://app.example")).await;
    assert_eq!(
        (allowed.status, allowed.header("access-control-allow-origin")),
        (StatusCode::OK, "https://app.example")
    );
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    for other in ["https://evil.example", "https://app.example.evil.example", "null"] {
        assert_eq!(service.send(preflight(other)).await.header("access-control-allow-origin"), "");
    }
    let reply = service.post(QUERY, &[("origin", "https://app.example")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
    assert!(reply.header("access-control-expose-headers").contains("ratelimit"));
    let none = Service::new().send(preflight("https://app.example")).await;
    assert_eq!(
        (none.status, none.header("access-control-allow-origin")),
        (StatusCode::METHOD_NOT_ALLOWED, "")
    );
}

#[tokio::test]
async fn a_query_over_events_is_told_and_over() {
    let service = Service::new();
    let reply = service.post(QUERY, &[("accept", "text/event-stream")]).await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "text/event-stream"));
    let said = "event: next\ndata: {\"data\":{\"query\":\"{a}\"}}\n\nevent: complete\ndata: {}\n\n";
    assert_eq!(std::str::from_utf8(&reply.body).unwrap(), said);
}

#[tokio::test]
async fn a_subscription_over_events_is_told_to_its_end() {
    let service = Service::new();
    let body = service.post(r#"{"query":"count"}"#, &[("accept", "text/event-stream")]).await.body;
    let said = "event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: next\ndata: {\"data\":{\"count\":2}}\n\nevent: complete\ndata: {}\n\n";
    assert_eq!(std::str::from_utf8(&body).unwrap(), said);
    let by_address = HttpRequest::get("/graphql?query=count").header("accept", "text/event-stream");
    assert_eq!(service.send(by_address.body(Body::empty()).unwrap()).await.body, body);
    let wrong = service.post(r#"{"query":"wrong"}"#, &[("accept", "text/event-stream")]).await;
    let wrong = String::from_utf8(wrong.body.to_vec()).unwrap();
    assert!(
        wrong.starts_with("event: next\ndata: {\"errors\":")
            && wrong.ends_with("event: complete\ndata: {}\n\n")
    );
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_gives_signs_of_life_and_ends_with_the_service() {
    let settings = Settings::default();
    let stop = settings.stop.clone();
    let service = Service::with_settings(settings);
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(100)).await;
        stop.begin();
    };
    let listening = service.post(r#"{"query":"wait"}"#, &[("accept", "text/event-stream")]);
    let (reply, ()) = futures_util::future::join(listening, stopping).await;
    assert_eq!(std::str::from_utf8(&reply.body).unwrap(), ":\n\n".repeat(3));
}

#[tokio::test]
async fn one_client_has_so_many_streams_and_no_more() {
    let service = Service::new();
    let ask = || {
        let request = HttpRequest::post("/graphql").header("accept", "text/event-stream");
        let request =
            request.header("content-type", "application/json").body(Body::from(r#"{"query":"wait"}"#));
        service.router.clone().oneshot(request.unwrap())
    };
    let mut open = Vec::new();
    for _ in 0..LiveSettings::default().streams_each {
        open.push(ask().await.unwrap());
    }
    assert_eq!(ask().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    open.pop();
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK, "a stream that was left made room");
}

/// Sends a request about a stream: method, the rest of the address, the stream's token, the body.
async fn about(service: &Service, method: &str, rest: &str, token: &str, body: &str) -> (StatusCode, String) {
    let mut request = HttpRequest::builder().method(method).uri(format!("/graphql/stream{rest}"));
    request = request.header("content-type", "application/json");
    if !token.is_empty() {
        request = request.header("x-graphql-event-stream-token", token);
    }
    let reply = service.send(request.body(Body::from(body.to_owned())).unwrap()).await;
    (reply.status, String::from_utf8(reply.body.to_vec()).unwrap())
}

#[tokio::test]
async fn one_stream_tells_all_operations_of_a_client() {
    let service = Service::new();
    let (status, token) = about(&service, "PUT", "", "", "").await;
    assert_eq!(status, StatusCode::CREATED);
    let read = || {
        let request = HttpRequest::get(format!("/graphql/stream?token={token}"));
        service.router.clone().oneshot(request.body(Body::empty()).unwrap())
    };
    let mut events = read().await.unwrap().into_body().into_data_stream();
    assert_eq!(read().await.unwrap().status(), StatusCode::CONFLICT, "a stream has one reader");

    let begin =
        |id: &str, query: &str| json!({"query": query, "extensions": {"operationId": id}}).to_string();
    let begun = about(&service, "POST", "", &token, &begin("1", "count")).await;
    assert_eq!(begun, (StatusCode::ACCEPTED, String::new()));
    let mut said = String::new();
    while !said.ends_with("event: complete\ndata: {\"id\":\"1\"}\n\n") {
        let more = futures_util::StreamExt::next(&mut events).await.unwrap().unwrap();
        said.push_str(std::str::from_utf8(&more).unwrap());
    }
    assert!(
        said.starts_with("event: next\ndata: {\"id\":\"1\",\"payload\":{\"data\":{\"count\":1}}}\n\n"),
        "{said}"
    );

    assert_eq!(about(&service, "POST", "", &token, &begin("2", "wait")).await.0, StatusCode::ACCEPTED);
    assert_eq!(about(&service, "POST", "", &token, &begin("2", "wait")).await.0, StatusCode::CONFLICT);
    assert_eq!(about(&service, "DELETE", "?operationId=2", &token, "").await.0, StatusCode::OK);
    assert_eq!(about(&service, "POST", "", &token, &begin("2", "wait")).await.0, StatusCode::ACCEPTED);
    assert_eq!(about(&service, "POST", "", &token, r#"{"query":"wait"}"#).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(about(&service, "POST", "", &token, "{").await.0, StatusCode::BAD_REQUEST);

    drop(events);
    assert_eq!(about(&service, "POST", "", &token, &begin("3", "wait")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stream_is_its_owners_alone() {
    let service = Service::new();
    let (_, token) = about(&service, "PUT", "", "", "").await;
    let police = service.issuer.token("police", crate::config::now()).unwrap();
    let request = HttpRequest::post("/graphql/stream")
        .header("authorization", format!("Bearer {police}"))
        .header("content-type", "application/json")
        .header("x-graphql-event-stream-token", &token)
        .body(Body::from(r#"{"query":"count","extensions":{"operationId":"1"}}"#));
    assert_eq!(service.send(request.unwrap()).await.status, StatusCode::NOT_FOUND);
    for unknown in ["", "nonsense", "01890a5d-ac96-474b-bcce-b302099a8057"] {
        assert_eq!(about(&service, "GET", "", unknown, "").await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(about(&service, "PATCH", "", &token, "").await.0, StatusCode::METHOD_NOT_ALLOWED);
}
