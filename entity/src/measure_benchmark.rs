//! What others come to: a figure that was published for the nation, the region or councils alike.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "measure_benchmark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub measure_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[serde(serialize_with = "crate::thousandths::always")]
    pub value: i64,
    pub period_end: NaiveDate,
    #[sea_orm(column_type = "Text", nullable)]
    pub publisher: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
