//! How a programme stood at a moment, and what changed between two: the same as the lists now, and for each viewer only
//! what they may see now and could see then.

use chrono::{DateTime, SecondsFormat, Utc};
use entity::*;
use serde_json::{Value, json};

use crate::rules::everything;
use crate::support::builders::{Write, day, minute};
use crate::support::world::Record;
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

/// A programme's position at a moment beside its lists.
pub const NOW: &str = "query($slug: String!, $at: DateTime!) { programme(slug: $slug) {
    coverage { covered partial uncovered }
    actions(first: 100) { totalCount nodes { actionId: id reference aim status statusOn rating { health label colour }
        declaredHealth computedHealth startOn dueOn duePrecision organisation { name } plan { id title status } } }
    NOT_STARTED: actions(filter: { status: { eq: NOT_STARTED } }) { totalCount }
    IN_PROGRESS: actions(filter: { status: { eq: IN_PROGRESS } }) { totalCount }
    COMPLETE: actions(filter: { status: { eq: COMPLETE } }) { totalCount }
    ASSURED: actions(filter: { status: { eq: ASSURED } }) { totalCount }
    ROLLED_OVER: actions(filter: { status: { eq: ROLLED_OVER } }) { totalCount }
    WITHDRAWN: actions(filter: { status: { eq: WITHDRAWN } }) { totalCount }
    DONE: actions(filter: { health: { eq: DONE } }) { totalCount }
    ON_TRACK: actions(filter: { health: { eq: ON_TRACK } }) { totalCount }
    AT_RISK: actions(filter: { health: { eq: AT_RISK } }) { totalCount }
    OFF_TRACK: actions(filter: { health: { eq: OFF_TRACK } }) { totalCount }
    position(at: $at) { at day byStatus { status count } byHealth { rating { health } count }
        coverage { covered partial uncovered }
        actions(first: 100) { totalCount nodes { actionId reference aim status statusOn rating { health label colour }
            declaredHealth computedHealth startOn dueOn duePrecision organisationName planId planTitle planStatus } } } } }";

const BETWEEN: &str = "query($from: DateTime!, $to: DateTime!) { programme(slug: \"northshire\") {
    changesBetween(from: $from, to: $to) {
        before { coverage { covered partial uncovered } byStatus { status count } }
        after { coverage { covered partial uncovered } byStatus { status count } }
        new { ...all } done { ...all } slipped { ...all } worse { ...all } better { ...all } withdrawn { ...all }
        rolledOver { ...all } } } }
    fragment all on ActionBetweenConnection { totalCount nodes {
        before { reference status dueOn rating { health label } } after { reference status dueOn rating { health label } }
        dueDateMoves { at fromOn toOn reason } } }";

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Checks that what a programme's position says is what its lists say; how many actions there are.
pub fn agree(programme: &Value, who: &str) -> usize {
    let position = &programme["position"];
    assert_eq!(position["coverage"], programme["coverage"], "{who}");
    let listed = programme["actions"]["nodes"].as_array().unwrap();
    let stood = position["actions"]["nodes"].as_array().unwrap();
    for (stood, listed) in stood.iter().zip(listed) {
        let mut listed = listed.clone();
        let fields = listed.as_object_mut().unwrap();
        let plan = fields.remove("plan").unwrap();
        let organisation = fields.remove("organisation").unwrap();
        fields.insert("organisationName".to_owned(), organisation["name"].clone());
        for (name, of) in [("planId", "id"), ("planTitle", "title"), ("planStatus", "status")] {
            fields.insert(name.to_owned(), plan[of].clone());
        }
        assert_eq!(stood, &listed, "{who}");
    }
    assert_eq!(stood.len(), listed.len(), "{who}");
    assert_eq!(position["actions"]["totalCount"], programme["actions"]["totalCount"], "{who}");
    for of in position["byStatus"].as_array().unwrap() {
        let status = of["status"].as_str().unwrap();
        assert_eq!(of["count"], programme[status]["totalCount"], "{who}: {status}");
    }
    for of in position["byHealth"].as_array().unwrap() {
        let health = of["rating"]["health"].as_str().unwrap();
        assert_eq!(of["count"], programme[health]["totalCount"], "{who}: {health}");
    }
    listed.len()
}

