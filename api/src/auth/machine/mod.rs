//! The built-in issuer: machine clients prove who they are, and get tokens that live for a quarter of an hour.
//!
//! It says who a client is and no more. What the client may do is looked up at every request, as for people, so that a client that
//! is shut out, or narrowed, is so at once, whatever tokens it holds (`docs/adr/0020-machine-clients.md`).

mod assertion;
mod request;
mod ring;
mod secret;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub use self::request::{OAuthError, Problem, TokenRequest};
pub use self::ring::{KeyState, Rotation, keys_of, rotate};
pub use self::secret::{Secret, Unhashed};
pub use super::keys::{KeysError, public_keys};

use self::assertion::Assertion;
use self::request::Proof;
use self::ring::Ring;
use super::keys::VerifyingKey;
use super::{ALGORITHMS, TokenError};
use crate::authz::scope::{MachineClientScope, Scopes};
use crate::store::db::Db;
use crate::store::machine::{self, Found};

/// How long a token lives.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How many secrets are compared at once: each takes 19 MiB and a core for some hundredths of a second.
const COMPARED_AT_ONCE: usize = 2;

/// Where clients ask for tokens, below the service's address.
pub const TOKEN_PATH: &str = "/oauth/token";
/// Where the issuer's public keys are.
pub const JWKS_PATH: &str = "/oauth/jwks";

/// The issuer. Cheap to clone.
#[derive(Clone)]
pub struct Machines(Arc<Inner>);

struct Inner {
    db: Db,
    /// The address of the service: `iss` and `aud` of its tokens.
    address: String,
    ring: Ring,
    comparing: Semaphore,
}

/// Why no token was given.
#[derive(Debug)]
pub enum Refused {
    /// The client's fault, in the words of RFC 6749.
    Client(OAuthError),
    /// The database does not answer.
    Database(DbErr),
    /// A fault of ours.
    Internal,
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self::Client(error)
    }
}

impl From<DbErr> for Refused {
    fn from(fault: DbErr) -> Self {
        Self::Database(fault)
    }
}

/// A token for a client.
pub struct Issued {
    /// The client's subject.
    pub subject: String,
    /// The token.
    pub token: String,
    /// What it was given for.
    pub scopes: Scopes,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    client_id: Uuid,
    scope: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
}

impl Machines {
    /// The issuer of a service with this address, no slash at its end. Its first key is made when it is first asked for one.
    pub fn new(db: Db, address: impl Into<String>) -> Self {
        let (ring, comparing) = (Ring::new(db.clone()), Semaphore::new(COMPARED_AT_ONCE));
        Self(Arc::new(Inner { db, address: address.into(), ring, comparing }))
    }

    /// Its name in tokens: the address of the service.
    pub fn issuer(&self) -> &str {
        &self.0.address
    }

    /// A token for whoever proves to be a client.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn token(&self, request: TokenRequest, now: DateTime<Utc>) -> Result<Issued, Refused> {
        let (found, secret) = match &request.proof {
            Proof::Secret { client, secret } => self.by_secret(*client, secret, now).await?,
            Proof::Assertion { client, assertion } => {
                (self.by_assertion(*client, assertion, now).await?, None)
            }
        };
        let registered = Scopes::from_words(&found.scopes);
        let scopes = match request.scopes {
            Some(asked) if asked.and(registered) != asked => {
                let beyond = "The client is not registered for all of these scopes.";
                return Err(OAuthError::new(Problem::InvalidScope, beyond).into());
            }
            asked => asked.unwrap_or(registered),
        };
        let token = self.signed(&found, scopes, now).await?;
        let used: Vec<Uuid> = [found.id].into_iter().chain(secret).collect();
        machine::used(&self.0.db, &used, now.date_naive()).await?;
        Ok(Issued { subject: found.subject, token, scopes })
    }

    async fn signed(&self, client: &Found, scopes: Scopes, now: DateTime<Utc>) -> Result<String, Refused> {
        let key = self.0.ring.signing(now).await?.ok_or(Refused::Internal)?;
        let iat = now.timestamp();
        let claims = Claims {
            iss: &self.0.address,
            aud: &self.0.address,
            sub: &client.subject,
            client_id: client.id,
            scope: scopes.to_token(),
            iat,
            nbf: iat,
            exp: iat + TOKEN_LIFE.num_seconds(),
            jti: Uuid::new_v4(),
        };
        key.key.token(&claims).ok_or(Refused::Internal)
    }

    /// The client that a secret is of, and the secret's id. Whether there is no such client, or the secret is another, takes the
    /// same time to say.
    async fn by_secret(
        &self,
        client: Uuid,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<(Found, Option<Uuid>), Refused> {
        let found = machine::find(&self.0.db, client, now).await?;
        let hint = Secret::hint_of(secret);
        let alike = found.as_ref().and_then(|of| of.secrets.iter().find(|of| of.hint == hint));
        let (id, hash) = (alike.map(|of| of.id), alike.map(|of| of.hash.clone()));
        // It is never closed.
        let _place = self.0.comparing.acquire().await.ok();
        let is_it = secret::is(secret, hash).await.map_err(|_| Refused::Internal)?;
        match found {
            Some(found) if is_it => Ok((found, id)),
            _ => Err(OAuthError::not_a_client().into()),
        }
    }

    /// The client that an assertion is of (RFC 7523). It is taken once.
    async fn by_assertion(
        &self,
        client: Uuid,
        assertion: &str,
        now: DateTime<Utc>,
    ) -> Result<Found, Refused> {
        let found = machine::find(&self.0.db, client, now).await?.ok_or_else(OAuthError::not_a_client)?;
        let audiences = [self.0.address.clone(), format!("{}{TOKEN_PATH}", self.0.address)];
        let keys = found.jwks.as_deref().unwrap_or_default();
        let read = Assertion::verify(assertion, keys, (client, &audiences), now);
        let Assertion { jti, expires_at } = read.ok_or_else(OAuthError::not_a_client)?;
        match machine::take_assertion(&self.0.db, &found.subject, &jti, expires_at).await? {
            true => Ok(found),
            false => Err(OAuthError::not_a_client().into()),
        }
    }

    /// The key that verifies tokens under this name.
    pub(super) async fn key(
        &self,
        kid: &str,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerifyingKey>, TokenError> {
        self.0.ring.verifying(kid, algorithm, now).await
    }

    /// The public keys, as a JSON Web Key Set.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn jwks(&self, now: DateTime<Utc>) -> Result<Value, DbErr> {
        Ok(json!({ "keys": self.0.ring.published(now).await? }))
    }

    /// What clients are told of the issuer (RFC 8414, and OpenID Connect Discovery, whose readers want more than there is).
    pub fn metadata(&self) -> Value {
        let address = &self.0.address;
        let algorithms: Vec<String> = ALGORITHMS.iter().map(|of| format!("{of:?}")).collect();
        let scopes: Vec<String> =
            MachineClientScope::ALL.iter().map(|scope| scope.as_str().to_ascii_lowercase()).collect();
        json!({
            "issuer": address,
            "token_endpoint": format!("{address}{TOKEN_PATH}"),
            "jwks_uri": format!("{address}{JWKS_PATH}"),
            "scopes_supported": scopes,
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        })
    }

    /// Forgets what is past its time, and makes the next key where the last is old: every replica may do it at any time.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn look_after(&self, now: DateTime<Utc>) -> Result<(), DbErr> {
        machine::forget_assertions(&self.0.db, now).await?;
        self.0.ring.look_after(now).await
    }
}
