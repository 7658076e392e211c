//! The schema's history, the same on SQLite and PostgreSQL.
//!
//! Each migration stands alone: it never reads the `entity` crate, so that an old one means tomorrow what it means today.
//! Tables are written down with the small builder in `table`, which renders one description for both databases.
//! What the builder renders for a migration that has been released must not change; new needs get new methods.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

use self::older::Stated;
pub use self::older::{FLOOR_COLUMN, FLOOR_TABLE, Older};

mod m20261121_000001_programme;
mod m20261121_000002_asked;
mod m20261121_000003_done;
mod m20261121_000004_shown;
mod m20261121_000005_recorded;
mod m20261122_000006_changed;
mod m20261122_000007_history;
mod m20261130_000008_measures;
mod m20261130_000009_feedback;
mod m20261130_000010_audits;
mod m20261130_000011_files;
mod m20261130_000012_proof;
mod m20261130_000013_clients;
mod m20261130_000014_webhooks;
mod m20261130_000015_notices;
mod m20261130_000016_live;
mod m20261130_000017_documents;
mod m20261130_000018_report;
mod m20261130_000019_schema_floor;
mod m20261201_000020_reads;
mod m20261201_000021_links;
mod m20261201_000022_counts;
mod older;
mod table;

/// Those that stop programs that do not know them without saying so. The last makes the table in which all others say it.
fn unstated() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261121_000001_programme::Migration),
        Box::new(m20261121_000002_asked::Migration),
        Box::new(m20261121_000003_done::Migration),
        Box::new(m20261121_000004_shown::Migration),
        Box::new(m20261121_000005_recorded::Migration),
        Box::new(m20261122_000006_changed::Migration),
        Box::new(m20261122_000007_history::Migration),
        Box::new(m20261130_000008_measures::Migration),
        Box::new(m20261130_000009_feedback::Migration),
        Box::new(m20261130_000010_audits::Migration),
        Box::new(m20261130_000011_files::Migration),
        Box::new(m20261130_000012_proof::Migration),
        Box::new(m20261130_000013_clients::Migration),
        Box::new(m20261130_000014_webhooks::Migration),
        Box::new(m20261130_000015_notices::Migration),
        Box::new(m20261130_000016_live::Migration),
        Box::new(m20261130_000017_documents::Migration),
        Box::new(m20261130_000018_report::Migration),
        Box::new(m20261130_000019_schema_floor::Migration),
    ]
}

/// All that follow, each with what it means for programs that do not know it. New ones go to the end; `README.md` beside this
/// crate says how they are written, and which of the three they are.
pub fn stated() -> Vec<(Box<dyn MigrationTrait>, Older)> {
    vec![
        (Box::new(m20261201_000020_reads::Migration), Older::GoOn),
        // A rule that all of them have kept.
        (Box::new(m20261201_000021_links::Migration), Older::GoOnFrom("m20261130_000019_schema_floor")),
        (Box::new(m20261201_000022_counts::Migration), Older::GoOn),
    ]
}

/// Every migration, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let stated = stated().into_iter().map(|(migration, older)| Stated::new(migration, older));
        let stated = stated.map(|migration| Box::new(migration) as Box<dyn MigrationTrait>);
        unstated().into_iter().chain(stated).collect()
    }
}
