//! The invented counties of Northshire and Southmere: small, but with everything that rules and roles tell apart.

use api::store::db::Db;
use domain::document::Imported;
use entity::*;
use uuid::Uuid;

use super::builders::{Write, day};
pub use super::record::{Kept, Record};

/// Writes both counties into an empty database.
pub async fn build(db: &Db) -> Record {
    let mut to = Write::open(db, Record::default()).await;
    people(&mut to).await;
    demands(&mut to).await;
    plans(&mut to).await;
    published_plan(&mut to).await;
    proof(&mut to).await;
    counted(&mut to).await;
    said(&mut to).await;
    audited(&mut to).await;
    challenged(&mut to).await;
    told(&mut to).await;
    imported(&mut to).await;
    let record = to.commit().await;

    let mut to = Write::open(db, record).await;
    southmere(&mut to).await;
    to.commit().await
}

async fn people(to: &mut Write) {
    let council = to.organisation("Northshire Council", "COUNCIL").await;
    let police = to.organisation("Northshire Police", "POLICE").await;
    let health = to.organisation("Northshire Health Trust", "NHS").await;
    to.organisation("Harbour School", "EDUCATION").await;
    to.organisation("Schools Inspectorate", "INSPECTORATE").await;
    to.part(organisation_identifier::Model {
        organisation_id: council.id,
        scheme: "GSS".to_owned(),
        value: "E99000001".to_owned(),
    })
    .await;
    to.programme("northshire", &council, false).await;

    let service_head = to.person("Head of service", &council).await;
    let inspector = to.person("Detective inspector", &police).await;
    let nurse = to.person("Safeguarding nurse", &health).await;
    to.group("Quality group", None, &[&service_head, &nurse]).await;
    to.group("Custody team", Some(&police), &[]).await;

    to.member("chair", "BOARD", |of| of.is_chair = true).await;
    to.member("board-member", "BOARD", |_| {}).await;
    to.member("programme-office", "OFFICER", |of| of.is_programme_office = true).await;
    to.member("lead", "OFFICER", |of| {
        (of.person_id, of.organisation_id) = (Some(service_head.id), Some(council.id));
    })
    .await;
    to.member("officer", "OFFICER", |_| {}).await;
    to.member("police", "PARTNER", |of| {
        (of.person_id, of.organisation_id) = (Some(inspector.id), Some(police.id));
    })
    .await;
    to.member("health", "PARTNER", |of| of.organisation_id = Some(health.id)).await;
    to.member("scrutiny", "SCRUTINY", |_| {}).await;
    to.member("admin", "ADMIN", |_| {}).await;
    to.endpoint(&police).await;
    to.endpoint(&health).await;
}

