//! The commands: chosen at random, and written as the API wants them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::state::{Day, Evidence, Model};
use crate::support::{Persona, gid};
use crate::visibility::change::Die;

/// What is done. Things are named by their places in the model's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Create { plan: usize, reference: String, due_on: Option<Day>, lead: Option<usize> },
    Update { action: usize, aim: String },
    Link { action: usize, demand: usize, is_partial: bool },
    Unlink { action: usize, demand: usize },
    Start { action: usize },
    StepAdd { action: usize, due_on: Option<Day> },
    StepComplete { action: usize, step: usize },
    StepStrikeOut { action: usize, step: usize },
    StepReopen { action: usize, step: usize },
    Report { action: usize, health: &'static str },
    EvidenceAdd { action: Option<usize>, strand: &'static str, is_sensitive: bool },
    EvidenceAttach { evidence: usize, action: usize },
    EvidenceReview { evidence: usize, is_accepted: bool },
    Claim { action: usize },
    Assure { action: usize },
    Refuse { action: usize },
    Withdraw { action: usize },
    HandOver { action: usize, leads: Vec<usize> },
    MoveDueDate { action: usize, due_on: Day },
    Wait { action: usize, on: usize },
    WaitNoMore { action: usize, on: usize },
    Consider { plan: usize },
    Agree { plan: usize },
    Publish { plan: usize },
    Close { plan: usize, successor: Option<usize> },
}

/// A command as somebody sends it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub who: Persona,
    pub act: Act,
    /// The version that they say they saw, where it is asked for.
    pub version: Option<i32>,
    pub key: Option<String>,
    /// Whether it is sent a second time.
    pub again: bool,
    number: usize,
}

impl Act {
    /// The action that it is done to.
    pub fn action(&self) -> Option<usize> {
        use Act::*;
        match self {
            Update { action, .. } | Link { action, .. } | Unlink { action, .. } | Start { action } => {
                Some(*action)
            }
            StepAdd { action, .. } | StepComplete { action, .. } | StepStrikeOut { action, .. } => {
                Some(*action)
            }
            StepReopen { action, .. } | Report { action, .. } | Claim { action } | Assure { action } => {
                Some(*action)
            }
            Refuse { action } | Withdraw { action } | HandOver { action, .. } => Some(*action),
            MoveDueDate { action, .. } | Wait { action, .. } | WaitNoMore { action, .. } => Some(*action),
            _ => None,
        }
    }

    /// The version of what it changes, where the input names one.
    fn version(&self, model: &Model) -> Option<i32> {
        use Act::*;
        match self {
            Create { .. } | StepAdd { .. } | Report { .. } | EvidenceAdd { .. } => None,
            StepComplete { action, step } | StepStrikeOut { action, step } | StepReopen { action, step } => {
                Some(model.actions[*action].steps[*step].version)
            }
            EvidenceAttach { evidence, .. } | EvidenceReview { evidence, .. } => {
                Some(model.evidence[*evidence].version)
            }
            Consider { plan } | Agree { plan } | Publish { plan } | Close { plan, .. } => {
                Some(model.plans[*plan].version)
            }
            _ => self.action().map(|at| model.actions[at].version),
        }
    }

    /// Whether the version may be left out.
    fn is_version_optional(&self) -> bool {
        matches!(self, Act::Link { .. } | Act::Unlink { .. } | Act::Wait { .. } | Act::WaitNoMore { .. })
    }
}

/// The next command; none where the die points at something that there is not.
pub fn random(model: &Model, die: &mut Die, there: &BTreeSet<String>, number: usize) -> Option<Sent> {
    let (who, act) = match die.below(5) {
        0 | 1 => onward(model, die)?,
        _ => (somebody(die), any(model, die, number)?),
    };
    let right = act.version(model);
    let version = match die.below(12) {
        0 => right.map(|version| version + die.one(&[-1, 1, 7])),
        1..5 if act.is_version_optional() => None,
        _ => right,
    };
    let key = (die.below(3) == 0).then(|| format!("key {number}"));
    let sent = Sent { who, act, version, key, again: die.below(8) == 0, number };
    there.contains(request(model, &sent).0).then_some(sent)
}

fn somebody(die: &mut Die) -> Persona {
    match die.below(10) {
        0..4 => Persona::ProgrammeOffice,
        4 => Persona::Lead,
        5 => Persona::Chair,
        6 => die.one(&[Persona::BoardMember, Persona::Police]),
        _ => die.one(Persona::ALL),
    }
}

