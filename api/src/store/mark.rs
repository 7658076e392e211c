//! A mark of all that a viewer can be told: who they are to the record, the day, and how far the ledgers have come that they
//! read. While it is the same, so is every answer to the same question (`docs/adr/0014-conditional-get.md`).

use sea_orm::{DbBackend, DbErr, QueryResult, Statement};
use sha2::{Digest, Sha256};

use super::sql::Sql;
use super::standings::{is_member, push_standings};
use crate::authz::identity::Identity;
use crate::authz::scope::Scopes;
use crate::authz::viewer::Viewer;
use crate::config::{Clock, Today};

/// What stands in the place of a role in the rows that tell the head of a ledger.
const HEAD: &str = "HEAD";
/// The same in the row about the organisations.
const ORGANISATIONS: &str = "ORGANISATIONS";
/// The same in the row about the schema: a migration may change what a row says, which no ledger tells.
const SCHEMA: &str = "SCHEMA";

/// Hashes parts one after the other. Each goes in with its length, so that no two sequences of parts are one.
#[derive(Default)]
pub(crate) struct Parts(Sha256);

impl Parts {
    /// Adds a part.
    pub(crate) fn add(&mut self, part: impl AsRef<[u8]>) -> &mut Self {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// Adds a part that may be missing, which is another thing than an empty one.
    pub(crate) fn add_maybe(&mut self, part: Option<impl AsRef<[u8]>>) -> &mut Self {
        match part {
            Some(part) => self.add([1]).add(part),
            None => self.add([0]),
        }
    }

    /// The hash of all parts.
    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The mark, as it was when the request began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) [u8; 32]);

/// The statement of [`super::standings::standings`], and beside it what moves with every change that the subject could be told of:
/// the heads of the ledgers of their programmes and of public ones, of all for an administrator, the state of the
/// organisations, which belong to no programme, and the schema. One statement, so that all of it is of one moment.
pub(super) fn standings_and_heads(backend: DbBackend, identity: Option<&Identity>) -> Statement {
    let mut sql = Sql::new(backend);
    push_standings(&mut sql, identity);
    // Each head in hexadecimal, in the order of programmes, as one text: how many there are then costs nothing but the database's own time.
    sql.push(" UNION ALL SELECT NULL, '").push(HEAD).push("', NULL, NULL, FALSE, FALSE, NULL, ");
    sql.push(if sql.is_postgres() {
        "string_agg(CAST(programme_id AS TEXT) || hash, ' ' ORDER BY programme_id)"
    } else {
        "group_concat(hex(programme_id) || hash, ' ' ORDER BY programme_id)"
    });
    sql.push(" FROM ledger_head WHERE programme_id IN (SELECT id FROM programme WHERE is_public) ");
    sql.push("OR programme_id IN (SELECT o.programme_id FROM membership o WHERE ");
    is_member(&mut sql, "o", identity);
    sql.push(") OR EXISTS (SELECT 1 FROM membership a WHERE a.role = 'ADMIN' AND ");
    is_member(&mut sql, "a", identity);
    // A version only ever grows and nothing removes an organisation: the sum is never again what it was. The latest change
    // tells apart what a backup took back from what was done in its place.
    sql.push(") UNION ALL SELECT NULL, '").push(ORGANISATIONS);
    sql.push("', NULL, NULL, FALSE, FALSE, NULL, CAST(COUNT(*) AS TEXT) || ' ' || ");
    sql.push("COALESCE(CAST(SUM(version) AS TEXT), '') || ' ' || COALESCE(CAST(MAX(updated_at)");
    sql.push(if sql.is_postgres() { " AT TIME ZONE 'UTC'" } else { "" });
    sql.push(" AS TEXT), '') FROM party WHERE programme_id IS NULL");
    sql.push(" UNION ALL SELECT NULL, '").push(SCHEMA);
    sql.push("', NULL, NULL, FALSE, FALSE, NULL, MAX(version) FROM seaql_migrations");
    sql.statement()
}

impl Mark {
    /// The mark that the rows of [`standings_and_heads`] make for the viewer that they make.
    pub(super) fn of(viewer: &Viewer, clock: Clock, rows: &[QueryResult]) -> Result<Self, DbErr> {
        let (mut heads, mut organisations, mut schema) = (None, None, None);
        for row in rows {
            match row.try_get_by_index::<String>(1)?.as_str() {
                HEAD => heads = row.try_get_by_index::<Option<String>>(7)?,
                ORGANISATIONS => organisations = Some(row.try_get_by_index::<String>(7)?),
                SCHEMA => schema = row.try_get_by_index::<Option<String>>(7)?,
                _ => {}
            }
        }
        // Whoever sees no organisation shall not see that they change either.
        let sees_organisations = viewer.is_member() || heads.is_some();
        let organisations = organisations.filter(|_| sees_organisations);
        let heads = heads.as_deref();
        Ok(Self::new(viewer, clock, heads, (organisations.as_deref(), schema.as_deref())))
    }

