#![expect(clippy::disallowed_methods, reason = "looks behind the API at what was written")]

mod files;
mod links;
mod members;

use std::collections::BTreeMap;
use std::path::PathBuf;

use entity::*;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::*;
use crate::store::ledger::{Chain, verify_chain};
use crate::store::testing::on_both_migrated;

const SYSTEM: Actor = Actor::System("test");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn origin() -> Origin {
    Origin {
        request_id: "load".to_owned(),
        now: crate::config::now(),
        today: day("2018-12-10"),
        reason: None,
    }
}

fn demo() -> Bundle {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../demo/buckinghamshire");
    let open = |name: &str| std::fs::read(folder.join(name)).map_err(|error| error.to_string());
    Bundle::read("programme.toml", open).unwrap_or_else(|error| panic!("{error}"))
}

/// A bundle of files that stand here.
fn bundle(files: &[(&str, &str)]) -> Result<Bundle, BundleError> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    let open = |name: &str| {
        files.get(name).map(|text| text.as_bytes().to_vec()).ok_or_else(|| "not there".to_owned())
    };
    Bundle::read("programme.toml", open)
}

const SMALL: &str = include_str!("fixtures/small.toml");

async fn loaded(db: &Db, text: &str) -> Uuid {
    match load_programme(db, &SYSTEM, &bundle(&[("programme.toml", text)]).unwrap(), origin()).await {
        Ok(Loaded::Written { programme, .. }) => programme,
        other => panic!("{other:?}"),
    }
}

async fn named(db: &Db, reference: &str) -> action::Model {
    let by = action::Entity::find().filter(action::Column::Reference.eq(reference));
    by.one(&db.read).await.unwrap().unwrap()
}

/// How many rows each table has.
async fn counts(db: &Db) -> Vec<u64> {
    let db = &db.read;
    vec![
        party::Entity::find().count(db).await.unwrap(),
        membership::Entity::find().count(db).await.unwrap(),
        source::Entity::find().count(db).await.unwrap(),
        requirement::Entity::find().count(db).await.unwrap(),
        plan::Entity::find().count(db).await.unwrap(),
        action::Entity::find().count(db).await.unwrap(),
        progress_update::Entity::find().count(db).await.unwrap(),
        evidence::Entity::find().count(db).await.unwrap(),
        feedback::Entity::find().count(db).await.unwrap(),
        ledger_entry::Entity::find().count(db).await.unwrap(),
    ]
}

#[tokio::test]
async fn the_demonstration_programme_loads_whole_and_twice_is_once() {
    on_both_migrated(async |db| {
        let bundle = demo();
        let Loaded::Written { programme, committed } =
            load_programme(db, &SYSTEM, &bundle, origin()).await.unwrap_or_else(|error| panic!("{error}"))
        else {
            panic!("it was not there before")
        };
        let before = counts(db).await;

        let again = load_programme(db, &SYSTEM, &bundle, origin()).await.unwrap();

        assert_eq!(again, Loaded::Unchanged { programme });
        assert_eq!(counts(db).await, before);
        let entries = *committed.entries[&programme].end();
        assert_eq!(verify_chain(db, programme).await.unwrap(), Chain::Whole { entries });
    })
    .await;
}

