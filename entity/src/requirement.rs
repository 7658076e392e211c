//! One demand: a recommendation or a direction's term, told apart by `kind`.
//!
//! Where the print has no reference, `reference` is the printed position in brackets.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "requirement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub source_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub reference: String,
    pub is_reference_printed: bool,
    #[sea_orm(column_type = "Text")]
    pub reference_sort: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub position: i32,
    pub parent_id: Option<Uuid>,
    pub is_immediate: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub part: Option<String>,
    pub page: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub urgency: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub addressee: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub topic: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub response_status: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub response_reason: Option<String>,
    pub responded_on: Option<NaiveDate>,
    pub responded_by_id: Option<Uuid>,
    pub confirmed_on: Option<NaiveDate>,
    pub confirmed_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub confirmation_note: Option<String>,
    pub is_confirmed_on_behalf: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// A new requirement of a source, of which nothing has been said yet: without a number, unanswered, in its first version.
    pub fn begun(programme_id: Uuid, source_id: Uuid, kind: &str, at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            programme_id,
            source_id,
            kind: kind.to_owned(),
            reference: String::new(),
            is_reference_printed: false,
            reference_sort: String::new(),
            text: String::new(),
            position: 0,
            parent_id: None,
            is_immediate: false,
            part: None,
            page: None,
            urgency: None,
            addressee: None,
            topic: None,
            response_status: None,
            response_reason: None,
            responded_on: None,
            responded_by_id: None,
            confirmed_on: None,
            confirmed_by_id: None,
            confirmation_note: None,
            is_confirmed_on_behalf: false,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}
