//! A relation as SQL: the one place where rows become visible, ordered, paged and counted.

use uuid::Uuid;

use crate::store::condition::is_of_kind;
use crate::store::keyset;
use crate::store::model::{Cx, Join};
use crate::store::plan::{Only, Rows, Select, SelectFrom, Source};
use crate::store::sql::Sql;
use crate::store::table::Table;
use crate::store::visibility::{is_told_by_link, owner, updates_visible, visible};

/// The rows above that a statement is for.
#[derive(Clone, Copy)]
pub(super) struct Parents<'a> {
    /// Their keys.
    pub(super) keys: &'a [Uuid],
    /// Whether they have been found to be there for the viewer, so that their parts are.
    pub(super) are_found: bool,
}

/// As which row above a row is found.
#[derive(Clone, Copy)]
enum Above<'a> {
    /// One of these.
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
    /// See [`Parents`].
    are_found: bool,
}

const FETCHING: Names<'_> = Names { row: "t", fetches: true, are_found: true };
const COUNTING: Names<'_> = Names { fetches: false, ..FETCHING };

/// Adds the statement that finds the rows below those with the given keys: the key of the row above, as `above`, and the values, as
/// `c0` and so on.
pub(super) fn find(sql: &mut Sql, rows: &Rows, cx: &Cx, parents: Parents<'_>) {
    let (above, names) = (Above::Among(parents.keys), Names { are_found: parents.are_found, ..FETCHING });
    let Some(page) = &rows.page else {
        select_from(sql, rows, cx, above, &names, "");
        return keyset::order_by(sql, &rows.order, false, cx);
    };
    // One row more than the page tells whether there is another page.
    let limit = page.size + 1;
    if parents.keys.len() == 1 {
        select_from(sql, rows, cx, above, &names, "");
        keyset::order_by(sql, &rows.order, page.backwards, cx);
        sql.push(" LIMIT ").number(limit);
    } else if sql.is_postgres() {
        // Each row above stops its own walk along the index after a page; the rows come out grouped and in order.
        sql.push("SELECT p.* FROM unnest(").bind_uuids(parents.keys).push(") AS k(id) CROSS JOIN LATERAL (");
        select_from(sql, rows, cx, Above::Each("k"), &names, "");
        keyset::order_by(sql, &rows.order, page.backwards, cx);
        sql.push(" LIMIT ").number(limit).push(") p");
    } else {
        // SQLite has no LATERAL: number the rows of each group and keep the first.
        sql.push("SELECT * FROM (");
        select_from(sql, rows, cx, above, &names, "place");
        sql.push(") WHERE place <= ").number(limit).push(" ORDER BY place");
    }
}

/// Adds the statement that counts them: the key of the row above, as `above`, and how many, as `c0`. It is run only where the number is
/// asked for.
pub(super) fn count(sql: &mut Sql, rows: &Rows, cx: &Cx, parents: Parents<'_>) {
    let (above, names) = (Above::Among(parents.keys), Names { are_found: parents.are_found, ..COUNTING });
    sql.push("SELECT ");
    parent_key(sql, &rows.relation.join);
    sql.push(" AS above, COUNT(*) AS c0");
    from_where(sql, rows, cx, above, &names);
    if !matches!(rows.relation.join, Join::Root) {
        sql.push(" GROUP BY ");
        parent_key(sql, &rows.relation.join);
    }
}

fn select_from(sql: &mut Sql, rows: &Rows, cx: &Cx, above: Above<'_>, names: &Names<'_>, numbered: &str) {
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
    from_where(sql, rows, cx, above, names);
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

fn from_where(sql: &mut Sql, rows: &Rows, cx: &Cx, above: Above<'_>, names: &Names<'_>) {
    let between = BETWEEN;
    let counts_links = !names.fetches && is_countable_by_links(rows, cx);
    let row = if counts_links { between } else { names.row };
    sql.push(" FROM ");
    if counts_links && let Join::Through { table, .. } = rows.relation.join {
        sql.push(table).push(" ").push(between);
    } else if let Join::Through { table, far, .. } = rows.relation.join {
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
    match (near, above) {
        (None, _) => {}
        (Some((alias, column)), Above::Among(ids)) => {
            sql.is_one_of(alias, column, ids).push(" AND ");
        }
        (Some((alias, column)), Above::Each(above)) => {
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
    let is_part =
        matches!((&rows.relation.join, owner(rows.table)), (Join::From(by), Some((of, _))) if *by == of);
    if is_part && names.are_found {
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

/// Whether the table between tells how many rows there are: nothing is asked of a row itself, and whether the viewer sees it is told by its link.
fn is_countable_by_links(rows: &Rows, cx: &Cx) -> bool {
    let Join::Through { table, .. } = rows.relation.join else { return false };
    let asks_of_row = rows.only.is_some()
        || !rows.kinds.is_empty()
        || rows.relation.only.is_some()
        || rows.condition.is_some();
    !asks_of_row && is_told_by_link(table, rows.table, &cx.viewer)
}

/// Adds the join of a row that comes along, if the viewer may see it.
fn join(sql: &mut Sql, rows: &Rows, index: usize, cx: &Cx) {
    let (Some(joined), Some(source)) = (rows.joined.get(index), Source::joined(index)) else { return };
    let (alias, table) = (source.alias(), joined.table.name());
    // PostgreSQL is to look it up for each row. It might otherwise read all that any row could name, such as every organisation of the
    // country, for a page of few.
    let is_postgres = sql.is_postgres();
    sql.push(" LEFT JOIN ");
    if is_postgres {
        sql.push("LATERAL (SELECT ").push(alias).push(".* FROM ");
    }
    sql.push(table).push(" ").push(alias).push(if is_postgres { " WHERE " } else { " ON " });
    sql.column(alias, "id").push(" = ").column(joined.of.alias(), joined.column).push(" AND ");
    visible(sql, joined.table, alias, &cx.viewer);
    is_of_kind(sql, alias, &joined.kinds);
    if is_postgres {
        sql.end_of_look().push(" ").push(alias).push(" ON TRUE");
    }
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
                from_where(sql, counted, cx, Above::Each(alias), &names);
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
