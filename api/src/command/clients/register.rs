//! A machine client is registered.

use domain::client::ClientStatus;
use entity::{machine_client, party};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::{CLIENT, Name, SECRET};
use crate::auth::machine::public_keys;
use crate::authz::identity::client_subject;
use crate::authz::operation::Operation;
use crate::authz::scope::{MachineClientScope, Scopes};
use crate::command::clients::secret::new_secret;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::who::partner;
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// At most so many characters in a name.
const LONGEST_NAME: usize = 200;

/// A machine client is registered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MachineClientRegister {
    programme_id: GlobalId,
    organisation_id: GlobalId,
    name: Name,
    scopes: Vec<MachineClientScope>,
    #[serde(default)]
    jwks: Option<String>,
    #[serde(default)]
    with_secret: Option<bool>,
}

impl Command for MachineClientRegister {
    const OPERATION: Operation = Operation::MachineClientRegister;
    const ABOUT: &'static str =
        "Registers a program of an organisation, which becomes a partner for it in the programme.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[CLIENT, (SECRET, "String")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let (id, programme_id) = (Uuid::now_v7(), work.programme()?);
        let of: party::Model =
            work.find_of(&["Organisation"], &self.organisation_id, "organisationId").await?;
        let (jwks, key_ids) = keys(self.jwks.as_deref())?;
        let with_secret = self.with_secret.unwrap_or(true);
        if !with_secret && jwks.is_none() {
            let message = "It could not prove who it is: let it have a secret, or give its public keys.";
            return Err(UserError::invalid("withSecret", message).into());
        }
        let subject = client_subject(id);
        let client = machine_client::Model {
            id,
            programme_id,
            organisation_id: of.id,
            subject: subject.clone(),
            name: self.name.checked()?,
            scopes: self.scopes.into_iter().collect::<Scopes>().words(),
            status: ClientStatus::Live.as_str().to_owned(),
            jwks,
            key_ids,
            revoked_at: None,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        let member = partner(work, subject, (programme_id, of.id));
        work.cx.create(client.clone()).await?;
        work.cx.create(member).await?;
        let done = Done::with(CLIENT.0, id);
        match with_secret {
            true => Ok(done.telling(SECRET, new_secret(work, &client, None).await?)),
            false => Ok(done),
        }
    }
}

impl Name {
    pub(super) fn checked(self) -> Result<String, UserError> {
        if self.0.chars().count() <= LONGEST_NAME {
            return Ok(self.0);
        }
        Err(UserError::invalid("name", format!("A name has {LONGEST_NAME} characters at most.")))
    }
}

/// The public keys in a text, as they are kept, and their ids.
pub(super) fn keys(jwks: Option<&str>) -> Result<(Option<String>, String), UserError> {
    let Some(jwks) = jwks else { return Ok((None, String::new())) };
    match public_keys(jwks) {
        Ok((kept, ids)) => Ok((Some(kept), ids.join(" "))),
        Err(why) => Err(UserError::invalid("jwks", why.to_string())),
    }
}

impl Work {
    /// The machine client of this programme that an id names, as the policy has judged it already.
    pub(super) async fn machine_client(
        &self,
        id: &GlobalId,
        path: &str,
    ) -> Result<machine_client::Model, Refusal> {
        let key = self.key(id, Table::MachineClient, path)?;
        let row: Option<machine_client::Model> = self.cx.row(key).await?;
        row.ok_or_else(|| UserError::not_found(path).into())
    }
}

/// The machine client with this subject, of whatever programme, unless it is shut out.
pub(in crate::command) async fn live_client(
    work: &Work,
    subject: &str,
) -> Result<Option<machine_client::Model>, Refusal> {
    let by_subject = Condition::all()
        .add(machine_client::Column::Subject.eq(subject))
        .add(machine_client::Column::Status.eq(ClientStatus::Live.as_str()));
    Ok(work.cx.rows::<machine_client::Entity>(by_subject).await?.pop())
}
