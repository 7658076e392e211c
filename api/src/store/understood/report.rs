//! The report of an inspection as it was understood, and whether it fits the programme: one statement for any number of documents.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::document::DocumentKind;
use domain::personal;
use import::inspection::{Judgement, Recommendation, Report};
use sea_orm::DbErr;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{aside, read_of};
use crate::store::plan::Cell;
use crate::store::read::ReadCx;
use crate::store::table::Table;
use crate::store::visibility::visible;

/// What a programme has, as far as a report has to fit it.
#[derive(Debug, Clone, Default)]
struct There {
    /// What its authority is called.
    authority: String,
    /// Its inspections: framework and last day.
    inspections: Vec<(Option<String>, Option<NaiveDate>)>,
}
