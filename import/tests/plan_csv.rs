//! CSV as spreadsheets save it: any delimiter, either encoding, the columns that councils keep.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{
    DuePrecision, Health, LeadKind, MAX_BYTES, QuestionCode, ReadError, Row, Status, Understanding, read,
};

fn understanding() -> Understanding {
    read(include_bytes!("fixtures/tracker.csv")).unwrap()
}

fn codes(row: &Row) -> Vec<QuestionCode> {
    row.questions.iter().map(|question| question.code).collect()
}

fn at(understanding: &Understanding, record: u32) -> &Row {
    understanding.rows.iter().find(|row| row.place.row == record).unwrap()
}

#[test]
fn the_columns_of_a_tracker_are_understood() {
    let understanding = understanding();
    let row = at(&understanding, 3);
    assert_eq!(row.reference.as_deref(), Some("1.1"));
    assert_eq!(row.themes, ["Front door"]);
    assert_eq!(row.steps, ["Review rotas", "Publish the new rota"]);
    let links: Vec<_> =
        row.requirements.iter().map(|link| (link.reference.as_str(), link.qualifier.as_deref())).collect();
    assert_eq!(links, [("3", None), ("5", None), ("7", Some("only at night"))]);
    assert_eq!(row.leads.iter().map(|lead| lead.kind).collect::<Vec<_>>(), [LeadKind::Post, LeadKind::Post]);
    assert_eq!(
        (row.due_on.unwrap().to_string().as_str(), row.due_precision),
        ("2019-03-31", Some(DuePrecision::Day))
    );
    let updates: Vec<_> =
        row.updates.iter().map(|update| (update.on.unwrap().to_string(), update.text.as_str())).collect();
    assert_eq!(
        updates,
        [("2018-11-05".to_owned(), "first rotas out"), ("2018-12-03".to_owned(), "second rotas out")]
    );
    assert_eq!(row.health, Some(Health::OnTrack));
    assert_eq!(codes(row), [], "a date with a day over 12 shows the day comes first");
}

#[test]
fn every_doubt_of_a_tracker_is_asked() {
    let understanding = understanding();
    let two = at(&understanding, 4);
    assert_eq!(
        two.requirements.iter().map(|link| link.reference.as_str()).collect::<Vec<_>>(),
        ["1", "2", "3", "2.b.iii"]
    );
    assert_eq!((two.status, two.health), (Some(Status::Complete), Some(Health::Done)));
    assert_eq!(
        two.steps,
        ["Check rotas", "Train staff", "Brief the rota panel"],
        "a row without number continues the one above"
    );
    assert_eq!(codes(two), [QuestionCode::CompletionDateAsDue]);
    let three = at(&understanding, 6);
    assert_eq!(three.due_on.unwrap().to_string(), "2018-12-31");
    assert_eq!(three.due_precision, Some(DuePrecision::Quarter));
    assert_eq!(three.themes, ["Front door"], "a merged cell is printed once");
    assert_eq!(
        codes(three),
        [QuestionCode::LeadUnclear, QuestionCode::RatingUnclear, QuestionCode::UpdateUndated]
    );
    let five = at(&understanding, 7);
    assert_eq!(five.requirements[0].reference, "2.b");
    assert_eq!(codes(five), [QuestionCode::LeadMissing, QuestionCode::TimeframeWithoutDate]);
    assert_eq!(five.health, Some(Health::AtRisk));
    assert_eq!(codes(at(&understanding, 8)), [QuestionCode::LeadUnclear, QuestionCode::RatingUnread]);
    assert_eq!(
        codes(at(&understanding, 9)),
        [QuestionCode::TwoDatesOrRange, QuestionCode::ReferenceRepeated]
    );
    let seven = at(&understanding, 11);
    assert_eq!(seven.reference.as_deref(), Some("1.7"));
    assert_eq!(codes(seven), [QuestionCode::ReferenceInferred]);
    assert_eq!(
        (seven.due_on.unwrap().to_string().as_str(), seven.due_precision),
        ("2019-12-31", Some(DuePrecision::Year))
    );
    let eight = at(&understanding, 12);
    assert_eq!(codes(eight), [QuestionCode::RangeReversed]);
    assert_eq!(eight.leads.len(), 2);
    assert_eq!(codes(at(&understanding, 13)), [QuestionCode::TimeframeWithoutDate]);
    let ten = at(&understanding, 14);
    assert_eq!(ten.reference.as_deref(), Some("1.10"), "a spreadsheet drops the nought of 1.10");
    assert_eq!(codes(ten), [QuestionCode::TimeframeUnread, QuestionCode::ReferenceInferred]);
}

