//! One delivery, from what it tells now to what came of the attempt.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::webhook::{AttemptError, DisabledReason, EndpointStatus, LONGEST_HOLD, PING, wait_after};
use entity::{webhook_attempt, webhook_delivery};
use sea_orm::DbErr;
use tokio::time::timeout;
use uuid::Uuid;

use super::payload::{self, Event, Object};
use super::send::{Answered, Message};
use super::{PREPARING, Webhooks};
use crate::authz::identity::{Identity, webhook_subject};
use crate::observe::webhooks::attempted;
use crate::store::db::{Trouble, described};
use crate::store::read::ReadCx;
use crate::store::webhooks::{self as store, Ended};

/// How long a delivery waits that could not be made ready for a reason of ours.
const PUT_OFF: TimeDelta = TimeDelta::seconds(5);
/// How long an endpoint's own query may take.
const LONGEST_QUERY: Duration = Duration::from_secs(3);

/// What is to become of a delivery.
enum Ready {
    /// It is sent.
    Send { url: String, secrets: Vec<String>, body: String },
    /// There is nothing to tell.
    Nothing,
    /// There is nobody to tell: the endpoint was removed, or disabled.
    Nobody,
    /// The endpoint has no membership to see by any more.
    Outsider,
}

impl Webhooks {
    /// Attempts a delivery that was taken, and notes what came of it.
    pub(super) async fn attempt(&self, mut delivery: webhook_delivery::Model) {
        // Not for longer than it is held: another would send it as well.
        let ready = match timeout(PREPARING, self.ready(&mut delivery)).await {
            Ok(Ok(ready)) => ready,
            Ok(Err(fault)) => {
                tracing::warn!(fault = %described(&fault), "a delivery of a webhook cannot be made ready");
                return self.put_off(&delivery, self.0.clock.now() + PUT_OFF).await;
            }
            Err(_) => {
                tracing::warn!(delivery = %delivery.id, "a delivery of a webhook was not made ready in time");
                return self.put_off(&delivery, self.0.clock.now() + PUT_OFF).await;
            }
        };
        match ready {
            Ready::Send { url, secrets, body } => {
                let message = Message { url: &url, id: &delivery.webhook_id, secrets: &secrets, body };
                let (at, begun) = (self.0.clock.now(), Instant::now());
                let answered = self.0.sender.send(&message, at).await;
                self.note(delivery, answered, (at, begun.elapsed())).await;
            }
            Ready::Nothing => {
                let now = (self.0.clock.now(), None);
                self.kept(store::record(&self.0.db, delivery, None, Ended::Skipped, now).await);
            }
            Ready::Nobody => self.put_off(&delivery, self.0.clock.now()).await,
            Ready::Outsider => {
                self.stop(delivery.endpoint_id, DisabledReason::MembershipEnded, None).await;
                self.put_off(&delivery, self.0.clock.now()).await;
            }
        }
    }

    /// What a delivery tells now, as the owner of the endpoint sees it now.
    async fn ready(&self, delivery: &mut webhook_delivery::Model) -> Result<Ready, DbErr> {
        let (db, now) = (&self.0.db, self.0.clock.now());
        let Some(endpoint) = store::endpoint(db, delivery.endpoint_id, now).await? else {
            return Ok(Ready::Nobody);
        };
        // Somebody may have disabled it since this was taken.
        if endpoint.row.status != EndpointStatus::Enabled.as_str() {
            return Ok(Ready::Nobody);
        }
        let send =
            |body| Ok(Ready::Send { url: endpoint.row.url.clone(), secrets: endpoint.secrets.clone(), body });
        let Some(sequence) = delivery.sequence.filter(|_| delivery.event_type != PING) else {
            return send(payload::ping(endpoint.row.id, delivery.created_at).to_string());
        };
        let programme = endpoint.row.programme_id;
        // It is never closed.
        let _leave = self.0.readers.acquire().await.ok();
        let identity = Identity::of(webhook_subject(endpoint.row.id));
        let read = self.0.engine.read(Some(&identity)).await?;
        if !read.cx.viewer.standings.iter().any(|of| of.programme_id == Some(programme)) {
            return Ok(Ready::Outsider);
        }
        let Some(told) = store::told(&read, programme, sequence).await? else { return Ok(Ready::Nothing) };
        let types = &endpoint.row.event_types;
        match payload::event(&told, (programme, sequence), &delivery.event_type, types) {
            Event::Nothing => Ok(Ready::Nothing),
            Event::Tell { name, body, seen } => {
                delivery.event_type = name;
                let object = match (&endpoint.row.query, seen) {
                    (Some(query), Some(id)) => self.object(&read, query, &id).await?,
                    _ => Object::NotAsked,
                };
                send(payload::with_object(body, object))
            }
        }
    }

