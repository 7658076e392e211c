//! Whatever changes, nobody is told that they hold what they would not be told now, and nobody by another's tag.
//!
//! A case is a seed: the same changes come of it each time. `CACHING_CASES` (how many) and `CACHING_SEED` (the first) look
//! for more.

use std::collections::BTreeMap;

use api::graphql::Allowed;
use serde_json::{Value, json};

use super::change::World;
use super::{get, policy};
use crate::support::{Persona, Raw, TestApp, on_both};
use crate::visibility::change::Die;
use crate::visibility::everywhere::TYPES;
use crate::visibility::eye::everything;
use crate::visibility::whole::Schema;

/// Cases without `CACHING_CASES`, and the changes of each.
const CASES: u64 = 1;
const CHANGES: usize = 30;
/// How many of the questions are not about one thing.
const OF_ALL: usize = 11;

const LISTS: &str = "query($slug: String!) { programme(slug: $slug) { id name version today isPublic
    coverage { covered partial uncovered } ratings { health label } viewerCan
    actions(first: 50, orderBy: [{ field: UPDATED_AT, direction: DESC }]) { totalCount edges { cursor node { id reference
        status rating { label } declaredHealth updateDueOn isOverdue forecastOn viewerCan
        leads { __typename ...on Person { post } ...on Group { name } } } } }
    recommendations(first: 50) { nodes { reference coverage evidence { totalCount } } }
    evidence(first: 50) { totalCount nodes { title marking sharedWith { name } viewerCan } }
    sources { totalCount } plans { nodes { title status } } } }";
const PEOPLE: &str =
    "query($slug: String!) { programme(slug: $slug) { authority { name identifiers { value } }
    members(first: 50) { totalCount nodes { subject role organisation { name } viewerCan version } } } }";
const FEED: &str = "query($slug: String!) { programme(slug: $slug) { changes(last: 30) { pageInfo { startCursor endCursor }
    nodes { sequence operation entityType entityId changes { field before after } node { __typename id } } } } }";
const POSITION: &str =
    "query($slug: String!) { programme(slug: $slug) { position(at: \"2026-11-20T00:00:00Z\") { day
    byStatus { status count } coverage { covered partial uncovered } } } }";
const VIEWER: &str = "{ viewer { subject memberships { id role version isProgrammeOffice programme { slug } organisation { name }
    history { nodes { operation } } } } }";
const ORGANISATIONS: &str =
    "{ organisations(first: 100) { totalCount nodes { name identifiers { scheme value } viewerCan version
    history { nodes { sequence operation } } } } }";
const PROGRAMMES: &str = "{ programmes(first: 50) { totalCount nodes { slug isPublic version } } }";

/// A question that everybody asks: the document's id, and the variables.
type Question = (String, Value);

