//! `evidenceFileRemove`.

use serde_json::{Value, json};

use super::super::{added, error};
use super::{seen, with};
use crate::support::files::{attach, attached, sent, upload};
use crate::support::{Persona, TestApp, gid, on_both};

fn input(file: &str, version: i64) -> Value {
    json!({ "id": file, "expectedVersion": version, "reason": "It names a street" })
}

async fn refused(app: &TestApp, who: Persona, input: Value) -> (String, String) {
    app.refused(who, "evidenceFileRemove", input).await
}

const HISTORY: &str = "...on Evidence { history { nodes { operation reason } } }";

#[tokio::test]
async fn a_document_goes_with_all_its_versions_and_the_ledger_says_why() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let first = attached(app, Persona::Lead, (&evidence, 1), "Minutes.pdf").await;
        let second = sent(app, Persona::Lead, &evidence, "Minutes, again.pdf").await;
        attach(app, Persona::Lead, (&evidence, 2), &second, Some(&first)).await;
        let kept = attached(app, Persona::Lead, (&evidence, 3), "Agenda.pdf").await;
        let verdict = json!({ "id": evidence, "expectedVersion": 4, "status": "ACCEPTED" });
        app.done(Persona::BoardMember, "evidenceReview", verdict, "").await;

        // Any version names the document: here the first, which was changed when the second came.
        let shows = "evidence { version reviewStatus files { id } }";
        let payload = app.done(Persona::Lead, "evidenceFileRemove", input(&first, 2), shows).await;

        let expected = json!({ "version": 6, "reviewStatus": "SUBMITTED", "files": [{ "id": kept }] });
        assert_eq!(payload["evidence"], expected);
        let names = [first, second.replace("upl", "fil")];
        for file in &names {
            assert_eq!(seen(app, Persona::ProgrammeOffice, file, "id").await, Value::Null);
        }
        let history = seen(app, Persona::BoardMember, &evidence, HISTORY).await;
        let last = history["history"]["nodes"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last, json!({ "operation": "evidenceFileRemove", "reason": "It names a street" }));
        for file in &names {
            let row = upload(app, &file.replace("fil", "upl")).await.unwrap();
            assert!(!row.is_attached && row.expires_at <= chrono::Utc::now(), "the sweep takes its bytes");
        }
        let waiting = api::store::uploads::abandoned(app.db(), chrono::Utc::now(), 10).await.unwrap();
        assert_eq!(waiting.len(), 2);

        // What was taken off cannot come back by its upload.
        let again = json!({ "evidenceId": evidence, "expectedVersion": 6, "uploadId": second });
        let outcome = app.refused(Persona::Lead, "evidenceFileAttach", again).await;
        assert_eq!(outcome, error("VALIDATION_FAILED", "uploadId"));
    })
    .await;
}

#[tokio::test]
async fn only_who_may_change_the_evidence_removes_and_with_a_reason() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let file = attached(app, Persona::Lead, (&evidence, 1), "Minutes.pdf").await;

        for who in [Persona::Officer, Persona::BoardMember, Persona::Admin] {
            assert_eq!(refused(app, who, input(&file, 1)).await, error("FORBIDDEN", "id"), "{who:?}");
        }
        for who in [Persona::Police, Persona::Scrutiny, Persona::Nobody] {
            assert_eq!(refused(app, who, input(&file, 1)).await, error("NOT_FOUND", "id"), "{who:?}");
        }
        let stale = refused(app, Persona::Lead, input(&file, 7)).await;
        assert_eq!(stale, error("VERSION_CONFLICT", "expectedVersion"));
        let silent = with(input(&file, 1), json!({ "reason": " " }));
        assert_eq!(refused(app, Persona::Lead, silent).await, error("VALIDATION_FAILED", "reason"));
        let keyed = with(input(&file, 1), json!({ "idempotencyKey": "once" }));
        app.done(Persona::ProgrammeOffice, "evidenceFileRemove", keyed.clone(), "").await;
        app.done(Persona::ProgrammeOffice, "evidenceFileRemove", keyed, "").await;
        assert_eq!(refused(app, Persona::ProgrammeOffice, input(&file, 1)).await, error("NOT_FOUND", "id"));
    })
    .await;
}

#[tokio::test]
async fn what_an_action_was_assured_on_is_removed_by_the_programme_office_alone() {
    on_both(async |app| {
        let mut to = app.write().await;
        let piece = to
            .evidence("On what is assured", "OFFICIAL", |of| of.added_by_subject = Some("lead".to_owned()))
            .await;
        let assured = to.record.action("2.3").clone();
        let waiting = to.record.action("1.1").clone();
        to.shows_for(&piece, &assured).await;
        to.shows_for(&piece, &waiting).await;
        let file = to.file(&piece, "Minutes.pdf", |_| {}).await;
        to.commit().await;
        let file = gid("fil", file.id);

        assert_eq!(refused(app, Persona::Lead, input(&file, 1)).await, error("FORBIDDEN", "id"));
        app.done(Persona::ProgrammeOffice, "evidenceFileRemove", input(&file, 1), "").await;
    })
    .await;
}
