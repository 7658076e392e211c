//! What happened so far: progress of actions, updates of their leads, evidence.

use super::day;
use super::plans::{ActionRef, RequirementRef};
use super::words::{ActionStatus, Health, Impact, Marking, ReviewStatus, Strand};
use chrono::NaiveDate;
use serde::Deserialize;

/// `[[progress]]`: what has become of one action, wherever its plan was read from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Key of the plan.
    pub plan: String,
    /// Printed number of the action.
    pub action: String,
    /// How far it has come; left out, it stays as the plan says.
    pub status: Option<ActionStatus>,
    /// Day on which it came so far.
    #[serde(default, with = "day::optional")]
    pub status_on: Option<NaiveDate>,
    /// Key of the organisation answerable.
    pub organisation: Option<String>,
    /// Keys of those who contribute, besides the leads.
    #[serde(default)]
    pub contributors: Vec<String>,
    /// The action of an earlier plan that it carries on.
    pub rolled_over_from: Option<ActionRef>,
    /// Actions that must be done first.
    #[serde(default)]
    pub depends_on: Vec<ActionRef>,
    /// What a reader must know about gaps.
    pub notes: Option<String>,
    /// What difference it made, as somebody judged it.
    pub impact: Option<Judged>,
    /// Whether the dependencies given here are invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
    /// What became of its steps.
    #[serde(default, rename = "step")]
    pub steps: Vec<StepProgress>,
    /// What its leads said, oldest first.
    #[serde(default, rename = "update")]
    pub updates: Vec<Update>,
}

/// `impact = { judgement = "IMPROVED", on = 2018-11-19, by = "chair", summary = "...", evidence = ["..."] }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// What difference it made.
    pub judgement: Impact,
    /// Day of the judgement.
    #[serde(with = "day::required")]
    pub on: NaiveDate,
    /// Key of the person who judged.
    pub by: Option<String>,
    /// Why.
    pub summary: String,
    /// Titles of the evidence that it rests on; none is needed where it is too early.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// `[[progress.step]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepProgress {
    /// Which step of the action, counted from 1 as the plan prints them.
    pub number: u32,
    /// Key of who does it.
    pub lead: Option<String>,
    /// By when.
    #[serde(default, with = "day::optional")]
    pub due_on: Option<NaiveDate>,
    /// Day on which it was done.
    #[serde(default, with = "day::optional")]
    pub done_on: Option<NaiveDate>,
    /// Day on which it was struck out.
    #[serde(default, with = "day::optional")]
    pub struck_out_on: Option<NaiveDate>,
    /// Why it was struck out.
    pub struck_out_reason: Option<String>,
    /// Whether this is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `[[progress.update]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// Day of the report.
    #[serde(with = "day::required")]
    pub on: NaiveDate,
    /// Health as the lead sees it.
    pub health: Health,
    /// What happened.
    pub narrative: String,
    /// What stands in the way.
    pub obstacles: Option<String>,
    /// What comes next.
    pub next_steps: Option<String>,
    /// Key of the person who reported.
    pub by: Option<String>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `[[evidence]]`: what shows that something changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Title; unique in the file, so that it is found again.
    pub title: String,
    /// What it says.
    pub summary: Option<String>,
    /// Which kind of proof it is.
    pub strand: Strand,
    /// Its security marking.
    pub marking: Marking,
    /// First day of which it speaks.
    #[serde(default, with = "day::optional")]
    pub period_start: Option<NaiveDate>,
    /// Last day of which it speaks.
    #[serde(default, with = "day::optional")]
    pub period_end: Option<NaiveDate>,
    /// Last day on which it still counts.
    #[serde(default, with = "day::optional")]
    pub expires_on: Option<NaiveDate>,
    /// Day on which it was added.
    #[serde(with = "day::required")]
    pub added_on: NaiveDate,
    /// Key of the person who added it.
    pub added_by: Option<String>,
    /// How it was reviewed; left out, it is submitted.
    pub review: Option<EvidenceReview>,
    /// Actions that it is attached to.
    #[serde(default)]
    pub actions: Vec<ActionRef>,
    /// Requirements that it is attached to.
    #[serde(default)]
    pub requirements: Vec<RequirementRef>,
    /// What it shows of the difference made for children; a document shows none.
    pub shows: Option<Impact>,
    /// Keys of the organisations with which it is shared by name.
    #[serde(default)]
    pub shared_with: Vec<String>,
    /// Names of its files, which lie beside the programme file.
    #[serde(default)]
    pub files: Vec<String>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `review = { status = "ACCEPTED", on = 2018-11-20, by = "board-chair" }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceReview {
    /// How the review ended.
    pub status: ReviewStatus,
    /// When.
    #[serde(default, with = "day::optional")]
    pub on: Option<NaiveDate>,
    /// Key of the person who reviewed.
    pub by: Option<String>,
}
