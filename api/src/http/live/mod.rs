//! Operations that tell more than once: over a WebSocket, or as server-sent events in either of the two modes of graphql-sse.
//!
//! All go through the same gate as a request that is answered once, and none holds anything but its place in the feed: what a
//! slow listener has not read yet is in the ledger.

#[cfg(test)]
mod event_tests;
pub(super) mod message;
mod pace;
pub(super) mod single;
#[cfg(test)]
mod slow_tests;
pub(super) mod socket;
pub(super) mod sse;
#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use serde_json::Value;

use super::answer::Failure;
use super::graphql::Caller;
use crate::auth::LEEWAY;
use crate::graphql::{Opened, Outcome};

/// What is told about an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// An answer, as JSON.
    Next(String),
    /// It could not be run: the errors, as JSON.
    Refused(String),
    /// It is over.
    Complete,
}

/// Everything that is told about an operation, to its end.
fn told(opened: Opened, request_id: &str) -> BoxStream<'static, Told> {
    let told = match opened {
        Opened::Events { events, .. } => {
            let told = events.map(Told::Next).chain(stream::iter([Told::Complete]));
            return unbroken(told, request_id).boxed();
        }
        Opened::Answer(answer) => match answer.outcome {
            Outcome::Executed | Outcome::Unavailable => vec![Told::Next(text(answer.body)), Told::Complete],
            _ => vec![Told::Refused(errors(&answer.body))],
        },
    };
    stream::iter(told).boxed()
}

/// The same, in which a panic ends one operation and not the connection that tells it.
fn unbroken<S: Stream<Item = Told>>(told: S, request_id: &str) -> impl Stream<Item = Told> + use<S> {
    let broken = refused(&Failure::Internal, request_id);
    AssertUnwindSafe(told).catch_unwind().map(move |told| told.unwrap_or_else(|_| broken.clone()))
}

/// What is told where an operation did not get as far as the engine.
fn refused(reason: &Failure, request_id: &str) -> Told {
    Told::Refused(Value::from(vec![reason.to_error().to_json(request_id)]).to_string())
}

fn text(body: Vec<u8>) -> String {
    // The engine writes nothing but JSON.
    String::from_utf8(body).unwrap_or_default()
}

fn errors(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body.get("errors").map_or_else(|| "[]".to_owned(), Value::to_string)
}

/// How long a caller may listen: as long as the token holds.
pub(super) fn may_listen_for(caller: &Caller) -> Duration {
    /// Who has no token is asked to come again now and then, so that nothing lasts for ever.
    const WITHOUT_TOKEN: Duration = Duration::from_secs(24 * 60 * 60);
    let Some(principal) = &caller.principal else { return WITHOUT_TOKEN };
    let left = principal.expires_at + LEEWAY - crate::config::now();
    left.to_std().unwrap_or_default().min(WITHOUT_TOKEN)
}
