//! What an action says changes, and its due date moves.

use serde_json::json;

use super::{OFFICE, action, at, person, refusal, shown, wrong};
use crate::support::{Persona, on_both};

const SAYS: &str = "action { version aim dueOn duePrecision notes timeframeAsPrinted dueDateMoves { from to reason movedOn } }";

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    on_both(async |app| {
        let id = action(app, "2.1");
        let input = at(&id, 1, json!({ "aim": "Seen at once", "timeframeAsPrinted": null }));

        let now = app.done(OFFICE, "actionUpdate", input, SAYS).await["action"].clone();

        assert_eq!(
            now,
            json!({
                "version": 2, "aim": "Seen at once", "dueOn": "2018-12-10", "duePrecision": "DAY", "notes": null,
                "timeframeAsPrinted": null, "dueDateMoves": [],
            })
        );
        let same = at(&id, 2, json!({ "aim": "Seen at once" }));
        let same = app.done(OFFICE, "actionUpdate", same, SAYS).await;
        assert_eq!(same["action"]["version"], 2, "nothing differs, so nothing changes");
        let cleared = at(&id, 2, json!({ "aim": null }));
        assert_eq!(app.refused(OFFICE, "actionUpdate", cleared).await, refusal("VALIDATION_FAILED", "aim"));
        let stale = at(&id, 1, json!({ "aim": "Other" }));
        let stale = app.refused(OFFICE, "actionUpdate", stale).await;
        assert_eq!(stale, refusal("VERSION_CONFLICT", "expectedVersion"));
    })
    .await;
}

#[tokio::test]
async fn a_due_date_moves_only_with_a_reason_and_the_old_one_stays_visible() {
    on_both(async |app| {
        let id = action(app, "2.1");
        let bare = at(&id, 1, json!({ "dueOn": "2019-02-28" }));
        assert_eq!(app.refused(OFFICE, "actionUpdate", bare).await, refusal("VALIDATION_FAILED", "reason"));

        let reason = "Two posts are empty";
        let input = at(&id, 1, json!({ "dueOn": "2019-02-01", "duePrecision": "MONTH", "reason": reason }));
        app.done(OFFICE, "actionUpdate", input, SAYS).await;
        let input = at(&id, 2, json!({ "dueOn": "2019-03-15", "reason": "Still empty" }));
        app.done(OFFICE, "actionMoveDueDate", input, SAYS).await;

        let now = shown(app, Persona::Scrutiny, &id, "dueOn duePrecision isOverdue dueDateMoves { from to reason movedOn }").await;
        assert_eq!(
            now,
            json!({
                "dueOn": "2019-03-15", "duePrecision": "DAY", "isOverdue": false,
                "dueDateMoves": [
                    { "from": "2018-12-10", "to": "2019-02-28", "reason": reason, "movedOn": "2018-12-10" },
                    { "from": "2019-02-28", "to": "2019-03-15", "reason": "Still empty", "movedOn": "2018-12-10" },
                ],
            })
        );
        let history = shown(app, OFFICE, &id, "history(last: 1) { nodes { operation reason } }").await;
        let last = &history["history"]["nodes"][0];
        assert_eq!(last, &json!({ "operation": "actionMoveDueDate", "reason": "Still empty" }));
    })
    .await;
}

#[tokio::test]
async fn a_first_due_date_needs_no_reason_and_no_frame_ends_before_it_begins() {
    on_both(async |app| {
        let id = action(app, "1.10");
        let early = at(&id, 1, json!({ "dueOn": "2018-12-31" }));
        assert_eq!(app.refused(OFFICE, "actionUpdate", early).await, refusal("VALIDATION_FAILED", "startOn"));

        let first = at(&id, 1, json!({ "dueOn": "2019-01-01", "duePrecision": "QUARTER" }));
        let now = app.done(OFFICE, "actionUpdate", first, SAYS).await["action"].clone();

        assert_eq!((&now["dueOn"], &now["dueDateMoves"]), (&json!("2019-03-31"), &json!([])));
        let both = at(&id, 2, json!({ "aim": null, "startOn": "2019-05-01", "dueOn": "2019-04-01" }));
        let payload = app.mutate(OFFICE, "actionUpdate", both, "").await;
        let expected = ["aim", "reason", "startOn"].map(|field| refusal("VALIDATION_FAILED", field));
        assert_eq!(wrong(&payload), expected);
    })
    .await;
}

#[tokio::test]
async fn contributors_change_and_nobody_outside_may_write() {
    on_both(async |app| {
        let id = action(app, "1.1");
        let input = at(&id, 1, json!({ "contributorIds": [person(app, "Safeguarding nurse")] }));
        let shows =
            "action { version contributors { ...on Person { post } } leads { ...on Person { post } } }";
        let now = app.done(OFFICE, "actionUpdate", input, shows).await["action"].clone();
        assert_eq!(now["contributors"], json!([{ "post": "Safeguarding nurse" }]));
        assert_eq!(now["leads"], json!([{ "post": "Head of service" }]));

        let change = |version| at(&id, version, json!({ "aim": "Other" }));
        for who in [Persona::Lead, Persona::Officer, Persona::Chair, Persona::Police, Persona::Scrutiny] {
            assert_eq!(app.refused(who, "actionUpdate", change(2)).await, refusal("FORBIDDEN", "id"));
        }
        for who in [Persona::Nobody, Persona::Anonymous, Persona::SouthmereOffice] {
            assert_eq!(app.refused(who, "actionUpdate", change(2)).await, refusal("NOT_FOUND", "id"));
        }
    })
    .await;
}