async fn demands(to: &mut Write) {
    let inspectorate = to.record.party("Schools Inspectorate").clone();
    let inspection =
        to.source("INSPECTION", "Inspection", "2018-01-29", |of| of.issuer_id = Some(inspectorate.id)).await;
    for (position, (area, grade)) in
        [("OVERALL_EFFECTIVENESS", "INADEQUATE"), ("CARE_LEAVERS", "GOOD")].into_iter().enumerate()
    {
        to.part(judgement::Model {
            id: Uuid::now_v7(),
            programme_id: to.programme,
            source_id: inspection.id,
            position: position as i32 + 1,
            area: area.to_owned(),
            grade: grade.to_owned(),
            printed_area: None,
            printed_grade: None,
        })
        .await;
    }
    for (reference, text) in [
        ("1", "See every child who goes missing within 72 hours"),
        ("2", "Keep caseloads at a level that is safe"),
        ("9", "Ask children, 100% of them, what helped"),
        ("10", "Plan for care_leavers with them"),
        ("(5)", "Write down who decided, and why \\ when"),
    ] {
        to.requirement(&inspection, reference, text, |of| {
            if reference == "1" {
                of.is_immediate = true;
                of.response_status = Some("ACCEPTED".to_owned());
                of.responded_on = Some(day("2018-03-01"));
            }
            if reference == "9" {
                of.response_status = Some("NOTED".to_owned());
                of.response_reason = Some("Done already".to_owned());
            }
        })
        .await;
    }

    let old = to.source("DIRECTION", "First direction", "2016-06-01", |_| {}).await;
    let direction =
        to.source("DIRECTION", "Second direction", "2018-07-15", |of| of.supersedes_id = Some(old.id)).await;
    to.source("DIRECTION", "Lifted direction", "2015-03-01", |of| of.lifted_on = Some(day("2018-12-20")))
        .await;
    let first = to.requirement(&direction, "1", "The adviser reports to the minister", |_| {}).await;
    let second = to.requirement(&direction, "2", "The council puts its house in order", |_| {}).await;
    to.requirement(&direction, "2.a", "With its partners", |of| of.parent_id = Some(second.id)).await;
    let b = to.requirement(&direction, "2.b", "At the front door", |of| of.parent_id = Some(second.id)).await;
    to.requirement(&direction, "2.b.i", "By day", |of| of.parent_id = Some(b.id)).await;
    to.requirement(&direction, "2.b.ii", "By night", |of| of.parent_id = Some(b.id)).await;
    let holder = to.record.party("Head of service").id;
    to.add(duty::Model {
        id: Uuid::now_v7(),
        programme_id: to.programme,
        requirement_id: first.id,
        position: 1,
        holder_id: Some(holder),
        what: "REPORT".to_owned(),
        text: "Every three months".to_owned(),
        due_rule: "RECURRING".to_owned(),
        due_on: Some(day("2018-10-15")),
        offset_months: None,
        every_months: Some(3),
        discharged_on: None,
        discharged_by_id: None,
        discharge_evidence_id: None,
        version: 1,
        created_at: super::builders::minute(0),
        updated_at: super::builders::minute(0),
    })
    .await;

    let under_embargo = |of: &mut source::Model| of.published_on = Some(day("2018-12-20"));
    let embargoed = to.source("REVIEW", "Review under embargo", "2018-12-03", under_embargo).await;
    to.requirement(&embargoed, "1", "Ring the bell", |_| {}).await;
    let unpublished =
        to.source("REVIEW", "Unpublished review", "2018-10-20", |of| of.published_on = None).await;
    to.requirement(&unpublished, "1", "Look at custody again", |_| {}).await;
    to.add(finding::Model {
        id: Uuid::now_v7(),
        programme_id: to.programme,
        source_id: unpublished.id,
        position: 1,
        kind: "STRENGTH".to_owned(),
        text: "Staff stay".to_owned(),
        theme: None,
        version: 1,
        created_at: super::builders::minute(0),
        updated_at: super::builders::minute(0),
    })
    .await;
    to.leaves().await;
}

/// Plans in every status but published. Each has one action that the council leads, one that the police lead, one that
/// the police contribute to and one of the quality group; the health trust has a draft of its own.
async fn plans(to: &mut Write) {
    let council = to.record.party("Northshire Council").clone();
    for (title, status, letter) in [
        ("Draft plan", "DRAFT", "D"),
        ("Considered plan", "CONSIDERED", "C"),
        ("Agreed plan", "AGREED", "A"),
        ("Closed plan", "CLOSED", "Z"),
    ] {
        let plan = to.plan(title, status, &council, |_| {}).await;
        four_actions(to, &plan, |number| format!("{letter}{number}")).await;
    }
    let health_draft = to.plan("Health draft", "DRAFT", &council, |_| {}).await;
    let nurse = to.record.party("Safeguarding nurse").clone();
    let action = to.action(&health_draft, "H1", |_| {}).await;
    to.party_of(&action, &nurse, "LEAD").await;
    let only_in_draft = to.record.requirement("Inspection", "10").clone();
    to.addresses(&action, &only_in_draft, None).await;
}

