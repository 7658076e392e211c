//! A client that knows `docs/guide/keeping-a-copy.md` and nothing else, and that breaks off whenever it likes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::listen::Listener;
use crate::support::{Persona, TestApp};
use crate::visibility::change::Die;

/// What the copy holds of each thing: what is recorded, none of what is worked out.
const NODE: &str = "__typename id
    ... on Programme { name slug isPublic version } ... on Membership { subject role isChair version }
    ... on Organisation { name version } ... on Person { post version } ... on Group { name version }
    ... on Inspection { title publishedOn version } ... on Direction { title publishedOn version }
    ... on Review { title publishedOn version } ... on Finding { text version }
    ... on Recommendation { reference text version } ... on DirectionTerm { reference text version } ... on Duty { what version }
    ... on Plan { title planStatus: status consideredOn agreedOn publishedOn closedOn version } ... on Theme { name version }
    ... on Action { reference aim status statusOn startOn dueOn duePrecision notes version }
    ... on Step { text doneOn dueOn struckOutOn struckOutReason version } ... on LinkProposal { qualifier proposalStatus: status version }
    ... on ProgressUpdate { narrative reportedOn declaredHealth }
    ... on Evidence { title strand marking reviewStatus version } ... on EvidenceFile { number version }
    ... on Measure { title version } ... on Reading { periodEnd version } ... on Feedback { said version }
    ... on Audit { version } ... on AuditFinding { text findingStatus: status version }";

/// What is kept, as one: the copy and the cursor that it was made with.
#[derive(Debug, Clone, Default)]
struct Stored {
    copy: BTreeMap<String, Value>,
    after: Value,
    last: i64,
}

/// One reader.
pub struct Reader {
    pub persona: Persona,
    slug: &'static str,
    stored: Stored,
    /// Everything that it was ever told of.
    pub named: BTreeSet<String>,
    /// How often it broke off, and how often it had to begin anew.
    pub broken: usize,
    pub begun: usize,
}

impl Reader {
    pub fn new(persona: Persona, slug: &'static str) -> Self {
        let (stored, named) = (Stored::default(), BTreeSet::new());
        Self { persona, slug, stored, named, broken: 0, begun: 0 }
    }

    /// Reads a page or two, and perhaps listens for a while; or breaks off before anything is kept.
    pub async fn read_some(&mut self, app: &TestApp, die: &mut Die) {
        for _ in 0..=die.below(2) {
            let first = die.one(&[1, 3, 20, 100]);
            let before = self.stored.clone();
            let is_heard = die.below(6) == 0;
            let has_more = if is_heard { self.listen(app).await } else { self.page(app, first).await };
            if die.below(4) == 0 {
                // Whatever was read is lost, and the copy is what it was.
                (self.stored, self.broken) = (before, self.broken + 1);
            }
            if !has_more {
                return;
            }
        }
    }

    /// Reads on to the end.
    pub async fn catch_up(&mut self, app: &TestApp) {
        while self.page(app, 100).await {}
    }

