//! The board looks, refuses, and later assures.

use serde_json::{Value, json};

use super::{action, codes, missing, proof};
use crate::support::{Persona, TestApp, gid, on_both};

const BOARD: Persona = Persona::BoardMember;

fn at(id: &str, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Adds evidence of a strand to an action, as its lead.
async fn add(app: &TestApp, on: &str, strand: &str, more: Value) -> String {
    let mut input = json!({
        "programmeId": gid("prg", app.world.programme("northshire").id), "title": format!("{strand} of autumn"),
        "strand": strand, "marking": "OFFICIAL", "actionIds": [on],
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let payload = app.done(Persona::Lead, "evidenceAdd", input, "evidence { id }").await;
    payload["evidence"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_board_sees_what_is_missing_refuses_and_later_assures() {
    on_both(async |app| {
        let id = action(app, "1.3");
        assert_eq!(missing(app, BOARD, &id).await, ["NOT_CLAIMED", "NO_EVIDENCE", "STRANDS_MISSING"]);

        let minutes = add(app, &id, "DOCUMENT", json!({})).await;
        assert_eq!(missing(app, BOARD, &id).await, ["NOT_CLAIMED", "STRANDS_MISSING"]);
        app.done(Persona::Lead, "actionClaimComplete", at(&id, 1, json!({})), "action { status }").await;
        app.done(BOARD, "evidenceReview", at(&minutes, 1, json!({ "status": "ACCEPTED" })), "evidence { id }").await;
        let told = proof(app, BOARD, &id, "missing { code strands message } strands { strand accepted }").await;
        assert_eq!(codes(&told["missing"]), ["STRANDS_MISSING"], "a document is no strand");
        assert_eq!(told["missing"][0]["strands"], json!(["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE"]));
        assert_eq!(told["strands"][3], json!({ "strand": "DOCUMENT", "accepted": 1 }));
        // The words are those with which it is refused.
        let payload = app.mutate(BOARD, "actionAssure", at(&id, 2, json!({})), "").await;
        assert_eq!(payload["userErrors"][0]["message"], told["missing"][0]["message"]);
        let why = json!({ "reason": "Nothing shows that it helped" });
        app.done(BOARD, "actionRefuse", at(&id, 2, why), "action { status }").await;

        let figures = add(app, &id, "PERFORMANCE_DATA", json!({ "periodEnd": "2018-11-30", "shows": "IMPROVED" })).await;
        let voice = add(app, &id, "VOICE", json!({ "expiresOn": "2019-03-31", "shows": "IMPROVED" })).await;
        app.done(Persona::Lead, "actionClaimComplete", at(&id, 3, json!({})), "action { status }").await;
        let told = proof(app, BOARD, &id, "missing { code strands }").await;
        assert_eq!(codes(&told["missing"]), ["STRANDS_MISSING", "EVIDENCE_NOT_REVIEWED"]);
        assert_eq!(told["missing"][1]["strands"], json!(["PERFORMANCE_DATA", "VOICE"]));
        for piece in [&figures, &voice] {
            app.done(BOARD, "evidenceReview", at(piece, 1, json!({ "status": "ACCEPTED" })), "evidence { id }").await;
        }
        let selection = "strands { strand accepted latestOn ageInDays countsUntil says } missing { code }";
        let told = proof(app, BOARD, &id, selection).await;
        assert_eq!(told["missing"], json!([]));
        assert_eq!(
            told["strands"][0],
            json!({ "strand": "PERFORMANCE_DATA", "accepted": 1, "latestOn": "2018-11-30", "ageInDays": 10, "countsUntil": null, "says": "BETTER" })
        );
        assert_eq!(
            told["strands"][2],
            json!({ "strand": "VOICE", "accepted": 1, "latestOn": "2018-12-10", "ageInDays": 0, "countsUntil": "2019-03-31", "says": "BETTER" })
        );
        app.done(BOARD, "actionAssure", at(&id, 4, json!({})), "action { status }").await;
        assert_eq!(missing(app, BOARD, &id).await, Vec::<String>::new());

        // In spring the voices count no longer, and the assurance stands on figures alone.
        let list = "query($id: ID!) { node(id: $id) { ...on Programme { assuredOnExpiredEvidence { totalCount nodes { reference } } } } }";
        let of = json!({ "id": gid("prg", app.world.programme("northshire").id) });
        let now = app.data(BOARD, list, of.clone()).await;
        assert_eq!(now["node"]["assuredOnExpiredEvidence"]["totalCount"], 0);
        let spring = app.at("2019-04-01".parse().unwrap()).await;
        let then = spring.data(BOARD, list, of.clone()).await;
        assert_eq!(then["node"]["assuredOnExpiredEvidence"]["nodes"], json!([{ "reference": "1.3" }]));
        let scrutiny = spring.data(Persona::Scrutiny, list, of).await;
        assert_eq!(scrutiny["node"]["assuredOnExpiredEvidence"]["totalCount"], 0, "it sees no evidence that could expire");
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_open_is_named_before_the_claim() {
    on_both(async |app| {
        let told = proof(app, BOARD, &action(app, "2.10"), "missing { code message }").await;
        assert_eq!(codes(&told["missing"]), ["NOT_CLAIMED", "STEPS_OPEN", "NO_EVIDENCE", "STRANDS_MISSING"]);
        let payload = app
            .mutate(
                Persona::ProgrammeOffice,
                "actionClaimComplete",
                at(&action(app, "2.10"), 1, json!({})),
                "",
            )
            .await;
        for (error, gap) in [(0, 1), (1, 2)] {
            assert_eq!(payload["userErrors"][error]["message"], told["missing"][gap]["message"]);
        }
        assert_eq!(missing(app, BOARD, &action(app, "2.4")).await, ["ENDED"]);
        assert_eq!(missing(app, BOARD, &action(app, "C1")).await[0], "PLAN_NOT_RUNNING");
        assert_eq!(missing(app, BOARD, &action(app, "1.10")).await[0], "NOT_STARTED");
    })
    .await;
}

#[tokio::test]
async fn strands_that_disagree_are_on_the_boards_list() {
    on_both(async |app| {
        let id = action(app, "1.3");
        for (strand, shows) in [("PERFORMANCE_DATA", "IMPROVED"), ("VOICE", "NO_CHANGE")] {
            let piece = add(app, &id, strand, json!({ "shows": shows })).await;
            let told = proof(app, BOARD, &id, "doStrandsDisagree").await;
            assert_eq!(told["doStrandsDisagree"], false, "what nobody accepted says nothing");
            app.done(BOARD, "evidenceReview", at(&piece, 1, json!({ "status": "ACCEPTED" })), "evidence { id }").await;
        }
        let told = proof(app, BOARD, &id, "doStrandsDisagree strands { says }").await;
        assert_eq!(told["doStrandsDisagree"], true);
        let says: Vec<&Value> = told["strands"].as_array().unwrap().iter().map(|of| &of["says"]).collect();
        assert_eq!(says, [&json!("BETTER"), &Value::Null, &json!("NOT_BETTER"), &Value::Null]);
        let list = "query($id: ID!) { node(id: $id) { ...on Programme {
            strandsInDisagreement(filter: { status: { eq: IN_PROGRESS } }) { totalCount nodes { reference } } } } }";
        let of = json!({ "id": gid("prg", app.world.programme("northshire").id) });
        let now = app.data(BOARD, list, of).await;
        let listed = now["node"]["strandsInDisagreement"]["nodes"].as_array().unwrap();
        assert!(listed.contains(&json!({ "reference": "1.3" })), "{listed:?}");
    })
    .await;
}
