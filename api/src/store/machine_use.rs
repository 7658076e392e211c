//! On which day a machine client, or a secret of one, was last used. It is kept beside the record, a row for each, because nothing
//! is changed by it: an answer that tells it is another from day to day, and is not to be kept.

use serde_json::Value;

use super::model::{Cx, Scalar};
use super::plan::{Cell, SelectFrom};
use super::sql::Sql;

/// What it is told from.
pub(super) fn inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![(SelectFrom::Expression(used_on), Scalar::Date)]
}

fn used_on(sql: &mut Sql, alias: &str, _: &Cx) {
    let of = sql.alias();
    sql.push("(SELECT ").column(&of, "used_on").push(" FROM machine_client_use ").push(&of).push(" WHERE ");
    sql.column(&of, "id").push(" = ").column(alias, "id").push(")");
}

/// The day for each row; null for what was never used.
pub(super) fn shown(rows: &[Vec<Cell>]) -> Vec<Value> {
    let of = |row: &Vec<Cell>| match row.as_slice() {
        [Cell::Date(day)] => Value::from(day.to_string()),
        _ => Value::Null,
    };
    rows.iter().map(of).collect()
}
