//! Read replicas: standbys of a PostgreSQL database that carry a part of the reading (`docs/adr/0027-read-replicas.md`).
//!
//! A replica is a help and no need: one that is away, slow or has no connection left is passed over, and the primary reads
//! instead. Whether it has what a request needs is for `store::read` to find out.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement};
use tokio::time::{sleep, timeout};

use super::pools::pool;
use super::{Db, DbError, Line, Pool, Trouble, connect, to_the_end};
use crate::observe::gauges;

/// How long one may take to say that it is there: it may have to make a connection first.
const HELLO: Duration = Duration::from_secs(2);
/// How long one is left alone that was away, before it is asked again whether it is there.
const REST: Duration = Duration::from_secs(2);
/// How many marks are remembered of each. They are 32 bytes, one for each viewer as long as nothing changes for them.
const MOST_MARKS: usize = 10_000;

/// The replicas of a database.
#[derive(Default)]
pub(super) struct Replicas {
    each: Vec<Arc<Replica>>,
    turn: AtomicUsize,
}

/// One of them.
pub(crate) struct Replica {
    /// Where it is, for people to read.
    place: String,
    connections: DatabaseConnection,
    is_away: AtomicBool,
    seen: Arc<Seen>,
}

/// The marks that a replica was seen to have come to, in the present stretch of its life. It never goes back: as long as the
/// primary has the same, so has the replica, and nobody need ask it again.
///
/// A server that was set up anew from an older copy is another, though it has the same address. So what was seen is forgotten
/// with every new connection, and what was asked for before that is not noted after it.
#[derive(Default)]
struct Seen(Mutex<(u64, HashSet<[u8; 32]>)>);

impl Seen {
    fn locked(&self) -> MutexGuard<'_, (u64, HashSet<[u8; 32]>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        let mut seen = self.locked();
        seen.0 += 1;
        seen.1.clear();
    }

    fn note(&self, stretch: u64, mark: [u8; 32]) {
        let mut seen = self.locked();
        if seen.0 == stretch {
            if seen.1.len() >= MOST_MARKS {
                seen.1.clear();
            }
            seen.1.insert(mark);
        }
    }
}

impl Db {
    /// The same with read replicas, at these addresses of PostgreSQL. One that is away may come later.
    pub async fn with_replicas(self, urls: &[String], settings: &Pool) -> Result<Self, DbError> {
        let mut each = Vec::new();
        for url in urls {
            let seen = Arc::new(Seen::default());
            let forgetting = Arc::clone(&seen);
            let (place, connections) = connect::replica(url, settings, move || forgetting.forget()).await?;
            let replica = Arc::new(Replica { place, connections, is_away: AtomicBool::new(false), seen });
            if replica.is_there().await {
                tracing::info!(replica = replica.place, "reading from a replica, where it is not behind");
            } else {
                replica.set_aside();
            }
            each.push(replica);
        }
        Ok(Self { replicas: Arc::new(Replicas { each, turn: AtomicUsize::default() }), ..self })
    }

    /// Whether there are any replicas.
    pub fn has_replicas(&self) -> bool {
        !self.replicas.each.is_empty()
    }

    /// How the replicas are, in a word or two.
    pub fn replicas(&self) -> &'static str {
        let away = self.replicas.each.iter().filter(|replica| replica.is_away()).count();
        match (self.replicas.each.len(), away) {
            (0, _) => "none",
            (_, 0) => "reachable",
            (all, away) if all == away => "away",
            _ => "some away",
        }
    }

    /// The replica whose turn it is, of those that are not away.
    pub(crate) fn replica(&self) -> Option<&Arc<Replica>> {
        let Replicas { each, turn } = &*self.replicas;
        let first = turn.fetch_add(1, Ordering::Relaxed);
        (0..each.len())
            .filter_map(|next| each.get(first.wrapping_add(next) % each.len()))
            .find(|replica| !replica.is_away())
    }

    /// The pools of the replicas as they are.
    pub(super) fn pools_of_replicas(&self) -> impl Iterator<Item = gauges::Pool> {
        let each = &self.replicas.each;
        each.iter().enumerate().map(|(index, replica)| {
            let name = if each.len() == 1 { "replica".to_owned() } else { format!("replica {}", index + 1) };
            pool(name, &replica.connections)
        })
    }

    pub(super) async fn close_replicas(&self) -> Result<(), DbErr> {
        for replica in &self.replicas.each {
            replica.connections.close_by_ref().await?;
        }
        Ok(())
    }
}

