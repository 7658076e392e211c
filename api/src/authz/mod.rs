//! Who may do what: the one policy.

pub mod matrix;
pub mod permit;
pub mod viewer;
