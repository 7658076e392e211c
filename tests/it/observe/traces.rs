//! Traces, as a collector gets them: a stub that listens on the loopback address and keeps what it is sent.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use api::observe::trace::{Settings, Traces};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Held},
    trace::v1::Span,
};
use prost::Message;
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::support::{Persona, TestApp, gid, reading_both};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A collector, and a sender on this thread.
struct Tracing {
    collector: MockServer,
    traces: Traces,
    guard: DefaultGuard,
}

impl Tracing {
    async fn begin(sample: f64) -> Self {
        let collector = MockServer::start().await;
        let ok = Mock::given(matchers::method("POST")).and(matchers::path("/v1/traces"));
        let ok = ok.and(matchers::header("content-type", "application/x-protobuf"));
        ok.respond_with(ResponseTemplate::new(200)).mount(&collector).await;
        let (traces, guard) = sending(&collector.uri(), sample);
        Self { collector, traces, guard }
    }

    /// All that was sent: the spans with what the service says of itself, and the bytes.
    async fn end(self) -> (Vec<(Span, Vec<KeyValue>)>, Vec<u8>) {
        drop(self.guard);
        let traces = self.traces;
        tokio::task::spawn_blocking(|| traces.end()).await.unwrap();
        let sent = self.collector.received_requests().await.unwrap();
        let mut spans = Vec::new();
        for request in &sent {
            let decoded = ExportTraceServiceRequest::decode(request.body.as_slice()).unwrap();
            for group in decoded.resource_spans {
                let resource = group.resource.unwrap().attributes;
                let all = group.scope_spans.into_iter().flat_map(|scope| scope.spans);
                spans.extend(all.map(|span| (span, resource.clone())));
            }
        }
        (spans, sent.into_iter().flat_map(|request| request.body).collect())
    }
}

fn sending(endpoint: &str, sample: f64) -> (Traces, DefaultGuard) {
    let settings = Settings { endpoint: endpoint.to_owned(), sample, service: "golden-thread".to_owned() };
    let traces = Traces::start(&settings).unwrap();
    super::watch_everywhere();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(traces.layer()));
    (traces, guard)
}

