//! Who reads: a subject and its memberships, as the database has them at the time of the request.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::Role;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::operation::Operation;
use super::scope::{Scopes, scope_of};

/// The token of whoever reads an open programme without a membership of it.
pub const PUBLIC: &str = "PUBLIC";

/// A role in one programme, held on behalf of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The membership that gives it.
    pub membership_id: Uuid,
    /// The programme; none for an administrator of the whole deployment.
    pub programme_id: Option<Uuid>,
    /// The role in it.
    pub role: Role,
    /// The organisation that the member speaks for.
    pub organisation_id: Option<Uuid>,
    /// The post holder that the member is.
    pub person_id: Option<Uuid>,
    /// Whether the member chairs the board.
    pub is_chair: bool,
    /// Whether the member works in the programme office.
    pub is_programme_office: bool,
}

impl Standing {
    /// The token of sight that the standing gives in its programme: whoever holds the same token there sees the same rows.
    pub fn token(&self) -> String {
        match (self.role, self.person_id, self.organisation_id) {
            (Role::Board, ..) => "BOARD".to_owned(),
            (Role::Officer, ..) if self.is_programme_office => "OFFICE".to_owned(),
            (Role::Officer, Some(person), _) => format!("OFFICER:{}", person.simple()),
            (Role::Officer, None, _) => "OFFICER".to_owned(),
            (Role::Partner, _, Some(organisation)) => format!("PARTNER:{}", organisation.simple()),
            (Role::Partner, _, None) => "PARTNER".to_owned(),
            (Role::Scrutiny, ..) => "SCRUTINY".to_owned(),
            (Role::Admin, ..) => "ADMIN".to_owned(),
        }
    }
}

/// Who reads. Every condition on rows is made from this and from nothing else.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// Who the token speaks for; none without a token.
    pub subject: Option<String>,
    /// The groups of a directory that the token says they are in: `group:ID`.
    pub groups: Arc<[String]>,
    /// Those of them by which they are a member of something.
    pub member_groups: Vec<String>,
    /// What a machine may do at most, by its token and as it is registered now; none for people.
    pub scopes: Option<Scopes>,
    /// Their memberships.
    pub standings: Vec<Standing>,
    /// A programme that is taken for open, whatever it says: for those who want to know what everyone would see of it. None for whoever
    /// really reads: to them each statement says which programmes are open, so that it costs nothing how many are.
    pub as_if_open: Option<Uuid>,
    /// The day on which they read: what will be published is not public before its day.
    pub today: NaiveDate,
}

impl Viewer {
    /// Whether this is whom another reading found: the same subject with the same memberships, in whatever order they came.
    pub fn is_still(&self, before: &Self) -> bool {
        let Self { subject, groups, member_groups, scopes, standings, as_if_open, today } = self;
        (subject, groups, scopes, as_if_open, today)
            == (&before.subject, &before.groups, &before.scopes, &before.as_if_open, &before.today)
            && are_same(member_groups, &before.member_groups)
            && are_same(standings, &before.standings)
    }

    /// The programmes in which the viewer holds one of the roles.
    pub fn programmes(&self, roles: &[Role]) -> Vec<Uuid> {
        self.standings_as(roles).filter_map(|standing| standing.programme_id).collect()
    }

    /// The programme of all the viewer's memberships, where it is one.
    pub fn only_programme(&self) -> Option<Uuid> {
        let mut all = self.standings.iter().map(|standing| standing.programme_id);
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// The memberships with one of the roles.
    pub fn standings_as<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = &'a Standing> {
        self.standings.iter().filter(|standing| roles.contains(&standing.role))
    }

    /// Whether the viewer's scopes allow it: what people may do, no scope bounds.
    pub fn is_in_scope(&self, operation: Operation) -> bool {
        self.scopes.is_none_or(|scopes| scope_of(operation).is_some_and(|scope| scopes.has(scope)))
    }

    /// The subjects that are the viewer: their own, and those of the groups that they are in.
    pub fn own_subjects(&self) -> impl Iterator<Item = &str> {
        self.subject.iter().chain(self.groups.iter()).map(String::as_str)
    }

    /// Whether the viewer looks after the whole deployment.
    pub fn is_admin(&self) -> bool {
        self.standings.iter().any(|standing| standing.role == Role::Admin)
    }