#[tokio::test]
async fn phase_2_of_the_demonstration_is_as_the_plan_prints_it() {
    on_both_migrated(async |db| {
        load_programme(db, &SYSTEM, &demo(), origin()).await.unwrap_or_else(|error| panic!("{error}"));
        let read = &db.read;
        let phase_2 = plan::Entity::find().filter(plan::Column::Title.eq("Ofsted Improvement Plan Phase 2"));
        let phase_2 = phase_2.one(read).await.unwrap().unwrap();
        let actions = action::Entity::find()
            .filter(action::Column::PlanId.eq(phase_2.id))
            .order_by_asc(action::Column::ReferenceSort)
            .all(read)
            .await
            .unwrap();
        let references: Vec<_> = actions.iter().map(|row| row.reference.as_str()).collect();
        let printed = [
            "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "2.1", "2.2", "2.3",
            "2.4", "2.5", "2.6", "2.8", "3.1", "3.2", "3.3", "4.1",
        ];
        assert_eq!(references, printed);

        let ids: Vec<_> = actions.iter().map(|row| row.id).collect();
        let of =
            |id: Uuid| actions.iter().find(|row| row.id == id).map(|row| row.reference.as_str()).unwrap();
        let unspecified =
            action_direction::Entity::find().filter(action_direction::Column::ActionId.is_in(ids.clone()));
        let mut unspecified: Vec<_> =
            unspecified.all(read).await.unwrap().into_iter().map(|row| of(row.action_id)).collect();
        unspecified.sort_unstable();
        assert_eq!(unspecified, ["1.2", "1.9", "2.1", "2.3", "2.8"]);

        let links = action_requirement::Entity::find()
            .filter(action_requirement::Column::ActionId.is_in(ids))
            .all(read)
            .await
            .unwrap();
        let mut qualified: Vec<_> = Vec::new();
        let mut plain: Vec<String> = Vec::new();
        for link in links {
            let wanted =
                requirement::Entity::find_by_id(link.requirement_id).one(read).await.unwrap().unwrap();
            match link.qualifier {
                Some(qualifier) => qualified.push((of(link.action_id), wanted.reference, qualifier)),
                None => plain.push(wanted.reference),
            }
        }
        plain.sort_unstable_by_key(|reference| domain::reference::sort_key(reference));
        plain.dedup();
        assert_eq!(plain, ["1", "2", "3", "4", "5", "6", "8", "9", "10"]);
        assert_eq!(qualified.len(), 1);
        assert_eq!((qualified[0].0, qualified[0].1.as_str()), ("1.1", "7"));

        let stub = actions.iter().find(|row| row.reference == "2.2").unwrap();
        assert_eq!((stub.status.as_str(), stub.due_on), ("COMPLETE", None));
        let people = action_party::Entity::find().filter(action_party::Column::ActionId.eq(actions[1].id));
        assert!(people.count(read).await.unwrap() > 1, "leads of steps contribute");
        let file = demo().file;
        let told = file.organisations.len() + file.people.len() + file.groups.len();
        let parties = party::Entity::find().count(read).await.unwrap();
        assert_eq!(
            parties, told as u64,
            "every lead of the table is found among those that the file tells of"
        );
    })
    .await;
}

#[tokio::test]
async fn the_figures_of_the_demonstration_are_those_that_scrutiny_received() {
    on_both_migrated(async |db| {
        load_programme(db, &SYSTEM, &demo(), origin()).await.unwrap_or_else(|error| panic!("{error}"));
        let read = &db.read;
        let figures = async |code: &str| {
            let of = measure::Entity::find()
                .filter(measure::Column::Code.eq(code))
                .one(read)
                .await
                .unwrap()
                .unwrap();
            let readings = reading::Entity::find()
                .filter(reading::Column::MeasureId.eq(of.id))
                .order_by_asc(reading::Column::PeriodEnd)
                .order_by_desc(reading::Column::Denominator)
                .all(read)
                .await
                .unwrap();
            readings.iter().map(|row| (row.numerator, row.denominator, row.value)).collect::<Vec<_>>()
        };
        let monthly =
            [(Some(29), Some(48), 60_417), (Some(7), Some(27), 25_926), (Some(26), Some(94), 27_660)];
        assert_eq!(figures("EP-1").await, monthly);
        let yearly =
            [(Some(360), Some(669), 53_812), (Some(348), Some(588), 59_184), (Some(12), Some(81), 14_815)];
        assert_eq!(figures("EP-2").await, yearly);
        assert_eq!(figures("EHC-1").await, [(None, None, 32_000)]);
    })
    .await;
}

#[tokio::test]
async fn readings_of_a_file_keep_the_rules_of_all_readings() {
    on_both_migrated(async |db| {
        let more = "[[measure]]\ntitle = \"M\"\npolarity = \"HIGHER_IS_BETTER\"\nunit = \"PERCENT\"\nfrequency = \"MONTHLY\"\n\
                    reading = [{ period_start = 2023-01-02, value = 1 }, { period_start = 2023-02-01, numerator = 5, denominator = 4 }]";
        let text = format!("{SMALL}\n{more}");
        let refusal = load_programme(db, &SYSTEM, &bundle(&[("programme.toml", &text)]).unwrap(), origin()).await;
        let Err(LoadError::Invalid(problems)) = refusal else { panic!("{refusal:?}") };
        let places: Vec<String> = problems.iter().map(|problem| problem.field.clone()).collect();
        assert_eq!(places, ["reading 1, periodStart", "reading 2, numerator"]);
    })
    .await;
}

