//! Runs a plan: one statement for each relation, with arrays of keys, only the columns asked for, the viewer's row
//! condition in each; and groups the rows under those above.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, try_join, try_join_all};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::computed;
use super::condition::is_of_kind;
use super::forecast;
use super::keyset;
use super::model::{Cx, Join, Scalar};
use super::plan::{Cell, Only, Rows, Select, SelectFrom, Source};
use super::read::ReadCx;
use super::sql::Sql;
use super::table::Table;
use super::visibility::{owner, updates_visible, visible};

/// The rows of one statement, and what hangs on them.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Every row, each with the values of the plan.
    pub rows: Vec<Vec<Cell>>,
    /// Which rows belong to which row above.
    pub groups: HashMap<Uuid, Group>,
    /// What hangs on the rows, as the plan has it.
    pub children: Vec<Fetched>,
}

/// The rows that belong to one row above.
#[derive(Debug, Default)]
pub struct Group {
    /// Their places in [`Fetched::rows`], in order.
    pub rows: Vec<usize>,
    /// Whether there are more beyond the page.
    pub more: bool,
    /// How many there are in all, where that was asked for.
    pub count: i64,
}

/// Fetches what belongs to the rows with the given keys, and everything below it.
pub fn fetch<'a>(
    read: &'a ReadCx,
    rows: &'a Rows,
    parents: Vec<Uuid>,
) -> BoxFuture<'a, Result<Fetched, DbErr>> {
    async move {
        let (mut fetched, counts) = try_join(own(read, rows, &parents), counts(read, rows, &parents)).await?;
        for (parent, count) in counts {
            fetched.groups.entry(parent).or_default().count = count;
        }
        forecast::fill(read, &mut fetched.rows, &rows.forecasts).await?;
        // Below no row there is nothing. Below rows every statement runs, even where none of them names another row: if it
        // ran only where one does, the number of statements would tell of a row that the viewer may not see.
        if fetched.rows.is_empty() {
            return Ok(fetched);
        }
        computed::fill(read, &mut fetched.rows, &rows.computed).await?;
        fetched.children = try_join_all(rows.children.iter().map(|(slot, child)| {
            let mut keys: Vec<Uuid> =
                fetched.rows.iter().filter_map(|row| row.get(*slot).and_then(Cell::uuid)).collect();
            keys.sort_unstable();
            keys.dedup();
            fetch(read, child, keys)
        }))
        .await?;
        Ok(fetched)
    }
    .boxed()
}

async fn own(read: &ReadCx, rows: &Rows, parents: &[Uuid]) -> Result<Fetched, DbErr> {
    let mut fetched = Fetched::default();
    if !rows.wanted {
        return Ok(fetched);
    }
    let decode = |row: &QueryResult| {
        let cells = rows.selects.iter().enumerate();
        let cells =
            cells.map(|(index, select)| cell(row, index + 1, select.scalar)).collect::<Result<_, _>>()?;
        Ok((row.try_get_by_index(0)?, cells))
    };
    let form = || format!("{:?}", rows.selects.iter().map(|select| select.scalar).collect::<Vec<_>>());
    let found = read.find(rows.table.name(), (statement(read, rows, parents), form), decode).await?;
    // Whoever shares it with nobody takes it as it is.
    for (parent, cells) in Arc::unwrap_or_clone(found) {
        fetched.groups.entry(parent).or_default().rows.push(fetched.rows.len());
        fetched.rows.push(cells);
    }
    if let Some(page) = &rows.page {
        for group in fetched.groups.values_mut() {
            group.more = group.rows.len() > page.size;
            group.rows.truncate(page.size);
            if page.backwards {
                group.rows.reverse();
            }
        }
    }
    Ok(fetched)
}

