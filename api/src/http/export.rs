//! Exports: a list of any length as one answer, which is written as fast as its reader takes it.
//!
//! An export is whole exactly if its body ends as HTTP says. Where something goes wrong in the middle the connection is broken
//! off, so that nobody takes a part for the whole; in lines of JSON the last line says why.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    response::Response,
};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use http::{HeaderName, HeaderValue, StatusCode, Version, header};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout_at},
};

use super::{
    Backend, Shared,
    accept::MediaType,
    answer::{Failure, written},
    context::Served,
    disposition::attachment,
    gate::{Exporting, Running},
    graphql::{Caller, executed_response, in_turn, read},
    live::may_listen_for,
    rate::Account,
};
use crate::{
    auth::Principal,
    graphql::{Answer, Export, Exported, Format, Piece, Verdict, error::Code, error::Error},
    observe::exports,
};

/// How the export must be handled.
static MARKING: HeaderName = HeaderName::from_static("golden-thread-marking");

/// How much leaves at a time.
const PIECE: usize = 32 * 1024;
/// How long what was written may take to leave before the connection is broken off.
const LAST_WORD: Duration = Duration::from_millis(200);

impl Format {
    fn content_type(self) -> &'static str {
        match self {
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// Begins an export. What is wrong with it is an answer like any other.
pub(super) async fn begin<B: Backend>(
    shared: &Shared<B>,
    request: Request,
    (format, read_only): (Format, bool),
    caller: Caller,
    account: &Arc<Account>,
) -> Result<Response, Failure> {
    if request.version() < Version::HTTP_11 {
        // There the end of a body is the end of the connection, whatever it ended for.
        return Err(Failure::Told {
            status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            code: Code::BadUserInput,
            message: "An export needs HTTP/1.1, which tells whether it is whole.".to_owned(),
            again: None,
        });
    }
    let request = read(shared, request, (MediaType::GraphqlResponse, read_only), account).await?;
    let place = shared.gate.export(&caller.client)?;
    let id = caller.id.as_str();
    let opening = shared.http.backend.export(request, format, caller.principal.as_ref(), id);
    Ok(match in_turn(shared, &caller.client, opening).await? {
        (Exported::Answer(answer), running) => refused(answer, running),
        // It takes no request's place as long as it runs.
        (Exported::Begun(export), _) => {
            begun(export, format, (caller, place), shared.http.settings.export_time)
        }
    })
}

/// The answer to what cannot be exported: never one that could be taken for an export.
fn refused(answer: Answer, running: Running) -> Response {
    let code = match answer.verdict {
        Verdict::Failed(code) => code,
        Verdict::Well | Verdict::Refused => Code::Internal,
    };
    let mut response = executed_response(answer, MediaType::GraphqlResponse, running);
    *response.status_mut() = match code {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::GraphqlParseFailed
        | Code::GraphqlValidationFailed
        | Code::BadUserInput
        | Code::QueryTooComplex
        | Code::PersistedQueryNotFound => StatusCode::BAD_REQUEST,
    };
    response
}

fn begun(
    export: Export,
    format: Format,
    (caller, place): (Caller, Exporting),
    longest: Duration,
) -> Response {
    let of_token = may_listen_for(&caller);
    let end = if of_token < longest {
        Error::new(Code::Unauthenticated, "The access token has expired.")
    } else {
        let seconds = longest.as_secs();
        Error::new(
            Code::Unavailable,
            format!("The export took longer than {seconds} seconds, which is the limit."),
        )
    };
    let until = Instant::now() + of_token.min(longest);
    let place = Arc::new(Mutex::new(Some(place)));
    let mut timer = JoinSet::new();
    timer.spawn(give_up(Arc::downgrade(&place), until));
    let served = Served::begun(export.operation.as_deref(), export.statements);
    let name = attachment(&format!("{}.{}", export.name, format.ending()));
    let writing = Writing {
        pieces: export.pieces,
        rest: Bytes::new(),
        format,
        ends: (until, Some(end)),
        report: Report {
            running: exports::Running::begin(),
            began: Instant::now(),
            operation: export.operation,
            caller,
            things: 0,
            statements: 0,
            outcome: GONE,
        },
        is_broken: false,
        _place: place,
        _timer: timer,
    };
    let body = Body::from_stream(stream::unfold(writing, Writing::next));
    let mut response = written(StatusCode::OK, format.content_type(), body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, name);
    if let Ok(marking) = HeaderValue::from_str(&export.marking) {
        headers.insert(MARKING.clone(), marking);
    }
    response.extensions_mut().insert(served);
    response
}

/// Frees the place of an export whose time is over, also where its reader does not take what was written.
async fn give_up(place: Weak<Mutex<Option<Exporting>>>, until: Instant) {
    sleep_until(until).await;
    if let Some(place) = place.upgrade() {
        place.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// An export that is being written. Whoever reads it asks for what comes next when there is room for it: nothing is read ahead.
struct Writing {
    pieces: BoxStream<'static, Result<Piece, Error>>,
    /// What is left of the last one.
    rest: Bytes,
    format: Format,
    /// When it is over at the latest, and why.
    ends: (Instant, Option<Error>),
    report: Report,
    is_broken: bool,
    _place: Arc<Mutex<Option<Exporting>>>,
    _timer: JoinSet<()>,
}

impl Writing {
    async fn next(mut self) -> Option<(Result<Bytes, io::Error>, Self)> {
        loop {
            if !self.rest.is_empty() {
                let piece = self.rest.split_to(PIECE.min(self.rest.len()));
                return Some((Ok(piece), self));
            }
            if self.is_broken {
                sleep(LAST_WORD).await;
                return Some((Err(io::Error::other("the export is broken off")), self));
            }
            let (until, why) = &mut self.ends;
            let next = match timeout_at(*until, self.pieces.next()).await {
                Ok(next) => next,
                Err(_) => Some(Err(why.take().unwrap_or_else(|| Failure::Timeout.to_error()))),
            };
            match next {
                Some(Ok(piece)) => {
                    self.report.count(&piece);
                    self.rest = piece.text.into();
                }
                Some(Err(error)) => self.break_off(&error),
                None => {
                    self.report.outcome = Verdict::Well.as_str();
                    return None;
                }
            }
        }
    }

    fn break_off(&mut self, error: &Error) {
        self.report.outcome = error.code.as_str();
        self.is_broken = true;
        if self.format == Format::JsonLines {
            let line = json!({ "errors": [error.to_json(self.report.caller.id.as_str())] });
            self.rest = format!("{line}\n").into();
        }
    }
}

/// How an export ends whose reader goes away.
const GONE: &str = "gone";

/// What is counted and logged of an export once it has ended.
struct Report {
    running: exports::Running,
    began: Instant,
    operation: Option<String>,
    caller: Caller,
    things: u64,
    statements: u32,
    outcome: &'static str,
}

impl Report {
    fn count(&mut self, piece: &Piece) {
        self.things += piece.things as u64;
        self.statements = self.statements.saturating_add(piece.statements);
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        let Self { things, statements, outcome: result, .. } = *self;
        self.running.end(result, things);
        let request_id = self.caller.id.as_str();
        let principal = self.caller.principal.as_ref().map(Principal::subject);
        let operation = self.operation.as_deref().map(super::context::short).unwrap_or_default();
        let duration_ms = self.began.elapsed().as_micros() as f64 / 1000.0;
        tracing::info!(request_id, principal, operation, result, things, statements, duration_ms, "export");
    }
}
