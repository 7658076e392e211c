//! Who asks, as far as their token says: what the service looks up memberships by.

use std::sync::Arc;

/// Who asks. It goes from the token to wherever memberships are looked up; what it may do is never part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The subject that the issuer names; memberships refer to it.
    pub subject: String,
    /// The groups of the directory that the token says the subject is in, as memberships name them: `group:ID`.
    pub groups: Arc<[String]>,
}

impl Identity {
    /// A subject of which no more is known.
    pub fn of(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), groups: Arc::default() }
    }
}
