//! How fast the bytes of one sender are taken, those of all their files together: hashing and writing them as fast as a network near by can
//! send would take the processor and the disk from those who ask small things.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::time::sleep;

use crate::turns::Turns;

/// The pace at which each sender's bytes come in: what a tenth of a second brings at once, and then so many a second. Cheap to clone.
#[derive(Clone)]
pub(super) struct Intake {
    limiter: Arc<DefaultKeyedRateLimiter<String>>,
    at_once: NonZeroU32,
    turns: Turns<String>,
}

impl Intake {
    /// So many bytes a second of each sender, but one at least.
    pub(super) fn new(bytes_per_second: u32) -> Self {
        let natural = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let at_once = natural(bytes_per_second / 10);
        let quota = Quota::per_second(natural(bytes_per_second)).allow_burst(at_once);
        Self { limiter: Arc::new(RateLimiter::dashmap(quota)), at_once, turns: Turns::new(1) }
    }

    /// Waits until so many bytes that have come from a sender may be worked on. Their files take turns.
    pub(super) async fn take(&self, sender: &String, mut bytes: usize) {
        let _turn = self.turns.wait(sender).await;
        while let Some(part) = NonZeroU32::new(u32::try_from(bytes).unwrap_or(u32::MAX)) {
            let part = part.min(self.at_once);
            bytes -= part.get() as usize;
            // No part is larger than what may come at once.
            while let Ok(Err(until)) = self.limiter.check_key_n(sender, part) {
                sleep(until.wait_time_from(DefaultClock::default().now())).await;
            }
        }
    }

    /// Forgets those of whom nothing has come of late.
    pub(super) fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn the_files_of_one_sender_share_a_pace_and_others_have_their_own() {
        let intake = Intake::new(1_000_000);
        let (one, other) = ("one".to_owned(), "other".to_owned());
        let start = Instant::now();

        assert!(intake.take(&one, 100_000).now_or_never().is_some(), "a small file comes at once");
        assert!(intake.take(&one, 2_000_000).now_or_never().is_none(), "what comes after it does not");
        assert!(intake.take(&other, 100_000).now_or_never().is_some());
        join_all((0..4).map(|_| intake.take(&one, 75_000))).await;
        assert!(start.elapsed() >= Duration::from_millis(290), "{:?}", start.elapsed());

        assert_eq!(intake.limiter.len(), 2);
        tokio::time::sleep(Duration::from_millis(200)).await;
        intake.forget_idle();
        assert!(intake.limiter.is_empty());
    }
}
