//! What a programme is asked now, for a plan's table to be compared with.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{requirement, source};
use import::plan::Demand;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::db::Db;
use super::ids;
use super::model::Model;

/// The requirements of a programme's sources that hold on this day, source by source as they are printed: not those of a direction
/// that was lifted, or replaced by another.
///
/// Every member of a programme sees its requirements, but nobody is asked here who they are: this is for the command line, and for
/// those of whom the policy has said that they may import into the programme.
pub async fn demands(db: &Db, programme: Uuid, today: NaiveDate) -> Result<Vec<Demand>, DbErr> {
    let sources = source::Entity::find().filter(source::Column::ProgrammeId.eq(programme));
    let sources = sources.order_by_asc(source::Column::Position).all(&db.read).await?;
    let requirements = requirement::Entity::find().filter(requirement::Column::ProgrammeId.eq(programme));
    let requirements =
        requirements.order_by_asc(requirement::Column::Position).order_by_asc(requirement::Column::Id);
    let requirements = requirements.all(&db.read).await?;
    let mut of_source: HashMap<Uuid, Vec<requirement::Model>> = HashMap::new();
    for requirement in requirements {
        of_source.entry(requirement.source_id).or_default().push(requirement);
    }
    let holding = sources.iter().filter(|source| holds(source, &sources, today));
    let of_holding = holding.filter_map(|source| of_source.remove(&source.id)).flatten();
    Ok(of_holding.filter_map(demand).collect())
}

/// Whether what a source asks is still asked on this day. The rule of `Direction.status`.
fn holds(source: &source::Model, all: &[source::Model], today: NaiveDate) -> bool {
    let has_come = |day: Option<NaiveDate>| day.is_none_or(|day| day <= today);
    let is_lifted = source.lifted_on.is_some_and(|on| on <= today);
    let is_replaced = all.iter().any(|by| by.supersedes_id == Some(source.id) && has_come(by.issued_on));
    !is_lifted && !is_replaced
}

fn demand(row: requirement::Model) -> Option<Demand> {
    let ty = if row.kind == "RECOMMENDATION" { "Recommendation" } else { "DirectionTerm" };
    Some(Demand {
        id: ids::encode(Model::get().ty(ty)?.prefix?, row.id),
        reference: row.is_reference_printed.then_some(row.reference),
        text: row.text,
    })
}