/// Actions of a plan, led by the council, led by the police, contributed to by the police, led by the quality group.
async fn four_actions(to: &mut Write, plan: &plan::Model, number: impl Fn(u32) -> String) {
    let [service_head, inspector, group] =
        ["Head of service", "Detective inspector", "Quality group"].map(|name| to.record.party(name).clone());
    for (at, parties) in [
        vec![(&service_head, "LEAD")],
        vec![(&inspector, "LEAD")],
        vec![(&service_head, "LEAD"), (&inspector, "CONTRIBUTOR")],
        vec![(&group, "LEAD")],
    ]
    .into_iter()
    .enumerate()
    {
        let action = to.action(plan, &number(at as u32 + 1), |_| {}).await;
        for (party, role) in parties {
            to.party_of(&action, party, role).await;
        }
        to.update(&action, "2018-10-20", "ON_TRACK").await;
        to.update(&action, "2018-11-20", if at == 1 { "OFF_TRACK" } else { "ON_TRACK" }).await;
        to.step(&action, "Find out", |step| step.done_on = Some(day("2018-11-01"))).await;
    }
}

/// The published plan follows the closed one; its actions are in every status, early and late, linked and waiting.
async fn published_plan(to: &mut Write) {
    let [council, police, health] = ["Northshire Council", "Northshire Police", "Northshire Health Trust"]
        .map(|name| to.record.party(name).clone());
    let closed = to.record.plan("Closed plan").id;
    let plan = to.plan("Published plan", "PUBLISHED", &council, |of| of.predecessor_id = Some(closed)).await;
    let practice = to.theme(&plan, None, "Practice").await;
    let front_door = to.theme(&plan, Some(&practice), "Front door").await;
    to.theme(&plan, None, "Leadership").await;
    four_actions(to, &plan, |number| format!("1.{number}")).await;

    let from = to.record.action("Z1").id;
    let rolled = to.action(&plan, "1.5", |of| of.rolled_over_from_id = Some(from)).await;
    to.party_of(&rolled, &police, "LEAD").await;
    let due = |on: &'static str| {
        move |of: &mut action::Model| {
            (of.due_on, of.due_precision) = (Some(day(on)), Some("DAY".to_owned()));
        }
    };
    let rows: [(&str, &str, Option<&str>, Option<&str>); 9] = [
        ("1.9", "NOT_STARTED", Some("2018-11-01"), Some("2019-03-31")),
        ("1.10", "NOT_STARTED", Some("2019-01-01"), None),
        ("1.11", "IN_PROGRESS", Some("2018-10-01"), Some("2018-12-09")),
        ("2.1", "IN_PROGRESS", Some("2018-10-01"), Some("2018-12-10")),
        ("2.2", "COMPLETE", None, Some("2018-11-30")),
        ("2.3", "ASSURED", None, Some("2018-11-30")),
        ("2.4", "WITHDRAWN", None, Some("2018-10-31")),
        ("2.5", "ROLLED_OVER", None, Some("2018-12-31")),
        ("2.10", "IN_PROGRESS", None, Some("2018-12-31")),
    ];
    let mut made = vec![rolled];
    for (reference, status, start_on, due_on) in rows {
        let action = to
            .action(&plan, reference, |of| {
                of.status = status.to_owned();
                of.status_on = (status != "NOT_STARTED").then(|| day("2018-11-15"));
                of.start_on = start_on.map(day);
                of.theme_id = Some(if reference.starts_with('1') { practice.id } else { front_door.id });
                of.organisation_id = (reference == "1.9").then_some(health.id);
                if let Some(on) = due_on {
                    due(on)(of);
                    of.timeframe_as_printed = Some(format!("by {on}"));
                }
            })
            .await;
        made.push(action);
    }
    let of = |reference: &str| made.iter().find(|row| row.reference == reference).unwrap();
    to.step(of("2.10"), "Too late", |step| step.due_on = Some(day("2018-11-30"))).await;
    to.step(of("2.10"), "Not needed", |step| {
        step.struck_out_on = Some(day("2018-11-02"));
        step.struck_out_reason = Some("Nobody asked for it".to_owned());
    })
    .await;
    to.waits_for(of("2.10"), of("1.11")).await;
    to.waits_for(of("1.10"), of("2.10")).await;
    to.update(of("2.10"), "2018-11-26", "AT_RISK").await;
    links(to, &made).await;
}

