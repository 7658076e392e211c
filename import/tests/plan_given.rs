//! Answers as a program gives them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{
    Answers, Cell, Clearable, GapReason, GivenAnswer, GivenLink, QuestionCode, Status, Understanding, Wrong,
    apply, apply_given, given, read,
};
use serde_json::{Value, json};

const LINK: &str = "rec_0193a5b000007000800000000000000a";

fn understanding() -> Understanding {
    read(include_bytes!("fixtures/pasted.txt")).unwrap()
}

fn taken(answers: Value, links: Value) -> Result<Answers, Vec<Wrong>> {
    let answers: Vec<GivenAnswer> = serde_json::from_value(answers).unwrap();
    let links: Vec<GivenLink> = serde_json::from_value(links).unwrap();
    given(answers, links)
}

fn applied(answers: Value) -> Result<Understanding, Vec<Wrong>> {
    apply_given(&understanding(), &taken(answers, json!([]))?)
}

fn fields(wrong: Vec<Wrong>) -> Vec<String> {
    wrong.into_iter().map(|wrong| wrong.field).collect()
}

#[test]
fn a_program_and_a_file_say_the_same() {
    let toml = r#"
        [[answer]]
        row = "2.2"
        question = "LEAD_MISSING"
        set = { leads = ["Head of Quality", "CCG"] }

        [[answer]]
        row = "2.2"
        question = "STATUS_INFERRED"
        set = { status = "IN_PROGRESS", startOn = 2018-09-01, dueOn = "2019-03-31", duePrecision = "MONTH" }
        clear = ["health"]

        [[answer]]
        row = "2.2"
        question = "REQUIREMENT_NOT_LEGIBLE"
        cell = "requirements"
        set = { requirements = [{ reference = "9" }, { reference = "7", qualifier = "new arrivals" }], unspecifiedDirection = true }

        [[answer]]
        gap = "2.6"
        question = "GAP_IN_NUMBERING"
        because = "left out"

        [[link]]
        row = "2.2"
        requirement = "rec_0193a5b000007000800000000000000a"
        qualifier = "by night"
    "#;
    let answers = json!([
        { "row": "2.2", "question": "LEAD_MISSING", "set": { "leads": ["Head of Quality", "CCG"] } },
        {
            "row": "2.2", "question": "STATUS_INFERRED", "clear": ["HEALTH"],
            "set": {
                "status": "IN_PROGRESS", "startOn": "2018-09-01", "dueOn": "2019-03-31", "duePrecision": "MONTH",
            },
        },
        {
            "row": "2.2", "question": "REQUIREMENT_NOT_LEGIBLE", "cell": "REQUIREMENTS",
            "set": {
                "requirements": [{ "reference": "9" }, { "reference": "7", "qualifier": "new arrivals" }],
                "unspecifiedDirection": true,
            },
        },
        { "gap": "2.6", "question": "GAP_IN_NUMBERING", "because": "LEFT_OUT" },
    ]);
    let links = json!([{ "row": "2.2", "requirementId": LINK, "qualifier": "by night" }]);
    let (file, program) = (Answers::parse(toml).unwrap(), taken(answers, links).unwrap());
    assert_eq!(program, file);
    assert_eq!(apply_given(&understanding(), &program), Ok(apply(&understanding(), &file).unwrap()));
}

#[test]
fn null_is_as_if_it_were_left_out() {
    let answer = json!({
        "row": "2.2", "place": null, "gap": null, "question": "STATUS_INFERRED", "cell": null, "accept": true,
        "drop": null, "because": null, "set": null, "clear": null,
    });
    let short = json!([{ "row": "2.2", "question": "STATUS_INFERRED", "accept": true }]);
    assert_eq!(taken(json!([answer]), json!([])), taken(short, json!([])));
}

