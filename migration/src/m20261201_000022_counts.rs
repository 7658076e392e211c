//! An index that tells how much evidence an action has, and of which programme, without a look at anything else.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::run;

const BEFORE: (&str, &str) =
    ("ix_evidence_action_action_id_evidence_id", "evidence_action (action_id, evidence_id)");
const NOW: (&str, &str) = (
    "ix_evidence_action_action_id_programme_id_evidence_id",
    "evidence_action (action_id, programme_id, evidence_id)",
);

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, BEFORE, NOW).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, NOW, BEFORE).await
    }
}

/// The new one first: there is no moment without.
async fn replace(
    manager: &SchemaManager<'_>,
    (before, _): (&str, &str),
    (name, on): (&str, &str),
) -> Result<(), DbErr> {
    let statements = match manager.get_database_backend() {
        DbBackend::Postgres => vec![
            format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"),
            "SET lock_timeout = 0".to_owned(),
            format!("CREATE INDEX CONCURRENTLY {name} ON {on}"),
            format!("DROP INDEX CONCURRENTLY IF EXISTS {before}"),
            "SET lock_timeout = '1s'".to_owned(),
        ],
        _ => vec![
            format!("CREATE INDEX IF NOT EXISTS {name} ON {on}"),
            format!("DROP INDEX IF EXISTS {before}"),
        ],
    };
    run(manager, &statements).await
}
