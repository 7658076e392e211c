//! Plans and reports that come in from documents: what is understood of them, with which answers, and what becomes of them.
//!
//! How documents are sent and read is tried in `documents`; here they have been.

mod commit;
mod reading;
mod refused;
mod report;
mod together;
mod whole;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// Four rows with a gap, a row that nobody leads and that has no date, and one that quotes recommendation 2.
pub const CSV: &str = "\
No.,Theme,Recommendation,What we want to achieve,What we will do,Lead,By when,RAG\n\
1.1,Front door,Rec 1,Children are seen in time,\"• Ring every family\n• Visit within three days\",Head of service,31/03/2019,Green\n\
1.2,Front door,,Work is shared out,Keep caseloads at a level that is safe,Head of service,Mar 2019,Amber\n\
1.4,Back office,,Nobody waits,Answer every letter,,Ongoing,\n\
1.5,Back office,Rec 9,Children are asked,Ask them what helped,Northshire Police,Jun 2019,\n";

/// Answers to all of its questions.
fn answers() -> Value {
    json!([
        { "gap": "1.3", "question": "GAP_IN_NUMBERING", "because": "LEFT_OUT" },
        { "row": "1.4", "question": "LEAD_MISSING", "set": { "leads": ["Head of service"] } },
        { "row": "1.4", "question": "TIMEFRAME_WITHOUT_DATE", "set": { "dueOn": "2019-09-30", "duePrecision": "MONTH" } },
    ])
}

fn programme(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

fn requirement(app: &TestApp, reference: &str) -> String {
    gid("rec", app.world.requirement("Inspection", reference).id)
}

/// What imports a plan, its answers and links included.
pub fn input(app: &TestApp, upload: &str, title: &str) -> Value {
    json!({
        "programmeId": programme(app), "uploadId": upload, "title": title, "answers": answers(),
        "links": [{ "row": "1.2", "requirementId": requirement(app, "2") }],
    })
}

/// The input with other values in it.
fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What somebody is shown of the reading of an upload.
async fn reading(app: &TestApp, who: Persona, upload: &str, fields: &str) -> Value {
    asked(app, who, upload, fields, json!([]), json!([])).await["plan"].clone()
}

/// As [`reading`], with answers and links, and all of it.
async fn asked(
    app: &TestApp,
    who: Persona,
    upload: &str,
    fields: &str,
    answers: Value,
    links: Value,
) -> Value {
    let document = format!(
        "query($id: ID!, $answers: [ImportAnswerInput!], $links: [ImportLinkInput!]) {{ node(id: $id) {{ ...on Upload {{
            reading {{ kind state plan(answers: $answers, links: $links) {{ {fields} }} }} }} }} }}"
    );
    let variables = json!({ "id": upload, "answers": answers, "links": links });
    app.query(who, &document, variables).await.data()["node"]["reading"].clone()
}

/// The fields and messages of a refusal.
async fn refusal(app: &TestApp, input: Value) -> Vec<(String, String)> {
    let payload = app.mutate(OFFICE, "planImport", input, "plan { id } sourceDocument { id }").await;
    assert_eq!((&payload["plan"], &payload["sourceDocument"]), (&Value::Null, &Value::Null));
    let errors = payload["userErrors"].as_array().unwrap();
    assert!(!errors.is_empty(), "planImport was done");
    let path = |error: &Value| {
        let parts = error["field"].as_array().cloned().unwrap_or_default();
        parts.iter().map(|part| part.as_str().unwrap().to_owned()).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| (path(error), error["message"].as_str().unwrap().to_owned())).collect()
}
