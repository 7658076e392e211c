//! What the writers of the kill test do, and what has to be true afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::Random;
use super::deployment::{Deployment, mutation_of};

/// Each of them writes to one after the other of as many actions.
pub const WRITERS: usize = 8;
/// One in so many changes is one of what the other writers change too.
const CONTENDED: u64 = 8;
/// One in so many reports is sent once and given up, however it ends.
const GIVEN_UP: u64 = 12;

/// A programme with one action for each writer, the first of which the police leads.
pub fn programme() -> String {
    let mut file = r#"
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
        key = "head"
        post = "Head of Service"
        organisation = "council"
        [[person]]
        key = "inspector"
        post = "Inspector"
        organisation = "police"
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
        [[member]]
        subject = "police"
        role = "PARTNER"
        organisation = "police"
        [[plan]]
        key = "plan"
        title = "The plan"
        status = "AGREED"
        agreed_on = 2018-12-03
        owner = "council"
    "#
    .to_owned();
    for number in 1..=WRITERS {
        let lead = if number == 1 { "inspector" } else { "head" };
        file +=
            &format!("[[plan.action]]\nreference = \"{number}\"\naim = \"Begin\"\nleads = [\"{lead}\"]\n");
    }
    file
}

/// What the clients were told, and what they gave up.
#[derive(Default)]
pub struct Told {
    /// The updates that were acknowledged: what each says, by its id.
    pub reports: BTreeMap<String, String>,
    /// The updates to the action of the police among them.
    pub of_the_police: BTreeSet<String>,
    /// What updates say that were sent once and not acknowledged.
    pub given_up: BTreeSet<String>,
    /// How many other changes were acknowledged, by operation.
    pub others: BTreeMap<&'static str, usize>,
}

/// The writers, and how far they have come together.
pub struct Load<'a> {
    pub service: &'a Deployment,
    pub tokens: [&'a str; 2],
    pub actions: Vec<String>,
    pub acknowledged: watch::Sender<usize>,
    pub told: Mutex<Told>,
}

