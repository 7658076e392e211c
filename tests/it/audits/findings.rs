//! `auditFindingAdd`, `auditFindingAmend`, and the loop: `auditFindingFollowUp`, `auditFindingDone`, `auditFindingRecheck`.

use domain::audit::is_overdue;
use serde_json::{Value, json};

use super::{OFFICE, audit, error, finding, invalid, of, shown};
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const STATE: &str = "finding { version status isOverdue doneOn dueOn firstDueOn recheck { outcome note } viewerCan } audit { isLoopOpen }";

/// A finding of an audit that has none open, and its id.
async fn found(app: &TestApp, more: Value) -> (String, Value) {
    let input = super::with(
        json!({ "auditId": audit(app, "Night visits"), "text": "The door was open", "grade": "GOOD" }),
        more,
    );
    let payload =
        app.done(OFFICE, "auditFindingAdd", input, &format!("{STATE} id: finding {{ id theme }}")).await;
    (payload["id"]["id"].as_str().unwrap().to_owned(), payload)
}

#[tokio::test]
async fn a_finding_of_any_grade_is_open_until_somebody_else_has_looked_again() {
    on_both(async |app| {
        let (id, made) = found(app, json!({})).await;
        assert_eq!(
            (&made["finding"]["status"], &made["audit"]["isLoopOpen"]),
            (&json!("OPEN"), &json!(true))
        );
        assert_eq!(app.refused(OFFICE, "auditFindingDone", of(&id, 1, json!({}))).await, invalid("id"));
        let refused =
            app.refused(OFFICE, "auditFindingRecheck", of(&id, 1, json!({ "outcome": "HELD" }))).await;
        assert_eq!(refused, error("ILLEGAL_TRANSITION", "id"));

        let lead = gid("per", app.world.party("Head of service").id);
        let plan = json!({ "followUp": "Tell the others how", "followUpById": lead, "dueOn": "2018-12-09" });
        let payload = app.done(OFFICE, "auditFindingFollowUp", of(&id, 1, plan), STATE).await;
        assert_eq!(
            (&payload["finding"]["status"], &payload["finding"]["isOverdue"]),
            (&json!("OPEN"), &json!(true))
        );

        // Whoever is to do it says that it is done, and cannot be who looks again.
        let done = of(&id, 2, json!({ "doneOn": "2018-12-08", "note": "They know" }));
        let payload = app.done(Persona::Lead, "auditFindingDone", done, STATE).await;
        assert_eq!(payload["finding"]["status"], "FOLLOWED_UP");
        assert_eq!(
            (&payload["finding"]["isOverdue"], &payload["audit"]["isLoopOpen"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(payload["finding"]["viewerCan"], json!([]));
        let held = of(&id, 3, json!({ "outcome": "HELD", "note": "Two teams do it" }));
        assert_eq!(
            app.refused(Persona::Lead, "auditFindingRecheck", held.clone()).await,
            error("FORBIDDEN", "id")
        );
        let payload = app.done(OFFICE, "auditFindingRecheck", held, STATE).await;
        assert_eq!(
            (&payload["finding"]["status"], &payload["audit"]["isLoopOpen"]),
            (&json!("CLOSED"), &json!(false))
        );
        assert_eq!(payload["finding"]["recheck"], json!({ "outcome": "HELD", "note": "Two teams do it" }));
        let late = of(&id, 4, json!({ "text": "It was shut" }));
        assert_eq!(app.refused(OFFICE, "auditFindingAmend", late).await, error("ILLEGAL_TRANSITION", "id"));
    })
    .await;
}

#[tokio::test]
async fn nobody_rechecks_what_they_said_was_done() {
    on_both(async |app| {
        let lead = gid("per", app.world.party("Head of service").id);
        let (id, _) =
            found(app, json!({ "followUp": "Tell", "followUpById": lead, "dueOn": "2018-12-31" })).await;
        let payload = app.done(OFFICE, "auditFindingDone", of(&id, 1, json!({})), STATE).await;
        assert_eq!(payload["finding"]["doneOn"], "2018-12-10");
        assert_eq!(payload["finding"]["viewerCan"], json!(["UPDATE"]));
        let held = of(&id, 2, json!({ "outcome": "HELD" }));
        assert_eq!(app.refused(OFFICE, "auditFindingRecheck", held).await, error("FORBIDDEN", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_failed_recheck_opens_it_again_and_what_is_done_anew_waits_for_another() {
    on_both(async |app| {
        let id = finding(app, "Chronologies are missing");
        let input = |more: Value| of(&id, 1, super::with(json!({ "outcome": "NOT_HELD" }), more));
        let refused = async |more| app.refused(OFFICE, "auditFindingRecheck", input(more)).await;
        assert_eq!(refused(json!({})).await, invalid("note"));
        assert_eq!(
            refused(json!({ "note": "Half", "recheckedOn": "2018-11-29" })).await,
            invalid("recheckedOn")
        );
        assert_eq!(
            refused(json!({ "note": "Half", "recheckedOn": "2018-12-11" })).await,
            invalid("recheckedOn")
        );
        let held = of(&id, 1, json!({ "outcome": "HELD", "dueOn": "2019-01-31" }));
        assert_eq!(app.refused(OFFICE, "auditFindingRecheck", held).await, invalid("dueOn"));

        let failed = input(json!({ "note": "Half of them still are", "dueOn": "2019-01-31" }));
        let payload = app.done(OFFICE, "auditFindingRecheck", failed, STATE).await;
        let state = &payload["finding"];
        assert_eq!((&state["status"], &state["doneOn"]), (&json!("OPEN"), &Value::Null));
        assert_eq!((&state["dueOn"], &state["firstDueOn"]), (&json!("2019-01-31"), &json!("2018-12-01")));
        assert_eq!(state["recheck"]["outcome"], "NOT_HELD");
        let payload = app.done(OFFICE, "auditFindingDone", of(&id, 2, json!({})), STATE).await;
        assert_eq!(
            (&payload["finding"]["status"], &payload["finding"]["recheck"]),
            (&json!("FOLLOWED_UP"), &Value::Null)
        );
    })
    .await;
}

#[tokio::test]
async fn a_day_moves_with_a_reason_and_the_old_one_stays_visible() {
    on_both(async |app| {
        let id = finding(app, "Notes are thin");
        let later = json!({ "dueOn": "2018-12-31" });
        assert_eq!(app.refused(OFFICE, "auditFindingFollowUp", of(&id, 1, later)).await, invalid("reason"));
        let moved = json!({ "dueOn": "2018-12-31", "reason": "The team was short" });
        let payload = app.done(Persona::Lead, "auditFindingFollowUp", of(&id, 1, moved), STATE).await;
        assert_eq!(
            (&payload["finding"]["dueOn"], &payload["finding"]["firstDueOn"]),
            (&json!("2018-12-31"), &json!("2018-12-01"))
        );
        let history = "history(last: 1) { nodes { reason changes { field before after } } }";
        let node = shown(app, Persona::Police, &id, history).await;
        let entry = &node["history"]["nodes"][0];
        assert_eq!(entry["reason"], "The team was short");
        assert_eq!(
            entry["changes"],
            json!([{ "field": "dueOn", "before": "2018-12-01", "after": "2018-12-31" }])
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_follow_is_refused_at_its_place() {
    on_both(async |app| {
        let add = async |more| {
            let input = super::with(json!({ "auditId": audit(app, "Night visits"), "text": "Dark" }), more);
            app.refused(OFFICE, "auditFindingAdd", input).await
        };
        assert_eq!(add(json!({ "dueOn": "2018-12-31" })).await, invalid("followUp"));
        assert_eq!(add(json!({ "followUp": "Light", "dueOn": "2018-11-04" })).await, invalid("dueOn"));
        assert_eq!(add(json!({ "theme": "x".repeat(101) })).await, invalid("theme"));
        let (id, made) = found(app, json!({ "theme": "recording" })).await;
        assert_eq!(made["id"]["theme"], "Recording");
        let payload =
            app.mutate(OFFICE, "auditFindingFollowUp", of(&id, 1, json!({})), "finding { id }").await;
        let fields: Vec<_> =
            payload["userErrors"].as_array().unwrap().iter().map(|of| &of["field"][0]).collect();
        assert_eq!(fields, ["followUp", "followUpById", "dueOn"]);
        let amended = of(&id, 1, json!({ "grade": null, "theme": null }));
        let payload = app.done(OFFICE, "auditFindingAmend", amended, "finding { grade theme text }").await;
        assert_eq!(payload["finding"], json!({ "grade": null, "theme": null, "text": "The door was open" }));
        let own = super::with(json!({ "auditId": audit(app, "Custody audit"), "text": "Dark" }), json!({}));
        assert_eq!(
            app.refused(Persona::Officer, "auditFindingAdd", own).await,
            error("FORBIDDEN", "auditId")
        );
    })
    .await;
}

/// The same rule in SQL and in Rust.
#[tokio::test]
async fn what_is_overdue_is_listed_as_the_rule_says() {
    reading_both(async |app| {
        let today = crate::support::app::today();
        let northshire = app.world.programme("northshire").id;
        let late = |of: &&entity::audit_finding::Model| {
            of.programme_id == northshire && is_overdue(of.status.parse().unwrap(), of.due_on, today)
        };
        let mut late: Vec<&str> = app.world.audit_findings.iter().filter(late).map(|of| of.text.as_str()).collect();
        late.sort_unstable();
        assert_eq!(late, ["Files are in order", "Notes are thin", "Too early to tell"]);
        let document = "{ programme(slug: \"northshire\") { auditFindings(filter: { isOverdue: { eq: true } }) { nodes { text isOverdue } } } }";
        let listed = async |who| {
            let data = app.data(who, document, json!({})).await;
            let mut texts: Vec<String> = data["programme"]["auditFindings"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|of| of["text"].as_str().unwrap().to_owned())
                .collect();
            texts.sort_unstable();
            texts
        };
        assert_eq!(listed(Persona::BoardMember).await, late);
        assert_eq!(listed(Persona::Police).await, ["Notes are thin"]);
        assert!(listed(Persona::Scrutiny).await.is_empty());
        assert!(listed(Persona::Admin).await.is_empty());
        let open = "{ programme(slug: \"northshire\") { auditFindings(filter: { status: { neq: CLOSED }, theme: { eq: \"Recording\" } },
            orderBy: [{ field: STATUS }]) { nodes { text status } } } }";
        let data = app.data(Persona::Police, open, json!({})).await;
        assert_eq!(data["programme"]["auditFindings"]["nodes"][0]["status"], "FOLLOWED_UP");
    })
    .await;
}
