//! A page far along a list costs what the first one does.

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use super::plan::Explained;
use super::{Told, explained, explaining};
use crate::support::db::url_of;
use crate::support::{Persona, TestApp, gid};

/// Room for what is no growth: another page of an index, a row that is not for the viewer.
const ROOM: u64 = 40;

/// Walks through a list by pages of 50, and compares what its last pages cost with what the second did.
async fn compare(
    app: &TestApp,
    who: Persona,
    (table, document): (&str, &str),
    mut variables: Value,
    path: &[&str],
) {
    let (told, _guard) = Told::listen();
    let mut costs: Vec<(u64, u64)> = Vec::new();
    loop {
        let (data, plans) = explained(app, &told, who, document, variables.clone()).await;
        let of: Vec<&Explained> = plans.iter().filter(|plan| plan.reads(table)).collect();
        assert!(!of.is_empty(), "nothing reads {table}");
        costs.push((of.iter().map(|plan| plan.pages()).sum(), of.iter().map(|plan| plan.rows()).sum()));
        let page = path.iter().fold(&data, |value, key| &value[*key]);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
    assert!(costs.len() >= 10, "{document}: only {} pages", costs.len());
    // The last page may be short; the first has no cursor.
    let second = costs[1];
    let worst = costs[1..].iter().fold((0, 0), |worst, cost| (worst.0.max(cost.0), worst.1.max(cost.1)));
    assert!(
        worst.0 <= second.0 * 2 + ROOM,
        "{document}: {} pages of the database, and then {}",
        second.0,
        worst.0
    );
    assert!(worst.1 <= second.1 * 2 + ROOM, "{document}: {} rows, and then {}", second.1, worst.1);
}

async fn of_the_feed(app: &TestApp) {
    let document =
        "query($after: String) { programme(slug: \"northshire\") { changes(first: 50, after: $after) {
        nodes { sequence } pageInfo { hasNextPage endCursor } } } }";
    for who in [Persona::BoardMember, Persona::Admin] {
        compare(app, who, ("ledger_entry", document), json!({}), &["programme", "changes"]).await;
    }
}

async fn of_a_history(app: &TestApp) {
    let busiest = busiest(app).await;
    for list in ["history", "changes"] {
        let document = format!(
            "query($id: ID!, $after: String) {{ node(id: $id) {{ ... on Action {{ {list}(first: 50, after: $after) {{
             nodes {{ sequence }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"
        );
        let variables = json!({ "id": busiest });
        compare(app, Persona::BoardMember, ("ledger_entry", &document), variables, &["node", list]).await;
    }
}

/// The action with the most entries.
async fn busiest(app: &TestApp) -> String {
    let text = "SELECT entity_id FROM ledger_entry WHERE entity_type = 'Action' GROUP BY entity_id ORDER BY count(*) DESC LIMIT 1";
    let db = Database::connect(url_of(app.db())).await.unwrap();
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, text)).await.unwrap();
    db.close().await.unwrap();
    gid("act", row.unwrap().try_get_by_index(0).unwrap())
}

async fn of_actions_and_evidence(app: &TestApp) {
    for (table, list, order) in [
        ("action", "actions", ""),
        ("action", "actions", ", orderBy: [{ field: REFERENCE }]"),
        ("action", "actions", ", orderBy: [{ field: UPDATED_AT, direction: DESC }]"),
        ("evidence", "evidence", ""),
    ] {
        let document = format!(
            "query($after: String) {{ programme(slug: \"northshire\") {{ {list}(first: 50, after: $after{order}) {{
             nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        );
        compare(app, Persona::BoardMember, (table, &document), json!({}), &["programme", list]).await;
    }
}

#[tokio::test]
async fn a_page_costs_the_same_at_any_depth() {
    explaining("", async |app| {
        of_the_feed(app).await;
        of_a_history(app).await;
        of_actions_and_evidence(app).await;
    })
    .await;
}
