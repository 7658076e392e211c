//! Actions are added to plans.

use serde_json::json;

use super::{OFFICE, person, refusal, shown};
use crate::support::{Persona, TestApp, gid, on_both};

const MADE: &str = "action { id version status reference aim dueOn duePrecision leads { ...on Person { post } }
    contributors { ...on Person { post } } steps { text dueOn lead { ...on Person { post } } } plan { title } theme { name } }";

fn plan(app: &TestApp, title: &str) -> String {
    gid("pln", app.world.plan(title).id)
}

async fn references(app: &TestApp, title: &str) -> Vec<String> {
    let document =
        "query($id: ID!) { node(id: $id) { ...on Plan { actions(first: 50) { nodes { reference } } } } }";
    let data = app.data(OFFICE, document, json!({ "id": plan(app, title) })).await;
    let nodes = data["node"]["actions"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|node| node["reference"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_action_comes_with_its_leads_and_steps_and_stands_at_the_end() {
    on_both(async |app| {
        let theme = app.world.themes.iter().find(|theme| theme.name == "Practice").unwrap().id;
        let input = json!({
            "planId": plan(app, "Published plan"), "reference": "7.1", "aim": "See every child", "themeId": gid("thm", theme),
            "dueOn": "2019-03-01", "duePrecision": "MONTH", "leadIds": [person(app, "Head of service")],
            "steps": [
                { "text": "Ask", "dueOn": "2019-01-31" },
                { "text": "Answer", "leadId": person(app, "Safeguarding nurse") },
            ],
        });

        let made = app.done(OFFICE, "actionCreate", input, MADE).await["action"].clone();

        assert_eq!((&made["version"], &made["status"]), (&json!(1), &json!("NOT_STARTED")));
        assert_eq!((&made["dueOn"], &made["duePrecision"]), (&json!("2019-03-31"), &json!("MONTH")));
        assert_eq!(made["leads"], json!([{ "post": "Head of service" }]));
        assert_eq!(made["contributors"], json!([{ "post": "Safeguarding nurse" }]));
        assert_eq!(made["theme"]["name"], "Practice");
        assert_eq!(
            made["steps"],
            json!([
                { "text": "Ask", "dueOn": "2019-01-31", "lead": null },
                { "text": "Answer", "dueOn": null, "lead": { "post": "Safeguarding nurse" } },
            ])
        );
        assert_eq!(references(app, "Published plan").await.last().unwrap(), "7.1");
        let seen = shown(app, Persona::Health, made["id"].as_str().unwrap(), "reference").await;
        assert_eq!(seen["reference"], "7.1");
    })
    .await;
}

#[tokio::test]
async fn the_least_is_a_number_and_an_aim_and_it_can_stand_after_another() {
    on_both(async |app| {
        let after = gid("act", app.world.action("A2").id);
        let mut input = json!({
            "planId": plan(app, "Agreed plan"), "reference": "A2a", "aim": "More", "afterActionId": after,
        });
        app.done(OFFICE, "actionCreate", input.clone(), MADE).await;
        input["reference"] = json!("A2b");
        app.done(OFFICE, "actionCreate", input, MADE).await;

        assert_eq!(references(app, "Agreed plan").await, ["A1", "A2", "A2a", "A2b", "A3", "A4"]);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_where_it_stands() {
    on_both(async |app| {
        let theme = gid("thm", app.world.themes[0].id);
        let council = gid("org", app.world.party("Northshire Council").id);
        let of = |more: serde_json::Value| {
            let mut input = json!({ "planId": plan(app, "Draft plan"), "reference": "D9", "aim": "More" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        for (more, field) in [
            (json!({ "reference": "D1" }), "reference"),
            (json!({ "startOn": "2019-02-01", "dueOn": "2019-01-31" }), "startOn"),
            (json!({ "duePrecision": "MONTH" }), "duePrecision"),
            (json!({ "themeId": theme }), "themeId"),
            (json!({ "organisationId": person(app, "Head of service") }), "organisationId"),
            (json!({ "leadIds": [council, council] }), "leadIds.1"),
            (json!({ "afterActionId": gid("act", app.world.action("A1").id) }), "afterActionId"),
            (json!({ "leadIds": [person(app, "Director of children's services")] }), "leadIds.0"),
        ] {
            let (code, at) = app.refused(OFFICE, "actionCreate", of(more.clone())).await;
            assert_eq!(at, field, "{more}");
            let is_hidden = field == "leadIds.0";
            assert_eq!(code, if is_hidden { "NOT_FOUND" } else { "VALIDATION_FAILED" }, "{more}");
        }
    })
    .await;
}

#[tokio::test]
async fn any_officer_writes_a_draft_and_the_office_every_open_plan() {
    on_both(async |app| {
        let of = |title: &str, number: &str| {
            json!({ "planId": plan(app, title), "reference": number, "aim": "More" })
        };
        for (who, title, expected) in [
            (Persona::Officer, "Draft plan", None),
            (Persona::Officer, "Agreed plan", Some("FORBIDDEN")),
            (OFFICE, "Agreed plan", None),
            (OFFICE, "Closed plan", Some("ILLEGAL_TRANSITION")),
            (Persona::Chair, "Agreed plan", Some("FORBIDDEN")),
            (Persona::Chair, "Draft plan", Some("NOT_FOUND")),
            (Persona::Police, "Agreed plan", Some("FORBIDDEN")),
            (Persona::SouthmereOffice, "Agreed plan", Some("NOT_FOUND")),
        ] {
            let input = of(title, &format!("new {who:?}"));
            match expected {
                None => {
                    app.done(who, "actionCreate", input, MADE).await;
                }
                Some(code) => {
                    assert_eq!(app.refused(who, "actionCreate", input).await, refusal(code, "planId"))
                }
            }
        }
    })
    .await;
}
