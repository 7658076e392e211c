//! Somebody who listens for server-sent events, as a browser would.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};

use super::{Persona, TestApp};

/// Nothing here waits for time to pass. Where something waits for ever, the test is to say so.
const TOO_LONG: Duration = Duration::from_secs(60);
/// Longer than it takes to tell what was made in this process.
const A_WHILE: Duration = Duration::from_secs(2);

/// An open stream of events.
pub struct Listener {
    body: BodyDataStream,
    text: String,
}

impl Listener {
    /// Begins an operation whose answers come as events.
    pub async fn begin(app: &TestApp, as_whom: Persona, document: &str, variables: Value) -> Self {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let request = http::Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "text/event-stream");
        let response = app.respond(as_whom, request, Body::from(body)).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event: its name, and what it says. None at the end of the stream.
    async fn event(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                // A sign of life is no event.
                let Some(name) = line("event: ") else { continue };
                return Some((name.to_owned(), serde_json::from_str(line("data: ").unwrap()).unwrap()));
            }
            let more = tokio::time::timeout(TOO_LONG, self.body.next()).await.unwrap()?.unwrap();
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    /// Asks for what comes next, and does not stay to hear it.
    pub fn glance(&mut self) {
        if let Some(Some(Ok(more))) = self.body.next().now_or_never() {
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    /// The next answer.
    pub async fn next(&mut self) -> Value {
        let (name, answer) = self.event().await.unwrap();
        assert_eq!(name, "next", "{answer}");
        answer
    }

    /// Whether it ends here, as it should.
    pub async fn is_over(&mut self) -> bool {
        self.event().await.is_some_and(|(name, _)| name == "complete") && self.event().await.is_none()
    }

    /// Whether nothing is told for a while.
    pub async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(A_WHILE, self.event()).await.is_err()
    }
}
