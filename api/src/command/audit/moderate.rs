//! An audit's grades are moderated.

use chrono::NaiveDate;
use domain::audit::AuditRater;
use entity::{audit, audit_grades};
use sea_orm::ColumnTrait;
use serde::Deserialize;

use super::{grades, party, past};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// Somebody else went over an audit's grades.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditModerate {
    id: GlobalId,
    expected_version: i32,
    moderated_by_id: GlobalId,
    #[serde(default)]
    moderated_on: Option<NaiveDate>,
    note: String,
    #[serde(default)]
    grades: Option<grades::Given>,
}

impl Command for AuditModerate {
    const OPERATION: Operation = Operation::AuditModerate;
    const ABOUT: &'static str = "Records that somebody else went over an audit's grades, and what changed. The grades that were given stay beside the moderated ones.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("audit", "Audit")];

    fn target(&self) -> Target {
        Target::existing(&["Audit"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: audit::Model = work.find(&self.id, "id").await?;
        let moderated_by_id = party(work, Some(&self.moderated_by_id), "moderatedById").await?;
        if moderated_by_id == before.done_by_id {
            let message = "Whoever did the audit cannot moderate it: name somebody else.";
            return Err(UserError::invalid("moderatedById", message).into());
        }
        let moderated_on = past(work, self.moderated_on, "moderatedOn")?;
        if moderated_on < before.started_on {
            let message = "The audit had not begun by then.";
            return Err(UserError::invalid("moderatedOn", message).into());
        }
        let of_audit = audit_grades::Column::AuditId.eq(before.id);
        let mut rows = work.cx.rows::<audit_grades::Entity>(of_audit).await?;
        let moderated = match self.grades {
            Some(given) if given.rater != AuditRater::Moderated => {
                let message = "A moderation gives moderated grades: MODERATED.";
                return Err(UserError::invalid("grades.rater", message).into());
            }
            Some(given) => Some(grades::row(&before, given, "grades")?),
            None => None,
        };
        let old = rows.iter().position(|row| row.rater == AuditRater::Moderated.as_str());
        let old = old.map(|place| rows.remove(place));
        rows.extend(moderated.clone());
        let after = audit::Model {
            moderated_on: Some(moderated_on),
            moderated_by_id,
            moderation_note: Some(self.note),
            ..before.clone()
        };
        let after = grades::with_shown(after, &rows);
        if after == before {
            work.cx.touch(&before).await?;
        } else {
            work.cx.update(&before, after).await?;
        }
        if let Some(old) = old {
            work.cx.detach(&old).await?;
        }
        work.cx.attach_all(moderated.into_iter().collect()).await?;
        Ok(Done::with("audit", before.id))
    }
}
