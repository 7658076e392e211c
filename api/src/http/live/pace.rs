//! How fast the messages of a socket are taken.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::time::{Instant, sleep_until};

/// How many messages of one socket are taken in a second, and how many at once after it has been silent. Those beyond
/// wait where they are, on the way to us. A client has five sockets, and all that it may ask for in a minute comes over them
/// in seconds: what is taken at once is what others have to wait behind.
const MESSAGES_PER_SECOND: u32 = 30;
const MESSAGES_AT_ONCE: u32 = 20;

/// How fast messages are taken.
pub(super) struct Pace {
    /// As long as all messages so far take at the steady rate.
    paid_until: Instant,
}

impl Pace {
    const STEP: Duration = Duration::from_micros(1_000_000 / MESSAGES_PER_SECOND as u64);

    pub(super) fn from(now: Instant) -> Self {
        Self { paid_until: now }
    }

    /// The next frame, no sooner than one may be taken again. Whoever gives up waiting loses none.
    pub(super) async fn next(&mut self, socket: &mut WebSocket) -> Option<Result<Message, axum::Error>> {
        sleep_until(self.next_at()).await;
        let frame = socket.recv().await;
        self.count(Instant::now());
        frame
    }

    /// From when on the next one may be taken.
    fn next_at(&self) -> Instant {
        self.paid_until.checked_sub(Self::STEP * (MESSAGES_AT_ONCE - 1)).unwrap_or(self.paid_until)
    }

    /// Counts one that came.
    fn count(&mut self, now: Instant) {
        self.paid_until = self.paid_until.max(now) + Self::STEP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_at_once_as_far_as_there_was_silence_and_then_at_a_steady_rate() {
        let start = Instant::now();
        let mut pace = Pace::from(start);
        for _ in 0..MESSAGES_AT_ONCE {
            assert!(pace.next_at() <= start);
            pace.count(start);
        }
        assert_eq!(pace.next_at(), start + Pace::STEP);
        let later = start + Pace::STEP * 10;
        for _ in 0..10 {
            assert!(pace.next_at() <= later);
            pace.count(later);
        }
        assert_eq!(pace.next_at(), later + Pace::STEP);
        let much_later = start + Pace::STEP * 1_000;
        for _ in 0..MESSAGES_AT_ONCE {
            assert!(pace.next_at() <= much_later);
            pace.count(much_later);
        }
        assert_eq!(pace.next_at(), much_later + Pace::STEP);
    }
}
