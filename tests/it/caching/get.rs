//! Conditional GET by example.

use api::auth::Principal;
use api::authz::identity::Identity;
use api::config::Clock;
use api::graphql::{Allowed, Conditional, DocumentId, Engine, Held, Outcome, Request};
use serde_json::json;

use super::{DASHBOARD, NORTHSHIRE, address, get, policy, with_dashboard};
use crate::support::{Persona, Raw, TestApp, gid, on_both, reading_both};

/// Expects an answer that is not to be kept.
fn is_not_kept(answer: &Raw) {
    assert_eq!((answer.header("etag"), answer.header("cache-control")), ("", "no-store"), "{answer:?}");
}

/// How the engine answers the dashboard, and in how many statements.
async fn statements(app: &TestApp, held: Held) -> (Outcome, u64) {
    let documents = policy(&json!({ "dashboard": DASHBOARD }), Allowed::Any, false);
    let engine = Engine::new(app.db().clone(), Clock::new(Some(app.today))).with_documents(documents);
    let principal = Principal {
        identity: Identity::of("board-member"),
        issuer: "issuer".to_owned(),
        expires_at: chrono::Utc::now(),
    };
    let request = Request {
        document: DocumentId::read("dashboard"),
        variables: json!({ "slug": "northshire" }).as_object().unwrap().clone(),
        read_only: true,
        conditional: Some(Conditional { media_type: "application/json", held }),
        ..Request::default()
    };
    let answer = engine.execute(request, Some(&principal), "r").await;
    (answer.outcome, answer.statements.into())
}

async fn report(app: &TestApp) {
    let action = gid("act", app.world.action("1.9").id);
    let input = json!({ "actionId": action, "narrative": "It goes on", "declaredHealth": "ON_TRACK" });
    app.done(Persona::ProgrammeOffice, "progressUpdateAdd", input, "progressUpdate { id }").await;
}

#[tokio::test]
async fn an_unchanged_dashboard_costs_a_304_and_one_statement() {
    on_both(async |app| {
        let app = with_dashboard(app).await;
        let first = get(&app, Persona::BoardMember, NORTHSHIRE, &[]).await;
        let tag = first.header("etag").to_owned();
        assert_eq!((first.status, first.header("cache-control")), (200, "private, no-cache"));
        assert_eq!(first.header("vary"), "Accept, Authorization, GraphQL-Cost");
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 45, "{tag}");
        assert!(first.text.contains("\"reference\":\"1.9\""), "{}", first.text);

        let held = format!("\"other\", W/{tag}");
        for held in [tag.as_str(), &held, "*"] {
            let again = get(&app, Persona::BoardMember, NORTHSHIRE, &[("if-none-match", held)]).await;
            assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", tag.as_str()));
            assert_eq!(again.header("cache-control"), "private, no-cache");
            assert_eq!(again.header("vary"), "Accept, Authorization, GraphQL-Cost");
            assert_eq!(again.header("content-type"), "");
            assert_ne!(again.header("x-request-id"), "");
        }

        assert_eq!(statements(&app, Held::None).await, (Outcome::Executed, app.takes(5, 4)));
        assert_eq!(statements(&app, Held::Any).await, (Outcome::NotModified, 1));

        report(&app).await;
        let changed = get(&app, Persona::BoardMember, NORTHSHIRE, &[("if-none-match", &tag)]).await;
        assert_eq!(changed.status, 200);
        assert_ne!((changed.header("etag"), changed.header("etag")), (tag.as_str(), ""));
        assert_ne!(changed.text, first.text);
    })
    .await;
}

