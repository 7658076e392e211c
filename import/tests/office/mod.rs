//! Makes office files for the tests, of invented content: archives of parts, documents of Word, sheets as raw XML.
#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;

use import::plan::{QuestionCode, Row, Understanding, extract, understand};

/// A zip archive of these parts.
pub fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, text) in parts {
        let (mut entry, config) =
            archive.new_file(name).compression_method(rawzip::CompressionMethod::DEFLATE).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut writer = config.wrap(encoder);
        writer.write_all(text.as_bytes()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// Files that others take from the disk hold what is made here: the same is read of both. They are not compared byte by byte, because
/// programs write the day into what they make. Written anew by: `WRITE_KEPT=1 cargo test -p import kept`.
pub fn are_kept(folder: &str, files: &[(&str, Vec<u8>)]) {
    for (name, made) in files {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
        if std::env::var_os("WRITE_KEPT").is_some() {
            std::fs::write(&path, made).unwrap();
        }
        let kept = import::read(&std::fs::read(&path).unwrap());
        assert_eq!(kept, import::read(made), "{folder}/{name} is another file: write it anew");
    }
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;

fn relations(of: &[(&str, &str)]) -> String {
    let one = |(at, (kind, target)): (usize, &(&str, &str))| {
        format!(
            r#"<Relationship Id="rId{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>"#,
            at + 1
        )
    };
    let all: String = of.iter().enumerate().map(one).collect();
    format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{all}</Relationships>"#
    )
}

/// A document of this body, with the usual headings and two lists: 1 has numbers ("1.", "1.1"), 2 has bullets.
pub fn docx(body: &str) -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}<w:sectPr/></w:body></w:document>"#
    );
    let styles = r#"<w:styles xmlns:w="w"><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style></w:styles>"#;
    let numbering = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#;
    zip(&[
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", &relations(&[("officeDocument", "word/document.xml")])),
        ("word/document.xml", &document),
        (
            "word/_rels/document.xml.rels",
            &relations(&[("styles", "styles.xml"), ("numbering", "/word/numbering.xml")]),
        ),
        ("word/styles.xml", styles),
        ("word/numbering.xml", numbering),
    ])
}

