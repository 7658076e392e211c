//! Traces: a span for each request, with its plan, its changes and its statements below, sent to a collector that speaks
//! OTLP over HTTP. Spans hold names and numbers, never a document, a variable, or a value.
//!
//! All spans are of [`TARGET`], which the log never takes: where nothing is sent, no span is made.

use std::time::Duration;

use http::{HeaderMap, Method};
use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Span, Subscriber, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// What all spans are filed under.
pub const TARGET: &str = "golden_thread::trace";
/// How long the collector may take for one delivery.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long what is left may take at the end.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// Where traces go.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The collector's address; `/v1/traces` is added.
    pub endpoint: String,
    /// Which part of the requests is traced whose caller does not say: from 0 to 1.
    pub sample: f64,
    /// The name of the service.
    pub service: String,
}

/// Sends traces. It keeps a thread of its own, so that a slow collector, or none, holds up no request: what it cannot
/// deliver is dropped.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn start(settings: &Settings) -> Result<Self, String> {
        let base = settings.endpoint.trim_end_matches('/');
        let is_address = base
            .parse::<http::Uri>()
            .is_ok_and(|uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https")));
        if !is_address {
            return Err("the collector's address must be like http://127.0.0.1:4318".to_owned());
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{base}/v1/traces"))
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .map_err(|_| "the client for the collector cannot be set up".to_owned())?;
        let resource = Resource::builder()
            .with_service_name(settings.service.clone())
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let ratio = Sampler::TraceIdRatioBased(settings.sample);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            .with_resource(resource.build())
            .with_batch_exporter(exporter);
        Ok(Self(provider.build()))
    }

    /// The layer that hands our spans to the sender, and nothing else.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("golden-thread"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TARGET))
    }

    /// Sends what is left, and ends. It waits, so it is not for a thread that serves.
    pub fn end(self) {
        if self.0.shutdown_with_timeout(END_TIMEOUT).is_err() {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// The span of a request, below its caller's where the header `traceparent` names one.
pub fn request(method: &Method, request_id: &str, headers: &HeaderMap) -> Span {
    let span = info_span!(
        target: TARGET,
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.response.status_code = Empty,
        graphql.operation.type = Empty,
        graphql.operation.name = Empty,
        outcome = Empty,
        statements = Empty,
        request_id,
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &Caller(headers));
        if caller.span().span_context().is_valid() {
            // It can fail only where the span goes to no collector.
            let _ = span.set_parent(caller);
        }
    }
    span
}

/// The headers of a caller. A header that is there twice says nothing.
struct Caller<'a>(&'a HeaderMap);

impl Extractor for Caller<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let mut values = self.0.get_all(key).iter();
        let first = values.next()?;
        values.next().is_none().then(|| first.to_str().ok()).flatten()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Says on the span of a request what came of it.
pub fn answered(span: &Span, of: &super::requests::Request<'_>, name: &str, status: u16) {
    if span.is_disabled() {
        return;
    }
    // Signed, because the layer makes a text of every other number.
    span.record("http.response.status_code", i64::from(status));
    span.record("outcome", of.outcome);
    if status >= 500 || of.outcome == "INTERNAL" {
        span.record("otel.status_code", "ERROR");
    }
    if let Some(statements) = of.statements {
        span.record("statements", i64::from(statements));
    }
    if of.kind != "none" {
        span.record("graphql.operation.type", of.kind);
        span.record("graphql.operation.name", name);
        // The span has begun, and its name is no field any more.
        let named = if name.is_empty() { of.kind.to_owned() } else { format!("{} {name}", of.kind) };
        span.context().span().update_name(named);
    }
}

/// The span of planning.
pub fn plan() -> Span {
    info_span!(target: TARGET, "plan")
}

/// The span of a change, from its input to its commit.
pub fn command(operation: &'static str) -> Span {
    info_span!(target: TARGET, "command", otel.name = %format_args!("command {operation}"), operation)
}

/// The span of a statement that reads from the table `of` and perhaps others.
pub fn statement(of: &'static str) -> Span {
    info_span!(
        target: TARGET,
        "statement",
        otel.name = %format_args!("read {of}"),
        otel.kind = "client",
        otel.status_code = Empty,
        db.collection.name = of,
        db.response.returned_rows = Empty,
    )
}

/// Says on the span of a statement how many rows came, or that it failed.
pub fn ran(span: &Span, rows: Option<usize>) {
    match rows {
        Some(rows) => span.record("db.response.returned_rows", i64::try_from(rows).unwrap_or(i64::MAX)),
        None => span.record("otel.status_code", "ERROR"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(endpoint: &str) -> Result<Traces, String> {
        Traces::start(&Settings { endpoint: endpoint.into(), sample: 1.0, service: "golden-thread".into() })
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in ["", "collector:4318", "ftp://collector", "/v1/traces", "http://"] {
            assert!(started(wrong).is_err(), "{wrong}");
        }
        assert!(started("http://127.0.0.1:9/").is_ok());
    }

    #[test]
    fn a_header_that_is_there_twice_says_nothing() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let mut headers = HeaderMap::new();
        headers.append("traceparent", parent.parse().unwrap());
        assert_eq!(Caller(&headers).get("traceparent"), Some(parent));
        headers.append("traceparent", parent.parse().unwrap());
        assert_eq!(Caller(&headers).get("traceparent"), None);
    }
}
