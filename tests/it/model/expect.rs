//! What comes of a command: done, or the code of the refusal.

use super::act::{Act, Sent};
use super::state::{Action, Model};
use crate::support::Persona;

type Answer = Result<(), &'static str>;

const NOT_FOUND: &str = "NOT_FOUND";
const FORBIDDEN: &str = "FORBIDDEN";
const STALE: &str = "VERSION_CONFLICT";
const ILLEGAL: &str = "ILLEGAL_TRANSITION";
const INVALID: &str = "VALIDATION_FAILED";

const UNFINISHED: &[&str] = &["NOT_STARTED", "IN_PROGRESS"];
const ANY_BUT_ENDED: &[&str] = &["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED"];

fn or(holds: bool, code: &'static str) -> Answer {
    if holds { Ok(()) } else { Err(code) }
}

/// What comes of it: first whether one sees the thing, then whether one may, then the version, then the status, then the rest.
pub fn of(model: &Model, sent: &Sent) -> Answer {
    match &sent.act {
        Act::Create { .. }
        | Act::Consider { .. }
        | Act::Agree { .. }
        | Act::Publish { .. }
        | Act::Close { .. } => of_plan(model, sent),
        Act::EvidenceAdd { action, is_sensitive, .. } => {
            or(sent.who.is_member(), NOT_FOUND)?;
            or(sent.who.is_officer() || sent.who.organisation().is_some(), FORBIDDEN)?;
            match action {
                Some(action) => proves(model, sent.who, &model.actions[*action])?,
                None => or(sent.who.organisation().is_none(), INVALID)?,
            }
            // Nobody adds what they would not see again.
            let leads = action.is_some_and(|action| model.leads(sent.who, &model.actions[action]));
            or(!is_sensitive || sent.who.is_office() || sent.who.organisation().is_some() || leads, INVALID)
        }
        Act::EvidenceAttach { evidence, .. } | Act::EvidenceReview { evidence, .. } => {
            of_evidence(model, sent, *evidence)
        }
        act => of_action(model, sent, &model.actions[act.action().unwrap()]),
    }
}

fn is_stale(sent: &Sent, version: i32) -> Answer {
    or(sent.version.is_none_or(|seen| seen == version), STALE)
}

/// Whether somebody may say that something proves this action.
fn proves(model: &Model, who: Persona, action: &Action) -> Answer {
    or(model.sees_action(who, action), NOT_FOUND)?;
    or(who.is_officer() || model.is_own(who, action), FORBIDDEN)?;
    or(ANY_BUT_ENDED.contains(&action.status) && model.plans[action.plan].status != "CLOSED", ILLEGAL)
}

fn of_evidence(model: &Model, sent: &Sent, evidence: usize) -> Answer {
    let (who, piece) = (sent.who, &model.evidence[evidence]);
    or(model.sees_evidence(who, piece), NOT_FOUND)?;
    match &sent.act {
        Act::EvidenceAttach { action, .. } => {
            or(model.added(who, piece), FORBIDDEN)?;
            is_stale(sent, piece.version)?;
            proves(model, who, &model.actions[*action])
        }
        _ => {
            or((who.is_board() || who.is_office()) && piece.added_by != who, FORBIDDEN)?;
            is_stale(sent, piece.version)
        }
    }
}

fn of_plan(model: &Model, sent: &Sent) -> Answer {
    let who = sent.who;
    let (at, is_allowed, statuses): (usize, bool, &[&str]) = match &sent.act {
        Act::Create { plan, .. } => {
            (*plan, model.writes(who, *plan), &["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED"])
        }
        Act::Consider { plan } => (*plan, who.is_office(), &["DRAFT"]),
        Act::Agree { plan } => (*plan, who == Persona::Chair, &["CONSIDERED"]),
        Act::Publish { plan } => (*plan, who.is_office(), &["AGREED"]),
        Act::Close { plan, .. } => (*plan, who.is_office(), &["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED"]),
        act => unreachable!("{act:?}"),
    };
    let plan = &model.plans[at];
    or(who.is_member() && model.sees_plan(who, at), NOT_FOUND)?;
    or(is_allowed, FORBIDDEN)?;
    is_stale(sent, plan.version)?;
    or(statuses.contains(&plan.status), ILLEGAL)?;
    let mut of_plan = model.actions.iter().filter(|action| action.plan == at);
    match &sent.act {
        Act::Create { reference, .. } => or(of_plan.all(|action| action.reference != *reference), INVALID),
        Act::Close { successor, .. } => {
            or(of_plan.clone().all(|action| action.status != "COMPLETE"), ILLEGAL)?;
            match successor {
                None => or(of_plan.all(|action| !action.is_open()), INVALID),
                Some(successor) => succeeds(model, at, *successor),
            }
        }
        _ => Ok(()),
    }
}

