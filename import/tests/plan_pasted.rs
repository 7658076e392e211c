//! Pasted text with every trap of a converted document: invented wording in the shapes that real plans have.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{DuePrecision, LeadKind, QuestionCode, Row, Status, Understanding, read};

fn understanding() -> Understanding {
    read(include_bytes!("fixtures/pasted.txt")).unwrap()
}

fn row<'a>(understanding: &'a Understanding, reference: &str) -> &'a Row {
    understanding.rows.iter().find(|row| row.reference.as_deref() == Some(reference)).unwrap()
}

fn codes(row: &Row) -> Vec<QuestionCode> {
    row.questions.iter().map(|question| question.code).collect()
}

fn requirements(row: &Row) -> String {
    let direction = row.unspecified_direction.then(|| "direction".to_owned());
    let links = row.requirements.iter().map(|link| match &link.qualifier {
        Some(qualifier) => format!("{} ({qualifier})", link.reference),
        None => link.reference.clone(),
    });
    links.chain(direction).collect::<Vec<_>>().join(", ")
}

fn dates(row: &Row) -> String {
    let date = |date: Option<chrono::NaiveDate>| date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    format!("{} {}", date(row.start_on), date(row.due_on))
}

#[test]
fn every_row_is_found_in_order_and_none_invented() {
    let understanding = understanding();
    let references: Vec<&str> =
        understanding.rows.iter().filter_map(|row| row.reference.as_deref()).collect();
    assert_eq!(
        references,
        [
            "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "2.1", "2.2", "2.3", "2.4", "2.5", "2.7",
            "3.1", "3.2", "4.1"
        ]
    );
    assert_eq!(understanding.rows.len(), references.len());
    assert_eq!(understanding.gaps.iter().map(|gap| gap.reference.as_str()).collect::<Vec<_>>(), ["2.6"]);
    assert_eq!(understanding.questions.len(), 1, "{:?}", understanding.questions);
    assert_eq!(understanding.questions[0].code, QuestionCode::GapInNumbering);
}

#[test]
fn requirements_and_dates_are_those_printed() {
    let understanding = understanding();
    for (reference, wanted, when) in [
        ("1.1", "3, 7 (only in relation to new arrivals)", "- 2019-01-31"),
        ("1.2", "direction", "- 2019-03-31"),
        ("1.3", "1", "2018-06-01 2019-02-28"),
        ("1.4", "", "2018-10-01 2019-01-31"),
        ("1.5", "8", "2018-07-01 2019-03-31"),
        ("1.6", "6", "- 2019-03-31"),
        ("1.7", "1, direction", "- 2018-12-31"),
        ("1.8", "2", "2018-07-01 2019-03-31"),
        ("2.1", "direction", "2019-01-01 2019-03-31"),
        ("2.2", "", "- -"),
        ("2.3", "5, 9, direction", "- -"),
        ("2.4", "10", "- 2019-03-31"),
        ("2.5", "", "2018-04-01 2019-03-31"),
        ("2.7", "9, direction", "- 2018-11-30"),
        ("3.1", "", "- -"),
        ("3.2", "", "- 2018-11-30"),
        ("4.1", "", "- 2019-04-30"),
    ] {
        let row = row(&understanding, reference);
        assert_eq!((requirements(row).as_str(), dates(row).as_str()), (wanted, when), "{reference}");
        assert_eq!(row.due_precision, row.due_on.map(|_| DuePrecision::Month), "{reference}");
    }
}

#[test]
fn headings_cut_by_tabs_are_whole_again() {
    let understanding = understanding();
    for (reference, wanted) in [
        ("1.1", "Practice > First Contact Service"),
        ("1.3", "Practice > Help and Guidance, including Young Carers"),
        ("1.5", "Practice > Rota Management Service (Night Rotas and Weekend Rotas)"),
        ("1.8", "Practice > Home Services (Fostering, Rotas and Placements)"),
        ("2.1", "Performance > Guidance standards"),
        ("2.2", "Performance > 'Better Checking' Rota Framework"),
        ("2.4", "Performance > 'Better Checking' Rota Framework"),
        ("2.5", "Performance > Training, Learning and Rotas"),
        ("2.7", "Performance > Performance Framework"),
        ("3.1", "People > Rota Recruitment and Change Management"),
        ("4.1", "Partnerships > Central - Business Office"),
    ] {
        assert_eq!(row(&understanding, reference).themes.join(" > "), wanted, "{reference}");
    }
    assert!(codes(row(&understanding, "1.5")).contains(&QuestionCode::HeadingRepaired));
    assert!(codes(row(&understanding, "1.3")).contains(&QuestionCode::HeadingMisplaced));
}

