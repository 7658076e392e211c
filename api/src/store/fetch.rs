//! Runs a plan: one statement for each relation, or for those that hang on the same rows, with arrays of keys, only the columns asked
//! for, the viewer's row condition in each; and groups the rows under those above.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::DbErr;
use uuid::Uuid;

use self::relation::Parents;
use self::together::Part;
use super::computed;
use super::forecast;
use super::plan::{Cell, KEY, Only, Rows};
use super::read::ReadCx;

mod relation;
mod together;

/// The rows of one relation, and what hangs on them.
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

/// Fetches what belongs to the same rows above, each relation with the keys of its own, and everything below it.
pub fn fetch<'a>(
    read: &'a ReadCx,
    asked: Vec<(&'a Rows, Vec<Uuid>)>,
) -> BoxFuture<'a, Result<Vec<Fetched>, DbErr>> {
    async move {
        let asked: Vec<_> =
            asked.into_iter().map(|(rows, keys)| Asked { rows, keys, are_found: true }).collect();
        let with_them: Vec<_> = asked.iter().flat_map(|of| ahead(read, of.rows)).flatten().collect();
        let number = asked.len();
        let asked: Vec<_> = asked.into_iter().chain(with_them).collect();
        let mut all = find(read, &asked).await?;
        let mut found_ahead = all.split_off(number).into_iter();
        for (Asked { rows, .. }, fetched) in asked.iter().zip(&mut all) {
            let ahead = ahead(read, rows).map(|of| of.and_then(|_| found_ahead.next())).collect();
            complete(read, rows, fetched, ahead).await?;
        }
        Ok(all)
    }
    .boxed()
}

/// What is asked for: the rows of a relation below those with the keys.
struct Asked<'a> {
    rows: &'a Rows,
    keys: Vec<Uuid>,
    /// Whether those above have been found to be there for the viewer. Otherwise they are asked for at the same time, and what is found
    /// below them is nobody's if they are not.
    are_found: bool,
}

/// For each relation below rows what of it can be asked for with them, which spares a journey where there are any: those of rows that are
/// asked for by their keys belong to these keys.
fn ahead<'a>(read: &ReadCx, rows: &'a Rows) -> impl Iterator<Item = Option<Asked<'a>>> {
    let keys = match &rows.only {
        Some(Only::Ids(keys)) if read.is_postgres() => keys.as_slice(),
        _ => &[],
    };
    rows.children.iter().map(move |(slot, rows)| {
        let is_known = *slot == KEY && !keys.is_empty();
        is_known.then(|| Asked { rows, keys: keys.to_vec(), are_found: false })
    })
}

/// Works out what is worked out, and fetches what hangs on the rows, but for what was asked for with them.
fn complete<'a>(
    read: &'a ReadCx,
    rows: &'a Rows,
    fetched: &'a mut Fetched,
    ahead: Vec<Option<Fetched>>,
) -> BoxFuture<'a, Result<(), DbErr>> {
    async move {
        forecast::fill(read, &mut fetched.rows, &rows.forecasts).await?;
        // Below no row there is nothing. Below rows everything is asked for, even where none of them names another row: if it
        // were only where one does, the number of statements would tell of a row that the viewer may not see.
        if fetched.rows.is_empty() {
            return Ok(());
        }
        computed::fill(read, &mut fetched.rows, &rows.computed).await?;
        let left = rows.children.iter().zip(&ahead).filter(|(_, ahead)| ahead.is_none());
        let left = left.map(|((slot, child), _)| (child, keys(&fetched.rows, *slot))).collect();
        let mut left = fetch(read, left).await?.into_iter();
        for ((_, child), ahead) in rows.children.iter().zip(ahead) {
            let below = match ahead {
                Some(mut found) => {
                    let nothing = child.children.iter().map(|_| None).collect();
                    complete(read, child, &mut found, nothing).await?;
                    found
                }
                None => left.next().unwrap_or_default(),
            };
            fetched.children.push(below);
        }
        Ok(())
    }
    .boxed()
}

/// The keys that stand in one place of rows, each once.
fn keys(rows: &[Vec<Cell>], slot: usize) -> Vec<Uuid> {
    let mut keys: Vec<Uuid> = rows.iter().filter_map(|row| row.get(slot).and_then(Cell::uuid)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

async fn find(read: &ReadCx, asked: &[Asked<'_>]) -> Result<Vec<Fetched>, DbErr> {
    let parts = asked.iter().enumerate().flat_map(|(place, Asked { rows, keys, are_found })| {
        let part =
            move |counts| (place, Part { rows, parents: Parents { keys, are_found: *are_found }, counts });
        rows.wanted.then(|| part(false)).into_iter().chain(rows.count.then(|| part(true)))
    });
    let (places, parts): (Vec<usize>, Vec<Part<'_>>) = parts.unzip();
    let mut all: Vec<Fetched> = asked.iter().map(|_| Fetched::default()).collect();
    let most = together::most(read);
    for (parts, places) in parts.chunks(most).zip(places.chunks(most)) {
        let found = together::find(read, parts).await?;
        // Whoever shares it with nobody takes it as it is.
        for (part, above, cells) in Arc::unwrap_or_clone(found) {
            let place = places.get(part).and_then(|place| all.get_mut(*place));
            let (Some(fetched), Some(part)) = (place, parts.get(part)) else { continue };
            let group = fetched.groups.entry(above).or_default();
            match (part.counts, cells.first()) {
                (true, Some(Cell::Number(count))) => group.count = *count,
                (true, _) => {}
                (false, _) => {
                    group.rows.push(fetched.rows.len());
                    fetched.rows.push(cells);
                }
            }
        }
    }
    for (Asked { rows, .. }, fetched) in asked.iter().zip(&mut all) {
        cut(rows, fetched);
    }
    Ok(all)
}

/// Cuts each group to its page, and puts it in order.
fn cut(rows: &Rows, fetched: &mut Fetched) {
    let Some(page) = &rows.page else { return };
    for group in fetched.groups.values_mut() {
        group.more = group.rows.len() > page.size;
        group.rows.truncate(page.size);
        if page.backwards {
            group.rows.reverse();
        }
    }
}
