//! The document that a command names: whether it can be imported now, and what was read of it.

use domain::document::{DocumentKind, ReadingState, UploadPurpose};
use entity::{imported_from, upload};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use crate::command::Work;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::store::documents::Importer;
use crate::store::table::Table;

/// The field of the input that names the document.
pub(super) const UPLOAD: &str = "uploadId";

/// A document that was read.
pub(super) struct Document {
    /// What brought it.
    pub upload: upload::Model,
    /// What was read, as JSON.
    pub result: String,
}

/// The document of an upload.
///
/// # Errors
/// There is none for the viewer, it is of another kind, or it is not read.
pub(super) async fn document(id: &GlobalId, kind: DocumentKind, work: &Work) -> Result<Document, Refusal> {
    let key = work.key(id, Table::Upload, UPLOAD)?;
    let upload = work.cx.own_upload(&work.viewer, key).await?;
    let upload = upload.filter(|of| Some(of.programme_id) == work.programme().ok());
    let upload = upload.ok_or_else(|| UserError::not_found(UPLOAD))?;
    if upload.purpose != UploadPurpose::Import.as_str() {
        let message = "This was announced as a file of evidence: send it as a document for import.";
        return Err(UserError::invalid(UPLOAD, message).into());
    }
    // It was noted with the upload.
    let reading = work.cx.reading_of(upload.id).await?.ok_or_else(|| UserError::not_found(UPLOAD))?;
    if reading.kind.parse::<DocumentKind>()? != kind {
        let message = match kind {
            DocumentKind::Plan => {
                "This is the report of an inspection, not a plan: import it by inspectionImport."
            }
            DocumentKind::InspectionReport => {
                "This is a plan, not the report of an inspection: import it by planImport."
            }
        };
        return Err(UserError::invalid(UPLOAD, message).into());
    }
    let message = match reading.state.parse::<ReadingState>()? {
        ReadingState::Read => {
            let result = reading.result.unwrap_or_default();
            return Ok(Document { upload, result });
        }
        ReadingState::Awaited if upload.expires_at <= work.now() => {
            "Its bytes have not come in time: announce it anew.".to_owned()
        }
        ReadingState::Awaited => {
            "Its bytes have not come yet: send them to the upload's target by PUT.".to_owned()
        }
        ReadingState::Waiting | ReadingState::Reading => {
            "It is not read yet: ask for its reading until its state is READ.".to_owned()
        }
        ReadingState::Refused => {
            format!("It cannot be read: {}", reading.problem.unwrap_or_default())
        }
    };
    Err(UserError::invalid(UPLOAD, message).into())
}

impl Document {
    /// Whether it can become part of the record now.
    ///
    /// # Errors
    /// It is already, or it is to be forgotten.
    pub(super) fn can_be_kept(&self, work: &Work) -> Result<(), UserError> {
        let message = if self.upload.is_attached {
            "Something was imported from this already: send the document again to import more from it."
        } else if self.upload.expires_at <= work.now() || self.upload.received_at.is_none() {
            "This has waited too long: announce the document anew."
        } else {
            return Ok(());
        };
        Err(UserError::invalid(UPLOAD, message))
    }
}

/// Who imports.
pub(super) fn importer(work: &Work) -> Importer {
    Importer { party: work.acts_as(), subject: Some(work.subject()) }
}

/// The document that something came from; none where nobody noted it.
pub(super) async fn origin(thing: Uuid, work: &Work) -> Result<Option<Uuid>, Refusal> {
    let of_thing = imported_from::Column::ObjectId.eq(thing);
    let found = work.cx.rows::<imported_from::Entity>(of_thing).await?;
    Ok(found.first().and_then(|row| row.document_id))
}
