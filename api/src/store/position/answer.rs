//! Positions and what changed between two as computed values: what may be asked, and the JSON that answers it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, SubsecRound, Utc};
use domain::position::{Turn, took};
use domain::{ActionStatus, Coverage, Health};
use sea_orm::DbErr;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::load::{self, Move};
use super::then::Scheme;
use super::{Moment, Position, Stood, count_of};
use crate::config::Clock;
use crate::store::computed::Asked;
use crate::store::ids;
use crate::store::page;
use crate::store::plan::Cell;
use crate::store::read::ReadCx;

/// What the lists of changes are called, and what they hold.
const LISTS: [(&str, Turn); 7] = [
    ("new", Turn::New),
    ("done", Turn::Done),
    ("slipped", Turn::Slipped),
    ("worse", Turn::Worse),
    ("better", Turn::Better),
    ("withdrawn", Turn::Withdrawn),
    ("rolledOver", Turn::RolledOver),
];

/// A page of actions: each lies by its plan, its position and its id.
type Page = page::Page<(Uuid, i64, Uuid)>;

/// The lists of an object: where each goes, and its page.
type Pages = Vec<(String, Page)>;

/// Looks at the arguments of `Programme.position`.
pub fn check_position(asked: &Asked) -> Result<(), String> {
    action_pages(asked, moment(asked, "at")?).map(drop)
}

/// Looks at the arguments of `Programme.changesBetween`.
pub fn check_changes(asked: &Asked) -> Result<(), String> {
    let (from, to) = span(asked)?;
    for (side, at) in [("before", from), ("after", to)] {
        asked.each(side).try_for_each(|of| action_pages(of, at).map(drop))?;
    }
    LISTS.iter().try_for_each(|(list, _)| list_pages(asked, list, (from, to)).map(drop))
}

/// The position of each programme.
pub async fn position(read: &ReadCx, asked: &Asked, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let at = moment(asked, "at").map_err(DbErr::Custom)?;
    let programmes = programmes(rows);
    let positions = positions(read, &programmes, &[at]).await?;
    let none = Position::empty(read.moment(at));
    programmes
        .iter()
        .map(|programme| {
            let position = positions.first().and_then(|of| of.get(programme)).unwrap_or(&none);
            position_json(position, asked).map_err(DbErr::Custom)
        })
        .collect()
}

/// What changed in each programme.
pub async fn changes(read: &ReadCx, asked: &Asked, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let span = span(asked).map_err(DbErr::Custom)?;
    let programmes = programmes(rows);
    let positions = positions(read, &programmes, &[span.0, span.1]).await?;
    let [before, after] = positions.as_slice() else { return Ok(Vec::new()) };
    let due = |stood: &Stood| (stood.action.id, stood.standing.due_on);
    let due = before.values().flat_map(|position| &position.actions).map(due).collect();
    let moves = load::moves(read, &programmes, span, due).await?;
    let none = (Position::empty(read.moment(span.0)), Position::empty(read.moment(span.1)));
    programmes
        .iter()
        .map(|programme| {
            let before = before.get(programme).unwrap_or(&none.0);
            let after = after.get(programme).unwrap_or(&none.1);
            changes_json(before, after, &moves, asked).map_err(DbErr::Custom)
        })
        .collect()
}

/// The programmes at the moments, for the viewer.
async fn positions(
    read: &ReadCx,
    programmes: &[Uuid],
    moments: &[DateTime<Utc>],
) -> Result<Vec<HashMap<Uuid, Position>>, DbErr> {
    let mut all = Vec::new();
    for at in moments {
        all.push((read.moment(*at), load::then(read, programmes, *at).await?));
    }
    let then = all.iter().flat_map(|(_, then)| then.values());
    let organisations: HashSet<Uuid> =
        then.flat_map(|then| &then.actions).filter_map(|action| action.organisation_id).collect();
    let organisations: Vec<Uuid> = organisations.into_iter().collect();
    let now = load::now(read, programmes, &organisations).await?;
    let viewer = &read.cx.viewer;
    let of = |(moment, then): &(Moment, HashMap<Uuid, _>)| {
        then.iter().map(|(id, then)| (*id, Position::new(then, &now, viewer, *id, *moment))).collect()
    };
    Ok(all.iter().map(of).collect())
}

impl ReadCx {
    /// A moment with the domain's day at it.
    fn moment(&self, at: DateTime<Utc>) -> Moment {
        Moment { at, day: self.clock.day_of(at) }
    }
}

fn programmes(rows: &[Vec<Cell>]) -> Vec<Uuid> {
    rows.iter().map(|row| row.first().and_then(Cell::uuid).unwrap_or_default()).collect()
}

// ---- what is asked ----------------------------------------------------------------------------------------------

fn moment(asked: &Asked, name: &str) -> Result<DateTime<Utc>, String> {
    let given = asked.arguments.get(name).unwrap_or(&Value::Null);
    let read = given.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    // Both databases hold the years that are written in four digits.
    let read = read.map(|at| at.to_utc().trunc_subsecs(6)).filter(|at| *at >= DateTime::UNIX_EPOCH);
    let Some(at) = read else {
        return Err(format!("{name}: {given} is not a moment since 1970; write it as 2018-12-10T09:30:00Z."));
    };
    if at > Clock::new(None).now() {
        return Err(format!("{name} lies in the future: {given}. The record ends now."));
    }
    Ok(at)
}

