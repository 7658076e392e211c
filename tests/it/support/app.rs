//! The application under test, asked through its HTTP interface.

use std::panic::{AssertUnwindSafe, resume_unwind};

use api::auth::{Authenticator, DevIssuer};
use api::config::Clock;
use api::graphql::Engine;
use api::http::{HttpState, Live, Settings, router};
use api::store::db::{Db, Pool};
use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::builders::{Write, day};
use super::db::Own;
use super::personas::Persona;
use super::world::Record;

const NO_SERVER: &str = "TEST_POSTGRES_URL is not set: not run on PostgreSQL";

/// The day that is today for every test which says nothing else.
pub fn today() -> NaiveDate {
    day("2018-12-10")
}

/// Runs a test on SQLite and, where there is a server, on PostgreSQL, each time on a fresh copy of the world.
pub async fn on_both(test: impl AsyncFn(&TestApp)) {
    on("SQLite", Own::sqlite().await, &test).await;
    match Own::postgres().await {
        Some(own) => on("PostgreSQL", own, &test).await,
        None => eprintln!("{NO_SERVER}"),
    }
}

/// As [`on_both`], with a pool of its own; the test is told the database's address besides.
pub async fn on_both_with(pool: &Pool, test: impl AsyncFn(&TestApp, &str)) {
    let on_own = async |name: &str, own: Own| {
        let url = own.url();
        on(name, own, &async |app: &TestApp| test(app, &url).await).await;
    };
    on_own("SQLite", Own::sqlite_with(pool).await).await;
    match Own::postgres_with(pool).await {
        Some(own) => on_own("PostgreSQL", own).await,
        None => eprintln!("{NO_SERVER}"),
    }
}

/// As [`on_both`], for a test that only reads: faster, because such tests share one database.
pub async fn reading_both(test: impl AsyncFn(&TestApp)) {
    on("SQLite", Own::sqlite().await, &test).await;
    match Own::postgres_to_read().await {
        Some(own) => on("PostgreSQL", own, &test).await,
        None => eprintln!("{NO_SERVER}"),
    }
}

async fn on(name: &str, own: Own, test: &impl AsyncFn(&TestApp)) {
    eprintln!("on {name}");
    let app = TestApp::open(own.db.clone(), own.record.clone(), today(), own.is_own()).await;
    let outcome = AssertUnwindSafe(test(&app)).catch_unwind().await;
    drop(app);
    own.drop().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// A type's prefix and an id, as the API writes them: `gid("act", action.id)`.
pub fn gid(prefix: &str, id: Uuid) -> String {
    format!("{prefix}_{}", id.simple())
}

/// The service on a database, on a day.
pub struct TestApp {
    /// What stands in the database.
    pub world: Record,
    /// The domain's day.
    pub today: NaiveDate,
    db: Db,
    router: Router,
    issuer: DevIssuer,
    may_write: bool,
}

impl TestApp {
    async fn open(db: Db, world: Record, today: NaiveDate, may_write: bool) -> Self {
        let issuer = DevIssuer::open(&db, Utc::now()).await.unwrap();
        let authenticator = Authenticator::new(Vec::new(), Some(&issuer)).unwrap();
        let backend = Live { engine: Engine::new(db.clone(), Clock::new(Some(today))), db: db.clone() };
        let router = router(HttpState { backend, authenticator, settings: Settings::default(), demo: None });
        Self { world, today, db, router, issuer, may_write }
    }

    /// The same database on another day.
    pub async fn at(&self, today: NaiveDate) -> Self {
        Self::open(self.db.clone(), self.world.clone(), today, self.may_write).await
    }

    /// The database itself, for what no request tells: whether its ledger is whole.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whether this runs on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.db.backend() == sea_orm::DbBackend::Postgres
    }

    /// Begins a change through the one write path. What it commits is not in `self.world` but in what commit returns.
    pub async fn write(&self) -> Write {
        assert!(self.may_write, "a test that writes needs a database of its own: on_both, not reading_both");
        Write::open(&self.db, self.world.clone()).await
    }

    /// Begins a change of what `record` says there is, at a time of the system and for a reason.
    pub async fn write_at(&self, record: Record, now: DateTime<Utc>, reason: &str) -> Write {
        assert!(self.may_write, "a test that writes needs a database of its own: on_both, not reading_both");
        Write::open_at(&self.db, record, now, reason).await
    }

    /// Asks for one operation, and for its cost.
    pub async fn query(&self, as_whom: Persona, document: &str, variables: Value) -> Response {
        let body = json!({ "query": document, "variables": variables });
        self.send(as_whom, &body, http::Request::post("/graphql").header("graphql-cost", "true")).await
    }

    /// Sends a body as it is.
    pub async fn plain(&self, as_whom: Persona, body: Value) -> Response {
        self.send(as_whom, &body, http::Request::post("/graphql")).await
    }

    async fn send(&self, as_whom: Persona, body: &Value, request: http::request::Builder) -> Response {
        let mut request = request
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json");
        if let Some(subject) = as_whom.subject() {
            let token = self.issuer.token(subject, Utc::now()).unwrap();
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        Response { status, headers, body, text }
    }

    /// Asks, expects an answer without errors, and gives its data.
    pub async fn data(&self, as_whom: Persona, document: &str, variables: Value) -> Value {
        let response = self.query(as_whom, document, variables).await;
        assert_eq!(response.status, 200, "{}", response.text);
        assert_eq!(response.body.get("errors"), None, "{document}");
        response.body["data"].clone()
    }

    /// The values of an enum of the schema.
    pub async fn enum_values(&self, name: &str) -> Vec<String> {
        let document = "query($name: String!) { __type(name: $name) { enumValues { name } } }";
        let data = self.data(Persona::Anonymous, document, json!({ "name": name })).await;
        let values = data["__type"]["enumValues"].as_array().unwrap();
        values.iter().map(|value| value["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Asks, expects that it is refused as a whole with one error, and gives that error's code and message.
    pub async fn refusal(&self, as_whom: Persona, document: &str, variables: Value) -> (String, String) {
        let response = self.query(as_whom, document, variables).await;
        let errors = response.errors();
        assert_eq!(errors.len(), 1, "{}", response.text);
        assert_eq!(response.body.get("data").and_then(Value::as_object), None, "{}", response.text);
        (response.code().to_owned(), errors[0]["message"].as_str().unwrap().to_owned())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// The status of HTTP.
    pub status: u16,
    /// Its headers.
    pub headers: http::HeaderMap,
    /// The JSON.
    pub body: Value,
    /// The JSON as it came.
    pub text: String,
}

impl Response {
    /// The data; null where there is none.
    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The errors.
    pub fn errors(&self) -> &[Value] {
        self.body.get("errors").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The code of the first error.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// How many statements it took.
    pub fn statements(&self) -> u64 {
        self.body["extensions"]["cost"]["statements"].as_u64().unwrap()
    }

    /// The answer with the request's id blotted out, to compare two answers byte for byte.
    pub fn without_request_id(&self) -> String {
        match self.body["errors"][0]["extensions"]["requestId"].as_str() {
            Some(id) => self.text.replace(id, "-"),
            None => self.text.clone(),
        }
    }
}
