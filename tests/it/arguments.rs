//! Arguments: literals and variables mean the same.

use serde_json::{Value, json};

use crate::support::{Persona, gid, reading_both};

const CHAIR: Persona = Persona::Chair;

#[tokio::test]
async fn a_literal_means_what_the_same_variable_means() {
    reading_both(async |app| {
        let id = gid("prg", app.world.programme("northshire").id);
        let status = "status: { eq: IN_PROGRESS }";
        for (literal, variable) in [
            ("{ status: { in: COMPLETE } }", json!({ "status": { "in": "COMPLETE" } })),
            ("{ status: { in: [COMPLETE, ASSURED] } }", json!({ "status": { "in": ["COMPLETE", "ASSURED"] } })),
            ("{ and: { status: { eq: COMPLETE } } }", json!({ "and": { "status": { "eq": "COMPLETE" } } })),
            ("{ or: { status: { eq: COMPLETE } } }", json!({ "or": { "status": { "eq": "COMPLETE" } } })),
            ("{ dueOn: { eq: null } }", json!({ "dueOn": { "eq": null } })),
            ("{ or: [] }", json!({ "or": [] })),
            ("{ and: [], not: null }", json!({ "and": [], "not": null })),
            ("{ not: {} }", json!({ "not": {} })),
            ("{}", json!({})),
            ("null", Value::Null),
        ] {
            let with_literal = format!(
                "query($id: ID!) {{ node(id: $id) {{ ... on Programme {{ actions(filter: {literal}) {{ totalCount }} }} }} }}"
            );
            let with_variable = "query($id: ID!, $filter: ActionFilter) { node(id: $id) { ... on Programme {
                actions(filter: $filter) { totalCount } } } }";
            let literally = app.data(CHAIR, &with_literal, json!({ "id": id })).await;
            let variably = app.data(CHAIR, with_variable, json!({ "id": id, "filter": variable })).await;

            assert_eq!(literally, variably, "{literal}");
        }
        // A variable within a literal; one that is not given is as if its place were empty.
        let within = format!(
            "query($id: ID!, $due: DateComparator, $other: ActionStatus) {{ node(id: $id) {{ ... on Programme {{
                actions(filter: {{ {status}, dueOn: $due, or: [{{ status: {{ eq: $other }} }}] }}) {{ totalCount }} }} }} }}"
        );
        let count = async |variables: Value| {
            app.data(CHAIR, &within, variables).await["node"]["actions"]["totalCount"].as_u64().unwrap()
        };
        let all = count(json!({ "id": id, "other": "IN_PROGRESS" })).await;
        assert!(all > count(json!({ "id": id, "other": "IN_PROGRESS", "due": { "isNull": false } })).await);
        assert_eq!(all, count(json!({ "id": id })).await);
        assert_eq!(0, count(json!({ "id": id, "other": "COMPLETE" })).await);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_serves_however_the_filter_and_the_order_were_written() {
    reading_both(async |app| {
        let id = gid("prg", app.world.programme("northshire").id);
        let list = |declared: &str, arguments: &str| {
            format!(
                "query($id: ID!, $after: String{declared}) {{
                    node(id: $id) {{ ... on Programme {{ actions(first: 2, after: $after, {arguments}) {{
                        nodes {{ id }} pageInfo {{ endCursor }} }} }} }} }}"
            )
        };
        let literal = list(
            "",
            "filter: { dueOn: { isNull: true }, status: { in: IN_PROGRESS } }, orderBy: { field: REFERENCE }",
        );
        let variable =
            list(", $filter: ActionFilter, $order: [ActionOrder!]", "filter: $filter, orderBy: $order");
        let filter = json!({ "status": { "in": ["IN_PROGRESS"] }, "dueOn": { "isNull": true } });
        let order = json!([{ "direction": "ASC", "field": "REFERENCE" }]);
        let first = app.data(CHAIR, &literal, json!({ "id": id })).await;
        let after = &first["node"]["actions"]["pageInfo"]["endCursor"];
        let second = app.data(CHAIR, &literal, json!({ "id": id, "after": after })).await;
        let variables = json!({ "id": id, "after": after, "filter": filter, "order": order });

        assert_eq!(app.data(CHAIR, &variable, variables).await, second);
    })
    .await;
}

#[tokio::test]
async fn ids_and_orders_may_be_one_value_instead_of_a_list() {
    reading_both(async |app| {
        let id = gid("act", app.world.action("1.1").id);
        let document = format!("{{ nodes(ids: \"{id}\") {{ id }} }}");

        assert_eq!(app.data(CHAIR, &document, json!({})).await, json!({ "nodes": [{ "id": id }] }));
    })
    .await;
}
