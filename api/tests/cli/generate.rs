//! `generate` makes invented programmes: the same for the same seed, as many as asked for, whole in their ledgers.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use crate::support::{connect, on_both_empty, printed, ready, run, serve, verify};

const SMALL: [&str; 8] = ["--programmes", "3", "--actions", "70", "--updates", "200", "--evidence", "101"];

fn generate<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["generate", "--database-url", url, "--today", "2025-03-31"], &SMALL[..], more].concat()
}

async fn one_column(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn count(db: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

/// What the programmes say, without what is chosen anew each time: ids and the time of the load.
async fn facts(db: &DatabaseConnection) -> Vec<String> {
    let collate = if db.get_database_backend() == DbBackend::Postgres { " COLLATE \"C\"" } else { "" };
    let mut facts = Vec::new();
    for (table, text) in [
        ("programme", "t.slug || t.name"),
        ("requirement", "t.reference || t.text"),
        (
            "action",
            "t.reference || t.aim || t.status || CAST(t.due_on AS TEXT) || COALESCE(t.declared_health, '')",
        ),
        ("step", "t.text || CAST(t.due_on AS TEXT)"),
        ("progress_update", "CAST(t.reported_on AS TEXT) || t.narrative || t.declared_health"),
        ("evidence", "t.title || t.strand || t.marking || t.review_status || CAST(t.added_on AS TEXT)"),
        ("membership", "t.subject || t.role"),
    ] {
        let sql = format!("SELECT {text} FROM {table} t ORDER BY ({text}){collate}");
        facts.extend(one_column(db, &sql).await);
    }
    facts
}

#[tokio::test]
async fn the_same_seed_makes_the_same_on_both_databases_and_another_something_else() {
    let all = std::sync::Mutex::new(Vec::new());
    for seed in ["7", "7", "8"] {
        on_both_empty(async |url| {
            printed(&generate(url, &["--seed", seed]));
            let db = connect(url).await;
            let said = facts(&db).await;
            all.lock().unwrap().push((seed, said));
            db.close().await.unwrap();
        })
        .await;
    }
    let all = all.into_inner().unwrap();
    let (seed, first) = &all[0];
    assert!(first.len() > 400, "{}", first.len());
    for (other, facts) in &all {
        assert_eq!(other == seed, facts == first, "{other}");
    }
}

#[tokio::test]
async fn it_makes_as_much_as_was_asked_for_and_the_ledgers_are_whole() {
    on_both_empty(async |url| {
        let told: Value = serde_json::from_str(&printed(&generate(url, &["--json"]))).unwrap();

        let db = connect(url).await;
        for (table, expected) in
            [("programme", 3), ("action", 70), ("progress_update", 200), ("evidence", 101), ("judgement", 12)]
        {
            assert_eq!(count(&db, table).await, expected, "{table}");
        }
        assert_eq!(told["programmes"].as_array().unwrap().len(), 3);
        assert_eq!(
            (&told["actions"], &told["updates"], &told["evidence"]),
            (&json!(70), &json!(200), &json!(101))
        );
        let notices = count(&db, "notice").await;
        assert_eq!(told["recorded"].as_i64().unwrap() + notices, count(&db, "ledger_entry").await);
        db.close().await.unwrap();
        let (code, out, _) = verify(url, &[]);
        assert_eq!(
            (code, out.lines().filter(|line| line.contains("is whole")).count()),
            (Some(0), 3),
            "{out}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_there_is_left_alone_and_what_would_stand_in_its_place_is_refused() {
    on_both_empty(async |url| {
        printed(&generate(url, &[]));
        let db = connect(url).await;
        let before = count(&db, "ledger_entry").await;

        let again: Value = serde_json::from_str(&printed(&generate(url, &["--json"]))).unwrap();
        let other = run(&generate(url, &["--seed", "2"]));

        assert_eq!(again["recorded"], 0);
        assert_eq!(other.status.code(), Some(1));
        let said = String::from_utf8(other.stderr).unwrap();
        assert!(said.contains("there is a programme \"aldershire\" already"), "{said}");
        assert_eq!(count(&db, "ledger_entry").await, before);
        db.close().await.unwrap();
    })
    .await;
}

#[test]
fn what_cannot_be_made_is_said_before_a_database_is_asked_for() {
    for (given, said) in [
        (&["--programmes", "0"][..], "give 1 to 400 programmes, not 0"),
        (&["--programmes", "5", "--actions", "4"], "give at least one for each of the 5 programmes"),
        (&["--programmes", "5", "--size", "national"], "cannot be used with"),
    ] {
        let output = run(&[&["generate"], given].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains(said), "{said}");
    }
}

#[tokio::test]
async fn its_subjects_see_their_programmes_and_no_draft_hides_an_action_from_the_board() {
    on_both_empty(async |url| {
        printed(&generate(url, &["--board-member", "everywhere"]));
        let (_process, address) = serve(url, &[]);
        let client = reqwest::Client::new();
        ready(&client, &address).await;
        let ask = async |subject: &str| -> Value {
            let token = printed(&["token", subject, "--database-url", url]);
            let query = "{ programmes { nodes { slug actions(first: 1) { totalCount } } } viewer { memberships { role } } }";
            let request = client.post(format!("{address}/graphql")).bearer_auth(token.trim());
            request.json(&json!({ "query": query })).send().await.unwrap().json().await.unwrap()
        };

        let (all, own) = (ask("everywhere").await, ask("ambermere-board-member").await);

        let counts = |answer: &Value| -> i64 {
            let nodes = answer["data"]["programmes"]["nodes"].as_array().unwrap();
            nodes.iter().map(|node| node["actions"]["totalCount"].as_i64().unwrap()).sum()
        };
        assert_eq!(all["data"]["viewer"]["memberships"].as_array().unwrap().len(), 3, "{all}");
        assert_eq!(counts(&all), 70);
        assert!(own["errors"].is_null(), "{own}");
    })
    .await;
}
