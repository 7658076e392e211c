//! What a deployment lets documents ask for.

use super::limits::Limits;
use crate::authz::viewer::Viewer;

/// What a deployment lets documents ask for. The default is what `serve` does unless told otherwise.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// How much.
    pub limits: Limits,
    /// Who may ask for the schema.
    pub introspection: Introspection,
    /// Which past the database has: cursors of feeds are good for no other.
    pub timeline: String,
}

/// Who may ask for the schema (`__schema`, `__type`). It is published with the service, so that it is no secret by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Introspection {
    /// Everybody.
    #[default]
    Everybody,
    /// Those with a token.
    SignedIn,
    /// Nobody.
    Nobody,
}

impl Introspection {
    pub(super) fn is_open_to(self, viewer: &Viewer) -> bool {
        match self {
            Self::Everybody => true,
            Self::SignedIn => viewer.subject.is_some(),
            Self::Nobody => false,
        }
    }
}