async fn agrees_now(app: &TestApp) {
    for slug in ["northshire", "southmere"] {
        let mut seen = 0;
        for persona in Persona::ALL {
            let variables = json!({ "slug": slug, "at": moment(Utc::now()) });
            let response = app.query(*persona, NOW, variables).await;
            let programme = &response.data()["programme"];
            if !programme.is_null() {
                assert!(response.errors().is_empty(), "{}", response.text);
                seen += agree(programme, &format!("{persona:?} in {slug}"));
            }
        }
        assert!(seen > 0, "nobody saw an action in {slug}");
    }
}

#[tokio::test]
async fn the_position_now_is_what_the_lists_say_for_everyone() {
    reading_both(agrees_now).await;
}

#[tokio::test]
async fn the_position_now_is_what_the_lists_say_of_actions_of_all_sorts() {
    on_both(async |app| {
        everything(app, 12).await;
        for today in ["2018-09-20", "2018-12-10", "2019-03-01"] {
            agrees_now(&app.at(day(today)).await).await;
        }
    })
    .await;
}

/// Adds to a change a new state of an action.
async fn next(to: &mut Write, reference: &str, change: impl FnOnce(&mut action::Model)) {
    let before = to.record.action(reference).clone();
    let mut after = before.clone();
    change(&mut after);
    let after = to.cx.update(&before, after).await.unwrap();
    *to.record.actions.iter_mut().find(|row| row.id == before.id).unwrap() = after;
}

/// One change of an action, at a minute and for a reason.
async fn changed(
    app: &TestApp,
    record: Record,
    at: i64,
    reason: &str,
    reference: &str,
    change: impl FnOnce(&mut action::Model),
) -> Record {
    let mut to = app.write_at(record, minute(at), reason).await;
    next(&mut to, reference, change).await;
    to.commit().await
}

async fn between(app: &TestApp, persona: Persona, from: i64, to: i64) -> Value {
    let variables = json!({ "from": moment(minute(from)), "to": moment(minute(to)) });
    app.data(persona, BETWEEN, variables).await["programme"]["changesBetween"].clone()
}

fn references(list: &Value) -> Vec<&str> {
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len());
    nodes.iter().map(|node| node["after"]["reference"].as_str().unwrap()).collect()
}

fn due(on: &str) -> impl FnOnce(&mut action::Model) {
    move |of| (of.due_on, of.due_precision) = (Some(day(on)), Some("DAY".to_owned()))
}

