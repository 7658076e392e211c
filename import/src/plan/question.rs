//! The questions that a reading leaves, with their closed set of codes (documented in `docs/import.md`).

use serde::{Deserialize, Serialize};

use crate::personal;

/// One open question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What kind of doubt it is.
    pub code: QuestionCode,
    /// Which cell it concerns.
    pub cell: Cell,
    /// What was seen, what was understood, and what the answers can be, in plain English.
    pub text: String,
    /// The missing number that a [`QuestionCode::GapInNumbering`] asks about.
    #[serde(skip)]
    pub gap: Option<String>,
}

impl Question {
    /// A question about a row or the file.
    pub(crate) fn new(code: QuestionCode, cell: Cell, text: impl Into<String>) -> Question {
        Question { code, cell, text: personal::shown(text.into()), gap: None }
    }
}

/// The cell that a question concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// The file as a whole.
    File,
    /// The row as a whole.
    Row,
    /// The number.
    Reference,
    /// The headings above.
    Themes,
    /// What is to be achieved.
    Aim,
    /// What will be done.
    Steps,
    /// Who leads.
    Leads,
    /// Recommendations and direction terms.
    Requirements,
    /// The time frame.
    Timeframe,
    /// The status.
    Status,
    /// The rating.
    Health,
    /// Progress.
    Updates,
    /// Measures of success.
    Measures,
}