#[tokio::test]
async fn a_judgement_of_impact_keeps_the_rules_of_all_judgements() {
    let evidence = "[[evidence]]\ntitle = \"Heard\"\nstrand = \"VOICE\"\nmarking = \"OFFICIAL\"\nadded_on = 2023-03-05\n\
                    shows = \"IMPROVED\"\nactions = [{ plan = \"two\", action = \"1.1\" }]\n";
    let judged = |impact: &str, evidence_of: &str| {
        let impact = format!(
            "impact = {{ judgement = \"{impact}\", on = 2023-03-09, by = \"head\", summary = \"Seen\"{evidence_of} }}"
        );
        let text = SMALL.replace("status_on = 2023-03-02\n", &format!("status_on = 2023-03-02\n{impact}\n"));
        bundle(&[("programme.toml", &format!("{text}\n{evidence}"))]).unwrap()
    };
    on_both_migrated(async |db| {
        for (impact, evidence_of, fault) in [
            ("WORSE", "", "WORSE without proof"),
            ("IMPROVED", ", evidence = [\"Unheard\"]", "\"Unheard\" is not attached to it"),
        ] {
            let refusal = load_programme(db, &SYSTEM, &judged(impact, evidence_of), origin())
                .await
                .unwrap_err()
                .to_string();
            assert!(refusal.contains("two / 1.1, impact.evidence") && refusal.contains(fault), "{refusal}");
        }
        let right = judged("IMPROVED", ", evidence = [\"Heard\"]");
        load_programme(db, &SYSTEM, &right, origin()).await.unwrap_or_else(|error| panic!("{error}"));
        let action = named(db, "1.1").await;
        assert_eq!((action.impact.as_deref(), action.impact_on), (Some("IMPROVED"), Some(day("2023-03-09"))));
        let rests = impact_evidence::Entity::find().all(&db.read).await.unwrap();
        let heard = evidence::Entity::find_by_id(rests[0].evidence_id).one(&db.read).await.unwrap().unwrap();
        assert_eq!((rests.len(), heard.shows.as_deref()), (1, Some("IMPROVED")));
        assert_eq!(rests[0].action_id, action.id);
    })
    .await;
}

#[tokio::test]
async fn a_small_programme_becomes_rows_as_its_file_says() {
    on_both_migrated(async |db| {
        let programme = loaded(db, SMALL).await;
        let read = &db.read;

        let ratings = rating::Entity::find().order_by_asc(rating::Column::Health).all(read).await.unwrap();
        let labels: Vec<_> = ratings.iter().map(|row| (row.health.as_str(), row.label.as_str())).collect();
        assert_eq!(
            labels,
            [("AT_RISK", "Amber"), ("DONE", "Purple"), ("OFF_TRACK", "Red"), ("ON_TRACK", "Green")]
        );

        let sources = source::Entity::find().order_by_asc(source::Column::Position).all(read).await.unwrap();
        assert_eq!(sources[0].title, "First direction", "in the order of time, not of the file");
        assert_eq!(sources[1].supersedes_id, Some(sources[0].id));

        let terms =
            requirement::Entity::find().order_by_asc(requirement::Column::Position).all(read).await.unwrap();
        let by_reference = |reference: &str| terms.iter().find(|row| row.reference == reference).unwrap().id;
        assert_eq!(terms[3].reference, "(4)");
        assert!(!terms[3].is_reference_printed);
        assert_eq!(terms[1].parent_id, Some(terms[0].id));
        let mut leaves: Vec<_> = requirement_leaf::Entity::find()
            .all(read)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.ancestor_id, row.leaf_id))
            .collect();
        let (one, a, b, four) =
            (by_reference("1"), by_reference("1.a"), by_reference("1.b"), by_reference("(4)"));
        let mut expected = vec![(one, a), (one, b), (a, a), (b, b), (four, four)];
        leaves.sort_unstable();
        expected.sort_unstable();
        assert_eq!(leaves, expected);
        let duty = duty::Entity::find().one(read).await.unwrap().unwrap();
        assert_eq!(duty.due_on, Some(day("2023-02-28")), "a month after the issue, on that month's last day");

        let themes = theme::Entity::find().order_by_asc(theme::Column::Position).all(read).await.unwrap();
        assert_eq!(themes.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["A", "A1", "B"]);

        let (action, waiting, first) = (named(db, "1.1").await, named(db, "1.2").await, named(db, "1").await);
        assert_eq!(action.theme_id, Some(themes[1].id));
        assert_eq!(action.rolled_over_from_id, Some(first.id));
        assert_eq!((action.status.as_str(), action.status_on), ("IN_PROGRESS", Some(day("2023-03-02"))));
        assert_eq!(action.declared_health.as_deref(), Some("AT_RISK"));
        assert_eq!(action.update_due_on, Some(day("2023-04-15")));
        assert_eq!(waiting.update_due_on, Some(day("2023-04-12")), "six weeks after the plan was agreed");
        let parties = action_party::Entity::find()
            .order_by_asc(action_party::Column::Position)
            .all(read)
            .await
            .unwrap();
        let roles: Vec<_> = parties.iter().map(|row| row.role.as_str()).collect();
        assert_eq!(
            roles,
            ["LEAD", "CONTRIBUTOR", "CONTRIBUTOR"],
            "head, board, and the worker who leads a step"
        );
        let step = step::Entity::find().one(read).await.unwrap().unwrap();
        assert_eq!(step.done_on, Some(day("2023-03-03")));
        let admin = membership::Entity::find()
            .filter(membership::Column::Role.eq("ADMIN"))
            .one(read)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(admin.programme_id, None);
        let states = ledger_entry::Entity::find().all(read).await.unwrap();
        assert!(
            states.iter().all(|entry| !entry.state.contains("A Name") && entry.programme_id == programme)
        );
    })
    .await;
}

