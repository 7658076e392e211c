//! The service as those see it who watch over it: the address for metrics, the way to its end, and the traces that it leaves.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::support::{golden_thread, printed, sqlite};

/// One process, which ends with the test.
struct Service {
    process: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Service {
    fn start(url: &str, more: &[&str]) -> Service {
        let arguments = ["serve", "--bind", "127.0.0.1:0", "--database-url", url, "--log", "json"];
        let mut process = golden_thread(&[&arguments, more].concat()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        Service { process, lines }
    }

    /// Reads the log up to the first line with this field, and gives what the field says.
    fn logged(&mut self, field: &str) -> String {
        let value = |line: Value| Some(line.get(field)?.as_str()?.to_owned());
        self.lines.by_ref().find_map(|line| value(serde_json::from_str(&line.unwrap()).unwrap())).unwrap()
    }

    fn ask_to_stop(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }
}

async fn get(client: &Client, url: &str) -> (u16, String) {
    let answer = client.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[cfg(unix)]
#[tokio::test]
async fn it_says_that_it_stops_goes_on_for_a_while_and_leaves_its_traces() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    printed(&["migrate", "--database-url", &url]);
    let collector = MockServer::start().await;
    let ok = Mock::given(matchers::path("/v1/traces")).respond_with(ResponseTemplate::new(200));
    ok.mount(&collector).await;
    let more = ["--metrics-bind", "127.0.0.1:0", "--drain-wait", "2", "--otlp-endpoint", &collector.uri()];
    let mut service = Service::start(&url, &more);
    let main = format!("http://{}", service.logged("address"));
    let watching = format!("http://{}", service.logged("metrics_address"));
    let client = Client::new();

    assert_eq!(get(&client, &format!("{main}/metrics")).await.0, 404);
    assert_eq!(get(&client, &format!("{main}/readyz")).await.0, 200);
    let body = json!({ "query": "query LeftBehind { viewer { subject } }" });
    let asked = client.post(format!("{main}/graphql")).json(&body).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    let (status, text) = get(&client, &format!("{watching}/metrics")).await;
    assert_eq!(status, 200);
    assert!(
        text.contains(
            "golden_thread_requests_total{type=\"query\",operation=\"LeftBehind\",outcome=\"ok\"} 1"
        ),
        "{text}"
    );

    let began = Instant::now();
    service.ask_to_stop();
    let stopping = loop {
        let (status, text) = get(&client, &format!("{main}/readyz")).await;
        if status == 503 {
            break text;
        }
        assert!(began.elapsed() < Duration::from_secs(2), "{text}");
    };
    assert!(stopping.contains("\"service\":\"stopping\""), "{stopping}");
    let still = client.post(format!("{main}/graphql")).json(&body).send().await.unwrap();
    assert_eq!(still.status(), 200);
    assert_eq!(get(&client, &format!("{watching}/metrics")).await.0, 200);

    // Its log is read to the end: a full pipe would hold it.
    let lines: Vec<String> = service.lines.by_ref().map(Result::unwrap).collect();
    assert_eq!(service.process.wait().unwrap().code(), Some(0), "{lines:?}");
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert!(!lines.iter().any(|line| line.contains("golden_thread::trace")), "{lines:?}");
    let sent = collector.received_requests().await.unwrap();
    let sent: Vec<u8> = sent.into_iter().flat_map(|request| request.body).collect();
    assert!(String::from_utf8_lossy(&sent).contains("query LeftBehind"));
}

#[test]
fn what_cannot_be_watched_is_a_usage_error() {
    for (option, wrong, said) in [
        ("--metrics-bind", "nowhere", "the address to listen on"),
        ("--otlp-endpoint", "collector:4318", "--otlp-endpoint"),
        ("--otlp-sample", "2", "a ratio is a number from 0 to 1"),
        ("--drain-wait", "601", "0..=600"),
    ] {
        let arguments =
            ["serve", "--bind", "127.0.0.1:0", "--database-url", "sqlite://nowhere.sqlite", option, wrong];
        let output = golden_thread(&arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(said), "{told}");
    }
}
