//! `restored`: the database is a copy of an earlier moment.

use super::{CliError, DatabaseArgs, database, print};
use crate::store::{heads, timeline};

pub(super) async fn run(args: DatabaseArgs) -> Result<(), CliError> {
    let url = args.url()?;
    let db = database::connect_current(&url).await?;
    let failed = |error| CliError::failed(format!("{}: {error}", url.shown()));
    let heads = heads::all(&db).await.map_err(failed)?;
    timeline::begin(&db).await.map_err(failed)?;
    let said = heads.iter().map(|head| {
        format!(
            "{}: what was after entry {} is gone, and its numbers are given again\n",
            head.slug, head.sequence
        )
    });
    print(&said.collect::<String>())?;
    print("cursors of feeds that were given out before are refused: readers begin anew\n")
}