fn span(asked: &Asked) -> Result<(DateTime<Utc>, DateTime<Utc>), String> {
    let (from, to) = (moment(asked, "from")?, moment(asked, "to")?);
    if from > to {
        return Err("from is after to: from is the earlier of the two.".to_owned());
    }
    Ok((from, to))
}

/// The pages of `Position.actions` that are asked for.
fn action_pages(asked: &Asked, at: DateTime<Utc>) -> Result<Pages, String> {
    let page =
        |of: &Asked| Ok((of.member.clone(), Page::read(of, format!("actions@{}", at.timestamp_micros()))?));
    asked.each("actions").map(page).collect()
}

/// The pages of a list of changes that are asked for.
fn list_pages(
    asked: &Asked,
    list: &str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Pages, String> {
    let mark = format!("{list}@{}-{}", from.timestamp_micros(), to.timestamp_micros());
    asked.each(list).map(|of| Ok((of.member.clone(), Page::read(of, mark.clone())?))).collect()
}

// ---- what is answered -------------------------------------------------------------------------------------------

fn position_json(position: &Position, asked: &Asked) -> Result<Value, String> {
    let Position { moment, actions, coverage, scheme } = position;
    let by_status = ActionStatus::ALL
        .iter()
        .map(|status| json!({ "status": status, "count": count_of(actions, *status) }));
    let by_health = Health::ALL.iter().map(|health| {
        let count = actions.iter().filter(|stood| stood.standing.rating == *health).count();
        json!({ "rating": rating_json(*health, scheme), "count": count })
    });
    let covered = |is: Coverage| coverage.iter().filter(|of| **of == is).count();
    let mut object = members(json!({
        "at": moment_json(moment.at),
        "day": moment.day,
        "byStatus": by_status.collect::<Vec<_>>(),
        "byHealth": by_health.collect::<Vec<_>>(),
        "coverage": {
            "covered": covered(Coverage::Covered),
            "partial": covered(Coverage::Partial),
            "uncovered": covered(Coverage::Uncovered),
        },
    }));
    for (member, page) in action_pages(asked, moment.at)? {
        let page = page.of(actions, |stood| stood.action.order(), |stood| stood_json(stood, scheme));
        object.insert(member, page);
    }
    Ok(object.into())
}

fn changes_json(
    before: &Position,
    after: &Position,
    moves: &HashMap<Uuid, Vec<Move>>,
    asked: &Asked,
) -> Result<Value, String> {
    let was: HashMap<Uuid, &Stood> = before.actions.iter().map(|stood| (stood.action.id, stood)).collect();
    let mut object = Map::new();
    for (side, position) in [("before", before), ("after", after)] {
        for of in asked.each(side) {
            object.insert(of.member.clone(), position_json(position, of)?);
        }
    }
    let item = |stood: &&Stood| {
        let id = stood.action.id;
        json!({
            "before": was.get(&id).map(|stood| stood_json(stood, &before.scheme)),
            "after": stood_json(stood, &after.scheme),
            "dueDateMoves": moves.get(&id).into_iter().flatten().map(move_json).collect::<Vec<_>>(),
        })
    };
    for (list, turn) in LISTS {
        let stood = |stood: &&Stood| was.get(&stood.action.id).map(|stood| &stood.standing);
        let of: Vec<&Stood> =
            after.actions.iter().filter(|now| took(turn, stood(now), &now.standing)).collect();
        for (member, page) in list_pages(asked, list, (before.moment.at, after.moment.at))? {
            object.insert(member, page.of(&of, |stood| stood.action.order(), item));
        }
    }
    Ok(object.into())
}

fn stood_json(stood: &Stood, scheme: &HashMap<Health, Scheme>) -> Value {
    let Stood { action, plan, organisation, standing } = stood;
    json!({
        "actionId": ids::encode("act", action.id),
        "reference": action.reference,
        "aim": action.aim,
        "status": standing.status,
        "statusOn": action.status_on,
        "rating": rating_json(standing.rating, scheme),
        "declaredHealth": standing.declared,
        "computedHealth": standing.computed,
        "startOn": action.start_on,
        "dueOn": action.due_on,
        "duePrecision": action.due_precision,
        "organisationName": organisation,
        "planId": ids::encode("pln", plan.id),
        "planTitle": plan.title,
        "planStatus": plan.status,
    })
}

/// A programme that has no words of its own is shown the service's, in grey.
fn rating_json(health: Health, scheme: &HashMap<Health, Scheme>) -> Value {
    match scheme.get(&health) {
        Some(Scheme { label, colour }) => json!({ "health": health, "label": label, "colour": colour }),
        None => json!({ "health": health, "label": health, "colour": "#505a5f" }),
    }
}

fn move_json(of: &Move) -> Value {
    json!({ "at": moment_json(of.at), "fromOn": of.from, "toOn": of.to, "reason": of.reason })
}

fn moment_json(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
