//! Properties of the reading that hold for any file.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod office;

use chrono::{Datelike, NaiveDate};
use import::plan::{Answers, QuestionCode, apply, read, report};
use proptest::prelude::*;

/// Everything that can be done with bytes, for its panics.
fn exercise(bytes: &[u8]) {
    if let Ok(understanding) = read(bytes) {
        report(&understanding);
        serde_json::to_string(&understanding).unwrap();
        assert_eq!(apply(&understanding, &Answers::default()).unwrap(), understanding);
        assert_eq!(read(bytes).unwrap(), understanding, "reading twice gives the same");
    }
}

/// Pieces that the reading looks for, so that random files get past the first checks.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "1.1",
            "1.2",
            "2.",
            "3.0 PEOPLE",
            "Ofsted Recommendation Number 3",
            "(only",
            ")",
            "**",
            "Outlined in DfE Direction ToR",
            "2(b)(iii)",
            "To review rotas.",
            "To",
            "g' Framework",
            "Head of Rotas",
            "Quill- Marsh",
            " / CCG",
            "Jan 2019",
            "–",
            "31/03/2019",
            "99/99/2019",
            "Q4 2018/19",
            "2018/19",
            "Complete",
            "TBC",
            "G/A",
            "Red",
            "•",
            "·",
            ", , ,",
            "_",
            "é",
            "\u{F0B7}",
            "'",
            "\"",
            "e.g.",
            "number",
            "No",
            "Action",
            "Aim",
            "Lead",
            "By when",
            "RAG",
            "Theme",
            "Progress",
            "ß",
            "İ",
            "Ⅷ",
            "½",
            "\u{C}",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

fn file() -> impl Strategy<Value = String> {
    let separator = proptest::sample::select(vec!["\t", ",", ";", "|", "\n", " ", "\n\n", "\t\t", "\"", ""]);
    let body = proptest::collection::vec((piece(), separator), 0..80).prop_map(|pieces| {
        pieces.into_iter().map(|(piece, separator)| piece + separator).collect::<String>()
    });
    let headings = proptest::sample::select(vec![
        "",
        "No\tAim\tAction\tLead\tTimeframe\n",
        "Number,Aim,Action,Lead,By when,Progress,RAG,Theme\n",
        "Ref;Recommendation;Aim;Action;Lead;Start date;Deadline\n",
        "Action|Lead\n",
    ]);
    (headings, body).prop_map(|(headings, body)| headings.to_owned() + &body)
}

/// A cell without delimiters, quotes or line ends, and with something in it.
fn word() -> impl Strategy<Value = String> {
    "[A-Z][a-zéö]{2,8} [a-zéö]{2,8}[.]?"
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let row = (
        word(),
        word(),
        word(),
        proptest::sample::select(vec!["Mar 2019", "Jun 2018 - Feb 2019", "Complete", "", "31/03/2019"]),
    );
    proptest::collection::vec(row, 1..6).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        let lines = rows.map(|(at, (aim, action, lead, when))| {
            vec![format!("1.{}", at + 1), aim, action, lead, when.to_owned()]
        });
        let headings = ["No", "Aim", "Action", "Lead", "By when"].map(str::to_owned).to_vec();
        std::iter::once(headings).chain(lines).collect()
    })
}

fn print(table: &[Vec<String>], delimiter: &str, quoted: bool) -> String {
    let cell = |cell: &String| if quoted { format!("\"{cell}\"") } else { cell.clone() };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(delimiter);
    table.iter().map(line).collect::<Vec<_>>().join("\r\n")
}

