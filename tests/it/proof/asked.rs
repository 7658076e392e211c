//! What shows that a demand is met, and what is missing.

use serde_json::{Value, json};

use super::codes;
use crate::support::{Persona, TestApp, gid, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

async fn shown(app: &TestApp, as_whom: Persona, id: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Requirement { coverage
        proof { missing { code strands message } strands { strand accepted submitted } } } } }";
    app.data(as_whom, document, json!({ "id": id })).await["node"].clone()
}

#[tokio::test]
async fn a_demand_lacks_answer_actions_assurance_and_strands() {
    on_both(async |app| {
        let of = |reference: &str| gid("rec", app.world.requirement("Inspection", reference).id);
        let bare = shown(app, OFFICE, &of("(5)")).await;
        assert_eq!(codes(&bare["proof"]["missing"]), ["NOT_ANSWERED", "UNCOVERED", "STRANDS_MISSING"]);
        let partly = shown(app, OFFICE, &of("2")).await;
        let missing = codes(&partly["proof"]["missing"]);
        assert_eq!(missing[..3], ["NOT_ANSWERED", "PARTLY_COVERED", "ACTIONS_NOT_ASSURED"]);
        assert_eq!(partly["proof"]["missing"][2]["message"], "One action that answers it is not assured.");
        // 1 was answered, and two actions address it.
        let first = shown(app, OFFICE, &of("1")).await;
        assert_eq!(codes(&first["proof"]["missing"])[0], "ACTIONS_NOT_ASSURED");
        assert_eq!(first["proof"]["missing"][0]["message"], "2 actions that answer it are not assured.");
        // 10 is answered by a draft alone: for the board it is by nothing.
        let draft = |told: &Value| codes(&told["proof"]["missing"])[1].clone();
        assert_eq!(draft(&shown(app, OFFICE, &of("10")).await), "ACTIONS_NOT_ASSURED");
        assert_eq!(draft(&shown(app, Persona::BoardMember, &of("10")).await), "UNCOVERED");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_missing_of_what_is_confirmed() {
    on_both(async |app| {
        let id = gid("rec", app.world.requirement("Inspection", "(5)").id);
        let input = json!({ "id": id, "expectedVersion": 1, "note": "Seen on the visit" });
        app.done(Persona::BoardMember, "recommendationConfirm", input, "recommendation { version }").await;
        assert_eq!(shown(app, OFFICE, &id).await["proof"]["missing"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_term_is_shown_by_what_shows_the_lowest_below_it() {
    on_both(async |app| {
        let term = |reference: &str| gid("trm", app.world.requirement("Second direction", reference).id);
        let input = json!({
            "programmeId": gid("prg", app.world.programme("northshire").id), "title": "By day", "strand": "VOICE",
            "marking": "OFFICIAL", "requirementIds": [term("2.b.i")],
        });
        let mut before = Vec::new();
        for reference in ["2", "2.b", "2.b.i", "2.b.ii"] {
            before.push(shown(app, OFFICE, &term(reference)).await["proof"]["strands"][2]["submitted"].clone());
        }
        app.done(OFFICE, "evidenceAdd", input, "evidence { id }").await;
        for (place, (reference, more)) in [("2", 1), ("2.b", 1), ("2.b.i", 1), ("2.b.ii", 0)].iter().enumerate() {
            let now = shown(app, OFFICE, &term(reference)).await["proof"]["strands"][2]["submitted"].clone();
            assert_eq!(now.as_i64().unwrap(), before[place].as_i64().unwrap() + more, "{reference}");
        }
    })
    .await;
}

#[tokio::test]
async fn evidence_is_counted_without_being_listed() {
    on_both(async |app| {
        let id = gid("rec", app.world.requirement("Inspection", "2").id);
        let told = async |selection: &str| {
            let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on Recommendation {{ evidence(first: 50) {{ {selection} }} }} }} }}");
            app.data(OFFICE, &document, json!({ "id": id })).await["node"]["evidence"].clone()
        };
        let listed = told("totalCount nodes { id }").await;
        assert_eq!(told("totalCount").await["totalCount"], listed["totalCount"]);
        assert_eq!(listed["totalCount"], listed["nodes"].as_array().unwrap().len());
    })
    .await;
}
