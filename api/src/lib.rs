//! Golden Thread: the system of record for a children's services improvement programme, as a GraphQL API.
//!
//! Calls go only downward: `cli` and `http` -> `auth`, `reader` -> `files` -> `graphql` -> `command` -> `store` -> the `entity` crate.
//! `authz`, `observe` and the `domain` crate are at the bottom, open to all. `docs/architecture.md` tells more.

mod aside;
pub mod auth;
pub mod authz;
pub mod cli;
pub mod command;
pub mod config;
pub mod files;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzz;
pub mod generate;
pub mod graphql;
pub mod http;
pub mod observe;
pub mod reader;
pub mod store;
mod turns;
pub mod webhooks;
