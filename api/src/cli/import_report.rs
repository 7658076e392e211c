//! `import-report`: the report of an inspection from a PDF.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use domain::document::DocumentKind;
use import::inspection::{Report, for_people};

use super::{CliError, DatabaseArgs, PlaceArgs, database, files, parse_day, print, reading};
use crate::authz::permit::Actor;
use crate::command::load_programme::{Loaded, Original, brought_document};
use crate::command::load_report::{Accept, LoadReportError, load_report};
use crate::config::Clock;
use crate::store::db::DbError;
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
    /// Where the report itself goes, which is kept as the source.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Take this day (YYYY-MM-DD) for today in the rules about dates
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
}

/// Who the ledger names for what comes in at the command line.
const ACTOR: Actor = Actor::System("import");

pub(super) async fn run(args: ImportReportArgs) -> Result<(), CliError> {
    const KIND: DocumentKind = DocumentKind::InspectionReport;
    let bytes = reading::bytes(&args.file, KIND.largest()).map_err(|why| refused(&args.file, &why))?;
    let report: Report = reading::read(KIND, &bytes).await?.map_err(|why| refused(&args.file, &why))?;
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
    let name = args.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let original = Original { kind: KIND, name, bytes: &bytes };
    let url = args.database.url()?;
    let db = database::connect_current(&url).await?;
    let origin = Origin::of_command(Clock::new(args.today).today());
    let file = args.file.display();
    let loaded = load_report(&db, &ACTOR, slug, (&report, &original), accept, origin).await;
    if let Ok(loaded) = &loaded {
        let brought = brought_document(&db, &original, loaded.programme()).await.map_err(DbError::from)?;
        if !brought.is_empty() {
            files::keep(&args.place.store(&url)?, &brought).await?;
        }
    }
    match loaded {
        Ok(Loaded::Written { .. }) => print(&format!(
            "{file} is loaded: an inspection with {} judgements and {} recommendations\n",
            report.judgements.len(),
            report.recommendations.len()
        )),
        Ok(Loaded::Unchanged { .. }) => print(&format!("{file} was loaded before: nothing was changed\n")),
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
