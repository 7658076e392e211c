//! Webhooks: what the ledger says, told by request to those who asked for it, by the Standard Webhooks specification
//! (`docs/adr/0021-webhooks.md`).
//!
//! Each process looks through the ledger for endpoints that are behind, takes deliveries that are due, and attempts them. No
//! process is special: the database decides who looks and who takes. What is kept is `store::webhooks`.

mod address;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod payload;
mod resolve;
mod send;
mod sign;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::webhook::{DeliveryStatus, DisabledReason, RETRIES};
use entity::webhook_delivery;
use sea_orm::{ColumnTrait, Condition};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

pub use self::address::{Outside, is_global};
pub use self::payload::Object;
use self::send::Sender;
pub use self::sign::{Secret, signatures};
use crate::authz::permit::{Actor, Operation, permit};
use crate::config::Clock;
use crate::graphql::Engine;
use crate::http::Stop;
use crate::store::db::{Db, described};
use crate::store::webhooks::{self as store, Came, Due};
use crate::store::write::{Origin, WriteCx, WriteError, again};

/// How often somebody looks, besides when a ledger has come further: for what is due again, and for what others left.
const EVERY: Duration = Duration::from_millis(500);
/// How often what has ended long ago is swept.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// How long it may take to make a delivery ready.
const PREPARING: Duration = Duration::from_secs(10);
/// How much longer than that and the attempt may take a delivery is held.
const SLACK: Duration = Duration::from_secs(5);
/// How many deliveries are made ready at once: each reads as a request does, and requests come first.
const READERS: usize = 4;

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where requests may go.
    pub outside: Outside,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How long after each attempt that failed the next comes.
    pub retries: Vec<Duration>,
    /// How many attempts run at once.
    pub running: usize,
    /// How many of them to one endpoint. To one whose last attempt failed it is one, and to all such together half of all.
    pub running_each: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            outside: Outside::default(),
            timeout: Duration::from_secs(15),
            retries: RETRIES.to_vec(),
            running: 32,
            running_each: 4,
        }
    }
}

/// Tells endpoints. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks(Arc<Shared>);

struct Shared {
    engine: Engine,
    db: Db,
    clock: Clock,
    settings: Settings,
    sender: Sender,
    places: Arc<Semaphore>,
    /// Those of the places that endpoints may have whose last attempt failed.
    patience: Arc<Semaphore>,
    /// Leave to read what is told.
    readers: Semaphore,
    /// How many attempts run, by endpoint.
    busy: Arc<Mutex<HashMap<Uuid, usize>>>,
}

/// A place for one attempt; dropped, it is free.
struct Place {
    endpoint: Uuid,
    busy: Arc<Mutex<HashMap<Uuid, usize>>>,
    _one: OwnedSemaphorePermit,
    _patience: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.get_mut(&self.endpoint) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                busy.remove(&self.endpoint);
            }
        }
    }
}

impl Webhooks {
    /// What sends, over an engine that answers the queries of endpoints.
    ///
    /// # Errors
    /// No client can be made.
    pub fn new(engine: Engine, db: Db, clock: Clock, settings: Settings) -> Result<Self, reqwest::Error> {
        let sender = Sender::new(settings.outside.clone(), settings.timeout)?;
        Ok(Self(Arc::new(Shared {
            engine,
            db,
            clock,
            sender,
            places: Arc::new(Semaphore::new(settings.running)),
            patience: Arc::new(Semaphore::new(settings.running.div_ceil(2))),
            readers: Semaphore::new(READERS),
            busy: Arc::default(),
            settings,
        })))
    }

    /// Tells endpoints until the service is to stop; then lets the attempts in hand end.
    pub async fn run(self, stop: Stop) {
        let mut heads = self.0.engine.heads().listen();
        let mut attempts = JoinSet::new();
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_leaving() {
            // What comes from here on is looked at in the next round.
            heads.borrow_and_update();
            let has_more = self.look_through(&stop).await;
            self.take(&mut attempts).await;
            if !has_more {
                tokio::select! {
                    _ = ticks.tick() => {}
                    // It ends with the engine, which this holds.
                    _ = heads.changed() => {}
                    Some(_) = attempts.join_next() => {}
                    () = stop.begun() => {}
                }
            }
            while attempts.try_join_next().is_some() {}
        }
        while attempts.join_next().await.is_some() {}
    }

    /// Turns what ledgers say into deliveries, once for every endpoint that is behind: however fast ledgers grow, it comes to an
    /// end, and each has its turn. Whether one is behind still.
    async fn look_through(&self, stop: &Stop) -> bool {
        let Shared { db, clock, .. } = &*self.0;
        let (mut served, mut has_more) = (Vec::new(), false);
        while !stop.is_leaving() {
            let looked = match store::look_through(db, clock.now(), clock.today(), &served).await {
                Ok(Some(looked)) => looked,
                Ok(None) => break,
                Err(fault) => {
                    tracing::warn!(fault = %described(&fault), "the ledger cannot be looked through for webhooks");
                    return false;
                }
            };
            let endpoint = looked.endpoint;
            served.push(endpoint);
            match looked.came {
                Came::Made { count, is_behind } => {
                    has_more |= is_behind;
                    tracing::debug!(%endpoint, made = count, "looked through the ledger");
                }
                Came::Outsider => self.stop(endpoint, DisabledReason::MembershipEnded, None).await,
                Came::Failed(fault) => {
                    tracing::warn!(%endpoint, fault = %described(&fault), "the ledger cannot be looked through for a webhook");
                }
            }
        }
        has_more
    }

