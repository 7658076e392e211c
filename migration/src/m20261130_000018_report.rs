//! What the report of an inspection says of its recommendations and judgements besides their words.

use sea_orm_migration::prelude::*;

use crate::table::Table;

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
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in widened() {
            table.narrow(manager).await?;
        }
        Ok(())
    }
}

fn widened() -> [Table; 2] {
    [
        Table::new("requirement")
            .maybe_one_of("part", &["LOCAL_AUTHORITY", "LSCB"])
            .maybe_whole("page")
            .maybe_text("urgency")
            .maybe_text("addressee")
            .maybe_text("topic"),
        Table::new("judgement").maybe_text("printed_grade"),
    ]
}
