//! Lists, page by page: what they hold, in which order, and what is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::*;
use serde_json::{Value, json};

use crate::support::builders::{day, minute};
use crate::support::pages::{List, Pages, walk};
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

fn northshire(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

/// The key of one order field, such that a missing value is larger than every other.
fn key(row: &action::Model, field: &str) -> (bool, String) {
    let day = |day: Option<chrono::NaiveDate>| (day.is_none(), day.map(|day| day.to_string()));
    let (is_missing, text) = match field {
        "REFERENCE" => (false, Some(row.reference_sort.clone())),
        "DUE_ON" => day(row.due_on),
        "START_ON" => day(row.start_on),
        "STATUS" => (false, Some(row.status.clone())),
        "CREATED_AT" => (false, Some(row.created_at.to_rfc3339())),
        "UPDATED_AT" => (false, Some(row.updated_at.to_rfc3339())),
        other => panic!("no test for the order by {other}"),
    };
    (is_missing, text.unwrap_or_default())
}

/// The actions of the programme in the order asked for: field by field, then by id, in the direction of the first.
fn sorted(app: &TestApp, order: &[(&str, bool)]) -> Vec<String> {
    let programme = app.world.programme("northshire").id;
    let mut rows: Vec<_> = app.world.actions.iter().filter(|row| row.programme_id == programme).collect();
    rows.sort_by(|a, b| {
        let fields = order.iter().map(|(field, descending)| {
            let ordering = key(a, field).cmp(&key(b, field));
            if *descending { ordering.reverse() } else { ordering }
        });
        let by_id = if order[0].1 { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) };
        fields.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(by_id)
    });
    rows.into_iter().map(|row| gid("act", row.id)).collect()
}

fn as_input(order: &[(&str, bool)]) -> Value {
    let one = |(field, descending): &(&str, bool)| json!({ "field": field, "direction": if *descending { "DESC" } else { "ASC" } });
    order.iter().map(one).collect()
}

const ACTIONS: List = List {
    of: "Programme",
    field: "actions",
    given: "filter: $filter, orderBy: $order",
    declared: ", $filter: ActionFilter, $order: [ActionOrder!]",
    node: "id",
};