#[tokio::test]
async fn a_change_in_another_programme_moves_no_tag() {
    on_both(async |app| {
        let app = with_dashboard(app).await;
        let southmere = [("documentId", "dashboard"), ("variables", r#"{"slug":"southmere"}"#)];
        let mut tags = Vec::new();
        for (who, asked) in [(Persona::SouthmereOffice, &southmere[..]), (Persona::Anonymous, &southmere)] {
            tags.push(get(&app, who, asked, &[]).await.header("etag").to_owned());
        }
        report(&app).await;
        for (who, tag) in [Persona::SouthmereOffice, Persona::Anonymous].into_iter().zip(&tags) {
            let again = get(&app, who, &southmere, &[("if-none-match", tag)]).await;
            assert_eq!(again.status, 304, "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_tag_is_of_one_answer_to_one_question_of_one_viewer() {
    reading_both(async |app| {
        let app = with_dashboard(app).await;
        let with = |more: &[(&'static str, &'static str)]| [NORTHSHIRE, more].concat();
        let few = [("documentId", "dashboard"), ("variables", r#"{"slug":"northshire","first":2}"#)];
        let same = [("documentId", "dashboard"), ("variables", r#"{"first":50,"slug":"northshire"}"#)];
        let mut tags = Vec::new();
        for (who, asked, headers) in [
            (Persona::BoardMember, with(&[]), vec![]),
            (Persona::Chair, with(&[]), vec![]),
            (Persona::BoardMember, few.to_vec(), vec![]),
            (Persona::BoardMember, with(&[("operationName", "Dashboard")]), vec![]),
            (Persona::BoardMember, with(&[]), vec![("accept", "application/json")]),
            (Persona::BoardMember, with(&[]), vec![("graphql-cost", "true")]),
        ] {
            let answer = get(&app, who, &asked, &headers).await;
            assert_eq!(answer.status, 200);
            tags.push(answer.header("etag").to_owned());
        }
        for (index, tag) in tags.iter().enumerate() {
            assert!(!tag.is_empty() && !tags[..index].contains(tag), "{index}");
        }
        // Two of the board see the same; each has a copy of their own.
        let all = tags[1..].join(",");
        let answer = get(&app, Persona::BoardMember, NORTHSHIRE, &[("if-none-match", &all)]).await;
        assert_eq!(answer.status, 200);
        // A default that is written out asks the same.
        let answer = get(&app, Persona::BoardMember, &same, &[("if-none-match", &tags[0])]).await;
        assert_eq!(answer.status, 304);
    })
    .await;
}

#[tokio::test]
async fn a_tag_holds_in_every_process_and_for_its_day() {
    on_both(async |app| {
        let app = with_dashboard(app).await;
        let tag = get(&app, Persona::Lead, NORTHSHIRE, &[]).await.header("etag").to_owned();
        let other = with_dashboard(&app).await;
        assert_eq!(get(&other, Persona::Lead, NORTHSHIRE, &[("if-none-match", &tag)]).await.status, 304);
        let tomorrow = with_dashboard(&app.at(app.today.succ_opt().unwrap()).await).await;
        assert_eq!(get(&tomorrow, Persona::Lead, NORTHSHIRE, &[("if-none-match", &tag)]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn nothing_else_is_kept() {
    reading_both(async |app| {
        let app = with_dashboard(app).await;
        let asked_by_text = [("query", DASHBOARD), ("variables", r#"{"slug":"northshire"}"#)];
        let by_text = get(&app, Persona::Chair, &asked_by_text, &[]).await;
        assert_eq!(by_text.status, 200);
        is_not_kept(&by_text);
        assert_eq!(by_text.header("vary"), "Accept, Authorization");
        let any = get(&app, Persona::Chair, &asked_by_text, &[("if-none-match", "*")]).await;
        assert_eq!(any.status, 200);

        let tag = get(&app, Persona::Chair, NORTHSHIRE, &[]).await.header("etag").to_owned();
        let body = json!({ "documentId": "dashboard", "variables": { "slug": "northshire" } }).to_string();
        let post = http::Request::post("/graphql").header("content-type", "application/json");
        let post = post.header("if-none-match", &tag);
        let posted = app.raw(Persona::Chair, post, body).await;
        assert_eq!(posted.status, 200);
        assert_eq!(posted.text, by_text.text);
        is_not_kept(&posted);

        let head = http::Request::head(address(NORTHSHIRE)).header("if-none-match", &tag);
        let head = app.raw(Persona::Chair, head, String::new()).await;
        assert_eq!((head.status, head.header("allow")), (405, "GET, POST"));
        is_not_kept(&head);
    })
    .await;
}

#[tokio::test]
async fn an_answer_with_errors_is_not_kept() {
    reading_both(async |app| {
        let app = with_dashboard(app).await;
        // There is no such programme for the public: null, with an error.
        let missing = get(&app, Persona::Anonymous, NORTHSHIRE, &[]).await;
        assert_eq!((missing.status, missing.code().as_str()), (200, "NOT_FOUND"));
        is_not_kept(&missing);
        for asked in [
            &[("documentId", "dashboard")][..],
            &[("documentId", "dashboard"), ("variables", r#"{"slug":"northshire","first":101}"#)],
            &[NORTHSHIRE, &[("operationName", "Other")]].concat(),
            &[("documentId", "unknown")],
        ] {
            let refused = get(&app, Persona::Chair, asked, &[("if-none-match", "\"a\"")]).await;
            assert_eq!(refused.status, 400, "{asked:?}");
            is_not_kept(&refused);
        }
    })
    .await;
}
