//! What the entries of the ledger say: what each changed, field by field, and whether its thing is still in sight.

mod difference;

use std::collections::{BTreeSet, HashMap};

use sea_orm::DbErr;
use serde_json::{Map, Value};
use uuid::Uuid;

use self::difference::{Difference, differences};
use super::ids;
use super::model::{Cx, Model, Scalar};
use super::plan::{Cell, SelectFrom};
use super::read::ReadCx;
use super::sql::Sql;
use super::table::{RECORDED, Table, recorded_types};
use super::visibility::{every_figure_visible, is_about_seen, visible};

/// Whether the thing that the entry named `alias` is about is there, and the viewer may see it now.
pub fn in_sight(sql: &mut Sql, alias: &str, cx: &Cx) {
    is_about_seen(sql, alias, &cx.viewer);
}

/// Whether the viewer may know every figure of the programme in whose ledger the entry named `alias` stands.
fn sees_figures(sql: &mut Sql, alias: &str, cx: &Cx) {
    every_figure_visible(sql, alias, &cx.viewer);
}

/// Whether the entry named `alias` stands in the ledger of a programme that the viewer sees: what belongs to no programme can
/// be seen by all of them, but what a programme did with it is that programme's own.
pub(super) fn is_in_ledger_in_sight(sql: &mut Sql, alias: &str, cx: &Cx) {
    let of = sql.alias();
    sql.push("EXISTS (SELECT 1 FROM programme ").push(&of).push(" WHERE ");
    sql.column(&of, "id").push(" = ").column(alias, "programme_id").push(" AND ");
    visible(sql, Table::Programme, &of, &cx.viewer);
    sql.push(")");
}

/// The state of the thing before the entry named `alias`: as the same ledger has it, or, for what belongs to no programme and
/// comes into this ledger with a later version, as any other has it.
fn state_before(sql: &mut Sql, alias: &str, _: &Cx) {
    let (here, elsewhere) = (sql.alias(), sql.alias());
    sql.push("COALESCE((SELECT ")
        .column(&here, "state")
        .push(" FROM ledger_entry ")
        .push(&here)
        .push(" WHERE ");
    for column in ["programme_id", "entity_id"] {
        sql.column(&here, column).push(" = ").column(alias, column).push(" AND ");
    }
    sql.column(&here, "sequence").push(" < ").column(alias, "sequence");
    sql.push(" ORDER BY ").column(&here, "sequence").push(" DESC LIMIT 1), (SELECT ");
    sql.column(&elsewhere, "state").push(" FROM ledger_entry ").push(&elsewhere).push(" WHERE ");
    sql.column(&elsewhere, "entity_id").push(" = ").column(alias, "entity_id").push(" AND ");
    sql.column(&elsewhere, "entity_version").push(" < ").column(alias, "entity_version");
    sql.push(" ORDER BY ").column(&elsewhere, "entity_version").push(" DESC LIMIT 1))");
}

/// What the differences of an entry are worked out from.
pub(super) fn inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![
        (SelectFrom::Column("entity_type"), Scalar::Text),
        (SelectFrom::Expression(in_sight), Scalar::Bool),
        (SelectFrom::Expression(sees_figures), Scalar::Bool),
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
    let [Cell::Text(ty), Cell::Bool(true), Cell::Bool(figures), before, Cell::Text(after)] = row else {
        return Vec::new();
    };
    let Some(ty) = Model::get().ty(ty) else { return Vec::new() };
    let before = if let Cell::Text(before) = before { state(before) } else { Map::new() };
    differences(ty, &before, &state(after), *figures)
}

/// A state, read again. The write path writes nothing but objects.
fn state(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The global ids of those things among `ids` that the viewer may see: one statement over all tables that a state can
/// name a row of.
pub(super) async fn names(read: &ReadCx, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbErr> {
    let mut sql = read.sql();
    for (index, (table, types)) in named_tables().iter().enumerate() {
        sql.push(if index == 0 { "SELECT t.id, " } else { " UNION ALL SELECT t.id, " });
        prefix(&mut sql, types);
        sql.push(" FROM ").push(table.name()).push(" t WHERE ").is_one_of("t", "id", ids).push(" AND ");
        visible(&mut sql, *table, "t", &read.cx.viewer);
    }
    let mut names = HashMap::new();
    for row in read.query("several", sql.statement()).await? {
        let (id, prefix): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        names.insert(id, ids::encode(&prefix, id));
    }
    Ok(names)
}

/// The tables with the types of their rows: each by its kind, and what its global ids begin with.
fn named_tables() -> Vec<(Table, Vec<(&'static str, &'static str)>)> {
    let of = |table: &Table| {
        let types = recorded_types().filter(|(_, of)| of == table);
        let types = types.filter_map(|(ty, _)| Model::get().ty(ty));
        types.filter_map(|ty| Some((ty.kind.unwrap_or_default(), ty.prefix?))).collect::<Vec<_>>()
    };
    let tables = RECORDED.iter().map(|(_, table)| (*table, of(table)));
    tables.filter(|(_, types)| !types.is_empty()).collect()
}

/// What the global id of the row `t` begins with.
fn prefix(sql: &mut Sql, types: &[(&str, &str)]) {
    if let [(_, prefix)] = types {
        sql.push("'").push(prefix).push("'");
        return;
    }
    sql.push("CASE t.kind");
    for (kind, prefix) in types {
        sql.push(" WHEN '").push(kind).push("' THEN '").push(prefix).push("'");
    }
    sql.push(" END");
}
