//! What the board asks the council or a partner to answer, and the answer it got.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "challenge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub programme_id: Uuid,
    pub action_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub put_to_id: Uuid,
    pub put_by_id: Option<Uuid>,
    pub put_on: NaiveDate,
    pub answer_by: NaiveDate,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub answer: Option<String>,
    pub answered_on: Option<NaiveDate>,
    pub answered_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub still_asked: Option<String>,
    pub closed_on: Option<NaiveDate>,
    pub closed_by_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub closing_note: Option<String>,
    pub is_illustrative: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl Model {
    /// One that was just put, and that nobody has answered yet.
    pub fn put(
        programme_id: Uuid,
        text: String,
        put_to_id: Uuid,
        (put_on, answer_by): (NaiveDate, NaiveDate),
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            programme_id,
            action_id: None,
            text,
            put_to_id,
            put_by_id: None,
            put_on,
            answer_by,
            status: "OPEN".to_owned(),
            answer: None,
            answered_on: None,
            answered_by_id: None,
            still_asked: None,
            closed_on: None,
            closed_by_id: None,
            closing_note: None,
            is_illustrative: false,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}

impl ActiveModelBehavior for ActiveModel {}
