//! Files of evidence and documents for import, as bytes: where they lie, how they come in and how they are handed out (`docs/adr/0019-files.md`).
//!
//! What a file is in the record (whose evidence, which version, who sees it) is a row like any other; this folder never decides
//! who may see something. Bytes always go through here, in and out: who may have them is judged when they are fetched, and what
//! they are is known before they lie anywhere.

mod check;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod intake;
mod kind;
mod links;
mod open;
mod receive;
mod rescan;
mod scan;
mod spool;
mod store;
mod sweep;

use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::rand;
use sea_orm::DbErr;
use tokio::sync::{Notify, Semaphore};

pub use self::check::{Checked, Unchecked, Wrong, check};
use self::intake::Intake;
pub use self::links::{Link, Links, Pass, PassError, Purpose};
pub use self::open::{Opened, Unopened};
pub use self::receive::{Refusal, Stated};
pub use self::rescan::{ScanRound, keep_scanning};
pub use self::scan::{Bytestream, Clamd, Finding, Scanner, Unscanned};
pub use self::spool::Pace;
pub use self::store::{Content, Fault, FileStore, Key, Listed, StoreError};
pub use self::sweep::keep_sweeping;
use crate::config::Clock;
use crate::store::db::Db;
use crate::store::file_key;
use crate::turns::Turns;

/// How many files are looked at and put into the store at once: each takes a part of it into memory.
const STORED_AT_ONCE: usize = 4;
/// And of those of one person: looking at a large file keeps a core busy, and others want one.
const STORED_AT_ONCE_EACH: usize = 1;
/// The bytes of the key with which addresses are signed.
const SECRET: usize = 32;

/// How much may be kept, unless the operator says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimits {
    /// The largest file, in bytes.
    pub largest: u64,
    /// All files of one programme together, those on their way included, in bytes.
    pub in_programme: u64,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { largest: 100 << 20, in_programme: 10 << 30 }
    }
}

/// What the operator says of files.
pub struct FileSettings {
    /// Where they lie.
    pub store: FileStore,
    /// What looks at them, if anything does.
    pub scanner: Option<Arc<dyn Scanner>>,
    /// The address of the service as its clients know it: scheme and host.
    pub public_url: String,
    /// The folder for what is coming in.
    pub spool: PathBuf,
    /// How long that may take, and how fast it goes.
    pub pace: Pace,
}

impl FileSettings {
    /// Files in a store, without a scanner, and all else as it is unless somebody says otherwise.
    pub fn new(store: FileStore, public_url: &str) -> Self {
        let spool = std::env::temp_dir();
        Self { store, scanner: None, public_url: public_url.to_owned(), spool, pace: Pace::default() }
    }
}

/// The files of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    db: Db,
    clock: Clock,
    links: Arc<Links>,
    store: FileStore,
    scanner: Option<Arc<dyn Scanner>>,
    spool: PathBuf,
    pace: Pace,
    intake: Intake,
    storing: Arc<Semaphore>,
    turns: Turns<String>,
    /// Rings where a document has come that can be read.
    came: Arc<Notify>,
}

impl Files {
    /// Files as the operator wants them, with the key of this database.
    ///
    /// # Errors
    /// Where the database does not give the key.
    pub async fn open(db: Db, clock: Clock, settings: FileSettings) -> Result<Self, DbErr> {
        let mut candidate = [0; SECRET];
        rand::fill(&mut candidate).map_err(|_| DbErr::Custom("there is no randomness".into()))?;
        let secret = file_key::load_or_insert(&db, &candidate, clock.now()).await?;
        let FileSettings { store, scanner, public_url, spool, pace } = settings;
        let links = Arc::new(Links::new(&secret, &public_url, scanner.is_some()));
        let storing = Arc::new(Semaphore::new(STORED_AT_ONCE));
        let turns = Turns::new(STORED_AT_ONCE_EACH);
        let came = Arc::new(Notify::new());
        let intake = Intake::new(pace.bytes_per_second);
        Ok(Self { db, clock, links, store, scanner, spool, pace, intake, storing, turns, came })
    }

    /// What signs their addresses.
    pub fn links(&self) -> &Arc<Links> {
        &self.links
    }

    /// The database with what is said of them.
    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// The time.
    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// Waits until a document has come to this process that can be read.
    pub(crate) async fn document_came(&self) {
        self.came.notified().await;
    }

    /// Where they lie.
    pub fn store(&self) -> &FileStore {
        &self.store
    }

    /// Whom an address was made for, now.
    ///
    /// # Errors
    /// [`PassError`].
    pub fn pass(&self, token: &str, purpose: Purpose, id: uuid::Uuid) -> Result<Pass, PassError> {
        self.links.pass(token, purpose, id, self.clock.now())
    }
}