    /// The recipe: reads a page from the last cursor, and keeps what it says together with the next. Whether there is more.
    async fn page(&mut self, app: &TestApp, first: usize) -> bool {
        let document = format!(
            "query Feed($slug: String!, $first: Int, $after: String) {{ programme(slug: $slug) {{
                changes(first: $first, after: $after) {{ nodes {{ sequence operation entityType entityId node {{ {NODE} }} }}
                    pageInfo {{ hasNextPage endCursor }} }} }} }}"
        );
        let variables = json!({ "slug": self.slug, "first": first, "after": self.stored.after });
        let answer = app.query(self.persona, &document, variables).await;
        if answer.data().is_null() {
            assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.text);
            assert_ne!(
                self.stored.after,
                Value::Null,
                "whoever has no cursor is not refused: {}",
                answer.text
            );
            (self.stored, self.begun) = (Stored::default(), self.begun + 1);
            return true;
        }
        let changes = &answer.data()["programme"]["changes"];
        if changes.is_null() {
            // All of it is gone.
            self.stored = Stored::default();
            return false;
        }
        for entry in changes["nodes"].as_array().unwrap() {
            self.apply(entry);
        }
        if let Some(cursor) = changes["pageInfo"]["endCursor"].as_str() {
            self.stored.after = cursor.into();
        }
        changes["pageInfo"]["hasNextPage"] == true
    }

    /// Listens from the last cursor until all is told that there is; says whether there may be more.
    async fn listen(&mut self, app: &TestApp) -> bool {
        if self.stored.after.is_null() {
            return true;
        }
        let document = "query($slug: String!, $after: String) { programme(slug: $slug) { id
            changes(first: 20, after: $after) { nodes { sequence } } } }";
        let asked = json!({ "slug": self.slug, "after": self.stored.after });
        let answer = app.query(self.persona, document, asked).await;
        let programme = &answer.data()["programme"];
        let Some(expected) = programme["changes"]["nodes"].as_array() else { return true };
        let document = format!(
            "subscription Live($programme: ID!, $after: String) {{ changes(programmeId: $programme, after: $after) {{
                cursor node {{ sequence operation entityType entityId node {{ {NODE} }} }} }} }}"
        );
        let variables = json!({ "programme": programme["id"], "after": self.stored.after });
        let mut listener = Listener::begin(app, self.persona, &document, variables).await;
        for expected in expected {
            let told = listener.next().await["data"]["changes"].clone();
            assert_eq!(told["node"]["sequence"], expected["sequence"], "{:?}", self.persona);
            self.apply(&told["node"]);
            self.stored.after = told["cursor"].clone();
        }
        true
    }

    /// Is `node` there, it is put into the copy as it is now. Is it null, what `entityId` names is deleted.
    fn apply(&mut self, entry: &Value) {
        let id = entry["entityId"].as_str().unwrap().to_owned();
        let sequence = entry["sequence"].as_i64().unwrap();
        assert!(sequence > self.stored.last, "{:?}: {sequence} after {}", self.persona, self.stored.last);
        self.stored.last = sequence;
        self.named.insert(id.clone());
        if entry["node"].is_null() {
            self.stored.copy.remove(&id);
        } else {
            assert_eq!(entry["node"]["id"], id.as_str());
            self.stored.copy.insert(id, entry["node"].clone());
        }
    }

    /// Compares the copy with what the service shows, of these things and of all that it lists.
    pub async fn compare(&self, app: &TestApp, ids: &BTreeSet<String>, when: &str) {
        let persona = self.persona;
        let listed = self.listed(app).await;
        let Some(listed) = listed else {
            assert!(self.stored.copy.is_empty(), "{when}: {persona:?} sees nothing, and has a copy");
            return;
        };
        let ids: Vec<&String> = ids.union(&listed).collect();
        let mut shown = BTreeMap::new();
        let document = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {NODE} }} }}");
        for some in ids.chunks(100) {
            let answer = app.query(persona, &document, json!({ "ids": some })).await;
            for node in answer.data()["nodes"].as_array().unwrap().iter().filter(|node| !node.is_null()) {
                shown.insert(node["id"].as_str().unwrap().to_owned(), node.clone());
            }
        }
        let all: BTreeSet<&String> = shown.keys().chain(self.stored.copy.keys()).collect();
        let differences: Vec<String> = all
            .into_iter()
            .filter(|id| shown.get(*id) != self.stored.copy.get(*id))
            .map(|id| format!("{id}: shown {:?}, copied {:?}", shown.get(id), self.stored.copy.get(id)))
            .collect();
        assert!(differences.is_empty(), "{when}, {persona:?}:\n{}", differences.join("\n"));
        assert!(listed.iter().all(|id| self.stored.copy.contains_key(id)));
    }

    /// The ids of what the programme lists; none where it is not there for the reader.
    async fn listed(&self, app: &TestApp) -> Option<BTreeSet<String>> {
        const LISTS: [&str; 14] = [
            "sources",
            "recommendations",
            "directionTerms",
            "plans",
            "actions",
            "evidence",
            "measures",
            "feedback",
            "audits",
            "auditFindings",
            "people",
            "groups",
            "members",
            "assuredOnExpiredEvidence",
        ];
        let mut ids = BTreeSet::new();
        for list in LISTS {
            let mut after = Value::Null;
            loop {
                let document = format!(
                    "query($slug: String!, $after: String) {{ programme(slug: $slug) {{ id
                        {list}(first: 100, after: $after) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
                );
                let asked = json!({ "slug": self.slug, "after": after });
                let answer = app.query(self.persona, &document, asked).await;
                let programme = &answer.data()["programme"];
                ids.insert(programme["id"].as_str()?.to_owned());
                let page = &programme[list];
                let nodes = page["nodes"].as_array().unwrap().iter();
                ids.extend(nodes.map(|node| node["id"].as_str().unwrap().to_owned()));
                if page["pageInfo"]["hasNextPage"] != true {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
        }
        Some(ids)
    }
}
