//! Answers, and what goes wrong on the way to one.

use std::time::Duration;

use futures_util::stream::BoxStream;
use sea_orm::DbErr;
use serde_json::{Value, json};

use super::error::{Code, Error};
use super::kind::{Kind, Verdict};
use super::output::{Unwritten, Writer};
use super::request::Request;
use crate::command;
use crate::store::db::{Trouble, described};

/// How a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was run; there may be errors in the answer.
    Executed,
    /// It could not be run.
    RequestError,
    /// A change was asked for where only queries may run.
    MutationOverGet,
    /// A subscription was asked for where one answer is given.
    NeedsStream,
    /// The client has asked for too much of late.
    RateLimited {
        /// When it may ask again.
        seconds: u64,
    },
    /// Something that is needed does not answer: the same request may go through later.
    Unavailable,
    /// The client holds the answer already: there is no body.
    NotModified,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    /// The JSON.
    pub body: Vec<u8>,
    /// How it went.
    pub outcome: Outcome,
    /// The operation's name, for the log.
    pub operation: Option<String>,
    /// What kind of operation it was, for the log and the metrics.
    pub kind: Kind,
    /// How it ended, for the same.
    pub verdict: Verdict,
    /// How many statements ran.
    pub statements: u32,
    /// What tells this answer from every other, where that was asked for and can be told.
    pub tag: Option<String>,
}

/// What comes of a request over a transport that can tell more than once.
pub enum Opened {
    /// One answer.
    Answer(Answer),
    /// The answers of a subscription, one after the other, each as JSON.
    Events {
        /// The operation's name, for the log.
        operation: Option<String>,
        /// The answers.
        events: BoxStream<'static, String>,
    },
}

/// What came of running an operation.
pub(super) struct Ran {
    /// The answer; none where the client holds it.
    pub(super) body: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) statements: u32,
    pub(super) tag: Option<String>,
}

/// The answer with its errors and, where it was asked for, its cost.
pub(super) fn finished(
    writer: Writer<'_>,
    request: &Request,
    request_id: &str,
    (cost, limit, statements): (u64, u64, u32),
) -> Ran {
    let Writer { mut json, errors, .. } = writer;
    let verdict = errors.first().map_or(Verdict::Well, |error| Verdict::Failed(error.code));
    if !errors.is_empty() {
        let errors: Vec<Value> =
            errors.iter().take(MAX_ERRORS).map(|error| error.to_json(request_id)).collect();
        json.push_str(",\"errors\":");
        json.push_str(&Value::from(errors).to_string());
    }
    if request.show_cost {
        let cost = json!({ "requested": cost, "limit": limit, "statements": statements });
        json.push_str(",\"extensions\":");
        json.push_str(&json!({ "cost": cost }).to_string());
    }
    json.push('}');
    Ran { body: Some(json), verdict, statements, tag: None }
}

/// An answer that could not be written.
pub(super) fn unwritten(fault: Unwritten, request_id: &str) -> Error {
    match fault {
        Unwritten::Missing { path } => {
            let place = Value::from(path.clone());
            tracing::error!(request_id, path = %place, "a row that the rules promise is not there");
            Error { path, ..Error::new(Code::Internal, INTERNAL) }
        }
        Unwritten::TooLarge => {
            let message = "The answer is larger than one may be: ask for smaller pages, or fewer fields.";
            Error::new(Code::QueryTooComplex, message)
        }
    }
}

/// A change that could be neither made nor refused.
pub(super) fn not_done(fault: &command::Fault, request_id: &str) -> Error {
    tracing::error!(request_id, %fault, "a change could not be made");
    match fault {
        command::Fault::Away(_) => Error::new(
            Code::Unavailable,
            "The database does not answer, or is too busy. Send the same request again, with the same idempotencyKey.",
        ),
        command::Fault::NoChanges(_) => Error::new(Code::Unavailable, NO_CHANGES),
        command::Fault::TooLong(_) => Error::new(
            Code::Unavailable,
            "The change took too long and was stopped. Send the same request again, with the same idempotencyKey.",
        ),
        command::Fault::Internal(_) => Error::new(Code::Internal, INTERNAL),
    }
}

/// At most so many errors stand in an answer: as many as ids can be asked for.
const MAX_ERRORS: usize = 100;
/// The database has no room, or only reads.
const NO_CHANGES: &str = "No changes can be taken at the moment. Reading goes on; send the same request again later, with the same idempotencyKey.";
/// All that a client is told about a fault of ours.
const INTERNAL: &str = "Something went wrong on our side. It is in our log under this request's id.";

/// Why a request has no data.
pub(super) enum Failure {
    /// It could not be run.
    Request(Error),
    /// It was run, and failed.
    Execution(Error),
    /// The client has asked for too much of late, and may ask again after this time.
    RateLimited(Duration),
}

impl Failure {
    pub(super) fn into_answer(self, (kind, operation): (Kind, Option<String>), request_id: &str) -> Answer {
        match self {
            Self::Request(error) => refused(&[error], (kind, operation), request_id),
            Self::Execution(error) => {
                let body = json!({ "data": null, "errors": [error.to_json(request_id)] });
                let body = body.to_string().into_bytes();
                let is_down = error.code == Code::Unavailable;
                let outcome = if is_down { Outcome::Unavailable } else { Outcome::Executed };
                let verdict = Verdict::Failed(error.code);
                Answer { body, outcome, operation, kind, verdict, statements: 0, tag: None }
            }
            Self::RateLimited(wait) => {
                let seconds = wait.as_secs() + 1;
                let refused = refused(&[Error::rate_limited(seconds)], (kind, operation), request_id);
                Answer { outcome: Outcome::RateLimited { seconds }, ..refused }
            }
        }
    }

    /// As the one error that it is.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Request(error) | Self::Execution(error) => error,
            Self::RateLimited(wait) => Error::rate_limited(wait.as_secs() + 1),
        }
    }

    /// As the last event of a subscription.
    pub(super) fn into_event(self, request_id: &str) -> String {
        String::from_utf8_lossy(&self.into_answer((Kind::Subscription, None), request_id).body).into_owned()
    }
}

/// A fault of the database, as a failure of the request.
pub(super) fn database(fault: &DbErr, request_id: &str) -> Failure {
    Failure::Execution(database_error(fault, request_id))
}

/// A fault of the database, as the client gets it.
pub(crate) fn database_error(fault: &DbErr, request_id: &str) -> Error {
    tracing::error!(request_id, fault = %described(fault), "the database refused a statement");
    match Trouble::of(fault) {
        Trouble::Fault => Error::new(Code::Internal, INTERNAL),
        Trouble::TooLong => Error::new(
            Code::Unavailable,
            "The request took too long. Ask for less at once, or try again later.",
        ),
        Trouble::NoRoom | Trouble::ReadOnly => Error::new(Code::Unavailable, NO_CHANGES),
        Trouble::Away | Trouble::Lost | Trouble::Contended => {
            Error::new(Code::Unavailable, "The database does not answer. Try again in a moment.")
        }
    }
}

/// The answer to what could not be run.
pub(super) fn refused(
    errors: &[Error],
    (kind, operation): (Kind, Option<String>),
    request_id: &str,
) -> Answer {
    let verdict = Verdict::Failed(errors.first().map_or(Code::Internal, |error| error.code));
    let errors: Vec<Value> = errors.iter().map(|error| error.to_json(request_id)).collect();
    let body = json!({ "errors": errors }).to_string().into_bytes();
    Answer { body, outcome: Outcome::RequestError, operation, kind, verdict, statements: 0, tag: None }
}
