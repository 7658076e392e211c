//! Loading the report of an inspection: its judgements and recommendations become an inspection of a programme, in one transaction
//! through the one write path.
//!
//! What was read must be whole, and about the programme's own authority. Loading the same file again changes nothing; an inspection
//! that is there already is corrected through the API, never by a file.

mod rows;

use domain::document::Imported;
use domain::personal::Kind;
use entity::source;
use import::inspection::{Report, authority_key};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use self::rows::Rows;
use super::load_programme::{Loaded, Original};
use crate::authz::permit::{Actor, Operation, permit};
use crate::store::db::Db;
use crate::store::documents::Place;
use crate::store::existing::Wanted;
use crate::store::write::{Origin, WriteCx, WriteError};

/// What whoever loads a report has looked at and takes as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accept {
    /// The report is about the programme's authority, though it names it otherwise.
    pub authority: bool,
    /// The report makes no recommendations, though no list of them was found.
    pub no_recommendations: bool,
}

/// What was made of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The inspection.
    pub inspection: Uuid,
    /// Its judgements.
    pub judgements: Vec<Uuid>,
    /// Its recommendations in printed order, each with the page on which it begins.
    pub recommendations: Vec<(Uuid, u32)>,
}

impl Made {
    /// Where in the report each thing stands: a recommendation on the page on which it begins, the rest in the report as a whole.
    pub fn places(&self) -> Vec<(Imported, Uuid, Place)> {
        let whole = Place::default;
        let at = |page: u32| Place { page: Some(page), ..whole() };
        let judgements = self.judgements.iter().map(|id| (Imported::Judgement, *id, whole()));
        let recommendations =
            self.recommendations.iter().map(|(id, page)| (Imported::Recommendation, *id, at(*page)));
        [(Imported::Inspection, self.inspection, whole())]
            .into_iter()
            .chain(judgements)
            .chain(recommendations)
            .collect()
    }
}

/// Why nothing was loaded. Each text says what would be right.
#[derive(Debug, thiserror::Error)]
pub enum LoadReportError {
    /// The policy does not allow it.
    #[error("this may not be loaded by whoever asks")]
    NotPermitted,
    /// There is no such programme.
    #[error("there is no programme {slug:?}: load it first, or correct the slug")]
    NoProgramme {
        /// The slug.
        slug: String,
    },
    /// What every report says was not found.
    #[error("{} could not be read from the report, so it is not taken up; record the inspection through the API", .0.join(" and "))]
    Missing(Vec<&'static str>),
    /// The report is about somebody else.
    #[error(
        "the report is about {report:?}, the programme is that of {programme:?}; if that is one authority under two names, say so"
    )]
    OtherAuthority {
        /// Whom the report names.
        report: String,
        /// Whose the programme is.
        programme: String,
    },
    /// No list of recommendations was found.
    #[error("no list of recommendations was found in the report; if it really has none, say so")]
    NoSection,
    /// Such an inspection is there.
    #[error(
        "the programme has this inspection already, as {title:?}, and not from this file: correct that one through the API"
    )]
    Exists {
        /// What it is called.
        title: String,
    },
    /// A text holds a number that identifies a person.
    #[error(
        "page {page} of the report seems to hold {}; nobody may be identifiable in a programme: record the inspection through the \
         API without it", .kind.name()
    )]
    Personal {
        /// Where.
        page: u32,
        /// What.
        kind: Kind,
    },
    /// The name of the file does.
    #[error("the name of the file seems to hold {}; give it another: it stays with the report", .0.name())]
    PersonalName(Kind),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Loads a report into the programme with this slug, in one transaction, with the document that it was read from. The bytes of that belong
/// into the store of files: [`super::load_programme::brought_document`].
///
/// # Errors
/// [`LoadReportError`]; nothing is changed then.
pub async fn load_report(
    db: &Db,
    actor: &Actor<'_>,
    slug: &str,
    (report, original): (&Report, &Original<'_>),
    accept: Accept,
    origin: Origin,
) -> Result<Loaded, LoadReportError> {
    let permit = permit(actor, Operation::InspectionImport).ok_or(LoadReportError::NotPermitted)?;
    let mut cx = WriteCx::open(db, permit, origin).await?;
    let programme = cx.programme_by_slug(slug).await?;
    let programme = programme.ok_or_else(|| LoadReportError::NoProgramme { slug: slug.to_owned() })?;
    if let Some(kind) = domain::personal::find(original.name) {
        return Err(LoadReportError::PersonalName(kind));
    }
    let programme = programme.id;
    let Some(made) = write_report(&mut cx, programme, report, accept).await? else {
        return Ok(Loaded::Unchanged { programme });
    };
    let document = cx.bring_document(programme, original.kind, original.stated()).await?;
    cx.came_from(&document, made.places()).await?;
    Ok(Loaded::Written { programme, committed: cx.commit().await? })
}

/// Writes what a report says into a programme, and remembers its file; nothing, if the same file was loaded before. The commit is
/// for the caller, who may have more to write with it.
///
/// # Errors
/// [`LoadReportError`]; the transaction is then to be dropped.
pub async fn write_report(
    cx: &mut WriteCx,
    programme: Uuid,
    report: &Report,
    accept: Accept,
) -> Result<Option<Made>, LoadReportError> {
    cx.hold(programme).await?;
    let digest = format!("report:{}", report.sha256);
    if cx.was_imported(programme, &digest).await? {
        return Ok(None);
    }
    let missing = report.missing();
    if !missing.is_empty() {
        return Err(LoadReportError::Missing(missing));
    }
    if report.has_no_section() && !accept.no_recommendations {
        return Err(LoadReportError::NoSection);
    }
    if let Some((page, kind)) = report.personal() {
        return Err(LoadReportError::Personal { page, kind });
    }
    if !accept.authority {
        check_authority(cx, programme, report).await?;
    }
    let wanted = Wanted { organisations: vec![ISSUER], ..Wanted::default() };
    let known = cx.existing(Some(programme), wanted).await?;
    if let Some(same) = known.sources.iter().find(|source| report.is_about(&rows::recorded(source))) {
        return Err(LoadReportError::Exists { title: same.title.clone() });
    }
    let issuer = known
        .parties
        .iter()
        .find(|party| party.kind == "ORGANISATION" && party.name.as_deref() == Some(ISSUER));
    let position = known.sources.iter().map(|source| source.position).max().unwrap_or(0).saturating_add(1);
    let rows = Rows::of(report, programme, issuer.map(|party| party.id), position, cx.now());
    let made = rows.made(report);
    rows.write(cx).await?;
    cx.remember_import(programme, &digest).await?;
    Ok(Some(made))
}

/// Who makes the reports, by the name under which a programme has it.
const ISSUER: &str = "Ofsted";

/// Refuses a report about another authority than the programme's.
async fn check_authority(cx: &WriteCx, programme: Uuid, report: &Report) -> Result<(), LoadReportError> {
    let own = cx.authority_of(programme).await?.unwrap_or_default();
    if authority_key(&own) == report.authority_key {
        return Ok(());
    }
    Err(LoadReportError::OtherAuthority { report: report.authority.clone(), programme: own })
}

/// The inspection of a programme that a report is about.
///
/// # Errors
/// The database fails.
pub async fn inspection_of(
    cx: &WriteCx,
    programme: Uuid,
    report: &Report,
) -> Result<Option<Uuid>, WriteError> {
    let of_programme = source::Column::ProgrammeId.eq(programme);
    let sources = cx.rows::<source::Entity>(of_programme).await?;
    Ok(sources.iter().find(|source| report.is_about(&rows::recorded(source))).map(|source| source.id))
}
