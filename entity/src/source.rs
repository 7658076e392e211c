//! What makes demands: an inspection, a direction or a review, told apart by `kind`.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub issued_on: Option<NaiveDate>,
    pub published_on: Option<NaiveDate>,
    pub issuer_id: Option<Uuid>,
    pub position: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub framework: Option<String>,
    pub started_on: Option<NaiveDate>,
    pub ended_on: Option<NaiveDate>,
    pub supersedes_id: Option<Uuid>,
    pub lifted_on: Option<NaiveDate>,
    #[sea_orm(column_type = "Text", nullable)]
    pub review_kind: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
