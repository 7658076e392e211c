//! Server-sent events, one connection for all operations of a client: the "single connection mode" of graphql-sse.
//!
//! A client reserves a stream (PUT), reads it (GET), and begins (POST) and ends (DELETE) operations on it. A stream lives in the
//! memory of one process: behind a load balancer this mode needs requests of one client to go to one replica.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use axum::response::sse::Event;
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream;
use http::{HeaderName, Method, StatusCode};
use serde_json::json;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::super::accept::is_json;
use super::super::answer::{Failure, failure, written};
use super::super::client::Client;
use super::super::context::RequestId;
use super::super::gate::Place;
use super::super::graphql::{Caller, identify, open, parameters, to_engine};
use super::super::rate::Account;
use super::super::{Backend, Shared};
use super::{Told, sse, told};
use crate::observe::metrics::Listening;

static TOKEN: HeaderName = HeaderName::from_static("x-graphql-event-stream-token");

/// How long a reserved stream waits for its reader.
const RESERVED_FOR: Duration = Duration::from_secs(30);
/// How many events wait for the reader; its operations wait then.
const WAITING: usize = 16;

/// The streams that are reserved or read in this process.
#[derive(Default)]
pub(in super::super) struct Streams(Mutex<HashMap<Uuid, Arc<Stream>>>);

struct Stream {
    owner: Client,
    sender: mpsc::Sender<Event>,
    /// Until somebody reads it.
    unread: Mutex<Option<Unread>>,
    operations: Mutex<HashMap<String, AbortHandle>>,
}

struct Unread {
    receiver: mpsc::Receiver<Event>,
    caller: Caller,
    place: Place<Client>,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Streams {
    fn find(&self, token: Uuid) -> Option<Arc<Stream>> {
        locked(&self.0).get(&token).cloned()
    }

    fn remove(&self, token: Uuid) {
        if let Some(stream) = locked(&self.0).remove(&token) {
            locked(&stream.operations).drain().for_each(|(_, operation)| operation.abort());
        }
    }
}

/// Ends a stream when its reader goes.
struct Reading<B> {
    shared: Arc<Shared<B>>,
    token: Uuid,
    _place: Place<Client>,
}

impl<B> Drop for Reading<B> {
    fn drop(&mut self) {
        self.shared.streams.remove(self.token);
    }
}

/// Answers one request about a stream.
pub(in super::super) async fn handle<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let (caller, account) =
        match identify(&shared, (shared.address(&request), request.headers()), id.clone()).await {
            Ok(identified) => identified,
            Err((_, reason)) => return failure(&reason, id.as_str()),
        };
    let answered = match *request.method() {
        Method::PUT => reserve(&shared, caller),
        Method::GET => read(&shared, &request, &caller),
        Method::POST => begin(&shared, request, caller, &account).await,
        Method::DELETE => end(&shared, &request, &caller),
        _ => Err(Failure::Method("GET, PUT, POST, DELETE")),
    };
    let mut response = answered.unwrap_or_else(|reason| failure(&reason, id.as_str()));
    account.write(response.headers_mut());
    response
}

/// A new stream, for this caller only.
fn reserve<B: Backend>(shared: &Arc<Shared<B>>, caller: Caller) -> Result<Response, Failure> {
    let place = shared.gate.stream(&caller.client).ok_or(Failure::TooManyStreams)?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let owner = caller.client.clone();
    let unread = Mutex::new(Some(Unread { receiver, caller, place }));
    let token = Uuid::new_v4();
    let stream = Arc::new(Stream { owner, sender, unread, operations: Mutex::default() });
    locked(&shared.streams.0).insert(token, Arc::clone(&stream));
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::time::sleep(RESERVED_FOR).await;
        if locked(&stream.unread).is_some() {
            shared.streams.remove(token);
        }
    });
    Ok(written(StatusCode::CREATED, "text/plain; charset=utf-8", token.to_string()))
}

