//! What a position is made of, read in a number of statements that is the same for any number of programmes and entries.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DbErr;
use uuid::Uuid;

use super::then::{Due, TYPES, Then};
use crate::store::read::ReadCx;
use crate::store::sql::Sql;
use crate::store::table::Table;
use crate::store::visibility::{updates_visible, visible};

/// What the viewer may see of some programmes now. What they may not see now is in no position.
#[derive(Debug, Default)]
pub struct Now {
    /// The actions, and whether the viewer may read what is reported on them.
    pub actions: HashMap<Uuid, bool>,
    /// The plans and requirements.
    pub others: HashSet<Uuid>,
    /// Those of the programmes that are open to everyone.
    pub open: HashSet<Uuid>,
    /// The organisations and what they are called.
    pub organisations: HashMap<Uuid, String>,
}

/// One recorded move of an action's due date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// The day before it.
    pub from: Option<NaiveDate>,
    /// The day after it.
    pub to: Option<NaiveDate>,
    /// Why.
    pub reason: Option<String>,
}

/// Adds a table expression `name` with the number of each programme's last entry at the moment. A position is the ledger up to
/// there: entries are in the order of commits, so that it never holds half of a change.
fn upto(sql: &mut Sql, name: &str, programmes: &[Uuid], at: DateTime<Utc>) {
    sql.push(name).push(" AS (SELECT p.id AS programme_id, (SELECT e.sequence FROM ledger_entry e ");
    sql.push("WHERE e.programme_id = p.id AND e.at <= ").bind(at);
    sql.push(" ORDER BY e.sequence DESC LIMIT 1) AS sequence FROM programme p WHERE ");
    sql.is_one_of("p", "id", programmes).push(")");
}

/// Each programme as the ledger has it at the moment. One without entries by then is missing.
pub async fn then(
    read: &ReadCx,
    programmes: &[Uuid],
    at: DateTime<Utc>,
) -> Result<HashMap<Uuid, Then>, DbErr> {
    let mut sql = read.sql();
    sql.push("WITH ");
    upto(&mut sql, "upto", programmes, at);
    sql.push(
        ", newest AS (SELECT e.programme_id, MAX(e.sequence) AS sequence FROM upto u JOIN ledger_entry e ",
    );
    sql.push("ON e.programme_id = u.programme_id AND e.sequence <= u.sequence GROUP BY e.programme_id, e.entity_id) ");
    sql.push("SELECT e.programme_id, e.entity_type, e.entity_id, e.state FROM newest n JOIN ledger_entry e ");
    sql.push("ON e.programme_id = n.programme_id AND e.sequence = n.sequence WHERE e.entity_type IN (");
    sql.push(TYPES).push(")");
    let mut all: HashMap<Uuid, Then> = HashMap::new();
    for row in read.query("ledger_entry", sql.statement()).await? {
        let (entity_type, state): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(3)?);
        let then = all.entry(row.try_get_by_index(0)?).or_default();
        then.add(&entity_type, row.try_get_by_index(2)?, &state);
    }
    Ok(all.into_iter().map(|(programme, then)| (programme, then.sorted())).collect())
}

/// What the viewer may see of the programmes now, by the rules that every list has.
pub async fn now(read: &ReadCx, programmes: &[Uuid], organisations: &[Uuid]) -> Result<Now, DbErr> {
    let viewer = &read.cx.viewer;
    let mut sql = read.sql();
    sql.push("SELECT 'ACTION' AS kind, t.id, CASE WHEN ");
    updates_visible(&mut sql, "t", viewer);
    sql.push(" THEN 1 ELSE 0 END AS reads, '' AS name FROM action t WHERE ");
    sql.is_one_of("t", "programme_id", programmes).push(" AND ");
    visible(&mut sql, Table::Action, "t", viewer);
    for table in [Table::Plan, Table::Requirement] {
        sql.push(" UNION ALL SELECT 'OTHER', t.id, 0, '' FROM ").push(table.name()).push(" t WHERE ");
        sql.is_one_of("t", "programme_id", programmes).push(" AND ");
        visible(&mut sql, table, "t", viewer);
    }
    sql.push(" UNION ALL SELECT 'ORGANISATION', t.id, 0, COALESCE(t.name, '') FROM party t WHERE ");
    sql.is_one_of("t", "id", organisations).push(" AND ");
    visible(&mut sql, Table::Party, "t", viewer);
    sql.push(" UNION ALL SELECT 'OPEN', t.id, 0, '' FROM programme t WHERE t.is_public AND ");
    sql.is_one_of("t", "id", programmes);
    let mut now = Now::default();
    for row in read.query("action", sql.statement()).await? {
        let (kind, id): (String, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        match kind.as_str() {
            "ACTION" => {
                now.actions.insert(id, row.try_get_by_index::<i32>(2)? == 1);
            }
            "OPEN" => {
                now.open.insert(id);
            }
            "ORGANISATION" => {
                now.organisations.insert(id, row.try_get_by_index(3)?);
            }
            _ => {
                now.others.insert(id);
            }
        }
    }
    Ok(now)
}

/// The moves of the due dates of actions between two moments, oldest first, by action. The first of each is told from the
/// day that `before` has for it; an action that is not in there has none.
pub async fn moves(
    read: &ReadCx,
    programmes: &[Uuid],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    mut before: HashMap<Uuid, Option<NaiveDate>>,
) -> Result<HashMap<Uuid, Vec<Move>>, DbErr> {
    let mut sql = read.sql();
    sql.push("WITH ");
    upto(&mut sql, "since", programmes, from);
    sql.push(", ");
    upto(&mut sql, "upto", programmes, to);
    sql.push(" SELECT e.entity_id, e.at, e.reason, e.state FROM upto u JOIN since s ON s.programme_id = u.programme_id ");
    sql.push("JOIN ledger_entry e ON e.programme_id = u.programme_id AND e.sequence > s.sequence ");
    sql.push(
        "AND e.sequence <= u.sequence WHERE e.entity_type = 'Action' ORDER BY e.programme_id, e.sequence",
    );
    let mut moves: HashMap<Uuid, Vec<Move>> = HashMap::new();
    for row in read.query("ledger_entry", sql.statement()).await? {
        let (id, state): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(3)?);
        let (Some(day), Some(due)) = (before.get_mut(&id), Due::read(&state)) else { continue };
        if *day != due.on {
            let (at, of_entry): (_, Option<String>) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let reason = due.reason(*day).map(str::to_owned).or(of_entry);
            moves.entry(id).or_default().push(Move { at, from: *day, to: due.on, reason });
            *day = due.on;
        }
    }
    Ok(moves)
}
