//! What is asked for at the same time, by one statement: PostgreSQL is a journey away, and each journey costs more than what a small
//! relation holds. SQLite, which is none away, is asked for one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{DbErr, QueryResult, Statement};
use uuid::Uuid;

use super::relation::{self, Parents};
use crate::store::guess::Guess;
use crate::store::model::Scalar;
use crate::store::plan::{Cell, Rows, SelectFrom};
use crate::store::read::ReadCx;
use crate::store::share::Found;
use crate::store::sql::Sql;
use crate::store::standings::{STANDING, push_standings};

/// So many are asked for at once on PostgreSQL: a statement of any number would be one that is planned for every request anew.
const MOST: usize = 8;

/// What is found below some rows: the rows of a relation, or how many there are.
pub(super) struct Part<'a> {
    pub(super) rows: &'a Rows,
    pub(super) parents: Parents<'a>,
    pub(super) counts: bool,
}

impl Part<'_> {
    fn write(&self, sql: &mut Sql, read: &ReadCx) {
        let write = if self.counts { relation::count } else { relation::find };
        write(sql, self.rows, &read.cx, self.parents);
    }

    /// How its values are read; none for one that is worked out later.
    fn values(&self) -> Vec<Option<Scalar>> {
        if self.counts {
            return vec![Some(Scalar::Long)];
        }
        let is_later = |from| matches!(from, SelectFrom::Later);
        self.rows.selects.iter().map(|of| (!is_later(of.from)).then_some(of.scalar)).collect()
    }
}

/// How many parts are asked for at once.
pub(super) fn most(read: &ReadCx) -> usize {
    if read.is_postgres() { MOST } else { 1 }
}

