//! Challenges of the board with their answers, and notices: what an organisation is told without asking.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables, run};

const KINDS: &[&str] =
    &["ACTION_SLIPPED", "DEPENDENCY_LATE", "EVIDENCE_SHARED", "UPDATE_DUE", "CHALLENGE_PUT"];

/// By these it is found what fell due lately, in every programme at once.
const ON_ACTIONS: &[(&str, &str)] = &[
    ("ix_action_awaited_due_on", "(due_on) WHERE status IN ('NOT_STARTED', 'IN_PROGRESS')"),
    ("ix_action_update_due_on", "(update_due_on) WHERE update_due_on IS NOT NULL"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        challenge().create(manager).await?;
        notice().create(manager).await?;
        let create = |(name, on): &(&str, &str)| format!("CREATE INDEX {name} ON action {on}");
        run(manager, &ON_ACTIONS.iter().map(create).collect::<Vec<_>>()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = |(name, _): &(&str, &str)| format!("DROP INDEX {name}");
        run(manager, &ON_ACTIONS.iter().map(drop).collect::<Vec<_>>()).await?;
        drop_tables(manager, &["notice", "challenge"]).await
    }
}

fn challenge() -> Table {
    Table::new("challenge")
        .id()
        .programme()
        .may_refer("action_id", "action")
        .text("text")
        .refers("put_to_id", "party")
        .may_refer("put_by_id", "party")
        .date("put_on")
        .date("answer_by")
        .one_of("status", &["OPEN", "ANSWERED", "CLOSED"])
        .maybe_text("answer")
        .maybe_date("answered_on")
        .may_refer("answered_by_id", "party")
        .maybe_text("still_asked")
        .maybe_date("closed_on")
        .may_refer("closed_by_id", "party")
        .maybe_text("closing_note")
        .flag("is_illustrative")
        .versioned()
        .check("answer_whole", "(answer IS NULL) = (answered_on IS NULL)")
        .check("answered", "status <> 'ANSWERED' OR answer IS NOT NULL")
        .check("asked_again_after_an_answer", "still_asked IS NULL OR answer IS NOT NULL")
        .check("closed", "(status = 'CLOSED') = (closed_on IS NOT NULL)")
        .index("programme_id, put_on, id")
        .index("programme_id, answer_by, id")
        .index("programme_id, status, id")
        .index("programme_id, created_at, id")
        .index("programme_id, updated_at, id")
        .index("action_id, put_on, id")
        .index("put_to_id, programme_id")
}

/// Never edited. What it is about can be of several kinds, so that its id has no foreign key, as in the ledger.
fn notice() -> Table {
    Table::new("notice")
        .id()
        .programme()
        .one_of("kind", KINDS)
        .refers("organisation_id", "party")
        .may_refer("action_id", "action")
        .one_of("about_type", &["Action", "Evidence", "Challenge"])
        .loose("about_id")
        .date("falls_on")
        .maybe_date("was_on")
        .maybe_date("now_on")
        .whole_or("version", 1)
        .timestamp("created_at")
        .check("moved_whole", "(was_on IS NULL) = (now_on IS NULL)")
        .check("moved_later", "now_on > was_on")
        .check(
            "of_an_action",
            "(kind IN ('ACTION_SLIPPED', 'DEPENDENCY_LATE', 'UPDATE_DUE')) = (about_type = 'Action')",
        )
        .check("with_its_action", "about_type <> 'Action' OR action_id IS NOT NULL")
        // Each is told once. A day that falls due, a move, and what somebody did are told apart by different columns.
        .unique_where(
            "day",
            "organisation_id, kind, about_id, action_id, falls_on",
            "about_type = 'Action' AND now_on IS NULL",
        )
        .unique_where(
            "move",
            "organisation_id, kind, about_id, action_id, falls_on, was_on, now_on",
            "about_type = 'Action' AND now_on IS NOT NULL",
        )
        .unique_where("act", "organisation_id, kind, about_id, falls_on", "about_type <> 'Action'")
        .index("programme_id, falls_on, id")
        .index("programme_id, created_at, id")
        .index("programme_id, kind, falls_on")
        .index("organisation_id, programme_id")
        .index("action_id, falls_on")
        .index("about_id")
}
