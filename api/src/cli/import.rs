//! `import`: a plan or a programme from a file.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::{CliError, DatabaseArgs, parse_day};

/// The arguments of `import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The file: a plan as CSV or pasted, tab-separated text, or a programme as TOML
    pub file: PathBuf,
    /// The programme that the plan belongs to, by its slug, for example buckinghamshire
    #[arg(long, value_name = "SLUG")]
    pub programme: Option<String>,
    /// The title of the plan; it is made where the programme has none of that title
    #[arg(long, value_name = "TITLE")]
    pub plan: Option<String>,
    /// Change nothing; print what was understood, row by row, and the questions that remain
    #[arg(long)]
    pub dry_run: bool,
    /// Print the dry run as JSON
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// The answers to the questions of an earlier dry run
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// The database to load it into.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Take this day (YYYY-MM-DD) for today in the rules about dates
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
}

pub(super) async fn run(args: ImportArgs) -> Result<(), CliError> {
    Err(CliError::failed(format!("{} cannot be imported: this build has no import", args.file.display())))
}
