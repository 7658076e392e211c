//! `import`: a plan or a programme from a file.

use std::path::{Path, PathBuf};

use ::import::plan::Document;
use chrono::NaiveDate;
use clap::Args;
use domain::document::DocumentKind;

use super::suggested::Suggested;
use super::{CliError, DatabaseArgs, PlaceArgs, database, files, parse_day, print, reading};
use crate::authz::permit::Actor;
use crate::command::load_programme::{
    Bundle, LoadError, Loaded, Original, Table, brought, brought_document, load_plan, load_programme,
};
use crate::config::Clock;
use crate::store::db::DbError;
use crate::store::write::Origin;

/// The arguments of `import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The file: a plan as XLSX, DOCX, CSV or pasted, tab-separated text, or a programme as TOML
    pub file: PathBuf,
    /// The programme that the plan belongs to, by its slug, for example buckinghamshire
    #[arg(long, value_name = "SLUG")]
    pub programme: Option<String>,
    /// The title of the plan, which is made as a draft
    #[arg(long, value_name = "TITLE")]
    pub plan: Option<String>,
    /// Change nothing; print what was understood, row by row, the questions that remain, and which links the words suggest
    #[arg(long)]
    pub dry_run: bool,
    /// Print the dry run as JSON
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// The answers to the questions of an earlier dry run
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// The database to load it into. A dry run needs none, but suggests links only with that of the programme.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Where the files go that a programme file brings, and the document that a plan is read from.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Take this day (YYYY-MM-DD) for today in the rules about dates
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
}

/// Who the ledger names for what comes in at the command line.
const ACTOR: Actor = Actor::System("import");

pub(super) async fn run(args: ImportArgs) -> Result<(), CliError> {
    let is_programme = args.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if is_programme { programme(&args).await } else { plan(&args).await }
}

async fn programme(args: &ImportArgs) -> Result<(), CliError> {
    for (given, name) in [
        (args.programme.is_some(), "--programme"),
        (args.plan.is_some(), "--plan"),
        (args.answers.is_some(), "--answers"),
    ] {
        if given {
            return Err(CliError::usage(format!(
                "{name} goes with a plan; a programme file says itself what it is about"
            )));
        }
    }
    if args.json {
        return Err(CliError::usage("--json goes with a plan; a programme file has no questions to print"));
    }
    let folder = args.file.parent().unwrap_or(Path::new(""));
    let name = args.file.file_name().and_then(|name| name.to_str());
    let name =
        name.ok_or_else(|| CliError::usage(format!("{} is no name of a file", args.file.display())))?;
    let bundle = Bundle::read(name, |file| read(&folder.join(file)))
        .map_err(|error| refused(&args.file, &error.to_string()))?;
    if args.dry_run {
        return print(&format!("{} can be loaded as it is; nothing was changed\n", args.file.display()));
    }
    let url = args.database.url()?;
    let db = database::connect_current(&url).await?;
    let loaded = load_programme(&db, &ACTOR, &bundle, origin(args)).await;
    if let Ok(loaded) = &loaded {
        let brought = brought(&db, &bundle, loaded).await.map_err(DbError::from)?;
        if !brought.is_empty() {
            files::keep(&args.place.store(&url)?, &brought).await?;
        }
    }
    done(args, loaded)
}

async fn plan(args: &ImportArgs) -> Result<(), CliError> {
    let bytes =
        reading::bytes(&args.file, DocumentKind::Plan.largest()).map_err(|why| refused(&args.file, &why))?;
    let answers = match &args.answers {
        Some(path) => {
            let text = read(path)
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".into()));
            Some(text.map_err(|why| refused(path, &why))?)
        }
        None => None,
    };
    let document: Document =
        reading::read(DocumentKind::Plan, &bytes).await?.map_err(|why| refused(&args.file, &why))?;
    let table = Table::of(&document, &bytes, answers.as_deref())
        .map_err(|error| refused(&args.file, &error.to_string()))?;
    if args.dry_run {
        let read = &table.understanding;
        let today = Clock::new(args.today).today();
        let suggested = Suggested::of(read, args.programme.as_deref(), &args.database, today).await;
        return print(&if args.json {
            format!("{}\n", suggested.json(read)?)
        } else {
            import::report(read) + &suggested.report(read)
        });
    }
    let wanted = |given: &Option<String>, what: &str| {
        given.clone().filter(|given| !given.trim().is_empty()).ok_or_else(|| {
            CliError::usage(format!(
                "a plan needs {what}: `golden-thread import FILE --programme SLUG --plan TITLE`"
            ))
        })
    };
    let slug = wanted(&args.programme, "--programme, the slug of its programme")?;
    let title = wanted(&args.plan, "--plan, its title")?;
    let name = args.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let original = Original { kind: DocumentKind::Plan, name, bytes: &bytes };
    let url = args.database.url()?;
    let db = database::connect_current(&url).await?;
    let loaded = load_plan(&db, &ACTOR, &slug, &title, (table, &original), origin(args)).await;
    if let Ok(loaded) = &loaded {
        let brought = brought_document(&db, &original, loaded.programme()).await.map_err(DbError::from)?;
        if !brought.is_empty() {
            files::keep(&args.place.store(&url)?, &brought).await?;
        }
    }
    done(args, loaded)
}

fn origin(args: &ImportArgs) -> Origin {
    Origin::of_command(Clock::new(args.today).today())
}

fn done(args: &ImportArgs, loaded: Result<Loaded, LoadError>) -> Result<(), CliError> {
    let file = args.file.display();
    match loaded {
        Ok(Loaded::Written { committed, .. }) => {
            let changes: i64 = committed.entries.values().map(|range| range.end() - range.start() + 1).sum();
            print(&format!("{file} is loaded: {changes} things are recorded\n"))
        }
        Ok(Loaded::Unchanged { .. }) => print(&format!("{file} was loaded before: nothing was changed\n")),
        Err(error) => Err(refused(&args.file, &error.to_string())),
    }
}

/// What is wrong with a file can take several lines: they go out as they are, and the error sums up. A line that repeats a
/// number that identifies a person does not.
fn refused(file: &Path, why: &str) -> CliError {
    let why = why.lines().map(shown).collect::<Vec<_>>().join("\n");
    if why.contains('\n') {
        eprintln!("{why}");
        return CliError::failed(format!(
            "{} was not loaded, for the reasons above; nothing was changed",
            file.display()
        ));
    }
    CliError::failed(format!("{}: {why}; nothing was changed", file.display()))
}

fn shown(line: &str) -> String {
    match domain::personal::find(line) {
        Some(kind) => format!("(a line is not shown: it holds {})", kind.name()),
        None => line.to_owned(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    reading::bytes(path, import::plan::MAX_BYTES as u64)
}