/// What brings an action nearer to its end: chance alone would seldom get there.
fn onward(model: &Model, die: &mut Die) -> Option<(Persona, Act)> {
    let at = die.below(model.actions.len());
    let action = &model.actions[at];
    let reporter =
        die.one(&[Persona::ProgrammeOffice, Persona::ProgrammeOffice, Persona::Lead, Persona::Police]);
    let board = die.one(&[Persona::Chair, Persona::BoardMember, Persona::Lead]);
    let open = action.steps.iter().position(|step| !step.is_settled);
    let is_of = |piece: &Evidence| piece.actions.contains(&at);
    let unread = model.evidence.iter().position(|piece| piece.review == "SUBMITTED" && is_of(piece));
    let is_missing =
        |strand: &&str| !model.evidence.iter().any(|piece| piece.strand == *strand && is_of(piece));
    let strands = ["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE"];
    let strand = strands.into_iter().find(is_missing).unwrap_or("DOCUMENT");
    let add = Act::EvidenceAdd { action: Some(at), strand, is_sensitive: false };
    Some(match (model.plans[action.plan].status, action.status) {
        ("DRAFT", _) => (Persona::ProgrammeOffice, Act::Consider { plan: action.plan }),
        ("CONSIDERED", _) => (Persona::Chair, Act::Agree { plan: action.plan }),
        (_, "NOT_STARTED") => (reporter, Act::Start { action: at }),
        (_, "IN_PROGRESS") => match (open, die.below(3)) {
            (Some(step), _) => (reporter, Act::StepComplete { action: at, step }),
            (None, 0) => (reporter, add),
            (None, _) => (reporter, Act::Claim { action: at }),
        },
        (_, "COMPLETE") => match (unread, die.coin()) {
            (Some(evidence), true) => (board, Act::EvidenceReview { evidence, is_accepted: true }),
            (None, _) if strand != "DOCUMENT" => (reporter, add),
            _ => (board, Act::Assure { action: at }),
        },
        _ => return None,
    })
}

/// Whatever it may be, mostly of things that there are.
fn any(model: &Model, die: &mut Die, number: usize) -> Option<Act> {
    use Act::*;
    let action = die.below(model.actions.len());
    let plan = die.below(model.plans.len());
    let demand = die.below(model.demands.len());
    let due_on = die.one(&["2018-11-30", "2018-12-20", "2019-03-31", "2019-06-30"]);
    let maybe_due_on = die.coin().then_some(due_on);
    let party = die.below(model.parties.len());
    let on = die.below(model.actions.len());
    Some(match die.below(40) {
        0 | 1 => {
            let reference = format!("{}.{}", plan + 1, die.below(6));
            Create { plan, reference, due_on: maybe_due_on, lead: die.coin().then_some(party) }
        }
        2 => Update { action, aim: format!("Aim {number}") },
        3..6 => Link { action, demand, is_partial: die.coin() },
        6 | 7 => {
            let links: Vec<usize> = model.actions[action].links.keys().copied().collect();
            Unlink { action, demand: if links.is_empty() { demand } else { die.one(&links) } }
        }
        8 => Start { action },
        9..12 => StepAdd { action, due_on: maybe_due_on },
        12..18 => return of_step(model, die),
        18 => Report { action, health: die.one(&["ON_TRACK", "AT_RISK"]) },
        19 | 20 => EvidenceAdd {
            action: (die.below(6) > 0).then_some(action),
            strand: die.one(&["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE", "DOCUMENT"]),
            is_sensitive: die.coin(),
        },
        21..24 if !model.evidence.is_empty() => {
            let evidence = die.below(model.evidence.len());
            match die.coin() {
                true => EvidenceAttach { evidence, action },
                false => EvidenceReview { evidence, is_accepted: die.below(4) > 0 },
            }
        }
        24 => Claim { action },
        25 => Refuse { action },
        26 => Assure { action },
        27 => Withdraw { action },
        28 => {
            let other = die.below(model.parties.len());
            let leads = if other == party || die.coin() { vec![party] } else { vec![party, other] };
            HandOver { action, leads }
        }
        29 | 30 => MoveDueDate { action, due_on },
        31..34 => Wait { action, on },
        34 => {
            let waits: Vec<usize> = model.actions[action].waits_for.iter().copied().collect();
            WaitNoMore { action, on: if waits.is_empty() { on } else { die.one(&waits) } }
        }
        35 => Consider { plan },
        36 => Agree { plan },
        37 => Publish { plan },
        38 | 39 => {
            let successor = (die.below(5) > 0).then(|| die.below(model.plans.len()));
            Close { plan, successor }
        }
        _ => return None,
    })
}

fn of_step(model: &Model, die: &mut Die) -> Option<Act> {
    let action = die.below(model.actions.len());
    let step = die.below(model.actions[action].steps.len().max(1));
    model.actions[action].steps.get(step)?;
    Some(match die.below(3) {
        0 => Act::StepReopen { action, step },
        1 => Act::StepStrikeOut { action, step },
        _ => Act::StepComplete { action, step },
    })
}

/// The mutation, its input, and what its payload is to show.
pub fn request(model: &Model, sent: &Sent) -> (&'static str, Value, &'static str) {
    let (mutation, mut input, shows) = plain(model, sent);
    if let Some(version) = sent.version {
        input["expectedVersion"] = json!(version);
    }
    if let Some(key) = &sent.key {
        input["idempotencyKey"] = json!(key);
    }
    (mutation, input, shows)
}

