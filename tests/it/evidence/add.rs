//! `evidenceAdd`.

use serde_json::json;

use super::{action, error, new};
use crate::support::{Persona, gid, on_both};

#[tokio::test]
async fn an_officer_adds_evidence_and_others_review_it() {
    on_both(async |app| {
        let requirement = gid("rec", app.world.requirement("Inspection", "1").id);
        let more = json!({
            "actionIds": [action(app, "1.1"), action(app, "1.2")], "requirementIds": [requirement],
            "summary": "Eight of nine", "periodStart": "2018-07-01", "periodEnd": "2018-09-30", "expiresOn": "2018-12-10",
        });
        let shows = "evidence { id addedOn reviewStatus isExpired version viewerCan sharedWith { id } summary
            addedBy { ...on Person { id } } actions { nodes { reference } } requirements { nodes { ...on Node { id } } } }";

        let payload = app.done(Persona::Lead, "evidenceAdd", new(app, more), shows).await;

        let evidence = &payload["evidence"];
        assert_eq!(evidence["addedBy"]["id"], gid("per", app.world.party("Head of service").id));
        assert_eq!(evidence["addedOn"], "2018-12-10");
        assert_eq!((&evidence["reviewStatus"], &evidence["isExpired"]), (&json!("SUBMITTED"), &json!(false)));
        assert_eq!(evidence["actions"]["nodes"], json!([{ "reference": "1.1" }, { "reference": "1.2" }]));
        assert_eq!(evidence["requirements"]["nodes"], json!([{ "id": requirement }]));
        assert_eq!(evidence["viewerCan"], json!(["UPDATE", "ATTACH", "EXPIRE", "CHANGE_FILES"]));
        let asked = "query($id: ID!) { node(id: $id) { ...on Evidence { viewerCan } } }";
        let office = app.data(Persona::ProgrammeOffice, asked, json!({ "id": evidence["id"] })).await;
        assert_eq!(
            office["node"]["viewerCan"],
            json!(["UPDATE", "ATTACH", "EXPIRE", "CHANGE_FILES", "REVIEW", "MARK", "SHARE"])
        );
    })
    .await;
}

#[tokio::test]
async fn a_partner_adds_to_its_own_actions_and_keeps_sight_of_it() {
    on_both(async |app| {
        let secret = new(app, json!({ "marking": "OFFICIAL_SENSITIVE", "actionIds": [action(app, "1.2")] }));
        let payload =
            app.done(Persona::Police, "evidenceAdd", secret, "evidence { sharedWith { name } }").await;
        assert_eq!(payload["evidence"]["sharedWith"], json!([{ "name": "Northshire Police" }]));

        let refused = async |more| app.refused(Persona::Police, "evidenceAdd", new(app, more)).await;
        assert_eq!(refused(json!({})).await, error("VALIDATION_FAILED", "actionIds"));
        let others = json!({ "actionIds": [action(app, "1.2"), action(app, "1.1")] });
        assert_eq!(refused(others).await, error("FORBIDDEN", "actionIds.1"));
        let requirement = gid("rec", app.world.requirement("Inspection", "1").id);
        let demand = json!({ "actionIds": [action(app, "1.2")], "requirementIds": [requirement] });
        assert_eq!(refused(demand).await, error("FORBIDDEN", "requirementIds"));
    })
    .await;
}

#[tokio::test]
async fn an_officer_adds_nothing_that_they_would_not_see_again() {
    on_both(async |app| {
        let secret =
            |on| new(app, json!({ "marking": "OFFICIAL_SENSITIVE", "actionIds": [action(app, on)] }));
        let refused = app.refused(Persona::Officer, "evidenceAdd", secret("1.1")).await;
        assert_eq!(refused, error("VALIDATION_FAILED", "marking"));
        // Leads 1.1, and not 1.2.
        app.refused(Persona::Lead, "evidenceAdd", secret("1.2")).await;
        for (who, on) in [(Persona::Lead, "1.1"), (Persona::ProgrammeOffice, "1.2")] {
            let payload = app.done(who, "evidenceAdd", secret(on), "evidence { marking }").await;
            assert_eq!(payload["evidence"]["marking"], "OFFICIAL_SENSITIVE");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    on_both(async |app| {
        let office = Persona::ProgrammeOffice;
        let refused = async |who, more| app.refused(who, "evidenceAdd", new(app, more)).await;
        let on = |references: &[&str]| {
            let ids: Vec<_> = references.iter().map(|reference| action(app, reference)).collect();
            json!({ "actionIds": ids })
        };

        assert_eq!(refused(office, on(&["1.1", "2.4"])).await, error("ILLEGAL_TRANSITION", "actionIds.1"));
        assert_eq!(refused(office, on(&["1.1", "1.1"])).await, error("VALIDATION_FAILED", "actionIds.1"));
        assert_eq!(refused(office, on(&["S1"])).await, error("VALIDATION_FAILED", "actionIds.0"));
        assert_eq!(refused(office, on(&["S2"])).await, error("NOT_FOUND", "actionIds.0"));
        let reversed = json!({ "periodStart": "2018-09-30", "periodEnd": "2018-07-01" });
        assert_eq!(refused(office, reversed).await, error("VALIDATION_FAILED", "periodEnd"));
        let early = json!({ "periodStart": "2018-09-30", "expiresOn": "2018-07-01" });
        assert_eq!(refused(office, early).await, error("VALIDATION_FAILED", "expiresOn"));
        for who in [Persona::BoardMember, Persona::Scrutiny, Persona::Admin] {
            assert_eq!(refused(who, json!({})).await, error("FORBIDDEN", "programmeId"), "{who:?}");
        }
        for who in [Persona::SouthmereOffice, Persona::Nobody] {
            assert_eq!(refused(who, json!({})).await, error("NOT_FOUND", "programmeId"), "{who:?}");
        }
    })
    .await;
}
