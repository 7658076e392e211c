//! Indexes for what is read most: what is overdue in a programme, in its order; and what an unchanged answer hangs on, of the organisations.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::run;

const INDEXES: [(&str, &str); 2] = [
    (
        "ix_action_awaited_programme_id_due_on_id",
        "action (programme_id, due_on, id) WHERE status IN ('NOT_STARTED', 'IN_PROGRESS')",
    ),
    ("ix_party_organisation_version", "party (version, updated_at) WHERE programme_id IS NULL"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for (name, on) in INDEXES {
            let statements = if is_postgres {
                vec![
                    format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"),
                    "SET lock_timeout = 0".to_owned(),
                    format!("CREATE INDEX CONCURRENTLY {name} ON {on}"),
                    "SET lock_timeout = '1s'".to_owned(),
                ]
            } else {
                vec![format!("CREATE INDEX IF NOT EXISTS {name} ON {on}")]
            };
            run(manager, &statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &INDEXES.map(|(name, _)| format!("DROP INDEX IF EXISTS {name}"))).await
    }
}