/// Recommendation 1 is covered, 2 only in part, 9 by an action that was given up, 10 by a draft only, (5) by nothing.
async fn links(to: &mut Write, made: &[action::Model]) {
    let of = |reference: &str| made.iter().find(|row| row.reference == reference).unwrap();
    let asked = |to: &Write, source: &str, reference: &str| to.record.requirement(source, reference).clone();
    let first = asked(to, "Inspection", "1");
    let second = asked(to, "Inspection", "2");
    let ninth = asked(to, "Inspection", "9");
    let by_day = asked(to, "Second direction", "2.b.i");
    let whole = asked(to, "Second direction", "2");
    let custody = asked(to, "Unpublished review", "1");
    let direction = to.record.source("Second direction").clone();
    to.addresses(of("1.9"), &first, None).await;
    to.addresses(of("1.9"), &second, Some("only for children in care")).await;
    to.addresses(of("1.11"), &first, Some("only at night")).await;
    to.addresses(of("2.4"), &ninth, None).await;
    to.addresses(of("2.1"), &by_day, None).await;
    to.addresses(of("2.2"), &whole, None).await;
    to.addresses(of("1.5"), &custody, None).await;
    to.names(of("1.10"), &direction).await;
}

/// Evidence of both markings on everything it can belong to, shared with the police and not.
async fn proof(to: &mut Write) {
    let police = to.record.party("Northshire Police").clone();
    let requirement = to.record.requirement("Inspection", "2").clone();
    let term = to.record.requirement("Second direction", "2.a").clone();
    let strands = ["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE", "DOCUMENT"];
    let reviews = ["SUBMITTED", "ACCEPTED", "REFUSED"];
    let shows = ["IMPROVED", "NO_CHANGE", "WORSE", "TOO_EARLY", "IMPROVED"];
    let mut number = 0;
    for marking in ["OFFICIAL", "OFFICIAL_SENSITIVE"] {
        for place in ["1.1", "1.2", "1.4", "1.9", "D1", "D2", "requirement", "nothing"] {
            for is_shared in [false, true] {
                number += 1;
                let shared = if is_shared { "shared" } else { "kept" };
                let piece = to
                    .evidence(&format!("{marking} on {place}, {shared}"), marking, |of| {
                        of.strand = strands[number % 4].to_owned();
                        of.review_status = reviews[number % 3].to_owned();
                        of.added_on = day(&format!("2018-11-{:02}", number % 9 + 1));
                        of.period_start = (number % 2 == 0).then(|| day("2018-07-01"));
                        of.period_end = (number % 4 == 0).then(|| day("2018-09-30"));
                        of.expires_on = (number % 5 == 0).then(|| day("2018-12-01"));
                        of.shows = (number % 4 != 3).then(|| shows[number % 5].to_owned());
                        of.summary = (number % 3 == 0).then(|| format!("{number} cases looked at"));
                    })
                    .await;
                files(to, &piece, number).await;
                match place {
                    "requirement" => {
                        to.shows(&piece, &requirement).await;
                        to.shows(&piece, &term).await;
                    }
                    "nothing" => {}
                    reference => {
                        let action = to.record.action(reference).clone();
                        to.shows_for(&piece, &action).await;
                    }
                }
                if is_shared {
                    to.share(&piece, &police).await;
                }
            }
        }
    }
}

/// A file of a piece of evidence, looked at by a scanner or not; of some the second version.
async fn files(to: &mut Write, piece: &evidence::Model, number: usize) {
    let adder = to.record.party("Head of service").id;
    let first = to
        .file(piece, &format!("Notes {number}.pdf"), |of| {
            of.is_current = !number.is_multiple_of(3);
            of.scan = if number.is_multiple_of(4) { "CLEAN" } else { "UNSCANNED" }.to_owned();
        })
        .await;
    if !first.is_current {
        to.file(piece, &format!("Notes {number}, corrected.csv"), |of| {
            (of.document_id, of.number, of.added_by_id) = (first.id, 2, Some(adder));
            (of.media_type, of.added_on) = ("text/csv".to_owned(), day("2018-11-20"));
        })
        .await;
    }
}

