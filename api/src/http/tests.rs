//! The rules of HTTP, against a backend that answers as it is told.

use axum::body::{Body, Bytes};
use chrono::TimeDelta;
use http::{Request as HttpRequest, StatusCode};
use rstest::rstest;
use serde_json::json;

use super::testing::{Asked, GRAPHQL, QUERY, Service};
use super::*;

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
#[case(Readiness::ReadyBesideNewer, StatusCode::OK, "reachable", "newer, compatible")]
#[case(Readiness::DatabaseUnreachable, StatusCode::SERVICE_UNAVAILABLE, "unreachable", "unknown")]
#[case(Readiness::DatabaseReadOnly, StatusCode::SERVICE_UNAVAILABLE, "read-only", "unknown")]
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
    let checks = json!({"service": "running", "database": database, "schema": schema, "replicas": "none", "issuers": "none to fetch"});
    assert_eq!(reply.json()["checks"], checks);
    assert_eq!(service.get("/healthz").await.status, StatusCode::OK);
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
