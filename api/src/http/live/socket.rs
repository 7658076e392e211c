//! `/graphql/ws`: the protocol graphql-transport-ws, close codes and all.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::response::Response;
use futures_util::FutureExt;
use futures_util::stream::{BoxStream, StreamExt};
use http::header;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::StreamMap;

use super::super::answer::{Failure, failure};
use super::super::client::Client;
use super::super::context::{self, RequestId};
use super::super::cors::may_open;
use super::super::gate::Place;
use super::super::graphql::{Caller, bearer, identify, open, to_engine};
use super::super::serve::Connected;
use super::super::{Backend, Shared};
use super::message::{self, Message};
use super::pace::Pace;
use super::{Told, may_listen_for, refused, told, unbroken};
use crate::observe::metrics::Listening;

/// What the metrics call it.
const TRANSPORT: &str = "websocket";
const PROTOCOL: &str = "graphql-transport-ws";
/// How long a client may take to read why its socket is closed.
const CLOSE_TIME: Duration = Duration::from_secs(15);
/// How much is read of a socket at a time, and kept for it as long as it is open: messages are small, and sockets are many.
const READ_BUFFER: usize = 2 * 1024;

/// Why a socket is closed: the protocol's codes, with our words.
type Close = (u16, &'static str);
const STOPPING: Close = (1001, "The service is stopping: connect again");
const NO_ANSWER: Close = (1001, "No answer to ping");
const BINARY: Close = (4400, "Messages are text");
const NOT_INITIALISED: Close = (4401, "Unauthorized");
const FORBIDDEN: Close = (4403, "Forbidden");
const EXPIRED: Close = (4403, "The token has expired");
const INIT_TIMEOUT: Close = (4408, "Connection initialisation timeout");
const TAKEN: Close = (4409, "There is a subscriber with this id already");
const TOO_MANY_INITS: Close = (4429, "Too many initialisation requests");
/// "Try again later": what clients take for a reason to connect again.
const TOO_SLOW: Close = (1013, "You read too slowly: connect again, and go on from the last cursor");
const TOO_MANY: Close = (4429, "Too many requests");

/// Opens a socket.
pub(in super::super) async fn upgrade<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let refuse = |reason: Failure| failure(&reason, id.as_str());
    let settings = &shared.http.settings;
    let headers = request.headers();
    if !may_open(headers.get(header::ORIGIN), headers.get(header::HOST), &settings.origins) {
        return refuse(Failure::Origin);
    }
    let Ok(upgrade) = upgrade else {
        return refuse(Failure::Shape(
            "Open a WebSocket here, with the protocol graphql-transport-ws.".into(),
        ));
    };
    // A frame is kept until it is there as a whole, so one frame may be no larger than a message either.
    let most = settings.live.message_bytes;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most);
    let upgrade = upgrade.read_buffer_size(READ_BUFFER);
    if upgrade.selected_protocol().is_none() {
        return refuse(Failure::Shape("The protocol of the WebSocket must be graphql-transport-ws.".into()));
    }
    let address = shared.address(&request);
    // A token in the header is checked at once; one in the first message is checked there.
    let caller = match headers.contains_key(header::AUTHORIZATION) {
        true => match identify(&shared, (address, headers), id.clone()).await {
            Ok((caller, _)) => Some(caller),
            Err((_, reason)) => return refuse(reason),
        },
        false => None,
    };
    let anonymous = Caller { principal: None, client: Client::of(None, address), id };
    let connected = request.extensions().get::<Connected>().cloned();
    upgrade.on_upgrade(move |socket| async move {
        // The socket keeps the connection's place among those that are served.
        let _connected = (connected, Listening::connect(TRANSPORT));
        let alive = Instant::now();
        Socket {
            shared,
            caller: Arc::new(caller.unwrap_or(anonymous)),
            place: None,
            operations: StreamMap::new(),
            begun: 0,
            heard: alive,
        }
        .run(socket)
        .await;
    })
}

struct Socket<B> {
    shared: Arc<Shared<B>>,
    caller: Arc<Caller>,
    /// Held once the client has said who it is.
    place: Option<Place<Client>>,
    /// What is told about each operation.
    operations: StreamMap<String, BoxStream<'static, Told>>,
    /// How many operations were begun.
    begun: u64,
    /// When the client was last heard of.
    heard: Instant,
}

impl<B: Backend> Socket<B> {
    async fn run(mut self, mut socket: WebSocket) {
        if let Err(Some((code, reason))) = self.serve(&mut socket).await {
            // What was begun ends here, and not when the client has read why.
            self.operations.clear();
            let frame = CloseFrame { code, reason: reason.into() };
            // Who does not take the reason is gone without it.
            let _ = timeout(CLOSE_TIME, socket.send(Frame::Close(Some(frame)))).await;
        }
    }

