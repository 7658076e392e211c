//! The rules, as the API tells them, are those of the `domain` crate: on a plan with something of everything, and day by
//! day.

use chrono::{Days, NaiveDate};
use entity::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::builders::{Write, day};
use crate::support::rules::word;
use crate::support::world::Record;
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;
const STATUSES: [&str; 6] = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED", "ROLLED_OVER", "WITHDRAWN"];
const HEALTHS: [&str; 4] = ["ON_TRACK", "AT_RISK", "OFF_TRACK", "DONE"];

/// What an action is made of, as far as the rules ask. Days count from 1 September 2018.
#[derive(Debug, Clone)]
struct Made {
    status: &'static str,
    status_on: Option<u64>,
    start_on: Option<u64>,
    due_on: Option<u64>,
    /// For each step, the day it is due and whether it is behind us.
    steps: Vec<(Option<u64>, bool)>,
    updates: Vec<(u64, &'static str)>,
    /// Which of the actions before it waits for, counted backwards.
    waits_for: Vec<usize>,
}

fn made() -> impl Strategy<Value = Made> {
    let some = || proptest::option::weighted(0.7, 0u64..200);
    let steps = proptest::collection::vec((some(), any::<bool>()), 0..4);
    let updates = proptest::collection::vec((0u64..120, proptest::sample::select(&HEALTHS)), 0..3);
    let waits_for = proptest::collection::vec(1usize..5, 0..3);
    let status = proptest::sample::select(&STATUSES);
    (status, some(), some(), some(), steps, updates, waits_for).prop_map(
        |(status, status_on, start_on, due_on, steps, updates, waits_for)| Made {
            status,
            status_on,
            start_on,
            due_on,
            steps,
            updates,
            waits_for,
        },
    )
}

fn on(days: u64) -> NaiveDate {
    day("2018-09-01") + Days::new(days)
}

/// A plan in each status, with as many actions of all sorts as asked for.
pub async fn everything(app: &TestApp, count: usize) -> Record {
    let mut runner = TestRunner::deterministic();
    let mut to = app.write().await;
    let council = to.record.party("Northshire Council").clone();
    let requirements: Vec<_> =
        to.record.requirements.iter().filter(|row| row.programme_id == to.programme).cloned().collect();
    let mut before: Vec<action::Model> = Vec::new();
    for status in ["DRAFT", "PUBLISHED", "CONSIDERED", "AGREED", "CLOSED"] {
        let plan = to.plan(&format!("Everything, {status}"), status, &council, |_| {}).await;
        for number in 1..=count {
            let made = made().new_tree(&mut runner).unwrap().current();
            let action = one(&mut to, &plan, &format!("{status}.{number}"), &made).await;
            let awaited: std::collections::BTreeSet<_> =
                made.waits_for.iter().filter_map(|back| before.len().checked_sub(*back)).collect();
            for at in awaited {
                to.waits_for(&action, &before[at]).await;
            }
            // Not all of them, so that some are covered by few actions or by none.
            let requirement = &requirements[number % (requirements.len() - 2)];
            to.addresses(&action, requirement, (number % 3 == 0).then_some("only in part")).await;
            before.push(action);
        }
    }
    to.commit().await
}

async fn one(to: &mut Write, plan: &plan::Model, reference: &str, made: &Made) -> action::Model {
    let action = to
        .action(plan, reference, |of| {
            of.status = made.status.to_owned();
            of.status_on = made.status_on.map(on);
            of.start_on = made.start_on.map(on);
            of.due_on = made.due_on.map(on);
            of.due_precision = made.due_on.map(|_| "DAY".to_owned());
        })
        .await;
    for (due_on, is_settled) in &made.steps {
        to.step(&action, "A step", |step| {
            step.due_on = due_on.map(on);
            step.done_on = is_settled.then(|| day("2018-09-05"));
        })
        .await;
    }
    for (reported_on, health) in &made.updates {
        to.update(&action, &on(*reported_on).to_string(), health).await;
    }
    action
}

const ACTIONS: &str = "query($id: ID!, $after: String) { node(id: $id) { ... on Programme { today
    actions(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id computedHealth declaredHealth
        rating { health label colour } isDeclaredMorePositive isOverdue isUpdateOverdue updateDueOn forecastOn
        latestUpdate { id } } } } } }";

