//! Who can lead, own, issue or hold: a person, a group or an organisation, told apart by `kind`.
//!
//! Organisations belong to no programme; a person's name may be erased, which leaves the post.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "party")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub post: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub group_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub organisation_kind: Option<String>,
    pub organisation_id: Option<Uuid>,
    pub from_on: Option<NaiveDate>,
    pub until_on: Option<NaiveDate>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