#[tokio::test]
async fn what_changed_between_two_meetings_is_told_by_kind() {
    on_both(async |app| {
        let mut record = app.world.clone();
        record = changed(app, record, 10, "The supplier went under", "1.9", due("2019-06-30")).await;
        record = changed(app, record, 20, "And its successor too", "1.9", due("2019-09-30")).await;
        record = changed(app, record, 30, "Brought forward", "2.10", due("2018-12-20")).await;
        record = changed(app, record, 40, "Finished", "1.11", |of| {
            (of.status, of.status_on) = ("COMPLETE".to_owned(), Some(day("2018-12-10")));
        })
        .await;
        record = changed(app, record, 50, "Accepted", "2.2", |of| of.status = "ASSURED".to_owned()).await;
        record = changed(app, record, 60, "Nobody needs it", "1.10", |of| {
            (of.status, of.status_on) = ("WITHDRAWN".to_owned(), Some(day("2018-12-10")));
        })
        .await;
        record = changed(app, record, 70, "To the next plan", "1.1", |of| {
            (of.status, of.status_on) = ("ROLLED_OVER".to_owned(), Some(day("2018-12-10")));
        })
        .await;
        record = changed(app, record, 80, "Too early a date", "1.3", due("2018-12-01")).await;
        let mut to = app.write_at(record, minute(90), "One more").await;
        let plan = to.record.plan("Published plan").clone();
        let made = to.action(&plan, "3.1", due("2019-01-31")).await;
        let fifth = to.record.requirement("Inspection", "(5)").clone();
        to.addresses(&made, &fifth, None).await;
        let record = to.commit().await;
        changed(app, record, 100, "Not told with what is new", "3.1", due("2019-03-31")).await;

        let all = between(app, Persona::BoardMember, 5, 100).await;
        assert_eq!(references(&all["new"]), ["3.1"]);
        assert_eq!(all["new"]["nodes"][0]["before"], Value::Null);
        assert_eq!(all["new"]["nodes"][0]["dueDateMoves"], json!([]));
        assert_eq!(references(&all["done"]), ["1.11", "2.2"]);
        let done = |at: usize| [&all["done"]["nodes"][at]["before"]["status"], &all["done"]["nodes"][at]["after"]["status"]];
        assert_eq!(done(0), ["IN_PROGRESS", "COMPLETE"]);
        assert_eq!(done(1), ["COMPLETE", "ASSURED"]);
        assert_eq!(references(&all["slipped"]), ["1.9"]);
        assert_eq!(references(&all["withdrawn"]), ["1.10"]);
        assert_eq!(references(&all["rolledOver"]), ["1.1"]);
        // 1.11 was off track, and 2.10 waited for it.
        assert!(references(&all["better"]).contains(&"1.11"), "{}", all["better"]);
        assert!(references(&all["worse"]).contains(&"1.3"), "{}", all["worse"]);
        assert!(!references(&all["worse"]).contains(&"1.11"), "{}", all["worse"]);
        let slip = &all["slipped"]["nodes"][0];
        assert_eq!([&slip["before"]["dueOn"], &slip["after"]["dueOn"]], ["2019-03-31", "2019-09-30"]);
        assert_eq!(
            slip["dueDateMoves"],
            json!([
                { "at": moment(minute(10)), "fromOn": "2019-03-31", "toOn": "2019-06-30", "reason": "The supplier went under" },
                { "at": moment(minute(20)), "fromOn": "2019-06-30", "toOn": "2019-09-30", "reason": "And its successor too" },
            ])
        );

        let counts = |side: &str, of: &str| all[side]["coverage"][of].as_i64().unwrap();
        assert_eq!(counts("after", "covered"), counts("before", "covered") + 1);
        assert_eq!(counts("after", "uncovered"), counts("before", "uncovered") - 1);

        let first = between(app, Persona::BoardMember, 5, 15).await;
        assert_eq!(first["slipped"]["nodes"][0]["after"]["dueOn"], "2019-06-30");
        assert_eq!(first["slipped"]["nodes"][0]["dueDateMoves"].as_array().unwrap().len(), 1);
        assert_eq!(references(&first["done"]), [] as [&str; 0]);
        let none = between(app, Persona::BoardMember, 15, 15).await;
        for list in ["new", "done", "slipped", "worse", "better", "withdrawn", "rolledOver"] {
            assert_eq!(none[list]["totalCount"], 0, "{list}");
        }
        agrees_now(app).await;
    })
    .await;
}

const REFERENCES: &str = "query($at: DateTime!) { programme(slug: \"northshire\") { position(at: $at) {
    coverage { covered partial uncovered } byStatus { count }
    actions(first: 100) { totalCount nodes { reference status dueOn declaredHealth computedHealth } } } } }";

async fn position(app: &TestApp, persona: Persona, at: DateTime<Utc>) -> Value {
    app.data(persona, REFERENCES, json!({ "at": moment(at) })).await["programme"]["position"].clone()
}

fn row<'a>(position: &'a Value, reference: &str) -> Option<&'a Value> {
    let mut nodes = position["actions"]["nodes"].as_array().unwrap().iter();
    nodes.find(|node| node["reference"] == reference)
}

