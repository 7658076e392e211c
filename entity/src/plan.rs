//! A dated set of actions owned by an organisation.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    pub owner_id: Uuid,
    pub start_on: Option<NaiveDate>,
    pub end_on: Option<NaiveDate>,
    pub predecessor_id: Option<Uuid>,
    pub update_every_days: i32,
    pub strands_required: i32,
    pub considered_on: Option<NaiveDate>,
    pub agreed_on: Option<NaiveDate>,
    pub published_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    #[sea_orm(column_type = "Text", nullable)]
    pub import_digest: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
