//! `planImport`: a document becomes a plan.

use serde_json::{Value, json};

use super::{CSV, OFFICE, answers, input, programme, requirement, with};
use crate::support::files::upload;
use crate::support::{Persona, TestApp, imports, on_both};

const SHOWS: &str =
    "plan { id title status owner { name } version } sourceDocument { id name sha256 importedOn
    importedBy { ...on Person { post } } }";

/// The actions of a plan.
async fn actions(app: &TestApp, plan: &str) -> Vec<Value> {
    let document = "query($id: ID!) { node(id: $id) { ...on Plan { actions { nodes { reference aim theme { name } dueOn
        duePrecision timeframeAsPrinted status declaredHealth leads { ...on Person { post } ...on Organisation { name } }
        requirements { edges { qualifier node { ...on Recommendation { reference } } } }
        importedFrom { document { name } page sheet table row } steps { text importedFrom { row } } } } } } }";
    let data = app.data(OFFICE, document, json!({ "id": plan })).await;
    data["node"]["actions"]["nodes"].as_array().unwrap().clone()
}

/// How many plans the programme has, and entries its ledger.
async fn counts(app: &TestApp) -> (Value, Value) {
    let document = "{ programme(slug: \"northshire\") { plans { totalCount } changes { totalCount } } }";
    let data = app.data(OFFICE, document, json!({})).await;
    let count = |list: &str| data["programme"][list]["totalCount"].clone();
    (count("plans"), count("changes"))
}

#[tokio::test]
async fn a_document_becomes_a_draft_plan_that_says_where_each_row_came_from() {
    on_both(async |app| {
        let upload_id = imports::plan(app, CSV).await;

        let payload = app.done(OFFICE, "planImport", input(app, &upload_id, "Phase 3"), SHOWS).await;

        let plan = &payload["plan"];
        assert_eq!(
            (&plan["title"], &plan["status"], &plan["owner"]["name"]),
            (&json!("Phase 3"), &json!("DRAFT"), &json!("Northshire Council"))
        );
        let kept = &payload["sourceDocument"];
        assert_eq!(kept["name"], "plan.csv");
        assert_eq!(kept["sha256"], imports::sha256(CSV.as_bytes()));
        assert_eq!(kept["importedOn"], "2018-12-10");
        assert_eq!(kept["id"].as_str().unwrap()[4..], upload_id[4..], "its bytes lie under the same id");
        assert!(upload(app, &upload_id).await.unwrap().is_attached);

        let actions = actions(app, plan["id"].as_str().unwrap()).await;
        let of = |reference: &str| actions.iter().find(|action| action["reference"] == reference).unwrap();
        assert_eq!(actions.len(), 4);
        assert_eq!(
            of("1.1")["importedFrom"],
            json!({ "document": { "name": "plan.csv" }, "page": null, "sheet": null, "table": 1, "row": 2 })
        );
        let steps = json!([
            { "text": "Ring every family", "importedFrom": { "row": 2 } },
            { "text": "Visit within three days", "importedFrom": { "row": 2 } },
        ]);
        assert_eq!(of("1.1")["steps"], steps);
        let edge = |reference: &str| json!([{ "qualifier": null, "node": { "reference": reference } }]);
        assert_eq!(of("1.1")["requirements"]["edges"], edge("1"), "named by the document");
        assert_eq!(of("1.2")["requirements"]["edges"], edge("2"), "linked by the answer");
        assert_eq!(of("1.4")["dueOn"], "2019-09-30");
        assert_eq!(of("1.4")["timeframeAsPrinted"], "Ongoing");
        assert_eq!(
            of("1.4")["leads"],
            json!([{ "post": "Head of service" }]),
            "whom the programme has already"
        );
        assert_eq!(of("1.5")["leads"], json!([{ "name": "Northshire Police" }]));
    })
    .await;
}

#[tokio::test]
async fn the_ledger_says_who_imported_it_and_the_feed_tells_of_each_thing() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let (_, before) = counts(app).await;
        app.done(OFFICE, "planImport", input(app, &upload, "Phase 3"), "").await;

        let document = "query($last: Int) { programme(slug: \"northshire\") { changes(last: $last) { nodes { operation actor
            entityType } } } }";
        let (_, after) = counts(app).await;
        let new = after.as_i64().unwrap() - before.as_i64().unwrap();
        let data = app.data(OFFICE, document, json!({ "last": new })).await;
        let entries = data["programme"]["changes"]["nodes"].as_array().unwrap();
        for ty in ["Plan", "Theme", "Action", "Step", "ProgressUpdate", "SourceDocument"] {
            let is_it = |entry: &&Value| {
                entry["entityType"] == ty && entry["operation"] == "planImport" && entry["actor"] == "programme-office"
            };
            assert!(entries.iter().any(|entry| is_it(&entry)), "{ty}: {entries:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_refused_and_changes_nothing() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let before = counts(app).await;
        let dry = with(input(app, &upload, "Phase 3"), json!({ "dryRun": true }));

        let payload = app.done(OFFICE, "planImport", dry.clone(), "plan { id } sourceDocument { id }").await;

        assert_eq!((&payload["plan"], &payload["sourceDocument"]), (&Value::Null, &Value::Null));
        assert_eq!(counts(app).await, before);
        let wrong = with(dry, json!({ "answers": [] }));
        let payload = app.mutate(OFFICE, "planImport", wrong, "").await;
        assert!(payload["userErrors"].as_array().unwrap().len() > 1, "{payload}");
        app.done(OFFICE, "planImport", input(app, &upload, "Phase 3"), "").await;
    })
    .await;
}

