//! How evidence is handled: its marking, and whom it is shared with by name.

use domain::Marking;
use entity::{evidence, evidence_share, party, programme};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// Evidence gets another marking.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceMark {
    id: GlobalId,
    expected_version: i32,
    marking: Marking,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for EvidenceMark {
    const OPERATION: Operation = Operation::EvidenceMark;
    const ABOUT: &'static str = "Changes the marking of evidence, and with it who sees it.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing(&["Evidence"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: evidence::Model = work.find(&self.id, "id").await?;
        let was: Marking = before.marking.parse()?;
        if self.marking < was && self.reason.is_none() {
            let message = "More people will see it: say why that is right.";
            return Err(UserError::invalid("reason", message).into());
        }
        let after = evidence::Model { marking: self.marking.as_str().to_owned(), ..before.clone() };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("evidence", after.id))
    }
}

/// Evidence is shared with an organisation by name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceShare {
    evidence_id: GlobalId,
    expected_version: i32,
    organisation_id: GlobalId,
}

impl Command for EvidenceShare {
    const OPERATION: Operation = Operation::EvidenceShare;
    const ABOUT: &'static str = "Shares evidence with an organisation by name, whatever its marking.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing_at(&["Evidence"], "evidenceId", &self.evidence_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let (evidence, with) = found(work, &self.evidence_id, &self.organisation_id).await?;
        let programme: Option<programme::Model> = work.cx.row(evidence.programme_id).await?;
        if programme.is_some_and(|programme| programme.authority_id == with.id) {
            let message = "The council's officers see it by their roles: share with its partners.";
            return Err(UserError::invalid("organisationId", message).into());
        }
        if share_of(work, &evidence, &with).await?.is_none() {
            work.cx.touch(&evidence).await?;
            let (programme_id, evidence_id) = (evidence.programme_id, evidence.id);
            let share = evidence_share::Model { programme_id, evidence_id, organisation_id: with.id };
            work.cx.attach(share).await?;
            work.cx.tell_of_share(programme_id, evidence_id, with.id).await?;
        }
        Ok(Done::with("evidence", evidence.id))
    }
}

/// A share is taken back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceUnshare {
    evidence_id: GlobalId,
    expected_version: i32,
    organisation_id: GlobalId,
}

impl Command for EvidenceUnshare {
    const OPERATION: Operation = Operation::EvidenceUnshare;
    const ABOUT: &'static str = "Stops sharing evidence with an organisation by name.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing_at(&["Evidence"], "evidenceId", &self.evidence_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let (evidence, with) = found(work, &self.evidence_id, &self.organisation_id).await?;
        if let Some(share) = share_of(work, &evidence, &with).await? {
            work.cx.touch(&evidence).await?;
            work.cx.detach(&share).await?;
        }
        Ok(Done::with("evidence", evidence.id))
    }
}

async fn found(
    work: &Work,
    evidence_id: &GlobalId,
    organisation_id: &GlobalId,
) -> Result<(evidence::Model, party::Model), Refusal> {
    let evidence = work.find(evidence_id, "evidenceId").await?;
    Ok((evidence, work.find_of(&["Organisation"], organisation_id, "organisationId").await?))
}

async fn share_of(
    work: &Work,
    evidence: &evidence::Model,
    with: &party::Model,
) -> Result<Option<evidence_share::Model>, Refusal> {
    let this = Condition::all()
        .add(evidence_share::Column::EvidenceId.eq(evidence.id))
        .add(evidence_share::Column::OrganisationId.eq(with.id));
    Ok(work.cx.rows::<evidence_share::Entity>(this).await?.pop())
}
