//! Inspections, with their grades.

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::{judgement, source};
use import::programme::{Framework, Grade, JudgementArea};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::source::{Common, blank, correct, record};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// An inspection is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InspectionCreate {
    programme_id: GlobalId,
    title: String,
    framework: Framework,
    #[serde(default)]
    started_on: Option<NaiveDate>,
    #[serde(default)]
    ended_on: Option<NaiveDate>,
    #[serde(default)]
    issued_on: Option<NaiveDate>,
    #[serde(default)]
    published_on: Option<NaiveDate>,
    #[serde(default)]
    issuer_id: Option<GlobalId>,
}

impl Command for InspectionCreate {
    const OPERATION: Operation = Operation::InspectionCreate;
    const ABOUT: &'static str = "Records an inspection.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("inspection", "Inspection")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let row = source::Model {
            framework: Some(self.framework.to_string()),
            started_on: self.started_on,
            ended_on: self.ended_on,
            issued_on: self.issued_on,
            published_on: self.published_on,
            ..blank("INSPECTION", self.title, self.issuer_id.as_ref(), work).await?
        };
        record(row, "inspection", work).await
    }
}

/// An inspection's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InspectionUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    framework: Patch<Framework>,
    #[serde(default)]
    started_on: Patch<NaiveDate>,
    #[serde(default)]
    ended_on: Patch<NaiveDate>,
    #[serde(default)]
    issued_on: Patch<NaiveDate>,
    #[serde(default)]
    published_on: Patch<NaiveDate>,
    #[serde(default)]
    issuer_id: Patch<GlobalId>,
}

impl Command for InspectionUpdate {
    const OPERATION: Operation = Operation::InspectionUpdate;
    const ABOUT: &'static str = "Corrects the record of an inspection.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("inspection", "Inspection")];

    fn target(&self) -> Target {
        Target::existing(&["Inspection"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: source::Model = work.find(&self.id, "id").await?;
        let framework: Framework = before.framework.clone().unwrap_or_default().parse()?;
        let common = Common {
            title: self.title,
            issued_on: self.issued_on,
            published_on: self.published_on,
            issuer_id: self.issuer_id,
        };
        let after = source::Model {
            framework: Some(self.framework.required(framework, "framework")?.to_string()),
            started_on: self.started_on.over(before.started_on),
            ended_on: self.ended_on.over(before.ended_on),
            ..common.over(&before, work).await?
        };
        let after = correct(&before, after, work).await?;
        Ok(Done::with("inspection", after.id))
    }
}

/// An inspection's grades are set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct JudgementsSet {
    inspection_id: GlobalId,
    expected_version: i32,
    judgements: Vec<Given>,
}

/// One grade.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    area: JudgementArea,
    grade: Grade,
    #[serde(default)]
    printed_area: Option<String>,
    #[serde(default)]
    printed_grade: Option<String>,
}

impl Command for JudgementsSet {
    const OPERATION: Operation = Operation::JudgementsSet;
    const ABOUT: &'static str = "Sets an inspection's grades, in place of those that it had.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("inspection", "Inspection")];

    fn target(&self) -> Target {
        Target::existing_at(&["Inspection"], "inspectionId", &self.inspection_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let inspection: source::Model = work.find(&self.inspection_id, "inspectionId").await?;
        let mut areas = HashSet::new();
        let mut new = Vec::with_capacity(self.judgements.len());
        for (place, given) in self.judgements.into_iter().enumerate() {
            if !areas.insert(given.area) {
                let message = "This area is graded twice: each area has one grade.";
                return Err(UserError::invalid(&format!("judgements.{place}.area"), message).into());
            }
            new.push(judgement::Model {
                id: Uuid::now_v7(),
                programme_id: inspection.programme_id,
                source_id: inspection.id,
                position: i32::try_from(place).unwrap_or(i32::MAX).saturating_add(1),
                area: given.area.to_string(),
                grade: given.grade.to_string(),
                printed_area: given.printed_area,
                printed_grade: given.printed_grade,
            });
        }
        let of_inspection = Condition::all().add(judgement::Column::SourceId.eq(inspection.id));
        let mut old = work.cx.rows::<judgement::Entity>(of_inspection).await?;
        old.sort_by_key(|judgement| judgement.position);
        let said = |rows: &[judgement::Model]| -> Vec<_> {
            let words = |row: &judgement::Model| {
                (row.area.clone(), row.grade.clone(), row.printed_area.clone(), row.printed_grade.clone())
            };
            rows.iter().map(words).collect()
        };
        if said(&old) == said(&new) {
            return Ok(Done::with("inspection", inspection.id));
        }
        work.cx.touch(&inspection).await?;
        for judgement in &old {
            work.cx.detach(judgement).await?;
        }
        work.cx.attach_all(new).await?;
        Ok(Done::with("inspection", inspection.id))
    }
}
