//! An indicator: what is counted, how, by whom, and what it is to come to.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "measure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub definition: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub polarity: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub frequency: Option<String>,
    pub owner_id: Option<Uuid>,
    #[serde(serialize_with = "crate::thousandths::maybe")]
    pub baseline_value: Option<i64>,
    pub baseline_on: Option<NaiveDate>,
    #[serde(serialize_with = "crate::thousandths::maybe")]
    pub target_value: Option<i64>,
    pub target_on: Option<NaiveDate>,
    pub published_on: Option<NaiveDate>,
    pub is_illustrative: bool,
    pub is_baseline_shown: bool,
    pub latest_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub trend: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub trend_shown: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub target_status: String,
    #[sea_orm(column_type = "Text")]
    pub target_status_shown: String,
    pub reading_due_on: Option<NaiveDate>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl Model {
    /// A measure of which only the title and the way that it is to go are known. What follows from readings is worked out by
    /// whoever writes them.
    pub fn begun(programme_id: Uuid, title: String, polarity: String, at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            programme_id,
            title,
            code: None,
            definition: None,
            unit: None,
            polarity,
            frequency: None,
            owner_id: None,
            baseline_value: None,
            baseline_on: None,
            target_value: None,
            target_on: None,
            published_on: None,
            is_illustrative: false,
            is_baseline_shown: true,
            latest_id: None,
            trend: None,
            trend_shown: None,
            target_status: "NO_READING".to_owned(),
            target_status_shown: "NO_READING".to_owned(),
            reading_due_on: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}

impl ActiveModelBehavior for ActiveModel {}
