//! Every act, in every status of an action and of its plan, by everyone: what `viewerCan` offers can be done, and nothing else.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{at, direction};
use crate::support::{Persona, TestApp, gid, on_both};

const PLAN_STATUSES: [&str; 5] = ["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"];
const STATUSES: [&str; 6] = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED", "ROLLED_OVER", "WITHDRAWN"];

/// An action, its step, and how it stands.
struct Case {
    id: String,
    step: String,
    plan: &'static str,
    status: &'static str,
}

/// Everything that can be tried, with its permission. Where the rules of the act itself can refuse it, the input is such that they
/// do: then whoever may do it has changed nothing. The last three have no such rule.
fn acts(app: &TestApp, case: &Case) -> Vec<(&'static str, &'static str, Value)> {
    let (id, on) = (case.id.as_str(), |version, more| at(&case.id, version, more));
    let linked = json!({ "actionId": id, "requirementId": direction(app) });
    let itself = json!({ "actionId": id, "dependsOnId": id });
    let step = |more| at(&case.step, 1, more);
    vec![
        ("UPDATE", "actionUpdate", on(1, json!({ "aim": null }))),
        ("UPDATE", "stepUpdate", step(json!({ "text": null }))),
        ("UPDATE", "actionDependencyAdd", itself.clone()),
        ("UPDATE", "actionDependencyRemove", itself),
        ("HAND_OVER", "actionHandOver", on(1, json!({ "leadIds": [] }))),
        ("MOVE_DUE_DATE", "actionMoveDueDate", on(1, json!({ "dueOn": "2018-01-01", "reason": "Late" }))),
        ("LINK", "actionLink", linked.clone()),
        ("LINK", "actionUnlink", linked.clone()),
        ("PROPOSE_LINK", "actionProposeLink", linked),
        ("FINISH_STEP", "stepComplete", step(json!({ "doneOn": "2030-01-01" }))),
        ("FINISH_STEP", "stepReopen", step(json!({ "reason": "Again" }))),
        ("CLAIM_COMPLETE", "actionClaimComplete", on(1, json!({}))),
        ("ASSURE", "actionAssure", on(1, json!({}))),
        ("JUDGE_IMPACT", "actionJudgeImpact", on(1, json!({ "impact": "WORSE", "summary": "Worse" }))),
        (
            "ADD_UPDATE",
            "progressUpdateAdd",
            json!({ "actionId": id, "narrative": "Work", "declaredHealth": "ON_TRACK" }),
        ),
        ("START", "actionStart", on(1, json!({}))),
        ("REFUSE", "actionRefuse", on(1, json!({ "reason": "No" }))),
        ("WITHDRAW", "actionWithdraw", on(1, json!({ "reason": "No" }))),
    ]
}

/// Acts that would be done, and make another case of this one, with the first who may.
const CHANGING: [&str; 3] = ["START", "REFUSE", "WITHDRAW"];

/// Sends several mutations in one request, and gives the codes of each.
async fn sent(app: &TestApp, who: Persona, acts: &[(&str, &str, Value)]) -> Vec<Vec<String>> {
    let (mut heads, mut fields, mut variables) = (String::new(), String::new(), json!({}));
    for (at, (_, mutation, input)) in acts.iter().enumerate() {
        let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let _ = write!(heads, " $i{at}: {ty}!");
        let _ = write!(fields, " a{at}: {mutation}(input: $i{at}) {{ userErrors {{ code }} }}");
        variables[format!("i{at}")] = input.clone();
    }
    let data = app.data(who, &format!("mutation({heads}) {{{fields} }}"), variables).await;
    let codes = |at: usize| {
        let errors = data[format!("a{at}")]["userErrors"].as_array().unwrap().clone();
        errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
    };
    (0..acts.len()).map(codes).collect()
}

async fn cases(app: &TestApp) -> Vec<Case> {
    let mut to = app.write().await;
    let [council, lead, inspector] = ["Northshire Council", "Head of service", "Detective inspector"]
        .map(|name| to.record.party(name).clone());
    let mut cases = Vec::new();
    for plan in PLAN_STATUSES {
        let row = to.plan(&format!("Plan {plan}"), plan, &council, |_| {}).await;
        for status in STATUSES {
            let action = to
                .action(&row, &format!("{plan} {status}"), |of| {
                    of.status = status.to_owned();
                    of.start_on = "2018-09-01".parse().ok();
                })
                .await;
            to.party_of(&action, &lead, "LEAD").await;
            to.party_of(&action, &inspector, "CONTRIBUTOR").await;
            let step = to.step(&action, "Do it", |_| {}).await;
            cases.push(Case { id: gid("act", action.id), step: gid("stp", step.id), plan, status });
        }
    }
    to.commit().await;
    cases
}

/// What `viewerCan` says of each case; none where the case is not there for the viewer.
async fn offered(app: &TestApp, who: Persona, cases: &[Case]) -> Vec<Option<Vec<String>>> {
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ...on Action { viewerCan } } }";
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let answer = app.query(who, document, json!({ "ids": ids })).await;
    let words = |node: &Value| {
        let can = node["viewerCan"].as_array()?;
        Some(can.iter().map(|word| word.as_str().unwrap().to_owned()).collect())
    };
    answer.data()["nodes"].as_array().unwrap().iter().map(words).collect()
}

#[tokio::test]
async fn what_is_offered_can_be_done_and_nothing_else() {
    on_both(async |app| {
        let cases = cases(app).await;
        let mut to_do = Vec::new();
        for who in Persona::ALL {
            for (case, can) in cases.iter().zip(offered(app, *who, &cases).await) {
                let may =
                    |permission: &str| can.as_ref().is_some_and(|can| can.iter().any(|of| of == permission));
                let all = acts(app, case);
                let is_left = |act: &(&str, &str, Value)| CHANGING.contains(&act.0) && may(act.0);
                let (later, now): (Vec<_>, Vec<_>) = all.into_iter().partition(is_left);
                to_do.extend(later.into_iter().map(|act| (*who, act)));
                for ((permission, mutation, _), codes) in now.iter().zip(sent(app, *who, &now).await) {
                    let place = format!("{who:?} {mutation} on {} in {}", case.status, case.plan);
                    let out = ["FORBIDDEN", "NOT_FOUND", "ILLEGAL_TRANSITION"];
                    let is_out = codes.iter().any(|code| out.contains(&code.as_str()));
                    // A step that is to be done cannot be taken up again: that is the step's own state.
                    if may(permission) && *mutation == "stepReopen" {
                        assert_eq!(codes, ["ILLEGAL_TRANSITION"], "{place}");
                        continue;
                    }
                    assert_eq!(is_out, !may(permission), "{place}: {codes:?}");
                    if can.is_none() {
                        assert_eq!(codes, ["NOT_FOUND"], "{place}");
                    }
                }
            }
        }
        done(app, to_do).await;
    })
    .await;
}

/// Does what is left: the first of all who may does it, the others come too late.
async fn done(app: &TestApp, to_do: Vec<(Persona, (&'static str, &'static str, Value))>) {
    assert!(to_do.len() > 10);
    let mut taken = std::collections::HashSet::new();
    for (who, act) in to_do {
        let is_first = taken.insert(act.2["id"].to_string());
        let codes = sent(app, who, std::slice::from_ref(&act)).await.remove(0);
        if is_first {
            assert!(codes.is_empty(), "{who:?} {act:?}: {codes:?}");
        } else {
            assert_eq!(codes, ["VERSION_CONFLICT"], "{who:?} {act:?}");
        }
    }
}
