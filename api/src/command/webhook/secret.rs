//! An endpoint gets a new secret; those before it sign too for a while.

use chrono::TimeDelta;
use entity::webhook_endpoint;
use serde::Deserialize;

use super::{ENDPOINT, SECRET};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::webhooks::Secret;

/// For how many hours those before sign too, unless somebody says otherwise, and at most.
const OVERLAP: i64 = 24;
const LONGEST_OVERLAP: i64 = 168;

/// An endpoint gets a new secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookSecretRotate {
    endpoint_id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    overlap_hours: Option<i64>,
}

impl Command for WebhookSecretRotate {
    const OPERATION: Operation = Operation::WebhookSecretRotate;
    const ABOUT: &'static str = "Gives a webhook endpoint a new secret, and shows it once. Those before it sign too for a while, so that nothing is refused meanwhile.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[(ENDPOINT, "WebhookEndpoint"), (SECRET, "String")];

    fn target(&self) -> Target {
        Target::existing_at(&["WebhookEndpoint"], "endpointId", &self.endpoint_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let hours = self.overlap_hours.unwrap_or(OVERLAP);
        if !(0..=LONGEST_OVERLAP).contains(&hours) {
            let message = format!("The secrets before can sign for 0 to {LONGEST_OVERLAP} hours more.");
            return Err(UserError::invalid("overlapHours", message).into());
        }
        let endpoint: webhook_endpoint::Model = work.find(&self.endpoint_id, "endpointId").await?;
        let secret = Secret::new();
        work.cx.touch(&endpoint).await?;
        work.cx
            .rotate_webhook_secret(endpoint.id, secret.kept(), work.now() + TimeDelta::hours(hours))
            .await?;
        Ok(Done::with(ENDPOINT, endpoint.id).telling(SECRET, secret.text().to_owned()))
    }
}
