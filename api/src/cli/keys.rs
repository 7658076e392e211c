//! `keys`: what signs the tokens of machine clients.

use clap::{Args, Subcommand};

use super::{CliError, DatabaseArgs, database, print};
use crate::auth::machine::{KeyState, Rotation, keys_of, rotate};
use crate::store::db::DbError;

/// What can be done with the keys.
#[derive(Subcommand, Debug)]
pub enum KeysCommand {
    /// Print the keys, the oldest first, and what each is doing
    List(DatabaseArgs),
    /// Make the next key
    ///
    /// It is published at once and signs in ten minutes; the last one verifies until the tokens that it signed have ended. The
    /// services that run on the database need not be started anew. A key is also made by itself once the last one has signed for
    /// thirty days.
    Rotate(KeysArgs),
}

/// The arguments of `keys rotate`.
#[derive(Args, Debug)]
pub struct KeysArgs {
    /// The database with the keys.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Sign with it now and trust no other, because somebody else may have the last: tokens that it signed open nothing any more,
    /// once the services have looked, within two minutes
    #[arg(long)]
    pub at_once: bool,
}

pub(super) async fn run(command: KeysCommand) -> Result<(), CliError> {
    let (args, rotation) = match &command {
        KeysCommand::List(args) => (args, None),
        KeysCommand::Rotate(args) if args.at_once => (&args.database, Some(Rotation::AtOnce)),
        KeysCommand::Rotate(args) => (&args.database, Some(Rotation::InTurn)),
    };
    let db = database::connect_current(&args.url()?).await?;
    let now = crate::config::now();
    if let Some(rotation) = rotation {
        rotate(&db, rotation, now).await.map_err(DbError::from)?;
    }
    for (key, state) in keys_of(&db, now).await.map_err(DbError::from)? {
        let state = match state {
            KeyState::Announced => "announced",
            KeyState::Signing => "signing",
            KeyState::Verifying => "verifying",
            KeyState::Ended => "ended",
        };
        print(&format!(
            "{}  signs from {}  {state}\n",
            key.kid,
            key.signs_from.format("%Y-%m-%d %H:%M:%S UTC")
        ))?;
    }
    Ok(())
}