/// Feedback on what the council leads, on what the police take part in, few and many, answered and not, and on nothing.
async fn said(to: &mut Write) {
    let [led, theirs, shared, draft, of_health] =
        ["1.1", "1.2", "1.3", "D2", "1.9"].map(|reference| to.record.action(reference).clone());
    let known = to.record.requirement("Inspection", "9").clone();
    let [hidden, term] = [("Unpublished review", "1"), ("Second direction", "2.a")]
        .map(|(source, reference)| to.record.requirement(source, reference).clone());

    let waiting = to.feedback("Visits", Some(12), |_| {}).await;
    to.speaks_of(&waiting, &led).await;
    to.speaks_to(&waiting, &known).await;
    let few = to
        .feedback("Custody", Some(3), |of| {
            (of.done, of.done_on) = (Some("A room of their own".to_owned()), Some(day("2018-10-01")));
        })
        .await;
    to.speaks_of(&few, &theirs).await;
    to.speaks_of(&few, &led).await;
    to.speaks_to(&few, &term).await;
    let many = to
        .feedback("Coming back", Some(5), |of| {
            (of.said_by, of.gathered_by) = ("FAMILIES".to_owned(), "SURVEY".to_owned());
            (of.done, of.done_on) = (Some("One worker stays".to_owned()), Some(day("2018-10-01")));
            (of.told, of.told_on) = (Some("At an evening".to_owned()), Some(day("2018-10-31")));
        })
        .await;
    to.speaks_of(&many, &shared).await;
    to.speaks_to(&many, &hidden).await;
    let drafted = to
        .feedback("Draft", None, |of| {
            (of.told, of.told_on) = (Some("It cannot be".to_owned()), Some(day("2018-09-30")));
        })
        .await;
    to.speaks_of(&drafted, &draft).await;
    let again = to
        .feedback("Passports", Some(4), |of| {
            (of.told, of.told_on) = (Some("It is looked at".to_owned()), Some(day("2018-09-30")));
            (of.done, of.done_on) = (Some("They are printed".to_owned()), Some(day("2018-11-01")));
        })
        .await;
    to.speaks_of(&again, &of_health).await;
    to.feedback("Everything", Some(2), |of| of.said_by = "STAFF".to_owned()).await;
}

/// A measure that scrutiny sees, with small counts in one district, and one that it does not, with nothing but one.
async fn counted(to: &mut Write) {
    let owner = to.record.party("Quality group").id;
    let [led, draft] = ["1.1", "D1"].map(|reference| to.record.action(reference).clone());
    let known = to.record.requirement("Inspection", "2").clone();
    let [hidden, term] = [("Unpublished review", "1"), ("Second direction", "2.a")]
        .map(|(source, reference)| to.record.requirement(source, reference).clone());
    let seen = to
        .measure("Assessments in time", |of| {
            of.definition = Some("Within 45 working days".to_owned());
            of.owner_id = Some(owner);
            (of.baseline_value, of.baseline_on) = (Some(52_500), Some(day("2018-06-30")));
            (of.target_value, of.target_on) = (Some(85_000), Some(day("2019-03-31")));
            of.published_on = Some(day("2018-10-01"));
        })
        .await;
    to.aims(&seen, 95_000, "2018-07-01", None).await;
    to.aims(&seen, 85_000, "2018-09-01", Some("Ninety-five was nobody's")).await;
    to.part(measure_benchmark::Model {
        id: Uuid::now_v7(),
        programme_id: to.programme,
        measure_id: seen.id,
        kind: "NATIONAL".to_owned(),
        value: 83_000,
        period_end: day("2018-03-31"),
        publisher: Some("Department for Education".to_owned()),
    })
    .await;
    for action in [&led, &draft] {
        to.shows_difference_of(&seen, action).await;
    }
    for requirement in [&known, &hidden, &term] {
        to.shows_whether_met(&seen, requirement).await;
    }
    to.readings(
        &seen,
        &[
            (
                "2018-08-01",
                "2018-08-31",
                &[(None, 300, 500), (Some("North"), 180, 300), (Some("South"), 120, 200)],
            ),
            (
                "2018-09-01",
                "2018-09-30",
                &[
                    (None, 253, 400),
                    (Some("East"), 160, 210),
                    (Some("North"), 90, 165),
                    (Some("South"), 3, 25),
                ],
            ),
            ("2018-10-01", "2018-10-31", &[(None, 2, 30)]),
        ],
    )
    .await;
    let kept = to
        .measure("Children missing for a week", |of| {
            (of.unit, of.polarity) = (Some("COUNT".to_owned()), "LOWER_IS_BETTER".to_owned());
            (of.baseline_value, of.baseline_on) = (Some(4_000), Some(day("2018-06-30")));
        })
        .await;
    to.shows_difference_of(&kept, &to.record.action("1.2").clone()).await;
    to.readings(&kept, &[("2018-09-01", "2018-09-30", &[(None, 3, 0)])]).await;
    to.measure("A mere wish", |of| (of.unit, of.frequency) = (None, None)).await;
}

