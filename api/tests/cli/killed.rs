//! The service is killed again and again while many write to it: what was acknowledged stays, and nothing happens twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{join_all, join3};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::{Process, on_both, printed, ready, serve, verify};

const WRITERS: usize = 8;
/// Reports of each writer, and after how many of them it changes what all the others change too.
const REPORTS: usize = 18;
const CHANGES_EVERY: usize = 6;
const KILLS: usize = 3;
/// Nothing here waits for time to pass. Where something waits for ever, the test is to say so.
const TOO_LONG: Duration = Duration::from_secs(120);

/// A programme with one action for each writer, in a plan that was agreed.
fn programme() -> String {
    let mut file = r#"
        [programme]
        slug = "westshire"
        name = "Westshire"
        authority = "council"
        [[organisation]]
        key = "council"
        name = "Westshire Council"
        kind = "COUNCIL"
        [[person]]
        key = "head"
        post = "Head of Service"
        organisation = "council"
        [[member]]
        subject = "head"
        role = "OFFICER"
        programme_office = true
        person = "head"
        [[member]]
        subject = "office"
        role = "OFFICER"
        programme_office = true
        organisation = "council"
        [[plan]]
        key = "plan"
        title = "The plan"
        status = "AGREED"
        agreed_on = 2018-10-01
        owner = "council"
    "#
    .to_owned();
    for number in 1..=WRITERS {
        file += &format!("[[plan.action]]\nreference = \"{number}\"\naim = \"Begin\"\nleads = [\"head\"]\n");
    }
    file
}

/// The service as one process after another, on one database.
struct Service<'a> {
    url: &'a str,
    /// Where it can be reached now; none while it is dead.
    address: watch::Sender<Option<String>>,
    client: reqwest::Client,
    /// How many commands were acknowledged.
    acknowledged: watch::Sender<usize>,
    /// How many requests got no answer.
    cut_off: AtomicUsize,
    are_done: AtomicBool,
}

impl Service<'_> {
    /// Starts a process, and tells everybody once it is ready.
    async fn start(&self) -> Process {
        let url = self.url.to_owned();
        // The test asks for more than one client may.
        let generous = ["--rate-requests=0", "--rate-changes=0", "--rate-cost=0"];
        let (process, address) = tokio::task::spawn_blocking(move || serve(&url, &generous)).await.unwrap();
        ready(&self.client, &address).await;
        self.address.send_replace(Some(address));
        process
    }

    /// SIGKILL: no handler runs, nothing is written any more.
    fn kill(&self, mut process: Process) {
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        self.address.send_replace(None);
    }

    /// Kills and starts it, each time that a further part of the commands was acknowledged.
    async fn keep_killing(&self, commands: usize) -> Process {
        let mut process = self.start().await;
        for kill in 1..=KILLS {
            let mut acknowledged = self.acknowledged.subscribe();
            acknowledged.wait_for(|count| *count >= commands * kill / (KILLS + 1)).await.unwrap();
            self.kill(process);
            process = self.start().await;
        }
        process
    }

    /// Sends the same request until there is an answer.
    async fn ask(&self, token: &str, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let (mut address, mut failed) = (self.address.subscribe(), None);
        loop {
            let is_other = |at: &Option<String>| at.is_some() && *at != failed;
            let at = address.wait_for(is_other).await.unwrap().clone();
            let request = self.client.post(format!("{}/graphql", at.as_deref().unwrap()));
            let answer = async { request.bearer_auth(token).json(&body).send().await?.json::<Value>().await };
            match answer.await {
                Ok(answer) if answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE" => {}
                Ok(answer) => {
                    assert_eq!(answer.get("errors"), None, "{document}");
                    return answer["data"].clone();
                }
                Err(_) => {
                    self.cut_off.fetch_add(1, Ordering::SeqCst);
                    failed = at;
                }
            }
        }
    }

    async fn mutate(&self, token: &str, mutation: &str, input: Value, shows: &str) -> Value {
        let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {ty}!) {{ payload: {mutation}(input: $input) {{ {shows} userErrors {{ code currentVersion }} }} }}"
        );
        self.ask(token, &document, json!({ "input": input })).await["payload"].clone()
    }

    fn count(&self) {
        self.acknowledged.send_modify(|count| *count += 1);
    }
}

