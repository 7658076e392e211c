//! Who may come in, by how much they ask and from where, against a backend that answers as it is told.

use std::time::Duration;

use axum::body::Body;
use http::{Request as HttpRequest, StatusCode};

use super::testing::{GRAPHQL, QUERY, Service};
use super::{Rates, Settings};

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
