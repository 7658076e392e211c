//! `evidenceMark`, `evidenceShare`, `evidenceUnshare`.

use serde_json::{Value, json};

use super::{error, organisation, piece};
use crate::support::{Persona, TestApp, on_both};

const STATE: &str = "evidence { version marking sharedWith { name } }";
const OFFICE: Persona = Persona::ProgrammeOffice;

async fn sees(app: &TestApp, who: Persona, id: &str) -> bool {
    let asked = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let response = app.query(who, asked, json!({ "ids": [id] })).await;
    response.data()["nodes"][0] != Value::Null
}

#[tokio::test]
async fn a_marking_governs_who_sees_it_and_is_lowered_with_a_reason() {
    on_both(async |app| {
        let id = piece(app, "OFFICIAL on 1.2, kept");
        let mark =
            |version, marking: &str| json!({ "id": id, "expectedVersion": version, "marking": marking });
        assert!(sees(app, Persona::Police, &id).await);

        let raised = app.done(OFFICE, "evidenceMark", mark(1, "OFFICIAL_SENSITIVE"), STATE).await;
        assert_eq!(raised["evidence"]["version"], 2);
        assert!(!sees(app, Persona::Police, &id).await);

        let lowered = app.refused(OFFICE, "evidenceMark", mark(2, "OFFICIAL")).await;
        assert_eq!(lowered, error("VALIDATION_FAILED", "reason"));
        let mut said = mark(2, "OFFICIAL");
        said["reason"] = json!("The names are out of it");
        app.done(OFFICE, "evidenceMark", said, STATE).await;
        assert!(sees(app, Persona::Police, &id).await);
        let stranger = app.refused(Persona::Chair, "evidenceMark", mark(3, "OFFICIAL_SENSITIVE")).await;
        assert_eq!(stranger, error("FORBIDDEN", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_share_opens_it_to_an_organisation_until_it_is_taken_back() {
    on_both(async |app| {
        let id = piece(app, "OFFICIAL_SENSITIVE on 1.1, kept");
        let with = |version, name: &str| {
            json!({ "evidenceId": id, "expectedVersion": version, "organisationId": organisation(app, name) })
        };
        let health = "Northshire Health Trust";
        let shared = app.done(OFFICE, "evidenceShare", with(1, health), STATE).await;
        assert_eq!(shared["evidence"]["sharedWith"], json!([{ "name": health }]));
        assert!(sees(app, Persona::Health, &id).await);
        let again = app.done(OFFICE, "evidenceShare", with(2, health), STATE).await;
        assert_eq!(again["evidence"]["version"], 2);

        let council = app.refused(OFFICE, "evidenceShare", with(2, "Northshire Council")).await;
        assert_eq!(council, error("VALIDATION_FAILED", "organisationId"));
        let lead = app.refused(Persona::Lead, "evidenceShare", with(2, health)).await;
        assert_eq!(lead, error("FORBIDDEN", "evidenceId"));

        let taken = app.done(OFFICE, "evidenceUnshare", with(2, health), STATE).await;
        assert_eq!(taken["evidence"]["sharedWith"], json!([]));
        assert!(!sees(app, Persona::Health, &id).await);
        let nothing = app.done(OFFICE, "evidenceUnshare", with(3, health), STATE).await;
        assert_eq!(nothing["evidence"]["version"], 3);
    })
    .await;
}