#[tokio::test]
async fn a_past_position_stays_what_it_was() {
    on_both(async |app| {
        let before = position(app, Persona::ProgrammeOffice, minute(5)).await;
        let record = changed(app, app.world.clone(), 10, "Later", "1.9", due("2019-06-30")).await;
        let mut to = app.write_at(record, minute(20), "Reported").await;
        let action = to.record.action("1.9").clone();
        to.update(&action, "2018-12-09", "OFF_TRACK").await;
        to.commit().await;

        assert_eq!(position(app, Persona::ProgrammeOffice, minute(5)).await, before);
        let of = async |at| {
            let position = position(app, Persona::ProgrammeOffice, minute(at)).await;
            let row = row(&position, "1.9").unwrap();
            (row["dueOn"].clone(), row["declaredHealth"].clone())
        };
        assert_eq!(of(9).await, (json!("2019-03-31"), Value::Null));
        assert_eq!(of(10).await, (json!("2019-06-30"), Value::Null));
        assert_eq!(of(20).await, (json!("2019-06-30"), json!("OFF_TRACK")));
        // What a lead declared is told to those who may read it, then as now.
        let told = position(app, Persona::Scrutiny, minute(20)).await;
        assert_eq!(row(&told, "1.9").unwrap()["declaredHealth"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_what_stood_in_a_plan_before_it_was_open_to_them() {
    on_both(async |app| {
        let mut record = app.world.clone();
        for (at, status) in [(10, "CONSIDERED"), (20, "AGREED"), (30, "PUBLISHED")] {
            let mut to = app.write_at(record, minute(at), "By the board").await;
            let before = to.record.plan("Draft plan").clone();
            let mut after = before.clone();
            after.status = status.to_owned();
            after.agreed_on = (at >= 20).then(|| day("2018-12-01"));
            after.published_on = (at >= 30).then(|| day("2018-12-10"));
            let after = to.cx.update(&before, after).await.unwrap();
            *to.record.plans.iter_mut().find(|row| row.id == before.id).unwrap() = after;
            record = to.commit().await;
        }
        // D1 is the council's, D2 the police's.
        let first_seen = async |persona, reference: &str| {
            for at in [5, 15, 25, 35] {
                if row(&position(app, persona, minute(at)).await, reference).is_some() {
                    return at;
                }
            }
            panic!("{persona:?} never saw {reference}");
        };
        assert_eq!(first_seen(Persona::ProgrammeOffice, "D1").await, 5);
        assert_eq!(first_seen(Persona::Admin, "D1").await, 5);
        assert_eq!(first_seen(Persona::BoardMember, "D1").await, 15);
        assert_eq!(first_seen(Persona::Police, "D1").await, 25);
        assert_eq!(first_seen(Persona::Police, "D2").await, 5);
        assert_eq!(first_seen(Persona::Health, "D1").await, 25);
        assert_eq!(first_seen(Persona::Scrutiny, "D1").await, 35);

        let new = between(app, Persona::BoardMember, 5, 15).await;
        assert_eq!(references(&new["new"]), ["D1", "D2", "D3", "D4"]);
        agrees_now(app).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_done_through_the_api_is_told() {
    on_both(async |app| {
        let from = Utc::now();
        let office = Persona::ProgrammeOffice;
        let (id, other) = (gid("act", app.world.action("1.9").id), gid("act", app.world.action("1.1").id));
        app.done(office, "actionStart", json!({ "id": id, "expectedVersion": 1 }), "action { status }").await;
        let report =
            json!({ "actionId": other, "narrative": "Nobody is left to do it", "declaredHealth": "OFF_TRACK" });
        app.done(office, "progressUpdateAdd", report, "progressUpdate { id }").await;

        let variables = json!({ "from": moment(from), "to": moment(Utc::now()) });
        let told = app.data(Persona::BoardMember, BETWEEN, variables.clone()).await;
        let told = &told["programme"]["changesBetween"];
        assert_eq!(references(&told["worse"]), ["1.1"]);
        let row = &told["worse"]["nodes"][0];
        assert_eq!([&row["before"]["rating"]["label"], &row["after"]["rating"]["label"]], ["Green", "Red"]);
        let in_progress = |side: &str| told[side]["byStatus"][1]["count"].as_i64().unwrap();
        assert_eq!(in_progress("after"), in_progress("before") + 1);
        // Who may not read the report is not told that it got worse.
        let told = app.data(Persona::Scrutiny, BETWEEN, variables).await;
        assert_eq!(told["programme"]["changesBetween"]["worse"]["totalCount"], 0);
        agrees_now(app).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_away_counted_until_then() {
    on_both(async |app| {
        let mut to = app.write_at(app.world.clone(), minute(10), "One more").await;
        let plan = to.record.plan("Published plan").clone();
        let made = to.action(&plan, "3.1", |_| {}).await;
        let fifth = to.record.requirement("Inspection", "(5)").clone();
        to.addresses(&made, &fifth, None).await;
        let step = to.step(&made, "Late", |step| step.due_on = Some(day("2018-11-30"))).await;
        let record = to.commit().await;
        let mut to = app.write_at(record, minute(20), "Not this").await;
        let link = to.record.links.iter().find(|link| link.action_id == made.id).unwrap().clone();
        let made = to.cx.touch(&made).await.unwrap();
        to.cx.detach(&link).await.unwrap();
        to.cx.remove(&step).await.unwrap();
        let record = to.commit().await;

        let of = async |at| {
            // Who may not read the updates is not told that there is none on 3.1.
            let position = position(app, Persona::Scrutiny, minute(at)).await;
            let health = row(&position, "3.1").map(|row| row["computedHealth"].clone());
            (position["coverage"]["covered"].as_i64().unwrap(), health)
        };
        let (covered, none) = of(5).await;
        assert_eq!(none, None);
        assert_eq!(of(15).await, (covered + 1, Some(json!("AT_RISK"))));
        assert_eq!(of(25).await, (covered, Some(json!("ON_TRACK"))));
        agrees_now(app).await;

        // What is gone is nobody's to see, also in the past.
        let mut to = app.write_at(record, minute(30), "A mistake").await;
        to.cx.remove(&made).await.unwrap();
        to.record.actions.retain(|action| action.id != made.id);
        to.commit().await;
        assert_eq!(of(15).await, (covered, None));
        agrees_now(app).await;
    })
    .await;
}

#[tokio::test]
async fn before_the_first_entry_there_is_nothing() {
    reading_both(async |app| {
        let empty = position(app, Persona::BoardMember, minute(-1)).await;
        assert_eq!(empty["coverage"], json!({ "covered": 0, "partial": 0, "uncovered": 0 }));
        assert_eq!(empty["actions"]["totalCount"], 0);
        assert!(empty["byStatus"].as_array().unwrap().iter().all(|of| of["count"] == 0));

        let all = between(app, Persona::BoardMember, -1, 5).await;
        let now = position(app, Persona::BoardMember, minute(5)).await;
        assert_eq!(all["new"]["totalCount"], now["actions"]["totalCount"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_past_moment_is_refused_and_says_so() {
    reading_both(async |app| {
        let ahead = moment(Utc::now() + chrono::TimeDelta::hours(1));
        let refused = async |field: &str| {
            let document = format!("{{ programme(slug: \"northshire\") {{ {field} }} }}");
            let (code, message) = app.refusal(Persona::BoardMember, &document, json!({})).await;
            assert_eq!(code, "BAD_USER_INPUT", "{message}");
            message
        };
        let message = refused(&format!("position(at: \"{ahead}\") {{ day }}")).await;
        assert!(message.starts_with("at lies in the future"), "{message}");
        for odd in ["\"yesterday\"", "\"2018-12-10\"", "\"1066-10-14T09:00:00Z\"", "7", "true"] {
            let message = refused(&format!("position(at: {odd}) {{ day }}")).await;
            assert!(message.starts_with("at: "), "{message}");
        }
        let (from, to) = (moment(minute(5)), moment(minute(4)));
        let message =
            refused(&format!("changesBetween(from: \"{from}\", to: \"{to}\") {{ new {{ totalCount }} }}"))
                .await;
        assert!(message.starts_with("from is after to"), "{message}");
        let message =
            refused(&format!("changesBetween(from: \"{from}\", to: \"{ahead}\") {{ new {{ totalCount }} }}"))
                .await;
        assert!(message.starts_with("to lies in the future"), "{message}");
        let message =
            refused(&format!("position(at: \"{to}\") {{ actions(first: 101) {{ totalCount }} }}")).await;
        assert!(message.contains("1 to 100"), "{message}");
        let message =
            refused(&format!("position(at: \"{to}\") {{ actions(after: \"x\") {{ totalCount }} }}")).await;
        assert!(message.starts_with("after: "), "{message}");
    })
    .await;
}

const PAGE: &str =
    "query($at: DateTime!, $after: String) { programme(slug: \"northshire\") { position(at: $at) {
    actions(first: 7, after: $after) { totalCount nodes { actionId } edges { cursor node { actionId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }";

#[tokio::test]
async fn pages_hold_every_action_once_whatever_is_written_meanwhile() {
    on_both(async |app| {
        let at = moment(minute(5));
        let everything = position(app, Persona::Lead, minute(5)).await;
        let mut seen = Vec::new();
        let mut after = Value::Null;
        let mut record = app.world.clone();
        loop {
            let variables = json!({ "at": at, "after": after });
            let page =
                app.data(Persona::Lead, PAGE, variables).await["programme"]["position"]["actions"].clone();
            assert_eq!(page["totalCount"], everything["actions"]["totalCount"]);
            assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!after.is_null()));
            let edges = page["edges"].as_array().unwrap();
            assert_eq!(json!(edges.iter().map(|edge| &edge["node"]).collect::<Vec<_>>()), page["nodes"]);
            seen.extend(edges.iter().map(|edge| edge["node"]["actionId"].clone()));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            let mut to = app.write_at(record, minute(20), "Meanwhile").await;
            let plan = to.record.plan("Published plan").clone();
            to.action(&plan, &format!("9.{}", seen.len()), |_| {}).await;
            record = to.commit().await;
        }
        let mut once: Vec<String> = seen.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len());
        assert_eq!(json!(seen.len()), everything["actions"]["totalCount"]);

        let other = json!({ "at": moment(minute(6)), "after": after });
        let (code, message) = app.refusal(Persona::Lead, PAGE, other).await;
        assert_eq!((code.as_str(), message.starts_with("after: ")), ("BAD_USER_INPUT", true), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_position_takes_as_many_statements_for_many_entries_as_for_none() {
    on_both(async |app| {
        let count = async |persona, from: i64, to: i64| {
            let variables = json!({ "from": moment(minute(from)), "to": moment(minute(to)) });
            let document = "query($from: DateTime!, $to: DateTime!) { programmes { nodes {
                position(at: $from) { day } changesBetween(from: $from, to: $to) { slipped { totalCount } } } } }";
            app.query(persona, document, variables).await.statements()
        };
        let none = count(Persona::BoardMember, -2, -1).await;
        everything(app, 20).await;
        for persona in [Persona::BoardMember, Persona::Scrutiny, Persona::Admin] {
            assert_eq!(count(persona, -2, 5).await, none, "{persona:?}");
            assert_eq!(count(persona, 4, 5).await, none, "{persona:?}");
        }
        // Who asks, the programmes; the position, what is visible now; two positions, what is visible now, the moves.
        assert_eq!(none, 2 + 2 + 4);
    })
    .await;
}

#[tokio::test]
async fn an_action_stands_under_the_id_that_it_has_today() {
    reading_both(async |app| {
        let answer = app.data(Persona::Lead, PAGE, json!({ "at": moment(minute(5)) })).await;
        let first = &answer["programme"]["position"]["actions"]["nodes"][0]["actionId"];
        let all = app.world.actions.iter().map(|action| json!(gid("act", action.id)));
        assert!(all.into_iter().any(|id| id == *first));
    })
    .await;
}