    /// Takes what is due, as far as there are places, and begins to attempt it.
    async fn take(&self, attempts: &mut JoinSet<()>) {
        let Shared { db, clock, settings, .. } = &*self.0;
        let due = match store::due(db, clock.now()).await {
            Ok(due) => due,
            Err(fault) => {
                tracing::warn!(fault = %described(&fault), "deliveries of webhooks cannot be found");
                return;
            }
        };
        for each in due {
            let mut places = self.places(&each);
            if places.is_empty() {
                continue;
            }
            let now = clock.now();
            let until =
                now + TimeDelta::from_std(PREPARING + settings.timeout + SLACK).unwrap_or(TimeDelta::MAX);
            let claimed = match store::claim(db, each.endpoint, places.len(), (now, until)).await {
                Ok(claimed) => claimed,
                Err(fault) => {
                    tracing::warn!(fault = %described(&fault), "deliveries of webhooks cannot be taken");
                    return;
                }
            };
            for delivery in claimed {
                let Some(place) = places.pop() else { break };
                attempts.spawn(self.clone().attempt_in(place, delivery));
            }
        }
    }

    async fn attempt_in(self, place: Place, delivery: webhook_delivery::Model) {
        self.attempt(delivery).await;
        drop(place);
    }

    /// The places that an endpoint may have now.
    fn places(&self, due: &Due) -> Vec<Place> {
        let Shared { settings, places, patience, busy, .. } = &*self.0;
        let most = if due.is_failing { 1 } else { settings.running_each };
        let mut counts = busy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = Vec::new();
        while counts.get(&due.endpoint).copied().unwrap_or_default() < most {
            let patience = match due.is_failing {
                true => match Arc::clone(patience).try_acquire_owned() {
                    Ok(patience) => Some(patience),
                    Err(_) => break,
                },
                false => None,
            };
            let Ok(one) = Arc::clone(places).try_acquire_owned() else { break };
            *counts.entry(due.endpoint).or_default() += 1;
            free.push(Place {
                endpoint: due.endpoint,
                busy: Arc::clone(busy),
                _one: one,
                _patience: patience,
            });
        }
        drop(counts);
        free
    }

    /// Disables an endpoint, as the system: its owner and the programme office see it in the feed. The delivery that it did not
    /// take, where that is why, waits with the others until it is enabled.
    async fn stop(&self, endpoint: Uuid, reason: DisabledReason, missed: Option<Uuid>) {
        match again(|| self.try_to_stop(endpoint, reason, missed)).await {
            Ok(true) => {
                tracing::warn!(%endpoint, reason = reason.as_str(), "disabled a webhook endpoint");
                self.0.engine.heads().poke();
            }
            Ok(false) => {}
            // It is still enabled: it will be found again.
            Err(fault) => tracing::warn!(%endpoint, %fault, "a webhook endpoint cannot be disabled"),
        }
    }

    /// Whether it was enabled.
    async fn try_to_stop(
        &self,
        endpoint: Uuid,
        reason: DisabledReason,
        missed: Option<Uuid>,
    ) -> Result<bool, WriteError> {
        let operation = Operation::WebhookEndpointStop;
        let Some(permit) = permit(&Actor::System("webhooks"), operation) else { return Ok(false) };
        let origin = Origin {
            reason: Some(because(reason).to_owned()),
            now: self.0.clock.now(),
            ..Origin::of_command(self.0.clock.today())
        };
        let mut cx = WriteCx::open(&self.0.db, permit, origin).await?;
        let is_stopped = cx.stop_webhook(endpoint, reason).await?;
        // Also where another was first to disable it: it took this one as little.
        if let Some(delivery) = missed {
            let given_up = Condition::all()
                .add(webhook_delivery::Column::Id.eq(delivery))
                .add(webhook_delivery::Column::Status.eq(DeliveryStatus::Failed.as_str()));
            cx.replay(given_up).await?;
        }
        if is_stopped || missed.is_some() {
            cx.commit().await?;
        }
        Ok(is_stopped)
    }
}

/// A reason in words, for the ledger.
const fn because(reason: DisabledReason) -> &'static str {
    match reason {
        DisabledReason::ByHand => "Disabled by hand",
        DisabledReason::Gone => "It answered 410: there is nobody there any more",
        DisabledReason::Failing => "It took nothing for as long as a delivery is tried",
        DisabledReason::MembershipEnded => "The membership that it sees by has ended",
        DisabledReason::MakerRevoked => "The machine client that made it was revoked",
    }
}

/// Sweeps what has ended long ago, now and every hour as long as it runs. Every replica may.
pub async fn keep_sweeping(db: Db, clock: Clock) {
    let mut hours = interval(SWEEP);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        loop {
            match store::sweep(&db, clock.now()).await {
                Ok(0) => break,
                Ok(count) => tracing::debug!(count, "took away old deliveries of webhooks"),
                Err(fault) => {
                    tracing::warn!(fault = %described(&fault), "old deliveries of webhooks cannot be taken away");
                    break;
                }
            }
        }
    }
}
