//! Loading: a programme file with all that it takes in becomes rows, in one transaction through the one write path.
//!
//! First everything is read and worked out ([`Bundle::read`], `Build`), and every problem is named at once; then everything is
//! written. Loading the same again changes nothing; what is there already is changed through the API, never by a file.

mod asked;
mod audited;
mod build;
mod bundle;
mod challenged;
mod counted;
mod done;
mod draft;
mod files;
mod judged;
mod rows;
mod said;
mod shown;
mod table;
mod who;

use chrono::{DateTime, NaiveDate, Utc};
use domain::document::{DocumentKind, Imported};
use domain::personal::Kind;
use entity::programme;
use import::programme::Problem;
use uuid::Uuid;

use self::build::Build;
pub use self::bundle::{Bundle, BundleError, Table, TableError};
pub use self::files::{Brought, Original, brought, brought_document};
pub(super) use self::rows::Places;
pub(super) use self::who::usual_ratings;
use crate::authz::permit::{Actor, Operation, permit};
use crate::store::db::Db;
use crate::store::existing::Wanted;
use crate::store::write::{Committed, Origin, WriteCx, WriteError};

/// What a load did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// Everything was written.
    Written {
        /// The programme.
        programme: Uuid,
        /// The entries of its ledger.
        committed: Committed,
    },
    /// The same had been loaded before: nothing was changed.
    Unchanged {
        /// The programme.
        programme: Uuid,
    },
}

impl Loaded {
    /// The programme that it is in.
    pub fn programme(&self) -> Uuid {
        let (Self::Written { programme, .. } | Self::Unchanged { programme }) = self;
        *programme
    }
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The policy does not allow it.
    #[error("this may not be loaded by whoever asks")]
    NotPermitted,
    /// There is such a programme, loaded from something else.
    #[error(
        "there is a programme {slug:?} already, and not from this file: change it through the API, or add to it with a file \
         that begins with adds_to = {slug:?}"
    )]
    Exists {
        /// Its slug.
        slug: String,
    },
    /// There is no such programme.
    #[error("there is no programme {slug:?} to add to: load it first, or correct the slug")]
    NoProgramme {
        /// The slug.
        slug: String,
    },
    /// A plan's table has questions that nobody has answered.
    #[error(
        "the table of plan {plan:?} leaves {open} questions open; see them in their place with --dry-run, answer them in a file, and load again with it\n{questions}"
    )]
    Questions {
        /// The plan's key.
        plan: String,
        /// How many.
        open: usize,
        /// What is asked, one question a line.
        questions: String,
    },
    /// What is to be loaded does not fit together, or not with what is there. All problems at once.
    #[error("{}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Loads a programme, or adds to one, in one transaction.
///
/// # Errors
/// [`LoadError`]; nothing is changed then.
pub async fn load_programme(
    db: &Db,
    actor: &Actor<'_>,
    bundle: &Bundle,
    origin: Origin,
) -> Result<Loaded, LoadError> {
    let permit = permit(actor, Operation::ProgrammeImport).ok_or(LoadError::NotPermitted)?;
    let mut cx = WriteCx::open(db, permit, origin).await?;
    let slug = bundle.file.slug();
    let there = cx.programme_by_slug(slug).await?.map(|programme| programme.id);
    match there {
        Some(programme) if cx.was_imported(programme, &bundle.digest).await? => {
            Ok(Loaded::Unchanged { programme })
        }
        Some(_) if bundle.file.programme.is_some() => Err(LoadError::Exists { slug: slug.to_owned() }),
        None if bundle.file.programme.is_none() => Err(LoadError::NoProgramme { slug: slug.to_owned() }),
        _ => {
            // The places in tables that a programme file takes in are those of its own files, which are not kept.
            let (programme, _) = load(&mut cx, bundle, there).await?;
            commit(cx, programme, &bundle.digest).await
        }
    }
}

