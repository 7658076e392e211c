//! Whether something that the viewer sees today was open to them as it stood then: the rules of `store::visibility` about a
//! plan's status, once more, over what the ledger recorded. The integration tests compare the two at the present.

use chrono::NaiveDate;
use domain::PlanStatus;
use domain::Role::{self, Board, Officer, Partner, Scrutiny};
use uuid::Uuid;

use super::then::{Action, Plan, Then};
use crate::authz::viewer::{Standing, Viewer};

/// What a viewer might see of a programme as it stood then.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// Who looks.
    pub viewer: &'a Viewer,
    /// At which programme.
    pub programme: Uuid,
    /// Whether the programme is open to everyone now.
    pub is_open: bool,
    /// The day of that moment.
    pub day: NaiveDate,
}

impl<'a> Sight<'a> {
    fn standings(self, roles: &'a [Role]) -> impl Iterator<Item = &'a Standing> {
        self.viewer.standings_as(roles).filter(move |of| of.programme_id == Some(self.programme))
    }

    fn holds(self, roles: &'a [Role]) -> bool {
        self.standings(roles).next().is_some()
    }

    /// Whether nothing that stands in the programme's plans is kept from the viewer.
    fn sees_all(self) -> bool {
        self.viewer.is_admin() || self.holds(&[Officer])
    }

    /// Whether the plan's own status opened it: the twin of `visibility::plan_is_open`, officers included.
    pub fn plan_was_open(self, plan: &Plan) -> bool {
        use PlanStatus::{Agreed, Closed, Draft, Published};
        let was_published = matches!(plan.status, Published | Closed)
            && plan.published_on.is_some_and(|published_on| published_on <= self.day);
        self.sees_all()
            || self.holds(&[Board]) && plan.status != Draft
            || self.holds(&[Partner]) && matches!(plan.status, Agreed | Published | Closed)
            || (self.is_open || self.holds(&[Scrutiny])) && was_published
    }

    /// Whether the action was in sight: by its plan, or as the viewer's organisation's own.
    pub fn action_was_open(self, then: &Then, action: &Action, plan: &Plan) -> bool {
        self.plan_was_open(plan) || self.is_own(then, action)
    }

    /// Whether the viewer might read what was reported on the action: the twin of `visibility::updates_visible`.
    pub fn updates_were_open(self, then: &Then, action: &Action, plan: &Plan) -> bool {
        self.sees_all()
            || self.holds(&[Board]) && plan.status != PlanStatus::Draft
            || self.is_own(then, action)
    }

    /// Whether a source of this day of publication was in sight.
    pub fn source_was_open(self, published_on: Option<NaiveDate>) -> bool {
        self.sees_all()
            || self.holds(&[Board, Partner])
            || self.holds(&[Scrutiny]) && published_on.is_some_and(|on| on <= self.day)
    }

    /// Whether the viewer's organisation answered for the action, led it or contributed to it, itself or by its people. An
    /// organisation belongs to itself.
    fn is_own(self, then: &Then, action: &Action) -> bool {
        let organisation = |party: &Uuid| *then.organisations.get(party).unwrap_or(party);
        self.standings(&[Partner]).filter_map(|of| of.organisation_id).any(|own| {
            action.organisation_id == Some(own) || action.parties.iter().any(|of| organisation(of) == own)
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::ActionStatus;
    use domain::Role::Admin;

    use super::*;

    const PROGRAMME: Uuid = Uuid::from_u128(1);
    const POLICE: Uuid = Uuid::from_u128(2);
    const INSPECTOR: Uuid = Uuid::from_u128(3);

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn viewer(role: Role, programme: Uuid) -> Viewer {
        let standing = Standing {
            membership_id: Uuid::nil(),
            programme_id: (role != Admin).then_some(programme),
            role,
            organisation_id: (role == Partner).then_some(POLICE),
            person_id: None,
            is_chair: false,
            is_programme_office: false,
        };
        Viewer { standings: vec![standing], today: day("2020-01-01"), ..Viewer::default() }
    }

    fn sight(viewer: &Viewer) -> Sight<'_> {
        Sight { viewer, programme: PROGRAMME, is_open: false, day: day("2018-12-10") }
    }

    fn plan(status: PlanStatus, published_on: Option<&str>) -> Plan {
        Plan {
            id: Uuid::from_u128(4),
            title: String::new(),
            status,
            agreed_on: None,
            published_on: published_on.map(day),
            update_every_days: 42,
        }
    }

    fn action(parties: &[Uuid], organisation_id: Option<Uuid>) -> Action {
        Action {
            id: Uuid::from_u128(5),
            plan_id: Uuid::from_u128(4),
            position: 1,
            reference: String::new(),
            aim: String::new(),
            organisation_id,
            start_on: None,
            due_on: None,
            due_precision: None,
            status: ActionStatus::InProgress,
            status_on: None,
            parties: parties.to_vec(),
            depends_on: Vec::new(),
            requirements: Vec::new(),
        }
    }

    #[test]
    fn a_plan_was_open_by_its_status_then() {
        let open_to = |role| {
            let viewer = viewer(role, PROGRAMME);
            let of = |status: &PlanStatus| sight(&viewer).plan_was_open(&plan(*status, Some("2018-12-10")));
            PlanStatus::ALL.iter().copied().filter(of).collect::<Vec<_>>()
        };
        use PlanStatus::*;
        assert_eq!(open_to(Board), [Considered, Agreed, Published, Closed]);
        assert_eq!(open_to(Officer), PlanStatus::ALL);
        assert_eq!(open_to(Admin), PlanStatus::ALL);
        assert_eq!(open_to(Partner), [Agreed, Published, Closed]);
        assert_eq!(open_to(Scrutiny), [Published, Closed]);
    }

    #[test]
    fn nothing_was_published_before_its_day() {
        for (viewer, is_open) in [(viewer(Scrutiny, PROGRAMME), false), (Viewer::default(), true)] {
            let sight = Sight { is_open, ..sight(&viewer) };
            let open = |published_on| sight.plan_was_open(&plan(PlanStatus::Published, published_on));
            assert!(open(Some("2018-12-10")) && !open(Some("2018-12-11")) && !open(None));
        }
        let scrutiny = viewer(Scrutiny, PROGRAMME);
        assert!(sight(&scrutiny).source_was_open(Some(day("2018-12-10"))));
        assert!(!sight(&scrutiny).source_was_open(Some(day("2018-12-11"))));
        assert!(!sight(&scrutiny).source_was_open(None));
    }

    #[test]
    fn a_standing_in_another_programme_opens_nothing() {
        for role in [Board, Officer, Partner, Scrutiny] {
            let viewer = viewer(role, Uuid::from_u128(99));
            let plan = plan(PlanStatus::Published, Some("2018-12-10"));
            let then = Then::default();
            assert!(!sight(&viewer).action_was_open(&then, &action(&[POLICE], Some(POLICE)), &plan));
            assert!(!sight(&viewer).source_was_open(Some(day("2018-01-01"))));
        }
    }

    #[test]
    fn a_partner_saw_its_own_action_in_a_draft_and_its_reports() {
        let viewer = viewer(Partner, PROGRAMME);
        let mut then = Then::default();
        then.organisations.insert(INSPECTOR, POLICE);
        let draft = plan(PlanStatus::Draft, None);
        for own in [action(&[POLICE], None), action(&[INSPECTOR], None), action(&[], Some(POLICE))] {
            assert!(sight(&viewer).action_was_open(&then, &own, &draft));
            assert!(sight(&viewer).updates_were_open(&then, &own, &draft));
        }
        let other = action(&[Uuid::from_u128(77)], None);
        assert!(!sight(&viewer).action_was_open(&then, &other, &draft));
        let agreed = plan(PlanStatus::Agreed, None);
        assert!(sight(&viewer).action_was_open(&then, &other, &agreed));
        assert!(!sight(&viewer).updates_were_open(&then, &other, &agreed));
    }
}
