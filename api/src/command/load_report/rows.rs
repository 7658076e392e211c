//! The rows that a report becomes.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::reference::sort_key;
use entity::{judgement, requirement, requirement_leaf, source};
use import::inspection::{Part, Recommendation, Recorded, Report};
use import::programme::reference_or_place;
use uuid::Uuid;

use super::Made;
use crate::store::write::{WriteCx, WriteError};

/// New rows, what is referred to before what refers to it.
pub(super) struct Rows {
    source: source::Model,
    judgements: Vec<judgement::Model>,
    requirements: Vec<requirement::Model>,
}

impl Rows {
    pub(super) fn of(
        report: &Report,
        programme: Uuid,
        issuer: Option<Uuid>,
        position: i32,
        at: DateTime<Utc>,
    ) -> Self {
        let source = source::Model {
            id: Uuid::now_v7(),
            programme_id: programme,
            kind: "INSPECTION".to_owned(),
            title: report.title(),
            issued_on: report.published,
            published_on: report.published,
            issuer_id: issuer,
            position,
            framework: Some(report.framework.to_string()),
            started_on: report.inspection_started,
            ended_on: report.inspection_ended,
            supersedes_id: None,
            lifted_on: None,
            review_kind: None,
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let judgements = report.judgements.iter().enumerate().map(|(place, given)| judgement::Model {
            id: Uuid::now_v7(),
            programme_id: programme,
            source_id: source.id,
            position: counted(place),
            area: given.area.to_string(),
            grade: given.grade.to_string(),
            printed_area: Some(given.printed_area.clone()),
            printed_grade: Some(given.printed_grade.clone()),
        });
        let has_board = report.recommendations.iter().any(|item| item.part == Part::Lscb);
        let references = references(&report.recommendations);
        let items = report.recommendations.iter().zip(references).enumerate();
        let requirements = items.map(|(place, (item, (reference, is_printed)))| requirement::Model {
            reference_sort: sort_key(&reference),
            reference,
            is_reference_printed: is_printed,
            text: item.text.clone(),
            position: counted(place),
            is_immediate: item.immediate,
            part: has_board.then(|| item.part.to_string()),
            page: i32::try_from(item.page).ok(),
            urgency: item.urgency_printed.clone(),
            addressee: item.addressee.clone(),
            topic: item.topic.clone(),
            ..requirement::Model::begun(programme, source.id, "RECOMMENDATION", at)
        });
        Self { judgements: judgements.collect(), requirements: requirements.collect(), source }
    }

    /// What will have been made.
    pub(super) fn made(&self, report: &Report) -> Made {
        let pages = report.recommendations.iter().map(|item| item.page);
        Made {
            inspection: self.source.id,
            judgements: self.judgements.iter().map(|row| row.id).collect(),
            recommendations: self.requirements.iter().map(|row| row.id).zip(pages).collect(),
        }
    }

    pub(super) async fn write(self, cx: &mut WriteCx) -> Result<(), WriteError> {
        // Without parts, each recommendation comes down to itself.
        let leaves = self.requirements.iter().map(|row| requirement_leaf::Model {
            programme_id: row.programme_id,
            ancestor_id: row.id,
            leaf_id: row.id,
        });
        let leaves: Vec<requirement_leaf::Model> = leaves.collect();
        cx.create_all(vec![self.source]).await?;
        cx.attach_all(self.judgements).await?;
        cx.create_all(self.requirements).await?;
        cx.derive_leaves(leaves).await
    }
}

fn counted(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX).saturating_add(1)
}

/// Each recommendation's reference, and whether it is printed: its number; where another part of the report has that number, with
/// the part's name before it; its place in brackets where there is none.
fn references(items: &[Recommendation]) -> Vec<(String, bool)> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut out = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let plain = item.n.map(|number| number.to_string());
        let of_part = match item.part {
            Part::Lscb => plain.as_ref().map(|number| format!("LSCB {number}")),
            Part::LocalAuthority => None,
        };
        let printed = [plain, of_part].into_iter().flatten().find(|reference| !taken.contains(reference));
        let is_printed = printed.is_some();
        let reference = reference_or_place(printed.as_deref(), place);
        taken.insert(reference.clone());
        out.push((reference, is_printed));
    }
    out
}

/// A source as a report is compared with it.
pub(super) fn recorded(source: &source::Model) -> Recorded<'_> {
    Recorded {
        title: &source.title,
        framework: source.framework.as_deref().filter(|_| source.kind == "INSPECTION"),
        started_on: source.started_on,
        ended_on: source.ended_on,
        issued_on: source.issued_on,
        published_on: source.published_on,
    }
}
