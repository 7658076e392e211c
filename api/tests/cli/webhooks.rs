//! The service is killed while it tells a receiver that misbehaves: every change arrives, each under one id.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::support::{Process, on_both, printed, ready, serve};

/// Reports in each round; between two rounds the service is killed.
const REPORTS: usize = 8;
const ROUNDS: usize = 4;
const TOO_LONG: Duration = Duration::from_secs(120);

/// A programme with an action that the police lead.
const PROGRAMME: &str = r#"
    [programme]
    slug = "westshire"
    name = "Westshire"
    authority = "council"
    [[organisation]]
    key = "council"
    name = "Westshire Council"
    kind = "COUNCIL"
    [[organisation]]
    key = "police"
    name = "Westshire Police"
    kind = "POLICE"
    [[person]]
    key = "inspector"
    post = "Inspector"
    organisation = "police"
    [[member]]
    subject = "office"
    role = "OFFICER"
    programme_office = true
    organisation = "council"
    [[member]]
    subject = "police"
    role = "PARTNER"
    organisation = "police"
    [[plan]]
    key = "plan"
    title = "The plan"
    status = "AGREED"
    agreed_on = 2018-10-01
    owner = "council"
    [[plan.action]]
    reference = "1"
    aim = "Begin"
    leads = ["inspector"]
    [[plan.action]]
    reference = "2"
    aim = "Go on"
    leads = ["inspector"]
"#;

/// One process of the service, and how to ask it.
struct Service {
    process: Process,
    address: String,
    client: reqwest::Client,
}

impl Service {
    async fn start(url: &str) -> Self {
        let url = url.to_owned();
        let retries = format!("--webhook-retries={}", ["1"; 60].join(","));
        let (process, address) = tokio::task::spawn_blocking(move || {
            let more = ["--rate-changes=0", "--webhook-allow-private", "--webhook-timeout=1", &retries];
            serve(&url, &more)
        })
        .await
        .unwrap();
        let client = reqwest::Client::new();
        ready(&client, &address).await;
        Self { process, address, client }
    }

    /// SIGKILL: no handler runs, nothing is written any more.
    fn kill(mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
    }

    async fn ask(&self, token: &str, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(format!("{}/graphql", self.address)).bearer_auth(token).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].clone()
    }
}

/// A receiver that remembers: each entry's place in the ledger, under which ids it came. It fails in turns, with a status and by
/// silence, until it is well.
#[derive(Clone, Default)]
struct Memory {
    got: Arc<Mutex<BTreeMap<i64, BTreeSet<String>>>>,
    /// What it took.
    taken: Arc<Mutex<BTreeSet<i64>>>,
    calls: Arc<AtomicUsize>,
    is_well: Arc<AtomicBool>,
}

impl Respond for Memory {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let id = request.headers["webhook-id"].to_str().unwrap().to_owned();
        let sequence = body["data"]["sequence"].as_i64().unwrap();
        self.got.lock().unwrap().entry(sequence).or_default().insert(id);
        let turn = self.calls.fetch_add(1, Ordering::SeqCst) % 3;
        match turn {
            0 if !self.is_well.load(Ordering::SeqCst) => ResponseTemplate::new(500),
            1 if !self.is_well.load(Ordering::SeqCst) => {
                ResponseTemplate::new(200).set_delay(Duration::from_secs(3))
            }
            _ => {
                self.taken.lock().unwrap().insert(sequence);
                ResponseTemplate::new(204)
            }
        }
    }
}

async fn every_change_arrives(url: &str) {
    let [office, police] = ["office", "police"].map(|who| printed(&["token", who, "--database-url", url]));
    let (office, police) = (office.trim(), police.trim());
    let mut service = Service::start(url).await;
    let found = service
        .ask(office, "{ programme(slug: \"westshire\") { id actions(first: 10) { nodes { id } } } organisations(first: 10) { nodes { id name } } }", json!({}))
        .await;
    let organisations = found["organisations"]["nodes"].as_array().unwrap();
    let own = organisations.iter().find(|of| of["name"] == "Westshire Police").unwrap();
    // Nobody listens there at first.
    let place = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = place.local_addr().unwrap();
    drop(place);
    let input = json!({
        "programmeId": found["programme"]["id"], "organisationId": own["id"], "url": format!("http://{address}/hooks"),
    });
    let make = "mutation($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) { secret userErrors { message } } }";
    let made = service.ask(police, make, json!({ "input": input })).await;
    assert!(made["webhookEndpointCreate"]["secret"].is_string(), "{made}");

    let (mut receiver, memory) = (None, Memory::default());
    for round in 0..ROUNDS {
        for number in 0..REPORTS {
            let action = &found["programme"]["actions"]["nodes"][number % 2]["id"];
            let input = json!({
                "actionId": action, "declaredHealth": "ON_TRACK", "narrative": format!("Round {round}, {number}"),
            });
            let report = "mutation($input: ProgressUpdateAddInput!) { progressUpdateAdd(input: $input) { userErrors { message } } }";
            let done = service.ask(office, report, json!({ "input": input })).await;
            assert_eq!(done["progressUpdateAdd"]["userErrors"], json!([]));
        }
        if round == 1 {
            let server = MockServer::builder().listener(TcpListener::bind(address).unwrap()).start().await;
            Mock::given(any()).respond_with(memory.clone()).mount(&server).await;
            receiver = Some(server);
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        service.kill();
        service = Service::start(url).await;
    }
    memory.is_well.store(true, Ordering::SeqCst);
    let feed = "{ programme(slug: \"westshire\") { changes(last: 100) { nodes { sequence operation entityType } } } }";
    let told = service.ask(police, feed, json!({})).await;
    let told = told["programme"]["changes"]["nodes"].as_array().unwrap().clone();
    let is_told = |of: &&Value| of["operation"] == "progressUpdateAdd";
    let expected: BTreeSet<i64> =
        told.iter().filter(is_told).map(|of| of["sequence"].as_i64().unwrap()).collect();
    assert!(expected.len() >= ROUNDS * REPORTS, "{told:?}");
    while !expected.is_subset(&memory.taken.lock().unwrap()) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let got = memory.got.lock().unwrap().clone();
    assert!(got.values().all(|ids| ids.len() == 1), "an entry came under several ids: {got:?}");
    let ids: BTreeSet<&String> = got.values().flatten().collect();
    assert_eq!(ids.len(), got.len(), "one id came for several entries");
    drop(receiver);
    service.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_tells_every_change_under_one_id() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME).unwrap();
    on_both(file.to_str().unwrap(), async |url| {
        tokio::time::timeout(TOO_LONG, every_change_arrives(url)).await.unwrap();
    })
    .await;
}
