//! An endpoint is sent a test, or once more what it was sent before. Nothing in the record changes by it.

use domain::webhook::{DeliveryStatus, PING};
use entity::{webhook_delivery, webhook_endpoint};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::ENDPOINT;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;
use crate::store::webhooks::{About, new_delivery};

/// At most so many tests wait to be sent.
const MOST_PINGS: usize = 10;
/// At most so many entries of the ledger are gone through at once.
const LONGEST_STRETCH: i64 = 1_000;
/// What the payload shows.
const DELIVERY: &str = "webhookDelivery";

/// An endpoint is sent a test.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookEndpointPing {
    endpoint_id: GlobalId,
}

impl Command for WebhookEndpointPing {
    const OPERATION: Operation = Operation::WebhookEndpointPing;
    const ABOUT: &'static str =
        "Sends a webhook endpoint a test, of the type webhook.ping. How it went is in its deliveries.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[(DELIVERY, "WebhookDelivery")];

    fn target(&self) -> Target {
        Target::whole(&["WebhookEndpoint"], "endpointId", &self.endpoint_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let endpoint: webhook_endpoint::Model = work.find(&self.endpoint_id, "endpointId").await?;
        let waiting = Condition::all()
            .add(webhook_delivery::Column::EndpointId.eq(endpoint.id))
            .add(webhook_delivery::Column::EventType.eq(PING))
            .add(webhook_delivery::Column::Status.eq(DeliveryStatus::Pending.as_str()));
        if work.cx.rows::<webhook_delivery::Entity>(waiting).await?.len() >= MOST_PINGS {
            let message = format!("{MOST_PINGS} tests wait to be sent to it already: wait until they are.");
            return Err(UserError::invalid("endpointId", message).into());
        }
        let row = new_delivery(endpoint.id, PING.to_owned(), About::Nothing, work.now());
        let id = row.id;
        work.cx.keep_delivery(row).await?;
        Ok(Done::with(DELIVERY, id))
    }
}

/// A delivery is sent once more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookDeliveryReplay {
    id: GlobalId,
}

impl Command for WebhookDeliveryReplay {
    const OPERATION: Operation = Operation::WebhookDeliveryReplay;
    const ABOUT: &'static str = "Sends a webhook delivery once more, with the same webhook-id: what there is to tell of its thing now.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[(DELIVERY, "WebhookDelivery")];

    fn target(&self) -> Target {
        Target::whole(&["WebhookDelivery"], "id", &self.id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let id = work.key(&self.id, Table::WebhookDelivery, "id")?;
        work.cx.replay(webhook_delivery::Column::Id.eq(id)).await?;
        Ok(Done::with(DELIVERY, id))
    }
}

/// Deliveries of a stretch of the ledger are sent once more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookDeliveriesReplay {
    endpoint_id: GlobalId,
    from_sequence: i64,
    to_sequence: i64,
    #[serde(default)]
    status: Option<DeliveryStatus>,
}

impl Command for WebhookDeliveriesReplay {
    const OPERATION: Operation = Operation::WebhookDeliveriesReplay;
    const ABOUT: &'static str = "Sends a webhook endpoint once more what it was sent of a stretch of the ledger, each with the same webhook-id.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[(ENDPOINT, "WebhookEndpoint")];

    fn target(&self) -> Target {
        Target::whole(&["WebhookEndpoint"], "endpointId", &self.endpoint_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let endpoint: webhook_endpoint::Model = work.find(&self.endpoint_id, "endpointId").await?;
        if self.to_sequence < self.from_sequence {
            return Err(UserError::invalid("toSequence", "The last comes before the first.").into());
        }
        if self.to_sequence - self.from_sequence >= LONGEST_STRETCH {
            let message = format!("Replay {LONGEST_STRETCH} entries at most at once: the rest after them.");
            return Err(UserError::invalid("toSequence", message).into());
        }
        let mut these = Condition::all()
            .add(webhook_delivery::Column::EndpointId.eq(endpoint.id))
            .add(webhook_delivery::Column::Sequence.between(self.from_sequence, self.to_sequence));
        if let Some(status) = self.status {
            these = these.add(webhook_delivery::Column::Status.eq(status.as_str()));
        }
        if work.cx.replay(these).await? == 0 {
            let message = "No delivery about these entries is kept that stands so.";
            return Err(UserError::invalid("fromSequence", message).into());
        }
        Ok(Done::with(ENDPOINT, endpoint.id))
    }
}
