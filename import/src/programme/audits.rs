//! Quality assurance: audits with their grades and what they found.

use super::day;
use super::plans::{ActionRef, RequirementRef};
use chrono::NaiveDate;
use domain::audit::{AuditGrade, AuditKind, AuditRater, RecheckOutcome};
use serde::Deserialize;

/// `[[audit]]`: a piece of quality assurance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// What it is called; unique in the file, so that it is found again.
    pub title: String,
    /// What kind of quality assurance it is.
    pub kind: AuditKind,
    /// First day.
    #[serde(with = "day::required")]
    pub started_on: NaiveDate,
    /// Last day; left out, the same.
    #[serde(default, with = "day::optional")]
    pub ended_on: Option<NaiveDate>,
    /// Key of who did it.
    pub done_by: Option<String>,
    /// Whether those who did it are not those whose work it is.
    #[serde(default)]
    pub independent: bool,
    /// What it looked at, spelled alike across audits.
    pub theme: Option<String>,
    /// What it came to, in words.
    pub summary: Option<String>,
    /// How many were looked at.
    pub sample: Option<i32>,
    /// How many got which grade, once for each rater.
    #[serde(default)]
    pub grades: Vec<AuditGrades>,
    /// That somebody else went over the grades.
    pub moderation: Option<Moderation>,
    /// Title of the audit above that it repeats.
    pub reaudit_of: Option<String>,
    /// Actions that it is about.
    #[serde(default)]
    pub actions: Vec<ActionRef>,
    /// Requirements that it is about.
    #[serde(default)]
    pub requirements: Vec<RequirementRef>,
    /// What it found.
    #[serde(default, rename = "finding")]
    pub findings: Vec<AuditFinding>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `grades = [{ rater = "SELF", good = 12, requires_improvement = 20 }]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditGrades {
    /// Who gave them.
    pub rater: AuditRater,
    /// How many were outstanding.
    pub outstanding: Option<i64>,
    /// How many were good.
    pub good: Option<i64>,
    /// How many required improvement.
    pub requires_improvement: Option<i64>,
    /// How many were inadequate.
    pub inadequate: Option<i64>,
}

/// `moderation = { on = 2018-06-01, by = "key", note = "What changed." }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moderation {
    /// When.
    #[serde(with = "day::required")]
    pub on: NaiveDate,
    /// Key of who did.
    pub by: String,
    /// What changed.
    pub note: String,
}

/// `[[audit.finding]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditFinding {
    /// What was found.
    pub text: String,
    /// How good practice was found to be.
    pub grade: Option<AuditGrade>,
    /// Its theme; left out, that of the audit.
    pub theme: Option<String>,
    /// What is to follow.
    pub follow_up: Option<String>,
    /// Key of who is to do it.
    pub follow_up_by: Option<String>,
    /// Last day for it.
    #[serde(default, with = "day::optional")]
    pub due_on: Option<NaiveDate>,
    /// The day by which it was first to be done, where that was another.
    #[serde(default, with = "day::optional")]
    pub first_due_on: Option<NaiveDate>,
    /// Day on which it was done.
    #[serde(default, with = "day::optional")]
    pub done_on: Option<NaiveDate>,
    /// Key of who said so.
    pub done_by: Option<String>,
    /// What was done.
    pub done_note: Option<String>,
    /// The last look whether it held.
    pub recheck: Option<Recheck>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `recheck = { on = 2018-11-20, by = "key", outcome = "HELD" }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recheck {
    /// When.
    #[serde(with = "day::required")]
    pub on: NaiveDate,
    /// Key of who looked.
    pub by: Option<String>,
    /// What it came to.
    pub outcome: RecheckOutcome,
    /// What was seen.
    pub note: Option<String>,
}
