//! How fast one address may open connections. A connection that is refused before it says who comes (a head that is no head, a
//! socket that speaks no protocol) is counted by nothing else, and costs us more than whoever opens it.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::time::sleep;

use crate::turns::Turns;

/// How many more arrivals one counts as that turned out to speak no HTTP, or to have a head beyond the limits: a client that is none of ours
/// would otherwise be refused, connect, and be refused as fast as it may arrive.
const SPOKE_NO_HTTP: u32 = 4;

/// The pace at which each address arrives: so many at once, then so many a second. Those beyond wait, in their order.
pub(super) struct Arrivals {
    /// None where there is no limit.
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    turns: Turns<IpAddr>,
}

impl Arrivals {
    /// So many a second, and twice as many at once. 0 is without end.
    pub(super) fn new(each_second: u32) -> Self {
        let quota = |rate: NonZeroU32| {
            Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::MIN.saturating_add(1)))
        };
        let limiter = NonZeroU32::new(each_second).map(|rate| RateLimiter::dashmap(quota(rate)));
        Self { limiter, turns: Turns::new(1) }
    }

    /// Waits until this address may come in again.
    pub(super) async fn wait(&self, address: IpAddr) {
        self.wait_for(address, 1).await;
    }

    /// Says that one which came in spoke no HTTP. It takes its turn behind those of its address that wait by now, so that those who come
    /// after them come later.
    pub(super) async fn spoke_no_http(&self, address: IpAddr) {
        self.wait_for(address, SPOKE_NO_HTTP).await;
    }

    async fn wait_for(&self, address: IpAddr, count: u32) {
        let Some(limiter) = &self.limiter else { return };
        let _turn = self.turns.wait(&address).await;
        // So many at once are never too many where only a few are let in: one by one.
        for _ in 0..count {
            while let Err(until) = limiter.check_key(&address) {
                sleep(until.wait_time_from(DefaultClock::default().now())).await;
            }
        }
    }

    /// Forgets those who have not come of late.
    pub(super) fn forget_idle(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn an_address_comes_in_at_a_pace_and_keeps_nobody_else_waiting() {
        let arrivals = Arrivals::new(10);
        let [greedy, other] = [1, 2].map(|last| IpAddr::from([127, 0, 0, last]));
        let began = Instant::now();
        for _ in 0..20 {
            assert!(
                arrivals.wait(greedy).now_or_never().is_some(),
                "twice as many as in a second come at once"
            );
        }
        for _ in 0..2 {
            arrivals.wait(greedy).await;
        }
        assert!(began.elapsed() >= Duration::from_millis(150), "the others come at a tenth of a second each");
        assert!(arrivals.wait(greedy).now_or_never().is_none());
        assert!(arrivals.wait(other).now_or_never().is_some());
    }

    #[tokio::test]
    async fn one_that_spoke_no_http_counts_as_several() {
        let arrivals = Arrivals::new(10);
        let address = IpAddr::from([127, 0, 0, 1]);
        for _ in 0..4 {
            arrivals.wait(address).await;
            arrivals.spoke_no_http(address).now_or_never().unwrap();
        }
        assert!(arrivals.wait(address).now_or_never().is_none(), "four were as many as twenty");
    }

    #[tokio::test]
    async fn without_a_limit_nobody_waits() {
        let arrivals = Arrivals::new(0);
        let address = IpAddr::from([127, 0, 0, 1]);
        for _ in 0..1_000 {
            assert!(arrivals.wait(address).now_or_never().is_some());
        }
    }
}
