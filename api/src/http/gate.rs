//! Who may come in: how much each client has asked for of late, and how many requests run now.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use super::answer::Failure;
use super::client::Client;
use super::rate::{Account, Buckets};
use super::settings::Settings;
use crate::turns::{Turn, Turns};

/// How long a client waits for the answer that it has asked for too much. One that asks again at once would otherwise take
/// more of us by being refused than others do by being served. One is a little shorter, the next a little longer: those who were refused
/// together would otherwise come again together, and others wait until all of them are refused once more.
const PAUSES: Range<f32> = 0.5..1.5;
/// How many wait so at once; more are answered at once.
const MOST_PAUSED: usize = 512;

/// The gate that every operation goes through, by whatever transport it came.
pub(super) struct Gate {
    buckets: Arc<Buckets>,
    running: Arc<Semaphore>,
    running_each: Occupancy<Client>,
    turns: Turns<Client>,
    /// For what is dear.
    dear: Turns<Client>,
    /// Sockets and streams.
    streams: Occupancy<Client>,
    /// Files under way, in or out.
    transfers: Arc<Semaphore>,
    transfers_each: Occupancy<Client>,
    /// Exports under way.
    exports: Arc<Semaphore>,
    exports_each: Occupancy<Client>,
    paused: Semaphore,
}

/// A request that is running. Dropped, it makes room for the next.
pub(super) struct Running {
    _turn: Turn<Client>,
    _place: OwnedSemaphorePermit,
    _own: Place<Client>,
}

/// An export that is under way. Dropped, it makes room for the next.
pub(super) struct Exporting {
    _place: OwnedSemaphorePermit,
    _own: Place<Client>,
}

/// A file that is under way. Dropped, it makes room for the next.
pub(super) struct Transfer {
    _place: OwnedSemaphorePermit,
    _own: Place<Client>,
}

impl Gate {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            buckets: Arc::new(Buckets::new(&settings.rates)),
            running: Arc::new(Semaphore::new(settings.running)),
            running_each: Occupancy::new(settings.running_each),
            turns: Turns::new(settings.working_each),
            dear: Turns::new(settings.dear_each),
            streams: Occupancy::new(settings.live.streams_each),
            transfers: Arc::new(Semaphore::new(settings.transfers)),
            transfers_each: Occupancy::new(settings.transfers_each),
            exports: Arc::new(Semaphore::new(settings.exports)),
            exports_each: Occupancy::new(1),
            paused: Semaphore::new(MOST_PAUSED),
        }
    }

    /// Counts a request of a client, and opens the account for what it will ask for.
    pub(super) async fn admit(&self, client: &Client) -> Result<Arc<Account>, (Arc<Account>, Failure)> {
        let account = Arc::new(Account::new(&self.buckets, client.clone(), &self.dear));
        match account.request() {
            Ok(()) => Ok(account),
            Err(wait) => {
                if let Ok(_paused) = self.paused.try_acquire() {
                    let pause = PAUSES.start + fastrand::f32() * (PAUSES.end - PAUSES.start);
                    sleep(Duration::from_secs_f32(pause)).await;
                }
                Err((account, Failure::RateLimited(wait.as_secs() + 1)))
            }
        }
    }

    /// A place for a request to run in, and then its turn: a client's requests wait for its own others, not for those of other
    /// clients, so that nobody's burst takes all the connections to the database.
    pub(super) async fn run(&self, client: &Client) -> Result<Running, Failure> {
        let own = self.running_each.enter(client).ok_or(Failure::RateLimited(1))?;
        let place = Arc::clone(&self.running).try_acquire_owned().map_err(|_| Failure::Busy)?;
        let turn = self.turns.wait(client).await;
        Ok(Running { _turn: turn, _place: place, _own: own })
    }

    /// A place for a socket or a stream.
    pub(super) fn stream(&self, client: &Client) -> Option<Place<Client>> {
        self.streams.enter(client)
    }

    /// A place for a file. It takes as long as its client, so that it has places of its own, and takes none of a request's.
    pub(super) fn transfer(&self, client: &Client) -> Result<Transfer, Failure> {
        let own = self.transfers_each.enter(client).ok_or(Failure::TooManyTransfers)?;
        let place = Arc::clone(&self.transfers).try_acquire_owned().map_err(|_| Failure::Busy)?;
        Ok(Transfer { _place: place, _own: own })
    }

    /// A place for an export: one for each client, since it takes long.
    pub(super) fn export(&self, client: &Client) -> Result<Exporting, Failure> {
        let own = self.exports_each.enter(client).ok_or(Failure::OneExport)?;
        let place = Arc::clone(&self.exports).try_acquire_owned().map_err(|_| Failure::Busy)?;
        Ok(Exporting { _place: place, _own: own })
    }

    pub(super) fn forget_idle(&self) {
        self.buckets.forget_idle();
    }
}

/// How many places each of many takes at once.
#[derive(Clone)]
pub(super) struct Occupancy<K> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    most: usize,
}

/// One place. Dropped, it is free again.
pub(super) struct Place<K: Eq + Hash> {
    of: K,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Clone + Eq + Hash> Occupancy<K> {
    pub(super) fn new(most: usize) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// A place, unless this one has taken as many as it may.
    pub(super) fn enter(&self, of: &K) -> Option<Place<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(of.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { of: of.clone(), taken: Arc::clone(&self.taken) })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_each_ones_own_and_come_back() {
        let places = Occupancy::new(2);
        let (first, _second) = (places.enter(&"a").unwrap(), places.enter(&"a").unwrap());
        assert!(places.enter(&"a").is_none());
        assert!(places.enter(&"b").is_some());
        drop(first);
        assert!(places.enter(&"a").is_some());
        assert_eq!(places.taken.lock().unwrap().len(), 1, "who holds no place takes no room");
    }

    #[tokio::test]
    async fn a_full_house_is_told_apart_from_a_greedy_client() {
        let gate = Gate::new(&Settings { running: 2, running_each: 1, ..Settings::default() });
        let client = |name: &str| Client::Principal("issuer".into(), name.into());
        let _first = gate.run(&client("a")).await.ok().unwrap();
        assert!(matches!(gate.run(&client("a")).await, Err(Failure::RateLimited(1))));
        let second = gate.run(&client("b")).await.ok().unwrap();
        assert!(matches!(gate.run(&client("c")).await, Err(Failure::Busy)));
        drop(second);
        assert!(gate.run(&client("c")).await.is_ok());
    }
}
