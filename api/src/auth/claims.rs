//! The claims of an access token, and the rules about its times.

use std::sync::atomic::{AtomicBool, Ordering};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Issuer, LEEWAY, Principal, TokenError};
use crate::authz::identity::{self, Identity};
use crate::authz::scope::Scopes;

/// The longest subject, in bytes; OpenID Connect Core allows 255 characters.
const LONGEST_SUBJECT: usize = 255;

/// What must be in a token besides `iss` and `aud`, which are compared while the signature is checked.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    exp: NumericDate,
    iat: NumericDate,
    nbf: Option<NumericDate>,
    scope: Option<Value>,
    /// What else it says: some of it where the configuration asks for that.
    #[serde(flatten)]
    more: Map<String, Value>,
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
    pub(super) fn into_principal(self, issuer: &Issuer) -> Result<Principal, TokenError> {
        let expires_at = self.exp.instant()?;
        let names = &issuer.names;
        let subject = match names.subject.as_str() {
            "sub" => self.sub.as_str(),
            claim => self.more.get(claim).and_then(Value::as_str).ok_or(TokenError::Invalid)?,
        };
        let printable = !subject.chars().any(char::is_control) && !subject.trim().is_empty();
        if !printable || subject.len() > LONGEST_SUBJECT {
            return Err(TokenError::Invalid);
        }
        let identity = Identity::of(subject);
        // Who is named by this service alone is named by no other issuer, and the other way round.
        if identity::is_reserved(subject) != issuer.is_of_machines
            || issuer.is_of_machines != identity.is_client()
        {
            return Err(TokenError::Invalid);
        }
        let scopes = match issuer.is_of_machines {
            true => Some(self.scopes().ok_or(TokenError::Invalid)?),
            false => None,
        };
        let groups = names.groups.as_deref().map_or_else(Vec::new, |claim| self.groups(claim, &issuer.name));
        let identity = Identity { scopes, ..identity.in_groups(groups) };
        Ok(Principal { identity, issuer: issuer.name.clone(), expires_at })
    }

    /// What a token of ours was narrowed to.
    fn scopes(&self) -> Option<Scopes> {
        Scopes::from_token(self.scope.as_ref()?.as_str()?)
    }

    /// The groups that the subject is in, by the claim that says so. Where there are too many to be said, none are: which of them
    /// count must not hang on their order, and nothing is fetched from where the rest is said to be.
    fn groups(&self, claim: &str, issuer: &str) -> Vec<&str> {
        let is_group = |id: &&str| (1..=LONGEST_GROUP).contains(&id.len()) && !id.contains(char::is_control);
        match self.more.get(claim) {
            Some(Value::Array(groups)) if groups.len() <= MOST_GROUPS => {
                groups.iter().filter_map(Value::as_str).filter(is_group).collect()
            }
            Some(Value::Array(_)) => too_many(issuer),
            // How an overage is told: by where the claim is to be had (OpenID Connect Core, section 5.6.2).
            _ if self.more.get("_claim_names").is_some_and(|names| names.get(claim).is_some()) => {
                too_many(issuer)
            }
            _ => Vec::new(),
        }
    }
}

/// More groups than this are none: Microsoft Entra ID names no more in a token either.
const MOST_GROUPS: usize = 200;
/// The longest id of a group, in bytes.
const LONGEST_GROUP: usize = 200;

/// Says once that somebody is in more groups than can be told.
fn too_many(issuer: &str) -> Vec<&'static str> {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            issuer,
            "somebody is in more groups than a token can name: let the issuer name only those that are assigned to this service"
        );
    }
    Vec::new()
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
