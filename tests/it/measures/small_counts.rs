//! Small counts are suppressed for partners and scrutiny, along every path. The three readings by district of September are 3 of 25
//! (small), 160 of 210 and 90 of 165 (which keeps it hidden), the whole is 253 of 400; October is 2 of 30.

use serde_json::{Value, json};

use super::{SEEN, measure, of, programme, recorded, shown};
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const TOLD: [Persona; 5] =
    [Persona::Chair, Persona::BoardMember, Persona::ProgrammeOffice, Persona::Lead, Persona::Officer];
const NOT_TOLD: [Persona; 3] = [Persona::Police, Persona::Health, Persona::Scrutiny];

const SERIES: &str = "series { id periodEnd category value numerator denominator caveat disputedValue disputeNote isSuppressed disclosure }";

/// The readings of one month by category, the whole under "".
fn of_month(series: &Value, end: &str) -> Vec<(String, Value)> {
    let rows = series["series"].as_array().unwrap().iter().filter(|of| of["periodEnd"] == end);
    rows.map(|of| (of["category"].as_str().unwrap_or_default().to_owned(), of.clone())).collect()
}

#[tokio::test]
async fn the_board_and_officers_know_every_figure_and_others_no_small_one() {
    reading_both(async |app| {
        let id = measure(app, SEEN);
        for who in TOLD {
            let series = shown(app, who, &id, SERIES).await;
            for (category, reading) in of_month(&series, "2018-09-30") {
                assert!(reading["value"].is_number() && reading["caveat"].is_string(), "{who:?} {category}");
                assert_eq!(reading["disputedValue"], 2, "{who:?}");
            }
        }
        for who in NOT_TOLD {
            let series = shown(app, who, &id, SERIES).await;
            let september = of_month(&series, "2018-09-30");
            let suppressed: Vec<&str> = september
                .iter()
                .filter(|(_, of)| of["isSuppressed"] == true)
                .map(|(of, _)| of.as_str())
                .collect();
            assert_eq!(suppressed, ["North", "South"], "the small one, and the smallest beside it");
            for (category, reading) in &september {
                let withheld = ["value", "numerator", "denominator"].map(|field| reading[field].is_null());
                let is_suppressed = suppressed.contains(&category.as_str());
                assert_eq!(withheld, [is_suppressed; 3], "{who:?} {category}");
                assert_eq!(reading["caveat"], Value::Null, "words can repeat what stands beside them");
                assert_eq!(
                    (&reading["disputedValue"], &reading["disputeNote"]),
                    (&Value::Null, &Value::Null)
                );
            }
            let august = of_month(&series, "2018-08-31");
            assert!(
                august.iter().all(|(_, of)| of["value"].is_number() && of["caveat"].is_string()),
                "{who:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_follows_from_a_figure_is_withheld_with_it() {
    on_both(async |app| {
        let id = measure(app, SEEN);
        let fields = "trend targetStatus latestReading { periodEnd value caveat } baseline { value asOf }";
        // August 60 and September 63.25 of 85 by March; October, which is small, is 6.666.
        let all = shown(app, Persona::Chair, &id, fields).await;
        assert_eq!((&all["trend"], &all["targetStatus"]), (&json!("STEADY"), &json!("OFF_COURSE")));
        assert_eq!(all["latestReading"]["value"], 6.666);
        for who in NOT_TOLD {
            let some = shown(app, who, &id, fields).await;
            assert_eq!(
                (&some["trend"], &some["targetStatus"]),
                (&json!("TOO_FEW_READINGS"), &json!("OFF_COURSE"))
            );
            assert_eq!(
                some["latestReading"],
                json!({ "periodEnd": "2018-10-31", "value": null, "caveat": null }),
                "{who:?}"
            );
            assert_eq!(some["baseline"]["value"], 52.5);
        }
        // A baseline that is a small count itself, or the figure of a reading that is withheld.
        let small = measure(app, "Children missing for a week");
        assert_eq!(shown(app, Persona::Lead, &small, fields).await["baseline"]["value"], 4);
        for who in [Persona::Police, Persona::Health] {
            let node = shown(app, who, &small, fields).await;
            assert_eq!(node["baseline"], json!({ "value": null, "asOf": "2018-06-30" }), "{who:?}");
            assert_eq!(node["targetStatus"], "NO_TARGET");
        }
        let as_october = of(&id, 1, json!({ "baselineValue": 6.666, "baselineOn": "2018-10-31" }));
        app.done(Persona::ProgrammeOffice, "measureUpdate", as_october, "measure { id }").await;
        assert_eq!(shown(app, Persona::Police, &id, fields).await["baseline"]["value"], Value::Null);
    })
    .await;
}

/// The categories that a list of the readings of September gives somebody.
async fn listed(app: &TestApp, who: Persona, arguments: &str) -> (Vec<String>, i64) {
    let list = format!("readings(first: 50, {arguments}) {{ totalCount nodes {{ category }} }}");
    let node = shown(app, who, &measure(app, SEEN), &list).await;
    let nodes = node["readings"]["nodes"].as_array().unwrap();
    let name = |of: &Value| of["category"].as_str().unwrap_or("whole").to_owned();
    (nodes.iter().map(name).collect(), node["readings"]["totalCount"].as_i64().unwrap())
}

#[tokio::test]
async fn nobody_finds_or_orders_by_what_they_are_not_told() {
    reading_both(async |app| {
        const SEPTEMBER: &str = "periodEnd: { eq: \"2018-09-30\" }";
        let below = format!("filter: {{ {SEPTEMBER}, value: {{ lt: 60 }} }}");
        let above = format!("filter: {{ {SEPTEMBER}, value: {{ gte: 60 }} }}");
        let missing = format!("filter: {{ {SEPTEMBER}, value: {{ isNull: true }} }}");
        let other = format!("filter: {{ {SEPTEMBER}, not: {{ value: {{ lt: 60 }} }} }}");
        let either = format!("filter: {{ {SEPTEMBER}, value: {{ in: [12, 54.545, 63.25] }} }}");
        let ordered = format!("filter: {{ {SEPTEMBER} }}, orderBy: [{{ field: VALUE, direction: DESC }}]");
        let count = |names: &[&str]| {
            (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), names.len() as i64)
        };
        let find = async |who, arguments: &str| {
            let (mut names, total) = listed(app, who, arguments).await;
            if !arguments.contains("orderBy") {
                names.sort();
            }
            (names, total)
        };
        for who in TOLD {
            assert_eq!(find(who, &below).await, count(&["North", "South"]));
            assert_eq!(find(who, &missing).await, count(&[]));
            assert_eq!(find(who, &either).await, count(&["North", "South", "whole"]));
            assert_eq!(find(who, &ordered).await, count(&["East", "whole", "North", "South"]));
        }
        for who in NOT_TOLD {
            assert_eq!(find(who, &below).await, count(&[]), "{who:?}");
            assert_eq!(find(who, &above).await, count(&["East", "whole"]));
            assert_eq!(find(who, &missing).await, count(&["North", "South"]));
            assert_eq!(find(who, &other).await, count(&["East", "North", "South", "whole"]));
            assert_eq!(find(who, &either).await, count(&["whole"]));
            let (names, _) = find(who, &ordered).await;
            assert_eq!(names[2..], ["East", "whole"], "what is missing comes first, in no order that tells");
        }
        // Nor by a cursor: it holds what the order saw.
        let edges = format!("readings(first: 1, {ordered}) {{ edges {{ cursor }} }}");
        let node = shown(app, Persona::Police, &measure(app, SEEN), &edges).await;
        let cursor = node["readings"]["edges"][0]["cursor"].as_str().unwrap();
        let held = {
            use base64::Engine as _;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).unwrap()
        };
        assert!(String::from_utf8(held).unwrap().contains("null"), "no figure is in a cursor");
    })
    .await;
}

#[tokio::test]
async fn measures_are_found_by_what_the_viewer_is_told_of_them() {
    reading_both(async |app| {
        let find = async |who, filter: &str| {
            let document = format!(
                "query($id: ID!) {{ node(id: $id) {{ ...on Programme {{ measures(filter: {filter}) {{ totalCount nodes {{ title }} }} }} }} }}"
            );
            let data = app.data(who, &document, json!({ "id": programme(app) })).await;
            data["node"]["measures"]["totalCount"].as_i64().unwrap()
        };
        for (who, steady, too_few) in [(Persona::Chair, 1, 2), (Persona::Police, 0, 3), (Persona::Scrutiny, 0, 1)] {
            assert_eq!(find(who, "{ trend: { eq: STEADY } }").await, steady, "{who:?}");
            assert_eq!(find(who, "{ trend: { eq: TOO_FEW_READINGS } }").await, too_few, "{who:?}");
        }
        assert_eq!(find(Persona::Chair, "{ isSmart: { eq: true }, actions: { some: { reference: { eq: \"1.1\" } } } }").await, 1);
        // The draft action is nobody's to find it by outside the council.
        assert_eq!(find(Persona::Lead, "{ actions: { some: { reference: { eq: \"D1\" } } } }").await, 1);
        assert_eq!(find(Persona::Health, "{ actions: { some: { reference: { eq: \"D1\" } } } }").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_record_tells_figures_to_the_board_and_officers_alone() {
    on_both(async |app| {
        let small = app.world.readings.iter().find(|row| row.numerator == Some(3)).unwrap();
        let id = gid("rdg", small.id);
        let south = json!({ "periodStart": "2018-09-01", "dimension": "District", "category": "South", "numerator": 4, "denominator": 25,
            "caveat": "Four, not three" });
        recorded(app, &measure(app, SEEN), json!([south])).await;
        let document = "query($id: ID!, $programme: ID!) { node(id: $id) { ...on Reading { value version history { nodes { reason changes { field before after } } } } }
            feed: node(id: $programme) { ...on Programme { changes(last: 3, types: [\"Reading\"]) { nodes { entityId reason changes { field before after } node { ...on Reading { value caveat } } } } } } }";
        let variables = json!({ "id": id, "programme": programme(app) });
        for who in TOLD {
            let told = app.data(who, document, variables.clone()).await;
            let changes = told["node"]["history"]["nodes"][1]["changes"].clone();
            assert!(changes.as_array().unwrap().contains(&json!({ "field": "numerator", "before": "3", "after": "4" })), "{who:?} {changes}");
        }
        for who in NOT_TOLD {
            let told = app.data(who, document, variables.clone()).await;
            assert_eq!((&told["node"]["version"], &told["node"]["value"]), (&json!(2), &Value::Null), "{who:?}");
            let text = told.to_string();
            for figure in ["\"3\"", "\"4\"", "Four", "numerator", "caveat\":\"", "\"value\":\""] {
                assert!(!text.contains(figure), "{who:?} is told {figure}: {text}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_comes_out_of_hiding_or_goes_into_it_is_told_by_the_feed() {
    on_both(async |app| {
        let north = app.world.readings.iter().find(|row| row.numerator == Some(90)).unwrap();
        let north = gid("rdg", north.id);
        // With enough in the south nothing of September has to be hidden any more.
        let south = json!({ "periodStart": "2018-09-01", "dimension": "District", "category": "South", "numerator": 13, "denominator": 25 });
        let whole = json!({ "periodStart": "2018-09-01", "numerator": 263, "denominator": 400 });
        recorded(app, &measure(app, SEEN), json!([south, whole])).await;
        let document = "query($id: ID!) { node(id: $id) { ...on Reading { value isSuppressed version history { nodes { changes { field before after } } } } } }";
        for who in NOT_TOLD {
            let told = app.data(who, document, json!({ "id": north })).await["node"].clone();
            assert_eq!((&told["value"], &told["isSuppressed"], &told["version"]), (&json!(54.545), &json!(false), &json!(2)));
            assert_eq!(
                told["history"]["nodes"][1]["changes"],
                json!([{ "field": "disclosure", "before": "NOTHING", "after": "ALL" }]),
                "{who:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn administrators_and_the_public_see_no_measure() {
    reading_both(async |app| {
        let southmere = gid("mea", app.world.measure("Calls answered").id);
        for who in [Persona::Admin, Persona::Nobody, Persona::Anonymous] {
            for id in [measure(app, SEEN), southmere.clone()] {
                assert_eq!(shown(app, who, &id, "title").await, Value::Null, "{who:?}");
            }
            let document = "{ programmes { nodes { measures { totalCount } } } }";
            let data = app.data(who, document, json!({})).await;
            for of in data["programmes"]["nodes"].as_array().unwrap() {
                assert_eq!(of["measures"]["totalCount"], 0, "{who:?}");
            }
        }
    })
    .await;
}
