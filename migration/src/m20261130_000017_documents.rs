//! Documents for import: uploads get a purpose, their reading is noted (`upload_reading`), what was imported stays
//! (`source_document`), and what came of it says from where (`imported_from`).

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{Table, drop_tables, run};

const SCANS: &[&str] = &["UNSCANNED", "CLEAN", "INFECTED"];
const KINDS: &[&str] = &["PLAN", "INSPECTION_REPORT"];
/// The columns of an upload that it had before.
const COLUMNS: &str = "id, programme_id, evidence_id, subject, name, media_type, size_bytes, sha256, scan, prepared_at, expires_at, received_at, is_attached";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, &WIDEN.map(str::to_owned)).await?,
            _ => {
                let copy =
                    format!("INSERT INTO upload ({COLUMNS}, purpose) SELECT {COLUMNS}, 'EVIDENCE' FROM");
                rebuild(manager, upload(), copy, BEFORE).await?;
            }
        }
        reading().create(manager).await?;
        document().create(manager).await?;
        imported_from().create(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["imported_from", "source_document", "upload_reading"]).await?;
        run(manager, &["DELETE FROM upload WHERE purpose = 'IMPORT'".to_owned()]).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, &NARROW.map(str::to_owned)).await,
            _ => {
                let copy = format!("INSERT INTO upload ({COLUMNS}) SELECT {COLUMNS} FROM");
                rebuild(manager, upload_before(), copy, AFTER).await
            }
        }
    }
}

/// The indexes of uploads, before and after.
const BEFORE: [&str; 3] =
    ["ix_upload_is_attached_prepared_at", "ix_upload_evidence_id", "ix_upload_programme_id"];
const AFTER: [&str; 3] =
    ["ix_upload_is_attached_expires_at", "ix_upload_evidence_id", "ix_upload_programme_id"];

const WIDEN: [&str; 6] = [
    "ALTER TABLE upload ALTER COLUMN evidence_id DROP NOT NULL",
    "ALTER TABLE upload ADD COLUMN purpose text COLLATE \"C\" NOT NULL DEFAULT 'EVIDENCE' \
     CONSTRAINT ck_upload_purpose_known CHECK (purpose IN ('EVIDENCE', 'IMPORT'))",
    "ALTER TABLE upload ALTER COLUMN purpose DROP DEFAULT",
    "ALTER TABLE upload ADD CONSTRAINT ck_upload_evidence_of_evidence CHECK ((purpose = 'EVIDENCE') = (evidence_id IS NOT NULL))",
    "DROP INDEX ix_upload_is_attached_prepared_at",
    "CREATE INDEX ix_upload_is_attached_expires_at ON upload (is_attached, expires_at)",
];

const NARROW: [&str; 4] = [
    "DROP INDEX ix_upload_is_attached_expires_at",
    "CREATE INDEX ix_upload_is_attached_prepared_at ON upload (is_attached, prepared_at)",
    // Its constraints go with it.
    "ALTER TABLE upload DROP COLUMN purpose",
    "ALTER TABLE upload ALTER COLUMN evidence_id SET NOT NULL",
];

/// SQLite does not take NOT NULL off a column: the table is made anew. Nothing refers to it while that happens.
async fn rebuild(
    manager: &SchemaManager<'_>,
    table: Table,
    copy: String,
    indexes: [&str; 3],
) -> Result<(), DbErr> {
    let mut aside = vec!["ALTER TABLE upload RENAME TO upload_aside".to_owned()];
    aside.extend(indexes.map(|index| format!("DROP INDEX {index}")));
    run(manager, &aside).await?;
    table.create(manager).await?;
    run(manager, &[format!("{copy} upload_aside"), "DROP TABLE upload_aside".to_owned()]).await
}

/// What was announced: a file of evidence, or a document for import, which is of no evidence.
fn upload() -> Table {
    Table::new("upload")
        .id()
        .programme()
        .one_of("purpose", &["EVIDENCE", "IMPORT"])
        .may_refer("evidence_id", "evidence")
        .text("subject")
        .text("name")
        .text("media_type")
        .big("size_bytes")
        .text("sha256")
        .one_of("scan", SCANS)
        .timestamp("prepared_at")
        .timestamp("expires_at")
        .maybe_timestamp("received_at")
        .flag("is_attached")
        .check("size", "size_bytes > 0")
        .check("evidence_of_evidence", "(purpose = 'EVIDENCE') = (evidence_id IS NOT NULL)")
        .index("is_attached, expires_at")
        .index("evidence_id")
        .index("programme_id")
}

/// As it was.
fn upload_before() -> Table {
    Table::new("upload")
        .id()
        .programme()
        .refers("evidence_id", "evidence")
        .text("subject")
        .text("name")
        .text("media_type")
        .big("size_bytes")
        .text("sha256")
        .one_of("scan", SCANS)
        .timestamp("prepared_at")
        .timestamp("expires_at")
        .maybe_timestamp("received_at")
        .flag("is_attached")
        .check("size", "size_bytes > 0")
        .index("is_attached, prepared_at")
        .index("evidence_id")
        .index("programme_id")
}

/// How far the reading of a document has come, and what it gave. Beside the record, as the upload is.
fn reading() -> Table {
    Table::new("upload_reading")
        .refers("upload_id", "upload")
        .one_of("kind", KINDS)
        .one_of("state", &["AWAITED", "WAITING", "READING", "READ", "REFUSED"])
        .maybe_whole("done")
        .maybe_whole("total")
        .maybe_text("problem")
        .maybe_text("result")
        .whole_or("attempts", 0)
        .maybe_timestamp("claimed_until")
        .maybe_timestamp("read_at")
        .key("upload_id")
        .check("progress_whole", "(done IS NULL) = (total IS NULL)")
        .check("result_of_read", "(state = 'READ') = (result IS NOT NULL)")
        .check("problem_of_refused", "(state = 'REFUSED') = (problem IS NOT NULL)")
        .index("state, claimed_until")
}

/// A document that something was imported from. Its bytes lie under the id of the upload that brought them, which is its own.
fn document() -> Table {
    Table::new("source_document")
        .id()
        .programme()
        .one_of("kind", KINDS)
        .text("name")
        .text("media_type")
        .big("size_bytes")
        .text("sha256")
        .one_of("scan", SCANS)
        .date("imported_on")
        .may_refer("imported_by_id", "party")
        .maybe_text("imported_by_subject")
        .versioned()
        .check("size", "size_bytes > 0")
        .index("programme_id, imported_on, id")
        .index("programme_id, sha256")
        .index("scan, id")
}

/// Where an object came from: its place in a document, which may be gone. The object is of one of several tables, so its key is
/// loose.
fn imported_from() -> Table {
    Table::new("imported_from")
        .loose("object_id")
        .programme()
        .one_of(
            "object_type",
            &["Plan", "Action", "Step", "ProgressUpdate", "Inspection", "Judgement", "Recommendation"],
        )
        .may_refer("document_id", "source_document")
        .maybe_whole("page")
        .maybe_text("sheet")
        .maybe_whole("table_number")
        .maybe_whole("row_number")
        .key("object_id")
}
