//! What the ledger says about each kind of row: its type's name in the schema, and its state without people's names.

use entity::*;
use sea_orm::{EntityTrait, IntoActiveModel, ModelTrait};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The active model that belongs to a model.
pub(crate) type ActiveOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// A row that can be inserted as it is.
pub trait Row: ModelTrait + IntoActiveModel<ActiveOf<Self>> + Serialize + Send {}
impl<M: ModelTrait + IntoActiveModel<ActiveOf<M>> + Serialize + Send> Row for M {}

/// The columns of a row by name. Dates are ISO 8601, ids hyphenated.
pub type State = Map<String, Value>;

/// A row that is an object of the graph: each change of it is an entry of the ledger.
pub trait Recorded: Row {
    /// The name of its type in the GraphQL schema.
    fn type_name(&self) -> &'static str;
    /// Its id.
    fn id(&self) -> Uuid;
    /// The programme it belongs to. Organisations and the deployment's administrators belong to none.
    fn programme(&self) -> Option<Uuid>;
    /// Its version. What is never edited stays at 1.
    fn version(&self) -> i32 {
        1
    }
    /// Columns that the ledger leaves out: a person's name, so that it can be corrected or erased, and what the rules derive.
    fn left_out(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether a ledger begins with it.
    fn begins_ledger(&self) -> bool {
        false
    }
}

/// A row that is no object of its own but a part of one: it is recorded in its owner's state.
pub trait Attached: Row {
    /// The list in the owner's state in which it stands.
    const LIST: &'static str;
    /// The column that names the owner.
    const OWNER: &'static str;
    /// The owner's id.
    fn owner(&self) -> Uuid;
}

/// The state of a row as the ledger keeps it.
pub(crate) fn state_of<M: Recorded>(row: &M) -> Result<State, serde_json::Error> {
    let mut state = columns(row)?;
    state.retain(|column, _| !row.left_out().contains(&column.as_str()));
    Ok(state)
}

/// The entry that an attached row makes in its owner's list.
pub(crate) fn item_of<A: Attached>(row: &A) -> Result<Value, serde_json::Error> {
    let mut item = columns(row)?;
    item.retain(|column, _| column != A::OWNER && column != "programme_id");
    Ok(Value::Object(item))
}

fn columns<M: Row>(row: &M) -> Result<State, serde_json::Error> {
    match serde_json::to_value(row)? {
        Value::Object(columns) => Ok(columns),
        other => Ok(State::from_iter([("value".to_owned(), other)])),
    }
}

const DERIVED: &[&str] = &[
    "latest_update_id",
    "declared_health",
    "last_reported_on",
    "update_due_on",
    "at_risk_from",
    "off_track_from",
];

/// The objects whose type is their table's.
macro_rules! recorded {
    ($($table:ident: $name:literal $(, left_out $left_out:expr)?;)+) => {$(
        impl Recorded for $table::Model {
            fn type_name(&self) -> &'static str { $name }
            fn id(&self) -> Uuid { self.id }
            fn programme(&self) -> Option<Uuid> { Some(self.programme_id) }
            fn version(&self) -> i32 { self.version }
            $(fn left_out(&self) -> &'static [&'static str] { $left_out })?
        }
    )+};
}

recorded! {
    finding: "Finding";
    duty: "Duty";
    plan: "Plan";
    theme: "Theme";
    action: "Action", left_out DERIVED;
    step: "Step";
    evidence: "Evidence";
}

impl Recorded for programme::Model {
    fn type_name(&self) -> &'static str {
        "Programme"
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn programme(&self) -> Option<Uuid> {
        Some(self.id)
    }
    fn version(&self) -> i32 {
        self.version
    }
    fn begins_ledger(&self) -> bool {
        true
    }
}

impl Recorded for party::Model {
    fn type_name(&self) -> &'static str {
        match self.kind.as_str() {
            "PERSON" => "Person",
            "GROUP" => "Group",
            _ => "Organisation",
        }
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn programme(&self) -> Option<Uuid> {
        self.programme_id
    }
    fn version(&self) -> i32 {
        self.version
    }
    fn left_out(&self) -> &'static [&'static str] {
        if self.kind == "PERSON" { &["name"] } else { &[] }
    }
}

impl Recorded for membership::Model {
    fn type_name(&self) -> &'static str {
        "Membership"
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn programme(&self) -> Option<Uuid> {
        self.programme_id
    }
    fn version(&self) -> i32 {
        self.version
    }
}

impl Recorded for source::Model {
    fn type_name(&self) -> &'static str {
        match self.kind.as_str() {
            "INSPECTION" => "Inspection",
            "DIRECTION" => "Direction",
            _ => "Review",
        }
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn programme(&self) -> Option<Uuid> {
        Some(self.programme_id)
    }
    fn version(&self) -> i32 {
        self.version
    }
}

impl Recorded for requirement::Model {
    fn type_name(&self) -> &'static str {
        if self.kind == "DIRECTION_TERM" { "DirectionTerm" } else { "Recommendation" }
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn programme(&self) -> Option<Uuid> {
        Some(self.programme_id)
    }
    fn version(&self) -> i32 {
        self.version
    }
}

impl Recorded for progress_update::Model {
    fn type_name(&self) -> &'static str {
        "ProgressUpdate"
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn programme(&self) -> Option<Uuid> {
        Some(self.programme_id)
    }
}

macro_rules! attached {
    ($($table:ident: $list:literal of $owner:ident;)+) => {$(
        impl Attached for $table::Model {
            const LIST: &'static str = $list;
            const OWNER: &'static str = stringify!($owner);
            fn owner(&self) -> Uuid { self.$owner }
        }
    )+};
}

attached! {
    organisation_identifier: "identifiers" of organisation_id;
    rating: "ratings" of programme_id;
    group_member: "members" of group_id;
    judgement: "judgements" of source_id;
    action_party: "parties" of action_id;
    action_requirement: "requirements" of action_id;
    action_direction: "unspecified_directions" of action_id;
    action_dependency: "depends_on" of action_id;
    evidence_action: "actions" of evidence_id;
    evidence_requirement: "requirements" of evidence_id;
    evidence_share: "shared_with" of evidence_id;
}
