//! `DocumentReading.plan`: what was understood, and what answers make of it.

use serde_json::{Value, json};

use super::{CSV, OFFICE, answers, asked, reading, requirement};
use crate::support::{Persona, imports, on_both};

#[tokio::test]
async fn every_row_says_what_was_understood_and_from_which_words() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let fields = "gaps openQuestions isReady answerErrors { field }
            questions { nodes { code cell gap } }
            rows(first: 1) { totalCount nodes { reference themes aim steps leads { printed kind }
                requirements { reference qualifier requirementId } unspecifiedDirection timeframeAsPrinted startOn dueOn
                duePrecision status health updates { on text } place { name page sheet table row }
                questions { code } originals { cell text } } }";
        let mut plan = reading(app, OFFICE, &upload, fields).await;
        let row = plan["rows"]["nodes"][0].take();
        assert_eq!(
            plan,
            json!({
                "gaps": ["1.3"], "openQuestions": 3, "isReady": false, "answerErrors": [],
                "questions": { "nodes": [{ "code": "GAP_IN_NUMBERING", "cell": "REFERENCE", "gap": "1.3" }] },
                "rows": { "totalCount": 4, "nodes": [null] },
            })
        );
        let printed = |cell: &str| {
            let all = row["originals"].as_array().unwrap().iter();
            all.filter(|of| of["cell"] == cell).map(|of| of["text"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(printed("TIMEFRAME"), ["31/03/2019"]);
        assert_eq!(printed("REQUIREMENTS"), ["Rec 1"]);
        let mut row = row.clone();
        row["originals"].take();
        assert_eq!(
            row,
            json!({
                "reference": "1.1", "themes": ["Front door"], "aim": "Children are seen in time",
                "steps": ["Ring every family", "Visit within three days"],
                "leads": [{ "printed": "Head of service", "kind": "POST" }],
                "requirements": [{ "reference": "1", "qualifier": null, "requirementId": null }],
                "unspecifiedDirection": false, "timeframeAsPrinted": "31/03/2019", "startOn": null,
                "dueOn": "2019-03-31", "duePrecision": "DAY", "status": null, "health": "ON_TRACK", "updates": [],
                "place": { "name": "1/2", "page": null, "sheet": null, "table": 1, "row": 2 },
                "questions": [], "originals": null,
            })
        );
    })
    .await;
}

#[tokio::test]
async fn answers_and_links_show_what_they_make_of_it_and_are_not_kept() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let fields =
            "openQuestions isReady answerErrors { field message } rows { nodes { reference dueOn duePrecision
            leads { printed } requirements { reference requirementId qualifier } questions { code } } }";
        let two = requirement(app, "2");
        let links = json!([{ "row": "1.2", "requirementId": two, "qualifier": "at night" }]);

        let read = asked(app, OFFICE, &upload, fields, answers(), links).await;

        let plan = &read["plan"];
        assert_eq!((&plan["openQuestions"], &plan["isReady"]), (&json!(0), &json!(true)));
        let rows = plan["rows"]["nodes"].as_array().unwrap();
        let link = json!({ "reference": null, "requirementId": two, "qualifier": "at night" });
        assert_eq!(rows[1]["requirements"], json!([link]));
        assert_eq!(rows[2]["leads"], json!([{ "printed": "Head of service" }]));
        assert_eq!((&rows[2]["dueOn"], &rows[2]["duePrecision"]), (&json!("2019-09-30"), &json!("MONTH")));
        let plan = reading(app, OFFICE, &upload, fields).await;
        assert_eq!(plan["openQuestions"], 3, "nothing was kept");
    })
    .await;
}

#[tokio::test]
async fn answers_that_do_not_fit_are_named_by_their_place_and_none_is_applied() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let mut wrong = answers();
        let more = [
            json!({ "row": "7.7", "question": "AIM_MISSING", "accept": true }),
            json!({ "row": "1.5", "question": "LEAD_MISSING", "set": { "leads": [" "] } }),
            json!({ "row": "1.4", "question": "LEAD_MISSING", "set": { "steps": ["Once more"] } }),
        ];
        wrong.as_array_mut().unwrap().extend(more);
        let links = json!([{ "place": "9/9", "requirementId": requirement(app, "2") }]);

        let read =
            asked(app, OFFICE, &upload, "openQuestions isReady answerErrors { field message }", wrong, links)
                .await;

        let plan = &read["plan"];
        assert_eq!((&plan["openQuestions"], &plan["isReady"]), (&json!(3), &json!(false)));
        let errors = plan["answerErrors"].as_array().unwrap();
        let fields: Vec<_> = errors.iter().map(|error| error["field"].clone()).collect();
        assert_eq!(
            fields,
            [
                json!(["answers", "3"]),
                json!(["answers", "4"]),
                json!(["answers", "5"]),
                json!(["links", "0"])
            ]
        );
        assert!(errors[0]["message"].as_str().unwrap().contains("no row 7.7"), "{errors:?}");

        let day = json!([{ "row": "1.4", "question": "LEAD_MISSING", "set": { "dueOn": "soon" } }]);
        let read = asked(app, OFFICE, &upload, "answerErrors { field }", day, json!([])).await;
        let at = json!({ "field": ["answers", "0", "set", "dueOn"] });
        assert_eq!(read["plan"]["answerErrors"], json!([at]));
    })
    .await;
}

