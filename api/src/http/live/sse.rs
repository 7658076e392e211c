//! Server-sent events, one connection for each operation: the "distinct connections mode" of graphql-sse.

use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};

use super::super::client::Client;
use super::super::gate::Place;
use super::super::graphql::Caller;
use super::super::{Backend, Shared};
use super::{Told, may_listen_for, told};
use crate::graphql::Opened;
use crate::observe::metrics::Listening;

/// What the metrics call it.
pub(super) const TRANSPORT: &str = "sse";

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
    let events = told(opened, caller.id.as_str()).flat_map(|told| {
        let events = match told {
            Told::Next(answer) => vec![Event::default().event("next").data(answer)],
            Told::Refused(errors) => {
                let answer = format!("{{\"errors\":{errors}}}");
                vec![
                    Event::default().event("next").data(answer),
                    Event::default().event("complete").data(NOTHING),
                ]
            }
            Told::Complete => vec![Event::default().event("complete").data(NOTHING)],
        };
        futures_util::stream::iter(events)
    });
    stream(shared, events, caller, (place, Listening::begin(TRANSPORT)))
}

/// An answer that goes on until the events end, the token does, or the service stops. The client comes again then, and goes on
/// from its cursor.
pub(super) fn stream<B: Backend>(
    shared: &Arc<Shared<B>>,
    events: impl Stream<Item = Event> + Send + 'static,
    caller: &Caller,
    place: impl Send + 'static,
) -> Response {
    let stop = shared.http.settings.stop.clone();
    let end = tokio::time::sleep(may_listen_for(caller));
    let ends = async move {
        tokio::select! { () = end => {}, () = stop.begun() => {} }
    };
    let held = (place, Listening::connect(TRANSPORT));
    let events = events.take_until(ends).map(move |event| {
        // The place is free again when the last event is, or the client has gone.
        let _ = &held;
        Ok::<_, Infallible>(event)
    });
    let alive = KeepAlive::new().interval(shared.http.settings.live.alive_every);
    Sse::new(events).keep_alive(alive).into_response()
}