    /// Serves the socket to its end; why we end it, where it is us.
    async fn serve(&mut self, socket: &mut WebSocket) -> Result<Infallible, Option<Close>> {
        let live = self.shared.http.settings.live.clone();
        let stop = self.shared.http.settings.stop.clone();
        let mut stopped = std::pin::pin!(stop.begun());
        let opened = Instant::now();
        let mut ends = opened + live.init_time;
        let mut signs = tokio::time::interval_at(opened + live.alive_every, live.alive_every);
        let mut pace = Pace::from(opened);
        loop {
            let frame = tokio::select! {
                frame = pace.next(socket) => match frame {
                    Some(Ok(Frame::Text(text))) => text,
                    Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {
                        self.heard = Instant::now();
                        continue;
                    }
                    Some(Ok(Frame::Binary(_))) => return Err(Some(BINARY)),
                    Some(Ok(Frame::Close(_)) | Err(_)) | None => return Err(None),
                },
                Some((id, told)) = self.operations.next() => {
                    say(socket, tell(&id, &told), live.reading_time).await?;
                    continue;
                }
                _ = signs.tick() => {
                    if self.heard.elapsed() > live.alive_every * 2 {
                        return Err(Some(NO_ANSWER));
                    }
                    say(socket, json!({ "type": "ping" }).to_string(), live.reading_time).await?;
                    continue;
                }
                () = sleep_until(ends) => {
                    return Err(Some(if self.place.is_some() { EXPIRED } else { INIT_TIMEOUT }));
                }
                () = &mut stopped => return Err(Some(STOPPING)),
            };
            self.heard = Instant::now();
            let message = message::read(&frame).map_err(|reason| Some((4400, reason)))?;
            match message {
                Message::Init(_) if self.place.is_some() => return Err(Some(TOO_MANY_INITS)),
                Message::Init(payload) => {
                    Box::pin(self.init(&payload)).await.map_err(Some)?;
                    ends = Instant::now() + may_listen_for(&self.caller);
                    say(socket, json!({ "type": "connection_ack" }).to_string(), live.reading_time).await?;
                }
                Message::Ping(payload) => {
                    let mut pong = json!({ "type": "pong" });
                    if let Some(payload) = payload {
                        pong["payload"] = payload;
                    }
                    say(socket, pong.to_string(), live.reading_time).await?;
                }
                Message::Pong => {}
                Message::Subscribe(..) if self.place.is_none() => return Err(Some(NOT_INITIALISED)),
                Message::Subscribe(id, _) if self.operations.contains_key(&id) => return Err(Some(TAKEN)),
                // Said at once, so that nothing is kept of what is not begun.
                Message::Subscribe(id, _) if self.operations.len() >= live.operations => {
                    let refusal = refusal(&Failure::TooManyStreams, &self.caller);
                    say(socket, tell(&id, &refusal), live.reading_time).await?;
                }
                Message::Subscribe(id, parameters) => self.subscribe(id, *parameters),
                // The protocol answers with silence.
                Message::Complete(id) => drop(self.operations.remove(&id)),
            }
        }
    }

    /// Takes the token of the first message, and a place for the socket.
    async fn init(&mut self, payload: &Map<String, Value>) -> Result<(), Close> {
        let given = payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if let Some((_, given)) = given {
            let token = given.as_str().and_then(bearer).ok_or(FORBIDDEN)?;
            let verified = self.shared.http.authenticator.verify(token).await;
            let principal = match verified {
                Ok(principal) => principal,
                Err(reason) => {
                    // As by HTTP: a token that is not accepted counts for the address.
                    self.shared.gate.admit(&self.caller.client).await.map_err(|_| TOO_MANY)?;
                    return Err(if reason == crate::auth::TokenError::Expired { EXPIRED } else { FORBIDDEN });
                }
            };
            let client = Client::Principal(principal.issuer.clone(), principal.subject().to_owned());
            let id = self.caller.id.clone();
            self.caller = Arc::new(Caller { principal: Some(principal), client, id });
        }
        self.shared.gate.admit(&self.caller.client).await.map_err(|_| TOO_MANY)?;
        self.place = Some(self.shared.gate.stream(&self.caller.client).ok_or(TOO_MANY)?);
        Ok(())
    }

    /// Begins an operation. It is opened as part of its own stream, so that one that takes long holds up no other.
    fn subscribe(&mut self, id: String, parameters: super::super::body::Parameters) {
        self.begun += 1;
        let Caller { principal, client, id: socket } = &*self.caller;
        let request_id = socket.part(self.begun);
        let caller = Caller { principal: principal.clone(), client: client.clone(), id: request_id };
        let of_operation = caller.id.as_str().to_owned();
        let shared = Arc::clone(&self.shared);
        let listening = Listening::begin(TRANSPORT);
        let operation = async move {
            match shared.gate.admit(&caller.client).await {
                Ok(account) => match open(&shared, to_engine(parameters, &account), &caller).await {
                    Ok(opened) => told(opened, caller.id.as_str()),
                    Err(reason) => refused_stream(&reason, &caller),
                },
                Err((_, reason)) => refused_stream(&reason, &caller),
            }
        };
        // In a box of its own, it takes up no room once it is done: a listener waits for days.
        let told = unbroken(Box::pin(operation).flatten_stream(), &of_operation).map(move |told| {
            let _ = &listening;
            told
        });
        self.operations.insert(id, told.boxed());
    }
}

/// What is told, counted and logged about an operation that is not begun.
fn refusal(reason: &Failure, caller: &Caller) -> Told {
    context::operation(Err(reason), caller, std::time::Instant::now());
    refused(reason, caller.id.as_str())
}

fn refused_stream(reason: &Failure, caller: &Caller) -> BoxStream<'static, Told> {
    futures_util::stream::iter([refusal(reason, caller)]).boxed()
}

/// A message about an operation.
fn tell(id: &str, told: &Told) -> String {
    let id = json!(id);
    match told {
        Told::Next(answer) => format!("{{\"id\":{id},\"type\":\"next\",\"payload\":{answer}}}"),
        Told::Refused(errors) => format!("{{\"id\":{id},\"type\":\"error\",\"payload\":{errors}}}"),
        Told::Complete => format!("{{\"id\":{id},\"type\":\"complete\"}}"),
    }
}

/// Sends a message; why the socket is to be closed, where the client does not take it in time.
async fn say(socket: &mut WebSocket, message: String, within: Duration) -> Result<(), Option<Close>> {
    let sent = timeout(within, socket.send(Frame::Text(message.into()))).await;
    sent.map_err(|_| Some(TOO_SLOW))?.map_err(|_| None)
}
