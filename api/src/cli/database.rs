//! The database that a command works on.

use chrono::Utc;
use clap::Args;

use super::{CliError, print};
use crate::{
    auth::{DevIssuer, DevIssuerError},
    config::{DATABASE_URL_ENV, DatabaseUrl, Missing},
    http::schema_problem,
    store::db::{Db, Pool, SchemaState},
};

/// Which database.
#[derive(Args, Debug, Clone)]
pub struct DatabaseArgs {
    /// The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    ///
    /// Better given in the environment when it holds a password: command lines are visible to others.
    #[arg(long, value_name = "URL", env = DATABASE_URL_ENV, hide_env_values = true)]
    pub database_url: Option<String>,
}

impl DatabaseArgs {
    /// The address, or an error that says how to give one.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, CliError> {
        match self.database_url.as_deref().filter(|url| !url.trim().is_empty()) {
            Some(url) => Ok(DatabaseUrl::parse(url)?),
            None => Err(CliError::usage(format!(
                "no database is named: give --database-url sqlite://golden-thread.sqlite (or a postgres:// address), \
                 or set {DATABASE_URL_ENV}"
            ))),
        }
    }
}

/// Connects. Without `Missing::Create`, an SQLite file must be there already.
pub(crate) async fn connect(url: &DatabaseUrl, missing: Missing) -> Result<Db, CliError> {
    let shown = url.shown();
    if let (Some(file), Missing::Refuse) = (url.file(), missing)
        && !file.exists()
    {
        return Err(CliError::failed(format!(
            "there is no database at {}: check the path, or make one with `golden-thread migrate --database-url {shown}`",
            file.display()
        )));
    }
    Db::connect(&url.connect_url(missing), &Pool::default())
        .await
        .map_err(|error| CliError::failed(format!("the database {shown} cannot be opened: {error}")))
}

/// Connects, and makes sure that this program and the database agree on the schema.
pub(crate) async fn connect_current(url: &DatabaseUrl) -> Result<Db, CliError> {
    let db = connect(url, Missing::Refuse).await?;
    require_current(&db, &url.shown()).await?;
    Ok(db)
}

async fn require_current(db: &Db, shown: &str) -> Result<(), CliError> {
    let state = db
        .schema_state()
        .await
        .map_err(|error| CliError::failed(format!("the database {shown} cannot be read: {error}")))?;
    let problem = schema_problem(&state);
    match state {
        SchemaState::Current => Ok(()),
        SchemaState::Empty | SchemaState::Behind { .. } => Err(CliError::failed(format!(
            "the schema of {shown} is {problem}: run `golden-thread migrate` on it first"
        ))),
        _ => Err(CliError::failed(format!(
            "the schema of {shown} is {problem}: run the golden-thread that it was migrated with, or a newer one"
        ))),
    }
}

/// `migrate`.
pub(super) async fn migrate(args: &DatabaseArgs) -> Result<(), CliError> {
    let url = args.url()?;
    let db = connect(&url, Missing::Create).await?;
    migrated(&db, &url).await?;
    print(&format!("{} has the current schema\n", url.shown()))
}

/// Brings the schema up to date, unless the database is ahead of this program.
pub(crate) async fn migrated(db: &Db, url: &DatabaseUrl) -> Result<(), CliError> {
    let shown = url.shown();
    let failed = |error| CliError::failed(format!("the database {shown} cannot be migrated: {error}"));
    match db.schema_state().await.map_err(failed)? {
        SchemaState::Empty | SchemaState::Behind { .. } => db.migrate().await.map_err(failed)?,
        _ => {}
    }
    require_current(db, &shown).await
}

/// The development issuer of a database.
pub(crate) async fn dev_issuer(db: &Db, url: &DatabaseUrl) -> Result<DevIssuer, CliError> {
    DevIssuer::open(db, Utc::now()).await.map_err(|error| match error {
        DevIssuerError::Subject => CliError::usage(error.to_string()),
        other => CliError::failed(format!("{}: {other}", url.shown())),
    })
}
