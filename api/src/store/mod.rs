//! Stub.
pub mod db;
pub mod dev_key;
