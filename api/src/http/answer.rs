//! Answers that the HTTP layer gives itself: one error, with a code of the published set and the request id.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;

use super::accept::MediaType;
use crate::auth::TokenError;
use crate::graphql::error::{Code, Error};

/// Why a request ended before it was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No such address.
    NotFound,
    /// Another method is needed; the value of `Allow`.
    Method(&'static str),
    /// None of our media types is accepted.
    NotAcceptable,
    /// The body is not declared as JSON in UTF-8, or is compressed.
    UnsupportedMediaType,
    /// The body exceeds the limit, in bytes.
    TooLarge(usize),
    /// The body did not arrive in time.
    BodyTimeout,
    /// The request's form is wrong; what the sender can do about it.
    Shape(String),
    /// The `Authorization` header is no bearer token.
    NoBearer,
    /// The token was refused.
    Token(TokenError),
    /// The execution took too long.
    Timeout,
    /// The client has asked for too much of late; the seconds until it may ask again.
    RateLimited(u64),
    /// The client has as many sockets and streams as it may.
    TooManyStreams,
    /// The client has as many files under way as it may.
    TooManyTransfers,
    /// The client has an export under way.
    OneExport,
    /// As many requests run as may run at once.
    Busy,
    /// A page of this origin may not open a socket.
    Origin,
    /// No such stream, or it is another's.
    NoStream,
    /// There is one already; what there is.
    Taken(&'static str),
    /// What has a status and a code of its own.
    Told {
        /// The status.
        status: StatusCode,
        /// The code.
        code: Code,
        /// What is wrong, and what would be right.
        message: String,
        /// In how many seconds it is worth another try.
        again: Option<u64>,
    },
    /// A fault of ours.
    Internal,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Failure::NotFound | Failure::NoStream => StatusCode::NOT_FOUND,
            Failure::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Failure::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Failure::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Failure::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Failure::Shape(_) => StatusCode::BAD_REQUEST,
            Failure::Token(TokenError::IssuerUnavailable) | Failure::Timeout | Failure::Busy => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Failure::RateLimited(_)
            | Failure::TooManyStreams
            | Failure::TooManyTransfers
            | Failure::OneExport => StatusCode::TOO_MANY_REQUESTS,
            Failure::Origin => StatusCode::FORBIDDEN,
            Failure::Taken(_) => StatusCode::CONFLICT,
            Failure::NoBearer | Failure::Token(_) => StatusCode::UNAUTHORIZED,
            Failure::Told { status, .. } => *status,
            Failure::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn code(&self) -> Code {
        match self {
            Failure::NotFound | Failure::NoStream => Code::NotFound,
            Failure::Token(TokenError::IssuerUnavailable) | Failure::Timeout | Failure::Busy => {
                Code::Unavailable
            }
            Failure::RateLimited(_)
            | Failure::TooManyStreams
            | Failure::TooManyTransfers
            | Failure::OneExport => Code::RateLimited,
            Failure::Origin => Code::Forbidden,
            Failure::NoBearer | Failure::Token(_) => Code::Unauthenticated,
            Failure::Told { code, .. } => *code,
            Failure::Internal => Code::Internal,
            _ => Code::BadUserInput,
        }
    }

    fn message(&self) -> String {
        match self {
            Failure::NotFound => "There is nothing at this address; GraphQL is at /graphql.".into(),
            Failure::Method(allowed) => format!("This needs another method: {allowed}."),
            Failure::NotAcceptable => {
                "Accept must allow application/graphql-response+json, application/json, \
                text/event-stream, application/jsonl or text/csv."
                    .into()
            }
            Failure::UnsupportedMediaType => {
                "The body must be application/json in UTF-8, and not compressed.".into()
            }
            Failure::TooLarge(most) => format!("The body has over {most} bytes, which is the limit."),
            Failure::BodyTimeout => "The body did not arrive in time.".into(),
            Failure::Shape(what) | Failure::Told { message: what, .. } => what.clone(),
            Failure::NoBearer => "The Authorization header must be 'Bearer' and one access token.".into(),
            Failure::Token(TokenError::Malformed) => "The access token cannot be read.".into(),
            Failure::Token(TokenError::Invalid) => "The access token is not valid here.".into(),
            Failure::Token(TokenError::Expired) => "The access token has expired.".into(),
            Failure::Token(TokenError::IssuerUnavailable) => {
                "The access token cannot be checked at the moment; try again.".into()
            }
            Failure::Timeout => "The request took too long.".into(),
            Failure::RateLimited(seconds) => Error::rate_limited(*seconds).message,
            Failure::TooManyStreams => {
                "You have as many sockets and streams open as you may: close one.".into()
            }
            Failure::TooManyTransfers => {
                "You have as many files under way as you may: wait until one has ended.".into()
            }
            Failure::OneExport => "You have an export under way: wait until it has ended.".into(),
            Failure::Busy => "The service has too much to do at the moment; try again.".into(),
            Failure::Origin => "Pages of this origin may not open a socket here.".into(),
            Failure::NoStream => {
                "There is no such stream for you: reserve one with PUT /graphql/stream.".into()
            }
            Failure::Taken(what) => format!("{what} There is one already."),
            Failure::Internal => "Something went wrong here. Quote the request id when you report it.".into(),
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let fixed = |name: HeaderName, value| Some((name, HeaderValue::from_static(value)));
        match self {
            Failure::Method(allowed) => fixed(header::ALLOW, allowed),
            Failure::NoBearer => {
                fixed(header::WWW_AUTHENTICATE, "Bearer realm=\"golden-thread\", error=\"invalid_request\"")
            }
            Failure::Token(TokenError::IssuerUnavailable) => fixed(header::RETRY_AFTER, "10"),
            Failure::Timeout => fixed(header::RETRY_AFTER, "5"),
            Failure::Busy => fixed(header::RETRY_AFTER, "1"),
            Failure::RateLimited(seconds) | Failure::Told { again: Some(seconds), .. } => {
                Some((header::RETRY_AFTER, (*seconds).into()))
            }
            Failure::TooManyStreams | Failure::TooManyTransfers => fixed(header::RETRY_AFTER, "10"),
            Failure::Token(TokenError::Expired) => fixed(
                header::WWW_AUTHENTICATE,
                "Bearer realm=\"golden-thread\", error=\"invalid_token\", error_description=\"expired\"",
            ),
            Failure::Token(_) => {
                fixed(header::WWW_AUTHENTICATE, "Bearer realm=\"golden-thread\", error=\"invalid_token\"")
            }
            _ => None,
        }
    }

    /// As the error that a client gets.
    pub(super) fn to_error(&self) -> Error {
        Error::new(self.code(), self.message())
    }
}

/// A failure as an answer in `application/json`.
pub(super) fn failure(failure: &Failure, request_id: &str) -> Response {
    failure_as(failure, MediaType::Json, request_id)
}

/// A failure as an answer in the media type that was asked for.
pub(super) fn failure_as(failure: &Failure, media: MediaType, request_id: &str) -> Response {
    let error = failure.to_error().to_json(request_id);
    let body = json!({ "errors": [error] });
    let mut response = written(failure.status(), media.content_type(), body.to_string());
    response.headers_mut().extend(failure.header());
    response.extensions_mut().insert(failure.code().as_str());
    response
}

/// An answer of that status and content type.
pub(super) fn written(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
