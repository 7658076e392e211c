//! What comes into sight and what goes out of it: whoever follows the feed from their last cursor has exactly what they see.

use std::collections::BTreeSet;

use entity::*;
use serde_json::json;

use crate::support::builders::day;
use crate::support::follow::{Follower, seen};
use crate::support::{Persona, TestApp, gid, moves, on_both};
use crate::visibility::change::Die;

/// The readers of a programme, each with a copy.
struct Readers {
    all: Vec<Follower>,
}

impl Readers {
    async fn of(app: &TestApp, slug: &'static str) -> Self {
        let mut readers =
            Self { all: Persona::ALL.iter().map(|persona| Follower::new(*persona, slug)).collect() };
        readers.catch_up(app, "at the beginning").await;
        readers
    }

    /// Everybody reads on; then every copy is compared with what its reader sees.
    async fn catch_up(&mut self, app: &TestApp, when: &str) {
        for reader in &mut self.all {
            reader.catch_up(app).await;
        }
        let all: BTreeSet<&str> =
            self.all.iter().flat_map(|reader| reader.named.iter()).map(String::as_str).collect();
        for reader in &self.all {
            let there = seen(app, reader.persona, all.iter().copied()).await;
            // Who does not see the programme follows no feed of it; organisations are seen from everywhere.
            if !reader.held.is_empty() {
                let missing: Vec<_> = there.difference(&reader.held).collect();
                let stale: Vec<_> = reader.held.difference(&there).collect();
                assert!(
                    missing.is_empty() && stale.is_empty(),
                    "{when}, {:?} misses {missing:?} and still has {stale:?}",
                    reader.persona
                );
            }
        }
    }

    fn of_persona(&self, persona: Persona) -> &Follower {
        self.all.iter().find(|reader| reader.persona == persona).unwrap()
    }

    fn holds(&self, persona: Persona, id: &str) -> bool {
        self.of_persona(persona).held.contains(id)
    }
}

async fn set_marking(app: &TestApp, piece: &evidence::Model, marking: &str) -> evidence::Model {
    let mut to = app.write().await;
    let after = evidence::Model { marking: marking.to_owned(), ..piece.clone() };
    let after = to.cx.update(piece, after).await.unwrap();
    to.commit().await;
    after
}

async fn set_plan(app: &TestApp, plan: &plan::Model, to_be: impl FnOnce(&mut plan::Model)) -> plan::Model {
    let mut to = app.write().await;
    let mut after = plan.clone();
    to_be(&mut after);
    let after = to.cx.update(plan, after).await.unwrap();
    to.commit().await;
    after
}

async fn set_published(app: &TestApp, source: &source::Model, on: Option<&str>) -> source::Model {
    let mut to = app.write().await;
    let after = source::Model { published_on: on.map(day), ..source.clone() };
    let after = to.cx.update(source, after).await.unwrap();
    to.commit().await;
    after
}

#[tokio::test]
async fn a_share_given_and_taken_comes_and_goes() {
    on_both(async |app| {
        let world = &app.world;
        let piece = world.piece("OFFICIAL_SENSITIVE on 1.1, kept").clone();
        let never = gid("evd", world.piece("OFFICIAL_SENSITIVE on 1.4, kept").id);
        let id = gid("evd", piece.id);
        let share = evidence_share::Model {
            programme_id: piece.programme_id,
            evidence_id: piece.id,
            organisation_id: world.party("Northshire Police").id,
        };
        let mut readers = Readers::of(app, "northshire").await;
        assert!(!readers.holds(Persona::Police, &id));

        let mut to = app.write().await;
        let shared = to.cx.touch(&piece).await.unwrap();
        to.cx.attach(share.clone()).await.unwrap();
        to.commit().await;
        readers.catch_up(app, "with the share given").await;
        assert!(readers.holds(Persona::Police, &id) && !readers.holds(Persona::Health, &id));

        let mut to = app.write().await;
        to.cx.touch(&shared).await.unwrap();
        to.cx.detach(&share).await.unwrap();
        to.commit().await;
        readers.catch_up(app, "with the share taken").await;
        assert!(!readers.holds(Persona::Police, &id));
        for partner in [Persona::Police, Persona::Health] {
            assert!(!readers.of_persona(partner).named.contains(&never), "{partner:?}");
        }
        assert!(!readers.of_persona(Persona::Health).named.contains(&id), "what was never theirs");
        let fresh = Readers::of(app, "northshire").await;
        assert!(!fresh.of_persona(Persona::Health).named.contains(&id));
    })
    .await;
}

#[tokio::test]
async fn a_marking_raised_and_lowered_goes_and_comes() {
    on_both(async |app| {
        let piece = app.world.piece("OFFICIAL on 1.2, kept").clone();
        let id = gid("evd", piece.id);
        let mut readers = Readers::of(app, "northshire").await;
        assert!(readers.holds(Persona::Police, &id) && readers.holds(Persona::Admin, &id));

        let raised = set_marking(app, &piece, "OFFICIAL_SENSITIVE").await;
        readers.catch_up(app, "with the marking raised").await;
        for persona in [Persona::Police, Persona::Admin, Persona::Officer] {
            assert!(!readers.holds(persona, &id), "{persona:?}");
            assert!(readers.of_persona(persona).named.contains(&id), "{persona:?}");
        }
        assert!(readers.holds(Persona::BoardMember, &id));

        set_marking(app, &raised, "OFFICIAL").await;
        readers.catch_up(app, "with the marking lowered").await;
        assert!(readers.holds(Persona::Police, &id));
        assert!(readers.all.iter().all(|reader| reader.begun == 0));
    })
    .await;
}