#[tokio::test]
async fn an_existing_programme_is_not_overwritten_by_another_file() {
    on_both_migrated(async |db| {
        loaded(db, SMALL).await;
        let before = counts(db).await;
        let changed = SMALL.replace("Go on.", "Go back.");

        let refusal =
            load_programme(db, &SYSTEM, &bundle(&[("programme.toml", &changed)]).unwrap(), origin()).await;

        let refusal = refusal.unwrap_err();
        assert!(matches!(&refusal, LoadError::Exists { slug } if slug == "westshire"));
        assert!(refusal.to_string().contains("through the API"));
        assert_eq!(counts(db).await, before);
    })
    .await;
}

#[tokio::test]
async fn two_programmes_share_an_organisation_and_the_administrators() {
    on_both_migrated(async |db| {
        loaded(db, SMALL).await;
        let other = SMALL
            .replace("\"westshire\"", "\"eastshire\"")
            .replace("Westshire Council", "Westshire County Council");

        loaded(db, &other).await;

        let organisations = party::Entity::find().filter(party::Column::Kind.eq("ORGANISATION"));
        assert_eq!(organisations.count(&db.read).await.unwrap(), 1, "found by its identifier");
        let admins = membership::Entity::find().filter(membership::Column::Role.eq("ADMIN"));
        assert_eq!(admins.count(&db.read).await.unwrap(), 1);
    })
    .await;
}

const MORE: &str = include_str!("fixtures/more.toml");

#[tokio::test]
async fn a_file_adds_to_a_programme_and_finds_again_what_is_there() {
    on_both_migrated(async |db| {
        let programme = loaded(db, SMALL).await;
        let before = counts(db).await;
        let more = bundle(&[("programme.toml", MORE)]).unwrap();

        load_programme(db, &SYSTEM, &more, origin()).await.unwrap_or_else(|error| panic!("{error}"));
        let again = load_programme(db, &SYSTEM, &more, origin()).await.unwrap();
        let remark = format!("{MORE}\n# The same, with a remark.");
        let remark = bundle(&[("programme.toml", &remark)]).unwrap();
        let remark = load_programme(db, &SYSTEM, &remark, origin()).await;

        assert_eq!(again, Loaded::Unchanged { programme });
        assert!(matches!(remark, Ok(Loaded::Unchanged { .. })), "{remark:?}");
        let (updates, evidence, feedback, entries) = (6, 7, 8, 9);
        let mut expected = before;
        expected[updates] += 1;
        expected[evidence] += 1;
        expected[feedback] += 1;
        expected[entries] += 3;
        assert_eq!(counts(db).await, expected);
        let action = named(db, "1.1").await;
        assert_eq!(action.declared_health.as_deref(), Some("ON_TRACK"));
        assert_eq!(action.last_reported_on, Some(day("2023-04-01")));
        assert!(matches!(verify_chain(db, programme).await.unwrap(), Chain::Whole { .. }));
    })
    .await;
}

