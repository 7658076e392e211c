//! The feed, proven: clients that know only the recipe for keeping a copy end up with what the service shows them, for everybody,
//! through thousands of random changes, however often they break off.
//!
//! A case is a seed: the same changes come of it each time. `FEED_CHANGES` (how many) and `FEED_SEED` look for more.

mod copy;

use std::collections::BTreeSet;

use entity::{membership, step};
use serde_json::json;

use self::copy::Reader;
use crate::model::{act, county, made, mutations};
use crate::support::builders::Write;
use crate::support::world::Record;
use crate::support::{Persona, TestApp, gid, moves, on_both};
use crate::visibility::change::{self, Die};

/// How many changes a programme goes through where nobody says otherwise; on a server each takes longer, and a part will do.
const CHANGES: usize = 400;
const CHANGES_ON_A_SERVER: usize = 120;

fn changes(app: &TestApp) -> usize {
    let usual = if app.is_postgres() { CHANGES_ON_A_SERVER } else { CHANGES };
    std::env::var("FEED_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn seed() -> u64 {
    std::env::var("FEED_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Everybody, each with a copy.
struct Readers(Vec<Reader>);

impl Readers {
    fn of(slug: &'static str) -> Self {
        Self(Persona::ALL.iter().map(|persona| Reader::new(*persona, slug)).collect())
    }

    /// Some read on. Now and then somebody's copy is compared with what there is for them.
    async fn go_on(&mut self, app: &TestApp, die: &mut Die, when: &str) {
        if die.below(3) > 0 {
            return;
        }
        let at = die.below(self.0.len());
        self.0[at].read_some(app, die).await;
        if die.below(8) == 0 {
            let at = die.below(self.0.len());
            self.0[at].catch_up(app).await;
            let named = self.named();
            self.0[at].compare(app, &named, when).await;
        }
    }

    async fn end(&mut self, app: &TestApp) {
        for reader in &mut self.0 {
            reader.catch_up(app).await;
        }
        let named = self.named();
        for reader in &self.0 {
            reader.compare(app, &named, "at the end").await;
        }
        // Whether the case came across what it is to try.
        let told = self.0.iter().map(|of| format!("{:?} {}/{}", of.persona, of.broken, of.begun));
        eprintln!("broken off and begun anew: {}", told.collect::<Vec<_>>().join(", "));
        let came_across = |is: fn(&Reader) -> bool| self.0.iter().any(is);
        let is_short = changes(app) < CHANGES_ON_A_SERVER;
        assert!(is_short || (came_across(|of| of.broken > 0) && came_across(|of| of.begun > 0)));
    }

    fn named(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|reader| reader.named.iter().cloned()).collect()
    }
}

/// Through the API: what everybody may do to plans, actions and what belongs to them, and members who go and come.
#[tokio::test]
async fn copies_are_exact_through_random_commands() {
    on_both(async |app| {
        let (mut die, mut model) = (Die::new(seed()), county::build(app).await);
        let there = mutations(app).await;
        let mut readers = Readers::of(county::SLUG);
        let mut away: Vec<Member> = Vec::new();
        for number in 0..changes(app) {
            let when = format!("FEED_SEED={} change {number}", seed());
            if die.below(25) == 0 {
                come_or_go(app, &mut away, &mut die).await;
            } else if let Some(sent) = act::random(&model, &mut die, &there, number) {
                let (mutation, input, shows) = act::request(&model, &sent);
                let payload = app.mutate(sent.who, mutation, input, shows).await;
                if payload["userErrors"] == json!([]) {
                    let new = made(app, &model, &sent, payload).await;
                    model.follow(&sent, &new);
                }
            }
            readers.go_on(app, &mut die, &when).await;
        }
        readers.end(app).await;
        lists_of_actions_are_parts_of_the_feed(app, county::SLUG).await;
    })
    .await;
}

/// A member of the county as somebody was.
#[derive(Clone)]
struct Member(serde_json::Value);

/// A member goes, or one who went comes back.
async fn come_or_go(app: &TestApp, away: &mut Vec<Member>, die: &mut Die) {
    let office = Persona::Admin;
    if !away.is_empty() && die.coin() {
        let Member(input) = away.remove(die.below(away.len()));
        app.done(office, "memberAdd", input, "").await;
        return;
    }
    let document = format!(
        "{{ programme(slug: \"{}\") {{ id members(first: 100) {{ nodes {{ id version subject role isChair isProgrammeOffice
            organisation {{ id }} person {{ id }} }} }} }} }}",
        county::SLUG
    );
    let data = app.data(office, &document, json!({})).await;
    let members = data["programme"]["members"]["nodes"].as_array().unwrap();
    // Somebody has to be left who works.
    let members: Vec<_> = members.iter().filter(|of| of["isProgrammeOffice"] == false).cloned().collect();
    if members.is_empty() {
        return;
    }
    let member = die.one(&members);
    let input = json!({ "id": member["id"], "expectedVersion": member["version"] });
    app.done(office, "memberRemove", input, "").await;
    away.push(Member(json!({
        "programmeId": data["programme"]["id"], "subject": member["subject"], "role": member["role"],
        "isChair": member["isChair"], "organisationId": member["organisation"]["id"], "personId": member["person"]["id"],
    })));
}

