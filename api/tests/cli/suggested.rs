//! A dry run suggests links; a person decides; the import makes what was decided.

use std::path::Path;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use crate::support::{connect, on_both, printed, run};

const PROGRAMME: &str = r#"
[programme]
slug = "harbour"
name = "Harbour"
authority = "council"

[[organisation]]
key = "council"
name = "Harbour Council"
kind = "COUNCIL"

[[inspection]]
key = "ofsted"
title = "Inspection"
framework = "ILACS"
issued_on = 2018-01-29

[[inspection.recommendation]]
reference = "1"
text = "Ensure that night ferries carry enough lanterns, and that crews rehearse what to do in fog."

[[inspection.recommendation]]
text = "The supervision of lighthouse keepers at all levels."
"#;

const PLAN: &str = "No,Aim,Action,Lead,By when\n\
    1.1,To improve the supervision of lighthouse keepers at all levels,Visit,Harbour Master,Mar 2019\n\
    1.2,Be seen,Buy ropes,Harbour Master,Mar 2019\n";

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn a_link_is_suggested_decided_and_made() {
    let folder = tempfile::tempdir().unwrap();
    let programme = file(folder.path(), "harbour.toml", PROGRAMME);
    let plan = file(folder.path(), "plan.csv", PLAN);
    on_both(&programme, async |url| {
        let dry = ["import", &plan, "--programme", "harbour", "--database-url", url, "--dry-run"];

        let text = printed(&dry);
        let json: Value = serde_json::from_str(&printed(&[&dry[..], &["--json"]].concat())).unwrap();

        let suggestions = json["suggestions"].as_array().unwrap();
        assert_eq!(suggestions.len(), 1, "{json:#}");
        let found = &suggestions[0];
        assert_eq!((found["reference"].as_str(), found["score"].as_f64()), (Some("1.1"), Some(1.0)));
        assert_eq!((found["requirementReference"].as_str(), json["whyNoSuggestions"].as_str()), (None, None));
        assert_eq!(json["rows"][0]["requirements"], serde_json::json!([]), "nothing is linked by itself");
        let id = found["requirement"].as_str().unwrap();
        for line in ["1.1  1.00  aim: ", "[[link]]", "row = \"1.1\"", &format!("requirement = \"{id}\"")] {
            assert!(text.contains(line), "{text}");
        }

        let decided = format!("[[link]]\nrow = \"1.1\"\nrequirement = \"{id}\"\nqualifier = \"at night\"\n");
        let answers = file(folder.path(), "answers.toml", &decided);
        let again = printed(&[&dry[..], &["--answers", &answers]].concat());
        assert!(again.contains(&format!("{id} (at night)")) && again.contains("None: no row quotes"), "{again}");
        printed(&["import", &plan, "--programme", "harbour", "--plan", "Plan", "--answers", &answers, "--database-url", url]);

        let db = connect(url).await;
        let links = "SELECT q.text, l.qualifier FROM action_requirement l JOIN requirement q ON q.id = l.requirement_id";
        let links = db.query_all_raw(Statement::from_string(db.get_database_backend(), links)).await.unwrap();
        let links: Vec<(String, String)> =
            links.iter().map(|row| (row.try_get("", "text").unwrap(), row.try_get("", "qualifier").unwrap())).collect();
        db.close().await.unwrap();
        let expected = ("The supervision of lighthouse keepers at all levels.".to_owned(), "at night".to_owned());
        assert_eq!(links, [expected]);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_that_cannot_suggest_says_why_and_is_a_dry_run_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let programme = file(folder.path(), "harbour.toml", PROGRAMME);
    let plan = file(folder.path(), "plan.csv", PLAN);
    on_both(&programme, async |url| {
        let nowhere = format!("sqlite://{}", folder.path().join("none.sqlite").display());
        for (more, why) in [
            (vec![], "name the programme with --programme"),
            (vec!["--programme", "harbour"], "no database is named"),
            (vec!["--programme", "port", "--database-url", url], "there is no programme \"port\""),
            (vec!["--programme", "harbour", "--database-url", &nowhere], "there is no database at"),
        ] {
            let dry = [&["import", &plan, "--dry-run"], &more[..]].concat();
            let text = printed(&dry);
            let json: Value = serde_json::from_str(&printed(&[&dry[..], &["--json"]].concat())).unwrap();

            assert!(text.contains("2 rows understood") && text.contains(why), "{text}");
            assert!(json["suggestions"].is_null(), "{json:#}");
            assert!(json["whyNoSuggestions"].as_str().unwrap().contains(why), "{json:#}");
            assert_eq!(json["rows"].as_array().unwrap().len(), 2);
        }
        let unknown = "[[link]]\nrow = \"9.9\"\nrequirement = \"rec_0193f0a07c1d7b3c8a5e4f2b1c0d9e01\"\n";
        let answers = file(folder.path(), "answers.toml", unknown);
        let refused = run(&["import", &plan, "--dry-run", "--answers", &answers]);
        assert!(String::from_utf8(refused.stderr).unwrap().contains("link 1: there is no row 9.9"));
    })
    .await;
}
