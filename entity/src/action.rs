//! One numbered row of a plan.
//!
//! `latest_update_id` to `off_track_from` are derived from the rules and written by the write path alone.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "action")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub plan_id: Uuid,
    pub theme_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub reference: String,
    #[sea_orm(column_type = "Text")]
    pub reference_sort: String,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub aim: String,
    pub organisation_id: Option<Uuid>,
    pub start_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    #[sea_orm(column_type = "Text", nullable)]
    pub due_precision: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub timeframe_as_printed: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    pub status_on: Option<NaiveDate>,
    pub rolled_over_from_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub notes: Option<String>,
    pub claimed_on: Option<NaiveDate>,
    pub claimed_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub claimed_by_subject: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub claim_summary: Option<String>,
    pub assured_on: Option<NaiveDate>,
    pub assured_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub assurance_note: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub impact: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub impact_summary: Option<String>,
    pub impact_on: Option<NaiveDate>,
    pub impact_by_id: Option<Uuid>,
    pub latest_update_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub declared_health: Option<String>,
    pub last_reported_on: Option<NaiveDate>,
    pub update_due_on: Option<NaiveDate>,
    pub at_risk_from: Option<NaiveDate>,
    pub off_track_from: Option<NaiveDate>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
