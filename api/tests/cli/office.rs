//! Plans kept in Excel and in Word: looked at, answered and loaded like any other.

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use crate::support::{connect, on_both, printed, run};

fn fixture(name: &str) -> String {
    format!("{}/../import/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn demo() -> String {
    format!("{}/../demo/buckinghamshire/programme.toml", env!("CARGO_MANIFEST_DIR"))
}

fn dry_run(file: &str) -> Value {
    serde_json::from_str(&printed(&["import", file, "--dry-run", "--json"])).unwrap()
}

/// Accepts whatever a dry run asks, as somebody does who agrees with all of it.
fn agreed(dry: &Value) -> String {
    let mut answers = String::new();
    for gap in dry["gaps"].as_array().unwrap() {
        answers +=
            &format!("[[answer]]\ngap = {gap}\nquestion = \"GAP_IN_NUMBERING\"\nbecause = \"left out\"\n");
    }
    let of = |questions: &Value| -> Vec<String> {
        let codes = questions.as_array().unwrap().iter().map(|question| question["code"].to_string());
        let mut codes: Vec<String> = codes.filter(|code| code != "\"GAP_IN_NUMBERING\"").collect();
        codes.dedup();
        codes
    };
    for code in of(&dry["questions"]) {
        answers += &format!("[[answer]]\nquestion = {code}\naccept = true\n");
    }
    for row in dry["rows"].as_array().unwrap() {
        for code in of(&row["questions"]) {
            answers += &format!("[[answer]]\nrow = {}\nquestion = {code}\naccept = true\n", row["reference"]);
        }
    }
    answers
}

/// The actions of a plan, in printed order: reference, due date, status.
async fn actions(url: &str, title: &str) -> Vec<String> {
    let db = connect(url).await;
    let sql = format!(
        "SELECT a.reference || ' ' || COALESCE(CAST(a.due_on AS TEXT), '-') || ' ' || a.status AS said FROM action a \
         JOIN plan p ON p.id = a.plan_id WHERE p.title = '{title}' ORDER BY a.position"
    );
    let backend = if url.starts_with("postgres") { DbBackend::Postgres } else { DbBackend::Sqlite };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "said").unwrap()).collect()
}

#[tokio::test]
async fn a_plan_in_excel_or_word_is_loaded_once() {
    on_both(&demo(), async |url| {
        let folder = tempfile::tempdir().unwrap();
        for (name, title, wanted) in [
            (
                "tracker.xlsx",
                "From Excel",
                ["1.9 2019-03-04 NOT_STARTED", "1.10 2019-03-31 NOT_STARTED", "1.11 2019-04-03 COMPLETE"],
            ),
            (
                "themes.docx",
                "From Word",
                ["A1 2019-03-31 NOT_STARTED", "A2 2019-03-31 NOT_STARTED", "A3 2019-03-31 NOT_STARTED"],
            ),
        ] {
            let file = fixture(name);
            let answers: PathBuf = folder.path().join("answers.toml");
            std::fs::write(&answers, agreed(&dry_run(&file))).unwrap();
            let plan =
                ["import", &file, "--programme", "buckinghamshire", "--plan", title, "--database-url", url];
            let answered = [plan.as_slice(), &["--answers", answers.to_str().unwrap()]].concat();

            let unanswered = run(&plan);
            let first = printed(&answered);
            let second = printed(&answered);

            assert_eq!(unanswered.status.code(), Some(1), "{name}");
            assert!(first.contains("is loaded"), "{first}");
            assert!(second.contains("nothing was changed"), "{second}");
            assert_eq!(actions(url, title).await, wanted, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_programme_file_can_name_a_plan_in_word() {
    on_both(&demo(), async |url| {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::copy(fixture("themes.docx"), at("plan.docx")).unwrap();
        std::fs::write(at("answers.toml"), agreed(&dry_run(&fixture("themes.docx")))).unwrap();
        let programme = "adds_to = \"buckinghamshire\"\n[[organisation]]\nkey = \"port\"\nname = \"Port of Harbour\"\nkind = \
                         \"OTHER\"\n[[plan]]\nkey = \"port\"\ntitle = \"Port plan\"\nowner = \"port\"\nactions_from = \
                         \"plan.docx\"\nanswers_from = \"answers.toml\"\n";
        std::fs::write(at("more.toml"), programme).unwrap();

        let loaded = printed(&["import", at("more.toml").to_str().unwrap(), "--database-url", url]);

        assert!(loaded.contains("is loaded"), "{loaded}");
        assert_eq!(actions(url, "Port plan").await.len(), 3);
    })
    .await;
}

#[test]
fn the_report_says_which_sheet_and_row_a_row_comes_from() {
    let report = printed(&["import", &fixture("tracker.xlsx"), "--dry-run"]);
    assert!(report.contains("1.10  (sheet \"Tracker\", table 1, row 5)"), "{report}");
}
