use entity::{
    action, action_dependency, action_party, ledger_entry, party, plan, programme, progress_update, step,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};

use super::*;
use crate::authz::permit::{Actor, Operation, permit};
use crate::store::ledger::{Chain, Fault, GENESIS, verify_chain};
use crate::store::testing::on_both_migrated;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn leave() -> (Permit, Origin) {
    let permit = permit(&Actor::System("test"), Operation::ProgrammeImport).unwrap();
    let now = "2026-11-21T10:00:00.123456789Z".parse().unwrap();
    let origin = Origin { request_id: "r1".to_owned(), now, today: day("2018-12-10"), reason: None };
    (permit, origin)
}

async fn open(db: &Db) -> WriteCx {
    let (permit, origin) = leave();
    WriteCx::open(db, permit, origin).await.unwrap()
}

fn organisation(name: &str) -> party::Model {
    let id = Uuid::now_v7();
    let at = crate::config::now().trunc_subsecs(6);
    party::Model {
        id,
        programme_id: None,
        kind: "ORGANISATION".to_owned(),
        name: Some(name.to_owned()),
        post: None,
        group_kind: None,
        organisation_kind: Some("COUNCIL".to_owned()),
        organisation_id: Some(id),
        from_on: None,
        until_on: None,
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

fn person(programme: Uuid, name: &str) -> party::Model {
    party::Model {
        programme_id: Some(programme),
        kind: "PERSON".to_owned(),
        post: Some("Head of service".to_owned()),
        organisation_kind: None,
        organisation_id: None,
        ..organisation(name)
    }
}

fn programme(slug: &str, authority: Uuid) -> programme::Model {
    let at = crate::config::now().trunc_subsecs(6);
    programme::Model {
        id: Uuid::now_v7(),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        authority_id: authority,
        is_public: false,
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

fn plan(programme: Uuid, owner: Uuid) -> plan::Model {
    let at = crate::config::now().trunc_subsecs(6);
    plan::Model {
        id: Uuid::now_v7(),
        programme_id: programme,
        title: "Phase 2".to_owned(),
        status: "PUBLISHED".to_owned(),
        owner_id: owner,
        start_on: None,
        end_on: None,
        predecessor_id: None,
        update_every_days: 42,
        strands_required: 2,
        considered_on: None,
        agreed_on: Some(day("2018-11-01")),
        published_on: Some(day("2018-11-08")),
        closed_on: None,
        import_digest: None,
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

fn action(plan: &plan::Model, position: i32) -> action::Model {
    action::Model {
        reference: format!("1.{position}"),
        reference_sort: domain::reference::sort_key(&format!("1.{position}")),
        position,
        aim: "Better".to_owned(),
        status: "IN_PROGRESS".to_owned(),
        ..action::Model::begun(plan.programme_id, plan.id, plan.created_at)
    }
}

/// A programme with its authority, and nothing else.
async fn begun(db: &Db, slug: &str) -> (programme::Model, Uuid) {
    let mut cx = open(db).await;
    let council = organisation(slug);
    let programme = programme(slug, council.id);
    cx.create(council.clone()).await.unwrap();
    cx.create(programme.clone()).await.unwrap();
    cx.commit().await.unwrap();
    (programme, council.id)
}

#[tokio::test]
async fn a_transaction_that_recorded_nothing_does_not_commit() {
    on_both_migrated(async |db| {
        let refusal = open(db).await.commit().await.unwrap_err();

        assert!(matches!(refusal, WriteError::NothingRecorded));
    })
    .await;
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    on_both_migrated(async |db| {
        let mut cx = open(db).await;
        let council = organisation("Dropped");
        cx.create(council.clone()).await.unwrap();
        cx.create(programme("dropped", council.id)).await.unwrap();
        drop(cx);

        assert_eq!(party::Entity::find().count(&db.read).await.unwrap(), 0);
        assert_eq!(programme::Entity::find().count(&db.read).await.unwrap(), 0);
        begun(db, "after").await;
    })
    .await;
}

#[tokio::test]
async fn entries_are_numbered_without_gaps_and_chained() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        cx.create(plan(programme.id, council)).await.unwrap();
        cx.create(person(programme.id, "A name")).await.unwrap();

        let committed = cx.commit().await.unwrap();

        assert_eq!(committed.entries, BTreeMap::from([(programme.id, 3..=4)]));
        let order = ledger_entry::Entity::find().order_by_asc(ledger_entry::Column::Sequence);
        let entries = order.all(&db.read).await.unwrap();
        let types: Vec<_> =
            entries.iter().map(|entry| (entry.sequence, entry.entity_type.as_str())).collect();
        assert_eq!(types, [(1, "Organisation"), (2, "Programme"), (3, "Plan"), (4, "Person")]);
        assert_eq!(entries[0].previous_hash, GENESIS);
        assert!(entries.windows(2).all(|pair| pair[1].previous_hash == pair[0].hash));
        assert_eq!((entries[3].actor.as_str(), entries[3].role.as_str()), ("system:test", "SYSTEM"));
        assert_eq!(verify_chain(db, programme.id).await.unwrap(), Chain::Whole { entries: 4 });
    })
    .await;
}

#[tokio::test]
async fn writers_of_one_programme_take_turns() {
    on_both_migrated(async |db| {
        let (programme, _) = begun(db, "a").await;
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let (db, programme) = (db.clone(), programme.id);
                tokio::spawn(async move {
                    let mut cx = open(&db).await;
                    let mut one = person(programme, "One");
                    one.post = Some(format!("Post {number}"));
                    cx.create(one.clone()).await.unwrap();
                    tokio::task::yield_now().await;
                    cx.create(party::Model { id: Uuid::now_v7(), name: Some("Two".to_owned()), ..one })
                        .await
                        .unwrap();
                    cx.commit().await.unwrap()
                })
            })
            .collect();
        let mut ranges = Vec::new();
        for task in tasks {
            ranges.push(task.await.unwrap().entries.remove(&programme.id).unwrap());
        }

        ranges.sort_by_key(|range| *range.start());
        let expected: Vec<_> = (0..8).map(|n| 3 + 2 * n..=4 + 2 * n).collect();
        assert_eq!(ranges, expected);
        assert_eq!(verify_chain(db, programme.id).await.unwrap(), Chain::Whole { entries: 18 });
    })
    .await;
}

#[tokio::test]
async fn a_brief_change_comes_directly_after_what_it_read_or_not_at_all() {
    on_both_migrated(async |db| {
        if db.backend() != DbBackend::Postgres {
            return;
        }
        let (programme, _) = begun(db, "a").await;
        let head = ledger_head::Entity::find_by_id(programme.id).one(&db.read).await.unwrap().unwrap();
        let (permit, origin) = leave();
        let brief =
            || WriteCx::brief(Line::new(db.write.clone()), permit.clone(), origin.clone(), head.clone());
        let people = async || {
            let of_programme = party::Column::ProgrammeId.eq(programme.id);
            party::Entity::find().filter(of_programme).count(&db.read).await.unwrap()
        };

        let refused = brief().create(person(programme.id, "One")).await;
        assert!(matches!(refused, Err(WriteError::Database(_))), "it writes nothing before the last");

        let (mut first, mut second) = (brief(), brief());
        first.create_last(person(programme.id, "Two")).await.unwrap();
        second.create_last(person(programme.id, "Three")).await.unwrap();
        assert_eq!(first.commit().await.unwrap().entries, BTreeMap::from([(programme.id, 3..=3)]));
        let overtaken = second.commit().await.unwrap_err();

        assert!(matches!(overtaken, WriteError::Overtaken(_)), "{overtaken}");
        assert!(overtaken.is_transient());
        assert_eq!(people().await, 1);
        assert_eq!(verify_chain(db, programme.id).await.unwrap(), Chain::Whole { entries: 3 });
    })
    .await;
}

/// Lifts the database's own refusal to change the ledger, as somebody with full rights could.
async fn tamper(db: &Db, sql: &str) {
    let lift: &[&str] = match db.backend() {
        DbBackend::Postgres => &["DROP TRIGGER IF EXISTS ledger_entry_append_only ON ledger_entry"],
        _ => &[
            "DROP TRIGGER IF EXISTS ledger_entry_no_update",
            "DROP TRIGGER IF EXISTS ledger_entry_no_delete",
        ],
    };
    for statement in lift {
        db.write.execute_unprepared(statement).await.unwrap();
    }
    db.write.execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn tampering_is_named_by_the_first_broken_entry() {
    let cases = [
        ("UPDATE ledger_entry SET actor = 'other' WHERE sequence = 3", 3, Fault::Altered),
        ("UPDATE ledger_entry SET state = '{}' WHERE sequence = 1", 1, Fault::Altered),
        ("DELETE FROM ledger_entry WHERE sequence = 2", 2, Fault::Missing),
        ("DELETE FROM ledger_entry WHERE sequence = 5", 5, Fault::Missing),
        (
            "UPDATE ledger_head SET hash = 'ffffffff' || substr(hash, 9) WHERE sequence = 5",
            5,
            Fault::NotTheHead,
        ),
        (
            "UPDATE ledger_entry SET previous_hash = 'ffffffff' || substr(previous_hash, 9) WHERE sequence = 4",
            4,
            Fault::Unchained,
        ),
    ];
    on_both_migrated(async |db| {
        for (index, (sql, sequence, fault)) in cases.into_iter().enumerate() {
            let (programme, council) = begun(db, &format!("p{index}")).await;
            let mut cx = open(db).await;
            cx.create(plan(programme.id, council)).await.unwrap();
            cx.create(person(programme.id, "One")).await.unwrap();
            cx.create(person(programme.id, "Two")).await.unwrap();
            cx.commit().await.unwrap();

            tamper(
                db,
                &format!("{sql} AND programme_id = (SELECT id FROM programme WHERE slug = 'p{index}')"),
            )
            .await;

            assert_eq!(
                verify_chain(db, programme.id).await.unwrap(),
                Chain::Broken { sequence, fault },
                "{sql}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_ledger_holds_no_name_of_a_person_and_nothing_derived() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        let (plan, lead) = (plan(programme.id, council), person(programme.id, "Secret Name"));
        let row = action(&plan, 1);
        cx.create(lead.clone()).await.unwrap();
        cx.create(plan).await.unwrap();
        cx.create(row.clone()).await.unwrap();
        cx.attach(action_party::Model {
            programme_id: programme.id,
            action_id: row.id,
            party_id: lead.id,
            role: "LEAD".to_owned(),
            position: 1,
        })
        .await
        .unwrap();
        cx.refresh_standing(&[row.id]).await.unwrap();
        cx.commit().await.unwrap();

        let of = async |id: Uuid| {
            let entry = ledger_entry::Entity::find().filter(ledger_entry::Column::EntityId.eq(id));
            entry.one(&db.read).await.unwrap().unwrap().state
        };
        let state: Value = serde_json::from_str(&of(row.id).await).unwrap();
        assert!(!of(lead.id).await.contains("Secret"));
        assert_eq!(state["reference"], "1.1");
        assert_eq!(state["parties"][0]["party_id"], lead.id.to_string());
        assert!(state.get("update_due_on").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_part_is_written_only_with_its_owner() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        let link =
            entity::group_member::Model { programme_id: programme.id, group_id: council, person_id: council };

        let refusal = cx.attach(link).await.unwrap_err();

        assert!(matches!(refusal, WriteError::OwnerNotRecorded(id) if id == council));
    })
    .await;
}

#[tokio::test]
async fn what_may_exist_once_is_refused_as_a_duplicate_and_an_unknown_programme_by_name() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        let plan = plan(programme.id, council);
        cx.create(plan.clone()).await.unwrap();

        let refusal = cx.create(plan::Model { id: Uuid::now_v7(), ..plan.clone() }).await.unwrap_err();
        drop(cx);
        assert!(refusal.is_duplicate(), "{refusal}");

        let nowhere = Uuid::now_v7();
        let refusal = open(db).await.create(plan::Model { programme_id: nowhere, ..plan }).await.unwrap_err();
        assert!(matches!(refusal, WriteError::UnknownProgramme(id) if id == nowhere));
    })
    .await;
}

#[tokio::test]
async fn a_row_of_no_programme_needs_one_in_the_same_change() {
    on_both_migrated(async |db| {
        let mut cx = open(db).await;
        cx.create(organisation("Alone")).await.unwrap();

        assert!(matches!(cx.commit().await.unwrap_err(), WriteError::NoProgramme("Organisation")));
        assert_eq!(party::Entity::find().count(&db.read).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn standing_follows_from_updates_and_steps_and_not_from_what_is_waited_for() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        let plan = plan(programme.id, council);
        let awaited = action::Model {
            due_on: Some(day("2018-12-20")),
            due_precision: Some("DAY".to_owned()),
            ..action(&plan, 1)
        };
        let waiting = action(&plan, 2);
        let update = |on: &str, health: Option<&str>| progress_update::Model {
            id: Uuid::now_v7(),
            programme_id: programme.id,
            action_id: awaited.id,
            reported_on: day(on),
            narrative: "Going on".to_owned(),
            declared_health: health.map(str::to_owned),
            obstacles: None,
            next_steps: None,
            author_id: None,
            is_illustrative: true,
            created_at: cx.now(),
        };
        let updates = vec![
            update("2018-11-20", Some("AT_RISK")),
            update("2018-12-01", None),
            update("2018-10-01", Some("ON_TRACK")),
        ];
        let latest = updates[1].id;
        let late_step = step::Model {
            id: Uuid::now_v7(),
            programme_id: programme.id,
            action_id: awaited.id,
            position: 1,
            text: "First".to_owned(),
            due_on: Some(day("2018-11-30")),
            done_on: None,
            struck_out_on: None,
            struck_out_reason: None,
            lead_id: None,
            is_illustrative: false,
            version: 1,
            created_at: plan.created_at,
            updated_at: plan.updated_at,
        };
        cx.create(plan.clone()).await.unwrap();
        cx.create_all(vec![awaited.clone(), waiting.clone()]).await.unwrap();
        cx.attach(action_dependency::Model {
            programme_id: programme.id,
            action_id: waiting.id,
            depends_on_id: awaited.id,
            is_illustrative: true,
        })
        .await
        .unwrap();
        cx.create(late_step).await.unwrap();
        cx.create_all(updates).await.unwrap();

        cx.refresh_standing(&[awaited.id, waiting.id]).await.unwrap();
        cx.commit().await.unwrap();

        let row = async |id: Uuid| action::Entity::find_by_id(id).one(&db.read).await.unwrap().unwrap();
        let first = row(awaited.id).await;
        assert_eq!(first.latest_update_id, Some(latest));
        assert_eq!(first.declared_health.as_deref(), Some("AT_RISK"), "the newest that declares one");
        assert_eq!(first.last_reported_on, Some(day("2018-12-01")));
        assert_eq!(first.update_due_on, Some(day("2019-01-12")));
        assert_eq!(first.at_risk_from, Some(day("2018-12-01")), "the day after the late step was due");
        assert_eq!(first.off_track_from, Some(day("2018-12-21")));
        let second = row(waiting.id).await;
        assert_eq!(second.at_risk_from, None, "what it waits for counts by who reads");
        assert_eq!(second.update_due_on, Some(day("2018-12-13")), "counted from the day the plan was agreed");
        assert_eq!((first.version, first.updated_at), (awaited.version, awaited.updated_at));
    })
    .await;
}

#[tokio::test]
async fn a_report_written_with_the_last_leaves_what_working_it_out_again_would() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        let plan = plan(programme.id, council);
        let row = action(&plan, 1);
        let at = cx.now();
        let update = |on: &str, health: Option<&str>| progress_update::Model {
            id: Uuid::now_v7(),
            programme_id: programme.id,
            action_id: row.id,
            reported_on: day(on),
            narrative: "Going on".to_owned(),
            declared_health: health.map(str::to_owned),
            obstacles: None,
            next_steps: None,
            author_id: None,
            is_illustrative: false,
            created_at: at,
        };
        cx.create(plan).await.unwrap();
        cx.create(row.clone()).await.unwrap();
        cx.commit().await.unwrap();

        // The second is the newest, the third is of the same day and comes after it, the fourth is older than all.
        let cases = [
            ("2018-11-20", Some("AT_RISK"), Some("AT_RISK")),
            ("2018-12-01", None, Some("AT_RISK")),
            ("2018-12-01", Some("OFF_TRACK"), Some("OFF_TRACK")),
            ("2018-10-01", Some("ON_TRACK"), Some("OFF_TRACK")),
        ];
        let mut newest = Uuid::nil();
        for (number, (on, health, declared)) in (5..).zip(cases) {
            let report = update(on, health);
            newest = if on == "2018-10-01" { newest } else { report.id };
            let mut cx = open(db).await;
            cx.report(report.clone()).await.unwrap();
            let committed = cx.commit().await.unwrap();
            assert_eq!(*committed.entries[&programme.id].start(), number, "{on}");
            assert!(!committed.says_who);

            let find = progress_update::Entity::find_by_id(report.id);
            assert_eq!(find.one(&db.read).await.unwrap(), Some(report));
            let written = action::Entity::find_by_id(row.id).one(&db.read).await.unwrap().unwrap();
            assert_eq!(
                (written.latest_update_id, written.declared_health.as_deref()),
                (Some(newest), declared)
            );
            let mut cx = open(db).await;
            cx.refresh_standing(&[row.id]).await.unwrap();
            assert_eq!(cx.row::<action::Model>(row.id).await.unwrap(), Some(written));
        }
        let chain = verify_chain(db, programme.id).await.unwrap();
        assert_eq!(chain, Chain::Whole { entries: 8 });
    })
    .await;
}

#[tokio::test]
async fn many_rows_take_few_statements_and_all_are_recorded() {
    on_both_migrated(async |db| {
        let (programme, council) = begun(db, "a").await;
        let mut cx = open(db).await;
        let plan = plan(programme.id, council);
        let actions: Vec<_> = (1..=3000).map(|position| action(&plan, position)).collect();
        let ids: Vec<_> = actions.iter().map(|row| row.id).collect();
        cx.create(plan).await.unwrap();
        cx.create_all(actions).await.unwrap();
        cx.refresh_standing(&ids).await.unwrap();

        let committed = cx.commit().await.unwrap();

        assert_eq!(committed.entries, BTreeMap::from([(programme.id, 3..=3003)]));
        assert_eq!(verify_chain(db, programme.id).await.unwrap(), Chain::Whole { entries: 3003 });
    })
    .await;
}
