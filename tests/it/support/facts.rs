//! What filters are about, told in the plainest way: each row as a table of facts, and a filter held against it.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::Record;
use super::{Persona, gid};
use crate::proof::twin::Twin;
use crate::visibility::eye::Eye;

/// What a row says under one name of its filter.
#[derive(Debug, Clone)]
pub enum Fact {
    /// One value, or null.
    Value(Value),
    /// Texts, of which one must contain what is looked for.
    Texts(Vec<Option<String>>),
    /// The ids of things it belongs to.
    Ids(Vec<String>),
    /// Rows, to be held against their own filter: `Requirement`, `Evidence`, `EvidenceFile` or `Action`, and which.
    Rows(&'static str, Vec<Uuid>),
}

/// The rows of each type, by their ids.
pub type Facts = BTreeMap<&'static str, Fact>;

/// All rows of one programme, as their filters see them, for someone who sees all of it.
pub struct Book {
    /// The rows of each list: its type, their prefix and id, their facts.
    pub rows: HashMap<&'static str, Vec<(Uuid, String, Facts)>>,
}

impl Book {
    /// Reads the programme on a day.
    pub fn of(record: &Record, programme: Uuid, today: NaiveDate) -> Self {
        let mut rows: HashMap<_, Vec<_>> = HashMap::new();
        for row in record.actions.iter().filter(|row| row.programme_id == programme) {
            rows.entry("Action").or_default().push((
                row.id,
                gid("act", row.id),
                action_facts(record, row, today),
            ));
        }
        for row in record.evidence.iter().filter(|row| row.programme_id == programme) {
            rows.entry("Evidence").or_default().push((
                row.id,
                gid("evd", row.id),
                evidence_facts(record, row),
            ));
        }
        for row in record.files.iter().filter(|row| row.programme_id == programme) {
            rows.entry("EvidenceFile").or_default().push((row.id, gid("fil", row.id), file_facts(row)));
        }
        for row in record.requirements.iter().filter(|row| row.programme_id == programme) {
            let (id, facts) = requirement_facts(record, row);
            let own = if row.kind == "DIRECTION_TERM" { "DirectionTerm" } else { "Recommendation" };
            let mut common = facts.clone();
            common.retain(|name, _| !["isImmediate", "response", "parent"].contains(name));
            rows.entry("Requirement").or_default().push((row.id, id.clone(), common));
            rows.entry(own).or_default().push((row.id, id, facts));
        }
        Self { rows }
    }

    /// The ids of the rows that a filter lets through, sorted.
    pub fn ids(&self, of: &str, filter: &Value) -> Vec<String> {
        let rows = self.rows[of].iter().filter(|(_, _, facts)| self.holds(filter, facts));
        let mut ids: Vec<_> = rows.map(|(_, id, _)| id.clone()).collect();
        ids.sort();
        ids
    }

    fn holds(&self, filter: &Value, facts: &Facts) -> bool {
        let Some(fields) = filter.as_object() else { return true };
        fields.iter().all(|(name, given)| {
            let all = |given: &Value| given.as_array().cloned().unwrap_or_else(|| vec![given.clone()]);
            match name.as_str() {
                _ if given.is_null() => true,
                "and" => all(given).iter().all(|one| self.holds(one, facts)),
                "or" => all(given).iter().any(|one| self.holds(one, facts)),
                "not" => !self.holds(given, facts),
                name => self.fact_holds(&facts[name], given),
            }
        })
    }

