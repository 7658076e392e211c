//! What is not imported, and why; nothing is changed then.

use serde_json::{Value, json};

use super::{CSV, OFFICE, answers, input, programme, refusal, requirement, with};
use crate::support::files::announced;
use crate::support::rows::Rows;
use crate::support::{Persona, TestApp, gid, imports, on_both};

/// Refuses inputs, each at a field and in words like these, and looks that nothing was changed.
async fn all_refused(app: &TestApp, given: Vec<(Value, &str, &str)>) {
    let rows = Rows::of(app.db()).await;
    let before = rows.now().await;
    for (input, field, words) in given {
        let errors = refusal(app, input).await;
        let fits = |(at, message): &(String, String)| at == field && message.contains(words);
        assert!(errors.iter().any(fits), "{field}, {words}: {errors:?}");
        assert!(rows.now().await == before, "{field}, {words}: something was changed");
    }
}

#[tokio::test]
async fn nothing_comes_in_before_it_was_read_or_where_it_cannot_be() {
    on_both(async |app| {
        let upload = imports::sent(app, CSV).await;
        all_refused(app, vec![(input(app, &upload, "Phase 3"), "uploadId", "not read yet")]).await;
        imports::is_refused(app, "No table in it has headings.").await;
        all_refused(app, vec![(input(app, &upload, "Phase 3"), "uploadId", "No table in it has headings.")])
            .await;
    })
    .await;
}