/// Audits about what is whose own, with small counts and without; their findings open, late, done and closed.
async fn audited(to: &mut Write) {
    use domain::audit::AuditRater::{Independent, Own};

    let [head, group] = ["Head of service", "Quality group"].map(|name| to.record.party(name).id);
    let of = |to: &Write, reference: &str| to.record.action(reference).clone();
    let grades = [(Own, [10, 20, 10]), (Independent, [8, 30, 2])];
    let front = to
        .audit("Front door audit", Some(40), &grades, |of| {
            (of.done_by_id, of.theme) = (Some(group), Some("Recording".to_owned()));
            (of.moderated_on, of.moderated_by_id) = (Some(day("2018-11-20")), Some(head));
            of.moderation_note = Some("Two were worse than they looked".to_owned());
        })
        .await;
    for reference in ["1.1", "1.2", "D1"] {
        to.audits(&front, &of(to, reference)).await;
    }
    for (source, reference) in [("Inspection", "2"), ("Unpublished review", "1"), ("Second direction", "2.a")]
    {
        let requirement = to.record.requirement(source, reference).clone();
        to.audits_whether_met(&front, &requirement).await;
    }
    to.found(&front, "Notes are thin", |of| of.owner_id = Some(head)).await;
    to.found(&front, "Chronologies are missing", |of| {
        (of.status, of.owner_id) = ("FOLLOWED_UP".to_owned(), Some(group));
        (of.done_on, of.done_by_id) = (Some(day("2018-11-30")), Some(head));
        of.done_by_subject = Some("lead".to_owned());
    })
    .await;
    to.found(&front, "Visits are on time", |of| {
        (of.status, of.grade) = ("CLOSED".to_owned(), Some("GOOD".to_owned()));
        (of.done_on, of.done_by_id) = (Some(day("2018-11-20")), Some(head));
        (of.rechecked_on, of.rechecked_by_id) = (Some(day("2018-12-03")), Some(group));
        of.recheck_outcome = Some("HELD".to_owned());
    })
    .await;

    let custody = to.audit("Custody audit", Some(40), &grades[..1], |of| of.done_by_id = Some(head)).await;
    for reference in ["1.3", "1.9"] {
        to.audits(&custody, &of(to, reference)).await;
    }
    to.found(&custody, "Nobody was told", |of| (of.follow_up, of.due_on) = (None, None)).await;
    let nights =
        to.audit("Night visits", Some(3), &[(Own, [3, 0, 0])], |of| of.reaudit_of_id = Some(front.id)).await;
    to.audits(&nights, &of(to, "1.2")).await;
    let draft = to.audit("Draft audit", None, &[], |of| of.reaudit_of_id = Some(front.id)).await;
    to.audits(&draft, &of(to, "D1")).await;
    to.found(&draft, "Too early to tell", |_| {}).await;
    let office = to.audit("Office audit", Some(10), &[], |_| {}).await;
    to.found(&office, "Files are in order", |of| of.grade = None).await;
}

