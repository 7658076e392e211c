//! The log: on stderr, for people or for machines.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, layer::SubscriberExt, registry::LookupSpan, util::SubscriberInitExt,
};

use crate::observe::{
    panic::log_panics,
    trace::{TARGET, Traces},
};

/// How lines of the log are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For a person at a terminal.
    Pretty,
    /// One JSON object a line, for a collector.
    Json,
}

/// Info, and from the libraries only what is wrong: their own lines could hold statements.
const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,hyper=warn,reqwest=warn,\
                              opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry-otlp=warn";

/// Starts logging, and tracing where traces are sent. A second start, in a process that hosts several, changes nothing.
pub(super) fn start(format: LogFormat, traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    // The spans of traces are not for the log, whatever it is set to.
    let filter = match format!("{TARGET}=off").parse() {
        Ok(off) => filter.add_directive(off),
        Err(_) => filter,
    };
    let registry = tracing_subscriber::registry();
    // With the filter over everything a span that nobody wants costs next to nothing; beside traces it is for the lines only.
    let _ = match traces {
        None => registry.with(filter).with(lines(format)).try_init(),
        Some(traces) => registry.with(lines(format).with_filter(filter)).with(traces.layer()).try_init(),
    };
    log_panics();
}

fn lines<S: Subscriber + for<'a> LookupSpan<'a>>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync> {
    let lines =
        tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Pretty => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    }
}
