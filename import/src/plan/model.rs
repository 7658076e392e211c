//! What was understood of a plan: the shape that the dry run prints and the committing stage takes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

pub use domain::{DatePrecision as DuePrecision, Health};

use super::question::{Cell, Question};
use crate::personal;

/// A whole plan as understood. `questions` concern the file; those about a row are kept with the row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Understanding {
    /// The plan's rows in printed order.
    pub rows: Vec<Row>,
    /// Numbers that the printed sequence leaves out. They are kept as gaps, never filled or renumbered.
    pub gaps: Vec<Gap>,
    /// What has to be asked about the file as a whole.
    pub questions: Vec<Question>,
    /// What was read and not used, with the reason.
    pub ignored: Vec<Ignored>,
}

impl Understanding {
    /// How many questions are still open, in the file and in its rows.
    pub fn open_questions(&self) -> usize {
        self.questions.len() + self.rows.iter().map(|row| row.questions.len()).sum::<usize>()
    }
}

/// One numbered row of the plan. What the file does not say is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The number as printed ("1.10"), without trailing stop.
    pub reference: Option<String>,
    /// The headings above the row, outermost first.
    pub themes: Vec<String>,
    /// What the row wants to achieve.
    pub aim: Option<String>,
    /// What will be done, in printed order.
    pub steps: Vec<String>,
    /// Who leads, in printed order.
    pub leads: Vec<Lead>,
    /// The recommendations and direction terms that the row names.
    pub requirements: Vec<RequirementLink>,
    /// The row points at a direction without naming a clause.
    pub unspecified_direction: bool,
    /// The words with which it does so.
    #[serde(skip)]
    pub direction_as_printed: Option<String>,
    /// The time frame in the words of the file.
    pub timeframe_as_printed: Option<String>,
    /// First day of the time frame, where a range is printed.
    pub start_on: Option<NaiveDate>,
    /// Last day of the time frame ("Mar 2019" is due on 31 March 2019).
    pub due_on: Option<NaiveDate>,
    /// How exactly the due date is printed.
    pub due_precision: Option<DuePrecision>,
    /// Only what the file says; never worked out from a date.
    pub status: Option<Status>,
    /// The RAG or BRAG rating that the file gives.
    pub health: Option<Health>,
    /// Progress as told in the file.
    pub updates: Vec<Update>,
    /// The paragraphs of a report that the row names, by their numbers ("57").
    pub paragraphs: Vec<String>,
    /// How success is to be known, as the file says it. Not loaded: a measure is set up with its baseline and its readings.
    pub measures: Vec<Measure>,
    /// Where in the file the row begins.
    pub place: Place,
    /// What remains to be asked about this row.
    pub questions: Vec<Question>,
    /// The text of each cell as it stands in the file, for the report.
    #[serde(skip)]
    pub originals: Vec<Original>,
}

/// The text of one cell before anything was understood of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Original {
    /// Which cell of the understanding it feeds.
    pub cell: Cell,
    /// The text, pieces from several lines of the file joined by a line break.
    pub text: String,
}

/// Where a row begins. All counts start at 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The page, where the file marks pages: by form feeds, or by the breaks that Word has kept.
    pub page: Option<u32>,
    /// The name of the sheet, in a spreadsheet.
    pub sheet: Option<String>,
    /// Which of the plan's tables in the file.
    pub table: u32,
    /// CSV: the record of the file, headings and title lines counted. Pasted text: the line of the table, headings
    /// being line 1 and blank lines not counted. A spreadsheet: the row of the sheet, as its margin counts them. Word: the
    /// row of the table.
    pub row: u32,
}

impl Place {
    /// The table and the row, as an answer names them: `1/12`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.table, self.row)
    }
}

/// A lead, printed in JSON as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The name, post, group or organisation as printed, put together again where it was cut.
    pub printed: String,
    /// What it seems to be.
    pub kind: LeadKind,
}

impl Serialize for Lead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.printed)
    }
}

/// What a lead seems to be, judged by its words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadKind {
    /// A person's name.
    Person,
    /// A post, such as a head of service.
    Post,
    /// A team, board or other group.
    Group,
    /// A body of its own, such as a police force or a health commissioner.
    Organisation,
    /// Nothing in the words tells.
    Unknown,
}

impl LeadKind {
    /// Each of them.
    pub const ALL: &'static [Self] =
        &[Self::Person, Self::Post, Self::Group, Self::Organisation, Self::Unknown];
}

/// A link to a requirement, by its printed reference or, where an answer has decided it, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequirementLink {
    /// "3" for a recommendation, "2.b.iii" for a term of a direction; empty where `id` names the requirement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The requirement's id, where a `[[link]]` of the answers names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The words in brackets after the reference, if any.
    pub qualifier: Option<String>,
    /// Which kind of source the words point at.
    #[serde(skip)]
    pub kind: RequirementKind,
}

/// The kind of requirement that a reference points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequirementKind {
    /// A numbered recommendation of an inspection.
    Recommendation,
    /// A numbered term of a statutory direction.
    DirectionTerm,
}

/// How far a row has come, as far as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Not begun.
    NotStarted,
    /// Begun.
    InProgress,
    /// Claimed as done. A file cannot make an action assured: that is the board's to say.
    Complete,
    /// Taken out of the plan.
    Withdrawn,
}

impl Status {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::NotStarted, Self::InProgress, Self::Complete, Self::Withdrawn];
}

/// One entry of progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Update {
    /// The day it speaks of, where the text begins with a date.
    pub on: Option<NaiveDate>,
    /// The text without that date.
    pub text: String,
}

/// One measure of success in the words of the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// The words.
    pub text: String,
    /// The target among them, where one number is clearly it.
    pub target: Option<f64>,
    /// What the target counts: "%", or the word after it.
    pub unit: Option<String>,
}

/// A number that the sequence leaves out; in JSON its reference alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The missing number.
    pub reference: String,
    /// Why it is missing, once somebody has said so.
    pub reason: Option<GapReason>,
}

impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.reference)
    }
}

/// Why a number is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum GapReason {
    /// The plan never had it, or dropped it on purpose.
    #[serde(rename = "left out")]
    LeftOut,
    /// The plan has it, this file does not.
    #[serde(rename = "lost")]
    Lost,
}

impl GapReason {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::LeftOut, Self::Lost];

    /// Its word as an API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftOut => "LEFT_OUT",
            Self::Lost => "LOST",
        }
    }
}

/// Something in the file that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The text, cut to a readable length.
    pub text: String,
    /// Why it was not used.
    pub why: String,
}

impl Ignored {
    /// Longest piece of ignored text that is repeated back, in characters.
    const MAX_CHARS: usize = 160;

    /// Notes an unused text, cut to a readable length.
    pub(crate) fn new(text: &str, why: impl Into<String>) -> Ignored {
        let text = personal::shown(text.to_owned());
        let mut short: String = text.chars().take(Self::MAX_CHARS).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        Ignored { text: short, why: why.into() }
    }
}
