//! Whose turn it is among the requests of one client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::client::Client;

/// Whose turn it is: so many of each client's requests are worked on at once, and the rest wait in their order.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    of: Arc<Mutex<HashMap<Client, Arc<Semaphore>>>>,
    most: usize,
}

/// The turn of one request. Dropped, it is the next one's.
#[derive(Debug)]
pub(super) struct Turn {
    client: Client,
    permit: Option<OwnedSemaphorePermit>,
    of: Arc<Mutex<HashMap<Client, Arc<Semaphore>>>>,
    most: usize,
}

impl Turns {
    pub(super) fn new(most: usize) -> Self {
        Self { of: Arc::default(), most }
    }

    pub(super) async fn wait(&self, client: &Client) -> Turn {
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
}

impl Drop for Turn {
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

    fn client(name: &str) -> Client {
        Client::Principal("issuer".into(), name.into())
    }

    #[tokio::test]
    async fn a_clients_requests_wait_for_each_other_and_for_nobody_elses() {
        let turns = Turns::new(1);
        let (a, b) = (client("a"), client("b"));
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
}
