//! The database that a command works on.

use std::time::Duration;

use clap::Args;

use super::{CliError, print};
use crate::{
    auth::{DevIssuer, DevIssuerError},
    config::{DATABASE_URL_ENV, DatabaseUrl, Missing},
    store::db::{Db, DbError, Pool, SchemaState},
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

/// How a service uses its database.
#[derive(Args, Debug, Clone)]
pub struct PoolArgs {
    /// How many connections to keep to the database: to PostgreSQL, or for reading an SQLite file
    #[arg(long, value_name = "NUMBER", env = "GOLDEN_THREAD_DATABASE_CONNECTIONS", default_value_t = 16,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_connections: u32,
    /// How many seconds a statement may run before it is stopped and its request answered UNAVAILABLE
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_STATEMENT_TIMEOUT", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub statement_timeout: u64,
    /// A read replica of the database, a standby of PostgreSQL: what it has as new as the primary is read from it. More than one:
    /// repeat it, or all at once with commas between them
    ///
    /// Each address is one server, not a balancer before several, and has as many connections as the primary.
    #[arg(
        long,
        value_name = "URL",
        env = "GOLDEN_THREAD_DATABASE_REPLICA_URL",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub database_replica_url: Vec<String>,
}

impl PoolArgs {
    /// As the store takes it.
    pub(crate) fn pool(&self) -> Pool {
        Pool {
            size: self.database_connections,
            statement_timeout: Some(Duration::from_secs(self.statement_timeout)),
        }
    }

    /// The read replicas of a database. Empty values, as a compose file passes for variables that are not set, count as none.
    pub(crate) fn replicas(&self, of: &DatabaseUrl) -> Result<Vec<String>, CliError> {
        let given = self.database_replica_url.iter().filter(|url| !url.trim().is_empty());
        let urls = given.map(|url| DatabaseUrl::parse(url)).collect::<Result<Vec<_>, _>>()?;
        if !urls.is_empty() && !of.is_postgres() {
            return Err(CliError::usage(
                "only PostgreSQL has read replicas: leave --database-replica-url out, or serve a postgres:// database",
            ));
        }
        if let Some(other) = urls.iter().find(|url| !url.is_postgres()) {
            return Err(CliError::usage(format!(
                "a read replica is a standby of PostgreSQL: --database-replica-url is to be a postgres:// address, not {}",
                other.shown()
            )));
        }
        Ok(urls.iter().map(|url| url.connect_url(Missing::Refuse)).collect())
    }
}

/// Connects, as a command does. Without `Missing::Create`, an SQLite file must be there already.
pub(crate) async fn connect(url: &DatabaseUrl, missing: Missing) -> Result<Db, CliError> {
    connect_with(url, missing, &Pool::of_command()).await
}

/// As [`connect`], with other limits.
pub(crate) async fn connect_with(url: &DatabaseUrl, missing: Missing, pool: &Pool) -> Result<Db, CliError> {
    if let (Some(file), Missing::Refuse) = (url.file(), missing)
        && !file.exists()
    {
        return Err(CliError::failed(format!(
            "there is no database at {}: check the path, or make one with `golden-thread migrate --database-url {}`",
            file.display(),
            url.shown()
        )));
    }
    Ok(Db::connect(&url.connect_url(missing), pool).await?)
}

/// Connects, as a command does, and makes sure that this program may use the database.
pub(crate) async fn connect_current(url: &DatabaseUrl) -> Result<Db, CliError> {
    connect_to_serve(url, &Pool::of_command()).await
}

/// As [`connect_current`], with the limits of a service.
pub(crate) async fn connect_to_serve(url: &DatabaseUrl, pool: &Pool) -> Result<Db, CliError> {
    let db = connect_with(url, Missing::Refuse, pool).await?;
    if let state @ SchemaState::Newer { .. } = db.require_usable().await? {
        tracing::warn!("the schema of {}: {state}", url.shown());
    }
    Ok(db)
}

impl From<DbError> for CliError {
    fn from(error: DbError) -> CliError {
        match error {
            DbError::Url { .. } => CliError::usage(error.to_string()),
            _ => CliError::failed(error.to_string()),
        }
    }
}

/// `migrate`.
pub(super) async fn migrate(args: &DatabaseArgs) -> Result<(), CliError> {
    let url = args.url()?;
    let db = connect(&url, Missing::Create).await?;
    let said = match db.migrate().await? {
        newer @ SchemaState::Newer { .. } => format!("nothing was changed: {newer}"),
        _ => "the schema is current".to_owned(),
    };
    print(&format!("{}: {said}\n", url.shown()))
}

/// The development issuer of a database.
pub(crate) async fn dev_issuer(db: &Db, url: &DatabaseUrl) -> Result<DevIssuer, CliError> {
    DevIssuer::open(db, crate::config::now()).await.map_err(|error| match error {
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

        let nowhere = DatabaseUrl::of_file(&folder.path().join("none").join("a.sqlite"));
        let error = connect(&nowhere, Missing::Create).await.err().unwrap();
        assert!(error.to_string().contains("folder"), "{error}");
    }

    #[tokio::test]
    async fn only_a_migrated_database_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::of_file(&folder.path().join("a.sqlite"));
        connect(&url, Missing::Create).await.unwrap();
        let error = connect_current(&url).await.err().unwrap();
        assert!(error.to_string().contains("run `golden-thread migrate`"), "{error}");
        let db = connect(&url, Missing::Create).await.unwrap();
        db.migrate().await.unwrap();
        db.migrate().await.unwrap();
        connect_current(&url).await.unwrap();
    }

    #[tokio::test]
    async fn every_process_on_a_database_shares_its_development_key() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::of_file(&folder.path().join("a.sqlite"));
        let db = connect(&url, Missing::Create).await.unwrap();
        db.migrate().await.unwrap();
        let server = dev_issuer(&db, &url).await.unwrap();
        let authenticator = Authenticator::new(Vec::new(), Some(&server)).unwrap();
        let other = connect_current(&url).await.unwrap();
        let token = dev_issuer(&other, &url).await.unwrap().token("lead", crate::config::now()).unwrap();
        assert_eq!(authenticator.verify(&token).await.unwrap().subject(), "lead");
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
