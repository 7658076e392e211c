//! What was said, in aggregate; what was done about it; when those who said it were told.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "feedback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub said_by: String,
    #[sea_orm(column_type = "Text")]
    pub gathered_by: String,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub speaker_count: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub theme: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub said: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub done: Option<String>,
    pub done_on: Option<NaiveDate>,
    #[sea_orm(column_type = "Text", nullable)]
    pub told: Option<String>,
    pub told_on: Option<NaiveDate>,
    pub is_illustrative: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
