//! An endpoint is told no more, or again, or ends.

use domain::webhook::{DisabledReason, EndpointStatus};
use entity::{membership, webhook_endpoint};
use serde::Deserialize;

use super::ENDPOINT;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// An endpoint is told again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookEndpointEnable {
    id: GlobalId,
    expected_version: i32,
}

impl Command for WebhookEndpointEnable {
    const OPERATION: Operation = Operation::WebhookEndpointEnable;
    const ABOUT: &'static str =
        "Has a disabled webhook endpoint told again: first what is pending, then what it missed.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[(ENDPOINT, "WebhookEndpoint")];

    fn target(&self) -> Target {
        Target::existing(&["WebhookEndpoint"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: webhook_endpoint::Model = work.find(&self.id, "id").await?;
        if work.cx.row::<membership::Model>(before.membership_id).await?.is_none() {
            let message = "The membership that it sees by has ended: remove it, and make another.";
            return Err(UserError::illegal("id", message).into());
        }
        let after = webhook_endpoint::Model {
            status: EndpointStatus::Enabled.as_str().to_owned(),
            disabled_reason: None,
            disabled_at: None,
            ..before.clone()
        };
        work.cx.resume_webhook(before.id).await?;
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with(ENDPOINT, after.id))
    }
}

/// An endpoint is told no more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookEndpointDisable {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for WebhookEndpointDisable {
    const OPERATION: Operation = Operation::WebhookEndpointDisable;
    const ABOUT: &'static str =
        "Has a webhook endpoint told no more, until it is enabled again. Nothing is lost by it.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[(ENDPOINT, "WebhookEndpoint")];

    fn target(&self) -> Target {
        Target::existing(&["WebhookEndpoint"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: webhook_endpoint::Model = work.find(&self.id, "id").await?;
        let after = work.cx.disable_webhook(&before, DisabledReason::ByHand).await?;
        Ok(Done::with(ENDPOINT, after.id))
    }
}

/// An endpoint ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookEndpointRemove {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for WebhookEndpointRemove {
    const OPERATION: Operation = Operation::WebhookEndpointRemove;
    const ABOUT: &'static str =
        "Ends a webhook endpoint, with its secrets, its deliveries and the membership that it sees by.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("programme", "Programme")];

    fn target(&self) -> Target {
        Target::existing(&["WebhookEndpoint"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let row: webhook_endpoint::Model = work.find(&self.id, "id").await?;
        work.cx.forget_webhook(row.id).await?;
        work.cx.remove(&row).await?;
        if let Some(membership) = work.cx.row::<membership::Model>(row.membership_id).await? {
            work.cx.remove(&membership).await?;
        }
        Ok(Done::with("programme", work.programme()?))
    }
}
