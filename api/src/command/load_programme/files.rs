//! The files that a load brings: their rows are written with everything else, their bytes belong into the store of files.

use uuid::Uuid;

use super::Loaded;
use super::bundle::{Bundle, sha256};
use crate::store::db::Db;
use crate::store::uploads::files_with;
use sea_orm::DbErr;

/// A file of evidence whose bytes have to be in the store of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought<'a> {
    /// The file's id, which is that of its upload: under it the bytes lie.
    pub id: Uuid,
    /// The programme that it belongs to.
    pub programme: Uuid,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// The files of a bundle that the programme has, with their bytes: those of this load, and those of an earlier load of the same,
/// so that a load which was cut off before their bytes were kept is mended by loading again.
pub async fn brought<'a>(db: &Db, bundle: &'a Bundle, loaded: &Loaded) -> Result<Vec<Brought<'a>>, DbErr> {
    let (Loaded::Written { programme, .. } | Loaded::Unchanged { programme }) = *loaded;
    let by_hash: Vec<(String, &[u8])> =
        bundle.files.values().map(|bytes| (sha256(bytes), bytes.as_slice())).collect();
    let hashes = by_hash.iter().map(|(hash, _)| hash.clone()).collect();
    let files = files_with(db, programme, hashes).await?.into_iter().filter_map(|row| {
        let (_, bytes) = by_hash.iter().find(|(hash, _)| *hash == row.sha256)?;
        Some(Brought { id: row.id, programme, bytes })
    });
    Ok(files.collect())
}
