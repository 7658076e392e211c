//! An issuer's keys, fetched and kept: fresh for ten minutes, one fetch at a time, and the old ones hold for a day
//! when the issuer cannot be reached.

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use reqwest::{Client, Url, redirect::Policy};
use tokio::sync::Mutex;

use super::{
    IssuerKeys, IssuerSettings, SetupError, TokenError,
    keys::{KeySet, VerifyingKey},
};

/// How long fetched keys are used without asking again.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// At most one fetch in this time because a token names an unknown key: otherwise anybody could make us call the issuer.
const BETWEEN_UNKNOWN: TimeDelta = TimeDelta::seconds(60);
/// The pause after a fetch that failed.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(10);
/// How long old keys hold while the issuer cannot be reached; after it nothing is accepted.
const HELD: TimeDelta = TimeDelta::hours(24);
/// The largest key set that is read, in bytes.
const LARGEST: usize = 256 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct JwksCache {
    issuer: String,
    url: Url,
    client: Client,
    state: RwLock<State>,
    fetching: Mutex<()>,
}

#[derive(Clone, Default)]
struct State {
    keys: KeySet,
    fetched_at: Option<DateTime<Utc>>,
    attempted_at: Option<DateTime<Utc>>,
}

/// What the state of the cache allows for one key.
enum Next {
    Use(Arc<VerifyingKey>),
    Refuse(TokenError),
    Fetch,
}

impl State {
    fn age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.fetched_at.map(|at| now - at)
    }

    fn next(&self, kid: &str, algorithm: Algorithm, now: DateTime<Utc>) -> Next {
        let known = self.keys.find(kid, algorithm);
        let since_attempt = self.attempted_at.map(|at| now - at);
        if self.age(now).is_some_and(|age| age < FRESH) {
            return match known {
                Some(key) => Next::Use(key),
                None if since_attempt.is_some_and(|since| since < BETWEEN_UNKNOWN) => {
                    Next::Refuse(TokenError::Invalid)
                }
                None => Next::Fetch,
            };
        }
        if since_attempt.is_none_or(|since| since >= AFTER_FAILURE) {
            return Next::Fetch;
        }
        self.held(kid, algorithm, now)
    }

    /// What holds when nothing newer can be had.
    fn held(&self, kid: &str, algorithm: Algorithm, now: DateTime<Utc>) -> Next {
        if self.age(now).is_none_or(|age| age >= HELD) {
            return Next::Refuse(TokenError::IssuerUnavailable);
        }
        match self.keys.find(kid, algorithm) {
            Some(key) => Next::Use(key),
            None => Next::Refuse(TokenError::Invalid),
        }
    }
}

impl JwksCache {
    pub(super) fn new(settings: &IssuerSettings) -> Result<JwksCache, SetupError> {
        let insecure = || SetupError::InsecureKeys(settings.issuer.clone());
        let url = Url::parse(&settings.jwks_url).map_err(|_| insecure())?;
        if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url)) {
            return Err(insecure());
        }
        let client = Client::builder()
            // A redirect would let another host name the keys.
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(FETCH_TIMEOUT)
            .build()
            .map_err(|_| SetupError::Client)?;
        Ok(JwksCache {
            issuer: settings.issuer.clone(),
            url,
            client,
            state: RwLock::default(),
            fetching: Mutex::new(()),
        })
    }

    /// The key of that name, fetching the set where that is due.
    pub(super) async fn key(
        &self,
        kid: &str,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerifyingKey>, TokenError> {
        let mut next = self.state().next(kid, algorithm, now);
        if let Next::Fetch = next {
            // Whoever waits here looks again: the fetch that it waited for has answered for it too.
            let _one_at_a_time = self.fetching.lock().await;
            next = self.state().next(kid, algorithm, now);
            if let Next::Fetch = next {
                self.fetch(now).await;
                let state = self.state();
                next = match state.next(kid, algorithm, now) {
                    Next::Fetch => state.held(kid, algorithm, now),
                    settled => settled,
                };
            }
        }
        match next {
            Next::Use(key) => Ok(key),
            Next::Refuse(reason) => Err(reason),
            Next::Fetch => Err(TokenError::IssuerUnavailable),
        }
    }

    /// How the keys are, going by the last fetch.
    pub(super) fn condition(&self) -> IssuerKeys {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match (state.fetched_at, state.attempted_at) {
            (None, _) => IssuerKeys::NotFetchedYet,
            (fetched, attempted) if fetched < attempted => IssuerKeys::Old,
            _ => IssuerKeys::Fetched,
        }
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self, now: DateTime<Utc>) {
        let fetched = self.download().await;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.attempted_at = Some(now);
        match fetched {
            Ok(keys) => {
                state.keys = keys;
                state.fetched_at = Some(now);
            }
            Err(reason) => {
                let held = state.age(now).is_some_and(|age| age < HELD);
                tracing::warn!(issuer = %self.issuer, reason, held, "the keys of an issuer could not be fetched");
            }
        }
    }

    async fn download(&self) -> Result<KeySet, &'static str> {
        let mut answer = self.client.get(self.url.clone()).send().await.map_err(|_| "no answer")?;
        if !answer.status().is_success() {
            return Err("an answer other than success");
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| "the answer broke off")? {
            if body.len() + chunk.len() > LARGEST {
                return Err("the answer is too large");
            }
            body.extend_from_slice(&chunk);
        }
        KeySet::from_json(&body).ok_or("the answer is no key set")
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