#[tokio::test]
async fn a_file_cannot_change_what_is_there_or_speak_of_what_is_not() {
    on_both_migrated(async |db| {
        let missing =
            load_programme(db, &SYSTEM, &bundle(&[("programme.toml", MORE)]).unwrap(), origin()).await;
        assert!(matches!(missing.unwrap_err(), LoadError::NoProgramme { .. }));
        loaded(db, SMALL).await;
        let before = counts(db).await;
        let wrong = MORE
            .replace(
                "action = \"1.1\"\n\n[[progress.update]]",
                "action = \"1.1\"\nstatus = \"COMPLETE\"\n\n[[progress.update]]",
            )
            .replace("reference = \"1.a\"", "reference = \"9\"")
            .replace("speaker_count = 9", "speaker_count = 0")
            .replace("done_on = 2018-04-01", "done_on = 2018-02-28");

        let refusal =
            load_programme(db, &SYSTEM, &bundle(&[("programme.toml", &wrong)]).unwrap(), origin()).await;

        let text = refusal.unwrap_err().to_string();
        assert!(
            text.contains("only updates can be added") && text.contains("has no requirement \"9\""),
            "{text}"
        );
        for fault in
            ["STAFF / 2018-03-31, doneOn: That was before", "speakerCount: Somebody must have spoken"]
        {
            assert!(text.contains(fault), "{text}");
        }
        assert_eq!(counts(db).await, before);
    })
    .await;
}

const TABLE: &str = "No,Recommendation,What we want to achieve,Action,Lead,By when\n\
    1.1,DfE direction 1.a,Meet often,Meet on Mondays,Head of Service,Mar 2024\n\
    1.2,,Write,Write it down,Westshire Police,Apr 2024\n";

const ORIGINAL: Original<'_> =
    Original { kind: DocumentKind::Plan, name: "plan.csv", bytes: TABLE.as_bytes() };

