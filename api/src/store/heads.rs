//! How far each programme's ledger has come: for those who wait for something new.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entity::ledger_head;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use uuid::Uuid;

use super::batch::Batch;
use super::db::{Db, to_the_end};
use super::sql::Sql;

/// How often the ledgers are looked at while somebody waits, unless told otherwise: others write to them too, from other
/// processes, and a word from the database may be missed.
const EVERY: Duration = Duration::from_secs(1);
/// How long not to look after a look: what comes meanwhile is found by the next, so that many changes a second cost few. The first
/// after a while is found at once.
const REST: Duration = Duration::from_millis(25);
/// How long to wait before the database is asked again to tell, after it could not be.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// The channel in which PostgreSQL tells every process that a ledger has come further.
const CHANNEL: &str = "golden_thread_ledger";

/// The number of each programme's last entry.
pub type Positions = HashMap<Uuid, i64>;

/// How far the ledger of a programme has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The programme.
    pub programme: Uuid,
    /// Its short name.
    pub slug: String,
    /// The number of its last entry; 0 where there is none yet.
    pub sequence: i64,
}

/// How far every ledger has come, by the programme's short name.
///
/// # Errors
/// The database cannot be read.
pub async fn all(db: &Db) -> Result<Vec<Head>, DbErr> {
    let sql = "SELECT p.id, p.slug, COALESCE(h.sequence, 0) FROM programme p \
               LEFT JOIN ledger_head h ON h.programme_id = p.id ORDER BY p.slug";
    let (read, statement) = (db.read.clone(), Statement::from_string(db.backend(), sql));
    let rows = to_the_end(async move { read.query_all_raw(statement).await }).await?;
    let head = |row: sea_orm::QueryResult| {
        Ok(Head {
            programme: row.try_get_by_index(0)?,
            slug: row.try_get_by_index(1)?,
            sequence: row.try_get_by_index(2)?,
        })
    };
    rows.into_iter().map(head).collect()
}

/// The number of a programme's last entry; 0 where there is none yet, or no such programme.
///
/// # Errors
/// The database cannot be read.
pub async fn of(db: &Db, programme: Uuid) -> Result<i64, DbErr> {
    let mut sql = Sql::new(db.backend());
    sql.push("SELECT sequence FROM ledger_head WHERE programme_id = ").bind(programme);
    let (read, statement) = (db.read.clone(), sql.statement());
    let row = to_the_end(async move { read.query_one_raw(statement).await }).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// Tells every process that waits that this ledger comes further, once the transaction is committed. SQLite has one process,
/// which knows.
pub(super) fn tell(last: &mut Batch, head: &ledger_head::Model) {
    last.tell(CHANNEL, format!("{} {}", head.programme_id.simple(), head.sequence));
}

/// Watches the ledgers on behalf of everybody in this process who waits: one statement a second and one for each burst of
/// changes, however many they are, and none while nobody waits. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    db: Db,
    positions: watch::Sender<Positions>,
    poke: Notify,
    is_looking: AtomicBool,
    every: Duration,
}

impl Watch {
    /// Watches the ledgers of a database, once somebody listens.
    pub fn new(db: Db) -> Self {
        Self::looking_every(db, EVERY)
    }

    /// As [`Watch::new`], looking so often where nobody says that there is something new.
    pub fn looking_every(db: Db, every: Duration) -> Self {
        let (positions, poke) = (watch::Sender::new(Positions::new()), Notify::new());
        Self(Arc::new(Shared { db, positions, poke, is_looking: AtomicBool::new(false), every }))
    }

    /// What is told whenever a ledger has come further.
    pub fn listen(&self) -> watch::Receiver<Positions> {
        let receiver = self.0.positions.subscribe();
        if !self.0.is_looking.swap(true, Ordering::SeqCst) {
            tokio::spawn(run(Arc::clone(&self.0)));
        }
        receiver
    }

    /// Something was written in this process: look at once.
    pub fn poke(&self) {
        self.0.poke.notify_one();
    }
}

async fn run(shared: Arc<Shared>) {
    match shared.db.backend() {
        DbBackend::Postgres => tokio::select! { () = look(&shared) => {}, () = hear(&shared) => {} },
        _ => look(&shared).await,
    }
}

/// Looks at the ledgers until nobody waits any more.
async fn look(shared: &Shared) {
    loop {
        match all(&shared.db).await {
            Ok(heads) => {
                let now = heads.into_iter().map(|head| (head.programme, head.sequence)).collect();
                shared.positions.send_if_modified(|before| {
                    let has_changed = *before != now;
                    *before = now;
                    has_changed
                });
            }
            // Who listens reads the ledger now and then besides, and is told there what is wrong.
            Err(_) => tracing::warn!("the heads of the ledgers cannot be read"),
        }
        if shared.positions.receiver_count() == 0 {
            shared.is_looking.store(false, Ordering::SeqCst);
            // Somebody may have come between the two lines above, and seen that a look was still going on.
            if shared.positions.receiver_count() == 0 || shared.is_looking.swap(true, Ordering::SeqCst) {
                return;
            }
        }
        tokio::time::sleep(REST.min(shared.every)).await;
        let _ = timeout(shared.every, shared.poke.notified()).await;
    }
}

/// Hears what PostgreSQL tells, by a connection of its own, and has the ledgers looked at then. What was told while there was no
/// connection is not told again: so they are looked at whenever there is a new one. Where there is none to be had, or something
/// in between does not pass on what is told, the ledgers are looked at all the same, as often as ever.
async fn hear(shared: &Shared) {
    loop {
        if let Ok(mut told) = shared.db.hear(CHANNEL).await {
            shared.poke.notify_one();
            // None: the connection was lost, and there is another already.
            while told.try_recv().await.is_ok() {
                shared.poke.notify_one();
            }
        }
        tracing::debug!("the database cannot be heard: the ledgers are looked at now and then");
        tokio::time::sleep(ASK_AGAIN).await;
    }
}
