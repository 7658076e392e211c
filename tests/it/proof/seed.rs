//! Actions of all sorts with evidence, measures and audits of all sorts.

use domain::audit::AuditRater::{Independent, Moderated, Own};
use entity::*;

use crate::support::TestApp;
use crate::support::builders::{Write, day};
use crate::support::world::Record;
use crate::visibility::change::Die;

const STATUSES: [&str; 6] = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "COMPLETE", "ASSURED", "ASSURED"];
const ENDED: [&str; 6] = ["WITHDRAWN", "ROLLED_OVER", "COMPLETE", "ASSURED", "IN_PROGRESS", "ASSURED"];
const STRANDS: [&str; 4] = ["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE", "DOCUMENT"];
const SHOWS: [Option<&str>; 6] =
    [Some("IMPROVED"), Some("IMPROVED"), Some("NO_CHANGE"), Some("WORSE"), Some("TOO_EARLY"), None];

/// A plan in each status, with as many actions as asked for. They address the requirements of the county in turn.
pub async fn plans(app: &TestApp, count: usize) -> Record {
    let mut die = Die::new(7);
    let mut to = app.write().await;
    let council = to.record.party("Northshire Council").clone();
    let leads = ["Head of service", "Detective inspector", "Safeguarding nurse", "Quality group"]
        .map(|name| to.record.party(name).clone());
    let asked: Vec<_> =
        to.record.requirements.iter().filter(|row| row.programme_id == to.programme).cloned().collect();
    measures(&mut to).await;
    for status in ["PUBLISHED", "AGREED", "CONSIDERED", "DRAFT", "CLOSED"] {
        let plan = to.plan(&format!("Proof, {status}"), status, &council, |of| of.strands_required = 2).await;
        for number in 1..=count {
            let reference = format!("{}{number}", &status[..2]);
            let of = if number % 5 == 0 { ENDED } else { STATUSES };
            let (state, impact) = (die.one(&of), die.one(&SHOWS));
            let judged_on = die.one(&["2018-06-09", "2018-06-10", "2018-12-01"]);
            let action = to
                .action(&plan, &reference, |row| {
                    row.status = state.to_owned();
                    (row.impact, row.impact_on) = (impact.map(str::to_owned), impact.map(|_| day(judged_on)));
                    row.impact_summary = impact.map(|_| "Judged".to_owned());
                })
                .await;
            to.party_of(&action, &leads[number % leads.len()], "LEAD").await;
            let is_done = die.coin();
            to.step(&action, "A step", |step| step.done_on = is_done.then(|| day("2018-11-01"))).await;
            let requirement = &asked[number % asked.len()];
            to.addresses(&action, requirement, (number % 3 == 0).then_some("in part")).await;
            shown(&mut to, &mut die, &action).await;
        }
    }
    to.commit().await
}

async fn shown(to: &mut Write, die: &mut Die, action: &action::Model) {
    for piece in 0..die.below(7) {
        let marking = die.one(&["OFFICIAL", "OFFICIAL", "OFFICIAL_SENSITIVE"]);
        let (strand, shows) = (die.one(&STRANDS), die.one(&SHOWS));
        let review = die.one(&["ACCEPTED", "ACCEPTED", "SUBMITTED", "REFUSED"]);
        let expires = die.one(&[None, Some("2018-12-09"), Some("2018-12-10"), Some("2019-03-31")]);
        let period_end = die.one(&[None, Some("2018-09-30"), Some("2018-10-31")]);
        let row = to
            .evidence(&format!("{piece} of {}", action.reference), marking, |of| {
                of.strand = strand.to_owned();
                of.review_status = review.to_owned();
                of.expires_on = expires.map(day);
                of.period_end = period_end.map(day);
                of.shows = shows.filter(|_| strand != "DOCUMENT").map(str::to_owned);
            })
            .await;
        to.shows_for(&row, action).await;
        if die.below(4) == 0 {
            let police = to.record.party("Northshire Police").clone();
            to.share(&row, &police).await;
        }
    }
    if die.below(3) == 0 {
        let title = die.one(&["Rising", "Falling", "Level", "Old"]);
        let measure = to.record.measure(title).clone();
        to.shows_difference_of(&measure, action).await;
    }
    for _ in 0..die.below(3) {
        let sample = die.one(&[[12, 8, 6], [6, 8, 12], [3, 20, 7], [10, 5, 5]]);
        let rater = die.one(&[Own, Independent, Moderated]);
        let ended = die.one(&["2018-10-05", "2018-11-09"]);
        let audit = to
            .audit(&format!("Audit of {}", action.reference), Some(40), &[(rater, sample)], |of| {
                (of.started_on, of.ended_on) = (day("2018-10-01"), day(ended));
            })
            .await;
        to.audits(&audit, action).await;
        let (grade, is_closed) = (die.one(&["INADEQUATE", "GOOD", "GOOD"]), die.coin());
        to.found(&audit, "Something", |of| {
            of.grade = Some(grade.to_owned());
            if is_closed {
                (of.status, of.done_on) = ("CLOSED".to_owned(), Some(day("2018-11-20")));
                (of.rechecked_on, of.recheck_outcome) = (Some(day("2018-12-03")), Some("HELD".to_owned()));
            }
        })
        .await;
    }
}

/// Measures that go up, down and nowhere; one that nobody read for long. The last month of the first is small, so that partners are
/// told of too few readings.
async fn measures(to: &mut Write) {
    let months = [
        ("2018-08-01", "2018-08-31"),
        ("2018-09-01", "2018-09-30"),
        ("2018-10-01", "2018-10-31"),
        ("2018-11-01", "2018-11-30"),
    ];
    for (title, figures) in [
        ("Rising", [(100, 200), (120, 200), (3, 4), (4, 4)]),
        ("Falling", [(180, 200), (160, 200), (150, 200), (120, 200)]),
        ("Level", [(150, 200), (151, 201), (150, 200), (151, 201)]),
    ] {
        let measure = to.measure(title, |_| {}).await;
        let lines = figures.map(|(of, out_of)| [(None, of, out_of)]);
        let periods: Vec<_> =
            months.iter().zip(&lines).map(|((from, to), line)| (*from, *to, line.as_slice())).collect();
        to.readings(&measure, &periods).await;
    }
    let old = to.measure("Old", |_| {}).await;
    let lines = [(1, 100), (2, 120), (3, 160)]
        .map(|(month, of)| (format!("2018-{month:02}-01"), format!("2018-{month:02}-28"), [(None, of, 200)]));
    let periods: Vec<_> =
        lines.iter().map(|(from, to, line)| (from.as_str(), to.as_str(), line.as_slice())).collect();
    to.readings(&old, &periods).await;
}
