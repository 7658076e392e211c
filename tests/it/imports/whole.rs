//! The whole way of real documents: announced, sent, read by the program in a process of its own, asked about, and taken in.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{OFFICE, programme};
use crate::support::documents::{announcement, ended, put, reading};
use crate::support::{TestApp, on_both};

const XLSX: (&str, &str) = ("plan.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
const DOCX: (&str, &str) =
    ("plan.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
const PDF: (&str, &str) = ("report.pdf", "application/pdf");

/// A document of ours, as it stands among the seeds of what is fed with anything.
fn document(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Announces a document, sends it, waits until it is read, and gives the id of its upload.
async fn read(app: &TestApp, kind: &str, name: (&str, &str), bytes: &[u8]) -> String {
    let input = announcement(app, kind, name, bytes);
    let payload = app.done(OFFICE, "documentPrepare", input, "upload { id target { url } }").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (upload, url) = (text(&payload["upload"]["id"]), text(&payload["upload"]["target"]["url"]));
    assert_eq!(put(app, &url, bytes).await, 204);
    let ended = ended(app, &upload).await;
    assert_eq!(ended["state"], "READ", "{}: {ended}", name.0);
    upload
}

/// Answers that take what was understood, whatever is asked.
async fn accepting(app: &TestApp, upload: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Upload { reading { plan { questions(first: 50) { nodes { code gap } }
        rows(first: 100) { nodes { questions { code } } } } } } } }";
    let plan = app.data(OFFICE, document, json!({ "id": upload })).await["node"]["reading"]["plan"].clone();
    let of_rows = plan["rows"]["nodes"].as_array().unwrap().iter();
    let of_rows = of_rows.flat_map(|row| row["questions"].as_array().unwrap());
    let codes: BTreeSet<&str> = of_rows.map(|question| question["code"].as_str().unwrap()).collect();
    let of_rows = codes.into_iter().map(|code| json!({ "row": "*", "question": code, "accept": true }));
    let of_file =
        plan["questions"]["nodes"].as_array().unwrap().iter().map(|question| match &question["gap"] {
            Value::Null => json!({ "question": question["code"], "accept": true }),
            gap => json!({ "question": question["code"], "gap": gap, "because": "LEFT_OUT" }),
        });
    of_rows.chain(of_file).collect()
}

/// Where the actions stand that a plan became.
async fn places(app: &TestApp, upload: &str, title: &str) -> Vec<Value> {
    let input = json!({
        "programmeId": programme(app), "uploadId": upload, "title": title, "answers": accepting(app, upload).await,
    });
    let shows = "plan { actions(first: 100) { nodes { reference importedFrom { document { name } sheet table row } } } }";
    let payload = app.done(OFFICE, "planImport", input, shows).await;
    let actions = payload["plan"]["actions"]["nodes"].as_array().unwrap().iter();
    actions.map(|action| action["importedFrom"].clone()).collect()
}

#[tokio::test]
async fn a_workbook_becomes_a_plan() {
    on_both(async |app| {
        let app = &reading(app).await;
        let upload = read(app, "PLAN", XLSX, &document("plan_xlsx/coloured")).await;
        let places = places(app, &upload, "From a workbook").await;
        assert!(!places.is_empty());
        for place in places {
            assert_eq!(place["document"]["name"], "plan.xlsx");
            assert!(place["sheet"].is_string() && place["row"].is_i64(), "{place}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_document_of_word_becomes_a_plan() {
    on_both(async |app| {
        let app = &reading(app).await;
        let upload = read(app, "PLAN", DOCX, &document("plan_docx/themes")).await;
        let places = places(app, &upload, "From Word").await;
        assert!(!places.is_empty());
        for place in places {
            assert_eq!((&place["document"]["name"], &place["sheet"]), (&json!("plan.docx"), &Value::Null));
            assert!(place["table"].is_i64() && place["row"].is_i64(), "{place}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_report_as_pdf_becomes_an_inspection() {
    on_both(async |app| {
        let app = &reading(app).await;
        let bytes = document("report_pdf/ilacs");
        let upload = read(app, "INSPECTION_REPORT", PDF, &bytes).await;
        let input = json!({ "programmeId": programme(app), "uploadId": upload });
        let (code, field) = app.refused(OFFICE, "inspectionImport", input.clone()).await;
        assert_eq!((code.as_str(), field.as_str()), ("VALIDATION_FAILED", "isAuthorityOurs"), "it is about another");

        let mut input = input;
        input["isAuthorityOurs"] = json!(true);
        let shows = "inspection { framework judgements { area } recommendations { nodes { importedFrom { page document { name } } } } }";
        let made = app.done(OFFICE, "inspectionImport", input, shows).await["inspection"].clone();
        assert_eq!((&made["framework"], made["judgements"].as_array().unwrap().len()), (&json!("ILACS"), 5));
        let recommendations = made["recommendations"]["nodes"].as_array().unwrap();
        assert_eq!(recommendations.len(), 2);
        for recommendation in recommendations {
            let from = &recommendation["importedFrom"];
            assert!(from["page"].is_i64() && from["document"]["name"] == "report.pdf", "{from}");
        }

        // The report as it came is there for whoever may see it.
        let document = "{ programme(slug: \"northshire\") { sourceDocuments { nodes { name size download { url } } } } }";
        let data = app.data(OFFICE, document, json!({})).await;
        let kept = data["programme"]["sourceDocuments"]["nodes"].as_array().unwrap();
        let kept = kept.iter().find(|kept| kept["size"] == bytes.len()).unwrap();
        assert!(kept["download"]["url"].is_string(), "{kept}");
    })
    .await;
}

#[tokio::test]
async fn a_report_of_another_kind_or_a_broken_file_says_what_is_wrong() {
    on_both(async |app| {
        let app = &reading(app).await;
        let mut cut = document("report_pdf/sif");
        cut.truncate(cut.len() / 2);
        let input = announcement(app, "INSPECTION_REPORT", PDF, &cut);
        let payload = app.done(OFFICE, "documentPrepare", input, "upload { id target { url } }").await;
        assert_eq!(put(app, payload["upload"]["target"]["url"].as_str().unwrap(), &cut).await, 204);
        let upload = payload["upload"]["id"].as_str().unwrap();
        let ended = ended(app, upload).await;
        assert_eq!(ended["state"], "REFUSED", "{ended}");
        assert!(ended["problem"].as_str().unwrap().len() > 20, "{ended}");
    })
    .await;
}
