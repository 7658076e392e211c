//! Names in place of ids, so that pages and examples can be read and run on any day: `$act:1.9` is the action that the
//! current plan prints as 1.9, `$version:act:1.9` its version.
//!
//! | name | is |
//! | --- | --- |
//! | `$programme`, `$plan`, `$plan:TITLE` | the programme; the published plan; the plan of this title |
//! | `$act:1.9`, `$step:1.9/2`, `$proposal:1.9/1` | an action, its second step, its first proposed link; of the published plan, else of any |
//! | `$rec:9`, `$term:2.b.vi`, `$duty:3/1` | of the newest source that has it |
//! | `$source:TITLE`, `$ev:TITLE`, `$file:NAME`, `$person:POST`, `$group:NAME`, `$org:NAME`, `$member:SUBJECT` | what is called so |
//! | `$measure:CODE`, `$feedback:THEME` | of the measure with this code, of the feedback with this theme |
//! | `$audit:TITLE`, `$found:TEXT` | an audit, a finding of one |
//! | `$challenge:TEXT` | of the challenge that asks this |
//! | `$webhook:DESCRIPTION` | an endpoint of webhooks |
//! | `$version:NAME` | the version of what the name stands for |
//! | `$begun`, `$now` | the moments when the page was begun, and this |
//! | `$answer:/path/0/id` | a value of the data that came for the block before |

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::visibility::door::Door;

/// Everything that can be named, as the programme office sees it.
const PLANS: &str = "{ programme(slug: \"buckinghamshire\") { id version
    plans(first: 10) { nodes { id version title status actions(first: 40) { nodes { id version reference
        steps { id version } linkProposals { id version } } } } } } }";
const OTHERS: &str = "{ programme(slug: \"buckinghamshire\") {
    sources(first: 20) { nodes { id title issuedOn
        ... on Inspection { version recommendations(first: 30) { nodes { id version reference } } }
        ... on Review { version recommendations(first: 30) { nodes { id version reference } } }
        ... on Direction { version terms(first: 30) { nodes { id version reference duties { id version } } } } } }
    evidence(first: 60) { nodes { id version title files { id version name } } } measures(first: 60) { nodes { id version code } } feedback(first: 60) { nodes { id version theme } }
    people(first: 60) { nodes { id version post } }
    audits(first: 60) { nodes { id version title } } auditFindings(first: 60) { nodes { id version text } } challenges(first: 60) { nodes { id version text } }
    groups(first: 20) { nodes { id version name } } members(first: 20) { nodes { id version subject } }
    webhookEndpoints(first: 10) { nodes { id version description } } }
  organisations(first: 60) { nodes { id version name } } }";

/// What names stand for now.
pub struct Names(HashMap<String, (Value, Value)>);

impl Names {
    /// Asks the service.
    pub async fn of(door: &Door) -> Self {
        let mut names = Self(HashMap::new());
        names.plans(&door.ask(Some("programme-office"), PLANS, json!({})).await["programme"]);
        names.others(&door.ask(Some("programme-office"), OTHERS, json!({})).await);
        names
    }

    fn plans(&mut self, programme: &Value) {
        self.add("programme".to_owned(), programme);
        let mut plans = nodes(&programme["plans"]).to_vec();
        plans.sort_by_key(|plan| plan["status"] != "PUBLISHED");
        for plan in &plans {
            self.add("plan".to_owned(), plan);
            self.add(format!("plan:{}", text(&plan["title"])), plan);
            for action in nodes(&plan["actions"]) {
                let reference = text(&action["reference"]);
                self.add(format!("act:{reference}"), action);
                self.numbered(&format!("step:{reference}"), &action["steps"]);
                self.numbered(&format!("proposal:{reference}"), &action["linkProposals"]);
            }
        }
    }

    fn others(&mut self, data: &Value) {
        let programme = &data["programme"];
        let mut sources = nodes(&programme["sources"]).to_vec();
        sources.sort_by_key(|source| std::cmp::Reverse(source["issuedOn"].as_str().map(str::to_owned)));
        for source in &sources {
            self.add(format!("source:{}", text(&source["title"])), source);
            for row in nodes(&source["recommendations"]) {
                self.add(format!("rec:{}", text(&row["reference"])), row);
            }
            for row in nodes(&source["terms"]) {
                let reference = text(&row["reference"]);
                self.add(format!("term:{reference}"), row);
                self.numbered(&format!("duty:{reference}"), &row["duties"]);
            }
        }
        for file in nodes(&programme["evidence"]).iter().flat_map(|row| row["files"].as_array().unwrap()) {
            self.add(format!("file:{}", text(&file["name"])), file);
        }
        for (prefix, list, label) in [
            ("ev", &programme["evidence"], "title"),
            ("measure", &programme["measures"], "code"),
            ("feedback", &programme["feedback"], "theme"),
            ("audit", &programme["audits"], "title"),
            ("found", &programme["auditFindings"], "text"),
            ("challenge", &programme["challenges"], "text"),
            ("person", &programme["people"], "post"),
            ("group", &programme["groups"], "name"),
            ("member", &programme["members"], "subject"),
            ("webhook", &programme["webhookEndpoints"], "description"),
            ("org", &data["organisations"], "name"),
        ] {
            for row in nodes(list) {
                self.add(format!("{prefix}:{}", text(&row[label])), row);
            }
        }
    }

    fn numbered(&mut self, name: &str, list: &Value) {
        for (index, row) in list.as_array().into_iter().flatten().enumerate() {
            self.add(format!("{name}/{}", index + 1), row);
        }
    }

    /// The first of a name stays.
    fn add(&mut self, name: String, row: &Value) {
        self.0.entry(name).or_insert_with(|| (row["id"].clone(), row["version"].clone()));
    }

    fn find(&self, name: &str) -> (Value, Value) {
        self.0.get(name).cloned().unwrap_or_else(|| panic!("nothing is called ${name}"))
    }
}

/// What a page knows besides.
pub struct Moment {
    /// When it was begun.
    pub begun: DateTime<Utc>,
    /// The data of the answer before.
    pub answer: Value,
}

/// Whether there is a name in this.
pub fn has_names(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('$'),
        Value::Array(items) => items.iter().any(has_names),
        Value::Object(fields) => fields.values().any(has_names),
        _ => false,
    }
}

/// Puts what names stand for in their place.
pub fn resolve(value: &Value, names: &Names, moment: &Moment) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => named(name, names, moment),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| resolve(item, names, moment)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), resolve(value, names, moment)));
            Value::Object(fields.collect())
        }
        _ => value.clone(),
    }
}

fn named(name: &str, names: &Names, moment: &Moment) -> Value {
    let at = |time: DateTime<Utc>| json!(time.to_rfc3339_opts(SecondsFormat::Micros, true));
    match (name, name.split_once(':')) {
        ("begun", _) => at(moment.begun),
        ("now", _) => at(Utc::now()),
        (_, Some(("version", name))) => names.find(name).1,
        (_, Some(("answer", path))) => {
            let found = moment.answer.pointer(path);
            found.cloned().unwrap_or_else(|| panic!("no {path} in {}", moment.answer))
        }
        _ => names.find(name).0,
    }
}

fn nodes(connection: &Value) -> &[Value] {
    connection["nodes"].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
