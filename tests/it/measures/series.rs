//! Ten years of months, broken down five ways, in one request.

use serde_json::{Value, json};

use super::begun;
use crate::support::{Persona, on_both};

const SERIES: &str = "query($id: ID!) { node(id: $id) { ...on Measure { title trend targetStatus smart { lacks }
    targets { value } benchmarks { kind value }
    series { periodStart dimension category value numerator denominator caveat isSuppressed isDisputed } } } }";

#[tokio::test]
async fn ten_years_by_month_with_five_breakdowns_take_as_many_statements_as_one_month() {
    on_both(async |app| {
        let few = begun(app, json!({ "title": "Few" })).await;
        let many = begun(app, json!({ "title": "Many" })).await;
        let month = |at: i32| {
            let start = format!("{}-{:02}-01", 2008 + at / 12, at % 12 + 1);
            let whole = json!({ "periodStart": start, "numerator": 500 + at, "denominator": 1000 });
            let part = |team: i32| {
                json!({ "periodStart": start, "dimension": "Team", "category": format!("Team {team}"),
                    "numerator": 100 + at / 5, "denominator": 200 })
            };
            std::iter::once(whole).chain((1..=5).map(part)).collect::<Vec<_>>()
        };
        let record = async |id: &str, months: std::ops::Range<i32>| {
            let rows: Vec<Value> = months.flat_map(month).collect();
            super::recorded(app, id, json!(rows)).await;
        };
        record(&few, 0..1).await;
        record(&many, 0..120).await;

        for who in [Persona::Chair, Persona::Police] {
            let ask = async |id: &str| {
                let answer = app.query(who, SERIES, json!({ "id": id })).await;
                assert!(answer.errors().is_empty(), "{}", answer.text);
                let series = answer.data()["node"]["series"].as_array().unwrap().clone();
                (series, answer.statements())
            };
            let ((few, statements), (many, for_many)) = (ask(&few).await, ask(&many).await);
            assert_eq!((few.len(), many.len()), (6, 720));
            // The viewer, the measure; its targets, its benchmarks, its readings.
            let takes = app.takes(5, 2);
            assert_eq!((statements, for_many), (takes, takes), "{who:?}");
            // Line by line, the whole last, each from its first month on.
            assert_eq!(many[0]["category"], "Team 1");
            assert_eq!(
                (&many[600]["category"], &many[600]["periodStart"]),
                (&Value::Null, &json!("2008-01-01"))
            );
            assert_eq!(many[719]["periodStart"], "2017-12-01");
            assert_eq!(many[719]["value"], 61.9);
        }
    })
    .await;
}
