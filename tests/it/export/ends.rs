//! What ends an export before its end, and what it takes meanwhile.

use std::time::Duration;

use api::graphql::{Limits, Rules};
use api::http::{Rates, Settings};
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{CSV, LINES, begin, export, plan_of, settings};
use crate::support::app::generous;
use crate::support::{Persona, TestApp, gid, on_both};

const ALL: &str = r#"{ programme(slug: "northshire") { actions { nodes { id aim } } } }"#;

fn all() -> Value {
    json!({ "query": ALL })
}

/// What comes until the end: the text, and whether it is whole.
async fn rest(mut body: BodyDataStream) -> (String, bool) {
    let mut text = String::new();
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => text.push_str(std::str::from_utf8(&piece).unwrap()),
            Err(_) => return (text, false),
        }
    }
    (text, true)
}

async fn begun(app: &TestApp, who: Persona, accept: &str) -> (String, BodyDataStream) {
    let answer = begin(app, who, accept, &all()).await;
    assert_eq!(answer.status(), 200);
    let mut body: BodyDataStream = Body::into_data_stream(answer.into_body());
    let first = body.next().await.unwrap().unwrap();
    (String::from_utf8(first.to_vec()).unwrap(), body)
}

#[tokio::test]
async fn who_is_removed_in_the_middle_gets_no_further() {
    on_both(async |app| {
        plan_of(app, 1_000).await;
        let member = app.world.memberships.iter().find(|row| row.subject == "police").unwrap().id;
        let (first, lines) = begun(app, Persona::Police, LINES).await;
        let (_, sheet) = begun(app, Persona::BoardMember, CSV).await;
        let remove = json!({ "id": gid("mbr", member), "expectedVersion": 1 });
        app.done(Persona::ProgrammeOffice, "memberRemove", remove, "").await;

        let (text, is_whole) = rest(lines).await;
        let text = first + &text;
        assert!(!is_whole);
        let (last, before) =
            text.lines().collect::<Vec<_>>().split_last().map(|(a, b)| (a.to_string(), b.len())).unwrap();
        let last: Value = serde_json::from_str(&last).unwrap();
        assert_eq!(last["errors"][0]["extensions"]["code"], "FORBIDDEN");
        assert!(before < 600, "{before} lines had come");
        // Nobody else's ends for it.
        assert!(rest(sheet).await.1);
        let answer = export(app, Persona::Police, LINES, ALL).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    })
    .await;
}

#[tokio::test]
async fn a_sheet_that_breaks_off_holds_no_word_of_it() {
    on_both(async |app| {
        plan_of(app, 1_000).await;
        let member = app.world.memberships.iter().find(|row| row.subject == "board-member").unwrap().id;
        let (first, sheet) = begun(app, Persona::BoardMember, CSV).await;
        let remove = json!({ "id": gid("mbr", member), "expectedVersion": 1 });
        app.done(Persona::ProgrammeOffice, "memberRemove", remove, "").await;
        let (text, is_whole) = rest(sheet).await;
        assert!(!is_whole && !(first + &text).contains("FORBIDDEN"));
    })
    .await;
}

