//! The metrics: their names, what they mean, and their text for Prometheus. `docs/operations.md` has them in a table.
//!
//! What happens is counted where it happens, in one recorder for the process; what is, is measured when somebody looks
//! ([`super::gauges`]).

use std::{sync::LazyLock, time::Duration};

use chrono::{DateTime, Utc};
use metrics::{Gauge, Unit, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use super::gauges::{self, Measured};

/// The names of all metrics.
pub mod names {
    #![expect(missing_docs, reason = "their descriptions are beside, as Prometheus gets them")]

    pub const REQUESTS: &str = "golden_thread_requests_total";
    pub const DURATION: &str = "golden_thread_request_duration_seconds";
    pub const STATEMENTS: &str = "golden_thread_request_statements";
    pub const READS: &str = "golden_thread_reads_total";
    pub const SUBSCRIPTIONS: &str = "golden_thread_subscriptions_running";
    pub const CONNECTIONS: &str = "golden_thread_listeners_connected";
    pub const DELIVERY: &str = "golden_thread_subscription_delivery_delay_seconds";
    pub const UPLOADS: &str = "golden_thread_file_uploads_total";
    pub const DOWNLOADS: &str = "golden_thread_file_downloads_total";
    pub const FILE_BYTES: &str = "golden_thread_file_bytes_total";
    pub const EXPORTS_RUNNING: &str = "golden_thread_exports_running";
    pub const EXPORTS: &str = "golden_thread_exports_total";
    pub const EXPORTED: &str = "golden_thread_exported_things_total";
    pub const FILES_WAITING: &str = "golden_thread_files_waiting_for_scan";
    pub const WEBHOOK_ATTEMPTS: &str = "golden_thread_webhook_attempts_total";
    pub const WEBHOOK_SECONDS: &str = "golden_thread_webhook_attempt_duration_seconds";
    pub const WEBHOOK_ENTRIES: &str = "golden_thread_webhook_entries_behind";
    pub const WEBHOOK_PENDING: &str = "golden_thread_webhook_deliveries_pending";
    pub const WEBHOOK_OLDEST: &str = "golden_thread_webhook_oldest_pending_seconds";
    pub const POOL_OPEN: &str = "golden_thread_database_pool_connections";
    pub const POOL_IDLE: &str = "golden_thread_database_pool_connections_idle";
    pub const POOL_MOST: &str = "golden_thread_database_pool_connections_max";
    pub const DATABASE_UP: &str = "golden_thread_database_up";
    pub const PROGRAMMES: &str = "golden_thread_programmes";
    pub const LEDGER: &str = "golden_thread_ledger_position";
    pub const MEMORY: &str = "golden_thread_process_resident_memory_bytes";
    pub const UPTIME: &str = "golden_thread_process_uptime_seconds";
    pub const BUILD: &str = "golden_thread_build_info";
}

/// Bounds in seconds: a query from the cache of the database takes a few milliseconds, the longest may take 20 seconds.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 20.0];
/// Bounds in statements: a dashboard takes some ten.
const STATEMENTS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
/// Bounds in seconds from a change to a listener's news of it.
const DELAYS: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0];
/// How often samples are put into their buckets; until then each takes room of its own.
const UPKEEP: Duration = Duration::from_secs(5);

static HANDLE: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    gauges::started();
    let recorder = recorder().unwrap_or_else(|_| PrometheusBuilder::new().build_recorder());
    let handle = recorder.handle();
    // Where a program that hosts this one has set its own, it gets our numbers, and our text has none.
    if metrics::set_global_recorder(recorder).is_ok() {
        describe();
    }
    handle
});

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let of = |name: &str| Matcher::Full(name.to_owned());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(of(names::DURATION), &SECONDS)?
        .set_buckets_for_metric(of(names::STATEMENTS), &STATEMENTS)?
        .set_buckets_for_metric(of(names::DELIVERY), &DELAYS)?
        .set_buckets_for_metric(of(names::WEBHOOK_SECONDS), &SECONDS)?;
    Ok(builder.build_recorder())
}

