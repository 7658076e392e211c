//! What those who run the service see of it, of the real service on both databases: metrics, traces, logs.

mod logs;
mod metrics;
mod traces;
