//! How the deliveries of an endpoint are looked through.

use super::{Kind, List, Scalar, id, order, value};

pub(super) fn deliveries() -> List {
    List {
        of: "WebhookDelivery",
        plural: "deliveries",
        filter: vec![
            id("id", "id", "WebhookDelivery", "Its id."),
            value("status", "status", Kind::Enum("WebhookDeliveryStatus"), "How far it has come."),
            value("eventType", "event_type", Kind::String, "The type of the event, such as action.updated."),
        ],
        order: vec![
            order("CREATED_AT", "created_at", Scalar::Moment, "When it was found to be due."),
            order("SEQUENCE", "sequence", Scalar::Long, "Its place in the ledger; tests have none."),
        ],
    }
}
