//! `/files`: bytes of files of evidence and of documents for import, in by PUT and out by GET, each by an address that was signed for one person, one file and
//! one purpose.
//!
//! The token in the address says who asks; it stands for the access token of other requests. No log, trace or metric has it:
//! nothing here but [`token_of`] reads the query string.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, Request, State},
    response::Response,
};
use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use uuid::Uuid;

use super::{
    Backend, Shared,
    answer::{Failure, failure},
    client::{Client, network},
    context::RequestId,
    disposition::attachment,
    gate::Transfer,
    rate::Account,
};
use crate::{
    files::{Files, Opened, Pass, PassError, Purpose, Refusal, Stated, Unopened},
    graphql::{database_error, error::Code},
    observe::current::asked_by,
};

/// For what is handed out: whatever it is, and however it is opened, it may do nothing.
const FILE_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// In how many seconds it is worth asking again for a store or a scanner that is away.
const AGAIN: u64 = 30;

/// `PUT /files/uploads/ID?token=TOKEN`: takes in what was announced.
pub(super) async fn upload<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    Path(upload): Path<String>,
    request: Request,
) -> Response {
    let from = (shared.address(&request), request.method(), request.uri());
    let (asked, account) = match admit(&shared, from, Purpose::Upload, &upload).await {
        Ok(admitted) => admitted,
        Err(refused) => return refusal(refused, &id),
    };
    let outcome = async {
        account.upload().map_err(|wait| Failure::RateLimited(wait.as_secs() + 1))?;
        let _transfer = shared.gate.transfer(&asked.client)?;
        let stated = stated(request.headers())?;
        let body = request.into_body().into_data_stream();
        let received = asked.files.receive(&asked.pass, asked.id, &stated, body).await;
        received.map_err(|refusal| refused(refusal, &id))
    };
    let mut response = match outcome.await {
        Ok(()) => no_content(),
        Err(reason) => failure(&reason, id.as_str()),
    };
    account.write(response.headers_mut());
    response
}

/// `GET /files/evidence/ID?token=TOKEN`: hands out a file of evidence.
pub(super) async fn download<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    fetch(&shared, &id, (Purpose::Download, &file), request).await
}

/// `GET /files/documents/ID?token=TOKEN`: hands out a document that something was imported from.
pub(super) async fn document<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    fetch(&shared, &id, (Purpose::Document, &file), request).await
}

async fn fetch<B: Backend>(
    shared: &Shared<B>,
    id: &RequestId,
    (purpose, file): (Purpose, &str),
    request: Request,
) -> Response {
    let from = (shared.address(&request), request.method(), request.uri());
    let (asked, account) = match admit(shared, from, purpose, file).await {
        Ok(admitted) => admitted,
        Err(refused) => return refusal(refused, id),
    };
    let outcome = async {
        let transfer = shared.gate.transfer(&asked.client)?;
        let opened = asked.files.hand_out(&asked.pass, purpose, asked.id).await;
        let opened = opened.map_err(|reason| unopened(reason, id))?;
        let (principal, file) = (&asked.pass.identity.subject, opened.file.id);
        // Who has read what is asked for long after: a line of its own, whatever becomes of the request.
        match opened.file.evidence_id {
            Some(evidence) => {
                tracing::info!(request_id = id.as_str(), principal, %file, %evidence, "file read");
            }
            None => tracing::info!(request_id = id.as_str(), principal, document = %file, "document read"),
        }
        Ok(handed_out(opened, transfer))
    };
    let mut response = outcome.await.unwrap_or_else(|reason: Failure| failure(&reason, id.as_str()));
    account.write(response.headers_mut());
    response
}

/// A request for a file by somebody who has an address for it.
struct Asked {
    files: Files,
    id: Uuid,
    pass: Pass,
    client: Client,
}

type Refused = (Option<Arc<Account>>, Failure);

/// Finds out who asks for what, and counts the request for them. An address that is not good counts for where it came from.
async fn admit<B: Backend>(
    shared: &Shared<B>,
    (address, method, uri): (IpAddr, &Method, &Uri),
    purpose: Purpose,
    id: &str,
) -> Result<(Asked, Arc<Account>), Refused> {
    let allowed = match purpose {
        Purpose::Upload => "PUT",
        Purpose::Download | Purpose::Document => "GET",
    };
    if method.as_str() != allowed {
        return Err((None, Failure::Method(allowed)));
    }
    // Without files there is no route that leads here.
    let files = shared.http.files.clone().ok_or((None, Failure::NotFound))?;
    let passed = named(id, uri).and_then(|(id, token)| {
        let pass = files.pass(&token, purpose, id).map_err(not_good)?;
        Ok((id, pass))
    });
    let client = match &passed {
        Ok((_, pass)) => {
            asked_by(&pass.identity.subject);
            // The address does not say who issued the token by which it was asked for; a subject is one, whoever did.
            Client::Principal(String::new(), pass.identity.subject.clone())
        }
        Err(_) => Client::Address(network(address)),
    };
    let account = shared.gate.admit(&client).await.map_err(|(account, reason)| (Some(account), reason))?;
    match passed {
        Ok((id, pass)) => Ok((Asked { files, id, pass, client }, account)),
        Err(reason) => Err((Some(account), reason)),
    }
}

