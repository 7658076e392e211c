//! The record: the ledger of every change, the files that were loaded, and the development issuer's keys.

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
        // `entity_id` has no foreign key: the record outlives what it is about.
        Table::new("ledger_entry")
            .programme()
            .big("sequence")
            .timestamp("at")
            .text("actor")
            .text("role")
            .text("operation")
            .text("entity_type")
            .loose("entity_id")
            .whole("entity_version")
            .text("state")
            .maybe_text("reason")
            .text("request_id")
            .text("previous_hash")
            .text("hash")
            .key("programme_id, sequence")
            .index("programme_id, entity_id, sequence")
            .check("sequence_positive", "sequence > 0")
            .check("hashes", "length(previous_hash) = 64 AND length(hash) = 64")
            .create(manager)
            .await?;
        Table::new("ledger_head")
            .programme()
            .big("sequence")
            .text("hash")
            .key("programme_id")
            .check("sequence_natural", "sequence >= 0")
            .check("hash", "length(hash) = 64")
            .create(manager)
            .await?;
        // What was loaded from files, so that loading the same again is nothing to do.
        Table::new("imported_file")
            .programme()
            .text("digest")
            .timestamp("imported_at")
            .key("programme_id, digest")
            .create(manager)
            .await?;
        Table::new("dev_issuer_key")
            .text("kid")
            .text("private_pem")
            .timestamp("created_at")
            .key("kid")
            .create(manager)
            .await?;
        run(manager, &append_only(manager.get_database_backend())).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["dev_issuer_key", "imported_file", "ledger_head", "ledger_entry"]).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            run(manager, &["DROP FUNCTION ledger_is_append_only()".to_owned()]).await?;
        }
        Ok(())
    }
}

/// Triggers that refuse to change or remove an entry, whoever asks. They go with the table.
fn append_only(backend: DbBackend) -> Vec<String> {
    let refusal = "the ledger is append-only";
    match backend {
        DbBackend::Postgres => vec![
            format!(
                "CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            ),
            "CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry \
             FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
                .to_owned(),
        ],
        _ => ["UPDATE", "DELETE"]
            .map(|verb| {
                format!(
                    "CREATE TRIGGER ledger_entry_no_{} BEFORE {verb} ON ledger_entry \
                     BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
                    verb.to_lowercase()
                )
            })
            .to_vec(),
    }
}
