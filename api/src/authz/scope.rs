//! What a machine client may do at most: its scopes, and which operation asks for which.
//!
//! A scope only narrows. What the policy does not let a partner do, no scope lets a machine do.

use super::operation::Operation::{self, *};

domain::vocabulary! {
    /// A part of what a partner may do, that a machine client can be let do.
    MachineClientScope {
        /// Read what its organisation may see. Every client has it.
        Read = "READ",
        /// Report on actions, finish their steps, claim that they are complete.
        Updates = "UPDATES",
        /// Add evidence and send its files.
        Evidence = "EVIDENCE",
        /// Propose links between actions and requirements.
        Links = "LINKS",
        /// Answer challenges.
        Challenges = "CHALLENGES",
        /// Manage its organisation's webhooks.
        Webhooks = "WEBHOOKS",
    }
}

/// What each scope lets a client do. Reading needs no operation.
const OPERATIONS: &[(MachineClientScope, &[Operation])] = &[
    (
        MachineClientScope::Updates,
        &[
            ActionStart,
            ProgressUpdateAdd,
            ProgressUpdatesAdd,
            StepComplete,
            StepStrikeOut,
            StepReopen,
            ActionClaimComplete,
        ],
    ),
    (
        MachineClientScope::Evidence,
        &[
            EvidenceAdd,
            EvidenceUpdate,
            EvidenceAttach,
            EvidenceDetach,
            EvidenceExpire,
            EvidenceFilePrepare,
            EvidenceFileAttach,
            EvidenceFileRemove,
        ],
    ),
    (MachineClientScope::Links, &[ActionProposeLink]),
    (MachineClientScope::Challenges, &[ChallengeAnswer]),
    (
        MachineClientScope::Webhooks,
        &[
            WebhookEndpointCreate,
            WebhookEndpointUpdate,
            WebhookEndpointEnable,
            WebhookEndpointDisable,
            WebhookEndpointRemove,
            WebhookSecretRotate,
            WebhookEndpointPing,
            WebhookDeliveryReplay,
            WebhookDeliveriesReplay,
        ],
    ),
];

/// What a partner may do and no machine may: a person answers for these.
#[cfg(test)]
const FOR_PEOPLE: &[Operation] = &[
    RecommendationConfirm,
    MachineClientSecretAdd,
    MachineClientSecretRetire,
    MachineClientKeysSet,
    MachineClientRevoke,
];

/// The scope that an operation asks for; none where no machine may do it.
pub fn scope_of(operation: Operation) -> Option<MachineClientScope> {
    OPERATIONS.iter().find(|(_, operations)| operations.contains(&operation)).map(|(scope, _)| *scope)
}

/// A set of scopes. Reading is always in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Default for Scopes {
    fn default() -> Self {
        Self::READ
    }
}

impl FromIterator<MachineClientScope> for Scopes {
    fn from_iter<I: IntoIterator<Item = MachineClientScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(Self::bit).fold(Self::READ.0, |all, bit| all | bit))
    }
}

impl Scopes {
    /// Reading and nothing else.
    pub const READ: Self = Self(1);

    /// The place of a scope in the set: that of its declaration.
    fn bit(scope: MachineClientScope) -> u8 {
        1 << scope as u8
    }

    /// Whether the scope is in it.
    pub fn has(self, scope: MachineClientScope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// What is in both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0 | Self::READ.0)
    }

    /// The scopes in it, in their order.
    pub fn each(self) -> impl Iterator<Item = MachineClientScope> {
        MachineClientScope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    /// As the database keeps it. A word that this version does not know gives nothing.
    pub fn from_words(words: &str) -> Self {
        words.split(' ').filter_map(|word| word.parse().ok()).collect()
    }

    /// The words that the database keeps.
    pub fn words(self) -> String {
        self.each().map(MachineClientScope::as_str).collect::<Vec<_>>().join(" ")
    }

    /// As a token says it: in lower case (RFC 6749, section 3.3). None where a word is no scope.
    pub fn from_token(scope: &str) -> Option<Self> {
        let word = |word: &str| {
            MachineClientScope::ALL.iter().copied().find(|scope| scope.as_str().to_ascii_lowercase() == word)
        };
        scope.split(' ').filter(|word| !word.is_empty()).map(word).collect()
    }

    /// As a token says it.
    pub fn to_token(self) -> String {
        self.words().to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::rules::{RULES, Who};

    #[test]
    fn every_operation_of_a_partner_has_a_scope_or_is_for_people() {
        let partner = [Who::Partner, Who::OwnPartner, Who::Owning, Who::Issuer, Who::Adder];
        for rule in RULES.iter().filter(|rule| rule.who.iter().any(|who| partner.contains(who))) {
            for operation in rule.operations {
                let (mapped, for_people) = (scope_of(*operation).is_some(), FOR_PEOPLE.contains(operation));
                assert!(mapped != for_people, "{operation}: give it a scope, or say that it is for people");
            }
        }
    }

    #[test]
    fn an_operation_has_one_scope_and_a_permission_too() {
        for operation in Operation::ALL {
            let scopes = OPERATIONS.iter().filter(|(_, operations)| operations.contains(operation));
            assert!(scopes.count() <= 1, "{operation}");
        }
        // `viewerCan` shows a permission: it must not mean one thing for one of its operations and another for the next.
        for rule in RULES {
            let mut scopes: Vec<_> = rule.operations.iter().map(|operation| scope_of(*operation)).collect();
            scopes.dedup();
            assert_eq!(scopes.len(), 1, "{:?} {}", rule.on, rule.permission);
        }
    }

    #[test]
    fn a_scope_narrows_and_never_takes_reading() {
        let all: Scopes = MachineClientScope::ALL.iter().copied().collect();
        let updates = Scopes::from_token("updates").unwrap();

        assert_eq!(updates.to_token(), "read updates");
        assert_eq!(updates.and(Scopes::from_token("links").unwrap()), Scopes::READ);
        assert_eq!(all.and(updates), updates);
        assert_eq!(all.to_token(), "read updates evidence links challenges webhooks");
        assert_eq!(Scopes::from_words(&all.words()), all);
    }

    #[test]
    fn what_is_no_scope_is_none() {
        assert_eq!(Scopes::from_token("read admin"), None);
        assert_eq!(Scopes::from_token("READ"), None);
        assert_eq!(Scopes::from_token(""), Some(Scopes::READ));
        assert_eq!(Scopes::from_words("READ FUTURE"), Scopes::READ);
    }
}
