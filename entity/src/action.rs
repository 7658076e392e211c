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

impl Model {
    /// A new action of a plan, of which nothing has been said yet: without a number, not started, in its first version.
    pub fn begun(programme_id: Uuid, plan_id: Uuid, at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            programme_id,
            plan_id,
            theme_id: None,
            reference: String::new(),
            reference_sort: String::new(),
            position: 0,
            aim: String::new(),
            organisation_id: None,
            start_on: None,
            due_on: None,
            due_precision: None,
            timeframe_as_printed: None,
            status: "NOT_STARTED".to_owned(),
            status_on: None,
            rolled_over_from_id: None,
            notes: None,
            claimed_on: None,
            claimed_by_id: None,
            claimed_by_subject: None,
            claim_summary: None,
            assured_on: None,
            assured_by_id: None,
            assurance_note: None,
            impact: None,
            impact_summary: None,
            impact_on: None,
            impact_by_id: None,
            latest_update_id: None,
            declared_health: None,
            last_reported_on: None,
            update_due_on: None,
            at_risk_from: None,
            off_track_from: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}
