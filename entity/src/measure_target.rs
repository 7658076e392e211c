//! A target that a measure has or had: every one that was ever set.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "measure_target")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub measure_id: Uuid,
    #[serde(serialize_with = "crate::thousandths::always")]
    pub value: i64,
    pub due_on: Option<NaiveDate>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub approved_by_id: Option<Uuid>,
    pub set_on: NaiveDate,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
