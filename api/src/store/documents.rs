//! Documents that something was imported from, and where in them each imported thing stands.
//!
//! A document is part of the record. Where a thing came from is written beside it, in the transaction that makes it. It goes when
//! the thing goes; where the document goes, the place in it stays.

use domain::document::{DocumentKind, Imported, UploadPurpose};
use domain::file::Scan;
use entity::source_document::{Column, Entity, Model};
use entity::{imported_from, upload};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::db::Db;
use super::files::Readable;
use super::read::ReadCx;
use super::table::Table;
use super::visibility::visible;
use super::write::{WriteCx, WriteError};

/// The types of imported things, as SQL text, with their tables.
pub(super) const IMPORTED: &[(&str, Table)] = &[
    ("'Plan'", Table::Plan),
    ("'Action'", Table::Action),
    ("'Step'", Table::Step),
    ("'ProgressUpdate'", Table::ProgressUpdate),
    ("'Inspection'", Table::Source),
    ("'Judgement'", Table::Judgement),
    ("'Recommendation'", Table::Requirement),
];

/// Where something stands in a document. All counts begin with 1; what is not known is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The page.
    pub page: Option<u32>,
    /// The sheet of a workbook, by its name.
    pub sheet: Option<String>,
    /// Which table.
    pub table: Option<u32>,
    /// Which row of it.
    pub row: Option<u32>,
}

impl From<&import::plan::Place> for Place {
    fn from(place: &import::plan::Place) -> Self {
        let sheet = place.sheet.clone();
        Self { page: place.page, sheet, table: Some(place.table), row: Some(place.row) }
    }
}

/// Who imports a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Importer {
    /// The post holder, or the organisation of a member who is none.
    pub party: Option<Uuid>,
    /// The subject; none for the command line.
    pub subject: Option<String>,
}

/// A document that comes with the import itself, and not by an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

/// The document with these bytes, if the viewer sees it.
pub(crate) async fn readable(read: &ReadCx, id: Uuid) -> Result<Option<Readable>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT t.programme_id, NULL, t.name, t.media_type, t.size_bytes, t.scan ");
    sql.push("FROM source_document t WHERE t.id = ").bind(id).push(" AND ");
    visible(&mut sql, Table::SourceDocument, "t", &read.cx.viewer);
    let rows = read.query(Table::SourceDocument.name(), sql.statement()).await?;
    rows.first().map(|row| Readable::of_row(id, row)).transpose()
}

/// Documents that the scanner has not looked at.
fn waiting_for_scanner() -> Select<Entity> {
    Entity::find().filter(Column::Scan.eq(Scan::Unscanned.as_str()))
}

/// Some of those, from one id on.
pub async fn unscanned(db: &Db, after: Uuid, most: u64) -> Result<Vec<Model>, DbErr> {
    let some = waiting_for_scanner().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    some.limit(most).all(&db.read).await
}

/// How many there are.
pub(super) async fn count_unscanned(db: &Db) -> Result<u64, DbErr> {
    waiting_for_scanner().count(&db.read).await
}

/// Documents in order of their ids, from one on: to look whether all their bytes are there.
pub async fn page(db: &Db, after: Uuid, most: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(most).all(&db.read).await
}

/// The documents of a programme with a hash.
pub async fn with_hash(db: &Db, programme: Uuid, sha256: &str) -> Result<Vec<Model>, DbErr> {
    let of_programme = Entity::find().filter(Column::ProgrammeId.eq(programme));
    of_programme.filter(Column::Sha256.eq(sha256)).all(&db.write).await
}

impl WriteCx {
    /// Makes an upload for import a document of the record, under its own id. It cannot be imported again, and its bytes stay.
    pub async fn keep_document(
        &mut self,
        upload: &upload::Model,
        kind: DocumentKind,
        by: Importer,
    ) -> Result<Model, WriteError> {
        let row = self.document(upload, kind, by);
        self.create(row.clone()).await?;
        self.mark_attached(upload.id, true).await?;
        Ok(row)
    }