    fn new(
        viewer: &Viewer,
        clock: Clock,
        heads: Option<&str>,
        (organisations, schema): (Option<&str>, Option<&str>),
    ) -> Self {
        let mut parts = Parts::default();
        parts.add_maybe(viewer.subject.as_deref());
        // Whose membership it is, a group's or one's own, makes it one's own or not: nothing else of groups is told.
        let mut groups = viewer.groups.to_vec();
        groups.sort_unstable();
        parts.add(groups.len().to_be_bytes());
        for group in groups {
            parts.add(group);
        }
        parts.add_maybe(viewer.scopes.map(Scopes::words));
        let mut standings: Vec<_> = viewer.standings.iter().collect();
        standings.sort_unstable_by_key(|standing| standing.membership_id);
        parts.add(standings.len().to_be_bytes());
        for standing in standings {
            parts.add(standing.membership_id);
            parts.add_maybe(standing.programme_id).add(standing.role.as_str());
            parts.add_maybe(standing.organisation_id).add_maybe(standing.person_id);
            parts.add([standing.is_chair.into(), standing.is_programme_office.into()]);
        }
        // Where the day stands still, so does the day of every past moment.
        let stands_still = matches!(clock.today, Today::Fixed(_));
        parts.add(viewer.today.to_string()).add([stands_still.into()]);
        parts.add_maybe(heads).add_maybe(organisations).add_maybe(schema);
        Self(parts.finish())
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::Role;
    use uuid::Uuid;

    use super::*;
    use crate::authz::viewer::Standing;

    fn viewer() -> Viewer {
        let standing = |id: u128, programme: Option<u128>, role| Standing {
            membership_id: Uuid::from_u128(id),
            programme_id: programme.map(Uuid::from_u128),
            role,
            organisation_id: Some(Uuid::from_u128(7)),
            person_id: None,
            is_chair: false,
            is_programme_office: false,
        };
        Viewer {
            subject: Some("lead".to_owned()),
            standings: vec![standing(1, Some(1), Role::Officer), standing(2, Some(2), Role::Board)],
            today: NaiveDate::from_ymd_opt(2018, 12, 10).unwrap(),
            ..Viewer::default()
        }
    }

    fn mark(viewer: &Viewer) -> Mark {
        Mark::new(viewer, Clock::new(Some(viewer.today)), Some("1aa"), (Some("3 5"), Some("m1")))
    }

    #[test]
    fn every_field_of_the_viewer_counts() {
        let changes: [fn(&mut Viewer); 16] = [
            |of| of.subject = None,
            |of| of.groups = ["group:one".to_owned()].into(),
            |of| of.groups = ["group:one".to_owned(), "group:two".to_owned()].into(),
            |of| of.scopes = Some(Scopes::READ),
            |of| of.scopes = Scopes::from_token("updates"),
            |of| of.subject = Some(String::new()),
            |of| of.subject = Some("leaf".to_owned()),
            |of| of.standings.truncate(1),
            |of| of.standings[0].membership_id = Uuid::from_u128(9),
            |of| of.standings[0].programme_id = None,
            |of| of.standings[0].role = Role::Partner,
            |of| of.standings[0].organisation_id = None,
            |of| of.standings[0].person_id = Some(Uuid::from_u128(7)),
            |of| of.standings[0].is_chair = true,
            |of| of.standings[0].is_programme_office = true,
            |of| of.today = of.today.succ_opt().unwrap(),
        ];
        let mut marks = vec![mark(&viewer())];
        for change in changes {
            let mut other = viewer();
            change(&mut other);
            let mark = mark(&other);
            assert!(!marks.contains(&mark), "{other:?}");
            marks.push(mark);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_count() {
        let mut other = viewer();
        other.standings.reverse();

        assert_eq!(mark(&viewer()), mark(&other));
    }

    #[test]
    fn so_do_the_clock_the_ledgers_the_organisations_and_the_schema() {
        let viewer = viewer();
        let fixed = Clock::new(Some(viewer.today));
        let marks = [
            Mark::new(&viewer, fixed, Some("1aa"), (Some("3 5"), Some("m1"))),
            Mark::new(&viewer, Clock::new(None), Some("1aa"), (Some("3 5"), Some("m1"))),
            Mark::new(&viewer, fixed, Some("1ab"), (Some("3 5"), Some("m1"))),
            Mark::new(&viewer, fixed, None, (Some("3 5"), Some("m1"))),
            Mark::new(&viewer, fixed, Some("2aa"), (Some("3 5"), Some("m1"))),
            Mark::new(&viewer, fixed, Some("1aa 2ab"), (Some("3 5"), Some("m1"))),
            Mark::new(&viewer, fixed, Some("1aa"), (Some("3 6"), Some("m1"))),
            Mark::new(&viewer, fixed, Some("1aa"), (None, Some("m1"))),
            Mark::new(&viewer, fixed, Some("1aa"), (Some("3 5"), Some("m2"))),
        ];
        for (index, mark) in marks.iter().enumerate() {
            assert!(!marks[..index].contains(mark), "{index}");
        }
    }
}
