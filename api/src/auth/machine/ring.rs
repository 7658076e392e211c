//! The issuer's keys, kept in the database: every replica reads them within a minute, and no leader says which is the one.
//!
//! A key is published for a while before anything is signed with it, so that whoever keeps the published keys has it by then; and it
//! verifies until the last token has ended that was signed with it. Both follow from the moments from which keys sign, which stand in
//! the rows: replicas that read the same rows agree.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use entity::machine_issuer_key::Model;
use jsonwebtoken::Algorithm;
use sea_orm::DbErr;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::TOKEN_LIFE;
use crate::auth::keys::VerifyingKey;
use crate::auth::signing::{SigningKey, new_private_pem};
use crate::auth::{LEEWAY, TokenError};
use crate::store::db::{Db, described};
use crate::store::machine::{add_key, issuer_keys, remove_keys};

/// How long the keys that were read are used without asking again.
const FRESH: TimeDelta = TimeDelta::seconds(60);
/// At most one look in this time because a token names an unknown key: otherwise anybody could make us ask the database.
const BETWEEN_UNKNOWN: TimeDelta = TimeDelta::seconds(5);
/// How long a key is published before anything is signed with it.
const PUBLISHED_BEFORE: TimeDelta = TimeDelta::minutes(10);
/// How old the last key may be before the next is made.
pub(super) const LONGEST_SIGNING: TimeDelta = TimeDelta::days(30);

/// A key of the ring.
pub(super) struct RingKey {
    pub(super) key: SigningKey,
    signs_from: DateTime<Utc>,
}

impl RingKey {
    /// Reads a row; none where it is damaged.
    fn of(row: &Model) -> Option<Self> {
        Some(Self { key: SigningKey::read(&row.kid, &row.private_pem)?, signs_from: row.signs_from })
    }

    /// As others are shown it.
    fn published(&self) -> Value {
        let mut shown = json!(self.key.jwk);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("use".to_owned(), "sig".into());
            shown.insert("alg".to_owned(), "EdDSA".into());
        }
        shown
    }
}

/// What a key is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is published, and signs nothing yet.
    Announced,
    /// Tokens are signed with it.
    Signing,
    /// Nothing is signed with it any more; it verifies what was.
    Verifying,
    /// It is of no use any more.
    Ended,
}

/// What each key is doing at a moment: the keys are in the order in which they were made, by the moments from which they sign.
fn states(signs_from: &[DateTime<Utc>], now: DateTime<Utc>) -> Vec<KeyState> {
    let of = |(index, from): (usize, &DateTime<Utc>)| {
        let next = signs_from.iter().skip(index + 1).min();
        match next {
            // Another's clock may be late to see that the next key signs.
            Some(next) if *next + TOKEN_LIFE + LEEWAY + FRESH <= now => KeyState::Ended,
            Some(next) if *next <= now => KeyState::Verifying,
            _ if *from > now => KeyState::Announced,
            _ => KeyState::Signing,
        }
    };
    signs_from.iter().enumerate().map(of).collect()
}

/// The keys of one process.
pub(super) struct Ring {
    db: Db,
    state: RwLock<State>,
    reading: Mutex<()>,
}

#[derive(Clone, Default)]
struct State {
    keys: Arc<[Arc<RingKey>]>,
    read_at: Option<DateTime<Utc>>,
}

impl State {
    fn is_fresh(&self, now: DateTime<Utc>, within: TimeDelta) -> bool {
        self.read_at.is_some_and(|at| now - at < within)
    }

    /// The keys that are doing something at a moment.
    fn each(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&Arc<RingKey>, KeyState)> {
        let signs_from: Vec<_> = self.keys.iter().map(|key| key.signs_from).collect();
        let states = states(&signs_from, now);
        self.keys.iter().zip(states).filter(|(_, state)| *state != KeyState::Ended)
    }
}

impl Ring {
    pub(super) fn new(db: Db) -> Self {
        Self { db, state: RwLock::default(), reading: Mutex::default() }
    }

    /// The key that signs; none only where the stored ones are damaged.
    pub(super) async fn signing(&self, now: DateTime<Utc>) -> Result<Option<Arc<RingKey>>, DbErr> {
        let state = self.fresh(now, FRESH).await?;
        let of = |wanted: KeyState| state.each(now).filter(move |(_, state)| *state == wanted);
        // Where keys were rotated at once by a clock that is ahead of ours, there is none yet but the announced one.
        let signing = of(KeyState::Signing)
            .last()
            .or_else(|| of(KeyState::Announced).min_by_key(|(key, _)| key.signs_from));
        Ok(signing.map(|(key, _)| Arc::clone(key)))
    }

    /// The public keys that are to be known.
    pub(super) async fn published(&self, now: DateTime<Utc>) -> Result<Vec<Value>, DbErr> {
        let state = self.fresh(now, FRESH).await?;
        Ok(state.each(now).map(|(key, _)| key.published()).collect())
    }

