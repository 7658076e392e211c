//! The demonstration programme, as each of its subjects sees it: what the README promises, to the letter.

use std::fmt::Write as _;

use chrono::{NaiveDate, Utc};
use serde_json::{Value, json};

use super::door::{Door, on_both};
use crate::position;
use crate::support::app::today;

/// The subjects of the demonstration, and no token.
const SUBJECTS: [Option<&str>; 10] = [
    Some("board-chair"),
    Some("board-member"),
    Some("programme-office"),
    Some("lead"),
    Some("police"),
    Some("health"),
    Some("scrutiny"),
    Some("admin"),
    Some("nobody"),
    None,
];

const COVERAGE: &str = "{ programme(slug: \"buckinghamshire\") { coverage { covered partial uncovered }
    recommendations(first: 50) { nodes { reference coverage source { title } } } } }";

const LISTS: &str = "{ programme(slug: \"buckinghamshire\") {
    sources(first: 50) { totalCount nodes { title } }
    plans { totalCount nodes { title status actions(first: 50) { totalCount } } }
    actions { totalCount } evidence(first: 50) { totalCount nodes { title marking } }
    secret: evidence(filter: { marking: { eq: OFFICIAL_SENSITIVE } }) { totalCount }
    red: actions(filter: { health: { eq: OFF_TRACK } }) { totalCount }
    late: actions(first: 50, filter: { isUpdateOverdue: { eq: true } }) { nodes { reference } } } }";

const THREAD: &str = "{ programme(slug: \"buckinghamshire\") { actions(first: 50, filter: { status: { eq: IN_PROGRESS } }) { nodes {
    reference rating { label } declaredHealth isUpdateOverdue updateDueOn viewerCan
    latestUpdate { reportedOn declaredHealth } evidence { totalCount } } } } }";

/// The demonstration beside the counties of the tests: two programmes more that its subjects must not meet. Without the
/// memberships of the counties, for some of their subjects have the same names.
async fn demonstrated(test: impl AsyncFn(&Door)) {
    on_both(async |door| {
        door.sql("DELETE FROM membership").await;
        door.sql("UPDATE programme SET is_public = FALSE").await;
        let day: NaiveDate = today();
        api::command::demo::load(&door.own.db, day).await.unwrap();
        test(door).await;
    })
    .await;
}

fn reviewed(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// What every subject is told; those who are told the same stand together.
async fn told(door: &Door, document: &str) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for subject in SUBJECTS {
        let answer = door.ask(subject, document, json!({})).await;
        let mut text = String::new();
        print(&mut text, &answer, 0);
        let name = subject.unwrap_or("(no token)");
        match groups.iter_mut().find(|(same, _)| *same == text) {
            Some((_, who)) => who.push(name),
            None => groups.push((text, vec![name])),
        }
    }
    let mut all = String::new();
    for (text, who) in groups {
        let _ = writeln!(all, "## {}\n{text}\n", who.join(", "));
    }
    all
}

