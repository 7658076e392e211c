//! A machine client changes, or is shut out.

use domain::client::ClientStatus;
use entity::{machine_client, membership};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::register::keys;
use super::{CLIENT, Name};
use crate::authz::operation::Operation;
use crate::authz::scope::{MachineClientScope, Scopes};
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// What a machine client is called, or may do, changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MachineClientUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    name: Patch<Name>,
    #[serde(default)]
    scopes: Patch<Vec<MachineClientScope>>,
}

impl Command for MachineClientUpdate {
    const OPERATION: Operation = Operation::MachineClientUpdate;
    const ABOUT: &'static str = "Changes what a machine client is called, or what it may do.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[CLIENT];

    fn target(&self) -> Target {
        Target::existing(&["MachineClient"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before = work.machine_client(&self.id, "id").await?;
        let scopes = Scopes::from_words(&before.scopes).each().collect();
        let scopes: Scopes = self.scopes.required(scopes, "scopes")?.into_iter().collect();
        let after = machine_client::Model {
            name: self.name.required(Name(before.name.clone()), "name")?.checked()?,
            scopes: scopes.words(),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with(CLIENT.0, after.id))
    }
}

/// A machine client's public keys are set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MachineClientKeysSet {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    jwks: Patch<String>,
}

impl Command for MachineClientKeysSet {
    const OPERATION: Operation = Operation::MachineClientKeysSet;
    const ABOUT: &'static str = "Sets the public keys with which a machine client proves who it is.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[CLIENT];

    fn target(&self) -> Target {
        Target::existing(&["MachineClient"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before = work.machine_client(&self.id, "id").await?;
        let (jwks, key_ids) = match self.jwks {
            Patch::Keep => (before.jwks.clone(), before.key_ids.clone()),
            Patch::Clear => keys(None)?,
            Patch::Set(jwks) => keys(Some(&jwks))?,
        };
        let after =
            work.cx.update(&before, machine_client::Model { jwks, key_ids, ..before.clone() }).await?;
        Ok(Done::with(CLIENT.0, after.id))
    }
}

/// A machine client is shut out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MachineClientRevoke {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for MachineClientRevoke {
    const OPERATION: Operation = Operation::MachineClientRevoke;
    const ABOUT: &'static str = "Shuts a machine client out, at once, in every programme and for good. Its membership ends, and the webhook endpoints that it made in its programme are disabled.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[CLIENT];

    fn target(&self) -> Target {
        Target::existing(&["MachineClient"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before = work.machine_client(&self.id, "id").await?;
        // In other programmes it stays a member by name: whoever looks up members asks whether the client is live.
        let memberships = Condition::all()
            .add(membership::Column::ProgrammeId.eq(before.programme_id))
            .add(membership::Column::Subject.eq(&before.subject));
        for member in work.cx.rows::<membership::Entity>(memberships).await? {
            work.cx.remove(&member).await?;
        }
        work.cx.stop_webhooks_made_by(before.programme_id, &before.subject).await?;
        let after = machine_client::Model {
            status: ClientStatus::Revoked.as_str().to_owned(),
            revoked_at: Some(work.now()),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with(CLIENT.0, after.id))
    }
}