#[test]
fn two_items_in_one_row_become_two_and_both_are_asked() {
    let understanding = understanding();
    let (one, two) = (row(&understanding, "1.1"), row(&understanding, "1.2"));
    assert_eq!(one.aim.as_deref(), Some("To keep rotas clear (2018)."));
    assert_eq!(two.aim.as_deref(), Some("To run one front door for every contact."));
    assert_eq!((one.steps.len(), two.steps.len()), (1, 1));
    assert_eq!(one.leads, two.leads);
    assert_eq!(one.place, two.place);
    assert!(codes(one).contains(&QuestionCode::RowSplit) && codes(two).contains(&QuestionCode::RowSplit));
    assert!(codes(two).contains(&QuestionCode::StepsFused));
}

#[test]
fn lines_and_copies_of_a_row_are_one_row() {
    let understanding = understanding();
    let wrapped = row(&understanding, "1.7");
    assert_eq!(
        wrapped.aim.as_deref(),
        Some(
            "To ensure that rota advisers and independent checks strengthen the quality of rotas where required"
        )
    );
    assert_eq!(wrapped.steps.len(), 2);
    assert_eq!(row(&understanding, "1.8").leads[0].printed, "Xanthe Quill");
    let copied = row(&understanding, "2.1");
    assert_eq!(
        copied.aim.as_deref(),
        Some("To give clear rota guidance and tools to all staff and families.")
    );
    assert_eq!(
        copied.steps,
        [
            "To write rota guidance that sets out the signs of a good rota, including; Night cover Weekend cover",
            "To print the guidance for every team."
        ]
    );
    for code in [
        QuestionCode::RowsMerged,
        QuestionCode::TimeframesDiffer,
        QuestionCode::StepsFused,
        QuestionCode::LeadUnclear,
    ] {
        assert!(codes(copied).contains(&code), "{code:?}");
    }
}

#[test]
fn a_row_of_which_only_a_stub_is_left_is_kept_and_asked_about() {
    let understanding = understanding();
    let stub = row(&understanding, "2.2");
    assert_eq!(stub.aim.as_deref(), Some("To ensure that the Rota"));
    assert_eq!(stub.status, Some(Status::Complete));
    for code in [
        QuestionCode::ReferenceInferred,
        QuestionCode::RowCutShort,
        QuestionCode::RequirementNotLegible,
        QuestionCode::StatusInferred,
        QuestionCode::LeadMissing,
        QuestionCode::StepsMissing,
        QuestionCode::TimeframeMissing,
    ] {
        assert!(codes(stub).contains(&code), "{code:?}");
    }
    assert!(
        codes(row(&understanding, "3.1")).contains(&QuestionCode::RowCutShort),
        "the steps end in \"e.g.\""
    );
}

#[test]
fn leads_are_told_apart() {
    let understanding = understanding();
    let leads = |reference: &str| -> Vec<(String, LeadKind)> {
        row(&understanding, reference).leads.iter().map(|lead| (lead.printed.clone(), lead.kind)).collect()
    };
    let lead = |printed: &str, kind| (printed.to_owned(), kind);
    assert_eq!(leads("1.5"), [lead("Xanthe Quill", LeadKind::Person), lead("CCG", LeadKind::Organisation)]);
    assert_eq!(leads("1.6"), [lead("Odalys Quill-Marsh", LeadKind::Person)]);
    assert_eq!(leads("2.5"), [lead("Senior Management Team", LeadKind::Group)]);
    assert_eq!(
        leads("3.2"),
        [lead("Xanthe Quill", LeadKind::Person), lead("Head of People", LeadKind::Post)]
    );
    assert_eq!(leads("4.1"), [lead("Odo Quill", LeadKind::Person), lead("Pell Marsh", LeadKind::Person)]);
    assert!(codes(row(&understanding, "1.6")).contains(&QuestionCode::NameRejoined));
}

#[test]
fn what_is_not_the_plan_is_named_with_the_reason() {
    let ignored = understanding().ignored;
    let why =
        |text: &str| ignored.iter().find(|ignored| ignored.text == text).map(|ignored| ignored.why.as_str());
    assert_eq!(why("_"), Some("a page mark"));
    assert_eq!(why("2"), Some("a page mark"));
    assert_eq!(why("·"), Some("a mark without text"));
    assert_eq!(why(", , , , , ,"), Some("a cell of punctuation only"));
    assert!(ignored.iter().any(|ignored| ignored.why == "the headings, printed again"));
    assert!(ignored.iter().any(|ignored| ignored.why.ends_with("after the plan's table")));
    assert!(ignored.iter().any(|ignored| ignored.text.contains("Circulate the minutes")
        || ignored.why.contains("before the plan's table")));
}

#[test]
fn the_whole_understanding_is_as_recorded() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&understanding()).unwrap());
}

#[test]
fn the_report_shows_text_understanding_and_questions() {
    insta::assert_snapshot!(import::report(&understanding()));
}
