//! What feedback is about, and who may say so: the programme office anything, a lead the actions that they lead.

use serde_json::{Value, json};

use super::{OFFICE, action, added, error, feedback, new, of, programme, recommendation, shown};
use crate::support::{Persona, TestApp, on_both};

const ABOUT: &str = "feedback { id version actions { nodes { reference } } requirements { nodes { ...on Recommendation { reference } } } }";

/// The references of the actions and requirements that a payload shows.
fn about(payload: &Value) -> (Vec<String>, Vec<String>) {
    let names = |list: &Value| {
        list["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| of["reference"].as_str().unwrap().to_owned())
            .collect()
    };
    (names(&payload["feedback"]["actions"]), names(&payload["feedback"]["requirements"]))
}

fn named(actions: &[&str], requirements: &[&str]) -> (Vec<String>, Vec<String>) {
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    (all(actions), all(requirements))
}

#[tokio::test]
async fn the_office_says_what_feedback_is_about_and_changes_it_as_a_whole() {
    on_both(async |app| {
        let more = json!({ "actionIds": [action(app, "1.2"), action(app, "D1")], "requirementIds": [recommendation(app, "1")] });
        let made = app.done(OFFICE, "feedbackAdd", new(app, more), ABOUT).await;
        let (mut actions, requirements) = about(&made);
        actions.sort();
        assert_eq!((actions, requirements), named(&["1.2", "D1"], &["1"]));
        let id = made["feedback"]["id"].as_str().unwrap();
        let more = json!({ "actionIds": [action(app, "1.2"), action(app, "1.1")], "requirementIds": [recommendation(app, "2")] });
        let (mut actions, requirements) = about(&app.done(OFFICE, "feedbackAmend", of(id, 1, more), ABOUT).await);
        actions.sort();
        assert_eq!((actions, requirements), named(&["1.1", "1.2"], &["2"]));
        let none = json!({ "actionIds": null, "requirementIds": [] });
        let bare = app.done(OFFICE, "feedbackAmend", of(id, 2, none), ABOUT).await;
        assert_eq!((about(&bare), &bare["feedback"]["version"]), (named(&[], &[]), &json!(3)));

        let elsewhere = json!({ "actionIds": [action(app, "1.1"), action(app, "S2")] });
        let refused = app.refused(OFFICE, "feedbackAmend", of(id, 3, elsewhere)).await;
        assert_eq!(refused, error("NOT_FOUND", "actionIds.1"));
    })
    .await;
}

#[tokio::test]
async fn a_lead_speaks_for_the_actions_that_they_lead() {
    on_both(async |app| {
        let add = async |more| app.refused(Persona::Lead, "feedbackAdd", new(app, more)).await;
        assert_eq!(add(json!({})).await, error("VALIDATION_FAILED", "actionIds"));
        let others = json!({ "actionIds": [action(app, "1.1"), action(app, "1.2")] });
        assert_eq!(add(others).await, error("FORBIDDEN", "actionIds.1"));
        let demand = json!({ "actionIds": [action(app, "1.1")], "requirementIds": [recommendation(app, "1")] });
        assert_eq!(add(demand).await, error("FORBIDDEN", "requirementIds"));
        let own = json!({ "actionIds": [action(app, "1.1"), action(app, "1.4")] });
        let made = app.done(Persona::Lead, "feedbackAdd", new(app, own), ABOUT).await;
        let id = made["feedback"]["id"].as_str().unwrap();

        // It stays about what another leads, whatever its lead changes; and about something.
        let both = json!({ "actionIds": [action(app, "1.1"), action(app, "1.2")], "requirementIds": [recommendation(app, "1")] });
        app.done(OFFICE, "feedbackAmend", of(id, 1, both), ABOUT).await;
        let amend = async |more| app.refused(Persona::Lead, "feedbackAmend", of(id, 2, more)).await;
        assert_eq!(amend(json!({ "actionIds": [action(app, "1.1")] })).await, error("FORBIDDEN", "actionIds"));
        assert_eq!(amend(json!({ "requirementIds": null })).await, error("FORBIDDEN", "requirementIds"));
        let same = json!({ "said": "Be there", "requirementIds": [recommendation(app, "1")] });
        app.done(Persona::Lead, "feedbackAmend", of(id, 2, same), ABOUT).await;
        let moved = json!({ "actionIds": [action(app, "1.2"), action(app, "1.3")] });
        let payload = app.done(Persona::Lead, "feedbackAmend", of(id, 3, moved), ABOUT).await;
        assert_eq!(about(&payload).0, ["1.2", "1.3"]);
        let own = feedback(app, "Visits");
        let nothing = of(&own, 1, json!({ "actionIds": [] }));
        assert_eq!(app.refused(Persona::Lead, "feedbackAmend", nothing).await, error("VALIDATION_FAILED", "actionIds"));

        // Of what is about no action of theirs they read, and do nothing.
        let other = feedback(app, "Passports");
        assert_eq!(shown(app, Persona::Lead, &other, "viewerCan").await["viewerCan"], json!([]));
        let act = of(&other, 1, json!({ "done": "Much" }));
        assert_eq!(app.refused(Persona::Lead, "feedbackAct", act).await, error("FORBIDDEN", "id"));
    })
    .await;
}

#[tokio::test]
async fn others_read_at_most() {
    on_both(async |app| {
        let id = feedback(app, "Coming back");
        let own = json!({ "actionIds": [action(app, "1.3")] });
        for who in [Persona::Chair, Persona::Police, Persona::Scrutiny, Persona::Admin] {
            let refused = app.refused(who, "feedbackAdd", new(app, own.clone())).await;
            assert_eq!(refused, error("FORBIDDEN", "programmeId"), "{who:?}");
        }
        assert_eq!(
            app.refused(Persona::Officer, "feedbackAdd", new(app, own)).await,
            error("FORBIDDEN", "actionIds.0")
        );
        let tell = |id| of(id, 1, json!({ "told": "All" }));
        for who in [Persona::Chair, Persona::BoardMember, Persona::Officer, Persona::Police] {
            assert_eq!(
                app.refused(who, "feedbackTell", tell(&id)).await,
                error("FORBIDDEN", "id"),
                "{who:?}"
            );
        }
        for who in [Persona::Health, Persona::Scrutiny, Persona::Admin, Persona::SouthmereOffice] {
            assert_eq!(
                app.refused(who, "feedbackTell", tell(&id)).await,
                error("NOT_FOUND", "id"),
                "{who:?}"
            );
        }
    })
    .await;
}

/// The operations that the police are told of feedback, oldest first, of the last so many.
async fn told(app: &TestApp, id: &str) -> Vec<(String, bool)> {
    let feed = "query($id: ID!) { node(id: $id) { ...on Programme {
        changes(last: 20, types: [\"Feedback\"]) { nodes { operation entityId node { __typename } } } } } }";
    let data = app.data(Persona::Police, feed, json!({ "id": programme(app) })).await;
    let entries =
        data["node"]["changes"]["nodes"].as_array().unwrap().iter().filter(|of| of["entityId"] == id);
    entries.map(|of| (of["operation"].as_str().unwrap().to_owned(), of["node"].is_object())).collect()
}

#[tokio::test]
async fn a_partner_sees_what_is_about_its_actions_while_it_is_and_its_feed_says_so() {
    on_both(async |app| {
        let id = added(app, json!({ "actionIds": [action(app, "1.1")] })).await;
        assert_eq!(shown(app, Persona::Police, &id, "said").await, Value::Null);
        assert_eq!(told(app, &id).await, []);
        let more = json!({ "actionIds": [action(app, "1.1"), action(app, "1.2")] });
        app.done(OFFICE, "feedbackAmend", of(&id, 1, more), "feedback { id }").await;
        let node = shown(app, Persona::Police, &id, "said viewerCan history { nodes { operation } }").await;
        assert_eq!((&node["said"], &node["viewerCan"]), (&json!("Come on time"), &json!([])));
        assert_eq!(told(app, &id).await.last().unwrap(), &("feedbackAmend".to_owned(), true));

        let less = json!({ "actionIds": [action(app, "1.1")] });
        app.done(OFFICE, "feedbackAmend", of(&id, 2, less), "feedback { id }").await;
        assert_eq!(shown(app, Persona::Police, &id, "said").await, Value::Null);
        assert_eq!(told(app, &id).await, [("hidden".to_owned(), false)]);

        // With the action, too: whoever comes to contribute to it sees what was said about it.
        let [council, police] = ["Head of service", "Northshire Police"].map(|name| app.world.party(name));
        let [lead, joins] =
            [("per", council.id), ("org", police.id)].map(|(of, id)| crate::support::gid(of, id));
        let more = json!({ "leadIds": [lead], "contributorIds": [joins], "reason": "They join" });
        let input = of(&action(app, "1.1"), 1, more);
        app.done(OFFICE, "actionHandOver", input, "action { id }").await;
        assert_eq!(shown(app, Persona::Police, &id, "said").await["said"], "Come on time");
        assert_eq!(told(app, &id).await.last().unwrap(), &("actionHandOver".to_owned(), true));
    })
    .await;
}
