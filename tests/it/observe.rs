//! What those who run the service see of it, of the real service on both databases: metrics, traces, logs.

pub(crate) mod logs;
mod metrics;
mod traces;

/// What is watched on a test's own thread is watched only where there is a subscriber for all threads too, if only one that wants
/// nothing: with one in all, `tracing` remembers of a line that another thread came to first that nobody wants it.
pub(crate) fn watch_everywhere() {
    // The first test that watches sets it for all.
    let _ = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::new());
}
