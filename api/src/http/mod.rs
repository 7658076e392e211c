//! GraphQL over HTTP, health, and the explorer of the demonstration.
//!
//! One pipeline for every request: request id, method, media types, token, size, shape, execution with a time-out,
//! the answer in the form that was asked for, one line in the log. `docs/operations.md` tells operators about it.

mod accept;
mod answer;
mod arrivals;
mod body;
mod caching;
mod client;
mod context;
mod cors;
mod disposition;
mod explorer;
mod export;
#[cfg(test)]
mod export_tests;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod gate;
#[cfg(test)]
mod gate_tests;
mod graphql;
mod health;
mod live;
mod metrics;
mod oauth;
mod rate;
mod serve;
mod settings;
mod stop;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod watch_tests;

use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request as HttpRequest},
    middleware,
    response::Response,
    routing,
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    auth::machine::{JWKS_PATH, Machines, TOKEN_PATH},
    auth::{Authenticator, Principal},
    files::Files,
    graphql::{Answer, Engine, Exported, Format, Opened, Request},
    observe::gauges::Measured,
    store::db::{Db, SchemaState, to_the_end},
};

pub use explorer::{Demo, DemoToken};
pub use rate::Rates;
pub use serve::{DRAIN, Peer, serve};
pub use settings::{Connections, LiveSettings, Settings, half_the_processors};
pub use stop::Stop;

/// What stands behind the HTTP layer. A trait so that the rules of HTTP can be tested without a database.
pub trait Backend: Send + Sync + 'static {
    /// Executes one GraphQL request for whoever asks.
    fn execute(
        &self,
        request: Request,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> impl Future<Output = Answer> + Send;

    /// Begins one GraphQL request over a transport that can tell more than once.
    fn open(
        &self,
        request: Request,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> impl Future<Output = Opened> + Send;

    /// Begins an export for whoever asks.
    fn export(
        &self,
        request: Request,
        format: Format,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> impl Future<Output = Exported> + Send;

    /// What the database tells of itself, for the metrics.
    fn measured(&self) -> impl Future<Output = Measured> + Send;

    /// Whether requests can be answered.
    fn readiness(&self) -> impl Future<Output = Readiness> + Send;

    /// How the read replicas are, in a word or two.
    fn replicas(&self) -> &'static str {
        "none"
    }
}

/// Whether the service can answer, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// The database answers and its schema is the one that this program knows.
    Ready,
    /// The same, but a newer program has added to the schema, and lets this one go on.
    ReadyBesideNewer,
    /// The database does not answer.
    DatabaseUnreachable,
    /// The database answers, but takes no changes.
    DatabaseReadOnly,
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

    async fn open(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Opened {
        self.engine.open(request, principal, request_id).await
    }

    async fn export(
        &self,
        request: Request,
        format: Format,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> Exported {
        self.engine.export(request, format, principal, request_id).await
    }

    async fn measured(&self) -> Measured {
        metrics::measured(&self.db).await
    }

    async fn readiness(&self) -> Readiness {
        let db = self.db.clone();
        let ready = match to_the_end(async move { db.schema_state().await }).await {
            Ok(SchemaState::Current) => Readiness::Ready,
            Ok(SchemaState::Newer { .. }) => Readiness::ReadyBesideNewer,
            Ok(other) => return Readiness::SchemaNotCurrent(schema_problem(&other)),
            Err(_) => return Readiness::DatabaseUnreachable,
        };
        match self.db.is_writable().await {
            Ok(true) => ready,
            Ok(false) => Readiness::DatabaseReadOnly,
            Err(_) => Readiness::DatabaseUnreachable,
        }
    }

    fn replicas(&self) -> &'static str {
        self.db.replicas()
    }
}

/// What is wrong with a schema that is not current, in a few words.
fn schema_problem(state: &SchemaState) -> &'static str {
    match state {
        SchemaState::Current => "current",
        SchemaState::Newer { .. } => "newer, compatible",
        SchemaState::Empty => "empty",
        SchemaState::Behind { .. } => "older than this program",
        SchemaState::Ahead { .. } => "newer than this program",
    }
}

/// What the HTTP interface is made of.
pub struct HttpState<B> {
    /// Executes requests and tells whether it can.
    pub backend: B,
    /// Verifies access tokens.
    pub authenticator: Authenticator,
    /// What the operator decides.
    pub settings: Settings,
    /// Files of evidence; without them their addresses do not exist.
    pub files: Option<Files>,
    /// The issuer of machine clients; without it their addresses do not exist.
    pub machines: Option<Machines>,
    /// The subjects to try; `None` outside the demonstration, where neither the explorer nor its tokens exist.
    pub demo: Option<Demo>,
}

