//! Webhooks: who is told of changes by request, and what each was told. The ledger itself is the outbox: a cursor says how far it
//! has been looked through for an endpoint, and a delivery is a row from then on.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        endpoint().create(manager).await?;
        secret().create(manager).await?;
        cursor().create(manager).await?;
        delivery().create(manager).await?;
        attempt().create(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["webhook_attempt", "webhook_delivery", "webhook_cursor", "webhook_secret", "webhook_endpoint"];
        drop_tables(manager, &tables).await
    }
}

/// Where an organisation is told. Its membership can end before it does, so that key is loose.
fn endpoint() -> Table {
    Table::new("webhook_endpoint")
        .id()
        .programme()
        .refers("organisation_id", "party")
        .loose("membership_id")
        .text("url")
        .text("host")
        .maybe_text("description")
        .text_even_empty("event_types")
        .maybe_text("query")
        .one_of("status", &["ENABLED", "DISABLED"])
        .maybe_one_of("disabled_reason", &["BY_HAND", "GONE", "FAILING", "MEMBERSHIP_ENDED", "MAKER_REVOKED"])
        .maybe_timestamp("disabled_at")
        .versioned()
        .index("programme_id, organisation_id")
}

/// What signs for an endpoint. Beside the record: no ledger holds a secret.
fn secret() -> Table {
    Table::new("webhook_secret")
        .id()
        .refers("endpoint_id", "webhook_endpoint")
        .text("secret")
        .text("hint")
        .timestamp("created_at")
        .maybe_timestamp("expires_at")
        .index("endpoint_id, created_at")
}

/// How far the ledger has been looked through for an endpoint, and how it fares.
fn cursor() -> Table {
    Table::new("webhook_cursor")
        .refers("endpoint_id", "webhook_endpoint")
        .big("sequence")
        .maybe_timestamp("failing_since")
        .maybe_timestamp("held_until")
        .key("endpoint_id")
}

/// What is to be told, or was. Its version is always 1: what the policy is asked about has one.
fn delivery() -> Table {
    Table::new("webhook_delivery")
        .id()
        .refers("endpoint_id", "webhook_endpoint")
        .text("webhook_id")
        .text("event_type")
        .maybe_big("sequence")
        .maybe_text("entity_type")
        .maybe_loose("entity_id")
        .one_of("status", &["PENDING", "DELIVERED", "FAILED", "SKIPPED"])
        .whole("tries")
        .maybe_timestamp("begun_at")
        .maybe_timestamp("next_attempt_at")
        .maybe_timestamp("claimed_until")
        .maybe_timestamp("delivered_at")
        .versioned()
        .unique("webhook_id")
        .unique("endpoint_id, sequence")
        .index("status, next_attempt_at")
        .index("endpoint_id, entity_id, status")
        .index("endpoint_id, created_at, id")
}

/// How an attempt went.
fn attempt() -> Table {
    Table::new("webhook_attempt")
        .id()
        .refers("delivery_id", "webhook_delivery")
        .timestamp("at")
        .maybe_whole("response_status")
        .maybe_one_of(
            "error",
            &["ADDRESS_REFUSED", "NOT_FOUND_BY_NAME", "NO_CONNECTION", "TIMED_OUT", "BROKEN_OFF"],
        )
        .whole("duration_ms")
        .index("delivery_id, at")
}
