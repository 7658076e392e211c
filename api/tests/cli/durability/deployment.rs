//! The service as one or more processes on one database, each of which can be killed and started anew, and how a client asks
//! them: until there is an answer, wherever it comes from.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::{Process, address_of, golden_thread, ready};

/// The clients here ask for more than one may, receivers of webhooks are on this machine, and nobody waits for minutes until a
/// receiver is tried again.
const GENEROUS: [&str; 5] = [
    "--rate-requests=0",
    "--rate-changes=0",
    "--rate-cost=0",
    "--webhook-allow-private",
    "--webhook-retries=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
];
/// How long whoever was told that something is away waits before asking again.
const PAUSE: Duration = Duration::from_millis(100);

/// Several processes of the service on one database.
pub struct Deployment {
    url: String,
    more: Vec<String>,
    /// Where each can be reached now; none while it is dead.
    pub addresses: Vec<watch::Sender<Option<String>>>,
    pub client: Client,
    /// Which one is asked next.
    turn: AtomicUsize,
    /// How many requests got no answer.
    pub cut_off: AtomicUsize,
    /// How many were answered that something is away.
    pub unavailable: AtomicUsize,
    /// What was answered besides: faults of ours.
    pub faults: std::sync::Mutex<Vec<Value>>,
}

impl Deployment {
    /// So many processes on a database, none of which runs yet.
    pub fn new(url: &str, replicas: usize) -> Self {
        Self {
            url: url.to_owned(),
            more: Vec::new(),
            addresses: (0..replicas).map(|_| watch::Sender::new(None)).collect(),
            client: Client::builder().timeout(Duration::from_secs(60)).build().unwrap(),
            turn: AtomicUsize::new(0),
            cut_off: AtomicUsize::new(0),
            unavailable: AtomicUsize::new(0),
            faults: std::sync::Mutex::default(),
        }
    }

    /// The same with further options of `serve`.
    pub fn with(self, more: &[&str]) -> Self {
        Self { more: more.iter().map(|option| (*option).to_owned()).collect(), ..self }
    }

    /// Starts one of them, as often as it takes where the database is away, and tells everybody once it is ready.
    pub async fn start(&self, replica: usize) -> Process {
        let (process, address) = loop {
            if let Some(started) = self.launch().await {
                break started;
            }
            tokio::time::sleep(PAUSE).await;
        };
        ready(&self.client, &address).await;
        self.addresses[replica].send_replace(Some(address));
        process
    }

    /// Starts a process; none where it ends by itself, as it does where the database is away.
    async fn launch(&self) -> Option<(Process, String)> {
        let arguments = ["serve", "--dev-issuer", "--today", "2018-12-10", "--bind", "127.0.0.1:0"];
        let more = self.more.iter().map(String::as_str);
        let fixed = ["--log", "json", "--database-url", &self.url];
        let arguments: Vec<&str> = arguments.into_iter().chain(fixed).chain(GENEROUS).chain(more).collect();
        let child = golden_thread(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        tokio::task::spawn_blocking(|| address_of(child)).await.unwrap()
    }

    /// SIGKILL: no handler runs, nothing is written any more.
    pub fn kill(&self, replica: usize, mut process: Process) {
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        self.addresses[replica].send_replace(None);
    }

    /// The next of those that run, in turn.
    async fn next(&self) -> String {
        loop {
            for _ in &self.addresses {
                let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.addresses.len();
                if let Some(address) = self.addresses[turn].borrow().clone() {
                    return address;
                }
            }
            tokio::time::sleep(PAUSE / 4).await;
        }
    }

    /// Sends a request once: the data of its answer, or nothing where it was not acknowledged.
    pub async fn try_once(&self, token: &str, document: &str, variables: &Value) -> Option<Value> {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(format!("{}/graphql", self.next().await));
        let answer = async { request.bearer_auth(token).json(&body).send().await?.json::<Value>().await };
        let Ok(answer) = answer.await else {
            self.cut_off.fetch_add(1, Ordering::SeqCst);
            return None;
        };
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some("UNAVAILABLE") => {
                self.unavailable.fetch_add(1, Ordering::SeqCst);
                None
            }
            Some("INTERNAL") => {
                self.faults.lock().unwrap().push(answer);
                None
            }
            _ => {
                assert_eq!(answer.get("errors"), None, "{document}");
                Some(answer["data"].clone())
            }
        }
    }

    /// Sends the same request until it is acknowledged.
    pub async fn ask(&self, token: &str, document: &str, variables: Value) -> Value {
        loop {
            if let Some(data) = self.try_once(token, document, &variables).await {
                return data;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Sends a mutation until it is acknowledged, and gives its payload.
    pub async fn mutate(&self, token: &str, mutation: &str, input: Value, shows: &str) -> Value {
        let document = mutation_of(mutation, shows);
        self.ask(token, &document, json!({ "input": input })).await["payload"].clone()
    }
}

/// The document of a mutation that shows this of what it changed, as `payload`.
pub fn mutation_of(mutation: &str, shows: &str) -> String {
    let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    format!(
        "mutation($input: {ty}!) {{ payload: {mutation}(input: $input) {{ {shows} userErrors {{ code currentVersion }} }} }}"
    )
}