fn describe() {
    describe_counter!(
        names::REQUESTS,
        "Requests to the API, by operation, its type, and how they ended: ok, refused, or the code of the first error"
    );
    describe_histogram!(
        names::DURATION,
        Unit::Seconds,
        "From the head of a request to the head of its answer, by operation and its type"
    );
    describe_histogram!(
        names::STATEMENTS,
        Unit::Count,
        "SQL statements that a request read with, by operation and its type"
    );
    describe_counter!(
        names::READS,
        "Queries where there are replicas, by the database that read them, and why it did"
    );
    describe_gauge!(names::SUBSCRIPTIONS, Unit::Count, "Subscriptions that run, by transport");
    describe_gauge!(names::CONNECTIONS, Unit::Count, "Connections open for subscriptions, by transport");
    describe_histogram!(
        names::DELIVERY,
        Unit::Seconds,
        "From the time of an entry of the ledger until a listener was sent it"
    );
    describe_counter!(names::UPLOADS, "Files that were sent, by how it ended: ok, or why they were not kept");
    describe_counter!(
        names::DOWNLOADS,
        "Files that were asked for, by how it went: ok, or why they were not handed out"
    );
    describe_counter!(
        names::FILE_BYTES,
        Unit::Bytes,
        "Bytes of files that came in and were kept, or went out, by direction: in or out"
    );
    describe_gauge!(names::EXPORTS_RUNNING, Unit::Count, "Exports that are under way");
    describe_counter!(
        names::EXPORTS,
        "Exports that have ended, by how: ok, gone where the client went away, or the code of the error that broke it off"
    );
    describe_counter!(names::EXPORTED, "Things that exports have written");
    describe_counter!(
        names::WEBHOOK_ATTEMPTS,
        "Attempts to deliver webhooks, by how they ended: delivered, refused, failed, or why there was no answer"
    );
    describe_histogram!(
        names::WEBHOOK_SECONDS,
        Unit::Seconds,
        "From the beginning of an attempt to deliver a webhook to its end"
    );
}

/// Describes what is measured when somebody looks.
pub(super) fn describe_gauges() {
    describe_gauge!(names::POOL_OPEN, Unit::Count, "Open connections to the database, by pool");
    describe_gauge!(
        names::POOL_IDLE,
        Unit::Count,
        "Open connections to the database that nobody uses, by pool"
    );
    describe_gauge!(names::POOL_MOST, Unit::Count, "Connections to the database that there may be, by pool");
    describe_gauge!(
        names::DATABASE_UP,
        Unit::Count,
        "Whether the database answered when this was asked: 1 or 0"
    );
    describe_gauge!(names::PROGRAMMES, Unit::Count, "Programmes in the database");
    describe_gauge!(names::LEDGER, Unit::Count, "The number of the newest entry of a programme's ledger");
    describe_gauge!(
        names::FILES_WAITING,
        Unit::Count,
        "Files that no scanner has looked at; where there is a scanner, they are not handed out"
    );
    describe_gauge!(
        names::WEBHOOK_ENTRIES,
        Unit::Count,
        "Entries of ledgers that have not been looked through for webhooks, over all enabled endpoints"
    );
    describe_gauge!(
        names::WEBHOOK_PENDING,
        Unit::Count,
        "Deliveries of webhooks that enabled endpoints have not taken"
    );
    describe_gauge!(
        names::WEBHOOK_OLDEST,
        Unit::Seconds,
        "For how long the oldest of those has been tried, or been due where it was not tried yet; 0 where there is none"
    );
    describe_gauge!(names::MEMORY, Unit::Bytes, "The memory that the process holds");
    describe_gauge!(names::UPTIME, Unit::Seconds, "How long the process has been running");
    describe_gauge!(names::BUILD, Unit::Count, "Always 1; the version of the program is a label");
}

/// Begins to record. Everything here does so by itself; a second time is nothing.
pub(super) fn start() {
    LazyLock::force(&HANDLE);
}

/// Keeps the recorder small as long as it is polled. Whoever serves runs this beside it.
pub async fn upkeep() {
    let mut due = tokio::time::interval(UPKEEP);
    loop {
        due.tick().await;
        HANDLE.run_upkeep();
    }
}

/// All metrics, in the text format of Prometheus.
pub fn text(measured: &Measured) -> String {
    let mut text = HANDLE.render();
    text.push_str(&gauges::text(measured));
    text
}

/// A subscription that runs, or a connection that is open for some: it counts as long as this value lives.
#[must_use = "it counts as long as it lives"]
#[derive(Debug)]
pub struct Listening(Gauge);

impl Listening {
    /// A subscription begins, over `websocket` or `sse`.
    pub fn begin(transport: &'static str) -> Self {
        Self::count(names::SUBSCRIPTIONS, transport)
    }

    /// A connection for subscriptions is opened, over `websocket` or `sse`.
    pub fn connect(transport: &'static str) -> Self {
        Self::count(names::CONNECTIONS, transport)
    }

