//! `evidenceFileAttach` with `replacesId`: the next version of a document.

use serde_json::{Value, json};

use super::super::{added, error, piece};
use super::{messages, seen, with};
use crate::support::files::{attach, attached, current, sent};
use crate::support::{Persona, TestApp, gid, on_both};

const VERSIONS: &str = "...on EvidenceFile { number isCurrent version versions { number name isCurrent } }";

fn next(evidence: &str, version: i64, upload: &str, replaces: &str) -> Value {
    json!({ "evidenceId": evidence, "expectedVersion": version, "uploadId": upload, "replacesId": replaces })
}

async fn refused(app: &TestApp, input: Value) -> (String, String) {
    app.refused(Persona::Lead, "evidenceFileAttach", input).await
}

#[tokio::test]
async fn every_version_stays_and_the_evidence_shows_the_latest() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let first = attached(app, Persona::Lead, (&evidence, 1), "Minutes.pdf").await;
        let other = attached(app, Persona::Lead, (&evidence, 2), "Agenda.pdf").await;
        let verdict = json!({ "id": evidence, "expectedVersion": 3, "status": "REFUSED", "note": "Unreadable" });
        app.done(Persona::BoardMember, "evidenceReview", verdict, "").await;

        let upload = sent(app, Persona::Lead, &evidence, "Minutes, scanned again.pdf").await;
        let payload = attach(app, Persona::Lead, (&evidence, 4), &upload, Some(&first)).await;

        let second = payload["file"]["id"].as_str().unwrap();
        assert_eq!(payload["file"]["number"], 2);
        assert_eq!(
            payload["evidence"],
            json!({ "version": 5, "reviewStatus": "SUBMITTED", "files": [{ "id": other }, { "id": second }] }),
            "by name"
        );
        let versions = json!([
            { "number": 2, "name": "Minutes, scanned again.pdf", "isCurrent": true },
            { "number": 1, "name": "Minutes.pdf", "isCurrent": false },
        ]);
        let expected = |number, is_current, version| {
            json!({ "number": number, "isCurrent": is_current, "version": version, "versions": versions })
        };
        assert_eq!(seen(app, Persona::Chair, second, VERSIONS).await, expected(2, true, 1));
        assert_eq!(seen(app, Persona::Chair, &first, VERSIONS).await, expected(1, false, 2));

        let third = sent(app, Persona::Lead, &evidence, "Third.pdf").await;
        let past = next(&evidence, 5, &third, &first);
        assert_eq!(refused(app, past).await, error("VALIDATION_FAILED", "replacesId"));
        let payload = attach(app, Persona::Lead, (&evidence, 5), &third, Some(second)).await;
        assert_eq!(payload["file"]["number"], 3);
    })
    .await;
}

#[tokio::test]
async fn only_a_file_of_the_same_evidence_gets_a_next_version() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let upload = sent(app, Persona::Lead, &evidence, "Minutes.pdf").await;

        let elsewhere = current(app, &piece(app, "OFFICIAL on 1.1, kept"));
        let input = next(&evidence, 1, &upload, &elsewhere);
        let said = messages(app, Persona::Lead, "evidenceFileAttach", input.clone()).await;
        assert!(said[0].contains("other evidence"), "{said:?}");
        let hidden = current(app, &piece(app, "OFFICIAL_SENSITIVE on 1.2, kept"));
        let of_hidden = with(input.clone(), json!({ "replacesId": hidden }));
        assert_eq!(refused(app, of_hidden).await, error("NOT_FOUND", "replacesId"));
        let never = with(input.clone(), json!({ "replacesId": "fil_00000000000000000000000000000000" }));
        assert_eq!(refused(app, never).await, error("NOT_FOUND", "replacesId"));
        let no_file = with(input, json!({ "replacesId": evidence }));
        assert_eq!(refused(app, no_file).await, error("VALIDATION_FAILED", "replacesId"));
    })
    .await;
}

#[tokio::test]
async fn a_document_has_fifty_versions_at_most() {
    on_both(async |app| {
        let id = piece(app, "OFFICIAL on 1.1, kept");
        let evidence = app.world.piece("OFFICIAL on 1.1, kept").clone();
        let mut to = app.write().await;
        let last = to.file(&evidence, "Fiftieth.pdf", |of| of.number = 50).await;
        to.commit().await;

        let upload = sent(app, Persona::ProgrammeOffice, &id, "One more.pdf").await;
        let input = next(&id, 1, &upload, &gid("fil", last.id));
        let said = messages(app, Persona::ProgrammeOffice, "evidenceFileAttach", input).await;
        assert!(said[0].contains("50 versions"), "{said:?}");
    })
    .await;
}
