//! What is done about it: plans of up to fifty actions, which answer to all that is asked.

use chrono::{Datelike, Months, NaiveDate};
use domain::ActionStatus::{self, Assured, Complete, InProgress, NotStarted, Withdrawn};
use import::programme::{
    Action, ActionRef, DatePrecision, Link, Plan, PlanStatus, Step, Theme, UnspecifiedDirection,
};

use super::asked::{CLAUSES, DIRECTION, INSPECTION, RECOMMENDATIONS};
use super::dice::Dice;
use super::words::{self, THEMES};
use super::{after, share, who};

/// As many actions as a board looks at on one page.
const IN_A_PLAN: usize = 50;

pub(super) fn plans(dice: &mut Dice, place: &str, actions: usize, today: NaiveDate) -> Vec<Plan> {
    // Full plans first, so that there is always one where there are enough actions for one.
    let numbers: Vec<usize> = (0..actions).collect();
    let parts = numbers.chunks(IN_A_PLAN).enumerate();
    parts.map(|(index, numbers)| plan(dice, place, (index, numbers), today)).collect()
}

fn plan(dice: &mut Dice, place: &str, (index, numbers): (usize, &[usize]), today: NaiveDate) -> Plan {
    let start_on = dice.day(today, -800..-500);
    let is_published = index.is_multiple_of(2);
    let key = format!("plan-{}", index + 1);
    let mut actions = Vec::with_capacity(numbers.len());
    for theme in 0..THEMES.len() {
        for (row, number) in share(numbers.len(), THEMES.len(), theme).enumerate() {
            let reference = format!("{}.{}", theme + 1, row + 1);
            // Every other one stands under the theme's part.
            let theme = theme_key(theme, row % 2 == 1);
            let before = actions.last().map(|before: &Action| before.reference.clone());
            let before = before.map(|action| ActionRef { plan: key.clone(), action });
            actions.push(action(dice, (reference, theme, before), numbers[number], today));
        }
    }
    Plan {
        title: format!("{place} improvement plan {}", index + 1),
        status: if is_published { PlanStatus::Published } else { PlanStatus::Agreed },
        owner: who::COUNCIL.to_owned(),
        start_on: Some(start_on),
        end_on: Some(after(start_on, 1_500)),
        follows: None,
        update_every_days: 42,
        strands_required: 2,
        considered_on: Some(after(start_on, -30)),
        agreed_on: Some(after(start_on, -10)),
        published_on: is_published.then_some(start_on),
        closed_on: None,
        actions_from: None,
        answers_from: None,
        answers_to: Vec::new(),
        themes: themes(),
        actions,
        key,
    }
}

fn theme_key(index: usize, is_part: bool) -> String {
    format!("theme-{}{}", index + 1, if is_part { "-part" } else { "" })
}

fn themes() -> Vec<Theme> {
    let of = |(index, (name, part)): (usize, &(&str, &str))| {
        let above = theme_key(index, false);
        [
            Theme { key: above.clone(), name: (*name).to_owned(), under: None },
            Theme { key: theme_key(index, true), name: (*part).to_owned(), under: Some(above) },
        ]
    };
    THEMES.iter().enumerate().flat_map(of).collect()
}

fn action(
    dice: &mut Dice,
    (reference, theme, before): (String, String, Option<ActionRef>),
    number: usize,
    today: NaiveDate,
) -> Action {
    let leads = who::leads(dice);
    let contributors = who::contributors(dice).into_iter().filter(|key| !leads.contains(key)).collect();
    let due_on = dice.day(today, -200..400);
    let is_month = dice.in_a_hundred(50);
    let due_on = if is_month { last_of_month(due_on) } else { due_on };
    let status = status(dice);
    // What is finished was finished when it was due, or before now.
    let status_on = match status {
        NotStarted => None,
        Complete | Assured => Some(dice.day(due_on.min(today), -90..0)),
        _ => Some(dice.day(today, -400..-60)),
    };
    Action {
        reference,
        aim: words::aim(dice),
        theme: Some(theme),
        organisation: Some(who::organisation(&leads).to_owned()),
        contributors,
        start_on: Some(dice.day(due_on, -400..-100)),
        due_on: Some(due_on),
        due_precision: Some(if is_month { DatePrecision::Month } else { DatePrecision::Day }),
        timeframe_as_printed: Some(due_on.format(if is_month { "%b %Y" } else { "%-d %B %Y" }).to_string()),
        status,
        status_on,
        rolled_over_from: None,
        notes: None,
        addresses: links(dice, number),
        directions: unspecified(dice),
        depends_on: before.filter(|_| dice.in_a_hundred(8)).into_iter().collect(),
        illustrative: true,
        steps: steps(dice, status, status_on, due_on),
        leads,
    }
}

fn status(dice: &mut Dice) -> ActionStatus {
    match dice.number(0..100) {
        0..15 => NotStarted,
        15..65 => InProgress,
        65..85 => Complete,
        85..97 => Assured,
        _ => Withdrawn,
    }
}

/// Each recommendation is answered by one action in thirty, and by another where an action answers to two.
fn links(dice: &mut Dice, number: usize) -> Vec<Link> {
    let first = number % RECOMMENDATIONS;
    let second = (number / 3 * 7 + 11) % RECOMMENDATIONS;
    let second = Some(second).filter(|second| number.is_multiple_of(3) && *second != first);
    let mut link = |source: &str, reference: String| Link {
        source: source.to_owned(),
        reference,
        qualifier: dice.in_a_hundred(10).then(|| "only for children who are new to care".to_owned()),
    };
    let numbers = [first].into_iter().chain(second);
    let mut links: Vec<Link> = numbers.map(|index| link(INSPECTION, (index + 1).to_string())).collect();
    if number.is_multiple_of(12) {
        links.push(link(DIRECTION, CLAUSES[number / 12 % CLAUSES.len()].to_owned()));
    }
    links
}

fn unspecified(dice: &mut Dice) -> Vec<UnspecifiedDirection> {
    let as_printed = || "Outlined in the direction".to_owned();
    let one = dice
        .in_a_hundred(2)
        .then(|| UnspecifiedDirection { source: DIRECTION.to_owned(), as_printed: as_printed() });
    one.into_iter().collect()
}

fn steps(
    dice: &mut Dice,
    status: ActionStatus,
    status_on: Option<NaiveDate>,
    due_on: NaiveDate,
) -> Vec<Step> {
    let count = dice.number(2..5);
    let of = |place: usize| {
        let is_done = match status {
            Complete | Assured => true,
            InProgress => place == 0,
            _ => false,
        };
        Step {
            text: words::step(dice),
            lead: None,
            due_on: Some(after(due_on, -20 * i64::try_from(count - place).unwrap_or_default())),
            done_on: status_on.filter(|_| is_done),
            struck_out_on: None,
            struck_out_reason: None,
            illustrative: true,
        }
    };
    (0..count).map(of).collect()
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let next = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}