    /// The key that verifies tokens under a name. One that is not known may have been made a moment ago.
    pub(super) async fn verifying(
        &self,
        kid: &str,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<VerifyingKey>, TokenError> {
        for within in [FRESH, BETWEEN_UNKNOWN] {
            let state = self.fresh(now, within).await.map_err(|fault| {
                tracing::warn!(fault = %described(&fault), "the keys of machine clients' tokens cannot be read");
                TokenError::IssuerUnavailable
            })?;
            let found = state.each(now).find(|(key, _)| key.key.kid == kid);
            if let Some((key, _)) = found.filter(|_| algorithm == Algorithm::EdDSA) {
                return Ok(Arc::clone(&key.key.verifying));
            }
        }
        Err(TokenError::Invalid)
    }

    /// What was read no longer ago than this.
    async fn fresh(&self, now: DateTime<Utc>, within: TimeDelta) -> Result<State, DbErr> {
        let known = self.known();
        if known.is_fresh(now, within) {
            return Ok(known);
        }
        let _one_at_a_time = self.reading.lock().await;
        // Whoever waited here looks again: what it waited for may be its answer.
        let known = self.known();
        if known.is_fresh(now, within) {
            return Ok(known);
        }
        self.read(now).await
    }

    fn known(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn read(&self, now: DateTime<Utc>) -> Result<State, DbErr> {
        let mut rows = issuer_keys(&self.db).await?;
        if let Some(candidate) = next_by_age(&rows, now)? {
            add_key(&self.db, candidate).await?;
            rows = issuer_keys(&self.db).await?;
        }
        let keys = rows.iter().filter_map(|row| RingKey::of(row).map(Arc::new)).collect();
        let state = State { keys, read_at: Some(now) };
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state.clone();
        Ok(state)
    }

    /// Makes the next key where that is due, and removes those that are of no use.
    pub(super) async fn look_after(&self, now: DateTime<Utc>) -> Result<(), DbErr> {
        self.fresh(now, TimeDelta::zero()).await?;
        let ended = keys_of(&self.db, now).await?.into_iter().filter(|(_, state)| *state == KeyState::Ended);
        remove_keys(&self.db, &ended.map(|(row, _)| row.number).collect::<Vec<_>>()).await
    }
}

/// The key that is to be made now, where there is none, or the last has signed for long enough.
fn next_by_age(rows: &[Model], now: DateTime<Utc>) -> Result<Option<Model>, DbErr> {
    match rows.last() {
        None => new_key(1, now, now).map(Some),
        Some(last) if last.signs_from + LONGEST_SIGNING <= now => {
            new_key(last.number + 1, now + PUBLISHED_BEFORE, now).map(Some)
        }
        Some(_) => Ok(None),
    }
}

fn new_key(number: i32, signs_from: DateTime<Utc>, now: DateTime<Utc>) -> Result<Model, DbErr> {
    let unmade = || DbErr::Custom("a signing key could not be made".to_owned());
    let private_pem = new_private_pem().ok_or_else(unmade)?;
    // The end of a random id: two databases never give one name to two keys.
    let kid = format!("machine-{number}-{:08x}", Uuid::new_v4().as_fields().0);
    Ok(Model { number, kid, private_pem, signs_from, created_at: now })
}

/// How keys are rotated by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// In good time: nobody notices.
    InTurn,
    /// At once, because somebody else may have the key: every token that was given before is worth nothing.
    AtOnce,
}

/// Makes the next key, and answers with it.
///
/// # Errors
/// The database does not answer.
pub async fn rotate(db: &Db, rotation: Rotation, now: DateTime<Utc>) -> Result<Model, DbErr> {
    loop {
        let rows = issuer_keys(db).await?;
        let number = rows.last().map_or(1, |last| last.number + 1);
        let signs_from = match rotation {
            Rotation::InTurn if !rows.is_empty() => now + PUBLISHED_BEFORE,
            _ => now,
        };
        let key = new_key(number, signs_from, now)?;
        add_key(db, key.clone()).await?;
        // Another process may have made one with this number at the same moment.
        let kept = issuer_keys(db).await?.into_iter().find(|row| row.number == number);
        match rotation {
            // Then that is the next.
            Rotation::InTurn => return Ok(kept.unwrap_or(key)),
            Rotation::AtOnce if kept.as_ref().is_some_and(|kept| kept.kid == key.kid) => {
                remove_keys(db, &rows.iter().map(|row| row.number).collect::<Vec<_>>()).await?;
                return Ok(key);
            }
            // Theirs is one of those that are to go, and may not sign yet: ours is the one after it.
            Rotation::AtOnce => {}
        }
    }
}

/// The keys of a database, the oldest first, and what each is doing.
///
/// # Errors
/// The database does not answer.
pub async fn keys_of(db: &Db, now: DateTime<Utc>) -> Result<Vec<(Model, KeyState)>, DbErr> {
    let rows = issuer_keys(db).await?;
    let signs_from: Vec<_> = rows.iter().map(|row| row.signs_from).collect();
    let states = states(&signs_from, now);
    Ok(rows.into_iter().zip(states).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_announced_signs_verifies_and_ends() {
        let at = |minutes: i64| DateTime::from_timestamp(1_790_000_000 + minutes * 60, 0).unwrap();
        let keys = [at(0), at(10)];
        let of = |minutes| states(&keys, at(minutes));

        assert_eq!(of(9), [KeyState::Signing, KeyState::Announced]);
        assert_eq!(of(10), [KeyState::Verifying, KeyState::Signing]);
        assert_eq!(of(26), [KeyState::Verifying, KeyState::Signing]);
        assert_eq!(of(27), [KeyState::Ended, KeyState::Signing]);
    }
}
