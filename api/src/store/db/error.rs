//! What can go wrong with the database as a whole, in words for people at a terminal.

use sea_orm::DbErr;

use super::schema::SchemaState;

/// What can go wrong with the database as a whole. The texts are for people at a terminal and say what would be right.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The URL is for no database that we know, or cannot be read.
    #[error(
        "the database URL {why}; it should look like sqlite://golden-thread.sqlite?mode=rwc or postgres://user:password@host:5432/database"
    )]
    Url {
        /// What is wrong with it, without the URL itself.
        why: String,
    },
    /// The folder of an SQLite file is not there.
    #[error(
        "the folder {folder} of the database file does not exist: create it first, or name a file elsewhere"
    )]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// The SQLite file is not there and was not to be created.
    #[error("there is no database file {file}: check the path, or add ?mode=rwc to the URL to create it")]
    NoFile {
        /// The file.
        file: String,
    },
    /// The file holds something else.
    #[error("{file} is not an SQLite database: name another file, or move this one away")]
    NotADatabase {
        /// The file.
        file: String,
    },
    /// The file is there, and cannot be opened for reading and writing.
    #[error(
        "the database file {file} cannot be opened: {why}; check that it is a file and that you may read and write it and its folder"
    )]
    Unopenable {
        /// The file.
        file: String,
        /// What the database said.
        why: String,
    },
    /// The server does not answer, or refuses.
    #[error("cannot connect to {place}: {why}")]
    Unreachable {
        /// Server, database and user; never the password.
        place: String,
        /// Why, and what to do.
        why: String,
    },
    /// The schema is not the one that this program needs.
    #[error("the schema of {place} does not fit this program: {state}")]
    WrongSchema {
        /// Server or file.
        place: String,
        /// What it is instead.
        state: SchemaState,
    },
    /// A migration failed and was taken back.
    #[error("the schema of {place} could not be migrated: {source}")]
    Migration {
        /// Server or file.
        place: String,
        /// What the database said.
        source: DbErr,
    },
    /// A statement failed.
    #[error("the database failed: {0}")]
    Query(#[from] DbErr),
}
