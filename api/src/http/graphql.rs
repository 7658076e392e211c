//! `/graphql`: one request at a time, by POST, or by GET for queries.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Bytes,
    extract::{FromRequest, Request, State, rejection::BytesRejection, rejection::FailedToBufferBody},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::time::timeout;

use super::{
    Backend, HttpState, LARGEST_BODY,
    accept::{MediaType, is_json, negotiate},
    answer::{Failure, failure, failure_as, written},
    body::{self, Parameters},
    context::{RequestId, Served},
};
use crate::{
    auth::{Authenticator, Principal, TokenError},
    graphql as engine,
    graphql::Outcome,
    observe::current::asked_by,
};

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an operation may take; with the body, a request ends within 30 seconds.
const EXECUTION_TIMEOUT: Duration = Duration::from_secs(20);
/// Asks for `extensions.cost`.
static COST: HeaderName = HeaderName::from_static("graphql-cost");

/// Answers one request.
pub(super) async fn handle<B: Backend>(
    State(state): State<Arc<HttpState<B>>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let mut response = match negotiate(request.headers()) {
        None => failure(&Failure::NotAcceptable, id.as_str()),
        Some(media) => match answer(&state, request, media, &id).await {
            Ok(response) => response,
            Err(reason) => failure_as(&reason, media, id.as_str()),
        },
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    response
}

async fn answer<B: Backend>(
    state: &HttpState<B>,
    request: Request,
    media: MediaType,
    id: &RequestId,
) -> Result<Response, Failure> {
    let read_only = match *request.method() {
        Method::GET => true,
        Method::POST => false,
        _ => return Err(Failure::Method("GET, POST")),
    };
    if !read_only && !is_json(request.headers()) {
        return Err(Failure::UnsupportedMediaType);
    }
    // Before the body is read: nobody with a bad token makes us take in a quarter of a megabyte.
    let principal = principal(&state.authenticator, request.headers()).await?;
    if let Some(principal) = &principal {
        asked_by(&principal.subject);
    }
    let show_cost = request.headers().get(&COST).is_some_and(|value| value == "true");
    let parameters =
        if read_only { body::from_uri(request.uri())? } else { body::from_json(&buffered(request).await?)? };
    let Parameters { query, operation_name, variables } = parameters;
    let request = engine::Request { query, operation_name, variables, show_cost, read_only };
    let executed =
        timeout(EXECUTION_TIMEOUT, state.backend.execute(request, principal.as_ref(), id.as_str()));
    let answer = executed.await.map_err(|_| Failure::Timeout)?;
    Ok(executed_response(answer, media))
}

fn executed_response(answer: engine::Answer, media: MediaType) -> Response {
    let status = match (answer.outcome, media) {
        (Outcome::MutationOverGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Outcome::RequestError, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::RequestError, MediaType::Json) | (Outcome::Executed, _) => StatusCode::OK,
    };
    let served = Served::of(&answer);
    let mut response = written(status, media.content_type(), answer.body);
    match answer.outcome {
        Outcome::MutationOverGet => {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        Outcome::Unavailable => {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        Outcome::Executed | Outcome::RequestError => {}
    }
    response.extensions_mut().insert(served);
    response
}

/// Who asks: nobody without a token. A token that does not hold is refused, never taken for none.
async fn principal(authenticator: &Authenticator, headers: &HeaderMap) -> Result<Option<Principal>, Failure> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Failure::NoBearer);
    }
    let value = value.to_str().map_err(|_| Failure::Token(TokenError::Malformed))?;
    let token = match value.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
        _ => return Err(Failure::NoBearer),
    };
    authenticator.verify(token).await.map(Some).map_err(Failure::Token)
}

async fn buffered(request: Request) -> Result<Bytes, Failure> {
    let stated = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if stated.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > LARGEST_BODY as u64)
    {
        return Err(Failure::TooLarge);
    }
    // The limit itself is set on the router; this is where it takes effect.
    match timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await {
        Err(_) => Err(Failure::BodyTimeout),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)))) => {
            Err(Failure::TooLarge)
        }
        Ok(Err(_)) => Err(Failure::Shape("The body broke off.".to_owned())),
    }
}
