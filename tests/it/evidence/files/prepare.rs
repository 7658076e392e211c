//! `evidenceFilePrepare`.

use api::files::FileLimits;
use api::graphql::Policy;
use serde_json::{Value, json};

use super::super::{added, error, piece};
use super::{entries, messages, seen, with};
use crate::support::files::{SHA256, announced, announcement, came};
use crate::support::{Persona, TestApp, gid, on_both};
use domain::file::Scan;

const UPLOAD: &str = "...on Upload { name mediaType size sha256 receivedAt isAttached scan target { url }
    evidence { id } }";

async fn refused(app: &TestApp, who: Persona, input: Value) -> (String, String) {
    app.refused(who, "evidenceFilePrepare", input).await
}

#[tokio::test]
async fn what_is_announced_changes_nothing_and_is_for_who_announced_it() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let before = entries(app).await;

        let upload = announced(app, Persona::Lead, &evidence, "Minutes of November.pdf").await;

        let expected = json!({
            "name": "Minutes of November.pdf", "mediaType": "application/pdf", "size": 1000, "sha256": SHA256,
            "receivedAt": null, "isAttached": false, "scan": "UNSCANNED", "target": null,
            "evidence": { "id": evidence },
        });
        assert_eq!(seen(app, Persona::Lead, &upload, UPLOAD).await, expected);
        for who in Persona::ALL.iter().filter(|who| **who != Persona::Lead) {
            assert_eq!(seen(app, *who, &upload, "id").await, Value::Null, "{who:?}");
        }
        assert_eq!(entries(app).await, before, "the feed tells nothing of it");
        let shown = seen(app, Persona::Lead, &evidence, "...on Evidence { version files { id } }").await;
        assert_eq!(shown, json!({ "version": 1, "files": [] }));

        came(app, &upload, Scan::Clean).await;
        let shown = seen(app, Persona::Lead, &upload, "...on Upload { receivedAt scan }").await;
        assert!(shown["receivedAt"].is_string() && shown["scan"] == "CLEAN", "{shown}");
    })
    .await;
}

