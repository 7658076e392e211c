//! The permit: without one, nothing can be written.

use domain::Role;
use uuid::Uuid;

use super::identity::is_webhook;
pub use super::operation::Operation;
use super::rules::{BEGINNINGS, BY_HAND_TOO, RULES, SYSTEM, Who};
use super::viewer::{Standing, Viewer};

/// Who acts.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// The program itself, for a stated reason: a load at the command line, the scanner, or the calendar, where no token is.
    System(&'static str),
    /// Whoever a token speaks for, in a programme where the thing is that they would change; none for a beginning.
    Viewer(&'a Viewer, Option<Uuid>),
}

/// Leave for one actor to do one thing. Only [`permit`] makes one.
#[derive(Debug, Clone)]
pub struct Permit {
    subject: String,
    standing: Option<Standing>,
    operation: Operation,
}

impl Permit {
    /// Who acts: a token's subject, or the system with its reason.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The role in which they act.
    pub fn role(&self) -> &str {
        self.standing.as_ref().map_or("SYSTEM", |standing| standing.role.as_str())
    }

    /// The membership by which they act; none for the system.
    pub fn standing(&self) -> Option<&Standing> {
        self.standing.as_ref()
    }

    /// What they may do.
    pub fn operation(&self) -> Operation {
        self.operation
    }
}

/// Gives leave where the policy has a row for it that the actor's membership meets.
///
/// What the row asks about the thing itself (is it theirs, in which status is it) is judged where the thing is: `store::judge`.
pub fn permit(actor: &Actor<'_>, operation: Operation) -> Option<Permit> {
    match actor {
        Actor::System(reason) => {
            let is_the_systems = SYSTEM.contains(&operation) || BY_HAND_TOO.contains(&operation);
            is_the_systems.then(|| Permit { subject: format!("system:{reason}"), standing: None, operation })
        }
        Actor::Viewer(viewer, programme) => {
            if !viewer.is_in_scope(operation) {
                return None;
            }
            let standing = viewer.standings.iter().find(|standing| {
                let is_there = standing.role == Role::Admin || standing.programme_id == *programme;
                is_there && roles_for(operation).any(|who| who.is_met_by(standing))
            })?;
            // What sees by a membership of its own, to be told, does nothing.
            let subject = viewer.subject.clone().filter(|subject| !is_webhook(subject))?;
            Some(Permit { subject, standing: Some(standing.clone()), operation })
        }
    }
}

fn roles_for(operation: Operation) -> impl Iterator<Item = Who> {
    let ruled = RULES.iter().filter(move |rule| rule.operations.contains(&operation)).map(|rule| rule.who);
    let begun = BEGINNINGS.iter().filter(move |(of, _)| *of == operation).map(|(_, who)| *who);
    ruled.chain(begun).flatten().copied()
}

impl Who {
    /// Whether a membership can be one of these at all, whatever the thing.
    pub fn is_met_by(self, standing: &Standing) -> bool {
        match self {
            Self::Board => standing.role == Role::Board,
            Self::Chair => standing.role == Role::Board && standing.is_chair,
            Self::Officer | Self::DraftingOfficer => standing.role == Role::Officer,
            Self::ProgrammeOffice => standing.role == Role::Officer && standing.is_programme_office,
            Self::Lead | Self::Owner => standing.role == Role::Officer && standing.person_id.is_some(),
            Self::Partner => standing.role == Role::Partner,
            Self::Asked => match standing.role {
                Role::Officer => true,
                Role::Partner => standing.organisation_id.is_some(),
                _ => false,
            },
            Self::OwnPartner | Self::Issuer | Self::Owning => {
                standing.role == Role::Partner && standing.organisation_id.is_some()
            }
            Self::Adder => match standing.role {
                Role::Officer => standing.person_id.is_some(),
                Role::Partner => standing.organisation_id.is_some(),
                _ => false,
            },
            Self::Admin => standing.role == Role::Admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::identity::webhook_subject;

    fn viewer(role: Role, programme_id: Option<Uuid>) -> Viewer {
        let standing = Standing {
            membership_id: Uuid::from_u128(9),
            programme_id,
            role,
            organisation_id: None,
            person_id: None,
            is_chair: false,
            is_programme_office: true,
        };
        Viewer { subject: Some("somebody".to_owned()), standings: vec![standing], ..Viewer::default() }
    }

    #[test]
    fn the_system_may_do_what_is_its_own_and_nothing_else() {
        for operation in Operation::ALL {
            let is_given = permit(&Actor::System("test"), *operation).is_some();
            let is_the_systems = SYSTEM.contains(operation) || BY_HAND_TOO.contains(operation);
            assert_eq!(is_given, is_the_systems, "{operation}");
        }
    }

    #[test]
    fn nobody_does_what_is_the_systems() {
        let programme = Some(Uuid::from_u128(1));
        for role in Role::ALL {
            let viewer = viewer(*role, programme);
            for operation in SYSTEM {
                assert!(
                    permit(&Actor::Viewer(&viewer, programme), *operation).is_none(),
                    "{role} {operation}"
                );
            }
        }
    }

    #[test]
    fn a_role_counts_in_its_own_programme_only() {
        let (one, other) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        let office = viewer(Role::Officer, one);

        assert!(permit(&Actor::Viewer(&office, one), Operation::PlanCreate).is_some());
        assert!(permit(&Actor::Viewer(&office, other), Operation::PlanCreate).is_none());
        assert!(permit(&Actor::Viewer(&office, None), Operation::ProgrammeCreate).is_none());
        assert!(
            permit(&Actor::Viewer(&viewer(Role::Admin, None), None), Operation::ProgrammeCreate).is_some()
        );
    }

    #[test]
    fn what_an_endpoint_sees_by_lets_nobody_do_anything() {
        let programme = Some(Uuid::from_u128(1));
        let office = viewer(Role::Officer, programme);
        let endpoint = Viewer { subject: Some(webhook_subject(Uuid::from_u128(2))), ..office.clone() };

        assert!(permit(&Actor::Viewer(&office, programme), Operation::PlanCreate).is_some());
        for operation in Operation::ALL {
            assert!(permit(&Actor::Viewer(&endpoint, programme), *operation).is_none(), "{operation}");
        }
    }

    #[test]
    fn scrutiny_may_do_nothing() {
        let programme = Some(Uuid::from_u128(1));
        let scrutiny = viewer(Role::Scrutiny, programme);
        for operation in Operation::ALL {
            assert!(permit(&Actor::Viewer(&scrutiny, programme), *operation).is_none(), "{operation}");
        }
    }
}