/// What the board asked of each, about what they see and what they do not: open, late, answered, asked again, closed.
async fn challenged(to: &mut Write) {
    let [council, police, health] = ["Northshire Council", "Northshire Police", "Northshire Health Trust"]
        .map(|name| to.record.party(name).clone());
    let [head, inspector] = ["Head of service", "Detective inspector"].map(|name| to.record.party(name).id);
    let of = |to: &Write, reference: &str| Some(to.record.action(reference).id);
    let answered = |row: &mut challenge::Model| {
        (row.status, row.answer) = ("ANSWERED".to_owned(), Some("Two by night".to_owned()));
        (row.answered_on, row.answered_by_id) = (Some(day("2018-11-20")), Some(inspector));
    };
    let (led, theirs, hidden, health_s) = (of(to, "1.1"), of(to, "1.2"), of(to, "C1"), of(to, "1.9"));
    to.challenge("Who visits at night?", &council, |row| row.action_id = led).await;
    to.challenge("Who is in custody?", &police, |row| {
        answered(row);
        (row.action_id, row.put_by_id) = (theirs, Some(head));
    })
    .await;
    to.challenge("And at weekends?", &police, |row| {
        answered(row);
        (row.status, row.still_asked) = ("OPEN".to_owned(), Some("On Sundays too?".to_owned()));
        row.action_id = hidden;
    })
    .await;
    to.challenge("Who has a passport?", &health, |row| {
        (row.action_id, row.answer_by) = (health_s, day("2018-12-01"));
    })
    .await;
    to.challenge("What does it cost?", &police, |row| {
        answered(row);
        (row.status, row.closed_on) = ("CLOSED".to_owned(), Some(day("2018-12-03")));
        (row.closed_by_id, row.closing_note) = (Some(head), Some("That will do".to_owned()));
    })
    .await;
}

/// What each was told, with what it sees and with what it does not.
async fn told(to: &mut Write) {
    let [council, police, health] = ["Northshire Council", "Northshire Police", "Northshire Health Trust"]
        .map(|name| to.record.party(name).clone());
    let [led, theirs, agreed, considered, draft, health_s, late] =
        ["1.1", "1.2", "A1", "C1", "D1", "1.9", "1.11"].map(|reference| to.record.action(reference).clone());
    let moved = |row: &mut notice::Model| {
        (row.was_on, row.now_on) = (Some(day("2018-12-31")), Some(day("2019-03-31")));
    };
    for (organisation, action) in [(&council, &led), (&police, &theirs), (&police, &agreed)] {
        to.notice("UPDATE_DUE", organisation, Some(action), ("Action", action.id), |_| {}).await;
    }
    for (organisation, action) in [(&health, &health_s), (&police, &considered), (&council, &draft)] {
        to.notice("ACTION_SLIPPED", organisation, Some(action), ("Action", action.id), moved).await;
    }
    for (organisation, action, other) in
        [(&police, &theirs, &draft), (&health, &health_s, &late), (&police, &considered, &late)]
    {
        to.notice("DEPENDENCY_LATE", organisation, Some(action), ("Action", other.id), |_| {}).await;
    }
    for title in [
        "OFFICIAL on 1.2, shared",
        "OFFICIAL_SENSITIVE on 1.1, shared",
        "OFFICIAL on 1.2, kept",
        "OFFICIAL_SENSITIVE on 1.2, kept",
    ] {
        let piece = to.record.piece(title).id;
        to.notice("EVIDENCE_SHARED", &police, None, ("Evidence", piece), |_| {}).await;
    }
    for challenge in to.record.challenges.clone() {
        let to_whom = to.record.parties.iter().find(|row| row.id == challenge.put_to_id).unwrap().clone();
        let action = to.record.actions.iter().find(|row| Some(row.id) == challenge.action_id).cloned();
        to.notice("CHALLENGE_PUT", &to_whom, action.as_ref(), ("Challenge", challenge.id), |_| {}).await;
    }
}

