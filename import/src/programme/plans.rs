//! What is done about it: plans with themes, actions, steps and links.

use super::day;
use super::words::{ActionStatus, DatePrecision, PlanStatus};
use chrono::NaiveDate;
use serde::Deserialize;

/// `[[plan]]`. Its actions stand in the file itself or in a table of their own (`actions_from`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Short local name.
    pub key: String,
    /// Title; unique in the programme.
    pub title: String,
    /// How far it has come.
    pub status: PlanStatus,
    /// Key of the organisation that owns it.
    pub owner: String,
    /// First day.
    #[serde(default, with = "day::optional")]
    pub start_on: Option<NaiveDate>,
    /// Last day.
    #[serde(default, with = "day::optional")]
    pub end_on: Option<NaiveDate>,
    /// Key of the plan whose unfinished actions it took over.
    pub follows: Option<String>,
    /// Days within which a lead reports; six weeks unless given.
    #[serde(default = "six_weeks")]
    pub update_every_days: u32,
    /// Strands of evidence that the board asks for before it assures; two unless given.
    #[serde(default = "two")]
    pub strands_required: u32,
    /// Day on which the board considered it.
    #[serde(default, with = "day::optional")]
    pub considered_on: Option<NaiveDate>,
    /// Day on which the board agreed it.
    #[serde(default, with = "day::optional")]
    pub agreed_on: Option<NaiveDate>,
    /// Day of publication.
    #[serde(default, with = "day::optional")]
    pub published_on: Option<NaiveDate>,
    /// Day on which it was closed.
    #[serde(default, with = "day::optional")]
    pub closed_on: Option<NaiveDate>,
    /// Name of the file beside this one that holds the plan's table, e.g. `phase-2.csv`.
    pub actions_from: Option<String>,
    /// Name of the file beside this one that answers the questions of that import.
    pub answers_from: Option<String>,
    /// Keys of the sources that this table means by "recommendation 3" or "the direction".
    #[serde(default)]
    pub answers_to: Vec<String>,
    /// Themes, each below the theme it is under.
    #[serde(default, rename = "theme")]
    pub themes: Vec<Theme>,
    /// Actions, in printed order.
    #[serde(default, rename = "action")]
    pub actions: Vec<Action>,
}

fn six_weeks() -> u32 {
    42
}

fn two() -> u32 {
    2
}

/// `[[plan.theme]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Short name, unique in the plan.
    pub key: String,
    /// Name.
    pub name: String,
    /// Key of the theme it is part of.
    pub under: Option<String>,
}

/// `[[plan.action]]`: one row of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Printed number; unique in the plan. Gaps are kept.
    pub reference: String,
    /// What is to be achieved.
    pub aim: String,
    /// Key of the theme.
    pub theme: Option<String>,
    /// Keys of those who lead: organisations, people, groups.
    #[serde(default)]
    pub leads: Vec<String>,
    /// Keys of those who contribute.
    #[serde(default)]
    pub contributors: Vec<String>,
    /// Key of the organisation answerable.
    pub organisation: Option<String>,
    /// First day.
    #[serde(default, with = "day::optional")]
    pub start_on: Option<NaiveDate>,
    /// Last day; of a month, the month's last day.
    #[serde(default, with = "day::optional")]
    pub due_on: Option<NaiveDate>,
    /// How exactly the due date was printed.
    pub due_precision: Option<DatePrecision>,
    /// The time frame as printed.
    pub timeframe_as_printed: Option<String>,
    /// How far it has come.
    #[serde(default = "not_started")]
    pub status: ActionStatus,
    /// Day on which it came so far.
    #[serde(default, with = "day::optional")]
    pub status_on: Option<NaiveDate>,
    /// The action of an earlier plan that it carries on.
    pub rolled_over_from: Option<ActionRef>,
    /// What a reader must know about gaps.
    pub notes: Option<String>,
    /// Requirements that it answers.
    #[serde(default)]
    pub addresses: Vec<Link>,
    /// Directions that it names without a clause.
    #[serde(default)]
    pub directions: Vec<UnspecifiedDirection>,
    /// Actions that must be done first.
    #[serde(default)]
    pub depends_on: Vec<ActionRef>,
    /// Whether the dependencies, and the action itself, are invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
    /// What will be done, in order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

fn not_started() -> ActionStatus {
    ActionStatus::NotStarted
}

/// `[[plan.action.step]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What will be done.
    pub text: String,
    /// Key of who does it, where that is not the lead of the action.
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
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `{ plan = "phase-2", action = "1.1" }`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRef {
    /// Key of the plan.
    pub plan: String,
    /// Printed number of the action.
    pub action: String,
}

/// `{ source = "ofsted-2018", reference = "7" }`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementRef {
    /// Key of the inspection, direction or review.
    pub source: String,
    /// Printed reference, or `(n)`.
    pub reference: String,
}

/// `{ source = "ofsted-2018", reference = "7", qualifier = "only for ..." }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Key of the inspection, direction or review.
    pub source: String,
    /// Printed reference, or `(n)`.
    pub reference: String,
    /// To what the link is limited.
    pub qualifier: Option<String>,
}

/// `{ source = "direction-2018", as_printed = "Outlined in DfE direction" }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnspecifiedDirection {
    /// Key of the direction.
    pub source: String,
    /// The words in which the plan names it.
    pub as_printed: String,
}
