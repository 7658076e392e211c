//! `evidenceUpdate`, `evidenceReview`, `evidenceExpire`.

use serde_json::{Value, json};

use super::{added, error};
use crate::support::builders::day;
use crate::support::{Persona, on_both};

const STATE: &str = "evidence { title summary reviewStatus reviewedOn reviewNote version
    reviewedBy { __typename } expiresOn isExpired }";

fn of(id: &str, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn what_was_reviewed_is_reviewed_anew_when_it_says_something_else() {
    on_both(async |app| {
        let id = added(app, Persona::Lead, "1.1").await;
        let accepted = of(&id, 1, json!({ "status": "ACCEPTED", "note": "Seen" }));
        let payload = app.done(Persona::BoardMember, "evidenceReview", accepted, STATE).await;
        assert_eq!(payload["evidence"]["reviewStatus"], "ACCEPTED");
        assert_eq!(payload["evidence"]["reviewedOn"], "2018-12-10");
        assert_eq!(payload["evidence"]["reviewNote"], "Seen");

        let summary = of(&id, 2, json!({ "summary": "Nine of ten" }));
        let payload = app.done(Persona::Lead, "evidenceUpdate", summary, STATE).await;
        assert_eq!(payload["evidence"]["reviewStatus"], "ACCEPTED");
        let cleared = of(&id, 3, json!({ "summary": null }));
        let payload = app.done(Persona::Lead, "evidenceUpdate", cleared, STATE).await;
        assert_eq!(
            (&payload["evidence"]["summary"], &payload["evidence"]["version"]),
            (&Value::Null, &json!(4))
        );
        let nothing = app.done(Persona::Lead, "evidenceUpdate", of(&id, 4, json!({})), STATE).await;
        assert_eq!(nothing["evidence"]["version"], 4);

        let renamed = of(&id, 4, json!({ "title": "What children say" }));
        let payload = app.done(Persona::Lead, "evidenceUpdate", renamed, STATE).await;
        let evidence = &payload["evidence"];
        assert_eq!(evidence["reviewStatus"], "SUBMITTED");
        assert_eq!((&evidence["reviewedOn"], &evidence["reviewNote"]), (&Value::Null, &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn an_update_is_refused_to_others_and_where_it_makes_no_sense() {
    on_both(async |app| {
        let id = added(app, Persona::Lead, "1.1").await;
        let refused = async |who, input| app.refused(who, "evidenceUpdate", input).await;

        let title = json!({ "title": "Mine" });
        assert_eq!(refused(Persona::Officer, of(&id, 1, title.clone())).await, error("FORBIDDEN", "id"));
        assert_eq!(refused(Persona::Police, of(&id, 1, title.clone())).await, error("NOT_FOUND", "id"));
        assert_eq!(
            refused(Persona::Lead, of(&id, 7, title)).await,
            error("VERSION_CONFLICT", "expectedVersion")
        );
        let nameless = of(&id, 1, json!({ "title": null }));
        assert_eq!(refused(Persona::Lead, nameless).await, error("VALIDATION_FAILED", "title"));
        let reversed = of(&id, 1, json!({ "periodStart": "2018-09-30", "periodEnd": "2018-07-01" }));
        assert_eq!(refused(Persona::Lead, reversed).await, error("VALIDATION_FAILED", "periodEnd"));
    })
    .await;
}

#[tokio::test]
async fn nobody_reviews_what_they_added_and_a_refusal_says_why() {
    on_both(async |app| {
        let id = added(app, Persona::ProgrammeOffice, "1.1").await;
        let refused = async |who, input| app.refused(who, "evidenceReview", input).await;

        let accepted = of(&id, 1, json!({ "status": "ACCEPTED" }));
        assert_eq!(refused(Persona::ProgrammeOffice, accepted.clone()).await, error("FORBIDDEN", "id"));
        assert_eq!(refused(Persona::Lead, accepted).await, error("FORBIDDEN", "id"));
        let silent = of(&id, 1, json!({ "status": "REFUSED" }));
        assert_eq!(refused(Persona::Chair, silent).await, error("VALIDATION_FAILED", "note"));
        let said = of(&id, 1, json!({ "status": "REFUSED", "note": "It shows work, not change" }));
        let payload = app.done(Persona::Chair, "evidenceReview", said, STATE).await;
        assert_eq!(payload["evidence"]["reviewStatus"], "REFUSED");
    })
    .await;
}

#[tokio::test]
async fn evidence_counts_to_the_end_of_its_last_day() {
    on_both(async |app| {
        let id = added(app, Persona::Lead, "1.1").await;
        let payload = app.done(Persona::Lead, "evidenceExpire", of(&id, 1, json!({})), STATE).await;
        assert_eq!(payload["evidence"]["expiresOn"], "2018-12-10");
        assert_eq!(payload["evidence"]["isExpired"], false);

        let asked = "query($id: ID!) { node(id: $id) { ...on Evidence { isExpired } } }";
        let tomorrow = app.at(day("2018-12-11")).await;
        let data = tomorrow.data(Persona::Lead, asked, json!({ "id": id })).await;
        assert_eq!(data["node"]["isExpired"], true);

        let endless = of(&id, 2, json!({ "expiresOn": null, "reason": "Still true" }));
        let payload = app.done(Persona::ProgrammeOffice, "evidenceExpire", endless, STATE).await;
        assert_eq!(payload["evidence"]["expiresOn"], Value::Null);
        let stranger = app.refused(Persona::Officer, "evidenceExpire", of(&id, 3, json!({}))).await;
        assert_eq!(stranger, error("FORBIDDEN", "id"));
    })
    .await;
}
