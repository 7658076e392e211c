//! What a report says, in the shape in which it is printed as JSON.

use chrono::NaiveDate;
use domain::personal::Kind;
use serde::{Deserialize, Serialize};

pub use crate::programme::{Framework, Grade, JudgementArea};

domain::vocabulary! {
    /// Whom a list of recommendations is for.
    Part {
        /// The local authority.
        LocalAuthority = "LOCAL_AUTHORITY",
        /// The local safeguarding children board, which had its own part of reports until 2017.
        Lscb = "LSCB",
    }
}

domain::vocabulary! {
    /// What makes a recommendation urgent.
    UrgentBy {
        /// The heading it stands under.
        Heading = "heading",
        /// Its own words.
        Text = "text",
    }
}

domain::vocabulary! {
    /// What says to whom a recommendation is addressed.
    AddressedBy {
        /// Its own words.
        Text = "text",
        /// The heading it stands under.
        Heading = "heading",
        /// The sentence that its list begins with.
        LeadIn = "lead-in",
    }
}

domain::vocabulary! {
    /// How long an inspection was, worked out from its days; no report prints it.
    Length {
        /// One week.
        Short = "short",
        /// Two weeks.
        Standard = "standard",
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// A name for the report: the authority and the day.
    pub slug: String,
    /// Where it came from; known to who fetched it, never printed.
    pub source_path: Option<String>,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// How many pages it has.
    pub pages: u32,
    /// How many bytes it has.
    pub bytes: u64,
    /// The authority as the title prints it.
    pub authority: String,
    /// A short, stable name of the authority: without "Council", "County", "London Borough of" and their like, in lower case.
    pub authority_key: String,
    /// Ofsted's number for the authority; no report prints it.
    pub provider_id: Option<u32>,
    /// Whether the number is printed: never.
    pub provider_id_printed: bool,
    /// Under which rules it was made.
    pub framework: Framework,
    /// Worked out for ILACS from the days.
    pub inspection_type_derived: Option<Length>,
    /// The licence that it names: `OGL`, the Open Government Licence.
    pub licence_printed: Option<String>,
    /// The days of the inspection as printed.
    pub inspection_dates_printed: Option<String>,
    /// The first day of the inspection.
    pub inspection_started: Option<NaiveDate>,
    /// The last day of the inspection.
    pub inspection_ended: Option<NaiveDate>,
    /// The day of publication, where it is printed.
    pub published: Option<NaiveDate>,
    /// The day under which it is listed; not in the file.
    pub published_listing: Option<NaiveDate>,
    /// The grades, in the order of the print.
    pub judgements: Vec<Judgement>,
    /// What it asks for, in printed order.
    pub recommendations: Vec<Recommendation>,
    /// What is peculiar about it, and what was not found.
    pub notes: Vec<String>,
    /// Whether somebody has compared it with the print: not yet.
    pub checked: bool,
}

/// One grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What was judged.
    pub area: JudgementArea,
    /// How.
    pub grade: Grade,
    /// The area in the report's words; for a sentence that gives the grade, the sentence.
    pub printed_area: String,
    /// The grade in the report's words.
    pub printed_grade: String,
}

/// One demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Its number as printed; none for a bullet.
    pub n: Option<u32>,
    /// Its place in the report, from 1.
    pub order: u32,
    /// Its words as printed, without the breaks of lines; its sub-items follow its own words.
    pub text: String,
    /// Whether the print makes it urgent.
    pub immediate: bool,
    /// By what.
    pub immediate_from: Option<UrgentBy>,
    /// The words that do.
    pub urgency_printed: Option<String>,
    /// Whose list it stands in.
    pub part: Part,
    /// To whom it is addressed, where the print says so.
    pub addressee: Option<String>,
    /// The heading it stands under.
    pub section: Option<String>,
    /// The heading above that one.
    pub section_parent: Option<String>,
    /// A heading inside the list.
    pub topic: Option<String>,
    /// The page on which it begins, counted from 1.
    pub page: u32,
    /// Whether it runs on to the next page.
    pub spans_pages: bool,
    /// Its sub-items, one by one.
    pub sub_items: Vec<String>,
    /// The numbers of paragraphs that it names.
    pub paragraph_refs: Vec<u32>,
    /// What says to whom it is addressed.
    pub addressee_from: Option<AddressedBy>,
}

