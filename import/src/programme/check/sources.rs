//! Rules for inspections, directions and reviews.

use super::{Known, Report, key, unique};
use crate::programme::words::{DueRule, ResponseStatus};
use crate::programme::{Direction, Duty, ProgrammeFile, Recommendation, Term, reference_or_place};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The references of a list of recommendations.
pub(super) fn references(recommendations: &[Recommendation]) -> BTreeSet<String> {
    let place = |(i, r): (usize, &Recommendation)| reference_or_place(r.reference.as_deref(), i);
    recommendations.iter().enumerate().map(place).collect()
}

/// The references of a direction's terms.
pub(super) fn term_references(terms: &[Term]) -> BTreeSet<String> {
    terms.iter().enumerate().map(|(i, t)| reference_or_place(t.reference.as_deref(), i)).collect()
}

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    let mut keys: Vec<(String, &str)> = Vec::new();
    let mut titles: Vec<(String, &str)> = Vec::new();
    let titled = |title: &str, on: Option<NaiveDate>| match on {
        Some(on) => format!("{title}, {on}"),
        None => title.to_owned(),
    };
    for inspection in &file.inspections {
        let mut at = report.at("inspection", inspection.key.as_str());
        key(&mut at, &inspection.key);
        known.organisation(&mut at, "issuer", &inspection.issuer);
        at.in_order(("started_on", inspection.started_on), ("ended_on", inspection.ended_on));
        at.in_order(("ended_on", inspection.ended_on), ("published_on", inspection.published_on));
        at.no_repeats("judgement.area", inspection.judgements.iter().map(|j| j.area.as_str()));
        recommendations(
            report,
            "inspection.recommendation",
            &inspection.key,
            &inspection.recommendations,
            known,
        );
        keys.push((inspection.key.clone(), &inspection.key));
        titles.push((titled(&inspection.title, inspection.issued_on), &inspection.key));
    }
    for review in &file.reviews {
        let mut at = report.at("review", review.key.as_str());
        key(&mut at, &review.key);
        known.organisation(&mut at, "issuer", &review.issuer);
        at.in_order(("started_on", review.started_on), ("ended_on", review.ended_on));
        recommendations(report, "review.recommendation", &review.key, &review.recommendations, known);
        keys.push((review.key.clone(), &review.key));
        titles.push((titled(&review.title, review.issued_on), &review.key));
    }
    for one in &file.directions {
        direction(report, one, file, known);
        keys.push((one.key.clone(), &one.key));
        titles.push((titled(&one.title, one.issued_on), &one.key));
    }
    unique(report, "inspection, direction, review", "key", keys);
    unique(report, "inspection, direction, review", "title, issued_on", titles);
    let superseding = |d: &'_ Direction| d.supersedes.clone();
    unique(
        report,
        "direction",
        "supersedes",
        file.directions.iter().filter_map(|d| Some((superseding(d)?, d.key.as_str()))),
    );
}

fn recommendations(
    report: &mut Report,
    table: &'static str,
    source: &str,
    list: &[Recommendation],
    known: &Known<'_>,
) {
    let mut seen = BTreeSet::new();
    for (index, recommendation) in list.iter().enumerate() {
        let reference = reference_or_place(recommendation.reference.as_deref(), index);
        let mut at = report.at(table, format!("{source} / {reference}"));
        if !seen.insert(reference.clone()) {
            at.add(
                "reference",
                format!("{reference:?} stands here twice"),
                "a reference is unique in its source",
            );
        }
        let Some(response) = &recommendation.response else { continue };
        if let Some(by) = &response.by {
            known.party(&mut at, "response.by", by);
        }
        let must_say_why =
            matches!(response.status, ResponseStatus::Rejected | ResponseStatus::PartiallyAccepted);
        if must_say_why && response.reason.is_none() {
            at.add("response.reason", format!("{} without a reason", response.status), "say why");
        }
    }
}

fn direction(report: &mut Report, direction: &Direction, file: &ProgrammeFile, known: &Known<'_>) {
    let mut at = report.at("direction", direction.key.as_str());
    key(&mut at, &direction.key);
    known.organisation(&mut at, "issuer", &direction.issuer);
    at.in_order(("issued_on", direction.issued_on), ("lifted_on", direction.lifted_on));
    if let Some(earlier) = &direction.supersedes {
        at.refers("supersedes", earlier, "a direction", &known.directions);
        let revised = file.directions.iter().find(|d| d.key == *earlier);
        at.in_order(
            ("the day of the direction it revises", revised.and_then(|d| d.issued_on)),
            ("issued_on", direction.issued_on),
        );
    }
    // The terms above the one at hand: a term may be under any of them, so that the list is the printed order of a tree.
    let mut above: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, term) in direction.terms.iter().enumerate() {
        let reference = reference_or_place(term.reference.as_deref(), index);
        let mut at = report.at("direction.term", format!("{} / {reference}", direction.key));
        if !seen.insert(reference.clone()) {
            at.add(
                "reference",
                format!("{reference:?} stands here twice"),
                "a reference is unique in its source",
            );
        }
        match &term.under {
            None => above.clear(),
            Some(under) => match above.iter().position(|a| a == under) {
                Some(place) => above.truncate(place + 1),
                None => at.add(
                    "under",
                    format!("{under:?} is not a term that this one follows"),
                    "put the term directly below the one it is under, in printed order",
                ),
            },
        }
        above.push(reference.clone());
        for (number, one) in term.duties.iter().enumerate() {
            duty(
                report,
                format!("{} / {reference} / duty {}", direction.key, number + 1),
                one,
                direction,
                known,
            );
        }
    }
}

fn duty(report: &mut Report, entry: String, duty: &Duty, direction: &Direction, known: &Known<'_>) {
    let mut at = report.at("direction.term.duty", entry);
    if let Some(holder) = &duty.holder {
        known.party(&mut at, "holder", holder);
    }
    let rule = duty.due;
    let mut needs = |field: &'static str, given: bool, needed: bool, allowed: bool| {
        if needed && !given {
            at.add(field, format!("{rule} without {field}"), format!("{rule} needs {field}"));
        } else if given && !allowed {
            at.add(field, format!("{rule} with {field}"), format!("remove {field}, or choose another rule"));
        }
    };
    let (fixed, offset, recurring) =
        (rule == DueRule::Fixed, rule == DueRule::Offset, rule == DueRule::Recurring);
    needs("due_on", duty.due_on.is_some(), fixed, fixed || recurring);
    needs("offset_months", duty.offset_months.is_some_and(|m| m > 0), offset, offset || recurring);
    needs("every_months", duty.every_months.is_some_and(|m| m > 0), recurring, recurring);
    if offset && direction.issued_on.is_none() {
        at.add("due", "OFFSET from a direction without a day of issue", "give the direction its issued_on");
    }
    if duty.offset_months.is_some_and(|m| m > 1200) || duty.every_months.is_some_and(|m| m > 1200) {
        at.add("due", "more than a hundred years", "give months, 1200 at most");
    }
}