fn refusal((account, reason): Refused, id: &RequestId) -> Response {
    let mut response = failure(&reason, id.as_str());
    if let Some(account) = account {
        account.write(response.headers_mut());
    }
    response
}

/// The id in an address, as we write it, and its token.
fn named(id: &str, uri: &Uri) -> Result<(Uuid, String), Failure> {
    let read = Uuid::try_parse(id).ok().filter(|read| read.simple().to_string() == id);
    Ok((read.ok_or(Failure::NotFound)?, token_of(uri)?))
}

/// The one token in the query string of an address.
pub(super) fn token_of(uri: &Uri) -> Result<String, Failure> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let Query(pairs) = pairs.map_err(|_| not_good(PassError::Invalid))?;
    let mut tokens = pairs.into_iter().filter(|(name, _)| name == "token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => Ok(token),
        _ => Err(not_good(PassError::Invalid)),
    }
}

fn not_good(why: PassError) -> Failure {
    let message = match why {
        PassError::Expired => "The time of this address is over: ask for a new one.",
        PassError::Invalid => "This address is not good: ask for a new one, and use it as it is.",
    };
    told(StatusCode::FORBIDDEN, Code::Forbidden, message)
}

fn told(status: StatusCode, code: Code, message: impl Into<String>) -> Failure {
    Failure::Told { status, code, message: message.into(), again: None }
}

fn unavailable(message: &str) -> Failure {
    let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable);
    Failure::Told { status, code, message: message.to_owned(), again: Some(AGAIN) }
}

/// What the head of a request says of its body.
fn stated(headers: &HeaderMap) -> Result<Stated, Failure> {
    let unsupported =
        |message: &str| told(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, message.to_owned());
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if encoded {
        return Err(unsupported(
            "Send the file as it is, not compressed: its size and hash are those of the file.",
        ));
    }
    let text = |name| headers.get(name).map(HeaderValue::to_str).transpose();
    let media_type = text(header::CONTENT_TYPE).map_err(|_| unsupported("Content-Type cannot be read."))?;
    let length = text(header::CONTENT_LENGTH).ok().flatten().and_then(|length| length.parse().ok());
    Ok(Stated { length, media_type: media_type.map(str::to_owned) })
}

fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn refused(refusal: Refusal, id: &RequestId) -> Failure {
    let input = |status, message: String| told(status, Code::BadUserInput, message);
    match refusal {
        Refusal::Unknown => Failure::NotFound,
        Refusal::Attached => input(
            StatusCode::CONFLICT,
            "This upload is part of the record already. For another version, prepare another upload.".into(),
        ),
        Refusal::Wrong(what) => input(StatusCode::UNPROCESSABLE_ENTITY, what),
        Refusal::TooLong(announced) => input(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The file was announced with {announced} bytes, and more were sent."),
        ),
        Refusal::Length(announced, stated) => input(
            StatusCode::BAD_REQUEST,
            format!("The file was announced with {announced} bytes, and Content-Length says {stated}."),
        ),
        Refusal::OtherType(announced) => input(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("The file was announced as {announced}: Content-Type must be that, or be left out."),
        ),
        Refusal::Slow => Failure::BodyTimeout,
        Refusal::Off => Failure::Shape("The body broke off.".to_owned()),
        Refusal::Infected => input(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The scanner found malicious content in this file. It was not kept.".into(),
        ),
        Refusal::Unavailable => unavailable("The file could not be kept at the moment. Send it again later."),
        Refusal::Database(fault) => database(&fault, id),
    }
}

fn unopened(reason: Unopened, id: &RequestId) -> Failure {
    match reason {
        Unopened::Unknown => Failure::NotFound,
        Unopened::Waiting => unavailable("The scanner has not looked at this file yet. Ask again later."),
        Unopened::Infected => told(
            StatusCode::FORBIDDEN,
            Code::Forbidden,
            "The scanner found malicious content in this file. It is not handed out.",
        ),
        Unopened::Unavailable => unavailable("The file cannot be read at the moment. Ask again later."),
        Unopened::Lost => Failure::Internal,
        Unopened::Database(fault) => database(&fault, id),
    }
}

fn database(fault: &sea_orm::DbErr, id: &RequestId) -> Failure {
    let error = database_error(fault, id.as_str());
    match error.code {
        Code::Unavailable => unavailable(&error.message),
        _ => Failure::Internal,
    }
}

/// A file as an answer. It holds its place until the last byte has gone; where the store breaks off, so does the connection, and
/// the client sees that something is missing.
fn handed_out(opened: Opened, transfer: Transfer) -> Response {
    let Opened { file, bytes } = opened;
    let held = bytes.inspect_ok(move |_| {
        let _ = &transfer;
    });
    let mut response = Response::new(Body::from_stream(held));
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&file.media_type);
    let unknown = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, media_type.unwrap_or(unknown));
    headers.insert(header::CONTENT_LENGTH, file.size.into());
    headers.insert(header::CONTENT_DISPOSITION, attachment(&file.name));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