/// How many rows belong to each of those above: its own statement, run only when the number is asked for.
async fn counts(read: &ReadCx, rows: &Rows, parents: &[Uuid]) -> Result<Vec<(Uuid, i64)>, DbErr> {
    if !rows.count {
        return Ok(Vec::new());
    }
    let mut sql = read.sql();
    sql.push("SELECT ");
    parent_key(&mut sql, &rows.relation.join);
    sql.push(", COUNT(*)");
    from_where(&mut sql, rows, &read.cx, Parents::Among(parents), &COUNTING);
    if !matches!(rows.relation.join, Join::Root) {
        sql.push(" GROUP BY ");
        parent_key(&mut sql, &rows.relation.join);
    }
    let counted = read.query(rows.table.name(), sql.statement()).await?;
    counted.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Which rows above a statement is for.
#[derive(Clone, Copy)]
enum Parents<'a> {
    /// These.
    Among(&'a [Uuid]),
    /// The one that the statement around it has at hand under this name.
    Each(&'a str),
}

/// What the table between a row and the one above is called: so do relations that say something of it.
const BETWEEN: &str = "l";

/// What a statement calls its row, and what it is for.
struct Names<'a> {
    row: &'a str,
    /// Whether it fetches: with what is joined, and only what lies beyond the cursors. A total is of all pages.
    fetches: bool,
}

const FETCHING: Names<'_> = Names { row: "t", fetches: true };
const COUNTING: Names<'_> = Names { fetches: false, ..FETCHING };

fn statement(read: &ReadCx, rows: &Rows, parents: &[Uuid]) -> sea_orm::Statement {
    let mut sql = read.sql();
    let Some(page) = &rows.page else {
        select_from(&mut sql, rows, &read.cx, Parents::Among(parents), "");
        keyset::order_by(&mut sql, &rows.order, false, &read.cx);
        return sql.statement();
    };
    // One row more than the page tells whether there is another page.
    let limit = page.size + 1;
    if parents.len() == 1 {
        select_from(&mut sql, rows, &read.cx, Parents::Among(parents), "");
        keyset::order_by(&mut sql, &rows.order, page.backwards, &read.cx);
        sql.push(" LIMIT ").number(limit);
    } else if sql.is_postgres() {
        // Each row above stops its own walk along the index after a page; the rows come out grouped and in order.
        sql.push("SELECT p.* FROM unnest(").bind_uuids(parents).push(") AS k(id) CROSS JOIN LATERAL (");
        select_from(&mut sql, rows, &read.cx, Parents::Each("k"), "");
        keyset::order_by(&mut sql, &rows.order, page.backwards, &read.cx);
        sql.push(" LIMIT ").number(limit).push(") p");
    } else {
        // SQLite has no LATERAL: number the rows of each group and keep the first.
        sql.push("SELECT * FROM (");
        select_from(&mut sql, rows, &read.cx, Parents::Among(parents), "place");
        sql.push(") WHERE place <= ").number(limit).push(" ORDER BY place");
    }
    sql.statement()
}

fn select_from(sql: &mut Sql, rows: &Rows, cx: &Cx, parents: Parents<'_>, numbered: &str) {
    sql.push("SELECT ");
    parent_key(sql, &rows.relation.join);
    sql.push(" AS above");
    for (index, select) in rows.selects.iter().enumerate() {
        sql.push(", ");
        value(sql, rows, select, cx);
        sql.push(" AS c").number(index);
    }
    if !numbered.is_empty() {
        sql.push(", row_number() OVER (PARTITION BY ");
        parent_key(sql, &rows.relation.join);
        let backwards = rows.page.as_ref().is_some_and(|page| page.backwards);
        keyset::order_by(sql, &rows.order, backwards, cx);
        sql.push(") AS ").push(numbered);
    }
    from_where(sql, rows, cx, parents, &FETCHING);
}

/// The key of the row above, as the statement has it: `t` is the row's table, `l` the one between.
fn parent_key(sql: &mut Sql, join: &Join) {
    match join {
        Join::Root => sql.bind(Uuid::nil()),
        Join::To(_) => sql.push("t.id"),
        Join::From(column) => sql.column("t", column),
        Join::Through { near, .. } => sql.column(BETWEEN, near),
    };
}

fn from_where(sql: &mut Sql, rows: &Rows, cx: &Cx, parents: Parents<'_>, names: &Names<'_>) {
    let (row, between) = (names.row, BETWEEN);
    sql.push(" FROM ");
    if let Join::Through { table, far, .. } = rows.relation.join {
        sql.push(table).push(" ").push(between).push(" JOIN ").push(rows.table.name()).push(" ").push(row);
        sql.push(" ON ").column(row, rows.table.tie_break()).push(" = ").column(between, far);
        if rows.table == Table::LedgerEntry {
            // An entry's number is one of its programme's.
            sql.push(" AND ").column(row, "programme_id").push(" = ").column(between, "programme_id");
        }
    } else {
        sql.push(rows.table.name()).push(" ").push(row);
    }
    if names.fetches {
        rows.joined.iter().enumerate().for_each(|(index, _)| join(sql, rows, index, cx));
    }
    sql.push(" WHERE ");
    let near = match rows.relation.join {
        Join::Root => None,
        Join::To(_) => Some((row, "id")),
        Join::From(column) => Some((row, column)),
        Join::Through { near, .. } => Some((between, near)),
    };
    match (near, parents) {
        (None, _) => {}
        (Some((alias, column)), Parents::Among(ids)) => {
            sql.is_one_of(alias, column, ids).push(" AND ");
        }
        (Some((alias, column)), Parents::Each(above)) => {
            sql.column(alias, column).push(" = ").column(above, "id").push(" AND ");
        }
    }
    if let Join::Through { only, .. } = rows.relation.join
        && !only.is_empty()
    {
        sql.push(only).push(" AND ");
    }
    match &rows.only {
        Some(Only::Ids(ids)) => {
            sql.is_one_of(row, "id", ids).push(" AND ");
        }
        Some(Only::Slug(slug)) => {
            sql.column(row, "slug").push(" = ").bind(slug.as_str()).push(" AND ");
        }
        Some(Only::Types(types)) => {
            sql.any(|any| {
                for ty in types {
                    any.or().column(row, "entity_type").push(" = ").bind(*ty);
                }
            });
            sql.push(" AND ");
        }
        None => {}
    }
    // A part of a row that has been found visible is visible too.
    let is_part_of_found =
        matches!((&rows.relation.join, owner(rows.table)), (Join::From(by), Some((of, _))) if *by == of);
    if is_part_of_found {
        sql.push("TRUE");
    } else {
        visible(sql, rows.table, row, &cx.viewer);
    }
    is_of_kind(sql, row, &rows.kinds);
    if let Some(only) = rows.relation.only {
        sql.push(" AND ");
        only(sql, row, cx);
    }
    if let Some(condition) = &rows.condition {
        sql.push(" AND ");
        condition.write(sql, row, cx);
    }
    if let Some(page) = rows.page.as_ref().filter(|_| names.fetches) {
        for (bound, is_after) in [(&page.after, true), (&page.before, false)] {
            if let Some(values) = bound {
                sql.push(" AND ");
                keyset::beyond(sql, (rows.table, &rows.order), values, is_after, cx);
            }
        }
    }
}

/// Adds the join of a row that comes along, if the viewer may see it.
fn join(sql: &mut Sql, rows: &Rows, index: usize, cx: &Cx) {
    let (Some(joined), Some(source)) = (rows.joined.get(index), Source::joined(index)) else { return };
    let alias = source.alias();
    sql.push(" LEFT JOIN ").push(joined.table.name()).push(" ").push(alias).push(" ON ");
    sql.column(alias, "id").push(" = ").column(joined.of.alias(), joined.column).push(" AND ");
    visible(sql, joined.table, alias, &cx.viewer);
    is_of_kind(sql, alias, &joined.kinds);
}

fn value(sql: &mut Sql, rows: &Rows, select: &Select, cx: &Cx) {
    let alias = select.of.alias();
    if select.reported {
        sql.push("CASE WHEN ");
        updates_visible(sql, alias, &cx.viewer);
        sql.push(" THEN ");
    }
    match select.from {
        SelectFrom::Column(column) => {
            sql.column(alias, column);
        }
        SelectFrom::Between(column) => {
            sql.column(BETWEEN, column);
        }
        SelectFrom::Expression(expression) => expression(sql, alias, cx),
        SelectFrom::Count(index) => {
            if let Some(counted) = rows.counted.get(index) {
                let row = sql.alias();
                sql.push("(SELECT COUNT(*)");
                let names = Names { row: &row, ..COUNTING };
                from_where(sql, counted, cx, Parents::Each(alias), &names);
                sql.push(")");
            }
        }
        SelectFrom::Later => {
            sql.push("NULL");
        }
    }
    if select.reported {
        sql.push(" END");
    }
}

fn cell(row: &QueryResult, index: usize, scalar: Scalar) -> Result<Cell, DbErr> {
    let cell = match scalar {
        Scalar::Text | Scalar::Words => row.try_get_by_index::<Option<String>>(index)?.map(Cell::Text),
        Scalar::Int => row.try_get_by_index::<Option<i32>>(index)?.map(|number| Cell::Number(number.into())),
        Scalar::Long | Scalar::Thousandths => row.try_get_by_index::<Option<i64>>(index)?.map(Cell::Number),
        Scalar::Bool => row.try_get_by_index::<Option<bool>>(index)?.map(Cell::Bool),
        Scalar::Date => row.try_get_by_index::<Option<chrono::NaiveDate>>(index)?.map(Cell::Date),
        Scalar::Moment => {
            row.try_get_by_index::<Option<chrono::DateTime<chrono::Utc>>>(index)?.map(Cell::Moment)
        }
        Scalar::Uuid => row.try_get_by_index::<Option<Uuid>>(index)?.map(Cell::Uuid),
    };
    Ok(cell.unwrap_or(Cell::Null))
}
