//! What those see who watch over the service: readiness while it stops, and the metrics, against a backend that answers as it is told.

use axum::Router;
use axum::body::Body;
use http::{Request as HttpRequest, StatusCode};
use rstest::rstest;
use serde_json::json;

use super::testing::{QUERY, Reply, Service};
use super::{Peer, Settings};

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
