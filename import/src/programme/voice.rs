//! What people said, what was done about it, and when they were told.

use super::day;
use super::plans::{ActionRef, RequirementRef};
use chrono::NaiveDate;
use domain::voice::{Gathering, Speakers};
use serde::Deserialize;

/// `[[feedback]]`: what people said, in aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// Who spoke.
    pub said_by: Speakers,
    /// How it was gathered.
    pub gathered_by: Gathering,
    /// First day of the time in which they spoke.
    #[serde(with = "day::required")]
    pub period_start: NaiveDate,
    /// Last day of it.
    #[serde(with = "day::required")]
    pub period_end: NaiveDate,
    /// How many spoke.
    pub speaker_count: Option<i32>,
    /// What it is about, in a word or two.
    pub theme: Option<String>,
    /// What they said; with the last day of the period, unique in the file, so that it is found again.
    pub said: String,
    /// What was done about it.
    pub done: Option<String>,
    /// Day on which that was done.
    #[serde(default, with = "day::optional")]
    pub done_on: Option<NaiveDate>,
    /// How they were told.
    pub told: Option<String>,
    /// Day on which they were told.
    #[serde(default, with = "day::optional")]
    pub told_on: Option<NaiveDate>,
    /// Actions that it is about.
    #[serde(default)]
    pub actions: Vec<ActionRef>,
    /// Requirements that it is about.
    #[serde(default)]
    pub requirements: Vec<RequirementRef>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

impl Feedback {
    /// How messages name it: it has no title.
    pub fn name(&self) -> String {
        format!("{} / {}", self.said_by, self.period_end)
    }
}
