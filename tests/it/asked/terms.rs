//! Terms of directions and their duties.

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, on_both};

async fn term(app: &TestApp, direction: &Value, reference: &str, parent: Option<&Value>) -> Value {
    let input =
        json!({ "directionId": direction, "reference": reference, "text": "Do it", "parentId": parent });
    let made = app.done(Persona::ProgrammeOffice, "directionTermCreate", input, "directionTerm { id }").await;
    made["directionTerm"]["id"].clone()
}

/// The same tree as that of the world's second direction, which was written whole.
#[tokio::test]
async fn terms_added_one_by_one_have_the_coverage_of_terms_loaded_together() {
    on_both(async |app| {
        let office = Persona::ProgrammeOffice;
        let programme = gid("prg", app.world.programme("northshire").id);
        let new = json!({ "programmeId": programme, "title": "By hand", "issuedOn": "2018-07-15" });
        let made = app.done(office, "directionCreate", new, "direction { id }").await;
        let direction = made["direction"]["id"].clone();
        term(app, &direction, "1", None).await;
        let two = term(app, &direction, "2", None).await;
        term(app, &direction, "2.a", Some(&two)).await;
        let b = term(app, &direction, "2.b", Some(&two)).await;
        let by_day = term(app, &direction, "2.b.i", None).await;
        term(app, &direction, "2.b.ii", Some(&b)).await;
        let under = json!({ "id": by_day, "expectedVersion": 1, "parentId": b });
        app.done(office, "directionTermUpdate", under, "directionTerm { id }").await;
        for (action, requirement) in [("2.1", &by_day), ("2.2", &two)] {
            let link =
                json!({ "actionId": gid("act", app.world.action(action).id), "requirementId": requirement });
            app.done(office, "actionLink", link, "action { id }").await;
        }

        let read = "query($id: ID!) { node(id: $id) { ... on Direction { terms(first: 20) { nodes {
            reference coverage parent { reference } } } } } }";
        let by_hand = app.data(office, read, json!({ "id": direction })).await;
        let whole = json!({ "id": gid("dir", app.world.source("Second direction").id) });
        let whole = app.data(office, read, whole).await;
        assert_eq!(by_hand, whole);
        assert_eq!(by_hand["node"]["terms"]["nodes"][1]["coverage"], "PARTIAL");

        let circle = json!({ "id": two, "expectedVersion": 1, "parentId": b });
        let refused = app.refused(office, "directionTermUpdate", circle).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "parentId".into()));
        let foreign = gid("trm", app.world.requirement("Second direction", "1").id);
        let foreign = json!({ "id": two, "expectedVersion": 1, "parentId": foreign });
        let refused = app.refused(office, "directionTermUpdate", foreign).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "parentId".into()));
        let again = json!({ "directionId": direction, "reference": "2.a", "text": "Again" });
        let refused = app.refused(office, "directionTermCreate", again).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "reference".into()));
    })
    .await;
}

#[tokio::test]
async fn a_duty_falls_due_by_its_rule_and_is_discharged_with_evidence() {
    on_both(async |app| {
        let office = Persona::ProgrammeOffice;
        let term = gid("trm", app.world.requirement("Second direction", "2.a").id);
        let duty = |more: Value| {
            let mut input = json!({ "termId": term, "what": "REVIEW", "text": "Review the direction" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        for (more, field) in [
            (json!({ "dueRule": "FIXED" }), "dueOn"),
            (json!({ "dueRule": "OFFSET" }), "offsetMonths"),
            (json!({ "dueRule": "RECURRING" }), "everyMonths"),
            (json!({ "dueRule": "REGULAR", "dueOn": "2019-01-01" }), "dueOn"),
            (json!({ "dueRule": "OFFSET", "offsetMonths": 0 }), "offsetMonths"),
        ] {
            let refused = app.refused(office, "dutyCreate", duty(more)).await;
            assert_eq!(refused, ("VALIDATION_FAILED".into(), field.into()));
        }
        let shows = "duty { id dueOn isOverdue version }";
        let review = duty(json!({ "dueRule": "OFFSET", "offsetMonths": 12 }));
        let review = app.done(office, "dutyCreate", review, shows).await["duty"].clone();
        assert_eq!((&review["dueOn"], &review["isOverdue"]), (&json!("2019-07-15"), &json!(false)));
        let sooner = json!({ "id": review["id"], "expectedVersion": 1, "offsetMonths": 4 });
        let sooner = app.done(office, "dutyUpdate", sooner, shows).await;
        assert_eq!((&sooner["duty"]["dueOn"], &sooner["duty"]["isOverdue"]), (&json!("2018-11-15"), &json!(true)));

        let proof = gid("evd", app.world.piece("OFFICIAL on nothing, kept").id);
        let discharge = json!({ "id": review["id"], "expectedVersion": 2, "evidenceId": proof });
        assert_eq!(app.refused(Persona::Officer, "dutyDischarge", discharge.clone()).await.0, "FORBIDDEN");
        let shows = "duty { dischargedOn isOverdue dischargeEvidence { id } version }";
        let done = app.done(office, "dutyDischarge", discharge, shows).await;
        let is = json!({ "dischargedOn": "2018-12-10", "isOverdue": false, "dischargeEvidence": { "id": proof }, "version": 3 });
        assert_eq!(done["duty"], is);
        let again = json!({ "id": review["id"], "expectedVersion": 3, "evidenceId": proof });
        assert_eq!(app.refused(office, "dutyDischarge", again).await, ("ILLEGAL_TRANSITION".into(), "id".into()));

        // The report every three months, due on 15 October.
        let report = gid("dut", app.world.duties[0].id);
        let discharge = json!({ "id": report, "expectedVersion": 1, "evidenceId": proof, "dischargedOn": "2018-10-14" });
        let done = app.done(office, "dutyDischarge", discharge, "duty { dueOn dischargedOn isOverdue }").await;
        assert_eq!(done["duty"], json!({ "dueOn": "2019-01-15", "dischargedOn": "2018-10-14", "isOverdue": false }));
        let nothing = json!({ "id": report, "expectedVersion": 2, "evidenceId": gid("evd", app.world.duties[0].id) });
        assert_eq!(app.refused(office, "dutyDischarge", nothing).await, ("NOT_FOUND".into(), "evidenceId".into()));
    })
    .await;
}