    /// The tokens of sight that the viewer's memberships give in a programme. Whoever has none holds [`PUBLIC`] where it is open.
    pub fn tokens(&self, programme: Uuid) -> Vec<String> {
        let gives =
            |standing: &&Standing| standing.role == Role::Admin || standing.programme_id == Some(programme);
        let mut tokens: Vec<String> = self.standings.iter().filter(gives).map(Standing::token).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// A mark of what the viewer's sight hangs on besides the record: the memberships and, for those to whom things come into
    /// sight on the day of their publication, the day. While it is the same, the feed tells every change of what they see.
    pub fn mark(&self) -> String {
        let mut of: Vec<String> = self
            .standings
            .iter()
            .map(|standing| format!("{} {}", standing.membership_id.simple(), standing.token()))
            .collect();
        if !self.is_member() || self.standings_as(&[Role::Scrutiny]).next().is_some() {
            of.push(self.today.to_string());
        }
        of.sort_unstable();
        Sha256::digest(of.join(",")).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the viewer is a member of anything.
    pub fn is_member(&self) -> bool {
        !self.standings.is_empty()
    }
}

/// Whether two lists hold the same, each thing once.
fn are_same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one == other || one.len() == other.len() && one.iter().all(|of| other.contains(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(role: Role, programme: u128) -> Standing {
        Standing {
            membership_id: Uuid::from_u128(programme + 100),
            programme_id: (role != Role::Admin).then(|| Uuid::from_u128(programme)),
            role,
            organisation_id: None,
            person_id: None,
            is_chair: false,
            is_programme_office: false,
        }
    }

    fn viewer(standings: Vec<Standing>) -> Viewer {
        let today = NaiveDate::from_ymd_opt(2018, 12, 10).unwrap();
        Viewer { standings, today, ..Viewer::default() }
    }

    #[test]
    fn each_way_of_standing_in_a_programme_is_a_token() {
        let [person, organisation] = [Some(Uuid::from_u128(0xa)), Some(Uuid::from_u128(0xb))];
        let of = |role| standing(role, 1);
        let cases = [
            (Standing { is_chair: true, ..of(Role::Board) }, "BOARD"),
            (Standing { is_programme_office: true, person_id: person, ..of(Role::Officer) }, "OFFICE"),
            (Standing { person_id: person, ..of(Role::Officer) }, "OFFICER:0000000000000000000000000000000a"),
            (of(Role::Officer), "OFFICER"),
            (
                Standing { organisation_id: organisation, ..of(Role::Partner) },
                "PARTNER:0000000000000000000000000000000b",
            ),
            (of(Role::Partner), "PARTNER"),
            (of(Role::Scrutiny), "SCRUTINY"),
            (of(Role::Admin), "ADMIN"),
        ];
        for (standing, token) in cases {
            assert_eq!(viewer(vec![standing]).tokens(Uuid::from_u128(1)), [token]);
        }
    }

    #[test]
    fn tokens_add_up_in_their_own_programme() {
        let both =
            viewer(vec![standing(Role::Scrutiny, 2), standing(Role::Board, 2), standing(Role::Board, 3)]);

        assert_eq!(both.tokens(Uuid::from_u128(2)), ["BOARD", "SCRUTINY"]);
        assert_eq!(both.tokens(Uuid::from_u128(4)), [""; 0]);
    }

    #[test]
    fn whoever_is_a_member_of_one_programme_is_known_by_it() {
        let of = |standings: Vec<Standing>| viewer(standings).only_programme();
        let (board, lead) = (standing(Role::Board, 2), standing(Role::Partner, 2));
        assert_eq!(of(vec![board.clone(), lead]), Some(Uuid::from_u128(2)));
        assert_eq!(of(vec![board.clone(), standing(Role::Board, 3)]), None);
        assert_eq!(of(vec![board, standing(Role::Admin, 0)]), None);
        assert_eq!(of(Vec::new()), None);
    }

    #[test]
    fn whoever_differs_in_anything_is_no_longer_the_same() {
        let both = viewer(vec![standing(Role::Board, 2), standing(Role::Scrutiny, 3)]);
        let other_way = viewer(vec![standing(Role::Scrutiny, 3), standing(Role::Board, 2)]);
        assert!(both.is_still(&other_way));

        let changes: [fn(&mut Viewer); 8] = [
            |of| of.subject = Some("somebody".to_owned()),
            |of| of.groups = ["group:one".to_owned()].into(),
            |of| of.member_groups = vec!["group:one".to_owned()],
            |of| of.scopes = Some(Scopes::READ),
            |of| of.standings.truncate(1),
            |of| of.standings[0].is_chair = true,
            |of| of.as_if_open = Some(Uuid::from_u128(1)),
            |of| of.today = of.today.succ_opt().unwrap(),
        ];
        for change in changes {
            let mut other = both.clone();
            change(&mut other);
            assert!(!both.is_still(&other) && !other.is_still(&both), "{other:?}");
        }
    }

    #[test]
    fn the_mark_changes_with_the_memberships_and_where_days_open_things_with_the_day() {
        let next = |of: &Viewer| Viewer { today: of.today.succ_opt().unwrap(), ..of.clone() }.mark();
        let board = viewer(vec![standing(Role::Board, 2)]);
        let again = Standing { membership_id: Uuid::from_u128(7), ..standing(Role::Board, 2) };
        let (scrutiny, nobody) = (viewer(vec![standing(Role::Scrutiny, 2)]), viewer(Vec::new()));

        assert_eq!(board.mark(), next(&board));
        assert_ne!(board.mark(), viewer(vec![again]).mark());
        assert_ne!(scrutiny.mark(), next(&scrutiny));
        assert_ne!(nobody.mark(), next(&nobody));
    }
}