#[tokio::test]
async fn one_client_has_one_export_and_the_place_is_free_when_it_goes() {
    on_both(async |app| {
        plan_of(app, 600).await;
        let app = &app.limited(generous(), Settings { exports: 2, ..settings() }).await;
        let (_, office) = begun(app, Persona::ProgrammeOffice, LINES).await;
        let second = export(app, Persona::ProgrammeOffice, LINES, ALL).await;
        assert_eq!((second.status, second.code().as_str()), (429, "RATE_LIMITED"));
        // Its other requests go on.
        app.data(Persona::ProgrammeOffice, "{ programmes { nodes { slug } } }", json!({})).await;
        let (_, chair) = begun(app, Persona::Chair, LINES).await;
        let third = export(app, Persona::Police, LINES, ALL).await;
        assert_eq!((third.status, third.code().as_str()), (503, "UNAVAILABLE"));
        assert_eq!(third.header("retry-after"), "1");
        drop(office);
        assert_eq!(export(app, Persona::Police, LINES, ALL).await.status, 200);
        assert!(rest(chair).await.1);
        assert_eq!(export(app, Persona::Chair, LINES, ALL).await.status, 200);
        // A refused one takes no place either.
        assert_eq!(export(app, Persona::Chair, LINES, "{ viewer { subject } }").await.status, 400);
        assert_eq!(export(app, Persona::Chair, LINES, ALL).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_takes_too_long_is_broken_off_and_says_so() {
    on_both(async |app| {
        plan_of(app, 1_000).await;
        let short = Settings { export_time: Duration::from_millis(300), ..settings() };
        let app = &app.limited(generous(), short).await;
        let (first, body) = begun(app, Persona::Chair, LINES).await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        let (text, is_whole) = rest(body).await;
        assert!(!is_whole);
        assert!((first + &text).lines().last().unwrap().contains("UNAVAILABLE"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_page_is_paid_for_and_waits_until_there_is_room() {
    on_both(async |app| {
        plan_of(app, 50).await;
        // One action is a page and costs some 90: there is room for about sixty at once, and for one more in each second.
        let limits = Limits { cost: 100, ..Limits::default() };
        let rates = Rates { exports: 5_600, ..Rates::ENDLESS };
        let rules = Rules { limits, ..Rules::default() };
        let app = &app.limited(rules, Settings { rates, ..settings() }).await;
        let dear = r#"{ programme(slug: "northshire") { actions { nodes { id evidence(first: 88) { nodes { id } } } } } }"#;
        let answer = export(app, Persona::Chair, LINES, dear).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.header("ratelimit-policy").contains("\"exports\";q=5600;w=60"), "{:?}", answer.headers);
        assert!(answer.text.lines().count() > 61, "{}", answer.text.lines().count());
        // Who has nothing left begins none.
        let next = export(app, Persona::Chair, LINES, dear).await;
        assert_eq!((next.status, next.code().as_str()), (429, "RATE_LIMITED"), "{}", next.text);
        assert!(!next.header("retry-after").is_empty());
        assert_eq!(export(app, Persona::BoardMember, LINES, ALL).await.status, 200);
    })
    .await;
}

/// Nothing is read ahead of the reader, so that what an export holds does not grow with the list.
#[tokio::test]
async fn nothing_is_read_that_the_reader_has_not_taken() {
    on_both(async |app| {
        plan_of(app, 1_500).await;
        let (first, mut body) = begun(app, Persona::Chair, LINES).await;
        let mut taken = first;
        // While the reader rests, what comes after its page may still change: it was not read.
        let aim = "Changed while the reader rested";
        let ids: Vec<String> = lines(&taken).iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect();
        let listed = app
            .data(
                Persona::ProgrammeOffice,
                r#"{ programme(slug: "northshire") { actions(first: 1, orderBy: [{ field: REFERENCE, direction: DESC }], filter: { text: { contains: "1.1500" } }) { nodes { id version } } } }"#,
                json!({}),
            )
            .await;
        let last = listed["programme"]["actions"]["nodes"][0].clone();
        assert!(!ids.iter().any(|id| last["id"] == id.as_str()));
        let update = json!({ "id": last["id"], "expectedVersion": last["version"], "aim": aim, "reason": "To see" });
        app.done(Persona::ProgrammeOffice, "actionUpdate", update, "").await;
        while let Some(piece) = body.next().await {
            taken.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
        let all = lines(&taken);
        let shown = all.iter().find(|line| line["id"] == last["id"]).unwrap();
        assert_eq!(shown["aim"], aim);
        let mut ids: Vec<&str> = all.iter().map(|line| line["id"].as_str().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "each comes once");
    })
    .await;
}

/// The whole lines of a text.
fn lines(text: &str) -> Vec<Value> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
