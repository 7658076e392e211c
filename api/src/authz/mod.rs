//! Who may do what: the one policy.
