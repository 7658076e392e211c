//! GraphQL over HTTP, health, and the explorer of the demonstration.
//!
//! One pipeline for every request: request id, method, media types, token, size, shape, execution with a time-out,
//! the answer in the form that was asked for, one line in the log. `docs/operations.md` tells operators about it.

mod accept;
mod answer;
mod body;
mod context;
mod explorer;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod graphql;
mod health;
mod serve;
mod settings;
#[cfg(test)]
mod tests;

use std::{future::Future, sync::Arc};

use axum::{Router, extract::DefaultBodyLimit, middleware, response::Response, routing};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    auth::{Authenticator, Principal},
    graphql::{Answer, Engine, Request},
    store::db::{Db, SchemaState, to_the_end},
};

pub use explorer::{Demo, DemoToken};
pub use serve::serve;
pub use settings::Settings;

/// The largest request body, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// What stands behind the HTTP layer. A trait so that the rules of HTTP can be tested without a database.
pub trait Backend: Send + Sync + 'static {
    /// Executes one GraphQL request for whoever asks.
    fn execute(
        &self,
        request: Request,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> impl Future<Output = Answer> + Send;

    /// Whether requests can be answered.
    fn readiness(&self) -> impl Future<Output = Readiness> + Send;
}

/// Whether the service can answer, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// The database answers and its schema is the one that this program knows.
    Ready,
    /// The database does not answer.
    DatabaseUnreachable,
    /// The database answers, but its schema is another; what is wrong with it.
    SchemaNotCurrent(&'static str),
}

/// The real thing: the GraphQL engine on a database.
pub struct Live {
    /// Executes the requests.
    pub engine: Engine,
    /// Asked for readiness.
    pub db: Db,
}

impl Backend for Live {
    async fn execute(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Answer {
        self.engine.execute(request, principal, request_id).await
    }

    async fn readiness(&self) -> Readiness {
        let db = self.db.clone();
        match to_the_end(async move { db.schema_state().await }).await {
            Ok(SchemaState::Current) => Readiness::Ready,
            Ok(other) => Readiness::SchemaNotCurrent(schema_problem(&other)),
            Err(_) => Readiness::DatabaseUnreachable,
        }
    }
}

/// What is wrong with a schema that is not current, in a few words.
fn schema_problem(state: &SchemaState) -> &'static str {
    match state {
        SchemaState::Current => "current",
        SchemaState::Empty => "empty",
        SchemaState::Behind { .. } => "older than this program",
        SchemaState::Ahead { .. } => "newer than this program",
    }
}

/// What every request handler shares.
pub struct HttpState<B> {
    /// Executes requests and tells whether it can.
    pub backend: B,
    /// Verifies access tokens.
    pub authenticator: Authenticator,
    /// What the operator decides.
    pub settings: Settings,
    /// The subjects to try; `None` outside the demonstration, where neither the explorer nor its tokens exist.
    pub demo: Option<Demo>,
}

/// The whole HTTP interface.
pub fn router<B: Backend>(state: HttpState<B>) -> Router {
    let is_demo = state.demo.is_some();
    let state = Arc::new(state);
    let mut routes = Router::new()
        // Methods are told apart inside: axum would run a query for HEAD.
        .route("/graphql", routing::any(graphql::handle::<B>))
        .route("/healthz", routing::get(health::alive))
        .route("/readyz", routing::get(health::ready::<B>));
    if is_demo {
        routes = routes.merge(explorer::routes::<B>());
    }
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(context::panicked))
        .layer(middleware::from_fn(context::around))
        .with_state(state)
}

async fn not_found(context: axum::Extension<context::RequestId>) -> Response {
    answer::failure(&answer::Failure::NotFound, context.as_str())
}

async fn not_allowed(context: axum::Extension<context::RequestId>) -> Response {
    answer::failure(&answer::Failure::Method("GET"), context.as_str())
}
