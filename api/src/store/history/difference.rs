//! What differs between two states of a thing, in the words of the schema.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::authz::matrix::{self, Show};
use crate::store::model::Model;
use crate::store::model::{FieldDef, Join, Relation, TypeDef};

/// What a field held before a change and after it. Ids are as the ledger has them: who reads decides which are named.
#[derive(Debug, PartialEq)]
pub(super) struct Difference {
    field: String,
    before: Held,
    after: Held,
}

/// What a field held.
#[derive(Debug, PartialEq)]
enum Held {
    /// Text, a number, a day: as text; none for nothing.
    Plain(Option<String>),
    /// The id of another thing.
    Id(Uuid),
    /// Those things of a list that the other side does not have.
    Items(Vec<Item>),
}

/// One thing in a list: what it names, and what the list says about it.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    id: Option<Uuid>,
    says: Map<String, Value>,
}

/// Columns that say nothing to a client: what a thing is and belongs to, and what the entry itself says.
const LEFT_OUT: &[&str] = &["id", "programme_id", "version", "created_at", "updated_at"];

/// The lists of parts in a state by the fields that show them: field, list, and the part's role where the list holds
/// several (`store::recorded` names the lists).
const LISTS: &[(&str, &str, Option<&str>)] = &[
    ("identifiers", "identifiers", None),
    ("members", "members", None),
    ("judgements", "judgements", None),
    ("leads", "parties", Some("LEAD")),
    ("contributors", "parties", Some("CONTRIBUTOR")),
    ("requirements", "requirements", None),
    ("unspecifiedDirections", "unspecified_directions", None),
    ("dependsOn", "depends_on", None),
    ("actions", "actions", None),
    ("sharedWith", "shared_with", None),
];

/// The columns of parts that name the thing in the list.
const ITEM_IDS: &[&str] = &[
    "person_id",
    "party_id",
    "requirement_id",
    "source_id",
    "depends_on_id",
    "action_id",
    "evidence_id",
    "organisation_id",
];

/// The columns of parts that say something about it.
const ITEM_SAYS: &[(&str, &str)] = &[
    ("qualifier", "qualifier"),
    ("as_printed", "asPrinted"),
    ("scheme", "scheme"),
    ("value", "value"),
    ("area", "area"),
    ("grade", "grade"),
    ("printed_area", "printedArea"),
];

type State = Map<String, Value>;

/// What differs, in the order of the type's fields.
pub(super) fn differences(ty: &TypeDef, before: &State, after: &State) -> Vec<Difference> {
    let mut found = Vec::new();
    look(ty, "", before, after, &mut found);
    found
}

fn look(ty: &TypeDef, within: &str, before: &State, after: &State, found: &mut Vec<Difference>) {
    for (name, def) in &ty.fields {
        // What the updates on an action say, or when they were made, stands in the updates alone.
        if matrix::show(ty.name, name).is_none_or(|show| show == Show::Reported) {
            continue;
        }
        let sides = match def {
            FieldDef::Column(column, _) if !is_left_out(column) => {
                Some((plain(before.get(*column)), plain(after.get(*column))))
            }
            FieldDef::One(Relation { join: Join::To(column), .. }) if !is_left_out(column) => {
                Some((id(before.get(*column)), id(after.get(*column))))
            }
            FieldDef::Embedded { ty: of, .. } => {
                if let Some(of) = Model::get().ty(of) {
                    look(of, &format!("{within}{name}."), before, after, found);
                }
                None
            }
            FieldDef::Many(_) | FieldDef::Connection(_) => {
                let list = LISTS.iter().find(|(field, ..)| field == name);
                list.map(|(_, list, role)| lists(before.get(*list), after.get(*list), *role))
            }
            _ => None,
        };
        if let Some((before, after)) = sides.filter(|(before, after)| before != after) {
            found.push(Difference { field: format!("{within}{name}"), before, after });
        }
    }
}

/// Who somebody is to the issuer of their tokens is nobody's business but the programme office's, which sees it in the entry.
fn is_left_out(column: &str) -> bool {
    LEFT_OUT.contains(&column) || column.ends_with("subject")
}

fn plain(value: Option<&Value>) -> Held {
    Held::Plain(match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    })
}

fn id(value: Option<&Value>) -> Held {
    uuid(value).map_or(Held::Plain(None), Held::Id)
}

fn uuid(value: Option<&Value>) -> Option<Uuid> {
    Uuid::try_parse(value?.as_str()?).ok()
}

/// What was taken from a list, and what was added to it.
fn lists(before: Option<&Value>, after: Option<&Value>, role: Option<&str>) -> (Held, Held) {
    let (before, after) = (items(before, role), items(after, role));
    let without = |these: &[Item], those: &[Item]| {
        Held::Items(these.iter().filter(|item| !those.contains(item)).cloned().collect())
    };
    (without(&before, &after), without(&after, &before))
}

fn items(list: Option<&Value>, role: Option<&str>) -> Vec<Item> {
    let items = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_meant = |item: &&Value| role.is_none() || item["role"].as_str() == role;
    let item = |item: &Value| {
        let said = ITEM_SAYS.iter().filter_map(|(column, name)| {
            let value = item.get(*column).filter(|value| !value.is_null())?;
            Some(((*name).to_owned(), value.clone()))
        });
        Item { id: ITEM_IDS.iter().find_map(|column| uuid(item.get(*column))), says: said.collect() }
    };
    items.iter().filter(is_meant).map(item).collect()
}

impl Difference {
    /// The ids that it holds.
    pub(super) fn ids(&self, ids: &mut BTreeSet<Uuid>) {
        for side in [&self.before, &self.after] {
            match side {
                Held::Plain(_) => {}
                Held::Id(id) => {
                    ids.insert(*id);
                }
                Held::Items(items) => ids.extend(items.iter().filter_map(|item| item.id)),
            }
        }
    }

    /// As a `FieldChange`, with the global ids of what the viewer may see and without everything else. None where nothing
    /// is left: that something changed which is hidden is hidden too.
    pub(super) fn shown(&self, names: &HashMap<Uuid, String>) -> Option<Value> {
        let (before, after) = (self.before.shown(names), self.after.shown(names));
        (before != after).then(|| json!({ "field": self.field, "before": before, "after": after }))
    }
}

impl Held {
    fn shown(&self, names: &HashMap<Uuid, String>) -> Option<String> {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Id(id) => names.get(id).cloned(),
            Self::Items(items) => {
                let items: Vec<Value> = items.iter().filter_map(|item| item.shown(names)).collect();
                (!items.is_empty()).then(|| Value::from(items).to_string())
            }
        }
    }
}

impl Item {
    fn shown(&self, names: &HashMap<Uuid, String>) -> Option<Value> {
        let mut item = self.says.clone();
        if let Some(id) = self.id {
            item.insert("id".to_owned(), names.get(&id)?.clone().into());
        }
        Some(item.into())
    }
}
