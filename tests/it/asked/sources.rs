//! Inspections, directions and reviews.

use serde_json::json;

use crate::support::{Persona, gid, on_both};

#[tokio::test]
async fn an_inspection_is_recorded_corrected_and_graded() {
    on_both(async |app| {
        let office = Persona::ProgrammeOffice;
        let programme = gid("prg", app.world.programme("northshire").id);
        let issuer = gid("org", app.world.party("Schools Inspectorate").id);
        let new = json!({ "programmeId": programme, "title": "ILACS", "framework": "ILACS", "issuerId": issuer,
            "startedOn": "2018-11-01", "endedOn": "2018-11-12", "issuedOn": "2018-12-07" });
        let refused = app.refused(Persona::Officer, "inspectionCreate", new.clone()).await;
        assert_eq!(refused, ("FORBIDDEN".into(), "programmeId".into()));
        let made = app
            .done(office, "inspectionCreate", new.clone(), "inspection { id issuer { name } publishedOn viewerCan }")
            .await;
        let inspection = &made["inspection"];
        assert_eq!(inspection["issuer"]["name"], "Schools Inspectorate");
        assert_eq!(inspection["viewerCan"], json!(["UPDATE", "ADD_REQUIREMENT"]));
        assert_eq!(app.refused(office, "inspectionCreate", new).await, ("VALIDATION_FAILED".into(), "title".into()));
        let id = inspection["id"].clone();
        for (field, day) in [("publishedOn", "2018-12-06"), ("endedOn", "2018-10-31")] {
            let wrong = json!({ "id": id, "expectedVersion": 1, field: day });
            let refused = app.refused(office, "inspectionUpdate", wrong).await;
            assert_eq!(refused, ("VALIDATION_FAILED".into(), field.into()));
        }
        let right = json!({ "id": id, "expectedVersion": 1, "publishedOn": "2018-12-09", "issuerId": null });
        let shows = "inspection { version title publishedOn endedOn issuer { name } }";
        let right = app.done(office, "inspectionUpdate", right, shows).await;
        let is = json!({ "version": 2, "title": "ILACS", "publishedOn": "2018-12-09", "endedOn": "2018-11-12", "issuer": null });
        assert_eq!(right["inspection"], is);

        let grade = |area: &str, grade: &str| json!({ "area": area, "grade": grade });
        let twice = [grade("ADOPTION", "GOOD"), grade("ADOPTION", "INADEQUATE")];
        let twice = json!({ "inspectionId": id, "expectedVersion": 2, "judgements": twice });
        let refused = app.refused(office, "judgementsSet", twice).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "judgements.1.area".into()));
        let shows = "inspection { version judgements { area grade } }";
        for (version, grades) in
            [(2, vec![grade("ADOPTION", "GOOD"), grade("LSCB", "INADEQUATE")]), (3, vec![grade("LSCB", "GOOD")])]
        {
            let input = json!({ "inspectionId": id, "expectedVersion": version, "judgements": grades });
            let set = app.done(office, "judgementsSet", input, shows).await;
            assert_eq!(set["inspection"], json!({ "version": version + 1, "judgements": grades }));
        }
    })
    .await;
}

#[tokio::test]
async fn a_direction_is_revised_once_and_lifted_for_good() {
    on_both(async |app| {
        let office = Persona::ProgrammeOffice;
        let id = gid("dir", app.world.source("Second direction").id);
        let early = json!({ "id": id, "expectedVersion": 1, "title": "Third direction", "issuedOn": "2018-07-14" });
        let refused = app.refused(office, "directionRevise", early).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "issuedOn".into()));
        let revise = json!({ "id": id, "expectedVersion": 1, "title": "Third direction", "issuedOn": "2018-12-10" });
        assert_eq!(app.refused(Persona::Chair, "directionRevise", revise.clone()).await.0, "FORBIDDEN");
        let shows = "direction { id status supersedes { title } } revised { status version supersededBy { title } }";
        let done = app.done(office, "directionRevise", revise, shows).await;
        assert_eq!(done["direction"]["status"], "IN_FORCE");
        assert_eq!(done["direction"]["supersedes"]["title"], "Second direction");
        let old = json!({ "status": "REVISED", "version": 2, "supersededBy": { "title": "Third direction" } });
        assert_eq!(done["revised"], old);
        let again = json!({ "id": id, "expectedVersion": 2, "title": "Fourth", "issuedOn": "2018-12-10" });
        assert_eq!(app.refused(office, "directionRevise", again).await, ("ILLEGAL_TRANSITION".into(), "id".into()));

        let third = done["direction"]["id"].clone();
        let lift = json!({ "id": third, "expectedVersion": 1, "reason": "Good progress" });
        let lifted = app.done(office, "directionLift", lift, "direction { status liftedOn }").await;
        assert_eq!(lifted["direction"], json!({ "status": "LIFTED", "liftedOn": "2018-12-10" }));
        let again = json!({ "id": third, "expectedVersion": 2, "reason": "Again" });
        assert_eq!(app.refused(office, "directionLift", again).await, ("ILLEGAL_TRANSITION".into(), "id".into()));
        let wrong = json!({ "id": gid("ins", app.world.source("Inspection").id), "expectedVersion": 1, "reason": "No" });
        assert_eq!(app.refused(office, "directionLift", wrong).await, ("VALIDATION_FAILED".into(), "id".into()));
    })
    .await;
}

#[tokio::test]
async fn a_review_and_its_findings_are_recorded() {
    on_both(async |app| {
        let office = Persona::ProgrammeOffice;
        let programme = gid("prg", app.world.programme("northshire").id);
        let new = json!({ "programmeId": programme, "title": "Peers", "kind": "PEER_REVIEW", "issuedOn": "2018-12-01" });
        let made = app.done(office, "reviewCreate", new, "review { id viewerCan }").await;
        assert_eq!(made["review"]["viewerCan"], json!(["UPDATE", "ADD_REQUIREMENT", "CHANGE_FINDINGS"]));
        let id = made["review"]["id"].clone();
        let change = json!({ "id": id, "expectedVersion": 1, "kind": "CASE_AUDIT" });
        let changed = app.done(office, "reviewUpdate", change, "review { kind title }").await;
        assert_eq!(changed["review"], json!({ "kind": "CASE_AUDIT", "title": "Peers" }));
        let finding = json!({ "reviewId": id, "kind": "STRENGTH", "text": "Staff stay", "theme": "People" });
        let shows = "finding { id kind text theme } review { findings { totalCount } }";
        let found = app.done(office, "findingCreate", finding, shows).await;
        assert_eq!(found["review"]["findings"]["totalCount"], 1);
        let change = json!({ "id": found["finding"]["id"], "expectedVersion": 1, "kind": "AREA_FOR_CONSIDERATION", "theme": null });
        let changed = app.done(office, "findingUpdate", change, "finding { kind text theme }").await;
        let is = json!({ "kind": "AREA_FOR_CONSIDERATION", "text": "Staff stay", "theme": null });
        assert_eq!(changed["finding"], is);
        let wrong = json!({ "reviewId": gid("dir", app.world.source("First direction").id), "kind": "STRENGTH", "text": "No" });
        assert_eq!(app.refused(office, "findingCreate", wrong).await, ("VALIDATION_FAILED".into(), "reviewId".into()));
    })
    .await;
}
