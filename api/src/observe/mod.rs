//! What those who run the service see of it: metrics, traces, and the place of a panic. Numbers and names only, never what
//! somebody wrote. At the bottom: everybody may call it, and it calls nobody.

pub mod current;
pub mod exports;
pub mod files;
pub mod gauges;
pub mod metrics;
pub mod panic;
pub mod reads;
pub mod requests;
pub mod trace;
pub mod webhooks;
