//! The feed of a programme: by type, page by page, while others write.

use serde_json::{Value, json};

use super::every_change;
use crate::support::pages::{List, Pages, walk};
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

fn feed(given: &'static str) -> List {
    List { of: "Programme", field: "changes", given, declared: "", node: "sequence" }
}

fn northshire(app: &TestApp) -> Value {
    json!({ "id": gid("prg", app.world.programme("northshire").id) })
}

#[tokio::test]
async fn types_limit_the_feed() {
    reading_both(async |app| {
        for persona in [Persona::Chair, Persona::Police, Persona::Scrutiny, Persona::Admin] {
            let all = every_change(app, persona, "northshire", "sequence entityType").await;
            for (given, types) in [
                ("types: [\"Action\"]", &["Action"][..]),
                ("types: \"Step\"", &["Step"]),
                ("types: [\"Person\", \"Plan\", \"Person\"]", &["Person", "Plan"]),
                ("types: []", &[]),
            ] {
                let is_meant = |entry: &&Value| types.contains(&entry["entityType"].as_str().unwrap());
                let expected: Vec<String> =
                    all.iter().filter(is_meant).map(|entry| entry["sequence"].to_string()).collect();
                for backwards in [false, true] {
                    let walked = walk(app, persona, &feed(given), &northshire(app), 7, backwards).await;
                    assert_eq!(walked, expected, "{persona:?} {given}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_type_is_refused_with_the_known_ones() {
    reading_both(async |app| {
        let document = "{ programme(slug: \"northshire\") { changes(types: [\"Action\", \"Actions\"]) { totalCount } } }";

        let (code, message) = app.refusal(Persona::Chair, document, json!({})).await;

        assert_eq!(code, "BAD_USER_INPUT");
        assert!(message.starts_with("types.1: \"Actions\" is not"), "{message}");
        assert!(message.contains("Action, Step") && message.contains("DirectionTerm"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_other_types_is_refused() {
    reading_both(async |app| {
        let page = |given: &str| {
            format!("{{ programme(slug: \"northshire\") {{ changes(first: 1{given}) {{ pageInfo {{ endCursor }} }} }} }}")
        };
        let cursor = async |given: &str| {
            let data = app.data(Persona::Chair, &page(given), json!({})).await;
            data["programme"]["changes"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
        };
        let of_both = cursor(", types: [\"Action\", \"Step\"]").await;
        let of_all = cursor("").await;

        for (given, cursor) in
            [("", &of_both), (", types: [\"Action\"]", &of_both), (", types: [\"Action\"]", &of_all)]
        {
            let document = page(&format!("{given}, after: \"{cursor}\""));
            let (code, _) = app.refusal(Persona::Chair, &document, json!({})).await;
            assert_eq!(code, "BAD_USER_INPUT", "{given}");
        }
        // The same types in another order are the same list.
        let document = page(&format!(", types: [\"Step\", \"Action\"], after: \"{of_both}\""));
        app.data(Persona::Chair, &document, json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_skipped_or_repeated_while_writers_append() {
    on_both(async |app| {
        let write = async |round: usize| {
            let mut to = app.write().await;
            let council = to.record.party("Northshire Council").clone();
            let plan = to.plan(&format!("Round {round}"), "AGREED", &council, |_| {}).await;
            for number in 0..3 {
                to.action(&plan, &format!("R{round}.{number}"), |_| {}).await;
            }
            to.commit().await;
        };
        let list = feed("");
        let mut pages = Pages::new(app, Persona::Chair, &list, &northshire(app), 9, false);
        pages.grows = true;
        let mut read = Vec::new();
        let mut rounds = 0..12;
        loop {
            // Reading goes on while two writers are at it, and ends only when they have.
            let page = match (rounds.next(), rounds.next()) {
                (Some(one), Some(other)) => {
                    let (_, _, page) = tokio::join!(write(one), write(other), pages.next());
                    page
                }
                _ => pages.next().await,
            };
            let Some(page) = page else { break };
            read.extend(page);
        }

        let all = every_change(app, Persona::Chair, "northshire", "sequence").await;
        let all: Vec<String> = all.iter().map(|entry| entry["sequence"].to_string()).collect();
        assert_eq!(read, all);
        assert!(rounds.next().is_none(), "the writers have written everything");
    })
    .await;
}
