//! Answers to the questions of a dry run: the shape of their file, and what can be wrong with it.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de};

use super::links::Link;
use super::model::{DuePrecision, GapReason, Health, Status};
use super::question::{Cell, QuestionCode};

/// Why answers could not be read or applied. Nothing is applied then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Not TOML, or not of the documented shape.
    #[error("the answers file cannot be read: {0}")]
    Malformed(String),
    /// No row of this name.
    #[error(
        "answer {answer}: there is no row {row}; rows are named by the reference or the place that the report shows"
    )]
    UnknownRow {
        /// Which answer of the file, from 1.
        answer: usize,
        /// What it named.
        row: String,
    },
    /// Several rows of this name.
    #[error("answer {answer}: {row} is the name of several rows; give place = \"table/row\" as well")]
    AmbiguousRow {
        /// Which answer of the file, from 1.
        answer: usize,
        /// What it named.
        row: String,
    },
    /// The question is not open there.
    #[error("answer {answer}: {at} has no open question {code}{}", .cell.map(|cell| format!(" on its cell {}", name(cell))).unwrap_or_default())]
    NoSuchQuestion {
        /// Which answer of the file, from 1.
        answer: usize,
        /// The row, gap or file it named.
        at: String,
        /// The code it answers.
        code: &'static str,
        /// The cell it names, if any.
        cell: Option<Cell>,
    },
    /// The question has been answered before.
    #[error("answer {answer}: {code} of {at} is answered twice")]
    AnsweredTwice {
        /// Which answer of the file, from 1.
        answer: usize,
        /// The row, gap or file it named.
        at: String,
        /// The code it answers.
        code: &'static str,
    },
    /// The answer says nothing, too much, or something impossible.
    #[error("answer {answer}: {why}")]
    BadValue {
        /// Which answer of the file, from 1.
        answer: usize,
        /// Where in the answer, its parts separated by points, lists counted from 0: `set.steps.2`; empty for the whole.
        field: String,
        /// What is wrong and what would be right.
        why: String,
    },
    /// A link cannot be made so.
    #[error("link {link}: {why}")]
    BadLink {
        /// Which `[[link]]` of the file, from 1.
        link: usize,
        /// What is wrong and what would be right.
        why: String,
    },
}

impl AnswerError {
    /// Where it stands: the list, the place in it from 1, and the field in that; none where it is the whole file.
    pub(super) fn place(&self) -> Option<(Part, usize, &str)> {
        Some(match self {
            Self::Malformed(_) => return None,
            Self::UnknownRow { answer, .. }
            | Self::AmbiguousRow { answer, .. }
            | Self::NoSuchQuestion { answer, .. }
            | Self::AnsweredTwice { answer, .. } => (Part::Answer, *answer, ""),
            Self::BadValue { answer, field, .. } => (Part::Answer, *answer, field),
            Self::BadLink { link, .. } => (Part::Link, *link, ""),
        })
    }

    /// What is wrong, without saying with which answer or link.
    pub(super) fn why(&self) -> String {
        let whole = self.to_string();
        let named = self.place().map(|(part, nth, _)| match part {
            Part::Answer => format!("answer {nth}: "),
            Part::Link => format!("link {nth}: "),
        });
        named.and_then(|named| whole.strip_prefix(&named)).unwrap_or(&whole).to_owned()
    }
}

/// A list of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The answers to questions.
    Answer,
    /// The links.
    Link,
}

fn name(cell: Cell) -> String {
    serde_json::to_value(cell).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A whole answers file: `[[answer]]` tables, and `[[link]]` tables.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The answers in the order of the file.
    #[serde(default)]
    pub answer: Vec<Answer>,
    /// The requirements that rows are linked to by decision, whether suggested or not.
    #[serde(default)]
    pub link: Vec<Link>,
}

impl Answers {
    /// Reads an answers file.
    ///
    /// # Errors
    /// [`AnswerError::Malformed`] with the line and what is wrong there.
    pub fn parse(text: &str) -> Result<Answers, AnswerError> {
        toml::from_str(text).map_err(|error| AnswerError::Malformed(error.to_string()))
    }
}

/// One answer: whose question it is, and exactly one of `accept`, `drop`, `because`, or `set` with or without `clear`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The row's reference as the report shows it; `"*"` accepts the question in every row that has it.
    pub row: Option<String>,
    /// The row's place as `table/row`.
    pub place: Option<String>,
    /// The missing number, for a gap.
    pub gap: Option<String>,
    /// The code of the question.
    pub question: QuestionCode,
    /// The cell, where a row has the same question on several.
    pub cell: Option<Cell>,
    /// What was understood is right, or is to stay open.
    #[serde(default)]
    pub accept: bool,
    /// The row is none and is left out.
    #[serde(default)]
    pub drop: bool,
    /// Why a number is missing.
    pub because: Option<GapReason>,
    /// Values to take instead.
    pub set: Option<Values>,
    /// Cells to leave without value.
    #[serde(default)]
    pub clear: Vec<Clearable>,
}

/// A cell that can be left without value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are those of the row's cells")]
pub enum Clearable {
    Aim,
    StartOn,
    DueOn,
    Status,
    Health,
}

impl Clearable {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::Aim, Self::StartOn, Self::DueOn, Self::Status, Self::Health];

    /// Its word in an answer that a program gives.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aim => "AIM",
            Self::StartOn => "START_ON",
            Self::DueOn => "DUE_ON",
            Self::Status => "STATUS",
            Self::Health => "HEALTH",
        }
    }
}

/// Values for the cells of a row, under the names that the JSON has.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are those of the row's cells")]
pub struct Values {
    pub reference: Option<String>,
    pub themes: Option<Vec<String>>,
    pub aim: Option<String>,
    pub steps: Option<Vec<String>>,
    pub leads: Option<Vec<String>>,
    pub requirements: Option<Vec<Requirement>>,
    pub unspecified_direction: Option<bool>,
    #[serde(default, deserialize_with = "date")]
    pub start_on: Option<NaiveDate>,
    #[serde(default, deserialize_with = "date")]
    pub due_on: Option<NaiveDate>,
    pub due_precision: Option<DuePrecision>,
    pub status: Option<Status>,
    pub health: Option<Health>,
    pub updates: Option<Vec<GivenUpdate>>,
}

/// A requirement as an answer gives it: `"3"`, `"2.b.iii"`, or a table with a qualifier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Requirement {
    /// The reference alone.
    Plain(String),
    /// The reference with the words that limit it.
    #[serde(rename_all = "camelCase")]
    Qualified {
        /// The reference.
        reference: String,
        /// What the link is limited to.
        qualifier: Option<String>,
    },
}

/// A progress entry as an answer gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenUpdate {
    /// The day it was reported.
    #[serde(default, deserialize_with = "date")]
    pub on: Option<NaiveDate>,
    /// What was reported.
    pub text: String,
}

/// A TOML date or the same in quotation marks.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let given = toml::Value::deserialize(deserializer)?;
    let text = match &given {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text.clone(),
        _ => return Err(de::Error::custom("a date is written as 2019-03-31")),
    };
    let parsed = NaiveDate::parse_from_str(&text, "%Y-%m-%d");
    parsed.map(Some).map_err(|_| de::Error::custom(format!("\"{text}\" is no date; write it as 2019-03-31")))
}
