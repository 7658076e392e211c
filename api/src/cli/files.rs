//! Files of evidence on the command line: where `serve` keeps them, and `files check`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use url::Url;

use super::{CliError, DatabaseArgs, database, print};
use crate::command::load_programme::Brought;
use crate::config::{Clock, DatabaseUrl};
use crate::files::{
    Checked, Clamd, Fault, FileLimits, FileSettings, FileStore, Files, Key, Scanner, StoreError, check,
};
use crate::store::db::Db;

/// The folder beside an SQLite file.
const BESIDE: &str = "files";
/// The folder for a database that is elsewhere.
const HERE: &str = "golden-thread-files";

/// Where files are.
#[derive(Args, Debug)]
pub struct PlaceArgs {
    /// Where files of evidence are kept: file:///FOLDER, s3://BUCKET/PREFIX or az://CONTAINER/PREFIX; the stores are set up by
    /// the usual variables AWS_... and AZURE_.... Without it: the folder `files` beside the SQLite file, or
    /// `golden-thread-files` here for PostgreSQL
    #[arg(long, value_name = "URL", env = "GOLDEN_THREAD_FILES")]
    pub files: Option<String>,
}

impl PlaceArgs {
    /// The store at the place.
    pub(super) fn store(&self, database: &DatabaseUrl) -> Result<FileStore, CliError> {
        let store = match given(&self.files) {
            Some(address) => FileStore::open(address)?,
            None => FileStore::folder(&folder_of(database))?,
        };
        if !store.is_lasting() {
            return Err(CliError::usage("files must be kept somewhere that outlives the service: --files"));
        }
        Ok(store)
    }
}

/// Files of evidence.
#[derive(Args, Debug)]
#[command(next_help_heading = "Files")]
pub struct FileArgs {
    /// Where.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// The address of the service as its clients know it, such as https://thread.example: the addresses of files begin with
    /// it. Without it: http:// and the address that it listens on
    #[arg(long, value_name = "URL", env = "GOLDEN_THREAD_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// The daemon of ClamAV, HOST:PORT or the path of its socket: then no file is handed out that it has not found clean
    #[arg(long, value_name = "ADDRESS", env = "GOLDEN_THREAD_CLAMD")]
    pub clamd: Option<String>,
    /// A folder on a disk for files that are coming in. Without it: the system's folder for temporary files
    #[arg(long, value_name = "DIR", env = "GOLDEN_THREAD_SPOOL")]
    pub spool: Option<PathBuf>,
    /// Bytes in a file
    #[arg(long, value_name = "BYTES", env = "GOLDEN_THREAD_LIMIT_FILE_BYTES", default_value_t = FileLimits::default().largest,
          value_parser = clap::value_parser!(u64).range(1..=i64::from(i32::MAX) as u64))]
    pub limit_file_bytes: u64,
    /// Bytes in all files of a programme
    #[arg(long, value_name = "BYTES", env = "GOLDEN_THREAD_LIMIT_FILES_TOTAL", default_value_t = FileLimits::default().in_programme,
          value_parser = clap::value_parser!(u64).range(1..=i64::MAX as u64))]
    pub limit_files_total: u64,
}

impl FileArgs {
    /// How much may be kept.
    pub(super) fn limits(&self) -> FileLimits {
        FileLimits { largest: self.limit_file_bytes, in_programme: self.limit_files_total }
    }

    /// What the operator says of files; the address only where they say it.
    pub(super) fn settings(&self, database: &DatabaseUrl) -> Result<FileSettings, CliError> {
        let mut settings = FileSettings::new(self.place.store(database)?, &public_url(&self.public_url)?);
        if let Some(address) = given(&self.clamd) {
            let clamd = Clamd::at(address).ok_or_else(|| {
                CliError::usage(format!(
                    "--clamd must be HOST:PORT or the path of a socket, for example 127.0.0.1:3310 or \
                     /run/clamav/clamd.ctl, not '{address}'"
                ))
            })?;
            settings.scanner = Some(Arc::new(clamd) as Arc<dyn Scanner>);
        }
        if let Some(folder) = self.spool.as_ref().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| {
                CliError::failed(format!("the folder {} cannot be made: {error}", folder.display()))
            })?;
            settings.spool.clone_from(folder);
        }
        Ok(settings)
    }
}

/// The files of a demonstration, beside its database.
pub(super) fn beside(database: &DatabaseUrl) -> Result<FileSettings, CliError> {
    Ok(FileSettings::new(FileStore::folder(&folder_of(database))?, ""))
}

/// The files of a service that listens on an address.
pub(super) async fn open(
    db: &Db,
    clock: Clock,
    mut settings: FileSettings,
    address: SocketAddr,
) -> Result<Files, CliError> {
    if settings.public_url.is_empty() {
        settings.public_url = format!("http://{address}");
        if address.ip().is_unspecified() {
            tracing::warn!(
                "addresses of files begin with {}: say by --public-url what clients know",
                settings.public_url
            );
        }
    }
    let has_scanner = settings.scanner.is_some();
    tracing::info!(store = settings.store.shown(), has_scanner, "keeping files of evidence");
    let opened = Files::open(db.clone(), clock, settings).await;
    opened.map_err(|fault| CliError::from(crate::store::db::DbError::from(fault)))
}

