//! What is measured when somebody looks: the pools, the ledgers, the process.

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, Instant},
};

use metrics::{gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::metrics::{describe_gauges, names};

/// A pool of connections to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// What it is for: `read`, `write`, or `shared`; or a replica's.
    pub name: String,
    /// How many connections are open.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

/// The position of a programme's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The programme's name in addresses.
    pub slug: String,
    /// The number of its newest entry.
    pub sequence: i64,
}

/// What the database tells of itself when it is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// Its pools.
    pub pools: Vec<Pool>,
    /// The ledgers; nothing where it does not answer.
    pub ledgers: Option<Vec<Position>>,
    /// How many files wait for a scanner; nothing where it does not answer.
    pub files_waiting: Option<u64>,
    /// What webhooks are still to tell; nothing where it does not answer.
    pub webhooks: Option<Webhooks>,
}

/// What webhooks are still to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Webhooks {
    /// Entries that have not been looked through.
    pub entries: i64,
    /// Deliveries that have not been taken.
    pub pending: i64,
    /// How long the oldest of those has been due.
    pub oldest_seconds: f64,
}

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Begins to count the time that the process is up.
pub(super) fn started() -> Duration {
    STARTED.elapsed()
}

/// The text for what was measured. Each time a recorder of its own, so that what is no longer there is not told again.
pub(super) fn text(measured: &Measured) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe_gauges();
        for pool in &measured.pools {
            gauge!(names::POOL_OPEN, "pool" => pool.name.clone()).set(pool.open);
            gauge!(names::POOL_IDLE, "pool" => pool.name.clone()).set(pool.idle);
            gauge!(names::POOL_MOST, "pool" => pool.name.clone()).set(pool.most);
        }
        gauge!(names::DATABASE_UP).set(if measured.ledgers.is_some() { 1.0 } else { 0.0 });
        if let Some(ledgers) = &measured.ledgers {
            gauge!(names::PROGRAMMES).set(ledgers.len() as f64);
            for ledger in ledgers {
                gauge!(names::LEDGER, "programme" => ledger.slug.clone()).set(ledger.sequence as f64);
            }
        }
        if let Some(waiting) = measured.files_waiting {
            gauge!(names::FILES_WAITING).set(waiting as f64);
        }
        if let Some(webhooks) = measured.webhooks {
            gauge!(names::WEBHOOK_ENTRIES).set(webhooks.entries as f64);
            gauge!(names::WEBHOOK_PENDING).set(webhooks.pending as f64);
            gauge!(names::WEBHOOK_OLDEST).set(webhooks.oldest_seconds);
        }
        if let Some(bytes) = resident_bytes() {
            gauge!(names::MEMORY).set(bytes as f64);
        }
        gauge!(names::UPTIME).set(started().as_secs_f64());
        gauge!(names::BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    });
    recorder.handle().render()
}

/// The memory that the process has in the machine's, where the system tells it as Linux does. Not from `statm`, which
/// counts in pages of a size that it does not say.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
