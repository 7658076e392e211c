//! Real reports, where they are at hand, against what somebody read from them by eye. None of their wording is in this project.
//!
//! Compared are all fields that a file can tell. Texts are equal once quotes, dashes and white space are alike. Not compared: what only
//! the place tells where a file was found (the slug, the provider's number, the listing), and the notes, which people write freely.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use import::inspection::read;
use serde_json::Value;

fn reports() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/ofsted-reports");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let mut reports: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|is| is == "pdf")).collect();
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
        let label: Value = serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
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
        let (wanted, items) = (label["recommendations"].as_array().unwrap(), found["recommendations"].as_array().unwrap());
        if wanted.len() != items.len() {
            wrong.push(format!("{name}: {} recommendations, read {}", wanted.len(), items.len()));
        }
        for (wanted, item) in wanted.iter().zip(items) {
            assert_eq!(names(wanted).len(), names(item).len(), "{name}: the same fields");
            for field in names(wanted) {
                if alike(&item[&field]) != alike(&wanted[&field]) {
                    let order = &wanted["order"];
                    wrong.push(format!("{name}: {field} of {order} is {}, read as {}", wanted[&field], item[&field]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}
