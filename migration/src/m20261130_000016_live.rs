//! Which actions an entry of the ledger is about: whoever shows one action follows that action alone.

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
        // No foreign keys to the action: the record outlives what it is about.
        Table::new("entry_action")
            .programme()
            .big("sequence")
            .loose("action_id")
            .key("action_id, sequence")
            .create(manager)
            .await?;
        run(manager, &[from_what_is_recorded(manager.get_database_backend())]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["entry_action"]).await
    }
}

/// What belongs to something that has actions: the column of its state that names the owner, and the owner's actions.
const OWNERS: [(&str, &str); 3] =
    [("evidence_id", "evidence_action"), ("audit_id", "audit_action"), ("measure_id", "measure_action")];

/// What the write path says of each new entry (`store::about`), said of those that there are: an entry is about the action
/// that it changes, and about those that the thing names before or after. Files, findings and readings are about the
/// actions of what they belong to, as it stands.
fn from_what_is_recorded(backend: DbBackend) -> String {
    let is_postgres = backend == DbBackend::Postgres;
    let id = |text: &str| match is_postgres {
        true => format!("({text})::uuid"),
        false => format!("unhex(replace({text}, '-', ''))"),
    };
    let member = |of: &str, name: &str| match is_postgres {
        true => format!("({of})::jsonb ->> '{name}'"),
        false => format!("json_extract({of}, '$.{name}')"),
    };
    let items = |of: &str, list: &str| match is_postgres {
        true => format!("jsonb_array_elements(COALESCE(({of})::jsonb -> '{list}', '[]'))"),
        false => format!("json_each({of}, '$.{list}')"),
    };
    let mut told =
        vec!["SELECT programme_id, sequence, entity_id FROM e WHERE entity_type = 'Action'".to_owned()];
    for state in ["e.state", "e.earlier"] {
        let own = member(state, "action_id");
        told.push(format!(
            "SELECT programme_id, sequence, {} FROM e WHERE entity_type <> 'Action' AND {own} IS NOT NULL",
            id(&own)
        ));
        for list in ["actions", "tied_actions"] {
            let of = member("i.value", "action_id");
            told.push(format!(
                "SELECT e.programme_id, e.sequence, {} FROM e, {} AS i{} WHERE e.entity_type <> 'Action'",
                id(&of),
                items(state, list),
                if is_postgres { "(value)" } else { "" }
            ));
        }
        for (owner, link) in OWNERS {
            let of = id(&member(state, owner));
            told.push(format!(
                "SELECT e.programme_id, e.sequence, l.action_id FROM e JOIN {link} l ON l.{owner} = {of}"
            ));
        }
    }
    format!(
        "INSERT INTO entry_action (programme_id, sequence, action_id) \
         WITH e AS (SELECT programme_id, sequence, entity_type, entity_id, state, \
           LAG(state) OVER (PARTITION BY programme_id, entity_id ORDER BY sequence) AS earlier FROM ledger_entry) {}",
        told.join(" UNION ")
    )
}
