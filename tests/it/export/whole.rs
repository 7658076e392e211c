//! An export is the list that the same viewer pages through, and nothing else.

use serde_json::{Value, json};

use super::{LINES, export, lines, plan_of};
use crate::support::pages::{List, walk};
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

#[tokio::test]
async fn a_list_of_over_a_thousand_is_the_paged_list_for_each_viewer() {
    on_both(async |app| {
        plan_of(app, 1_111).await;
        let programme = gid("prg", app.world.programme("northshire").id);
        let list = |given, declared| List { of: "Programme", field: "actions", given, declared, node: "id" };
        let plain = list("filter: {}", "");
        for who in [Persona::BoardMember, Persona::ProgrammeOffice, Persona::Police, Persona::Scrutiny, Persona::Anonymous] {
            let paged = match who {
                Persona::Anonymous => Vec::new(),
                who => walk(app, who, &plain, &json!({ "id": programme }), 100, false).await,
            };
            let query = r#"{ programmes { nodes { actions(filter: {}) { nodes { id plan { title } } } } } }"#;
            let all = lines(app, who, query).await;
            let of_northshire = all.iter().filter(|line| paged.iter().any(|id| line["id"] == id.as_str()));
            assert_eq!(of_northshire.map(id).collect::<Vec<_>>(), paged, "{who:?}");
            if who == Persona::Anonymous {
                assert!(all.iter().all(|line| line["plan"]["title"] != "A long plan"));
                continue;
            }
            assert!(paged.len() >= 1_111, "{who:?}: {}", paged.len());
            let one = r#"{ programme(slug: "northshire") { actions(filter: {}) { nodes { id } } } }"#;
            assert_eq!(lines(app, who, one).await.iter().map(id).collect::<Vec<_>>(), paged, "{who:?}");
        }
        let ordered = list("filter: $filter, orderBy: $order", ", $filter: ActionFilter, $order: [ActionOrder!]");
        for (filter, order) in [
            (json!({}), json!([{ "field": "DUE_ON", "direction": "DESC" }])),
            (json!({ "dueOn": { "isNull": true } }), json!([{ "field": "REFERENCE" }])),
            (json!({ "text": { "contains": "1.1" } }), json!([{ "field": "STATUS" }, { "field": "REFERENCE", "direction": "DESC" }])),
        ] {
            let variables = json!({ "id": programme, "filter": filter, "order": order });
            let paged = walk(app, Persona::ProgrammeOffice, &ordered, &variables, 97, false).await;
            let query = "query($id: ID!, $filter: ActionFilter, $order: [ActionOrder!]) {
                node(id: $id) { ... on Programme { actions(filter: $filter, orderBy: $order) { nodes { id } } } } }";
            let body = json!({ "query": query, "variables": variables });
            let answer = super::export_with(app, Persona::ProgrammeOffice, LINES, &body).await;
            let exported: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(exported.iter().map(id).collect::<Vec<_>>(), paged, "{order}");
        }
    })
    .await;
}

fn id(line: &Value) -> String {
    line["id"].as_str().unwrap().to_owned()
}

/// Lists of a programme, and what to ask of their items: lists within, figures that are withheld from some, and the record.
const LISTS: &[(&str, &str)] = &[
    (
        "actions",
        "id reference aim status rating { label } leads { __typename ... on Person { post } ... on Organisation { name } }
         requirements(first: 2) { totalCount edges { qualifier node { reference } } }
         latestUpdate { narrative } evidence(first: 3) { totalCount nodes { title marking } } viewerCan",
    ),
    ("evidence", "id title marking files { name } actions(first: 2) { nodes { reference } }"),
    ("measures", "id title trend latestReading { value } series { periodEnd category value numerator isSuppressed }"),
    ("feedback", "id createdAt"),
    ("audits", "id title"),
    ("members", "id subject role"),
    ("people", "id name post"),
    ("changes", "sequence operation entityType entityId changes { field before after } node { __typename ... on Evidence { title } }"),
    ("challenges", "id"),
    ("recommendations", "id reference coverage"),
];

