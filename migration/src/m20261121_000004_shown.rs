//! What shows that it helped: evidence, what it speaks for, and who may see it by name.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        evidence().create(manager).await?;
        Table::new("evidence_action")
            .programme()
            .refers("evidence_id", "evidence")
            .refers("action_id", "action")
            .key("evidence_id, action_id")
            .index("action_id, evidence_id")
            .create(manager)
            .await?;
        Table::new("evidence_requirement")
            .programme()
            .refers("evidence_id", "evidence")
            .refers("requirement_id", "requirement")
            .key("evidence_id, requirement_id")
            .index("requirement_id, evidence_id")
            .create(manager)
            .await?;
        Table::new("evidence_share")
            .programme()
            .refers("evidence_id", "evidence")
            .refers("organisation_id", "party")
            .key("evidence_id, organisation_id")
            .index("organisation_id, evidence_id")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["evidence_share", "evidence_requirement", "evidence_action", "evidence"]).await
    }
}

fn evidence() -> Table {
    Table::new("evidence")
        .id()
        .programme()
        .text("title")
        .maybe_text("summary")
        .one_of("strand", &["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE", "DOCUMENT"])
        .one_of("marking", &["OFFICIAL", "OFFICIAL_SENSITIVE"])
        .maybe_date("period_start")
        .maybe_date("period_end")
        .maybe_date("expires_on")
        .date("added_on")
        .one_of("review_status", &["SUBMITTED", "ACCEPTED", "REFUSED"])
        .maybe_date("reviewed_on")
        .may_refer("reviewed_by_id", "party")
        .may_refer("added_by_id", "party")
        .flag("is_illustrative")
        .versioned()
        .check("period", "period_end >= period_start")
        .check("review", "review_status <> 'SUBMITTED' OR (reviewed_on IS NULL AND reviewed_by_id IS NULL)")
        .index("programme_id, added_on, id")
        .index("programme_id, strand, id")
        .index("programme_id, marking, id")
        .index("programme_id, review_status, id")
        .index("programme_id, period_start, id")
        .index("programme_id, expires_on, id")
        .index("programme_id, period_end, id")
        .index("programme_id, title, id")
        .index("programme_id, updated_at, id")
}
