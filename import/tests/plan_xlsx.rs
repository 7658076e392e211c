//! Plans kept in Excel: the shapes that councils give them, with invented content.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod office;

use import::plan::{DuePrecision, Health, LeadKind, QuestionCode, Status};
use office::{are_kept, asks, codes, due, file_codes, ignored, leads, numbers, of, raw_rows, raw_xlsx, read};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatPattern, Formula, Workbook, Worksheet};

const RED: u32 = 0xFF0000;
const AMBER: u32 = 0xFFC000;
const GREEN: u32 = 0x00B050;
const BLUE: u32 = 0x0070C0;

fn fill(colour: u32) -> Format {
    Format::new().set_background_color(Color::RGB(colour)).set_pattern(FormatPattern::Solid)
}

fn write(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0..).zip(cells) {
        if !text.is_empty() {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

fn day(year: u16, month: u8, day: u8) -> ExcelDateTime {
    ExcelDateTime::from_ymd(year, month, day).unwrap()
}

const HEADINGS: [&str; 8] = ["Ref", "Recommendation", "Aim", "Action", "Lead", "By when", "Progress", "RAG"];

/// A plain tracker: a title, one table, dates as Excel keeps them, words for ratings.
fn tracker() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Tracker").unwrap();
    sheet.write_string(0, 0, "Harbour improvement tracker").unwrap();
    write(sheet, 2, &HEADINGS);
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let month = Format::new().set_num_format("mmm-yy");
    sheet.write_number(3, 0, 1.9).unwrap();
    write(
        sheet,
        3,
        &["", "Rec 3", "Rotas are fair", "• Review rotas\n• Publish the new rota", "Head of Rotas"],
    );
    sheet.write_datetime_with_format(3, 5, day(2019, 3, 4), &date).unwrap();
    sheet.write_string(3, 6, "05/11/2018: first rotas out\n03/12/2018: second rotas out").unwrap();
    sheet.write_string(3, 7, "Green").unwrap();
    sheet.write_number_with_format(4, 0, 1.1, &Format::new().set_num_format("0.00")).unwrap();
    write(sheet, 4, &["", "R5", "Cover is found", "Build a pool", "Harbour Police / Head of Cover"]);
    sheet.write_datetime_with_format(4, 5, day(2019, 3, 1), &month).unwrap();
    sheet.write_string(4, 7, "A").unwrap();
    write(sheet, 5, &["1.11", "", "Ships are met", "Meet each ship", "Head of Berths"]);
    sheet.write_formula_with_format(5, 5, Formula::new("=F4+30").set_result("43558"), &date).unwrap();
    sheet.write_string(5, 7, "Complete").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_tracker_is_read_with_its_dates_and_numbers() {
    let plan = read(&tracker());
    assert_eq!(numbers(&plan), ["1.9", "1.10", "1.11"]);
    let first = &plan.rows[0];
    assert_eq!(first.steps, ["Review rotas", "Publish the new rota"]);
    assert_eq!(first.requirements[0].reference, "3");
    assert_eq!((due(first).as_str(), first.due_precision), ("2019-03-04", Some(DuePrecision::Day)));
    assert_eq!(first.timeframe_as_printed.as_deref(), Some("4 March 2019"));
    let told: Vec<_> = first.updates.iter().map(|update| update.on.unwrap().to_string()).collect();
    assert_eq!(told, ["2018-11-05", "2018-12-03"]);
    assert_eq!(first.health, Some(Health::OnTrack));
    assert_eq!((first.place.sheet.as_deref(), first.place.table, first.place.row), (Some("Tracker"), 1, 4));
    assert_eq!(codes(first), ["UPDATE_UNDATED", "UPDATE_UNDATED"], "05/11/2018 could be in May");
    let second = &plan.rows[1];
    assert_eq!((due(second).as_str(), second.due_precision), ("2019-03-31", Some(DuePrecision::Month)));
    assert_eq!(leads(second), ["Harbour Police", "Head of Cover"]);
    assert_eq!(second.leads[0].kind, LeadKind::Organisation);
    assert_eq!(codes(second), [""; 0], "1.1 shown as 1.10 is 1.10");
    let third = &plan.rows[2];
    assert_eq!(
        (due(third).as_str(), third.status),
        ("2019-04-03", Some(Status::Complete)),
        "a formula by its value"
    );
    assert!(ignored(&plan, "Harbour improvement tracker", "before the table's headings"));
    let json = serde_json::to_value(first).unwrap();
    assert_eq!(json["place"]["sheet"], "Tracker");
}

/// Themes as merged lines with the headings printed again under each, themes, aims and leads merged downwards, a key at the end.
fn merged() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Plan").unwrap();
    let plain = Format::new();
    let banner = fill(0x1F3864);
    let headings = ["No.", "Outcome", "Action", "Lead", "Deadline", "BRAG"];
    sheet.merge_range(0, 0, 0, 5, "Theme 1: Front door", &banner).unwrap();
    write(sheet, 1, &headings);
    sheet.merge_range(2, 1, 3, 1, "Calls are answered", &plain).unwrap();
    sheet.merge_range(2, 3, 4, 3, "Head of Calls", &plain).unwrap();
    write(sheet, 2, &["1", "", "Staff the phones", "", "Mar 2019"]);
    write(sheet, 3, &["2", "", "Record the calls", "", "Jun 2019"]);
    write(sheet, 4, &["3", "Calls are logged", "Buy a log", "", "Ongoing"]);
    sheet.write_string_with_format(2, 5, "G", &fill(GREEN)).unwrap();
    sheet.write_string_with_format(3, 5, "R", &fill(RED)).unwrap();
    sheet.write_string_with_format(4, 5, "B", &fill(BLUE)).unwrap();
    sheet.merge_range(5, 0, 5, 5, "Theme 2: Quay", &banner).unwrap();
    write(sheet, 6, &headings);
    sheet.merge_range(7, 0, 8, 0, "4", &plain).unwrap();
    sheet.merge_range(7, 1, 8, 1, "The quay is safe", &plain).unwrap();
    write(sheet, 7, &["", "", "Light the quay", "Head of Quays", "Apr 2019", "A"]);
    write(sheet, 8, &["", "", "Fence the quay", "Head of Fences", "May 2019", "A"]);
    sheet.merge_range(9, 0, 10, 0, "5", &plain).unwrap();
    sheet.merge_range(9, 1, 10, 1, "The quay is clean", &plain).unwrap();
    sheet.merge_range(9, 3, 10, 3, "Head of Quays", &plain).unwrap();
    sheet.merge_range(9, 4, 10, 4, "31/05/2019", &plain).unwrap();
    write(sheet, 9, &["", "", "Sweep it"]);
    write(sheet, 10, &["", "", "Wash it"]);
    sheet.write_string(12, 0, "Key").unwrap();
    for (row, colour, words) in [
        (13, RED, "Not started"),
        (14, AMBER, "In progress"),
        (15, GREEN, "Complete"),
        (16, BLUE, "Embedded"),
    ] {
        sheet.write_blank(row, 0, &fill(colour)).unwrap();
        sheet.write_string(row, 1, words).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn merged_cells_speak_for_all_their_rows() {
    let plan = read(&merged());
    assert_eq!(numbers(&plan), ["1", "2", "3", "4a", "4b", "5"]);
    assert!(plan.gaps.is_empty(), "4a and 4b fill the place of 4: {:?}", plan.gaps);
    assert_eq!(of(&plan, "2").aim.as_deref(), Some("Calls are answered"));
    assert_eq!(leads(of(&plan, "3")), ["Head of Calls"]);
    for (number, theme) in
        [("1", "Theme 1: Front door"), ("3", "Theme 1: Front door"), ("5", "Theme 2: Quay")]
    {
        assert_eq!(of(&plan, number).themes, [theme], "{number}");
    }
    let fence = of(&plan, "4b");
    assert_eq!((fence.aim.as_deref(), fence.steps[0].as_str()), (Some("The quay is safe"), "Fence the quay"));
    assert_eq!((due(fence).as_str(), leads(fence)), ("2019-05-31", vec!["Head of Fences"]));
    assert!(asks(fence, QuestionCode::ReferenceInferred));
    assert_eq!(of(&plan, "5").steps, ["Sweep it", "Wash it"], "one date for both: two steps of one row");
    assert!(
        !asks(of(&plan, "1"), QuestionCode::ThemeFromOutside),
        "the second theme shows what the first is"
    );
    assert!(ignored(&plan, "No. Outcome", "printed again"));
}

#[test]
fn the_file_s_own_key_says_what_its_colours_mean() {
    let plan = read(&merged());
    let rated = |number: &str| (of(&plan, number).health, of(&plan, number).status);
    assert_eq!(rated("1"), (Some(Health::Done), Some(Status::Complete)), "green is complete here");
    assert_eq!(rated("2"), (None, Some(Status::NotStarted)), "red is not started here");
    assert_eq!(rated("3"), (Some(Health::Done), Some(Status::Complete)));
    assert_eq!(rated("4a"), (None, Some(Status::InProgress)));
    assert!(asks(of(&plan, "1"), QuestionCode::RatingFromKey));
    assert!(!asks(of(&plan, "3"), QuestionCode::RatingFromKey), "blue means what it usually does");
    assert!(ignored(&plan, "In progress", "the key to the colours"));
}

/// No word rates anything: only fills do, in a column for it or over the number.
fn coloured(has_column: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut headings = vec!["Ref", "Action", "Who", "By when"];
    headings.extend(has_column.then_some("RAG"));
    write(sheet, 0, &headings);
    let at = if has_column { 4 } else { 0 };
    for (row, colour) in [(1, Some(RED)), (2, Some(AMBER)), (3, Some(GREEN)), (4, Some(BLUE)), (5, None)] {
        write(sheet, row, &[&format!("1.{row}"), "Mend the crane", "Head of Cranes", "Mar 2019"]);
        match colour {
            Some(colour) if has_column => sheet.write_blank(row, at, &fill(colour)).unwrap(),
            Some(colour) => {
                sheet.write_string_with_format(row, at, format!("1.{row}"), &fill(colour)).unwrap()
            }
            None => sheet.write_blank(row, at, &fill(0xD9D9D9)).unwrap(),
        };
    }
    if !has_column {
        sheet.write_string(5, 0, "1.5").unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn colours_alone_are_ratings_and_asked_about() {
    for has_column in [true, false] {
        let plan = read(&coloured(has_column));
        let healths: Vec<_> = plan.rows.iter().map(|row| row.health).collect();
        let wanted = [Health::OffTrack, Health::AtRisk, Health::OnTrack, Health::Done].map(Some);
        assert_eq!(healths[..4], wanted, "{has_column}");
        assert_eq!(healths[4], None, "grey is no rating");
        assert_eq!(plan.rows[3].status, Some(Status::Complete));
        for row in &plan.rows[..4] {
            assert_eq!(codes(row), ["RATING_FROM_COLOUR"], "{has_column}");
        }
        assert_eq!(codes(&plan.rows[4]), [""; 0]);
    }
}

/// A cover, two sheets of the plan, a list of contacts, a hidden sheet, hidden rows and columns.
fn several() -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("Cover").unwrap();
    cover.write_string(3, 1, "Harbour improvement plan").unwrap();
    let headings = ["Ref", "Action", "Notes to self", "Owner", "Due date", "Complete?"];
    for (name, from) in [("Front door", 1), ("Quay", 3)] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        write(sheet, 0, &headings);
        for row in 0..2 {
            write(
                sheet,
                row + 1,
                &[&format!("{}", from + row), "Mend the crane", "ring them", "Head of Cranes", "Mar 2019"],
            );
        }
        sheet.set_column_hidden(2).unwrap();
        sheet.write_string(1, 5, "✓").unwrap();
        sheet.write_string_with_format(2, 5, "ü", &Format::new().set_font_name("Wingdings")).unwrap();
        sheet.set_row_hidden(2).unwrap();
    }
    let contacts = book.add_worksheet().set_name("Contacts").unwrap();
    write(contacts, 0, &["Name", "Telephone"]);
    let old = book.add_worksheet().set_name("Old version").unwrap();
    write(old, 0, &headings);
    write(old, 1, &["9", "Sink the crane", "", "Head of Cranes", "Mar 2018"]);
    old.set_hidden(true);
    book.save_to_buffer().unwrap()
}

#[test]
fn every_sheet_with_a_plan_is_read_and_the_others_are_named() {
    let plan = read(&several());
    assert_eq!(numbers(&plan), ["1", "2", "3", "4"]);
    let places: Vec<_> =
        plan.rows.iter().map(|row| (row.place.sheet.as_deref().unwrap(), row.place.row)).collect();
    assert_eq!(places, [("Front door", 2), ("Front door", 3), ("Quay", 2), ("Quay", 3)]);
    assert_eq!(of(&plan, "4").themes, ["Quay"], "the name of the sheet");
    assert!(asks(of(&plan, "3"), QuestionCode::ThemeFromOutside));
    assert!(!asks(of(&plan, "4"), QuestionCode::ThemeFromOutside), "asked once for each sheet");
    assert!(asks(of(&plan, "2"), QuestionCode::RowHidden));
    for row in &plan.rows {
        assert_eq!(row.status, Some(Status::Complete), "a tick, and a tick in Wingdings");
        assert!(asks(row, QuestionCode::StatusFromTick));
    }
    assert!(ignored(&plan, "Cover", "without a plan's headings"));
    assert!(ignored(&plan, "Contacts", "without a plan's headings"));
    assert!(ignored(&plan, "Old version", "hidden sheet"));
    assert!(ignored(&plan, "Notes to self", "hidden column"));
}

/// A plan's own codes, paragraphs of the report, measures with targets, labels in cells, "What? Who? How? When?".
fn vocabulary() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write(
        sheet,
        0,
        &["NOS", "What?", "Who?", "How?", "When?", "Success measures", "Current status", "Ofsted paragraph"],
    );
    write(
        sheet,
        1,
        &[
            "17. (57, 138)",
            "Rotas are fair",
            "Head of Rotas\nHead of Cover",
            "Action: Review rotas\nBy when: end of June 2019",
            "",
            "Target for 30 days - 81%\nStaff say that rotas are fair",
            "COMPLETED The new rota has been in use since the spring and is looked at each month.",
        ],
    );
    write(
        sheet,
        2,
        &["CP-1", "Cover is found", "Lead: Director of Cover", "Build a pool", "By when: ongoing"],
    );
    write(
        sheet,
        3,
        &["CP-3", "Cover is kept", "DCS", "Pay the pool", "31/03/2019", "", "Not started", "57 and 60"],
    );
    book.save_to_buffer().unwrap()
}

#[test]
fn other_vocabularies_are_understood() {
    let plan = read(&vocabulary());
    assert_eq!(numbers(&plan), ["17", "CP-1", "CP-3"]);
    let row = of(&plan, "17");
    assert_eq!(row.paragraphs, ["57", "138"]);
    assert!(row.requirements.is_empty(), "a paragraph is no recommendation");
    assert!(asks(row, QuestionCode::ParagraphsNamed));
    assert_eq!(
        (row.aim.as_deref(), row.steps.as_slice()),
        (Some("Rotas are fair"), &["Review rotas".to_owned()][..])
    );
    assert_eq!(due(row), "2019-06-30", "a label in another cell");
    assert_eq!(leads(row), ["Head of Rotas", "Head of Cover"]);
    let measures: Vec<_> = row
        .measures
        .iter()
        .map(|measure| (measure.text.as_str(), measure.target, measure.unit.as_deref()))
        .collect();
    assert_eq!(
        measures,
        [("Target for 30 days - 81%", Some(81.0), Some("%")), ("Staff say that rotas are fair", None, None)]
    );
    assert_eq!(row.status, Some(Status::Complete));
    assert!(row.updates[0].text.starts_with("The new rota"), "what a status tells is progress");
    let ongoing = of(&plan, "CP-1");
    assert_eq!((leads(ongoing), due(ongoing).as_str()), (vec!["Director of Cover"], ""));
    assert_eq!(codes(ongoing), ["TIMEFRAME_WITHOUT_DATE"]);
    let last = of(&plan, "CP-3");
    assert_eq!(
        (last.paragraphs.as_slice(), last.status),
        (&["57".to_owned(), "60".to_owned()][..], Some(Status::NotStarted))
    );
    assert!(file_codes(&plan).contains(&"GAP_IN_NUMBERING"), "CP-2 is missing");
    assert!(ignored(&plan, "Success measures", "column left out"));
}

#[test]
fn what_is_struck_through_is_left_out_and_asked_about() {
    let strike = Format::new().set_font_strikethrough();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write(sheet, 0, &["Ref", "Action", "Owner", "By when"]);
    write(sheet, 1, &["1", "Mend the crane", "Head of Cranes"]);
    sheet.write_rich_string(1, 3, &[(&strike, "March 2019"), (&Format::new(), " June 2019")]).unwrap();
    for (column, text) in (0..).zip(["2", "Paint the crane", "Head of Cranes", "May 2019"]) {
        sheet.write_string_with_format(2, column, text, &strike).unwrap();
    }
    let plan = read(&book.save_to_buffer().unwrap());
    assert_eq!((due(of(&plan, "1")).as_str(), codes(of(&plan, "1"))), ("2019-06-30", vec!["STRUCK_THROUGH"]));
    assert!(of(&plan, "1").questions[0].text.contains("March 2019"));
    let row = of(&plan, "2");
    assert_eq!((row.steps.as_slice(), row.status), (&["Paint the crane".to_owned()][..], None));
    assert_eq!(codes(row), ["STRUCK_THROUGH"]);
}

#[test]
fn a_banner_that_names_a_recommendation_links_the_rows_under_it() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write(sheet, 0, &["Ref", "Action", "Owner", "By when", "RAG"]);
    sheet
        .merge_range(
            1,
            0,
            1,
            4,
            "Recommendation 3: Mend the cranes of the harbour without delay.",
            &Format::new(),
        )
        .unwrap();
    write(sheet, 2, &["3.1", "Mend the crane", "Head of Cranes", "Mar 2019", "G"]);
    write(sheet, 3, &["3.2", "Paint the crane", "Head of Cranes", "Mar 2019", "G"]);
    let plan = read(&book.save_to_buffer().unwrap());
    for row in &plan.rows {
        assert_eq!(row.requirements[0].reference, "3");
        assert_eq!(codes(row), ["REQUIREMENT_FROM_HEADING"]);
        assert!(row.themes[0].starts_with("Recommendation 3"));
    }
}

#[test]
fn other_programs_sheets_are_read_too() {
    let rows =
        raw_rows(&[&["Ref", "Action", "Lead", "By when"], &["1.1", "Mend & paint", "Head of Cranes", "x"]]);
    // No addresses, texts in the cells, dates from 1904, a date as ISO 8601 has it, an error.
    let rows = rows.replace(
        "</sheetData>",
        r#"<row r="9"><c r="A9" t="str"><f>"1."&amp;2</f><v>1.2</v></c><c r="B9" t="inlineStr"><is><r><t>Sell</t></r><r><t xml:space="preserve"> it</t></r></is></c><c r="C9" t="e"><v>#REF!</v></c><c r="D9" s="1"><v>42093</v></c></row><row r="10"><c r="A10" t="inlineStr"><is><t>1.3</t></is></c><c r="B10" t="inlineStr"><is><t>Buy_x000D_
it</t></is></c><c r="C10"><f>C9</f></c><c r="D10" t="d"><v>2019-03-31T00:00:00</v></c></row></sheetData>"#,
    );
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-809]d\ mmmm\ yyyy;@"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;
    let plan = read(&raw_xlsx(r#"<workbookPr date1904="1"/>"#, styles, &[("Plan", &rows)]));
    assert_eq!(numbers(&plan), ["1.1", "1.2", "1.3"]);
    assert_eq!(
        (due(of(&plan, "1.2")).as_str(), of(&plan, "1.2").steps[0].as_str()),
        ("2019-03-31", "Sell it")
    );
    assert_eq!((due(of(&plan, "1.3")).as_str(), of(&plan, "1.3").place.row), ("2019-03-31", 10));
    assert!(asks(of(&plan, "1.2"), QuestionCode::LeadMissing));
    assert!(ignored(&plan, "Plan", "1 formulas"));
}

#[test]
fn what_stands_above_a_table_says_more_than_the_name_of_its_sheet() {
    let mut book = Workbook::new();
    for (name, theme) in [("P1", "Priority 1: Front door"), ("P2", "Priority 2: Quay")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        write(sheet, 0, &["Harbour improvement plan"]);
        write(sheet, 1, &[theme]);
        write(sheet, 2, &["Sponsor: Director of Harbours"]);
        write(sheet, 3, &["Ref", "Action", "Lead", "By when"]);
        write(sheet, 4, &[&name.replace('P', "A"), "Mend the crane", "Head of Cranes", "Mar 2019"]);
    }
    let plan = read(&book.save_to_buffer().unwrap());
    assert_eq!(numbers(&plan), ["A1", "A2"]);
    assert_eq!(plan.rows[1].themes, ["Priority 2: Quay"]);
    assert_eq!(codes(&plan.rows[1]), ["THEME_FROM_OUTSIDE"]);
    assert!(ignored(&plan, "Sponsor: Director", "before the table's headings"));
}

#[test]
fn notes_and_headings_without_rows_are_named() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write(sheet, 3, &["", "", "Ref", "Action", "Lead", "By when"]);
    sheet.merge_range(4, 3, 4, 5, "Mend what is broken", &Format::new()).unwrap();
    sheet.write_string(4, 2, "1").unwrap();
    write(sheet, 5, &["", "", "1.1", "Mend the crane", "Head of Cranes", "Mar 2019"]);
    write(sheet, 7, &["", "", "Notes: the board looks at this plan each month."]);
    write(sheet, 8, &["seen by nobody", "", "Total: 1"]);
    let plan = read(&book.save_to_buffer().unwrap());
    assert_eq!(numbers(&plan), ["1.1"]);
    assert_eq!(plan.rows[0].themes, ["Mend what is broken"], "a number beside a wide cell is a section's");
    assert_eq!(codes(&plan.rows[0]), [""; 0]);
    assert!(ignored(&plan, "Notes: the board", "a note"));
    assert!(ignored(&plan, "Total: 1", ""));
    assert!(ignored(&plan, "seen by nobody", "under no heading"));
}

#[test]
fn headings_over_two_rows_are_put_together() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0..).zip(["Ref", "Action", "Lead"]) {
        sheet.merge_range(0, column, 1, column, text, &Format::new()).unwrap();
    }
    sheet.merge_range(0, 3, 0, 4, "Timescale", &Format::new()).unwrap();
    write(sheet, 1, &["", "", "", "Start date", "End date"]);
    write(sheet, 2, &["1", "Mend the crane", "Head of Cranes", "1 March 2019", "31 May 2019"]);
    let plan = read(&book.save_to_buffer().unwrap());
    let row = of(&plan, "1");
    assert_eq!(
        (row.start_on.unwrap().to_string(), due(row)),
        ("2019-03-01".to_owned(), "2019-05-31".to_owned())
    );
}

#[test]
fn the_files_that_are_kept_are_these_workbooks() {
    let raw = raw_xlsx("", "<styleSheet/>", &[("Plan", &raw_rows(&[&["Ref", "Action"], &["1", "Mend"]]))]);
    let seeds = [("tracker", tracker()), ("merged", merged()), ("coloured", coloured(true)), ("raw", raw)];
    are_kept("tests/fixtures", &[("tracker.xlsx", tracker())]);
    are_kept("../fuzz/corpus/plan_xlsx", &seeds);
}