    fn count(name: &'static str, transport: &'static str) -> Self {
        start();
        let running = gauge!(name, "transport" => transport);
        running.increment(1.0);
        Self(running)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// A listener was sent, `now`, the entry that was made `at`.
pub fn delivered(at: DateTime<Utc>, now: DateTime<Utc>) {
    static DELAYS: LazyLock<metrics::Histogram> = LazyLock::new(|| {
        start();
        histogram!(names::DELIVERY)
    });
    // Clocks of two replicas may differ: an entry is never from the future.
    DELAYS.record((now - at).to_std().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::gauges::{Pool, Position, Webhooks};

    fn value(text: &str, series: &str) -> Option<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map(|value| value.parse().unwrap())
    }

    #[test]
    fn what_runs_counts_as_long_as_it_lives() {
        let series = "golden_thread_subscriptions_running{transport=\"test\"}";
        let open = "golden_thread_listeners_connected{transport=\"test\"}";
        let now = || {
            let text = text(&Measured::default());
            (value(&text, series), value(&text, open))
        };
        assert_eq!(now(), (None, None));
        let connected = Listening::connect("test");
        let (one, two) = (Listening::begin("test"), Listening::begin("test"));
        assert_eq!(now(), (Some(2.0), Some(1.0)));
        drop((one, connected));
        assert_eq!(now(), (Some(1.0), Some(0.0)));
        drop(two);
        assert_eq!(now(), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn a_delay_is_never_negative_and_lands_in_its_bucket() {
        let at: DateTime<Utc> = "2018-12-10T09:00:00Z".parse().unwrap();
        delivered(at, at + chrono::TimeDelta::milliseconds(300));
        delivered(at, at - chrono::TimeDelta::seconds(9));
        let text = text(&Measured::default());
        let bucket = |le: &str| value(&text, &format!("{}_bucket{{le=\"{le}\"}}", names::DELIVERY));
        assert_eq!((bucket("0.01"), bucket("0.25"), bucket("0.5")), (Some(1.0), Some(1.0), Some(2.0)));
    }

    #[test]
    fn a_database_that_is_away_takes_only_its_own_with_it() {
        let pool = Pool { name: "shared".to_owned(), open: 3, idle: 2, most: 16 };
        let ledgers = vec![Position { slug: "buckinghamshire".into(), sequence: 512 }];
        let there = text(&Measured {
            pools: vec![pool.clone()],
            ledgers: Some(ledgers),
            files_waiting: Some(3),
            webhooks: None,
        });
        assert_eq!(
            value(&there, "golden_thread_ledger_position{programme=\"buckinghamshire\"}"),
            Some(512.0)
        );
        assert_eq!(value(&there, "golden_thread_programmes"), Some(1.0));
        assert_eq!(value(&there, "golden_thread_database_up"), Some(1.0));
        assert_eq!(value(&there, "golden_thread_files_waiting_for_scan"), Some(3.0));
        let away = text(&Measured { pools: vec![pool], ..Measured::default() });
        assert!(
            !away.contains("golden_thread_ledger_position{")
                && !away.contains("golden_thread_programmes ")
                && !away.contains("golden_thread_files_waiting_for_scan ")
        );
        assert_eq!(value(&away, "golden_thread_database_up"), Some(0.0));
        assert_eq!(value(&away, "golden_thread_database_pool_connections{pool=\"shared\"}"), Some(3.0));
        let version = format!("golden_thread_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        assert_eq!(value(&away, &version), Some(1.0));
        assert!(value(&away, "golden_thread_process_uptime_seconds").is_some());
        #[cfg(target_os = "linux")]
        assert!(value(&away, "golden_thread_process_resident_memory_bytes").unwrap() > 1e6);
    }

    #[test]
    fn every_metric_is_described_and_documented() {
        let _listening = (Listening::begin("described"), Listening::connect("described"));
        delivered(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        crate::observe::requests::Request::default().count();
        crate::observe::reads::Reads::Current.count();
        crate::observe::files::uploaded("ok");
        crate::observe::files::downloaded("ok");
        crate::observe::files::moved_in(1);
        crate::observe::exports::Running::begin().end("ok", 1);
        crate::observe::webhooks::attempted("delivered", Duration::from_millis(1));
        let ledgers = vec![Position { slug: "a".into(), sequence: 1 }];
        let pools = vec![Pool { name: "read".to_owned(), open: 1, idle: 1, most: 1 }];
        let webhooks = Some(Webhooks { entries: 1, pending: 1, oldest_seconds: 1.0 });
        let text = text(&Measured { pools, ledgers: Some(ledgers), files_waiting: Some(0), webhooks });
        let page = include_str!("../../../docs/operations.md");
        let mut kinds = 0;
        for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
            assert!(name.starts_with("golden_thread_"), "{name}");
            assert!(text.contains(&format!("# HELP {name} ")), "{name} has no description");
            assert!(page.contains(&format!("| `{name}` |")), "{name} is not in docs/operations.md");
            kinds += 1;
        }
        assert_eq!(kinds, page.matches("| `golden_thread_").count(), "the page names what is not there");
    }
}
