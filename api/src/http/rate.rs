//! How much a client may ask for in a minute: buckets that fill again evenly, so that nobody waits for a full minute.
//!
//! Each process counts for itself: behind a load balancer with three replicas a client may have up to three times as much.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::client::Client;
use crate::graphql as engine;
use crate::turns::Turns;

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How much a client may ask for in a minute, and of uploads in an hour. 0 is without end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Requests with a token.
    pub requests: u32,
    /// Requests without a token, and with one that is not accepted.
    pub anonymous: u32,
    /// Changes: fields of mutations.
    pub changes: u32,
    /// Objects that answers could hold.
    pub cost: u32,
    /// The same of exports: pages of one wait until there is room.
    pub exports: u32,
    /// Files that are sent, in an hour.
    pub uploads: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { requests: 600, anonymous: 30, changes: 60, cost: 50_000, exports: 1_000_000, uploads: 20 }
    }
}

impl Rates {
    /// No limits at all.
    pub const ENDLESS: Self = Self { requests: 0, anonymous: 0, changes: 0, cost: 0, exports: 0, uploads: 0 };

    /// So many times as much of each.
    pub fn times(&self, factor: u32) -> Self {
        let Self { requests, anonymous, changes, cost, exports, uploads } = *self;
        let times = |rate: u32| rate.saturating_mul(factor);
        Self {
            requests: times(requests),
            anonymous: times(anonymous),
            changes: times(changes),
            cost: times(cost),
            exports: times(exports),
            uploads: times(uploads),
        }
    }
}

/// The seconds in which buckets are full again.
const MINUTE: u32 = 60;
const HOUR: u32 = 60 * 60;

type Limiter = RateLimiter<Client, DashMapStateStore<Client>, DefaultClock, StateInformationMiddleware>;

/// The buckets of one kind, one for each client.
struct Bucket {
    name: &'static str,
    size: u32,
    /// The seconds in which an empty one is full again.
    window: u32,
    limiter: Limiter,
}

impl Bucket {
    fn new(name: &'static str, size: u32) -> Option<Self> {
        Some(Self::of(name, size, MINUTE, Quota::per_minute(NonZeroU32::new(size)?)))
    }

    fn hourly(name: &'static str, size: u32) -> Option<Self> {
        Some(Self::of(name, size, HOUR, Quota::per_hour(NonZeroU32::new(size)?)))
    }

    fn of(name: &'static str, size: u32, window: u32, quota: Quota) -> Self {
        Self { name, size, window, limiter: RateLimiter::dashmap(quota).with_middleware() }
    }

    /// Takes so much out of the client's bucket; what is left, or how long to wait.
    fn take(&self, client: &Client, amount: u32) -> Result<u32, Duration> {
        // More than a bucket holds can never be had: it is taken as all there is, so that it is had once a minute.
        let Some(amount) = NonZeroU32::new(amount.min(self.size)) else { return Ok(self.size) };
        match self.limiter.check_key_n(client, amount) {
            Ok(Ok(left)) => Ok(left.remaining_burst_capacity()),
            Ok(Err(until)) => Err(until.wait_time_from(self.limiter.clock().now())),
            Err(_) => Err(Duration::from_secs(60)),
        }
    }
}

/// All buckets.
pub(super) struct Buckets {
    requests: Option<Bucket>,
    anonymous: Option<Bucket>,
    changes: Option<Bucket>,
    cost: Option<Bucket>,
    exports: Option<Bucket>,
    uploads: Option<Bucket>,
}

impl std::fmt::Debug for Buckets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Buckets")
    }
}

impl Buckets {
    pub(super) fn new(rates: &Rates) -> Self {
        Self {
            requests: Bucket::new("requests", rates.requests),
            anonymous: Bucket::new("requests", rates.anonymous),
            changes: Bucket::new("changes", rates.changes),
            cost: Bucket::new("cost", rates.cost),
            exports: Bucket::new("exports", rates.exports),
            uploads: Bucket::hourly("uploads", rates.uploads),
        }
    }

    /// Forgets the clients whose buckets are full again: they take no room while they ask for nothing.
    pub(super) fn forget_idle(&self) {
        let Self { requests, anonymous, changes, cost, exports, uploads } = self;
        let all = [requests, anonymous, changes, cost, exports, uploads];
        for bucket in all.into_iter().flatten() {
            bucket.limiter.retain_recent();
            bucket.limiter.shrink_to_fit();
        }
    }
}

/// What is left of a bucket.
#[derive(Clone, Copy, Debug)]
struct Left {
    name: &'static str,
    size: u32,
    window: u32,
    left: u32,
}

/// One request's account with the buckets of its client.
#[derive(Debug)]
pub(super) struct Account {
    buckets: Arc<Buckets>,
    client: Client,
    dear: Turns<Client>,
    left: Mutex<Vec<Left>>,
}

impl Account {
    pub(super) fn new(buckets: &Arc<Buckets>, client: Client, dear: &Turns<Client>) -> Self {
        Self { buckets: Arc::clone(buckets), client, dear: dear.clone(), left: Mutex::default() }
    }

