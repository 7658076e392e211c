//! `token`: an access token of the development issuer.

use clap::Args;

use super::{CliError, DatabaseArgs, database, print};

/// The arguments of `token`.
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// Whom the token is for, for example programme-office
    pub subject: String,
    /// Where the development issuer's key is kept.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

pub(super) async fn run(args: TokenArgs) -> Result<(), CliError> {
    let url = args.database.url()?;
    let db = database::connect_current(&url).await?;
    let issuer = database::dev_issuer(&db, &url).await?;
    let token = issuer
        .token(&args.subject, crate::config::now())
        .map_err(|error| CliError::usage(error.to_string()))?;
    print(&format!("{token}\n"))
}
