//! Rules for plans, themes, actions and steps.

use super::{At, Known, Report, is_plain_name, key, unique};
use crate::programme::words::{ActionStatus, PlanStatus};
use crate::programme::{Action, ActionRef, Plan, ProgrammeFile, Step};
use chrono::NaiveDate;
use std::collections::BTreeSet;

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    for one in &file.plans {
        plan(&mut report.at("plan", one.key.as_str()), one, known);
        themes(one, report);
        let entry = |a: &Action| format!("{} / {}", one.key, a.reference);
        let mut seen = BTreeSet::new();
        for each in &one.actions {
            if !seen.insert(each.reference.as_str()) {
                report.at("plan.action", entry(each)).add(
                    "reference",
                    format!("{:?} stands here twice", each.reference),
                    "a number is unique in its plan",
                );
            }
            action(&mut report.at("plan.action", entry(each)), one, each, known);
            for (index, one) in each.steps.iter().enumerate() {
                let entry = format!("{} / step {}", entry(each), index + 1);
                step(&mut report.at("plan.action.step", entry), one, known);
            }
        }
    }
    let plans = file.plans.iter();
    unique(report, "plan", "key", plans.clone().map(|p| (p.key.clone(), p.key.as_str())));
    unique(report, "plan", "title", plans.clone().map(|p| (p.title.clone(), p.key.as_str())));
    unique(report, "plan", "follows", plans.filter_map(|p| Some((p.follows.clone()?, p.key.as_str()))));
    let carried = file.plans.iter().flat_map(|p| {
        p.actions.iter().filter_map(|a| Some((origin(a.rolled_over_from.as_ref()?), p.key.as_str())))
    });
    let carried_on =
        file.progress.iter().filter_map(|p| Some((origin(p.rolled_over_from.as_ref()?), p.plan.as_str())));
    unique(
        report,
        "plan.action, progress",
        "rolled_over_from",
        carried.chain(carried_on).collect::<Vec<_>>(),
    );
}

fn origin(from: &ActionRef) -> String {
    format!("{} / {}", from.plan, from.action)
}

fn plan(at: &mut At<'_>, plan: &Plan, known: &Known<'_>) {
    key(at, &plan.key);
    at.refers("owner", &plan.owner, "an organisation", &known.organisations);
    if let Some(earlier) = &plan.follows {
        at.refers("follows", earlier, "a plan", &known.plans);
    }
    at.in_order(("start_on", plan.start_on), ("end_on", plan.end_on));
    if plan.update_every_days == 0 || plan.update_every_days > 3660 {
        at.add("update_every_days", format!("{} days", plan.update_every_days), "give 1 to 3660 days");
    }
    if !(1..=4).contains(&plan.strands_required) {
        at.add("strands_required", format!("{} strands", plan.strands_required), "there are 1 to 4");
    }
    let stages = [
        ("considered_on", PlanStatus::Considered, plan.considered_on),
        ("agreed_on", PlanStatus::Agreed, plan.agreed_on),
        ("published_on", PlanStatus::Published, plan.published_on),
        ("closed_on", PlanStatus::Closed, plan.closed_on),
    ];
    let mut before: (&str, Option<NaiveDate>) = ("start", None);
    for (field, stage, on) in stages {
        if on.is_some() && plan.status < stage {
            at.add(
                field,
                format!("a plan that is {} has a {field}", plan.status),
                "remove it, or correct status",
            );
        }
        at.in_order(before, (field, on));
        if on.is_some() {
            before = (field, on);
        }
    }
    for (field, name) in [("actions_from", &plan.actions_from), ("answers_from", &plan.answers_from)] {
        if name.as_ref().is_some_and(|name| !is_plain_name(name)) {
            at.add(field, "not a plain file name", "name a file in the same folder, without a path");
        }
    }
    if plan.actions_from.is_some() && !(plan.actions.is_empty() && plan.themes.is_empty()) {
        at.add("actions_from", "the plan has actions or themes of its own as well", "keep one of the two");
    }
    for source in &plan.answers_to {
        at.refers("answers_to", source, "an inspection, direction or review", &known.sources);
    }
    at.no_repeats("answers_to", plan.answers_to.iter().map(String::as_str));
    for (field, given) in
        [("answers_from", plan.answers_from.is_some()), ("answers_to", !plan.answers_to.is_empty())]
    {
        if given && plan.actions_from.is_none() {
            at.add(field, "help for a table, but no table", "add actions_from, or remove it");
        }
    }
}