    /// Counts one request.
    pub(super) fn request(&self) -> Result<(), Duration> {
        let bucket = match self.client {
            Client::Principal(..) => &self.buckets.requests,
            Client::Address(_) => &self.buckets.anonymous,
        };
        self.take(bucket, 1)
    }

    /// Counts one file that is sent.
    pub(super) fn upload(&self) -> Result<(), Duration> {
        self.take(&self.buckets.uploads, 1)
    }

    fn take(&self, bucket: &Option<Bucket>, amount: u32) -> Result<(), Duration> {
        let Some(bucket) = bucket.as_ref().filter(|_| amount > 0) else { return Ok(()) };
        let taken = bucket.take(&self.client, amount);
        let Bucket { name, size, window, .. } = *bucket;
        let left = Left { name, size, window, left: taken.unwrap_or(0) };
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        // Who listens takes of one bucket again and again.
        all.retain(|of| of.name != name);
        all.push(left);
        taken.map(|_| ())
    }

    /// Writes what is left into the headers of an answer (IETF draft "RateLimit header fields for HTTP").
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.is_empty() {
            return;
        }
        let list = |item: fn(&Left) -> String| left.iter().map(item).collect::<Vec<_>>().join(", ");
        let policy = list(|of| format!("\"{}\";q={};w={}", of.name, of.size, of.window));
        // When the bucket is full again, if nothing more is taken.
        let state = list(|of| {
            let seconds =
                u64::from(of.size - of.left.min(of.size)) * u64::from(of.window) / u64::from(of.size.max(1));
            format!("\"{}\";r={};t={seconds}", of.name, of.left)
        });
        for (name, text) in [(&RATE_LIMIT_POLICY, policy), (&RATE_LIMIT, state)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name.clone(), value);
            }
        }
    }
}

impl engine::Allowance for Account {
    fn spend(&self, changes: u32, cost: u64) -> Result<(), Duration> {
        self.take(&self.buckets.changes, changes)?;
        self.take(&self.buckets.cost, u32::try_from(cost).unwrap_or(u32::MAX))
    }

    fn export(&self, cost: u64) -> Result<(), Duration> {
        self.take(&self.buckets.exports, u32::try_from(cost).unwrap_or(u32::MAX))
    }

    fn turn(&self) -> BoxFuture<'_, engine::Turn> {
        async { Box::new(self.dear.wait(&self.client).await) as engine::Turn }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::Allowance;

    fn client(name: &str) -> Client {
        Client::Principal("issuer".into(), name.into())
    }

    fn account(buckets: &Arc<Buckets>, name: &str) -> Account {
        Account::new(buckets, client(name), &Turns::new(1))
    }

    #[test]
    fn a_bucket_is_one_clients_and_ends() {
        let buckets = Arc::new(Buckets::new(&Rates { requests: 3, ..Rates::ENDLESS }));
        for _ in 0..3 {
            account(&buckets, "police").request().unwrap();
        }
        let wait = account(&buckets, "police").request().unwrap_err();
        assert!(wait <= Duration::from_secs(20), "{wait:?}");
        account(&buckets, "health").request().unwrap();
    }

    #[test]
    fn what_is_taken_again_and_again_is_told_once() {
        let buckets = Arc::new(Buckets::new(&Rates::default()));
        let account = account(&buckets, "lead");
        for _ in 0..3 {
            account.spend(0, 100).unwrap();
        }
        let mut headers = HeaderMap::new();
        account.write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"cost\";q=50000;w=60");
    }

    #[test]
    fn changes_and_cost_are_counted_and_told() {
        let buckets = Arc::new(Buckets::new(&Rates::default()));
        let account = account(&buckets, "lead");
        account.request().unwrap();
        account.spend(2, 5_000).unwrap();
        let mut headers = HeaderMap::new();
        account.write(&mut headers);
        assert_eq!(
            headers["ratelimit-policy"],
            "\"requests\";q=600;w=60, \"changes\";q=60;w=60, \"cost\";q=50000;w=60"
        );
        assert_eq!(
            headers["ratelimit"],
            "\"requests\";r=599;t=0, \"changes\";r=58;t=2, \"cost\";r=45000;t=6"
        );
    }

    #[test]
    fn more_than_a_bucket_holds_is_had_once() {
        let buckets = Arc::new(Buckets::new(&Rates { cost: 100, ..Rates::ENDLESS }));
        account(&buckets, "lead").spend(0, 5_000).unwrap();
        assert!(account(&buckets, "lead").spend(0, 1).is_err());
    }

    #[test]
    fn without_end_nothing_is_counted_or_told() {
        let buckets = Arc::new(Buckets::new(&Rates::ENDLESS));
        let account = account(&buckets, "lead");
        for _ in 0..10_000 {
            account.request().unwrap();
            account.spend(5, 10_000).unwrap();
        }
        let mut headers = HeaderMap::new();
        account.write(&mut headers);
        assert!(headers.is_empty());
    }
}