#[tokio::test]
async fn it_is_for_a_member_only_as_long_as_they_are_one() {
    on_both(async |app| {
        let evidence = added(app, Persona::Police, "1.2").await;
        let upload = announced(app, Persona::Police, &evidence, "Notes.pdf").await;
        assert_ne!(seen(app, Persona::Police, &upload, "id").await, Value::Null);

        let member = app.world.memberships.iter().find(|row| row.subject == "police").unwrap();
        let input = json!({ "id": gid("mbr", member.id), "expectedVersion": 1 });
        app.done(Persona::ProgrammeOffice, "memberRemove", input, "").await;

        assert_eq!(seen(app, Persona::Police, &upload, "id").await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_correct_evidence_may_announce_files_for_it() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let input = announcement(&evidence, "Notes.pdf");
        for who in [Persona::Lead, Persona::ProgrammeOffice] {
            app.done(who, "evidenceFilePrepare", input.clone(), "upload { id }").await;
        }
        for who in [Persona::Officer, Persona::BoardMember, Persona::Chair, Persona::Admin] {
            assert_eq!(refused(app, who, input.clone()).await, error("FORBIDDEN", "evidenceId"), "{who:?}");
        }
        for who in [Persona::Police, Persona::Health, Persona::Scrutiny, Persona::Nobody] {
            assert_eq!(refused(app, who, input.clone()).await, error("NOT_FOUND", "evidenceId"), "{who:?}");
        }
        let of_partner = added(app, Persona::Police, "1.2").await;
        announced(app, Persona::Police, &of_partner, "Notes.pdf").await;
        let kept = announcement(&piece(app, "OFFICIAL_SENSITIVE on 1.2, kept"), "Notes.pdf");
        assert_eq!(refused(app, Persona::Police, kept).await, error("NOT_FOUND", "evidenceId"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_before_it_is_sent() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let valid = announcement(&evidence, "Notes.pdf");
        for (wrong, code, field) in [
            (json!({ "name": "../Notes.pdf" }), "VALIDATION_FAILED", "name"),
            (json!({ "name": "Notes\u{202e}fdp.exe.pdf" }), "VALIDATION_FAILED", "name"),
            (json!({ "name": "Notes.docx" }), "VALIDATION_FAILED", "name"),
            (json!({ "name": "Case of 999 000 0018.pdf" }), "PERSONAL_DATA_SUSPECTED", "name"),
            (json!({ "mediaType": "text/html" }), "VALIDATION_FAILED", "mediaType"),
            (json!({ "size": 0 }), "VALIDATION_FAILED", "size"),
            (json!({ "size": -5 }), "VALIDATION_FAILED", "size"),
            (json!({ "size": (100 << 20) + 1 }), "VALIDATION_FAILED", "size"),
            (json!({ "sha256": "abc" }), "VALIDATION_FAILED", "sha256"),
        ] {
            let outcome = refused(app, Persona::Lead, with(valid.clone(), wrong.clone())).await;
            assert_eq!(outcome, error(code, field), "{wrong}");
        }
        let all = json!({ "name": "CON.pdf", "size": 0, "sha256": "abc" });
        let all = messages(app, Persona::Lead, "evidenceFilePrepare", with(valid.clone(), all)).await;
        assert_eq!(all.len(), 3, "{all:?}");
        let types = json!({ "mediaType": "image/svg+xml" });
        let types = messages(app, Persona::Lead, "evidenceFilePrepare", with(valid.clone(), types)).await;
        assert!(types[0].contains("application/pdf, image/png, image/jpeg"), "{types:?}");

        // Over what an Int holds the request itself is wrong.
        let input = with(valid.clone(), json!({ "size": 1_i64 << 31 }));
        let answer = app.send_mutation(Persona::Lead, "evidenceFilePrepare", input, "").await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
        let shouted = json!({ "sha256": SHA256.to_uppercase(), "mediaType": "Application/PDF; version=1.7" });
        let shows = "upload { sha256 mediaType }";
        let payload = app.done(Persona::Lead, "evidenceFilePrepare", with(valid, shouted), shows).await;
        assert_eq!(payload["upload"], json!({ "sha256": SHA256, "mediaType": "application/pdf" }));
    })
    .await;
}

#[tokio::test]
async fn a_programme_has_room_for_so_much_what_is_on_its_way_included() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let limits = FileLimits { largest: 1000, in_programme: 2500 };
        let app = app.with_files(false, limits, Policy::default()).await;
        let input = announcement(&evidence, "Notes.pdf");
        let large = with(input.clone(), json!({ "size": 1001 }));
        assert!(messages(&app, Persona::Lead, "evidenceFilePrepare", large).await[0].contains("1000 bytes"));

        announced(&app, Persona::Lead, &evidence, "One.pdf").await;
        announced(&app, Persona::ProgrammeOffice, &evidence, "Two.pdf").await;
        assert_eq!(refused(&app, Persona::Lead, input.clone()).await, error("VALIDATION_FAILED", "size"));
        let full = messages(&app, Persona::Lead, "evidenceFilePrepare", input.clone()).await;
        assert!(full[0].contains("over 2500 bytes") && full[0].contains("500 are left"), "{full:?}");
        let fits = with(input, json!({ "size": 500 }));
        app.done(Persona::Lead, "evidenceFilePrepare", fits, "").await;
    })
    .await;
}

#[tokio::test]
async fn nobody_has_more_than_twenty_files_on_their_way() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        for number in 0..20 {
            announced(app, Persona::Lead, &evidence, &format!("Notes {number}.pdf")).await;
        }
        let input = announcement(&evidence, "Notes.pdf");
        assert_eq!(refused(app, Persona::Lead, input.clone()).await, error("VALIDATION_FAILED", ""));
        app.done(Persona::ProgrammeOffice, "evidenceFilePrepare", input, "").await;
    })
    .await;
}

#[tokio::test]
async fn the_same_request_again_gives_the_same_upload() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let keyed = with(announcement(&evidence, "Notes.pdf"), json!({ "idempotencyKey": "once" }));
        let shows = "upload { id }";
        let first = app.done(Persona::Lead, "evidenceFilePrepare", keyed.clone(), shows).await;
        let again = app.done(Persona::Lead, "evidenceFilePrepare", keyed.clone(), shows).await;
        assert_eq!(first, again);
        let other = with(keyed, json!({ "name": "Other.pdf" }));
        assert_eq!(refused(app, Persona::Lead, other).await, error("IDEMPOTENCY_MISMATCH", "idempotencyKey"));
    })
    .await;
}
