//! The files that a load brings: their rows are written with everything else, their bytes belong into the store of files.

use domain::document::DocumentKind;
use domain::file::{FileType, check_name};

use super::Loaded;
use super::bundle::{Bundle, sha256};
use crate::store::db::Db;
use crate::store::documents::{self, with_hash};
use crate::store::uploads::files_with;
use sea_orm::DbErr;
use uuid::Uuid;

/// A file of evidence, or a document, whose bytes have to be in the store of files.
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
    let programme = loaded.programme();
    let by_hash: Vec<(String, &[u8])> =
        bundle.files.values().map(|bytes| (sha256(bytes), bytes.as_slice())).collect();
    let hashes = by_hash.iter().map(|(hash, _)| hash.clone()).collect();
    let files = files_with(db, programme, hashes).await?.into_iter().filter_map(|row| {
        let (_, bytes) = by_hash.iter().find(|(hash, _)| *hash == row.sha256)?;
        Some(Brought { id: row.id, programme, bytes })
    });
    Ok(files.collect())
}

/// The document that something is imported from at the command line.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// What it is.
    pub kind: DocumentKind,
    /// The name of its file.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Original<'_> {
    /// What is recorded of it. A name that a file of evidence could not have is not kept.
    pub(in crate::command) fn stated(&self) -> documents::Brought {
        let types = self.kind.types();
        let of = FileType::of_name(self.name)
            .filter(|of| types.contains(of) && check_name(self.name, *of).is_ok());
        let (name, of) = match (of, self.kind) {
            (Some(of), _) => (self.name, of),
            (None, DocumentKind::Plan) => ("plan.txt", FileType::Text),
            (None, DocumentKind::InspectionReport) => ("report.pdf", FileType::Pdf),
        };
        documents::Brought {
            name: name.to_owned(),
            media_type: of.media_type(),
            size: self.bytes.len() as u64,
            sha256: sha256(self.bytes),
        }
    }
}

/// The document of this load with its bytes, or of an earlier load of the same: as with the files that a load brings, one that was
/// cut off is mended by loading again.
pub async fn brought_document<'a>(
    db: &Db,
    original: &Original<'a>,
    programme: Uuid,
) -> Result<Vec<Brought<'a>>, DbErr> {
    let rows = with_hash(db, programme, &sha256(original.bytes)).await?;
    Ok(rows.into_iter().map(|row| Brought { id: row.id, programme, bytes: original.bytes }).collect())
}
