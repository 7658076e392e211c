//! Lists of feedback: what is still open, by what it is about; the rule in SQL and in Rust.

use domain::voice::{days_open, state};
use serde_json::{Value, json};

use super::{OFFICE, action, feedback, programme, recommendation, shown};
use crate::support::app::today;
use crate::support::{Persona, TestApp, gid, reading_both};

#[tokio::test]
async fn state_and_days_are_what_the_rule_says() {
    reading_both(async |app| {
        for row in &app.world.feedback {
            let who =
                if row.theme.as_deref() == Some("Elsewhere") { Persona::SouthmereOffice } else { OFFICE };
            let node = shown(app, who, &gid("fbk", row.id), "state isOpen daysOpen isCountSuppressed").await;
            let expected = state(row.done_on, row.told_on);
            assert_eq!(
                node,
                json!({
                    "state": expected.as_str(),
                    "isOpen": expected.is_open(),
                    "daysOpen": days_open(row.period_end, row.done_on, row.told_on, today()),
                    "isCountSuppressed": domain::voice::is_suppressed(row.speaker_count.map(Into::into)),
                }),
                "{:?}",
                row.theme
            );
        }
    })
    .await;
}

/// The themes of a list of feedback, in its order.
async fn themes(app: &TestApp, who: Persona, id: &str, arguments: &str) -> Vec<String> {
    let list = format!("feedback(first: 20, {arguments}) {{ totalCount nodes {{ theme }} }}");
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ...on Programme {{ {list} }} ...on Action {{ {list} }} ...on Recommendation {{ {list} }} }} }}"
    );
    let data = app.data(who, &document, json!({ "id": id })).await;
    let nodes = data["node"]["feedback"]["nodes"].as_array().unwrap();
    assert_eq!(data["node"]["feedback"]["totalCount"], nodes.len());
    nodes.iter().map(|of| of["theme"].as_str().unwrap().to_owned()).collect()
}

async fn sorted(app: &TestApp, who: Persona, id: &str, filter: &str) -> Vec<String> {
    let mut themes = themes(app, who, id, &format!("filter: {filter}")).await;
    themes.sort();
    themes
}

#[tokio::test]
async fn what_nobody_was_told_of_is_found() {
    reading_both(async |app| {
        let all = programme(app);
        let open = sorted(app, Persona::Chair, &all, "{ isOpen: { eq: true } }").await;
        assert_eq!(open, ["Custody", "Everything", "Passports", "Visits"]);
        let acted = sorted(app, Persona::Chair, &all, "{ state: { eq: ACTED_ON } }").await;
        assert_eq!(acted, ["Custody", "Passports"]);
        let theirs = sorted(app, Persona::Police, &all, "{ isOpen: { eq: true } }").await;
        assert_eq!(theirs, ["Custody"]);
        let families = sorted(app, OFFICE, &all, "{ saidBy: { in: [FAMILIES, STAFF] } }").await;
        assert_eq!(families, ["Coming back", "Everything"]);
        let of_led = sorted(app, OFFICE, &all, "{ actions: { some: { reference: { eq: \"1.1\" } } } }").await;
        assert_eq!(of_led, ["Custody", "Visits"]);
        let of_none =
            sorted(app, OFFICE, &all, "{ requirements: { none: {} }, actions: { none: {} } }").await;
        assert_eq!(of_none, ["Everything"]);
        let told = themes(
            app,
            OFFICE,
            &all,
            "filter: { toldOn: { isNull: false } }, orderBy: [{ field: TOLD_ON, direction: DESC }]",
        )
        .await;
        assert_eq!(told[0], "Coming back");
    })
    .await;
}

#[tokio::test]
async fn what_was_said_stands_with_what_it_is_about() {
    reading_both(async |app| {
        assert_eq!(sorted(app, OFFICE, &action(app, "1.1"), "{}").await, ["Custody", "Visits"]);
        assert_eq!(sorted(app, Persona::Police, &action(app, "1.1"), "{}").await, ["Custody"]);
        assert_eq!(sorted(app, Persona::Chair, &recommendation(app, "9"), "{}").await, ["Visits"]);
        assert_eq!(sorted(app, Persona::Police, &recommendation(app, "9"), "{}").await, Vec::<String>::new());
        // Health sees what is about its own action, and of that no other action.
        let node =
            shown(app, Persona::Health, &feedback(app, "Passports"), "actions { nodes { reference } }").await;
        assert_eq!(node["actions"]["nodes"], json!([{ "reference": "1.9" }]));
        let node = shown(app, Persona::Police, &feedback(app, "Draft"), "theme actions { totalCount }").await;
        assert_eq!(node["theme"], "Draft", "a draft in which the police lead");
    })
    .await;
}

#[tokio::test]
async fn scrutiny_administrators_and_the_public_find_nothing() {
    reading_both(async |app| {
        for who in
            [Persona::Scrutiny, Persona::Admin, Persona::Nobody, Persona::Anonymous, Persona::SouthmereOffice]
        {
            assert_eq!(shown(app, who, &feedback(app, "Coming back"), "said").await, Value::Null, "{who:?}");
        }
        assert_eq!(themes(app, Persona::Scrutiny, &programme(app), "filter: {}").await, Vec::<String>::new());
        assert_eq!(themes(app, Persona::Admin, &programme(app), "filter: {}").await, Vec::<String>::new());
    })
    .await;
}
