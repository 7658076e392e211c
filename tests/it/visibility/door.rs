//! The service's front door, for what [`crate::support::TestApp`] does not do: any subject, any header, any SQL.

use std::sync::Arc;

use api::auth::{Authenticator, DevIssuer};
use api::config::Clock;
use api::files::{FileLimits, FileSettings, FileStore, Files};
use api::graphql::Engine;
use api::http::{HttpState, Live, Rates, Settings, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::app::{PUBLIC_URL, generous, today};
use crate::support::db::Own;
use crate::support::rows;

/// The service on a test's own copy of the world.
pub struct Door {
    /// The database.
    pub own: Own,
    /// Who makes tokens that hold.
    pub issuer: DevIssuer,
    router: Router,
}

/// Runs a test on SQLite and, where there is a server, on PostgreSQL.
pub async fn on_both(test: impl AsyncFn(&Door)) {
    for own in [Some(Own::sqlite().await), Own::postgres().await].into_iter().flatten() {
        let door = Door::open(own).await;
        test(&door).await;
        door.own.drop().await;
    }
}

impl Door {
    /// The service on a database.
    pub async fn open(own: Own) -> Self {
        Self::over(own, None).await
    }

    /// The same, where files have addresses, which are others with every second.
    pub async fn with_files(own: Own) -> Self {
        let settings = FileSettings::new(FileStore::memory(), PUBLIC_URL);
        let files = Files::open(own.db.clone(), Clock::new(Some(today())), settings).await.unwrap();
        Self::over(own, Some(files)).await
    }

    async fn over(own: Own, files: Option<Files>) -> Self {
        let issuer = DevIssuer::open(&own.db, Utc::now()).await.unwrap();
        let authenticator = Authenticator::new(Vec::new(), Some(&issuer)).unwrap();
        let mut engine = Engine::new(own.db.clone(), Clock::new(Some(today()))).with_rules(generous());
        if let Some(files) = &files {
            engine = engine.with_files(Arc::clone(files.links()), FileLimits::default());
        }
        let backend = Live { engine, db: own.db.clone() };
        let router = router(HttpState {
            backend,
            authenticator,
            settings: Settings { rates: Rates::ENDLESS, ..Settings::default() },
            files,
            machines: None,
            demo: None,
        });
        Self { own, issuer, router }
    }

    /// A token for a subject, made at a time.
    pub fn token(&self, subject: &str, at: DateTime<Utc>) -> String {
        self.issuer.token(subject, at).unwrap()
    }

    /// Sends a query with a token or none; the status and the JSON that come back.
    pub async fn knock(&self, token: Option<&str>, document: &str, variables: Value) -> (u16, Value) {
        self.send(http::Request::post("/graphql"), token, document, variables).await
    }

    /// As [`Door::knock`], with headers besides.
    pub async fn send(
        &self,
        request: http::request::Builder,
        token: Option<&str>,
        document: &str,
        variables: Value,
    ) -> (u16, Value) {
        let mut request = request
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = json!({ "query": document, "variables": variables }).to_string();
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    /// Sends bytes to an address that the service gave, and gives the status.
    pub async fn put(&self, url: &str, bytes: Vec<u8>) -> u16 {
        let path = url.strip_prefix(PUBLIC_URL).unwrap();
        let request = http::Request::put(path).body(Body::from(bytes)).unwrap();
        self.router.clone().oneshot(request).await.unwrap().status().as_u16()
    }

    /// Asks as a subject, or without a token, and gives the data.
    pub async fn ask(&self, subject: Option<&str>, document: &str, variables: Value) -> Value {
        let token = subject.map(|subject| self.token(subject, Utc::now()));
        let (status, answer) = self.knock(token.as_deref(), document, variables).await;
        assert_eq!(status, 200, "{answer}");
        answer["data"].clone()
    }

    /// Changes the database behind the service's back.
    pub async fn sql(&self, statement: &str) {
        let connection = rows::connect(&self.own.db).await;
        connection.execute_unprepared(statement).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// The development issuer of some other database.
pub async fn foreign_issuer(own: Own) -> DevIssuer {
    let issuer = DevIssuer::open(&own.db, Utc::now()).await.unwrap();
    own.drop().await;
    issuer
}