#[tokio::test]
async fn the_same_again_gives_the_same_plan_and_changes_nothing() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let once = input(app, &upload, "Phase 3");
        let keyed = with(once.clone(), json!({ "idempotencyKey": "phase-3" }));
        let shows = "plan { id } sourceDocument { id }";
        let first = app.done(OFFICE, "planImport", keyed.clone(), shows).await;
        let before = counts(app).await;

        assert_eq!(app.done(OFFICE, "planImport", keyed.clone(), shows).await, first, "by its key");
        assert_eq!(app.done(OFFICE, "planImport", once.clone(), shows).await, first, "by what it says");
        // The same bytes, sent once more.
        let other = imports::plan(app, CSV).await;
        assert_eq!(app.done(OFFICE, "planImport", input(app, &other, "Phase 3"), shows).await, first);
        assert_eq!(counts(app).await, before);

        let another = with(keyed, json!({ "title": "Phase 4" }));
        let refused = app.refused(OFFICE, "planImport", another).await;
        assert_eq!(refused, ("IDEMPOTENCY_MISMATCH".to_owned(), "idempotencyKey".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_document_that_leaves_nothing_to_ask_needs_no_answers() {
    on_both(async |app| {
        let csv = "No.,Aim,Action,Lead,By when\n1.1,See every child,Visit,Head of service,31/03/2019\n\
                   1.2,Write it down,Note it,Head of service,30/04/2019\n";
        let upload = imports::plan(app, csv).await;
        let least = json!({ "programmeId": programme(app), "uploadId": upload, "title": "Phase 3" });
        let payload = app.done(OFFICE, "planImport", least, "plan { actions { totalCount } }").await;
        assert_eq!(payload["plan"]["actions"]["totalCount"], 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_sees_a_plan_sees_where_its_rows_stand_and_the_document_as_they_may() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let payload = app.done(OFFICE, "planImport", input(app, &upload, "Phase 3"), "plan { id }").await;
        let plan = payload["plan"]["id"].as_str().unwrap();
        app.done(OFFICE, "planConsider", json!({ "id": plan, "expectedVersion": 1 }), "").await;
        app.done(Persona::Chair, "planAgree", json!({ "id": plan, "expectedVersion": 2 }), "").await;

        let document =
            "query($id: ID!) { node(id: $id) { ...on Plan { importedFrom { table document { name } } actions(last: 1) {
                nodes { importedFrom { row document { name } } } } } } }";
        for (who, sees) in [(Persona::BoardMember, true), (Persona::Police, false)] {
            let data = app.data(who, document, json!({ "id": plan })).await;
            let name = if sees { json!({ "name": "plan.csv" }) } else { Value::Null };
            assert_eq!(data["node"]["importedFrom"]["document"], name, "{who:?}");
            let last = &data["node"]["actions"]["nodes"][0]["importedFrom"];
            assert_eq!((&last["row"], &last["document"]), (&json!(5), &name), "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_can_be_to_any_requirement_of_the_programme_with_words_that_limit_it() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let term = crate::support::gid("trm", app.world.requirement("Second direction", "2.b.i").id);
        let links = json!([
            { "place": "1/3", "requirementId": term, "qualifier": "by day" },
            { "row": "1.5", "requirementId": requirement(app, "10") },
        ]);
        let given = with(input(app, &upload, "Phase 3"), json!({ "answers": answers(), "links": links }));
        let payload = app.done(OFFICE, "planImport", given, "plan { id }").await;

        let actions = actions(app, payload["plan"]["id"].as_str().unwrap()).await;
        assert_eq!(actions[1]["requirements"]["edges"], json!([{ "qualifier": "by day", "node": {} }]));
        let references: Vec<_> = actions[3]["requirements"]["edges"].as_array().unwrap().iter().collect();
        assert_eq!(references.len(), 2, "{references:?}");
    })
    .await;
}
