//! Order, and paging by the values of the last row seen: stable while rows come and go, and fast at any depth.
//!
//! A missing value counts as larger than every other, on both databases.

use sea_orm::Value;

use super::model::{Cx, OrderBy, OrderKey, Scalar};
use super::plan::Cell;
use super::sql::Sql;

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
pub fn beyond(sql: &mut Sql, order: &[OrderKey], values: &[Cell], is_after: bool, cx: &Cx) {
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

/// Whether a key is never missing: then a page is a range of an index, however far along the list.
fn is_always_there(key: &OrderKey) -> bool {
    matches!(key.by, OrderBy::Column("id" | "sequence") | OrderBy::Between("sequence"))
}

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
