//! `import`: a plan or a programme from a file.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;

use super::{CliError, DatabaseArgs, PlaceArgs, database, files, parse_day, print};
use crate::authz::permit::Actor;
use crate::command::load_programme::{Bundle, LoadError, Loaded, Table, brought, load_plan, load_programme};
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
    /// Change nothing; print what was understood, row by row, and the questions that remain
    #[arg(long)]
    pub dry_run: bool,
    /// Print the dry run as JSON
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// The answers to the questions of an earlier dry run
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// The database to load it into. A dry run needs none.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Where the files go that a programme file brings.
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
    let bytes = read(&args.file).map_err(|why| refused(&args.file, &why))?;
    let answers = match &args.answers {
        Some(path) => {
            let text = read(path)
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".into()));
            Some(text.map_err(|why| refused(path, &why))?)
        }
        None => None,
    };
    let table =
        Table::read(&bytes, answers.as_deref()).map_err(|error| refused(&args.file, &error.to_string()))?;
    if args.json {
        let json = serde_json::to_string_pretty(&table.understanding)
            .map_err(|error| CliError::failed(format!("the dry run cannot be printed: {error}")))?;
        return print(&format!("{json}\n"));
    }
    if args.dry_run {
        return print(&import::report(&table.understanding));
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
    let db = database::connect_current(&args.database.url()?).await?;
    let loaded = load_plan(&db, &ACTOR, &slug, &title, table, origin(args)).await;
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
    let length = fs::metadata(path).map_err(|error| format!("it cannot be read: {error}"))?.len();
    // The reading knows the narrower limits of each kind; nothing larger than the widest comes into memory.
    let most = import::plan::MAX_BYTES.max(import::plan::MAX_OFFICE_BYTES);
    if length > most as u64 {
        return Err(format!("it has {length} bytes; {most} is the limit"));
    }
    fs::read(path).map_err(|error| format!("it cannot be read: {error}"))
}
