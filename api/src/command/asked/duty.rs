//! What a term obliges someone to, by when, and that it was done.

use chrono::NaiveDate;
use domain::dates::months_after;
use entity::{duty, evidence, party, requirement, source};
use import::programme::{DueRule, DutyKind};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::recommendation::of_source;
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// The parties that can hold a duty.
const HOLDERS: &[&str] = &["Person", "Group", "Organisation"];

/// A duty is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DutyCreate {
    term_id: GlobalId,
    #[serde(default)]
    holder_id: Option<GlobalId>,
    what: DutyKind,
    text: String,
    due_rule: DueRule,
    #[serde(default)]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    offset_months: Option<i32>,
    #[serde(default)]
    every_months: Option<i32>,
}

impl Command for DutyCreate {
    const OPERATION: Operation = Operation::DutyCreate;
    const ABOUT: &'static str = "Records what a term obliges someone to do, and by when.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("duty", "Duty"), ("directionTerm", "DirectionTerm")];

    fn target(&self) -> Target {
        Target::whole(&["DirectionTerm"], "termId", &self.term_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let term: requirement::Model = work.find(&self.term_id, "termId").await?;
        let holder_id = match &self.holder_id {
            Some(id) => Some(work.find_of::<party::Model>(HOLDERS, id, "holderId").await?.id),
            None => None,
        };
        let of_term = Condition::all().add(duty::Column::RequirementId.eq(term.id));
        let last = work.cx.rows::<duty::Entity>(of_term).await?.iter().map(|duty| duty.position).max();
        let row = duty::Model {
            id: Uuid::now_v7(),
            programme_id: term.programme_id,
            requirement_id: term.id,
            position: last.unwrap_or(0).saturating_add(1),
            holder_id,
            what: self.what.to_string(),
            text: self.text,
            due_rule: self.due_rule.to_string(),
            due_on: self.due_on,
            offset_months: self.offset_months,
            every_months: self.every_months,
            discharged_on: None,
            discharged_by_id: None,
            discharge_evidence_id: None,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        let row = due(row, self.due_rule, self.due_on.is_some(), &term, work).await?;
        let id = row.id;
        work.cx.create(row).await?;
        Ok(Done::with("duty", id).and("directionTerm", term.id))
    }
}

/// A duty's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DutyUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    holder_id: Patch<GlobalId>,
    #[serde(default)]
    what: Patch<DutyKind>,
    #[serde(default)]
    text: Patch<String>,
    #[serde(default)]
    due_rule: Patch<DueRule>,
    #[serde(default)]
    due_on: Patch<NaiveDate>,
    #[serde(default)]
    offset_months: Patch<i32>,
    #[serde(default)]
    every_months: Patch<i32>,
}

impl Command for DutyUpdate {
    const OPERATION: Operation = Operation::DutyUpdate;
    const ABOUT: &'static str = "Corrects the record of a duty.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("duty", "Duty")];

    fn target(&self) -> Target {
        Target::existing(&["Duty"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: duty::Model = work.find(&self.id, "id").await?;
        let holder_id = match &self.holder_id {
            Patch::Set(id) => Some(work.find_of::<party::Model>(HOLDERS, id, "holderId").await?.id),
            Patch::Clear => None,
            Patch::Keep => before.holder_id,
        };
        let what: DutyKind = before.what.parse()?;
        let old_rule: DueRule = before.due_rule.parse()?;
        let rule = self.due_rule.required(old_rule, "dueRule")?;
        let names_day = matches!(self.due_on, Patch::Set(_));
        let is_due_said = rule != old_rule
            || self.due_on.is_given()
            || self.offset_months.is_given()
            || self.every_months.is_given();
        // A rule that changes leaves nothing behind of the old one, and a day that was counted is counted again.
        let counted = before.offset_months.is_some() && self.offset_months.is_given();
        let old = if rule == old_rule { before.clone() } else { without_day(before.clone()) };
        let after = duty::Model {
            holder_id,
            what: self.what.required(what, "what")?.to_string(),
            text: self.text.required(before.text.clone(), "text")?,
            due_rule: rule.to_string(),
            due_on: self.due_on.over(old.due_on.filter(|_| !counted)),
            offset_months: self.offset_months.over(old.offset_months),
            every_months: self.every_months.over(old.every_months),
            ..before.clone()
        };
        let after = match work.cx.row::<requirement::Model>(before.requirement_id).await? {
            Some(term) if is_due_said => due(after, rule, names_day, &term, work).await?,
            _ => after,
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("duty", after.id))
    }
}

/// A duty is discharged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DutyDischarge {
    id: GlobalId,
    expected_version: i32,
    evidence_id: GlobalId,
    #[serde(default)]
    discharged_on: Option<NaiveDate>,
}

impl Command for DutyDischarge {
    const OPERATION: Operation = Operation::DutyDischarge;
    const ABOUT: &'static str = "Records that a duty was discharged, with the evidence. One that recurs falls due again, an interval later.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("duty", "Duty")];