async fn actions(app: &TestApp, persona: Persona) -> Vec<Value> {
    let mut found = Vec::new();
    let mut variables = json!({ "id": gid("prg", app.world.programme("northshire").id) });
    loop {
        let data = app.data(persona, ACTIONS, variables.clone()).await;
        assert_eq!(data["node"]["today"], app.today.to_string());
        let page = &data["node"]["actions"];
        found.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

/// What the API is to say of an action, to those who may read its updates or may not.
fn told(
    record: &Record,
    row: &action::Model,
    today: NaiveDate,
    reads_updates: bool,
    sees: impl Fn(&action::Model) -> bool,
) -> Value {
    let computed = record.computed_health(row, today, reads_updates, sees);
    let declared = record.declared_health(row).filter(|_| reads_updates);
    let rating = domain::rating::rating(declared, computed);
    let scheme = record.ratings.iter().find(|of| of.health == rating.as_str()).unwrap();
    let more_positive = domain::rating::is_more_positive_than_computed(declared, computed);
    let update_due_on = record.update_due_on(row).filter(|_| reads_updates);
    let is_update_overdue = domain::cadence::is_update_overdue(update_due_on, today);
    let is_open = word::<domain::ActionStatus>(&row.status).is_open();
    let latest = record.updates_on(row).first().filter(|_| reads_updates).map(|row| gid("upd", row.id));
    json!({
        "id": gid("act", row.id),
        "computedHealth": computed,
        "declaredHealth": declared,
        "rating": { "health": rating, "label": scheme.label, "colour": scheme.colour },
        "isDeclaredMorePositive": declared.map(|_| more_positive),
        "isOverdue": is_open && row.due_on.is_some_and(|due_on| due_on < today),
        "isUpdateOverdue": reads_updates.then_some(is_update_overdue),
        "updateDueOn": update_due_on,
        "latestUpdate": latest.map(|id| json!({ "id": id })),
    })
}

#[tokio::test]
async fn health_rating_cadence_and_forecast_are_what_the_rules_say_on_any_day() {
    on_both(async |app| {
        let record = everything(app, 40).await;
        let northshire = app.world.programme("northshire").id;
        for today in ["2018-08-01", "2018-10-15", "2018-12-09", "2018-12-10", "2018-12-11", "2019-06-01"] {
            let app = app.at(day(today)).await;
            let forecast = record.forecast(app.today, |action| action.programme_id == northshire);
            let mut told_all: Vec<Value> = Vec::new();
            for row in record.actions.iter().filter(|row| row.programme_id == northshire) {
                let mut told = told(&record, row, app.today, true, |_| true);
                told["forecastOn"] = json!(forecast.on(row.id));
                told_all.push(told);
            }
            let mut answered = actions(&app, OFFICE).await;
            let by_id = |value: &Value| value["id"].as_str().unwrap().to_owned();
            told_all.sort_by_key(by_id);
            answered.sort_by_key(by_id);

            assert_eq!(answered.len(), told_all.len());
            for (answered, told) in answered.iter().zip(&told_all) {
                assert_eq!(answered, told, "on {today}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_read_updates_gets_what_the_rules_say_without_them() {
    on_both(async |app| {
        let record = everything(app, 25).await;
        let is_published = |row: &action::Model| {
            let plan = record.plans.iter().find(|plan| plan.id == row.plan_id).unwrap();
            ["PUBLISHED", "CLOSED"].contains(&plan.status.as_str())
        };
        let northshire = app.world.programme("northshire").id;
        let sees = |row: &action::Model| row.programme_id == northshire && is_published(row);
        let forecast = record.forecast(app.today, sees);
        let expected = record.actions.iter().filter(|row| sees(row)).map(|row| {
            let mut told = told(&record, row, app.today, false, sees);
            told["forecastOn"] = json!(forecast.on(row.id));
            told
        });
        let mut expected: Vec<Value> = expected.collect();
        let mut answered = actions(app, Persona::Scrutiny).await;
        let by_id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        expected.sort_by_key(by_id);
        answered.sort_by_key(by_id);

        assert!(expected.len() > 50);
        for (answered, told) in answered.iter().zip(&expected) {
            assert_eq!(answered, told);
        }
        assert_eq!(answered.len(), expected.len());
    })
    .await;
}

const COVERAGE: &str = "query($id: ID!) { node(id: $id) { ... on Programme {
    coverage { covered partial uncovered gaps(first: 100) { nodes { id coverage } } }
    recommendations(first: 100) { nodes { id coverage } } directionTerms(first: 100) { nodes { id coverage } } } } }";

/// Holds what someone is told of coverage against the rules over the actions that they see.
async fn coverage(app: &TestApp, persona: Persona, record: &Record, sees: impl Fn(&action::Model) -> bool) {
    let northshire = app.world.programme("northshire").id;
    let data = app.data(persona, COVERAGE, json!({ "id": gid("prg", northshire) })).await;
    let mut counts = [0, 0, 0];
    let mut gaps = 0;
    let nodes = |list: &Value| list["nodes"].as_array().unwrap().clone();
    let all = [nodes(&data["node"]["recommendations"]), nodes(&data["node"]["directionTerms"])].concat();
    for shown in &all {
        let id = shown["id"].as_str().unwrap();
        let row = record.requirements.iter().find(|row| id.ends_with(&row.id.simple().to_string())).unwrap();
        let coverage = record.coverage(row, &sees);
        assert_eq!(shown["coverage"], json!(coverage), "{persona:?}: {}", row.reference);
        counts[domain::Coverage::ALL.iter().position(|of| *of == coverage).unwrap()] += 1;
        if coverage != domain::Coverage::Covered {
            gaps += 1;
            assert!(nodes(&data["node"]["coverage"]["gaps"]).contains(shown), "{}", row.reference);
        }
    }
    let report = &data["node"]["coverage"];
    assert_eq!(
        json!([report["covered"], report["partial"], report["uncovered"]]),
        json!(counts),
        "{persona:?}"
    );
    assert_eq!(nodes(&report["gaps"]).len(), gaps, "{persona:?}");
}

#[tokio::test]
async fn coverage_is_what_the_rules_say_of_the_actions_that_one_sees() {
    on_both(async |app| {
        let record = everything(app, 9).await;
        let northshire = app.world.programme("northshire").id;
        let status = |row: &action::Model| {
            record.plans.iter().find(|plan| plan.id == row.plan_id).unwrap().status.as_str()
        };
        let own = |row: &action::Model| row.programme_id == northshire;

        coverage(app, OFFICE, &record, own).await;
        coverage(app, Persona::Chair, &record, |row| own(row) && status(row) != "DRAFT").await;
        let published = |row: &action::Model| own(row) && ["PUBLISHED", "CLOSED"].contains(&status(row));
        coverage(app, Persona::Scrutiny, &record, published).await;
    })
    .await;
}

#[tokio::test]
async fn the_requirements_of_the_first_county_are_covered_as_its_plan_says() {
    reading_both(async |app| {
        let northshire = app.world.programme("northshire").id;
        let data = app.data(Persona::Chair, COVERAGE, json!({ "id": gid("prg", northshire) })).await;
        let coverage = |list: &str| {
            let nodes = data["node"][list]["nodes"].as_array().unwrap().iter();
            nodes.map(|node| node["coverage"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };

        assert_eq!(
            coverage("recommendations"),
            ["COVERED", "PARTIAL", "UNCOVERED", "UNCOVERED", "UNCOVERED", "COVERED", "UNCOVERED"],
            "1 by a whole link, 2 by a qualified one, 9 by an action given up, 10 by a draft, (5) by nothing, custody, the bell"
        );
        assert_eq!(
            coverage("directionTerms"),
            ["UNCOVERED", "PARTIAL", "UNCOVERED", "PARTIAL", "COVERED", "UNCOVERED"],
            "2 and 2.b as far as 2.b.i covers them; a link to the whole of 2 covers nothing"
        );
        let office = app.data(OFFICE, COVERAGE, json!({ "id": gid("prg", northshire) })).await;
        assert_eq!(office["node"]["recommendations"]["nodes"][3]["coverage"], "COVERED", "10, by the draft");
    })
    .await;
}

#[tokio::test]
async fn a_direction_is_in_force_until_it_is_replaced_or_lifted() {
    reading_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ... on Direction { status
            supersedes { title } supersededBy { title } } } }";
        for (title, today, status) in [
            ("First direction", "2018-07-14", "IN_FORCE"),
            ("First direction", "2018-07-15", "REVISED"),
            ("Second direction", "2018-12-10", "IN_FORCE"),
            ("Lifted direction", "2018-12-19", "IN_FORCE"),
            ("Lifted direction", "2018-12-20", "LIFTED"),
        ] {
            let app = app.at(day(today)).await;
            let id = gid("dir", app.world.source(title).id);
            let data = app.data(Persona::Scrutiny, document, json!({ "id": id })).await;

            assert_eq!(data["node"]["status"], status, "{title} on {today}");
        }
        let id = gid("dir", app.world.source("First direction").id);
        let data = app.data(Persona::Scrutiny, document, json!({ "id": id })).await;
        assert_eq!(data["node"]["supersededBy"]["title"], "Second direction");
    })
    .await;
}
