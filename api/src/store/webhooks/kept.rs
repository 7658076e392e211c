//! What commands change beside the record: secrets, deliveries that are sent anew, and the end of it all.

use chrono::{DateTime, Utc};
use domain::webhook::{DeliveryStatus, DisabledReason, EndpointStatus};
use entity::{
    ledger_entry, ledger_head, webhook_attempt, webhook_cursor, webhook_delivery, webhook_endpoint,
    webhook_secret,
};
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::store::write::{WriteCx, WriteError};

/// At most so many secrets sign at once.
const MOST_SECRETS: usize = 4;

/// A secret, and what is shown of it.
#[derive(Clone, Copy)]
pub struct Secret<'a> {
    /// The secret itself.
    pub text: &'a str,
    /// What tells it from others.
    pub hint: &'a str,
}

impl WriteCx {
    /// A new endpoint is told of what comes from here on, signed with a secret.
    pub async fn begin_webhook(
        &mut self,
        (endpoint_id, programme): (Uuid, Uuid),
        secret: Secret<'_>,
    ) -> Result<(), WriteError> {
        // Whoever creates holds the head: nothing comes between.
        let head = ledger_head::Entity::find_by_id(programme).one(self.transaction()).await?;
        let sequence = head.ok_or(WriteError::UnknownProgramme(programme))?.sequence;
        let cursor = webhook_cursor::Model { endpoint_id, sequence, failing_since: None, held_until: None };
        self.insert(vec![cursor]).await?;
        self.insert(vec![new_secret(endpoint_id, secret, self.now())]).await
    }

