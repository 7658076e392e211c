//! A member's part changes, or ends.

use entity::membership;
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::ORGANISATION;
use super::member::{FOR_ITS_OWN, check, person};
use crate::authz::identity::CLIENT;
use crate::authz::identity::is_webhook;
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A member's part changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MemberUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    organisation_id: Patch<GlobalId>,
    #[serde(default)]
    person_id: Patch<GlobalId>,
    #[serde(default)]
    is_chair: Patch<bool>,
    #[serde(default)]
    is_programme_office: Patch<bool>,
}

impl Command for MemberUpdate {
    const OPERATION: Operation = Operation::MemberUpdate;
    const ABOUT: &'static str = "Changes a member's part: for whom they speak, which post they hold, the chair, the programme office.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("membership", "Membership")];

    fn target(&self) -> Target {
        Target::existing(&["Membership"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before = of_programme(work, &self.id).await?;
        if is_webhook(&before.subject) {
            let message = "A webhook endpoint sees by this membership, for its own organisation: it can end, but not change.";
            return Err(UserError::illegal("id", message).into());
        }
        let person_id = match &self.person_id {
            Patch::Keep => before.person_id,
            Patch::Clear => None,
            Patch::Set(id) => person(work, Some(id)).await?,
        };
        let after = membership::Model {
            organisation_id: work
                .organisation_over(&self.organisation_id, before.organisation_id, ORGANISATION)
                .await?,
            person_id,
            is_chair: self.is_chair.required(before.is_chair, "isChair")?,
            is_programme_office: self
                .is_programme_office
                .required(before.is_programme_office, "isProgrammeOffice")?,
            ..before.clone()
        };
        if before.subject.starts_with(CLIENT) && after.organisation_id != before.organisation_id {
            return Err(UserError::invalid(ORGANISATION, FOR_ITS_OWN).into());
        }
        check(work, &after).await?;
        if before.is_programme_office && !after.is_programme_office {
            is_not_the_last(work, &before, "isProgrammeOffice").await?;
        }
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("membership", after.id))
    }
}

/// A membership ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MemberRemove {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for MemberRemove {
    const OPERATION: Operation = Operation::MemberRemove;
    const ABOUT: &'static str = "Ends a membership. The member is out with the next request.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("programme", "Programme")];

    fn target(&self) -> Target {
        Target::existing(&["Membership"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let row = of_programme(work, &self.id).await?;
        if row.is_programme_office {
            is_not_the_last(work, &row, "id").await?;
        }
        work.cx.remove(&row).await?;
        Ok(Done::with("programme", work.programme()?))
    }
}

/// The membership, of a programme: the deployment's administrators are not of any.
async fn of_programme(work: &Work, id: &GlobalId) -> Result<membership::Model, Refusal> {
    let row: membership::Model = work.find(id, "id").await?;
    if row.programme_id.is_none() {
        let message =
            "Administrators serve the whole deployment: they are appointed, and leave, at the command line.";
        return Err(UserError::illegal("id", message).into());
    }
    Ok(row)
}

/// A programme office that nobody works in could not be filled from inside: an administrator alone can empty it.
async fn is_not_the_last(work: &Work, row: &membership::Model, path: &str) -> Result<(), Refusal> {
    let others = Condition::all()
        .add(membership::Column::ProgrammeId.eq(row.programme_id))
        .add(membership::Column::IsProgrammeOffice.eq(true))
        .add(membership::Column::Id.ne(row.id));
    if work.viewer.is_admin() || !work.cx.rows::<membership::Entity>(others).await?.is_empty() {
        return Ok(());
    }
    let message = "Nobody would be left in the programme office: appoint somebody else to it first.";
    Err(UserError::illegal(path, message).into())
}
