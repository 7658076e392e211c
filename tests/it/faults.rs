//! What the client gets when the database fails: one error of the closed set with the request's id, and nothing of what
//! happened inside. The record stays whole, and the next request is served.

use std::time::{Duration, Instant};

use api::store::db::Pool;
use api::store::ledger::{Chain, verify_chain};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use serde_json::{Value, json};

use crate::support::{Persona, Response, TestApp, gid, on_both_with};

const OFFICE: Persona = Persona::ProgrammeOffice;
/// How long a statement may run here: longer than any needs on a busy machine, and short enough to wait for.
const LIMIT: Duration = Duration::from_secs(1);
/// A query without an end, on either database.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n";
/// Words that only somebody who sees the inside could say. Each fault adds its own.
const INSIDE: [&str; 19] = [
    "sqlx",
    "sqlite",
    "sea_orm",
    "seaorm",
    "postgres",
    "database error",
    "returned from",
    "relation",
    "column",
    "constraint",
    "trigger",
    "select ",
    "insert ",
    "update ",
    "no such",
    "panicked",
    ".rs",
    "pool",
    "statement",
];

/// Somebody beside the service, who does to its database what should not be done.
struct Beside(DatabaseConnection);

impl Beside {
    async fn at(url: &str) -> Self {
        Self(Database::connect(url).await.unwrap())
    }

    async fn does(&self, statements: &[&str]) {
        for statement in statements {
            self.tries(statement).await.unwrap_or_else(|fault| panic!("{statement}: {fault}"));
        }
    }

    async fn tries(&self, statement: &str) -> Result<(), DbErr> {
        self.0.execute_unprepared(statement).await.map(drop)
    }
}

/// What the ways to ask are that touch an action.
const READ: &str = "query($id: ID!) { node(id: $id) { id ... on Action { aim } } }";
const LIST: &str =
    "query($id: ID!) { node(id: $id) { id } programme(slug: \"northshire\") { actions { totalCount } } }";

async fn reads(app: &TestApp, as_whom: Persona) -> Vec<Response> {
    let id = gid("act", app.world.action("1.1").id);
    let mut answers = Vec::new();
    for document in [READ, LIST] {
        answers.push(app.plain(as_whom, json!({ "query": document, "variables": { "id": id } })).await);
    }
    answers
}

/// Reports on an action, with a key or without.
async fn reports(app: &TestApp, narrative: &str, key: Option<&str>) -> Response {
    let input = json!({
        "actionId": gid("act", app.world.action("1.1").id), "narrative": narrative, "declaredHealth": "ON_TRACK",
        "idempotencyKey": key,
    });
    let document = "mutation($input: ProgressUpdateAddInput!) { progressUpdateAdd(input: $input) {
        progressUpdate { narrative } userErrors { code field message } } }";
    app.plain(OFFICE, json!({ "query": document, "variables": { "input": input } })).await
}

/// Expects one error with that code, and nothing from the inside anywhere in the answer.
fn tells(response: &Response, code: &str, more: &[&str]) {
    let text = &response.text;
    assert_eq!(response.errors().len(), 1, "{text}");
    let error = &response.errors()[0];
    let extensions = error["extensions"].as_object().unwrap();
    assert_eq!((&extensions["code"], extensions.len()), (&json!(code), 2), "{text}");
    assert_eq!(extensions["requestId"], response.headers["x-request-id"].to_str().unwrap());
    assert!(error["message"].as_str().is_some_and(|message| message.ends_with('.')), "{text}");
    let nothing = response.data().as_object().is_none_or(|data| data.values().all(Value::is_null));
    assert!(nothing, "{text}");
    let head: String = response.headers.iter().map(|(name, value)| format!("{name}: {value:?}\n")).collect();
    let whole = format!("{}\n{head}{text}", response.status).to_lowercase();
    for word in INSIDE.iter().chain(more) {
        assert!(!whole.contains(word), "{word} is in {whole}");
    }
}

/// What is to hold once the fault is over: nothing of what failed is there, the ledger is whole, and both reading and
/// writing go on. A change that failed goes through when it is sent again with its key.
async fn goes_on(app: &TestApp, entries: i64, key: &str) {
    for answer in reads(app, OFFICE).await {
        assert_eq!((answer.status, answer.body.get("errors")), (200, None), "{}", answer.text);
    }
    assert_eq!(entries_of(app).await, entries, "something was half written");
    let again = reports(app, "The fault is over", Some(key)).await;
    assert_eq!(again.body.get("errors"), None, "{}", again.text);
    assert_eq!(again.data()["progressUpdateAdd"]["userErrors"], json!([]), "{}", again.text);
    assert!(entries_of(app).await > entries);
}

