//! Answers as a program gives them: the same as in an answers file, with the words of closed sets in capitals. Both end in
//! [`Answers`], so that there is one way to apply them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answers::{Answer, Answers, Clearable, GivenUpdate, Part, Requirement, Values};
use super::apply::apply;
use super::links::Link;
use super::model::{DuePrecision, GapReason, Health, Status, Understanding};
use super::question::{Cell, QuestionCode};

/// At most so many answers are told at once that do not fit.
const MOST_WRONG: usize = 20;

/// Something given that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where it stands, its parts separated by points, each list counted from 0: `answers.3.set.dueOn`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

/// One answer; see [`Answer`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are those of an answer")]
pub struct GivenAnswer {
    pub row: Option<String>,
    pub place: Option<String>,
    pub gap: Option<String>,
    pub question: QuestionCode,
    pub cell: Option<String>,
    pub accept: Option<bool>,
    pub drop: Option<bool>,
    pub because: Option<String>,
    pub set: Option<GivenValues>,
    pub clear: Option<Vec<String>>,
}

/// Values for the cells of a row; see [`Values`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are those of the row's cells")]
pub struct GivenValues {
    pub reference: Option<String>,
    pub themes: Option<Vec<String>>,
    pub aim: Option<String>,
    pub steps: Option<Vec<String>>,
    pub leads: Option<Vec<String>>,
    pub requirements: Option<Vec<GivenRequirement>>,
    pub unspecified_direction: Option<bool>,
    pub start_on: Option<String>,
    pub due_on: Option<String>,
    pub due_precision: Option<DuePrecision>,
    pub status: Option<Status>,
    pub health: Option<Health>,
    pub updates: Option<Vec<GivenEntry>>,
}

/// A requirement, by its printed reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivenRequirement {
    /// The reference.
    pub reference: String,
    /// What the link is limited to.
    pub qualifier: Option<String>,
}

/// An entry of progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivenEntry {
    /// The day it was reported.
    pub on: Option<String>,
    /// What was reported.
    pub text: String,
}

/// One decided link; see [`Link`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivenLink {
    /// The row's reference as the report shows it.
    pub row: Option<String>,
    /// The row's place as `table/row`.
    pub place: Option<String>,
    /// The requirement's id.
    pub requirement_id: String,
    /// What the link is limited to.
    pub qualifier: Option<String>,
}

/// Reads what was given.
///
/// # Errors
/// Everything that cannot be taken as it stands there, before any row is looked at.
pub fn given(answers: Vec<GivenAnswer>, links: Vec<GivenLink>) -> Result<Answers, Vec<Wrong>> {
    let mut reader = Reader::default();
    let answer = answers
        .into_iter()
        .enumerate()
        .map(|(at, answer)| reader.answer(&format!("answers.{at}"), answer))
        .collect();
    let link = links
        .into_iter()
        .enumerate()
        .map(|(at, link)| {
            for (text, field) in [(&link.row, "row"), (&link.place, "place")] {
                reader.screened(&format!("links.{at}.{field}"), text.as_deref().unwrap_or_default());
            }
            let GivenLink { row, place, requirement_id: requirement, qualifier } = link;
            Link { row, place, requirement, qualifier }
        })
        .collect();
    if reader.wrong.is_empty() { Ok(Answers { answer, link }) } else { Err(reader.wrong) }
}

/// Applies answers as [`apply`] does, and tells of all that do not fit, up to twenty.
///
/// # Errors
/// Each answer that fits no open question or gives an impossible value, and each link that cannot be made. Nothing is applied then.
pub fn apply_given(understanding: &Understanding, answers: &Answers) -> Result<Understanding, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut left = answers.clone();
    let mut answers: Vec<usize> = (0..left.answer.len()).collect();
    let mut links: Vec<usize> = (0..left.link.len()).collect();
    loop {
        let error = match apply(understanding, &left) {
            Ok(applied) if wrong.is_empty() => return Ok(applied),
            Ok(_) => return Err(wrong),
            Err(error) => error,
        };
        let (part, nth, field) = error.place().unwrap_or((Part::Answer, 0, ""));
        let (list, places) = match part {
            Part::Answer => ("answers", &mut answers),
            Part::Link => ("links", &mut links),
        };
        let at = nth.checked_sub(1).filter(|at| *at < places.len());
        let place = at.and_then(|at| places.get(at)).map(|place| format!("{list}.{place}"));
        let mut path = place.unwrap_or_else(|| list.to_owned());
        if !field.is_empty() {
            path = format!("{path}.{field}");
        }
        wrong.push(Wrong { field: path, why: error.why() });
        // What is wrong with the others shows without it.
        match (at, part) {
            (Some(at), Part::Answer) if wrong.len() < MOST_WRONG => drop(left.answer.remove(at)),
            (Some(at), Part::Link) if wrong.len() < MOST_WRONG => drop(left.link.remove(at)),
            _ => return Err(wrong),
        }
        if let Some(at) = at {
            places.remove(at);
        }
    }
}

