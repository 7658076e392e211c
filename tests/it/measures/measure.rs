//! `measureCreate`, `measureUpdate`, `measureBenchmarksSet`, `measureAttach`, `measureDetach`; what a measure lacks.

use domain::measure::{Stated, smart};
use serde_json::{Value, json};

use super::{SEEN, begun, error, measure, new, of, programme, shown};
use crate::support::{Persona, gid, on_both, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

#[tokio::test]
async fn a_measure_says_what_it_lacks_until_it_lacks_nothing() {
    on_both(async |app| {
        let shows = "measure { id version smart { isSmart lacks } target { value } targetStatus trend isStale viewerCan }";
        let made = app.done(OFFICE, "measureCreate", new(app, json!({})), shows).await["measure"].clone();
        let all = ["BASELINE", "UNIT", "TARGET", "TARGET_DATE", "OWNER", "FREQUENCY"];
        assert_eq!(made["smart"], json!({ "isSmart": false, "lacks": all }));
        assert_eq!(
            (&made["target"], &made["targetStatus"], &made["isStale"]),
            (&Value::Null, &json!("NO_TARGET"), &json!(false))
        );
        assert_eq!(
            made["viewerCan"],
            json!(["UPDATE", "SET_TARGET", "SET_BENCHMARKS", "ATTACH", "SET_READINGS"])
        );
        let id = made["id"].as_str().unwrap();

        let owner = gid("grp", app.world.party("Quality group").id);
        let more = json!({ "unit": "DAYS", "frequency": "QUARTERLY", "ownerId": owner, "baselineValue": 12.125,
            "baselineOn": "2018-06-30", "code": "V-1" });
        let payload = app.done(OFFICE, "measureUpdate", of(id, 1, more), shows).await;
        assert_eq!(payload["measure"]["smart"]["lacks"], json!(["TARGET", "TARGET_DATE"]));
        let dateless = of(id, 2, json!({ "value": 10 }));
        let payload = app.done(OFFICE, "measureSetTarget", dateless, shows).await;
        assert_eq!(payload["measure"]["smart"]["lacks"], json!(["TARGET_DATE"]));
        let dated = of(id, 3, json!({ "value": 10, "dueOn": "2019-03-31", "reason": "A day was missing" }));
        let payload = app.done(OFFICE, "measureSetTarget", dated, shows).await;
        assert_eq!(payload["measure"]["smart"], json!({ "isSmart": true, "lacks": [] }));
        assert_eq!(payload["measure"]["target"]["value"], 10);

        let node = shown(app, OFFICE, id, "baseline { value asOf } history { nodes { changes { field before after } } }").await;
        assert_eq!(node["baseline"], json!({ "value": 12.125, "asOf": "2018-06-30" }));
        let told = node["history"]["nodes"][1]["changes"].as_array().unwrap();
        assert!(told.contains(&json!({ "field": "baseline.value", "before": null, "after": "12.125" })), "{told:?}");
    })
    .await;
}

/// The same rule in SQL and in Rust.
#[tokio::test]
async fn what_is_lacking_is_what_the_rule_says() {
    reading_both(async |app| {
        for row in &app.world.measures {
            let stated = Stated {
                baseline: row.baseline_value.is_some(),
                unit: row.unit.is_some(),
                target: row.target_value.is_some(),
                target_date: row.target_on.is_some(),
                owner: row.owner_id.is_some(),
                frequency: row.frequency.is_some(),
            };
            let lacks: Vec<&str> = smart(stated).into_iter().map(|gap| gap.as_str()).collect();
            let who = if row.title == "Calls answered" { Persona::SouthmereOffice } else { OFFICE };
            let node = shown(app, who, &gid("mea", row.id), "smart { isSmart lacks }").await;
            assert_eq!(
                node["smart"],
                json!({ "isSmart": lacks.is_empty(), "lacks": lacks }),
                "{}",
                row.title
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    on_both(async |app| {
        let refused = async |more| app.refused(OFFICE, "measureCreate", new(app, more)).await;
        let bad = "VALIDATION_FAILED";
        assert_eq!(refused(json!({ "title": SEEN })).await, error(bad, "title"));
        assert_eq!(refused(json!({ "title": "x".repeat(201) })).await, error(bad, "title"));
        assert_eq!(refused(json!({ "baselineValue": -1 })).await, error(bad, "baselineValue"));
        assert_eq!(refused(json!({ "baselineValue": 1.2345 })).await, error(bad, "baselineValue"));
        let over = json!({ "unit": "PERCENT", "targetValue": 100.5 });
        assert_eq!(refused(over).await, error(bad, "targetValue"));
        assert_eq!(refused(json!({ "baselineOn": "2018-01-01" })).await, error(bad, "baselineOn"));
        assert_eq!(refused(json!({ "targetOn": "2018-01-01" })).await, error(bad, "targetValue"));
        let elsewhere = gid("act", app.world.action("S2").id);
        assert_eq!(refused(json!({ "actionIds": [elsewhere] })).await, error("NOT_FOUND", "actionIds.0"));
        for who in [Persona::Lead, Persona::Officer, Persona::BoardMember, Persona::Police, Persona::Admin] {
            let refused = app.refused(who, "measureCreate", new(app, json!({}))).await;
            assert_eq!(refused, error("FORBIDDEN", "programmeId"), "{who:?}");
        }

        begun(app, json!({ "code": "V-1" })).await;
        let again = json!({ "title": "Others", "code": "V-1" });
        assert_eq!(refused(again).await, error(bad, "code"));
    })
    .await;
}

#[tokio::test]
async fn what_readings_are_of_stays_once_there_are_some() {
    on_both(async |app| {
        let id = measure(app, SEEN);
        let refused = async |more| app.refused(OFFICE, "measureUpdate", of(&id, 1, more)).await;
        assert_eq!(refused(json!({ "unit": "DAYS" })).await, error("VALIDATION_FAILED", "unit"));
        assert_eq!(refused(json!({ "frequency": null })).await, error("VALIDATION_FAILED", "frequency"));
        assert_eq!(refused(json!({ "title": null })).await, error("VALIDATION_FAILED", "title"));
        let other = of(&id, 1, json!({ "polarity": "LOWER_IS_BETTER", "definition": null }));
        let payload =
            app.done(OFFICE, "measureUpdate", other, "measure { polarity definition version }").await;
        assert_eq!(
            payload["measure"],
            json!({ "polarity": "LOWER_IS_BETTER", "definition": null, "version": 2 })
        );
    })
    .await;
}

#[tokio::test]
async fn benchmarks_take_the_place_of_those_before() {
    on_both(async |app| {
        let id = measure(app, SEEN);
        let shows = "measure { version benchmarks { kind value periodEnd publisher } }";
        let figure = |kind: &str, value: f64| json!({ "kind": kind, "value": value, "periodEnd": "2018-03-31" });
        let two = json!({ "benchmarks": [figure("REGION", 79.5), figure("STATISTICAL_NEIGHBOURS", 80.25)] });
        let payload = app.done(OFFICE, "measureBenchmarksSet", of(&id, 1, two.clone()), shows).await;
        let benchmarks = payload["measure"]["benchmarks"].as_array().unwrap();
        assert_eq!(benchmarks.len(), 2);
        assert_eq!(
            benchmarks[1],
            json!({ "kind": "STATISTICAL_NEIGHBOURS", "value": 80.25, "periodEnd": "2018-03-31", "publisher": null })
        );
        let again = app.done(OFFICE, "measureBenchmarksSet", of(&id, 2, two), shows).await;
        assert_eq!(again["measure"]["version"], 2);

        let twice = json!({ "benchmarks": [figure("REGION", 1.0), figure("REGION", 2.0)] });
        let refused = app.refused(OFFICE, "measureBenchmarksSet", of(&id, 2, twice)).await;
        assert_eq!(refused, error("VALIDATION_FAILED", "benchmarks.1"));
    })
    .await;
}

#[tokio::test]
async fn a_measure_is_tied_to_what_it_shows_and_seen_from_there() {
    on_both(async |app| {
        let id = begun(app, json!({})).await;
        let (action, term) =
            (gid("act", app.world.action("1.3").id), gid("trm", app.world.requirement("Second direction", "1").id));
        let tie = |version: i32, actions: &[&str], requirements: &[&str]| {
            json!({ "measureId": id, "expectedVersion": version, "actionIds": actions, "requirementIds": requirements })
        };
        let shows = "measure { version actions { nodes { id } } requirements { nodes { ...on Node { id } } } }";
        let payload = app.done(OFFICE, "measureAttach", tie(1, &[&action], &[&term]), shows).await;
        assert_eq!(payload["measure"]["actions"]["nodes"], json!([{ "id": action }]));
        assert_eq!(payload["measure"]["requirements"]["nodes"], json!([{ "id": term }]));
        let again = app.done(OFFICE, "measureAttach", tie(2, &[&action], &[]), shows).await;
        assert_eq!(again["measure"]["version"], 2);
        let from = "query($id: ID!) { node(id: $id) { ...on Action { measures { nodes { title } } }
            ...on DirectionTerm { measures { nodes { title } } } } }";
        for id in [&action, &term] {
            let seen = app.data(Persona::Police, from, json!({ "id": id })).await;
            assert_eq!(seen["node"]["measures"]["nodes"], json!([{ "title": "Visits in time" }]));
        }

        assert_eq!(
            app.refused(OFFICE, "measureDetach", tie(2, &[], &[])).await,
            error("VALIDATION_FAILED", "actionIds")
        );
        let payload = app.done(OFFICE, "measureDetach", tie(2, &[&action], &[]), shows).await;
        assert_eq!(payload["measure"]["actions"]["nodes"], json!([]));
        assert_eq!(payload["measure"]["version"], 3);
    })
    .await;
}

#[tokio::test]
async fn scrutiny_sees_a_measure_from_the_day_it_is_published_and_its_feed_says_so() {
    on_both(async |app| {
        let id = begun(app, json!({ "publishedOn": "2018-12-11" })).await;
        let readings = json!([{ "periodStart": "2018-11-01", "numerator": 30, "denominator": 40 }]);
        super::recorded(app, &id, readings).await;
        assert_eq!(shown(app, Persona::Scrutiny, &id, "title").await, Value::Null);
        let today = of(&id, 1, json!({ "publishedOn": "2018-12-10" }));
        app.done(OFFICE, "measureUpdate", today, "measure { id }").await;
        assert_eq!(shown(app, Persona::Scrutiny, &id, "title").await["title"], "Visits in time");
        let feed = "query($id: ID!) { node(id: $id) { ...on Programme {
            changes(last: 5, types: [\"Measure\", \"Reading\"]) { nodes { operation entityType node { __typename } } } } } }";
        let told = app.data(Persona::Scrutiny, feed, json!({ "id": programme(app) })).await;
        let told: Vec<_> = told["node"]["changes"]["nodes"].as_array().unwrap().iter().rev().take(2).cloned().collect();
        assert!(told.iter().any(|of| of["entityType"] == "Reading" && of["operation"] == "measureUpdate"), "{told:?}");

        app.done(OFFICE, "measureUpdate", of(&id, 2, json!({ "publishedOn": null })), "measure { id }").await;
        assert_eq!(shown(app, Persona::Scrutiny, &id, "title").await, Value::Null);
        let told = app.data(Persona::Scrutiny, feed, json!({ "id": programme(app) })).await;
        let told = told["node"]["changes"]["nodes"].as_array().unwrap().clone();
        assert!(told.iter().rev().take(2).all(|of| of["operation"] == "hidden"), "{told:?}");
    })
    .await;
}
