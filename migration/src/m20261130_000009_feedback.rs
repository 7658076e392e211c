//! What was said, what was done about it, and when those who said it were told.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

const SPEAKERS: &[&str] = &["CHILDREN", "FAMILIES", "CARERS", "STAFF", "PARTNERS"];
const GATHERINGS: &[&str] = &["SURVEY", "GROUP", "INTERVIEWS", "PRACTICE", "COMPLAINTS", "OTHER"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        feedback().create(manager).await?;
        Table::new("feedback_action")
            .programme()
            .refers("feedback_id", "feedback")
            .refers("action_id", "action")
            .key("feedback_id, action_id")
            .index("action_id, feedback_id")
            .create(manager)
            .await?;
        Table::new("feedback_requirement")
            .programme()
            .refers("feedback_id", "feedback")
            .refers("requirement_id", "requirement")
            .key("feedback_id, requirement_id")
            .index("requirement_id, feedback_id")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["feedback_requirement", "feedback_action", "feedback"]).await
    }
}

fn feedback() -> Table {
    Table::new("feedback")
        .id()
        .programme()
        .one_of("said_by", SPEAKERS)
        .one_of("gathered_by", GATHERINGS)
        .date("period_start")
        .date("period_end")
        .maybe_whole("speaker_count")
        .maybe_text("theme")
        .text("said")
        .maybe_text("done")
        .maybe_date("done_on")
        .maybe_text("told")
        .maybe_date("told_on")
        .flag("is_illustrative")
        .versioned()
        .check("period", "period_end >= period_start")
        .check("somebody_spoke", "speaker_count >= 1")
        .check("done_whole", "(done IS NULL) = (done_on IS NULL)")
        .check("told_whole", "(told IS NULL) = (told_on IS NULL)")
        .index("programme_id, period_end, id")
        .index("programme_id, told_on, id")
        .index("programme_id, created_at, id")
        .index("programme_id, updated_at, id")
}
