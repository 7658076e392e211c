//! How well links are suggested, measured on the real plan and the real reports, where they are at hand. Nothing of their wording is
//! in this project: counts only. `docs/import.md` states the figures.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use import::plan::{Cell, Demand, Row, Suggestion, Understanding, read, suggest};
use serde_json::Value;

fn shared(folder: &str) -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|file| file.path()).collect();
    files.sort();
    Some(files)
}

fn named(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The recommendations of every report, with the report's name.
fn reports() -> Vec<(String, Vec<Demand>)> {
    let files = shared("ofsted-reports").unwrap_or_default();
    let labels = files.iter().filter(|path| path.extension().is_some_and(|ext| ext == "json"));
    let report = |path: &PathBuf| {
        let label: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let given = label["recommendations"].as_array().unwrap().iter();
        let demand = |given: &Value| Demand {
            id: given["order"].to_string(),
            reference: given["n"].as_i64().map(|n| n.to_string()),
            text: given["text"].as_str().unwrap().to_owned(),
        };
        (named(path), given.map(demand).collect())
    };
    labels.map(report).collect()
}

/// The real plan with nothing that names a recommendation, and what it names: row and number.
fn hidden_plan() -> Option<(Understanding, BTreeSet<(String, String)>)> {
    let files = shared("seeds")?;
    let path = files.iter().find(|path| named(path).starts_with("001_"))?;
    let mut plan = read(&fs::read(path).unwrap()).unwrap();
    let mut truth = BTreeSet::new();
    for row in &mut plan.rows {
        let number = row.reference.clone().unwrap();
        truth.extend(row.requirements.drain(..).map(|link| (number.clone(), link.reference)));
        row.originals.retain(|printed| !matches!(printed.cell, Cell::Reference | Cell::Requirements));
    }
    Some((plan, truth))
}

fn pairs(suggestions: &[Suggestion]) -> Vec<(String, String)> {
    let pair =
        |found: &Suggestion| (found.reference.clone().unwrap(), found.requirement_reference.clone().unwrap());
    suggestions.iter().map(pair).collect()
}

#[test]
fn what_the_real_plan_prints_is_found_without_its_numbers() {
    let (Some((plan, truth)), reports) = (hidden_plan(), reports()) else { return };
    let Some((_, asked)) = reports.iter().find(|(name, _)| name == "buckinghamshire-2018-01-29.json") else {
        return;
    };

    let found = pairs(&suggest(&plan, asked));

    // Most rows name a recommendation without a word of it: what is not said cannot be found. What is found must be right.
    let right = found.iter().filter(|pair| truth.contains(*pair)).count();
    assert_eq!((right, found.len(), truth.len()), (2, 2, 13), "{found:?}");
}

#[test]
fn what_other_authorities_were_told_is_hardly_ever_suggested() {
    let (Some((plan, _)), reports) = (hidden_plan(), reports()) else { return };
    let others = reports.iter().filter(|(name, _)| !name.starts_with("buckinghamshire-2018"));
    let (mut compared, mut suggested) = (0, 0);
    for (_, asked) in others {
        suggested += suggest(&plan, asked).len();
        compared += asked.len() * plan.rows.len();
    }
    assert!(suggested * 250 <= compared, "{suggested} of {compared}");
}

/// A row that says this.
fn row(aim: String) -> Understanding {
    let row = Row { reference: Some("1.1".to_owned()), aim: Some(aim), ..Row::default() };
    Understanding { rows: vec![row], gaps: Vec::new(), questions: Vec::new(), ignored: Vec::new() }
}

/// A way to say a recommendation again.
type Saying = fn(&[&str]) -> String;

/// Words around a quotation, as a plan has them.
const AROUND: &str =
    "To hold monthly workshops with partners about the new framework, and publish what they decide, so that";

/// Each with the least share of all recommendations that are found by it, in hundredths.
const SAYINGS: &[(&str, usize, Saying)] = &[
    ("word by word", 100, |words| words.join(" ")),
    ("with every sixth word left out", 95, |words| {
        let kept = words.iter().enumerate().filter(|(at, _)| at % 6 != 5).map(|(_, word)| *word);
        format!("To {}", kept.collect::<Vec<_>>().join(" "))
    }),
    ("its halves exchanged", 100, |words| {
        let (one, two) = words.split_at(words.len() / 2);
        format!("{} {}", two.join(" "), one.join(" "))
    }),
    ("its first half", 85, |words| words[..words.len().div_ceil(2)].join(" ")),
    ("its second half", 85, |words| words[words.len() / 2..].join(" ")),
    ("ten words of it within a longer aim", 80, |words| {
        let from = words.len().saturating_sub(10) / 2;
        let part = words[from..words.len().min(from + 10)].join(" ");
        format!("{AROUND} {part} in every locality by the summer")
    }),
];

#[test]
fn what_is_said_again_is_found_and_little_else() {
    for (what, least, say) in SAYINGS {
        let (mut all, mut found, mut best, mut others) = (0, 0, 0, 0);
        for (_, asked) in reports() {
            for demand in &asked {
                let words: Vec<&str> = demand.text.split_whitespace().collect();
                let suggestions = suggest(&row(say(&words)), &asked);
                let is_it = |found: &&Suggestion| found.requirement == demand.id;
                let right = suggestions.iter().filter(is_it).count();
                all += 1;
                found += right;
                best += suggestions.first().iter().filter(|found| is_it(found)).count();
                others += suggestions.len() - right;
            }
        }
        // Others are mostly a report's own second copy, for its safeguarding board.
        let told = format!("{what}: {found} of {all} found, {best} first, {others} others");
        assert!(found * 100 >= least * all && best + 1 >= found && others * 40 <= all, "{told}");
    }
}