/// How many entries the ledger holds, which must be whole.
async fn entries_of(app: &TestApp) -> i64 {
    match verify_chain(app.db(), app.world.programme("northshire").id).await.unwrap() {
        Chain::Whole { entries } => entries,
        broken => panic!("{broken}"),
    }
}

/// Runs a test on both databases with few connections, so that one that is held or broken is missed, and short limits.
async fn on_both_strained(test: impl AsyncFn(&TestApp, &Beside)) {
    let pool = Pool { size: 2, statement_timeout: Some(LIMIT) };
    on_both_with(&pool, async |app, url| {
        let beside = Beside::at(url).await;
        test(app, &beside).await;
        beside.0.close().await.unwrap();
    })
    .await;
}

/// Puts something else in a table's place, and the table back.
async fn instead(beside: &Beside, table: &str, view: &str) {
    let away = format!("ALTER TABLE {table} RENAME TO {table}_kept");
    beside.does(&[&away, &format!("CREATE VIEW {table} AS {view}")]).await;
}

async fn back(beside: &Beside, table: &str) {
    beside
        .does(&[&format!("DROP VIEW {table}"), &format!("ALTER TABLE {table}_kept RENAME TO {table}")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_without_an_end_is_stopped_and_holds_nobody_up() {
    on_both_strained(async |app, beside| {
        let entries = entries_of(app).await;
        instead(beside, "action", &format!("SELECT a.* FROM action_kept a, ({ENDLESS}) AS n WHERE n.i > 0"))
            .await;
        // More of them than there are connections: were they not stopped, those after the second would wait in vain.
        for as_whom in [OFFICE, Persona::Lead] {
            for answer in reads(app, as_whom).await {
                tells(&answer, "UNAVAILABLE", &["action_kept", "cancel", "interrupt", "57014"]);
                assert_eq!(answer.status, 503, "{}", answer.text);
                assert!(
                    answer.errors()[0]["message"].as_str().unwrap().contains("took too long"),
                    "{}",
                    answer.text
                );
            }
        }
        tells(&reports(app, "While it hangs", Some("k")).await, "UNAVAILABLE", &["action_kept"]);

        // Nor are connections lost to those who do not wait: three times as many as there are.
        for _ in 0..3 {
            let both = futures_util::future::join(reads(app, OFFICE), reports(app, "Never to be read", None));
            assert!(tokio::time::timeout(LIMIT / 10, both).await.is_err(), "it did not hang");
        }
        back(beside, "action").await;
        goes_on(app, entries, "k").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_takes_too_long_is_stopped_whole_and_the_next_goes_through() {
    on_both_strained(async |app, beside| {
        let entries = entries_of(app).await;
        let (slow, quick): (&[&str], &[&str]) = if app.is_postgres() {
            (
                &[
                    "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$",
                    "CREATE TRIGGER slow BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION dawdle()",
                ],
                &["DROP TRIGGER slow ON ledger_entry"],
            )
        } else {
            // A trigger takes no WITH of its own, but reads a view that has one.
            (
                &[
                    "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n",
                    "CREATE TRIGGER slow BEFORE INSERT ON ledger_entry BEGIN SELECT i FROM endless; END",
                ],
                &["DROP TRIGGER slow"],
            )
        };
        beside.does(slow).await;
        for attempt in 0..2 {
            let began = Instant::now();
            let answer = reports(app, "Never to be read", Some("k")).await;
            tells(&answer, "UNAVAILABLE", &["ledger_entry", "slow", "dawdle", "endless"]);
            assert!(began.elapsed() < LIMIT * 5, "attempt {attempt}: {:?}", began.elapsed());
        }
        // Others read meanwhile.
        assert!(reads(app, OFFICE).await.iter().all(|answer| answer.status == 200));

        beside.does(quick).await;
        goes_on(app, entries, "k").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_another_holds_is_waited_for_no_longer_than_a_statement_may_run() {
    on_both_strained(async |app, beside| {
        if !app.is_postgres() {
            // On SQLite whoever reads waits for nobody, and whoever writes waits for the file as a whole.
            return;
        }
        use sea_orm::TransactionTrait;
        let entries = entries_of(app).await;
        let holder = beside.0.begin().await.unwrap();
        holder.execute_unprepared("LOCK TABLE action IN ACCESS EXCLUSIVE MODE").await.unwrap();
        for answer in reads(app, OFFICE).await {
            tells(&answer, "UNAVAILABLE", &["lock", "57014"]);
        }
        tells(&reports(app, "While it is held", Some("k")).await, "UNAVAILABLE", &["lock", "57014"]);
        holder.rollback().await.unwrap();
        goes_on(app, entries, "k").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_or_a_column_that_is_gone_is_a_fault_of_ours_and_no_more_is_said() {
    on_both_strained(async |app, beside| {
        let mut entries = entries_of(app).await;
        // The column last: a connection of SQLite's keeps what it learned of columns, so that whoever mends a schema starts
        // the service again.
        for (gone, there) in [
            ("ALTER TABLE action RENAME TO action_kept", "ALTER TABLE action_kept RENAME TO action"),
            (
                "ALTER TABLE membership RENAME TO membership_kept",
                "ALTER TABLE membership_kept RENAME TO membership",
            ),
            (
                "ALTER TABLE action RENAME COLUMN aim TO headline",
                "ALTER TABLE action RENAME COLUMN headline TO aim",
            ),
        ] {
            beside.does(&[gone]).await;
            let of_a_column = gone.contains("COLUMN");
            let answers = reads(app, OFFICE).await;
            let told = if of_a_column { &answers[..1] } else { &answers[..] };
            for answer in told {
                tells(answer, "INTERNAL", &["action_kept", "headline", "membership", "42p01"]);
            }
            let answer = reports(app, "While it is gone", Some(gone)).await;
            tells(&answer, "INTERNAL", &["action_kept", "headline", "membership", "42p01"]);
            beside.does(&[there]).await;
            if of_a_column {
                assert_eq!(entries_of(app).await, entries, "something was half written");
            } else {
                goes_on(app, entries, gone).await;
                entries = entries_of(app).await;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_the_database_refuses_leaves_nothing_and_says_nothing() {
    on_both_strained(async |app, beside| {
        let entries = entries_of(app).await;
        let (rule, gone) = if app.is_postgres() {
            (
                "ALTER TABLE ledger_entry ADD CONSTRAINT nobody_reports CHECK (operation <> 'progressUpdateAdd') NOT VALID",
                "ALTER TABLE ledger_entry DROP CONSTRAINT nobody_reports",
            )
        } else {
            (
                "CREATE TRIGGER nobody_reports BEFORE INSERT ON ledger_entry WHEN NEW.operation = 'progressUpdateAdd'
                 BEGIN SELECT RAISE(ABORT, 'nobody_reports is violated'); END",
                "DROP TRIGGER nobody_reports",
            )
        };
        // One of them was written before the rule came, and PostgreSQL holds it against old rows only when asked.
        beside.does(&[rule]).await;
        for key in [Some("k"), None] {
            let answer = reports(app, "Whisper of the plan", key).await;
            tells(&answer, "INTERNAL", &["nobody_reports", "violat", "ledger", "whisper", "check"]);
        }
        beside.does(&[gone]).await;
        goes_on(app, entries, "k").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_everything_is_unavailable() {
    on_both_strained(async |app, _| {
        app.db().clone().close().await.unwrap();
        for answer in reads(app, OFFICE).await.into_iter().chain([reports(app, "Into the void", None).await])
        {
            tells(&answer, "UNAVAILABLE", &["closed"]);
            assert_eq!(answer.status, 503, "{}", answer.text);
            assert!(answer.headers.contains_key("retry-after"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_nobody_in_is_unavailable_until_it_does() {
    on_both_with(&Pool { size: 2, statement_timeout: Some(LIMIT) }, async |app, url| {
        let Some((server, name)) = url.rsplit_once('/').filter(|_| app.is_postgres()) else { return };
        let entries = entries_of(app).await;
        let beside = Beside::at(&format!("{server}/postgres")).await;
        let out = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        beside.does(&[&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"), &out]).await;
        for answer in reads(app, OFFICE).await {
            tells(&answer, "UNAVAILABLE", &[name, "55000", "terminat"]);
        }
        tells(
            &reports(app, "While it is away", Some("k")).await,
            "UNAVAILABLE",
            &[name, "55000", "terminat"],
        );
        beside.does(&[&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")]).await;
        goes_on(app, entries, "k").await;
        beside.0.close().await.unwrap();
    })
    .await;
}
