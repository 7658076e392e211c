//! What a measure came to in one period: as a whole, or for one category of a breakdown.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "reading")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub measure_id: Uuid,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    #[sea_orm(column_type = "Text", nullable)]
    pub dimension: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub category: Option<String>,
    #[serde(serialize_with = "crate::thousandths::always")]
    pub value: i64,
    pub numerator: Option<i32>,
    pub denominator: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub caveat: Option<String>,
    #[serde(serialize_with = "crate::thousandths::maybe")]
    pub disputed_value: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub dispute_note: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub disclosure: String,
    pub is_dispute_shown: bool,
    pub is_illustrative: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
