//! What shows that something changed.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub summary: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub strand: String,
    #[sea_orm(column_type = "Text")]
    pub marking: String,
    pub period_start: Option<NaiveDate>,
    pub period_end: Option<NaiveDate>,
    pub expires_on: Option<NaiveDate>,
    pub added_on: NaiveDate,
    #[sea_orm(column_type = "Text")]
    pub review_status: String,
    pub reviewed_on: Option<NaiveDate>,
    pub reviewed_by_id: Option<Uuid>,
    pub added_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub added_by_subject: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub review_note: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reviewed_by_subject: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub shows: Option<String>,
    pub is_illustrative: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
