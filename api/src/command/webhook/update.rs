//! Where an endpoint is, or what it is told, changes.

use entity::webhook_endpoint;
use serde::Deserialize;

use super::{ENDPOINT, check, chosen_types};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, all_well};
use crate::command::{Command, Done, Target, Work};

/// Where an endpoint is, or what it is told, changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookEndpointUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    url: Patch<String>,
    #[serde(default)]
    description: Patch<String>,
    #[serde(default)]
    event_types: Patch<Vec<String>>,
    #[serde(default)]
    query: Patch<String>,
}

impl Command for WebhookEndpointUpdate {
    const OPERATION: Operation = Operation::WebhookEndpointUpdate;
    const ABOUT: &'static str = "Changes where a webhook endpoint is, or what it is told. What is on its way goes to the new address.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[(ENDPOINT, "WebhookEndpoint")];

    fn target(&self) -> Target {
        Target::existing(&["WebhookEndpoint"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: webhook_endpoint::Model = work.find(&self.id, "id").await?;
        let mut after = webhook_endpoint::Model {
            url: self.url.required(before.url.clone(), "url")?,
            description: self.description.over(before.description.clone()),
            query: self.query.over(before.query.clone()),
            ..before.clone()
        };
        let mut errors = check(&*work.webhooks, &mut after);
        let types = match self.event_types {
            Patch::Keep => Ok(before.event_types.clone()),
            Patch::Clear => Ok(String::new()),
            Patch::Set(types) => chosen_types(&types),
        };
        match types {
            Ok(types) => after.event_types = types,
            Err(unknown) => errors.extend(unknown),
        }
        all_well(errors)?;
        if after.url != before.url {
            // What was wrong with the old address is over.
            work.cx.resume_webhook(before.id).await?;
        }
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with(ENDPOINT, after.id))
    }
}
