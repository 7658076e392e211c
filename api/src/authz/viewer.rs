//! Who reads: a subject and its memberships, as the database has them at the time of the request.

use chrono::NaiveDate;
use domain::Role;
use sha2::{Digest, Sha256};
use uuid::Uuid;

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

    /// The tokens of sight that the viewer holds in a programme.
    pub fn tokens(&self, programme: Uuid) -> Vec<String> {
        let gives =
            |standing: &&Standing| standing.role == Role::Admin || standing.programme_id == Some(programme);
        let mut tokens: Vec<String> = self.standings.iter().filter(gives).map(Standing::token).collect();
        if tokens.is_empty() && self.public_programmes.contains(&programme) {
            tokens.push(PUBLIC.to_owned());
        }
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
