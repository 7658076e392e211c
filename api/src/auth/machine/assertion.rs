//! What a client has signed to prove who it is (`private_key_jwt`, RFC 7523).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;
use uuid::Uuid;

use crate::auth::keys::KeySet;
use crate::auth::{ALGORITHMS, LEEWAY, LONGEST_TOKEN};

/// How far ahead the end of an assertion may lie.
const LONGEST_LIFE: TimeDelta = TimeDelta::minutes(5);
/// The longest id of an assertion.
const LONGEST_ID: usize = 255;

/// An assertion that holds. Whether it was taken before is for the database to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assertion {
    /// Its id, which no other of the client has.
    pub(super) jti: String,
    /// From when on it would not hold any more.
    pub(super) expires_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    jti: String,
}

impl Assertion {
    /// Verifies what a client signed with one of its keys for one of these audiences; none where it does not hold.
    pub(super) fn verify(
        text: &str,
        jwks: &str,
        (client, audiences): (Uuid, &[String]),
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let header = decode_header(text).ok().filter(|_| text.len() <= LONGEST_TOKEN)?;
        if header.crit.is_some() || !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let key = KeySet::from_json(jwks.as_bytes())?.find(header.kid.as_deref()?, header.alg)?;
        let mut validation = Validation::new(header.alg);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation.set_audience(audiences);
        validation.set_issuer(&[client]);
        validation.sub = Some(client.to_string());
        // Against the time that is passed in, below.
        validation.validate_exp = false;
        let claims = decode::<Claims>(text, key.decoding(), &validation).ok()?.claims;
        claims.checked(now)
    }
}

impl Claims {
    fn checked(self, now: DateTime<Utc>) -> Option<Assertion> {
        let ends = DateTime::from_timestamp(self.exp, 0)?;
        let begins = self.nbf.into_iter().chain(self.iat).max().unwrap_or_default();
        let is_in_time = ends + LEEWAY > now
            && ends <= now + LONGEST_LIFE + LEEWAY
            && DateTime::from_timestamp(begins, 0)? <= now + LEEWAY;
        let has_id = (1..=LONGEST_ID).contains(&self.jti.len()) && !self.jti.contains(char::is_control);
        (is_in_time && has_id).then(|| Assertion { jti: self.jti, expires_at: ends + LEEWAY })
    }
}

/// Which client an assertion says that it is of, unverified: only to look whose keys must have signed it.
pub(super) fn claimed_client(text: &str) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Claimed {
        sub: Uuid,
    }
    let payload = text.split('.').nth(1).filter(|_| text.len() <= LONGEST_TOKEN)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Claimed>(&payload).ok().map(|claimed| claimed.sub)
}
