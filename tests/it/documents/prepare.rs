//! `documentPrepare`, and who sees what is on its way.

use serde_json::{Value, json};

use crate::support::documents::{PLAN, announced, announcement, keeping, put, stands};
use crate::support::files::upload;
use crate::support::{Persona, TestApp, gid, on_both};
use api::files::{FileSettings, FileStore};

const OFFICE: Persona = Persona::ProgrammeOffice;

async fn with_files(app: &TestApp) -> TestApp {
    keeping(app, FileSettings::new(FileStore::memory(), crate::support::app::PUBLIC_URL)).await
}

fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn seen(app: &TestApp, who: Persona, id: &str, shows: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on Upload {{ {shows} }} }} }}");
    app.query(who, &document, json!({ "id": id })).await.data()["node"].clone()
}

#[tokio::test]
async fn what_is_announced_is_for_the_programme_office_and_waits_for_thirty_days() {
    on_both(async |app| {
        let app = &with_files(app).await;
        let (id, url) = announced(app, PLAN).await;

        let shows = "purpose name mediaType size isAttached evidence { id } reading { kind state problem progress { done } }";
        let expected = json!({
            "purpose": "IMPORT", "name": "plan.csv", "mediaType": "text/csv", "size": PLAN.len(),
            "isAttached": false, "evidence": null,
            "reading": { "kind": "PLAN", "state": "AWAITED", "problem": null, "progress": null },
        });
        assert_eq!(seen(app, OFFICE, &id, shows).await, expected);
        for who in Persona::ALL.iter().filter(|who| **who != OFFICE) {
            assert_eq!(seen(app, *who, &id, "id").await, Value::Null, "{who:?}");
        }
        let row = upload(app, &id).await.unwrap();
        assert_eq!((row.expires_at - row.prepared_at).num_days(), 30);

        assert_eq!(put(app, &url, PLAN).await, 204);
        assert_eq!(stands(app, OFFICE, &id).await["state"], "WAITING");
        let document = "{ programme(slug: \"northshire\") { uploads(first: 10) { totalCount nodes { id } } } }";
        for who in [OFFICE, Persona::Lead, Persona::Chair, Persona::Police, Persona::Admin] {
            let uploads = app.data(who, document, json!({})).await["programme"]["uploads"].clone();
            let expected = if who == OFFICE { vec![json!({ "id": id })] } else { Vec::new() };
            assert_eq!(uploads, json!({ "totalCount": expected.len(), "nodes": expected }), "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_colleague_sees_it_and_only_who_announced_it_sends_it() {
    on_both(async |app| {
        let member = json!({
            "programmeId": gid("prg", app.world.programme("northshire").id), "subject": "nobody", "role": "OFFICER",
            "isProgrammeOffice": true,
        });
        app.done(OFFICE, "memberAdd", member, "").await;
        let app = &with_files(app).await;
        let (id, _) = announced(app, PLAN).await;

        let shown = seen(app, Persona::Nobody, &id, "id target { url }").await;
        assert_eq!(shown, json!({ "id": id, "target": null }));
        assert_ne!(seen(app, OFFICE, &id, "target { url }").await["target"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn only_the_programme_office_announces_documents() {
    on_both(async |app| {
        let input = announcement(app, "PLAN", ("plan.csv", "text/csv"), PLAN);
        for who in [Persona::Officer, Persona::Lead, Persona::Chair, Persona::Police, Persona::Scrutiny] {
            let refused = app.refused(who, "documentPrepare", input.clone()).await;
            assert_eq!(refused, ("FORBIDDEN".into(), "programmeId".into()), "{who:?}");
        }
        for who in [Persona::Nobody, Persona::SouthmereOffice] {
            let refused = app.refused(who, "documentPrepare", input.clone()).await;
            assert_eq!(refused, ("NOT_FOUND".into(), "programmeId".into()), "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_it_is_sent() {
    on_both(async |app| {
        let plan = announcement(app, "PLAN", ("plan.csv", "text/csv"), PLAN);
        let report = announcement(app, "INSPECTION_REPORT", ("report.pdf", "application/pdf"), PLAN);
        for (input, wrong, code, field) in [
            (
                &plan,
                json!({ "mediaType": "application/pdf", "name": "plan.pdf" }),
                "VALIDATION_FAILED",
                "mediaType",
            ),
            (
                &report,
                json!({ "mediaType": "text/csv", "name": "report.csv" }),
                "VALIDATION_FAILED",
                "mediaType",
            ),
            (&plan, json!({ "name": "plan.txt" }), "VALIDATION_FAILED", "name"),
            (&plan, json!({ "name": "Case of 999 000 0018.csv" }), "PERSONAL_DATA_SUSPECTED", "name"),
            (&plan, json!({ "size": 0 }), "VALIDATION_FAILED", "size"),
            (&plan, json!({ "size": (10 << 20) + 1 }), "VALIDATION_FAILED", "size"),
            (&report, json!({ "size": (30 << 20) + 1 }), "VALIDATION_FAILED", "size"),
            (&plan, json!({ "sha256": "abc" }), "VALIDATION_FAILED", "sha256"),
        ] {
            let outcome = app.refused(OFFICE, "documentPrepare", with(input.clone(), wrong.clone())).await;
            assert_eq!(outcome, (code.into(), field.into()), "{wrong}");
        }
        let large = with(report, json!({ "size": 30 << 20 }));
        app.done(OFFICE, "documentPrepare", large, "upload { id }").await;
    })
    .await;
}

#[tokio::test]
async fn the_same_request_again_gives_the_same_upload_and_there_is_a_limit_to_others() {
    on_both(async |app| {
        let input = announcement(app, "PLAN", ("plan.csv", "text/csv"), PLAN);
        let keyed = with(input.clone(), json!({ "idempotencyKey": "plan-1" }));
        let first = app.done(OFFICE, "documentPrepare", keyed.clone(), "upload { id }").await;
        assert_eq!(app.done(OFFICE, "documentPrepare", keyed, "upload { id }").await, first);
        for _ in 1..20 {
            app.done(OFFICE, "documentPrepare", input.clone(), "upload { id }").await;
        }
        let refused = app.mutate(OFFICE, "documentPrepare", input, "").await;
        let message = refused["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("import them first"), "{message}");
        // Files of evidence are counted for themselves.
        let evidence = gid("evd", app.world.piece("OFFICIAL on 1.2, kept").id);
        crate::support::files::announced(app, OFFICE, &evidence, "Notes.pdf").await;
    })
    .await;
}

#[tokio::test]
async fn a_document_for_import_is_no_evidence() {
    on_both(async |app| {
        let app = &with_files(app).await;
        let (id, url) = announced(app, PLAN).await;
        assert_eq!(put(app, &url, PLAN).await, 204);
        let evidence = gid("evd", app.world.piece("OFFICIAL on 1.2, kept").id);
        let input = json!({ "evidenceId": evidence, "expectedVersion": 1, "uploadId": id });
        let refused = app.refused(OFFICE, "evidenceFileAttach", input).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "uploadId".into()));
    })
    .await;
}
