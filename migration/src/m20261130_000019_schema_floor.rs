//! The oldest program that may use the database, so that a rolling upgrade is possible (`older`); and which past it has, where it
//! was restored.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("schema_floor").text("migration").key("migration").create(manager).await?;
        Table::new("timeline").text("id").key("id").create(manager).await?;
        // Who does not know this one does not look here, and takes no schema but its own.
        run(manager, &[format!("INSERT INTO schema_floor (migration) VALUES ('{}')", self.name())]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["timeline", "schema_floor"]).await
    }
}
