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

/// The lists of parts in a state (`store::recorded` names them), by the table of the parts and its column with the owner.
const LISTS: &[(&str, &str, &str)] = &[
    ("organisation_identifier", "organisation_id", "identifiers"),
    ("group_member", "group_id", "members"),
    ("judgement", "source_id", "judgements"),
    ("action_party", "action_id", "parties"),
    ("action_requirement", "action_id", "requirements"),
    ("action_direction", "action_id", "unspecified_directions"),
    ("action_dependency", "action_id", "depends_on"),
    ("due_date_move", "action_id", "due_date_moves"),
    ("impact_evidence", "action_id", "impact_evidence"),
    ("evidence_action", "evidence_id", "actions"),
    ("evidence_requirement", "evidence_id", "requirements"),
    ("evidence_share", "evidence_id", "shared_with"),
    ("measure_target", "measure_id", "targets"),
    ("measure_benchmark", "measure_id", "benchmarks"),
    ("measure_action", "measure_id", "tied_actions"),
    ("measure_requirement", "measure_id", "tied_requirements"),
    ("feedback_action", "feedback_id", "actions"),
    ("feedback_requirement", "feedback_id", "requirements"),
    ("audit_grades", "audit_id", "grades"),
    ("audit_action", "audit_id", "actions"),
    ("audit_requirement", "audit_id", "requirements"),
];

/// What a part says besides naming a thing: the column, and its name in the answer.
const SAYS: &[(&str, &str)] = &[
    ("qualifier", "qualifier"),
    ("as_printed", "asPrinted"),
    ("scheme", "scheme"),
    ("value", "value"),
    ("area", "area"),
    ("grade", "grade"),
    ("printed_area", "printedArea"),
    ("printed_grade", "printedGrade"),
    ("from_on", "fromOn"),
    ("to_on", "toOn"),
    ("reason", "reason"),
    ("moved_on", "movedOn"),
    ("kind", "kind"),
    ("due_on", "dueOn"),
    ("set_on", "setOn"),
    ("period_end", "periodEnd"),
    ("publisher", "publisher"),
    ("rater", "rater"),
];

/// Figures that a part says, for those who may know every one.
const SAYS_FIGURES: &[(&str, &str)] = &[
    ("outstanding", "outstanding"),
    ("good", "good"),
    ("requires_improvement", "requiresImprovement"),
    ("inadequate", "inadequate"),
];

/// How a field shows a list of parts.
struct Parts {
    /// The list in the state.
    list: &'static str,
    /// The column of the part that names the thing in the list.
    far: Option<&'static str>,
    /// The condition on the link, which names the role where the list holds several.
    only: &'static str,
}

impl Parts {
    /// How a relation shows the parts of a row; none where it leads to things with a record of their own.
    fn of(relation: &Relation) -> Option<Self> {
        let (table, owner, far, only) = match relation.join {
            Join::Through { table, near, far, only, .. } => (table, near, Some(far), only),
            Join::From(column) => (Model::get().table(relation.to)?.name(), column, None, ""),
            _ => return None,
        };
        let (.., list) = LISTS.iter().find(|(of, by, _)| (*of, *by) == (table, owner))?;
        Some(Self { list, far, only })
    }

    fn items(&self, state: &State, with_figures: bool) -> Vec<Item> {
        let parts = state.get(self.list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_meant = |part: &&Value| {
            self.only.is_empty()
                || part["role"].as_str().is_some_and(|role| self.only.contains(&format!("'{role}'")))
        };
        let item = |part: &Value| {
            let figures = SAYS_FIGURES.iter().filter(|_| with_figures);
            let said = SAYS.iter().chain(figures).filter_map(|(column, name)| {
                let value = part.get(*column).filter(|value| !value.is_null())?;
                Some(((*name).to_owned(), value.clone()))
            });
            Item { id: self.far.and_then(|far| uuid(part.get(far))), says: said.collect() }
        };
        parts.iter().filter(is_meant).map(item).collect()
    }

    /// What was taken from the list, and what was added to it.
    fn sides(&self, before: &State, after: &State, with_figures: bool) -> (Held, Held) {
        let (before, after) = (self.items(before, with_figures), self.items(after, with_figures));
        let without = |these: &[Item], those: &[Item]| {
            Held::Items(these.iter().filter(|item| !those.contains(item)).cloned().collect())
        };
        (without(&before, &after), without(&after, &before))
    }
}

type State = Map<String, Value>;

/// What differs, in the order of the type's fields. Figures are told to those who may know every one: what is shown to others
/// hangs on what stands beside it now, and not on what it was.
pub(super) fn differences(
    ty: &'static TypeDef,
    before: &State,
    after: &State,
    with_figures: bool,
) -> Vec<Difference> {
    let mut look = Look { with_figures, told: BTreeSet::new(), found: Vec::new() };
    look.at(ty, "", (before, after));
    look.found
}

/// A look for differences.
struct Look {
    with_figures: bool,
    /// The columns that were told: what two fields show is told once, under the first.
    told: BTreeSet<&'static str>,
    found: Vec<Difference>,
}

impl Look {
    fn is_new(&mut self, column: &'static str) -> bool {
        !is_left_out(column) && self.told.insert(column)
    }

    fn at(&mut self, ty: &'static TypeDef, within: &str, (before, after): (&State, &State)) {
        for (name, def) in &ty.fields {
            // What the updates on an action say, or when they were made, stands in the updates alone.
            if matrix::show(ty.name, name).is_none_or(|show| show == Show::Reported) {
                continue;
            }
            let sides = match def {
                FieldDef::Column(column, _) if self.is_new(column) => {
                    Some((plain(before.get(*column)), plain(after.get(*column))))
                }
                FieldDef::Figure(column, ..) if self.with_figures && self.is_new(column) => {
                    Some((plain(before.get(*column)), plain(after.get(*column))))
                }
                FieldDef::One(Relation { join: Join::To(column), .. }) if self.is_new(column) => {
                    Some((id(before.get(*column)), id(after.get(*column))))
                }
                FieldDef::Embedded { ty: of, .. } => {
                    if let Some(of) = Model::get().ty(of) {
                        self.at(of, &format!("{within}{name}."), (before, after));
                    }
                    None
                }
                FieldDef::Many(relation) | FieldDef::Connection(relation) => {
                    Parts::of(relation).map(|parts| parts.sides(before, after, self.with_figures))
                }
                _ => None,
            };
            if let Some((before, after)) = sides.filter(|(before, after)| before != after) {
                self.found.push(Difference { field: format!("{within}{name}"), before, after });
            }
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
