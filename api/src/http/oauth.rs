//! Tokens for machine clients: the token endpoint (RFC 6749), what the issuer tells of itself (RFC 8414), its public keys (RFC 7517).
//!
//! Faults of the form and the client are told as RFC 6749 says, in its own form; everything else (too large, too often, too busy) as
//! all of this service's addresses tell it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::{
    Extension,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    Backend, Shared,
    answer::{Failure, failure, written},
    client::{Client, network},
    context::RequestId,
    rate::Account,
};
use crate::{
    auth::machine::{Issued, Machines, OAuthError, Problem, Refused, TOKEN_LIFE, TokenRequest},
    authz::identity::client_subject,
    observe::current::asked_by,
    store::db::{described, to_the_end},
};

/// The largest form, in bytes.
const LARGEST_FORM: usize = 16 * 1024;
/// What a form is declared as.
const FORM: &str = "application/x-www-form-urlencoded";
/// How long others may keep what the issuer tells of itself, and its keys: less than a key is published before it signs.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// The issuer's name in the addresses that limits are counted by.
const COUNTED_AS: &str = "oauth";

/// `POST /oauth/token`.
pub(super) async fn token<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let address = shared.address(&request);
    let mut accounts = Vec::new();
    let mut response = match give(&shared, request, address, &mut accounts).await {
        Ok(issued) => token_response(&issued),
        Err(Ended::Told(error)) => told(&error),
        Err(Ended::Failed(reason)) => failure(&reason, id.as_str()),
    };
    if let Some(account) = accounts.last() {
        account.write(response.headers_mut());
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// How a request ended without a token.
enum Ended {
    /// In the words of RFC 6749.
    Told(OAuthError),
    /// In those of this service.
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(reason: Failure) -> Self {
        Self::Failed(reason)
    }
}

impl From<OAuthError> for Ended {
    fn from(error: OAuthError) -> Self {
        Self::Told(error)
    }
}

impl From<Refused> for Ended {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Client(error) => Self::Told(error),
            Refused::Database(fault) => {
                tracing::warn!(fault = %described(&fault), "no token could be given");
                Self::Failed(Failure::Busy)
            }
            Refused::Internal => Self::Failed(Failure::Internal),
        }
    }
}

/// Gives a token. Each request counts for the address that it comes from, and then for the client that it names, at that address:
/// clients that share one do not share all of it, and a stranger elsewhere who knows a client's id takes nothing from it.
async fn give<B: Backend>(
    shared: &Shared<B>,
    request: Request,
    address: IpAddr,
    accounts: &mut Vec<Arc<Account>>,
) -> Result<Issued, Ended> {
    let machines = machines(shared)?;
    if *request.method() != Method::POST {
        return Err(Failure::Method("POST").into());
    }
    let from = Client::Address(network(address));
    admit(shared, &from, accounts).await?;
    let _running = shared.gate.run(&from).await?;
    if !is_form(request.headers()) {
        return Err(OAuthError::invalid("The body must be application/x-www-form-urlencoded.").into());
    }
    let authorization = authorization(request.headers())?;
    let form = form(shared, request).await?;
    let asked = TokenRequest::read(authorization.as_deref(), &form)?;
    let counted_as = format!("{COUNTED_AS} {}", network(address));
    let named = Client::Principal(counted_as, client_subject(asked.client()));
    admit(shared, &named, accounts).await?;
    // To the end, even if nobody waits for it any more: what was taken once (an assertion) is then known to be.
    let issued = to_the_end(async move { machines.token(asked, crate::config::now()).await }).await?;
    asked_by(&issued.subject);
    Ok(issued)
}

async fn admit<B: Backend>(
    shared: &Shared<B>,
    client: &Client,
    accounts: &mut Vec<Arc<Account>>,
) -> Result<(), Failure> {
    let (account, outcome) = match shared.gate.admit(client).await {
        Ok(account) => (account, Ok(())),
        Err((account, reason)) => (account, Err(reason)),
    };
    accounts.push(account);
    outcome
}

/// The issuer. Without one there is no route that leads here.
fn machines<B: Backend>(shared: &Shared<B>) -> Result<Machines, Failure> {
    shared.http.machines.clone().ok_or(Failure::NotFound)
}

fn is_form(headers: &HeaderMap) -> bool {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    stated.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(FORM))
}

/// The one header with name and secret, where there is one.
fn authorization(headers: &HeaderMap) -> Result<Option<String>, OAuthError> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(OAuthError::not_a_client()),
        },
        _ => Err(OAuthError::invalid("There are two Authorization headers.")),
    }
}

async fn form<B: Backend>(shared: &Shared<B>, request: Request) -> Result<Bytes, Failure> {
    let body = to_bytes(request.into_body(), LARGEST_FORM);
    match timeout(shared.http.settings.body_time, body).await {
        Err(_) => Err(Failure::BodyTimeout),
        Ok(read) => read.map_err(|_| Failure::TooLarge(LARGEST_FORM)),
    }
}

fn token_response(issued: &Issued) -> Response {
    let body = json!({
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE.num_seconds(),
        "scope": issued.scopes.to_token(),
    });
    written(StatusCode::OK, "application/json", body.to_string())
}

/// An error in the form of RFC 6749, section 5.2.
fn told(error: &OAuthError) -> Response {
    let status = match error.problem {
        Problem::InvalidClient => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({ "error": error.problem.as_str(), "error_description": error.description });
    let mut response = written(status, "application/json", body.to_string());
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"golden-thread\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response.extensions_mut().insert(error.problem.as_str());
    response
}

/// `GET /oauth/jwks`.
pub(super) async fn jwks<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
) -> Response {
    let keys = async {
        let machines = machines(&shared)?;
        let keys = to_the_end(async move { machines.jwks(crate::config::now()).await }).await;
        keys.map_err(|fault| {
            tracing::warn!(fault = %described(&fault), "the issuer's keys cannot be read");
            Failure::Busy
        })
    };
    match keys.await {
        Ok(keys) => kept(&keys),
        Err(reason) => failure(&reason, id.as_str()),
    }
}

/// `GET /.well-known/oauth-authorization-server`, and `/.well-known/openid-configuration`.
pub(super) async fn metadata<B: Backend>(
    State(shared): State<Arc<Shared<B>>>,
    Extension(id): Extension<RequestId>,
) -> Response {
    match machines(&shared) {
        Ok(machines) => kept(&machines.metadata()),
        Err(reason) => failure(&reason, id.as_str()),
    }
}

/// What may be kept for a while.
fn kept(body: &Value) -> Response {
    let mut response = written(StatusCode::OK, "application/json", body.to_string());
    response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    response
}
