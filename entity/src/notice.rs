//! What an organisation is told without asking. Never edited.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub organisation_id: Uuid,
    pub action_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub about_type: String,
    pub about_id: Uuid,
    pub falls_on: NaiveDate,
    pub was_on: Option<NaiveDate>,
    pub now_on: Option<NaiveDate>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
