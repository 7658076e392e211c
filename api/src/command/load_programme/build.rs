//! From a file's keys and printed references to ids and rows. Pure: what is there already was read before.

use std::collections::HashMap;

use chrono::NaiveDate;
use import::programme::Problem;
use uuid::Uuid;

use super::When;
use super::bundle::Bundle;
use super::draft::Draft;
use super::rows::Rows;
use crate::store::existing::Existing;

/// A source, from the file or found in the programme.
#[derive(Debug, Clone)]
pub(super) struct SourceKey {
    pub id: Uuid,
    pub is_direction: bool,
    pub is_inspection: bool,
    pub issued_on: Option<NaiveDate>,
}

/// Works out the rows of a load.
pub(super) struct Build<'a> {
    pub bundle: &'a Bundle,
    pub programme: Uuid,
    pub known: Existing,
    pub when: When,
    pub rows: Rows,
    /// People, groups and organisations by the file's key.
    pub parties: HashMap<&'a str, Uuid>,
    /// The same, and those that the programme has, by any words that a table may use for them; see [`called`].
    pub called: HashMap<String, Uuid>,
    /// Sources by the file's key.
    pub sources: HashMap<&'a str, SourceKey>,
    /// Every source of the programme, the file's included.
    pub all_sources: Vec<SourceKey>,
    /// Requirements by source and reference.
    pub requirements: HashMap<(Uuid, String), Uuid>,
    /// Plans by the file's key.
    pub plans: HashMap<&'a str, Uuid>,
    /// Actions by plan and reference.
    pub actions: HashMap<(Uuid, String), Uuid>,
    /// The new actions while they are put together.
    pub drafts: Vec<Draft>,
    problems: Vec<Problem>,
}

impl<'a> Build<'a> {
    pub(super) fn new(bundle: &'a Bundle, programme: Uuid, known: Existing, when: When) -> Self {
        Self {
            bundle,
            programme,
            known,
            when,
            rows: Rows::default(),
            parties: HashMap::new(),
            called: HashMap::new(),
            sources: HashMap::new(),
            all_sources: Vec::new(),
            requirements: HashMap::new(),
            plans: HashMap::new(),
            actions: HashMap::new(),
            drafts: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The rows to write, or everything that is wrong.
    pub(super) fn rows(mut self) -> Result<Rows, Vec<Problem>> {
        self.who();
        self.asked();
        self.done();
        self.shown();
        self.judged();
        self.counted();
        self.said();
        self.audited();
        self.challenged();
        if self.problems.is_empty() { Ok(self.rows) } else { Err(self.problems) }
    }

    pub(super) fn problem(&mut self, at: At<'_>, wrong: impl Into<String>, right: &str) {
        self.problems.push(Problem {
            table: at.0,
            entry: at.1.to_owned(),
            field: at.2.to_owned(),
            wrong: wrong.into(),
            right: right.to_owned(),
        });
    }

    pub(super) fn party(&mut self, at: At<'_>, key: &str) -> Option<Uuid> {
        let found = self.parties.get(key).copied();
        if found.is_none() {
            self.problem(
                at,
                format!("{key:?} is nobody's key"),
                "add an organisation, person or group with this key",
            );
        }
        found
    }

    pub(super) fn maybe_party(&mut self, at: At<'_>, key: Option<&String>) -> Option<Uuid> {
        key.and_then(|key| self.party(at, key))
    }

    pub(super) fn source(&mut self, at: At<'_>, key: &str) -> Option<SourceKey> {
        let found = self.sources.get(key).cloned();
        if found.is_none() {
            self.problem(
                at,
                format!("{key:?} is no source's key"),
                "add an inspection, direction or review with this key",
            );
        }
        found
    }

    pub(super) fn requirement(&mut self, at: At<'_>, source: &str, reference: &str) -> Option<Uuid> {
        let source_id = self.source(at, source)?.id;
        let found = self.requirements.get(&(source_id, reference.to_owned())).copied();
        if found.is_none() {
            self.problem(at, format!("{source:?} has no requirement {reference:?}"), "name one that it has");
        }
        found
    }

    pub(super) fn action(&mut self, at: At<'_>, plan: &str, reference: &str) -> Option<Uuid> {
        let plan_id = self.plans.get(plan).copied();
        let found = plan_id.and_then(|plan_id| self.actions.get(&(plan_id, reference.to_owned())).copied());
        if found.is_none() {
            self.problem(at, format!("plan {plan:?} has no action {reference:?}"), "name one that it has");
        }
        found
    }
}

/// Where a problem is: table, entry, field.
#[derive(Clone, Copy)]
pub(super) struct At<'a>(pub &'static str, pub &'a str, pub &'a str);

/// How words are compared by which a table names somebody: case, blanks and marks around them do not count.
pub(super) fn called(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// The place of the `index`-th of a list, counted from 1.
pub(super) fn position(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}
