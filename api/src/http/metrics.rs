//! `/metrics`: for Prometheus.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::timeout;

use super::{
    Backend, Peer, Shared,
    answer::{Failure, failure, written},
    context::RequestId,
};
use crate::{
    config::now,
    observe::{
        gauges::{Measured, Position, Webhooks},
        metrics,
    },
    store::{
        db::Db,
        files, heads,
        webhooks::{self, Backlog},
    },
};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long the database may take; the rest is told without it.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);
/// What a request has that came through a proxy.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// All metrics, to whoever reaches the address that is there for it.
pub(super) async fn all<B: Backend>(State(state): State<Arc<Shared<B>>>) -> Response {
    let text = metrics::text(&state.http.backend.measured().await);
    written(StatusCode::OK, TEXT, text)
}

/// All metrics on the main address, to somebody on this machine: they tell of programmes that do not exist for others.
pub(super) async fn nearby<B: Backend>(
    State(state): State<Arc<Shared<B>>>,
    id: axum::Extension<RequestId>,
    request: Request,
) -> Response {
    let peer = request.extensions().get::<Peer>();
    if state.http.settings.metrics_elsewhere || !is_nearby(peer, request.headers()) {
        return failure(&Failure::NotFound, id.as_str());
    }
    if request.method() != Method::GET {
        return failure(&Failure::Method("GET"), id.as_str());
    }
    all(State(state)).await
}

/// Whether a request comes from a process on this machine, and for itself: not from a proxy for somebody else.
fn is_nearby(peer: Option<&Peer>, headers: &HeaderMap) -> bool {
    peer.is_some_and(|Peer(address)| address.ip().to_canonical().is_loopback())
        && FORWARDED.iter().all(|name| !headers.contains_key(*name))
}

/// What the database tells of itself. One that does not answer is left alone soon.
pub(super) async fn measured(db: &Db) -> Measured {
    let heads = timeout(DATABASE_TIMEOUT, heads::all(db)).await;
    let ledgers = heads.ok().and_then(Result::ok).map(|heads| {
        heads.into_iter().map(|head| Position { slug: head.slug, sequence: head.sequence }).collect()
    });
    let waiting = async { timeout(DATABASE_TIMEOUT, files::waiting(db)).await.ok()?.ok() };
    // A database that has not answered is not asked again.
    let files_waiting = if ledgers.is_some() { waiting.await } else { None };
    let backlog = async { timeout(DATABASE_TIMEOUT, webhooks::backlog(db)).await.ok()?.ok() };
    let webhooks = if files_waiting.is_some() { backlog.await.map(told) } else { None };
    // The pools after it: they are what the scrape leaves, and the statements themselves needed a connection.
    Measured { pools: db.pools(), ledgers, files_waiting, webhooks }
}

fn told(backlog: Backlog) -> Webhooks {
    let Backlog { entries, pending, oldest } = backlog;
    let age = oldest.map(|at| (now() - at).as_seconds_f64().max(0.0));
    Webhooks { entries, pending, oldest_seconds: age.unwrap_or_default() }
}
