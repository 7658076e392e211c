//! The small county that everybody works on: a few demands, two plans, a handful of people.

use std::collections::{BTreeMap, BTreeSet};

use entity::{action, party, plan};

use super::state::{Action, Demand, Model, Organisation, Party, Plan, TODAY};
use crate::support::builders::{Write, day};
use crate::support::{Persona, TestApp, gid};

pub const SLUG: &str = "eastshire";

/// Makes it, beside the counties that there are; its organisations are theirs too.
pub async fn build(app: &TestApp) -> Model {
    let mut to = app.write().await;
    let [council, police, health] = ["Northshire Council", "Northshire Police", "Northshire Health Trust"]
        .map(|name| to.record.party(name).clone());
    to.programme(SLUG, &council, false).await;
    let parties = people(&mut to, &council, &police, &health).await;
    let demands = demands(&mut to).await;
    let agreed = |row: &mut plan::Model| {
        // Nobody has to report before long.
        row.considered_on = row.considered_on.map(|_| day(TODAY));
        row.agreed_on = row.agreed_on.map(|_| day(TODAY));
    };
    let first = to.plan("First of Eastshire", "AGREED", &council, agreed).await;
    let second = to.plan("Second of Eastshire", "DRAFT", &council, |_| {}).await;
    let third = to.plan("Third of Eastshire", "DRAFT", &council, |_| {}).await;
    let mut actions = Vec::new();
    for (at, (plan, lead)) in
        [(&first, 0), (&first, 1), (&first, 3), (&second, 2), (&second, 0)].into_iter().enumerate()
    {
        let row = to
            .action(plan, &format!("0.{at}"), |row: &mut action::Model| row.status = "NOT_STARTED".to_owned())
            .await;
        let lead_row = to.record.parties.iter().find(|row| ids(row) == parties[lead].id).unwrap().clone();
        to.party_of(&row, &lead_row, "LEAD").await;
        actions.push(Action {
            id: gid("act", row.id),
            version: 1,
            status: "NOT_STARTED",
            plan: usize::from(plan.id == second.id),
            reference: row.reference,
            due_on: None,
            leads: vec![lead],
            links: BTreeMap::new(),
            waits_for: BTreeSet::new(),
            steps: Vec::new(),
            claimed_by: None,
            updates: 0,
        });
    }
    let plans = [(first, "AGREED"), (second, "DRAFT"), (third, "DRAFT")].map(|(row, status)| Plan {
        id: gid("pln", row.id),
        version: 1,
        status,
        was_published: false,
        strands: 2,
        predecessor: None,
    });
    let programme = to.programme;
    to.commit().await;
    Model { programme, parties, demands, plans: plans.to_vec(), actions, evidence: Vec::new() }
}

fn ids(row: &party::Model) -> String {
    gid(if row.kind == "PERSON" { "per" } else { "grp" }, row.id)
}

async fn people(
    to: &mut Write,
    council: &party::Model,
    police: &party::Model,
    health: &party::Model,
) -> Vec<Party> {
    let head = to.person("Head of Eastshire", council).await;
    let nurse = to.person("Nurse of Eastshire", health).await;
    let inspector = to.person("Inspector of Eastshire", police).await;
    let group = to.group("Group of Eastshire", None, &[&head, &nurse]).await;
    let team = to.group("Team of Eastshire", Some(police), &[]).await;

    to.member("chair", "BOARD", |of| of.is_chair = true).await;
    to.member("board-member", "BOARD", |_| {}).await;
    to.member("programme-office", "OFFICER", |of| of.is_programme_office = true).await;
    to.member("officer", "OFFICER", |_| {}).await;
    to.member("lead", "OFFICER", |of| {
        (of.person_id, of.organisation_id) = (Some(head.id), Some(council.id));
    })
    .await;
    to.member("lead", "BOARD", |_| {}).await;
    to.member("police", "PARTNER", |of| {
        (of.person_id, of.organisation_id) = (Some(inspector.id), Some(police.id));
    })
    .await;
    to.member("health", "PARTNER", |of| of.organisation_id = Some(health.id)).await;
    to.member("scrutiny", "SCRUTINY", |_| {}).await;

    let party = |row: &party::Model, of, organisation, members: &[usize]| Party {
        id: ids(row),
        of,
        organisation,
        members: members.to_vec(),
    };
    vec![
        party(&head, Some(Persona::Lead), Some(Organisation::Council), &[]),
        party(&nurse, None, Some(Organisation::Health), &[]),
        party(&inspector, Some(Persona::Police), Some(Organisation::Police), &[]),
        party(&group, None, None, &[0, 1]),
        party(&team, None, Some(Organisation::Police), &[]),
    ]
}

async fn demands(to: &mut Write) -> Vec<Demand> {
    let mut demands = Vec::new();
    let inspection = to.source("INSPECTION", "Inspection of Eastshire", "2018-01-29", |_| {}).await;
    for reference in ["1", "2", "3"] {
        let row = to.requirement(&inspection, reference, "Do it", |_| {}).await;
        demands.push(Demand { id: gid("rec", row.id), parent: None });
    }
    let direction = to.source("DIRECTION", "Direction of Eastshire", "2018-07-15", |_| {}).await;
    let mut rows = Vec::new();
    for (reference, parent) in [("1", None), ("2", None), ("2.a", Some(1)), ("2.b", Some(1))] {
        let above: Option<uuid::Uuid> = parent.map(|at: usize| rows[at]);
        let row = to.requirement(&direction, reference, "Do that", |row| row.parent_id = above).await;
        rows.push(row.id);
        demands.push(Demand { id: gid("trm", row.id), parent: parent.map(|at| at + 3) });
    }
    to.leaves().await;
    demands
}
