//! The command line: `demo`, `serve`, `migrate`, `token`, `import`, `import-report`, `generate`, `verify-ledger`, `backup`, `restored`, `files`, `keys`,
//! `health`, `schema`.
//!
//! What goes wrong is one line on stderr and an exit code: 2 when the command line or the configuration is at fault,
//! 3 when a ledger is broken, 1 for everything else. What a command was asked for goes to stdout, and nothing else does.

mod backup;
mod database;
mod demo;
mod demo_client;
mod documents;
mod error;
mod files;
mod generate;
mod health;
mod import;
mod import_report;
mod keys;
mod limits;
mod listen;
mod log;
mod reading;
mod restored;
mod serve;
mod suggested;
mod token;
mod traces;
mod verify_ledger;
mod webhooks;

use std::{
    io::{self, Write},
    process::ExitCode,
    thread::available_parallelism,
};

use chrono::NaiveDate;
use clap::{Parser, Subcommand};

use crate::reader::child::{self, ReadDocumentArgs};

pub use backup::BackupArgs;
pub use database::{DatabaseArgs, PoolArgs};
pub use demo::{DemoArgs, SUBJECTS};
pub use documents::DocumentArgs;
pub use error::CliError;
pub use files::{FileArgs, FilesCommand, PlaceArgs};
pub use generate::GenerateArgs;
pub use health::HealthArgs;
pub use import::ImportArgs;
pub use import_report::ImportReportArgs;
pub use keys::{KeysArgs, KeysCommand};
pub use limits::{ClientArgs, IntrospectionArg, LimitArgs};
pub use log::LogFormat;
pub use reading::ReaderArgs;
pub use serve::ServeArgs;
pub use token::TokenArgs;
pub use traces::TraceArgs;
pub use verify_ledger::VerifyLedgerArgs;
pub use webhooks::{Switch, WebhookArgs};

/// The system of record for a children's services improvement programme, as a GraphQL API.
///
/// Start with `golden-thread demo`: it needs nothing else, and prints where to look.
#[derive(Parser, Debug)]
#[command(name = "golden-thread", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// How to write the log, which goes to stderr. Its level is info; RUST_LOG changes it
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Pretty, env = "GOLDEN_THREAD_LOG")]
    pub log: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Try it out: a programme to look at, an explorer page, and a token for each role
    ///
    /// Makes an SQLite database in a temporary folder (or the given one), loads the demonstration programme
    /// `buckinghamshire`, starts the server, and prints its address and a token for each subject. Anybody who can
    /// reach the address can take any role: it is for trying out, and not for real data.
    Demo(DemoArgs),
    /// Run the service on a database
    ///
    /// The database must have the schema of this version, or a newer one that lets it go on: run `golden-thread migrate` first.
    Serve(Box<ServeArgs>),
    /// Bring a database to the current schema, making the SQLite file where there is none
    Migrate(DatabaseArgs),
    /// Print an access token of the development issuer for SUBJECT, and nothing else
    ///
    /// A `demo` or a `serve --dev-issuer` that runs on the same database accepts it, for twelve hours. What the
    /// subject may do depends on its memberships; a subject without any sees what the public sees.
    Token(TokenArgs),
    /// Load a plan, or a whole programme, from a file
    ///
    /// A plan is a CSV file or pasted, tab-separated text; a programme is a TOML file. Nothing is guessed silently:
    /// `--dry-run` prints what was understood and what is still to be answered. The import is one transaction, and
    /// importing the same file again changes nothing.
    Import(ImportArgs),
    /// Load the report of an Ofsted inspection from its PDF file
    ///
    /// Its judgements and recommendations become an inspection of the programme. `--dry-run` prints what was read, with `--json` in a
    /// form for programs. A report of a kind that is not known is refused with what was found. The load is one transaction, and
    /// loading the same file again changes nothing.
    ImportReport(ImportReportArgs),
    /// Make invented programmes, to measure and to rehearse with
    ///
    /// The same options make the same programmes, word for word; --size national makes as many and as large ones as England has. Each is
    /// one transaction: after an interruption, the same command makes those that are not there yet. Each has members of its own, called
    /// after it: aldershire-board-member, -board-chair, -programme-office, -lead, -police, -health, -scrutiny.
    Generate(GenerateArgs),
    /// Verify that nobody has changed the record
    ///
    /// Reads the ledger of every programme from its first entry and checks the chain that the entries make, and their
    /// head. Prints a line for each programme, and names the first entry that was altered or removed. Ends with 3 when
    /// a ledger is broken. It only reads, and may run while the service does.
    VerifyLedger(VerifyLedgerArgs),
    /// Make a whole copy of an SQLite database, while the service uses it
    ///
    /// The copy is one file that `serve` and every other command can open. Prints how far each programme's ledger had come. For
    /// PostgreSQL there are `pg_dump` and `pg_basebackup`.
    Backup(BackupArgs),
    /// Say that a database was restored, so that nobody goes on from what is gone
    ///
    /// Run it before the service is started on a database that was restored from a backup. Entries of ledgers that came after it
    /// are gone, and their numbers are given again: cursors of feeds that were given out before are refused.
    Restored(DatabaseArgs),
    /// Look after the files of evidence
    #[command(subcommand)]
    Files(FilesCommand),
    /// Look after the keys that sign the tokens of machine clients
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Ask a running service whether it is ready: ends with 0 if it is, and with 1 and a reason if it is not
    Health(HealthArgs),
    /// Print the GraphQL schema
    Schema,
    /// Read a document on standard input, within bounds: the service starts this for each document that is imported
    #[command(hide = true)]
    ReadDocument(ReadDocumentArgs),
}

