//! The explorer of the demonstration: GraphiQL with a list of subjects, served whole from the binary, because the
//! networks of councils block foreign servers. It does not exist outside the demonstration.

use std::sync::Arc;

use axum::{Router, extract::State, response::Response, routing::get};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use tower_http::compression::CompressionLayer;

use super::{Backend, Shared, answer::written};

const PAGE: &str = include_str!("../../../explorer/dist/index.html");
const SCRIPT: &str = include_str!("../../../explorer/dist/explorer.js");
const STYLE: &str = include_str!("../../../explorer/dist/explorer.css");

/// Nothing from anywhere else. GraphiQL sets style attributes and rules at run time, hence 'unsafe-inline' for styles.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The subjects to try, with their tokens.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    /// In the order in which they are offered.
    pub tokens: Vec<DemoToken>,
}

/// One subject of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoToken {
    /// The subject.
    pub subject: String,
    /// Who that is, in a few words.
    pub about: String,
    /// An access token of the development issuer.
    pub token: String,
}

pub(super) fn routes<B: Backend>() -> Router<Arc<Shared<B>>> {
    Router::new()
        .route("/", get(page))
        .route("/explorer/explorer.js", get(script))
        .route("/explorer/explorer.css", get(style))
        .route("/demo/tokens", get(tokens::<B>))
        .layer(CompressionLayer::new())
}

async fn page() -> Response {
    let mut response = written(StatusCode::OK, "text/html; charset=utf-8", PAGE);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

async fn script() -> Response {
    written(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT)
}

async fn style() -> Response {
    written(StatusCode::OK, "text/css; charset=utf-8", STYLE)
}

/// The subjects and their tokens. Readable by the page only: no other origin is allowed to read it.
async fn tokens<B: Backend>(State(state): State<Arc<Shared<B>>>) -> Response {
    let tokens = state.http.demo.as_ref().map(|demo| demo.tokens.as_slice()).unwrap_or_default();
    let list: Vec<_> = tokens
        .iter()
        .map(|each| json!({"subject": each.subject, "about": each.about, "token": each.token}))
        .collect();
    written(StatusCode::OK, "application/json; charset=utf-8", json!({"tokens": list}).to_string())
}
