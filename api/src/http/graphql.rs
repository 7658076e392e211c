//! `/graphql`: one request at a time, by POST, or by GET for queries; answered once, or as a stream of events.

use std::{
    convert::Infallible,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{FromRequest, Request, State, rejection::BytesRejection, rejection::FailedToBufferBody},
    response::Response,
};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::time::timeout;

use super::{
    Backend, Shared,
    accept::{MediaType, Wanted, is_json, negotiate},
    answer::{Failure, failure, failure_as, written},
    body::{self, Parameters},
    caching,
    client::Client,
    context::{self, RequestId, Served},
    export,
    gate::Running,
    live::sse,
    rate::Account,
};
use crate::{
    aside,
    auth::{Authenticator, Principal, TokenError},
    graphql as engine,
    graphql::{Allowance, Opened, Outcome},
    observe::current::asked_by,
};

/// Asks for `extensions.cost`.
static COST: HeaderName = HeaderName::from_static("graphql-cost");

/// From how many bytes on a body is dear to read.
const LARGE_BODY: usize = 16 * 1024;

/// Who asks, and what is counted for them.
pub(super) struct Caller {
    pub(super) principal: Option<Principal>,
    pub(super) client: Client,
    pub(super) id: RequestId,
}

/// Answers one request.
pub(super) async fn handle<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let mut response = match negotiate(request.headers()) {
        None => failure(&Failure::NotAcceptable, id.as_str()),
        Some(wanted) => respond(&shared, request, wanted, id).await,
    };
    response.headers_mut().entry(header::VARY).or_insert(HeaderValue::from_static("Accept, Authorization"));
    response
}

async fn respond<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: Request,
    wanted: Wanted,
    id: RequestId,
) -> Response {
    let media = match wanted {
        Wanted::One(media) => media,
        Wanted::Events => MediaType::Json,
        // Its status tells what went wrong.
        Wanted::Export(_) => MediaType::GraphqlResponse,
    };
    let refused = |reason: Failure| failure_as(&reason, media, id.as_str());
    let read_only = match check_form(&request) {
        Ok(read_only) => read_only,
        Err(reason) => return refused(reason),
    };
    // Before the body is read: nobody with a bad token makes us take in a quarter of a megabyte.
    let address = shared.address(&request);
    let (caller, account) = match identify(shared, (address, request.headers()), id.clone()).await {
        Ok(identified) => identified,
        Err((account, reason)) => return with_rates(refused(reason), &account),
    };
    let response = match wanted {
        Wanted::One(media) => answer(shared, request, (media, read_only), &caller, &account).await,
        Wanted::Events => events(shared, request, read_only, caller, &account).await,
        Wanted::Export(format) => export::begin(shared, request, (format, read_only), caller, &account).await,
    };
    with_rates(response.unwrap_or_else(refused), &account)
}

fn with_rates(mut response: Response, account: &Account) -> Response {
    account.write(response.headers_mut());
    response
}

/// Whether only queries may run; refuses what is no GET, and no POST of JSON.
fn check_form(request: &Request) -> Result<bool, Failure> {
    match *request.method() {
        Method::GET => Ok(true),
        Method::POST if is_json(request.headers()) => Ok(false),
        Method::POST => Err(Failure::UnsupportedMediaType),
        _ => Err(Failure::Method("GET, POST")),
    }
}

/// Finds out who asks, and counts the request for them. A token that is not accepted counts for the address.
pub(super) async fn identify<B: Backend>(
    shared: &Shared<B>,
    (address, headers): (IpAddr, &HeaderMap),
    id: RequestId,
) -> Result<(Caller, Arc<Account>), (Arc<Account>, Failure)> {
    let principal = principal(&shared.http.authenticator, headers).await;
    if let Ok(Some(principal)) = &principal {
        asked_by(principal.subject());
    }
    let client = Client::of(principal.as_ref().ok().and_then(Option::as_ref), address);
    match (shared.gate.admit(&client).await, principal) {
        (Ok(account), Ok(principal)) => Ok((Caller { principal, client, id }, account)),
        (Ok(account), Err(reason)) | (Err((account, reason)), _) => Err((account, reason)),
    }
}

async fn answer<B: Backend>(
    shared: &Shared<B>,
    request: Request,
    (media, read_only): (MediaType, bool),
    caller: &Caller,
    account: &Arc<Account>,
) -> Result<Response, Failure> {
    let request = read(shared, request, (media, read_only), account).await?;
    let executing = shared.http.backend.execute(request, caller.principal.as_ref(), caller.id.as_str());
    let (answer, running) = in_turn(shared, &caller.client, executing).await?;
    Ok(executed_response(answer, media, running))
}

/// Does what a client asks for when its turn has come, within the time of an operation. The place that it takes is given back with
/// what comes of it.
pub(super) async fn in_turn<B: Backend, T>(
    shared: &Shared<B>,
    client: &Client,
    work: impl Future<Output = T>,
) -> Result<(T, Running), Failure> {
    let working = async {
        let running = shared.gate.run(client).await?;
        Ok((work.await, running))
    };
    timeout(shared.http.settings.execution_time, working).await.map_err(|_| Failure::Timeout)?
}

async fn events<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: Request,
    read_only: bool,
    caller: Caller,
    account: &Arc<Account>,
) -> Result<Response, Failure> {
    let request = read(shared, request, (MediaType::Json, read_only), account).await?;
    let place = shared.gate.stream(&caller.client).ok_or(Failure::TooManyStreams)?;
    let opened = open(shared, request, &caller).await?;
    Ok(sse::response(shared, opened, &caller, place))
}

