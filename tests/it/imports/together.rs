//! Imports at the same time, and large ones.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{CSV, OFFICE, input, programme, with};
use crate::support::{imports, on_both};

/// A second that whoever waits for an answer has, and then some: a plan of the most rows that a table can have is one request.
const TIME: Duration = Duration::from_secs(30);

#[tokio::test]
async fn two_commits_at_once_make_one_plan() {
    on_both(async |app| {
        let upload = imports::plan(app, CSV).await;
        let one = |key: Option<&str>| {
            let input = with(input(app, &upload, "Phase 3"), json!({ "idempotencyKey": key }));
            app.mutate(OFFICE, "planImport", input, "plan { id } sourceDocument { id }")
        };
        let all = join_all([one(Some("a")), one(Some("a")), one(Some("b")), one(None)]).await;

        assert!(all[0]["plan"]["id"].is_string(), "{all:?}");
        assert!(all.iter().all(|payload| *payload == all[0]), "{all:?}");
        let document = "{ programme(slug: \"northshire\") { plans(first: 50) { nodes { title } } } }";
        let data = app.data(OFFICE, document, json!({})).await;
        let plans = data["programme"]["plans"]["nodes"].as_array().unwrap();
        assert_eq!(plans.iter().filter(|plan| plan["title"] == "Phase 3").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_plans_with_one_title_one_comes_in() {
    on_both(async |app| {
        let one = imports::plan(app, CSV).await;
        let other = imports::plan(app, &CSV.replace("Nobody waits", "Nobody waits long")).await;
        let of =
            |upload: &str| app.mutate(OFFICE, "planImport", input(app, upload, "Phase 3"), "plan { id }");
        let all = join_all([of(&one), of(&other)]).await;

        let done = all.iter().filter(|payload| payload["plan"] != Value::Null).count();
        let refused = all.iter().find(|payload| payload["plan"] == Value::Null).unwrap();
        assert_eq!(done, 1);
        assert_eq!(refused["userErrors"][0]["field"], json!(["title"]));
    })
    .await;
}

#[tokio::test]
async fn the_largest_plan_is_one_request() {
    on_both(async |app| {
        let mut csv = "No.,Aim,Action,Lead,By when\n".to_owned();
        for row in 1..import::plan::MAX_ROWS {
            // Sections of 50 rows: a number after 1.999 would be one with a thousand.
            let (section, number) = ((row - 1) / 50 + 1, (row - 1) % 50 + 1);
            let _ = writeln!(
                csv,
                "{section}.{number},Children are seen in week {row},Visit in week {row},Head of service,31/03/2019"
            );
        }
        let upload = imports::plan(app, &csv).await;
        let begun = Instant::now();
        let least = json!({ "programmeId": programme(app), "uploadId": upload, "title": "Phase 3" });
        let payload = app.done(OFFICE, "planImport", least, "plan { actions { totalCount } }").await;

        assert_eq!(payload["plan"]["actions"]["totalCount"], import::plan::MAX_ROWS - 1);
        let took = begun.elapsed();
        eprintln!("{} rows took {took:?}", import::plan::MAX_ROWS - 1);
        assert!(took < TIME, "{took:?}");
    })
    .await;
}
