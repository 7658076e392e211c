//! A plan ends, and what is unfinished is carried on.

use entity::*;
use serde_json::{Value, json};

use crate::support::builders::{Write, action, day};
use crate::support::{Persona, gid, on_both};

const PLAN: &str = "query($id: ID!) { node(id: $id) { ... on Plan { status closedOn version successor { id } predecessor { id }
    themes { name parent { name } }
    actions(first: 5) { totalCount nodes { reference aim status version dueOn theme { name }
        leads { ... on Person { post } } steps { text dueOn }
        requirements(first: 2) { edges { qualifier node { reference } } } unspecifiedDirections { title }
        dependsOn { reference plan { title } } evidence { totalCount } updates { totalCount } updateDueOn
        rolledOverFrom { reference status } rolledOverTo { reference plan { title } } } } } } }";

/// A published plan with two unfinished actions and an assured one, and an agreed one that can follow it.
async fn phases(to: &mut Write) -> [plan::Model; 3] {
    let council = to.record.party("Northshire Council").clone();
    let head = to.record.party("Head of service").clone();
    let first_of_all = to.record.requirement("Inspection", "1").clone();
    let direction = to.record.source("Second direction").clone();
    let old = to.plan("Phase 1", "PUBLISHED", &council, |_| {}).await;
    let new = to.plan("Phase 2", "AGREED", &council, |_| {}).await;
    let other = to.plan("Of the partnership", "AGREED", &council, |_| {}).await;
    let practice = to.theme(&old, None, "Practice").await;
    let front_door = to.theme(&old, Some(&practice), "Front door").await;
    to.theme(&new, None, "Practice").await;
    let first = to
        .action(&old, "1.1", |of| {
            of.theme_id = Some(front_door.id);
            (of.due_on, of.due_precision) = (Some(day("2019-03-31")), Some("MONTH".to_owned()));
        })
        .await;
    to.party_of(&first, &head, "LEAD").await;
    to.addresses(&first, &first_of_all, Some("only by day")).await;
    to.names(&first, &direction).await;
    to.step(&first, "Done", |step| step.done_on = Some(day("2018-11-01"))).await;
    to.step(&first, "To do", |step| step.due_on = Some(day("2019-02-01"))).await;
    to.update(&first, "2018-12-01", "ON_TRACK").await;
    let proof = to.evidence("Proof", "OFFICIAL", |_| {}).await;
    to.shows_for(&proof, &first).await;
    let second = to.action(&old, "1.2", |of| of.status = "NOT_STARTED".to_owned()).await;
    to.waits_for(&second, &first).await;
    let third = to.action(&old, "1.3", |of| of.status = "ASSURED".to_owned()).await;
    to.waits_for(&second, &third).await;
    to.action(&new, "1.2", |_| {}).await;
    let outside = to.action(&other, "P1", |_| {}).await;
    to.waits_for(&outside, &first).await;
    [old, new, other]
}