/// Puts the bytes of the files that a load brought into the store, where they are not there already.
pub(super) async fn keep(store: &FileStore, brought: &[Brought<'_>]) -> Result<(), CliError> {
    for file in brought {
        let (key, size) = (Key { programme: file.programme, file: file.id }, file.bytes.len() as u64);
        let kept = async {
            if !store.has(key, size).await? {
                let mut bytes = file.bytes;
                store.put(key, &mut bytes, size).await?;
            }
            Ok::<_, Fault>(())
        };
        // The rows are there: loading the same again puts what is missing.
        kept.await.map_err(|fault| {
            CliError::failed(format!(
                "{fault}; everything but files is loaded: load it again once the store is there"
            ))
        })?;
    }
    Ok(())
}

/// What was given: an empty value, as a compose file passes for what is not set, counts as none.
fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn folder_of(database: &DatabaseUrl) -> PathBuf {
    match database.file() {
        Some(file) => file.with_file_name(BESIDE),
        None => PathBuf::from(HERE),
    }
}

/// An address that clients know, without a slash at its end; nothing where none was given.
fn public_url(value: &Option<String>) -> Result<String, CliError> {
    let Some(address) = given(value) else { return Ok(String::new()) };
    let read = Url::parse(address).ok().filter(|url| {
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        matches!(url.scheme(), "http" | "https") && url.has_host() && is_bare
    });
    match read {
        Some(url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        None => Err(CliError::usage(format!(
            "--public-url must be the address that clients know, for example https://thread.example, not '{address}'"
        ))),
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Folder { .. } => Self::failed(error.to_string()),
            StoreError::Address(_) | StoreError::Setup(_) => Self::usage(error.to_string()),
        }
    }
}

/// What can be done with files.
#[derive(Subcommand, Debug)]
pub enum FilesCommand {
    /// Check that the bytes of every file are there
    ///
    /// Compares the files that the record has with what lies in the store: every file must be there with its size, and every
    /// object must belong to a file or to an upload. Prints what is wrong, and ends with 1 where something is. It only reads,
    /// and may run while the service does. After a restore it tells whether database and files fit together.
    Check(FilesCheckArgs),
}

/// The arguments of `files check`.
#[derive(Args, Debug)]
pub struct FilesCheckArgs {
    /// The database with the record.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The store.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Read every file, and compare its SHA-256 with the record's
    #[arg(long)]
    pub hashes: bool,
}

pub(super) async fn run(command: FilesCommand) -> Result<(), CliError> {
    let FilesCommand::Check(args) = command;
    let url = args.database.url()?;
    let store = args.place.store(&url)?;
    let db = database::connect_current(&url).await?;
    let checked = check(&db, &store, args.hashes).await;
    let Checked { files, bytes, wrong } = checked.map_err(|why| CliError::failed(why.to_string()))?;
    for each in &wrong {
        print(&format!("{each}\n"))?;
    }
    let count = wrong.len();
    match count {
        0 => print(&format!("{}: {files} files, {bytes} bytes, all there\n", store.shown())),
        _ => Err(CliError::failed(format!("{}: {count} things are wrong with {files} files", store.shown()))),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, Some(""))]
    #[case(Some(" "), Some(""))]
    #[case(Some("https://thread.example/"), Some("https://thread.example"))]
    #[case(Some("http://127.0.0.1:8080"), Some("http://127.0.0.1:8080"))]
    #[case(Some("https://council.example/thread/"), Some("https://council.example/thread"))]
    #[case(Some("thread.example"), None)]
    #[case(Some("ftp://thread.example"), None)]
    #[case(Some("https://u@thread.example"), None)]
    #[case(Some("https://thread.example?x"), None)]
    fn the_address_that_clients_know(#[case] given: Option<&str>, #[case] read: Option<&str>) {
        assert_eq!(public_url(&given.map(str::to_owned)).ok().as_deref(), read);
    }

    #[test]
    fn files_lie_beside_the_database() {
        let folder = |url: &str| folder_of(&DatabaseUrl::parse(url).unwrap());
        assert_eq!(folder("sqlite:///srv/gt/golden-thread.sqlite"), PathBuf::from("/srv/gt/files"));
        assert_eq!(folder("sqlite://golden-thread.sqlite"), PathBuf::from("files"));
        assert_eq!(folder("postgres://db.example/golden"), PathBuf::from("golden-thread-files"));
    }

    #[test]
    fn what_does_not_last_is_no_place_for_files() {
        let place = PlaceArgs { files: Some("memory:///".to_owned()) };
        let error = place.store(&DatabaseUrl::parse("sqlite://a.sqlite").unwrap()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }
}
