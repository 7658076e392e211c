//! Answers to a dry run's questions.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{
    AnswerError, Answers, DuePrecision, GapReason, LeadKind, QuestionCode, Status, Understanding, apply, read,
};

fn understanding() -> Understanding {
    read(include_bytes!("fixtures/pasted.txt")).unwrap()
}

fn answered(toml: &str) -> Result<Understanding, AnswerError> {
    apply(&understanding(), &Answers::parse(toml)?)
}

fn refused(toml: &str) -> String {
    answered(toml).unwrap_err().to_string()
}

#[test]
fn no_answers_change_nothing() {
    assert_eq!(answered("").unwrap(), understanding());
}

#[test]
fn answers_take_the_place_of_what_was_understood() {
    let before = understanding().open_questions();
    let after = answered(
        r#"
        [[answer]]
        row = "2.2"
        question = "LEAD_MISSING"
        set = { leads = ["Head of Quality", "CCG"] }

        [[answer]]
        row = "2.2"
        question = "STATUS_INFERRED"
        set = { status = "IN_PROGRESS", startOn = 2018-09-01, dueOn = "2019-03-31", duePrecision = "MONTH" }

        [[answer]]
        row = "2.2"
        question = "REQUIREMENT_NOT_LEGIBLE"
        set = { requirements = ["9", "2(b)(iii)", { reference = "7", qualifier = "new arrivals" }], unspecifiedDirection = true }

        [[answer]]
        gap = "2.6"
        question = "GAP_IN_NUMBERING"
        because = "left out"
        "#,
    )
    .unwrap();
    let row = after.rows.iter().find(|row| row.reference.as_deref() == Some("2.2")).unwrap();
    assert_eq!(
        row.leads.iter().map(|lead| lead.kind).collect::<Vec<_>>(),
        [LeadKind::Post, LeadKind::Organisation]
    );
    assert_eq!((row.status, row.due_precision), (Some(Status::InProgress), Some(DuePrecision::Month)));
    let links: Vec<_> =
        row.requirements.iter().map(|link| (link.reference.as_str(), link.qualifier.as_deref())).collect();
    assert_eq!(links, [("9", None), ("2.b.iii", None), ("7", Some("new arrivals"))]);
    assert!(row.unspecified_direction);
    assert_eq!((after.gaps[0].reason, after.questions.len()), (Some(GapReason::LeftOut), 0));
    assert_eq!(after.open_questions(), before - 4);
}

#[test]
fn a_question_can_be_accepted_in_one_row_or_in_all() {
    let code = QuestionCode::DirectionUnspecified;
    let left = |after: &Understanding| {
        after.rows.iter().flat_map(|row| &row.questions).filter(|question| question.code == code).count()
    };
    let all = left(&understanding());
    assert!(all > 1);
    let one =
        answered("[[answer]]\nrow = \"1.2\"\nquestion = \"DIRECTION_UNSPECIFIED\"\naccept = true").unwrap();
    assert_eq!(left(&one), all - 1);
    let every = answered(
        "[[answer]]\nrow = \"*\"\nquestion = \"DIRECTION_UNSPECIFIED\"\naccept = true\n\
         [[answer]]\nrow = \"1.2\"\nquestion = \"DIRECTION_UNSPECIFIED\"\nset = { requirements = [\"2.b\"], unspecifiedDirection = false }",
    )
    .unwrap();
    assert_eq!(left(&every), 0);
    assert_eq!(every.rows[1].requirements[0].reference, "2.b");
    assert_eq!(one.rows[1].requirements, []);
}