impl<'a> Load<'a> {
    pub async fn new(service: &'a Deployment, tokens: [&'a str; 2]) -> Self {
        let document = "{ programme(slug: \"westshire\") { actions(first: 100) { nodes { id } } } }";
        let data = service.ask(tokens[0], document, json!({})).await;
        let nodes = data["programme"]["actions"]["nodes"].as_array().unwrap();
        let actions: Vec<String> = nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(actions.len(), WRITERS);
        Self { service, tokens, actions, acknowledged: watch::Sender::new(0), told: Mutex::default() }
    }

    fn acknowledge(&self, note: impl FnOnce(&mut Told)) {
        note(&mut self.told.lock().unwrap());
        self.acknowledged.send_modify(|count| *count += 1);
    }

    /// Whether so many changes were acknowledged. Whoever waits for the writers waits for nothing else.
    fn is_enough(&self, changes: usize) -> bool {
        *self.acknowledged.borrow() >= changes
    }

    /// One writer, until all together have so many changes acknowledged.
    pub async fn write(&self, writer: usize, changes: usize, mut random: Random) {
        let token = self.tokens[writer % 2];
        self.change(token, "actionStart", &format!("{writer} start"), json!({ "id": self.actions[writer] }))
            .await;
        for number in 0.. {
            if self.is_enough(changes) {
                return;
            }
            let key = format!("{writer}-{number}");
            if random.one_in(CONTENDED) {
                let input =
                    json!({ "id": self.actions[0], "notes": format!("Writer {writer}, note {number}") });
                self.change(token, "actionUpdate", &key, input).await;
            } else {
                let action = random.below(self.actions.len());
                self.report(token, action, key, random.one_in(GIVEN_UP)).await;
            }
        }
    }

    /// Changes an action whatever version it has by now. Each attempt is a request of its own, with a key of its own.
    async fn change(&self, token: &str, mutation: &'static str, key: &str, input: Value) {
        let mut version = json!(1);
        for attempt in 0.. {
            let mut input = input.clone();
            input["expectedVersion"] = version;
            input["idempotencyKey"] = json!(format!("{key} {attempt}"));
            let payload = self.service.mutate(token, mutation, input, "").await;
            if payload["userErrors"] == json!([]) {
                return self.acknowledge(|told| *told.others.entry(mutation).or_default() += 1);
            }
            let error = &payload["userErrors"][0];
            assert_eq!(error["code"], "VERSION_CONFLICT", "{mutation}");
            version = error["currentVersion"].clone();
        }
    }

    /// Reports on an action, until that is acknowledged or, where it is not to be insisted on, once.
    async fn report(&self, token: &str, action: usize, key: String, is_given_up: bool) {
        let narrative = format!("Report {key}");
        let input = json!({
            "actionId": self.actions[action], "declaredHealth": "ON_TRACK", "narrative": narrative, "idempotencyKey": key,
        });
        let document = mutation_of("progressUpdateAdd", "progressUpdate { id narrative }");
        let variables = json!({ "input": input });
        let data = match is_given_up {
            true => self.service.try_once(token, &document, &variables).await,
            false => Some(self.service.ask(token, &document, variables).await),
        };
        let Some(data) = data else {
            self.told.lock().unwrap().given_up.insert(narrative);
            return;
        };
        let payload = &data["payload"];
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["progressUpdate"]["narrative"], json!(narrative));
        let id = payload["progressUpdate"]["id"].as_str().unwrap().to_owned();
        self.acknowledge(|told| {
            if action == 0 {
                told.of_the_police.insert(id.clone());
            }
            let earlier = told.reports.insert(id, narrative);
            assert_eq!(earlier, None, "two requests were told of one update");
        });
    }

    /// Everything that was ever reported.
    pub async fn reported(&self) -> Vec<String> {
        let document = "query($id: ID!, $after: String) { node(id: $id) { ...on Action { updates(first: 100, after: $after) {
            nodes { narrative } pageInfo { hasNextPage endCursor } } } } }";
        let mut all = Vec::new();
        for id in &self.actions {
            let mut after = Value::Null;
            loop {
                let variables = json!({ "id": id, "after": after });
                let data = self.service.ask(self.tokens[0], document, variables).await;
                let updates = &data["node"]["updates"];
                let nodes = updates["nodes"].as_array().unwrap();
                all.extend(nodes.iter().map(|node| node["narrative"].as_str().unwrap().to_owned()));
                if updates["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = updates["pageInfo"]["endCursor"].clone();
            }
        }
        all
    }
}

/// An entry as the feed tells it.
pub struct Entry {
    pub sequence: i64,
    pub operation: String,
    pub entity: String,
}

/// Follows the feed from its begin by cursor, and goes on wherever a request was lost, until it has come to the end that is
/// told once there is one.
pub async fn follow(service: &Deployment, token: &str, mut end: watch::Receiver<Option<i64>>) -> Vec<Entry> {
    let document =
        "query($after: String) { programme(slug: \"westshire\") { changes(first: 100, after: $after) {
        nodes { sequence operation entityId } pageInfo { endCursor } } } }";
    let (mut all, mut cursor): (Vec<Entry>, Value) = (Vec::new(), Value::Null);
    loop {
        let last = all.last().map_or(0, |entry| entry.sequence);
        if end.borrow().is_some_and(|end| last >= end) {
            return all;
        }
        let data = service.ask(token, document, json!({ "after": cursor })).await;
        let changes = &data["programme"]["changes"];
        let nodes = changes["nodes"].as_array().unwrap();
        all.extend(nodes.iter().map(|node| Entry {
            sequence: node["sequence"].as_i64().unwrap(),
            operation: node["operation"].as_str().unwrap().to_owned(),
            entity: node["entityId"].as_str().unwrap().to_owned(),
        }));
        if nodes.is_empty() {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), end.changed()).await;
        } else {
            cursor = changes["pageInfo"]["endCursor"].clone();
        }
    }
}

