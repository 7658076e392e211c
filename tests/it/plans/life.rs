//! A plan is begun, amended, put before the board, agreed and made public.

use serde_json::json;

use crate::support::{Persona, gid, on_both};

#[tokio::test]
async fn a_plan_goes_from_draft_to_public() {
    on_both(async |app| {
        let programme = gid("prg", app.world.programme("northshire").id);
        let owner = gid("org", app.world.party("Northshire Council").id);
        let shows = "plan { id version status updateEveryDays strandsRequired viewerCan }";
        let input = json!({ "programmeId": programme, "title": "Phase 3", "ownerId": owner });

        let begun = app.done(Persona::Officer, "planCreate", input, shows).await;
        assert_eq!(begun["plan"]["status"], "DRAFT");
        assert_eq!(
            (&begun["plan"]["updateEveryDays"], &begun["plan"]["strandsRequired"]),
            (&json!(42), &json!(2))
        );
        assert_eq!(begun["plan"]["viewerCan"], json!(["AMEND", "ADD_ACTION", "CHANGE_THEMES"]));
        let id = begun["plan"]["id"].clone();
        let read = "query($id: ID!) { node(id: $id) { id } }";
        let hidden = app.query(Persona::BoardMember, read, json!({ "id": id })).await;
        assert!(hidden.text.contains("NOT_FOUND"));

        let before = json!({ "id": id, "expectedVersion": 1 });
        let refused = app.refused(Persona::Officer, "planConsider", before.clone()).await;
        assert_eq!(refused, ("FORBIDDEN".into(), "id".into()));
        let early = json!({ "id": id, "expectedVersion": 1, "consideredOn": "2018-12-11" });
        let refused = app.refused(Persona::ProgrammeOffice, "planConsider", early).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "consideredOn".into()));
        let refused = app.refused(Persona::ProgrammeOffice, "planPublish", before.clone()).await;
        assert_eq!(refused, ("ILLEGAL_TRANSITION".into(), "id".into()));
        let considered =
            app.done(Persona::ProgrammeOffice, "planConsider", before, "plan { consideredOn }").await;
        assert_eq!(considered["plan"]["consideredOn"], "2018-12-10");
        app.data(Persona::BoardMember, read, json!({ "id": id })).await;

        let second = json!({ "id": id, "expectedVersion": 2 });
        let refused = app.refused(Persona::BoardMember, "planAgree", second.clone()).await;
        assert_eq!(refused, ("FORBIDDEN".into(), "id".into()));
        let before_it = json!({ "id": id, "expectedVersion": 2, "agreedOn": "2018-12-09" });
        let refused = app.refused(Persona::Chair, "planAgree", before_it).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "agreedOn".into()));
        let agreed = app.done(Persona::Chair, "planAgree", second.clone(), "plan { status agreedOn }").await;
        assert_eq!(agreed["plan"], json!({ "status": "AGREED", "agreedOn": "2018-12-10" }));
        let stale = app.refused(Persona::ProgrammeOffice, "planPublish", second).await;
        assert_eq!(stale, ("VERSION_CONFLICT".into(), "expectedVersion".into()));

        let embargo = json!({ "id": id, "expectedVersion": 3, "publishedOn": "2018-12-20" });
        app.done(Persona::ProgrammeOffice, "planPublish", embargo, "plan { status }").await;
        let hidden = app.query(Persona::Scrutiny, read, json!({ "id": id })).await;
        assert!(hidden.text.contains("NOT_FOUND"));
        let later = app.at("2018-12-20".parse().unwrap()).await;
        later.data(Persona::Scrutiny, read, json!({ "id": id })).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_plan_says_must_hold_together() {
    on_both(async |app| {
        let programme = gid("prg", app.world.programme("northshire").id);
        let owner = gid("org", app.world.party("Northshire Council").id);
        let with = |more: serde_json::Value| {
            let mut input = json!({ "programmeId": programme, "title": "Phase 3", "ownerId": owner });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        for (more, field) in [
            (json!({ "title": "Draft plan" }), "title"),
            (json!({ "startOn": "2019-01-02", "endOn": "2019-01-01" }), "endOn"),
            (json!({ "updateEveryDays": 0 }), "updateEveryDays"),
            (json!({ "strandsRequired": 5 }), "strandsRequired"),
            (json!({ "ownerId": gid("per", app.world.party("Head of service").id) }), "ownerId"),
            (json!({ "predecessorId": gid("pln", app.world.plan("Closed plan").id) }), "predecessorId"),
        ] {
            let refused = app.refused(Persona::ProgrammeOffice, "planCreate", with(more)).await;
            assert_eq!(refused, ("VALIDATION_FAILED".into(), field.into()));
        }
        let refused = app.refused(Persona::Police, "planCreate", with(json!({}))).await;
        assert_eq!(refused, ("FORBIDDEN".into(), "programmeId".into()));
        let refused = app.refused(Persona::SouthmereOffice, "planCreate", with(json!({}))).await;
        assert_eq!(refused, ("NOT_FOUND".into(), "programmeId".into()));
    })
    .await;
}

#[tokio::test]
async fn an_agreed_plan_changes_with_a_reason_only() {
    on_both(async |app| {
        let id = gid("pln", app.world.plan("Agreed plan").id);
        let shows = "plan { version title endOn updateEveryDays startOn history(last: 1) { nodes { operation reason } } }";
        let change = json!({ "id": id, "expectedVersion": 1, "updateEveryDays": 28 });
        let refused = app.refused(Persona::ProgrammeOffice, "planAmend", change).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "reason".into()));
        let nothing = json!({ "id": id, "expectedVersion": 1, "updateEveryDays": null, "reason": "why" });
        let refused = app.refused(Persona::ProgrammeOffice, "planAmend", nothing).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "updateEveryDays".into()));
        let change = json!({ "id": id, "expectedVersion": 1, "updateEveryDays": 28, "startOn": null, "reason": "Ofsted comes" });
        let refused = app.refused(Persona::Officer, "planAmend", change.clone()).await;
        assert_eq!(refused, ("FORBIDDEN".into(), "id".into()));
        let due = "query($id: ID!) { node(id: $id) { ... on Action { updateDueOn } } }";
        let action = json!({ "id": gid("act", app.world.action("A1").id) });
        // Reported last on 20 November.
        let data = app.data(Persona::ProgrammeOffice, due, action.clone()).await;
        assert_eq!(data["node"]["updateDueOn"], "2019-01-01");

        let amended = app.done(Persona::ProgrammeOffice, "planAmend", change, shows).await;

        let plan = &amended["plan"];
        assert_eq!((&plan["version"], &plan["title"], &plan["startOn"]), (&json!(2), &json!("Agreed plan"), &json!(null)));
        let last = json!({ "operation": "planAmend", "reason": "Ofsted comes" });
        assert_eq!(plan["history"]["nodes"][0], last);
        let data = app.data(Persona::ProgrammeOffice, due, action).await;
        assert_eq!(data["node"]["updateDueOn"], "2018-12-18");
        let same = json!({ "id": id, "expectedVersion": 2, "updateEveryDays": 28 });
        let unchanged = app.done(Persona::ProgrammeOffice, "planAmend", same, "plan { version }").await;
        assert_eq!(unchanged["plan"]["version"], 2);
    })
    .await;
}
