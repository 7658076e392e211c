//! What a piece of evidence shows of the difference made for children.

use sea_orm_migration::prelude::*;

use crate::table::{Table, run};

const INDEX: &str = "ix_evidence_programme_id_shows_id";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        widened().widen(manager).await?;
        run(manager, &[format!("CREATE INDEX {INDEX} ON evidence (programme_id, shows, id)")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[format!("DROP INDEX {INDEX}")]).await?;
        widened().narrow(manager).await
    }
}

fn widened() -> Table {
    Table::new("evidence").maybe_one_of("shows", &["IMPROVED", "NO_CHANGE", "WORSE", "TOO_EARLY"])
}