#[test]
fn a_row_can_be_dropped_cleared_or_numbered_anew() {
    let dropped = answered("[[answer]]\nrow = \"2.2\"\nquestion = \"ROW_CUT_SHORT\"\ndrop = true").unwrap();
    assert!(dropped.rows.iter().all(|row| row.reference.as_deref() != Some("2.2")));
    assert_eq!(dropped.ignored.last().unwrap().why, "dropped by an answer");
    let cleared =
        answered("[[answer]]\nrow = \"2.2\"\nquestion = \"STATUS_INFERRED\"\nclear = [\"status\"]").unwrap();
    assert_eq!(cleared.rows[9].status, None);
    let renumbered = answered(
        "[[answer]]\nrow = \"2.2\"\nquestion = \"REFERENCE_INFERRED\"\nset = { reference = \"2.6\" }",
    )
    .unwrap();
    assert!(renumbered.gaps.is_empty() && renumbered.questions.is_empty(), "the gap is filled");
}

#[test]
fn a_row_without_number_is_named_by_its_place() {
    let plan = read(b"No,Action,By when\n1,Review,2019\n,Renew,2020\n9,Repeat,2019\n").unwrap();
    let answers =
        "[[answer]]\nplace = \"1/3\"\nquestion = \"REFERENCE_MISSING\"\nset = { reference = \"2\" }";
    let plan = apply(&plan, &Answers::parse(answers).unwrap()).unwrap();
    assert_eq!(plan.rows[1].reference.as_deref(), Some("2"));
}

#[test]
fn answers_that_fit_nothing_are_refused_and_say_why() {
    let answer = |rest: &str| format!("[[answer]]\n{rest}");
    for (toml, wanted) in [
        ("row = \"9.9\"\nquestion = \"LEAD_MISSING\"\naccept = true", "no row 9.9"),
        (
            "row = \"1.3\"\nquestion = \"LEAD_MISSING\"\naccept = true",
            "row 1.3 has no open question LEAD_MISSING",
        ),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\ncell = \"aim\"\naccept = true", "on its cell aim"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"", "exactly one of"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\naccept = true\ndrop = true", "exactly one of"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = {}", "names no cell"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = { leads = [\" \"] }", "must not be empty"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = { lead = \"x\" }", "unknown field `lead`"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = { dueOn = \"March\" }", "\"March\" is no date"),
        ("row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = { status = \"ASSURED\" }", "ASSURED"),
        (
            "row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = { requirements = [\"Annex\"] }",
            "is no single reference",
        ),
        (
            "row = \"2.2\"\nquestion = \"LEAD_MISSING\"\nset = { startOn = 2019-02-01, dueOn = 2019-01-01 }",
            "is after dueOn",
        ),
        (
            "row = \"2.2\"\nquestion = \"REFERENCE_INFERRED\"\nset = { reference = \"2.3\" }",
            "number of two rows",
        ),
        ("row = \"2.2\"\nquestion = \"WHATEVER\"\naccept = true", "WHATEVER"),
        ("row = \"*\"\nquestion = \"LEAD_MISSING\"\ndrop = true", "can only accept"),
        ("gap = \"7.7\"\nquestion = \"GAP_IN_NUMBERING\"\nbecause = \"lost\"", "7.7 has no open question"),
        ("gap = \"2.6\"\nquestion = \"GAP_IN_NUMBERING\"\naccept = true", "because"),
        ("question = \"GAP_IN_NUMBERING\"\naccept = true", "the file has no open question"),
        ("place = \"1/4\"\nquestion = \"ROW_SPLIT\"\naccept = true", "several rows"),
    ] {
        let said = refused(&answer(toml));
        assert!(said.contains(wanted), "{toml}\n{said}");
    }
    let twice = "[[answer]]\nrow = \"2.2\"\nquestion = \"LEAD_MISSING\"\naccept = true\n".repeat(2);
    assert!(refused(&twice).contains("answered twice"));
    assert!(refused("answer = 3").contains("cannot be read"));
}

#[test]
fn the_document_lists_every_code_and_no_other() {
    let text = include_str!("../../docs/import.md");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(code, _)| code))
        .filter(|code| code.chars().all(|c| c.is_ascii_uppercase() || c == '_') && code.contains('_'))
        .collect();
    let codes: Vec<&str> = QuestionCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, codes);
}

#[test]
fn the_document_s_example_is_a_readable_answers_file() {
    let text = include_str!("../../docs/import.md");
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(Answers::parse(example).unwrap().answer.len(), 5);
}
