//! `/healthz`: the process answers. `/readyz`: it can do its work.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde_json::json;
use tokio::time::timeout;

use super::{Backend, Readiness, Shared, answer::written};

const JSON: &str = "application/json; charset=utf-8";
/// A probe that waits longer than this is worth less than its answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// The process is alive; says nothing about the database, so that a database outage restarts nobody.
pub(super) async fn alive() -> Response {
    written(StatusCode::OK, JSON, json!({"status": "ok"}).to_string())
}

/// Whether requests can be sent here, and what is missing where not.
pub(super) async fn ready<B: Backend>(State(state): State<Arc<Shared<B>>>) -> Response {
    let readiness = timeout(PROBE_TIMEOUT, state.http.backend.readiness())
        .await
        .unwrap_or(Readiness::DatabaseUnreachable);
    let (status, verdict, database, schema) = match readiness {
        Readiness::Ready => (StatusCode::OK, "ready", "reachable", "current"),
        Readiness::ReadyBesideNewer => (StatusCode::OK, "ready", "reachable", "newer, compatible"),
        Readiness::DatabaseUnreachable => {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready", "unreachable", "unknown")
        }
        Readiness::DatabaseReadOnly => (StatusCode::SERVICE_UNAVAILABLE, "not ready", "read-only", "unknown"),
        Readiness::SchemaNotCurrent(problem) => {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready", "reachable", problem)
        }
    };
    // Who stops takes no new requests, whatever else is well. Replicas are told for information, the primary reads in their place;
    // and keys of issuers: without them those who have no token, or one of another issuer, are served as ever.
    let (status, verdict, service) = match state.http.settings.stop.is_leaving() {
        true => (StatusCode::SERVICE_UNAVAILABLE, "not ready", "stopping"),
        false => (status, verdict, "running"),
    };
    let issuers = state.http.authenticator.issuer_keys().as_str();
    let replicas = state.http.backend.replicas();
    let checks = json!({
        "service": service, "database": database, "schema": schema, "replicas": replicas, "issuers": issuers,
    });
    let body = json!({"status": verdict, "checks": checks});
    written(status, JSON, body.to_string())
}
