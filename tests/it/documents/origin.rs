//! What was imported says from where, and the document stays.

use api::store::documents::{Importer, Place};
use axum::body::{Body, to_bytes};
use domain::document::{DocumentKind, Imported};
use entity::imported_from;
use http::Request;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::app::PUBLIC_URL;
use crate::support::documents::{PLAN, ended, reading, sent};
use crate::support::files::upload;
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

async fn node(app: &TestApp, who: Persona, id: &str, shows: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ {shows} }} }}");
    app.query(who, &document, json!({ "id": id })).await.data()["node"].clone()
}

#[tokio::test]
async fn the_place_is_seen_with_the_thing_and_the_document_by_those_who_see_documents() {
    reading_both(async |app| {
        let action = gid("act", app.world.action("1.2").id);
        let document = gid("doc", app.world.documents[0].id);
        let shows = "...on Action { importedFrom { page sheet table row document { id } }
            steps { importedFrom { table } } updates(first: 1) { nodes { importedFrom { table } } } }";
        for who in [OFFICE, Persona::Lead, Persona::Chair, Persona::Admin, Persona::Police] {
            let from = node(app, who, &action, shows).await["importedFrom"].clone();
            assert_eq!((&from["page"], &from["table"], &from["sheet"]), (&json!(2), &json!(1), &json!(null)));
            assert!(from["row"].is_i64(), "{from}");
            let seen = if who == Persona::Police { json!(null) } else { json!({ "id": document }) };
            assert_eq!(from["document"], seen, "{who:?}");
        }
        let other = gid("act", app.world.action("1.9").id);
        assert_eq!(node(app, OFFICE, &other, shows).await["importedFrom"], json!(null));

        let inspection = gid("ins", app.world.source("Inspection").id);
        let shows = "...on Inspection { importedFrom { row } judgements { importedFrom { row } }
            recommendations(first: 2) { nodes { importedFrom { row document { kind } } } } }";
        let seen = node(app, Persona::Scrutiny, &inspection, shows).await;
        assert_eq!(seen["importedFrom"], json!({ "row": 1 }));
        assert_eq!(seen["judgements"][0]["importedFrom"], json!({ "row": 2 }));
        assert_eq!(seen["recommendations"]["nodes"][0]["importedFrom"]["document"], json!(null));
        let plan = gid("pln", app.world.plan("Published plan").id);
        let shows = "...on Plan { importedFrom { row document { name kind } } }";
        let expected = json!({ "row": 1, "document": { "name": "Plan of October.xlsx", "kind": "PLAN" } });
        assert_eq!(node(app, Persona::Officer, &plan, shows).await["importedFrom"], expected);
    })
    .await;
}

#[tokio::test]
async fn it_takes_no_statement_for_each_row() {
    reading_both(async |app| {
        let document = |rows: usize| {
            format!("{{ programme(slug: \"northshire\") {{ actions(first: {rows}) {{ nodes {{ importedFrom {{ row document {{ name }} }} }} }} }} }}")
        };
        let few = app.query(OFFICE, &document(2), json!({})).await.statements();
        assert_eq!(app.query(OFFICE, &document(40), json!({})).await.statements(), few);
    })
    .await;
}

