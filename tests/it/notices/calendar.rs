//! What falls due by the calendar: found by one statement that says what the rules say, told once, by however many processes.

use std::collections::BTreeSet;

use api::store::ledger::{Chain, verify_chain};
use chrono::{Days, NaiveDate};
use domain::notice::{Standing, passed, passed_for, report_due};
use entity::{action, party};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{OFFICE, lines, tell, told};
use crate::support::builders::day;
use crate::support::world::Record;
use crate::support::{Persona, TestApp, gid, on_both};

/// The organisations whose own an action is, by their names.
fn own(record: &Record, of: &action::Model) -> BTreeSet<String> {
    let links = record.parties_of.iter().filter(|link| link.action_id == of.id);
    let parties = links.map(|link| record.parties.iter().find(|row| row.id == link.party_id).unwrap());
    let ids = parties.filter_map(|party| party.organisation_id).chain(of.organisation_id);
    let name =
        |id| record.parties.iter().find(|row: &&party::Model| row.id == id).unwrap().name.clone().unwrap();
    ids.map(name).collect()
}

fn standing(record: &Record, of: &action::Model) -> Standing {
    let plan = record.plans.iter().find(|row| row.id == of.plan_id).unwrap();
    Standing {
        status: of.status.parse().unwrap(),
        plan_status: plan.status.parse().unwrap(),
        due_on: of.due_on,
    }
}

/// When the next report on each action is due, as the service shows it.
async fn reports(app: &TestApp, record: &Record) -> Vec<Option<NaiveDate>> {
    let mut due = Vec::new();
    for some in record.actions.chunks(50) {
        let ids: Vec<String> = some.iter().map(|row| gid("act", row.id)).collect();
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ...on Action { updateDueOn } } }";
        let answer = app.query(OFFICE, document, json!({ "ids": ids })).await;
        let nodes = answer.data()["nodes"].as_array().unwrap().clone();
        due.extend(nodes.iter().map(|node| node["updateDueOn"].as_str().map(day)));
    }
    due
}

/// What the rules say is told by a day, in the words of [`lines`].
fn expected(record: &Record, reports: &[Option<NaiveDate>], today: NaiveDate) -> BTreeSet<String> {
    let northshire = record.programme("northshire").id;
    let mut all = BTreeSet::new();
    for (of, report) in record.actions.iter().zip(reports).filter(|(of, _)| of.programme_id == northshire) {
        let mut tell = |kind: &str, about: &action::Model, on: Option<NaiveDate>| {
            for name in own(record, of) {
                all.extend(
                    on.map(|on| format!("{kind} {name}: {}, {} on {on}", of.reference, about.reference)),
                );
            }
        };
        tell("ACTION_SLIPPED", of, passed(&standing(record, of), today));
        tell("UPDATE_DUE", of, report_due(*report, today));
        for link in record.dependencies.iter().filter(|link| link.action_id == of.id) {
            let other = record.actions.iter().find(|row| row.id == link.depends_on_id).unwrap();
            let on = passed_for(&standing(record, of), &standing(record, other), today);
            tell("DEPENDENCY_LATE", other, on);
        }
    }
    all
}

/// The county, with actions of every status in plans of every status that fell due lately or long ago, and that wait for others.
async fn dated(app: &TestApp) -> Record {
    let mut to = app.write().await;
    let parties = ["Custody team", "Safeguarding nurse", "Quality group", "Northshire Health Trust"];
    let parties = parties.map(|name| to.record.party(name).clone());
    let statuses = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED", "ROLLED_OVER", "WITHDRAWN"];
    let mut before: Option<action::Model> = None;
    let mut number = 0u64;
    for title in ["Draft plan", "Considered plan", "Agreed plan", "Published plan", "Closed plan"] {
        let plan = to.record.plan(title).clone();
        for status in statuses.iter().chain(&statuses[..2]) {
            number += 1;
            let due_on = day("2018-12-14") - Days::new(number * 7 % 31);
            let made = to
                .action(&plan, &format!("T{number}"), |of| {
                    of.status = (*status).to_owned();
                    (of.due_on, of.due_precision) = (Some(due_on), Some("DAY".to_owned()));
                    of.organisation_id = number.is_multiple_of(3).then_some(parties[3].id);
                })
                .await;
            to.party_of(
                &made,
                &parties[number as usize % 4],
                if number.is_multiple_of(2) { "LEAD" } else { "CONTRIBUTOR" },
            )
            .await;
            if let Some(before) = before.replace(made.clone()) {
                to.waits_for(&made, &before).await;
            }
        }
    }
    to.commit().await
}

