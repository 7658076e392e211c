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
const CHANGES: usize = 45;

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
        let fields = schema.whole(ty, 8);
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
    let mut die = Die::new(seed);
    // Some are asked time and again, so that most tags are used.
    let few: Vec<Question> = (0..8).map(|_| die.one(&questions)).collect();
    let mut world = World::new(app);
    let mut copies: BTreeMap<String, Copy> = BTreeMap::new();
    let mut said = Vec::new();
    let (mut spared, mut sent, mut wrong) = (0, 0, 0);
    for number in 0..CHANGES {
        said.push(world.change(&mut die).await);
        let on = app.trusting(world.today, policy(&documents, Allowed::Any, false)).await;
        for who in Persona::ALL {
            for question in [die.one(&questions), die.one(&few), die.one(&few)] {
                let context =
                    || format!("seed {seed}, {number}, {who:?} asks {question:?} after\n{}", said.join("\n"));
                // Their own of every question, or everybody's.
                let is_greedy = die.below(3) == 0;
                let held: Vec<&str> = copies
                    .iter()
                    .filter(|(_, copy)| is_greedy || copy.who == *who && copy.question == question)
                    .map(|(tag, _)| tag.as_str())
                    .collect();
                let answer = ask(&on, *who, &question, &held.join(", ")).await;
                let now = ask(&on, *who, &question, "").await;
                assert_eq!(now.status, 200, "{}: {}", context(), now.text);
                if answer.status == 304 {
                    spared += 1;
                    let copy = copies.get(answer.header("etag")).unwrap_or_else(|| panic!("{}", context()));
                    assert_eq!((copy.who, &copy.question), (*who, &question), "{}", context());
                    assert_eq!(copy.text, now.text, "{}", context());
                    assert_eq!(answer.header("etag"), now.header("etag"), "{}", context());
                    continue;
                }
                assert_eq!(answer.status, 200, "{}", context());
                let tag = answer.header("etag").to_owned();
                assert_eq!(tag, now.header("etag"), "{}", context());
                if tag.is_empty() {
                    wrong += 1;
                    assert!(answer.text.contains(r#""errors":[{"#), "{}: {}", context(), answer.text);
                    continue;
                }
                sent += 1;
                assert_eq!(answer.text, now.text, "{}", context());
                assert!(!answer.text.contains(r#""errors":[{"#), "{}", context());
                let copy = Copy { who: *who, question, text: answer.text };
                assert!(copies.insert(tag, copy).is_none(), "a tag was given twice");
            }
        }
    }
    eprintln!("{spared} spared, {sent} sent, {wrong} with errors");
    assert!(
        spared > CHANGES && sent > CHANGES && wrong > 0,
        "{spared} spared, {sent} sent, {wrong} with errors"
    );
}

async fn ask(app: &TestApp, who: Persona, (document, variables): &Question, held: &str) -> Raw {
    let variables = variables.to_string();
    let asked = [("documentId", document.as_str()), ("variables", variables.as_str())];
    let headers = [("if-none-match", held)];
    get(app, who, &asked, if held.is_empty() { &[] } else { &headers }).await
}
