//! `evidenceFileAttach`, of documents of their own.

use domain::file::Scan;
use serde_json::{Value, json};

use super::super::{added, error, piece};
use super::{entries, messages, seen, with};
use crate::support::files::{SHA256, announced, attach, attached, came, sent, upload};
use crate::support::{Persona, TestApp, on_both};

fn input(evidence: &str, version: i64, upload: &str) -> Value {
    json!({ "evidenceId": evidence, "expectedVersion": version, "uploadId": upload })
}

async fn refused(app: &TestApp, who: Persona, input: Value) -> (String, String) {
    app.refused(who, "evidenceFileAttach", input).await
}

const FILE: &str = "...on EvidenceFile { number isCurrent name mediaType size sha256 scan addedOn isIllustrative version
    addedBy { ...on Person { post } ...on Organisation { name } } evidence { id } versions { id } download { url }
    history { nodes { operation actor reason changes { field after } } } }";

#[tokio::test]
async fn a_file_that_was_sent_becomes_part_of_the_evidence() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let upload_id = sent(app, Persona::Lead, &evidence, "Minutes.pdf").await;

        let payload = attach(app, Persona::Lead, (&evidence, 1), &upload_id, None).await;

        let file = payload["file"]["id"].as_str().unwrap();
        assert_eq!(
            payload["evidence"],
            json!({ "version": 2, "reviewStatus": "SUBMITTED", "files": [{ "id": file }] })
        );
        let shown = seen(app, Persona::BoardMember, file, FILE).await;
        let mut entry = shown["history"]["nodes"].as_array().unwrap().clone();
        let changed = entry[0]["changes"].take();
        let changed = |field: &str| {
            let all = changed.as_array().unwrap();
            all.iter().find(|change| change["field"] == field).map(|change| change["after"].clone())
        };
        assert_eq!(changed("size"), Some(json!("1000")));
        assert_eq!(changed("sha256"), Some(json!(SHA256)));
        assert_eq!(changed("name"), None, "the ledger can never forget it");
        assert_eq!(
            entry,
            [json!({ "operation": "evidenceFileAttach", "actor": "lead", "reason": null, "changes": null })]
        );
        assert_eq!(
            with(shown, json!({ "history": null })),
            json!({
                "number": 1, "isCurrent": true, "name": "Minutes.pdf", "mediaType": "application/pdf",
                "size": 1000, "sha256": SHA256, "scan": "UNSCANNED", "addedOn": "2018-12-10",
                "isIllustrative": false, "version": 1, "addedBy": { "post": "Head of service" },
                "evidence": { "id": evidence }, "versions": [{ "id": file }], "download": null, "history": null,
            })
        );
        let row = upload(app, &upload_id).await.unwrap();
        assert!(row.is_attached);
        let shown = seen(app, Persona::Lead, &upload_id, "...on Upload { isAttached target { url } }").await;
        assert_eq!(shown, json!({ "isAttached": true, "target": null }));
    })
    .await;
}

#[tokio::test]
async fn what_was_reviewed_is_reviewed_anew_with_its_files() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let verdict = json!({ "id": evidence, "expectedVersion": 1, "status": "ACCEPTED" });
        app.done(Persona::BoardMember, "evidenceReview", verdict, "").await;

        let upload = sent(app, Persona::Lead, &evidence, "Minutes.pdf").await;
        let payload = attach(app, Persona::Lead, (&evidence, 2), &upload, None).await;

        assert_eq!(payload["evidence"]["reviewStatus"], "SUBMITTED");
        // Who saw it before the file came cannot accept what they have not seen.
        let late = json!({ "id": evidence, "expectedVersion": 2, "status": "ACCEPTED" });
        let outcome = app.refused(Persona::BoardMember, "evidenceReview", late).await;
        assert_eq!(outcome, error("VERSION_CONFLICT", "expectedVersion"));
    })
    .await;
}

