//! Versions, and what is refused before a command's own rules are asked.

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, on_both};

const SHOWS: &str = "action { status version }";

fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

async fn history(app: &TestApp, id: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Action { history(last: 1) { totalCount nodes { operation version actor reason } } } } }";
    app.data(Persona::ProgrammeOffice, document, json!({ "id": id })).await["node"]["history"].clone()
}

#[tokio::test]
async fn a_change_makes_the_next_version_and_one_entry_that_says_who() {
    on_both(async |app| {
        let id = action(app, "1.9");

        let input = json!({ "id": id, "expectedVersion": 1 });
        let payload = app.done(Persona::ProgrammeOffice, "actionStart", input, SHOWS).await;

        assert_eq!(payload["action"], json!({ "status": "IN_PROGRESS", "version": 2 }));
        let expected = json!({
            "totalCount": 2,
            "nodes": [{ "operation": "actionStart", "version": 2, "actor": "programme-office", "reason": null }],
        });
        assert_eq!(history(app, &id).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_stale_version_is_told_the_present_one_and_changes_nothing() {
    on_both(async |app| {
        let id = action(app, "1.9");
        let input = json!({ "id": id, "expectedVersion": 7 });

        let payload = app.mutate(Persona::ProgrammeOffice, "actionStart", input, SHOWS).await;

        assert_eq!(payload["action"], Value::Null);
        let error = &payload["userErrors"][0];
        assert_eq!((&error["code"], &error["currentVersion"]), (&json!("VERSION_CONFLICT"), &json!(1)));
        assert_eq!(error["field"], json!(["expectedVersion"]));
        assert_eq!(history(app, &id).await["totalCount"], 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_is_not_found_in_the_same_words_as_what_never_was() {
    on_both(async |app| {
        let refused = async |id: String| {
            let input = json!({ "id": id, "expectedVersion": 1 });
            app.mutate(Persona::Police, "actionStart", input, SHOWS).await
        };

        let hidden = refused(action(app, "D1")).await;
        let never = refused(gid("act", uuid::Uuid::from_u128(7))).await;

        assert_eq!(hidden, never);
        assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_kind_of_id_names_the_field_and_both_kinds() {
    on_both(async |app| {
        let plan = gid("pln", app.world.plan("Published plan").id);
        for (id, says) in [(plan, "Plan"), ("nonsense".to_owned(), "not an id")] {
            let input = json!({ "id": id, "expectedVersion": 1 });
            let payload = app.mutate(Persona::ProgrammeOffice, "actionStart", input, SHOWS).await;
            let error = &payload["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!("VALIDATION_FAILED"), &json!(["id"])));
            assert!(error["message"].as_str().unwrap().contains(says), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_personal_number_in_any_text_is_refused_and_not_repeated() {
    on_both(async |app| {
        let narrative = "Seen at home, 999 000 0018, and safe";
        let input =
            json!({ "actionId": action(app, "2.10"), "narrative": narrative, "declaredHealth": "ON_TRACK" });

        let response =
            app.send_mutation(Persona::ProgrammeOffice, "progressUpdateAdd", input, "action { id }").await;

        let error = &response.data()["payload"]["userErrors"][0];
        assert_eq!(error["code"], "PERSONAL_DATA_SUSPECTED");
        assert_eq!(error["field"], json!(["narrative"]));
        assert!(error["message"].as_str().unwrap().contains("NHS number"));
        assert!(!response.text.contains("0018"), "{}", response.text);
    })
    .await;
}

#[tokio::test]
async fn mutations_of_one_request_run_in_turn_and_fail_alone() {
    on_both(async |app| {
        let document = "mutation($id: ID!, $other: ID!) {
            first: actionStart(input: { id: $id, expectedVersion: 1 }) { action { version } userErrors { code } }
            again: actionStart(input: { id: $id, expectedVersion: 1 }) { action { version } userErrors { code } }
            __typename
            other: actionStart(input: { id: $other, expectedVersion: 1 }) { __typename action { ref: reference } }
        }";
        let variables = json!({ "id": action(app, "1.9"), "other": action(app, "1.10") });

        let data = app.data(Persona::ProgrammeOffice, document, variables).await;

        let expected = json!({
            "first": { "action": { "version": 2 }, "userErrors": [] },
            "again": { "action": null, "userErrors": [{ "code": "VERSION_CONFLICT" }] },
            "__typename": "Mutation",
            "other": { "__typename": "ActionStartPayload", "action": { "ref": "1.10" } },
        });
        assert_eq!(data, expected);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_cannot_be_answered_changes_nothing() {
    on_both(async |app| {
        let id = action(app, "1.9");
        let document = "mutation($id: ID!) { actionStart(input: { id: $id, expectedVersion: 1 }) {
            action { plan { actions(first: 101) { nodes { id } } } } } }";

        let (code, _) = app.refusal(Persona::ProgrammeOffice, document, json!({ "id": id })).await;

        assert_eq!(code, "BAD_USER_INPUT");
        assert_eq!(history(app, &id).await["totalCount"], 1);
    })
    .await;
}
