//! What is to be fetched: a tree of statements, one for each relation of a query, whatever the number of rows.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::condition::Condition;
use super::model::{Expression, OrderBy, OrderKey, Relation, Scalar};
use super::table::Table;

/// One statement and those that hang on its rows.
#[derive(Debug)]
pub struct Rows {
    /// How the rows belong to those above.
    pub relation: Relation,
    /// Their table.
    pub table: Table,
    /// The values of `kind` that they may have; empty where the table holds one type.
    pub kinds: Vec<&'static str>,
    /// Only these, where they are asked for by name.
    pub only: Option<Only>,
    /// What the client's filter asks.
    pub condition: Option<Condition>,
    /// The order, tie-break included.
    pub order: Vec<OrderKey>,
    /// The page, for a connection.
    pub page: Option<Page>,
    /// Whether to count all rows besides.
    pub count: bool,
    /// Whether the rows themselves are asked for; false where only their number is.
    pub wanted: bool,
    /// The values asked for. The first is always the row's key.
    pub selects: Vec<Select>,
    /// The value that `store::forecast` works out.
    pub forecast: Option<usize>,
    /// What hangs on these rows: which value holds the key, and what to fetch.
    pub children: Vec<(usize, Rows)>,
}

/// Rows asked for by name.
#[derive(Debug)]
pub enum Only {
    /// By their ids.
    Ids(Vec<Uuid>),
    /// By their short name.
    Slug(String),
}

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub struct Select {
    /// Where it comes from.
    pub from: SelectFrom,
    /// How it is read.
    pub scalar: Scalar,
    /// Whether it is null for those who may not read the updates on the action.
    pub reported: bool,
}

/// Where a value of a row comes from.
#[derive(Debug, Clone, Copy)]
pub enum SelectFrom {
    /// A column of the row.
    Column(&'static str),
    /// A column of the table between it and the row above.
    Between(&'static str),
    /// An expression over the row.
    Expression(Expression),
    /// Nothing: it is worked out afterwards.
    Later,
}

impl From<OrderBy> for SelectFrom {
    fn from(by: OrderBy) -> Self {
        match by {
            OrderBy::Column(column) => Self::Column(column),
            OrderBy::Between(column) => Self::Between(column),
            OrderBy::Expression(expression) => Self::Expression(expression),
        }
    }
}

impl Rows {
    /// Asks for a value; the same value twice is read once. Answers with its place in the row.
    pub fn select(&mut self, from: SelectFrom, scalar: Scalar, reported: bool) -> usize {
        let same = |select: &Select| {
            select.reported == reported
                && select.scalar == scalar
                && match (select.from, from) {
                    (SelectFrom::Column(a), SelectFrom::Column(b)) => a == b,
                    (SelectFrom::Between(a), SelectFrom::Between(b)) => a == b,
                    (SelectFrom::Expression(a), SelectFrom::Expression(b)) => std::ptr::fn_addr_eq(a, b),
                    _ => false,
                }
        };
        self.selects.iter().position(same).unwrap_or_else(|| {
            self.selects.push(Select { from, scalar, reported });
            self.selects.len() - 1
        })
    }
}

/// One page of a connection.
#[derive(Debug, Clone)]
pub struct Page {
    /// At most so many rows.
    pub size: usize,
    /// From the end rather than from the beginning.
    pub backwards: bool,
    /// Only what follows the row with these values of the order's keys.
    pub after: Option<Vec<Cell>>,
    /// Only what precedes the row with these values.
    pub before: Option<Vec<Cell>>,
}

/// One value, read.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An id.
    Uuid(Uuid),
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
    /// True or false.
    Bool(bool),
    /// A calendar day.
    Date(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
}

impl Cell {
    /// The id, where it is one.
    pub fn uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid(id) => Some(*id),
            _ => None,
        }
    }
}