/// Begins an operation over a transport that can tell more than once.
pub(super) async fn open<B: Backend>(
    shared: &Shared<B>,
    request: engine::Request,
    caller: &Caller,
) -> Result<Opened, Failure> {
    let began = Instant::now();
    let opening = shared.http.backend.open(request, caller.principal.as_ref(), caller.id.as_str());
    // It takes no request's place as long as it runs.
    let (opened, _) = in_turn(shared, &caller.client, opening).await?;
    context::operation(Ok(&opened), caller, began);
    Ok(opened)
}

/// What a request asks for, read from its body or its address.
pub(super) async fn read<B: Backend>(
    shared: &Shared<B>,
    request: Request,
    (media, read_only): (MediaType, bool),
    account: &Arc<Account>,
) -> Result<engine::Request, Failure> {
    let show_cost = request.headers().get(&COST).is_some_and(|value| value == "true");
    let held = read_only.then(|| caching::held(request.headers()));
    let parameters = match read_only {
        true => body::from_uri(request.uri())?,
        false => parameters(shared, request, account).await?,
    };
    let conditional = held.map(|held| engine::Conditional { media_type: media.content_type(), held });
    Ok(engine::Request { show_cost, read_only, conditional, ..to_engine(parameters, account) })
}

/// The parameters in the body of a request. A large one is read in its client's turn for what is dear, and
/// aside.
pub(super) async fn parameters<B: Backend>(
    shared: &Shared<B>,
    request: Request,
    account: &Account,
) -> Result<Parameters, Failure> {
    let settings = &shared.http.settings;
    let bytes = buffered(request, settings.body_bytes, settings.body_time).await?;
    if bytes.len() <= LARGE_BODY {
        return body::from_json(&bytes);
    }
    let turn = timeout(settings.execution_time, account.turn()).await;
    let _turn = turn.map_err(|_| Failure::Timeout)?;
    aside::compute(move || body::from_json(&bytes)).await
}

/// The parameters of a request as the engine takes them.
pub(super) fn to_engine(parameters: Parameters, account: &Arc<Account>) -> engine::Request {
    let Parameters { query, document, operation_name, variables, .. } = parameters;
    let account: Arc<dyn engine::Allowance> = Arc::<Account>::clone(account);
    let allowance = Some(account);
    engine::Request { query, document, operation_name, variables, allowance, ..engine::Request::default() }
}

pub(super) fn executed_response(answer: engine::Answer, media: MediaType, running: Running) -> Response {
    let status = match (answer.outcome, media) {
        (Outcome::MutationOverGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::NeedsStream, _) => StatusCode::NOT_ACCEPTABLE,
        (Outcome::RateLimited { .. }, _) => StatusCode::TOO_MANY_REQUESTS,
        (Outcome::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Outcome::RequestError, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::RequestError, MediaType::Json) | (Outcome::Executed, _) => StatusCode::OK,
        (Outcome::NotModified, _) => StatusCode::NOT_MODIFIED,
    };
    let served = Served::of(&answer);
    let length = answer.body.len();
    let mut response = written(status, media.content_type(), in_pieces(answer.body, running));
    caching::put(&mut response, answer.tag.as_deref());
    let header = match answer.outcome {
        Outcome::MutationOverGet => Some((header::ALLOW, HeaderValue::from_static("POST"))),
        Outcome::Unavailable => Some((header::RETRY_AFTER, HeaderValue::from_static("5"))),
        Outcome::RateLimited { seconds } => Some((header::RETRY_AFTER, seconds.into())),
        Outcome::Executed | Outcome::RequestError | Outcome::NeedsStream | Outcome::NotModified => None,
    };
    response.headers_mut().extend(header);
    if status != StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    response.extensions_mut().insert(served);
    response
}

/// An answer of up to so many bytes leaves as it is: the connection takes it in and is done.
const SMALL: usize = 64 * 1024;
/// How much of a larger one leaves at a time.
const PIECE: usize = 32 * 1024;

/// A body as it leaves. A large one goes in pieces, and its request runs on until the last has gone: who does not read its
/// answers holds its own requests up, and no more of our memory than they may take.
fn in_pieces(body: Vec<u8>, running: Running) -> Body {
    if body.len() <= SMALL {
        return body.into();
    }
    let pieces = stream::unfold((body, 0, running), |(body, from, running)| async move {
        let rest = body.get(from..).filter(|rest| !rest.is_empty())?;
        // A piece of its own, so that what has been sent holds nothing of what has not.
        let piece = Bytes::copy_from_slice(rest.get(..PIECE).unwrap_or(rest));
        let next = from + piece.len();
        Some((Ok::<_, Infallible>(piece), (body, next, running)))
    });
    Body::from_stream(pieces)
}

/// Who asks: nobody without a token. A token that does not hold is refused, never taken for none.
async fn principal(authenticator: &Authenticator, headers: &HeaderMap) -> Result<Option<Principal>, Failure> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Failure::NoBearer);
    }
    let value = value.to_str().map_err(|_| Failure::Token(TokenError::Malformed))?;
    let token = bearer(value).ok_or(Failure::NoBearer)?;
    authenticator.verify(token).await.map(Some).map_err(Failure::Token)
}

/// The token in the value of an `Authorization` header.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The whole body, if it comes in time and is not too large.
async fn buffered(request: Request, most: usize, time: Duration) -> Result<Bytes, Failure> {
    let stated = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if stated.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > most as u64) {
        return Err(Failure::TooLarge(most));
    }
    // The limit itself is set on the router; this is where it takes effect.
    match timeout(time, Bytes::from_request(request, &())).await {
        Err(_) => Err(Failure::BodyTimeout),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)))) => {
            Err(Failure::TooLarge(most))
        }
        Ok(Err(_)) => Err(Failure::Shape("The body broke off.".to_owned())),
    }
}
