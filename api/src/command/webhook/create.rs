//! An organisation gets an endpoint.

use domain::Role;
use domain::webhook::EndpointStatus;
use entity::{party, webhook_endpoint};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::{ENDPOINT, MOST_ENDPOINTS, SECRET, check, chosen_types};
use crate::authz::identity::webhook_subject;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::who::partner;
use crate::command::{Command, Done, Target, Work};
use crate::webhooks::Secret;

/// The path of the organisation.
const ORGANISATION: &str = "organisationId";

/// An organisation gets an endpoint.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookEndpointCreate {
    programme_id: GlobalId,
    organisation_id: GlobalId,
    url: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    event_types: Option<Vec<String>>,
    #[serde(default)]
    query: Option<String>,
}

impl Command for WebhookEndpointCreate {
    const OPERATION: Operation = Operation::WebhookEndpointCreate;
    const ABOUT: &'static str = "Has an organisation's system told of changes from now on, by request to an address (a webhook). Shows once the secret that signs what is sent.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[(ENDPOINT, "WebhookEndpoint"), (SECRET, "String")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let programme_id = work.programme()?;
        let organisation: party::Model =
            work.find_of(&["Organisation"], &self.organisation_id, ORGANISATION).await?;
        may_speak_for(work, programme_id, organisation.id)?;
        let (id, now) = (Uuid::now_v7(), work.now());
        // It sees as a partner of its organisation, by a membership that is nobody's to act with.
        let sees_by = partner(work, webhook_subject(id), (programme_id, organisation.id));
        let mut row = webhook_endpoint::Model {
            id,
            programme_id,
            organisation_id: organisation.id,
            membership_id: sees_by.id,
            url: self.url,
            host: String::new(),
            description: self.description,
            event_types: String::new(),
            query: self.query,
            status: EndpointStatus::Enabled.as_str().to_owned(),
            disabled_reason: None,
            disabled_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let mut errors = check(&*work.webhooks, &mut row);
        match chosen_types(&self.event_types.unwrap_or_default()) {
            Ok(types) => row.event_types = types,
            Err(unknown) => errors.extend(unknown),
        }
        all_well(errors)?;
        has_room(work, programme_id, organisation.id).await?;
        let secret = Secret::new();
        work.cx.create(row).await?;
        work.cx.create(sees_by).await?;
        work.cx.begin_webhook((id, programme_id), secret.kept()).await?;
        Ok(Done::with(ENDPOINT, id).telling(SECRET, secret.text().to_owned()))
    }
}

/// Whether who acts works in the programme office, or is a partner of that organisation.
fn may_speak_for(work: &Work, programme: Uuid, organisation: Uuid) -> Result<(), UserError> {
    let may = work.viewer.standings.iter().filter(|standing| standing.programme_id == Some(programme)).any(
        |standing| match standing.role {
            Role::Officer => standing.is_programme_office,
            Role::Partner => standing.organisation_id == Some(organisation),
            _ => false,
        },
    );
    if may { Ok(()) } else { Err(UserError::forbidden(ORGANISATION)) }
}

async fn has_room(work: &Work, programme: Uuid, organisation: Uuid) -> Result<(), Refusal> {
    let own = Condition::all()
        .add(webhook_endpoint::Column::ProgrammeId.eq(programme))
        .add(webhook_endpoint::Column::OrganisationId.eq(organisation));
    if work.cx.rows::<webhook_endpoint::Entity>(own).await?.len() < MOST_ENDPOINTS {
        return Ok(());
    }
    let message = format!(
        "This organisation has {MOST_ENDPOINTS} endpoints in this programme, which is the limit: remove one that is not needed."
    );
    Err(UserError::invalid(ORGANISATION, message).into())
}
