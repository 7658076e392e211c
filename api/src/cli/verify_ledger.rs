//! `verify-ledger`: whether anybody has changed the record.

use clap::Args;

use super::{CliError, DatabaseArgs, database, print};
use crate::store::ledger::{Chain, ledgers, verify_chain};

/// The arguments of `verify-ledger`.
#[derive(Args, Debug)]
pub struct VerifyLedgerArgs {
    /// Only the ledger of this programme, by its slug, for example buckinghamshire
    #[arg(long, value_name = "SLUG")]
    pub programme: Option<String>,
    /// The database whose ledgers to verify.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

pub(super) async fn run(args: VerifyLedgerArgs) -> Result<(), CliError> {
    let db = database::connect_current(&args.database.url()?).await?;
    let unreadable = |error| CliError::failed(format!("the ledger cannot be read: {error}"));
    let ledgers = ledgers(&db, args.programme.as_deref()).await.map_err(unreadable)?;
    if let (Some(slug), true) = (&args.programme, ledgers.is_empty()) {
        return Err(CliError::failed(format!("there is no programme {slug:?}: correct the slug")));
    }
    let mut broken = 0;
    for (slug, programme) in &ledgers {
        let chain = verify_chain(&db, *programme).await.map_err(unreadable)?;
        broken += usize::from(matches!(chain, Chain::Broken { .. }));
        print(&format!("{slug}: {chain}\n"))?;
    }
    match (ledgers.len(), broken) {
        (0, _) => print("there is no programme, and so no ledger\n"),
        (_, 0) => Ok(()),
        (all, broken) => Err(CliError::broken(format!(
            "{broken} of {all} ledgers broken: what is recorded was changed by other means than this service"
        ))),
    }
}
