//! Who is told of changes by request, and what they were told.

use super::{
    FieldDef, Join, Scalar, TypeDef, by, connection, expression, int_in, latest, many, moment, one, text,
    text_in, worked_out,
};
use crate::store::table::Table;

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::node(
            "WebhookEndpoint",
            Table::WebhookEndpoint,
            "whe",
            vec![
                ("programme", one("Programme", "programme_id")),
                ("organisation", one("Organisation", "organisation_id")),
                text("url"),
                text("description"),
                ("eventTypes", FieldDef::Column("event_types", Scalar::Words)),
                text("query"),
                text("status"),
                text_in("disabledReason", "disabled_reason"),
                moment("disabledAt", "disabled_at"),
                (
                    "secrets",
                    many(
                        "WebhookSecret",
                        Join::From("endpoint_id"),
                        vec![latest("created_at", Scalar::Moment)],
                    ),
                ),
                (
                    "deliveries",
                    connection(
                        "WebhookDelivery",
                        Join::From("endpoint_id"),
                        vec![latest("created_at", Scalar::Moment)],
                    ),
                ),
                worked_out("viewerCan", expression::can_webhook_endpoint, Scalar::Words),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "WebhookSecret",
            Table::WebhookSecret,
            "whs",
            vec![text("hint"), moment("createdAt", "created_at"), moment("expiresAt", "expires_at")],
        ),
        TypeDef::node(
            "WebhookDelivery",
            Table::WebhookDelivery,
            "whd",
            vec![
                text_in("webhookId", "webhook_id"),
                text_in("eventType", "event_type"),
                ("sequence", FieldDef::Column("sequence", Scalar::Long)),
                text_in("entityType", "entity_type"),
                ("entityId", FieldDef::IdOf { column: "entity_id", type_column: "entity_type" }),
                text("status"),
                (
                    "attempts",
                    many("WebhookAttempt", Join::From("delivery_id"), vec![by("at", Scalar::Moment)]),
                ),
                moment("nextAttemptAt", "next_attempt_at"),
                moment("deliveredAt", "delivered_at"),
                moment("createdAt", "created_at"),
            ],
        ),
        TypeDef::new(
            "WebhookAttempt",
            Some(Table::WebhookAttempt),
            vec![
                moment("at", "at"),
                int_in("responseStatus", "response_status"),
                text("error"),
                int_in("durationMs", "duration_ms"),
            ],
        ),
    ]
}
