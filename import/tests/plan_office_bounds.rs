//! Files that are no plan, are damaged, or would take time and memory without end: each is refused with the reason.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod office;

use import::plan::ReadError;
use office::{raw_rows, raw_xlsx, read};
use rust_xlsxwriter::{Workbook, Worksheet};

fn write(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0..).zip(cells) {
        sheet.write_string(row, column, *text).unwrap();
    }
}

fn tracker() -> Vec<u8> {
    include_bytes!("fixtures/tracker.xlsx").to_vec()
}

#[test]
fn what_is_no_plan_is_refused_with_the_reason() {
    let refused = |bytes: &[u8]| import::read(bytes).unwrap_err();
    let mut book = Workbook::new();
    write(book.add_worksheet(), 4, &["Name", "Email", "Telephone"]);
    let contacts = refused(&book.save_to_buffer().unwrap());
    assert!(matches!(&contacts, ReadError::NoPlan { headings } if headings[1] == "Email"), "{contacts}");
    let mut book = Workbook::new();
    write(book.add_worksheet(), 4, &["Ref", "Action", "Lead"]);
    assert_eq!(refused(&book.save_to_buffer().unwrap()), ReadError::NoRows);
    let ods = office::zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", "<x/>"),
    ]);
    assert!(refused(&ods).to_string().contains("OpenDocument"));
    assert!(refused(&office::zip(&[("a.txt", "x")])).to_string().contains("neither .xlsx nor .docx"));
    let slides = office::zip(&[
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="ppt/presentation.xml"/></Relationships>"#,
        ),
        ("ppt/presentation.xml", "<p/>"),
    ]);
    assert!(refused(&slides).to_string().contains("presentation"));
    let mut locked = b"\xD0\xCF\x11\xE0".to_vec();
    assert!(refused(&locked).to_string().contains("old Word or Excel"));
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(refused(&locked).to_string().contains("password"));
    assert!(refused(b"%PDF-1.7").to_string().contains("import-report"));
    let cut = tracker();
    assert!(matches!(refused(&cut[..cut.len() / 2]), ReadError::Binary { .. }));
}

#[test]
fn no_file_makes_it_take_time_or_memory_without_end() {
    let refused = |bytes: &[u8]| {
        let began = std::time::Instant::now();
        let error = import::read(bytes).unwrap_err().to_string();
        assert!(began.elapsed().as_secs() < 30, "{error} took {:?}", began.elapsed());
        error
    };
    let sheet = |inner: &str| raw_xlsx("", "<styleSheet/>", &[("Plan", inner)]);
    // A part that unpacks to far more than it is.
    assert!(refused(&sheet(&" ".repeat(30_000_000))).contains("times its size"));
    // More cells than a plan has.
    let cells = r#"<c><v>1</v></c>"#.repeat(400_000);
    assert!(refused(&sheet(&format!("<sheetData><row>{cells}</row></sheetData>"))).contains("cells"));
    // More text than a plan has.
    let text = |at: u64| (0..400).map(|n| (at * 7_919 + n * 104_729).to_string()).collect::<String>();
    let rows: Vec<String> = (1..6_000).map(text).collect();
    let rows: Vec<[&str; 1]> = rows.iter().map(|text| [text.as_str()]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| row.as_slice()).collect();
    assert!(refused(&sheet(&raw_rows(&rows))).contains("bytes of text"));
    // Nesting, and an entity that grows.
    assert!(refused(&sheet(&"<x>".repeat(1_000))).contains("deep"));
    let laughs = zip_with_entity();
    assert!(refused(&laughs).contains("no sound XML"));
    // What a sheet says of its size is not believed, and one merged area over all of it is as good as none.
    let rows = raw_rows(&[&["Ref", "Action", "Lead"], &["1", "Mend the crane", "Head of Cranes"]]);
    let vast = format!(
        r#"<dimension ref="A1:XFD1048576"/>{}<mergeCells><mergeCell ref="D1:XFD1048576"/></mergeCells>"#,
        rows.replace("<row>", r#"<row spans="1:16384">"#)
    );
    assert_eq!(read(&sheet(&vast)).rows.len(), 1);
    let parts: Vec<(String, &str)> = (0..1_001).map(|at| (format!("xl/{at}.xml"), "")).collect();
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert!(refused(&office::zip(&parts)).contains("parts"));
    let mut heavy = tracker();
    heavy.resize(import::plan::MAX_OFFICE_BYTES + 1, 0);
    assert!(refused(&heavy).contains("limit"));
}

fn zip_with_entity() -> Vec<u8> {
    office::zip(&[(
        "xl/workbook.xml",
        r#"<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]><workbook><sheets>&b;</sheets></workbook>"#,
    )])
}
