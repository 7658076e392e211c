//! What a migration means for programs that do not know it: whether they may go on.
//!
//! An upgrade migrates first, while programs of the version before are at work, and replaces them one by one afterwards. The table
//! `schema_floor` has one row: the newest migration that a program must know to use the database. It is raised before a migration
//! begins, in the transaction of those that have one, so that there is no moment at which an old program could be at work on what it
//! does not understand.

use sea_orm_migration::MigrationName;
use sea_orm_migration::prelude::*;

use crate::table::run;

/// The table that holds the floor.
pub const FLOOR_TABLE: &str = "schema_floor";
/// Its one column.
pub const FLOOR_COLUMN: &str = "migration";

/// Programs that do not know a migration. Which of these it is, `migration/README.md` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// They must not use the database any more.
    Stop,
    /// They go on as if nothing had happened: what they read and write is as it was.
    GoOn,
    /// They go on where they know that one, by its name: since then no program has used what goes now.
    GoOnFrom(&'static str),
}

/// A migration that says what it means for older programs.
pub(crate) struct Stated {
    migration: Box<dyn MigrationTrait>,
    older: Older,
}

impl Stated {
    pub(crate) fn new(migration: Box<dyn MigrationTrait>, older: Older) -> Self {
        Self { migration, older }
    }
}

impl MigrationName for Stated {
    fn name(&self) -> &str {
        self.migration.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Stated {
    fn use_transaction(&self) -> Option<bool> {
        self.migration.use_transaction()
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let floor = match self.older {
            Older::Stop => Some(self.name()),
            Older::GoOnFrom(known) => Some(known),
            Older::GoOn => None,
        };
        if let Some(floor) = floor {
            // Names begin with a day and a number: their order is that of the migrations. It is never lowered.
            let raise = format!(
                "UPDATE {FLOOR_TABLE} SET {FLOOR_COLUMN} = '{floor}' WHERE {FLOOR_COLUMN} < '{floor}'"
            );
            run(manager, &[raise]).await?;
        }
        self.migration.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.migration.down(manager).await
    }
}