/// A run of text.
pub fn r(text: &str) -> String {
    format!(r#"<w:r><w:t xml:space="preserve">{}</w:t></w:r>"#, escaped(text))
}

/// A run of struck text.
pub fn struck(text: &str) -> String {
    format!(r#"<w:r><w:rPr><w:strike/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>"#, escaped(text))
}

/// A paragraph of runs.
pub fn p(runs: &str) -> String {
    format!("<w:p>{runs}</w:p>")
}

/// A heading outside of any table.
pub fn heading(level: u8, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="Heading{level}"/></w:pPr>{}</w:p>"#, r(text))
}

/// A paragraph of a list.
pub fn li(list: u32, level: u32, text: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr></w:pPr>{}</w:p>"#,
        r(text)
    )
}

/// A cell of text, a paragraph for each line.
pub fn c(text: &str) -> String {
    let paragraphs: String = text.split('\n').map(|line| p(&r(line))).collect();
    cell("", &paragraphs)
}

/// A cell of paragraphs with properties.
pub fn cell(properties: &str, paragraphs: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>")
}

/// A cell that is filled.
pub fn filled(hex: &str, text: &str) -> String {
    cell(&format!(r#"<w:shd w:val="clear" w:color="auto" w:fill="{hex}"/>"#), &p(&r(text)))
}

/// A cell over several columns.
pub fn wide(columns: u32, text: &str) -> String {
    cell(&format!(r#"<w:gridSpan w:val="{columns}"/>"#), &p(&r(text)))
}

/// The first of several cells that are merged downwards.
pub fn tall(text: &str) -> String {
    cell(r#"<w:vMerge w:val="restart"/>"#, &p(&r(text)))
}

/// A further one.
pub fn lower() -> String {
    cell("<w:vMerge/>", "<w:p/>")
}

pub fn tr(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

/// A row of cells of text.
pub fn row(cells: &[&str]) -> String {
    tr(&cells.iter().map(|text| c(text)).collect::<Vec<_>>())
}

/// A table of so many columns.
pub fn table(columns: usize, rows: &[String]) -> String {
    let grid = r#"<w:gridCol w:w="1000"/>"#.repeat(columns);
    format!("<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{}</w:tbl>", rows.concat())
}

/// A workbook of sheets in raw XML, as other programs than Excel write them: no shared texts, no styles but these.
pub fn raw_xlsx(workbook: &str, styles: &str, sheets: &[(&str, &str)]) -> Vec<u8> {
    let names: String = sheets
        .iter()
        .enumerate()
        .map(|(at, (name, _))| {
            format!(r#"<sheet name="{}" sheetId="{}" r:id="rId{}"/>"#, escaped(name), at + 1, at + 1)
        })
        .collect();
    let book = format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{workbook}<sheets>{names}</sheets></workbook>"#
    );
    let files: Vec<String> = (1..=sheets.len()).map(|at| format!("worksheets/sheet{at}.xml")).collect();
    let mut targets: Vec<(&str, &str)> = files.iter().map(|file| ("worksheet", file.as_str())).collect();
    targets.push(("styles", "styles.xml"));
    let paths: Vec<String> = files.iter().map(|file| format!("xl/{file}")).collect();
    let xml: Vec<String> =
        sheets.iter().map(|(_, inner)| format!("<worksheet>{inner}</worksheet>")).collect();
    let (top, below) = (relations(&[("officeDocument", "xl/workbook.xml")]), relations(&targets));
    let mut parts: Vec<(&str, &str)> = vec![
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", &top),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &below),
        ("xl/styles.xml", styles),
    ];
    parts.extend(paths.iter().map(String::as_str).zip(xml.iter().map(String::as_str)));
    zip(&parts)
}

/// A sheet's data of texts alone.
pub fn raw_rows(rows: &[&[&str]]) -> String {
    let row = |cells: &&[&str]| {
        let cells: String = cells
            .iter()
            .map(|text| format!(r#"<c t="inlineStr"><is><t>{}</t></is></c>"#, escaped(text)))
            .collect();
        format!("<row>{cells}</row>")
    };
    format!("<sheetData>{}</sheetData>", rows.iter().map(row).collect::<String>())
}

/// Reads a file the long way: what is taken out of it goes through JSON, as between two processes.
pub fn read(bytes: &[u8]) -> Understanding {
    let mut told = Vec::new();
    let document = extract(bytes, &mut |done, of| told.push((done, of))).unwrap();
    assert!(told.last().is_some_and(|(done, of)| done == of), "progress comes to its end: {told:?}");
    let json = serde_json::to_string(&document).unwrap();
    let again = serde_json::from_str(&json).unwrap();
    assert_eq!(document, again, "a document is the same after it was written down");
    assert_eq!(import::read(bytes).unwrap(), understand(&again));
    understand(&again)
}

pub fn codes(row: &Row) -> Vec<&'static str> {
    row.questions.iter().map(|question| question.code.as_str()).collect()
}

pub fn asks(row: &Row, code: QuestionCode) -> bool {
    row.questions.iter().any(|question| question.code == code)
}

pub fn file_codes(understanding: &Understanding) -> Vec<&'static str> {
    understanding.questions.iter().map(|question| question.code.as_str()).collect()
}

/// The row of a number.
pub fn of<'a>(understanding: &'a Understanding, number: &str) -> &'a Row {
    let found = understanding.rows.iter().find(|row| row.reference.as_deref() == Some(number));
    found.unwrap_or_else(|| panic!("no row {number}: {:?}", numbers(understanding)))
}

pub fn numbers(understanding: &Understanding) -> Vec<&str> {
    understanding.rows.iter().map(|row| row.reference.as_deref().unwrap_or("-")).collect()
}

pub fn due(row: &Row) -> String {
    row.due_on.map(|day| day.to_string()).unwrap_or_default()
}

pub fn leads(row: &Row) -> Vec<&str> {
    row.leads.iter().map(|lead| lead.printed.as_str()).collect()
}

/// Was a text left out for a reason that says this?
pub fn ignored(understanding: &Understanding, text: &str, why: &str) -> bool {
    understanding.ignored.iter().any(|ignored| ignored.text.contains(text) && ignored.why.contains(why))
}