#[tokio::test]
async fn each_subject_of_the_demonstration_sees_exactly_this() {
    demonstrated(async |door| {
        reviewed("demo_coverage", &told(door, COVERAGE).await);
        reviewed("demo_lists", &told(door, LISTS).await);
        reviewed("demo_thread", &told(door, THREAD).await);
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_stands_now_as_its_lists_say() {
    demonstrated(async |door| {
        for subject in SUBJECTS {
            let variables = json!({ "slug": "buckinghamshire", "at": Utc::now().to_rfc3339() });
            let answer = door.ask(subject, position::NOW, variables).await;
            if !answer["programme"].is_null() {
                let actions = position::agree(&answer["programme"], subject.unwrap_or("(no token)"));
                assert!(actions >= 21, "{subject:?}: {actions}");
            }
        }
    })
    .await;
}

/// Writes JSON for people: what fits into a line stands in one.
fn print(text: &mut String, value: &Value, depth: usize) {
    let inner = "  ".repeat(depth + 1);
    let short = value.to_string();
    let (open, parts, close) = match value {
        Value::Object(fields) if short.len() > 130 => {
            ('{', fields.iter().map(|(key, value)| (format!("{key}: "), value)).collect::<Vec<_>>(), '}')
        }
        Value::Array(items) if short.len() > 130 => {
            ('[', items.iter().map(|value| (String::new(), value)).collect(), ']')
        }
        _ => return text.push_str(&short),
    };
    text.push(open);
    for (key, value) in parts {
        let _ = write!(text, "\n{inner}{key}");
        print(text, value, depth + 1);
    }
    let _ = write!(text, "\n{}{close}", "  ".repeat(depth));
}

/// The rows of the phase 2 plan as a subject sees them.
async fn phase_2(door: &Door, subject: &str) -> Vec<Value> {
    let document = "{ programme(slug: \"buckinghamshire\") { plans(first: 6) { nodes { title actions(first: 30) { nodes { reference status notes
        requirements(first: 8) { edges { qualifier node { reference __typename source { title issuedOn } } } }
        unspecifiedDirections { title } } } } } } }";
    let answer = door.ask(Some(subject), document, json!({})).await;
    let plans = answer["programme"]["plans"]["nodes"].as_array().unwrap();
    let plan = plans.iter().find(|plan| plan["title"].as_str().unwrap().contains("Phase 2")).unwrap();
    plan["actions"]["nodes"].as_array().unwrap().clone()
}

fn references(rows: &[Value], which: impl Fn(&Value) -> bool) -> Vec<&str> {
    rows.iter().filter(|row| which(row)).map(|row| row["reference"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_demonstration_is_the_real_plan_with_its_gaps() {
    demonstrated(async |door| {
        for subject in ["board-member", "police", "scrutiny", "lead", "admin"] {
            let rows = phase_2(door, subject).await;
            let all = [
                "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "2.1", "2.2", "2.3",
                "2.4", "2.5", "2.6", "2.8", "3.1", "3.2", "3.3", "4.1",
            ];
            assert_eq!(references(&rows, |_| true), all, "{subject}");

            let is_unspecified = |row: &Value| row["unspecifiedDirections"] != json!([]);
            assert_eq!(references(&rows, is_unspecified), ["1.2", "1.9", "2.1", "2.3", "2.8"], "{subject}");

            let has_source = |row: &Value| is_unspecified(row) || row["requirements"]["edges"] != json!([]);
            let without = references(&rows, |row| !has_source(row) && row["reference"] != "2.2");
            assert_eq!(without, ["1.5", "2.5", "2.6", "3.1", "3.2", "3.3", "4.1"], "{subject}");

            let stub = rows.iter().find(|row| row["reference"] == "2.2").unwrap();
            assert_eq!((&stub["status"], has_source(stub)), (&json!("COMPLETE"), false), "{subject}");
            assert!(stub["notes"].is_string());

            let asylum = |row: &Value| {
                let mut edges = row["requirements"]["edges"].as_array().unwrap().iter();
                edges.any(|edge| edge["node"]["reference"] == "7" && edge["qualifier"].is_string())
            };
            assert!(!references(&rows, asylum).is_empty(), "{subject}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_ten_recommendations_stand_as_the_plan_has_them() {
    demonstrated(async |door| {
        for subject in
            ["board-chair", "board-member", "programme-office", "lead", "police", "health", "scrutiny"]
        {
            let answer = door.ask(Some(subject), COVERAGE, json!({})).await;
            let nodes = answer["programme"]["recommendations"]["nodes"].as_array().unwrap();
            let of_2018 = nodes.iter().filter(|node| {
                let title = node["source"]["title"].as_str().unwrap();
                title.contains("2017") || title.contains("2018")
            });
            let found: Vec<(&str, &str)> = of_2018
                .map(|node| (node["reference"].as_str().unwrap(), node["coverage"].as_str().unwrap()))
                .collect();
            let mut expected = Vec::new();
            for number in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
                expected.push((number, if number == "7" { "PARTIAL" } else { "COVERED" }));
            }
            assert_eq!(found, expected, "{subject}: {answer:#}");
        }
    })
    .await;
}
