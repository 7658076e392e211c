//! The metrics. All tests of the process share them, so each looks at names of its own.

use api::store::{heads, ledger};
use serde_json::json;

use crate::support::{Persona, TestApp, gid, on_both, reading_both};

/// The value of a series; 0 where it is not there.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

async fn scraped(app: &TestApp) -> String {
    let (status, text) = app.nearby("/metrics").await;
    assert_eq!(status, 200, "{text}");
    text
}

fn requests(kind: &str, operation: &str, outcome: &str) -> String {
    format!("golden_thread_requests_total{{type=\"{kind}\",operation=\"{operation}\",outcome=\"{outcome}\"}}")
}

#[tokio::test]
async fn requests_are_counted_by_operation_and_outcome() {
    reading_both(async |app| {
        let before = scraped(app).await;
        let ask = async |document: &str| app.query(Persona::Lead, document, json!({})).await;
        ask("query CountedHere { viewer { subject } programmes { totalCount } }").await;
        ask("query CountedHere { viewer { subject } }").await;
        ask("query CountedThere { programme(slug: \"northshire\") { actions(first: 1000) { totalCount } } }")
            .await;
        ask("query CountedNowhere { nothing }").await;
        let after = scraped(app).await;
        let more = |series: &str| value(&after, series) - value(&before, series);
        assert_eq!(more(&requests("query", "CountedHere", "ok")), 2.0);
        assert_eq!(more(&requests("query", "CountedThere", "BAD_USER_INPUT")), 1.0);
        assert!(more(&requests("none", "", "GRAPHQL_VALIDATION_FAILED")) >= 1.0, "{after}");
        assert!(!after.contains("CountedNowhere"), "what does not fit the schema has no name");
        let labels = "{type=\"query\",operation=\"CountedHere\"}";
        assert_eq!(more(&format!("golden_thread_request_duration_seconds_count{labels}")), 2.0);
        // Who asks, and which programmes there are; the first asks for their number besides.
        assert_eq!(more(&format!("golden_thread_request_statements_sum{labels}")), 3.0);
    })
    .await;
}

#[tokio::test]
async fn a_mutation_is_named_by_the_schema_and_refused_is_an_outcome() {
    reading_both(async |app| {
        let before = scraped(app).await;
        let nothing = gid("act", uuid::Uuid::now_v7());
        let input = json!({ "id": nothing, "expectedVersion": 1, "reason": "Not there" });
        let document = "mutation MadeUpByAClient($input: ActionWithdrawInput!) {
            actionWithdraw(input: $input) { userErrors { code } } }";
        let answer = app.query(Persona::ProgrammeOffice, document, json!({ "input": input })).await;
        assert_eq!(answer.data()["actionWithdraw"]["userErrors"][0]["code"], "NOT_FOUND");
        let after = scraped(app).await;
        let refused = requests("mutation", "actionWithdraw", "refused");
        assert!(value(&after, &refused) > value(&before, &refused), "{after}");
        assert!(!after.contains("MadeUpByAClient"));
    })
    .await;
}

#[tokio::test]
async fn the_position_of_every_ledger_is_there() {
    reading_both(async |app| {
        let heads = heads::all(app.db()).await.unwrap();
        let ledgers = ledger::ledgers(app.db(), None).await.unwrap();
        let found: Vec<_> = heads.iter().map(|head| (head.slug.clone(), head.programme)).collect();
        assert_eq!(found, ledgers);
        assert!(heads.len() > 1);
        let text = scraped(app).await;
        for head in &heads {
            let chain = ledger::verify_chain(app.db(), head.programme).await.unwrap();
            assert_eq!(chain, ledger::Chain::Whole { entries: head.sequence });
            let series = format!("golden_thread_ledger_position{{programme=\"{}\"}}", head.slug);
            assert_eq!(value(&text, &series), head.sequence as f64);
        }
        assert_eq!(value(&text, "golden_thread_programmes"), heads.len() as f64);
        assert_eq!(value(&text, "golden_thread_database_up"), 1.0);
        let pool = if app.is_postgres() { "shared" } else { "read" };
        assert!(
            value(&text, &format!("golden_thread_database_pool_connections{{pool=\"{pool}\"}}")) >= 1.0,
            "{text}"
        );
        assert!(
            value(&text, &format!("golden_thread_database_pool_connections_max{{pool=\"{pool}\"}}")) >= 1.0
        );
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_away_does_not_take_the_metrics_with_it() {
    on_both(async |app| {
        app.db().clone().close().await.unwrap();
        let text = scraped(app).await;
        assert!(text.contains("\ngolden_thread_database_up 0\n"), "{text}");
        assert!(!text.contains("golden_thread_ledger_position{"), "{text}");
        assert!(text.contains("golden_thread_build_info{"), "{text}");
        let (status, text) = app.nearby("/readyz").await;
        assert_eq!(status, 503);
        assert!(text.contains("\"database\":\"unreachable\""), "{text}");
    })
    .await;
}
