//! Requests by operation. The number of series is bounded whatever clients send: names that they choose are taken over only
//! as long as there are few.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
    time::Duration,
};

use metrics::{Counter, Histogram, counter, histogram};

use super::metrics::{names, start};

/// How many names of operations each type has in the metrics. More is a client that makes them up.
const MOST_NAMES: usize = 200;
/// The longest name that is taken over, in bytes.
const LONGEST_NAME: usize = 100;
/// What stands for all further names.
pub const OTHER: &str = "other";

/// What a request came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The type of its operation: `query`, `mutation`, `subscription`, or `none`.
    pub kind: &'static str,
    /// The operation: the field of the schema for a mutation, else the name that the client gave it, or nothing.
    pub operation: &'a str,
    /// How it ended: `ok`, `refused`, or the code of the first error.
    pub outcome: &'static str,
    /// How many statements it read with, if it was run.
    pub statements: Option<u32>,
    /// How long it took.
    pub took: Duration,
}

/// The metrics of one operation. They are looked up by name once, not for each request.
struct Series {
    kind: &'static str,
    operation: String,
    duration: Histogram,
    statements: Histogram,
    /// By outcome, of which there are few.
    outcomes: RwLock<Vec<(&'static str, Counter)>>,
}

/// The operations seen so far, of one type each.
#[derive(Default)]
struct Seen(RwLock<HashMap<String, Arc<Series>>>);

#[derive(Default)]
struct All {
    queries: Seen,
    mutations: Seen,
    subscriptions: Seen,
    none: Seen,
}

static ALL: LazyLock<All> = LazyLock::new(|| {
    start();
    All::default()
});

impl Request<'_> {
    /// Counts it.
    pub fn count(&self) {
        let seen = match self.kind {
            "query" => &ALL.queries,
            "mutation" => &ALL.mutations,
            "subscription" => &ALL.subscriptions,
            _ => &ALL.none,
        };
        let series = seen.series(self.kind, self.operation);
        series.duration.record(self.took);
        if let Some(statements) = self.statements {
            series.statements.record(statements);
        }
        series.count(self.outcome);
    }
}

impl Seen {
    fn series(&self, kind: &'static str, operation: &str) -> Arc<Series> {
        {
            let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let other = || seen.get(OTHER).filter(|_| seen.len() >= MOST_NAMES);
            if let Some(series) = seen.get(operation).or_else(other) {
                return Arc::clone(series);
            }
        }
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_one_more = seen.len() < MOST_NAMES && operation.len() <= LONGEST_NAME;
        let name = if is_one_more { operation } else { OTHER };
        Arc::clone(seen.entry(name.to_owned()).or_insert_with(|| Arc::new(Series::new(kind, name))))
    }
}

impl Series {
    fn new(kind: &'static str, operation: &str) -> Self {
        let labels = || [("type", kind.to_owned()), ("operation", operation.to_owned())];
        Self {
            kind,
            operation: operation.to_owned(),
            duration: histogram!(names::DURATION, &labels()),
            statements: histogram!(names::STATEMENTS, &labels()),
            outcomes: RwLock::default(),
        }
    }

    fn count(&self, outcome: &'static str) {
        let known = |outcomes: &[(&'static str, Counter)]| {
            let found = outcomes.iter().find(|(of, _)| *of == outcome);
            found.inspect(|(_, counter)| counter.increment(1)).is_some()
        };
        if known(&self.outcomes.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut outcomes = self.outcomes.write().unwrap_or_else(PoisonError::into_inner);
        if known(&outcomes) {
            return;
        }
        let labels = [
            ("type", self.kind.to_owned()),
            ("operation", self.operation.clone()),
            ("outcome", outcome.to_owned()),
        ];
        let counter = counter!(names::REQUESTS, &labels);
        counter.increment(1);
        outcomes.push((outcome, counter));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{gauges::Measured, metrics::text};

    #[test]
    fn a_request_is_counted_once_with_its_time_and_statements() {
        let request = Request {
            kind: "mutation",
            operation: "testAlone",
            outcome: "ok",
            statements: Some(3),
            took: Duration::from_millis(7),
        };
        request.count();
        Request { outcome: "refused", statements: None, ..request }.count();
        request.count();
        let text = text(&Measured::default());
        let has = |line: &str| assert!(text.lines().any(|of| of == line), "{line}");
        let labels = "type=\"mutation\",operation=\"testAlone\"";
        has(&format!("golden_thread_requests_total{{{labels},outcome=\"ok\"}} 2"));
        has(&format!("golden_thread_requests_total{{{labels},outcome=\"refused\"}} 1"));
        has(&format!("golden_thread_request_duration_seconds_bucket{{{labels},le=\"0.005\"}} 0"));
        has(&format!("golden_thread_request_duration_seconds_bucket{{{labels},le=\"0.01\"}} 3"));
        has(&format!("golden_thread_request_statements_count{{{labels}}} 2"));
        has(&format!("golden_thread_request_statements_sum{{{labels}}} 6"));
    }

    #[test]
    fn names_that_clients_make_up_stay_few() {
        let seen = Seen::default();
        start();
        let first = seen.series("query", "First");
        assert_eq!(first.operation, "First");
        let long = "x".repeat(LONGEST_NAME + 1);
        assert_eq!(seen.series("query", &long).operation, OTHER);
        for number in 0..MOST_NAMES * 5 {
            seen.series("query", &format!("Made{number}"));
        }
        assert!(seen.0.read().unwrap().len() <= MOST_NAMES + 1);
        assert_eq!(seen.series("query", "Later").operation, OTHER);
        assert!(Arc::ptr_eq(&seen.series("query", "First"), &first));
    }
}