/// A plan has one successor, which follows no other plan, and none comes after itself.
fn succeeds(model: &Model, plan: usize, successor: usize) -> Answer {
    or(successor != plan, INVALID)?;
    or(model.plans[successor].status != "CLOSED", ILLEGAL)?;
    or(model.plans[successor].predecessor.is_none_or(|before| before == plan), INVALID)?;
    let is_other = |at: &usize| *at != successor && model.plans[*at].predecessor == Some(plan);
    or(!(0..model.plans.len()).any(|at| is_other(&at)), INVALID)?;
    let mut before = Some(plan);
    while let Some(at) = before {
        or(at != successor, INVALID)?;
        before = model.plans[at].predecessor;
    }
    Ok(())
}

fn of_action(model: &Model, sent: &Sent, action: &Action) -> Answer {
    use Act::*;
    let who = sent.who;
    let (writes, reports) = (model.writes(who, action.plan), model.reports(who, action));
    let (is_allowed, statuses, is_running): (bool, &[&str], bool) = match &sent.act {
        Update { .. } | StepAdd { .. } | Wait { .. } | WaitNoMore { .. } => (writes, UNFINISHED, false),
        HandOver { .. } | MoveDueDate { .. } => (writes, UNFINISHED, false),
        Link { .. } | Unlink { .. } => (who.is_office(), ANY_BUT_ENDED, false),
        Start { .. } => (reports, &["NOT_STARTED"], true),
        Report { .. } | StepComplete { .. } | StepStrikeOut { .. } | StepReopen { .. } => {
            (reports, UNFINISHED, true)
        }
        Claim { .. } => (reports, &["IN_PROGRESS"], true),
        Assure { .. } => (who.is_board() && action.claimed_by != Some(who), &["COMPLETE"], true),
        Refuse { .. } => (who.is_board(), &["COMPLETE"], true),
        Withdraw { .. } => (who.is_office(), UNFINISHED, false),
        act => unreachable!("{act:?}"),
    };
    or(who.is_member() && model.sees_action(who, action), NOT_FOUND)?;
    or(is_allowed, FORBIDDEN)?;
    let version = match &sent.act {
        StepComplete { step, .. } | StepStrikeOut { step, .. } | StepReopen { step, .. } => {
            action.steps[*step].version
        }
        _ => action.version,
    };
    is_stale(sent, version)?;
    let plans: &[&str] =
        if is_running { &["AGREED", "PUBLISHED"] } else { &["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED"] };
    or(statuses.contains(&action.status) && plans.contains(&model.plans[action.plan].status), ILLEGAL)?;
    needs(model, sent, action)
}

/// What an act needs besides.
fn needs(model: &Model, sent: &Sent, action: &Action) -> Answer {
    let at = sent.act.action().unwrap();
    let mut proof = model.evidence.iter().filter(|piece| piece.actions.contains(&at));
    match &sent.act {
        Act::StepComplete { step, .. } | Act::StepStrikeOut { step, .. } => {
            or(!action.steps[*step].is_settled, ILLEGAL)
        }
        Act::StepReopen { step, .. } => or(action.steps[*step].is_settled, ILLEGAL),
        Act::Unlink { demand, .. } => or(action.links.contains_key(demand), INVALID),
        Act::Claim { .. } => {
            let is_done = action.steps.iter().all(|step| step.is_settled);
            or(is_done && proof.any(|piece| piece.review != "REFUSED"), INVALID)
        }
        Act::Assure { .. } => {
            let is_proven =
                |strand: &&str| proof.clone().any(|of| of.strand == *strand && of.review == "ACCEPTED");
            let strands =
                ["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE"].iter().filter(|of| is_proven(of));
            or(strands.count() >= model.plans[action.plan].strands, INVALID)
        }
        Act::Wait { on, .. } => {
            or(model.sees_action(sent.who, &model.actions[*on]), NOT_FOUND)?;
            or(!leads_to(model, *on, at), INVALID)
        }
        Act::WaitNoMore { on, .. } => {
            or(model.sees_action(sent.who, &model.actions[*on]), NOT_FOUND)?;
            or(action.waits_for.contains(on), INVALID)
        }
        _ => Ok(()),
    }
}

/// Whether one action waits, over however many others, for another: then that one cannot wait for it.
fn leads_to(model: &Model, from: usize, to: usize) -> bool {
    from == to || model.actions[from].waits_for.iter().any(|next| leads_to(model, *next, to))
}