/// What somebody holds: whose it is, what it answers, and the answer.
struct Copy {
    who: Persona,
    question: Question,
    text: String,
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn nobody_is_told_that_they_hold_what_is_stale_or_somebody_elses() {
    let first = from_environment("CACHING_SEED").unwrap_or(1);
    for seed in first..first + from_environment("CACHING_CASES").unwrap_or(CASES) {
        on_both(async |app| case(app, seed).await).await;
    }
}

/// The documents, and the questions that are asked with them.
async fn questions(app: &TestApp) -> (Value, Vec<Question>) {
    let mut documents = json!({});
    let mut questions = Vec::new();
    for (id, text) in [("lists", LISTS), ("people", PEOPLE), ("feed", FEED), ("position", POSITION)] {
        documents[id] = text.into();
        questions.extend(["northshire", "southmere"].map(|slug| (id.to_owned(), json!({ "slug": slug }))));
    }
    for (id, text) in [("viewer", VIEWER), ("organisations", ORGANISATIONS), ("programmes", PROGRAMMES)] {
        documents[id] = text.into();
        questions.push((id.to_owned(), json!({})));
    }
    let schema = Schema::of(app).await;
    let ids = everything(&app.world);
    for (ty, prefix) in TYPES {
        // An answer with an address is never kept, nor is one about what is beside the record.
        let beside = ["FileLink", "UploadConnection", "WebhookDeliveryConnection", "WebhookSecret"];
        let is_kept = |ty: &str| !beside.contains(&ty);
        let kept = schema.fields(ty).iter().filter(|field| is_kept(&field.ty));
        let fields: Vec<String> = kept.map(|field| schema.whole_field(field, 8)).collect();
        let fields = fields.join(" ");
        documents[ty] = format!("query($id: ID!) {{ node(id: $id) {{ ...on {ty} {{ {fields} }} }} }}").into();
        let of_type: Vec<&String> = ids.iter().filter(|id| id.starts_with(prefix)).collect();
        for id in of_type.iter().step_by(of_type.len().div_ceil(2).max(1)) {
            questions.push((ty.to_owned(), json!({ "id": id })));
        }
    }
    (documents, questions)
}

async fn case(app: &TestApp, seed: u64) {
    let (documents, questions) = questions(app).await;
    let (of_all, of_one) = questions.split_at(OF_ALL);
    let mut die = Die::new(seed);
    let mut world = World::new(app);
    let mut book = Book::default();
    let mut on = app.trusting(world.today, policy(&documents, Allowed::Any, false)).await;
    for number in 0..CHANGES {
        // Everybody has a fresh copy when the change comes.
        let asked = [die.one(of_all), die.one(of_all), die.one(of_one)];
        for who in Persona::ALL {
            for question in &asked {
                book.ask(&on, *who, question, false).await;
            }
        }
        book.said.push(format!("seed {seed}, {number}: {}", world.change(&mut die).await));
        on = app.trusting(world.today, policy(&documents, Allowed::Any, false)).await;
        for who in Persona::ALL {
            for question in &asked {
                book.ask(&on, *who, question, die.below(4) == 0).await;
            }
        }
    }
    let Book { spared, sent, wrong, .. } = book;
    eprintln!("{spared} spared, {sent} sent, {wrong} with errors");
    assert!(
        spared > CHANGES && sent > CHANGES && wrong > 0,
        "{spared} spared, {sent} sent, {wrong} with errors"
    );
}

/// What everybody holds, and what happened.
#[derive(Default)]
struct Book {
    copies: BTreeMap<String, Copy>,
    said: Vec<String>,
    spared: usize,
    sent: usize,
    wrong: usize,
}

impl Book {
    /// Asks with the tags of all the copies that somebody has of the answer, or of all copies that anybody has of anything.
    async fn ask(&mut self, app: &TestApp, who: Persona, question: &Question, is_greedy: bool) {
        let is_held = |copy: &Copy| is_greedy || copy.who == who && copy.question == *question;
        let held: Vec<&str> =
            self.copies.iter().filter(|(_, copy)| is_held(copy)).map(|(tag, _)| tag.as_str()).collect();
        let answer = ask(app, who, question, &held.join(", ")).await;
        let context = || format!("{who:?} asks {question:?} after\n{}", self.said.join("\n"));
        let tag = answer.header("etag").to_owned();
        if answer.status == 304 {
            let now = ask(app, who, question, "").await;
            let copy = self.copies.get(&tag).unwrap_or_else(|| panic!("{}", context()));
            assert_eq!((copy.who, &copy.question), (who, question), "{}", context());
            assert_eq!(copy.text, now.text, "{}", context());
            assert_eq!(tag, now.header("etag"), "{}", context());
            self.spared += 1;
            return;
        }
        assert_eq!(answer.status, 200, "{}", context());
        let is_wrong = answer.text.contains(r#""errors":[{"#);
        assert_eq!(tag.is_empty(), is_wrong, "{}: {}", context(), answer.text);
        if is_wrong {
            self.wrong += 1;
            return;
        }
        self.sent += 1;
        let copy = Copy { who, question: question.clone(), text: answer.text };
        assert!(self.copies.insert(tag, copy).is_none(), "a tag was given twice");
    }
}

async fn ask(app: &TestApp, who: Persona, (document, variables): &Question, held: &str) -> Raw {
    let variables = variables.to_string();
    let asked = [("documentId", document.as_str()), ("variables", variables.as_str())];
    let headers = [("if-none-match", held)];
    get(app, who, &asked, if held.is_empty() { &[] } else { &headers }).await
}
