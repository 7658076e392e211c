//! Answers to the questions of a dry run, read from TOML and applied to an understanding.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de};

use super::leads;
use super::model::{
    DuePrecision, GapReason, Health, Ignored, Lead, RequirementKind, RequirementLink, Row, Status,
    Understanding, Update,
};
use super::question::{Cell, Question, QuestionCode};
use super::reference;
use super::text::{has_substance, squash};

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
        /// What is wrong and what would be right.
        why: String,
    },
}

fn name(cell: Cell) -> String {
    serde_json::to_value(cell).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A whole answers file: `[[answer]]` tables.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The answers in the order of the file.
    #[serde(default)]
    pub answer: Vec<Answer>,
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

/// Applies answers: answered questions disappear, given values take the place of what was understood.
///
/// # Errors
/// [`AnswerError`] for the first answer that fits no open question or gives an impossible value.
pub fn apply(understanding: Understanding, answers: &Answers) -> Result<Understanding, AnswerError> {
    let mut result = understanding.clone();
    let mut answered: BTreeSet<(Option<usize>, usize)> = BTreeSet::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (at, answer) in answers.answer.iter().enumerate() {
        let nth = at + 1;
        check_shape(answer, nth)?;
        if answer.row.as_deref() == Some("*") {
            accept_everywhere(&understanding, answer, nth, &mut answered)?;
            continue;
        }
        let row = find_row(&understanding, answer, nth)?;
        let (questions, name) = match row {
            Some(row) => (&understanding.rows[row].questions, row_name(&understanding.rows[row])),
            None => (&understanding.questions, answer.gap.clone().unwrap_or_else(|| "the file".to_owned())),
        };
        let matching: Vec<usize> = (0..questions.len()).filter(|at| fits(&questions[*at], answer)).collect();
        if matching.is_empty() {
            return Err(AnswerError::NoSuchQuestion {
                answer: nth,
                at: name,
                code: answer.question.as_str(),
                cell: answer.cell,
            });
        }
        for question in matching {
            if !answered.insert((row, question)) {
                return Err(AnswerError::AnsweredTwice {
                    answer: nth,
                    at: name,
                    code: answer.question.as_str(),
                });
            }
        }
        match row {
            Some(row) if answer.drop => {
                dropped.insert(row);
            }
            Some(row) => set(&mut result.rows[row], answer, nth)?,
            None => {
                for gap in result.gaps.iter_mut().filter(|gap| Some(&gap.reference) == answer.gap.as_ref()) {
                    gap.reason = answer.because;
                }
            }
        }
    }
    forget(&mut result, &answered);
    leave_out(&mut result, &dropped);
    check_whole(&understanding, &mut result, answers.answer.len())?;
    Ok(result)
}

fn bad(answer: usize, why: impl Into<String>) -> AnswerError {
    AnswerError::BadValue { answer, why: why.into() }
}

fn check_shape(answer: &Answer, nth: usize) -> Result<(), AnswerError> {
    let changes = answer.set.is_some() || !answer.clear.is_empty();
    let kinds = [answer.accept, answer.drop, answer.because.is_some(), changes]
        .into_iter()
        .filter(|given| *given)
        .count();
    if kinds != 1 {
        return Err(bad(
            nth,
            "give exactly one of accept = true, drop = true, because = \"...\", or set and clear",
        ));
    }
    let of_row = answer.row.is_some() || answer.place.is_some();
    if of_row && answer.gap.is_some() {
        return Err(bad(nth, "a question is about a row or a gap, not both"));
    }
    if (answer.drop || changes) && !of_row {
        return Err(bad(nth, "set, clear and drop need the row they are for"));
    }
    if answer.row.as_deref() == Some("*") && !answer.accept {
        return Err(bad(nth, "row = \"*\" can only accept"));
    }
    if answer.because.is_some() != answer.gap.is_some() {
        return Err(bad(
            nth,
            "a gap is answered by gap = \"<number>\" with because = \"left out\" or because = \"lost\"",
        ));
    }
    let needs_value =
        matches!(answer.question, QuestionCode::ReferenceMissing | QuestionCode::ReferenceRepeated);
    if answer.accept && needs_value {
        return Err(bad(
            nth,
            format!("{} cannot be accepted; set reference or drop the row", answer.question.as_str()),
        ));
    }
    Ok(())
}

fn fits(question: &Question, answer: &Answer) -> bool {
    question.code == answer.question
        && answer.cell.is_none_or(|cell| cell == question.cell)
        && (answer.gap.is_none() || question.gap == answer.gap)
        && (answer.gap.is_some() || question.gap.is_none())
}

fn row_name(row: &Row) -> String {
    let place = format!("{}/{}", row.place.table, row.place.row);
    row.reference
        .as_ref()
        .map_or_else(|| format!("the row at {place}"), |reference| format!("row {reference}"))
}

fn find_row(
    understanding: &Understanding,
    answer: &Answer,
    nth: usize,
) -> Result<Option<usize>, AnswerError> {
    if answer.row.is_none() && answer.place.is_none() {
        return Ok(None);
    }
    let named = [answer.row.clone(), answer.place.as_ref().map(|place| format!("at {place}"))];
    let named = named.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let is_it = |row: &Row| {
        answer.row.is_none_or_eq(row.reference.as_ref())
            && answer
                .place
                .as_ref()
                .is_none_or(|place| *place == format!("{}/{}", row.place.table, row.place.row))
    };
    let found: Vec<usize> =
        (0..understanding.rows.len()).filter(|at| is_it(&understanding.rows[*at])).collect();
    match found.as_slice() {
        [] => Err(AnswerError::UnknownRow { answer: nth, row: named }),
        [one] => Ok(Some(*one)),
        _ => Err(AnswerError::AmbiguousRow { answer: nth, row: named }),
    }
}

/// A name that was not given fits every row.
trait Names {
    fn is_none_or_eq(&self, other: Option<&String>) -> bool;
}

impl Names for Option<String> {
    fn is_none_or_eq(&self, other: Option<&String>) -> bool {
        self.is_none() || self.as_ref() == other
    }
}

fn accept_everywhere(
    understanding: &Understanding,
    answer: &Answer,
    nth: usize,
    answered: &mut BTreeSet<(Option<usize>, usize)>,
) -> Result<(), AnswerError> {
    let mut any = false;
    for (row, known) in understanding.rows.iter().enumerate() {
        for (at, _) in known.questions.iter().enumerate().filter(|(_, question)| fits(question, answer)) {
            // A row's own answer may stand before or after.
            answered.insert((Some(row), at));
            any = true;
        }
    }
    if any {
        return Ok(());
    }
    Err(AnswerError::NoSuchQuestion {
        answer: nth,
        at: "no row".to_owned(),
        code: answer.question.as_str(),
        cell: answer.cell,
    })
}

fn forget(result: &mut Understanding, answered: &BTreeSet<(Option<usize>, usize)>) {
    let keep = |row: Option<usize>, questions: &mut Vec<Question>| {
        let mut at = 0;
        questions.retain(|_| {
            at += 1;
            !answered.contains(&(row, at - 1))
        });
    };
    keep(None, &mut result.questions);
    for (at, row) in result.rows.iter_mut().enumerate() {
        keep(Some(at), &mut row.questions);
    }
}

fn leave_out(result: &mut Understanding, dropped: &BTreeSet<usize>) {
    for at in dropped.iter().rev() {
        let row = result.rows.remove(*at);
        let text = row.aim.clone().or_else(|| row.steps.first().cloned()).unwrap_or_default();
        let name = row.reference.unwrap_or_default();
        result.ignored.push(Ignored::new(squash(&format!("{name} {text}")).as_str(), "dropped by an answer"));
    }
}

/// A text from an answer, which must say something.
fn said(text: &str, what: &str, nth: usize) -> Result<String, AnswerError> {
    if has_substance(text) {
        Ok(text.trim().to_owned())
    } else {
        Err(bad(nth, format!("{what} must not be empty")))
    }
}

fn all_said(texts: &[String], what: &str, nth: usize) -> Result<Vec<String>, AnswerError> {
    texts.iter().map(|text| said(text, what, nth)).collect()
}

fn set(row: &mut Row, answer: &Answer, nth: usize) -> Result<(), AnswerError> {
    for cell in &answer.clear {
        match cell {
            Clearable::Aim => row.aim = None,
            Clearable::StartOn => row.start_on = None,
            Clearable::DueOn => (row.due_on, row.due_precision) = (None, None),
            Clearable::Status => row.status = None,
            Clearable::Health => row.health = None,
        }
    }
    let Some(values) = &answer.set else { return Ok(()) };
    if *values == Values::default() {
        return Err(bad(nth, "set names no cell"));
    }
    if let Some(reference) = &values.reference {
        row.reference = Some(squash(&said(reference, "reference", nth)?));
    }
    if let Some(themes) = &values.themes {
        row.themes = all_said(themes, "a theme", nth)?;
    }
    if let Some(aim) = &values.aim {
        row.aim = Some(said(aim, "aim", nth)?);
    }
    if let Some(steps) = &values.steps {
        row.steps = all_said(steps, "a step", nth)?;
    }
    if let Some(given) = &values.leads {
        let leads = all_said(given, "a lead", nth)?;
        row.leads = leads.into_iter().map(|printed| Lead { kind: leads::kind(&printed), printed }).collect();
    }
    if let Some(given) = &values.requirements {
        row.requirements = given.iter().map(|given| requirement(given, nth)).collect::<Result<_, _>>()?;
    }
    row.unspecified_direction = values.unspecified_direction.unwrap_or(row.unspecified_direction);
    row.start_on = values.start_on.or(row.start_on);
    if let Some(due_on) = values.due_on {
        row.due_on = Some(due_on);
        row.due_precision = Some(DuePrecision::Day);
    }
    row.due_precision = values.due_precision.or(row.due_precision);
    row.status = values.status.or(row.status);
    row.health = values.health.or(row.health);
    if let Some(updates) = &values.updates {
        let read = |update: &GivenUpdate| {
            Ok(Update { on: update.on, text: said(&update.text, "the text of an update", nth)? })
        };
        row.updates = updates.iter().map(read).collect::<Result<_, AnswerError>>()?;
    }
    if row.due_precision.is_some() && row.due_on.is_none() {
        return Err(bad(nth, "duePrecision needs a dueOn"));
    }
    if let (Some(start), Some(due)) = (row.start_on, row.due_on)
        && start > due
    {
        return Err(bad(nth, format!("startOn {start} is after dueOn {due}")));
    }
    Ok(())
}

fn requirement(given: &Requirement, nth: usize) -> Result<RequirementLink, AnswerError> {
    let (printed, qualifier) = match given {
        Requirement::Plain(printed) => (printed, None),
        Requirement::Qualified { reference, qualifier } => (reference, qualifier.clone()),
    };
    let is_term = !printed.trim().chars().all(|c| c.is_ascii_digit());
    let kind = if is_term { RequirementKind::DirectionTerm } else { RequirementKind::Recommendation };
    let read = reference::read(printed, Some(kind));
    match <[RequirementLink; 1]>::try_from(read.links) {
        Ok([link]) if read.residue.is_empty() && qualifier.as_deref().is_none_or(has_substance) => {
            Ok(RequirementLink { qualifier: qualifier.or(link.qualifier), ..link })
        }
        _ => Err(bad(
            nth,
            format!(
                "\"{printed}\" is no single reference; write \"3\" for a recommendation, \"2.b.iii\" for a term"
            ),
        )),
    }
}

/// What only shows on the whole: no number twice by an answer, no gap where there is a row now.
fn check_whole(before: &Understanding, result: &mut Understanding, last: usize) -> Result<(), AnswerError> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let known: Vec<&str> = before.rows.iter().filter_map(|row| row.reference.as_deref()).collect();
    for reference in result.rows.iter().filter_map(|row| row.reference.as_deref()) {
        let was_repeated = known.iter().filter(|known| **known == reference).count() > 1;
        if !seen.insert(reference) && !was_repeated {
            return Err(bad(last, format!("after all answers {reference} is the number of two rows")));
        }
    }
    let filled: BTreeSet<String> = seen.into_iter().map(str::to_owned).collect();
    result.gaps.retain(|gap| !filled.contains(&gap.reference));
    result.questions.retain(|question| question.gap.as_ref().is_none_or(|gap| !filled.contains(gap)));
    Ok(())
}
