//! The three facts of an action: what was done, what proof there is, what difference it made; and the board's word.

use serde_json::{Value, json};

use super::{OFFICE, action, at, piece, refusal, shown, wrong};
use crate::support::{Persona, TestApp, on_both};

const FACTS: &str = "status statusOn
    delivery { status stepsTotal stepsSettled claimedOn claimedBy { ...on Person { post } } summary }
    proof { strandsRequired acceptedStrands submittedStrands isSufficient }
    assurance { assuredOn assuredBy { __typename } note }
    impact { judgement summary judgedOn judgedBy { __typename } evidence { title } }";

/// Evidence as it is reviewed, straight through the write path: `evidenceReview` has its own tests.
async fn review(app: &TestApp, title: &str, status: &str) {
    let before = app.world.piece(title).clone();
    let mut to = app.write().await;
    let after = entity::evidence::Model { review_status: status.to_owned(), ..before.clone() };
    to.cx.update(&before, after).await.unwrap();
    to.commit().await;
}

async fn claim(app: &TestApp, who: Persona, id: &str, version: i32) {
    let input = at(id, version, json!({ "summary": "All is done" }));
    app.done(who, "actionClaimComplete", input, "action { status }").await;
}

#[tokio::test]
async fn from_claim_to_assurance_each_fact_has_its_day_and_author() {
    on_both(async |app| {
        let id = action(app, "1.1");
        claim(app, Persona::Lead, &id, 1).await;
        let claimed = shown(app, OFFICE, &id, FACTS).await;
        assert_eq!(
            claimed["delivery"],
            json!({
                "status": "COMPLETE", "stepsTotal": 1, "stepsSettled": 1, "claimedOn": "2018-12-10",
                "claimedBy": { "post": "Head of service" }, "summary": "All is done",
            })
        );
        assert_eq!((&claimed["assurance"], &claimed["impact"]), (&Value::Null, &Value::Null));
        let proof = |accepted: Value, submitted: Value, is_sufficient: bool| {
            json!({ "strandsRequired": 2, "acceptedStrands": accepted, "submittedStrands": submitted, "isSufficient": is_sufficient })
        };
        assert_eq!(claimed["proof"], proof(json!(["QUALITY_ASSURANCE"]), json!(["VOICE"]), false));

        let early = app.refused(Persona::BoardMember, "actionAssure", at(&id, 2, json!({}))).await;
        assert_eq!(early, refusal("VALIDATION_FAILED", "id"));
        review(app, "OFFICIAL_SENSITIVE on 1.1, shared", "ACCEPTED").await;
        let input = at(&id, 2, json!({ "note": "Seen by two of us" }));
        app.done(Persona::BoardMember, "actionAssure", input, "action { status }").await;

        let assured = shown(app, Persona::Chair, &id, FACTS).await;
        assert_eq!((&assured["status"], &assured["statusOn"]), (&json!("ASSURED"), &json!("2018-12-10")));
        assert_eq!(assured["proof"], proof(json!(["QUALITY_ASSURANCE", "VOICE"]), json!([]), true));
        let note = json!({ "assuredOn": "2018-12-10", "assuredBy": null, "note": "Seen by two of us" });
        assert_eq!(assured["assurance"], note);

        // What was written reads like an update, and evidence has its own rule: scrutiny sees the facts without either.
        let outside = shown(app, Persona::Scrutiny, &id, FACTS).await;
        assert_eq!(outside["proof"], proof(json!([]), json!([]), false));
        assert_eq!((&outside["delivery"]["summary"], &outside["assurance"]["note"]), (&Value::Null, &Value::Null));
        assert_eq!(outside["assurance"]["assuredOn"], "2018-12-10");
    })
    .await;
}

