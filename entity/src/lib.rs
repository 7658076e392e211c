//! Stub.
pub mod dev_issuer_key;
