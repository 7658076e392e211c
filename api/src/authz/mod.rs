//! Who may do what: the one policy.

pub mod permit;
