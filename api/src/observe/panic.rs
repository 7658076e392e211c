//! Panics in the log: where, and in which request. What a panic says stays out, because it may hold what somebody wrote.

use std::panic::{PanicHookInfo, set_hook};

use tracing::field::display;

use super::current::with_id;

/// From now on panics are lines of the log, and nothing else.
pub fn log_panics() {
    set_hook(Box::new(log));
}

/// One line for a panic.
pub(crate) fn log(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(display);
    with_id(|request_id| tracing::error!(request_id, place, "panicked"));
}
