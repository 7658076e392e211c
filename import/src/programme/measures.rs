//! What is counted: measures with their targets, benchmarks and readings.

use super::day;
use super::plans::{ActionRef, RequirementRef};
use chrono::NaiveDate;
use domain::measure::{BenchmarkKind, Decimal, Frequency, MeasureUnit, Polarity};
use serde::Deserialize;

/// `[[measure]]`: an indicator. What it lacks it may lack, but without a unit and a frequency it takes no readings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What it is called; unique in the file, so that it is found again.
    pub title: String,
    /// Its short name.
    pub code: Option<String>,
    /// How it is counted.
    pub definition: Option<String>,
    /// What its figures are.
    pub unit: Option<MeasureUnit>,
    /// Which way it is to go.
    pub polarity: Polarity,
    /// How often it is read.
    pub frequency: Option<Frequency>,
    /// Key of who answers for its readings.
    pub owner: Option<String>,
    /// Where it started from.
    pub baseline: Option<Baseline>,
    /// Day from which scrutiny may see it.
    #[serde(default, with = "day::optional")]
    pub published_on: Option<NaiveDate>,
    /// Actions whose difference it shows.
    #[serde(default)]
    pub actions: Vec<ActionRef>,
    /// Requirements that it shows to be met, or not.
    #[serde(default)]
    pub requirements: Vec<RequirementRef>,
    /// Its targets, oldest first.
    #[serde(default, rename = "target")]
    pub targets: Vec<Target>,
    /// What others come to.
    #[serde(default, rename = "benchmark")]
    pub benchmarks: Vec<Benchmark>,
    /// What it came to.
    #[serde(default, rename = "reading")]
    pub readings: Vec<Reading>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// `baseline = { value = 52.5, as_of = 2018-06-30 }`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The figure.
    #[serde(deserialize_with = "figure::required")]
    pub value: Decimal,
    /// The day that it is of.
    #[serde(default, with = "day::optional")]
    pub as_of: Option<NaiveDate>,
}

/// `[[measure.target]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The figure.
    #[serde(deserialize_with = "figure::required")]
    pub value: Decimal,
    /// By when.
    #[serde(default, with = "day::optional")]
    pub due_on: Option<NaiveDate>,
    /// Day from which it is in force.
    #[serde(with = "day::required")]
    pub set_on: NaiveDate,
    /// Why; every target but the first has a reason.
    pub reason: Option<String>,
    /// Key of who approved it.
    pub approved_by: Option<String>,
}

/// `[[measure.benchmark]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// Whose figure it is.
    pub kind: BenchmarkKind,
    /// The figure.
    #[serde(deserialize_with = "figure::required")]
    pub value: Decimal,
    /// Last day of the period that it is of.
    #[serde(with = "day::required")]
    pub period_end: NaiveDate,
    /// Where it was published.
    pub publisher: Option<String>,
}

/// `[[measure.reading]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// First day of the period.
    #[serde(with = "day::required")]
    pub period_start: NaiveDate,
    /// What it is broken down by; left out, it is the whole.
    pub dimension: Option<String>,
    /// Which part it is.
    pub category: Option<String>,
    /// The figure; left out, it follows from the counts.
    #[serde(default, deserialize_with = "figure::optional")]
    pub value: Option<Decimal>,
    /// Of how many that is true.
    pub numerator: Option<i64>,
    /// Out of how many.
    pub denominator: Option<i64>,
    /// What a reader must know.
    pub caveat: Option<String>,
    /// What somebody else says that it is.
    #[serde(default, deserialize_with = "figure::optional")]
    pub disputed_value: Option<Decimal>,
    /// Who says so, and why.
    pub dispute_note: Option<String>,
    /// Whether it is invented for a demonstration.
    #[serde(default)]
    pub illustrative: bool,
}

/// Figures are written as TOML's own numbers: 60, 59.2.
mod figure {
    use super::Decimal;
    use serde::{Deserialize, Deserializer, de::Error};

    pub(super) fn required<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        f64::deserialize(from)?.to_string().parse().map_err(D::Error::custom)
    }

    pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
        required(from).map(Some)
    }
}
