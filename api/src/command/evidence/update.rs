//! What is said about evidence is corrected, and until when it counts.

use chrono::NaiveDate;
use domain::EvidenceStrand;
use domain::proof::Impact;
use entity::evidence;
use serde::Deserialize;

use super::review::to_be_reviewed;
use super::{check_days, check_shows};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// What is said about evidence is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    summary: Patch<String>,
    #[serde(default)]
    strand: Patch<EvidenceStrand>,
    #[serde(default)]
    period_start: Patch<NaiveDate>,
    #[serde(default)]
    period_end: Patch<NaiveDate>,
    #[serde(default)]
    shows: Patch<Impact>,
}

impl Command for EvidenceUpdate {
    const OPERATION: Operation = Operation::EvidenceUpdate;
    const ABOUT: &'static str = "Corrects what is said about evidence. A new title, strand or period, or another difference that it shows, has to be reviewed anew.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing(&["Evidence"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: evidence::Model = work.find(&self.id, "id").await?;
        let strand = self.strand.required(before.strand.parse()?, "strand")?;
        let shows = self.shows.over(before.shows.as_deref().map(str::parse).transpose()?);
        let mut after = evidence::Model {
            title: self.title.required(before.title.clone(), "title")?,
            summary: self.summary.over(before.summary.clone()),
            strand: strand.as_str().to_owned(),
            shows: shows.map(|shows| shows.as_str().to_owned()),
            period_start: self.period_start.over(before.period_start),
            period_end: self.period_end.over(before.period_end),
            ..before.clone()
        };
        check_days(after.period_start, after.period_end, after.expires_on)?;
        check_shows(strand, shows)?;
        if what_was_reviewed(&after) != what_was_reviewed(&before) {
            after = to_be_reviewed(after);
        }
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("evidence", after.id))
    }
}

/// What a review was about: who accepted this has accepted nothing else.
fn what_was_reviewed(
    of: &evidence::Model,
) -> (&str, &str, Option<&str>, Option<NaiveDate>, Option<NaiveDate>) {
    (&of.title, &of.strand, of.shows.as_deref(), of.period_start, of.period_end)
}

/// It is said until when evidence counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceExpire {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    expires_on: Patch<NaiveDate>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for EvidenceExpire {
    const OPERATION: Operation = Operation::EvidenceExpire;
    const ABOUT: &'static str = "Says until when evidence counts as proof.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing(&["Evidence"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: evidence::Model = work.find(&self.id, "id").await?;
        let expires_on = self.expires_on.over(Some(work.today()));
        check_days(before.period_start, None, expires_on)?;
        let after = evidence::Model { expires_on, ..before.clone() };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("evidence", after.id))
    }
}