#[test]
fn the_file_s_own_questions_come_first() {
    let understanding = understanding();
    let asked: Vec<_> = understanding.questions.iter().map(|question| question.code).collect();
    assert_eq!(asked, [QuestionCode::ColumnNotRecognised, QuestionCode::GapInNumbering]);
    assert_eq!(understanding.gaps.iter().map(|gap| gap.reference.as_str()).collect::<Vec<_>>(), ["1.4"]);
    assert!(
        understanding
            .ignored
            .iter()
            .any(|ignored| ignored.text == "Impact measures" && ignored.why.contains("column"))
    );
    assert!(understanding.ignored.iter().any(|ignored| ignored.why.contains("before the table's headings")));
}

#[test]
fn windows_1252_is_read_and_asked_about() {
    let understanding = read(b"No,Action,By when\n1,Review caf\xE9 rotas,Jun 2018 \x96 Feb 2019\n").unwrap();
    assert_eq!(understanding.questions[0].code, QuestionCode::EncodingAssumed);
    assert_eq!(understanding.rows[0].steps, ["Review café rotas"]);
    assert_eq!(understanding.rows[0].start_on.unwrap().to_string(), "2018-06-01");
    let marked = read("\u{FEFF}No,Action,By when\n1,Review café rotas,2019\n".as_bytes()).unwrap();
    assert!(marked.questions.iter().all(|question| question.code != QuestionCode::EncodingAssumed));
}

#[test]
fn a_day_first_date_is_asked_about_unless_the_file_shows_it() {
    let doubtful = read(b"No,Action,By when\n1,Review,03/04/2019\n").unwrap();
    assert_eq!(doubtful.rows[0].due_on.unwrap().to_string(), "2019-04-03");
    assert_eq!(codes(&doubtful.rows[0]), [QuestionCode::DayFirstAssumed]);
    let shown = read(b"No,Action,By when\n1,Review,03/04/2019\n2,Review,30/04/2019\n").unwrap();
    assert_eq!(codes(&shown.rows[0]), []);
}

#[test]
fn what_is_no_plan_is_refused_with_the_reason() {
    let refused = |bytes: &[u8]| read(bytes).unwrap_err();
    assert_eq!(refused(b""), ReadError::Empty);
    assert_eq!(refused(b" \r\n\t "), ReadError::Empty);
    for bytes in [&b"%PDF-1.7 ..."[..], b"PK\x03\x04....", b"\xD0\xCF\x11\xE0rest", b"No,Action\n1,\0"] {
        assert!(matches!(refused(bytes), ReadError::Binary { .. }));
    }
    assert!(refused(b"%PDF-1.7").to_string().contains("CSV"));
    let contacts = refused(b"Name,Email,Telephone\nA,b@example.org,1\n");
    assert!(matches!(&contacts, ReadError::NoPlan { headings } if headings[0] == "Name"));
    assert!(contacts.to_string().contains("Email"));
    assert!(matches!(refused(b"Just a letter.\n\nWith kind regards"), ReadError::NoPlan { .. }));
    assert_eq!(refused(b"No,Action,Lead\n"), ReadError::NoRows);
    assert_eq!(refused(&vec![b'a'; MAX_BYTES + 1]), ReadError::TooBig { bytes: MAX_BYTES + 1 });
    let long = format!("No,Action\n{}", "1,Review\n".repeat(5001));
    assert_eq!(refused(long.as_bytes()), ReadError::TooManyRows);
    let unclosed = format!("No,Action\n1,Review\n2,\"{}", "Review rotas\n3,".repeat(4000));
    assert_eq!(refused(unclosed.as_bytes()), ReadError::CellTooLong { row: 3 });
}

#[test]
fn the_json_has_the_documented_keys() {
    let json = serde_json::to_value(understanding()).unwrap();
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&json), "rows gaps questions ignored");
    assert_eq!(
        keys(&json["rows"][0]),
        "reference themes aim steps leads requirements unspecifiedDirection timeframeAsPrinted startOn dueOn duePrecision \
         status health updates paragraphs measures place questions"
    );
    assert_eq!(keys(&json["rows"][0]["place"]), "page sheet table row");
    assert_eq!(keys(&json["rows"][0]["updates"][0]), "on text");
    assert_eq!(keys(&json["rows"][0]["requirements"][0]), "reference qualifier");
    assert_eq!(keys(&json["questions"][0]), "code cell text");
    assert_eq!(keys(&json["ignored"][0]), "text why");
    assert_eq!(json["gaps"][0], "1.4");
    assert_eq!(json["rows"][0]["leads"][0], "Head of Rotas");
    assert_eq!(json["rows"][0]["startOn"], serde_json::Value::Null);
    assert_eq!(json["rows"][0]["duePrecision"], "DAY");
}
