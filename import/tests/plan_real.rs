//! The real text of a plan, where it is at hand. Nothing of its wording is in this project: numbers and dates only.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use import::plan::{QuestionCode, Row, Status, read};

fn dates(row: &Row) -> String {
    let date = |date: Option<chrono::NaiveDate>| {
        date.map_or_else(|| "-".to_owned(), |date| date.format("%Y-%m-%d").to_string())
    };
    format!("{} {}", date(row.start_on), date(row.due_on))
}

fn requirements(row: &Row) -> String {
    let links = row
        .requirements
        .iter()
        .map(|link| format!("{}{}", link.reference, if link.qualifier.is_some() { "q" } else { "" }));
    links.chain(row.unspecified_direction.then(|| "direction".to_owned())).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_real_plan_comes_out_row_by_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/seeds");
    let Some(path) = std::fs::read_dir(folder).ok().and_then(|files| {
        files
            .flatten()
            .map(|file| file.path())
            .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("001_")))
    }) else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let from = text.find("PART TWO").unwrap();
    let to = text.find("PART THREE").unwrap();
    let alone = read(&text.as_bytes()[from..to]).unwrap();
    let whole = read(&bytes).unwrap();
    assert_eq!(alone.rows, whole.rows, "the table is the same with or without the document around it");

    let wanted = [
        ("1.1", "3 7q", "- 2019-01-31", 1),
        ("1.2", "direction", "- 2019-03-31", 1),
        ("1.3", "1", "2018-06-01 2019-02-28", 1),
        ("1.4", "2", "- 2019-03-31", 1),
        ("1.5", "", "2018-10-01 2019-01-31", 1),
        ("1.6", "8", "2018-07-01 2019-03-31", 2),
        ("1.7", "4", "- 2019-03-31", 2),
        ("1.8", "6", "- 2019-03-31", 1),
        ("1.9", "1 direction", "- 2018-12-31", 1),
        ("1.10", "2", "2018-07-01 2019-03-31", 1),
        ("2.1", "direction", "2019-01-01 2019-03-31", 1),
        ("2.2", "", "- -", 0),
        ("2.3", "5 9 direction", "- -", 1),
        ("2.4", "10", "- 2019-03-31", 1),
        ("2.5", "", "2018-04-01 2019-03-31", 1),
        ("2.6", "", "- 2018-11-30", 1),
        ("2.8", "9 direction", "- 2018-11-30", 1),
        ("3.1", "", "- -", 1),
        ("3.2", "", "- -", 1),
        ("3.3", "", "- 2018-11-30", 2),
        ("4.1", "", "- 2019-04-30", 2),
    ];
    let found: Vec<_> = whole
        .rows
        .iter()
        .map(|row| {
            (row.reference.clone().unwrap_or_default(), requirements(row), dates(row), row.leads.len())
        })
        .collect();
    let wanted: Vec<_> = wanted
        .map(|(number, links, when, leads)| (number.to_owned(), links.to_owned(), when.to_owned(), leads))
        .to_vec();
    assert_eq!(found, wanted);
    assert_eq!(whole.gaps.iter().map(|gap| gap.reference.as_str()).collect::<Vec<_>>(), ["2.7"]);
    let complete: Vec<_> = whole
        .rows
        .iter()
        .filter(|row| row.status == Some(Status::Complete))
        .filter_map(|row| row.reference.as_deref())
        .collect();
    assert_eq!(complete, ["2.2", "2.3", "3.1", "3.2"]);
    let asks = |number: &str, code| {
        let row = whole.rows.iter().find(|row| row.reference.as_deref() == Some(number)).unwrap();
        row.questions.iter().any(|question| question.code == code)
    };
    for (number, code) in [
        ("1.1", QuestionCode::RowSplit),
        ("1.2", QuestionCode::RowSplit),
        ("1.2", QuestionCode::DirectionUnspecified),
        ("1.3", QuestionCode::HeadingMisplaced),
        ("1.6", QuestionCode::HeadingRepaired),
        ("1.8", QuestionCode::NameRejoined),
        ("2.1", QuestionCode::RowsMerged),
        ("2.2", QuestionCode::ReferenceInferred),
        ("2.2", QuestionCode::RequirementNotLegible),
        ("2.2", QuestionCode::StatusInferred),
        ("2.3", QuestionCode::CompletionUndated),
        ("3.2", QuestionCode::RowCutShort),
    ] {
        assert!(asks(number, code), "{number} {code:?}");
    }
    let cut = |word: &str| {
        whole.rows.iter().flat_map(|row| &row.themes).any(|theme| theme.split(' ').any(|part| part == word))
    };
    assert!(!["Se", "nt", "Managemen", "standar", "Fra", "Deve", "l", "s", "T"].iter().any(|word| cut(word)));
}
