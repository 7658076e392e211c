//! What is hidden moves nothing. The world is changed at random, time and again; whoever sees none of the new rows gets,
//! byte for byte, the answers that they got before: every field of everything, lists, filters, counts, costs and errors.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::change::{self, Die};
use super::everywhere::TYPES;
use super::eye::{Eye, everything};
use super::whole::{Schema, Service};
use crate::support::{Persona, TestApp, on_both};

/// How many random changes the world goes through.
const CHANGES: usize = 10;
/// How many things of a type are asked for by their ids, out of all.
const SAMPLE: usize = 30;
/// Who is asked: everyone who sees something of their own.
const VIEWERS: [Persona; 8] = [
    Persona::BoardMember,
    Persona::Lead,
    Persona::Police,
    Persona::Health,
    Persona::Scrutiny,
    Persona::Admin,
    Persona::SouthmereOffice,
    Persona::Anonymous,
];

const LISTS: &str = "query Lists($slug: String!) { programme(slug: $slug) {
    none: actions(first: 100, filter: { evidence: { none: {} } }) { totalCount nodes { id } }
    some: actions(first: 100, filter: { requirements: { some: { actions: { some: {} } } } }) { totalCount nodes { id } }
    red: actions(first: 100, filter: { health: { eq: OFF_TRACK } }) { nodes { id } }
    late: actions(first: 100, filter: { isUpdateOverdue: { eq: true } }) { nodes { id } }
    declared: actions(first: 100, filter: { declaredHealth: { isNull: true } }) { nodes { id } }
    leaderless: actions(first: 100, filter: { lead: { isNull: true } }) { nodes { id } }
    changed: actions(first: 100, orderBy: [{ field: UPDATED_AT, direction: DESC }]) { edges { cursor node { id
        forecastOn computedHealth rating { health } declaredHealth updateDueOn isUpdateOverdue viewerCan } } }
    untold: claimedWithoutImpact(first: 100) { totalCount edges { cursor node { id } } }
    expired: assuredOnExpiredEvidence(first: 100) { totalCount edges { cursor node { id } } }
    divided: strandsInDisagreement(first: 100) { totalCount edges { cursor node { id proof { missing { code } strands { says } } } } }
    agreeing: actions(first: 100, filter: { doStrandsDisagree: { eq: false } }) { totalCount nodes { id } }
    gaps: recommendations(first: 100, filter: { coverage: { neq: COVERED } }) { totalCount nodes { id } }
    idle: evidence(first: 100, filter: { actions: { none: {} } }) { totalCount nodes { id } }
    backwards: changes(last: 5) { edges { cursor node { sequence entityId } } } } }";

const THREAD: &str = "query Thread($slug: String!) { programme(slug: $slug) { recommendations(first: 10) { nodes { reference
    coverage evidence(first: 20) { totalCount nodes { title } }
    actions(first: 5) { totalCount edges { qualifier node { reference rating { label } forecastOn latestUpdate { narrative }
        rolledOverFrom { reference plan { title } } rolledOverTo { reference plan { title } } dependsOn { reference }
        leads { __typename ...on Person { post } ...on Group { name members { post } } }
        evidence(first: 5) { totalCount nodes { title sharedWith { name } actions(first: 2) { totalCount } } } } } } } } } }";

/// All that a persona is told about what stands in the record, whoever may see it.
pub async fn all_that_is_told(
    service: &impl Service,
    schema: &Schema,
    persona: Persona,
    ids: &[String],
) -> String {
    let mut told = String::new();
    let mut by_type: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for id in ids {
        by_type.entry(&id[..3]).or_default().push(id);
    }
    for (prefix, ids) in by_type {
        // Spread over all, so that hidden and seen, old and new are among them.
        let ids: Vec<_> = ids.iter().step_by(ids.len().div_ceil(SAMPLE)).collect();
        let ty = TYPES.iter().find(|(_, of)| *of == prefix).unwrap().0;
        let (batch, size) = if ty == "Programme" { (1, 100) } else { (SAMPLE, 8) };
        let fields = schema.whole(ty, size);
        let document =
            format!("query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...on {ty} {{ {fields} }} }} }}");
        for some in ids.chunks(batch) {
            told += &service.tell(persona, &document, json!({ "ids": some })).await;
            told.push('\n');
        }
        // One alone too: beside others it does not show whether a statement was needed for it.
        if ty == "Action" {
            told += &service.tell(persona, &document, json!({ "ids": [ids[ids.len() / 2]] })).await;
            told.push('\n');
        }
    }
    for document in [LISTS, THREAD] {
        for slug in ["northshire", "southmere"] {
            told += &service.tell(persona, document, json!({ "slug": slug })).await;
            told.push('\n');
        }
    }
    told
}

/// The first line that is not the same, to show where a leak is.
pub fn difference(before: &str, after: &str) -> String {
    let lines = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    let Some((before, after)) = lines else { return "the number of lines".to_owned() };
    let at = before.bytes().zip(after.bytes()).take_while(|(before, after)| before == after).count();
    let part = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(300)..text.len().min(at + 120)])
            .into_owned()
    };
    format!("before: {}\nafter: {}", part(before), part(after))
}