fn as_docx(table: &[Vec<String>]) -> Vec<u8> {
    let rows: Vec<String> = table
        .iter()
        .map(|cells| office::row(&cells.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    office::docx(&office::table(5, &rows))
}

fn as_xlsx(table: &[Vec<String>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(table) {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// A document whose body somebody has damaged, in an archive that is whole.
fn damaged_docx() -> impl Strategy<Value = Vec<u8>> {
    let piece = proptest::sample::select(vec![
        "</w:tc>",
        "<w:tc>",
        "</w:tr>",
        "<w:tr>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:p>",
        "</w:p>",
        "<w:vMerge/>",
        "&amp;",
        "&x;",
        "<w:gridSpan w:val=\"400\"/>",
        "<w:gridSpan w:val=\"-1\"/>",
        "<w:br w:type=\"page\"/>",
        "<w:tcPr>",
        "<![CDATA[",
        "é",
        "<w:numPr><w:numId w:val=\"1\"/></w:numPr>",
        "<w:del>",
        "<w:sdtPr>",
        "<w:gridBefore w:val=\"9\"/>",
    ]);
    proptest::collection::vec((any::<proptest::sample::Index>(), piece), 1..8).prop_map(|changes| {
        let tall = office::tr(&[
            office::tall("1"),
            office::wide(2, "Mend"),
            office::c("Head of Cranes"),
            office::c("2019"),
        ]);
        let low = office::tr(&[
            office::lower(),
            office::wide(2, "Paint"),
            office::c("Head of Paint"),
            office::c("2020"),
        ]);
        let head = office::row(&["No", "Aim", "Action", "Lead", "By when"]);
        let mut body = office::table(5, &[head, tall, low]);
        for (at, piece) in changes {
            let mut at = at.index(body.len() + 1);
            while !body.is_char_boundary(at) {
                at -= 1;
            }
            body.insert_str(at, piece);
        }
        office::docx(&body)
    })
}

/// A sheet of any cells: their addresses, kinds, values and merges as they come.
fn any_sheet() -> impl Strategy<Value = Vec<u8>> {
    let address = proptest::sample::select(vec![
        "A1",
        "B2",
        "C3",
        "XFD1048576",
        "A9",
        "ZZZ9",
        "1",
        "B",
        "D2",
        "E5",
        "",
    ]);
    let kind = proptest::sample::select(vec!["s", "str", "inlineStr", "b", "e", "d", "n", "x"]);
    let value =
        prop_oneof![piece(), any::<f64>().prop_map(|number| number.to_string()), Just("43555".to_owned())];
    let cell = (address.clone(), kind, value, 0..4u8).prop_map(|(address, kind, value, style)| {
        let value = office::escaped(&value);
        format!(r#"<c r="{address}" t="{kind}" s="{style}"><v>{value}</v><is><t>{value}</t></is></c>"#)
    });
    let merge =
        (address.clone(), address).prop_map(|(one, two)| format!(r#"<mergeCell ref="{one}:{two}"/>"#));
    (proptest::collection::vec(cell, 0..30), proptest::collection::vec(merge, 0..6)).prop_map(|(cells, merges)| {
        let head = office::raw_rows(&[&["No", "Aim", "Action", "Lead", "By when", "RAG"]]);
        let inner = head.replace("</sheetData>", &format!("<row>{}</row></sheetData>", cells.concat())) + &merges.concat();
        let styles = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="mmm-yy"/></numFmts><fills><fill/><fill><patternFill patternType="solid"><fgColor rgb="FFFF0000"/></patternFill></fill></fills><cellXfs><xf/><xf numFmtId="170"/><xf numFmtId="14" fillId="1"/><xf numFmtId="9" fillId="7"/></cellXfs></styleSheet>"#;
        office::raw_xlsx("", styles, &[("Plan", &inner)])
    })
}

proptest! {
    // Each case reads a dozen files, so fewer cases than the default do.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
    }

    #[test]
    fn no_table_makes_it_panic(text in file()) {
        exercise(text.as_bytes());
    }

    #[test]
    fn delimiter_quotation_and_encoding_change_nothing(table in table()) {
        let plain = read(print(&table, ",", false).as_bytes()).unwrap();
        prop_assert_eq!(plain.rows.len(), table.len() - 1);
        for delimiter in [";", "|", ",", "\t"] {
            let quoted = read(print(&table, delimiter, true).as_bytes()).unwrap();
            prop_assert_eq!(&quoted, &plain, "quoted, {:?}", delimiter);
        }
        for delimiter in [";", "|"] {
            prop_assert_eq!(&read(print(&table, delimiter, false).as_bytes()).unwrap(), &plain, "{:?}", delimiter);
        }
        let marked = format!("\u{FEFF}{}", print(&table, ",", false));
        prop_assert_eq!(&read(marked.as_bytes()).unwrap(), &plain);
        let old: Vec<u8> = print(&table, ",", false).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let mut old = read(&old).unwrap();
        old.questions.retain(|question| question.code != QuestionCode::EncodingAssumed);
        prop_assert_eq!(&old, &plain);
    }

    #[test]
    fn a_table_is_read_the_same_from_a_sheet_a_document_and_csv(table in table()) {
        let plain = read(print(&table, ",", true).as_bytes()).unwrap();
        prop_assert_eq!(&read(&as_docx(&table)).unwrap(), &plain);
        let mut sheet = read(&as_xlsx(&table)).unwrap();
        for row in &mut sheet.rows {
            let name = row.place.sheet.take();
            prop_assert_eq!(name.as_deref(), Some("Sheet1"));
        }
        prop_assert_eq!(&sheet, &plain);
    }

    #[test]
    fn no_damaged_document_makes_it_panic(bytes in damaged_docx()) {
        exercise(&bytes);
    }

    #[test]
    fn no_sheet_makes_it_panic(bytes in any_sheet()) {
        exercise(&bytes);
    }

    #[test]
    fn no_damaged_archive_makes_it_panic(
        at in any::<proptest::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
        is_sheet in any::<bool>(),
    ) {
        let rows = vec![["No", "Aim", "Action", "Lead", "By when"].map(str::to_owned).to_vec(), vec!["1".to_owned(); 5]];
        let mut file = if is_sheet { as_xlsx(&rows) } else { as_docx(&rows) };
        let at = at.index(file.len());
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        exercise(&file);
    }

    #[test]
    fn pasted_rows_are_found_as_printed(table in table()) {
        let pasted = read(print(&table, "\t", false).as_bytes()).unwrap();
        prop_assert_eq!(pasted.rows.len(), table.len() - 1);
        for (row, printed) in pasted.rows.iter().zip(&table[1..]) {
            prop_assert_eq!(row.reference.as_deref(), Some(printed[0].as_str()));
            prop_assert_eq!(row.aim.as_deref(), Some(printed[1].as_str()));
        }
    }

    #[test]
    fn a_date_is_read_however_it_is_written(days in 0u64..9000) {
        let date = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap() + chrono::Days::new(days);
        for format in ["%d/%m/%Y", "%-d.%-m.%y", "%d-%m-%Y", "%Y-%m-%d", "%-d %B %Y", "%-d %b '%y", "by %-dth %B, %Y"] {
            let file = format!("No,Action,By when\n1,Review,\"{}\"\n", date.format(format));
            let row = read(file.as_bytes()).unwrap().rows.remove(0);
            prop_assert_eq!(row.due_on, Some(date), "{}", file);
        }
        for format in ["%b %Y", "%B %Y", "%b-%y", "End of %B %Y"] {
            let file = format!("No,Action,By when\n1,Review,{}\n", date.format(format));
            let due = read(file.as_bytes()).unwrap().rows.remove(0).due_on.unwrap();
            prop_assert_eq!((due.year(), due.month()), (date.year(), date.month()));
            prop_assert_eq!((due + chrono::Days::new(1)).day(), 1);
        }
    }

    #[test]
    fn references_are_read_however_they_are_written(mut numbers in proptest::collection::vec(1u32..40, 1..5)) {
        numbers.sort_unstable();
        numbers.dedup();
        let printed: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let each = |word: &str| printed.iter().map(|number| format!("{word}{number}")).collect::<Vec<_>>().join(" and ");
        for text in [
            format!("Recs {}", printed.join(", ")),
            format!("Ofsted recommendations {}", printed.join(" & ")),
            printed.join("; "),
            each("R"),
            each("Ofsted Recommendation Number "),
            each("rec. no. "),
        ] {
            let file = format!("No,Recommendation,Action\n1,\"{text}\",Review\n");
            let row = read(file.as_bytes()).unwrap().rows.remove(0);
            let found: Vec<String> = row.requirements.into_iter().map(|link| link.reference).collect();
            prop_assert_eq!(&found, &printed, "{}", text);
            prop_assert!(row.questions.iter().all(|question| question.code != QuestionCode::RequirementUnread), "{}", text);
        }
    }
}