/// Reads answers one by one and gathers what cannot be read.
#[derive(Default)]
struct Reader {
    wrong: Vec<Wrong>,
}

impl Reader {
    fn wrong(&mut self, field: &str, why: impl Into<String>) {
        self.wrong.push(Wrong { field: field.to_owned(), why: why.into() });
    }

    fn answer(&mut self, path: &str, given: GivenAnswer) -> Answer {
        for (text, field) in [(&given.row, "row"), (&given.place, "place"), (&given.gap, "gap")] {
            self.screened(&format!("{path}.{field}"), text.as_deref().unwrap_or_default());
        }
        let cell = self.one_of(&format!("{path}.cell"), given.cell, Cell::ALL, Cell::as_str);
        let because =
            self.one_of(&format!("{path}.because"), given.because, GapReason::ALL, GapReason::as_str);
        let mut clear = Vec::new();
        for (at, word) in given.clear.unwrap_or_default().into_iter().enumerate() {
            let place = format!("{path}.clear.{at}");
            clear.extend(self.one_of(&place, Some(word), Clearable::ALL, Clearable::as_str));
        }
        Answer {
            row: given.row,
            place: given.place,
            gap: given.gap,
            question: given.question,
            cell,
            accept: given.accept.unwrap_or_default(),
            drop: given.drop.unwrap_or_default(),
            because,
            set: given.set.map(|values| self.values(&format!("{path}.set"), values)),
            clear,
        }
    }

    fn values(&mut self, path: &str, given: GivenValues) -> Values {
        let updates = given.updates.map(|updates| {
            let entry = |(at, entry): (usize, GivenEntry)| GivenUpdate {
                on: self.day(&format!("{path}.updates.{at}.on"), entry.on),
                text: entry.text,
            };
            updates.into_iter().enumerate().map(entry).collect()
        });
        let requirement =
            |GivenRequirement { reference, qualifier }| Requirement::Qualified { reference, qualifier };
        Values {
            reference: given.reference,
            themes: given.themes,
            aim: given.aim,
            steps: given.steps,
            leads: given.leads,
            requirements: given.requirements.map(|all| all.into_iter().map(requirement).collect()),
            unspecified_direction: given.unspecified_direction,
            start_on: self.day(&format!("{path}.startOn"), given.start_on),
            due_on: self.day(&format!("{path}.dueOn"), given.due_on),
            due_precision: given.due_precision,
            status: given.status,
            health: given.health,
            updates,
        }
    }

    /// The value itself is not repeated: whatever stands there by mistake may be somebody's number.
    fn day(&mut self, path: &str, text: Option<String>) -> Option<NaiveDate> {
        let text = text?;
        // A day has one spelling.
        let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text);
        if day.is_none() {
            self.wrong(path, "this is no day; a day is written 2019-03-31");
        }
        day
    }

    /// Names of rows are repeated where there is no such row, so they hold nobody's number.
    fn screened(&mut self, path: &str, text: &str) {
        if let Some(kind) = domain::personal::find(text) {
            self.wrong(path, format!("this holds {}; nobody may be identifiable here", kind.name()));
        }
    }

    fn one_of<T: Copy>(
        &mut self,
        path: &str,
        word: Option<String>,
        all: &[T],
        spelt: fn(T) -> &'static str,
    ) -> Option<T> {
        let word = word?;
        let found = all.iter().copied().find(|of| spelt(*of) == word);
        if found.is_none() {
            let words: Vec<&str> = all.iter().copied().map(spelt).collect();
            self.wrong(path, format!("this is none of {}", words.join(", ")));
        }
        found
    }
}