    /// What an endpoint's own query says of a thing. One that takes too long, or cannot be answered, is no reason to wait: it
    /// would be no better later.
    async fn object(&self, read: &ReadCx, query: &str, id: &str) -> Result<Object, DbErr> {
        match timeout(LONGEST_QUERY, self.0.engine.stored_object(read, query, id)).await {
            Ok(Err(fault)) if matches!(Trouble::of(&fault), Trouble::TooLong | Trouble::Fault) => {
                tracing::warn!(fault = %described(&fault), "the query of a webhook endpoint cannot be answered");
                Ok(Object::Unavailable)
            }
            Ok(answer) => answer,
            Err(_) => {
                tracing::warn!("the query of a webhook endpoint takes too long");
                Ok(Object::Unavailable)
            }
        }
    }

    /// Notes how an attempt was answered, and what follows from it.
    async fn note(
        &self,
        delivery: webhook_delivery::Model,
        answered: Answered,
        (at, took): (DateTime<Utc>, Duration),
    ) {
        attempted(outcome(answered), took);
        let (response_status, error) = match answered {
            Answered::Status(status, _) => (Some(status), None),
            Answered::No(error) => (None, Some(error)),
        };
        let attempt = webhook_attempt::Model {
            id: Uuid::now_v7(),
            delivery_id: delivery.id,
            at,
            response_status: response_status.map(Into::into),
            error: error.map(|error| error.as_str().to_owned()),
            duration_ms: took.as_millis().try_into().unwrap_or(i32::MAX),
        };
        let (now, tries) = (self.0.clock.now(), delivery.tries);
        let (id, endpoint, begun) = (delivery.id, delivery.endpoint_id, delivery.begun_at.unwrap_or(at));
        let (ended, held) = self.follows(answered, tries, now);
        tracing::debug!(
            delivery = %delivery.id, %endpoint, status = response_status, error = error.map(AttemptError::as_str),
            tries = tries + 1, "attempted to deliver a webhook"
        );
        self.kept(store::record(&self.0.db, delivery, Some(attempt), ended, (now, held)).await);
        if ended == Ended::GivenUp {
            self.gave_up(answered, id, (endpoint, begun)).await;
        }
    }

    /// How it goes on after an answer, and until when the endpoint wants to be left alone.
    fn follows(&self, answered: Answered, tries: i32, now: DateTime<Utc>) -> (Ended, Option<DateTime<Utc>>) {
        let asked = match answered {
            Answered::Status(200..=299, _) => return (Ended::Delivered, None),
            Answered::Status(410, _) => return (Ended::GivenUp, None),
            Answered::Status(_, asked) => asked.map(|asked| asked.min(LONGEST_HOLD)),
            Answered::No(_) => None,
        };
        let then = |wait: Duration| {
            let wait = TimeDelta::from_std(wait).ok();
            wait.and_then(|wait| now.checked_add_signed(wait)).unwrap_or(DateTime::<Utc>::MAX_UTC)
        };
        let tries = usize::try_from(tries).unwrap_or_default() + 1;
        let ended = wait_after(tries, &self.0.settings.retries, chance(), asked)
            .map_or(Ended::GivenUp, |wait| Ended::Again(then(wait)));
        (ended, asked.map(then))
    }

    /// A delivery was given up: its endpoint too, where it says so, or has taken nothing else since the first attempt.
    async fn gave_up(&self, answered: Answered, id: Uuid, (endpoint, begun): (Uuid, DateTime<Utc>)) {
        if matches!(answered, Answered::Status(410, _)) {
            return self.stop(endpoint, DisabledReason::Gone, Some(id)).await;
        }
        match store::has_taken_since(&self.0.db, endpoint, begun).await {
            Ok(true) => tracing::warn!(%endpoint, "a delivery of a webhook was given up; others were taken"),
            Ok(false) => self.stop(endpoint, DisabledReason::Failing, Some(id)).await,
            Err(fault) => {
                tracing::warn!(fault = %described(&fault), "what a webhook endpoint has taken cannot be read");
            }
        }
    }

    async fn put_off(&self, delivery: &webhook_delivery::Model, until: DateTime<Utc>) {
        self.kept(store::put_off(&self.0.db, delivery, until).await);
    }

    /// What cannot be noted is done again: at least once is what is promised.
    fn kept(&self, noted: Result<(), DbErr>) {
        if let Err(fault) = noted {
            tracing::warn!(fault = %described(&fault), "what came of a delivery of a webhook cannot be noted");
        }
    }
}

/// How an attempt ended, for the metrics.
fn outcome(answered: Answered) -> &'static str {
    match answered {
        Answered::Status(200..=299, _) => "delivered",
        Answered::Status(300..=399, _) => "redirected",
        Answered::Status(400..=499, _) => "refused",
        Answered::Status(..) => "failed",
        Answered::No(AttemptError::AddressRefused) => "address_refused",
        Answered::No(AttemptError::NotFoundByName | AttemptError::NoConnection) => "unreachable",
        Answered::No(AttemptError::TimedOut) => "timed_out",
        Answered::No(AttemptError::BrokenOff) => "broken_off",
    }
}

/// Somewhere between 0 and 1.
fn chance() -> f64 {
    let [byte, ..] = *Uuid::new_v4().as_bytes();
    f64::from(byte) / 255.0
}
