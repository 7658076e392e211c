//! A piece of quality assurance: what was looked at, by whom, and how good it was found to be.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub started_on: NaiveDate,
    pub ended_on: NaiveDate,
    pub done_by_id: Option<Uuid>,
    pub is_independent: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub theme: Option<String>,
    pub sample_size: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub summary: Option<String>,
    pub reaudit_of_id: Option<Uuid>,
    pub moderated_on: Option<NaiveDate>,
    pub moderated_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub moderation_note: Option<String>,
    pub is_sample_shown: bool,
    pub are_grades_shown: bool,
    pub is_illustrative: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
