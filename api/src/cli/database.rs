//! The database that a command works on.

use std::{path::Path, time::Duration};

use chrono::Utc;
use clap::Args;
use tokio::time::timeout;

use super::{CliError, print};
use crate::{
    auth::{DevIssuer, DevIssuerError},
    config::{DATABASE_URL_ENV, DatabaseUrl, Missing},
    http::schema_problem,
    store::db::{Db, Pool, SchemaState},
};

/// A database that takes longer than this is as good as away; the driver alone would go on trying.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

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
    if let Some(file) = url.file() {
        check_file(&file, missing, &shown)?;
    }
    let (address, pool) = (url.connect_url(missing), Pool::default());
    match timeout(CONNECT_TIMEOUT, Db::connect(&address, &pool)).await {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(error)) => Err(CliError::failed(format!("the database {shown} cannot be opened: {error}"))),
        Err(_) => Err(CliError::failed(format!(
            "the database {shown} cannot be reached: no answer in {} seconds",
            CONNECT_TIMEOUT.as_secs()
        ))),
    }
}

/// The driver says only that it cannot open a file; here is why.
fn check_file(file: &Path, missing: Missing, shown: &str) -> Result<(), CliError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let problem = if file.is_dir() {
        format!("{} is a folder, not a database file", file.display())
    } else if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        format!("there is no folder {} to keep a database in", folder.display())
    } else if missing == Missing::Refuse && !file.exists() {
        format!(
            "there is no database at {}: check the path, or make one with `golden-thread migrate --database-url {shown}`",
            file.display()
        )
    } else {
        return Ok(());
    };
    Err(CliError::failed(problem))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Authenticator;

    fn args(url: &str) -> DatabaseArgs {
        DatabaseArgs { database_url: Some(url.to_owned()) }
    }

    #[tokio::test]
    async fn a_missing_file_is_named_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("none.sqlite");
        let url = DatabaseUrl::of_file(&file);
        let error = connect_current(&url).await.err().unwrap();
        assert!(error.to_string().contains("there is no database at"), "{error}");
        assert!(error.to_string().contains("golden-thread migrate"), "{error}");
        assert_eq!(error.exit_code(), 1);
        assert!(!file.exists());

        let said = async |path: &Path| {
            connect(&DatabaseUrl::of_file(path), Missing::Create).await.err().unwrap().to_string()
        };
        assert!(said(folder.path()).await.contains("is a folder"));
        assert!(said(&folder.path().join("none").join("a.sqlite")).await.contains("there is no folder"));
    }

    #[tokio::test]
    async fn only_a_migrated_database_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::of_file(&folder.path().join("a.sqlite"));
        connect(&url, Missing::Create).await.unwrap();
        let error = connect_current(&url).await.err().unwrap();
        assert!(error.to_string().contains("is empty: run `golden-thread migrate`"), "{error}");
        let db = connect(&url, Missing::Create).await.unwrap();
        migrated(&db, &url).await.unwrap();
        migrated(&db, &url).await.unwrap();
        connect_current(&url).await.unwrap();
    }

    #[tokio::test]
    async fn every_process_on_a_database_shares_its_development_key() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::of_file(&folder.path().join("a.sqlite"));
        let db = connect(&url, Missing::Create).await.unwrap();
        migrated(&db, &url).await.unwrap();
        let server = dev_issuer(&db, &url).await.unwrap();
        let authenticator = Authenticator::new(Vec::new(), Some(&server)).unwrap();
        let other = connect_current(&url).await.unwrap();
        let token = dev_issuer(&other, &url).await.unwrap().token("lead", Utc::now()).unwrap();
        assert_eq!(authenticator.verify(&token).await.unwrap().subject, "lead");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_an_error_of_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.sqlite");
        std::fs::write(
            &file,
            "this is no database, and long enough to be looked at as if it were one".repeat(20),
        )
        .unwrap();
        let error = connect_current(&DatabaseUrl::of_file(&file)).await.err().unwrap();
        assert_eq!(error.exit_code(), 1);
        assert_eq!(error.to_string().lines().count(), 1);
    }

    #[test]
    fn no_address_says_how_to_give_one() {
        for none in [DatabaseArgs { database_url: None }, args(" ")] {
            let error = none.url().err().unwrap();
            assert!(error.to_string().contains(DATABASE_URL_ENV), "{error}");
            assert_eq!(error.exit_code(), 2);
        }
        assert_eq!(args("oracle://x").url().err().unwrap().exit_code(), 2);
    }
}
