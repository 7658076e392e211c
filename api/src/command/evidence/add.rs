//! Evidence is added.

use chrono::NaiveDate;
use domain::proof::Impact;
use domain::{EvidenceStrand, Marking};
use entity::{action, evidence, evidence_action, evidence_requirement, evidence_share, requirement};
use serde::Deserialize;
use uuid::Uuid;

use super::{ACTIONS, REQUIREMENTS, check_days, check_shows, is_partner};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// Evidence is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceAdd {
    programme_id: GlobalId,
    title: String,
    strand: EvidenceStrand,
    marking: Marking,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    period_start: Option<NaiveDate>,
    #[serde(default)]
    period_end: Option<NaiveDate>,
    #[serde(default)]
    expires_on: Option<NaiveDate>,
    #[serde(default)]
    shows: Option<Impact>,
}

impl Command for EvidenceAdd {
    const OPERATION: Operation = Operation::EvidenceAdd;
    const ABOUT: &'static str =
        "Adds evidence, and attaches it. A partner's belongs to at least one of its own actions.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        check_days(self.period_start, self.period_end, self.expires_on)?;
        check_shows(self.strand, self.shows)?;
        let actions = actions(work, self.action_ids.as_deref().unwrap_or_default()).await?;
        let requirements = requirements(work, self.requirement_ids.as_deref().unwrap_or_default()).await?;
        if actions.is_empty() && is_partner(work) {
            let message = "Name at least one action of your organisation that this is evidence for.";
            return Err(UserError::invalid(ACTIONS, message).into());
        }
        let row = self.row(work)?;
        let (evidence_id, programme_id, marking) = (row.id, row.programme_id, row.marking.clone());
        work.cx.create(row).await?;
        let of = |action_id| evidence_action::Model { programme_id, evidence_id, action_id };
        work.cx.attach_all(actions.into_iter().map(of).collect()).await?;
        let of = |requirement_id| evidence_requirement::Model { programme_id, evidence_id, requirement_id };
        work.cx.attach_all(requirements.into_iter().map(of).collect()).await?;
        let organisation = work.standing().and_then(|standing| standing.organisation_id);
        if let Some(organisation_id) = organisation
            && is_partner(work)
            && marking == Marking::OfficialSensitive.as_str()
        {
            // A partner sees what is so marked only where it is shared with it: it would lose sight of what it sent.
            work.cx.attach(evidence_share::Model { programme_id, evidence_id, organisation_id }).await?;
        }
        let seen: Option<evidence::Model> = work.cx.visible_row(&work.viewer, evidence_id).await?;
        if seen.is_none() {
            let message = "You would not see this again: an officer sees OFFICIAL-SENSITIVE evidence of the actions that they lead. \
                Name one of those, or let the programme office add it.";
            return Err(UserError::invalid("marking", message).into());
        }
        Ok(Done::with("evidence", evidence_id))
    }
}

impl EvidenceAdd {
    fn row(self, work: &Work) -> Result<evidence::Model, Refusal> {
        Ok(evidence::Model {
            id: Uuid::now_v7(),
            programme_id: work.programme()?,
            title: self.title,
            summary: self.summary,
            strand: self.strand.as_str().to_owned(),
            marking: self.marking.as_str().to_owned(),
            period_start: self.period_start,
            period_end: self.period_end,
            expires_on: self.expires_on,
            added_on: work.today(),
            review_status: "SUBMITTED".to_owned(),
            reviewed_on: None,
            reviewed_by_id: None,
            added_by_id: work.acts_as(),
            added_by_subject: Some(work.subject()),
            review_note: None,
            reviewed_by_subject: None,
            shows: self.shows.map(|shows| shows.as_str().to_owned()),
            is_illustrative: false,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        })
    }
}

/// The actions that are named, each of which must let the viewer add evidence to it.
pub(super) async fn actions(work: &Work, ids: &[GlobalId]) -> Result<Vec<Uuid>, Refusal> {
    let actions: Vec<action::Model> = work.find_all(ids, ACTIONS).await?;
    let actions: Vec<Uuid> = actions.into_iter().map(|action| action.id).collect();
    work.may_all(Operation::EvidenceAdd, (Table::Action, &actions), ACTIONS).await?;
    Ok(actions)
}

/// The requirements that are named. A partner attaches to its own actions only.
pub(super) async fn requirements(work: &Work, ids: &[GlobalId]) -> Result<Vec<Uuid>, Refusal> {
    if !ids.is_empty() && is_partner(work) {
        return Err(UserError::forbidden(REQUIREMENTS).into());
    }
    let requirements: Vec<requirement::Model> = work.find_all(ids, REQUIREMENTS).await?;
    Ok(requirements.into_iter().map(|requirement| requirement.id).collect())
}
