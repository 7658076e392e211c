//! What was asked: inspections, directions and reviews, with all that they say.

use super::day;
use super::words::{
    DueRule, DutyKind, FindingKind, Framework, Grade, JudgementArea, ResponseStatus, ReviewKind,
};
use chrono::NaiveDate;
use serde::Deserialize;

/// `[[inspection]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// Short local name. Inspections, directions and reviews share one list.
    pub key: String,
    /// Title; with the day of issue it is unique in the programme.
    pub title: String,
    /// Rules under which it was made.
    pub framework: Framework,
    /// Key of the organisation that made it.
    pub issuer: Option<String>,
    /// Day of issue.
    #[serde(default, with = "day::optional")]
    pub issued_on: Option<NaiveDate>,
    /// Day of publication.
    #[serde(default, with = "day::optional")]
    pub published_on: Option<NaiveDate>,
    /// First day of the fieldwork.
    #[serde(default, with = "day::optional")]
    pub started_on: Option<NaiveDate>,
    /// Last day of the fieldwork.
    #[serde(default, with = "day::optional")]
    pub ended_on: Option<NaiveDate>,
    /// Judgements, in printed order.
    #[serde(default, rename = "judgement")]
    pub judgements: Vec<Judgement>,
    /// Recommendations, in printed order.
    #[serde(default, rename = "recommendation")]
    pub recommendations: Vec<Recommendation>,
}

/// `[[inspection.judgement]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// What was judged.
    pub area: JudgementArea,
    /// How.
    pub grade: Grade,
    /// What the report calls the area.
    pub printed_area: Option<String>,
}

/// `[[direction]]`: a statutory direction.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Direction {
    /// Short local name.
    pub key: String,
    /// Title.
    pub title: String,
    /// Key of the organisation that issued it.
    pub issuer: Option<String>,
    /// Day of issue; duties with an offset count from here.
    #[serde(default, with = "day::optional")]
    pub issued_on: Option<NaiveDate>,
    /// Day of publication.
    #[serde(default, with = "day::optional")]
    pub published_on: Option<NaiveDate>,
    /// Key of the direction that this one revises.
    pub supersedes: Option<String>,
    /// Day on which it was lifted.
    #[serde(default, with = "day::optional")]
    pub lifted_on: Option<NaiveDate>,
    /// Terms, in printed order: each below the term it is under.
    #[serde(default, rename = "term")]
    pub terms: Vec<Term>,
}

/// `[[direction.term]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Printed reference, e.g. `2.b.iii`; left out where nothing is printed.
    pub reference: Option<String>,
    /// Reference of the term it is part of.
    pub under: Option<String>,
    /// What it says.
    pub text: String,
    /// What it obliges somebody to.
    #[serde(default, rename = "duty")]
    pub duties: Vec<Duty>,
}

/// `[[direction.term.duty]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Key of the organisation, person or group that has it.
    pub holder: Option<String>,
    /// What the holder must do.
    pub what: DutyKind,
    /// In words.
    pub text: String,
    /// How its day is fixed.
    pub due: DueRule,
    /// With FIXED: the day. With RECURRING: the first day, where known.
    #[serde(default, with = "day::optional")]
    pub due_on: Option<NaiveDate>,
    /// With OFFSET: months after the day of issue. With RECURRING: the same for the first day, where that is said.
    pub offset_months: Option<u32>,
    /// With RECURRING: months from one day to the next.
    pub every_months: Option<u32>,
    /// Day on which it was discharged.
    #[serde(default, with = "day::optional")]
    pub discharged_on: Option<NaiveDate>,
}

/// `[[review]]`: peer review, monitoring visit, commissioner, case audit, thematic review, scrutiny.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Short local name.
    pub key: String,
    /// Title.
    pub title: String,
    /// What kind of review.
    pub kind: ReviewKind,
    /// Key of the organisation that made it.
    pub issuer: Option<String>,
    /// Day of issue.
    #[serde(default, with = "day::optional")]
    pub issued_on: Option<NaiveDate>,
    /// Day of publication.
    #[serde(default, with = "day::optional")]
    pub published_on: Option<NaiveDate>,
    /// First day of the work on site.
    #[serde(default, with = "day::optional")]
    pub started_on: Option<NaiveDate>,
    /// Last day of the work on site.
    #[serde(default, with = "day::optional")]
    pub ended_on: Option<NaiveDate>,
    /// Findings, in printed order.
    #[serde(default, rename = "finding")]
    pub findings: Vec<Finding>,
    /// Recommendations, in printed order.
    #[serde(default, rename = "recommendation")]
    pub recommendations: Vec<Recommendation>,
}

/// `[[review.finding]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Praise or food for thought.
    pub kind: FindingKind,
    /// What was found.
    pub text: String,
    /// The review's own heading.
    pub theme: Option<String>,
}

/// `[[inspection.recommendation]]`, `[[review.recommendation]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// Printed reference; left out where the print has none.
    pub reference: Option<String>,
    /// What is recommended.
    pub text: String,
    /// Whether it is to be done at once.
    #[serde(default)]
    pub immediate: bool,
    /// What the body addressed answered.
    pub response: Option<Response>,
}

/// `response = { status = "ACCEPTED", on = 2018-02-05, by = "council" }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The answer.
    pub status: ResponseStatus,
    /// Why; needed where it is not simply accepted.
    pub reason: Option<String>,
    /// When.
    #[serde(default, with = "day::optional")]
    pub on: Option<NaiveDate>,
    /// Key of who answered.
    pub by: Option<String>,
}

/// The reference of a requirement: as printed, or `(n)` with its place in the list (from 1) where nothing is printed.
pub fn reference_or_place(printed: Option<&str>, index: usize) -> String {
    printed.map_or_else(|| format!("({})", index + 1), str::to_owned)
}
