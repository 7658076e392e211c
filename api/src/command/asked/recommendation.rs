//! Recommendations: what an inspection or a review asked for.

use domain::reference::sort_key;
use entity::{requirement, requirement_leaf, source};
use import::programme::reference_or_place;
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A recommendation is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecommendationCreate {
    source_id: GlobalId,
    #[serde(default)]
    reference: Option<String>,
    text: String,
    #[serde(default)]
    is_immediate: Option<bool>,
    #[serde(default)]
    position: Option<i32>,
}

impl Command for RecommendationCreate {
    const OPERATION: Operation = Operation::RecommendationCreate;
    const ABOUT: &'static str = "Records a recommendation of an inspection or a review.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("recommendation", "Recommendation")];

    fn target(&self) -> Target {
        Target::whole(&["Inspection", "Review"], "sourceId", &self.source_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let source: source::Model = work.find(&self.source_id, "sourceId").await?;
        let others = of_source(source.id, work).await?;
        let position = place(self.position, &others)?;
        let blank = blank(&source, "RECOMMENDATION", self.text, position, work);
        let row = referred_to(blank, self.reference.as_deref());
        let row = requirement::Model { is_immediate: self.is_immediate.unwrap_or(false), ..row };
        check_reference(&row, &others)?;
        let (id, programme_id) = (row.id, row.programme_id);
        work.cx.create(row).await?;
        // It has no parts, so it comes down to itself.
        let leaf = requirement_leaf::Model { programme_id, ancestor_id: id, leaf_id: id };
        work.cx.derive_leaves(vec![leaf]).await?;
        Ok(Done::with("recommendation", id))
    }
}

/// A recommendation's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecommendationUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    reference: Patch<String>,
    #[serde(default)]
    text: Patch<String>,
    #[serde(default)]
    is_immediate: Patch<bool>,
}

impl Command for RecommendationUpdate {
    const OPERATION: Operation = Operation::RecommendationUpdate;
    const ABOUT: &'static str =
        "Corrects the record of a recommendation. What it said before stays in its history.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("recommendation", "Recommendation")];

    fn target(&self) -> Target {
        Target::existing(&["Recommendation"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: requirement::Model = work.find(&self.id, "id").await?;
        let after = requirement::Model {
            text: self.text.required(before.text.clone(), "text")?,
            is_immediate: self.is_immediate.required(before.is_immediate, "isImmediate")?,
            ..before.clone()
        };
        let after = match self.reference {
            Patch::Keep => after,
            Patch::Clear => referred_to(after, None),
            Patch::Set(reference) => referred_to(after, Some(&reference)),
        };
        check_reference(&after, &of_source(before.source_id, work).await?)?;
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("recommendation", after.id))
    }
}

/// Every requirement of a source.
///
/// # Errors
/// The database fails.
pub(super) async fn of_source(source: Uuid, work: &Work) -> Result<Vec<requirement::Model>, Refusal> {
    let of_source = Condition::all().add(requirement::Column::SourceId.eq(source));
    Ok(work.cx.rows::<requirement::Entity>(of_source).await?)
}

/// Where a new requirement stands in the print: in the place that is named, if nothing stands there, or after the last.
///
/// # Errors
/// It is no place, or something stands there.
pub(super) fn place(named: Option<i32>, others: &[requirement::Model]) -> Result<i32, UserError> {
    let last = others.iter().map(|row| row.position).max().unwrap_or(0);
    let Some(place) = named else { return Ok(last.saturating_add(1)) };
    if place < 1 {
        return Err(UserError::invalid("position", "The first place is 1."));
    }
    match others.iter().find(|row| row.position == place) {
        Some(other) => {
            let message =
                format!("{} stands in this place: name a free one, or none for the end.", other.reference);
            Err(UserError::invalid("position", message))
        }
        None => Ok(place),
    }
}

/// A requirement of a source with nothing but its text and its place.
pub(super) fn blank(
    source: &source::Model,
    kind: &str,
    text: String,
    position: i32,
    work: &Work,
) -> requirement::Model {
    requirement::Model {
        text,
        position,
        ..requirement::Model::begun(source.programme_id, source.id, kind, work.now())
    }
}

/// The requirement under the number that is printed; where none is, under its place in brackets, as the import does.
pub(super) fn referred_to(row: requirement::Model, printed: Option<&str>) -> requirement::Model {
    let index = usize::try_from(row.position).unwrap_or(1).saturating_sub(1);
    let reference = reference_or_place(printed, index);
    requirement::Model {
        reference_sort: sort_key(&reference),
        is_reference_printed: printed.is_some(),
        reference,
        ..row
    }
}

/// Refuses a second requirement of a source under one reference.
///
/// # Errors
/// There is one already.
pub(super) fn check_reference(
    row: &requirement::Model,
    others: &[requirement::Model],
) -> Result<(), UserError> {
    let is_same = |other: &requirement::Model| other.id != row.id && other.reference == row.reference;
    if others.iter().any(is_same) {
        let message =
            format!("This source has a {} already: references are unique within a source.", row.reference);
        return Err(UserError::invalid("reference", message));
    }
    Ok(())
}