#[tokio::test]
async fn unfinished_actions_are_carried_on_with_all_that_they_need() {
    on_both(async |app| {
        let mut to = app.write().await;
        let plans = phases(&mut to).await;
        to.commit().await;
        let [old, new, other] = plans.map(|plan| gid("pln", plan.id));
        let input = json!({ "id": old, "expectedVersion": 1, "successorId": new, "reason": "On to phase 2" });

        let closed = app
            .done(Persona::ProgrammeOffice, "planClose", input, "plan { status closedOn } successor { version }")
            .await;

        assert_eq!(closed["plan"], json!({ "status": "CLOSED", "closedOn": "2018-12-10" }));
        let plan = async |id: &str| app.data(Persona::ProgrammeOffice, PLAN, json!({ "id": id })).await["node"].clone();
        let ended = plan(&old).await;
        assert_eq!(ended["successor"]["id"], json!(new));
        let statuses = |plan: &Value| -> Vec<Value> {
            let nodes = plan["actions"]["nodes"].as_array().unwrap();
            nodes.iter().map(|node| json!([node["reference"], node["status"], node["version"]])).collect()
        };
        let is = [json!(["1.1", "ROLLED_OVER", 2]), json!(["1.2", "ROLLED_OVER", 2]), json!(["1.3", "ASSURED", 1])];
        assert_eq!(statuses(&ended), is);
        let first = &ended["actions"]["nodes"][0];
        assert_eq!(first["rolledOverTo"], json!({ "reference": "1.1", "plan": { "title": "Phase 2" } }));
        assert_eq!((&first["evidence"]["totalCount"], &first["updates"]["totalCount"]), (&json!(1), &json!(1)));
        assert_eq!(first["updateDueOn"], json!(null));

        let goes_on = plan(&new).await;
        assert_eq!(goes_on["predecessor"]["id"], json!(old));
        // The number 1.2 is taken in the successor: the new one says where it comes from.
        let is = [
            json!(["1.2", "IN_PROGRESS", 1]),
            json!(["1.1", "IN_PROGRESS", 1]),
            json!(["1.2 (carried over)", "NOT_STARTED", 1]),
        ];
        assert_eq!(statuses(&goes_on), is);
        let themes = json!([{ "name": "Practice", "parent": null }, { "name": "Front door", "parent": { "name": "Practice" } }]);
        assert_eq!(goes_on["themes"], themes);
        let first = &goes_on["actions"]["nodes"][1];
        assert_eq!((&first["dueOn"], &first["theme"]["name"]), (&json!("2019-03-31"), &json!("Front door")));
        assert_eq!(first["leads"], json!([{ "post": "Head of service" }]));
        assert_eq!(first["steps"], json!([{ "text": "To do", "dueOn": "2019-02-01" }]));
        let link = json!([{ "qualifier": "only by day", "node": { "reference": "1" } }]);
        assert_eq!(first["requirements"]["edges"], link);
        assert_eq!(first["unspecifiedDirections"], json!([{ "title": "Second direction" }]));
        assert_eq!(first["rolledOverFrom"], json!({ "reference": "1.1", "status": "ROLLED_OVER" }));
        assert_eq!((&first["evidence"]["totalCount"], &first["updates"]["totalCount"]), (&json!(0), &json!(0)));
        // Six weeks after the successor was agreed.
        assert_eq!(first["updateDueOn"], "2018-11-12");
        let waits = json!([{ "reference": "1.1", "plan": { "title": "Phase 2" } }]);
        assert_eq!(goes_on["actions"]["nodes"][2]["dependsOn"], waits);
        // What waited for the old one waits for the new one.
        let outside = plan(&other).await;
        assert_eq!(outside["actions"]["nodes"][0]["dependsOn"], waits);
        assert_eq!(outside["actions"]["nodes"][0]["version"], 2);
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_not_closed_over_what_is_open() {
    on_both(async |app| {
        let plan = |title: &str| gid("pln", app.world.plan(title).id);
        let close = |title: &str, successor: Option<String>| {
            json!({ "id": plan(title), "expectedVersion": 1, "successorId": successor })
        };
        let office = Persona::ProgrammeOffice;
        let refused = app.refused(office, "planClose", close("Agreed plan", None)).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "successorId".into()));
        let refused = app.mutate(office, "planClose", close("Published plan", Some(plan("Draft plan"))), "").await;
        assert_eq!(refused["userErrors"][0]["code"], "ILLEGAL_TRANSITION");
        assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains("2.2"));
        let refused = app.refused(office, "planClose", close("Agreed plan", Some(plan("Agreed plan")))).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "successorId".into()));
        let refused = app.refused(office, "planClose", close("Agreed plan", Some(plan("Closed plan")))).await;
        assert_eq!(refused, ("ILLEGAL_TRANSITION".into(), "successorId".into()));
        // It follows the closed plan.
        let refused = app.refused(office, "planClose", close("Agreed plan", Some(plan("Published plan")))).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "successorId".into()));
        for persona in [Persona::Lead, Persona::Chair, Persona::Police] {
            let refused = app.refused(persona, "planClose", close("Agreed plan", None)).await;
            assert_eq!(refused, ("FORBIDDEN".into(), "id".into()), "{persona:?}");
        }
        let refused = app.refused(office, "planClose", close("Closed plan", None)).await;
        assert_eq!(refused, ("ILLEGAL_TRANSITION".into(), "id".into()));
    })
    .await;
}

#[tokio::test]
async fn a_large_plan_is_carried_over_whole() {
    on_both(async |app| {
        let mut to = app.write().await;
        let council = to.record.party("Northshire Council").clone();
        let old = to.plan("Large", "PUBLISHED", &council, |_| {}).await;
        let new = to.plan("Larger", "DRAFT", &council, |_| {}).await;
        let rows = (1..=200).map(|number| action(&old, &format!("7.{number}"), number)).collect();
        to.cx.create_all::<action::Model>(rows).await.unwrap();
        to.commit().await;
        let input =
            json!({ "id": gid("pln", old.id), "expectedVersion": 1, "successorId": gid("pln", new.id) });

        app.done(Persona::ProgrammeOffice, "planClose", input, "plan { id }").await;

        let read = "query($id: ID!) { node(id: $id) { ... on Plan { actions(first: 100) { totalCount
            nodes { rolledOverFrom { reference } } } } } }";
        let data = app.data(Persona::ProgrammeOffice, read, json!({ "id": gid("pln", new.id) })).await;
        assert_eq!(data["node"]["actions"]["totalCount"], 200);
        assert_eq!(data["node"]["actions"]["nodes"][99]["rolledOverFrom"]["reference"], "7.100");
    })
    .await;
}
