//! Attempts to deliver webhooks: how many, how they ended, how long they took. Never to whom, and of what.

use std::time::Duration;

use metrics::{counter, histogram};

use super::metrics::{names, start};

/// An attempt ended so, and took so long.
pub fn attempted(outcome: &'static str, took: Duration) {
    start();
    counter!(names::WEBHOOK_ATTEMPTS, "outcome" => outcome).increment(1);
    histogram!(names::WEBHOOK_SECONDS).record(took);
}
