//! Where an imported object came from: a place in a document.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "imported_from")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub object_id: Uuid,
    pub programme_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub object_type: String,
    pub document_id: Option<Uuid>,
    pub page: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub sheet: Option<String>,
    pub table_number: Option<i32>,
    pub row_number: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
