//! What the ledger says about each kind of row: its type's name in the schema, and its state without people's names.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::*;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::table::Table;
use super::write::WriteError;

/// The active model that belongs to a model.
pub(crate) type ActiveOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// A row that can be inserted as it is.
pub trait Row: ModelTrait + IntoActiveModel<ActiveOf<Self>> + Serialize + Send {}
impl<M: ModelTrait + IntoActiveModel<ActiveOf<M>> + Serialize + Send> Row for M {}

/// The columns of a row by name. Dates are ISO 8601, ids hyphenated.
pub type State = Map<String, Value>;

/// A row that is an object of the graph: each change of it is an entry of the ledger.
pub trait Recorded: Row {
    /// Where its rows are read.
    const TABLE: Table;
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

/// What the rules derive from the rest, and the subject who claimed: the entry says who acted.
const DERIVED: &[&str] = &[
    "claimed_by_subject",
    "latest_update_id",
    "declared_health",
    "last_reported_on",
    "update_due_on",
    "at_risk_from",
    "off_track_from",
];

/// What the rules derive from a measure's readings.
const DERIVED_OF_MEASURE: &[&str] = &[
    "is_baseline_shown",
    "latest_id",
    "trend",
    "trend_shown",
    "target_status",
    "target_status_shown",
    "reading_due_on",
];

/// The objects whose type is their table's.
macro_rules! recorded {
    ($($table:ident: $name:literal in $of:ident $(, left_out $left_out:expr)?;)+) => {$(
        impl Recorded for $table::Model {
            const TABLE: Table = Table::$of;
            fn type_name(&self) -> &'static str { $name }
            fn id(&self) -> Uuid { self.id }
            fn programme(&self) -> Option<Uuid> { Some(self.programme_id) }
            fn version(&self) -> i32 { self.version }
            $(fn left_out(&self) -> &'static [&'static str] { $left_out })?
        }
    )+};
}

recorded! {
    finding: "Finding" in Finding;
    duty: "Duty" in Duty;
    plan: "Plan" in Plan;
    theme: "Theme" in Theme;
    action: "Action" in Action, left_out DERIVED;
    step: "Step" in Step;
    evidence: "Evidence" in Evidence, left_out &["added_by_subject", "reviewed_by_subject"];
    evidence_file: "EvidenceFile" in EvidenceFile, left_out &["added_by_subject", "name"];
    source_document: "SourceDocument" in SourceDocument, left_out &["imported_by_subject", "name"];
    link_proposal: "LinkProposal" in LinkProposal;
    measure: "Measure" in Measure, left_out DERIVED_OF_MEASURE;
    reading: "Reading" in Reading;
    feedback: "Feedback" in Feedback;
    audit: "Audit" in Audit, left_out &["is_sample_shown", "are_grades_shown"];
    machine_client: "MachineClient" in MachineClient;
    machine_client_secret: "MachineClientSecret" in MachineClientSecret, left_out &["hash"];
    audit_finding: "AuditFinding" in AuditFinding, left_out &["done_by_subject"];
    challenge: "Challenge" in Challenge;
    notice: "Notice" in Notice;
    webhook_endpoint: "WebhookEndpoint" in WebhookEndpoint, left_out &["url"];
}

impl Recorded for programme::Model {
    const TABLE: Table = Table::Programme;
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
    const TABLE: Table = Table::Party;
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
    const TABLE: Table = Table::Membership;
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
    const TABLE: Table = Table::Source;
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
    const TABLE: Table = Table::Requirement;
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
    const TABLE: Table = Table::ProgressUpdate;
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

/// An object that changes: each change of it makes a new version.
pub trait Versioned: Recorded + Clone + PartialEq {
    /// Says which version it is now, and since when.
    fn renew(&mut self, version: i32, at: DateTime<Utc>);
}

macro_rules! versioned {
    ($($table:ident),+) => {$(
        impl Versioned for $table::Model {
            fn renew(&mut self, version: i32, at: DateTime<Utc>) {
                (self.version, self.updated_at) = (version, at);
            }
        }
    )+};
}

versioned!(
    programme,
    party,
    membership,
    source,
    requirement,
    finding,
    duty,
    plan,
    theme,
    action,
    step,
    evidence,
    evidence_file,
    source_document,
    link_proposal,
    measure,
    reading,
    feedback,
    audit,
    audit_finding,
    machine_client,
    machine_client_secret,
    challenge,
    webhook_endpoint
);

macro_rules! attached {
    ($($table:ident: $list:literal of $owner:ident in $($ty:literal),+;)+) => {
        $(
            impl Attached for $table::Model {
                const LIST: &'static str = $list;
                const OWNER: &'static str = stringify!($owner);
                fn owner(&self) -> Uuid { self.$owner }
            }
        )+

        /// The lists of the parts that objects of a type have now, by the objects' ids: what the ledger adds to a state.
        pub(super) async fn lists_of(
            transaction: &impl ConnectionTrait,
            entity_type: &str,
            ids: &[Uuid],
        ) -> Result<HashMap<Uuid, State>, WriteError> {
            let mut lists: HashMap<Uuid, State> = HashMap::new();
            $(if [$($ty),+].contains(&entity_type) {
                let owner: <$table::Entity as EntityTrait>::Column = column_of(stringify!($owner))?;
                let rows = $table::Entity::find().filter(owner.is_in(ids.iter().copied()));
                let mut rows = rows.all(transaction).await?;
                rows.sort_by_key(|row| format!("{row:?}"));
                for row in &rows {
                    let list = lists.entry(row.owner()).or_default().entry($list);
                    if let Value::Array(list) = list.or_insert_with(|| Value::Array(Vec::new())) {
                        list.push(item_of(row)?);
                    }
                }
            })+
            Ok(lists)
        }
    };
}

/// A column by its name.
pub(super) fn column_of<C: std::str::FromStr>(name: &'static str) -> Result<C, DbErr> {
    name.parse().map_err(|_| DbErr::Type(format!("there is no column {name}")))
}

attached! {
    organisation_identifier: "identifiers" of organisation_id in "Organisation";
    rating: "ratings" of programme_id in "Programme";
    group_member: "members" of group_id in "Group";
    judgement: "judgements" of source_id in "Inspection";
    action_party: "parties" of action_id in "Action";
    action_requirement: "requirements" of action_id in "Action";
    action_direction: "unspecified_directions" of action_id in "Action";
    action_dependency: "depends_on" of action_id in "Action";
    due_date_move: "due_date_moves" of action_id in "Action";
    impact_evidence: "impact_evidence" of action_id in "Action";
    evidence_action: "actions" of evidence_id in "Evidence";
    evidence_requirement: "requirements" of evidence_id in "Evidence";
    evidence_share: "shared_with" of evidence_id in "Evidence";
    measure_target: "targets" of measure_id in "Measure";
    measure_benchmark: "benchmarks" of measure_id in "Measure";
    measure_action: "tied_actions" of measure_id in "Measure";
    measure_requirement: "tied_requirements" of measure_id in "Measure";
    feedback_action: "actions" of feedback_id in "Feedback";
    feedback_requirement: "requirements" of feedback_id in "Feedback";
    audit_grades: "grades" of audit_id in "Audit";
    audit_action: "actions" of audit_id in "Audit";
    audit_requirement: "requirements" of audit_id in "Audit";
}