/// What every request handler shares.
struct Shared<B> {
    http: HttpState<B>,
    gate: gate::Gate,
    streams: live::single::Streams,
}

impl<B> Shared<B> {
    /// The address that a request comes from, as far as it can be known.
    fn address(&self, request: &HttpRequest) -> IpAddr {
        client::address(request.extensions(), request.headers(), &self.http.settings.proxies)
    }
}

/// How often clients are forgotten that have asked for nothing of late.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// The whole HTTP interface. Must be called within a runtime.
pub fn router<B: Backend>(state: HttpState<B>) -> Router {
    routers(state).0
}

/// The whole HTTP interface, and the one for those who watch over the service: metrics and health, to be served on an
/// address of its own. Must be called within a runtime.
pub fn routers<B: Backend>(state: HttpState<B>) -> (Router, Router) {
    let gate = gate::Gate::new(&state.settings);
    let state = Arc::new(Shared { http: state, gate, streams: live::single::Streams::default() });
    tokio::spawn(forget_idle_clients(Arc::downgrade(&state)));
    (main_routes(&state), watching_routes(&state))
}

fn watching_routes<B: Backend>(state: &Arc<Shared<B>>) -> Router {
    let routes = Router::new()
        .route("/metrics", routing::get(metrics::all::<B>))
        .route("/healthz", routing::get(health::alive))
        .route("/readyz", routing::get(health::ready::<B>));
    finished(routes, state)
}

fn main_routes<B: Backend>(state: &Arc<Shared<B>>) -> Router {
    let is_demo = state.http.demo.is_some();
    let mut routes = Router::new()
        // Methods are told apart inside: axum would run a query for HEAD.
        .route("/graphql", routing::any(graphql::handle::<B>))
        .route("/graphql/ws", routing::get(live::socket::upgrade::<B>))
        .route("/graphql/stream", routing::any(live::single::handle::<B>))
        .route("/healthz", routing::get(health::alive))
        .route("/readyz", routing::get(health::ready::<B>))
        // Whoever may not have them is not told by the method either that they are here.
        .route("/metrics", routing::any(metrics::nearby::<B>));
    if state.http.files.is_some() {
        routes = routes
            .route("/files/uploads/{id}", routing::any(files::upload::<B>))
            .route("/files/evidence/{id}", routing::any(files::download::<B>))
            .route("/files/documents/{id}", routing::any(files::document::<B>));
    }
    if state.http.machines.is_some() {
        routes = routes
            .route(TOKEN_PATH, routing::any(oauth::token::<B>))
            .route(JWKS_PATH, routing::get(oauth::jwks::<B>))
            .route("/.well-known/oauth-authorization-server", routing::get(oauth::metadata::<B>))
            .route("/.well-known/openid-configuration", routing::get(oauth::metadata::<B>));
    }
    if is_demo {
        routes = routes.merge(explorer::routes::<B>());
    }
    finished(routes, state)
}

/// The routes with what stands around all of them.
fn finished<B: Backend>(routes: Router<Arc<Shared<B>>>, state: &Arc<Shared<B>>) -> Router {
    let Settings { body_bytes, origins, .. } = &state.http.settings;
    let routes = routes.fallback(not_found).method_not_allowed_fallback(not_allowed);
    let routes = if origins.is_empty() { routes } else { routes.layer(cors::layer(origins)) };
    routes
        .layer(DefaultBodyLimit::max(*body_bytes))
        .layer(CatchPanicLayer::custom(context::panicked))
        .layer(middleware::from_fn(context::around))
        .with_state(Arc::clone(state))
}

/// Forgets idle clients as long as there is somebody to be served.
async fn forget_idle_clients<B: Backend>(shared: std::sync::Weak<Shared<B>>) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        let Some(shared) = shared.upgrade() else { return };
        shared.gate.forget_idle();
    }
}

async fn not_found(context: axum::Extension<context::RequestId>) -> Response {
    answer::failure(&answer::Failure::NotFound, context.as_str())
}

async fn not_allowed(context: axum::Extension<context::RequestId>) -> Response {
    answer::failure(&answer::Failure::Method("GET"), context.as_str())
}