    /// Another secret signs from now on; those before it until then.
    pub async fn rotate_webhook_secret(
        &mut self,
        endpoint_id: Uuid,
        secret: Secret<'_>,
        until: DateTime<Utc>,
    ) -> Result<(), WriteError> {
        use webhook_secret::{Column, Entity};
        let sooner = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(until));
        let before = Entity::update_many().filter(Column::EndpointId.eq(endpoint_id)).filter(sooner);
        before.col_expr(Column::ExpiresAt, Expr::value(until)).exec(self.transaction()).await?;
        let over = Entity::delete_many().filter(Column::EndpointId.eq(endpoint_id));
        over.filter(Column::ExpiresAt.lte(self.now())).exec(self.transaction()).await?;
        let left = Entity::find().filter(Column::EndpointId.eq(endpoint_id));
        let left =
            left.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(self.transaction()).await?;
        let oldest: Vec<Uuid> = left.iter().skip(MOST_SECRETS - 1).map(|row| row.id).collect();
        if !oldest.is_empty() {
            Entity::delete_many().filter(Column::Id.is_in(oldest)).exec(self.transaction()).await?;
        }
        self.insert(vec![new_secret(endpoint_id, secret, self.now())]).await
    }

    /// What is pending for an endpoint is due now, as if it had never been tried.
    pub async fn resume_webhook(&self, endpoint_id: Uuid) -> Result<(), WriteError> {
        use webhook_cursor::{Column, Entity};
        let cursor = Entity::update_many().filter(Column::EndpointId.eq(endpoint_id));
        let cursor = cursor.col_expr(Column::FailingSince, Expr::value(None::<DateTime<Utc>>));
        let cursor = cursor.col_expr(Column::HeldUntil, Expr::value(None::<DateTime<Utc>>));
        cursor.exec(self.transaction()).await?;
        let pending = Condition::all()
            .add(webhook_delivery::Column::EndpointId.eq(endpoint_id))
            .add(webhook_delivery::Column::Status.eq(DeliveryStatus::Pending.as_str()));
        self.due_anew(pending).await?;
        Ok(())
    }

    /// Notes a delivery that no entry of the ledger makes. The transaction is then worth committing though it records nothing.
    pub async fn keep_delivery(&mut self, row: webhook_delivery::Model) -> Result<(), WriteError> {
        self.insert(vec![row]).await?;
        self.keeps_more();
        Ok(())
    }

    /// Sends these deliveries once more, each with the id that it has. How many.
    pub async fn replay(&mut self, these: impl IntoCondition) -> Result<u64, WriteError> {
        let count = self.due_anew(these.into_condition()).await?;
        self.keeps_more();
        Ok(count)
    }

    async fn due_anew(&self, these: Condition) -> Result<u64, WriteError> {
        use webhook_delivery::{Column, Entity};
        let none = || Expr::value(None::<DateTime<Utc>>);
        let anew = Entity::update_many()
            .filter(these)
            .col_expr(Column::Status, Expr::value(DeliveryStatus::Pending.as_str()))
            .col_expr(Column::Tries, Expr::value(0))
            .col_expr(Column::BegunAt, none())
            .col_expr(Column::DeliveredAt, none())
            .col_expr(Column::NextAttemptAt, Expr::value(self.now()))
            .col_expr(Column::UpdatedAt, Expr::value(self.now()));
        Ok(anew.exec(self.transaction()).await?.rows_affected)
    }

    /// Takes away all that is kept of an endpoint beside the record, before it goes itself. Whoever adds deliveries or attempts
    /// meanwhile holds the cursor or a delivery: with those gone, or held, nothing comes after.
    pub async fn forget_webhook(&self, endpoint_id: Uuid) -> Result<(), WriteError> {
        let transaction = self.transaction();
        let cursor = webhook_cursor::Entity::delete_many();
        cursor.filter(webhook_cursor::Column::EndpointId.eq(endpoint_id)).exec(transaction).await?;
        let own = || {
            webhook_delivery::Entity::find()
                .select_only()
                .column(webhook_delivery::Column::Id)
                .filter(webhook_delivery::Column::EndpointId.eq(endpoint_id))
        };
        let _held: Vec<Uuid> = own().lock_exclusive().into_tuple().all(transaction).await?;
        let attempts = webhook_attempt::Entity::delete_many();
        let of_own = webhook_attempt::Column::DeliveryId.in_subquery(own().into_query());
        attempts.filter(of_own).exec(transaction).await?;
        let deliveries = webhook_delivery::Entity::delete_many();
        deliveries.filter(webhook_delivery::Column::EndpointId.eq(endpoint_id)).exec(transaction).await?;
        let secrets = webhook_secret::Entity::delete_many();
        secrets.filter(webhook_secret::Column::EndpointId.eq(endpoint_id)).exec(transaction).await?;
        Ok(())
    }

    /// Disables the endpoints of a programme that somebody made who is shut out now.
    pub async fn stop_webhooks_made_by(&mut self, programme: Uuid, maker: &str) -> Result<(), WriteError> {
        use ledger_entry::Column as Entry;
        use webhook_endpoint::Column as Endpoint;
        let enabled = webhook_endpoint::Entity::find()
            .select_only()
            .column(Endpoint::Id)
            .filter(Endpoint::ProgrammeId.eq(programme))
            .filter(Endpoint::Status.eq(EndpointStatus::Enabled.as_str()));
        let enabled: Vec<Uuid> = enabled.into_tuple().all(self.transaction()).await?;
        if enabled.is_empty() {
            return Ok(());
        }
        // Who made what stands in the ledger alone.
        let made = ledger_entry::Entity::find()
            .select_only()
            .column(Entry::EntityId)
            .filter(Entry::ProgrammeId.eq(programme))
            .filter(Entry::EntityId.is_in(enabled))
            .filter(Entry::EntityType.eq("WebhookEndpoint"))
            .filter(Entry::Operation.eq(Operation::WebhookEndpointCreate.as_str()))
            .filter(Entry::Actor.eq(maker));
        let made: Vec<Uuid> = made.into_tuple().all(self.transaction()).await?;
        for id in made {
            self.stop_webhook(id, DisabledReason::MakerRevoked).await?;
        }
        Ok(())
    }

    /// Disables an endpoint that cannot be told, if it is not already. Whether there was anything to record.
    pub async fn stop_webhook(&mut self, id: Uuid, reason: DisabledReason) -> Result<bool, WriteError> {
        let found = webhook_endpoint::Entity::find_by_id(id).one(self.transaction()).await?;
        let Some(found) = found else { return Ok(false) };
        // Only from here on nobody else writes to it: another replica may have found the same.
        self.hold(found.programme_id).await?;
        let now = webhook_endpoint::Entity::find_by_id(id).one(self.transaction()).await?;
        let is_enabled = |row: &webhook_endpoint::Model| row.status == EndpointStatus::Enabled.as_str();
        let Some(now) = now.filter(is_enabled) else { return Ok(false) };
        self.disable_webhook(&now, reason).await?;
        Ok(true)
    }

    /// Disables an endpoint.
    pub async fn disable_webhook(
        &mut self,
        endpoint: &webhook_endpoint::Model,
        reason: DisabledReason,
    ) -> Result<webhook_endpoint::Model, WriteError> {
        let after = webhook_endpoint::Model {
            status: EndpointStatus::Disabled.as_str().to_owned(),
            disabled_reason: Some(reason.as_str().to_owned()),
            disabled_at: Some(self.now()),
            ..endpoint.clone()
        };
        self.update(endpoint, after).await
    }
}

fn new_secret(endpoint_id: Uuid, secret: Secret<'_>, created_at: DateTime<Utc>) -> webhook_secret::Model {
    webhook_secret::Model {
        id: Uuid::now_v7(),
        endpoint_id,
        secret: secret.text.to_owned(),
        hint: secret.hint.to_owned(),
        created_at,
        expires_at: None,
    }
}
