//! The rows that a load is going to write, worked out before any of them is written.

use domain::document::Imported;
use entity::*;
use uuid::Uuid;

use crate::store::documents::Place;
use crate::store::write::{WriteCx, WriteError};

/// New rows by table. Rows that refer to others of the same table stand after them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub organisations: Vec<party::Model>,
    pub identifiers: Vec<organisation_identifier::Model>,
    pub programmes: Vec<programme::Model>,
    pub ratings: Vec<rating::Model>,
    pub people_and_groups: Vec<party::Model>,
    pub group_members: Vec<group_member::Model>,
    pub memberships: Vec<membership::Model>,
    pub sources: Vec<source::Model>,
    pub judgements: Vec<judgement::Model>,
    pub findings: Vec<finding::Model>,
    pub requirements: Vec<requirement::Model>,
    pub leaves: Vec<requirement_leaf::Model>,
    pub duties: Vec<duty::Model>,
    pub plans: Vec<plan::Model>,
    pub themes: Vec<theme::Model>,
    pub actions: Vec<action::Model>,
    pub steps: Vec<step::Model>,
    pub action_parties: Vec<action_party::Model>,
    pub action_requirements: Vec<action_requirement::Model>,
    pub action_directions: Vec<action_direction::Model>,
    pub action_dependencies: Vec<action_dependency::Model>,
    pub updates: Vec<progress_update::Model>,
    pub evidence: Vec<evidence::Model>,
    pub evidence_actions: Vec<evidence_action::Model>,
    pub evidence_requirements: Vec<evidence_requirement::Model>,
    pub evidence_shares: Vec<evidence_share::Model>,
    pub evidence_files: Vec<evidence_file::Model>,
    /// What brought the files: attached from the beginning, so that their bytes are found, and go with them.
    pub uploads: Vec<upload::Model>,
    pub impact_evidence: Vec<impact_evidence::Model>,
    pub measures: Vec<measure::Model>,
    pub measure_targets: Vec<measure_target::Model>,
    pub measure_benchmarks: Vec<measure_benchmark::Model>,
    pub measure_actions: Vec<measure_action::Model>,
    pub measure_requirements: Vec<measure_requirement::Model>,
    pub readings: Vec<reading::Model>,
    pub feedback: Vec<feedback::Model>,
    pub feedback_actions: Vec<feedback_action::Model>,
    pub feedback_requirements: Vec<feedback_requirement::Model>,
    pub audits: Vec<audit::Model>,
    pub audit_grades: Vec<audit_grades::Model>,
    pub audit_actions: Vec<audit_action::Model>,
    pub audit_requirements: Vec<audit_requirement::Model>,
    pub audit_findings: Vec<audit_finding::Model>,
    pub challenges: Vec<challenge::Model>,
    /// Where things stand in the document that a table was read from.
    pub places: Places,
}

/// Things that were imported, each with its place in the document.
pub(in crate::command) type Places = Vec<(Imported, Uuid, Place)>;

impl Rows {
    /// Writes everything, what is referred to before what refers to it, and works out what the rules derive.
    pub(super) async fn write(self, cx: &mut WriteCx) -> Result<(), WriteError> {
        let mut touched: Vec<Uuid> = self.actions.iter().map(|row| row.id).collect();
        touched.extend(self.updates.iter().map(|row| row.action_id));
        cx.create_all(self.organisations).await?;
        cx.attach_all(self.identifiers).await?;
        cx.create_all(self.programmes).await?;
        cx.attach_all(self.ratings).await?;
        cx.create_all(self.people_and_groups).await?;
        cx.attach_all(self.group_members).await?;
        cx.create_all(self.memberships).await?;
        cx.create_all(self.sources).await?;
        cx.attach_all(self.judgements).await?;
        cx.create_all(self.findings).await?;
        cx.create_all(self.requirements).await?;
        cx.derive_leaves(self.leaves).await?;
        cx.create_all(self.duties).await?;
        cx.create_all(self.plans).await?;
        cx.create_all(self.themes).await?;
        cx.create_all(self.actions).await?;
        cx.create_all(self.steps).await?;
        cx.attach_all(self.action_parties).await?;
        cx.attach_all(self.action_requirements).await?;
        cx.attach_all(self.action_directions).await?;
        cx.attach_all(self.action_dependencies).await?;
        cx.create_all(self.updates).await?;
        cx.create_all(self.evidence).await?;
        cx.attach_all(self.evidence_actions).await?;
        cx.attach_all(self.evidence_requirements).await?;
        cx.attach_all(self.evidence_shares).await?;
        cx.create_all(self.evidence_files).await?;
        cx.bring(self.uploads).await?;
        cx.attach_all(self.impact_evidence).await?;
        let measures: Vec<Uuid> = self.measures.iter().map(|row| row.id).collect();
        cx.create_all(self.measures).await?;
        cx.attach_all(self.measure_targets).await?;
        cx.attach_all(self.measure_benchmarks).await?;
        cx.attach_all(self.measure_actions).await?;
        cx.attach_all(self.measure_requirements).await?;
        cx.create_all(self.readings).await?;
        cx.create_all(self.audits).await?;
        cx.attach_all(self.audit_grades).await?;
        cx.attach_all(self.audit_actions).await?;
        cx.attach_all(self.audit_requirements).await?;
        cx.create_all(self.audit_findings).await?;
        cx.refresh_measures(&measures).await?;
        cx.create_all(self.feedback).await?;
        cx.attach_all(self.feedback_actions).await?;
        cx.attach_all(self.feedback_requirements).await?;
        cx.create_all(self.challenges).await?;
        cx.refresh_standing(&touched).await
    }
}
