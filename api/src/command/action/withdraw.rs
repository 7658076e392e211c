//! An action is given up.

use domain::workflow::Act;
use entity::action;
use serde::Deserialize;

use super::progress::{moved, write};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// It is given up.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionWithdraw {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for ActionWithdraw {
    const OPERATION: Operation = Operation::ActionWithdraw;
    const ABOUT: &'static str =
        "Gives an action up, with a reason. It no longer answers what it was linked to.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let withdrawn = moved(&action, Act::Withdraw, work)?;
        write(work, &action, withdrawn).await
    }
}
