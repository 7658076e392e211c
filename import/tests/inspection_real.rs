//! Real reports, where they are at hand, against what somebody read from them by eye. None of their wording is in this project.
//!
//! Compared are all fields that a file can tell. Texts are equal once quotes, dashes and white space are alike. Not compared: what only
//! the place tells where a file was found (the slug, the provider's number, the listing), and the notes, which people write freely.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use import::inspection::{Report, read, understand};
use import::pdf::{Document, UNKNOWN, Word};
use serde_json::Value;

fn reports() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/ofsted-reports");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let mut reports: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|is| is == "pdf")).collect();
    reports.sort();
    reports
}

/// One kind of quote and dash, single spaces; anything else as it is.
fn alike(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let text: String = text
                .chars()
                .map(|character| match character {
                    '‘' | '’' => '\'',
                    '“' | '”' => '"',
                    '‐' | '‑' | '–' | '—' | '─' => '-',
                    other => other,
                })
                .collect();
            Value::String(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Value::Array(list) => Value::Array(list.iter().map(alike).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), alike(value))).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn the_real_reports_come_out_as_they_were_read_by_eye() {
    const OF_REPORT: &[&str] = &[
        "sha256",
        "pages",
        "bytes",
        "authority",
        "authority_key",
        "framework",
        "inspection_type_derived",
        "licence_printed",
        "inspection_dates_printed",
        "inspection_started",
        "inspection_ended",
        "published",
        "judgements",
    ];
    let mut wrong = Vec::new();
    for path in reports() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let label: Value =
            serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
        let mut pages = 0;
        let report = match read(&std::fs::read(&path).unwrap(), &mut |done, _| pages = done) {
            Ok(report) => report,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        assert_eq!(pages, report.pages, "the progress reaches the last page");
        let found = serde_json::to_value(&report).unwrap();
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for field in names(&label) {
            assert!(found.get(&field).is_some(), "{name}: there is no field {field}");
        }
        for field in OF_REPORT {
            if alike(&found[field]) != alike(&label[field]) {
                wrong.push(format!("{name}: {field} is {}, read as {}", label[field], found[field]));
            }
        }
        let (wanted, items) =
            (label["recommendations"].as_array().unwrap(), found["recommendations"].as_array().unwrap());
        if wanted.len() != items.len() {
            wrong.push(format!("{name}: {} recommendations, read {}", wanted.len(), items.len()));
        }
        for (wanted, item) in wanted.iter().zip(items) {
            assert_eq!(names(wanted).len(), names(item).len(), "{name}: the same fields");
            for field in names(wanted) {
                if alike(&item[&field]) != alike(&wanted[&field]) {
                    let order = &wanted["order"];
                    wrong.push(format!(
                        "{name}: {field} of {order} is {}, read as {}",
                        wanted[&field], item[&field]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// One change of how a document is laid out, which changes nothing of what it says.
type Change = fn(&mut Word, &mut f32, u32);

/// Changes of layout, by name: nothing may hang on the numbers of one file.
const CHANGES: &[(&str, Change)] = &[
    ("smaller", |word, y, _| scale(word, y, 0.75)),
    ("larger", |word, y, _| scale(word, y, 1.3)),
    ("further to the right", |word, _, _| word.x = (word.x.0 + 25.0, word.x.1 + 25.0)),
    ("with lines that are not quite level", |_, y, place| {
        *y += if place.is_multiple_of(2) { 0.4 } else { -0.4 }
    }),
    ("without bold", |word, _, _| word.is_bold = false),
    ("with dots for bullets", |word, _, _| bullet(word, "•")),
    ("with arrows for bullets", |word, _, _| bullet(word, "➢")),
    ("with bullets that nobody knows", |word, _, _| bullet(word, &UNKNOWN.to_string())),
    ("with other dashes and quotes", |word, _, _| word.text = word.text.replace('’', "'").replace('–', "-")),
];

fn scale(word: &mut Word, y: &mut f32, by: f32) {
    word.x = (word.x.0 * by, word.x.1 * by);
    word.size *= by;
    *y *= by;
}

fn bullet(word: &mut Word, with: &str) {
    if ["\u{F06E}", "◼", "■", "\u{F0B7}"].contains(&word.text.as_str()) {
        word.text = with.to_owned();
    }
}

fn changed(document: &Document, change: Change, is_scaled: Option<f32>) -> Document {
    let mut document = document.clone();
    for page in &mut document.pages {
        page.height *= is_scaled.unwrap_or(1.0);
        for (place, line) in page.lines.iter_mut().enumerate() {
            let before = line.y;
            for word in &mut line.words {
                let mut y = before;
                change(word, &mut y, u32::try_from(place).unwrap());
                line.y = y;
            }
        }
    }
    document
}

/// What must not change with the layout.
fn essence(report: &Report) -> Vec<String> {
    let plain = |text: &str| text.replace(['’', '‘'], "'").replace('–', "-");
    let days = (report.inspection_started, report.inspection_ended, report.published, report.framework);
    let mut all = vec![format!("{} {days:?}", plain(&report.authority))];
    all.extend(report.judgements.iter().map(|of| format!("{} {}", of.area, of.grade)));
    all.extend(
        report
            .recommendations
            .iter()
            .map(|of| format!("{:?} {} {} {} {}", of.n, of.part, of.immediate, of.page, plain(&of.text))),
    );
    all
}

#[test]
fn what_a_report_says_does_not_hang_on_the_numbers_of_its_layout() {
    let mut wrong = Vec::new();
    for path in reports() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let document = import::pdf::read(&std::fs::read(&path).unwrap(), &mut |_, _| {}).unwrap();
        let plain = essence(&understand(&document).unwrap());
        for (how, change) in CHANGES {
            let scaled = match *how {
                "smaller" => Some(0.75),
                "larger" => Some(1.3),
                _ => None,
            };
            match understand(&changed(&document, *change, scaled)) {
                Ok(report) if essence(&report) == plain => {}
                Ok(report) => {
                    let found = essence(&report);
                    let first = plain.iter().zip(&found).find(|(a, b)| a != b);
                    wrong.push(format!("{name} {how}: {} for {}, {first:?}", found.len(), plain.len()));
                }
                Err(error) => wrong.push(format!("{name} {how}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}