#[tokio::test]
async fn the_document_of_a_plan_is_kept_once_and_everything_says_where_in_it_it_stands() {
    on_both_migrated(async |db| {
        let programme = loaded(db, SMALL).await;
        let table = Table::read(TABLE.as_bytes(), None).unwrap();
        for _ in 0..2 {
            let loaded =
                load_plan(db, &SYSTEM, "westshire", "Plan three", (table.clone(), &ORIGINAL), origin()).await;
            let brought = brought_document(db, &ORIGINAL, loaded.unwrap().programme()).await.unwrap();
            assert_eq!(brought.len(), 1);
            assert_eq!((brought[0].programme, brought[0].bytes), (programme, TABLE.as_bytes()));
        }
        let document = source_document::Entity::find().one(&db.read).await.unwrap().unwrap();
        let told = (document.name.as_str(), document.media_type.as_str(), document.size_bytes);
        assert_eq!(told, ("plan.csv", "text/csv", TABLE.len() as i64));
        let upload = upload::Entity::find_by_id(document.id).one(&db.read).await.unwrap().unwrap();
        assert!(upload.is_attached && upload.evidence_id.is_none(), "{upload:?}");

        let second = plan::Entity::find().filter(plan::Column::Title.eq("Plan three"));
        let second = second.one(&db.read).await.unwrap().unwrap();
        let second = action::Entity::find()
            .filter(action::Column::PlanId.eq(second.id))
            .filter(action::Column::Reference.eq("1.2"));
        let second = second.one(&db.read).await.unwrap().unwrap();
        let origin = imported_from::Entity::find_by_id(second.id).one(&db.read).await.unwrap().unwrap();
        assert_eq!((origin.table_number, origin.row_number, origin.page), (Some(1), Some(3), None));
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for origin in imported_from::Entity::find().all(&db.read).await.unwrap() {
            assert_eq!(origin.document_id, Some(document.id));
            *counts.entry(origin.object_type).or_default() += 1;
        }
        let expected = [("Action", 2), ("Plan", 1), ("Step", 2)].map(|(of, count)| (of.to_owned(), count));
        assert_eq!(counts, BTreeMap::from(expected));

        let named = Original { name: "Case of 999 000 0018.csv", ..ORIGINAL };
        let refused = load_plan(db, &SYSTEM, "westshire", "Plan four", (table, &named), self::origin()).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("NHS number") && !refused.contains("0018"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_plan_s_table_becomes_a_draft_and_doing_it_twice_changes_nothing() {
    on_both_migrated(async |db| {
        let programme = loaded(db, SMALL).await;
        let table = Table::read(TABLE.as_bytes(), None).unwrap();
        assert_eq!(table.understanding.open_questions(), 0, "{}", import::report(&table.understanding));

        let title = "Plan three";
        let first = load_plan(db, &SYSTEM, "westshire", title, (table.clone(), &ORIGINAL), origin()).await;
        first.unwrap_or_else(|error| panic!("{error}"));
        let again = load_plan(db, &SYSTEM, "westshire", title, (table.clone(), &ORIGINAL), origin()).await;
        let again = again.unwrap();

        assert_eq!(again, Loaded::Unchanged { programme });
        let plan =
            plan::Entity::find().filter(plan::Column::Title.eq(title)).one(&db.read).await.unwrap().unwrap();
        assert_eq!((plan.status.as_str(), plan.import_digest), ("DRAFT", Some(table.digest.clone())));
        let actions = action::Entity::find().filter(action::Column::PlanId.eq(plan.id));
        let actions = actions.order_by_asc(action::Column::Position).all(&db.read).await.unwrap();
        assert_eq!(actions.len(), 2);
        assert_eq!(
            (actions[0].due_on, actions[0].due_precision.as_deref()),
            (Some(day("2024-03-31")), Some("MONTH"))
        );
        let link =
            action_requirement::Entity::find().filter(action_requirement::Column::ActionId.eq(actions[0].id));
        assert_eq!(link.count(&db.read).await.unwrap(), 1);
        let lead = action_party::Entity::find().filter(action_party::Column::ActionId.eq(actions[0].id));
        let lead = lead.one(&db.read).await.unwrap().unwrap();
        let head = party::Entity::find_by_id(lead.party_id).one(&db.read).await.unwrap().unwrap();
        assert_eq!(head.name.as_deref(), Some("A Name"), "found by the post");
        let police = party::Entity::find().filter(party::Column::Name.eq("Westshire Police"));
        assert_eq!(police.one(&db.read).await.unwrap().unwrap().kind, "ORGANISATION");

        let other = Table::read(TABLE.replace("Mondays", "Fridays").as_bytes(), None).unwrap();
        let refusal =
            load_plan(db, &SYSTEM, "westshire", title, (other, &ORIGINAL), origin()).await.unwrap_err();
        let refusal = refusal.to_string();
        assert!(refusal.contains("has a plan of this title"), "{refusal}");
    })
    .await;
}

#[tokio::test]
async fn open_questions_and_unknown_requirements_keep_a_table_out() {
    on_both_migrated(async |db| {
        loaded(db, SMALL).await;
        let before = counts(db).await;
        let load = async |table: &str| {
            let table = Table::read(table.as_bytes(), None).unwrap();
            load_plan(db, &SYSTEM, "westshire", "Plan three", (table, &ORIGINAL), origin()).await.unwrap_err()
        };

        let asked = load(&TABLE.replace("Mar 2024", "")).await;
        let unknown = load(&TABLE.replace("1.a", "7.z")).await;

        assert!(matches!(&asked, LoadError::Questions { open: 1, .. }), "{asked}");
        assert!(unknown.to_string().contains("no term \"7.z\""), "{unknown}");
        assert_eq!(counts(db).await, before);
    })
    .await;
}

#[test]
fn files_that_cannot_be_had_are_named() {
    let absent = bundle(&[]).unwrap_err().to_string();
    assert_eq!(absent, "programme.toml: not there");
    let table = SMALL.replace("title = \"Plan one\"", "title = \"Plan one\"\nactions_from = \"table.csv\"");
    let (front, back) = table.split_once("[[plan.action]]\nreference = \"1\"\n").unwrap();
    let (_, back) = back.split_once("[[progress]]").unwrap();
    let text = format!("{front}[[progress]]{back}");
    assert_eq!(bundle(&[("programme.toml", &text)]).unwrap_err().to_string(), "table.csv: not there");
    let text_only = bundle(&[("programme.toml", &text), ("table.csv", "Dear all")]).unwrap_err().to_string();
    assert!(text_only.starts_with("table.csv: "), "{text_only}");
}

#[test]
fn the_digest_changes_with_every_file() {
    let one = bundle(&[("programme.toml", SMALL)]).unwrap();
    let two = bundle(&[("programme.toml", &format!("{SMALL}\n# remark"))]).unwrap();
    assert_ne!(one.digest, two.digest);
    assert_eq!(one.digest, bundle(&[("programme.toml", SMALL)]).unwrap().digest);
}
