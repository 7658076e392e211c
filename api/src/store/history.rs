//! What the entries of the ledger say: what each changed, field by field, and whether its thing is still in sight.

mod difference;

use std::collections::{BTreeSet, HashMap};

use sea_orm::DbErr;
use serde_json::{Map, Value};
use uuid::Uuid;

use self::difference::{Difference, differences};
use super::model::{Cx, Model, Scalar};
use super::plan::{Cell, SelectFrom};
use super::read::ReadCx;
use super::sql::Sql;
use super::table::{RECORDED, Table, recorded_types};
use super::visibility::visible;

/// Whether the thing that the entry named `alias` is about is there, and the viewer may see it now.
pub fn in_sight(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.any(|any| {
        for (types, table) in RECORDED {
            let sql = any.or().column(alias, "entity_type").push(" IN (").push(types).push(") AND ");
            let of = sql.alias();
            sql.push("EXISTS (SELECT 1 FROM ").push(table.name()).push(" ").push(&of).push(" WHERE ");
            sql.column(&of, "id").push(" = ").column(alias, "entity_id").push(" AND ");
            visible(sql, *table, &of, &cx.viewer);
            sql.push(")");
        }
    });
}

/// The state of the thing before the entry named `alias`, as the same ledger has it.
fn state_before(sql: &mut Sql, alias: &str, _: &Cx) {
    let before = sql.alias();
    sql.push("(SELECT ").column(&before, "state").push(" FROM ledger_entry ").push(&before).push(" WHERE ");
    for column in ["programme_id", "entity_id"] {
        sql.column(&before, column).push(" = ").column(alias, column).push(" AND ");
    }
    sql.column(&before, "sequence").push(" < ").column(alias, "sequence");
    sql.push(" ORDER BY ").column(&before, "sequence").push(" DESC LIMIT 1)");
}

/// What the differences of an entry are worked out from.
pub(super) fn inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![
        (SelectFrom::Column("entity_type"), Scalar::Text),
        (SelectFrom::Expression(in_sight), Scalar::Bool),
        (SelectFrom::Expression(state_before), Scalar::Text),
        (SelectFrom::Column("state"), Scalar::Text),
    ]
}

/// What each entry changed, as a list of `FieldChange`. One statement: which of the ids that the states hold name things
/// that the viewer may see. An entry whose thing is out of sight says nothing.
pub(super) async fn field_changes(read: &ReadCx, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let entries: Vec<Vec<Difference>> = rows.iter().map(|row| of_entry(row)).collect();
    let mut ids = BTreeSet::new();
    entries.iter().flatten().for_each(|difference| difference.ids(&mut ids));
    let names = names(read, &ids.into_iter().collect::<Vec<_>>()).await?;
    let shown = entries.iter().map(|entry| entry.iter().filter_map(|of| of.shown(&names)).collect());
    Ok(shown.collect())
}

fn of_entry(row: &[Cell]) -> Vec<Difference> {
    let [Cell::Text(ty), Cell::Bool(true), before, Cell::Text(after)] = row else { return Vec::new() };
    let Some(ty) = Model::get().ty(ty) else { return Vec::new() };
    let before = if let Cell::Text(before) = before { state(before) } else { Map::new() };
    differences(ty, &before, &state(after))
}

/// A state, read again. The write path writes nothing but objects.
fn state(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The global ids of those things among `ids` that the viewer may see: one statement over all tables that a state can
/// name a row of.
pub(super) async fn names(read: &ReadCx, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbErr> {
    let mut sql = read.sql();
    for (index, (_, table)) in RECORDED.iter().enumerate() {
        sql.push(if index == 0 { "SELECT t.id, " } else { " UNION ALL SELECT t.id, " });
        prefix(&mut sql, *table);
        sql.push(" FROM ").push(table.name()).push(" t WHERE ").is_one_of("t", "id", ids).push(" AND ");
        visible(&mut sql, *table, "t", &read.cx.viewer);
    }
    let mut names = HashMap::new();
    for row in read.query(sql.statement()).await? {
        let (id, prefix): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        names.insert(id, super::computed::global_id(&prefix, id));
    }
    Ok(names)
}

/// What the global id of the row `t` begins with.
fn prefix(sql: &mut Sql, table: Table) {
    let types = recorded_types().filter(|(_, of)| *of == table).filter_map(|(ty, _)| Model::get().ty(ty));
    let types: Vec<_> = types.filter_map(|ty| Some((ty.kind, ty.prefix?))).collect();
    match types.as_slice() {
        [(_, prefix)] => {
            sql.push("'").push(prefix).push("'");
        }
        several => {
            sql.push("CASE t.kind");
            for (kind, prefix) in several {
                sql.push(" WHEN '").push(kind.unwrap_or_default()).push("' THEN '").push(prefix).push("'");
            }
            sql.push(" END");
        }
    }
}
