//! The only place with SQL.
//!
//! Reading: a plan (`plan`) of relations (`model`) is fetched (`fetch`) with the viewer's row rules (`visibility`) in every
//! statement. Writing: one transaction that cannot be committed without an entry in the ledger (`write`, `ledger`).

#![expect(clippy::disallowed_methods, reason = "this is the place that the lint keeps everyone else to")]

mod about;
mod audit_themes;
mod batch;
pub mod brief;
pub(crate) mod computed;
pub(crate) mod condition;
pub mod db;
pub mod demands;
pub mod dev_key;
pub mod disclosure;
pub mod document_readings;
pub mod documents;
pub mod existing;
pub(crate) mod fetch;
pub mod file_key;
mod file_links;
pub(crate) mod files;
mod forecast;
pub(crate) mod guess;
pub mod heads;
pub(crate) mod history;
pub mod idempotency;
pub mod ids;
mod involved;
pub mod judge;
mod keyset;
pub mod ledger;
pub mod lookup;
pub(crate) mod machine;
mod machine_use;
pub(crate) mod mark;
pub(crate) mod marking;
pub(crate) mod model;
pub mod notices;
mod page;
pub(crate) mod plan;
mod position;
mod proof;
pub(crate) mod read;
pub mod recorded;
pub(crate) mod share;
pub mod sight;
mod sql;
mod standing;
mod standings;
pub(crate) mod table;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod timeline;
mod understood;
pub mod uploads;
pub(crate) mod visibility;
pub mod webhooks;
pub mod write;
