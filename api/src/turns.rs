//! Whose turn it is: among what one client asks for, among those who change one programme.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

type Semaphores<K> = Arc<Mutex<HashMap<K, Arc<Semaphore>>>>;

/// Whose turn it is: so many things of each client are worked on at once, and the rest wait in their order.
#[derive(Clone, Debug)]
pub(crate) struct Turns<K> {
    of: Semaphores<K>,
    most: usize,
}

/// One turn. Dropped, it is the next one's.
#[derive(Debug)]
pub(crate) struct Turn<K: Eq + Hash> {
    client: K,
    permit: Option<OwnedSemaphorePermit>,
    of: Semaphores<K>,
    most: usize,
}

impl<K: Clone + Eq + Hash> Turns<K> {
    pub(crate) fn new(most: usize) -> Self {
        Self { of: Arc::default(), most }
    }

    pub(crate) async fn wait(&self, client: &K) -> Turn<K> {
        let semaphore = {
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(of.entry(client.clone()).or_insert_with(|| Arc::new(Semaphore::new(self.most))))
        };
        // It is made before the wait, so that whoever gives up waiting is forgotten like whoever is done.
        let mut turn =
            Turn { client: client.clone(), permit: None, of: Arc::clone(&self.of), most: self.most };
        // The semaphore is never closed.
        turn.permit = semaphore.acquire_owned().await.ok();
        turn
    }

    /// As [`Turns::wait`], for so long; none where the turn does not come.
    pub(crate) async fn wait_at_most(&self, client: &K, longest: Duration) -> Option<Turn<K>> {
        timeout(longest, self.wait(client)).await.ok()
    }
}

impl<K: Eq + Hash> Drop for Turn<K> {
    fn drop(&mut self) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.permit.take());
        // Held by nobody else: who waits holds it too.
        let is_idle =
            |held: &Arc<Semaphore>| Arc::strong_count(held) == 1 && held.available_permits() == self.most;
        if of.get(&self.client).is_some_and(is_idle) {
            of.remove(&self.client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clients_requests_wait_for_each_other_and_for_nobody_elses() {
        let turns = Turns::new(1);
        let (a, b) = ("a", "b");
        let first = turns.wait(&a).await;
        let mut second = std::pin::pin!(turns.wait(&a));
        assert!(futures_util::poll!(&mut second).is_pending());
        let other = turns.wait(&b).await;
        drop(first);
        let second = second.await;
        assert_eq!(turns.of.lock().unwrap().len(), 2);
        drop((second, other));
        assert!(turns.of.lock().unwrap().is_empty(), "who asks for nothing takes no room");

        // Who gives up waiting leaves nothing behind either.
        let first = turns.wait(&a).await;
        {
            let mut gives_up = std::pin::pin!(turns.wait(&a));
            assert!(futures_util::poll!(&mut gives_up).is_pending());
        }
        drop(first);
        assert!(turns.of.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_too_long_goes_away_and_the_next_comes_in_their_place() {
        let turns = Turns::new(1);
        let first = turns.wait(&"a").await;
        assert!(turns.wait_at_most(&"a", Duration::from_secs(1)).await.is_none());
        drop(first);
        assert!(turns.wait_at_most(&"a", Duration::from_secs(1)).await.is_some());
        assert!(turns.of.lock().unwrap().is_empty());
    }
}