#[tokio::test]
async fn a_partner_attaches_to_its_own_evidence() {
    on_both(async |app| {
        let evidence = added(app, Persona::Police, "1.2").await;
        let file = attached(app, Persona::Police, (&evidence, 1), "Notes.pdf").await;

        let shown =
            seen(app, Persona::Police, &file, "...on EvidenceFile { addedBy { ...on Person { post } } }")
                .await;
        assert_eq!(shown["addedBy"]["post"], "Detective inspector");
        assert_eq!(seen(app, Persona::Health, &file, "id").await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn only_who_announced_it_attaches_it_and_only_to_what_it_was_for() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let other = added(app, Persona::Lead, "1.1").await;
        let upload = sent(app, Persona::Lead, &evidence, "Minutes.pdf").await;

        let of_another = refused(app, Persona::ProgrammeOffice, input(&evidence, 1, &upload)).await;
        assert_eq!(of_another, error("NOT_FOUND", "uploadId"));
        let never = input(&evidence, 1, "upl_00000000000000000000000000000000");
        assert_eq!(refused(app, Persona::Lead, never).await, error("NOT_FOUND", "uploadId"));
        let no_upload = input(&evidence, 1, &evidence);
        assert_eq!(refused(app, Persona::Lead, no_upload).await, error("VALIDATION_FAILED", "uploadId"));
        let elsewhere = input(&other, 1, &upload);
        assert_eq!(
            refused(app, Persona::Lead, elsewhere.clone()).await,
            error("VALIDATION_FAILED", "uploadId")
        );
        let said = messages(app, Persona::Lead, "evidenceFileAttach", elsewhere).await;
        assert!(said[0].contains("other evidence"), "{said:?}");
        let stale = input(&evidence, 9, &upload);
        assert_eq!(refused(app, Persona::Lead, stale).await, error("VERSION_CONFLICT", "expectedVersion"));
        assert_eq!(
            refused(app, Persona::Officer, input(&evidence, 1, &upload)).await,
            error("FORBIDDEN", "evidenceId")
        );
        assert_eq!(
            refused(app, Persona::Health, input(&evidence, 1, &upload)).await,
            error("NOT_FOUND", "evidenceId")
        );
    })
    .await;
}

#[tokio::test]
async fn what_has_not_come_or_is_malicious_is_not_attached() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let before = entries(app).await;
        let upload = announced(app, Persona::Lead, &evidence, "Minutes.pdf").await;
        let said = messages(app, Persona::Lead, "evidenceFileAttach", input(&evidence, 1, &upload)).await;
        assert!(said[0].contains("have not come yet"), "{said:?}");

        came(app, &upload, Scan::Infected).await;
        let said = messages(app, Persona::Lead, "evidenceFileAttach", input(&evidence, 1, &upload)).await;
        assert!(said[0].contains("malicious"), "{said:?}");
        assert_eq!(
            refused(app, Persona::Lead, input(&evidence, 1, &upload)).await,
            error("VALIDATION_FAILED", "uploadId")
        );
        assert_eq!(entries(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn what_has_waited_too_long_is_announced_anew() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let upload = sent(app, Persona::Lead, &evidence, "Minutes.pdf").await;
        let past = "UPDATE upload SET expires_at = ";
        crate::support::db::behind_its_back(
            app.db(),
            &format!("{past}'2018-12-10T00:00:00.000000+00:00'"),
            &format!("{past}'2018-12-10T00:00:00Z'"),
        )
        .await;

        let said = messages(app, Persona::Lead, "evidenceFileAttach", input(&evidence, 1, &upload)).await;
        assert!(said[0].contains("announce the file anew"), "{said:?}");
        let waiting = api::store::uploads::abandoned(app.db(), chrono::Utc::now(), 10).await.unwrap();
        assert_eq!(waiting.len(), 1, "the sweep finds it");
    })
    .await;
}

#[tokio::test]
async fn the_same_request_again_attaches_once() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let upload = sent(app, Persona::Lead, &evidence, "Minutes.pdf").await;
        let keyed = with(input(&evidence, 1, &upload), json!({ "idempotencyKey": "once" }));
        let shows = "file { id } evidence { version }";
        let first = app.done(Persona::Lead, "evidenceFileAttach", keyed.clone(), shows).await;
        let again = app.done(Persona::Lead, "evidenceFileAttach", keyed, shows).await;
        assert_eq!(first, again);

        // With another key, and the version that the evidence has by now.
        let file = first["file"]["id"].as_str().unwrap();
        let other = with(input(&evidence, 2, &upload), json!({ "idempotencyKey": "twice" }));
        let said = messages(app, Persona::Lead, "evidenceFileAttach", other).await;
        assert!(said[0].contains(file), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn evidence_has_twenty_documents_at_most() {
    on_both(async |app| {
        let id = piece(app, "OFFICIAL on 1.1, kept");
        let evidence = app.world.piece("OFFICIAL on 1.1, kept").clone();
        let mut to = app.write().await;
        for number in 0..19 {
            to.file(&evidence, &format!("More {number}.pdf"), |_| {}).await;
        }
        to.commit().await;

        let upload = sent(app, Persona::ProgrammeOffice, &id, "One more.pdf").await;
        let more = input(&id, 1, &upload);
        assert_eq!(
            refused(app, Persona::ProgrammeOffice, more.clone()).await,
            error("VALIDATION_FAILED", "uploadId")
        );
        // The next version of one is no further document.
        let replaced = crate::support::files::current(app, &id);
        let next = with(more, json!({ "replacesId": replaced }));
        app.done(Persona::ProgrammeOffice, "evidenceFileAttach", next, "").await;
    })
    .await;
}
