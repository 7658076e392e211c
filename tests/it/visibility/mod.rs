//! Who sees what: every kind of row, looked for by every persona along every path, compared with the policy written down
//! a second time, naively, in Rust. What a viewer may not see does not exist for them.

pub mod change;
mod demo;
pub mod door;
pub mod everywhere;
pub mod eye;
mod filters;
mod interference;
pub mod paths;
mod probes;
mod rewrite;
pub mod seed;
pub mod whole;
