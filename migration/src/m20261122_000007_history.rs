//! The history of one thing is found by its id alone: what belongs to no programme can stand in several ledgers.

use sea_orm_migration::prelude::*;

use crate::table::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = "CREATE INDEX ix_ledger_entry_entity_id_sequence ON ledger_entry (entity_id, sequence)";
        run(manager, &[index.to_owned()]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP INDEX ix_ledger_entry_entity_id_sequence".to_owned()]).await
    }
}
