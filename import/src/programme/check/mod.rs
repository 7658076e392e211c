//! The rules of the format that need more than one entry, or more than one key of an entry, to judge.

mod audits;
mod board;
mod graph;
mod measures;
mod plans;
mod progress;
mod sources;
mod voice;
mod who;

use super::error::Problem;
use super::plans::{ActionRef, RequirementRef};
use super::words::ActionStatus;
use super::{Plan, ProgrammeFile};
use chrono::NaiveDate;
use domain::personal::find;
use std::collections::{BTreeMap, BTreeSet};

/// Every problem of a whole file, in the order of the file's tables.
pub(super) fn check(file: &ProgrammeFile) -> Vec<Problem> {
    let mut report = Report::default();
    let known = Known::of(file);
    who::check(file, &known, &mut report);
    sources::check(file, &known, &mut report);
    plans::check(file, &known, &mut report);
    progress::check(file, &known, &mut report);
    measures::check(file, &known, &mut report);
    voice::check(file, &known, &mut report);
    audits::check(file, &known, &mut report);
    board::check(file, &known, &mut report);
    graph::check(file, &mut report);
    report.problems
}

/// Texts that no column may hold: empty ones; ones with control characters, U+0000 above all, which one of the two
/// databases refuses and the other keeps; and ones with a number that identifies a person, which is never repeated.
pub(super) fn texts(table: &toml::Table) -> Vec<Problem> {
    fn walk(value: &toml::Value, path: &str, found: &mut Vec<Problem>) {
        let mut add = |wrong: &str, right: &str| {
            found.push(Problem {
                table: "text",
                entry: path.to_owned(),
                field: String::new(),
                wrong: wrong.to_owned(),
                right: right.to_owned(),
            });
        };
        match value {
            toml::Value::String(text) if text.trim().is_empty() => {
                add("an empty text", "leave the key out where there is nothing to say");
            }
            toml::Value::String(text)
                if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) =>
            {
                add("a control character", "only line ends and tabs are allowed");
            }
            toml::Value::String(text) => {
                if let Some(kind) = find(text) {
                    add(kind.name(), "take it out: nobody may be identifiable in a programme");
                }
            }
            toml::Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    walk(value, &format!("{path}[{}]", index + 1), found);
                }
            }
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, &path, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (key, value) in table {
        walk(value, key, &mut found);
    }
    found
}

/// A file's name without any path: what an include or a plan's table may be called.
pub(super) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' '))
}

/// Collects problems.
#[derive(Default)]
struct Report {
    problems: Vec<Problem>,
}

impl Report {
    fn at<'a>(&'a mut self, table: &'static str, entry: impl Into<String>) -> At<'a> {
        At { report: self, table, entry: entry.into() }
    }
}

/// Collects the problems of one entry.
struct At<'a> {
    report: &'a mut Report,
    table: &'static str,
    entry: String,
}

impl At<'_> {
    fn add(&mut self, field: &str, wrong: impl Into<String>, right: impl Into<String>) {
        self.report.problems.push(Problem {
            table: self.table,
            entry: self.entry.clone(),
            field: field.to_owned(),
            wrong: wrong.into(),
            right: right.into(),
        });
    }

    /// `key` must be one of `keys`.
    fn refers<V>(&mut self, field: &str, key: &str, what: &str, keys: &BTreeMap<&str, V>) {
        if !keys.contains_key(key) {
            let right = match nearest(key, keys.keys().copied()) {
                Some(near) => format!("did you mean {near:?}?"),
                None if keys.is_empty() => format!("the file has no {what}: add one"),
                None => format!("add it, or use one of {}", some_of(keys.keys().copied())),
            };
            self.add(field, format!("{key:?} is no key of {what}"), right);
        }
    }

    /// `later` must not lie before `earlier`.
    fn in_order(&mut self, earlier: (&str, Option<NaiveDate>), later: (&str, Option<NaiveDate>)) {
        if let (Some(first), Some(second)) = (earlier.1, later.1)
            && second < first
        {
            self.add(
                later.0,
                format!("{second} lies before {} ({first})", earlier.0),
                "correct one of the two".to_owned(),
            );
        }
    }

    /// No key may come twice in a list.
    fn no_repeats<'k>(&mut self, field: &str, keys: impl IntoIterator<Item = &'k str>) {
        let mut seen = BTreeSet::new();
        for key in keys {
            if !seen.insert(key) {
                self.add(field, format!("{key:?} stands here twice"), "name it once");
            }
        }
    }
}

/// What the file's keys stand for.
struct Known<'a> {
    /// The file adds to a programme that is there already, so printed references may lead into it.
    adds: bool,
    organisations: BTreeMap<&'a str, ()>,
    people: BTreeMap<&'a str, ()>,
    parties: BTreeMap<&'a str, ()>,
    directions: BTreeMap<&'a str, ()>,
    /// Sources, with the references of their requirements.
    sources: BTreeMap<&'a str, BTreeSet<String>>,
    plans: BTreeMap<&'a str, &'a Plan>,
}

