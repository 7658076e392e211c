//! `import-report`: the report of an inspection from a PDF.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use chrono::NaiveDate;
use clap::Args;
use import::inspection::{Report, for_people};

use super::{CliError, DatabaseArgs, database, parse_day, print};
use crate::authz::permit::Actor;
use crate::command::load_report::{Accept, LoadReportError, Loaded, load_report};
use crate::config::Clock;
use crate::store::write::Origin;

/// The arguments of `import-report`.
#[derive(Args, Debug)]
pub struct ImportReportArgs {
    /// The report, as Ofsted published it: a PDF file
    pub file: PathBuf,
    /// The programme that it is about, by its slug, for example buckinghamshire. A dry run needs none
    #[arg(long, value_name = "SLUG")]
    pub programme: Option<String>,
    /// Change nothing; print what was read
    #[arg(long)]
    pub dry_run: bool,
    /// Print the dry run as JSON
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// The report is about the programme's authority, though it names it otherwise
    #[arg(long)]
    pub authority_is_ours: bool,
    /// The report makes no recommendations; take it up though no list of them was found
    #[arg(long)]
    pub no_recommendations: bool,
    /// The database to load it into. A dry run needs none.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Take this day (YYYY-MM-DD) for today in the rules about dates
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
}

/// Who the ledger names for what comes in at the command line.
const ACTOR: Actor = Actor::System("import");
/// How long a reading may take. Reports take a fraction of a second.
const LONGEST: Duration = Duration::from_secs(10);
/// The stack that a reading has: files can be nested on purpose.
const STACK: usize = 64 << 20;

pub(super) async fn run(args: ImportReportArgs) -> Result<(), CliError> {
    let report = read(&args.file).map_err(|why| refused(&args.file, &why))?;
    if args.json {
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| CliError::failed(format!("the dry run cannot be printed: {error}")))?;
        return print(&format!("{json}\n"));
    }
    if args.dry_run {
        return print(&for_people(&report));
    }
    let slug = args.programme.as_deref().filter(|slug| !slug.trim().is_empty()).ok_or_else(|| {
        CliError::usage(
            "a report needs --programme, the slug of its programme: `golden-thread import-report FILE --programme SLUG`",
        )
    })?;
    let accept = Accept { authority: args.authority_is_ours, no_recommendations: args.no_recommendations };
    let db = database::connect_current(&args.database.url()?).await?;
    let origin = Origin::of_command(Clock::new(args.today).today());
    let file = args.file.display();
    match load_report(&db, &ACTOR, slug, &report, accept, origin).await {
        Ok(Loaded::Written { made, .. }) => print(&format!(
            "{file} is loaded: an inspection with {} judgements and {} recommendations\n",
            report.judgements.len(),
            made.recommendations.len()
        )),
        Ok(Loaded::Unchanged) => print(&format!("{file} was loaded before: nothing was changed\n")),
        Err(error) => {
            let with = match error {
                LoadReportError::OtherAuthority { .. } => " with --authority-is-ours",
                LoadReportError::NoSection => " with --no-recommendations",
                _ => "",
            };
            Err(refused(&args.file, &format!("{error}{with}")))
        }
    }
}

fn refused(file: &Path, why: &str) -> CliError {
    let why = match domain::personal::find(why) {
        Some(kind) => format!("(not shown: it holds {})", kind.name()),
        None => why.to_owned(),
    };
    CliError::failed(format!("{}: {why}; nothing was changed", file.display()))
}

/// Reads a file, on a thread that is given up if it takes too long.
fn read(path: &Path) -> Result<Report, String> {
    let cannot = |error: std::io::Error| format!("it cannot be read: {error}");
    let length = fs::metadata(path).map_err(cannot)?.len();
    if length > import::pdf::MAX_BYTES as u64 {
        return Err(format!("it has {length} bytes; {} is the limit", import::pdf::MAX_BYTES));
    }
    let bytes = fs::read(path).map_err(cannot)?;
    let (tell, told) = mpsc::channel();
    let reading = thread::Builder::new().stack_size(STACK).spawn(move || {
        // Nobody listens any more once it has taken too long.
        let _ = tell.send(import::inspection::read(&bytes, &mut |_, _| {}));
    });
    reading.map_err(cannot)?;
    match told.recv_timeout(LONGEST) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!(
            "it takes over {} seconds to read, which no report does; give it as it was published",
            LONGEST.as_secs()
        )),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err("it is damaged and cannot be read".to_owned()),
    }
}
