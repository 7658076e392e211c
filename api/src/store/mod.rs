//! The only place with SQL.

pub mod db;
#[cfg(test)]
pub(crate) mod testing;
