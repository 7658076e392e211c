//! Reads the report of an Ofsted inspection: whom it is about, when and under which rules, how it graded, and what it asks for.
//!
//! [`read`] takes a PDF; [`understand`] takes its lines, and decides by layout and by the words that every report of a family has
//! (docs/adr/0024). How it reads is written for its users in `docs/import.md`. A report of a kind that is not known is refused with
//! what was found; what is not found in a known one is said, never guessed.

mod days;
mod error;
mod furniture;
mod heading;
mod item;
mod judgements;
mod list;
mod marker;
mod model;
mod people;
mod title;
mod words;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

pub use self::error::ReportError;
pub use self::model::{
    AddressedBy, Framework, Grade, Judgement, JudgementArea, Length, Part, Recommendation, Recorded, Report,
    UrgentBy,
};
pub use self::people::for_people;
pub use self::title::key as authority_key;
use crate::pdf::{self, Document};

/// Reads a report; `progress` is told how many pages are done, of how many.
///
/// # Errors
/// [`ReportError`]: it is no PDF with text, or no report of a kind that is read.
pub fn read(bytes: &[u8], progress: &mut dyn FnMut(u32, u32)) -> Result<Report, ReportError> {
    let document = pdf::read(bytes, progress)?;
    let mut report = understand(&document)?;
    report.bytes = bytes.len() as u64;
    report.sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(report)
}

/// Reads a report from the lines of its pages. What only the file tells (its size and its hash) stays empty.
///
/// # Errors
/// [`ReportError`]: it is no report of a kind that is read.
pub fn understand(document: &Document) -> Result<Report, ReportError> {
    let body = furniture::Body::of(document);
    let title = title::read(&body)?;
    let headings = heading::all(&body);
    let part = if title.framework == Framework::LscbReview { Part::Lscb } else { Part::LocalAuthority };
    let lists = list::read(&body, &headings, part);
    let key = title::key(&title.authority);
    let mut report = Report {
        slug: slug(&key, title.published.or(title.ended)),
        source_path: None,
        sha256: String::new(),
        pages: u32::try_from(document.pages.len()).unwrap_or(u32::MAX),
        bytes: 0,
        authority_key: key,
        authority: title.authority,
        provider_id: None,
        provider_id_printed: false,
        framework: title.framework,
        inspection_type_derived: length(title.framework, title.started, title.ended),
        licence_printed: names_licence(document).then(|| "OGL".to_owned()),
        inspection_dates_printed: title.dates_printed,
        inspection_started: title.started,
        inspection_ended: title.ended,
        published: title.published,
        published_listing: None,
        judgements: judgements::read(&body),
        recommendations: lists.recommendations,
        notes: Vec::new(),
        checked: false,
    };
    report.notes = notes(&report, lists.is_unmarked);
    if lists.sections == 0 {
        report.note_no_section();
    }
    Ok(report)
}

fn slug(key: &str, day: Option<NaiveDate>) -> String {
    let name = key.split(' ').collect::<Vec<_>>().join("-");
    match day {
        Some(day) => format!("{name}-{day}"),
        None => name,
    }
}

/// ILACS inspections last one week or two; the report does not say which, its days do.
fn length(framework: Framework, started: Option<NaiveDate>, ended: Option<NaiveDate>) -> Option<Length> {
    let days = (ended? - started?).num_days();
    (framework == Framework::Ilacs).then_some(if days <= 6 { Length::Short } else { Length::Standard })
}

/// Whether the report says that it may be used under the Open Government Licence.
fn names_licence(document: &Document) -> bool {
    document.pages.iter().any(|page| {
        let lines = page.lines.iter().map(|line| furniture::printed(&line.words));
        words::folded(&lines.collect::<Vec<_>>().join(" ")).contains("open government licence")
    })
}

/// What is peculiar about a report.
fn notes(report: &Report, is_unmarked: bool) -> Vec<String> {
    let all = &report.recommendations;
    let mut notes = Vec::new();
    let mut note = |is: bool, words: &str| {
        if is {
            notes.push(words.to_owned());
        }
    };
    note(all.is_empty(), "the list of recommendations is empty");
    note(
        is_unmarked,
        "the items of a list have neither numbers nor bullets; each paragraph was taken for one",
    );
    note(!all.is_empty() && all.iter().all(|item| item.n.is_none()), "items are bullets without numbers");
    note(all.iter().any(|item| item.spans_pages), "an item runs on to the next page");
    let pages = |part: Part| all.iter().filter(move |item| item.part == part).map(|item| item.page);
    let crosses = |part: Part| pages(part).min() != pages(part).max();
    note(crosses(Part::LocalAuthority) || crosses(Part::Lscb), "a list crosses pages");
    note(report.published.is_none(), "the day of publication is not printed");
    for missing in report.missing() {
        notes.push(format!("{missing} could not be read"));
    }
    notes
}