#[tokio::test]
async fn what_a_row_quotes_is_suggested_until_it_is_linked() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let fields = "suggestions { nodes { reference place { name } requirementId requirementReference requirementText
            score cell words } }";
        let plan = reading(app, OFFICE, &upload, fields).await;
        let found = plan["suggestions"]["nodes"].as_array().unwrap();
        let of_caseloads = found.iter().find(|of| of["reference"] == "1.2").unwrap();
        let text = "Keep caseloads at a level that is safe";
        assert_eq!(
            *of_caseloads,
            json!({
                "reference": "1.2", "place": { "name": "1/3" }, "requirementId": requirement(app, "2"),
                "requirementReference": "2", "requirementText": text, "score": 1.0, "cell": "STEPS", "words": text,
            })
        );

        let links = json!([{ "row": "1.2", "requirementId": requirement(app, "2") }]);
        let read = asked(app, OFFICE, &upload, fields, json!([]), links).await;
        let found = read["plan"]["suggestions"]["nodes"].as_array().unwrap();
        assert!(found.iter().all(|of| of["reference"] != "1.2"), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn rows_come_page_by_page_and_those_with_questions_alone() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let fields = format!(
                "rows(first: 3, after: {after}) {{ nodes {{ reference }} pageInfo {{ hasNextPage endCursor }} }}"
            );
            let plan = reading(app, OFFICE, &upload, &fields).await;
            seen.extend(plan["rows"]["nodes"].as_array().unwrap().iter().map(|row| row["reference"].clone()));
            after = plan["rows"]["pageInfo"]["endCursor"].clone();
            if plan["rows"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(seen, ["1.1", "1.2", "1.4", "1.5"]);

        let fields = "open: rows(hasQuestions: true) { totalCount nodes { reference } } rest: rows(hasQuestions: false) { totalCount }";
        let plan = reading(app, OFFICE, &upload, fields).await;
        assert_eq!(plan["open"], json!({ "totalCount": 1, "nodes": [{ "reference": "1.4" }] }));
        assert_eq!(plan["rest"], json!({ "totalCount": 3 }));

        // A cursor is of the list that the answers made, which others make another.
        let document = "query($id: ID!, $after: String, $answers: [ImportAnswerInput!]) { node(id: $id) { ...on Upload {
            reading { plan(answers: $answers) { rows(after: $after) { nodes { reference } } } } } } }";
        let variables = json!({ "id": upload, "after": after, "answers": answers() });
        let response = app.query(OFFICE, document, variables).await;
        assert_eq!(response.code(), "BAD_USER_INPUT");
    })
    .await;
}

#[tokio::test]
async fn only_the_programme_office_sees_what_was_read() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        for who in Persona::ALL {
            let document =
                "query($id: ID!) { node(id: $id) { ...on Upload { reading { plan { openQuestions } } } } }";
            let response = app.query(*who, document, json!({ "id": upload })).await;
            let seen = response.data()["node"] != Value::Null;
            assert_eq!(seen, *who == OFFICE, "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn there_is_nothing_to_understand_before_it_was_read() {
    on_both(async |app| {
        let upload = imports::sent(app, CSV).await;
        let read = asked(app, OFFICE, &upload, "openQuestions", json!([]), json!([])).await;
        assert_eq!(read, json!({ "kind": "PLAN", "state": "WAITING", "plan": null }));
        imports::is_refused(app, "It has no table.").await;
        let read = asked(app, OFFICE, &upload, "openQuestions", json!([]), json!([])).await;
        assert_eq!(read, json!({ "kind": "PLAN", "state": "REFUSED", "plan": null }));
    })
    .await;
}

#[tokio::test]
async fn numbers_that_identify_a_person_are_shown_nowhere() {
    on_both(async |app| {
        let csv = CSV.replace("Answer every letter", "Ring the mother of 999 000 0018");
        let upload = imports::plan(app, &csv).await;
        let document = "query($id: ID!, $answers: [ImportAnswerInput!]) { node(id: $id) { ...on Upload { reading {
            plan(answers: $answers) { openQuestions answerErrors { field message } ignored { nodes { text why } }
            questions { nodes { text } } rows { nodes { reference steps questions { code text } originals { text } } }
            suggestions { nodes { words } } } } } } }";
        let give = async |answers: Value| {
            let variables = json!({ "id": upload, "answers": answers });
            let response = app.query(OFFICE, document, variables).await;
            assert!(!response.text.contains("999 000") && !response.text.contains("0018"), "{}", response.text);
            response.data()["node"]["reading"]["plan"].clone()
        };
        let plan = give(json!([])).await;
        let row = &plan["rows"]["nodes"][2];
        assert_eq!((&row["reference"], &row["steps"]), (&json!("1.4"), &json!([])));
        let asked = row["questions"].as_array().unwrap().iter();
        assert!(asked.map(|question| &question["code"]).any(|code| code == "PERSONAL_DATA_SUSPECTED"), "{row}");

        for answer in [
            json!({ "row": "1.4", "question": "PERSONAL_DATA_SUSPECTED", "set": { "steps": ["Ring 999 000 0018"] } }),
            json!({ "row": "999 000 0018", "question": "AIM_MISSING", "accept": true }),
        ] {
            let plan = give(json!([answer])).await;
            assert_eq!(plan["answerErrors"].as_array().unwrap().len(), 1, "{plan}");
        }
    })
    .await;
}