/// Finds the rows of all parts: of which part, the key of the row above, and the values. What the viewer was taken to be is looked up
/// by the way, where it has not been yet.
pub(super) async fn find(read: &ReadCx, parts: &[Part<'_>]) -> Result<Arc<Found>, DbErr> {
    let Some(first) = parts.first() else { return Ok(Arc::default()) };
    let of = first.rows.table.name();
    let guess = read.unchecked().filter(|_| read.is_postgres());
    let (statement, form) = match (parts, guess) {
        ([part], None) => {
            let mut sql = read.sql();
            part.write(&mut sql, read);
            (sql.statement(), Form::alone(part))
        }
        _ => {
            let standing = || STANDING.iter().map(|(_, scalar)| Some(*scalar)).collect();
            let form = Form::together(parts.iter().map(Part::values).chain(guess.map(|_| standing())));
            (union(read, parts, &form, guess), form)
        }
    };
    let found = read.find(of, (statement, || format!("{form:?}")), |row| form.row(row)).await?;
    let Some(guess) = guess else { return Ok(found) };
    let is_standing = |(part, ..): &(usize, Uuid, Vec<Cell>)| *part == parts.len();
    let (standings, found): (Found, Found) = Arc::unwrap_or_clone(found).into_iter().partition(is_standing);
    read.check(guess, standings.iter().map(|(_, _, cells)| cells.as_slice()))?;
    Ok(Arc::new(found))
}

/// All parts as one statement. Each is in the order that it has by itself: PostgreSQL runs them one after the other.
fn union(read: &ReadCx, parts: &[Part<'_>], form: &Form, guess: Option<&Guess>) -> Statement {
    let mut sql = read.sql();
    for (place, slots) in form.slots.iter().enumerate() {
        sql.push(if place > 0 { " UNION ALL SELECT " } else { "SELECT " }).number(place).push(", b.above");
        for (column, ty) in form.columns.iter().enumerate() {
            match slots.iter().position(|slot| slot.is_some_and(|(at, _)| at == column)) {
                Some(value) => sql.push(", CAST(b.c").number(value),
                None => sql.push(", CAST(NULL"),
            };
            sql.push(" AS ").push(ty).push(")");
        }
        sql.push(" FROM (");
        match parts.get(place) {
            Some(part) => {
                part.write(&mut sql, read);
                sql.push(") b");
            }
            None => {
                sql.push("SELECT ").bind(Uuid::nil()).push(" AS above");
                for (value, (column, _)) in STANDING.iter().enumerate() {
                    sql.push(", s.").push(column).push(" AS c").number(value);
                }
                sql.push(" FROM (");
                push_standings(&mut sql, guess.and_then(Guess::identity));
                sql.push(") s) b");
            }
        }
    }
    sql.statement()
}

/// How rows are read: where each value of each part stands.
#[derive(Debug)]
struct Form {
    /// The types of the columns after the key of the row above. Parts share those of the types that they have in common.
    columns: Vec<&'static str>,
    /// For each part where its values stand among them, and how they are read.
    slots: Vec<Vec<Option<(usize, Scalar)>>>,
    is_alone: bool,
}

impl Form {
    fn alone(part: &Part<'_>) -> Self {
        let values = part.values().into_iter().enumerate();
        let slots = values.map(|(at, scalar)| scalar.map(|scalar| (at, scalar))).collect();
        Self { columns: Vec::new(), slots: vec![slots], is_alone: true }
    }

    fn together(parts: impl IntoIterator<Item = Vec<Option<Scalar>>>) -> Self {
        let mut columns: Vec<&'static str> = Vec::new();
        let mut slots = Vec::new();
        for values in parts {
            // The next column of each type begins after the last that this part has taken.
            let mut next: HashMap<&'static str, usize> = HashMap::new();
            let mut slot = |scalar: Scalar| {
                let ty = ty(scalar);
                let from = next.get(ty).copied().unwrap_or_default();
                let free = columns.iter().skip(from).position(|of| *of == ty);
                let at = free.map_or(columns.len(), |at| from + at);
                if at == columns.len() {
                    columns.push(ty);
                }
                next.insert(ty, at + 1);
                (at, scalar)
            };
            slots.push(values.into_iter().map(|scalar| scalar.map(&mut slot)).collect());
        }
        Self { columns, slots, is_alone: false }
    }

    fn row(&self, row: &QueryResult) -> Result<(usize, Uuid, Vec<Cell>), DbErr> {
        let (part, above): (i32, usize) = if self.is_alone { (0, 0) } else { (row.try_get_by_index(0)?, 1) };
        let part = usize::try_from(part).unwrap_or_default();
        let slots = self.slots.get(part).map(Vec::as_slice).unwrap_or_default();
        let value = |slot: &Option<(usize, Scalar)>| match slot {
            Some((at, scalar)) => Cell::read(row, above + 1 + at, *scalar),
            None => Ok(Cell::Null),
        };
        let cells = slots.iter().map(value).collect::<Result<_, _>>()?;
        Ok((part, row.try_get_by_index(above)?, cells))
    }
}

/// What PostgreSQL calls the type of a value.
fn ty(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Text | Scalar::Words => "text",
        Scalar::Int => "int4",
        Scalar::Long | Scalar::Thousandths => "int8",
        Scalar::Bool => "bool",
        Scalar::Date => "date",
        Scalar::Moment => "timestamptz",
        Scalar::Uuid => "uuid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_share_the_columns_of_the_types_that_they_have_in_common() {
        let words = [Scalar::Uuid, Scalar::Text, Scalar::Words].map(Some).to_vec();
        let numbers =
            vec![Some(Scalar::Text), None, Some(Scalar::Long), Some(Scalar::Uuid), Some(Scalar::Uuid)];

        let form = Form::together(vec![words, numbers]);

        assert_eq!(form.columns, ["uuid", "text", "text", "int8", "uuid"]);
        let places = |part: usize| -> Vec<Option<usize>> {
            form.slots[part].iter().map(|slot| slot.map(|(at, _)| at)).collect()
        };
        assert_eq!(places(0), [Some(0), Some(1), Some(2)]);
        assert_eq!(places(1), [Some(1), None, Some(3), Some(0), Some(4)]);
    }
}