#[tokio::test]
async fn a_document_is_kept_under_its_upload_and_handed_out_to_those_who_see_it() {
    on_both(async |app| {
        let app = &reading(app).await;
        let id = sent(app, PLAN).await;
        ended(app, &id).await;
        let row = upload(app, &id).await.unwrap();
        let mut to = app.write().await;
        let by = Importer { party: Some(app.world.party("Head of service").id), subject: Some("office".into()) };
        let kept = to.cx.keep_document(&row, DocumentKind::Plan, by).await.unwrap();
        let action = app.world.action("1.9").id;
        let place = Place { sheet: Some("Plan".into()), row: Some(3), ..Place::default() };
        to.cx.came_from(&kept, [(Imported::Action, action, place)]).await.unwrap();
        to.commit().await;

        let document = id.replace("upl", "doc");
        let shows = "...on SourceDocument { name size sha256 scan importedBy { ...on Person { post } } download { url } }";
        let seen = node(app, Persona::Chair, &document, shows).await;
        assert_eq!((&seen["name"], &seen["scan"]), (&json!("plan.csv"), &json!("UNSCANNED")));
        assert_eq!(seen["importedBy"], json!({ "post": "Head of service" }));
        let url = seen["download"]["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{PUBLIC_URL}/files/documents/")), "{url}");
        let answer = app.respond(Persona::Anonymous, Request::get(&url[PUBLIC_URL.len()..]), Body::empty()).await;
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"text/csv".parse().unwrap()));
        assert_eq!(to_bytes(answer.into_body(), usize::MAX).await.unwrap(), PLAN);
        // An address for documents opens no file of evidence, and the other way round.
        for wrong in [url.replace("/documents/", "/evidence/"), url.replace("/documents/", "/uploads/")] {
            let request = Request::get(&wrong[PUBLIC_URL.len()..]);
            let answer = app.respond(Persona::Anonymous, request, Body::empty()).await;
            assert_ne!(answer.status().as_u16(), 200, "{wrong}");
        }
        for who in [Persona::Police, Persona::Scrutiny, Persona::Nobody, Persona::Anonymous] {
            assert_eq!(node(app, who, &document, "id").await, json!(null), "{who:?}");
        }
        let shows = "...on Action { importedFrom { sheet row table document { id } } }";
        let from = node(app, OFFICE, &gid("act", action), shows).await["importedFrom"].clone();
        assert_eq!(from, json!({ "sheet": "Plan", "row": 3, "table": null, "document": { "id": document } }));
        // What was imported stays, and is no longer on its way.
        assert_eq!(app.files.sweep().await, 0);
        let shows = "...on Upload { isAttached target { url } }";
        assert_eq!(node(app, OFFICE, &id, shows).await, json!({ "isAttached": true, "target": null }));
    })
    .await;
}

#[tokio::test]
async fn where_a_thing_came_from_goes_with_the_thing() {
    on_both(async |app| {
        let judgement = app.world.judgements[0].id;
        let origin = async || {
            let connection = crate::support::rows::connect(app.db()).await;
            imported_from::Entity::find_by_id(judgement).one(&connection).await.unwrap()
        };
        assert!(origin().await.is_some());
        let input = json!({
            "inspectionId": gid("ins", app.world.source("Inspection").id), "expectedVersion": 1,
            "judgements": [{ "area": "ADOPTION", "grade": "OUTSTANDING" }],
        });
        app.done(OFFICE, "judgementsSet", input, "").await;
        assert!(origin().await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_document_that_must_not_stay_is_removed_with_what_was_read_of_it() {
    on_both(async |app| {
        let app = &reading(app).await;
        let id = sent(app, PLAN).await;
        ended(app, &id).await;
        let row = upload(app, &id).await.unwrap();
        let mut to = app.write().await;
        let kept = to.cx.keep_document(&row, DocumentKind::Plan, Importer::default()).await.unwrap();
        let action = app.world.action("1.9").id;
        let place = Place { row: Some(3), ..Place::default() };
        to.cx.came_from(&kept, [(Imported::Action, action, place)]).await.unwrap();
        to.commit().await;
        let document = id.replace("upl", "doc");
        let shows = "...on SourceDocument { viewerCan download { url } }";
        let seen = node(app, OFFICE, &document, shows).await;
        assert_eq!(seen["viewerCan"], json!(["REMOVE"]));
        let url = seen["download"]["url"].as_str().unwrap().to_owned();
        assert_eq!(node(app, Persona::Chair, &document, shows).await["viewerCan"], json!([]));

        let input = json!({ "id": document, "expectedVersion": 1, "reason": "It names a child" });
        let refused = app.refused(Persona::Chair, "sourceDocumentRemove", input.clone()).await;
        assert_eq!(refused, ("FORBIDDEN".into(), "id".into()));
        app.done(OFFICE, "sourceDocumentRemove", input, "programme { id }").await;

        assert_eq!(node(app, OFFICE, &document, "id").await, json!(null));
        let answer =
            app.respond(Persona::Anonymous, Request::get(&url[PUBLIC_URL.len()..]), Body::empty()).await;
        assert_eq!(answer.status().as_u16(), 404);
        let shows = "...on Action { importedFrom { row document { id } } }";
        let from = node(app, OFFICE, &gid("act", action), shows).await["importedFrom"].clone();
        assert_eq!(from, json!({ "row": 3, "document": null }));
        assert_eq!(app.files.sweep().await, 1);
        assert!(upload(app, &id).await.is_none());
    })
    .await;
}
