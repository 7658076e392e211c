//! The number of statements depends on the shape of the question only, never on the number of rows.

use entity::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::builders::{Write, action, day};
use crate::support::links::evidence;
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

/// What the board looks at: a plan, its themes, its actions with all that stands in a row.
const DASHBOARD: &str = "query($plan: ID!) { node(id: $plan) { ... on Plan { title themes { id name }
    actions(first: 100) { totalCount nodes { reference aim status rating { label colour } isOverdue
        leads { __typename ... on Person { post } ... on Group { name } ... on Organisation { name } }
        organisation { name }
        requirements(first: 5) { edges { qualifier node { reference coverage } } }
        latestUpdate { narrative reportedOn }
        evidence { totalCount } } } } } }";

/// The thread: what an inspection asked for, what is done about it, and what shows it.
const THREAD: &str = "query($inspection: ID!) { node(id: $inspection) { ... on Inspection { title
    recommendations(first: 100) { nodes { reference coverage
        actions(first: 5) { edges { qualifier node { reference status
            evidence(first: 5) { nodes { title strand reviewStatus } } } } } } } } } }";

#[tokio::test]
async fn the_dashboard_takes_as_many_statements_for_500_actions_as_for_5() {
    on_both(async |app| {
        let mut to = app.write().await;
        let (few, _) = thread(&mut to, "Few", 5).await;
        let (many, _) = thread(&mut to, "Many", 500).await;
        to.commit().await;

        for persona in [Persona::BoardMember, Persona::Police, Persona::Scrutiny] {
            let (few, statements) = ask(app, persona, DASHBOARD, json!({ "plan": gid("pln", few.id) })).await;
            let (many, for_many) = ask(app, persona, DASHBOARD, json!({ "plan": gid("pln", many.id) })).await;

            assert_eq!(few["node"]["actions"]["totalCount"], 5);
            assert_eq!(many["node"]["actions"]["totalCount"], 500);
            assert_eq!(many["node"]["actions"]["nodes"].as_array().unwrap().len(), 100);
            // The viewer, the plan; its themes, its actions (with organisation, latest update and number of evidence) and
            // their number; leads, links with requirements. PostgreSQL is asked for the plan and what hangs on it at once.
            let takes = app.takes(7, 3);
            assert_eq!((statements, for_many), (takes, takes), "{persona:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_full_thread_takes_as_many_statements_for_500_recommendations_as_for_5() {
    on_both(async |app| {
        let mut to = app.write().await;
        let (_, few) = thread(&mut to, "Few", 5).await;
        let (_, many) = thread(&mut to, "Many", 500).await;
        to.commit().await;

        for persona in [Persona::BoardMember, Persona::Police] {
            let (few, statements) =
                ask(app, persona, THREAD, json!({ "inspection": gid("ins", few.id) })).await;
            let (many, for_many) =
                ask(app, persona, THREAD, json!({ "inspection": gid("ins", many.id) })).await;

            assert_eq!(few["node"]["recommendations"]["nodes"].as_array().unwrap().len(), 5);
            let shown = many["node"]["recommendations"]["nodes"].as_array().unwrap();
            assert_eq!(shown.len(), 100);
            assert_eq!(shown[99]["actions"]["edges"][0]["node"]["reference"], "1.100");
            // The viewer, the inspection, its recommendations, their actions, their evidence.
            let takes = app.takes(5, 4);
            assert_eq!((statements, for_many), (takes, takes), "{persona:?}");
        }
    })
    .await;
}

/// What the board lacks of a plan, and of the recommendations that its actions address.
const PROOF: &str = "query($plan: ID!) { node(id: $plan) { ... on Plan { actions(first: 100) { nodes {
    proof { doStrandsDisagree strands { strand accepted says } missing { code } }
    requirements(first: 2) { nodes { proof { doStrandsDisagree strands { says } missing { code } } } } } } } } }";

