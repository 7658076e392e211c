//! Files of evidence: what is on its way (`upload`), what belongs to evidence (`evidence_file`, a row for each version), and
//! the key with which their addresses are signed.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

const SCANS: &[&str] = &["UNSCANNED", "CLEAN", "INFECTED"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        upload().create(manager).await?;
        evidence_file().create(manager).await?;
        Table::new("file_key")
            .text("kid")
            .text("secret")
            .timestamp("created_at")
            .key("kid")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["file_key", "evidence_file", "upload"]).await
    }
}

/// What was announced, and whether its bytes have come. No part of the record: nothing was changed by it yet.
fn upload() -> Table {
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

/// A version of a file. Its bytes lie under the id of the upload that brought them, which is its own.
fn evidence_file() -> Table {
    Table::new("evidence_file")
        .id()
        .programme()
        .refers("evidence_id", "evidence")
        .loose("document_id")
        .whole("number")
        .flag("is_current")
        .text("name")
        .text("media_type")
        .big("size_bytes")
        .text("sha256")
        .one_of("scan", SCANS)
        .date("added_on")
        .may_refer("added_by_id", "party")
        .maybe_text("added_by_subject")
        .flag("is_illustrative")
        .versioned()
        .check("size", "size_bytes > 0")
        .check("number", "number > 0")
        .unique("document_id, number")
        .index("evidence_id, is_current, name, id")
        .index("programme_id, scan")
}