/// Said in [`Report::notes`] where no list of recommendations was found at all.
const NO_SECTION: &str = "no section with recommendations was found";

impl Report {
    /// Notes that the report has no section with recommendations, whereas one with an empty list is nothing unusual.
    pub(super) fn note_no_section(&mut self) {
        self.notes.insert(0, NO_SECTION.to_owned());
    }

    /// Whether the report has no section with recommendations at all.
    pub fn has_no_section(&self) -> bool {
        self.notes.iter().any(|note| note == NO_SECTION)
    }

    /// What every report of its kind says and was not found in this one: it is not to be taken up as it is.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.inspection_started.is_none() || self.inspection_ended.is_none() {
            missing.push("the days of the inspection");
        }
        let has_overall = |judgement: &Judgement| {
            matches!(judgement.area, JudgementArea::OverallEffectiveness | JudgementArea::Lscb)
        };
        if self.judgements.is_empty() {
            missing.push("the judgements");
        } else if !self.judgements.iter().any(has_overall) {
            missing.push("the judgement of overall effectiveness");
        }
        if self.recommendations.iter().any(|item| item.text.is_empty()) {
            missing.push("the words of a numbered recommendation");
        }
        missing
    }

    /// What the inspection is called where nobody has called it otherwise.
    pub fn title(&self) -> String {
        let kind = match self.framework {
            Framework::Sif => "Ofsted inspection of children's services (single inspection framework)",
            Framework::SifReinspection => "Ofsted re-inspection of children's services",
            Framework::Ilacs => "Ofsted inspection of children's services (ILACS)",
            Framework::Lac2013 => "Ofsted inspection of services for looked after children",
            Framework::LscbReview => "Ofsted review of the local safeguarding children board",
            Framework::Other => "Ofsted inspection",
        };
        match self.inspection_ended {
            Some(day) => format!("{kind}, {}", day.format("%B %Y")),
            None => kind.to_owned(),
        }
    }

    /// Whether something that was recorded is the inspection that this is about: under the same rules, and begun, ended or published on
    /// the same day.
    pub fn is_about(&self, recorded: &Recorded<'_>) -> bool {
        let is_day = |a: Option<NaiveDate>, b: Option<NaiveDate>| a.is_some() && a == b;
        let is_kind = recorded.framework == Some(self.framework.as_str());
        let is_time = is_day(recorded.ended_on, self.inspection_ended)
            || is_day(recorded.started_on, self.inspection_started)
            || is_day(recorded.published_on, self.published);
        (is_kind && is_time) || (recorded.title == self.title() && recorded.issued_on == self.published)
    }

    /// The first text with a number that identifies a person, by its page and the kind of the number.
    pub fn personal(&self) -> Option<(u32, Kind)> {
        let items = self.recommendations.iter().flat_map(|item| {
            let texts = [
                Some(&item.text),
                item.topic.as_ref(),
                item.addressee.as_ref(),
                item.urgency_printed.as_ref(),
            ];
            texts.into_iter().flatten().map(|text| (item.page, text))
        });
        let areas = self
            .judgements
            .iter()
            .flat_map(|judgement| [(1, &judgement.printed_area), (1, &judgement.printed_grade)]);
        items.chain(areas).find_map(|(page, text)| Some((page, domain::personal::find(text)?)))
    }
}

/// A source of a programme, as far as it tells whether it is the inspection that a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Of an inspection, under which rules it was made.
    pub framework: Option<&'a str>,
    /// Its first day.
    pub started_on: Option<NaiveDate>,
    /// Its last day.
    pub ended_on: Option<NaiveDate>,
    /// The day it was issued.
    pub issued_on: Option<NaiveDate>,
    /// The day it was made public.
    pub published_on: Option<NaiveDate>,
}