/// The attributes in JSON.
fn attributes(of: &[KeyValue]) -> HashMap<&str, Value> {
    let value = |held: &Held| match held {
        Held::StringValue(text) => json!(text),
        Held::IntValue(number) => json!(number),
        other => json!(format!("{other:?}")),
    };
    let held = |of: &KeyValue| of.value.as_ref()?.value.as_ref().map(value);
    of.iter().filter_map(|of| Some((of.key.as_str(), held(of)?))).collect()
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn ask(app: &TestApp, document: &str, variables: Value, traceparent: Option<&str>) {
    let mut request = http::Request::post("/graphql").header("x-request-id", "traced-1");
    if let Some(parent) = traceparent {
        request = request.header("traceparent", parent);
    }
    let body = json!({ "query": document, "variables": variables });
    let answer = app.send(Persona::ProgrammeOffice, &body, request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

const DASHBOARD: &str = "query Dashboard($text: String!) {
    programme(slug: \"northshire\") { actions(filter: { text: { contains: $text } }) { nodes { aim } } }
    programmes { totalCount }
}";

#[tokio::test]
async fn a_query_is_one_tree_under_its_caller() {
    reading_both(async |app| {
        ask(app, DASHBOARD, json!({ "text": "whisper" }), None).await;
        let tracing = Tracing::begin(0.0).await;
        // The caller has decided that it is traced, whatever our own part of all would be.
        let parent = format!("00-{TRACE}-{CALLER}-01");
        ask(app, DASHBOARD, json!({ "text": "whisper" }), Some(&parent)).await;
        let (spans, bytes) = tracing.end().await;

        let (root, resource) = spans.iter().find(|(span, _)| span.name == "query Dashboard").unwrap();
        assert_eq!((hex(&root.trace_id), hex(&root.parent_span_id)), (TRACE.to_owned(), CALLER.to_owned()));
        assert_eq!(attributes(resource)["service.name"], "golden-thread");
        let about = attributes(&root.attributes);
        assert_eq!(about["http.request.method"], "POST");
        assert_eq!(about["http.response.status_code"], 200);
        assert_eq!(
            (&about["graphql.operation.type"], &about["graphql.operation.name"]),
            (&json!("query"), &json!("Dashboard"))
        );
        assert_eq!((&about["outcome"], &about["request_id"]), (&json!("ok"), &json!("traced-1")));

        let below: Vec<&Span> = spans.iter().map(|(span, _)| span).filter(|span| *span != root).collect();
        assert!(
            below.iter().all(|span| span.parent_span_id == root.span_id && span.trace_id == root.trace_id)
        );
        let mut names: Vec<&str> = below.iter().map(|span| span.name.as_str()).collect();
        names.sort_unstable();
        // On PostgreSQL who asks, and both lists of programmes, are one statement.
        let (first, expected): (&str, &[&str]) = if app.is_postgres() {
            ("programme", &["plan", "read action", "read programme"])
        } else {
            ("membership", &["plan", "read action", "read membership", "read programme", "read programme"])
        };
        assert_eq!(names, expected);
        assert_eq!(about["statements"], app.takes(4, 3));
        let first_read = below.iter().find(|span| span.name == format!("read {first}")).unwrap();
        let about = attributes(&first_read.attributes);
        assert_eq!(about["db.collection.name"], first);
        assert!(about["db.response.returned_rows"].as_i64().unwrap() >= 1, "{about:?}");

        let sent = String::from_utf8_lossy(&bytes);
        for said in ["whisper", "SELECT", "northshire", "programme-office", "contains"] {
            assert!(!sent.contains(said), "{said}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_is_a_span_with_its_mutation() {
    reading_both(async |app| {
        let tracing = Tracing::begin(1.0).await;
        let input =
            json!({ "id": gid("act", uuid::Uuid::now_v7()), "expectedVersion": 1, "reason": "whisper" });
        let document = "mutation Undo($input: ActionWithdrawInput!) {
            actionWithdraw(input: $input) { userErrors { code } } }";
        ask(app, document, json!({ "input": input }), None).await;
        let (spans, bytes) = tracing.end().await;
        let find = |name: &str| spans.iter().map(|(span, _)| span).find(|span| span.name == name).unwrap();
        let (root, command) = (find("mutation Undo"), find("command actionWithdraw"));
        assert!(root.parent_span_id.is_empty());
        assert_eq!(command.parent_span_id, root.span_id);
        assert_eq!(find("plan").parent_span_id, root.span_id);
        assert_eq!(attributes(&root.attributes)["outcome"], "refused");
        assert!(!String::from_utf8_lossy(&bytes).contains("whisper"));
    })
    .await;
}

#[tokio::test]
async fn who_decides_what_is_traced() {
    reading_both(async |app| {
        let asked = async |sample: f64, parent: Option<&str>| {
            let tracing = Tracing::begin(sample).await;
            ask(app, "query Asked { viewer { subject } }", json!({}), parent).await;
            tracing.end().await.0.into_iter().map(|(span, _)| span).find(|span| span.name == "query Asked")
        };
        assert!(asked(1.0, None).await.is_some());
        assert!(asked(0.0, None).await.is_none());
        let not_by_the_caller = format!("00-{TRACE}-{CALLER}-00");
        assert!(asked(1.0, Some(&not_by_the_caller)).await.is_none());
        for broken in ["", "00-whisper", &format!("00-{}-{CALLER}-01", "0".repeat(32))] {
            let span = asked(1.0, Some(broken)).await.unwrap();
            assert!(span.parent_span_id.is_empty() && hex(&span.trace_id) != TRACE);
        }
    })
    .await;
}

#[tokio::test]
async fn a_collector_that_is_away_disturbs_nobody() {
    reading_both(async |app| {
        // A port that was free a moment ago, and that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (traces, guard) = sending(&format!("http://{port}"), 1.0);
        for _ in 0..50 {
            ask(app, "query Asked { viewer { subject } }", json!({}), None).await;
        }
        drop(guard);
        let began = Instant::now();
        tokio::task::spawn_blocking(|| traces.end()).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(10));
    })
    .await;
}