#[tokio::test]
async fn an_action_handed_over_takes_all_that_hangs_on_it_along() {
    on_both(async |app| {
        let action = app.world.action("H1").clone();
        let (action_id, plan_id) = (gid("act", action.id), gid("pln", action.plan_id));
        let nurse = app.world.party("Safeguarding nurse").id;
        let inspector = app.world.party("Detective inspector").id;
        let of = |party_id| action_party::Model {
            programme_id: action.programme_id,
            action_id: action.id,
            party_id,
            role: "LEAD".to_owned(),
            position: 1,
        };
        let mut readers = Readers::of(app, "northshire").await;
        assert!(readers.holds(Persona::Health, &plan_id) && !readers.holds(Persona::Police, &plan_id));

        let mut to = app.write().await;
        to.cx.touch(&action).await.unwrap();
        to.cx.detach(&of(nurse)).await.unwrap();
        to.cx.attach(of(inspector)).await.unwrap();
        to.commit().await;

        readers.catch_up(app, "with the action handed over").await;
        for id in [&action_id, &plan_id] {
            assert!(!readers.holds(Persona::Health, id) && readers.holds(Persona::Police, id), "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_draft_comes_with_the_first_action_of_an_organisation() {
    on_both(async |app| {
        let draft = app.world.plan("Health draft").clone();
        let plan = gid("pln", draft.id);
        let police = app.world.party("Northshire Police").id;
        let mut readers = Readers::of(app, "northshire").await;
        assert!(!readers.holds(Persona::Police, &plan));

        let mut to = app.write().await;
        let action = to.action(&draft, "H2", |of| of.organisation_id = Some(police)).await;
        to.commit().await;
        readers.catch_up(app, "with an action of the police").await;
        assert!(readers.holds(Persona::Police, &plan));

        let mut to = app.write().await;
        to.cx.remove(&action).await.unwrap();
        to.cx.commit().await.unwrap();
        readers.catch_up(app, "without it").await;
        assert!(!readers.holds(Persona::Police, &plan));
    })
    .await;
}

#[tokio::test]
async fn a_plan_brings_its_actions_when_it_is_considered_agreed_and_published() {
    on_both(async |app| {
        let draft = app.world.plan("Draft plan").clone();
        let action = gid("act", app.world.action("D1").id);
        let update = app.world.updates.iter().find(|row| row.action_id == app.world.action("D1").id).unwrap();
        let update = gid("upd", update.id);
        let mut readers = Readers::of(app, "northshire").await;

        let plan = set_plan(app, &draft, |of| of.status = "CONSIDERED".to_owned()).await;
        readers.catch_up(app, "when considered").await;
        assert!(readers.holds(Persona::Chair, &action) && readers.holds(Persona::Chair, &update));
        assert!(!readers.holds(Persona::Health, &action));

        let plan = set_plan(app, &plan, |of| of.status = "AGREED".to_owned()).await;
        readers.catch_up(app, "when agreed").await;
        assert!(readers.holds(Persona::Health, &action) && !readers.holds(Persona::Scrutiny, &action));

        let plan = set_plan(app, &plan, |of| {
            (of.status, of.published_on) = ("PUBLISHED".to_owned(), Some(day("2018-12-10")));
        })
        .await;
        readers.catch_up(app, "when published").await;
        assert!(readers.holds(Persona::Scrutiny, &action) && !readers.holds(Persona::Scrutiny, &update));

        set_plan(app, &plan, |of| of.published_on = Some(day("2018-12-24"))).await;
        readers.catch_up(app, "when its day is put off").await;
        assert!(!readers.holds(Persona::Scrutiny, &action));
    })
    .await;
}

#[tokio::test]
async fn a_person_who_moves_and_a_group_that_changes_move_what_they_lead() {
    on_both(async |app| {
        let world = &app.world;
        let inspector = world.party("Detective inspector").clone();
        let draft = gid("act", world.action("D2").id);
        let mut readers = Readers::of(app, "northshire").await;
        assert!(readers.holds(Persona::Police, &draft) && !readers.holds(Persona::Health, &draft));

        let mut to = app.write().await;
        let health = world.party("Northshire Health Trust").id;
        let after = party::Model { organisation_id: Some(health), ..inspector.clone() };
        to.cx.update(&inspector, after).await.unwrap();
        to.commit().await;
        readers.catch_up(app, "with the inspector at the trust").await;
        assert!(!readers.holds(Persona::Police, &draft) && readers.holds(Persona::Health, &draft));

        let (group, lead) = (world.party("Quality group").clone(), world.party("Head of service").id);
        let sensitive = gid("evd", world.piece("OFFICIAL_SENSITIVE on 1.4, kept").id);
        assert!(readers.holds(Persona::Lead, &sensitive));
        let mut to = app.write().await;
        to.cx.touch(&group).await.unwrap();
        let link = world.members_of.iter().find(|row| row.group_id == group.id && row.person_id == lead);
        to.cx.detach(link.unwrap()).await.unwrap();
        to.commit().await;
        readers.catch_up(app, "with the head of service out of the group").await;
        assert!(!readers.holds(Persona::Lead, &sensitive));
    })
    .await;
}

#[tokio::test]
async fn what_is_removed_is_gone_for_those_who_saw_it_and_never_was_for_others() {
    on_both(async |app| {
        let action = app.world.action("D1").id;
        let step = app.world.steps.iter().find(|row| row.action_id == action).unwrap().clone();
        let id = gid("stp", step.id);
        let mut readers = Readers::of(app, "northshire").await;
        assert!(readers.holds(Persona::Officer, &id) && !readers.holds(Persona::Chair, &id));

        let mut to = app.write().await;
        to.cx.remove(&step).await.unwrap();
        to.cx.commit().await.unwrap();

        readers.catch_up(app, "with the step removed").await;
        for reader in &readers.all {
            assert!(!reader.held.contains(&id), "{:?}", reader.persona);
        }
        assert!(!readers.of_persona(Persona::Chair).named.contains(&id));
    })
    .await;
}

#[tokio::test]
async fn a_source_comes_with_what_it_demands() {
    on_both(async |app| {
        let source = app.world.source("Unpublished review").clone();
        let demand = gid("rec", app.world.requirement("Unpublished review", "1").id);
        let finding = gid("fnd", app.world.findings[0].id);
        let mut readers = Readers::of(app, "northshire").await;

        let out = set_published(app, &source, Some("2018-12-10")).await;
        readers.catch_up(app, "when published").await;
        assert!(readers.holds(Persona::Scrutiny, &demand) && readers.holds(Persona::Scrutiny, &finding));

        set_published(app, &out, Some("2019-01-10")).await;
        readers.catch_up(app, "when put off").await;
        assert!(!readers.holds(Persona::Scrutiny, &demand));
    })
    .await;
}

#[tokio::test]
async fn a_cursor_ends_with_the_memberships_and_for_scrutiny_with_the_day() {
    on_both(async |app| {
        let mut readers = Readers::of(app, "northshire").await;

        let app = app.at(day("2018-12-20")).await;
        readers.catch_up(&app, "on the day of publication").await;
        let demand = gid("rec", app.world.requirement("Review under embargo", "1").id);
        assert!(readers.holds(Persona::Scrutiny, &demand), "what comes out on a day comes without an entry");
        let anew: Vec<_> = readers.all.iter().filter(|of| of.begun > 0).map(|of| of.persona).collect();
        assert_eq!(anew, [Persona::Scrutiny]);

        let member = app.world.memberships.iter().find(|row| row.subject == "health").unwrap().clone();
        let mut to = app.write().await;
        let police = app.world.party("Northshire Police").id;
        let after = membership::Model { organisation_id: Some(police), ..member.clone() };
        to.cx.update(&member, after).await.unwrap();
        to.commit().await;
        readers.catch_up(&app, "with another organisation").await;
        assert_eq!(readers.of_persona(Persona::Health).begun, 1);
        assert_eq!(readers.of_persona(Persona::Police).begun, 0);
    })
    .await;
}

#[tokio::test]
async fn a_loss_of_one_is_no_news_to_others() {
    on_both(async |app| {
        let piece = app.world.piece("OFFICIAL on 1.2, kept").clone();
        set_marking(app, &piece, "OFFICIAL_SENSITIVE").await;
        let document = "query Q { programme(slug: \"northshire\") { changes(last: 1, types: [\"Evidence\"]) { nodes { operation entityId } } } }";
        let last = async |persona| {
            let data = app.data(persona, document, json!({})).await;
            data["programme"]["changes"]["nodes"][0].clone()
        };
        let id = gid("evd", piece.id);

        let (office, health) = (last(Persona::ProgrammeOffice).await, last(Persona::Health).await);

        assert_eq!(office["entityId"], id);
        assert_ne!(office["operation"], "hidden");
        assert_ne!(health["entityId"], id, "it was not theirs before");
    })
    .await;
}

/// How many random changes the county goes through.
const MOVES: u64 = 15;

#[tokio::test]
async fn a_copy_stays_exact_through_whatever_happens() {
    on_both(async |app| {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
        let mut die = Die::new(seed);
        let mut record = app.world.clone();
        let mut readers = Readers::of(app, "northshire").await;
        for number in 0..MOVES {
            let what;
            (what, record) = moves::random(app, record, &mut die).await;
            readers.catch_up(app, &format!("seed {seed}, change {number}, {what}")).await;
        }
        let fresh = Readers::of(app, "northshire").await;
        for (reader, fresh) in readers.all.iter().zip(&fresh.all) {
            assert_eq!(reader.held, fresh.held, "{:?}", reader.persona);
        }
    })
    .await;
}
