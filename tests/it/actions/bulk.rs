//! Many links, and many reports, at once.

use serde_json::{Value, json};

use super::{OFFICE, action, direction, recommendation, refusal, shown, wrong};
use crate::support::{Persona, TestApp, gid, on_both};

fn programme(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

fn report(app: &TestApp, reference: &str, narrative: &str, health: &str) -> Value {
    json!({ "actionId": action(app, reference), "narrative": narrative, "declaredHealth": health })
}

fn reports(app: &TestApp, updates: Value) -> Value {
    json!({ "programmeId": programme(app), "updates": updates })
}

const REPORTED: &str = "progressUpdates { narrative action { reference } author { post } } actions { reference latestUpdate { narrative } }";

#[tokio::test]
async fn a_lead_reports_on_all_their_actions_at_once_and_the_last_word_counts() {
    on_both(async |app| {
        let updates = json!([
            report(app, "1.1", "First word", "AT_RISK"),
            report(app, "1.4", "All well", "ON_TRACK"),
            report(app, "1.1", "Second word", "OFF_TRACK"),
        ]);

        let made = app.done(Persona::Lead, "progressUpdatesAdd", reports(app, updates), REPORTED).await;

        assert_eq!(made["progressUpdates"].as_array().unwrap().len(), 3);
        assert_eq!(made["progressUpdates"][0]["author"]["post"], "Head of service");
        let last = |reference: &str, narrative: &str| json!({ "reference": reference, "latestUpdate": { "narrative": narrative } });
        assert_eq!(made["actions"], json!([last("1.1", "Second word"), last("1.4", "All well")]));
        let now = shown(app, OFFICE, &action(app, "1.1"), "declaredHealth version").await;
        assert_eq!(now, json!({ "declaredHealth": "OFF_TRACK", "version": 1 }));
    })
    .await;
}

#[tokio::test]
async fn one_bad_row_keeps_all_out_and_each_is_named() {
    on_both(async |app| {
        let count = async || {
            shown(app, OFFICE, &action(app, "1.1"), "updates { totalCount }").await["updates"]["totalCount"]
                .clone()
        };
        let before = count().await;
        let updates = json!([
            report(app, "1.1", "Fine", "ON_TRACK"),
            report(app, "1.2", "Not mine", "ON_TRACK"),
            report(app, "2.3", "Over", "ON_TRACK"),
        ]);
        let payload = app.mutate(OFFICE, "progressUpdatesAdd", reports(app, updates.clone()), REPORTED).await;
        assert_eq!(wrong(&payload), [refusal("ILLEGAL_TRANSITION", "updates.2.actionId")]);
        assert_eq!((&payload["progressUpdates"], &payload["actions"]), (&json!([]), &json!([])));
        let payload = app.mutate(Persona::Lead, "progressUpdatesAdd", reports(app, updates), "").await;
        let expected = ["updates.1.actionId", "updates.2.actionId"].map(|field| refusal("FORBIDDEN", field));
        assert_eq!(wrong(&payload), expected);

        let updates = json!([
            report(app, "1.1", "Seen with 999 000 0018", "ON_TRACK"),
            report(app, "D1", " ", "AT_RISK")
        ]);
        let payload = app.mutate(Persona::Police, "progressUpdatesAdd", reports(app, updates), "").await;
        let expected = [
            refusal("PERSONAL_DATA_SUSPECTED", "updates.0.narrative"),
            refusal("VALIDATION_FAILED", "updates.1.narrative"),
        ];
        assert_eq!(wrong(&payload), expected);
        let hidden = reports(app, json!([report(app, "D1", "Hidden", "ON_TRACK")]));
        let hidden = app.refused(Persona::Police, "progressUpdatesAdd", hidden).await;
        assert_eq!(hidden, refusal("NOT_FOUND", "updates.0.actionId"));
        assert_eq!(count().await, before);
    })
    .await;
}

#[tokio::test]
async fn there_is_a_limit_and_a_dry_run_changes_nothing() {
    on_both(async |app| {
        for rows in [0, 201] {
            let updates: Vec<Value> = (0..rows).map(|_| report(app, "1.1", "Again", "ON_TRACK")).collect();
            let refused = app.refused(OFFICE, "progressUpdatesAdd", reports(app, json!(updates))).await;
            assert_eq!(refused, refusal("VALIDATION_FAILED", "updates"), "{rows}");
        }
        let mut dry = reports(app, json!([report(app, "1.1", "Would be", "ON_TRACK")]));
        dry["dryRun"] = json!(true);
        let payload = app.done(OFFICE, "progressUpdatesAdd", dry.clone(), REPORTED).await;
        assert_eq!(payload["progressUpdates"], json!([]));
        dry["updates"][0]["actionId"] = json!(action(app, "2.3"));
        let refused = app.refused(OFFICE, "progressUpdatesAdd", dry).await;
        assert_eq!(refused, refusal("ILLEGAL_TRANSITION", "updates.0.actionId"));
        let now = shown(app, OFFICE, &action(app, "1.1"), "updates { nodes { narrative } }").await;
        assert!(!now.to_string().contains("Would be"));
    })
    .await;
}

fn link(app: &TestApp, reference: &str, demand: String, qualifier: Option<&str>) -> Value {
    let mut link = json!({ "actionId": action(app, reference), "requirementId": demand });
    if let Some(qualifier) = qualifier {
        link["qualifier"] = json!(qualifier);
    }
    link
}

#[tokio::test]
async fn many_links_are_made_with_one_version_for_each_action() {
    on_both(async |app| {
        let links = json!([
            link(app, "1.9", recommendation(app, "10"), None),
            link(app, "1.9", recommendation(app, "1"), Some("only by day")),
            link(app, "1.9", recommendation(app, "2"), None),
            link(app, "1.11", recommendation(app, "(5)"), None),
            link(app, "2.1", crate::actions::term(app, "2.b.i"), None),
        ]);
        let input = json!({ "programmeId": programme(app), "links": links });
        let shows = "actions { reference version requirements { edges { qualifier node { ...on Recommendation { reference } ...on DirectionTerm { reference } } } } }";

        let made = app.done(OFFICE, "actionsLink", input, shows).await["actions"].clone();

        let edge = |reference: &str, qualifier: Value| json!({ "qualifier": qualifier, "node": { "reference": reference } });
        let first = [
            edge("1", json!("only by day")),
            edge("2", json!("only for children in care")),
            edge("10", Value::Null),
        ];
        assert_eq!(made[0], json!({ "reference": "1.9", "version": 2, "requirements": { "edges": first } }));
        assert_eq!((&made[1]["version"], &made[2]["version"]), (&json!(2), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn a_link_that_cannot_be_made_keeps_all_out() {
    on_both(async |app| {
        let of = |links: Value| json!({ "programmeId": programme(app), "links": links });
        let fine = link(app, "1.9", recommendation(app, "10"), None);
        let whole = link(app, "1.9", direction(app), None);
        let given_up = link(app, "2.4", recommendation(app, "10"), None);
        for (links, code, field) in [
            (json!([fine, fine]), "VALIDATION_FAILED", "links.1"),
            (json!([fine, whole]), "VALIDATION_FAILED", "links.1.requirementId"),
            (json!([given_up, fine]), "ILLEGAL_TRANSITION", "links.0.actionId"),
            (json!([]), "VALIDATION_FAILED", "links"),
        ] {
            assert_eq!(app.refused(OFFICE, "actionsLink", of(links)).await, refusal(code, field));
        }
        let forbidden = app.refused(Persona::Lead, "actionsLink", of(json!([fine]))).await;
        assert_eq!(forbidden, refusal("FORBIDDEN", "programmeId"));
        assert_eq!(shown(app, OFFICE, &action(app, "1.9"), "version").await["version"], 1);
    })
    .await;
}
