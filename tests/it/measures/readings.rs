//! `readingsUpsert`, `readingRemove`.

use serde_json::{Value, json};

use super::{SEEN, begun, error, measure, of, recorded, shown};
use crate::support::{Persona, TestApp, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

fn month(start: &str, more: Value) -> Value {
    let mut row = json!({ "periodStart": start });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

/// The readings as the office sees them, in the order of a chart.
async fn series(app: &TestApp, id: &str) -> Vec<Value> {
    let fields = "series { periodEnd category value numerator denominator caveat isDisputed disputedValue disputeNote version }";
    shown(app, OFFICE, id, fields).await["series"].as_array().unwrap().clone()
}

#[tokio::test]
async fn readings_are_recorded_corrected_and_left_alone() {
    on_both(async |app| {
        let id = begun(app, json!({})).await;
        let rows = json!([
            month("2018-09-01", json!({ "numerator": 348, "denominator": 588, "caveat": "To be checked" })),
            month("2018-10-01", json!({ "value": 59.2 })),
            month("2018-10-01", json!({ "dimension": "Team", "category": "East", "numerator": 60, "denominator": 80,
                "disputedValue": 70.5, "disputeNote": "The team counts visits" })),
        ]);
        let payload = recorded(app, &id, rows.clone()).await;
        let values: Vec<_> = payload["readings"].as_array().unwrap().iter().map(|of| of["value"].clone()).collect();
        assert_eq!(values, [json!(59.184), json!(59.2), json!(75)]);
        // The same again changes nothing.
        let again = recorded(app, &id, rows).await;
        assert!(again["readings"].as_array().unwrap().iter().all(|of| of["version"] == 1), "{again}");

        let rows = json!([
            // The figures belong together: the value follows from the new counts, and the caveat stays.
            month("2018-09-01", json!({ "numerator": 300, "denominator": 600 })),
            month("2018-10-01", json!({ "dimension": "TEAM", "category": " east", "disputedValue": null })),
            month("2018-11-01", json!({ "value": 61 })),
        ]);
        let payload = recorded(app, &id, rows).await;
        assert_eq!(payload["measure"]["trend"], "IMPROVING");
        let all = series(app, &id).await;
        assert_eq!(
            all[0],
            json!({ "periodEnd": "2018-10-31", "category": "East", "value": 75, "numerator": 60, "denominator": 80,
                "caveat": null, "isDisputed": false, "disputedValue": null, "disputeNote": null, "version": 2 }),
            "parts first, the whole last"
        );
        assert_eq!(
            all[1],
            json!({ "periodEnd": "2018-09-30", "category": null, "value": 50, "numerator": 300, "denominator": 600,
                "caveat": "To be checked", "isDisputed": false, "disputedValue": null, "disputeNote": null, "version": 2 })
        );
        assert_eq!(all.len(), 4);
        let node = shown(app, OFFICE, &id, "latestReading { value } readingDueOn isStale readings(first: 1) { totalCount nodes { periodEnd } }").await;
        assert_eq!(node["latestReading"]["value"], 61);
        assert_eq!((&node["readingDueOn"], &node["isStale"]), (&json!("2019-01-30"), &json!(false)));
        assert_eq!(node["readings"], json!({ "totalCount": 4, "nodes": [{ "periodEnd": "2018-11-30" }] }));
    })
    .await;
}

#[tokio::test]
async fn all_are_taken_or_none_and_each_row_says_what_is_wrong_with_it() {
    on_both(async |app| {
        let id = begun(app, json!({})).await;
        let rows = json!([
            month("2018-09-01", json!({ "numerator": 30, "denominator": 40 })),
            month("2018-09-02", json!({ "value": 30 })),
            month("2018-09-01", json!({ "periodEnd": "2018-10-31", "value": 30 })),
            month("2018-09-01", json!({ "numerator": 31, "denominator": 40 })),
            month("2018-10-01", json!({ "numerator": 41, "denominator": 40 })),
            month("2018-10-01", json!({ "numerator": 30, "denominator": 40, "value": 80 })),
            month("2018-10-01", json!({ "dimension": "Team", "value": 80 })),
            month("2018-10-01", json!({ "value": 100.5 })),
            month("2018-10-01", json!({ "caveat": "Nothing came" })),
            month("2018-10-01", json!({ "value": 50, "disputeNote": "By the team" })),
            month("2018-10-01", json!({ "numerator": 5 })),
        ]);
        for dry_run in [true, false] {
            let input = json!({ "measureId": id, "readings": rows, "dryRun": dry_run });
            let payload = app.mutate(OFFICE, "readingsUpsert", input, "readings { id }").await;
            let places: Vec<String> = payload["userErrors"].as_array().unwrap().iter().map(|of| {
                let field: Vec<&str> = of["field"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                field.join(".")
            }).collect();
            assert_eq!(
                places,
                [
                    "readings.1.periodStart",
                    "readings.2.periodEnd",
                    "readings.3",
                    "readings.4.numerator",
                    "readings.5.value",
                    "readings.6.category",
                    "readings.7.value",
                    "readings.8.value",
                    "readings.9.disputeNote",
                    "readings.10.denominator",
                ],
                "{payload}"
            );
            assert_eq!(payload["readings"], json!([]));
        }
        assert_eq!(series(app, &id).await, Vec::<Value>::new());

        let good = json!({ "measureId": id, "readings": [month("2018-09-01", json!({ "value": 30 }))], "dryRun": true });
        let payload = app.done(OFFICE, "readingsUpsert", good, "readings { id }").await;
        assert_eq!(payload["readings"], json!([]));
        assert_eq!(series(app, &id).await, Vec::<Value>::new(), "a dry run");
    })
    .await;
}

#[tokio::test]
async fn there_are_limits_and_they_are_said() {
    on_both(async |app| {
        let id = begun(app, json!({})).await;
        let rows = |from: i32, count: i32| -> Value {
            let row = |at: i32| {
                let (year, month) = (2000 + at / 120, at / 10 % 12 + 1);
                json!({ "periodStart": format!("{year}-{month:02}-01"), "dimension": "Team",
                    "category": format!("Team {}", at % 10), "value": 50 })
            };
            (from..from + count).map(row).collect()
        };
        let refused = async |rows: Value| {
            app.refused(OFFICE, "readingsUpsert", json!({ "measureId": id, "readings": rows })).await
        };
        assert_eq!(refused(json!([])).await, error("VALIDATION_FAILED", "readings"));
        assert_eq!(refused(rows(0, 1001)).await, error("VALIDATION_FAILED", "readings"));
        for batch in 0..3 {
            let input = json!({ "measureId": id, "readings": rows(batch * 1000, 1000) });
            app.done(OFFICE, "readingsUpsert", input, "measure { id }").await;
        }
        assert_eq!(refused(rows(3000, 1)).await, error("VALIDATION_FAILED", ""));
        assert_eq!(series(app, &id).await.len(), 3000);
    })
    .await;
}

#[tokio::test]
async fn a_version_that_was_seen_is_checked_where_it_is_given() {
    on_both(async |app| {
        let id = begun(app, json!({})).await;
        recorded(app, &id, json!([month("2018-09-01", json!({ "value": 50 }))])).await;
        recorded(app, &id, json!([month("2018-09-01", json!({ "value": 51, "expectedVersion": 1 }))])).await;
        let stale = json!({ "measureId": id, "readings": [month("2018-09-01", json!({ "value": 52, "expectedVersion": 1 }))] });
        let payload = app.mutate(OFFICE, "readingsUpsert", stale, "").await;
        assert_eq!(payload["userErrors"][0]["code"], "VERSION_CONFLICT");
        assert_eq!(payload["userErrors"][0]["currentVersion"], 2);
        assert_eq!(payload["userErrors"][0]["field"], json!(["readings", "0", "expectedVersion"]));
    })
    .await;
}

#[tokio::test]
async fn periods_of_a_measure_do_not_overlap() {
    on_both(async |app| {
        let id = begun(app, json!({ "frequency": "ANNUAL" })).await;
        recorded(app, &id, json!([month("2018-01-01", json!({ "value": 50 }))])).await;
        let other = json!({ "measureId": id, "readings": [month("2018-04-01", json!({ "value": 50 }))] });
        let refused = app.refused(OFFICE, "readingsUpsert", other).await;
        assert_eq!(refused, error("VALIDATION_FAILED", "readings.0.periodStart"));
        let wish = json!({ "measureId": measure(app, "A mere wish"), "readings": [month("2018-04-01", json!({ "value": 5 }))] });
        assert_eq!(app.refused(OFFICE, "readingsUpsert", wish).await, error("VALIDATION_FAILED", "measureId"));
    })
    .await;
}

#[tokio::test]
async fn the_owner_and_the_office_record_and_nobody_else() {
    on_both(async |app| {
        let input = json!({ "measureId": measure(app, SEEN), "readings": [month("2018-11-01", json!({ "value": 50 }))] });
        for who in [Persona::Officer, Persona::Chair, Persona::Police, Persona::Health, Persona::Scrutiny] {
            let refused = app.refused(who, "readingsUpsert", input.clone()).await;
            assert_eq!(refused, error("FORBIDDEN", "measureId"), "{who:?}");
        }
        app.done(Persona::Lead, "readingsUpsert", input, "measure { id }").await;
        let unowned = json!({ "measureId": measure(app, "Children missing for a week"), "readings": [month("2018-11-01", json!({ "value": 5 }))] });
        assert_eq!(app.refused(Persona::Lead, "readingsUpsert", unowned).await, error("FORBIDDEN", "measureId"));
    })
    .await;
}

#[tokio::test]
async fn a_reading_that_should_not_be_there_goes_and_what_stood_beside_it_is_judged_anew() {
    on_both(async |app| {
        let small = app.world.readings.iter().find(|row| row.numerator == Some(3)).unwrap();
        let id = crate::support::gid("rdg", small.id);
        let shows = "measure { series { periodEnd category isSuppressed } }";
        let payload = app.done(OFFICE, "readingRemove", of(&id, 1, json!({})), shows).await;
        let left: Vec<_> = payload["measure"]["series"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|of| of["periodEnd"] == "2018-09-30")
            .cloned()
            .collect();
        assert_eq!(left.len(), 3);
        // What is left lacks three of the total: that would be known, and still is not.
        assert!(left.iter().any(|of| of["isSuppressed"] == true), "{left:?}");
        let gone = app.refused(OFFICE, "readingRemove", of(&id, 1, json!({}))).await;
        assert_eq!(gone, error("NOT_FOUND", "id"));
    })
    .await;
}