/// The ids of the actions.
async fn actions(service: &Service<'_>, token: &str) -> Vec<String> {
    let document = "{ programme(slug: \"westshire\") { actions(first: 100) { nodes { id } } } }";
    let data = service.ask(token, document, json!({})).await;
    let nodes = data["programme"]["actions"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

/// Changes an action whatever version it has by now. Each attempt is a request of its own, with a key of its own.
async fn change(service: &Service<'_>, token: &str, mutation: &str, key: &str, input: Value) {
    let mut version = json!(1);
    for attempt in 0.. {
        let mut input = input.clone();
        input["expectedVersion"] = version;
        input["idempotencyKey"] = json!(format!("{key} {attempt}"));
        let payload = service.mutate(token, mutation, input, "").await;
        if payload["userErrors"] == json!([]) {
            return service.count();
        }
        let error = &payload["userErrors"][0];
        assert_eq!(error["code"], "VERSION_CONFLICT", "{mutation}");
        version = error["currentVersion"].clone();
    }
}

/// One writer: reports on every action, begins its own, and changes what the others change too.
async fn write(service: &Service<'_>, token: &str, writer: usize, actions: &[String]) {
    let own = &actions[writer];
    for number in 0..REPORTS {
        let key = format!("{writer}-{number}");
        if number == REPORTS / 2 {
            change(service, token, "actionStart", &format!("{key} start"), json!({ "id": own })).await;
        }
        if (writer + number).is_multiple_of(CHANGES_EVERY) {
            let input = json!({ "id": actions[0], "notes": format!("Writer {writer}, note {number}") });
            change(service, token, "actionUpdate", &format!("{key} note"), input).await;
        }
        let narrative = narrative(writer, number);
        let input = json!({
            "actionId": actions[(writer + number) % WRITERS], "declaredHealth": "ON_TRACK",
            "narrative": narrative, "idempotencyKey": key,
        });
        let shows = "progressUpdate { narrative }";
        let payload = service.mutate(token, "progressUpdateAdd", input, shows).await;
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["progressUpdate"]["narrative"], json!(narrative));
        service.count();
    }
}

fn narrative(writer: usize, number: usize) -> String {
    format!("Writer {writer}, report {number}")
}

/// Follows the feed from its begin until the writers are done and nothing more comes: each entry's number and operation.
async fn follow(service: &Service<'_>, token: &str) -> Vec<(i64, String)> {
    let document =
        "query($after: String) { programme(slug: \"westshire\") { changes(first: 50, after: $after) {
        nodes { sequence operation } pageInfo { endCursor } } } }";
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    let mut acknowledged = service.acknowledged.subscribe();
    loop {
        let were_done = service.are_done.load(Ordering::SeqCst);
        let data = service.ask(token, document, json!({ "after": cursor })).await;
        let changes = &data["programme"]["changes"];
        let nodes = changes["nodes"].as_array().unwrap();
        if nodes.is_empty() && were_done {
            return all;
        }
        all.extend(nodes.iter().map(|node| {
            (node["sequence"].as_i64().unwrap(), node["operation"].as_str().unwrap().to_owned())
        }));
        if nodes.is_empty() {
            acknowledged.changed().await.unwrap();
        } else {
            cursor = changes["pageInfo"]["endCursor"].clone();
        }
    }
}

/// Everything that was ever reported.
async fn narratives(service: &Service<'_>, token: &str, actions: &[String]) -> Vec<String> {
    let document = "query($id: ID!) { node(id: $id) { ...on Action { updates(first: 100) {
        nodes { narrative } pageInfo { hasNextPage } } } } }";
    let mut all = Vec::new();
    for id in actions {
        let data = service.ask(token, document, json!({ "id": id })).await;
        let updates = &data["node"]["updates"];
        assert_eq!(updates["pageInfo"]["hasNextPage"], false, "the test reads one page");
        let nodes = updates["nodes"].as_array().unwrap();
        all.extend(nodes.iter().map(|node| node["narrative"].as_str().unwrap().to_owned()));
    }
    all
}

/// How many entries the ledger has. It is whole.
fn entries(url: &str) -> i64 {
    let (code, said, error) = verify(url, &[]);
    assert_eq!(code, Some(0), "{said}{error}");
    said.trim_end().rsplit(' ').nth(1).unwrap().parse().unwrap()
}

async fn lose_nothing(url: &str) {
    let service = Service {
        url,
        address: watch::Sender::new(None),
        client: reqwest::Client::new(),
        acknowledged: watch::Sender::new(0),
        cut_off: AtomicUsize::new(0),
        are_done: AtomicBool::new(false),
    };
    let tokens = ["office", "head"].map(|subject| printed(&["token", subject, "--database-url", url]));
    let tokens = tokens.each_ref().map(|token| token.trim());
    let before = entries(url);
    let process = service.start().await;
    let actions = actions(&service, tokens[0]).await;
    service.kill(process);

    let writers = async {
        join_all((0..WRITERS).map(|writer| write(&service, tokens[writer % 2], writer, &actions))).await;
        service.are_done.store(true, Ordering::SeqCst);
        service.acknowledged.send_modify(|_| {});
    };
    let commands = WRITERS * (REPORTS + 1 + REPORTS / CHANGES_EVERY);
    let follower = follow(&service, tokens[0]);
    let (process, (), followed) = join3(service.keep_killing(commands), writers, follower).await;
    service.kill(process);

    assert!(service.cut_off.load(Ordering::SeqCst) >= KILLS, "no kill came in between");
    each_entry_once(&followed, before, entries(url));
    let _process = service.start().await;
    let mut kept = narratives(&service, tokens[0], &actions).await;
    kept.sort();
    let all = (0..WRITERS).flat_map(|writer| (0..REPORTS).map(move |number| narrative(writer, number)));
    let mut all: Vec<String> = all.collect();
    all.sort();
    assert_eq!(kept, all, "a report was lost, or stands twice");
}

/// The feed told every entry since then once and in order, and there is one for each command that was acknowledged.
fn each_entry_once(followed: &[(i64, String)], before: i64, last: i64) {
    let new = || followed.iter().filter(|(number, _)| *number > before);
    let numbers: Vec<i64> = new().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (before + 1..=last).collect::<Vec<_>>(), "the feed has a gap or a repeat");
    let mut by_operation: BTreeMap<&str, usize> = BTreeMap::new();
    new().for_each(|(_, operation)| *by_operation.entry(operation).or_default() += 1);
    // What falls due is noticed by the service itself: of each action once at most, however often it begins anew.
    let noticed = by_operation.remove("noticesTell").unwrap_or_default();
    assert!(noticed <= WRITERS, "{noticed} notices of {WRITERS} actions");
    let expected = [
        ("actionStart", WRITERS),
        ("actionUpdate", WRITERS * (REPORTS / CHANGES_EVERY)),
        ("progressUpdateAdd", WRITERS * REPORTS),
    ];
    assert_eq!(by_operation, BTreeMap::from(expected), "something was lost, or happened twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, programme()).unwrap();
    on_both(file.to_str().unwrap(), async |url| {
        tokio::time::timeout(TOO_LONG, lose_nothing(url)).await.unwrap();
    })
    .await;
}