impl<'a> Known<'a> {
    fn of(file: &'a ProgrammeFile) -> Self {
        let organisations: BTreeMap<_, _> = file.organisations.iter().map(|o| (o.key.as_str(), ())).collect();
        let people: BTreeMap<_, _> = file.people.iter().map(|p| (p.key.as_str(), ())).collect();
        let mut parties = organisations.clone();
        parties.extend(people.clone());
        parties.extend(file.groups.iter().map(|g| (g.key.as_str(), ())));
        let mut sources = BTreeMap::new();
        for inspection in &file.inspections {
            sources.insert(inspection.key.as_str(), sources::references(&inspection.recommendations));
        }
        for review in &file.reviews {
            sources.insert(review.key.as_str(), sources::references(&review.recommendations));
        }
        for direction in &file.directions {
            sources.insert(direction.key.as_str(), sources::term_references(&direction.terms));
        }
        Known {
            adds: file.adds_to.is_some(),
            organisations,
            people,
            parties,
            directions: file.directions.iter().map(|d| (d.key.as_str(), ())).collect(),
            sources,
            plans: file.plans.iter().map(|p| (p.key.as_str(), p)).collect(),
        }
    }

    fn organisation(&self, at: &mut At<'_>, field: &str, key: &Option<String>) {
        if let Some(key) = key {
            at.refers(field, key, "an organisation", &self.organisations);
        }
    }

    fn person(&self, at: &mut At<'_>, field: &str, key: &Option<String>) {
        if let Some(key) = key {
            at.refers(field, key, "a person", &self.people);
        }
    }

    fn party(&self, at: &mut At<'_>, field: &str, key: &str) {
        at.refers(field, key, "an organisation, person or group", &self.parties);
    }

    /// A requirement by source and printed reference.
    /// The actions and requirements that an entry is attached to.
    fn about(&self, at: &mut At<'_>, actions: &[ActionRef], requirements: &[RequirementRef]) {
        for action in actions {
            self.action(at, "actions", action);
        }
        let named: Vec<_> = actions.iter().map(|a| format!("{} / {}", a.plan, a.action)).collect();
        at.no_repeats("actions", named.iter().map(String::as_str));
        for requirement in requirements {
            self.requirement(at, "requirements", &requirement.source, &requirement.reference);
        }
        let named: Vec<_> = requirements.iter().map(|r| format!("{} {}", r.source, r.reference)).collect();
        at.no_repeats("requirements", named.iter().map(String::as_str));
    }

    fn requirement(&self, at: &mut At<'_>, field: &str, source: &str, reference: &str) {
        let Some(references) = self.sources.get(source) else {
            at.refers(field, source, "an inspection, direction or review", &self.sources);
            return;
        };
        if !self.adds && !references.contains(reference) {
            at.add(
                field,
                format!("{source:?} has no requirement {reference:?}"),
                format!("it has {}", some_of(references.iter().map(String::as_str))),
            );
        }
    }

    /// An action by plan and printed number; returns how far it has come where the file itself says so. The rows of a
    /// plan with a table of its own are not known here.
    fn action(&self, at: &mut At<'_>, field: &str, action: &ActionRef) -> Option<ActionStatus> {
        let Some(plan) = self.plans.get(action.plan.as_str()) else {
            at.refers(field, &action.plan, "a plan", &self.plans);
            return None;
        };
        let found = plan.actions.iter().find(|a| a.reference == action.action);
        if found.is_none() && plan.actions_from.is_none() && !self.adds {
            at.add(
                field,
                format!("plan {:?} has no action {:?}", action.plan, action.action),
                format!("it has {}", some_of(plan.actions.iter().map(|a| a.reference.as_str()))),
            );
        }
        found.map(|a| a.status)
    }
}

/// The first few of many, for a message.
fn some_of<'k>(keys: impl Iterator<Item = &'k str>) -> String {
    let all: Vec<String> = keys.map(|key| format!("{key:?}")).collect();
    match all.len() {
        0 => "none".to_owned(),
        1..=12 => all.join(", "),
        more => format!("{} and {} more", all[..10].join(", "), more - 10),
    }
}

/// The key that was probably meant: at most two letters away.
fn nearest<'k>(key: &str, keys: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    keys.map(|candidate| (distance(key, candidate), candidate))
        .filter(|(away, candidate)| *away <= 2 && *away < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out or changed to come from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

/// Keys are short and plain, so that they can stand in messages and in one list.
fn key(at: &mut At<'_>, key: &str) {
    let plain = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !plain || key.len() > 60 {
        at.add("key", format!("{key:?} is no key"), "use lower-case letters, digits and hyphens, 60 at most");
    }
}

/// No two entries with the same key.
fn unique<'k>(
    report: &mut Report,
    table: &'static str,
    field: &str,
    entries: impl IntoIterator<Item = (String, &'k str)>,
) {
    let mut seen = BTreeSet::new();
    for (identity, entry) in entries {
        if !seen.insert(identity.clone()) {
            report.at(table, entry).add(
                field,
                format!("{identity:?} stands here twice"),
                "each may stand once",
            );
        }
    }
}