/// Every change that was acknowledged is there once, what was given up once at most, and the feed told each entry once and in
/// order.
pub fn each_once(told: &Told, mut reported: Vec<String>, followed: &[Entry], last: i64) {
    reported.sort();
    let before = reported.len();
    reported.dedup();
    assert_eq!(reported.len(), before, "a report stands twice");
    let reported: BTreeSet<String> = reported.into_iter().collect();
    let acknowledged: BTreeSet<String> = told.reports.values().cloned().collect();
    let lost: Vec<_> = acknowledged.difference(&reported).collect();
    assert!(lost.is_empty(), "these were acknowledged, and are not there: {lost:?}");
    let came_through: BTreeSet<_> = reported.difference(&acknowledged).cloned().collect();
    assert!(came_through.is_subset(&told.given_up), "nobody sent these: {came_through:?}");

    let numbers: Vec<i64> = followed.iter().map(|entry| entry.sequence).collect();
    assert!(numbers.last().is_some_and(|number| *number >= last), "the feed ended early");
    assert_eq!(numbers, (1..=*numbers.last().unwrap()).collect::<Vec<_>>(), "the feed has a gap or a repeat");
    let told_of = |operation: &'static str| followed.iter().filter(move |entry| entry.operation == operation);
    let ids: Vec<&str> = told_of("progressUpdateAdd").map(|entry| entry.entity.as_str()).collect();
    assert_eq!(ids.len(), acknowledged.len() + came_through.len(), "an update was told twice, or never");
    let ids: BTreeSet<&str> = ids.into_iter().collect();
    let missing: Vec<_> = told.reports.keys().filter(|id| !ids.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "the feed never told of {missing:?}");
    for (operation, count) in &told.others {
        assert_eq!(told_of(operation).count(), *count, "{operation} was lost, or happened twice");
    }
    // What falls due is noticed by the service itself: of each action once at most, however often it begins anew.
    assert!(told_of("noticesTell").count() <= WRITERS);
}

/// The checks above find what they are for.
#[test]
fn what_is_lost_or_done_twice_is_found() {
    let told = || Told {
        reports: [("upd_a", "one"), ("upd_b", "two")]
            .map(|(id, text)| (id.to_owned(), text.to_owned()))
            .into(),
        given_up: BTreeSet::from(["three".to_owned()]),
        others: BTreeMap::from([("actionStart", 1)]),
        ..Told::default()
    };
    let passes = |reported: &[&str], feed: &[(i64, &str, &str)], last: i64| {
        let reported = reported.iter().map(|text| (*text).to_owned()).collect();
        let entry = |(sequence, operation, entity): &(i64, &str, &str)| Entry {
            sequence: *sequence,
            operation: (*operation).to_owned(),
            entity: (*entity).to_owned(),
        };
        let feed: Vec<Entry> = feed.iter().map(entry).collect();
        std::panic::catch_unwind(|| each_once(&told(), reported, &feed, last)).is_ok()
    };
    let start = (1, "actionStart", "act_a");
    let (one, two) = ((2, "progressUpdateAdd", "upd_a"), (3, "progressUpdateAdd", "upd_b"));
    let three = (4, "progressUpdateAdd", "upd_c");
    assert!(passes(&["one", "two"], &[start, one, two], 3));
    assert!(
        passes(&["one", "two", "three"], &[start, one, two, three], 4),
        "it was given up, and came through"
    );

    assert!(!passes(&["one"], &[start, one], 2), "an update is lost");
    assert!(!passes(&["one", "two", "two"], &[start, one, two, three], 4), "an update stands twice");
    assert!(!passes(&["one", "two", "four"], &[start, one, two, three], 4), "nobody sent it");
    assert!(!passes(&["one", "two"], &[start, one, two, three], 4), "it was told of and is not there");
    assert!(!passes(&["one", "two"], &[start, one], 2), "the feed never told of an update");
    assert!(!passes(&["one", "two"], &[start, one, two], 4), "the feed ended early");
    assert!(!passes(&["one", "two"], &[start, one, one, two], 3), "the feed repeats an entry");
    assert!(!passes(&["one", "two"], &[start, one, (4, two.1, two.2)], 4), "the feed skips an entry");
    let again = (4, "actionStart", "act_b");
    assert!(!passes(&["one", "two"], &[start, one, two, again], 4), "an act was done twice");
}
