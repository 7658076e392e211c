//! Who is asking: OpenID Connect access tokens, verified against issuers that the configuration names.
//!
//! What a token says is taken for identity only (`iss`, `sub`). What the subject may do is looked up in the database
//! on every request, so that a member who is removed is out at once, whatever token they hold.

mod claims;
mod dev;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod jwks;
mod keys;
pub mod machine;
mod signing;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

pub use dev::{DEV_AUDIENCE, DEV_ISSUER, DEV_TOKEN_LIFE, DevIssuer, DevIssuerError};

use claims::{Claims, stated_issuer};
use jwks::JwksCache;
use keys::{KeySet, VerifyingKey};
use machine::Machines;

use crate::authz::identity::Identity;

/// The longest token that is looked at, in bytes. One that names 200 groups of a directory has some 12,000; more is not worth
/// decoding.
pub const LONGEST_TOKEN: usize = 16 * 1024;
/// How far the clocks of the issuer and of this service may differ.
pub const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// The longest life of a token from a configured issuer, from `iat` to `exp`, unless the configuration says less.
pub const LONGEST_LIFE: TimeDelta = TimeDelta::hours(24);
/// How long a verified token is taken at its word; a key that its issuer withdraws still opens for so long.
const REMEMBERED_FOR: Duration = Duration::from_secs(30);
/// How many verified tokens are remembered.
const REMEMBERED: u64 = 10_000;
/// The algorithms accepted; RS256 for issuers that have nothing else. No shared secrets, and never `none`.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256];

/// Somebody who proved who they are. What they may do is in the database, not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who they are, as their issuer says.
    pub identity: Identity,
    /// The issuer that vouches for it.
    pub issuer: String,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

impl Principal {
    /// The subject that the issuer names.
    pub fn subject(&self) -> &str {
        &self.identity.subject
    }
}

/// Why a token does not open anything. Deliberately coarse: the reason in detail would help only who forges one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no JSON Web Token, or longer than [`LONGEST_TOKEN`].
    #[error("the access token cannot be read")]
    Malformed,
    /// A signature, claim or header does not hold.
    #[error("the access token is not valid here")]
    Invalid,
    /// It was good once.
    #[error("the access token has expired")]
    Expired,
    /// The issuer's keys could not be fetched, so nothing can be said about the token.
    #[error("the issuer of the access token cannot be reached")]
    IssuerUnavailable,
}

/// An issuer to trust, as configured. Nothing of it ever comes from a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The exact value of `iss`.
    pub issuer: String,
    /// The value that `aud` must hold.
    pub audience: String,
    /// Where its public keys are: https, or http on a loopback address.
    pub jwks_url: String,
    /// The longest life of its tokens.
    pub longest_life: TimeDelta,
    /// Whether a token without `nbf` is good from its `iat` on. Some issuers leave it out.
    pub may_omit_nbf: bool,
    /// Which claims say who it is.
    pub names: Names,
}

/// Which claims of an issuer's tokens say who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The claim with the subject: `sub`, unless the issuer has a better one.
    pub subject: String,
    /// The claim with the groups that the subject is in; none where groups are not asked for.
    pub groups: Option<String>,
}

impl Default for Names {
    fn default() -> Self {
        Self { subject: "sub".to_owned(), groups: None }
    }
}

/// An issuer that cannot be trusted as configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Keys fetched without TLS could be anybody's.
    #[error("the key address of issuer {0} must be https (http only on a loopback address)")]
    InsecureKeys(String),
    /// A value is empty, or the same issuer is named twice.
    #[error("{0}")]
    Unusable(String),
    /// The HTTP client for key fetching could not be made.
    #[error("the client that fetches issuers' keys cannot be set up")]
    Client,
}