fn themes(plan: &Plan, report: &mut Report) {
    let mut above: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for theme in &plan.themes {
        let mut at = report.at("plan.theme", format!("{} / {}", plan.key, theme.key));
        key(&mut at, &theme.key);
        if !seen.insert(theme.key.as_str()) {
            at.add("key", format!("{:?} stands here twice", theme.key), "a key is unique in its plan");
        }
        match &theme.under {
            None => above.clear(),
            Some(under) => match above.iter().position(|a| a == under) {
                Some(place) => above.truncate(place + 1),
                None => at.add(
                    "under",
                    format!("{under:?} is not a theme that this one follows"),
                    "put the theme directly below the one it is under",
                ),
            },
        }
        above.push(&theme.key);
    }
}

fn action(at: &mut At<'_>, plan: &Plan, action: &Action, known: &Known<'_>) {
    if let Some(theme) = &action.theme
        && !plan.themes.iter().any(|t| t.key == *theme)
    {
        let right = "add a [[plan.theme]] with this key";
        at.add("theme", format!("{theme:?} is no theme of this plan"), right);
    }
    for lead in &action.leads {
        known.party(at, "leads", lead);
    }
    at.no_repeats("leads", action.leads.iter().map(String::as_str));
    for contributor in &action.contributors {
        known.party(at, "contributors", contributor);
        if action.leads.contains(contributor) {
            at.add("contributors", format!("{contributor:?} already leads"), "name it once");
        }
    }
    at.no_repeats("contributors", action.contributors.iter().map(String::as_str));
    known.organisation(at, "organisation", &action.organisation);
    at.in_order(("start_on", action.start_on), ("due_on", action.due_on));
    if action.due_precision.is_some() != action.due_on.is_some() {
        at.add("due_precision", "due_on and due_precision go together", "give both or neither");
    }
    if action.status_on.is_some() && action.status == ActionStatus::NotStarted {
        at.add("status_on", "a day for an action that is not started", "remove it, or correct status");
    }
    for link in &action.addresses {
        known.requirement(at, "addresses", &link.source, &link.reference);
    }
    let links: Vec<_> = action.addresses.iter().map(|l| format!("{} {}", l.source, l.reference)).collect();
    at.no_repeats("addresses", links.iter().map(String::as_str));
    for direction in &action.directions {
        at.refers("directions", &direction.source, "a direction", &known.directions);
    }
    at.no_repeats("directions", action.directions.iter().map(|d| d.source.as_str()));
    rolled_over(at, plan, action.rolled_over_from.as_ref(), known);
    depends_on(at, &plan.key, &action.reference, &action.depends_on, known);
}

/// What an action carries on must be a rolled-over action of the plan that its own plan follows.
pub(super) fn rolled_over(at: &mut At<'_>, plan: &Plan, from: Option<&ActionRef>, known: &Known<'_>) {
    let Some(from) = from else { return };
    if plan.follows.as_ref() != Some(&from.plan) {
        at.add(
            "rolled_over_from",
            format!("plan {:?} does not follow plan {:?}", plan.key, from.plan),
            format!("give the plan follows = {:?}", from.plan),
        );
    }
    if let Some(status) = known.action(at, "rolled_over_from", from)
        && status != ActionStatus::RolledOver
    {
        at.add(
            "rolled_over_from",
            format!("{} is {status}", origin(from)),
            "give that action status ROLLED_OVER",
        );
    }
}

pub(super) fn depends_on(at: &mut At<'_>, plan: &str, action: &str, on: &[ActionRef], known: &Known<'_>) {
    for other in on {
        known.action(at, "depends_on", other);
        if other.plan == plan && other.action == action {
            at.add("depends_on", "an action that waits for itself", "remove it");
        }
    }
    let all: Vec<_> = on.iter().map(origin).collect();
    at.no_repeats("depends_on", all.iter().map(String::as_str));
}

fn step(at: &mut At<'_>, step: &Step, known: &Known<'_>) {
    if let Some(lead) = &step.lead {
        known.party(at, "lead", lead);
    }
    ended(at, step.done_on, step.struck_out_on, step.struck_out_reason.as_deref());
}

/// A step is done, or struck out with a reason, or neither.
pub(super) fn ended(at: &mut At<'_>, done: Option<NaiveDate>, struck: Option<NaiveDate>, why: Option<&str>) {
    if done.is_some() && struck.is_some() {
        at.add("struck_out_on", "a step that is done and struck out", "keep one of the two");
    }
    if struck.is_some() != why.is_some() {
        at.add(
            "struck_out_reason",
            "a step is struck out on a day and with a reason",
            "give both or neither",
        );
    }
}