async fn hidden_changes_are_silent(app: &TestApp, seed: u64) {
    let schema = Schema::of(app).await;
    let mut die = Die::new(seed);
    let mut record = app.world.clone();
    let mut ids = everything(&record);
    let known = ids.len();
    ids.push(crate::support::gid("act", Uuid::from_u128(7)));
    let mut told = BTreeMap::new();
    for persona in VIEWERS {
        told.insert(format!("{persona:?}"), all_that_is_told(app, &schema, persona, &ids).await);
    }
    let (mut silent, mut loud) = (0, 0);
    for number in 0..CHANGES {
        let old = everything(&record);
        let (what, after) = change::random(app, record, &mut die).await;
        record = after;
        let new: Vec<String> = everything(&record).into_iter().filter(|id| !old.contains(id)).collect();
        assert!(!new.is_empty());
        for persona in VIEWERS {
            let eye = Eye::of(&record, persona);
            let tells = all_that_is_told(app, &schema, persona, &ids).await;
            let before = told.insert(format!("{persona:?}"), tells.clone()).unwrap();
            if new.iter().any(|id| eye.sees(id)) {
                loud += 1;
                assert!(before != tells, "seed {seed}, change {number}, {persona:?} is not told of {what}");
            } else {
                silent += 1;
                let difference = if before == tells { String::new() } else { difference(&before, &tells) };
                assert!(before == tells, "seed {seed}, change {number}, {persona:?}, {what}:\n{difference}");
            }
        }
    }
    assert!(silent > CHANGES && loud > CHANGES, "{silent} silent, {loud} loud of {known} things");
}

#[tokio::test]
async fn what_a_viewer_may_not_see_moves_nothing_in_any_answer() {
    on_both(async |app| hidden_changes_are_silent(app, 20).await).await;
}

#[tokio::test]
async fn an_error_tells_no_hidden_thing_from_one_that_never_was() {
    on_both(async |app| {
        let record = super::seed::more(app.write().await).await;
        let never = Uuid::from_u128(0x1234_5678);
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);
            for id in everything(&record).iter().filter(|id| !eye.sees(id)) {
                let never = crate::support::gid(&id[..3], never);
                let text = |answer: String, id: &str| answer.replace(id, "-");
                let mut answers = Vec::new();
                for id in [id, &never] {
                    let document = "query Q($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
                    let answer = app.query(*persona, document, json!({ "id": id })).await;
                    assert_eq!(answer.data(), &json!({ "node": null, "nodes": [null] }));
                    answers.push((answer.status, text(answer.without_request_id(), id)));
                }
                assert_eq!(answers[0], answers[1], "{persona:?} {id}");
            }
            for slug in ["northshire", "southmere"] {
                let document = "query Q($slug: String!) { programme(slug: $slug) { name } }";
                let answer = app.query(*persona, document, json!({ "slug": slug })).await;
                let never = app.query(*persona, document, json!({ "slug": "nowhere" })).await;
                if answer.data()["programme"].is_null() {
                    assert_eq!(answer.without_request_id(), never.without_request_id(), "{persona:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_one_viewer_shows_another_nothing_new() {
    on_both(async |app| {
        let record = super::seed::more(app.write().await).await;
        let document = "query Q($after: String, $before: String) { programme(slug: \"northshire\") {
            evidence(first: 100, after: $after, before: $before, orderBy: [{ field: TITLE }]) {
            pageInfo { hasNextPage } edges { cursor node { id title } } } } }";
        let list = async |persona: Persona, after: Value, before: Value| {
            let variables = json!({ "after": after, "before": before });
            let answer = app.data(persona, document, variables).await;
            answer["programme"]["evidence"]["edges"].as_array().unwrap().clone()
        };
        let all = list(Persona::ProgrammeOffice, Value::Null, Value::Null).await;
        let northshire = record.programme("northshire").id;
        let here = record.evidence.iter().filter(|piece| piece.programme_id == northshire);
        assert_eq!(all.len(), here.count());
        for persona in [Persona::Police, Persona::Health, Persona::Lead, Persona::Admin, Persona::Scrutiny] {
            let own = list(persona, Value::Null, Value::Null).await;
            // Bytes, as the database compares them.
            let title = |edge: &Value| edge["node"]["title"].as_str().unwrap().to_owned();
            for edge in all.iter().step_by(7) {
                let cursor = edge["cursor"].clone();
                let after = list(persona, cursor.clone(), Value::Null).await;
                let before = list(persona, Value::Null, cursor).await;
                let expected = |beyond: &dyn Fn(&str, &str) -> bool| -> Vec<Value> {
                    own.iter().filter(|own| beyond(&title(own), &title(edge))).cloned().collect()
                };
                assert_eq!(after, expected(&|own, edge| own > edge), "{persona:?}");
                assert_eq!(before, expected(&|own, edge| own < edge), "{persona:?}");
            }
        }
    })
    .await;
}
