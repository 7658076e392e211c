//! `backup`: a whole copy of an SQLite database, made while the service uses it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::{Builder, TempPath};

use super::{CliError, DatabaseArgs, database, print};
use crate::config::{DatabaseUrl, Missing};
use crate::store::heads;

/// The arguments of `backup`.
#[derive(Args, Debug)]
pub struct BackupArgs {
    /// The file to make. There must be none of that name
    pub file: PathBuf,
    /// The database to copy.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

pub(super) async fn run(args: BackupArgs) -> Result<(), CliError> {
    let url = args.database.url()?;
    if url.file().is_none() {
        return Err(CliError::usage(
            "backup copies SQLite files: back up PostgreSQL with pg_dump, or pg_basebackup and its WAL (docs/operations.md, \"Backup\")",
        ));
    }
    let failed = |why: io::Error| CliError::failed(format!("{}: {why}", args.file.display()));
    if args.file.symlink_metadata().is_ok() {
        return Err(CliError::failed(format!("{} is there already: name another file", args.file.display())));
    }
    // Under the name that was asked for there is either nothing or the whole copy, on the disk.
    let folder = match args.file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let copy = Builder::new().prefix(".golden-thread-backup-").tempfile_in(folder).map_err(failed)?;
    let copy = copy.into_temp_path();
    let db = database::connect(&url, Missing::Refuse).await?;
    db.copy_into(&copy).await.map_err(|error| CliError::failed(format!("the copy failed: {error}")))?;
    db.close().await?;
    let came = come(&copy).await?;
    let bytes = finish(copy, &args.file, folder).map_err(failed)?;
    print(&format!("{}: a copy of {}, {bytes} bytes\n{came}", args.file.display(), url.shown()))
}

/// How far each programme's ledger has come in the copy, a line for each.
async fn come(copy: &TempPath) -> Result<String, CliError> {
    let db = database::connect(&DatabaseUrl::of_file(copy), Missing::Refuse).await?;
    let heads = heads::all(&db).await;
    db.close().await?;
    let heads = heads.map_err(|error| CliError::failed(format!("the copy cannot be read: {error}")))?;
    Ok(heads.iter().map(|head| format!("{}: up to entry {}\n", head.slug, head.sequence)).collect())
}

/// Gives the copy its name once it is on the disk, which SQLite does not see to.
fn finish(copy: TempPath, file: &Path, folder: &Path) -> io::Result<u64> {
    let written = File::open(&copy)?;
    written.sync_all()?;
    copy.persist_noclobber(file)?;
    File::open(folder)?.sync_all()?;
    Ok(written.metadata()?.len())
}
