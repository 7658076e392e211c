//! What is to be fetched: a tree of statements, one for each relation of a query, whatever the number of rows.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::computed::Computed;
use super::condition::Condition;
use super::model::{Expression, OrderBy, OrderKey, Relation, Scalar};
use super::table::Table;

/// The place of a row's own key among its values.
pub const KEY: usize = 0;

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
    /// Rows of other tables that come along, at most one for each of these.
    pub joined: Vec<Joined>,
    /// What is only counted: its number comes along as a value.
    pub counted: Vec<Rows>,
    /// The values asked for. That at [`KEY`] is always the row's key.
    pub selects: Vec<Select>,
    /// The values that `store::forecast` works out: which value holds the action's key, and where the day goes.
    pub forecasts: Vec<(usize, usize)>,
    /// The values that `store::computed` works out.
    pub computed: Vec<Computed>,
    /// What hangs on these rows: which value holds the key, and what to fetch.
    pub children: Vec<(usize, Rows)>,
}

/// A row of another table that comes along with each row: one statement less for what there is at most one of.
#[derive(Debug)]
pub struct Joined {
    /// Whose column holds its id.
    pub of: Source,
    /// The column.
    pub column: &'static str,
    /// Its table.
    pub table: Table,
    /// The values of `kind` that it may have; empty where the table holds one type.
    pub kinds: Vec<&'static str>,
}

/// Which row of a statement a value comes from: the row itself, or one that is joined to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source(usize);

impl Source {
    /// The row itself.
    pub const ROW: Self = Self(0);
    /// Its name in the statement, and those of the rows joined to it.
    const ALIASES: [&'static str; 9] = ["t", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8"];

    /// The row joined at a place of [`Rows::joined`].
    pub fn joined(index: usize) -> Option<Self> {
        Some(Self(index + 1)).filter(|source| source.0 < Self::ALIASES.len())
    }

    /// The name that a statement has for it.
    pub fn alias(self) -> &'static str {
        Self::ALIASES.get(self.0).copied().unwrap_or("t")
    }
}

/// Rows asked for by name.
#[derive(Debug)]
pub enum Only {
    /// By their ids.
    Ids(Vec<Uuid>),
    /// By their short name.
    Slug(String),
    /// Entries of the ledger, by the types of what they are about.
    Types(Vec<&'static str>),
}

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub struct Select {
    /// Which row.
    pub of: Source,
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
    /// The number of what is counted, by its place in [`Rows::counted`].
    Count(usize),
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
    pub fn select(&mut self, of: Source, from: SelectFrom, scalar: Scalar, reported: bool) -> usize {
        let same = |select: &Select| {
            (select.of, select.scalar, select.reported) == (of, scalar, reported)
                && match (select.from, from) {
                    (SelectFrom::Column(a), SelectFrom::Column(b)) => a == b,
                    (SelectFrom::Between(a), SelectFrom::Between(b)) => a == b,
                    (SelectFrom::Expression(a), SelectFrom::Expression(b)) => std::ptr::fn_addr_eq(a, b),
                    _ => false,
                }
        };
        self.selects.iter().position(same).unwrap_or_else(|| {
            self.selects.push(Select { of, from, scalar, reported });
            self.selects.len() - 1
        })
    }

    /// How many statements they take at least, with all below.
    pub fn statements(&self) -> usize {
        let below = self.children.iter().map(|(_, child)| child.statements()).sum::<usize>();
        let beside =
            usize::from(self.wanted) + usize::from(self.count) + usize::from(!self.forecasts.is_empty());
        beside + self.computed.len() + below
    }

    /// Joins a row to these. None where a statement has as many as it can take: then it is fetched by its own.
    pub fn join(&mut self, joined: Joined) -> Option<Source> {
        let source = Source::joined(self.joined.len())?;
        self.joined.push(joined);
        Some(source)
    }

    /// Counts what belongs to each of these rows. Answers with the place of the number in the row.
    pub fn count_along(&mut self, of: Source, counted: Rows) -> usize {
        self.counted.push(counted);
        self.select(of, SelectFrom::Count(self.counted.len() - 1), Scalar::Long, false)
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
    /// A computed value.
    Json(serde_json::Value),
}

impl Cell {
    /// The value in a column, by its place.
    pub(super) fn read(row: &QueryResult, index: usize, scalar: Scalar) -> Result<Self, DbErr> {
        let cell = match scalar {
            Scalar::Text | Scalar::Words => row.try_get_by_index::<Option<String>>(index)?.map(Self::Text),
            Scalar::Int => {
                row.try_get_by_index::<Option<i32>>(index)?.map(|number| Self::Number(number.into()))
            }
            Scalar::Long | Scalar::Thousandths => {
                row.try_get_by_index::<Option<i64>>(index)?.map(Self::Number)
            }
            Scalar::Bool => row.try_get_by_index::<Option<bool>>(index)?.map(Self::Bool),
            Scalar::Date => row.try_get_by_index::<Option<NaiveDate>>(index)?.map(Self::Date),
            Scalar::Moment => row.try_get_by_index::<Option<DateTime<Utc>>>(index)?.map(Self::Moment),
            Scalar::Uuid => row.try_get_by_index::<Option<Uuid>>(index)?.map(Self::Uuid),
        };
        Ok(cell.unwrap_or(Self::Null))
    }

    /// The id, where it is one.
    pub fn uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid(id) => Some(*id),
            _ => None,
        }
    }
}
