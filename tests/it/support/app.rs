//! The application under test, asked through its HTTP interface.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use api::auth::machine::Machines;
use api::auth::{Authenticator, DevIssuer, IssuerSettings};
use api::config::Clock;
use api::files::{FileLimits, FileSettings, FileStore, Files, Links};
use api::graphql::{Engine, Limits, Policy, Rules};
use api::http::{HttpState, Live, LiveSettings, Peer, Rates, Settings, router};
use api::store::db::{Db, Pool};
use api::webhooks::{self, Webhooks};
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

/// The address of the service, as its clients know it.
pub const PUBLIC_URL: &str = "https://thread.example";

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

/// Runs a test on PostgreSQL, and tells it the address of another database that holds the same.
pub async fn on_postgres_with_copy(test: impl AsyncFn(&TestApp, &str)) {
    let (Some(own), Some(copy)) = (Own::postgres().await, Own::postgres().await) else {
        return eprintln!("{NO_SERVER}");
    };
    let url = copy.url();
    on("PostgreSQL", own, &async |app: &TestApp| test(app, &url).await).await;
    copy.drop().await;
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

/// Rules under which a test may ask for many things in one document. Those of a deployment are tried in `limits`.
pub fn generous() -> Rules {
    let limits =
        Limits { aliases: 500, repeats: 500, query_fields: 500, mutation_fields: 500, ..Limits::default() };
    Rules { limits, ..Rules::default() }
}

/// Settings under which a test may ask as often as it likes, and need not read at once what it is told.
pub fn patient() -> Settings {
    let live = LiveSettings { reading_time: Duration::from_secs(3600), ..LiveSettings::default() };
    Settings { rates: Rates::ENDLESS, live, ..Settings::default() }
}

/// The service on a database, on a day.
pub struct TestApp {
    /// What stands in the database.
    pub world: Record,
    /// The domain's day.
    pub today: NaiveDate,
    /// Its files of evidence.
    pub files: Files,
    db: Db,
    router: Router,
    issuer: DevIssuer,
    may_write: bool,
}

impl TestApp {
    async fn open(db: Db, world: Record, today: NaiveDate, may_write: bool) -> Self {
        let settings = patient();
        Self::open_with((db, world, may_write), today, (generous(), Policy::default()), settings).await
    }

    async fn open_with(
        (db, world, may_write): (Db, Record, bool),
        today: NaiveDate,
        (rules, documents): (Rules, Policy),
        settings: Settings,
    ) -> Self {
        let engine = Engine::new(db.clone(), Clock::new(Some(today)));
        let engine = engine.with_rules(rules).with_documents(documents);
        Self::over(engine, (db, world, may_write), today, settings).await
    }

    async fn over(
        engine: Engine,
        (db, world, may_write): (Db, Record, bool),
        today: NaiveDate,
        settings: Settings,
    ) -> Self {
        let files = FileSettings::new(FileStore::memory(), PUBLIC_URL);
        let files = Files::open(db.clone(), Clock::new(Some(today)), files).await.unwrap();
        Self::over_files(engine, (files, Vec::new()), (db, world, may_write), today, settings).await
    }

    async fn over_files(
        engine: Engine,
        (files, issuers): (Files, Vec<IssuerSettings>),
        (db, world, may_write): (Db, Record, bool),
        today: NaiveDate,
        settings: Settings,
    ) -> Self {
        let issuer = DevIssuer::open(&db, Utc::now()).await.unwrap();
        let machines = Machines::new(db.clone(), PUBLIC_URL);
        let authenticator = Authenticator::new(issuers, Some(&issuer)).unwrap();
        let authenticator = authenticator.with_machines(&machines).unwrap();
        let backend = Live { engine, db: db.clone() };
        let (machines, kept) = (Some(machines), Some(files.clone()));
        let router =
            router(HttpState { backend, authenticator, settings, files: kept, machines, demo: None });
        Self { world, today, files, db, router, issuer, may_write }
    }

    /// The same service, which looks so often by itself whether a ledger has come further.
    pub async fn looking(&self, every: Duration) -> Self {
        let engine = Engine::new(self.db.clone(), Clock::new(Some(self.today)));
        let engine = engine.with_rules(generous()).looking_every(every);
        let settings = patient();
        Self::over(engine, (self.db.clone(), self.world.clone(), self.may_write), self.today, settings).await
    }

    /// Another process on the same database, as far as one knows of the other: it has connections of its own, and looks so
    /// often by itself.
    pub async fn replica(&self, every: Duration) -> Self {
        let db = super::db::again(&self.db).await;
        Self { db, ..self.looking(every).await }.looking(every).await
    }

    /// The same service, with connections of its own, that reads from replicas at these addresses where they are not behind.
    pub async fn reading_from(&self, replicas: &[&str]) -> Self {
        self.reading_from_with(replicas, &super::db::usual()).await
    }

    /// As [`TestApp::reading_from`], with so many connections to each.
    pub async fn reading_from_with(&self, replicas: &[&str], pool: &Pool) -> Self {
        let urls: Vec<String> = replicas.iter().map(|url| (*url).to_owned()).collect();
        let db = super::db::again(&self.db).await.with_replicas(&urls, pool).await.unwrap();
        Self::open(db, self.world.clone(), self.today, self.may_write).await
    }

    /// The same database on another day.
    pub async fn at(&self, today: NaiveDate) -> Self {
        Self::open(self.db.clone(), self.world.clone(), today, self.may_write).await
    }

    /// The same database on a day, where the operator says something about documents.
    pub async fn trusting(&self, today: NaiveDate, documents: Policy) -> Self {
        let settings = patient();
        let same = (self.db.clone(), self.world.clone(), self.may_write);
        Self::open_with(same, today, (generous(), documents), settings).await
    }

    /// The same database, where the operator lets clients ask for so much.
    pub async fn limited(&self, rules: Rules, settings: Settings) -> Self {
        let same = (self.db.clone(), self.world.clone(), self.may_write);
        Self::open_with(same, self.today, (rules, Policy::default()), settings).await
    }

    /// The same database, where files have addresses, and may be so large.
    pub async fn with_files(&self, has_scanner: bool, limits: FileLimits, documents: Policy) -> Self {
        let settings = patient();
        let links = Links::new(&[7; 32], "https://files.example", has_scanner);
        let engine = Engine::new(self.db.clone(), Clock::new(Some(self.today)));
        let engine =
            engine.with_rules(generous()).with_documents(documents).with_files(Arc::new(links), limits);
        let same = (self.db.clone(), self.world.clone(), self.may_write);
        Self::over(engine, same, self.today, settings).await
    }

    /// The same database, where endpoints are told as the operator says once what is given with it runs.
    pub async fn telling(&self, settings: webhooks::Settings) -> (Self, Webhooks) {
        let clock = Clock::new(Some(self.today));
        let engine = Engine::new(self.db.clone(), clock).with_rules(generous());
        let engine = engine.with_outside(settings.outside.clone());
        let webhooks = Webhooks::new(engine.clone(), self.db.clone(), clock, settings).unwrap();
        let same = (self.db.clone(), self.world.clone(), self.may_write);
        let http = Settings { rates: Rates::ENDLESS, ..Settings::default() };
        (Self::over(engine, same, self.today, http).await, webhooks)
    }

    /// The same database, where files are sent and fetched besides, as the operator says.
    pub async fn keeping(&self, files: FileSettings, settings: Settings) -> Self {
        let clock = Clock::new(Some(self.today));
        let files = Files::open(self.db.clone(), clock, files).await.unwrap();
        let engine = Engine::new(self.db.clone(), clock).with_rules(generous());
        let engine = engine.with_files(Arc::clone(files.links()), FileLimits::default());
        let same = (self.db.clone(), self.world.clone(), self.may_write);
        Self::over_files(engine, (files, Vec::new()), same, self.today, settings).await
    }

    /// The same database, where tokens of these issuers are accepted besides.
    pub async fn accepting(&self, issuers: Vec<IssuerSettings>) -> Self {
        let engine = Engine::new(self.db.clone(), Clock::new(Some(self.today))).with_rules(generous());
        let engine = engine.with_files(Arc::clone(self.files.links()), FileLimits::default());
        let settings = Settings { rates: Rates::ENDLESS, ..Settings::default() };
        let same = (self.db.clone(), self.world.clone(), self.may_write);
        Self::over_files(engine, (self.files.clone(), issuers), same, self.today, settings).await
    }

    /// The whole HTTP interface, to be served on an address.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The database itself, for what no request tells: whether its ledger is whole.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// How many statements something takes: on PostgreSQL what hangs on the same rows is one.
    pub fn takes(&self, on_sqlite: u64, on_postgres: u64) -> u64 {
        if self.is_postgres() { on_postgres } else { on_sqlite }
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

    /// Sends a body with headers of the test's own.
    pub async fn send(&self, as_whom: Persona, body: &Value, request: http::request::Builder) -> Response {
        let request = request
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json");
        let Raw { status, headers, text } = self.raw(as_whom, request, body.to_string()).await;
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        Response { status, headers, body, text }
    }

    /// Sends a request as it is, but for the token, and gives the answer before its body has come.
    pub async fn respond(
        &self,
        as_whom: Persona,
        mut request: http::request::Builder,
        body: Body,
    ) -> http::Response<Body> {
        if let Some(subject) = as_whom.subject() {
            let token = self.issuer.token(subject, Utc::now()).unwrap();
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    /// Sends a request as it is, but for the token.
    pub async fn raw(&self, as_whom: Persona, request: http::request::Builder, body: String) -> Raw {
        let (parts, body) = self.respond(as_whom, request, Body::from(body)).await.into_parts();
        let text = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        Raw { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// What whoever has a token for a subject gets for an operation: status and text.
    pub async fn as_subject(&self, subject: &str, document: &str) -> (u16, String) {
        let token = self.issuer.token(subject, Utc::now()).unwrap();
        let request = http::Request::post("/graphql")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"));
        let body = Body::from(json!({ "query": document }).to_string());
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(text.to_vec()).unwrap())
    }

    /// What a process on the same machine gets from an address: status and text.
    pub async fn nearby(&self, path: &str) -> (u16, String) {
        let peer = Peer(([127, 0, 0, 1], 50_000).into());
        let request = http::Request::get(path).extension(peer).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(text.to_vec()).unwrap())
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

/// An answer as it came.
#[derive(Debug)]
pub struct Raw {
    /// The status of HTTP.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body.
    pub text: String,
}

impl Raw {
    /// A header; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap();
        body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
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
