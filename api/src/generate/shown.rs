//! What leads say about their actions, and what shows that they helped.

use chrono::NaiveDate;
use domain::ActionStatus;
use import::programme::{
    Action, ActionRef, Evidence, EvidenceReview, Health, Impact, Judged, Marking, Plan, Progress,
    RequirementRef, ReviewStatus, Strand, Update,
};

use super::asked::{INSPECTION, RECOMMENDATIONS};
use super::dice::Dice;
use super::who::{CHAIR, POLICE, speaker};
use super::{after, share, words};

/// How many days lie between two reports, about.
const EVERY: i64 = 42;

/// Every action of some plans, with its plan's key.
fn actions(plans: &[Plan]) -> Vec<(&str, &Action)> {
    plans.iter().flat_map(|plan| plan.actions.iter().map(|action| (plan.key.as_str(), action))).collect()
}

fn named((plan, action): (&str, &Action)) -> ActionRef {
    ActionRef { plan: plan.to_owned(), action: action.reference.clone() }
}

/// What became of the actions, and so many updates on them.
pub(super) fn progress(dice: &mut Dice, plans: &[Plan], updates: usize, today: NaiveDate) -> Vec<Progress> {
    let actions = actions(plans);
    let each = actions.iter().enumerate();
    each.map(|(place, (plan, action))| Progress {
        plan: (*plan).to_owned(),
        action: action.reference.clone(),
        status: None,
        status_on: None,
        organisation: None,
        contributors: Vec::new(),
        rolled_over_from: None,
        depends_on: Vec::new(),
        notes: None,
        impact: impact(dice, action),
        illustrative: true,
        steps: Vec::new(),
        updates: reports(dice, action, share(updates, actions.len(), place).len(), today),
    })
    .collect()
}

/// Of half of what is assured somebody has said that it is too early to say.
fn impact(dice: &mut Dice, action: &Action) -> Option<Judged> {
    let on = action.status_on.filter(|_| action.status == ActionStatus::Assured)?;
    dice.in_a_hundred(50).then(|| Judged {
        judgement: Impact::TooEarly,
        on,
        by: Some(CHAIR.to_owned()),
        summary: "The work is done; what it changed will show in the next two quarters.".to_owned(),
        evidence: Vec::new(),
    })
}

/// So many reports, the last some days ago, and the others before it at about equal distances.
fn reports(dice: &mut Dice, action: &Action, count: usize, today: NaiveDate) -> Vec<Update> {
    let finished_on = action.status_on.filter(|_| action.status.is_finished());
    let last = finished_on.unwrap_or_else(|| dice.day(today, -50..0));
    let report = |place: usize| {
        let back = i64::try_from(count - 1 - place).unwrap_or_default();
        let is_last = back == 0;
        Update {
            on: if is_last { last } else { dice.day(after(last, -EVERY * back), -10..10) },
            health: health(dice, action, finished_on.is_some() && is_last, today),
            narrative: words::narrative(dice),
            obstacles: dice.in_a_hundred(30).then(|| words::obstacle(dice)),
            next_steps: dice.in_a_hundred(60).then(|| words::next(dice)),
            by: Some(speaker(&action.leads).to_owned()),
            illustrative: true,
        }
    };
    (0..count).map(report).collect()
}

/// Leads are hopeful: half of what is late is declared to be at risk only, or on track.
fn health(dice: &mut Dice, action: &Action, is_finished: bool, today: NaiveDate) -> Health {
    let is_late = action.due_on.is_some_and(|due_on| due_on < today);
    match (is_finished, dice.number(0..10)) {
        (true, _) => Health::Done,
        (false, 0..5) if is_late => Health::OffTrack,
        (false, 0..8) if is_late => Health::AtRisk,
        (false, 0) => Health::OffTrack,
        (false, 1..4) => Health::AtRisk,
        _ => Health::OnTrack,
    }
}

/// So many items of evidence, spread over the actions.
pub(super) fn evidence(dice: &mut Dice, plans: &[Plan], count: usize, today: NaiveDate) -> Vec<Evidence> {
    let actions = actions(plans);
    let of = |number: usize| {
        let place = number % actions.len().max(1);
        let own = actions.get(place).copied();
        let also = actions.get(place + 1).copied().filter(|_| dice.in_a_hundred(12));
        let is_finished = own.is_some_and(|(_, action)| action.status.is_finished());
        let attached = own.into_iter().chain(also).map(named).collect();
        item(dice, (number, number / actions.len().max(1)), attached, is_finished, today)
    };
    (0..count).map(of).collect()
}

/// An item by its number among all, and among those of its action: the strands take turns, so that what is finished has several.
fn item(
    dice: &mut Dice,
    (number, turn): (usize, usize),
    actions: Vec<ActionRef>,
    is_finished: bool,
    today: NaiveDate,
) -> Evidence {
    let strands = [
        (Strand::PerformanceData, "Figures on"),
        (Strand::QualityAssurance, "Audit of"),
        (Strand::Voice, "What families said about"),
        (Strand::Document, "Protocol on"),
    ];
    let (strand, kind) = strands[turn % strands.len()];
    let added_on = dice.day(today, -700..0);
    let requirement = RequirementRef {
        source: INSPECTION.to_owned(),
        reference: (number % RECOMMENDATIONS + 1).to_string(),
    };
    let shows = dice.one(&[Impact::Improved, Impact::Improved, Impact::NoChange, Impact::TooEarly]);
    Evidence {
        title: format!("{kind} {} (item {})", words::subject(dice), number + 1),
        summary: Some(words::summary(dice)),
        strand,
        marking: if dice.in_a_hundred(8) { Marking::OfficialSensitive } else { Marking::Official },
        period_start: Some(after(added_on, -100)),
        period_end: Some(after(added_on, -10)),
        expires_on: dice.in_a_hundred(20).then(|| after(added_on, 365)),
        added_on,
        added_by: Some(dice.one(&["quality", "performance", "care"]).to_owned()),
        review: review(dice, is_finished && turn < 3, added_on, today),
        actions,
        requirements: dice.in_a_hundred(4).then_some(requirement).into_iter().collect(),
        shows: (strand != Strand::Document && dice.in_a_hundred(40)).then_some(shows),
        shared_with: dice.in_a_hundred(3).then(|| POLICE.to_owned()).into_iter().collect(),
        files: Vec::new(),
        illustrative: true,
    }
}

fn review(dice: &mut Dice, is_needed: bool, added_on: NaiveDate, today: NaiveDate) -> Option<EvidenceReview> {
    let status = match dice.number(0..100) {
        _ if is_needed => ReviewStatus::Accepted,
        0..60 => ReviewStatus::Accepted,
        60..65 => ReviewStatus::Refused,
        _ => return None,
    };
    let on = Some(dice.day(added_on, 0..20).min(today));
    Some(EvidenceReview { status, on, by: Some(CHAIR.to_owned()) })
}
