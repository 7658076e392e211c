//! Who reads: a subject and its memberships, as the database has them at the time of the request.

use chrono::NaiveDate;
use domain::Role;
use uuid::Uuid;

/// A role in one programme, held on behalf of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
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

/// Who reads. Every condition on rows is made from this and from nothing else.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    /// Who the token speaks for; none without a token.
    pub subject: Option<String>,
    /// Their memberships.
    pub standings: Vec<Standing>,
    /// The programmes that open their published plans to everyone.
    pub public_programmes: Vec<Uuid>,
    /// The day on which they read: what will be published is not public before its day.
    pub today: NaiveDate,
}

impl Viewer {
    /// The programmes in which the viewer holds one of the roles.
    pub fn programmes(&self, roles: &[Role]) -> Vec<Uuid> {
        self.standings_as(roles).filter_map(|standing| standing.programme_id).collect()
    }

    /// The memberships with one of the roles.
    pub fn standings_as<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = &'a Standing> {
        self.standings.iter().filter(|standing| roles.contains(&standing.role))
    }

    /// Whether the viewer looks after the whole deployment.
    pub fn is_admin(&self) -> bool {
        self.standings.iter().any(|standing| standing.role == Role::Admin)
    }

    /// Whether the viewer is a member of anything.
    pub fn is_member(&self) -> bool {
        !self.standings.is_empty()
    }
}