/// How the keys of configured issuers are, from well to worse. They are fetched when the first token comes, so that a
/// service that has just started has none and is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssuerKeys {
    /// No issuer is configured whose keys would have to be fetched.
    NoneToFetch,
    /// The last fetch brought them.
    Fetched,
    /// No token asked for them yet, or they could never be fetched.
    NotFetchedYet,
    /// The last fetch failed: those of an earlier one are in use, for a day at most.
    Old,
}

impl IssuerKeys {
    /// In words, for those who watch over the service.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoneToFetch => "none to fetch",
            Self::Fetched => "keys fetched",
            Self::NotFetchedYet => "not fetched yet",
            Self::Old => "keys old",
        }
    }
}

struct Issuer {
    name: String,
    longest_life: TimeDelta,
    may_omit_nbf: bool,
    names: Names,
    /// Whether it is the issuer of machine clients, which alone names them.
    is_of_machines: bool,
    /// One validation per algorithm, in the order of [`ALGORITHMS`]: never one for several, and never the token's own.
    validations: [Validation; 3],
    keys: Keys,
}

enum Keys {
    Fetched(JwksCache),
    Own(KeySet),
    Machine(Machines),
}

/// Verifies access tokens. Cheap to clone; the key caches are shared.
#[derive(Clone)]
pub struct Authenticator {
    issuers: Arc<[Arc<Issuer>]>,
    /// Tokens verified a moment ago, by their digest: a client sends the same one with every request, and checking a
    /// signature costs as much as reading a plan.
    verified: Cache<[u8; 32], Principal>,
}

impl Authenticator {
    /// Trusts the given issuers, and the development issuer where one is given.
    pub fn new(issuers: Vec<IssuerSettings>, dev: Option<&DevIssuer>) -> Result<Authenticator, SetupError> {
        let mut trusted: Vec<Issuer> = Vec::with_capacity(issuers.len() + 1);
        for settings in issuers {
            for (what, value) in [("name", &settings.issuer), ("audience", &settings.audience)] {
                if value.trim().is_empty() {
                    return Err(SetupError::Unusable(format!("an OpenID Connect issuer has no {what}")));
                }
            }
            if settings.issuer == DEV_ISSUER || trusted.iter().any(|known| known.name == settings.issuer) {
                return Err(SetupError::Unusable(format!("issuer {} is named twice", settings.issuer)));
            }
            let keys = Keys::Fetched(JwksCache::new(&settings)?);
            let limits = (settings.longest_life, settings.may_omit_nbf);
            let issuer = Issuer::new(settings.issuer, &settings.audience, limits, keys);
            trusted.push(Issuer { names: settings.names, ..issuer });
        }
        if let Some(dev) = dev {
            let keys = Keys::Own(dev.key_set());
            trusted.push(Issuer::new(DEV_ISSUER.to_owned(), DEV_AUDIENCE, (DEV_TOKEN_LIFE, false), keys));
        }
        let verified = Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        Ok(Authenticator { issuers: trusted.into_iter().map(Arc::new).collect(), verified })
    }

    /// The same, which trusts the issuer of machine clients besides.
    ///
    /// # Errors
    /// An issuer of that name is trusted already.
    pub fn with_machines(self, machines: &Machines) -> Result<Authenticator, SetupError> {
        let name = machines.issuer().to_owned();
        if self.issuers.iter().any(|known| known.name == name) {
            return Err(SetupError::Unusable(format!("issuer {name} is the service itself")));
        }
        let limits = (machine::TOKEN_LIFE, false);
        let own = Issuer::new(name.clone(), &name, limits, Keys::Machine(machines.clone()));
        let own = Issuer { is_of_machines: true, ..own };
        let issuers = self.issuers.iter().cloned().chain([Arc::new(own)]).collect();
        Ok(Authenticator { issuers, ..self })
    }

    /// How the keys of the issuers are; the worst of them where there are several.
    pub fn issuer_keys(&self) -> IssuerKeys {
        let fetched = self.issuers.iter().filter_map(|issuer| match &issuer.keys {
            Keys::Fetched(cache) => Some(cache.condition()),
            Keys::Own(_) | Keys::Machine(_) => None,
        });
        fetched.max().unwrap_or(IssuerKeys::NoneToFetch)
    }