#[tokio::test]
async fn the_statement_says_what_the_rules_say_and_tells_each_once() {
    on_both(async |app| {
        let record = dated(app).await;
        let reports = reports(app, &record).await;
        let mut all = BTreeSet::new();
        for today in ["2018-12-10", "2018-12-11", "2018-12-15", "2019-01-07", "2019-01-20"].map(day) {
            all.extend(expected(&record, &reports, today));
            tell(app, today).await;
            tell(app, today).await;

            let told = lines(&told(app, OFFICE).await);
            assert_eq!(told, all.iter().cloned().collect::<Vec<_>>(), "{today}");
        }
        for kind in ["ACTION_SLIPPED", "DEPENDENCY_LATE", "UPDATE_DUE"] {
            assert!(all.iter().filter(|line| line.starts_with(kind)).count() > 2, "{kind}: {all:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn however_many_processes_look_at_once_each_notice_is_told_once() {
    on_both(async |app| {
        let record = dated(app).await;
        let reports = reports(app, &record).await;
        let today = day("2018-12-10");

        join_all((0..4).map(|_| tell(app, today))).await;

        let expected: Vec<String> = expected(&record, &reports, today).into_iter().collect();
        assert_eq!(lines(&told(app, OFFICE).await), expected);
        let programme = app.world.programme("northshire").id;
        assert!(matches!(verify_chain(app.db(), programme).await.unwrap(), Chain::Whole { .. }));
        let document = "{ programme(slug: \"northshire\") { changes(last: 1) { nodes { operation entityType actor } } } }";
        let last = app.data(OFFICE, document, json!({})).await["programme"]["changes"]["nodes"][0].clone();
        let entry = json!({ "operation": "noticesTell", "entityType": "Notice", "actor": "system:calendar" });
        assert_eq!(last, entry);
    })
    .await;
}

#[tokio::test]
async fn partners_are_told_of_their_own_as_far_as_they_see_it() {
    on_both(async |app| {
        let mut to = app.write().await;
        let police = to.record.party("Northshire Police").clone();
        let (plan, draft) =
            (to.record.plan("Published plan").clone(), to.record.plan("Considered plan").clone());
        let late = |of: &mut action::Model| {
            (of.due_on, of.due_precision) = (Some(day("2018-12-05")), Some("DAY".to_owned()));
        };
        let waits = to.action(&plan, "Q1", |of| of.organisation_id = Some(police.id)).await;
        let open = to.action(&plan, "Q2", late).await;
        let hidden = to.action(&draft, "Q3", late).await;
        to.waits_for(&waits, &open).await;
        to.waits_for(&waits, &hidden).await;
        to.commit().await;

        tell(app, day("2018-12-10")).await;

        let of_q1 = async |persona| {
            let lines = lines(&told(app, persona).await);
            lines
                .into_iter()
                .filter(|line| line.starts_with("DEPENDENCY_LATE") && line.contains(": Q1,"))
                .collect::<Vec<_>>()
        };
        let line = "DEPENDENCY_LATE Northshire Police: Q1, Q2 on 2018-12-05";
        assert_eq!(of_q1(Persona::Police).await, [line], "nobody waits for what is not agreed");
        assert_eq!(of_q1(Persona::Health).await, [] as [String; 0]);
        let own = told(app, Persona::Police).await;
        assert!(own.iter().all(|of: &Value| of["organisation"]["name"] == "Northshire Police"), "{own:?}");
    })
    .await;
}