/// The stream that a request names, if it is the caller's. Whoever reads a stream may come without a token, because the
/// browser's own reader of events cannot send one: the stream's token is enough, which only its owner was told.
fn named<B: Backend>(
    shared: &Shared<B>,
    request: &Request,
    caller: &Caller,
) -> Result<(Uuid, Arc<Stream>), Failure> {
    let header = request.headers().get(&TOKEN).and_then(|value| value.to_str().ok());
    let token = header.map(str::to_owned).or_else(|| parameter(request, "token"));
    let token = token.and_then(|token| Uuid::try_parse(&token).ok()).ok_or(Failure::NoStream)?;
    let stream = shared.streams.find(token).ok_or(Failure::NoStream)?;
    let is_readers = request.method() == Method::GET && caller.principal.is_none();
    if is_readers || stream.owner == caller.client { Ok((token, stream)) } else { Err(Failure::NoStream) }
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).ok()?;
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn read<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Failure> {
    let (token, stream) = named(shared, request, caller)?;
    let unread = locked(&stream.unread).take();
    let Unread { receiver, caller, place } = unread.ok_or(Failure::Taken("One reader for a stream."))?;
    let reading = Reading { shared: Arc::clone(shared), token, _place: place };
    let events =
        stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
    let slow = vec![Event::default().comment(sse::TOO_SLOW)];
    Ok(sse::stream(shared, events, (&caller, slow), reading))
}

async fn begin<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: Request,
    caller: Caller,
    account: &Arc<Account>,
) -> Result<Response, Failure> {
    let (token, stream) = named(shared, &request, &caller)?;
    if !is_json(request.headers()) {
        return Err(Failure::UnsupportedMediaType);
    }
    let mut parameters = parameters(shared, request, account).await?;
    let id = parameters.extensions.shift_remove("operationId");
    let id = id.as_ref().and_then(|id| id.as_str()).filter(|id| (1..=128).contains(&id.len()));
    let id =
        id.ok_or_else(|| Failure::Shape("extensions.operationId must have 1 to 128 characters.".into()))?;
    let (handle, registration) = AbortHandle::new_pair();
    let begun = Begun::new(&stream, id, &handle, shared.http.settings.live.operations)?;
    let opened = open(shared, to_engine(parameters, account), &caller).await?;
    tokio::spawn(Abortable::new(tell(begun, told(opened, caller.id.as_str())), registration));
    // Its reader may have gone meanwhile.
    if shared.streams.find(token).is_none() {
        handle.abort();
        return Err(Failure::NoStream);
    }
    Ok(written(StatusCode::ACCEPTED, "text/plain; charset=utf-8", ""))
}

/// The place of an operation on its stream, from before it is opened, so that of many that come at once with one id only one is
/// begun. Dropped, it is free again.
struct Begun {
    stream: Arc<Stream>,
    id: String,
    handle: AbortHandle,
}

impl Begun {
    fn new(stream: &Arc<Stream>, id: &str, handle: &AbortHandle, most: usize) -> Result<Self, Failure> {
        let mut operations = locked(&stream.operations);
        if operations.contains_key(id) {
            return Err(Failure::Taken("An operationId is used once."));
        }
        if operations.len() >= most {
            return Err(Failure::TooManyStreams);
        }
        operations.insert(id.to_owned(), handle.clone());
        Ok(Self { stream: Arc::clone(stream), id: id.to_owned(), handle: handle.clone() })
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut operations = locked(&self.stream.operations);
        // Whoever aborted it has taken its place away, and another of the same id may have it now.
        if !self.handle.is_aborted() {
            operations.remove(&self.id);
        }
    }
}

/// Puts what is told about an operation into its stream.
async fn tell(begun: Begun, mut messages: stream::BoxStream<'static, Told>) {
    let _listening = Listening::begin(sse::TRANSPORT);
    let Begun { stream, id, .. } = &begun;
    let complete = || Event::default().event("complete").data(json!({ "id": id }).to_string());
    let next = |payload: &str| {
        Event::default().event("next").data(format!("{{\"id\":{},\"payload\":{payload}}}", json!(id)))
    };
    while let Some(told) = messages.next().await {
        let events = match &told {
            Told::Next(answer) => vec![next(answer)],
            Told::Refused(errors) => vec![next(&format!("{{\"errors\":{errors}}}")), complete()],
            Told::Complete => vec![complete()],
        };
        for event in events {
            if stream.sender.send(event).await.is_err() {
                return;
            }
        }
    }
}

fn end<B: Backend>(shared: &Shared<B>, request: &Request, caller: &Caller) -> Result<Response, Failure> {
    let (_, stream) = named(shared, request, caller)?;
    let id = parameter(request, "operationId");
    let id = id.ok_or_else(|| Failure::Shape("The address must have an operationId.".into()))?;
    if let Some(operation) = locked(&stream.operations).remove(&id) {
        operation.abort();
    }
    Ok(written(StatusCode::OK, "text/plain; charset=utf-8", ""))
}
