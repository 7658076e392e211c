//! What is done about it: plans, themes, actions with their steps, parties and links, and progress updates.

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
        for table in [plan(), theme(), action(), step(), progress_update()].into_iter().chain(links()) {
            table.create(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "action_dependency",
            "action_direction",
            "action_requirement",
            "action_party",
            "progress_update",
            "step",
            "action",
            "theme",
            "plan",
        ];
        drop_tables(manager, &tables).await
    }
}

fn plan() -> Table {
    Table::new("plan")
        .id()
        .programme()
        .text("title")
        .one_of("status", &["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"])
        .refers("owner_id", "party")
        .maybe_date("start_on")
        .maybe_date("end_on")
        .may_refer("predecessor_id", "plan")
        .whole_or("update_every_days", 42)
        .whole_or("strands_required", 2)
        .maybe_date("considered_on")
        .maybe_date("agreed_on")
        .maybe_date("published_on")
        .maybe_date("closed_on")
        .maybe_text("import_digest")
        .versioned()
        .check("period", "end_on >= start_on")
        .check("cadence", "update_every_days > 0")
        .check("strands", "strands_required BETWEEN 1 AND 4")
        .check("follows_another", "predecessor_id <> id")
        .unique("programme_id, title")
        .unique("predecessor_id")
        .index("programme_id, status, id")
}

fn theme() -> Table {
    Table::new("theme")
        .id()
        .programme()
        .refers("plan_id", "plan")
        .may_refer("parent_id", "theme")
        .text("name")
        .position()
        .versioned()
        .check("tree", "parent_id <> id")
        .unique("plan_id, position")
}

/// `latest_update_id` to `off_track_from` are derived: the write path sets them from the rules, so that lists can filter
/// and order by them. No check compares the start with the due day, because printed plans do contain such rows; the import asks about them.
fn action() -> Table {
    let statuses = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED", "ROLLED_OVER", "WITHDRAWN"];
    let indexes = [
        "plan_id, position, id",
        "programme_id, plan_id, position, id",
        "programme_id, reference",
        "programme_id, reference_sort, id",
        "programme_id, start_on, id",
        "programme_id, due_on, id",
        "programme_id, status, id",
        "programme_id, update_due_on, id",
        "programme_id, created_at, id",
        "programme_id, updated_at, id",
        "programme_id, declared_health",
        "programme_id, off_track_from",
        "programme_id, at_risk_from",
    ];
    let table = Table::new("action")
        .id()
        .programme()
        .refers("plan_id", "plan")
        .may_refer("theme_id", "theme")
        .text("reference")
        .text_even_empty("reference_sort")
        .position()
        .text_even_empty("aim")
        .may_refer("organisation_id", "party")
        .maybe_date("start_on")
        .maybe_date("due_on")
        .maybe_one_of("due_precision", &["DAY", "MONTH", "QUARTER", "YEAR"])
        .maybe_text("timeframe_as_printed")
        .one_of("status", &statuses)
        .maybe_date("status_on")
        .may_refer("rolled_over_from_id", "action")
        .maybe_text("notes")
        .maybe_loose("latest_update_id")
        .maybe_one_of("declared_health", HEALTH)
        .maybe_date("last_reported_on")
        .maybe_date("update_due_on")
        .maybe_date("at_risk_from")
        .maybe_date("off_track_from")
        .versioned()
        .check("due_with_precision", "(due_on IS NULL) = (due_precision IS NULL)")
        .check("rolled_over_from_another", "rolled_over_from_id <> id")
        .unique("plan_id, reference")
        .unique("rolled_over_from_id");
    indexes.into_iter().fold(table, Table::index)
}

fn step() -> Table {
    Table::new("step")
        .id()
        .programme()
        .refers("action_id", "action")
        .position()
        .text("text")
        .maybe_date("due_on")
        .maybe_date("done_on")
        .maybe_date("struck_out_on")
        .maybe_text("struck_out_reason")
        .may_refer("lead_id", "party")
        .flag("is_illustrative")
        .versioned()
        .check("struck_out_with_reason", "(struck_out_on IS NULL) = (struck_out_reason IS NULL)")
        .check("done_or_struck_out", "done_on IS NULL OR struck_out_on IS NULL")
        .index("action_id, position, id")
}

/// Never edited: a later one corrects.
fn progress_update() -> Table {
    Table::new("progress_update")
        .id()
        .programme()
        .refers("action_id", "action")
        .date("reported_on")
        .text("narrative")
        .maybe_one_of("declared_health", HEALTH)
        .maybe_text("obstacles")
        .maybe_text("next_steps")
        .may_refer("author_id", "party")
        .flag("is_illustrative")
        .timestamp("created_at")
        .index("action_id, reported_on, id")
        .index("programme_id, reported_on, id")
}

fn links() -> Vec<Table> {
    vec![
        Table::new("action_party")
            .programme()
            .refers("action_id", "action")
            .refers("party_id", "party")
            .one_of("role", &["LEAD", "CONTRIBUTOR"])
            .position()
            .key("action_id, party_id")
            .index("party_id, action_id"),
        Table::new("action_requirement")
            .programme()
            .refers("action_id", "action")
            .refers("requirement_id", "requirement")
            .maybe_text("qualifier")
            .position()
            .key("action_id, requirement_id")
            .index("requirement_id, action_id"),
        Table::new("action_direction")
            .programme()
            .refers("action_id", "action")
            .refers("source_id", "source")
            .text("as_printed")
            .key("action_id, source_id"),
        Table::new("action_dependency")
            .programme()
            .refers("action_id", "action")
            .refers("depends_on_id", "action")
            .flag("is_illustrative")
            .key("action_id, depends_on_id")
            .check("another", "action_id <> depends_on_id"),
    ]
}

const HEALTH: &[&str] = &["ON_TRACK", "AT_RISK", "OFF_TRACK", "DONE"];
