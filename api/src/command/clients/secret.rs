//! Secrets of machine clients come and go.

use chrono::TimeDelta;
use entity::{machine_client, machine_client_secret};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::{CLIENT, SECRET};
use crate::auth::machine::Secret;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::write::WriteError;

/// So many secrets of a client are good at once: one, and the one that is to take its place.
const MOST_SECRETS: usize = 2;
/// A secret that ends does so in two years at most.
const LONGEST_LIFE: i64 = 730;

/// A machine client gets a secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MachineClientSecretAdd {
    machine_client_id: GlobalId,
    #[serde(default)]
    expires_in_days: Option<i64>,
}

impl Command for MachineClientSecretAdd {
    const OPERATION: Operation = Operation::MachineClientSecretAdd;
    const ABOUT: &'static str = "Gives a machine client a further secret, beside the one that it has.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[CLIENT, (SECRET, "String")];

    fn target(&self) -> Target {
        Target::whole(&["MachineClient"], "machineClientId", &self.machine_client_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let client = work.machine_client(&self.machine_client_id, "machineClientId").await?;
        if self.expires_in_days.is_some_and(|days| !(1..=LONGEST_LIFE).contains(&days)) {
            let message = format!("A secret ends in 1 to {LONGEST_LIFE} days, or never.");
            return Err(UserError::invalid("expiresInDays", message).into());
        }
        let now = work.now();
        let good = Condition::all().add(machine_client_secret::Column::ClientId.eq(client.id)).add(
            Condition::any()
                .add(machine_client_secret::Column::ExpiresAt.is_null())
                .add(machine_client_secret::Column::ExpiresAt.gt(now)),
        );
        if work.cx.rows::<machine_client_secret::Entity>(good).await?.len() >= MOST_SECRETS {
            let message = "It has two good secrets, which is as many as it can have: retire one first.";
            return Err(UserError::invalid("machineClientId", message).into());
        }
        let secret = new_secret(work, &client, self.expires_in_days.map(TimeDelta::days)).await?;
        Ok(Done::with(CLIENT.0, client.id).telling(SECRET, secret))
    }
}

/// A secret of a machine client ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MachineClientSecretRetire {
    id: GlobalId,
    expected_version: i32,
}

impl Command for MachineClientSecretRetire {
    const OPERATION: Operation = Operation::MachineClientSecretRetire;
    const ABOUT: &'static str = "Ends a secret of a machine client, at once. Tokens that it brought live on for their quarter of an hour.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[CLIENT];

    fn target(&self) -> Target {
        Target::existing(&["MachineClientSecret"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let secret: machine_client_secret::Model = work.find(&self.id, "id").await?;
        work.cx.remove(&secret).await?;
        Ok(Done::with(CLIENT.0, secret.client_id))
    }
}

/// Makes a secret for a client, keeps its hash, and tells it.
pub(super) async fn new_secret(
    work: &mut Work,
    client: &machine_client::Model,
    life: Option<TimeDelta>,
) -> Result<String, Refusal> {
    let Secret { text, hint, hash } = Secret::make().await.map_err(|_| {
        Refusal::Write(WriteError::from(sea_orm::DbErr::Custom("no secret could be made".to_owned())))
    })?;
    let row = machine_client_secret::Model {
        id: Uuid::now_v7(),
        programme_id: client.programme_id,
        client_id: client.id,
        hint,
        hash,
        expires_at: life.map(|life| work.now() + life),
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
    };
    work.cx.create(row).await?;
    Ok(text)
}
