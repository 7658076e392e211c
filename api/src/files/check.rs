//! Whether the bytes of every file are there, and nothing else is: to be asked after a restore, and now and then.

use std::collections::{HashMap, HashSet};
use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use entity::{evidence_file, source_document};
use futures_util::TryStreamExt;
use sea_orm::DbErr;
use uuid::Uuid;

use super::spool::hex;
use super::{Fault, FileStore, Key, Listed};
use crate::store::db::{Db, described};
use crate::store::{documents, files, uploads};

/// How many rows are read at once.
const PAGE: u64 = 1_000;

/// What is wrong between the record and the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// A file of the record has no bytes.
    Missing(Uuid),
    /// A file has another size: recorded, found.
    Size(Uuid, u64, u64),
    /// A file has other bytes.
    Hash(Uuid),
    /// An object belongs to no file and no upload.
    Unknown(Uuid),
    /// Something lies in the store that we did not put there.
    Foreign(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(id) => write!(f, "{id}: its bytes are missing"),
            Self::Size(id, recorded, found) => {
                write!(f, "{id}: it has {found} bytes, and {recorded} are recorded")
            }
            Self::Hash(id) => write!(f, "{id}: its SHA-256 is not the one that is recorded"),
            Self::Unknown(id) => write!(f, "{id}: it belongs to no file and no upload"),
            Self::Foreign(name) => write!(f, "{name:?}: it is no file of ours"),
        }
    }
}

/// Why it could not be looked.
#[derive(Debug, thiserror::Error)]
pub enum Unchecked {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] Fault),
    /// The database does not.
    #[error("the database failed: {}", described(.0))]
    Database(#[from] DbErr),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many files the record has.
    pub files: u64,
    /// How many bytes they have by the record.
    pub bytes: u64,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
}

/// Compares the store with the record; the bytes themselves too, where that is asked for.
///
/// # Errors
/// [`Unchecked`].
pub async fn check(db: &Db, store: &FileStore, with_hashes: bool) -> Result<Checked, Unchecked> {
    let mut checked = Checked::default();
    let mut objects = HashMap::new();
    let mut listed = std::pin::pin!(store.list());
    while let Some(found) = listed.try_next().await? {
        match found {
            Listed::Object(key, size) => {
                objects.insert(key, size);
            }
            Listed::Foreign(name) => checked.wrong.push(Wrong::Foreign(name)),
        }
    }
    // The store first: what comes in meanwhile is in the record then, and not among what belongs to nobody.
    let mut known: HashSet<Uuid> = uploads::ids(db).await?.into_iter().collect();
    let mut after = Uuid::nil();
    loop {
        let page = files::page(db, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let recorded = page.into_iter().map(Recorded::from);
        look_at(store, recorded, &objects, (&mut checked, &mut known), with_hashes).await?;
    }
    let mut after = Uuid::nil();
    loop {
        let page = documents::page(db, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let recorded = page.into_iter().map(Recorded::from);
        look_at(store, recorded, &objects, (&mut checked, &mut known), with_hashes).await?;
    }
    let mut unknown: Vec<Uuid> =
        objects.keys().map(|key| key.file).filter(|id| !known.contains(id)).collect();
    unknown.sort_unstable();
    checked.wrong.extend(unknown.into_iter().map(Wrong::Unknown));
    Ok(checked)
}

/// What the record says of the bytes of a file of evidence, or of a document.
struct Recorded {
    key: Key,
    size: u64,
    sha256: String,
}

impl From<evidence_file::Model> for Recorded {
    fn from(row: evidence_file::Model) -> Self {
        let key = Key { programme: row.programme_id, file: row.id };
        Self { key, size: row.size_bytes.unsigned_abs(), sha256: row.sha256 }
    }
}

impl From<source_document::Model> for Recorded {
    fn from(row: source_document::Model) -> Self {
        let key = Key { programme: row.programme_id, file: row.id };
        Self { key, size: row.size_bytes.unsigned_abs(), sha256: row.sha256 }
    }
}

async fn look_at(
    store: &FileStore,
    recorded: impl Iterator<Item = Recorded>,
    objects: &HashMap<Key, u64>,
    (checked, known): (&mut Checked, &mut HashSet<Uuid>),
    with_hashes: bool,
) -> Result<(), Fault> {
    for row in recorded {
        known.insert(row.key.file);
        checked.files += 1;
        checked.bytes += row.size;
        let found = objects.get(&row.key).copied();
        checked.wrong.extend(of_row(store, &row, found, with_hashes).await?);
    }
    Ok(())
}

async fn of_row(
    store: &FileStore,
    row: &Recorded,
    found: Option<u64>,
    with_hashes: bool,
) -> Result<Option<Wrong>, Fault> {
    let id = row.key.file;
    match found {
        // It may have come since the store was looked through.
        None => match store.get(row.key).await {
            Err(Fault::Missing) => Ok(Some(Wrong::Missing(id))),
            other => other.map(|_| None),
        },
        Some(found) if found != row.size => Ok(Some(Wrong::Size(id, row.size, found))),
        Some(_) if with_hashes => {
            Ok((!has_hash(store, row.key, &row.sha256).await?).then_some(Wrong::Hash(id)))
        }
        Some(_) => Ok(None),
    }
}

async fn has_hash(store: &FileStore, key: Key, sha256: &str) -> Result<bool, Fault> {
    let mut bytes = store.get(key).await?.bytes;
    let mut hash = Context::new(&SHA256);
    while let Some(piece) = bytes.try_next().await? {
        hash.update(&piece);
    }
    Ok(hex(hash.finish().as_ref()).eq_ignore_ascii_case(sha256))
}
