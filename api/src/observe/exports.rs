//! Exports: how many are under way, how they ended, and how many things they wrote. Never what, and for whom.

use metrics::{Gauge, counter, gauge};

use super::metrics::{names, start};

/// An export that is under way: it counts as long as this value lives.
#[must_use = "it counts as long as it lives"]
#[derive(Debug)]
pub struct Running(Gauge);

impl Running {
    /// An export begins.
    pub fn begin() -> Self {
        start();
        let running = gauge!(names::EXPORTS_RUNNING);
        running.increment(1.0);
        Self(running)
    }

    /// It has ended so, with so many things written.
    pub fn end(&self, outcome: &'static str, things: u64) {
        counter!(names::EXPORTS, "outcome" => outcome).increment(1);
        counter!(names::EXPORTED).increment(things);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
