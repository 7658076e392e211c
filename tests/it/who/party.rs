//! Organisations, post holders and groups.

use serde_json::{Value, json};

use super::{error, northshire, of, to};
use crate::support::{Persona, gid, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

#[tokio::test]
async fn an_organisation_is_added_once() {
    on_both(async |app| {
        let number = |value: &str| json!([{ "scheme": "GSS", "value": value }]);
        let shows = "organisation { name kind version viewerCan identifiers { scheme value } }";
        let charity = json!({ "name": "Lifeboat", "kind": "VOLUNTARY", "identifiers": number("E1") });
        let payload = app.done(OFFICE, "organisationCreate", to(app, charity.clone()), shows).await;
        assert_eq!(payload["organisation"]["identifiers"], number("E1"));
        assert_eq!(payload["organisation"]["viewerCan"], json!([]));

        let refused = async |who, more| app.refused(who, "organisationCreate", to(app, more)).await;
        assert_eq!(refused(OFFICE, charity.clone()).await, error("VALIDATION_FAILED", "name"));
        assert_eq!(refused(Persona::Lead, charity).await, error("FORBIDDEN", "programmeId"));
        let taken = json!({ "name": "Another", "kind": "COUNCIL", "identifiers": number("E99000001") });
        let payload = app.mutate(OFFICE, "organisationCreate", to(app, taken), "organisation { id }").await;
        let said = &payload["userErrors"][0];
        assert_eq!(said["field"], json!(["identifiers", "0", "value"]));
        assert!(said["message"].as_str().unwrap().contains("Northshire Council"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn an_organisations_record_is_corrected_in_every_programme_that_names_it() {
    on_both(async |app| {
        let id = gid("org", app.world.party("Northshire Council").id);
        let named = json!({ "authorityId": id, "slug": "westshire", "name": "Westshire" });
        let west = app.done(Persona::Admin, "programmeCreate", named, "programme { id }").await;
        let more = json!({ "name": "Northshire County Council", "identifiers": [{ "scheme": "GB-LAE", "value": "NOS" }] });
        let shows = "organisation { name version identifiers { scheme value } }";

        let payload = app.done(Persona::Admin, "organisationUpdate", of(&id, 1, more), shows).await;

        let organisation = &payload["organisation"];
        assert_eq!(organisation["version"], 2);
        assert_eq!(organisation["identifiers"], json!([{ "scheme": "GB-LAE", "value": "NOS" }]));
        let asked = "query($id: ID!) { node(id: $id) { ...on Programme { changes(last: 1) { nodes { operation entityId } } } } }";
        for programme in [northshire(app), west["programme"]["id"].as_str().unwrap().to_owned()] {
            let data = app.data(Persona::Admin, asked, json!({ "id": programme })).await;
            let last = &data["node"]["changes"]["nodes"][0];
            assert_eq!((&last["operation"], &last["entityId"]), (&json!("organisationUpdate"), &json!(id)));
        }
        let same = app.done(Persona::Admin, "organisationUpdate", of(&id, 2, json!({})), shows).await;
        assert_eq!(same["organisation"]["version"], 2);
        let none = app.done(Persona::Admin, "organisationUpdate", of(&id, 2, json!({ "identifiers": null })), shows).await;
        assert_eq!(none["organisation"]["identifiers"], json!([]));
        let office = app.refused(OFFICE, "organisationUpdate", of(&id, 3, json!({ "name": "Ours" }))).await;
        assert_eq!(office, error("FORBIDDEN", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_post_passes_on_and_a_name_is_erased() {
    on_both(async |app| {
        let shows = "person { id name post untilOn version organisation { name } }";
        let council = gid("org", app.world.party("Northshire Council").id);
        let new = json!({ "post": "Head of audit", "name": "Ada Example", "organisationId": council, "fromOn": "2018-01-01" });
        let payload = app.done(OFFICE, "personCreate", to(app, new), shows).await;
        let id = payload["person"]["id"].as_str().unwrap().to_owned();
        assert_eq!(payload["person"]["name"], "Ada Example");

        let gone = of(&id, 1, json!({ "name": null, "untilOn": "2018-12-01", "organisationId": null }));
        let payload = app.done(Persona::Admin, "personUpdate", gone, shows).await;
        assert_eq!(payload["person"]["name"], "Head of audit");
        assert_eq!(payload["person"]["organisation"], Value::Null);

        let refused = async |more| app.refused(OFFICE, "personUpdate", of(&id, 2, more)).await;
        assert_eq!(refused(json!({ "post": null })).await, error("VALIDATION_FAILED", "post"));
        assert_eq!(refused(json!({ "untilOn": "2017-01-01" })).await, error("VALIDATION_FAILED", "untilOn"));
        let lead = app.refused(Persona::Lead, "personUpdate", of(&id, 2, json!({ "post": "Mine" }))).await;
        assert_eq!(lead, error("FORBIDDEN", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_group_changes_its_members() {
    on_both(async |app| {
        let person = |post: &str| gid("per", app.world.party(post).id);
        let shows = "group { id name kind version members { id } }";
        let new = json!({ "name": "Audit group", "kind": "TASK_AND_FINISH", "memberIds": [person("Head of service")] });
        let payload = app.done(OFFICE, "groupCreate", to(app, new), shows).await;
        let id = payload["group"]["id"].as_str().unwrap().to_owned();
        assert_eq!(payload["group"]["members"], json!([{ "id": person("Head of service") }]));

        let others = of(&id, 1, json!({ "memberIds": [person("Safeguarding nurse")], "kind": "TEAM" }));
        let payload = app.done(OFFICE, "groupUpdate", others, shows).await;
        assert_eq!(payload["group"]["members"], json!([{ "id": person("Safeguarding nurse") }]));
        assert_eq!((&payload["group"]["kind"], &payload["group"]["version"]), (&json!("TEAM"), &json!(2)));
        let renamed = app.done(OFFICE, "groupUpdate", of(&id, 2, json!({ "name": "Auditors" })), shows).await;
        assert_eq!(renamed["group"]["members"].as_array().unwrap().len(), 1);

        let police = json!({ "memberIds": [gid("grp", app.world.party("Custody team").id)] });
        let refused = app.refused(OFFICE, "groupUpdate", of(&id, 3, police)).await;
        assert_eq!(refused, error("VALIDATION_FAILED", "memberIds.0"));
        let nameless = app.refused(OFFICE, "groupUpdate", of(&id, 3, json!({ "name": null }))).await;
        assert_eq!(nameless, error("VALIDATION_FAILED", "name"));
    })
    .await;
}

#[tokio::test]
async fn a_picker_finds_organisations_people_and_groups_by_their_text() {
    on_both(async |app| {
        let asked = r#"{ organisations(filter: { text: { contains: "police" } }) { nodes { name } }
            programme(slug: "northshire") { people(filter: { text: { contains: "nurse" } }) { nodes { post } }
            groups { totalCount nodes { name } } } }"#;
        let data = app.data(OFFICE, asked, json!({})).await;
        assert_eq!(data["organisations"]["nodes"], json!([{ "name": "Northshire Police" }]));
        assert_eq!(data["programme"]["people"]["nodes"], json!([{ "post": "Safeguarding nurse" }]));
        let groups = json!([{ "name": "Custody team" }, { "name": "Quality group" }]);
        assert_eq!(data["programme"]["groups"], json!({ "totalCount": 2, "nodes": groups }));
    })
    .await;
}