#[tokio::test]
async fn a_claim_needs_settled_steps_and_evidence_and_says_all_that_is_missing() {
    on_both(async |app| {
        let payload =
            app.mutate(OFFICE, "actionClaimComplete", at(&action(app, "2.10"), 1, json!({})), "").await;
        assert_eq!(wrong(&payload), [refusal("VALIDATION_FAILED", "id"), refusal("VALIDATION_FAILED", "id")]);
        let text = payload.to_string();
        assert!(text.contains("One step is neither") && text.contains("No evidence belongs"), "{text}");

        let of = app.world.action("1.4").id;
        for link in app.world.evidence_of_actions.iter().filter(|link| link.action_id == of) {
            let piece = app.world.evidence.iter().find(|piece| piece.id == link.evidence_id).unwrap();
            if piece.review_status != "REFUSED" {
                review(app, &piece.title, "REFUSED").await;
            }
        }
        let refused =
            app.refused(Persona::Lead, "actionClaimComplete", at(&action(app, "1.4"), 1, json!({}))).await;
        assert_eq!(refused, refusal("VALIDATION_FAILED", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_takes_the_claim_back_and_says_why() {
    on_both(async |app| {
        let id = action(app, "1.1");
        claim(app, OFFICE, &id, 1).await;
        let input = at(&id, 2, json!({ "reason": "Where is the audit?" }));
        app.done(Persona::Chair, "actionRefuse", input, "action { status }").await;

        let now = shown(app, OFFICE, &id, FACTS).await;
        assert_eq!((&now["status"], &now["delivery"]["claimedOn"]), (&json!("IN_PROGRESS"), &Value::Null));
        assert_eq!(now["delivery"]["summary"], Value::Null);
        let history = shown(app, OFFICE, &id, "history { nodes { operation reason } }").await;
        let last = history["history"]["nodes"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last, json!({ "operation": "actionRefuse", "reason": "Where is the audit?" }));
    })
    .await;
}

#[tokio::test]
async fn whoever_claims_neither_assures_nor_judges() {
    on_both(async |app| {
        let id = action(app, "1.1");
        // The head of service sits on the board too.
        let mut to = app.write().await;
        let head = app.world.party("Head of service").id;
        to.member("lead", "BOARD", |of| of.person_id = Some(head)).await;
        to.member("officer", "BOARD", |of| of.person_id = Some(head)).await;
        to.commit().await;
        review(app, "OFFICIAL_SENSITIVE on 1.1, shared", "ACCEPTED").await;
        claim(app, Persona::Lead, &id, 1).await;

        let judge = json!({ "impact": "TOO_EARLY", "summary": "Too early" });
        // The same subject, and the same person under another subject.
        for who in [Persona::Lead, Persona::Officer] {
            assert_eq!(
                app.refused(who, "actionAssure", at(&id, 2, json!({}))).await,
                refusal("FORBIDDEN", "id")
            );
            let judged = app.refused(who, "actionJudgeImpact", at(&id, 2, judge.clone())).await;
            assert_eq!(judged, refusal("FORBIDDEN", "id"));
            let can = shown(app, who, &id, "viewerCan").await["viewerCan"].clone();
            assert!(!can.as_array().unwrap().contains(&json!("ASSURE")), "{can}");
            assert!(can.as_array().unwrap().contains(&json!("REFUSE")), "{can}");
        }
        app.done(Persona::BoardMember, "actionAssure", at(&id, 2, json!({})), "action { status }").await;
    })
    .await;
}

#[tokio::test]
async fn a_difference_is_judged_on_evidence_of_the_action() {
    on_both(async |app| {
        let id = action(app, "1.1");
        let of = |version, impact: &str, evidence: Value| {
            at(&id, version, json!({ "impact": impact, "summary": "Children are seen sooner", "evidenceIds": evidence }))
        };
        let [good, refused, foreign] = ["OFFICIAL on 1.1, kept", "OFFICIAL on 1.1, shared", "OFFICIAL on 1.9, kept"]
            .map(|title| piece(app, title));
        for (evidence, field) in [
            (json!([]), "evidenceIds"),
            (json!([good, refused]), "evidenceIds.1"),
            (json!([foreign]), "evidenceIds.0"),
            (json!([good, good]), "evidenceIds.1"),
        ] {
            let answer = app.refused(Persona::Chair, "actionJudgeImpact", of(1, "IMPROVED", evidence)).await;
            assert_eq!(answer, refusal("VALIDATION_FAILED", field));
        }

        app.done(Persona::Chair, "actionJudgeImpact", of(1, "IMPROVED", json!([good])), "action { version }").await;
        let now = shown(app, Persona::BoardMember, &id, FACTS).await;
        assert_eq!(
            now["impact"],
            json!({
                "judgement": "IMPROVED", "summary": "Children are seen sooner", "judgedOn": "2018-12-10", "judgedBy": null,
                "evidence": [{ "title": "OFFICIAL on 1.1, kept" }],
            })
        );
        let outside = shown(app, Persona::Scrutiny, &id, FACTS).await["impact"].clone();
        assert_eq!((&outside["judgement"], &outside["summary"]), (&json!("IMPROVED"), &Value::Null));
        assert_eq!(outside["evidence"], json!([]));

        let again = of(2, "TOO_EARLY", Value::Null);
        app.done(OFFICE, "actionJudgeImpact", again, "action { version }").await;
        let now = shown(app, OFFICE, &id, FACTS).await["impact"].clone();
        assert_eq!((&now["judgement"], &now["evidence"]), (&json!("TOO_EARLY"), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn what_is_given_up_no_longer_answers() {
    on_both(async |app| {
        let id = action(app, "1.9");
        let input = at(&id, 1, json!({ "reason": "Overtaken by events" }));
        let now = app.done(OFFICE, "actionWithdraw", input, "action { status statusOn }").await;
        assert_eq!(now["action"], json!({ "status": "WITHDRAWN", "statusOn": "2018-12-10" }));
        let document = "query($id: ID!) { node(id: $id) { ...on Recommendation { coverage } } }";
        let demand = json!({ "id": super::recommendation(app, "2") });
        let covered = app.data(OFFICE, document, demand).await["node"]["coverage"].clone();
        assert_eq!(covered, "UNCOVERED");
        let twice = app.refused(OFFICE, "actionWithdraw", at(&id, 2, json!({ "reason": "Again" }))).await;
        assert_eq!(twice, refusal("ILLEGAL_TRANSITION", "id"));
    })
    .await;
}