#[tokio::test]
async fn actions_come_in_every_order_forwards_and_backwards_on_pages_of_any_size() {
    reading_both(async |app| {
        let fields = app.enum_values("ActionOrderField").await;
        let single = fields.iter().flat_map(|field| [vec![(field.as_str(), false)], vec![(field, true)]]);
        let several = [
            vec![("STATUS", false), ("DUE_ON", true)],
            vec![("DUE_ON", true), ("START_ON", false), ("REFERENCE", true)],
            vec![("START_ON", true), ("CREATED_AT", false)],
        ];
        for order in single.chain(several) {
            let expected = sorted(app, &order);
            for size in [2, 11] {
                let variables = json!({ "id": northshire(app), "order": as_input(&order) });
                let forwards = walk(app, OFFICE, &ACTIONS, &variables, size, false).await;
                let backwards = walk(app, OFFICE, &ACTIONS, &variables, size, true).await;

                assert_eq!(forwards, expected, "{order:?}, {size} on a page, forwards");
                assert_eq!(backwards, expected, "{order:?}, {size} on a page, backwards");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_field_that_orders_twice_counts_once_and_no_order_is_the_print() {
    reading_both(async |app| {
        let variables = |order: Value| json!({ "id": northshire(app), "order": order });
        let twice = json!([{ "field": "REFERENCE" }, { "field": "REFERENCE", "direction": "DESC" }]);
        let once = json!({ "field": "REFERENCE" });
        let pages = async |order: Value| walk(app, OFFICE, &ACTIONS, &variables(order), 5, false).await;

        assert_eq!(pages(twice).await, sorted(app, &[("REFERENCE", false)]));
        assert_eq!(pages(once).await, sorted(app, &[("REFERENCE", false)]));
        assert_eq!(pages(json!([])).await, pages(Value::Null).await);
    })
    .await;
}

#[tokio::test]
async fn rows_that_are_written_between_two_pages_move_no_other() {
    on_both(async |app| {
        for (field, descending) in [("DUE_ON", false), ("START_ON", true), ("REFERENCE", false)] {
            let before = sorted(app, &[(field, descending)]);
            let variables = json!({ "id": northshire(app), "order": as_input(&[(field, descending)]) });
            let mut pages = Pages::new(app, OFFICE, &ACTIONS, &variables, 4, false);
            pages.grows = true;
            let mut seen = Vec::new();
            let mut number = 0;
            while let Some(page) = pages.next().await {
                seen.extend(page);
                number += 1;
                if number > 4 {
                    continue;
                }
                let mut to = app.write().await;
                let plan = app.world.plan("Published plan").clone();
                for (half, on) in [("a", Some("2018-01-01")), ("b", Some("2018-12-10")), ("c", None)] {
                    to.action(&plan, &format!("0.{field}.{number}.{half}"), |of| {
                        of.due_on = on.map(day);
                        of.due_precision = on.map(|_| "DAY".to_owned());
                        of.start_on = on.map(day);
                        of.created_at = minute(0);
                    })
                    .await;
                }
                to.commit().await;
            }
            seen.retain(|id| before.contains(id));

            assert_eq!(seen, before, "{field}: each row that was there is seen once, in its place");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_other_sizes_than_1_to_100_are_refused_and_nothing_else_is() {
    reading_both(async |app| {
        for field in ["first", "last"] {
            for size in [0, 101, -1, i32::MAX, i32::MIN] {
                let document = format!("{{ programmes({field}: {size}) {{ nodes {{ id }} }} }}");
                let (code, message) = app.refusal(OFFICE, &document, json!({})).await;
                assert_eq!(code, "BAD_USER_INPUT");
                assert_eq!(message, format!("{field}: {size} is not a size of page; 1 to 100 is."));
            }
            for size in [1, 100] {
                let document = format!("{{ programmes({field}: {size}) {{ nodes {{ id }} }} }}");
                app.data(OFFICE, &document, json!({})).await;
            }
        }
        let both = "{ programmes(first: 1, last: 1) { nodes { id } } }";
        let (code, message) = app.refusal(OFFICE, both, json!({})).await;
        assert_eq!(
            (code.as_str(), message.as_str()),
            ("BAD_USER_INPUT", "first and last cannot be given together.")
        );
        let nulls = "{ programmes(first: null, last: null, after: null, before: null) { nodes { id } } }";
        app.data(OFFICE, nulls, json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_page_holds_20_rows_unless_asked_for_more() {
    reading_both(async |app| {
        let document =
            "query($id: ID!) { node(id: $id) { ... on Programme { actions { nodes { id } totalCount
            pageInfo { hasNextPage hasPreviousPage } } } } }";
        let answer = app.data(OFFICE, document, json!({ "id": northshire(app) })).await;

        let list = &answer["node"]["actions"];
        assert_eq!(list["nodes"].as_array().unwrap().len(), 20);
        assert_eq!(list["totalCount"], sorted(app, &[("REFERENCE", false)]).len());
        assert_eq!(list["pageInfo"], json!({ "hasNextPage": true, "hasPreviousPage": false }));
    })
    .await;
}

#[tokio::test]
async fn a_page_can_lie_between_two_cursors() {
    reading_both(async |app| {
        let document = "query($id: ID!, $first: Int, $last: Int, $after: String, $before: String) { node(id: $id) {
            ... on Programme { actions(first: $first, last: $last, after: $after, before: $before, orderBy: { field: DUE_ON }) {
                totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } } }";
        let all = sorted(app, &[("DUE_ON", false)]);
        let page = async |mut variables: Value| {
            variables["id"] = json!(northshire(app));
            let data = app.data(OFFICE, document, variables).await;
            let list = data["node"]["actions"].clone();
            assert_eq!(list["totalCount"], all.len(), "the total is that of all pages");
            let ids = list["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone());
            (ids.collect::<Value>(), list)
        };
        let (_, whole) = page(json!({ "first": 100 })).await;
        let cursor = |at: usize| whole["edges"][at]["cursor"].clone();
        let between = json!({ "after": cursor(2), "before": cursor(8) });

        for (count, size, expected, next, previous) in [
            ("first", 3, &all[3..6], true, true),
            ("first", 5, &all[3..8], false, true),
            ("last", 3, &all[5..8], true, true),
            ("last", 9, &all[3..8], true, false),
        ] {
            let mut variables = between.clone();
            variables[count] = json!(size);
            let (ids, list) = page(variables).await;
            assert_eq!(ids, json!(expected), "{count}: {size}");
            assert_eq!(list["pageInfo"], json!({ "hasNextPage": next, "hasPreviousPage": previous }), "{count}: {size}");
        }
        let crossed = json!({ "first": 5, "after": cursor(8), "before": cursor(2) });
        assert_eq!(page(crossed).await.0, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_list_filter_or_order_is_refused() {
    reading_both(async |app| {
        let document = "query($id: ID!, $after: String, $filter: ActionFilter, $order: [ActionOrder!]) {
            node(id: $id) { ... on Programme {
                actions(first: 2, after: $after, filter: $filter, orderBy: $order) { pageInfo { endCursor } } } } }";
        let evidence = "query($id: ID!) { node(id: $id) { ... on Programme {
            evidence(first: 1) { pageInfo { endCursor } } } } }";
        let id = northshire(app);
        let order = json!([{ "field": "STATUS", "direction": "ASC" }]);
        let filter = json!({ "isOverdue": { "eq": false } });
        let end = |answer: &Value, field: &str| answer["node"][field]["pageInfo"]["endCursor"].clone();
        let plain = end(&app.data(OFFICE, document, json!({ "id": id })).await, "actions");
        let ordered = app.data(OFFICE, document, json!({ "id": id, "order": order })).await;
        let other = end(&app.data(OFFICE, evidence, json!({ "id": id })).await, "evidence");
        let text = plain.as_str().unwrap();
        let cut = &text[..text.len() - 3];
        let garbage = ["", "x", "%", "WzEsMl0", "null", "W10", cut, "eyJhIjoxfQ", "\u{0}", &"A".repeat(5000)];

        let mut foreign: Vec<Value> = garbage.iter().map(|text| json!({ "after": text })).collect();
        foreign.push(json!({ "after": other }));
        foreign.push(json!({ "after": end(&ordered, "actions") }));
        foreign.push(json!({ "after": plain, "order": order }));
        foreign.push(json!({ "after": plain, "filter": filter }));
        foreign.push(json!({ "after": plain, "order": [{ "field": "DUE_ON", "direction": "ASC" }] }));
        foreign.push(json!({ "after": end(&ordered, "actions"), "order": [{ "field": "STATUS", "direction": "DESC" }] }));
        for mut variables in foreign {
            variables["id"] = json!(id);
            let (code, message) = app.refusal(OFFICE, document, variables.clone()).await;
            assert_eq!(code, "BAD_USER_INPUT", "{variables}");
            assert!(message.starts_with("after: this is not a cursor of this list"), "{message}");
        }
        app.data(OFFICE, document, json!({ "id": id, "after": plain })).await;
    })
    .await;
}

#[tokio::test]
async fn a_cursor_that_someone_made_up_is_refused_or_read_but_breaks_nothing() {
    reading_both(async |app| {
        let document =
            "query($id: ID!, $after: String, $order: [ActionOrder!]) { node(id: $id) { ... on Programme {
            actions(first: 2, after: $after, orderBy: $order) { pageInfo { endCursor } } } } }";
        let id = northshire(app);
        for field in ["DUE_ON", "CREATED_AT", "REFERENCE"] {
            let order = json!([{ "field": field, "direction": "ASC" }]);
            let given = app.data(OFFICE, document, json!({ "id": id, "order": order })).await;
            let given = given["node"]["actions"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
            let (version, mark, values) = opened(&given);
            assert_eq!(closed(&json!([version, mark, values])), given);
            for value in [
                json!("-262143-01-01"),
                json!("+262142-12-31"),
                json!("-4800-01-01"),
                json!("-262143-01-01T00:00:00Z"),
                json!("+262142-12-31T00:00:00Z"),
                json!("2018-12-10T00:00:00+14:00"),
                json!("\u{0}"),
                json!("\u{fffd}\u{10ffff}"),
                json!(1e300),
                json!(i64::MAX),
                json!({}),
                json!([]),
                json!(true),
                Value::Null,
            ] {
                let made_up = closed(&json!([version, mark, [value, values[1]]]));
                let variables = json!({ "id": id, "order": order, "after": made_up });
                let response = app.query(OFFICE, document, variables).await;
                let is_read = response.status == 200 && response.errors().is_empty();
                assert!(is_read || response.code() == "BAD_USER_INPUT", "{field} {value}: {}", response.text);
            }
            for whole in [
                json!([2, mark, values]),
                json!([1, "x", values]),
                json!([1, mark, [values[0]]]),
                json!([1, mark]),
            ] {
                let variables = json!({ "id": id, "order": order, "after": closed(&whole) });
                let (code, _) = app.refusal(OFFICE, document, variables).await;
                assert_eq!(code, "BAD_USER_INPUT", "{whole}");
            }
        }
    })
    .await;
}

/// What a cursor is made of. Clients must not look; this test does.
fn opened(cursor: &str) -> (Value, Value, Value) {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let parts: Value = serde_json::from_slice(&bytes).unwrap();
    (parts[0].clone(), parts[1].clone(), parts[2].clone())
}

fn closed(parts: &Value) -> String {
    URL_SAFE_NO_PAD.encode(parts.to_string())
}