    /// Makes a document of the record of what comes with the import itself. Its bytes are to be put into the store of files, under
    /// its id.
    pub async fn bring_document(
        &mut self,
        programme: Uuid,
        kind: DocumentKind,
        brought: Brought,
    ) -> Result<Model, WriteError> {
        let now = self.now();
        // As with the files of evidence that a load brings: attached from the beginning, so that its bytes are counted and found.
        let upload = upload::Model {
            id: Uuid::now_v7(),
            programme_id: programme,
            purpose: UploadPurpose::Import.as_str().to_owned(),
            evidence_id: None,
            subject: self.permit().subject().to_owned(),
            name: brought.name,
            media_type: brought.media_type.to_owned(),
            size_bytes: i64::try_from(brought.size).unwrap_or(i64::MAX),
            sha256: brought.sha256,
            scan: Scan::Unscanned.as_str().to_owned(),
            prepared_at: now,
            expires_at: now,
            received_at: Some(now),
            is_attached: true,
        };
        let row = self.document(&upload, kind, Importer::default());
        self.create(row.clone()).await?;
        self.bring(vec![upload]).await?;
        Ok(row)
    }

    fn document(&self, upload: &upload::Model, kind: DocumentKind, by: Importer) -> Model {
        Model {
            id: upload.id,
            programme_id: upload.programme_id,
            kind: kind.as_str().to_owned(),
            name: upload.name.clone(),
            media_type: upload.media_type.clone(),
            size_bytes: upload.size_bytes,
            sha256: upload.sha256.clone(),
            scan: upload.scan.clone(),
            imported_on: self.today(),
            imported_by_id: by.party,
            imported_by_subject: by.subject,
            version: 1,
            created_at: self.now(),
            updated_at: self.now(),
        }
    }

    /// Removes a document, with what was read of it: its bytes go with the next sweep. Where in it things stood stays.
    pub async fn remove_document(&mut self, document: &Model) -> Result<(), WriteError> {
        // Its turn first: nobody imports from it meanwhile.
        self.hold(document.programme_id).await?;
        let origins = imported_from::Entity::update_many()
            .filter(imported_from::Column::DocumentId.eq(document.id))
            .col_expr(imported_from::Column::DocumentId, Expr::value(None::<Uuid>));
        origins.exec(self.transaction()).await?;
        self.remove(document).await?;
        self.take_off([document.id]).await
    }

    /// Notes where in a document things stand that this change makes from it.
    pub async fn came_from(
        &mut self,
        document: &Model,
        things: impl IntoIterator<Item = (Imported, Uuid, Place)>,
    ) -> Result<(), WriteError> {
        let whole = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
        let row = |(of, object_id, place): (Imported, Uuid, Place)| imported_from::Model {
            object_id,
            programme_id: document.programme_id,
            object_type: of.as_str().to_owned(),
            document_id: Some(document.id),
            page: whole(place.page),
            sheet: place.sheet.filter(|name| !name.is_empty()),
            table_number: whole(place.table),
            row_number: whole(place.row),
        };
        self.insert(things.into_iter().map(row).collect()).await
    }

    /// Forgets where a thing came from that is gone.
    pub(super) async fn forget_origin(&self, id: Uuid) -> Result<(), WriteError> {
        imported_from::Entity::delete_by_id(id).exec(self.transaction()).await?;
        Ok(())
    }

    /// Records what the scanner says of a document, if nobody has yet. Whether there was anything to record.
    pub async fn document_scanned(&mut self, document: &Model, scan: Scan) -> Result<bool, WriteError> {
        // As with files of evidence: several replicas may have looked at the same.
        self.hold(document.programme_id).await?;
        let now = Entity::find_by_id(document.id).one(self.transaction()).await?;
        let Some(now) = now.filter(|now| now.scan == Scan::Unscanned.as_str()) else { return Ok(false) };
        let after = Model { scan: scan.as_str().to_owned(), ..now.clone() };
        self.update(&now, after).await?;
        Ok(true)
    }
}
