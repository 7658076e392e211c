//! The development issuer: makes tokens for any subject, for the demonstration and for work on a client. Off unless
//! asked for; its key lives in the database that it opens, so a token is worth nothing anywhere else.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::keys::KeySet;
use super::signing::{SigningKey, new_private_pem};
use crate::store::{
    db::Db,
    dev_key::{DevKey, load_or_insert},
};

/// The `iss` of development tokens.
pub const DEV_ISSUER: &str = "golden-thread-dev";
/// The `aud` of development tokens.
pub const DEV_AUDIENCE: &str = "golden-thread";
/// How long a development token lives: a working day, so that a demonstration is not cut short.
pub const DEV_TOKEN_LIFE: TimeDelta = TimeDelta::hours(12);
/// One key for each database, under one name, so that the database decides which of two processes made it.
const DEV_KID: &str = "development-1";

/// Why the development issuer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DevIssuerError {
    /// The key table could not be read or written.
    #[error("the development issuer's key cannot be read from the database")]
    Store(#[source] sea_orm::DbErr),
    /// The stored key is damaged, or none could be made.
    #[error("the development issuer's key cannot be used")]
    Key,
    /// The subject cannot stand in a token.
    #[error("a subject has 1 to 255 printable characters")]
    Subject,
}

/// Signs development tokens.
pub struct DevIssuer(SigningKey);

#[derive(Serialize)]
struct DevClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl DevIssuer {
    /// The issuer of this database; its key is made the first time.
    pub async fn open(db: &Db, now: DateTime<Utc>) -> Result<DevIssuer, DevIssuerError> {
        let stored = load_or_insert(db, new_key()?, now).await.map_err(DevIssuerError::Store)?;
        DevIssuer::from_stored(&stored)
    }

    fn from_stored(stored: &DevKey) -> Result<DevIssuer, DevIssuerError> {
        SigningKey::read(&stored.kid, &stored.private_pem).map(DevIssuer).ok_or(DevIssuerError::Key)
    }

    /// A token for `subject`, good from `now` for [`DEV_TOKEN_LIFE`].
    pub fn token(&self, subject: &str, now: DateTime<Utc>) -> Result<String, DevIssuerError> {
        let printable = !subject.trim().is_empty() && !subject.chars().any(char::is_control);
        if !printable || subject.len() > 255 {
            return Err(DevIssuerError::Subject);
        }
        let iat = now.timestamp();
        let exp = iat + DEV_TOKEN_LIFE.num_seconds();
        let claims = DevClaims { iss: DEV_ISSUER, aud: DEV_AUDIENCE, sub: subject, iat, nbf: iat, exp };
        self.0.token(&claims).ok_or(DevIssuerError::Key)
    }

    /// The public half, for the authenticator.
    pub(super) fn key_set(&self) -> KeySet {
        KeySet::of([Arc::clone(&self.0.verifying)])
    }
}

fn new_key() -> Result<DevKey, DevIssuerError> {
    let private_pem = new_private_pem().ok_or(DevIssuerError::Key)?;
    Ok(DevKey { kid: DEV_KID.to_owned(), private_pem })
}

#[cfg(test)]
impl DevIssuer {
    /// An issuer with a key of its own, in no database.
    pub(crate) fn unstored() -> DevIssuer {
        DevIssuer::from_stored(&new_key().unwrap()).unwrap()
    }
}
