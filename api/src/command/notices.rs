//! What the calendar brings: organisations are told what has fallen due, by the system.
//!
//! Every replica looks. None leads: the head of a programme's ledger lets one in at a time, and whoever comes second finds it told.

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use crate::authz::permit::{Actor, Operation, permit};
use crate::config::Clock;
use crate::store::db::Db;
use crate::store::notices::programmes_to_tell;
use crate::store::write::{Origin, WriteCx, WriteError, again};

/// How often somebody looks.
const EVERY: Duration = Duration::from_secs(60);
/// How many rounds one look takes at most, each of up to [`crate::store::notices::MOST`] notices: more waits for the next look.
const ROUNDS: usize = 20;

/// Looks for what has fallen due, now and every minute as long as it runs.
pub async fn keep_telling(db: Db, clock: Clock) {
    let mut minutes = tokio::time::interval(EVERY);
    minutes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        minutes.tick().await;
        if let Err(fault) = tell_due(&db, &clock).await {
            tracing::warn!(%fault, "what has fallen due cannot be told");
        }
    }
}

/// Tells organisations what has fallen due and was not told yet. Whoever tells it again tells nothing.
///
/// # Errors
/// The database could not be asked, or would not take it in some programme; others were told.
pub async fn tell_due(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    let mut failed = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut programmes = programmes_to_tell(db, clock.today()).await?;
        // What cannot be told would be found again, round after round.
        programmes.retain(|programme| !failed.contains_key(programme));
        if programmes.is_empty() {
            break;
        }
        for programme in programmes {
            if let Err(fault) = again(|| tell_in(db, clock, programme)).await {
                failed.insert(programme, fault);
            }
        }
    }
    failed.into_values().next().map_or(Ok(()), Err)
}

async fn tell_in(db: &Db, clock: &Clock, programme: Uuid) -> Result<(), WriteError> {
    let Some(permit) = permit(&Actor::System("calendar"), Operation::NoticesTell) else { return Ok(()) };
    let mut cx = WriteCx::open(db, permit, Origin::of_command(clock.today())).await?;
    cx.hold(programme).await?;
    // The turn may have been long in coming: entries carry times in the order of their numbers.
    cx.happens(clock.now());
    cx.tell_what_is_due(programme).await?;
    if cx.has_changes() {
        cx.commit().await?;
    }
    Ok(())
}