#[tokio::test]
async fn every_question_needs_its_answer() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let none = with(input(app, &upload, "Phase 3"), json!({ "answers": null }));
        let errors = refusal(app, none.clone()).await;
        assert!(errors[0].1.starts_with("3 questions have no answer"), "{errors:?}");
        assert_eq!(errors.len(), 4, "and each of them");
        let half = with(none.clone(), json!({ "answers": answers().as_array().unwrap()[..2] }));
        let errors = refusal(app, half.clone()).await;
        assert!(
            errors[1].1.starts_with("Row 1.4 at 1/4, TIMEFRAME_WITHOUT_DATE on TIMEFRAME: "),
            "{errors:?}"
        );
        all_refused(
            app,
            vec![
                (none, "answers", "The document, GAP_IN_NUMBERING"),
                (half, "answers", "1 question has no answer"),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn answers_and_links_that_do_not_fit_are_named_by_their_place() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let given = |answers: Value, links: Value| {
            with(input(app, &upload, "Phase 3"), json!({ "answers": answers, "links": links }))
        };
        let plus = |more: Value| {
            let mut all = answers();
            all.as_array_mut().unwrap().push(more);
            given(all, json!([]))
        };
        let link = |row: &str, id: &str| given(answers(), json!([{ "row": row, "requirementId": id }]));
        let two = requirement(app, "2");
        let southmere = gid("rec", app.world.requirement("Southmere letter", "1").id);
        let never = gid("rec", uuid::Uuid::from_u128(7));
        all_refused(
            app,
            vec![
                (
                    plus(json!({ "row": "1.1", "question": "AIM_MISSING", "accept": true })),
                    "answers.3",
                    "no open question AIM_MISSING",
                ),
                (
                    plus(json!({ "row": "1.4", "question": "AIM_MISSING", "set": { "steps": ["a"] }, "drop": true })),
                    "answers.3",
                    "exactly one of",
                ),
                (
                    given(
                        json!([{ "row": "1.4", "question": "LEAD_MISSING", "set": { "requirements": [{ "reference": "all" }] } }]),
                        json!([]),
                    ),
                    "answers.0.set.requirements.0",
                    "no single reference",
                ),
                (link("8.8", &two), "links.0", "no row 8.8"),
                (link("1.2", &never), "links.0.requirementId", "nothing with this id"),
                (link("1.2", &southmere), "links.0.requirementId", ""),
                (link("1.2", &programme(app)), "links.0.requirementId", "Programme"),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_the_programme_has_not_is_named_with_its_row() {
    on_both(async |app| {
        let upload = imports::plan(app, &CSV.replace("Rec 9", "Rec 77")).await;
        all_refused(
            app,
            vec![(
                input(app, &upload, "Phase 3"),
                "uploadId",
                "Row 1.5, requirements: no recommendation \"77\"",
            )],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_title_is_a_plans_own_and_a_document_is_imported_once() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        app.done(OFFICE, "planImport", input(app, &upload, "Phase 3"), "").await;
        let other = imports::plan(app, &CSV.replace("Nobody waits", "Nobody waits long")).await;
        all_refused(
            app,
            vec![
                (input(app, &other, "Phase 3"), "title", "has this title"),
                (input(app, &upload, "Phase 4"), "uploadId", "imported from this already"),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn files_of_evidence_and_documents_of_others_are_no_plans() {
    on_both(async |app| {
        let evidence = gid("evd", app.world.piece("OFFICIAL on 1.1, kept").id);
        let file = announced(app, OFFICE, &evidence, "Minutes.pdf").await;
        let never = gid("upl", uuid::Uuid::from_u128(7));
        let wrong = with(input(app, &never, "Phase 3"), json!({ "uploadId": programme(app) }));
        all_refused(
            app,
            vec![
                (input(app, &file, "Phase 3"), "uploadId", "file of evidence"),
                (input(app, &never, "Phase 3"), "uploadId", "nothing with this id"),
                (wrong, "uploadId", "Programme"),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn only_the_programme_office_imports() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let rows = Rows::of(app.db()).await;
        let before = rows.now().await;
        for who in Persona::ALL.iter().filter(|who| **who != OFFICE) {
            let response = app.send_mutation(*who, "planImport", input(app, &upload, "Phase 3"), "").await;
            let code = match response.errors().first() {
                Some(_) => response.code().to_owned(),
                None => response.data()["payload"]["userErrors"][0]["code"].as_str().unwrap().to_owned(),
            };
            assert!(
                matches!(code.as_str(), "FORBIDDEN" | "NOT_FOUND" | "UNAUTHENTICATED"),
                "{who:?}: {code}"
            );
        }
        assert!(rows.now().await == before);
    })
    .await;
}

#[tokio::test]
async fn numbers_that_identify_a_person_are_refused_and_not_repeated() {
    on_both(async |app| {
        let upload = imports::plan(app, &CSV.replace("Answer every letter", "Ring the mother of 999 000 0018")).await;
        let give = async |more: Value| {
            let input = with(input(app, &upload, "Phase 3"), more);
            let response = app.send_mutation(OFFICE, "planImport", input, "").await;
            assert!(!response.text.contains("0018"), "{}", response.text);
            response.data()["payload"]["userErrors"][0].clone()
        };
        let suspected = |error: &Value| error["code"] == "PERSONAL_DATA_SUSPECTED";
        assert!(suspected(&give(json!({ "title": "For 999 000 0018" })).await));
        let error = give(json!({ "answers": [
            { "row": "1.4", "question": "PERSONAL_DATA_SUSPECTED", "set": { "steps": ["Ring 999 000 0018"] } },
        ] }))
        .await;
        assert!(suspected(&error) && error["field"] == json!(["answers", "0", "set", "steps", "0"]), "{error}");
        // What the reading emptied cannot be taken as it is.
        let error = give(json!({ "answers": [{ "row": "1.4", "question": "PERSONAL_DATA_SUSPECTED", "accept": true }] })).await;
        assert!(error["message"].as_str().unwrap().contains("cannot be accepted"), "{error}");

        let mut all = answers();
        let step = json!({ "row": "1.4", "question": "PERSONAL_DATA_SUSPECTED", "set": { "steps": ["Ring the mother"] } });
        all.as_array_mut().unwrap().push(step);
        let input = with(input(app, &upload, "Phase 3"), json!({ "answers": all }));
        let shows = "plan { actions { nodes { steps { text } } } }";
        let response = app.send_mutation(OFFICE, "planImport", input, shows).await;
        assert!(response.text.contains("Ring the mother") && !response.text.contains("0018"), "{}", response.text);
    })
    .await;
}
