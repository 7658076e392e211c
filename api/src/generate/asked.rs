//! What is asked of a programme: an inspection, a statutory direction, a review by peers.

use chrono::NaiveDate;
use import::programme::{
    Direction, DueRule, Duty, DutyKind, Finding, FindingKind, Framework, Grade, Inspection, Judgement,
    JudgementArea as Area, Recommendation, Response, ResponseStatus, Review, ReviewKind, Term,
};

use super::after;
use super::dice::Dice;
use super::who::{COUNCIL, DEPARTMENT, INSPECTORATE, OFFICE};
use super::words;

/// Keys of the sources.
pub(super) const INSPECTION: &str = "inspection";
pub(super) const DIRECTION: &str = "direction";

/// How many recommendations an inspection makes.
pub(super) const RECOMMENDATIONS: usize = 30;

/// The terms of a direction that an action can answer to.
pub(super) const CLAUSES: [&str; 4] = ["1.a", "1.b", "2.a", "2.b"];

pub(super) struct Demands {
    pub inspection: Inspection,
    pub direction: Direction,
    pub review: Review,
}

pub(super) fn demands(dice: &mut Dice, place: &str, today: NaiveDate) -> Demands {
    let inspected = dice.day(today, -900..-800);
    Demands {
        inspection: inspection(dice, place, inspected),
        direction: direction(dice, place, after(inspected, 60)),
        review: review(dice, place, after(inspected, 400)),
    }
}

fn inspection(dice: &mut Dice, place: &str, on: NaiveDate) -> Inspection {
    let grades = [Grade::Inadequate, Grade::Inadequate, Grade::RequiresImprovement, Grade::Good];
    let areas = [
        Area::OverallEffectiveness,
        Area::LeadersImpact,
        Area::HelpAndProtection,
        Area::ChildrenInCareAndCareLeavers,
    ];
    let judgement = |area: &Area| Judgement {
        area: *area,
        grade: if *area == Area::OverallEffectiveness { Grade::Inadequate } else { dice.one(&grades) },
        printed_area: None,
    };
    Inspection {
        key: INSPECTION.to_owned(),
        title: format!("Inspection of children's services in {place}"),
        framework: Framework::Ilacs,
        issuer: Some(INSPECTORATE.to_owned()),
        issued_on: Some(on),
        published_on: Some(on),
        started_on: Some(after(on, -40)),
        ended_on: Some(after(on, -30)),
        judgements: areas.iter().map(judgement).collect(),
        recommendations: recommendations(dice, RECOMMENDATIONS, on),
    }
}

fn recommendations(dice: &mut Dice, count: usize, issued_on: NaiveDate) -> Vec<Recommendation> {
    let of = |number: usize| Recommendation {
        reference: Some(number.to_string()),
        text: words::demand(dice),
        immediate: dice.in_a_hundred(20),
        response: Some(Response {
            status: ResponseStatus::Accepted,
            reason: None,
            on: Some(after(issued_on, 42)),
            by: Some(COUNCIL.to_owned()),
        }),
    };
    (1..=count).map(of).collect()
}

fn direction(dice: &mut Dice, place: &str, on: NaiveDate) -> Direction {
    let mut terms = Vec::new();
    let mut term = |reference: &str, under: Option<&str>, text: String, duties| {
        terms.push(Term {
            reference: Some(reference.to_owned()),
            under: under.map(str::to_owned),
            text,
            duties,
        });
    };
    let report = Duty {
        holder: Some(COUNCIL.to_owned()),
        what: DutyKind::Report,
        text: "Report on progress to the department.".to_owned(),
        due: DueRule::Recurring,
        due_on: None,
        offset_months: Some(3),
        every_months: Some(6),
        discharged_on: None,
    };
    let review = Duty {
        holder: Some(OFFICE.to_owned()),
        what: DutyKind::Review,
        text: "Review the improvement plan.".to_owned(),
        due: DueRule::Offset,
        offset_months: Some(12),
        every_months: None,
        discharged_on: Some(after(on, 370)),
        ..report
    };
    term("1", None, "The council shall improve the help that children get.".to_owned(), Vec::new());
    term("1.a", Some("1"), words::demand(dice), Vec::new());
    term("1.b", Some("1"), words::demand(dice), Vec::new());
    term("2", None, "The council shall report, and review what it does.".to_owned(), vec![report]);
    term("2.a", Some("2"), words::demand(dice), Vec::new());
    term("2.b", Some("2"), words::demand(dice), vec![review]);
    Direction {
        key: DIRECTION.to_owned(),
        title: format!("Direction to {place} Council"),
        issuer: Some(DEPARTMENT.to_owned()),
        issued_on: Some(on),
        published_on: Some(on),
        supersedes: None,
        lifted_on: None,
        terms,
    }
}

fn review(dice: &mut Dice, place: &str, on: NaiveDate) -> Review {
    let finding = |place: usize| Finding {
        kind: if place.is_multiple_of(2) { FindingKind::Strength } else { FindingKind::AreaForConsideration },
        text: words::finding(place),
        theme: None,
    };
    Review {
        key: "peer-review".to_owned(),
        title: format!("Peer review of {place}"),
        kind: ReviewKind::PeerReview,
        issuer: None,
        issued_on: Some(on),
        published_on: None,
        started_on: Some(after(on, -20)),
        ended_on: Some(after(on, -17)),
        findings: (0..6).map(finding).collect(),
        recommendations: recommendations(dice, 4, on),
    }
}
