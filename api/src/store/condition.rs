//! What a client's filter asks, as a value, and as SQL. One condition serves the list and its count.

use chrono::NaiveDate;
use sea_orm::Value;
use uuid::Uuid;

use super::model::{Comparand, Cx, Join};
use super::sql::Sql;
use super::table::Table;
use super::visibility::{updates_visible, visible};

/// A filter, read and checked.
#[derive(Debug)]
pub enum Condition {
    /// All of them; without any, true.
    All(Vec<Condition>),
    /// One of them; without any, false.
    Any(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// A value of the row compares.
    Compare(&'static Comparand, Test),
    /// One of the columns contains the text, letter case of a to z aside.
    Contains(&'static [&'static str], String),
    /// A related row that the viewer may see meets a condition.
    Some { join: &'static Join, table: Table, condition: Box<Condition> },
}

/// A comparison with what the client gave.
#[derive(Debug)]
pub enum Test {
    /// Equal.
    Eq(Operand),
    /// Less.
    Lt(Operand),
    /// Less or equal.
    Lte(Operand),
    /// Greater.
    Gt(Operand),
    /// Greater or equal.
    Gte(Operand),
    /// One of a list.
    In(Operands),
    /// Contains the text, letter case of a to z aside.
    Contains(String),
    /// Is missing.
    IsNull,
}

/// One value that the client gave.
#[derive(Debug)]
pub enum Operand {
    /// Text, or the value of an enum.
    Text(String),
    /// True or false.
    Bool(bool),
    /// A figure, in thousandths; a client may ask about more decimals than there are.
    Figure(f64),
    /// A day.
    Date(NaiveDate),
    /// An id.
    Id(Uuid),
}

/// Several values that the client gave.
#[derive(Debug)]
pub enum Operands {
    /// Texts, or values of an enum.
    Texts(Vec<String>),
    /// Figures, likewise.
    Figures(Vec<f64>),
    /// Days.
    Dates(Vec<NaiveDate>),
    /// Ids.
    Ids(Vec<Uuid>),
}

impl From<&Operand> for Value {
    fn from(operand: &Operand) -> Self {
        match operand {
            Operand::Text(text) => text.as_str().into(),
            Operand::Bool(is) => (*is).into(),
            Operand::Figure(number) => (*number).into(),
            Operand::Date(day) => (*day).into(),
            Operand::Id(id) => (*id).into(),
        }
    }
}

impl Condition {
    /// Adds the condition on the row named `alias`.
    pub fn write(&self, sql: &mut Sql, alias: &str, cx: &Cx) {
        match self {
            Self::All(conditions) if conditions.is_empty() => {
                sql.push("TRUE");
            }
            Self::All(conditions) => {
                for (index, condition) in conditions.iter().enumerate() {
                    sql.push(if index == 0 { "(" } else { " AND " });
                    condition.write(sql, alias, cx);
                }
                sql.push(")");
            }
            Self::Any(conditions) => {
                sql.any(|any| conditions.iter().for_each(|condition| condition.write(any.or(), alias, cx)));
            }
            // A comparison with nothing is neither true nor false to SQL; to a client, what is not true is false.
            Self::Not(condition) => {
                sql.push("NOT COALESCE(");
                condition.write(sql, alias, cx);
                sql.push(", FALSE)");
            }
            Self::Compare(comparand, test) => test.write(sql, |sql| comparand.write(sql, alias, cx)),
            Self::Contains(columns, text) => {
                sql.any(|any| {
                    for column in *columns {
                        contains(
                            any.or(),
                            |sql| {
                                sql.column(alias, column);
                            },
                            text,
                        );
                    }
                });
            }
            Self::Some { join, table, condition } => exists(sql, join, *table, alias, |sql, other| {
                visible(sql, *table, other, &cx.viewer);
                sql.push(" AND ");
                condition.write(sql, other, cx);
            }),
        }
    }
}

/// Adds `AND kind is one of`, unless the table holds one type only.
pub fn is_of_kind(sql: &mut Sql, alias: &str, kinds: &[&'static str]) {
    for (index, kind) in kinds.iter().enumerate() {
        if index == 0 {
            sql.push(" AND ").column(alias, "kind").push(" IN (");
        }
        sql.push(if index == 0 { "'" } else { ", '" }).push(kind).push("'");
    }
    if !kinds.is_empty() {
        sql.push(")");
    }
}

/// Adds `EXISTS (a related row for which ...)`.
fn exists(sql: &mut Sql, join: &Join, table: Table, alias: &str, condition: impl FnOnce(&mut Sql, &str)) {
    let other = sql.alias();
    sql.push("EXISTS (SELECT 1 FROM ");
    match join {
        Join::Through { table: between, near, far, only, .. } => {
            // The fixed condition names the table between `l`; nothing else in the brackets does.
            sql.push(between).push(" l JOIN ").push(table.name()).push(" ").push(&other).push(" ON ");
            sql.column(&other, "id").push(" = l.").push(far).push(" WHERE l.").push(near).push(" = ");
            sql.column(alias, "id").push(" AND ");
            if !only.is_empty() {
                sql.push(only).push(" AND ");
            }
        }
        Join::From(column) => {
            sql.push(table.name()).push(" ").push(&other).push(" WHERE ").column(&other, column).push(" = ");
            sql.column(alias, "id").push(" AND ");
        }
        Join::To(column) => {
            sql.push(table.name()).push(" ").push(&other).push(" WHERE ").column(&other, "id").push(" = ");
            sql.column(alias, column).push(" AND ");
        }
        Join::Root => {
            sql.push(table.name()).push(" ").push(&other).push(" WHERE ");
        }
    }
    condition(sql, &other);
    match join {
        // For each row, by the table between: not for all rows that anybody could name at once.
        Join::Through { .. } => sql.end_of_look(),
        _ => sql.push(")"),
    };
}

impl Comparand {
    fn write(&self, sql: &mut Sql, alias: &str, cx: &Cx) {
        let reported = |sql: &mut Sql, value: &dyn Fn(&mut Sql)| {
            sql.push("CASE WHEN ");
            updates_visible(sql, alias, &cx.viewer);
            sql.push(" THEN ");
            value(sql);
            sql.push(" END");
        };
        match self {
            Self::Column(column) | Self::Id(column, _) => {
                sql.column(alias, column);
            }
            Self::Expression(expression) => expression(sql, alias, cx),
            Self::Reported(column) => reported(sql, &|sql| {
                sql.column(alias, column);
            }),
            Self::ReportedExpression(expression) => reported(sql, &|sql| expression(sql, alias, cx)),
        }
    }
}

impl Test {
    fn write(&self, sql: &mut Sql, comparand: impl Fn(&mut Sql)) {
        let mut compare = |operator: &str, operand: &Operand| {
            comparand(sql);
            if matches!(operand, Operand::Text(_)) && sql.is_postgres() {
                sql.push(" COLLATE \"C\"");
            }
            sql.push(operator).bind(Value::from(operand));
        };
        match self {
            // As a condition and not as a value, so that an index can serve it.
            Self::Eq(Operand::Bool(is)) => {
                sql.push(if *is { "(" } else { "NOT (" });
                comparand(sql);
                sql.push(")");
            }
            Self::Eq(operand) => compare(" = ", operand),
            Self::Lt(operand) => compare(" < ", operand),
            Self::Lte(operand) => compare(" <= ", operand),
            Self::Gt(operand) => compare(" > ", operand),
            Self::Gte(operand) => compare(" >= ", operand),
            Self::In(operands) => {
                comparand(sql);
                sql.push(" IN (");
                operands.write(sql);
                sql.push(")");
            }
            Self::Contains(text) => contains(sql, comparand, text),
            Self::IsNull => {
                comparand(sql);
                sql.push(" IS NULL");
            }
        }
    }
}

impl Operands {
    /// A sub-query that lists the values, so that the statement has one text for any number of them.
    fn write(&self, sql: &mut Sql) {
        let texts = |texts: Vec<String>| serde_json::Value::from(texts).to_string();
        match self {
            Self::Ids(ids) if sql.is_postgres() => sql.push("SELECT unnest(").bind_uuids(ids).push(")"),
            Self::Ids(ids) => sql.push("SELECT unhex(value) FROM json_each(").bind_uuids(ids).push(")"),
            Self::Texts(values) => list(sql, texts(values.clone()), "text"),
            Self::Figures(numbers) => {
                list(sql, serde_json::Value::from(numbers.clone()).to_string(), "double precision")
            }
            Self::Dates(days) => list(sql, texts(days.iter().map(ToString::to_string).collect()), "date"),
        };
    }
}

fn list<'a>(sql: &'a mut Sql, json: String, ty: &str) -> &'a mut Sql {
    if sql.is_postgres() {
        sql.push("SELECT value::").push(ty).push(" FROM json_array_elements_text(").bind(json).push("::json)")
    } else {
        sql.push("SELECT value FROM json_each(").bind(json).push(")")
    }
}

/// Adds `value contains text`, the text taken literally. Only the letters a to z are folded, on both databases alike.
fn contains(sql: &mut Sql, value: impl Fn(&mut Sql), text: &str) {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter.to_ascii_lowercase());
    }
    pattern.push('%');
    sql.push("LOWER(");
    value(sql);
    sql.push(if sql.is_postgres() { " COLLATE \"C\")" } else { ")" });
    sql.push(" LIKE ").bind(pattern).push(" ESCAPE '\\'");
}
