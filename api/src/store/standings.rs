//! Who somebody is to the record: what they are a member of, and what a machine client may do.

use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::{DbBackend, DbErr, QueryResult, Statement};

use domain::Role;
use domain::client::ClientStatus;

use super::model::Scalar;
use super::plan::Cell;
use super::sql::Sql;
use crate::authz::identity::Identity;
use crate::authz::scope::Scopes;
use crate::authz::viewer::{Standing, Viewer};

/// The columns of [`standings`], and how they are read.
pub(super) const STANDING: [(&str, Scalar); 8] = [
    ("programme_id", Scalar::Uuid),
    ("role", Scalar::Text),
    ("organisation_id", Scalar::Uuid),
    ("person_id", Scalar::Uuid),
    ("is_chair", Scalar::Bool),
    ("is_programme_office", Scalar::Bool),
    ("id", Scalar::Uuid),
    ("subject", Scalar::Text),
];

/// What stands in the place of a role in the row that tells what a machine client may do.
const CLIENT: &str = "CLIENT";

/// The statement that finds what somebody is a member of.
pub(super) fn standings(backend: DbBackend, identity: Option<&Identity>) -> Statement {
    let mut sql = Sql::new(backend);
    push_standings(&mut sql, identity);
    sql.statement()
}

/// The types of what [`standings`] reads: once one of them is changed, somebody may be somebody else to the record.
pub(super) const SAY_WHO: [&str; 2] = ["Membership", "MachineClient"];

/// Adds the statement of [`standings`]: eight columns, the last of which is a text that says more.
pub(super) fn push_standings(sql: &mut Sql, identity: Option<&Identity>) {
    sql.push("SELECT m.programme_id, m.role, m.organisation_id, m.person_id, m.is_chair, m.is_programme_office, m.id, ");
    sql.push("m.subject FROM membership m WHERE ");
    is_member(sql, "m", identity);
    if let Some(client) = identity.filter(|of| of.is_client()) {
        sql.push(" UNION ALL SELECT NULL, '")
            .push(CLIENT)
            .push("', NULL, NULL, FALSE, FALSE, NULL, c.scopes ");
        sql.push("FROM machine_client c WHERE c.status = '").push(ClientStatus::Live.as_str());
        sql.push("' AND c.subject = ").bind(client.subject.as_str());
    }
}

/// Adds the condition that the membership named `alias` is one of whoever asks. A machine client has none once it is revoked,
/// whatever programmes it is a member of: nobody has to end them for that. What is no person is a partner or nothing, whatever a
/// membership says.
pub(super) fn is_member(sql: &mut Sql, alias: &str, identity: Option<&Identity>) {
    let Some(identity) = identity else {
        sql.push("FALSE");
        return;
    };
    let subjects: Vec<&str> =
        [identity.subject.as_str()].into_iter().chain(identity.groups.iter().map(String::as_str)).collect();
    sql.is_one_of_texts(alias, "subject", &subjects);
    if identity.is_machine() {
        sql.push(" AND ").column(alias, "role").push(" = '").push(Role::Partner.as_str()).push("'");
    }
    if identity.is_client() {
        let client = sql.alias();
        sql.push(" AND EXISTS (SELECT 1 FROM machine_client ").push(&client).push(" WHERE ");
        sql.column(&client, "subject").push(" = ").column(alias, "subject").push(" AND ");
        sql.column(&client, "organisation_id").push(" = ").column(alias, "organisation_id").push(" AND ");
        sql.column(&client, "status").push(" = '").push(ClientStatus::Live.as_str()).push("')");
    }
}

/// The viewer that the rows of [`standings`] make. What other statements put beside them is passed over.
pub(super) fn viewer(
    identity: Option<&Identity>,
    today: NaiveDate,
    rows: &[QueryResult],
) -> Result<Viewer, DbErr> {
    let read = |row: &QueryResult| -> Result<Vec<Cell>, DbErr> {
        STANDING.iter().enumerate().map(|(at, (_, scalar))| Cell::read(row, at, *scalar)).collect()
    };
    let rows: Vec<Vec<Cell>> = rows.iter().map(read).collect::<Result<_, _>>()?;
    Ok(viewer_of(identity, today, rows.iter().map(Vec::as_slice)))
}

/// The same from rows whose values were read as [`STANDING`] says.
pub(super) fn viewer_of<'a>(
    identity: Option<&Identity>,
    today: NaiveDate,
    rows: impl Iterator<Item = &'a [Cell]>,
) -> Viewer {
    let mut viewer = Viewer { today, ..Viewer::default() };
    if let Some(Identity { subject, groups, .. }) = identity {
        (viewer.subject, viewer.groups) = (Some(subject.clone()), Arc::clone(groups));
    }
    // What no client row says more of may read at most.
    viewer.scopes = identity.filter(|of| of.is_machine()).map(|_| Scopes::READ);
    for row in rows {
        let id = |at: usize| row.get(at).and_then(Cell::uuid);
        let is = |at: usize| matches!(row.get(at), Some(Cell::Bool(true)));
        let text = |at: usize| match row.get(at) {
            Some(Cell::Text(text)) => text.as_str(),
            _ => "",
        };
        let (role, more) = (text(1), text(7));
        if role == CLIENT {
            let registered = Scopes::from_words(more);
            let token = identity.and_then(|of| of.scopes);
            viewer.scopes = Some(token.map_or(registered, |token| token.and(registered)));
        } else if identity.is_some() {
            // A role that this version does not know gives nothing.
            let (Ok(role), Some(membership_id)) = (Role::from_str(role), id(6)) else { continue };
            let subject = more.to_owned();
            if viewer.groups.contains(&subject) && !viewer.member_groups.contains(&subject) {
                viewer.member_groups.push(subject);
            }
            viewer.standings.push(Standing {
                membership_id,
                programme_id: id(0),
                role,
                organisation_id: id(2),
                person_id: id(3),
                is_chair: is(4),
                is_programme_office: is(5),
            });
        }
    }
    viewer
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::model::Model;

    #[test]
    fn whatever_standings_are_read_from_says_who_somebody_is() {
        let client = Identity::of(crate::authz::identity::client_subject(Uuid::nil()));
        let text = standings(DbBackend::Sqlite, Some(&client)).sql;
        for read in text.split(" FROM ").skip(1) {
            let table = read.split(' ').next().unwrap();
            let is_read = |ty: &&str| Model::get().table(ty).is_some_and(|of| of.name() == table);
            assert!(SAY_WHO.iter().any(is_read), "{table}");
        }
    }
}
