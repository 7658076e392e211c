//! Quality assurance: audits with their grades as counts and what they are about, and the findings of each.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

const KINDS: &[&str] =
    &["CASE_AUDIT", "DIP_SAMPLE", "SPOT_CHECK", "DEEP_DIVE", "OBSERVATION", "CHECK_AND_CHALLENGE"];
const GRADES: &[&str] = &["OUTSTANDING", "GOOD", "REQUIRES_IMPROVEMENT", "INADEQUATE"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        audit().create(manager).await?;
        Table::new("audit_grades")
            .programme()
            .refers("audit_id", "audit")
            .one_of("rater", &["SELF", "INDEPENDENT", "MODERATED"])
            .maybe_whole("outstanding")
            .maybe_whole("good")
            .maybe_whole("requires_improvement")
            .maybe_whole("inadequate")
            .key("audit_id, rater")
            .create(manager)
            .await?;
        Table::new("audit_action")
            .programme()
            .refers("audit_id", "audit")
            .refers("action_id", "action")
            .key("audit_id, action_id")
            .index("action_id, audit_id")
            .create(manager)
            .await?;
        Table::new("audit_requirement")
            .programme()
            .refers("audit_id", "audit")
            .refers("requirement_id", "requirement")
            .key("audit_id, requirement_id")
            .index("requirement_id, audit_id")
            .create(manager)
            .await?;
        finding().create(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_finding", "audit_requirement", "audit_action", "audit_grades", "audit"])
            .await
    }
}

/// The columns that end with `shown` say what partners are told of the figures.
fn audit() -> Table {
    Table::new("audit")
        .id()
        .programme()
        .one_of("kind", KINDS)
        .text("title")
        .date("started_on")
        .date("ended_on")
        .may_refer("done_by_id", "party")
        .flag("is_independent")
        .maybe_text("theme")
        .maybe_whole("sample_size")
        .maybe_text("summary")
        .may_refer("reaudit_of_id", "audit")
        .maybe_date("moderated_on")
        .may_refer("moderated_by_id", "party")
        .maybe_text("moderation_note")
        .flag_or("is_sample_shown", true)
        .flag_or("are_grades_shown", true)
        .flag("is_illustrative")
        .versioned()
        .check("period", "ended_on >= started_on")
        .check("sample_natural", "sample_size > 0")
        .check("not_its_own", "reaudit_of_id <> id")
        .index("programme_id, ended_on, id")
        .index("programme_id, theme, id")
        .index("programme_id, title, id")
        .index("programme_id, updated_at, id")
}

fn finding() -> Table {
    Table::new("audit_finding")
        .id()
        .programme()
        .refers("audit_id", "audit")
        .text("text")
        .maybe_one_of("grade", GRADES)
        .maybe_text("theme")
        .maybe_text("follow_up")
        .may_refer("owner_id", "party")
        .maybe_date("first_due_on")
        .maybe_date("due_on")
        .maybe_date("done_on")
        .may_refer("done_by_id", "party")
        .maybe_text("done_by_subject")
        .maybe_text("done_note")
        .maybe_date("rechecked_on")
        .may_refer("rechecked_by_id", "party")
        .maybe_one_of("recheck_outcome", &["HELD", "NOT_HELD"])
        .maybe_text("recheck_note")
        .one_of("status", &["OPEN", "FOLLOWED_UP", "CLOSED"])
        .flag("is_illustrative")
        .versioned()
        .check("done_whole", "(status = 'OPEN') = (done_on IS NULL)")
        .check("closed_whole", "status <> 'CLOSED' OR rechecked_on IS NOT NULL")
        .check("recheck_whole", "(rechecked_on IS NULL) = (recheck_outcome IS NULL)")
        .index("audit_id, created_at, id")
        .index("programme_id, due_on, id")
        .index("programme_id, status, due_on, id")
        .index("programme_id, theme, id")
        .index("programme_id, created_at, id")
        .index("programme_id, updated_at, id")
}
