//! What is said about an audit is corrected.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::audit::{AuditKind, AuditRater};
use entity::{audit, audit_action, audit_grades, audit_requirement, requirement};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::{ACTIONS, REQUIREMENTS, actions, check, check_about, grades, party, spelled};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// What is said about an audit is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditAmend {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    kind: Patch<AuditKind>,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    started_on: Patch<NaiveDate>,
    #[serde(default)]
    ended_on: Patch<NaiveDate>,
    #[serde(default)]
    done_by_id: Patch<GlobalId>,
    #[serde(default)]
    is_independent: Patch<bool>,
    #[serde(default)]
    theme: Patch<String>,
    #[serde(default)]
    summary: Patch<String>,
    #[serde(default)]
    sample_size: Patch<i32>,
    #[serde(default)]
    grades: Option<Vec<grades::Given>>,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

/// The parts of an audit, as they are or as they shall be.
struct Parts {
    grades: Vec<audit_grades::Model>,
    actions: Vec<audit_action::Model>,
    requirements: Vec<audit_requirement::Model>,
}

impl Command for AuditAmend {
    const OPERATION: Operation = Operation::AuditAmend;
    const ABOUT: &'static str =
        "Corrects what is said about an audit: its particulars, its grades, what it is about.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("audit", "Audit")];

    fn target(&self) -> Target {
        Target::existing(&["Audit"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: audit::Model = work.find(&self.id, "id").await?;
        let old = Parts {
            grades: work.cx.rows::<audit_grades::Entity>(audit_grades::Column::AuditId.eq(before.id)).await?,
            actions: work
                .cx
                .rows::<audit_action::Entity>(audit_action::Column::AuditId.eq(before.id))
                .await?,
            requirements: work
                .cx
                .rows::<audit_requirement::Entity>(audit_requirement::Column::AuditId.eq(before.id))
                .await?,
        };
        let after = self.row(&before, work).await?;
        check(&after, work.today())?;
        let new = self.parts(&after, &old, work).await?;
        grades::check_kept(&after, &new.grades)?;
        let after = grades::with_shown(after, &new.grades);
        if after == before {
            work.cx.touch(&before).await?;
        } else {
            work.cx.update(&before, after).await?;
        }
        work.cx.replace(&old.grades, new.grades).await?;
        work.cx.replace(&old.actions, new.actions).await?;
        work.cx.replace(&old.requirements, new.requirements).await?;
        Ok(Done::with("audit", before.id))
    }
}

impl AuditAmend {
    async fn row(&self, before: &audit::Model, work: &Work) -> Result<audit::Model, Refusal> {
        let kind: AuditKind = before.kind.parse()?;
        let theme = match self.theme.clone() {
            Patch::Set(theme) => spelled(work, Some(theme)).await?,
            other => other.over(before.theme.clone()),
        };
        let done_by_id = match &self.done_by_id {
            Patch::Keep => before.done_by_id,
            Patch::Clear => None,
            Patch::Set(id) => party(work, Some(id), "doneById").await?,
        };
        Ok(audit::Model {
            kind: self.kind.clone().required(kind, "kind")?.as_str().to_owned(),
            title: self.title.clone().required(before.title.clone(), "title")?,
            started_on: self.started_on.clone().required(before.started_on, "startedOn")?,
            ended_on: self.ended_on.clone().required(before.ended_on, "endedOn")?,
            done_by_id,
            is_independent: self.is_independent.clone().required(before.is_independent, "isIndependent")?,
            theme,
            summary: self.summary.clone().over(before.summary.clone()),
            sample_size: self.sample_size.clone().over(before.sample_size),
            ..before.clone()
        })
    }

    /// The parts as they shall be. Whoever changes what an audit is about must be allowed to do so for each action that comes or goes.
    async fn parts(&self, audit: &audit::Model, old: &Parts, work: &Work) -> Result<Parts, Refusal> {
        let (programme_id, audit_id) = (audit.programme_id, audit.id);
        let grades = match &self.grades {
            Some(given) => {
                let moderated = |row: &&audit_grades::Model| row.rater == AuditRater::Moderated.as_str();
                let mut rows = grades::rows(audit, given)?;
                rows.extend(old.grades.iter().filter(moderated).cloned());
                rows
            }
            None => old.grades.clone(),
        };
        let actions = match &self.action_ids {
            Some(ids) => {
                let wanted = actions(work, ids).await?;
                let known: HashSet<Uuid> = old.actions.iter().map(|row| row.action_id).collect();
                let may = |ids: Vec<Uuid>| async move {
                    work.may_all(Operation::AuditAmend, (Table::Action, &ids), ACTIONS).await
                };
                may(wanted.iter().filter(|id| !known.contains(id)).copied().collect()).await?;
                may(known.into_iter().filter(|id| !wanted.contains(id)).collect()).await?;
                check_about(work, &wanted)?;
                let of = |action_id| audit_action::Model { programme_id, audit_id, action_id };
                wanted.into_iter().map(of).collect()
            }
            None => old.actions.clone(),
        };
        let requirements = match &self.requirement_ids {
            Some(ids) => {
                let wanted: Vec<requirement::Model> = work.find_all(ids, REQUIREMENTS).await?;
                let of = |of: requirement::Model| audit_requirement::Model {
                    programme_id,
                    audit_id,
                    requirement_id: of.id,
                };
                wanted.into_iter().map(of).collect()
            }
            None => old.requirements.clone(),
        };
        Ok(Parts { grades, actions, requirements })
    }
}