/// Through the write path: what brings things into somebody's sight and takes them out of it, what is new, and what is removed.
#[tokio::test]
async fn copies_are_exact_through_whatever_moves_sight() {
    on_both(async |app| {
        let (mut die, mut record) = (Die::new(seed() + 1_000), app.world.clone());
        let mut readers = Readers::of("northshire");
        let mut away = Vec::new();
        for number in 0..changes(app) {
            let what;
            (what, record) = match die.below(10) {
                0 => change::random(app, record, &mut die).await,
                1 => report(app, record, &mut die).await,
                2 => remove_step(app, record, &mut die).await,
                3 if die.coin() => member(app, record, &mut away, &mut die).await,
                _ => moves::random(app, record, &mut die).await,
            };
            let when = format!("FEED_SEED={} change {number}, {what}", seed());
            readers.go_on(app, &mut die, &when).await;
        }
        readers.end(app).await;
        lists_of_actions_are_parts_of_the_feed(app, "northshire").await;
    })
    .await;
}

/// Somebody says something about an action, if they may.
async fn report(app: &TestApp, record: Record, die: &mut Die) -> (String, Record) {
    let action = gid("act", die.one(&record.actions).id);
    let who = die.one(&[Persona::ProgrammeOffice, Persona::Lead, Persona::Police, Persona::Health]);
    let input = json!({ "actionId": action, "narrative": "As it is", "declaredHealth": "ON_TRACK" });
    app.mutate(who, "progressUpdateAdd", input, "").await;
    (format!("a report on {action}"), record)
}

async fn remove_step(app: &TestApp, record: Record, die: &mut Die) -> (String, Record) {
    let mut to: Write = app.write().await;
    to.record = record;
    let own: Vec<step::Model> =
        to.record.steps.iter().filter(|row| row.programme_id == to.programme).cloned().collect();
    if own.is_empty() {
        return ("nothing".to_owned(), to.record);
    }
    let gone = die.one(&own);
    to.cx.remove(&gone).await.unwrap();
    to.record.steps.retain(|row| row.id != gone.id);
    (format!("without {}", gone.text), to.commit().await)
}

async fn member(
    app: &TestApp,
    record: Record,
    away: &mut Vec<membership::Model>,
    die: &mut Die,
) -> (String, Record) {
    let mut to: Write = app.write().await;
    to.record = record;
    if !away.is_empty() && die.coin() {
        let back = away.remove(die.below(away.len()));
        let back = membership::Model { id: uuid::Uuid::now_v7(), version: 1, ..back };
        to.add(back.clone()).await;
        return (format!("{} is back", back.subject), to.commit().await);
    }
    let own = to.record.memberships.iter().filter(|row| row.programme_id == Some(to.programme));
    let own: Vec<membership::Model> = own.filter(|row| !row.is_programme_office).cloned().collect();
    if own.is_empty() {
        return ("nobody".to_owned(), to.record);
    }
    let gone = die.one(&own);
    to.cx.remove(&gone).await.unwrap();
    to.record.memberships.retain(|row| row.id != gone.id);
    away.push(gone.clone());
    (format!("{} goes", gone.subject), to.commit().await)
}

/// What an action's list of changes says is what the feed says, and what the feed says of an action is in its list.
async fn lists_of_actions_are_parts_of_the_feed(app: &TestApp, slug: &str) {
    for persona in [Persona::ProgrammeOffice, Persona::Admin, Persona::Police, Persona::Scrutiny] {
        let document = format!("{{ programme(slug: \"{slug}\") {{ id }} }}");
        if app.query(persona, &document, json!({})).await.data()["programme"].is_null() {
            // A member who went and did not come back.
            continue;
        }
        let feed = crate::record::every_change(app, persona, slug, "sequence operation entityId").await;
        let document = format!(
            "{{ programme(slug: \"{slug}\") {{ actions(first: 60) {{ nodes {{ id
                changes(first: 100) {{ nodes {{ sequence operation entityId }} }} }} }} }} }}"
        );
        let data = app.data(persona, &document, json!({})).await;
        for action in data["programme"]["actions"]["nodes"].as_array().unwrap() {
            let list = action["changes"]["nodes"].as_array().unwrap();
            assert!(list.iter().all(|entry| feed.contains(entry)), "{persona:?}: {action}");
            let own = feed.iter().filter(|entry| entry["entityId"] == action["id"]);
            let missing: Vec<_> = own.filter(|entry| !list.contains(entry)).collect();
            assert!(missing.is_empty() || list.len() == 100, "{persona:?}: {missing:?}");
        }
    }
}
