//! A client that keeps a copy of what it may see from the feed of changes alone, as `docs/api.md` tells it to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Persona, TestApp};

const PAGE: &str = "query Q($slug: String!, $after: String) { programme(slug: $slug) {
    changes(first: 100, after: $after) { pageInfo { hasNextPage endCursor }
        nodes { sequence operation entityType entityId version actor reason } } } }";
const NODES: &str = "query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

/// One reader's copy.
pub struct Follower {
    /// Who reads.
    pub persona: Persona,
    /// The things in the copy.
    pub held: BTreeSet<String>,
    /// Everything that the feed ever named.
    pub named: BTreeSet<String>,
    /// How often it had to begin anew.
    pub begun: usize,
    slug: &'static str,
    after: Value,
    last: i64,
}

impl Follower {
    /// A reader who has read nothing yet.
    pub fn new(persona: Persona, slug: &'static str) -> Self {
        let (held, named) = (BTreeSet::new(), BTreeSet::new());
        Self { persona, held, named, begun: 0, slug, after: Value::Null, last: 0 }
    }

    fn begin_anew(&mut self) {
        self.held.clear();
        (self.after, self.last) = (Value::Null, 0);
        self.begun += 1;
    }

    /// Reads on from the last cursor, and applies what it reads. Checks on the way that nothing comes twice, and that an entry
    /// says something exactly if the thing can be seen.
    pub async fn catch_up(&mut self, app: &TestApp) {
        loop {
            let asked = json!({ "slug": self.slug, "after": self.after });
            let answer = app.query(self.persona, PAGE, asked).await;
            if answer.data().is_null() {
                assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.text);
                assert!(answer.text.contains("read the changes again from the first"), "{}", answer.text);
                assert_ne!(self.after, Value::Null, "the first page needs no cursor");
                self.begin_anew();
                continue;
            }
            let changes = &answer.data()["programme"]["changes"];
            if changes.is_null() {
                // The programme itself is gone from sight, and everything with it.
                self.held.clear();
                return;
            }
            let entries = changes["nodes"].as_array().unwrap();
            self.apply(app, entries).await;
            if let Some(cursor) = changes["pageInfo"]["endCursor"].as_str() {
                self.after = json!(cursor);
            }
            if changes["pageInfo"]["hasNextPage"] == false {
                return;
            }
        }
    }

    async fn apply(&mut self, app: &TestApp, entries: &[Value]) {
        let ids: Vec<&str> = entries.iter().map(|entry| entry["entityId"].as_str().unwrap()).collect();
        let there = seen(app, self.persona, ids.iter().copied()).await;
        for (entry, id) in entries.iter().zip(ids) {
            let sequence = entry["sequence"].as_i64().unwrap();
            assert!(sequence > self.last, "{:?} reads {sequence} after {}", self.persona, self.last);
            self.last = sequence;
            self.named.insert(id.to_owned());
            if there.contains(id) {
                assert_ne!(entry["operation"], "hidden", "{:?} sees {entry}", self.persona);
                self.held.insert(id.to_owned());
            } else {
                let told = json!([entry["operation"], entry["version"], entry["actor"], entry["reason"]]);
                assert_eq!(told, json!(["hidden", 0, null, null]), "{:?}: {entry}", self.persona);
                self.held.remove(id);
            }
        }
    }
}

/// Which of these things a persona sees.
pub async fn seen<'a>(
    app: &TestApp,
    persona: Persona,
    ids: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    let ids: Vec<&str> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    let mut seen = BTreeSet::new();
    for some in ids.chunks(100) {
        let answer = app.query(persona, NODES, json!({ "ids": some })).await;
        let nodes = answer.data()["nodes"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
        seen.extend(nodes.iter().filter_map(|node| node["id"].as_str()).map(str::to_owned));
    }
    seen
}