    fn fact_holds(&self, fact: &Fact, tests: &Value) -> bool {
        let tests = tests.as_object().unwrap();
        tests.iter().filter(|(name, value)| !value.is_null() || ["eq", "neq"].contains(&name.as_str())).all(
            |(name, operand)| match fact {
                Fact::Value(value) => compares(value, name, operand),
                Fact::Texts(texts) => texts.iter().flatten().any(|text| contains(text, operand)),
                Fact::Ids(ids) => belongs(ids, name, operand),
                Fact::Rows(of, ids) => {
                    let rows = self.rows[of].iter().filter(|(id, ..)| ids.contains(id));
                    let some = rows.into_iter().any(|(_, _, facts)| self.holds(operand, facts));
                    some == (name == "some")
                }
            },
        )
    }
}

fn contains(text: &str, operand: &Value) -> bool {
    text.to_ascii_lowercase().contains(&operand.as_str().unwrap().to_ascii_lowercase())
}

/// A missing value meets only `isNull`, `neq` and `nin`.
fn compares(value: &Value, test: &str, operand: &Value) -> bool {
    let is_one_of = || operand.as_array().unwrap().contains(value);
    match test {
        "isNull" => value.is_null() == (operand == &Value::Bool(true)),
        "eq" => value == operand,
        "neq" => value != operand,
        "in" => is_one_of(),
        "nin" => !is_one_of(),
        _ if value.is_null() => false,
        "contains" => contains(value.as_str().unwrap(), operand),
        // Days as text are in the order of days.
        _ => {
            let (value, operand) = (value.as_str().unwrap(), operand.as_str().unwrap());
            match test {
                "lt" => value < operand,
                "lte" => value <= operand,
                "gt" => value > operand,
                "gte" => value >= operand,
                other => panic!("no test for the comparator {other}"),
            }
        }
    }
}

/// True if one of several matches; `neq`, `nin` and `isNull` if none does.
fn belongs(ids: &[String], test: &str, operand: &Value) -> bool {
    let is = |operand: &Value| ids.iter().any(|id| operand.as_str() == Some(id));
    let any = || operand.as_array().unwrap().iter().any(is);
    match test {
        "isNull" => ids.is_empty() == (operand == &Value::Bool(true)),
        "eq" if operand.is_null() => ids.is_empty(),
        "neq" if operand.is_null() => !ids.is_empty(),
        "eq" => is(operand),
        "neq" => !is(operand),
        "in" => any(),
        "nin" => !any(),
        other => panic!("no test for the comparator {other} of ids"),
    }
}

fn requirement_id(row: &requirement::Model) -> String {
    gid(if row.kind == "DIRECTION_TERM" { "trm" } else { "rec" }, row.id)
}

fn source_id(record: &Record, id: Uuid) -> String {
    let source = record.sources.iter().find(|source| source.id == id).unwrap();
    let prefix = match source.kind.as_str() {
        "INSPECTION" => "ins",
        "DIRECTION" => "dir",
        _ => "rev",
    };
    gid(prefix, id)
}

fn optional(prefix: &str, id: Option<Uuid>) -> Fact {
    Fact::Value(id.map_or(Value::Null, |id| gid(prefix, id).into()))
}

fn action_facts(record: &Record, row: &action::Model, today: NaiveDate) -> Facts {
    let declared = record.declared_health(row);
    let computed = record.computed_health(row, today, true, |_| true);
    let rating = domain::rating::rating(declared, computed);
    let links: Vec<_> = record.links.iter().filter(|link| link.action_id == row.id).collect();
    let linked = links.iter().map(|link| link.requirement_id);
    let requirements: Vec<_> =
        linked.map(|id| record.requirements.iter().find(|row| row.id == id).unwrap()).collect();
    let named = record.unspecified.iter().filter(|named| named.action_id == row.id);
    let sources = requirements.iter().map(|row| row.source_id).chain(named.map(|named| named.source_id));
    let leads = record.parties_of.iter().filter(|of| of.action_id == row.id && of.role == "LEAD");
    let leads = leads.map(|of| record.parties.iter().find(|party| party.id == of.party_id).unwrap());
    let prefix = |party: &party::Model| match party.kind.as_str() {
        "PERSON" => "per",
        "GROUP" => "grp",
        _ => "org",
    };
    let is_open = ["NOT_STARTED", "IN_PROGRESS"].contains(&row.status.as_str());
    let late = |on: Option<NaiveDate>| on.is_some_and(|on| on < today);
    let evidence = record.evidence_of_actions.iter().filter(|of| of.action_id == row.id);
    let twin = Twin { eye: Eye::of(record, Persona::ProgrammeOffice), today };
    let [without_impact, on_expired, disagree] = twin.lists(row);
    Facts::from([
        ("id", Fact::Value(gid("act", row.id).into())),
        ("reference", Fact::Value(json!(row.reference))),
        (
            "text",
            Fact::Texts(vec![
                Some(row.aim.clone()),
                Some(row.reference.clone()),
                row.timeframe_as_printed.clone(),
            ]),
        ),
        ("status", Fact::Value(json!(row.status))),
        ("health", Fact::Value(json!(rating))),
        ("computedHealth", Fact::Value(json!(computed))),
        ("declaredHealth", Fact::Value(json!(declared))),
        ("plan", optional("pln", Some(row.plan_id))),
        ("theme", optional("thm", row.theme_id)),
        ("organisation", optional("org", row.organisation_id)),
        ("lead", Fact::Ids(leads.map(|party| gid(prefix(party), party.id)).collect())),
        ("requirement", Fact::Ids(requirements.iter().map(|row| requirement_id(row)).collect())),
        ("source", Fact::Ids(sources.map(|id| source_id(record, id)).collect())),
        ("startOn", Fact::Value(json!(row.start_on))),
        ("dueOn", Fact::Value(json!(row.due_on))),
        ("isOverdue", Fact::Value(json!(is_open && late(row.due_on)))),
        ("isUpdateOverdue", Fact::Value(json!(late(record.update_due_on(row))))),
        ("isClaimedWithoutImpact", Fact::Value(json!(without_impact))),
        ("isAssuredOnExpiredEvidence", Fact::Value(json!(on_expired))),
        ("doStrandsDisagree", Fact::Value(json!(disagree))),
        ("requirements", Fact::Rows("Requirement", requirements.iter().map(|row| row.id).collect())),
        ("evidence", Fact::Rows("Evidence", evidence.map(|of| of.evidence_id).collect())),
    ])
}

fn evidence_facts(record: &Record, row: &evidence::Model) -> Facts {
    let actions = record.evidence_of_actions.iter().filter(|of| of.evidence_id == row.id);
    let files = record.files.iter().filter(|of| of.evidence_id == row.id);
    Facts::from([
        ("id", Fact::Value(gid("evd", row.id).into())),
        ("text", Fact::Texts(vec![Some(row.title.clone()), row.summary.clone()])),
        ("strand", Fact::Value(json!(row.strand))),
        ("marking", Fact::Value(json!(row.marking))),
        ("reviewStatus", Fact::Value(json!(row.review_status))),
        ("shows", Fact::Value(json!(row.shows))),
        ("periodStart", Fact::Value(json!(row.period_start))),
        ("periodEnd", Fact::Value(json!(row.period_end))),
        ("expiresOn", Fact::Value(json!(row.expires_on))),
        ("addedOn", Fact::Value(json!(row.added_on))),
        ("actions", Fact::Rows("Action", actions.map(|of| of.action_id).collect())),
        ("files", Fact::Rows("EvidenceFile", files.map(|of| of.id).collect())),
    ])
}

fn file_facts(row: &evidence_file::Model) -> Facts {
    Facts::from([
        ("id", Fact::Value(gid("fil", row.id).into())),
        ("text", Fact::Texts(vec![Some(row.name.clone())])),
        ("isCurrent", Fact::Value(json!(row.is_current))),
        ("mediaType", Fact::Value(json!(row.media_type))),
        ("scan", Fact::Value(json!(row.scan))),
        ("addedOn", Fact::Value(json!(row.added_on))),
    ])
}

fn requirement_facts(record: &Record, row: &requirement::Model) -> (String, Facts) {
    let links = record.links.iter().filter(|link| link.requirement_id == row.id);
    let facts = Facts::from([
        ("id", Fact::Value(requirement_id(row).into())),
        ("reference", Fact::Value(json!(row.reference))),
        ("text", Fact::Texts(vec![Some(row.text.clone())])),
        ("source", Fact::Value(source_id(record, row.source_id).into())),
        ("coverage", Fact::Value(json!(record.coverage(row, &|_| true)))),
        ("actions", Fact::Rows("Action", links.map(|link| link.action_id).collect())),
    ]);
    let mut facts = facts;
    if row.kind == "DIRECTION_TERM" {
        facts.insert("parent", optional("trm", row.parent_id));
    } else {
        facts.insert("isImmediate", Fact::Value(json!(row.is_immediate)));
        facts.insert("response", Fact::Value(json!(row.response_status)));
    }
    (requirement_id(row), facts)
}
