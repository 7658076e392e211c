//! The claims of an access token, and the rules about its times.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::{LEEWAY, Principal, TokenError};
use crate::authz::viewer::is_webhooks;

/// The longest subject, in bytes; OpenID Connect Core allows 255 characters.
const LONGEST_SUBJECT: usize = 255;

/// What must be in a token besides `iss` and `aud`, which are compared while the signature is checked.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    exp: NumericDate,
    iat: NumericDate,
    nbf: Option<NumericDate>,
}

/// Seconds since 1970, as a whole number or with a fraction (RFC 7519, section 2).
#[derive(Clone, Copy, Deserialize)]
struct NumericDate(f64);

impl NumericDate {
    fn instant(self) -> Result<DateTime<Utc>, TokenError> {
        // The bound is the end of the year 9999; it also keeps the conversion exact.
        let within = self.0.is_finite() && (0.0..253_402_300_800.0).contains(&self.0);
        within.then(|| DateTime::from_timestamp(self.0 as i64, 0)).flatten().ok_or(TokenError::Invalid)
    }
}

impl Claims {
    /// Whether the token says from when on it is good.
    pub(super) fn says_when_it_begins(&self) -> bool {
        self.nbf.is_some()
    }

    /// Refuses what is not yet or no longer good, what was issued in the future, and what lives longer than the
    /// issuer's tokens may.
    pub(super) fn check_times(&self, now: DateTime<Utc>, longest_life: TimeDelta) -> Result<(), TokenError> {
        let issued = self.iat.instant()?;
        let ends = self.exp.instant()?;
        let begins = self.nbf.map(NumericDate::instant).transpose()?.unwrap_or(issued);
        if issued > now + LEEWAY || begins > now + LEEWAY || ends <= issued || ends - issued > longest_life {
            return Err(TokenError::Invalid);
        }
        if ends + LEEWAY <= now {
            return Err(TokenError::Expired);
        }
        Ok(())
    }

    /// The principal that the claims name. A subject goes into logs and the ledger, so it is bounded and printable.
    pub(super) fn into_principal(self, issuer: &str) -> Result<Principal, TokenError> {
        let expires_at = self.exp.instant()?;
        let printable = !self.sub.chars().any(char::is_control) && !self.sub.trim().is_empty();
        if !printable || self.sub.len() > LONGEST_SUBJECT || is_webhooks(&self.sub) {
            return Err(TokenError::Invalid);
        }
        Ok(Principal { subject: self.sub, issuer: issuer.to_owned(), expires_at })
    }
}

/// The issuer that a token states, unverified.
pub(super) fn stated_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Stated {
        iss: String,
    }
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Stated>(&payload).ok().map(|stated| stated.iss)
}
