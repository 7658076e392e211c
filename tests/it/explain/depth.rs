//! A page far along a list costs what the first one does.

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use super::plan::Explained;
use super::{Told, explained, explaining};
use crate::support::db::url_of;
use crate::support::{Persona, TestApp, gid};

/// Room for what is no growth: another page of an index, a row that is not for the viewer.
const ROOM: u64 = 40;

/// Walks through a list by pages of 50, and compares what its last pages cost with what the first did.
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
    // What is on a page has its part in what it costs, so that the middle one of the last third is compared with that of the first.
    let third = costs.len() / 3;
    let (near, far) = (middle(&costs[1..=third]), middle(&costs[costs.len() - third..]));
    assert!(far.0 <= near.0 * 2 + ROOM, "{document}: {} pages of the database, and then {}", near.0, far.0);
    assert!(far.1 <= near.1 * 2 + ROOM, "{document}: {} rows, and then {}", near.1, far.1);
}

/// The middle one of each of two figures.
fn middle(costs: &[(u64, u64)]) -> (u64, u64) {
    let (mut pages, mut rows): (Vec<u64>, Vec<u64>) = costs.iter().copied().unzip();
    pages.sort_unstable();
    rows.sort_unstable();
    (pages[pages.len() / 2], rows[rows.len() / 2])
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
