//! The steps of an action.

use serde_json::{Value, json};

use super::{OFFICE, action, at, person, refusal, shown};
use crate::support::{Persona, TestApp, gid, on_both};

const STEP: &str =
    "step { id version text dueOn doneOn struckOutOn struckOutReason lead { ...on Person { post } } }
    action { version contributors { ...on Person { post } } delivery { stepsTotal stepsSettled } }";

fn step(app: &TestApp, text: &str) -> String {
    gid("stp", app.world.steps.iter().find(|row| row.text == text).unwrap().id)
}

#[tokio::test]
async fn a_step_is_added_at_the_end_and_its_lead_contributes() {
    on_both(async |app| {
        let id = action(app, "1.1");
        let input = json!({
            "actionId": id, "text": "Tell them", "dueOn": "2018-12-31", "leadId": person(app, "Safeguarding nurse"),
        });

        let made = app.done(OFFICE, "stepAdd", input, STEP).await;

        assert_eq!((&made["step"]["version"], &made["step"]["dueOn"]), (&json!(1), &json!("2018-12-31")));
        assert_eq!(made["action"]["contributors"], json!([{ "post": "Safeguarding nurse" }]));
        assert_eq!(made["action"]["delivery"], json!({ "stepsTotal": 2, "stepsSettled": 1 }));
        let steps = shown(app, Persona::Scrutiny, &id, "steps { text }").await;
        assert_eq!(steps["steps"], json!([{ "text": "Find out" }, { "text": "Tell them" }]));

        let step = made["step"]["id"].as_str().unwrap();
        let input = at(step, 1, json!({ "dueOn": null, "leadId": null, "text": "Tell everyone" }));
        let now = app.done(OFFICE, "stepUpdate", input, STEP).await["step"].clone();
        assert_eq!((&now["text"], &now["dueOn"], &now["lead"]), (&json!("Tell everyone"), &Value::Null, &Value::Null));
        let cleared = app.refused(OFFICE, "stepUpdate", at(step, 2, json!({ "text": null }))).await;
        assert_eq!(cleared, refusal("VALIDATION_FAILED", "text"));
    })
    .await;
}

#[tokio::test]
async fn a_step_is_done_or_struck_out_once_and_can_be_taken_up_again() {
    on_both(async |app| {
        let id = step(app, "Too late");
        let health = async || {
            shown(app, OFFICE, &action(app, "2.10"), "computedHealth").await["computedHealth"].clone()
        };
        let early = app.refused(OFFICE, "stepComplete", at(&id, 1, json!({ "doneOn": "2018-12-11" }))).await;
        assert_eq!(early, refusal("VALIDATION_FAILED", "doneOn"));
        let nothing = app.refused(OFFICE, "stepReopen", at(&id, 1, json!({ "reason": "Why not" }))).await;
        assert_eq!(nothing, refusal("ILLEGAL_TRANSITION", "id"));

        let done = app.done(OFFICE, "stepComplete", at(&id, 1, json!({})), STEP).await;
        assert_eq!(done["step"]["doneOn"], "2018-12-10");
        for (mutation, more) in [("stepComplete", json!({})), ("stepStrikeOut", json!({ "reason": "No" }))] {
            let twice = app.refused(OFFICE, mutation, at(&id, 2, more)).await;
            assert_eq!(twice, refusal("ILLEGAL_TRANSITION", "id"), "{mutation}");
        }

        app.done(OFFICE, "stepReopen", at(&id, 2, json!({ "reason": "Not so" })), STEP).await;
        assert_eq!(health().await, "AT_RISK");
        let out = at(&id, 3, json!({ "reason": "Others do it" }));
        let out = app.done(OFFICE, "stepStrikeOut", out, STEP).await["step"].clone();
        assert_eq!(
            (&out["struckOutOn"], &out["struckOutReason"]),
            (&json!("2018-12-10"), &json!("Others do it"))
        );
        assert_eq!(out["doneOn"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn leads_and_partners_finish_steps_of_their_own_and_the_office_any() {
    on_both(async |app| {
        let of = |reference: &str| {
            let action = app.world.action(reference).id;
            gid("stp", app.world.steps.iter().find(|row| row.action_id == action).unwrap().id)
        };
        let input = |reference: &str| at(&of(reference), 1, json!({ "reason": "Again" }));
        for (who, reference, code) in [
            (Persona::Lead, "1.2", "FORBIDDEN"),
            (Persona::Police, "1.1", "FORBIDDEN"),
            (Persona::Officer, "1.1", "FORBIDDEN"),
            (Persona::Chair, "1.1", "FORBIDDEN"),
            (OFFICE, "D1", "ILLEGAL_TRANSITION"),
            (Persona::Scrutiny, "A1", "NOT_FOUND"),
        ] {
            let refused = app.refused(who, "stepReopen", input(reference)).await;
            assert_eq!(refused, refusal(code, "id"), "{who:?} {reference}");
        }
        for (who, reference) in [(Persona::Lead, "1.1"), (Persona::Police, "1.2"), (OFFICE, "1.3")] {
            app.done(who, "stepReopen", input(reference), STEP).await;
        }
    })
    .await;
}
