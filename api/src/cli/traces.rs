//! Where traces go, from the command line.

use clap::Args;

use super::CliError;
use crate::observe::trace::{Settings, Traces};

/// Where traces go.
#[derive(Args, Debug, Clone)]
pub struct TraceArgs {
    /// Send traces to this OpenTelemetry collector, by OTLP over HTTP: its base address, for example
    /// http://127.0.0.1:4318. Without it nothing is traced
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,
    /// Which part of the requests to trace, from 0 to 1, where the caller's traceparent does not decide
    #[arg(long, value_name = "RATIO", env = "GOLDEN_THREAD_OTLP_SAMPLE", default_value_t = 1.0, value_parser = parse_ratio)]
    pub otlp_sample: f64,
    /// The name of the service in traces
    #[arg(long, value_name = "NAME", env = "OTEL_SERVICE_NAME", default_value = "golden-thread")]
    pub service_name: String,
}

impl TraceArgs {
    /// Begins to send traces, where that is asked for. An empty address, as a compose file passes for a variable that is
    /// not set, is none.
    pub(super) fn start(&self) -> Result<Option<Traces>, CliError> {
        let Some(endpoint) = self.otlp_endpoint.as_deref().map(str::trim).filter(|url| !url.is_empty())
        else {
            return Ok(None);
        };
        let service = match self.service_name.trim() {
            "" => "golden-thread",
            name => name,
        };
        let settings =
            Settings { endpoint: endpoint.to_owned(), sample: self.otlp_sample, service: service.to_owned() };
        Traces::start(&settings).map(Some).map_err(|why| CliError::usage(format!("--otlp-endpoint: {why}")))
    }
}

fn parse_ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| "a ratio is a number from 0 to 1, for example 0.1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_lies_between_none_and_all() {
        assert_eq!((parse_ratio("0"), parse_ratio("0.25"), parse_ratio("1")), (Ok(0.0), Ok(0.25), Ok(1.0)));
        for wrong in ["-0.1", "1.01", "NaN", "all", ""] {
            assert!(parse_ratio(wrong).is_err(), "{wrong}");
        }
    }
}