#[tokio::test]
async fn each_line_is_what_a_page_shows_to_whoever_asks() {
    reading_both(async |app| {
        for who in Persona::ALL {
            for (list, shows) in LISTS {
                let paged = paged(app, *who, list, shows).await;
                let query =
                    format!(r#"{{ programme(slug: "northshire") {{ {list} {{ nodes {{ {shows} }} }} }} }}"#);
                let answer = export(app, *who, LINES, &query).await;
                match paged {
                    Some(paged) => {
                        let lines: Vec<Value> =
                            answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                        assert_eq!((answer.status, lines), (200, paged), "{who:?} {list}");
                    }
                    None => {
                        assert_eq!(
                            (answer.status, answer.code().as_str()),
                            (404, "NOT_FOUND"),
                            "{who:?} {list}"
                        );
                    }
                }
            }
        }
    })
    .await;
}

/// All items of a list as its pages have them; none where its programme is not there for the viewer.
async fn paged(app: &TestApp, who: Persona, list: &str, shows: &str) -> Option<Vec<Value>> {
    let query = format!(
        r#"query($after: String) {{ programme(slug: "northshire") {{ {list}(first: 7, after: $after) {{
            nodes {{ {shows} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"#
    );
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = app.query(who, &query, json!({ "after": after })).await;
        if answer.code() == "NOT_FOUND" {
            return None;
        }
        assert!(answer.errors().is_empty(), "{}", answer.text);
        let page = answer.data()["programme"][list].clone();
        all.extend(page["nodes"].as_array().unwrap().iter().cloned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return Some(all);
        }
    }
}

#[tokio::test]
async fn the_lists_of_all_programmes_follow_each_other() {
    reading_both(async |app| {
        for who in
            [Persona::Admin, Persona::Chair, Persona::SouthmereOffice, Persona::Nobody, Persona::Anonymous]
        {
            let programmes = lines(app, who, "{ programmes { nodes { slug } } }").await;
            let mut expected = Vec::new();
            for programme in &programmes {
                let slug = programme["slug"].as_str().unwrap();
                let query = format!(r#"{{ programme(slug: "{slug}") {{ actions {{ nodes {{ id }} }} }} }}"#);
                expected.extend(lines(app, who, &query).await);
            }
            let all = lines(app, who, "{ programmes { nodes { actions { nodes { id } } } } }").await;
            assert_eq!(all, expected, "{who:?}");
            let first = "{ programmes(first: 1) { nodes { actions(first: 2) { nodes { id } } } } }";
            assert_eq!(lines(app, who, first).await.len(), expected.len().min(2), "{who:?}");
        }
        assert_eq!(lines(app, Persona::Admin, "{ programmes { nodes { slug } } }").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_part_is_a_part_and_an_export_goes_on_from_a_cursor() {
    on_both(async |app| {
        plan_of(app, 500).await;
        let who = Persona::ProgrammeOffice;
        let all = lines(app, who, r#"{ programme(slug: "northshire") { actions { nodes { id } } } }"#).await;
        for first in [1, 199, 200, 201, 450, 100_000] {
            let query = format!(r#"{{ programme(slug: "northshire") {{ actions(first: {first}) {{ nodes {{ id }} }} }} }}"#);
            assert_eq!(lines(app, who, &query).await, all[..first.min(all.len())], "{first}");
        }
        let edges = r#"{ programme(slug: "northshire") { actions(first: 321) { edges { cursor node { id } } } } }"#;
        let begun = lines(app, who, edges).await;
        let cursor = begun[320]["cursor"].as_str().unwrap();
        let rest = format!(
            r#"{{ programme(slug: "northshire") {{ actions(after: "{cursor}") {{ edges {{ cursor node {{ id }} }} }} }} }}"#
        );
        let rest = lines(app, who, &rest).await;
        let both: Vec<Value> = begun.iter().chain(&rest).map(|edge| edge["node"].clone()).collect();
        assert_eq!(both, all);
    })
    .await;
}

#[tokio::test]
async fn an_export_says_how_it_must_be_handled() {
    reading_both(async |app| {
        let evidence = r#"{ programme(slug: "northshire") { evidence { nodes { title } } } }"#;
        let nested = r#"{ programme(slug: "northshire") { actions { nodes { reference evidence(first: 1) { nodes { title } } } } } }"#;
        let plain = r#"{ programme(slug: "northshire") { actions { nodes { reference } } } }"#;
        for (who, query, name, marking) in [
            (Persona::BoardMember, evidence, "evidence", "OFFICIAL-SENSITIVE"),
            (Persona::BoardMember, nested, "actions", "OFFICIAL-SENSITIVE"),
            (Persona::BoardMember, plain, "actions", "OFFICIAL"),
            (Persona::Admin, evidence, "evidence", "OFFICIAL"),
            (Persona::Scrutiny, evidence, "evidence", "OFFICIAL"),
        ] {
            let answer = export(app, who, LINES, query).await;
            assert_eq!(answer.header("golden-thread-marking"), marking, "{who:?} {query}");
            let named = format!("attachment; filename=\"{name} 2018-12-10 {marking}.jsonl\"");
            assert!(answer.header("content-disposition").starts_with(&named), "{:?}", answer.headers);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("etag"), "");
        }
    })
    .await;
}
