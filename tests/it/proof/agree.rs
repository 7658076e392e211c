//! What is told of proof is what the rules say of what the viewer sees: every action and requirement, every role, every list.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::seed;
use super::twin::Twin;
use crate::support::pages::{List, walk};
use crate::support::{Persona, TestApp, gid, on_both};
use crate::visibility::eye::{Eye, Named};

const PROOF: &str = "proof { strands { strand isProof accepted submitted refused expired latestOn ageInDays countsUntil says }
    doStrandsDisagree missing { code strands message } }";
const VIEWERS: [Persona; 7] = [
    Persona::BoardMember,
    Persona::ProgrammeOffice,
    Persona::Lead,
    Persona::Police,
    Persona::Health,
    Persona::Scrutiny,
    Persona::Admin,
];
/// The lists of a programme, each with the filter that finds the same.
const LISTS: [(&str, &str); 3] = [
    ("claimedWithoutImpact", "isClaimedWithoutImpact"),
    ("assuredOnExpiredEvidence", "isAssuredOnExpiredEvidence"),
    ("strandsInDisagreement", "doStrandsDisagree"),
];

async fn told(app: &TestApp, persona: Persona, ty: &str, ids: &[String]) -> Vec<Value> {
    let document = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...on {ty} {{ id {PROOF} }} }} }}");
    let mut all = Vec::new();
    for some in ids.chunks(20) {
        let data = app.data(persona, &document, json!({ "ids": some })).await;
        all.extend(data["nodes"].as_array().unwrap().iter().map(|node| node["proof"].clone()));
    }
    all
}

#[tokio::test]
async fn strands_gaps_and_lists_are_what_the_rules_say_of_what_one_sees() {
    on_both(async |app| {
        let record = seed::plans(app, 14).await;
        let northshire = app.world.programme("northshire").id;
        let mut verdicts = BTreeSet::new();
        for persona in VIEWERS {
            let twin = Twin { eye: Eye::of(&record, persona), today: app.today };
            let own = record.actions.iter().filter(|row| row.programme_id == northshire);
            let own: Vec<_> = own.filter(|row| twin.eye.sees(&row.gid())).collect();
            let ids: Vec<String> = own.iter().map(|row| row.gid()).collect();
            for (row, told) in own.iter().zip(told(app, persona, "Action", &ids).await) {
                assert_eq!(told, twin.action(row), "{persona:?} {}", row.reference);
                let says = told["strands"].as_array().unwrap().iter().map(|of| of["says"].to_string());
                verdicts.extend(says.map(|says| format!("{persona:?} {says}")));
            }
            for (place, (list, filter)) in LISTS.iter().enumerate() {
                let expected = own.iter().filter(|row| twin.lists(row)[place]).map(|row| row.gid());
                let expected: BTreeSet<String> = expected.collect();
                let list = List { of: "Programme", field: list, given: "", declared: "", node: "id" };
                let filtered = List {
                    field: "actions",
                    declared: ", $filter: ActionFilter",
                    given: "filter: $filter",
                    ..List { node: "id", ..list }
                };
                let mut variables = json!({ "id": gid("prg", northshire) });
                let forwards = walk(app, persona, &list, &variables, 3, false).await;
                let backwards = walk(app, persona, &list, &variables, 4, true).await;
                assert_eq!(forwards, backwards, "{persona:?} {}", list.field);
                assert_eq!(
                    forwards.iter().cloned().collect::<BTreeSet<_>>(),
                    expected,
                    "{persona:?} {}",
                    list.field
                );
                variables["filter"] = json!({ *filter: { "eq": true } });
                assert_eq!(walk(app, persona, &filtered, &variables, 50, false).await, forwards, "{filter}");
                // Scrutiny and administrators see too little for the other two.
                let sees_much =
                    [Persona::BoardMember, Persona::ProgrammeOffice, Persona::Lead].contains(&persona);
                assert!(
                    expected.len() > if sees_much { 2 } else { 0 } || place > 0,
                    "{persona:?} {}",
                    list.field
                );
            }
        }
        for says in ["BETTER", "NOT_BETTER", "DIVIDED"] {
            assert!(verdicts.contains(&format!("BoardMember \"{says}\"")), "{says}: {verdicts:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_shows_that_a_requirement_is_met_is_what_the_rules_say_of_what_one_sees() {
    on_both(async |app| {
        let record = seed::plans(app, 14).await;
        let northshire = app.world.programme("northshire").id;
        for persona in VIEWERS {
            let twin = Twin { eye: Eye::of(&record, persona), today: app.today };
            let own = record.requirements.iter().filter(|row| row.programme_id == northshire);
            let own: Vec<_> = own.filter(|row| twin.eye.sees(&row.gid())).collect();
            let ids: Vec<String> = own.iter().map(|row| row.gid()).collect();
            for (row, told) in own.iter().zip(told(app, persona, "Requirement", &ids).await) {
                assert_eq!(told, twin.requirement(row), "{persona:?} {}", row.reference);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_missing_exactly_where_the_board_can_assure() {
    on_both(async |app| {
        let record = seed::plans(app, 14).await;
        let own =
            record.actions.iter().filter(|row| row.programme_id == app.world.programme("northshire").id);
        let (mut assured, mut refused, mut claimed) = (0, 0, 0);
        for row in own.filter(|row| row.status != "ASSURED") {
            let plan = record.plans.iter().find(|plan| plan.id == row.plan_id).unwrap();
            if plan.status == "DRAFT" {
                continue;
            }
            let id = row.gid();
            let missing = super::missing(app, Persona::BoardMember, &id).await;
            let input = json!({ "id": id, "expectedVersion": 1 });
            // What a claim asks for is among what is missing before an assurance, and refused in the same words.
            let claim = ["PLAN_NOT_RUNNING", "NOT_STARTED", "STEPS_OPEN", "NO_EVIDENCE", "ENDED"];
            let can_claim =
                row.status != "COMPLETE" && !missing.iter().any(|code| claim.contains(&code.as_str()));
            let mut dry = input.clone();
            if row.status == "COMPLETE" {
                let payload = app.mutate(Persona::BoardMember, "actionAssure", input, "").await;
                let is_done = payload["userErrors"] == json!([]);
                assert_eq!(is_done, missing.is_empty(), "{} {missing:?}: {payload}", row.reference);
                if is_done {
                    assured += 1
                } else {
                    refused += 1
                }
                continue;
            }
            assert!(missing.contains(&"NOT_CLAIMED".to_owned()) || missing == ["ENDED"], "{missing:?}");
            dry["summary"] = json!("All is done");
            let payload = app.mutate(Persona::ProgrammeOffice, "actionClaimComplete", dry, "").await;
            assert_eq!(
                payload["userErrors"] == json!([]),
                can_claim,
                "{} {missing:?}: {payload}",
                row.reference
            );
            claimed += usize::from(can_claim);
        }
        assert!(assured > 0 && refused > 3 && claimed > 0, "{assured} {refused} {claimed}");
    })
    .await;
}
