//! What webhooks keep: how far the ledger has been looked through for each endpoint, what it is to be told, and how that went.
//!
//! The ledger itself is the outbox: its entries are written in the transaction of the change, and stay. `outbox` turns them
//! into deliveries, `queue` hands those out and notes what came of them, `told` reads what is told, as the owner sees it then,
//! and `kept` is what commands change besides the endpoint itself. None of it but the endpoint is part of the record.

mod kept;
mod outbox;
mod queue;
mod sweep;
mod told;

use chrono::{DateTime, Utc};
use domain::webhook::DeliveryStatus;
use entity::webhook_delivery;
use uuid::Uuid;

pub use self::kept::Secret;
pub use self::outbox::{Came, Looked, look_through};
pub use self::queue::{Due, Ended, claim, due, has_taken_since, put_off, record};
pub use self::sweep::{Backlog, backlog, sweep};
pub(crate) use self::told::{Told, endpoint, told};

/// What a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Nothing: it is a test.
    Nothing,
    /// An entry of the ledger, and the thing that the entry is about.
    Entry {
        /// Its place in the programme's ledger.
        sequence: i64,
        /// What kind of thing.
        entity_type: String,
        /// Which thing.
        entity_id: Uuid,
    },
}

/// A delivery that is due now. Its id for the receiver is fixed here, for all attempts and replays.
pub fn new_delivery(
    endpoint_id: Uuid,
    event_type: String,
    about: About,
    now: DateTime<Utc>,
) -> webhook_delivery::Model {
    let id = Uuid::now_v7();
    let (sequence, entity_type, entity_id) = match about {
        About::Nothing => (None, None, None),
        About::Entry { sequence, entity_type, entity_id } => {
            (Some(sequence), Some(entity_type), Some(entity_id))
        }
    };
    webhook_delivery::Model {
        id,
        endpoint_id,
        webhook_id: format!("msg_{}", id.simple()),
        event_type,
        sequence,
        entity_type,
        entity_id,
        status: DeliveryStatus::Pending.as_str().to_owned(),
        tries: 0,
        begun_at: None,
        next_attempt_at: Some(now),
        claimed_until: None,
        delivered_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
