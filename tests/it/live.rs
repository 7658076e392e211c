//! Listening: what is told as it happens is what the feed says, to each viewer, without gap or repeat.

use api::graphql::{Limits, Rules};
use serde_json::{Value, json};

use crate::record::every_change;
use crate::support::app::patient;
use crate::support::listen::Listener;
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const ASKED: &str = "sequence operation entityType entityId version actor reason";
const OFFICE: Persona = Persona::ProgrammeOffice;

fn northshire(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

async fn listen(app: &TestApp, as_whom: Persona, variables: Value) -> Listener {
    let document = format!(
        "subscription($programme: ID!, $after: String, $types: [String!]) {{
            changes(programmeId: $programme, after: $after, types: $types) {{ cursor node {{ {ASKED} }} }} }}"
    );
    let mut variables = variables;
    variables["programme"] = json!(northshire(app));
    Listener::begin(app, as_whom, &document, variables).await
}

/// The cursor of the first entry that the viewer sees.
async fn first_cursor(app: &TestApp, as_whom: Persona) -> String {
    let document = "{ programme(slug: \"northshire\") { changes(first: 1) { pageInfo { endCursor } } } }";
    let data = app.data(as_whom, document, json!({})).await;
    data["programme"]["changes"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
}

async fn report(app: &TestApp, number: usize) {
    let action = gid("act", app.world.action("1.1").id);
    let input =
        json!({ "actionId": action, "narrative": format!("Report {number}"), "declaredHealth": "ON_TRACK" });
    app.done(OFFICE, "progressUpdateAdd", input, "").await;
}

#[tokio::test]
async fn from_a_cursor_each_viewer_is_told_what_the_feed_says_and_then_what_is_new() {
    on_both(async |app| {
        let mut listeners = Vec::new();
        for persona in
            [Persona::Chair, OFFICE, Persona::Lead, Persona::Police, Persona::Scrutiny, Persona::Admin]
        {
            let after = first_cursor(app, persona).await;
            listeners.push((persona, listen(app, persona, json!({ "after": after })).await));
        }
        for number in 0..3 {
            report(app, number).await;
        }

        for (persona, mut listener) in listeners {
            let feed = every_change(app, persona, "northshire", ASKED).await;
            for expected in &feed[1..] {
                let told = listener.next().await;
                assert_eq!(told["data"]["changes"]["node"], *expected, "{persona:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_cursor_only_what_is_new_is_told_and_its_cursor_leads_on() {
    on_both(async |app| {
        let mut listener = listen(app, Persona::Chair, json!({})).await;
        report(app, 1).await;
        let told = listener.next().await;
        assert_eq!(told["data"]["changes"]["node"]["operation"], "progressUpdateAdd");
        drop(listener);
        report(app, 2).await;
        report(app, 3).await;

        // What came while nobody listened is told first. The feed takes the same cursor.
        let cursor = told["data"]["changes"]["cursor"].clone();
        let document = format!(
            "query($after: String) {{ programme(slug: \"northshire\") {{ changes(first: 100, after: $after) {{ nodes {{ {ASKED} }} }} }} }}"
        );
        let data = app.data(Persona::Chair, &document, json!({ "after": cursor })).await;
        let missed = data["programme"]["changes"]["nodes"].as_array().unwrap().clone();
        assert!(missed.len() >= 2, "{missed:?}");
        let mut again = listen(app, Persona::Chair, json!({ "after": cursor })).await;
        for expected in missed {
            assert_eq!(again.next().await["data"]["changes"]["node"], expected);
        }
    })
    .await;
}

#[tokio::test]
async fn more_than_a_page_is_told_whole_and_in_order() {
    on_both(async |app| {
        let after = first_cursor(app, OFFICE).await;
        for number in 0..60 {
            report(app, number).await;
        }
        let feed = every_change(app, OFFICE, "northshire", "sequence").await;
        let mut listener = listen(app, OFFICE, json!({ "after": after })).await;
        for expected in &feed[1..] {
            assert_eq!(listener.next().await["data"]["changes"]["node"]["sequence"], expected["sequence"]);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_read_at_a_time_is_bounded_and_told_whole_and_in_order() {
    on_both(async |app| {
        let after = first_cursor(app, OFFICE).await;
        for number in 0..20 {
            report(app, number).await;
        }
        let feed = every_change(app, OFFICE, "northshire", "sequence").await;
        // Some entries fill an answer before their page is full; and some entries are a page, because they cost what one may.
        for (answer_bytes, cost) in [(1_500, 10_000), (5_000_000, 5)] {
            let limits = Limits { answer_bytes, cost, ..Limits::default() };
            let rules = Rules { limits, ..Rules::default() };
            let limited = app.limited(rules, patient()).await;
            let mut listener = listen(&limited, OFFICE, json!({ "after": after })).await;
            for expected in &feed[1..] {
                let told = listener.next().await;
                assert_eq!(told["data"]["changes"]["node"]["sequence"], expected["sequence"], "{told}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_does_not_come_back_for_what_is_read_holds_up_nobody() {
    on_both(async |app| {
        let mut away = Vec::new();
        // One more than may read at once, and as many as one client may have.
        for _ in 0..5 {
            away.push(listen(app, OFFICE, json!({})).await);
        }
        let told_already = every_change(app, OFFICE, "northshire", ASKED).await.len();
        let mut chair = listen(app, Persona::Chair, json!({})).await;
        for number in 0..2 {
            let before = every_change(app, Persona::Chair, "northshire", "sequence").await.len();
            report(app, number).await;
            let feed = every_change(app, Persona::Chair, "northshire", ASKED).await;
            for expected in &feed[before..] {
                assert_eq!(chair.next().await["data"]["changes"]["node"], *expected);
            }
            // Now it is known that there is something to read: each begins.
            away.iter_mut().for_each(Listener::glance);
        }
        let feed = every_change(app, OFFICE, "northshire", ASKED).await;
        for mut listener in away {
            for expected in &feed[told_already..] {
                assert_eq!(listener.next().await["data"]["changes"]["node"], *expected);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn types_limit_what_is_told() {
    on_both(async |app| {
        let types = json!({ "types": ["Step"] });
        let mut listener = listen(app, OFFICE, types).await;
        report(app, 1).await;
        let step =
            json!({ "actionId": gid("act", app.world.action("1.1").id), "text": "Something more to do" });
        app.done(OFFICE, "stepAdd", step, "").await;
        assert_eq!(listener.next().await["data"]["changes"]["node"]["entityType"], "Step");
    })
    .await;
}

#[tokio::test]
async fn a_partner_is_told_nothing_of_what_is_not_for_them() {
    on_both(async |app| {
        let mut police = listen(app, Persona::Police, json!({})).await;
        let before = every_change(app, Persona::Police, "northshire", "sequence").await.len();
        report(app, 1).await;
        report(app, 2).await;
        let feed = every_change(app, Persona::Police, "northshire", ASKED).await;
        for expected in &feed[before..] {
            assert_eq!(police.next().await["data"]["changes"]["node"], *expected);
        }
        assert!(police.is_silent().await);
    })
    .await;
}

#[tokio::test]
async fn who_is_a_member_no_more_is_told_so_and_nothing_else() {
    on_both(async |app| {
        let mut health = listen(app, Persona::Health, json!({})).await;
        let membership = app.world.memberships.iter().find(|row| row.subject == "health").unwrap();
        let input = json!({ "id": gid("mbr", membership.id), "expectedVersion": 1 });
        app.done(OFFICE, "memberRemove", input, "").await;

        let told = health.next().await;
        assert_eq!(told.get("data"), None, "{told}");
        assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        assert!(health.is_over().await);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_listened_to_is_said_at_once() {
    reading_both(async |app| {
        let document = "subscription($id: ID!, $after: String, $types: [String!]) {
            changes(programmeId: $id, after: $after, types: $types) { cursor } }";
        let action = gid("act", app.world.action("1.1").id);
        let own = northshire(app);
        let cases = [
            (Persona::Chair, json!({ "id": action }), "BAD_USER_INPUT"),
            (Persona::Chair, json!({ "id": "nonsense" }), "BAD_USER_INPUT"),
            (Persona::Chair, json!({ "id": own, "after": "nonsense" }), "BAD_USER_INPUT"),
            (Persona::Chair, json!({ "id": own, "types": ["Nonsense"] }), "BAD_USER_INPUT"),
            (Persona::Chair, json!({}), "BAD_USER_INPUT"),
            (Persona::Nobody, json!({ "id": own }), "NOT_FOUND"),
            (Persona::Anonymous, json!({ "id": own }), "NOT_FOUND"),
            (Persona::Chair, json!({ "id": gid("prg", uuid::Uuid::nil()) }), "NOT_FOUND"),
        ];
        for (persona, variables, code) in cases {
            let mut listener = Listener::begin(app, persona, document, variables.clone()).await;
            let told = listener.next().await;
            assert_eq!(told["errors"][0]["extensions"]["code"], code, "{variables}");
            assert!(listener.is_over().await);
        }
        // Hidden and never there are the same.
        let same = async |persona, id: String| {
            let mut listener = Listener::begin(app, persona, document, json!({ "id": id })).await;
            listener.next().await["errors"][0]["message"].clone()
        };
        let hidden = same(Persona::Nobody, own.clone()).await;
        assert_eq!(hidden, same(Persona::Chair, gid("prg", uuid::Uuid::nil())).await);
    })
    .await;
}

#[tokio::test]
async fn a_subscription_needs_a_stream() {
    reading_both(async |app| {
        let document = "subscription($id: ID!) { changes(programmeId: $id) { cursor } }";
        let answer = app.query(Persona::Chair, document, json!({ "id": northshire(app) })).await;
        assert_eq!((answer.status, answer.code()), (406, "BAD_USER_INPUT"));
        let two = "subscription($id: ID!) { a: changes(programmeId: $id) { cursor } b: changes(programmeId: $id) { cursor } }";
        let (code, _) = app.refusal(Persona::Chair, two, json!({ "id": northshire(app) })).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_of_the_thing_is_what_the_listener_may_see() {
    on_both(async |app| {
        let document = "subscription($programme: ID!) { changes(programmeId: $programme) { node {
            node { __typename ... on ProgressUpdate { narrative action { reference rating { label } } } } } } }";
        let variables = json!({ "programme": northshire(app) });
        let mut listener = Listener::begin(app, Persona::Chair, document, variables).await;
        report(app, 7).await;
        let told = listener.next().await["data"]["changes"]["node"]["node"].clone();
        assert_eq!((&told["__typename"], &told["narrative"]), (&json!("ProgressUpdate"), &json!("Report 7")));
        assert_eq!(told["action"]["reference"], "1.1");
    })
    .await;
}
