//! What changes through the API: who claimed, assured and judged, dates that were moved, links that were proposed; and what the
//! write path keeps for itself: the keys of requests that may be sent again, and whose sight an entry took something out of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{Table, drop_tables, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in widened() {
            table.widen(manager).await?;
        }
        Table::new("due_date_move")
            .id()
            .programme()
            .refers("action_id", "action")
            .maybe_date("from_on")
            .maybe_date("to_on")
            .text("reason")
            .date("moved_on")
            .timestamp("created_at")
            .create(manager)
            .await?;
        Table::new("impact_evidence")
            .programme()
            .refers("action_id", "action")
            .refers("evidence_id", "evidence")
            .key("action_id, evidence_id")
            .create(manager)
            .await?;
        Table::new("link_proposal")
            .id()
            .programme()
            .refers("action_id", "action")
            .refers("requirement_id", "requirement")
            .maybe_text("qualifier")
            .maybe_text("reason")
            .one_of("status", &["OPEN", "ACCEPTED", "DECLINED"])
            .may_refer("proposed_by_id", "party")
            .date("proposed_on")
            .maybe_date("decided_on")
            .maybe_text("decision_reason")
            .versioned()
            .unique_where("open", "action_id, requirement_id", "status = 'OPEN'")
            .create(manager)
            .await?;
        Table::new("idempotency")
            .text("principal")
            .text("idempotency_key")
            .text("input_hash")
            .maybe_text("outcome")
            .timestamp("created_at")
            .key("principal, idempotency_key")
            .index("created_at")
            .create(manager)
            .await?;
        Table::new("sight_lost")
            .programme()
            .big("sequence")
            .text("token")
            .key("programme_id, sequence, token")
            .create(manager)
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // The trigger refuses whoever asks; without the right, the service does not even get so far.
            let revoke = |from| format!("REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM {from}");
            run(manager, &[revoke("PUBLIC"), revoke("CURRENT_USER")]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["sight_lost", "idempotency", "link_proposal", "impact_evidence", "due_date_move"],
        )
        .await?;
        for table in widened() {
            table.narrow(manager).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let grant = "GRANT UPDATE, DELETE, TRUNCATE ON ledger_entry TO CURRENT_USER".to_owned();
            run(manager, &[grant]).await?;
        }
        Ok(())
    }
}

/// The tables that there are already, with what is new in them.
fn widened() -> [Table; 4] {
    [
        Table::new("action")
            .maybe_date("claimed_on")
            .may_refer("claimed_by_id", "party")
            .maybe_text("claimed_by_subject")
            .maybe_text("claim_summary")
            .maybe_date("assured_on")
            .may_refer("assured_by_id", "party")
            .maybe_text("assurance_note")
            .maybe_one_of("impact", &["IMPROVED", "NO_CHANGE", "WORSE", "TOO_EARLY"])
            .maybe_text("impact_summary")
            .maybe_date("impact_on")
            .may_refer("impact_by_id", "party"),
        Table::new("requirement")
            .maybe_date("confirmed_on")
            .may_refer("confirmed_by_id", "party")
            .maybe_text("confirmation_note")
            .flag_or("is_confirmed_on_behalf", false),
        Table::new("duty")
            .may_refer("discharged_by_id", "party")
            .may_refer("discharge_evidence_id", "evidence"),
        Table::new("evidence")
            .maybe_text("added_by_subject")
            .maybe_text("review_note")
            .maybe_text("reviewed_by_subject"),
    ]
}