fn plain(model: &Model, sent: &Sent) -> (&'static str, Value, &'static str) {
    use Act::*;
    const ACTION: &str = "action { id }";
    let action = |at: &usize| model.actions[*at].id.clone();
    let party = |at: &usize| model.parties[*at].id.clone();
    let plan = |at: &usize| model.plans[*at].id.clone();
    let why = format!("Because of {}", sent.number);
    match &sent.act {
        Create { plan: of, reference, due_on, lead } => {
            let leads: Vec<String> = lead.iter().map(party).collect();
            let aim = "Do better";
            let input = json!({ "planId": plan(of), "reference": reference, "aim": aim, "dueOn": due_on, "leadIds": leads });
            ("actionCreate", input, ACTION)
        }
        Update { action: of, aim } => ("actionUpdate", json!({ "id": action(of), "aim": aim }), ACTION),
        Link { action: of, demand, is_partial } => {
            let qualifier = is_partial.then_some("only in part");
            let demand = &model.demands[*demand].id;
            let input = json!({ "actionId": action(of), "requirementId": demand, "qualifier": qualifier });
            ("actionLink", input, ACTION)
        }
        Unlink { action: of, demand } => {
            let input = json!({ "actionId": action(of), "requirementId": model.demands[*demand].id });
            ("actionUnlink", input, ACTION)
        }
        Start { action: of } => ("actionStart", json!({ "id": action(of) }), ACTION),
        StepAdd { action: of, due_on } => {
            ("stepAdd", json!({ "actionId": action(of), "text": "Go", "dueOn": due_on }), "step { id }")
        }
        StepComplete { .. } | StepStrikeOut { .. } | StepReopen { .. } | EvidenceAttach { .. } => {
            of_parts(model, &sent.act, &why)
        }
        Report { action: of, health } => {
            let input = json!({ "actionId": action(of), "narrative": why, "declaredHealth": health });
            ("progressUpdateAdd", input, ACTION)
        }
        EvidenceAdd { action: of, strand, is_sensitive } => {
            let marking = if *is_sensitive { "OFFICIAL_SENSITIVE" } else { "OFFICIAL" };
            let actions: Vec<String> = of.iter().map(action).collect();
            let programme = gid("prg", model.programme);
            let input = json!({
                "programmeId": programme, "title": why, "strand": strand, "marking": marking, "actionIds": actions,
            });
            ("evidenceAdd", input, "evidence { id }")
        }
        EvidenceReview { evidence, is_accepted } => {
            let status = if *is_accepted { "ACCEPTED" } else { "REFUSED" };
            let input = json!({ "id": model.evidence[*evidence].id, "status": status, "note": why });
            ("evidenceReview", input, "evidence { id }")
        }
        Claim { action: of } => ("actionClaimComplete", json!({ "id": action(of) }), ACTION),
        Assure { action: of } => ("actionAssure", json!({ "id": action(of) }), ACTION),
        Refuse { action: of } => ("actionRefuse", json!({ "id": action(of), "reason": why }), ACTION),
        Withdraw { action: of } => ("actionWithdraw", json!({ "id": action(of), "reason": why }), ACTION),
        HandOver { action: of, leads } => {
            let leads: Vec<String> = leads.iter().map(party).collect();
            ("actionHandOver", json!({ "id": action(of), "leadIds": leads }), ACTION)
        }
        MoveDueDate { action: of, due_on } => {
            ("actionMoveDueDate", json!({ "id": action(of), "dueOn": due_on, "reason": why }), ACTION)
        }
        Wait { action: of, on } => {
            ("actionDependencyAdd", json!({ "actionId": action(of), "dependsOnId": action(on) }), ACTION)
        }
        WaitNoMore { action: of, on } => {
            ("actionDependencyRemove", json!({ "actionId": action(of), "dependsOnId": action(on) }), ACTION)
        }
        Consider { plan: of } => ("planConsider", json!({ "id": plan(of) }), "plan { id }"),
        Agree { plan: of } => ("planAgree", json!({ "id": plan(of) }), "plan { id }"),
        Publish { plan: of } => ("planPublish", json!({ "id": plan(of) }), "plan { id }"),
        Close { plan: of, successor } => {
            let successor = successor.as_ref().map(plan);
            ("planClose", json!({ "id": plan(of), "successorId": successor, "reason": why }), "plan { id }")
        }
    }
}

fn of_parts(model: &Model, act: &Act, why: &str) -> (&'static str, Value, &'static str) {
    let step = |action: &usize, step: &usize| model.actions[*action].steps[*step].id.clone();
    match act {
        Act::StepComplete { action, step: of } => {
            ("stepComplete", json!({ "id": step(action, of) }), "step { id }")
        }
        Act::StepStrikeOut { action, step: of } => {
            ("stepStrikeOut", json!({ "id": step(action, of), "reason": why }), "step { id }")
        }
        Act::StepReopen { action, step: of } => {
            ("stepReopen", json!({ "id": step(action, of), "reason": why }), "step { id }")
        }
        Act::EvidenceAttach { evidence, action } => {
            let actions = [&model.actions[*action].id];
            let input = json!({ "evidenceId": model.evidence[*evidence].id, "actionIds": actions });
            ("evidenceAttach", input, "evidence { id }")
        }
        act => unreachable!("{act:?}"),
    }
}
