//! What a lead says at a point in time. Never edited: a later one corrects.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "progress_update")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub action_id: Uuid,
    pub reported_on: NaiveDate,
    #[sea_orm(column_type = "Text")]
    pub narrative: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub declared_health: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub obstacles: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub next_steps: Option<String>,
    pub author_id: Option<Uuid>,
    pub is_illustrative: bool,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
