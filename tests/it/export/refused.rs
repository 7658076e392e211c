//! What cannot be exported is said before anything is written, as an error like any other.

use api::graphql::{Limits, Rules};
use serde_json::json;

use super::{CSV, LINES, export, export_with, settings};
use crate::support::{Persona, TestApp, reading_both};

/// A query that is no export, what is wrong with it, and a word of what it is told.
const REFUSED: &[(&str, u16, &str, &str)] = &[
    ("{ programme", 400, "GRAPHQL_PARSE_FAILED", ""),
    ("{ programme(slug: \"northshire\") { nothing } }", 400, "GRAPHQL_VALIDATION_FAILED", "nothing"),
    ("{ programme(slug: \"nowhere\") { actions { nodes { id } } } }", 404, "NOT_FOUND", "slug"),
    ("{ viewer { subject } }", 400, "BAD_USER_INPUT", "one list"),
    ("{ programme(slug: \"northshire\") { name } }", 400, "BAD_USER_INPUT", "one list"),
    (
        "{ programme(slug: \"northshire\") { name actions { nodes { id } } } }",
        400,
        "BAD_USER_INPUT",
        "one list",
    ),
    (
        "{ programme(slug: \"northshire\") { actions { nodes { id } } evidence { nodes { id } } } }",
        400,
        "BAD_USER_INPUT",
        "one list",
    ),
    (
        "{ a: programme(slug: \"northshire\") { actions { nodes { id } } } b: viewer { subject } }",
        400,
        "BAD_USER_INPUT",
        "one list",
    ),
    ("{ nodes(ids: []) { id } }", 400, "BAD_USER_INPUT", "one list"),
    ("{ __schema { queryType { name } } }", 400, "BAD_USER_INPUT", "one list"),
    ("{ programme(slug: \"northshire\") { actions { totalCount } } }", 400, "BAD_USER_INPUT", "one list"),
    (
        "{ programme(slug: \"northshire\") { actions { totalCount nodes { id } } } }",
        400,
        "BAD_USER_INPUT",
        "nodes",
    ),
    (
        "{ programme(slug: \"northshire\") { actions { nodes { id } pageInfo { hasNextPage } } } }",
        400,
        "BAD_USER_INPUT",
        "nodes",
    ),
    (
        "{ programme(slug: \"northshire\") { actions(last: 5) { nodes { id } } } }",
        400,
        "BAD_USER_INPUT",
        "forwards",
    ),
    (
        "{ programme(slug: \"northshire\") { actions(first: 0) { nodes { id } } } }",
        400,
        "BAD_USER_INPUT",
        "first",
    ),
    (
        "{ programme(slug: \"northshire\") { actions(after: \"x\") { nodes { id } } } }",
        400,
        "BAD_USER_INPUT",
        "cursor",
    ),
    (
        "{ programme(slug: \"northshire\") { actions { nodes { evidence(first: 200) { nodes { id } } } } } }",
        400,
        "BAD_USER_INPUT",
        "1 to 100",
    ),
    ("{ programmes { edges { node { actions { nodes { id } } } } } }", 400, "BAD_USER_INPUT", "nodes"),
    ("mutation { __typename }", 400, "BAD_USER_INPUT", "query"),
    ("subscription { changes(programmeId: \"x\") { cursor } }", 400, "BAD_USER_INPUT", "query"),
];

#[tokio::test]
async fn what_is_no_list_is_refused_with_a_status_that_is_none_of_success() {
    reading_both(async |app| {
        for accept in [LINES, CSV] {
            for (query, status, code, word) in REFUSED {
                let answer = export(app, Persona::Chair, accept, query).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (*status, *code),
                    "{query}: {}",
                    answer.text
                );
                assert!(answer.text.contains(word), "{query}: {}", answer.text);
                assert!(answer.header("content-type").starts_with("application/graphql-response+json"));
                assert_eq!(answer.header("content-disposition"), "", "{query}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_too_much_for_one_line_is_too_much() {
    reading_both(async |app| {
        let limits = Limits { cost: 50, ..Limits::default() };
        let rules = Rules { limits, ..Rules::default() };
        let app = &app.limited(rules, settings()).await;
        let query = |inner: u32| {
            format!(r#"{{ programme(slug: "northshire") {{ actions {{ nodes {{ id evidence(first: {inner}) {{ nodes {{ id }} }} }} }} }} }}"#)
        };
        let answer = export(app, Persona::Chair, LINES, &query(100)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "QUERY_TOO_COMPLEX"));
        // One line is not too much; then a page is of few of them.
        let few = export(app, Persona::Chair, LINES, &query(40)).await;
        let all = export(app, Persona::Chair, LINES, r#"{ programme(slug: "northshire") { actions { nodes { id } } } }"#).await;
        assert_eq!((few.status, few.text.lines().count()), (200, all.text.lines().count()));
    })
    .await;
}

#[tokio::test]
async fn an_old_protocol_that_cannot_tell_the_end_from_a_break_gets_none() {
    reading_both(async |app| {
        let body = json!({ "query": "{ programmes { nodes { slug } } }" });
        let request = http::Request::post("/graphql")
            .version(http::Version::HTTP_10)
            .header("content-type", "application/json")
            .header("accept", CSV);
        let answer = app.raw(Persona::Chair, request, body.to_string()).await;
        assert_eq!((answer.status, answer.code().as_str()), (505, "BAD_USER_INPUT"));
    })
    .await;
}

#[tokio::test]
async fn a_query_by_get_and_one_with_variables_are_exported_too() {
    reading_both(async |app: &TestApp| {
        let query = "query Sheet($slug: String!) { programme(slug: $slug) { plans { nodes { title } } } }";
        let body = json!({ "query": query, "variables": { "slug": "northshire" } });
        let posted = export_with(app, Persona::Chair, CSV, &body).await;
        assert_eq!(posted.status, 200);
        let query = "%7B%20programme(slug%3A%22northshire%22)%7Bplans%7Bnodes%7Btitle%7D%7D%7D%7D";
        let request = http::Request::get(format!("/graphql?query={query}")).header("accept", CSV);
        let got = app.raw(Persona::Chair, request, String::new()).await;
        assert_eq!((got.status, &got.text), (200, &posted.text));
        let unset = export_with(app, Persona::Chair, CSV, &json!({ "query": body["query"] })).await;
        assert_eq!((unset.status, unset.code().as_str()), (400, "BAD_USER_INPUT"));
    })
    .await;
}
