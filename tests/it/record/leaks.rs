//! What the record must not give away.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{every_change, history, items, said};
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

/// Every global id that stands in a text.
fn ids_in(text: &str) -> BTreeSet<String> {
    let is_id = |word: &&str| {
        word.len() == 36
            && word.as_bytes()[3] == b'_'
            && word[4..].bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(is_id).map(str::to_owned).collect()
}

/// Which of the ids the persona may ask for.
async fn seen(app: &TestApp, persona: Persona, ids: &BTreeSet<String>) -> BTreeSet<String> {
    let ids: Vec<&String> = ids.iter().collect();
    let mut seen = BTreeSet::new();
    for some in ids.chunks(100) {
        let answer = app
            .query(persona, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": some }))
            .await;
        let nodes = answer.data()["nodes"].as_array().unwrap();
        seen.extend(nodes.iter().filter_map(|node| node["id"].as_str()).map(str::to_owned));
    }
    seen
}

const EVERYTHING: &str = "sequence entityType entityId changes { field before after } node { id }";

#[tokio::test]
async fn every_id_in_the_record_is_one_that_the_viewer_may_ask_for() {
    reading_both(async |app| {
        for (slug, personas) in [
            ("northshire", &Persona::ALL[..9]),
            ("southmere", &[Persona::SouthmereOffice, Persona::Nobody, Persona::Anonymous, Persona::Police]),
        ] {
            for persona in personas {
                let entries = every_change(app, *persona, slug, EVERYTHING).await;
                assert!(!entries.is_empty(), "{persona:?}");
                let ids = ids_in(&Value::from(entries).to_string());
                assert_eq!(seen(app, *persona, &ids).await, ids, "{persona:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_subject_and_nothing_reported_comes_out() {
    reading_both(async |app| {
        for persona in &Persona::ALL[..9] {
            for entry in every_change(app, *persona, "northshire", EVERYTHING).await {
                for change in entry["changes"].as_array().unwrap() {
                    let field = change["field"].as_str().unwrap();
                    assert!(!field.to_lowercase().contains("subject"), "{persona:?} {entry}");
                    let is_reported = entry["entityType"] == "Action"
                        && ["declaredHealth", "updateDueOn", "latestUpdate"].contains(&field);
                    assert!(!is_reported, "{persona:?} {entry}");
                    // What means nothing to clients.
                    assert!(!["position", "version", "createdAt", "programme"].contains(&field), "{entry}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_leaves_out_what_is_hidden() {
    on_both(async |app| {
        let mut to = app.write().await;
        let police = to.record.party("Northshire Police").clone();
        let [open, hidden] = ["1.2", "D1"].map(|number| to.record.action(number).clone());
        let piece = to.evidence("On two actions", "OFFICIAL", |_| {}).await;
        to.shows_for(&piece, &open).await;
        to.shows_for(&piece, &hidden).await;
        let only_hidden = to.evidence("On a hidden action", "OFFICIAL", |_| {}).await;
        to.shows_for(&only_hidden, &hidden).await;
        to.share(&only_hidden, &police).await;
        to.commit().await;
        let of = async |persona: Persona, id: uuid::Uuid| {
            history(app, persona, "Evidence", &gid("evd", id), EVERYTHING).await.swap_remove(0)
        };
        let (open, hidden) = (gid("act", open.id), gid("act", hidden.id));

        let all = of(Persona::ProgrammeOffice, piece.id).await;
        assert_eq!(items(said(&all, "actions").unwrap().1), json!([{ "id": open }, { "id": hidden }]));
        let some = of(Persona::Police, piece.id).await;
        assert_eq!(items(said(&some, "actions").unwrap().1), json!([{ "id": open }]));
        // Where nothing is left, the field is not named.
        let none = of(Persona::Police, only_hidden.id).await;
        assert_eq!(said(&none, "actions"), None);
        assert!(said(&none, "sharedWith").is_some());
    })
    .await;
}

#[tokio::test]
async fn the_public_is_told_of_no_person() {
    reading_both(async |app| {
        let plan = app.world.plan("Southmere plan").id;
        let action = app.world.actions.iter().find(|action| action.plan_id == plan).unwrap();
        let id = gid("act", action.id);
        let group = gid("grp", app.world.party("Southmere board").id);

        for persona in [Persona::Anonymous, Persona::Nobody] {
            let entry = history(app, persona, "Action", &id, EVERYTHING).await.swap_remove(0);
            assert_eq!(items(said(&entry, "leads").unwrap().1), json!([{ "id": group }]), "{persona:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_history_of_a_public_body_tells_of_no_programme_out_of_sight() {
    reading_both(async |app| {
        let council = gid("org", app.world.party("Northshire Council").id);
        let entries = async |persona: Persona| {
            history(app, persona, "Organisation", &council, "sequence reason").await.len()
        };

        for persona in [Persona::Chair, Persona::Police, Persona::Scrutiny, Persona::Admin] {
            assert_eq!(entries(persona).await, 1, "{persona:?}");
        }
        // They see the council, and nothing of what another programme did.
        for persona in [Persona::SouthmereOffice, Persona::Nobody, Persona::Anonymous] {
            assert_eq!(entries(persona).await, 0, "{persona:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_took_something_out_of_sight_says_nothing_of_it() {
    on_both(async |app| {
        let before = app.world.piece("OFFICIAL on 1.2, kept").clone();
        let mut to = app.write().await;
        let mut after = before.clone();
        (after.marking, after.title) = ("OFFICIAL_SENSITIVE".to_owned(), "Who was seen".to_owned());
        to.cx.update(&before, after).await.unwrap();
        to.commit().await;
        let id = gid("evd", before.id);
        let of = async |persona: Persona| {
            let entries = every_change(app, persona, "northshire", EVERYTHING).await;
            entries.into_iter().filter(|entry| entry["entityId"] == id).collect::<Vec<_>>()
        };

        let board = of(Persona::Chair).await;
        assert_eq!(board.len(), 2);
        assert_eq!(said(&board[1], "title").unwrap().1, "Who was seen");
        assert_eq!(board[1]["node"]["id"], id);
        let police = of(Persona::Police).await;
        let [entry] = police.as_slice() else { panic!("{police:?}") };
        assert_eq!(entry["changes"], json!([]));
        assert_eq!(entry["node"], Value::Null);
    })
    .await;
}
