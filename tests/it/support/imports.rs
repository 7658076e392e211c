//! Documents for import that have been read, without a process that does it: the same at once.

use api::store::db::Db;
use api::store::document_readings::{Held, read, refused, take_up};
use api::store::uploads::received;
use chrono::{TimeDelta, Utc};
use domain::file::Scan;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::documents::announcement;
use super::files::uuid;
use super::{Persona, TestApp};

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Announces a plan as CSV whose bytes come, and gives the id of the upload. It is not read yet.
pub async fn sent(app: &TestApp, csv: &str) -> String {
    let input = announcement(app, "PLAN", ("plan.csv", "text/csv"), csv.as_bytes());
    let payload = app.done(Persona::ProgrammeOffice, "documentPrepare", input, "upload { id }").await;
    let upload = payload["upload"]["id"].as_str().unwrap().to_owned();
    received(app.db(), uuid(&upload), Scan::Unscanned, Utc::now()).await.unwrap();
    upload
}

/// As [`sent`], and it is read.
pub async fn plan(app: &TestApp, csv: &str) -> String {
    let upload = sent(app, csv).await;
    assert!(read_if_document(app.db(), csv.as_bytes()).await);
    upload
}

/// If a plan waits to be read, which has these bytes, it is read. Whether one did.
pub async fn read_if_document(db: &Db, bytes: &[u8]) -> bool {
    let Some(held) = held(db).await else { return false };
    let document = import::plan::extract(bytes, &mut |_, _| {}).unwrap();
    let result = serde_json::to_string(&document).unwrap();
    read(db, &held, result, Utc::now()).await.unwrap()
}

/// A report on Northshire has come and was read, with one recommendation; gives the id of the upload.
pub async fn report(app: &TestApp) -> String {
    let bytes = b"%PDF-1.7 a report";
    let input = announcement(app, "INSPECTION_REPORT", ("report.pdf", "application/pdf"), bytes);
    let payload = app.done(Persona::ProgrammeOffice, "documentPrepare", input, "upload { id }").await;
    let upload = payload["upload"]["id"].as_str().unwrap().to_owned();
    received(app.db(), uuid(&upload), Scan::Unscanned, Utc::now()).await.unwrap();
    let result = json!({
        "slug": "northshire-2018-11-30", "source_path": null, "sha256": sha256(bytes), "pages": 3, "bytes": bytes.len(),
        "authority": "Northshire", "authority_key": "northshire", "provider_id": null, "provider_id_printed": false,
        "framework": "ILACS", "inspection_type_derived": "standard", "licence_printed": null,
        "inspection_dates_printed": "19 to 30 November 2018", "inspection_started": "2018-11-19",
        "inspection_ended": "2018-11-30", "published": null, "published_listing": null,
        "judgements": [{
            "area": "OVERALL_EFFECTIVENESS", "grade": "GOOD", "printed_area": "Overall effectiveness", "printed_grade": "Good",
        }],
        "recommendations": [{
            "n": null, "order": 1, "text": "The time that children wait for a visit.", "immediate": false,
            "immediate_from": null, "urgency_printed": null, "part": "LOCAL_AUTHORITY", "addressee": null,
            "section": "What needs to improve?", "section_parent": null, "topic": null, "page": 2, "spans_pages": false,
            "sub_items": [], "paragraph_refs": [], "addressee_from": null,
        }],
        "notes": [], "checked": false,
    });
    let held = held(app.db()).await.unwrap();
    assert!(read(app.db(), &held, result.to_string(), Utc::now()).await.unwrap());
    upload
}

/// What waits cannot be read.
pub async fn is_refused(app: &TestApp, why: &str) {
    let held = held(app.db()).await.unwrap();
    assert!(refused(app.db(), &held, why, Utc::now()).await.unwrap());
}

async fn held(db: &Db) -> Option<Held> {
    let now = Utc::now();
    take_up(db, false, (now, now + TimeDelta::minutes(1))).await.unwrap()
}
