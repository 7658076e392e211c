//! Server-sent events, one connection for each operation: the "distinct connections mode" of graphql-sse.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use tokio::time::Instant;

use super::super::answer::Failure;
use super::super::client::Client;
use super::super::gate::Place;
use super::super::graphql::Caller;
use super::super::{Backend, Shared};
use super::{Told, may_listen_for, refused, told};
use crate::graphql::Opened;
use crate::graphql::error::Code;
use crate::observe::metrics::Listening;

/// What the metrics call it.
pub(super) const TRANSPORT: &str = "sse";

/// Why a stream ends whose reader is too slow.
pub(super) const TOO_SLOW: &str = "You read too slowly: ask again, and go on from the last cursor.";

/// What the last event says: nothing, but a browser does not pass on an event without data.
const NOTHING: &str = "{}";

/// Tells an operation as events: `next` for each answer, `complete` at the end. What could not be run is a `next` with errors,
/// because a browser shows its page nothing of an answer other than 200.
pub(in super::super) fn response<B: Backend>(
    shared: &Arc<Shared<B>>,
    opened: Opened,
    caller: &Caller,
    place: Place<Client>,
) -> Response {
    let events = told(opened, caller.id.as_str());
    let events = events.flat_map(|told| futures_util::stream::iter(events_of(told)));
    let reason = refused(&too_slow(), caller.id.as_str());
    let slow = events_of(reason);
    stream(shared, events, (caller, slow), (place, Listening::begin(TRANSPORT)))
}

/// What is told, as events.
fn events_of(told: Told) -> Vec<Event> {
    let next = |answer: String| Event::default().event("next").data(answer);
    let complete = || Event::default().event("complete").data(NOTHING);
    match told {
        Told::Next(answer) => vec![next(answer)],
        Told::Refused(errors) => vec![next(format!("{{\"errors\":{errors}}}")), complete()],
        Told::Complete => vec![complete()],
    }
}

/// Why a stream ends whose reader is too slow.
fn too_slow() -> Failure {
    Failure::Told {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: Code::Unavailable,
        message: TOO_SLOW.to_owned(),
        again: None,
    }
}

/// An answer that goes on until the events end, the token does, or the service stops. The client comes again then, and goes on
/// from its cursor. What is told last where the reader is too slow is `slow`.
pub(super) fn stream<B: Backend>(
    shared: &Arc<Shared<B>>,
    events: impl Stream<Item = Event> + Send + 'static,
    (caller, slow): (&Caller, Vec<Event>),
    place: impl Send + 'static,
) -> Response {
    let stop = shared.http.settings.stop.clone();
    let end = tokio::time::sleep(may_listen_for(caller));
    let ends = async move {
        tokio::select! { () = end => {}, () = stop.begun() => {} }
    };
    let held = (place, Listening::connect(TRANSPORT));
    let within = shared.http.settings.live.reading_time;
    let events = unless_slow(events.take_until(ends), within, slow).map(move |event| {
        // The place is free again when the last event is, or the client has gone.
        let _ = &held;
        Ok::<_, Infallible>(event)
    });
    let alive = KeepAlive::new().interval(shared.http.settings.live.alive_every);
    Sse::new(events).keep_alive(alive).into_response()
}

/// The events, as long as each is taken in time; then what is told last. Nothing is read ahead: whoever does not read is not asked
/// for, and costs nothing but what was sent.
fn unless_slow(
    events: impl Stream<Item = Event> + Send + 'static,
    within: Duration,
    slow: Vec<Event>,
) -> impl Stream<Item = Event> + Send + 'static {
    let told: Option<Instant> = None;
    let in_time =
        futures_util::stream::unfold((events.boxed(), told), move |(mut events, told)| async move {
            // Asked for again only when there is room for more on the way to the reader.
            if told.is_some_and(|told| told.elapsed() > within) {
                return Some((None, (futures_util::stream::empty().boxed(), None)));
            }
            let event = events.next().await?;
            Some((Some(event), (events, Some(Instant::now()))))
        });
    in_time.flat_map(move |event| {
        let events = event.map_or_else(|| slow.clone(), |event| vec![event]);
        futures_util::stream::iter(events)
    })
}
