//! Plans kept in Word: the shapes that councils give them, with invented content.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod office;

use import::plan::{Health, QuestionCode, ReadError, Status};
use office::{
    are_kept, asks, c, cell, codes, docx, due, file_codes, filled, heading, ignored, leads, li, lower,
    numbers, of, p, r, read, row, struck, table, tall, tr, wide,
};

const BREAK: &str = "<w:r><w:lastRenderedPageBreak/></w:r>";

/// A table over two pages with the headings printed again, nested bullets, merged cells, tracked changes, ticks, fills.
fn long() -> Vec<u8> {
    let headings = ["No", "What we want to achieve", "Action", "Lead", "By when", "Complete?", "RAG"];
    let bullets =
        li(2, 0, "Review rotas:") + &li(2, 1, "nights") + &li(2, 1, "weekends") + &p(&r("and holidays"));
    let deleted = r#"<w:del w:id="1"><w:r><w:delText>March 2019</w:delText></w:r></w:del>"#;
    let inserted = format!(r#"<w:ins w:id="2">{}</w:ins>"#, r("June 2019"));
    let wingdings = r#"<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>"#;
    let ticked = r#"<w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic"/></w:rPr><w:t>☒</w:t></w:r></w:sdtContent></w:sdt></w:p>"#;
    let unticked = ticked.replace(r#"w14:val="1""#, r#"w14:val="0""#).replace('☒', "☐");
    let first = [
        row(&headings),
        tr(&[wide(7, "1. FRONT DOOR")]),
        tr(&[
            c("1.1"),
            tall("Rotas are fair"),
            cell("", &bullets),
            tall("Head of Rotas"),
            cell("", &p(&format!("{deleted}{inserted}"))),
            cell("", wingdings),
            filled("00B050", ""),
        ]),
        tr(&[
            c("1.2"),
            lower(),
            c("Publish the rota"),
            lower(),
            c("Jul 2019"),
            cell("", ticked),
            filled("FFC000", "Amber"),
        ]),
        format!(
            "<w:tr><w:trPr><w:del w:id=\"3\"/></w:trPr>{}</w:tr>",
            [c("1.9"), c("Gone"), c("Gone"), c("x"), c("2019"), c(""), c("")].concat()
        ),
    ];
    let second = [
        row(&headings),
        tr(&[wide(7, "2. THE QUAY")]),
        tr(&[
            cell("", &p(&format!("{BREAK}{}", r("2.1")))),
            cell("", &p(&format!("{}{}", struck("The quay is nice "), r("The quay is safe")))),
            c("Light the quay"),
            cell("", &format!(r#"<w:p><w:hyperlink r:id="x">{}</w:hyperlink></w:p>"#, r("Harbour Police"))),
            c("Q3 2018/19"),
            cell("", &unticked),
            filled("FF0000", "G"),
        ]),
    ];
    let body = heading(1, "Harbour improvement plan")
        + &p(&r("This plan was agreed by the board."))
        + &table(7, &first)
        + "<w:p/>"
        + &table(7, &second)
        + &p(&r("Key: Red – off track; Amber – at risk; Green – on track"));
    docx(&body)
}

#[test]
fn a_table_over_pages_is_read_as_one() {
    let plan = read(&long());
    assert_eq!(numbers(&plan), ["1.1", "1.2", "2.1"]);
    let first = of(&plan, "1.1");
    assert_eq!(first.themes, ["Front Door"]);
    assert_eq!(first.steps, ["Review rotas:", "nights", "weekends and holidays"]);
    assert_eq!((leads(first), due(first).as_str()), (vec!["Head of Rotas"], "2019-06-30"));
    assert_eq!((first.status, first.health), (Some(Status::Complete), Some(Health::OnTrack)));
    assert_eq!(codes(first), ["RATING_FROM_COLOUR", "STATUS_FROM_TICK"]);
    assert_eq!((first.place.page, first.place.table, first.place.row), (Some(1), 1, 3));
    let second = of(&plan, "1.2");
    assert_eq!((second.aim.as_deref(), leads(second)), (Some("Rotas are fair"), vec!["Head of Rotas"]));
    assert_eq!(
        (second.health, second.status),
        (Some(Health::AtRisk), Some(Status::Complete)),
        "a ticked box"
    );
    let third = of(&plan, "2.1");
    assert_eq!(
        (third.themes.as_slice(), third.aim.as_deref()),
        (&["The Quay".to_owned()][..], Some("The quay is safe"))
    );
    assert_eq!(
        (third.status, third.health),
        (None, Some(Health::OnTrack)),
        "a box without a tick; a word goes before a fill"
    );
    assert_eq!(codes(third), ["RATING_UNCLEAR", "STRUCK_THROUGH"]);
    assert_eq!((third.place.page, third.place.row), (Some(2), 3));
    assert_eq!(file_codes(&plan), ["TRACKED_CHANGES"]);
    assert!(ignored(&plan, "Gone", "tracked change"));
    assert!(ignored(&plan, "This plan was agreed", "before"));
}

/// A table for each theme, the theme in a heading above it, each by a style of its own or by nothing but its place.
fn themed(is_styled: bool) -> Vec<u8> {
    let headings = ["Ref", "Action", "Owner", "Timescale"];
    let above = |text: &str| if is_styled { heading(2, text) } else { p(&r(text)) };
    let theme = |name: &str, number: &str| {
        above(name)
            + &table(4, &[row(&headings), row(&[number, "Mend the crane", "Head of Cranes", "Mar 2019"])])
    };
    let body = heading(1, "Harbour improvement plan")
        + &theme("Front door", "A1")
        + &p(&r("The board has asked for more."))
        + &theme("Quay", "A2")
        + &theme("Ships", "A3");
    docx(&body)
}

#[test]
fn a_heading_above_a_table_is_the_theme_of_its_rows() {
    for is_styled in [true, false] {
        let plan = read(&themed(is_styled));
        assert_eq!(numbers(&plan), ["A1", "A2", "A3"]);
        let themes: Vec<_> = plan.rows.iter().map(|row| row.themes.join(" > ")).collect();
        assert_eq!(
            themes,
            ["Front door", "Quay", "Ships"],
            "{is_styled}: the title of the whole is no theme"
        );
        for (row, table) in plan.rows.iter().zip(1..) {
            assert_eq!(codes(row), ["THEME_FROM_OUTSIDE"]);
            assert_eq!((row.place.table, row.place.row, row.place.page), (table, 2, None));
        }
        assert_eq!(
            file_codes(&plan),
            ["COLUMN_MISSING"],
            "the missing aim is asked about once, not for each table"
        );
        assert!(ignored(&plan, "The board has asked", "after"));
    }
}

#[test]
fn numbers_that_word_counts_itself_are_read() {
    let number = |level| cell("", &li(1, level, "").replace(&r(""), ""));
    let rows = [
        row(&["No.", "Action", "Lead", "By when"]),
        tr(&[number(0), c("Mend the crane"), c("Head of Cranes"), c("Mar 2019")]),
        tr(&[
            number(0),
            cell("", &(li(2, 0, "Paint it") + &li(2, 0, "Oil it"))),
            c("Head of Cranes"),
            c("Apr 2019"),
        ]),
        tr(&[number(1), c("Sell it"), c("Head of Cranes"), c("May 2019")]),
    ];
    let plan = read(&docx(&table(4, &rows)));
    assert_eq!(numbers(&plan), ["1", "2", "2.1"]);
    assert_eq!(of(&plan, "2").steps, ["Paint it", "Oil it"]);
}

#[test]
fn a_table_without_headings_goes_on_with_the_one_before() {
    let line = |number: &str| row(&[number, "Mend the crane", "Head of Cranes", "Mar 2019"]);
    let body = table(4, &[row(&["Ref", "Action", "Owner", "Timescale"]), line("1")])
        + "<w:p/>"
        + &table(4, &[line("2"), line("3")]);
    let plan = read(&docx(&body));
    assert_eq!(numbers(&plan), ["1", "2", "3"]);
    assert!(file_codes(&plan).contains(&"TABLE_CONTINUED"));
    assert_eq!((plan.rows[2].place.table, plan.rows[2].place.row), (2, 2));
    let apart = body.replace("<w:p/>", &p(&r("The risks of the plan are these.")));
    let plan = read(&docx(&apart));
    assert_eq!(numbers(&plan), ["1"]);
    assert!(ignored(&plan, "Mend the crane", "without a plan's headings"));
}

#[test]
fn cells_drawn_by_hand_stand_under_their_headings() {
    // The second row was drawn apart: its cells end elsewhere, and one more column line runs through the table.
    let two = |text: &str| wide(2, text);
    let rows = [
        tr(&[c("Ref"), two("Action"), c("Lead"), c("By when")]),
        tr(&[c("1"), c("Mend the crane"), two("Head of Cranes"), c("Mar 2019")]),
        tr(&[two("2"), c("Paint the crane"), c("Head of Paint"), c("Apr 2019")]),
    ];
    let plan = read(&docx(&table(5, &rows)));
    assert_eq!(numbers(&plan), ["1", "2"]);
    assert_eq!(leads(of(&plan, "1")), ["Head of Cranes"]);
    assert_eq!(of(&plan, "2").steps, ["Paint the crane"]);
}

#[test]
fn controls_tables_in_cells_and_hidden_text_are_read_as_they_are_seen() {
    let control = |inner: &str, properties: &str| {
        format!("<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>")
    };
    let hidden = r#"<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"#;
    let inner = table(2, &[row(&["Nights", "done"]), row(&["Weekends", "to do"])]);
    let field = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>"#;
    let rows = [
        row(&["Ref", "Action", "Lead", "By when", "Progress"]),
        control(
            &tr(&[
                c("1"),
                cell("", &control(&p(&format!("{}{hidden}", r("Mend the crane"))), "")),
                cell("", &p(&control(&r("Choose an item."), "<w:showingPlcHdr/>"))),
                cell("", &p(&format!("{field}{}", r("31 March 2019")))),
                cell("", &(inner + "<w:p/>")),
            ]),
            "",
        ),
    ];
    let plan = read(&docx(&table(5, &rows)));
    let row = of(&plan, "1");
    assert_eq!((row.steps.as_slice(), due(row).as_str()), (&["Mend the crane".to_owned()][..], "2019-03-31"));
    assert!(
        row.leads.is_empty() && asks(row, QuestionCode::LeadMissing),
        "a control that nobody has filled in"
    );
    assert_eq!(row.updates[0].text, "Nights done Weekends to do");
}

#[test]
fn a_form_is_one_row_and_a_plan_without_numbers_is_counted() {
    let form = |action: &str| {
        let rows =
            [("Action", action), ("Lead:", "Head of Cranes"), ("By when", "March 2019"), ("RAG", "Green")];
        table(2, &rows.map(|(label, value)| row(&[label, value]))) + "<w:p/>"
    };
    let plan = read(&docx(&(form("Mend the crane") + &form("Paint the crane"))));
    assert_eq!(numbers(&plan), ["1", "2"]);
    for row in &plan.rows {
        assert_eq!(codes(row), ["REFERENCE_INFERRED"], "the plan prints no numbers");
        assert_eq!((leads(row), row.health), (vec!["Head of Cranes"], Some(Health::OnTrack)));
    }
    assert_eq!(plan.rows[1].steps, ["Paint the crane"]);
}

#[test]
fn a_key_can_have_its_meanings_under_its_colours() {
    let key = table(
        3,
        &[
            tr(&[filled("FF0000", "Red"), filled("FFC000", "Amber"), filled("00B050", "Green")]),
            row(&["Not started", "In progress", "Completed"]),
        ],
    );
    let rows = [
        row(&["Action", "Lead", "By when", "RAG"]),
        row(&["A1.2 Mend the crane", "Head of Cranes", "Mar 2019", "Green"]),
        row(&["A1.3 Paint the crane", "Head of Cranes", "Mar 2019", "Red"]),
    ];
    let plan = read(&docx(&(key + &p(&r("Here is the plan.")) + &table(4, &rows))));
    assert_eq!(numbers(&plan), ["A1.2", "A1.3"], "a number before the action");
    assert_eq!(plan.rows[0].steps, ["Mend the crane"]);
    assert_eq!(
        (plan.rows[0].status, plan.rows[1].status),
        (Some(Status::Complete), Some(Status::NotStarted))
    );
    assert!(asks(&plan.rows[1], QuestionCode::RatingFromKey));
    assert!(ignored(&plan, "Not started", "the key to the colours"));
}

#[test]
fn several_dated_notes_in_a_cell_are_several_updates() {
    let notes = p(&r("5 November 2018: crane mended"))
        + &p(&r("with paint"))
        + &li(2, 0, "3 December 2018 – crane sold");
    let rows = [
        row(&["Ref", "Action", "Lead", "By when", "Update"]),
        tr(&[c("1"), c("Mend the crane"), c("Head of Cranes"), c("By when: ongoing"), cell("", &notes)]),
    ];
    let plan = read(&docx(&table(5, &rows)));
    let told: Vec<_> = plan.rows[0]
        .updates
        .iter()
        .map(|update| (update.on.unwrap().to_string(), update.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [("2018-11-05".to_owned(), "crane mended with paint"), ("2018-12-03".to_owned(), "crane sold")]
    );
    assert_eq!(codes(&plan.rows[0]), ["TIMEFRAME_WITHOUT_DATE"]);
}

#[test]
fn a_number_that_identifies_a_person_is_neither_kept_nor_shown() {
    let rows = [
        row(&["Ref", "Action", "Lead", "Success measures"]),
        row(&["1", "Mend the crane of 943 476 5919", "Head of Cranes", "The crane of 943 476 5919 turns"]),
    ];
    let plan = read(&docx(&table(4, &rows)));
    assert!(plan.rows[0].steps.is_empty() && plan.rows[0].measures.is_empty());
    assert_eq!(codes(&plan.rows[0]).iter().filter(|code| **code == "PERSONAL_DATA_SUSPECTED").count(), 2);
    let all = serde_json::to_string(&plan).unwrap() + &import::report(&plan);
    assert!(!all.contains("943"), "{all}");
}

#[test]
fn what_is_no_plan_is_refused_with_the_reason() {
    let refused = |bytes: &[u8]| import::read(bytes).unwrap_err();
    assert!(
        matches!(refused(&docx(&p(&r("Dear board,")))), ReadError::NoPlan { headings } if headings.is_empty())
    );
    let register = docx(&table(3, &[row(&["Risk", "Score", "Cost"]), row(&["Fire", "3", "4"])]));
    assert!(refused(&register).to_string().contains("Risk | Score"));
    let mut nested = row(&["Ref", "Action"]);
    for _ in 0..9 {
        nested = tr(&[cell("", &table(1, &[nested]))]);
    }
    assert!(refused(&docx(&table(1, &[nested]))).to_string().contains("nested"));
    let broken = office::zip(&[("word/document.xml", "<w:document><w:body><w:p></w:document>")]);
    assert!(matches!(refused(&broken), ReadError::Damaged { .. }));
}

#[test]
fn the_files_that_are_kept_are_these_documents() {
    are_kept("tests/fixtures", &[("themes.docx", themed(true))]);
    are_kept("../fuzz/corpus/plan_docx", &[("long", long()), ("themes", themed(true))]);
}