impl Replica {
    fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }

    /// Whether all of its connections are in use: to wait for one takes longer than to ask the primary.
    pub(crate) fn is_busy(&self) -> bool {
        let pool = self.connections.get_postgres_connection_pool();
        pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
    }

    /// Whether it was seen to have come to this mark.
    pub(crate) fn was_at(&self, mark: &[u8; 32]) -> bool {
        self.seen.locked().1.contains(mark)
    }

    /// The present stretch of its life, for [`Replica::has_come_to`].
    pub(crate) fn stretch(&self) -> u64 {
        self.seen.locked().0
    }

    /// Notes that it had come to this mark when it was asked, in that stretch of its life.
    pub(crate) fn has_come_to(&self, stretch: u64, mark: [u8; 32]) {
        self.seen.note(stretch, mark);
    }

    /// A line to it.
    pub(crate) fn line(&self) -> Line {
        Line::new(self.connections.clone())
    }

    /// What it finds, asked through a line to it, within that time; none where the primary is to be asked. A statement that is not
    /// waited for goes on to its end, as all do.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        line: &Line,
        statement: Statement,
        within: Duration,
    ) -> Option<Vec<QueryResult>> {
        let Ok(answer) = timeout(within, line.ask(statement)).await else {
            // Slow, or gone without a word: the next request asks it how far it has come, and does not wait for long.
            self.seen.forget();
            return None;
        };
        match answer {
            Ok(rows) => return Some(rows),
            Err(fault) if matches!(Trouble::of(&fault), Trouble::Away | Trouble::Lost) => self.set_aside(),
            // What stands in the way of replaying is ended there, and a schema may be a migration behind. If the statement
            // itself is at fault, the primary will say so.
            Err(fault) => {
                tracing::debug!(fault = %super::described(&fault), replica = self.place, "asked the primary instead");
            }
        }
        None
    }

    /// Lets the primary read what it would have read, until it is there again.
    pub(crate) fn set_aside(self: &Arc<Self>) {
        self.seen.forget();
        if !self.is_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(replica = self.place, "a replica is away: the primary reads in its place");
            tokio::spawn(come_back(Arc::downgrade(self)));
        }
    }

    async fn is_there(&self) -> bool {
        let connections = self.connections.clone();
        let hello = Statement::from_string(DbBackend::Postgres, "SELECT 1");
        let asked = to_the_end(async move { connections.query_one_raw(hello).await });
        timeout(HELLO, asked).await.is_ok_and(|answer| answer.is_ok())
    }
}

/// Asks one that is away now and then, until it is there again, or nobody needs it any more.
async fn come_back(replica: Weak<Replica>) {
    loop {
        sleep(REST).await;
        let Some(replica) = replica.upgrade() else { return };
        if replica.is_there().await {
            replica.is_away.store(false, Ordering::Relaxed);
            tracing::info!(replica = replica.place, "a replica is there again");
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_forgotten_with_a_new_connection_and_not_noted_after_it() {
        let seen = Seen::default();
        let has = |mark: u8| seen.locked().1.contains(&[mark; 32]);
        let stretch = || seen.locked().0;
        let first = stretch();
        seen.note(first, [1; 32]);
        assert!(has(1) && !has(2));
        seen.forget();
        assert!(!has(1));
        seen.note(first, [1; 32]);
        assert!(!has(1), "it was asked before the new connection");
        seen.note(stretch(), [2; 32]);
        assert!(has(2));
    }

    #[test]
    fn a_bounded_number_of_marks_is_remembered() {
        let seen = Seen::default();
        for number in 0..=MOST_MARKS as u64 {
            let mut mark = [0; 32];
            mark[..8].copy_from_slice(&number.to_be_bytes());
            seen.note(0, mark);
        }
        assert!(seen.locked().1.len() <= MOST_MARKS);
    }
}
