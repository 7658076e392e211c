//! Who asks, as far as their token says: what the service looks up memberships by.

use std::sync::Arc;

use uuid::Uuid;

use super::scope::Scopes;

/// What the subject of a machine client begins with.
pub const CLIENT: &str = "client:";
/// What the subject of a webhook endpoint begins with. It is a member so that its sight is its organisation's; no token names it.
pub const WEBHOOK: &str = "webhook:";
/// What the subject of a membership begins with that stands for a group of a directory.
pub const GROUP: &str = "group:";

/// Whether a subject is one that this service gives: no other issuer's token may name one.
pub fn is_reserved(subject: &str) -> bool {
    [CLIENT, WEBHOOK, GROUP].iter().any(|prefix| subject.starts_with(prefix))
}

/// The subject of a machine client.
pub fn client_subject(client: Uuid) -> String {
    format!("{CLIENT}{client}")
}

/// The subject whose membership says what an endpoint of webhooks is told.
pub fn webhook_subject(endpoint: Uuid) -> String {
    format!("{WEBHOOK}{endpoint}")
}

/// Whether a subject is an endpoint's, and nobody who could act.
pub fn is_webhook(subject: &str) -> bool {
    subject.starts_with(WEBHOOK)
}

/// Who asks. It goes from the token to wherever memberships are looked up; what it may do is never part of it, but for what a
/// machine's token was narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The subject that the issuer names; memberships refer to it.
    pub subject: String,
    /// The groups of the directory that the token says the subject is in, as memberships name them: `group:ID`.
    pub groups: Arc<[String]>,
    /// What the token of a machine client was narrowed to; none where it was not. What the client may do is looked up besides.
    pub scopes: Option<Scopes>,
}

impl Identity {
    /// A subject of which no more is known.
    pub fn of(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }

    /// The same in groups of a directory, by the names that the directory gives them.
    pub fn in_groups(self, groups: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { groups: groups.into_iter().map(|id| format!("{GROUP}{}", id.as_ref())).collect(), ..self }
    }

    /// Whether this is a machine client.
    pub fn is_client(&self) -> bool {
        self.subject.starts_with(CLIENT)
    }

    /// Whether no person stands behind it: then its scopes bound what it may do.
    pub fn is_machine(&self) -> bool {
        self.is_client() || is_webhook(&self.subject)
    }
}
