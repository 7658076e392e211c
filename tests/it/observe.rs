//! What those who run the service see of it, of the real service on both databases: metrics, traces, logs.

mod logs;
mod metrics;
mod traces;

/// What is watched on a test's own thread is watched only where somebody watches everywhere too: with one subscriber in all,
/// `tracing` remembers of a line that another thread came to first that nobody wants it.
fn watch_everywhere() {
    use tracing_subscriber::filter::LevelFilter;
    use tracing_subscriber::layer::SubscriberExt;
    let everywhere = tracing_subscriber::registry().with(LevelFilter::TRACE);
    // The first test that watches sets it for all.
    let _ = tracing::subscriber::set_global_default(everywhere);
}