    /// Verifies a token against the time it is.
    pub async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        let now = crate::config::now();
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some(principal) = self.verified.get(&digest).filter(|known| now < known.expires_at) {
            return Ok(principal);
        }
        let principal = self.verify_at(token, now).await?;
        self.verified.insert(digest, principal.clone());
        Ok(principal)
    }

    /// Verifies a token as of `now`.
    pub async fn verify_at(&self, token: &str, now: DateTime<Utc>) -> Result<Principal, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::Malformed);
        }
        let header = decode_header(token).map_err(|_| TokenError::Malformed)?;
        let kid = acceptable(&header)?;
        // The issuer is read before the signature is checked, only to pick whose keys must have made it.
        let stated = stated_issuer(token).ok_or(TokenError::Malformed)?;
        let issuer = self.issuers.iter().find(|known| known.name == stated).ok_or(TokenError::Invalid)?;
        let key = issuer.key(kid, header.alg, now).await?;
        let validation = issuer.validation(header.alg).ok_or(TokenError::Invalid)?;
        let claims =
            decode::<Claims>(token, key.decoding(), validation).map_err(|_| TokenError::Invalid)?.claims;
        if !issuer.may_omit_nbf && !claims.says_when_it_begins() {
            return Err(TokenError::Invalid);
        }
        claims.check_times(now, issuer.longest_life)?;
        claims.into_principal(issuer)
    }
}

impl Issuer {
    fn new(name: String, audience: &str, limits: (TimeDelta, bool), keys: Keys) -> Issuer {
        let (longest_life, may_omit_nbf) = limits;
        let validations = ALGORITHMS.map(|algorithm| {
            let mut validation = Validation::new(algorithm);
            validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
            validation.set_audience(&[audience]);
            validation.set_issuer(&[&name]);
            // Times are checked in `Claims::check_times`, against the time that is passed in, and with `iat`.
            validation.validate_exp = false;
            validation
        });
        let names = Names::default();
        Issuer { name, longest_life, may_omit_nbf, names, is_of_machines: false, validations, keys }
    }

    /// One of which the claims of groups are read.
    #[cfg(any(test, fuzzing))]
    fn with_groups() -> Issuer {
        let names = Names { groups: Some("groups".to_owned()), ..Names::default() };
        let keys = Keys::Own(KeySet::default());
        Issuer { names, ..Issuer::new("issuer".to_owned(), "audience", (LONGEST_LIFE, false), keys) }
    }

    fn validation(&self, algorithm: Algorithm) -> Option<&Validation> {
        self.validations.iter().find(|validation| validation.algorithms.contains(&algorithm))
    }

    async fn key(
        &self,
        kid: &str,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerifyingKey>, TokenError> {
        match &self.keys {
            Keys::Own(set) => set.find(kid, algorithm).ok_or(TokenError::Invalid),
            Keys::Fetched(cache) => cache.key(kid, algorithm, now).await,
            Keys::Machine(machines) => machines.key(kid, algorithm, now).await,
        }
    }
}

/// The `kid` of a header that may be looked at further. URLs and keys inside a header (`jku`, `x5u`, `jwk`) are
/// never read; `crit` asks for something that nothing here understands.
fn acceptable(header: &Header) -> Result<&str, TokenError> {
    let typ = header.typ.as_deref().unwrap_or_default();
    let typ = typ.strip_prefix("application/").unwrap_or(typ);
    let is_access_token = typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("at+jwt");
    if !is_access_token || header.crit.is_some() || !ALGORITHMS.contains(&header.alg) {
        return Err(TokenError::Invalid);
    }
    header.kid.as_deref().filter(|kid| !kid.is_empty() && kid.len() <= 256).ok_or(TokenError::Invalid)
}
