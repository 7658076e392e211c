//! What several listeners read at once is read once.
//!
//! Who is told the same asks the database the same: the same statement with the same values, the viewer's row rules among
//! them. So nothing has to be known of who may share with whom: two whose sight differs ask something else. What is shared is
//! read after the ledger has come as far as those who share it know, and they read no further than that: whatever an entry
//! tells of, its thing is read no older than the entry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::{DbErr, Statement};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::plan::Cell;

/// For how long something may be shared that was read: what no ledger of the programme tells may change meanwhile.
const LIFE: Duration = Duration::from_secs(1);

/// Rows as a statement found them: of which of the relations asked for, the key of the row above, and the values.
pub(super) type Found = Vec<(usize, Uuid, Vec<Cell>)>;

/// What was read of each programme since its ledger came as far as it is.
#[derive(Debug, Default)]
pub struct Shares(Mutex<HashMap<Uuid, Share>>);

/// What was read while a ledger had come so far.
#[derive(Debug, Clone)]
pub struct Share {
    position: i64,
    read: Arc<Mutex<HashMap<String, Answer>>>,
}

type Answer = Arc<OnceCell<Arc<Found>>>;

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shares {
    /// What those share who know that a programme's ledger has come so far.
    pub fn at(self: &Arc<Self>, programme: Uuid, position: i64) -> Share {
        let mut shares = locked(&self.0);
        if let Some(share) = shares.get(&programme).filter(|share| share.position == position) {
            return share.clone();
        }
        let share = Share { position, read: Arc::default() };
        shares.insert(programme, share.clone());
        let (all, own) = (Arc::clone(self), Arc::clone(&share.read));
        tokio::spawn(async move {
            tokio::time::sleep(LIFE).await;
            let mut shares = locked(&all.0);
            if shares.get(&programme).is_some_and(|share| Arc::ptr_eq(&share.read, &own)) {
                shares.remove(&programme);
            }
        });
        share
    }
}

impl Share {
    /// What a statement finds: of those who ask the same at once, one reads, and the others wait for that. `form` says how the
    /// values are read.
    pub(super) async fn find(
        &self,
        (statement, form): (&Statement, String),
        read: impl Future<Output = Result<Found, DbErr>>,
    ) -> Result<Arc<Found>, DbErr> {
        let key = format!("{}\n{:?}\n{form}", statement.sql, statement.values);
        let answer = Arc::clone(locked(&self.read).entry(key).or_default());
        answer.get_or_try_init(async || read.await.map(Arc::new)).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use sea_orm::DbBackend;

    use super::*;

    #[tokio::test]
    async fn the_same_is_read_once_and_what_differs_or_is_of_another_time_is_not_the_same() {
        let (shares, count) = (Arc::new(Shares::default()), AtomicUsize::new(0));
        let read = |position: i64, value: i32| {
            let share = shares.at(Uuid::nil(), position);
            let count = &count;
            async move {
                let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "SELECT ?", [value.into()]);
                let found = async {
                    tokio::task::yield_now().await;
                    count.fetch_add(1, Ordering::Relaxed);
                    Ok(vec![(0, Uuid::nil(), vec![Cell::Number(value.into())])])
                };
                share.find((&statement, String::new()), found).await.unwrap()
            }
        };

        let found = join_all([read(1, 7), read(1, 7), read(1, 8), read(2, 7), read(2, 7)]).await;

        assert_eq!(count.load(Ordering::Relaxed), 3);
        assert_eq!(found[1][0].2, [Cell::Number(7)]);
        assert_eq!(found[2][0].2, [Cell::Number(8)]);
    }

    #[tokio::test]
    async fn what_failed_is_read_again() {
        let share = Arc::new(Shares::default()).at(Uuid::nil(), 1);
        let statement = Statement::from_string(DbBackend::Sqlite, "SELECT 1");
        let failed = share.find((&statement, String::new()), async { Err(DbErr::RecordNotUpdated) }).await;
        assert!(failed.is_err());
        let found = share.find((&statement, String::new()), async { Ok(Vec::new()) }).await;
        assert!(found.unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_for_long() {
        let shares = Arc::new(Shares::default());
        shares.at(Uuid::nil(), 1);
        tokio::time::sleep(LIFE * 2).await;
        assert!(locked(&shares.0).is_empty());
    }
}
