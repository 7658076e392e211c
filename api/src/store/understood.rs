//! What a document for import says, worked out when it is asked for. Reading it was the dangerous part, and was done by a process of
//! its own; what it gave is kept (`upload_reading`), and from there on nothing is but text.

mod plan;
mod report;

use sea_orm::DbErr;
use tokio::sync::Semaphore;

use super::model::Scalar;
use super::plan::{Cell, SelectFrom};
use crate::aside::compute;

pub(super) use self::plan::{check_plan, plans};
pub(super) use self::report::reports;

/// So many documents are worked out at once: each takes a processor for up to a second, and what else is asked for needs one, too.
static PLACES: Semaphore = Semaphore::const_new(2);

/// One counts as so many objects, because of what has to be taken into memory for it: several can be asked for at once, and not a
/// page of them.
pub(super) const WEIGHT: u64 = 1_000;

/// A reading is worked out from its upload, what it is of, and what was read.
pub(super) fn inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![
        (SelectFrom::Column("upload_id"), Scalar::Uuid),
        (SelectFrom::Column("kind"), Scalar::Text),
        (SelectFrom::Column("result"), Scalar::Text),
    ]
}

/// What was read of each document of a kind; nothing of the others, and of those that were not read.
fn read_of(rows: &[Vec<Cell>], kind: domain::document::DocumentKind) -> Vec<Option<String>> {
    let of = |row: &Vec<Cell>| match row.as_slice() {
        [_, Cell::Text(of), Cell::Text(result)] if of == kind.as_str() => Some(result.clone()),
        _ => None,
    };
    rows.iter().map(of).collect()
}

/// Works something out where it is in nobody's way.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, DbErr> {
    // It is never closed.
    let _place = PLACES.acquire().await.ok();
    compute(work).await.map_err(DbErr::Custom)
}
