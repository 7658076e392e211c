//! The demonstration programme and the example in the documentation are programme files like any other.

use import::programme::{self, ActionStatus, Health, Marking, PlanStatus, ProgrammeFile, Strand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn buckinghamshire() -> ProgrammeFile {
    let folder = "demo/buckinghamshire";
    let open = |name: &str| Ok(text(&format!("{folder}/{name}")));
    programme::read("programme.toml", &text(&format!("{folder}/programme.toml")), open)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The rows of phase 2: number and steps.
fn phase_2() -> BTreeMap<String, usize> {
    let text = text("demo/buckinghamshire/phase-2.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap_or_else(|error| panic!("the table is not sound: {error}"));
        if record.iter().skip(1).all(str::is_empty) {
            continue; // a heading
        }
        let number = record[0].lines().next().unwrap_or("2.2").to_owned();
        rows.insert(number, record[2].lines().filter(|line| line.starts_with("- ")).count());
    }
    rows
}

#[test]
fn phase_2_has_its_twenty_one_rows_and_keeps_its_gap() {
    let rows = phase_2();
    assert_eq!(rows.len(), 21);
    assert!(rows.contains_key("2.2") && rows.contains_key("2.8") && !rows.contains_key("2.7"));
}

#[test]
fn progress_speaks_of_rows_and_steps_that_phase_2_has() {
    let (file, rows) = (buckinghamshire(), phase_2());
    let mut reported = BTreeSet::new();
    for progress in file.progress.iter().filter(|progress| progress.plan == "phase-2") {
        let steps = *rows.get(&progress.action).unwrap_or_else(|| panic!("no row {}", progress.action));
        for step in &progress.steps {
            assert!(
                step.number as usize <= steps,
                "{} has {steps} steps, not {}",
                progress.action,
                step.number
            );
        }
        for on in progress.depends_on.iter().filter(|on| on.plan == "phase-2") {
            assert!(rows.contains_key(&on.action), "no row {}", on.action);
        }
        reported.insert(progress.action.clone());
    }
    assert_eq!(reported, rows.into_keys().collect());
    let rows = phase_2();
    for action in file.evidence.iter().flat_map(|evidence| &evidence.actions).filter(|a| a.plan == "phase-2")
    {
        assert!(rows.contains_key(&action.action), "no row {}", action.action);
    }
}

#[test]
fn the_sources_have_their_real_numbers() {
    let file = buckinghamshire();
    let inspection = |key: &str| file.inspections.iter().find(|i| i.key == key).expect("it is there");
    let recommendations = &inspection("ofsted-2018").recommendations;
    let printed: Vec<_> = recommendations.iter().filter_map(|r| r.reference.clone()).collect();
    assert_eq!(printed, (1..=10).map(|n| n.to_string()).collect::<Vec<_>>());
    let immediate: Vec<_> =
        recommendations.iter().filter(|r| r.immediate).filter_map(|r| r.reference.as_deref()).collect();
    assert_eq!(immediate, ["1", "6"]);
    assert_eq!(inspection("ofsted-2022").recommendations.len(), 7);
    let direction = file.directions.iter().find(|d| d.key == "direction-2018").expect("it is there");
    let terms: Vec<_> = direction.terms.iter().filter_map(|t| t.reference.as_deref()).collect();
    assert_eq!(
        terms,
        [
            "1", "2", "2.a", "2.b", "2.b.i", "2.b.ii", "2.b.iii", "2.b.iv", "2.b.v", "2.b.vi", "2.b.vii",
            "2.c", "2.d", "2.e", "3"
        ]
    );
    let review = |key: &str| file.reviews.iter().find(|r| r.key == key).expect("it is there");
    assert_eq!(review("scrutiny-2014").recommendations.len(), 13);
    assert_eq!(review("peer-review-2015").recommendations.len(), 6);
    assert!(review("peer-review-2015").findings.len() >= 20);
}

#[test]
fn every_status_health_strand_marking_and_role_shows() {
    let file = buckinghamshire();
    let inline = file.plans.iter().flat_map(|p| &p.actions).map(|a| a.status);
    let reached: BTreeSet<_> = inline.chain(file.progress.iter().filter_map(|p| p.status)).collect();
    assert_eq!(reached, ActionStatus::ALL.iter().copied().collect());
    let healths: BTreeSet<_> = file.progress.iter().flat_map(|p| &p.updates).map(|u| u.health).collect();
    assert_eq!(healths, Health::ALL.iter().copied().collect());
    let strands: BTreeSet<_> = file.evidence.iter().map(|e| e.strand).collect();
    assert_eq!(strands, Strand::ALL.iter().copied().collect());
    let markings: BTreeSet<_> = file.evidence.iter().map(|e| e.marking).collect();
    assert_eq!(markings, Marking::ALL.iter().copied().collect());
    let subjects: Vec<_> = file.members.iter().map(|m| m.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["board-chair", "board-member", "programme-office", "lead", "police", "health", "scrutiny", "admin"]
    );
    for status in [PlanStatus::Draft, PlanStatus::Considered, PlanStatus::Published, PlanStatus::Closed] {
        assert!(file.plans.iter().any(|p| p.status == status), "{status}");
    }
    let sensitive = |e: &&programme::Evidence| e.marking == Marking::OfficialSensitive;
    let shared = file.evidence.iter().filter(sensitive).filter(|e| !e.shared_with.is_empty()).count();
    assert!(shared > 0 && shared < file.evidence.iter().filter(sensitive).count());
}

#[test]
fn the_leads_of_phase_2_are_all_known() {
    let file = buckinghamshire();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    known.extend(file.people.iter().filter_map(|p| p.post.as_deref()));
    known.extend(file.groups.iter().map(|g| g.name.as_str()));
    known.extend(file.organisations.iter().flat_map(|o| &o.also_called).map(String::as_str));
    let text = text("demo/buckinghamshire/phase-2.csv");
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        let record = record.expect("the table is sound");
        for lead in record[3].split('/').map(str::trim).filter(|lead| !lead.is_empty()) {
            assert!(known.contains(lead), "{lead:?} is no post, group or organisation");
        }
    }
}

#[test]
fn files_that_a_plan_names_are_there() {
    for plan in buckinghamshire().plans {
        for name in plan.actions_from.iter().chain(&plan.answers_from) {
            assert!(project("demo/buckinghamshire").join(name).is_file(), "{name}");
        }
    }
}

#[test]
fn what_is_invented_is_marked() {
    let file = buckinghamshire();
    let marked = file.progress.iter().flat_map(|p| &p.updates).filter(|u| u.illustrative).count();
    let updates = file.progress.iter().map(|p| p.updates.len()).sum::<usize>();
    assert_eq!(marked, updates);
    let real: Vec<_> = file.evidence.iter().filter(|e| !e.illustrative).map(|e| e.title.as_str()).collect();
    assert!(real.iter().all(|title| title.starts_with("Advice by educational psychologists")), "{real:?}");
}

#[test]
fn the_example_in_the_documentation_is_right() {
    let page = text("docs/programme-file.md");
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("there is one");
    programme::parse(example).unwrap_or_else(|error| panic!("{error}"));
}
