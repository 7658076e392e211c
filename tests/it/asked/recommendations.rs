//! Recommendations, their answers, and who confirms them.

use serde_json::json;

use crate::support::{Persona, gid, on_both};

#[tokio::test]
async fn a_recommendation_without_a_number_has_its_place() {
    on_both(async |app| {
        let (office, source) = (Persona::ProgrammeOffice, gid("ins", app.world.source("Inspection").id));
        let shows = "recommendation { id reference isReferencePrinted isImmediate coverage viewerCan }";
        let plain = json!({ "sourceId": source, "text": "Look again" });
        let made = app.done(office, "recommendationCreate", plain, shows).await;
        let recommendation = &made["recommendation"];
        assert_eq!(
            (&recommendation["reference"], &recommendation["isReferencePrinted"]),
            (&json!("(6)"), &json!(false))
        );
        assert_eq!(recommendation["coverage"], "UNCOVERED");
        assert_eq!(recommendation["viewerCan"], json!(["UPDATE", "RESPOND"]));
        let id = recommendation["id"].clone();
        for (more, field) in
            [(json!({ "reference": "9" }), "reference"), (json!({ "position": 2 }), "position")]
        {
            let mut input = json!({ "sourceId": source, "text": "Twice" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = app.refused(office, "recommendationCreate", input).await;
            assert_eq!(refused, ("VALIDATION_FAILED".into(), field.into()));
        }
        let change = json!({ "id": id, "expectedVersion": 1, "reference": "11", "isImmediate": true });
        let changed = app
            .done(office, "recommendationUpdate", change, "recommendation { reference text isImmediate }")
            .await;
        assert_eq!(
            changed["recommendation"],
            json!({ "reference": "11", "text": "Look again", "isImmediate": true })
        );
        let cleared = json!({ "id": id, "expectedVersion": 2, "reference": null, "text": "Look twice" });
        let shows = "recommendation { reference text history { nodes { operation version } } }";
        let cleared = app.done(office, "recommendationUpdate", cleared, shows).await;
        assert_eq!(cleared["recommendation"]["reference"], "(6)");
        assert_eq!(cleared["recommendation"]["history"]["nodes"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn the_council_answers_and_says_why_not() {
    on_both(async |app| {
        let id = gid("rec", app.world.requirement("Inspection", "2").id);
        let office = Persona::ProgrammeOffice;
        let bare = json!({ "id": id, "expectedVersion": 1, "status": "REJECTED" });
        assert_eq!(app.refused(Persona::Chair, "recommendationRespond", bare.clone()).await.0, "FORBIDDEN");
        let refused = app.refused(office, "recommendationRespond", bare).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "reason".into()));
        let early = json!({ "id": id, "expectedVersion": 1, "status": "ACCEPTED", "respondedOn": "2018-01-28" });
        let refused = app.refused(office, "recommendationRespond", early).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "respondedOn".into()));
        let answer = json!({ "id": id, "expectedVersion": 1, "status": "PARTIALLY_ACCEPTED", "reason": "Not at night" });
        let shows = "recommendation { version response { status reason respondedOn respondedBy { __typename } } }";
        let done = app.done(office, "recommendationRespond", answer, shows).await;
        let response = &done["recommendation"]["response"];
        assert_eq!((&response["status"], &response["reason"]), (&json!("PARTIALLY_ACCEPTED"), &json!("Not at night")));
        assert_eq!(response["respondedOn"], "2018-12-10");
    })
    .await;
}

#[tokio::test]
async fn only_its_maker_or_the_board_on_its_behalf_confirms() {
    on_both(async |app| {
        let police = app.world.party("Northshire Police").id;
        let mut to = app.write().await;
        let letter = to.source("REVIEW", "Police letter", "2018-11-01", |of| of.issuer_id = Some(police)).await;
        let one = to.requirement(&letter, "1", "Answer", |_| {}).await;
        let two = to.requirement(&letter, "2", "Listen", |_| {}).await;
        to.commit().await;
        let bare = |id| json!({ "id": gid("rec", id), "expectedVersion": 1 });
        let shows = "recommendation { confirmation { confirmedOn note isOnBehalf confirmedBy { ... on Organisation { name } } } }";
        for persona in [Persona::ProgrammeOffice, Persona::Health] {
            assert_eq!(app.refused(persona, "recommendationConfirm", bare(one.id)).await.0, "FORBIDDEN");
        }
        let done = app.done(Persona::Police, "recommendationConfirm", bare(one.id), shows).await;
        let confirmation = &done["recommendation"]["confirmation"];
        assert_eq!(confirmation["confirmedBy"]["name"], "Northshire Police");
        assert_eq!((&confirmation["isOnBehalf"], &confirmation["confirmedOn"]), (&json!(false), &json!("2018-12-10")));
        let again = json!({ "id": gid("rec", one.id), "expectedVersion": 2 });
        let refused = app.refused(Persona::Police, "recommendationConfirm", again).await;
        assert_eq!(refused, ("ILLEGAL_TRANSITION".into(), "id".into()));

        let refused = app.refused(Persona::BoardMember, "recommendationConfirm", bare(two.id)).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "note".into()));
        let noted = json!({ "id": gid("rec", two.id), "expectedVersion": 1, "note": "Their letter of 3 December" });
        let done = app.done(Persona::BoardMember, "recommendationConfirm", noted, shows).await;
        let confirmation = &done["recommendation"]["confirmation"];
        assert_eq!((&confirmation["isOnBehalf"], &confirmation["note"]), (&json!(true), &json!("Their letter of 3 December")));
    })
    .await;
}
