//! Random changes that bring things into somebody's sight and take them out of it.

use api::store::recorded::Versioned;
use entity::*;
use sea_orm::{ActiveModelBehavior, EntityTrait, ModelTrait};

use super::TestApp;
use super::builders::{Write, day};
use super::world::{Kept, Record};
use crate::visibility::change::Die;

type ActiveOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// Makes one change of Northshire; says what it was, and gives what then stands.
pub async fn random(app: &TestApp, record: Record, die: &mut Die) -> (String, Record) {
    let mut to = app.write().await;
    to.record = record;
    let what = match die.below(8) {
        0 => marking(&mut to, die).await,
        1 => share(&mut to, die).await,
        2 => plan(&mut to, die).await,
        3 => lead(&mut to, die).await,
        4 => answers(&mut to, die).await,
        5 => employer(&mut to, die).await,
        6 => place(&mut to, die).await,
        _ => source(&mut to, die).await,
    };
    let record = to.record;
    to.cx.commit().await.unwrap();
    (what, record)
}

/// Changes a row, and keeps it as it is then.
async fn set<M: Versioned + Kept>(to: &mut Write, before: &M, after: M)
where
    ActiveOf<M>: ActiveModelBehavior + Send,
{
    // What comes out the same is told all the same, as a change of its parts is.
    let after = match *before == after {
        true => to.cx.touch(before).await.unwrap(),
        false => to.cx.update(before, after).await.unwrap(),
    };
    let row = M::list(&mut to.record).iter_mut().find(|row| row.id() == before.id());
    *row.unwrap() = after;
}

fn own<T: Clone>(rows: &[T], is: impl Fn(&&T) -> bool) -> Vec<T> {
    rows.iter().filter(is).cloned().collect()
}

fn organisation(to: &Write, die: &mut Die) -> uuid::Uuid {
    to.record.party(die.one(&["Northshire Council", "Northshire Police", "Northshire Health Trust"])).id
}

async fn marking(to: &mut Write, die: &mut Die) -> String {
    let piece = die.one(&own(&to.record.evidence, |row| row.programme_id == to.programme));
    let marking = die.one(&["OFFICIAL", "OFFICIAL_SENSITIVE"]).to_owned();
    let what = format!("{}: {marking}", piece.title);
    set(to, &piece, evidence::Model { marking, ..piece.clone() }).await;
    what
}

async fn share(to: &mut Write, die: &mut Die) -> String {
    let piece = die.one(&own(&to.record.evidence, |row| row.programme_id == to.programme));
    let organisation_id = organisation(to, die);
    let share = evidence_share::Model { programme_id: to.programme, evidence_id: piece.id, organisation_id };
    set(to, &piece, piece.clone()).await;
    let there = to.record.shares.iter().position(|row| *row == share);
    match there {
        Some(place) => {
            to.cx.detach(&share).await.unwrap();
            to.record.shares.remove(place);
        }
        None => to.part(share).await,
    }
    format!("{}: shared otherwise", piece.title)
}

async fn plan(to: &mut Write, die: &mut Die) -> String {
    let plan = die.one(&own(&to.record.plans, |row| row.programme_id == to.programme));
    let status = die.one(&["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"]).to_owned();
    let published_on = Some(day(die.one(&["2018-12-10", "2018-12-24"])));
    let what = format!("{}: {status} {published_on:?}", plan.title);
    let after = plan::Model {
        considered_on: Some(day("2018-09-10")),
        agreed_on: Some(day("2018-10-01")),
        closed_on: (status == "CLOSED").then(|| day("2018-12-10")),
        status,
        published_on,
        ..plan.clone()
    };
    set(to, &plan, after).await;
    what
}

/// Other leads and contributors.
async fn lead(to: &mut Write, die: &mut Die) -> String {
    let action = die.one(&own(&to.record.actions, |row| row.programme_id == to.programme));
    set(to, &action, action.clone()).await;
    for link in own(&to.record.parties_of, |row| row.action_id == action.id) {
        to.cx.detach(&link).await.unwrap();
    }
    to.record.parties_of.retain(|row| row.action_id != action.id);
    let names = ["Head of service", "Detective inspector", "Quality group", "Custody team"];
    let (party, role) = (to.record.party(die.one(&names)).clone(), die.one(&["LEAD", "CONTRIBUTOR"]));
    to.party_of(&action, &party, role).await;
    format!("{}: {role} is {:?} {:?}", action.reference, party.name, party.post)
}

async fn answers(to: &mut Write, die: &mut Die) -> String {
    let action = die.one(&own(&to.record.actions, |row| row.programme_id == to.programme));
    let organisation_id = die.coin().then(|| organisation(to, die));
    set(to, &action, action::Model { organisation_id, ..action.clone() }).await;
    format!("{}: another organisation", action.reference)
}

async fn employer(to: &mut Write, die: &mut Die) -> String {
    let names = ["Head of service", "Detective inspector", "Safeguarding nurse", "Custody team"];
    let party = to.record.party(die.one(&names)).clone();
    let organisation_id = Some(organisation(to, die));
    set(to, &party, party::Model { organisation_id, ..party.clone() }).await;
    format!("{:?} {:?}: elsewhere", party.name, party.post)
}

/// Evidence belongs to one action more, or less.
async fn place(to: &mut Write, die: &mut Die) -> String {
    let piece = die.one(&own(&to.record.evidence, |row| row.programme_id == to.programme));
    let action = die.one(&own(&to.record.actions, |row| row.programme_id == to.programme));
    set(to, &piece, piece.clone()).await;
    let link = own(&to.record.evidence_of_actions, |row| row.evidence_id == piece.id);
    match link.first() {
        Some(link) => {
            to.cx.detach(link).await.unwrap();
            to.record.evidence_of_actions.retain(|row| row != link);
        }
        None => to.shows_for(&piece, &action).await,
    }
    format!("{}: of {} or of nothing", piece.title, action.reference)
}

async fn source(to: &mut Write, die: &mut Die) -> String {
    let source = die.one(&own(&to.record.sources, |row| row.programme_id == to.programme));
    let published_on = die.one(&[None, Some(day("2018-12-10")), Some(day("2018-12-24"))]);
    set(to, &source, source::Model { published_on, ..source.clone() }).await;
    format!("{}: published {published_on:?}", source.title)
}
