//! Rules for progress, updates and evidence.

use super::{At, Known, Report, is_plain_name, plans, unique};
use crate::programme::words::{ActionStatus, ReviewStatus, Strand};
use crate::programme::{ActionRef, Evidence, ProgrammeFile, Progress};
use domain::file::{FileType, MOST_DOCUMENTS, check_name};

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    for one in &file.progress {
        let entry = format!("{} / {}", one.plan, one.action);
        progress(&mut report.at("progress", entry.as_str()), one, known);
        for step in &one.steps {
            let mut at = report.at("progress.step", format!("{entry} / step {}", step.number));
            if step.number == 0 {
                at.add("number", "0", "steps are counted from 1");
            }
            if let Some(lead) = &step.lead {
                known.party(&mut at, "lead", lead);
            }
            plans::ended(&mut at, step.done_on, step.struck_out_on, step.struck_out_reason.as_deref());
        }
        let numbers: Vec<_> = one.steps.iter().map(|s| s.number.to_string()).collect();
        report.at("progress.step", entry.as_str()).no_repeats("number", numbers.iter().map(String::as_str));
        for update in &one.updates {
            let mut at = report.at("progress.update", format!("{entry} / {}", update.on));
            known.person(&mut at, "by", &update.by);
        }
        for pair in one.updates.windows(2) {
            let mut at = report.at("progress.update", format!("{entry} / {}", pair[1].on));
            at.in_order(("the update above", Some(pair[0].on)), ("on", Some(pair[1].on)));
        }
    }
    unique(
        report,
        "progress",
        "plan, action",
        file.progress.iter().map(|p| (format!("{} / {}", p.plan, p.action), p.plan.as_str())),
    );
    for one in &file.evidence {
        evidence(&mut report.at("evidence", one.title.as_str()), one, known);
    }
    unique(report, "evidence", "title", file.evidence.iter().map(|e| (e.title.clone(), e.title.as_str())));
}

fn progress(at: &mut At<'_>, progress: &Progress, known: &Known<'_>) {
    let action = ActionRef { plan: progress.plan.clone(), action: progress.action.clone() };
    known.action(at, "action", &action);
    known.organisation(at, "organisation", &progress.organisation);
    for contributor in &progress.contributors {
        known.party(at, "contributors", contributor);
    }
    at.no_repeats("contributors", progress.contributors.iter().map(String::as_str));
    match progress.status {
        Some(ActionStatus::NotStarted) if progress.status_on.is_some() => {
            at.add("status_on", "a day for an action that is not started", "remove it, or correct status");
        }
        None if progress.status_on.is_some() => {
            at.add("status_on", "a day without a status", "add the status")
        }
        _ => {}
    }
    if let Some(impact) = &progress.impact {
        known.person(at, "impact.by", &impact.by);
        at.no_repeats("impact.evidence", impact.evidence.iter().map(String::as_str));
    }
    if let Some(plan) = known.plans.get(progress.plan.as_str()) {
        plans::rolled_over(at, plan, progress.rolled_over_from.as_ref(), known);
    }
    plans::depends_on(at, &progress.plan, &progress.action, &progress.depends_on, known);
}

fn evidence(at: &mut At<'_>, evidence: &Evidence, known: &Known<'_>) {
    at.in_order(("period_start", evidence.period_start), ("period_end", evidence.period_end));
    known.person(at, "added_by", &evidence.added_by);
    known.about(at, &evidence.actions, &evidence.requirements);
    if evidence.actions.is_empty() && evidence.requirements.is_empty() {
        at.add("actions", "evidence of nothing", "attach it to an action or a requirement");
    }
    for organisation in &evidence.shared_with {
        at.refers("shared_with", organisation, "an organisation", &known.organisations);
    }
    at.no_repeats("shared_with", evidence.shared_with.iter().map(String::as_str));
    files(at, &evidence.files);
    if let Some(shows) = evidence.shows.filter(|_| evidence.strand == Strand::Document) {
        at.add(
            "shows",
            format!("a document that shows {shows}"),
            "remove it: a document shows that something was done",
        );
    }
    if let Some(review) = &evidence.review {
        known.person(at, "review.by", &review.by);
        at.in_order(("added_on", Some(evidence.added_on)), ("review.on", review.on));
        if (review.status == ReviewStatus::Submitted) == review.on.is_some() {
            at.add(
                "review.on",
                format!("a review that is {}", review.status),
                "ACCEPTED and REFUSED have the day of the review, SUBMITTED has none",
            );
        }
    }
}

fn files(at: &mut At<'_>, files: &[String]) {
    for name in files {
        if !is_plain_name(name) {
            at.add(
                "files",
                format!("{name:?} is no plain name"),
                "name a file in the same folder, without a path",
            );
            continue;
        }
        match FileType::of_name(name).map(|of| check_name(name, of)) {
            Some(Ok(())) => {}
            Some(Err(why)) => at.add("files", format!("{name:?} cannot be a name"), why),
            None => {
                let endings = FileType::ALL.iter().flat_map(|of| of.endings()).copied();
                let endings = endings.collect::<Vec<_>>().join(", ");
                at.add(
                    "files",
                    format!("{name:?} is of no kind that is taken"),
                    format!("its name ends with one of {endings}"),
                );
            }
        }
    }
    at.no_repeats("files", files.iter().map(String::as_str));
    if files.len() > MOST_DOCUMENTS {
        at.add("files", format!("{} files", files.len()), format!("evidence has {MOST_DOCUMENTS} at most"));
    }
}
