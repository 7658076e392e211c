//! The binary itself, as those who run it meet it: what it prints, where, what it ends with, and what outlives it.
//!
//! PostgreSQL is tried where `TEST_POSTGRES_URL` names a server on which databases may be created.
#![expect(
    clippy::disallowed_methods,
    reason = "a test makes databases, and tampers with them past the service"
)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking, helpers included")]

mod support;

mod command_line;
mod documents;
#[cfg(target_os = "linux")]
mod durability;
mod files;
mod generate;
mod import_report;
mod office;
mod suggested;
mod verify_ledger;
#[cfg(unix)]
mod watched;
mod webhooks;
