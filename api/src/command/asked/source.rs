//! What inspections, directions and reviews have in common.

use chrono::NaiveDate;
use entity::source;
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Done, Work};

/// A new source of a kind, after those that there are, without anything of its own.
///
/// # Errors
/// The issuer is none that the viewer sees, or the database fails.
pub(super) async fn blank(
    kind: &str,
    title: String,
    issuer: Option<&GlobalId>,
    work: &Work,
) -> Result<source::Model, Refusal> {
    let programme_id = work.programme()?;
    let issuer_id = work.organisation(issuer, "issuerId").await?;
    let all = Condition::all().add(source::Column::ProgrammeId.eq(programme_id));
    let last = work.cx.rows::<source::Entity>(all).await?.iter().map(|source| source.position).max();
    Ok(source::Model {
        id: Uuid::now_v7(),
        programme_id,
        kind: kind.to_owned(),
        title,
        issued_on: None,
        published_on: None,
        issuer_id,
        position: last.unwrap_or(0).saturating_add(1),
        framework: None,
        started_on: None,
        ended_on: None,
        supersedes_id: None,
        lifted_on: None,
        review_kind: None,
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
    })
}

/// What an update may change in every source.
pub(super) struct Common {
    pub title: Patch<String>,
    pub issued_on: Patch<NaiveDate>,
    pub published_on: Patch<NaiveDate>,
    pub issuer_id: Patch<GlobalId>,
}

impl Common {
    /// The source with these changes.
    ///
    /// # Errors
    /// A value cannot be taken.
    pub(super) async fn over(self, before: &source::Model, work: &Work) -> Result<source::Model, Refusal> {
        let issuer_id = work.organisation_over(&self.issuer_id, before.issuer_id, "issuerId").await?;
        Ok(source::Model {
            title: self.title.required(before.title.clone(), "title")?,
            issued_on: self.issued_on.over(before.issued_on),
            published_on: self.published_on.over(before.published_on),
            issuer_id,
            ..before.clone()
        })
    }
}

/// Records a new source, which the payload shows under `field`.
///
/// # Errors
/// What must hold of every source does not.
pub(super) async fn record(row: source::Model, field: &str, work: &mut Work) -> Result<Done, Refusal> {
    check(&row, work).await?;
    let id = row.id;
    work.cx.create(row).await?;
    Ok(Done::with(field, id))
}

/// Corrects a source, and answers with it as it is then.
///
/// # Errors
/// What must hold of every source does not.
pub(super) async fn correct(
    before: &source::Model,
    after: source::Model,
    work: &mut Work,
) -> Result<source::Model, Refusal> {
    check(&after, work).await?;
    Ok(work.cx.update(before, after).await?)
}

/// What must hold of every source: its days in their order, and nothing like it in the programme.
///
/// # Errors
/// It does not hold.
async fn check(row: &source::Model, work: &Work) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    let mut in_order = |path: &str, later: Option<NaiveDate>, earlier: Option<NaiveDate>, what: &str| {
        if let (Some(later), Some(earlier)) = (later, earlier)
            && later < earlier
        {
            let message = format!("This is before {what}, {earlier}: give that day or a later one.");
            errors.push(UserError::invalid(path, message));
        }
    };
    in_order("publishedOn", row.published_on, row.issued_on, "the day it was issued");
    in_order("endedOn", row.ended_on, row.started_on, "the day it began");
    in_order("issuedOn", row.issued_on, row.started_on, "the day it began");
    in_order("liftedOn", row.lifted_on, row.issued_on, "the day it was issued");
    let same = Condition::all()
        .add(source::Column::ProgrammeId.eq(row.programme_id))
        .add(source::Column::Title.eq(row.title.as_str()))
        .add(source::Column::Id.ne(row.id));
    let same = work.cx.rows::<source::Entity>(same).await?;
    if same.iter().any(|other| other.issued_on == row.issued_on) {
        let message = "There is a source of this title and day of issue already: change that one, or give another title or day.";
        errors.push(UserError::invalid("title", message));
    }
    Ok(all_well(errors)?)
}
