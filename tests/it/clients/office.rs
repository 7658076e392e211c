//! Who registers clients, and what is refused.

use serde_json::json;

use super::*;
use crate::support::on_both;

#[tokio::test]
async fn the_office_registers_and_a_partner_looks_after_its_own() {
    on_both(async |app| {
        let refused = app.refused(Persona::Police, "machineClientRegister", registration(app, json!({}))).await;
        assert_eq!(refused, ("FORBIDDEN".to_owned(), "programmeId".to_owned()));
        let client = registered(app, json!({})).await;
        let list = r#"{ programme(slug: "northshire") { machineClients { totalCount nodes { id viewerCan organisation { name } } } } }"#;
        for (who, count, permissions) in [
            (OFFICE, 1, json!(["UPDATE", "ROTATE", "REVOKE"])),
            (Persona::Police, 1, json!(["ROTATE", "REVOKE"])),
            (Persona::Admin, 1, json!([])),
            (Persona::Health, 0, json!(null)),
            (Persona::Chair, 0, json!(null)),
            (Persona::Officer, 0, json!(null)),
        ] {
            let seen = app.data(who, list, json!({})).await;
            let clients = &seen["programme"]["machineClients"];
            assert_eq!(clients["totalCount"], count, "{who:?}");
            assert_eq!(clients["nodes"][0]["viewerCan"], permissions, "{who:?}");
        }
        let rename = change(&client, 1, json!({ "name": "Records" }));
        let refused = app.refused(Persona::Police, "machineClientUpdate", rename.clone()).await;
        assert_eq!(refused, ("FORBIDDEN".to_owned(), "id".to_owned()));
        let refused = app.refused(Persona::Health, "machineClientUpdate", rename).await;
        assert_eq!(refused, ("NOT_FOUND".to_owned(), "id".to_owned()));
        let revoke = change(&client, 1, json!({ "reason": "Replaced" }));
        app.done(Persona::Police, "machineClientRevoke", revoke, "machineClient { id }").await;
        let late = change(&client, 2, json!({ "name": "Records" }));
        let late = app.refused(OFFICE, "machineClientUpdate", late).await;
        assert_eq!(late, ("ILLEGAL_TRANSITION".to_owned(), "id".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_could_not_prove_itself_is_not_registered() {
    on_both(async |app| {
        let invalid = |field: &str| ("VALIDATION_FAILED".to_owned(), field.to_owned());
        for (more, field) in [
            (json!({ "withSecret": false }), "withSecret"),
            (json!({ "name": "x".repeat(201) }), "name"),
            (
                json!({ "organisationId": gid("per", app.world.party("Detective inspector").id) }),
                "organisationId",
            ),
        ] {
            let refused = app.refused(OFFICE, "machineClientRegister", registration(app, more)).await;
            assert_eq!(refused, invalid(field));
        }
        let client = registered(app, json!({ "scopes": [] })).await;
        assert_eq!(shown(app, &client).await["scopes"], json!(["READ"]));
        for days in [0, 731] {
            let input = json!({ "machineClientId": client.id, "expiresInDays": days });
            assert_eq!(app.refused(OFFICE, "machineClientSecretAdd", input).await, invalid("expiresInDays"));
        }
        let nameless = change(&client, 1, json!({ "name": null }));
        assert_eq!(app.refused(OFFICE, "machineClientUpdate", nameless).await, invalid("name"));
    })
    .await;
}

#[tokio::test]
async fn what_was_done_to_a_client_stands_in_the_record() {
    on_both(async |app| {
        let client = registered(app, json!({})).await;
        token(app, &client, "").await;
        let input = change(&client, 1, json!({ "scopes": ["LINKS"] }));
        app.done(OFFICE, "machineClientUpdate", input, "machineClient { id }").await;
        let document = "query($id: ID!) { node(id: $id) { ...on MachineClient {
            history { nodes { operation version changes { field before after } } } } } }";
        let history = app.data(Persona::Police, document, json!({ "id": client.id })).await;
        let entries = &history["node"]["history"]["nodes"];
        assert_eq!(entries.as_array().unwrap().len(), 2, "a token is no change: {entries}");
        let change = json!([{ "field": "scopes", "before": "READ UPDATES", "after": "READ LINKS" }]);
        assert_eq!(
            (&entries[1]["operation"], &entries[1]["changes"]),
            (&json!("machineClientUpdate"), &change)
        );
        // An answer that tells the day of the last use is not to be kept: it changes though nothing is recorded.
        assert!(shown(app, &client).await["lastUsedOn"].is_string());
    })
    .await;
}