/// Parses the command line, runs it, and tells the shell how it went.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are errors to clap; a closed pipe is no reason to fail further.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // Nothing else is begun for it: no log, no threads, no memory that a document might need.
    if let Command::ReadDocument(args) = &cli.command {
        return child::run(args);
    }
    match watched(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "golden-thread: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// Runs a command with its log and, for the service, its traces.
fn watched(cli: Cli) -> Result<(), CliError> {
    let traces = match &cli.command {
        Command::Serve(serve) => serve.traces.start()?,
        _ => None,
    };
    log::start(cli.log, traces.as_ref());
    let outcome = run(cli.command);
    if let Some(traces) = traces {
        traces.end();
    }
    outcome
}

fn run(command: Command) -> Result<(), CliError> {
    // On a small machine a thread that is kept busy for a moment must leave others.
    let threads = available_parallelism().map_or(4, |cores| cores.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("the runtime cannot be started: {error}")))?;
    runtime.block_on(async {
        match command {
            Command::Demo(args) => demo::run(args).await,
            Command::Serve(args) => serve::run(*args).await,
            Command::Migrate(args) => database::migrate(&args).await,
            Command::Token(args) => token::run(args).await,
            Command::Import(args) => import::run(args).await,
            Command::ImportReport(args) => import_report::run(args).await,
            Command::Generate(args) => generate::run(args).await,
            Command::VerifyLedger(args) => verify_ledger::run(args).await,
            Command::Backup(args) => backup::run(args).await,
            Command::Restored(args) => restored::run(args).await,
            Command::Files(command) => files::run(command).await,
            Command::Keys(command) => keys::run(command).await,
            Command::Health(args) => health::run(args).await,
            Command::Schema => print(crate::graphql::sdl()),
            Command::ReadDocument(_) => Err(CliError::usage("a document is read before all else")),
        }
    })
}

/// Writes to stdout what a command was asked for. A reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::failed(format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Reads a day as the command line gives it.
pub(crate) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    day.filter(|day| day.to_string() == text)
        .ok_or_else(|| "a day is written YYYY-MM-DD, for example 2018-12-10".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, error::ErrorKind};

    #[test]
    fn the_definition_holds() {
        Cli::command().debug_assert();
    }

    #[test]
    fn days_are_read_strictly() {
        assert_eq!(parse_day("2018-12-10"), Ok(NaiveDate::from_ymd_opt(2018, 12, 10).unwrap()));
        for wrong in ["2018-12-1", "10/12/2018", "2018-02-30", "+2018-12-10", "", "today"] {
            assert!(parse_day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn usage_errors_are_told_apart() {
        let kind = |args: &[&str]| Cli::try_parse_from(args).unwrap_err().kind();
        assert_eq!(kind(&["golden-thread"]), ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand);
        assert_eq!(kind(&["golden-thread", "launch"]), ErrorKind::InvalidSubcommand);
        assert_eq!(kind(&["golden-thread", "token"]), ErrorKind::MissingRequiredArgument);
        assert_eq!(kind(&["golden-thread", "demo", "--today", "soon"]), ErrorKind::ValueValidation);
        assert_eq!(kind(&["golden-thread", "import", "a.csv", "--json"]), ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn the_demonstration_takes_its_own_day() {
        let cli = Cli::try_parse_from(["golden-thread", "demo"]).unwrap();
        let Command::Demo(args) = cli.command else { panic!("{cli:?}") };
        assert_eq!(args.today.to_string(), "2018-12-10");
    }
}