#[tokio::test]
async fn what_is_missing_takes_as_many_statements_for_500_actions_as_for_5() {
    on_both(async |app| {
        let mut to = app.write().await;
        let (few, _) = thread(&mut to, "Few", 5).await;
        let (many, _) = thread(&mut to, "Many", 500).await;
        to.commit().await;

        for persona in [Persona::BoardMember, Persona::Police, Persona::Scrutiny] {
            let (few, statements) = ask(app, persona, PROOF, json!({ "plan": gid("pln", few.id) })).await;
            let (many, for_many) = ask(app, persona, PROOF, json!({ "plan": gid("pln", many.id) })).await;

            let first = |data: &Value| data["node"]["actions"]["nodes"][0]["proof"].clone();
            assert_eq!(first(&few), first(&many));
            assert_eq!(many["node"]["actions"]["nodes"].as_array().unwrap().len(), 100);
            // The viewer, the plan, its actions; evidence, measures and audits of these, evidence once more for what is missing;
            // the recommendations; evidence, measures, audits and actions of these.
            let takes = app.takes(12, 11);
            assert_eq!((statements, for_many), (takes, takes), "{persona:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_asked_for_costs_nothing() {
    reading_both(async |app| {
        let plan = gid("pln", app.world.plan("Published plan").id);
        let actions = |selection: &str| {
            format!(
                "query($plan: ID!) {{ node(id: $plan) {{ ... on Plan {{ actions {{ {selection} }} }} }} }}"
            )
        };
        let statements = async |selection: &str| {
            ask(app, Persona::Chair, &actions(selection), json!({ "plan": plan })).await.1
        };

        assert_eq!(statements("nodes { id }").await, app.takes(3, 2));
        assert_eq!(statements("nodes { id } totalCount").await, app.takes(4, 2));
        assert_eq!(statements("totalCount").await, 2);
        assert_eq!(
            statements("nodes { id rating { label } computedHealth isOverdue viewerCan }").await,
            app.takes(3, 2)
        );
        assert_eq!(statements("nodes { forecastOn }").await, app.takes(4, 3));
        assert_eq!(ask(app, Persona::Chair, "{ __typename }", json!({})).await.1, 1);
    })
    .await;
}

#[tokio::test]
async fn the_cost_is_told_only_to_those_who_ask() {
    reading_both(async |app| {
        let ask =
            async || app.query(Persona::Chair, "{ programmes(first: 7) { nodes { id } } }", json!({})).await;
        ask().await;
        let answer = ask().await;

        let cost = &answer.body["extensions"]["cost"];
        assert_eq!(*cost, json!({ "requested": 8, "limit": 10_000, "statements": 2 }));
        let plain = app.plain(Persona::Chair, json!({ "query": "{ programmes { nodes { id } } }" })).await;
        assert_eq!(plain.body.get("extensions"), None);
    })
    .await;
}

async fn ask(app: &TestApp, persona: Persona, document: &str, variables: Value) -> (Value, u64) {
    let response = app.query(persona, document, variables).await;
    assert!(response.errors().is_empty(), "{}", response.text);
    (response.data().clone(), response.statements())
}

/// A published plan of `count` actions, each with leads, an organisation, an update, evidence, and a recommendation of
/// its own that it addresses.
async fn thread(to: &mut Write, title: &str, count: i32) -> (plan::Model, source::Model) {
    let [council, police, group] = ["Northshire Council", "Northshire Police", "Quality group"]
        .map(|name| to.record.party(name).clone());
    let plan = to.plan(title, "PUBLISHED", &council, |_| {}).await;
    let theme = to.theme(&plan, None, "Everything").await;
    let inspection = to.source("INSPECTION", title, "2018-02-02", |_| {}).await;
    let mut rows = Rows::default();
    for number in 1..=count {
        let reference = format!("1.{number}");
        let row = action::Model {
            theme_id: Some(theme.id),
            organisation_id: Some(police.id),
            due_on: Some(day("2018-12-31")),
            due_precision: Some("DAY".to_owned()),
            ..action(&plan, &reference, number)
        };
        rows.add(to.programme, &inspection, &row, [group.id, police.id]);
        rows.actions.push(row);
    }
    to.record.actions.extend(rows.actions.iter().cloned());
    to.cx.create_all(rows.requirements).await.unwrap();
    to.cx.derive_leaves(rows.leaves).await.unwrap();
    to.cx.create_all(rows.actions).await.unwrap();
    to.cx.attach_all(rows.parties).await.unwrap();
    to.cx.attach_all(rows.links).await.unwrap();
    to.cx.create_all(rows.updates).await.unwrap();
    to.cx.create_all(rows.evidence).await.unwrap();
    to.cx.attach_all(rows.evidence_of).await.unwrap();
    (plan, inspection)
}

#[derive(Default)]
struct Rows {
    requirements: Vec<requirement::Model>,
    leaves: Vec<requirement_leaf::Model>,
    actions: Vec<action::Model>,
    parties: Vec<action_party::Model>,
    links: Vec<action_requirement::Model>,
    updates: Vec<progress_update::Model>,
    evidence: Vec<evidence::Model>,
    evidence_of: Vec<evidence_action::Model>,
}

impl Rows {
    fn add(&mut self, programme_id: Uuid, source: &source::Model, action: &action::Model, leads: [Uuid; 2]) {
        let requirement = requirement::Model {
            reference: action.position.to_string(),
            is_reference_printed: true,
            reference_sort: domain::reference::sort_key(&action.position.to_string()),
            text: "Do better".to_owned(),
            position: action.position,
            ..requirement::Model::begun(programme_id, source.id, "RECOMMENDATION", action.created_at)
        };
        let (ancestor_id, leaf_id) = (requirement.id, requirement.id);
        self.leaves.push(requirement_leaf::Model { programme_id, ancestor_id, leaf_id });
        for (position, party_id) in leads.into_iter().enumerate() {
            let (position, role) = (position as i32 + 1, "LEAD".to_owned());
            self.parties.push(action_party::Model {
                programme_id,
                action_id: action.id,
                party_id,
                role,
                position,
            });
        }
        self.links.push(action_requirement::Model {
            programme_id,
            action_id: action.id,
            requirement_id: requirement.id,
            qualifier: None,
            position: 1,
        });
        self.requirements.push(requirement);
        self.updates.push(progress_update::Model {
            id: Uuid::now_v7(),
            programme_id,
            action_id: action.id,
            reported_on: day("2018-12-01"),
            narrative: "It goes on".to_owned(),
            declared_health: Some("ON_TRACK".to_owned()),
            obstacles: None,
            next_steps: None,
            author_id: None,
            is_illustrative: true,
            created_at: action.created_at,
        });
        let piece = evidence(programme_id, &format!("Proof of {}", action.reference));
        let (evidence_id, action_id) = (piece.id, action.id);
        self.evidence_of.push(evidence_action::Model { programme_id, evidence_id, action_id });
        self.evidence.push(piece);
    }
}