impl Cell {
    /// Every cell, in the order of the report.
    pub const ALL: &'static [Self] = &[
        Self::File,
        Self::Row,
        Self::Reference,
        Self::Themes,
        Self::Aim,
        Self::Steps,
        Self::Leads,
        Self::Requirements,
        Self::Timeframe,
        Self::Status,
        Self::Health,
        Self::Updates,
        Self::Measures,
    ];

    /// Its word as an API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "FILE",
            Self::Row => "ROW",
            Self::Reference => "REFERENCE",
            Self::Themes => "THEMES",
            Self::Aim => "AIM",
            Self::Steps => "STEPS",
            Self::Leads => "LEADS",
            Self::Requirements => "REQUIREMENTS",
            Self::Timeframe => "TIMEFRAME",
            Self::Status => "STATUS",
            Self::Health => "HEALTH",
            Self::Updates => "UPDATES",
            Self::Measures => "MEASURES",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// The closed set of doubts. `docs/import.md` says for each what to answer; a test holds the two together.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum QuestionCode { $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)+ }

        impl QuestionCode {
            /// Every code there is.
            pub const ALL: &'static [QuestionCode] = &[$(QuestionCode::$name),+];

            /// The code as it is written in JSON and in an answers file.
            pub fn as_str(self) -> &'static str {
                match self { $(QuestionCode::$name => $text,)+ }
            }

            /// What it means, in words.
            pub fn about(self) -> &'static str {
                match self { $(QuestionCode::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// The file is not UTF-8 and was read as Windows-1252.
    EncodingAssumed = "ENCODING_ASSUMED",
    /// A column whose heading is in none of the known words was left out.
    ColumnNotRecognised = "COLUMN_NOT_RECOGNISED",
    /// Two columns have the same meaning; their texts were put together.
    ColumnRepeated = "COLUMN_REPEATED",
    /// The table has no column of this meaning.
    ColumnMissing = "COLUMN_MISSING",
    /// A number is missing in the sequence.
    GapInNumbering = "GAP_IN_NUMBERING",
    /// The row has no number, and none can be inferred.
    ReferenceMissing = "REFERENCE_MISSING",
    /// The row's number is not printed and was inferred from its neighbours.
    ReferenceInferred = "REFERENCE_INFERRED",
    /// Another row has the same number and says something else.
    ReferenceRepeated = "REFERENCE_REPEATED",
    /// One printed row held two numbers and was taken apart.
    RowSplit = "ROW_SPLIT",
    /// Several printed rows were read as one.
    RowsMerged = "ROWS_MERGED",
    /// Only the beginning of the row is legible.
    RowCutShort = "ROW_CUT_SHORT",
    /// A heading was put together again by a guess or by dropping letters.
    HeadingRepaired = "HEADING_REPAIRED",
    /// A heading stood inside or beside another row's cells.
    HeadingMisplaced = "HEADING_MISPLACED",
    /// Nothing says what the row wants to achieve.
    AimMissing = "AIM_MISSING",
    /// Nothing says what will be done.
    StepsMissing = "STEPS_MISSING",
    /// A list has lost its bullets, so that its items stand in one step.
    StepsFused = "STEPS_FUSED",
    /// Nobody is named as lead.
    LeadMissing = "LEAD_MISSING",
    /// It is not clear how many leads there are, or of what kind.
    LeadUnclear = "LEAD_UNCLEAR",
    /// A name cut at its hyphen was joined.
    NameRejoined = "NAME_REJOINED",
    /// Part of the reference text could not be read.
    RequirementUnread = "REQUIREMENT_UNREAD",
    /// The part of the row that would name its requirements is lost.
    RequirementNotLegible = "REQUIREMENT_NOT_LEGIBLE",
    /// The row points at a direction and names no clause.
    DirectionUnspecified = "DIRECTION_UNSPECIFIED",
    /// The row has no time frame.
    TimeframeMissing = "TIMEFRAME_MISSING",
    /// The time frame, or part of it, could not be read.
    TimeframeUnread = "TIMEFRAME_UNREAD",
    /// The time frame is a word that gives no date.
    TimeframeWithoutDate = "TIMEFRAME_WITHOUT_DATE",
    /// Two dates without anything that makes them a range.
    TwoDatesOrRange = "TWO_DATES_OR_RANGE",
    /// The range ends before it begins.
    RangeReversed = "RANGE_REVERSED",
    /// Copies of the same row print different time frames.
    TimeframesDiffer = "TIMEFRAMES_DIFFER",
    /// A date such as 03/04/2019 was read day first.
    DayFirstAssumed = "DAY_FIRST_ASSUMED",
    /// The row is complete, and no date says when.
    CompletionUndated = "COMPLETION_UNDATED",
    /// The only date is that of the completion; it was taken as the due date.
    CompletionDateAsDue = "COMPLETION_DATE_AS_DUE",
    /// The status is not printed and was inferred.
    StatusInferred = "STATUS_INFERRED",
    /// Two cells give different statuses.
    StatusesDiffer = "STATUSES_DIFFER",
    /// A word for status or rating is not known.
    RatingUnread = "RATING_UNREAD",
    /// A rating between two colours.
    RatingUnclear = "RATING_UNCLEAR",
    /// Progress without a day.
    UpdateUndated = "UPDATE_UNDATED",
    /// Only the colour of a cell gives the rating.
    RatingFromColour = "RATING_FROM_COLOUR",
    /// The file's key explains a colour otherwise than is usual, and was followed.
    RatingFromKey = "RATING_FROM_KEY",
    /// A tick or a yes was read as done.
    StatusFromTick = "STATUS_FROM_TICK",
    /// Text was struck through and left out, or the whole row is.
    StruckThrough = "STRUCK_THROUGH",
    /// The row is hidden in the sheet, and was read.
    RowHidden = "ROW_HIDDEN",
    /// The heading of the rows is the name of their sheet, or stands above their table.
    ThemeFromOutside = "THEME_FROM_OUTSIDE",
    /// The heading above the row names a requirement, which was linked.
    RequirementFromHeading = "REQUIREMENT_FROM_HEADING",
    /// The row names paragraphs of a report, which are no recommendations.
    ParagraphsNamed = "PARAGRAPHS_NAMED",
    /// A table without headings was read under those of the table before it.
    TableContinued = "TABLE_CONTINUED",
    /// The document holds tracked changes.
    TrackedChanges = "TRACKED_CHANGES",
    /// The cell holds a number that identifies a person; its text was neither kept nor shown.
    PersonalDataSuspected = "PERSONAL_DATA_SUSPECTED",
}