/// Loads a plan's table, as `golden-thread import` takes it, as a new draft plan of the programme's authority, and keeps the document
/// that it was read from. The bytes of that belong into the store of files: [`brought_document`].
///
/// # Errors
/// [`LoadError`]; nothing is changed then.
pub async fn load_plan(
    db: &Db,
    actor: &Actor<'_>,
    slug: &str,
    title: &str,
    (table, original): (Table, &Original<'_>),
    origin: Origin,
) -> Result<Loaded, LoadError> {
    let permit = permit(actor, Operation::PlanImport).ok_or(LoadError::NotPermitted)?;
    for (field, text) in [("title", title), ("file", original.name)] {
        if let Some(kind) = domain::personal::find(text) {
            return Err(LoadError::Invalid(vec![personal(field, kind)]));
        }
    }
    let mut cx = WriteCx::open(db, permit, origin).await?;
    let programme = cx.programme_by_slug(slug).await?;
    let programme = programme.ok_or_else(|| LoadError::NoProgramme { slug: slug.to_owned() })?;
    let digest = plan_digest(title, &table.digest);
    if cx.was_imported(programme.id, &digest).await? {
        return Ok(Loaded::Unchanged { programme: programme.id });
    }
    let added = add_plan(&mut cx, &programme, title, table).await?;
    let document = cx.bring_document(programme.id, DocumentKind::Plan, original.stated()).await?;
    cx.came_from(&document, added.places).await?;
    commit(cx, programme.id, &digest).await
}

/// The digest by which a plan of a title is known again.
pub(super) fn plan_digest(title: &str, table: &str) -> String {
    bundle::digest([title.as_bytes(), table.as_bytes()])
}

/// The digest of a plan's document and of what was answered about it.
pub(super) fn table_digest(document: &[u8], answers: &[u8]) -> String {
    bundle::digest([document, answers])
}

/// A plan that was added.
pub(super) struct Added {
    /// Its id.
    pub plan: Uuid,
    /// Where it, and what is in it, stand in the document.
    pub places: Places,
}

/// Adds a plan's table to a programme, as a new draft of its authority. Its recommendations are those of the newest inspection that
/// has all of their numbers, its terms those of the newest direction that does.
///
/// # Errors
/// [`LoadError`]; the change is not to be committed then.
pub(super) async fn add_plan(
    cx: &mut WriteCx,
    programme: &programme::Model,
    title: &str,
    table: Table,
) -> Result<Added, LoadError> {
    let authority = cx.party(programme.authority_id).await?;
    let authority = authority.and_then(|party| party.name).unwrap_or_default();
    let bundle = Bundle::of_plan(&programme.slug, title, authority, table);
    let (_, places) = load(cx, &bundle, Some(programme.id)).await?;
    let plan = places.iter().find(|(of, ..)| *of == Imported::Plan).map(|(_, id, _)| *id);
    // A plan of a table alone is new, or refused.
    Ok(Added { plan: plan.unwrap_or_default(), places })
}

/// The texts of files are looked at where they are read; the title and the file's name come from elsewhere.
fn personal(field: &str, kind: Kind) -> Problem {
    Problem {
        table: "plan",
        entry: String::new(),
        field: field.to_owned(),
        wrong: kind.name().to_owned(),
        right: "take it out: nobody may be identifiable in a programme".to_owned(),
    }
}

/// Commits, unless everything was found again and nothing is new.
async fn commit(mut cx: WriteCx, programme: Uuid, digest: &str) -> Result<Loaded, LoadError> {
    if !cx.has_changes() {
        return Ok(Loaded::Unchanged { programme });
    }
    cx.remember_import(programme, digest).await?;
    Ok(Loaded::Written { programme, committed: cx.commit().await? })
}

/// Writes everything, and gives the programme and where things stand in the tables.
async fn load(cx: &mut WriteCx, bundle: &Bundle, there: Option<Uuid>) -> Result<(Uuid, Places), LoadError> {
    for (plan, table) in &bundle.tables {
        let open = table.understanding.open_questions();
        if open > 0 {
            let questions = import::plan::open_questions(&table.understanding);
            return Err(LoadError::Questions { plan: plan.clone(), open, questions });
        }
    }
    if let Some(programme) = there {
        cx.hold(programme).await?;
    }
    let file = &bundle.file;
    let mut wanted = Wanted::default();
    for organisation in &file.organisations {
        wanted.organisations.push(&organisation.name);
        let identifiers = organisation.identifiers.iter();
        wanted.identifiers.extend(identifiers.map(|own| (own.scheme.as_str(), own.value.as_str())));
    }
    wanted.organisations.extend(bundle.tables.values().flat_map(Table::lead_names));
    wanted
        .update_days
        .extend(file.progress.iter().flat_map(|progress| &progress.updates).map(|update| update.on));
    let known = cx.existing(there, wanted).await?;
    let programme = there.unwrap_or_else(Uuid::now_v7);
    let rows = Build::new(bundle, programme, known, When { now: cx.now(), today: cx.today() }).rows();
    let mut rows = rows.map_err(LoadError::Invalid)?;
    let places = std::mem::take(&mut rows.places);
    rows.write(cx).await?;
    Ok((programme, places))
}

/// The times that the new rows carry.
#[derive(Debug, Clone, Copy)]
struct When {
    now: DateTime<Utc>,
    today: NaiveDate,
}

#[cfg(test)]
mod tests;
