//! What an audit found, what is to follow from it, whether that was done, and whether it held.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "audit_finding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub audit_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub grade: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub theme: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub follow_up: Option<String>,
    pub owner_id: Option<Uuid>,
    pub first_due_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub done_on: Option<NaiveDate>,
    pub done_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub done_by_subject: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub done_note: Option<String>,
    pub rechecked_on: Option<NaiveDate>,
    pub rechecked_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub recheck_outcome: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub recheck_note: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    pub is_illustrative: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl Model {
    /// A finding of which only the words are known, and from which nothing follows yet.
    pub fn open(audit: &crate::audit::Model, text: String, at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            programme_id: audit.programme_id,
            audit_id: audit.id,
            text,
            grade: None,
            theme: audit.theme.clone(),
            follow_up: None,
            owner_id: None,
            first_due_on: None,
            due_on: None,
            done_on: None,
            done_by_id: None,
            done_by_subject: None,
            done_note: None,
            rechecked_on: None,
            rechecked_by_id: None,
            recheck_outcome: None,
            recheck_note: None,
            status: "OPEN".to_owned(),
            is_illustrative: false,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}

impl ActiveModelBehavior for ActiveModel {}
