//! Order, and paging by the values of the last row seen: stable while rows come and go, and fast at any depth.
//!
//! A missing value counts as larger than every other, on both databases.

use sea_orm::Value;

use super::model::{Cx, OrderBy, OrderKey, Scalar};
use super::plan::Cell;
use super::sql::Sql;
use super::table::Table;

fn key(sql: &mut Sql, key: &OrderKey, cx: &Cx) {
    match key.by {
        OrderBy::Column(column) => {
            sql.column("t", column);
        }
        OrderBy::Between(column) => {
            sql.column("l", column);
        }
        OrderBy::Expression(expression) => expression(sql, "t", cx),
    }
    // Text is ordered by its bytes, so that both databases agree and a cursor means the same everywhere.
    if key.scalar == Scalar::Text && sql.is_postgres() {
        sql.push(" COLLATE \"C\"");
    }
}

/// Adds ` ORDER BY` the keys, or the other way round.
pub fn order_by(sql: &mut Sql, order: &[OrderKey], backwards: bool, cx: &Cx) {
    for (index, by) in order.iter().enumerate() {
        sql.push(if index == 0 { " ORDER BY " } else { ", " });
        key(sql, by, cx);
        sql.push(if by.descending == backwards { " ASC NULLS LAST" } else { " DESC NULLS FIRST" });
    }
}

/// Adds the condition that a row lies after (or before) the one with these values.
pub fn beyond(sql: &mut Sql, (table, order): (Table, &[OrderKey]), values: &[Cell], is_after: bool, cx: &Cx) {
    let is_always_there = |key: &OrderKey| is_always_there(table, key);
    if is_range(table, order) && !values.contains(&Cell::Null) {
        return range(sql, order, values, is_after, cx);
    }
    sql.any(|any| {
        for (index, (by, value)) in order.iter().zip(values).enumerate() {
            let ascending = by.descending != is_after;
            // Nothing is larger than a missing value.
            if ascending && *value == Cell::Null {
                continue;
            }
            let sql = any.or();
            for (equal, value) in order.iter().zip(values).take(index) {
                key(sql, equal, cx);
                match value {
                    Cell::Null => sql.push(" IS NULL AND "),
                    value => sql.push(" = ").bind(bound(value)).push(" AND "),
                };
            }
            if ascending && is_always_there(by) {
                key(sql, by, cx);
                sql.push(" > ").bind(bound(value));
            } else if ascending {
                sql.push("(");
                key(sql, by, cx);
                sql.push(" > ").bind(bound(value)).push(" OR ");
                key(sql, by, cx);
                sql.push(" IS NULL)");
            } else {
                key(sql, by, cx);
                match value {
                    Cell::Null => sql.push(" IS NOT NULL"),
                    value => sql.push(" < ").bind(bound(value)),
                };
            }
        }
    });
}

/// Whether the rows beyond another are a range of an index, however far along the list: all keys run the same way, and none is
/// ever missing.
fn is_range(table: Table, order: &[OrderKey]) -> bool {
    order.iter().all(|key| is_always_there(table, key))
        && order.iter().zip(order.iter().skip(1)).all(|(one, next)| one.descending == next.descending)
}

/// Adds the comparison of rows that both databases find in an index.
fn range(sql: &mut Sql, order: &[OrderKey], values: &[Cell], is_after: bool, cx: &Cx) {
    let ascending = order.first().is_none_or(|first| first.descending != is_after);
    for (index, by) in order.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", " });
        key(sql, by, cx);
    }
    for (index, value) in values.iter().enumerate() {
        sql.push(match (index, ascending) {
            (0, true) => ") > (",
            (0, false) => ") < (",
            _ => ", ",
        });
        sql.bind(bound(value));
    }
    sql.push(")");
}

/// Whether a key is never missing in the lists that are ordered by it.
fn is_always_there(table: Table, key: &OrderKey) -> bool {
    match key.by {
        // A delivery that is a test stands in no ledger.
        OrderBy::Column("sequence") => table == Table::LedgerEntry,
        OrderBy::Column(column) => ALWAYS_THERE.contains(&column),
        OrderBy::Between(column) => column == "sequence",
        OrderBy::Expression(_) => false,
    }
}

/// The columns of which no row of a list that is ordered by them lacks the value. A test compares them with the tables.
const ALWAYS_THERE: [&str; 16] = [
    "added_on",
    "answer_by",
    "created_at",
    "ended_on",
    "falls_on",
    "id",
    "imported_on",
    "plan_id",
    "position",
    "put_on",
    "reference_sort",
    "source_id",
    "strand",
    "subject",
    "title",
    "updated_at",
];

fn bound(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::String(None),
        Cell::Uuid(id) => (*id).into(),
        Cell::Text(text) => text.as_str().into(),
        Cell::Number(number) => (*number).into(),
        Cell::Bool(is) => (*is).into(),
        Cell::Date(day) => (*day).into(),
        Cell::Moment(moment) => (*moment).into(),
        // No list is ordered by one.
        Cell::Json(_) => Value::String(None),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::super::model::{FieldDef, Model};
    use super::super::testing::on_both_migrated;
    use super::*;

    #[tokio::test]
    async fn what_is_said_to_be_always_there_is_required_by_every_table_that_is_ordered_by_it() {
        on_both_migrated(async |db| {
            let model = Model::get();
            let relations = model.types().flat_map(|ty| &ty.fields).filter_map(|(_, def)| match def {
                FieldDef::Connection(relation) => {
                    Some((relation.to, relation.order.iter().map(|key| key.by).collect::<Vec<_>>()))
                }
                _ => None,
            });
            let lists = model.lists().map(|list| (list.of, list.order.iter().map(|of| of.key.by).collect()));
            let mut looked_at = 0;
            for (of, keys) in relations.chain(lists) {
                let Some(table) = model.table(of) else { continue };
                for column in keys.iter().filter_map(|by| match by {
                    OrderBy::Column(column) => {
                        let key = OrderKey { by: *by, scalar: Scalar::Text, descending: false };
                        is_always_there(table, &key).then_some(*column)
                    }
                    _ => None,
                }) {
                    let (table, backend) = (table.name(), db.backend());
                    let text = match backend {
                        sea_orm::DbBackend::Postgres => format!(
                            "SELECT attnotnull FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = '{column}'"
                        ),
                        _ => format!("SELECT \"notnull\" FROM pragma_table_info('{table}') WHERE name = '{column}'"),
                    };
                    let row = db.read.query_one_raw(Statement::from_string(backend, text)).await.unwrap();
                    let is_required: bool = row.unwrap().try_get_by_index(0).unwrap();
                    assert!(is_required, "{table}.{column} can be missing");
                    looked_at += 1;
                }
            }
            assert!(looked_at > 30, "{looked_at}");
        })
        .await;
    }
}
