//! Rules for audits. Which grades can be is for the loader to say, by the rules that hold for everybody.

use domain::audit::RecheckOutcome;

use super::{At, Known, Report, unique};
use crate::programme::{Audit, AuditFinding, ProgrammeFile};

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    for (place, one) in file.audits.iter().enumerate() {
        let mut at = report.at("audit", one.title.as_str());
        audit(&mut at, one, known);
        let is_above = |title: &String| file.audits.iter().take(place).any(|other| other.title == *title);
        if one.reaudit_of.as_ref().is_some_and(|title| !is_above(title)) {
            at.add("reaudit_of", "no audit above has this title", "put the audit that it repeats before it");
        }
    }
    unique(report, "audit", "title", file.audits.iter().map(|a| (a.title.clone(), a.title.as_str())));
}

fn audit(at: &mut At<'_>, audit: &Audit, known: &Known<'_>) {
    at.in_order(("started_on", Some(audit.started_on)), ("ended_on", audit.ended_on));
    if let Some(by) = &audit.done_by {
        known.party(at, "done_by", by);
    }
    if let Some(moderation) = &audit.moderation {
        known.party(at, "moderation.by", &moderation.by);
        at.in_order(("started_on", Some(audit.started_on)), ("moderation.on", Some(moderation.on)));
        if audit.done_by.as_ref() == Some(&moderation.by) {
            at.add("moderation.by", "whoever did the audit moderates it", "name somebody else");
        }
    }
    let raters: Vec<_> = audit.grades.iter().map(|of| of.rater.as_str()).collect();
    at.no_repeats("grades", raters);
    for action in &audit.actions {
        known.action(at, "actions", action);
    }
    let actions: Vec<_> = audit.actions.iter().map(|a| format!("{} / {}", a.plan, a.action)).collect();
    at.no_repeats("actions", actions.iter().map(String::as_str));
    for requirement in &audit.requirements {
        known.requirement(at, "requirements", &requirement.source, &requirement.reference);
    }
    let wanted: Vec<_> = audit.requirements.iter().map(|r| format!("{} {}", r.source, r.reference)).collect();
    at.no_repeats("requirements", wanted.iter().map(String::as_str));
    for found in &audit.findings {
        finding(at, audit, found, known);
    }
}

fn finding(at: &mut At<'_>, audit: &Audit, finding: &AuditFinding, known: &Known<'_>) {
    for (field, key) in [
        ("finding.follow_up_by", &finding.follow_up_by),
        ("finding.done_by", &finding.done_by),
        ("finding.recheck.by", &finding.recheck.as_ref().and_then(|recheck| recheck.by.clone())),
    ] {
        if let Some(key) = key {
            known.party(at, field, key);
        }
    }
    let begun = ("started_on", Some(audit.started_on));
    at.in_order(begun, ("finding.due_on", finding.due_on));
    at.in_order(begun, ("finding.done_on", finding.done_on));
    let rechecked = finding.recheck.as_ref().map(|recheck| recheck.on);
    at.in_order(("finding.done_on", finding.done_on), ("finding.recheck.on", rechecked));
    if finding.follow_up.is_none() && (finding.due_on.is_some() || finding.done_on.is_some()) {
        at.add("finding.follow_up", "a day for nothing", "say what is to follow");
    }
    let outcome = finding.recheck.as_ref().map(|recheck| recheck.outcome);
    if outcome == Some(RecheckOutcome::Held) && finding.done_on.is_none() {
        at.add("finding.recheck", "what was never done has held", "add the day on which it was done");
    }
    if outcome == Some(RecheckOutcome::NotHeld) && finding.done_on.is_some() {
        at.add(
            "finding.done_on",
            "what did not hold is not done",
            "leave the day out: the finding is open again",
        );
    }
    let (done, rechecked) = (&finding.done_by, finding.recheck.as_ref().and_then(|of| of.by.as_ref()));
    if done.is_some() && done.as_ref() == rechecked {
        at.add("finding.recheck.by", "whoever did it looked whether it held", "name somebody else");
    }
}
