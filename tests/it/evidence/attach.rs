//! `evidenceAttach`, `evidenceDetach`.

use serde_json::{Value, json};

use super::{action, added, error};
use crate::support::{Persona, TestApp, gid, on_both};

const STATE: &str = "evidence { version actions { nodes { reference } } requirements { totalCount } }";

fn on(app: &TestApp, id: &str, version: i32, references: &[&str]) -> Value {
    let ids: Vec<_> = references.iter().map(|reference| action(app, reference)).collect();
    json!({ "evidenceId": id, "expectedVersion": version, "actionIds": ids })
}

#[tokio::test]
async fn evidence_comes_to_actions_and_goes_off_them() {
    on_both(async |app| {
        let id = added(app, Persona::Lead, "1.1").await;
        let mut input = on(app, &id, 1, &["1.1", "1.3"]);
        input["requirementIds"] = json!([gid("rec", app.world.requirement("Inspection", "1").id)]);
        let payload = app.done(Persona::Lead, "evidenceAttach", input, STATE).await;
        let evidence = &payload["evidence"];
        assert_eq!(evidence["actions"]["nodes"], json!([{ "reference": "1.1" }, { "reference": "1.3" }]));
        assert_eq!((&evidence["version"], &evidence["requirements"]["totalCount"]), (&json!(2), &json!(1)));

        let same = app.done(Persona::Lead, "evidenceAttach", on(app, &id, 2, &["1.3"]), STATE).await;
        assert_eq!(same["evidence"]["version"], 2);
        let off = app.done(Persona::Lead, "evidenceDetach", on(app, &id, 2, &["1.1", "1.2"]), STATE).await;
        assert_eq!(off["evidence"]["actions"]["nodes"], json!([{ "reference": "1.3" }]));
        assert_eq!(off["evidence"]["version"], 3);
    })
    .await;
}

#[tokio::test]
async fn an_assured_action_keeps_its_evidence() {
    on_both(async |app| {
        let id = added(app, Persona::ProgrammeOffice, "2.3").await;
        let refused =
            app.refused(Persona::ProgrammeOffice, "evidenceDetach", on(app, &id, 1, &["2.3"])).await;
        assert_eq!(refused, error("ILLEGAL_TRANSITION", "actionIds.0"));
    })
    .await;
}

#[tokio::test]
async fn a_partner_attaches_to_its_own_actions_alone() {
    on_both(async |app| {
        let id = added(app, Persona::Police, "1.2").await;
        let attach = async |input| app.refused(Persona::Police, "evidenceAttach", input).await;
        assert_eq!(attach(on(app, &id, 1, &["1.1"])).await, error("FORBIDDEN", "actionIds.0"));
        assert_eq!(attach(on(app, &id, 1, &[])).await, error("VALIDATION_FAILED", "actionIds"));
        assert_eq!(attach(on(app, &id, 9, &["1.5"])).await, error("VERSION_CONFLICT", "expectedVersion"));
        let last = app.refused(Persona::Police, "evidenceDetach", on(app, &id, 1, &["1.2"])).await;
        assert_eq!(last, error("VALIDATION_FAILED", "actionIds"));
        app.done(Persona::Police, "evidenceAttach", on(app, &id, 1, &["1.5"]), STATE).await;
        let other = app.refused(Persona::Health, "evidenceAttach", on(app, &id, 2, &["1.9"])).await;
        assert_eq!(other, error("NOT_FOUND", "evidenceId"));
    })
    .await;
}
