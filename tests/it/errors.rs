//! What goes wrong, and what is said about it: one clear error with a code of the closed set and the request's id.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Persona, Response, TestApp, gid, reading_both};

const CHAIR: Persona = Persona::Chair;

/// Checks what holds for every error, and gives their codes and messages.
fn errors(response: &Response) -> Vec<(String, String)> {
    let of = |error: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert_eq!(text(&error["extensions"]["requestId"]).len(), 36, "{error}");
        assert_eq!(error["extensions"].as_object().unwrap().len(), 2, "{error}");
        (text(&error["extensions"]["code"]), text(&error["message"]))
    };
    response.errors().iter().map(of).collect()
}

async fn refused(app: &TestApp, document: &str, variables: Value) -> (String, String) {
    let response = app.query(CHAIR, document, variables).await;
    let errors = errors(&response);
    assert!(response.body.get("data").is_none(), "{}", response.text);
    assert_eq!(response.status, 400, "{}", response.text);
    errors.into_iter().next().unwrap()
}

#[tokio::test]
async fn what_is_not_graphql_or_does_not_fit_the_schema_is_refused_with_its_place() {
    reading_both(async |app| {
        for (document, code) in [
            ("", "GRAPHQL_PARSE_FAILED"),
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ viewer { subject } ", "GRAPHQL_PARSE_FAILED"),
            ("{ viewer(id: \"x) { subject } }", "GRAPHQL_PARSE_FAILED"),
            ("{ viewers { subject } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ viewer }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ viewer { subject { id } } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ node { id } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ node(id: \"x\", slug: \"y\") { id } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ programmes(first: \"1\") { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ programmes(first: 3000000000) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ viewer { ...f } } fragment f on Action { id }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ viewer { ...f } } fragment f on Viewer { ...f }", "GRAPHQL_VALIDATION_FAILED"),
            ("query($a: Int) { viewer { subject } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ programmes(first: $a) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ viewer { subject @unknown } }", "GRAPHQL_VALIDATION_FAILED"),
            (
                "{ a: programme(slug: \"x\") { id } a: programme(slug: \"y\") { id } }",
                "GRAPHQL_VALIDATION_FAILED",
            ),
            ("mutation { x }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { x }", "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let response = app.query(CHAIR, document, json!({})).await;
            let all = errors(&response);
            assert!(all.iter().all(|(of, message)| of == code && !message.is_empty()), "{document}: {all:?}");
            assert!(!all.is_empty() && response.status == 400 && response.body.get("data").is_none());
            if !document.is_empty() {
                assert!(response.errors()[0]["locations"][0]["line"].is_u64(), "{}", response.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_operation_must_be_one_of_the_document() {
    reading_both(async |app| {
        let two = "query A { viewer { subject } } query B { programmes { totalCount } }";
        let ask = async |name: Value| {
            app.plain(CHAIR, json!({ "query": two, "operationName": name, "variables": {} })).await
        };

        assert_eq!(ask(json!("A")).await.data()["viewer"]["subject"], "chair");
        for (name, message) in [
            (json!("C"), "The document has no operation with the name \"C\"."),
            (Value::Null, "The document has several operations: say by operationName which one to run."),
        ] {
            let response = ask(name).await;
            assert_eq!(errors(&response), [("BAD_USER_INPUT".to_owned(), message.to_owned())]);
        }
    })
    .await;
}

#[tokio::test]
async fn variables_of_another_type_are_refused() {
    reading_both(async |app| {
        let size = "query($size: Int!) { programmes(first: $size) { totalCount } }";
        for variables in [
            json!({}),
            json!({ "size": null }),
            json!({ "size": "1" }),
            json!({ "size": 1.5 }),
            json!({ "size": [1] }),
        ] {
            let (code, message) = refused(app, size, variables.clone()).await;
            assert_eq!(code, "BAD_USER_INPUT", "{variables}");
            assert!(message.contains("size"), "{message}");
        }
        let filter = "query($id: ID!, $filter: ActionFilter) { node(id: $id) { ... on Programme {
            actions(filter: $filter) { totalCount } } } }";
        let id = gid("prg", app.world.programme("northshire").id);
        for given in [
            json!({ "colour": "red" }),
            json!({ "status": { "eq": "GONE" } }),
            json!({ "status": "COMPLETE" }),
            json!(1),
        ] {
            let (code, _) = refused(app, filter, json!({ "id": id, "filter": given })).await;
            assert_eq!(code, "BAD_USER_INPUT", "{given}");
        }
        app.data(CHAIR, filter, json!({ "id": id, "unknown": 1 })).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_invisible_and_what_never_was_are_told_apart_by_nothing() {
    reading_both(async |app| {
        let world = &app.world;
        let node = "query($id: ID!) { node(id: $id) { __typename id } }";
        let nodes = "query($id: ID!) { nodes(ids: [$id]) { __typename id } }";
        let invisible = [
            (Persona::Police, "pln", world.plan("Health draft").id),
            (Persona::Police, "act", world.action("D1").id),
            (Persona::Police, "upd", world.updates_on(world.action("1.1"))[0].id),
            (Persona::Police, "evd", world.piece("OFFICIAL on 1.1, kept").id),
            (Persona::Chair, "act", world.action("D1").id),
            (Persona::Scrutiny, "rev", world.source("Unpublished review").id),
            (Persona::Scrutiny, "rec", world.requirement("Unpublished review", "1").id),
            (Persona::Chair, "prg", world.programme("southmere").id.min(Uuid::nil())),
            (Persona::Chair, "act", world.action("S2").id),
            (Persona::Nobody, "prg", world.programme("northshire").id),
            (Persona::Anonymous, "prg", world.programme("northshire").id),
            (Persona::Anonymous, "act", world.action("1.1").id),
            (Persona::Chair, "mbr", world.memberships[1].id),
        ];
        for (persona, prefix, id) in invisible {
            for document in [node, nodes] {
                let there = app.query(persona, document, json!({ "id": gid(prefix, id) })).await;
                let never = app.query(persona, document, json!({ "id": gid(prefix, Uuid::now_v7()) })).await;

                assert_eq!(errors(&there), errors(&never));
                assert_eq!(errors(&there)[0].0, "NOT_FOUND");
                assert_eq!(there.status, 200);
                let nothing =
                    if document == node { json!({ "node": null }) } else { json!({ "nodes": [null] }) };
                assert_eq!(*there.data(), nothing);
                assert_eq!(there.without_request_id(), never.without_request_id(), "{persona:?} {prefix}");
            }
        }
        let slug = "query($slug: String!) { programme(slug: $slug) { id } }";
        let never = app.query(Persona::Nobody, slug, json!({ "slug": "nowhere" })).await;
        for odd in ["northshire", "", "\u{0}", "%", "NORTHSHIRE", "x' OR '1'='1"] {
            let there = app.query(Persona::Nobody, slug, json!({ "slug": odd })).await;
            assert_eq!(there.without_request_id(), never.without_request_id(), "{odd:?}");
        }
        assert_eq!(
            (errors(&never)[0].0.as_str(), &never.errors()[0]["path"]),
            ("NOT_FOUND", &json!(["programme"]))
        );
    })
    .await;
}

#[tokio::test]
async fn several_ids_keep_their_order_and_each_that_is_missing_says_where() {
    reading_both(async |app| {
        let (plan, action) = (app.world.plan("Published plan").id, app.world.action("1.2").id);
        let ids = [
            gid("act", action),
            gid("act", Uuid::now_v7()),
            gid("pln", plan),
            gid("act", action),
            gid("org", Uuid::now_v7()),
        ];
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Action { reference } ... on Plan { title } } }";
        let response = app.query(CHAIR, document, json!({ "ids": ids })).await;

        let (first, second) = (
            json!({ "__typename": "Action", "reference": "1.2" }),
            json!({ "__typename": "Plan", "title": "Published plan" }),
        );
        assert_eq!(response.data()["nodes"], json!([first, null, second, first, null]));
        let paths: Vec<_> = response.errors().iter().map(|error| error["path"].clone()).collect();
        assert_eq!(paths, [json!(["nodes", 1]), json!(["nodes", 4])]);
        assert_eq!(app.data(CHAIR, document, json!({ "ids": [] })).await["nodes"], json!([]));
        let missing: Vec<String> = (0..100).map(|_| gid("act", Uuid::now_v7())).collect();
        let response = app.query(CHAIR, document, json!({ "ids": missing })).await;
        assert_eq!(errors(&response).len(), 100, "each that is missing has its error");
        let many: Vec<String> = (0..101).map(|_| gid("act", action)).collect();
        let (code, message) = refused(app, document, json!({ "ids": many })).await;
        assert_eq!((code.as_str(), message.as_str()), ("BAD_USER_INPUT", "ids: 101 ids; 100 is the limit."));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_id_is_refused_by_its_place() {
    reading_both(async |app| {
        let action = gid("act", app.world.action("1.2").id);
        let hyphened = format!("act_{}", app.world.action("1.2").id);
        let odd = [
            "",
            "act",
            "act_",
            "act_1",
            "1",
            "\u{0}",
            &action.to_uppercase(),
            &hyphened,
            &format!("{action} "),
            &action.replace("act", "xyz"),
        ];
        for id in odd {
            let (code, message) =
                refused(app, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
            assert_eq!(
                (code.as_str(), message),
                ("BAD_USER_INPUT", format!("id: {} is not an id that this API gave.", json!(id)))
            );
            let (code, message) = refused(
                app,
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": [action, id] }),
            )
            .await;
            assert_eq!(
                (code.as_str(), message),
                ("BAD_USER_INPUT", format!("ids.1: {} is not an id that this API gave.", json!(id)))
            );
        }
        let (code, _) = refused(app, "{ node(id: 7) { id } }", json!({})).await;
        assert_eq!(code, "BAD_USER_INPUT");
    })
    .await;
}

#[tokio::test]
async fn too_much_is_refused_at_once() {
    reading_both(async |app| {
        let id = gid("trm", app.world.requirement("Second direction", "2").id);
        let deep = |levels: usize| {
            let (open, close) = ("parent { ".repeat(levels), "} ".repeat(levels));
            format!("{{ node(id: \"{id}\") {{ ... on DirectionTerm {{ {open} id {close} }} }} }}")
        };
        // Each fragment holds the next one twice: 2 to the power of 30 fields, were they laid out.
        let doubling: String = (0..30)
            .map(|at| {
                format!(
                    "fragment f{at} on DirectionTerm {{ a: parent {{ ...f{} }} b: parent {{ ...f{} }} }} ",
                    at + 1,
                    at + 1
                )
            })
            .collect();
        let doubling =
            format!("{{ node(id: \"{id}\") {{ ...f0 }} }} {doubling} fragment f30 on DirectionTerm {{ id }}");
        let spreads: String = (0..200)
            .map(|at| format!("fragment f{at} on Query {{ ...f{} ...f{} }} ", at + 1, at + 1))
            .collect();
        let spreads = format!("{{ ...f0 }} {spreads} fragment f200 on Query {{ viewer {{ subject }} }}");
        let wide = format!("{{ programmes {{ nodes {{ {} }} }} }}", "id ".repeat(2500));
        let page = |size: usize| {
            format!(
                "{{ programmes(first: 100) {{ nodes {{ actions(first: {size}) {{ nodes {{ id }} }} }} }} }}"
            )
        };
        let nested = format!("{{ {} __typename {} }}", "... { ".repeat(70), "}".repeat(70));
        let long = format!("{{ viewer {{ subject }} }} # {}", "x".repeat(20_000));
        let lists = format!("{{ nodes(ids: {}{}) {{ id }} }}", "[".repeat(500), "]".repeat(500));
        for (document, about) in [
            (deep(40), "levels deep"),
            (doubling, "limit"),
            (spreads, "limit"),
            (wide, "tokens"),
            (page(100), "10000 objects"),
            (nested, "nested"),
            (long, "bytes"),
            (lists, "nested"),
        ] {
            let started = Instant::now();
            let response = app.query(CHAIR, &document, json!({})).await;
            let (code, message) = errors(&response).remove(0);
            assert!(started.elapsed() < Duration::from_secs(1), "{about}: {:?}", started.elapsed());
            assert_eq!(response.status, 400, "{about}");
            assert_eq!(code, "QUERY_TOO_COMPLEX", "{about}: {message}");
            assert!(message.contains(about), "{about}: {message}");
        }
        app.data(CHAIR, &deep(13), json!({})).await;
        app.data(CHAIR, &page(90), json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn the_introspection_of_the_usual_tools_is_answered_but_not_one_without_end() {
    reading_both(async |app| {
        let of_type = "ofType { kind name ".repeat(9) + &"}".repeat(9);
        let usual = format!(
            "{{ __schema {{ queryType {{ name }} types {{ kind name fields(includeDeprecated: true) {{ name args {{ name
                type {{ kind name {of_type} }} }} type {{ kind name {of_type} }} }} }} }} }}"
        );
        let data = app.data(Persona::Anonymous, &usual, json!({})).await;
        assert_eq!(data["__schema"]["queryType"]["name"], "Query");

        let endless = format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(6), "} }".repeat(6));
        let (code, _) = refused(app, &endless, json!({})).await;
        assert_eq!(code, "QUERY_TOO_COMPLEX");
    })
    .await;
}