    fn target(&self) -> Target {
        Target::existing(&["Duty"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: duty::Model = work.find(&self.id, "id").await?;
        let recurs = before.due_rule == DueRule::Recurring.as_str();
        if let Some(on) = before.discharged_on.filter(|_| !recurs) {
            let message = format!("This duty was discharged on {on} already.");
            return Err(UserError::illegal("id", message).into());
        }
        let evidence: evidence::Model = work.find(&self.evidence_id, "evidenceId").await?;
        if evidence.review_status == "REFUSED" {
            let message = "This evidence was refused as proof: name another piece.";
            return Err(UserError::invalid("evidenceId", message).into());
        }
        let on = self.discharged_on.unwrap_or(work.today());
        if on > work.today() {
            let message = format!("This day is still to come: give {} or an earlier one.", work.today());
            return Err(UserError::invalid("dischargedOn", message).into());
        }
        let months = before.every_months.and_then(|months| u32::try_from(months).ok());
        let next =
            months.filter(|_| recurs).and_then(|months| months_after(before.due_on.unwrap_or(on), months));
        let after = duty::Model {
            due_on: next.or(before.due_on),
            discharged_on: Some(on),
            discharged_by_id: work.acts_as(),
            discharge_evidence_id: Some(evidence.id),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("duty", after.id))
    }
}

fn without_day(duty: duty::Model) -> duty::Model {
    duty::Model { due_on: None, offset_months: None, every_months: None, ..duty }
}

/// The duty with the day that its rule gives it.
///
/// # Errors
/// Its rule needs something that is not there, or something is there that it has no use for.
async fn due(
    duty: duty::Model,
    rule: DueRule,
    names_day: bool,
    term: &requirement::Model,
    work: &Work,
) -> Result<duty::Model, Refusal> {
    let mut errors = Vec::new();
    let mut needs = |path: &str, is_there: bool, is_needed: bool, may_be: bool| {
        if is_needed && !is_there {
            errors.push(UserError::invalid(path, format!("A duty that is {rule} needs this.")));
        } else if is_there && !may_be {
            errors.push(UserError::invalid(
                path,
                format!("A duty that is {rule} has no use for this: leave it out."),
            ));
        }
    };
    let (is_fixed, is_offset) = (rule == DueRule::Fixed, rule == DueRule::Offset);
    let recurs = rule == DueRule::Recurring;
    needs("dueOn", if is_offset { names_day } else { duty.due_on.is_some() }, is_fixed, is_fixed || recurs);
    needs("offsetMonths", duty.offset_months.is_some(), is_offset, is_offset || recurs);
    needs("everyMonths", duty.every_months.is_some(), recurs, recurs);
    for (path, months) in [("offsetMonths", duty.offset_months), ("everyMonths", duty.every_months)] {
        if months.is_some_and(|months| !(1..=120).contains(&months)) {
            errors.push(UserError::invalid(path, "Give 1 to 120 months."));
        }
    }
    let direction: Option<source::Model> = work.cx.row(term.source_id).await?;
    let issued_on = direction.and_then(|direction| direction.issued_on);
    if duty.offset_months.is_some() && issued_on.is_none() && errors.is_empty() {
        let message = "The direction has no day of issue to count from: record that day first.";
        errors.push(UserError::invalid("offsetMonths", message));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let due_on = if is_offset { None } else { duty.due_on };
    Ok(duty::Model { due_on: due_on.or_else(|| counted(&duty, issued_on)), ..duty })
}

/// The day that is counted from the issue of the direction.
fn counted(duty: &duty::Model, issued_on: Option<NaiveDate>) -> Option<NaiveDate> {
    months_after(issued_on?, u32::try_from(duty.offset_months?).ok()?)
}

/// Moves the days that were counted from a direction's issue, once that day is corrected. What was discharged stays, and so does
/// a day that was named.
///
/// # Errors
/// The day is cleared while duties are counted from it, or the database fails.
pub(super) async fn move_with_issue(
    direction: &source::Model,
    issued_before: Option<NaiveDate>,
    work: &mut Work,
) -> Result<(), Refusal> {
    let terms: Vec<Uuid> = of_source(direction.id, work).await?.iter().map(|term| term.id).collect();
    let standing = Condition::all()
        .add(duty::Column::RequirementId.is_in(terms))
        .add(duty::Column::OffsetMonths.is_not_null())
        .add(duty::Column::DischargedOn.is_null());
    for duty in work.cx.rows::<duty::Entity>(standing).await? {
        if duty.due_on != counted(&duty, issued_before) {
            continue;
        }
        let due_on = counted(&duty, direction.issued_on);
        if due_on.is_none() {
            let message = "The day of a duty is counted from this one: it cannot be cleared.";
            return Err(UserError::invalid("issuedOn", message).into());
        }
        work.cx.update(&duty, duty::Model { due_on, ..duty.clone() }).await?;
    }
    Ok(())
}