/// The other programme: its published plan is open to everyone, its draft is not.
/// Two documents that something was imported from: of a published plan and a draft, and of the inspection.
async fn imported(to: &mut Write) {
    let head = to.record.party("Head of service").id;
    let table = to
        .document("Plan of October.xlsx", |of| {
            (of.imported_by_id, of.scan) = (Some(head), "CLEAN".to_owned());
            of.media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
        })
        .await;
    let [plan, draft] =
        ["Published plan", "Draft plan"].map(|title| (Imported::Plan, to.record.plan(title).id));
    let [led, theirs, hidden] = ["1.1", "1.2", "D1"].map(|reference| to.record.action(reference).id);
    let mut things = vec![plan, draft];
    things.extend([led, theirs, hidden].map(|id| (Imported::Action, id)));
    let of_these = |id: Uuid| [led, theirs, hidden].contains(&id);
    let steps = to.record.steps.iter().filter(|row| of_these(row.action_id));
    things.extend(steps.map(|row| (Imported::Step, row.id)));
    let updates = to.record.updates.iter().filter(|row| of_these(row.action_id));
    things.extend(updates.map(|row| (Imported::ProgressUpdate, row.id)));
    to.stand_in(&table, &things).await;

    let print = to
        .document("Report.pdf", |of| {
            (of.kind, of.media_type) = ("INSPECTION_REPORT".to_owned(), "application/pdf".to_owned());
        })
        .await;
    let inspection = to.record.source("Inspection").id;
    let mut things = vec![(Imported::Inspection, inspection)];
    let judgements = to.record.judgements.iter().filter(|row| row.source_id == inspection);
    things.extend(judgements.map(|row| (Imported::Judgement, row.id)));
    let demands = to.record.requirements.iter().filter(|row| row.source_id == inspection);
    things.extend(demands.map(|row| (Imported::Recommendation, row.id)));
    to.stand_in(&print, &things).await;
}

async fn southmere(to: &mut Write) {
    let council = to.organisation("Southmere Council", "COUNCIL").await;
    to.programme("southmere", &council, true).await;
    let director = to.person("Director of children's services", &council).await;
    let team = to.group("Southmere board", Some(&council), &[&director]).await;
    to.member("southmere-office", "OFFICER", |of| of.is_programme_office = true).await;
    to.endpoint(&council).await;
    let letter = to.source("REVIEW", "Southmere letter", "2018-05-01", |_| {}).await;
    let demand = to.requirement(&letter, "1", "Answer the telephone", |_| {}).await;
    to.leaves().await;
    for (title, status, reference) in
        [("Southmere plan", "PUBLISHED", "S1"), ("Southmere draft", "DRAFT", "S2")]
    {
        let plan = to.plan(title, status, &council, |_| {}).await;
        let action = to.action(&plan, reference, |_| {}).await;
        to.party_of(&action, &director, "LEAD").await;
        to.party_of(&action, &team, "LEAD").await;
        to.addresses(&action, &demand, None).await;
        to.update(&action, "2018-11-20", "ON_TRACK").await;
        let piece = to.evidence(&format!("Proof for {title}"), "OFFICIAL", |_| {}).await;
        to.shows_for(&piece, &action).await;
        to.file(&piece, &format!("{title}.pdf"), |_| {}).await;
    }
    let table = to.document("Southmere.csv", |_| {}).await;
    let [plan, call] = [to.record.plan("Southmere plan").id, to.record.action("S1").id];
    to.stand_in(&table, &[(Imported::Plan, plan), (Imported::Action, call)]).await;
    to.feedback("Elsewhere", Some(3), |_| {}).await;
    let calls = to.measure("Calls answered", |of| of.published_on = Some(day("2018-10-01"))).await;
    to.readings(&calls, &[("2018-09-01", "2018-09-30", &[(None, 4, 90)])]).await;
    let call = to.record.action("S1").clone();
    let heard = to.audit("Calls listened to", Some(4), &[], |_| {}).await;
    to.audits(&heard, &call).await;
    to.found(&heard, "Nobody answers at noon", |_| {}).await;
    let asked = to.challenge("Who answers at noon?", &council, |of| of.action_id = Some(call.id)).await;
    to.notice("CHALLENGE_PUT", &council, Some(&call), ("Challenge", asked.id), |_| {}).await;
    to.notice("UPDATE_DUE", &council, Some(&call), ("Action", call.id), |_| {}).await;
}
