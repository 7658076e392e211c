//! An action gets other leads.

use serde_json::json;

use super::{OFFICE, action, at, person, refusal, shown};
use crate::support::{Persona, gid, on_both};

const LED: &str = "action { version leads { ...on Person { post } ...on Group { name } } contributors { ...on Person { post } }
    organisation { name } }";

#[tokio::test]
async fn the_new_leads_take_over_in_order_and_the_old_stay_in_the_history() {
    on_both(async |app| {
        let id = action(app, "1.3");
        let group = gid("grp", app.world.party("Quality group").id);
        let input = at(
            &id,
            1,
            json!({
                "leadIds": [group, person(app, "Detective inspector")], "reason": "A new post",
                "organisationId": gid("org", app.world.party("Northshire Police").id),
            }),
        );

        let now = app.done(OFFICE, "actionHandOver", input, LED).await["action"].clone();

        assert_eq!(
            now,
            json!({
                "version": 2, "leads": [{ "name": "Quality group" }, { "post": "Detective inspector" }],
                "contributors": [], "organisation": { "name": "Northshire Police" },
            })
        );
        let history = shown(app, OFFICE, &id, "history { nodes { operation reason version } }").await;
        let last = history["history"]["nodes"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last, json!({ "operation": "actionHandOver", "reason": "A new post", "version": 2 }));
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_over_may_report_and_whoever_gave_it_away_may_not() {
    on_both(async |app| {
        let id = action(app, "1.1");
        let report = json!({ "actionId": id, "narrative": "Begun", "declaredHealth": "ON_TRACK" });
        app.done(Persona::Lead, "progressUpdateAdd", report.clone(), "").await;
        let input = at(&id, 1, json!({ "leadIds": [person(app, "Detective inspector")] }));
        app.done(OFFICE, "actionHandOver", input, LED).await;

        let refused = app.refused(Persona::Lead, "progressUpdateAdd", report.clone()).await;
        assert_eq!(refused, refusal("FORBIDDEN", "actionId"));
        app.done(Persona::Police, "progressUpdateAdd", report, "").await;
    })
    .await;
}

#[tokio::test]
async fn somebody_has_to_lead_and_no_ended_post_can() {
    on_both(async |app| {
        let id = action(app, "1.1");
        let of = |leads: serde_json::Value| at(&id, 1, json!({ "leadIds": leads }));
        let none = app.refused(OFFICE, "actionHandOver", of(json!([]))).await;
        assert_eq!(none, refusal("VALIDATION_FAILED", "leadIds"));

        let later = app.at("2018-12-10".parse().unwrap()).await;
        let nurse = app.world.party("Safeguarding nurse").clone();
        let mut to = app.write().await;
        let ended = entity::party::Model { until_on: Some("2018-12-09".parse().unwrap()), ..nurse.clone() };
        to.cx.update(&nurse, ended).await.unwrap();
        to.commit().await;

        let gone = later.refused(OFFICE, "actionHandOver", of(json!([gid("per", nurse.id)]))).await;
        assert_eq!(gone, refusal("VALIDATION_FAILED", "leadIds.0"));
    })
    .await;
}
