//! What the board asked, and the answer it got.

use super::day;
use super::plans::ActionRef;
use chrono::NaiveDate;
use serde::Deserialize;

/// `[[challenge]]`: what the board asked the council or a partner to answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// What is asked; unique in the file, so that it is found again.
    pub text: String,
    /// Key of the organisation that is to answer.
    pub put_to: String,
    /// Key of who put it.
    pub put_by: Option<String>,
    /// Day on which it was put.
    #[serde(with = "day::required")]
    pub put_on: NaiveDate,
    /// Day by which it is to be answered.
    #[serde(with = "day::required")]
    pub answer_by: NaiveDate,
    /// Action that it is about.
    pub action: Option<ActionRef>,
    /// The last answer.
    pub answer: Option<String>,
    /// Day of it.
    #[serde(default, with = "day::optional")]
    pub answered_on: Option<NaiveDate>,
    /// Key of who gave it.
    pub answered_by: Option<String>,
    /// What the last answer leaves open.
    pub still_asked: Option<String>,
    /// Day on which the board closed it.
    #[serde(default, with = "day::optional")]
    pub closed_on: Option<NaiveDate>,
    /// What it said then.
    pub closing_note: Option<String>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}
