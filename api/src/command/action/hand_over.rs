//! An action gets other leads.

use entity::action;
use serde::Deserialize;

use super::parties::{self, Parties};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// Others lead.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionHandOver {
    id: GlobalId,
    expected_version: i32,
    lead_ids: Vec<GlobalId>,
    #[serde(default)]
    contributor_ids: Patch<Vec<GlobalId>>,
    #[serde(default)]
    organisation_id: Patch<GlobalId>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for ActionHandOver {
    const OPERATION: Operation = Operation::ActionHandOver;
    const ABOUT: &'static str = "Gives an action to other leads. The history keeps the old ones.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        if self.lead_ids.is_empty() {
            let message = "Somebody has to lead it: name one at least.";
            return Err(UserError::invalid("leadIds", message).into());
        }
        let leads = parties::leads(work, &self.lead_ids, "leadIds").await?;
        let parties = Parties::of(work, action.id).await?.led_by(leads);
        let parties = match &self.contributor_ids {
            Patch::Keep => parties,
            Patch::Clear => parties.with_contributors(work, action.id, Vec::new()).await?,
            Patch::Set(ids) => {
                let named = parties::contributors(work, ids, "contributorIds").await?;
                parties.with_contributors(work, action.id, named).await?
            }
        };
        let organisation_id =
            work.organisation_over(&self.organisation_id, action.organisation_id, "organisationId").await?;
        let after = action::Model { organisation_id, ..action.clone() };
        let after = work.cx.update(&action, after).await?;
        parties.write(work, after).await?;
        Ok(Done::with("action", action.id))
    }
}
