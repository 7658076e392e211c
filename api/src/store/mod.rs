//! The only place with SQL.

pub mod condition;
pub mod db;
pub mod fetch;
pub mod forecast;
pub mod keyset;
pub mod model;
pub mod plan;
pub mod read;
pub mod sql;
pub mod table;
pub mod visibility;
