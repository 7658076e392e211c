//! Who may do what: the one policy.

pub mod identity;
pub mod matrix;
pub mod operation;
pub mod permit;
pub mod rules;
pub mod scope;
pub mod viewer;