#[test]
fn everything_that_cannot_be_read_is_told_at_its_place() {
    let wrong = taken(
        json!([
            { "row": "2.2", "question": "LEAD_MISSING", "accept": true },
            {
                "row": "2.2", "question": "STATUS_INFERRED", "cell": "NOSE", "because": "WHIM", "clear": ["AIM", "STEPS"],
                "set": { "startOn": "soon", "dueOn": "2019-3-1", "updates": [{ "text": "a" }, { "on": "x", "text": "b" }] },
            },
            { "row": "Seen with 999 000 0018", "question": "AIM_MISSING", "accept": true },
        ]),
        json!([{ "place": "999 000 0018", "requirementId": LINK }]),
    )
    .unwrap_err();
    let told: String = wrong.iter().map(|wrong| wrong.why.as_str()).collect();
    assert!(!told.contains("999") && told.contains("2019-03-31"), "{told}");
    let places = [
        "answers.1.cell",
        "answers.1.because",
        "answers.1.clear.1",
        "answers.1.set.updates.1.on",
        "answers.1.set.startOn",
        "answers.1.set.dueOn",
        "answers.2.row",
        "links.0.place",
    ];
    assert_eq!(fields(wrong), places);
}

#[test]
fn everything_that_does_not_fit_is_told_at_its_place() {
    let given = taken(
        json!([
            { "row": "9.9", "question": "LEAD_MISSING", "accept": true },
            { "row": "2.2", "question": "LEAD_MISSING", "set": { "leads": ["Head of Quality", " "] } },
            { "row": "2.2", "question": "STATUS_INFERRED", "accept": true },
            { "row": "2.2", "question": "STATUS_INFERRED", "accept": true },
            { "row": "2.2", "question": "REQUIREMENT_NOT_LEGIBLE", "set": { "requirements": [{ "reference": "all" }] } },
        ]),
        json!([
            { "row": "2.2", "requirementId": LINK },
            { "row": "2.2", "requirementId": LINK },
            { "row": "9.9", "requirementId": LINK },
        ]),
    );
    let wrong = apply_given(&understanding(), &given.unwrap()).unwrap_err();
    assert!(wrong.iter().all(|wrong| !wrong.why.starts_with("answer ") && !wrong.why.starts_with("link ")));
    let places = [
        "answers.0",
        "answers.1.set.leads.1",
        "answers.3",
        "answers.4.set.requirements.0",
        "links.1",
        "links.2",
    ];
    assert_eq!(fields(wrong), places);
}

#[test]
fn a_number_that_an_answer_gives_twice_is_told_where_it_was_given() {
    let answers = json!([
        { "row": "2.2", "question": "LEAD_MISSING", "set": { "reference": "2.1" } },
        { "row": "2.2", "question": "STATUS_INFERRED", "accept": true },
    ]);
    assert_eq!(fields(applied(answers).unwrap_err()), ["answers.0.set.reference"]);
}

#[test]
fn no_more_is_told_than_somebody_reads() {
    let wrong: Value = (0..50)
        .map(|nth| json!({ "row": format!("9.{nth}"), "question": "AIM_MISSING", "accept": true }))
        .collect();
    assert_eq!(applied(wrong).unwrap_err().len(), 20);
}

#[test]
fn every_word_of_a_closed_set_is_read() {
    for cell in Cell::ALL {
        let answer =
            json!([{ "row": "1", "question": "AIM_MISSING", "accept": true, "cell": cell.as_str() }]);
        assert_eq!(taken(answer, json!([])).unwrap().answer[0].cell, Some(*cell));
    }
    for cell in Clearable::ALL {
        let answer = json!([{ "row": "1", "question": "AIM_MISSING", "clear": [cell.as_str()] }]);
        assert_eq!(taken(answer, json!([])).unwrap().answer[0].clear, [*cell]);
    }
    for reason in GapReason::ALL {
        let answer = json!([{ "gap": "1", "question": "GAP_IN_NUMBERING", "because": reason.as_str() }]);
        assert_eq!(taken(answer, json!([])).unwrap().answer[0].because, Some(*reason));
    }
    for status in Status::ALL {
        let answer = json!([{ "row": "1", "question": "STATUS_INFERRED", "set": { "status": status } }]);
        assert_eq!(taken(answer, json!([])).unwrap().answer[0].set.as_ref().unwrap().status, Some(*status));
    }
    for code in QuestionCode::ALL {
        let answer = json!([{ "row": "1", "question": code.as_str(), "accept": true }]);
        assert_eq!(taken(answer, json!([])).unwrap().answer[0].question, *code);
        assert!(code.about().ends_with(['.', '?']) && !code.about().contains('"'), "{code:?}");
    }
}
