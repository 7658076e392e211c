//! Server-sent events, in both modes, against a backend that answers as it is told.

use std::time::Duration;

use axum::body::Body;
use http::{Request as HttpRequest, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use super::super::testing::{QUERY, Service};
use super::super::{LiveSettings, Settings};

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
