//! The only place with SQL.

pub mod db;
pub mod existing;
pub mod ledger;
pub mod recorded;
mod standing;
#[cfg(test)]
pub(crate) mod testing;
pub mod write;
