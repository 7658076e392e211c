//! What difference actions made, as somebody judged it.

use domain::ActionStatus::{self, Assured, Complete, InProgress};
use domain::proof::{Piece, Review, impact_needs};
use entity::{evidence, impact_evidence};
use import::programme::Judged;
use uuid::Uuid;

use super::build::{At, Build};

impl Build<'_> {
    /// Of new actions alone: of the others only updates can be added. The rules are those of `actionJudgeImpact`.
    pub(super) fn judged(&mut self) {
        for progress in &self.bundle.file.progress {
            let Some(given) = &progress.impact else { continue };
            let plan_id = self.plans.get(progress.plan.as_str()).copied();
            let mut actions = self.rows.actions.iter();
            let place =
                actions.position(|row| Some(row.plan_id) == plan_id && row.reference == progress.action);
            if let Some(place) = place {
                self.judge(&format!("{} / {}", progress.plan, progress.action), place, given);
            }
        }
    }

    fn judge(&mut self, entry: &str, place: usize, given: &Judged) {
        let by = self.maybe_party(At("progress", entry, "impact.by"), given.by.as_ref());
        let Some((action_id, status)) = self.rows.actions.get(place).map(|row| (row.id, row.status.parse()))
        else {
            return;
        };
        if !matches!(status, Ok(InProgress | Complete | Assured)) {
            let wrong = match status {
                Ok(status) => format!("a judgement on what is {}", ActionStatus::as_str(status)),
                Err(fault) => fault.to_string(),
            };
            let right = "judge what is IN_PROGRESS, COMPLETE or ASSURED";
            return self.problem(At("progress", entry, "impact"), wrong, right);
        }
        let at = At("progress", entry, "impact.evidence");
        let mut pieces = Vec::new();
        for title in &given.evidence {
            match self.attached(action_id, title).map(|row| (row.id, piece(row))) {
                Some((evidence_id, Some(piece))) if piece.review != Review::Refused => {
                    let programme_id = self.programme;
                    self.rows.impact_evidence.push(impact_evidence::Model {
                        programme_id,
                        action_id,
                        evidence_id,
                    });
                    pieces.push(piece);
                }
                Some(_) => self.problem(at, format!("{title:?} was refused"), "name evidence that was not"),
                None => self.problem(at, format!("{title:?} is not attached to it"), "name evidence that is"),
            }
        }
        if let Some(need) = impact_needs(given.judgement, &pieces, given.on) {
            self.problem(at, format!("{} without proof", given.judgement), &need.to_string());
        }
        if let Some(row) = self.rows.actions.get_mut(place) {
            row.impact = Some(given.judgement.to_string());
            row.impact_summary = Some(given.summary.clone());
            row.impact_on = Some(given.on);
            row.impact_by_id = by;
        }
    }

    /// The evidence of a new action with a title. It is new too: what was there before is attached to nothing new.
    fn attached(&self, action: Uuid, title: &str) -> Option<&evidence::Model> {
        let row = self.rows.evidence.iter().find(|row| row.title == title)?;
        let mut links = self.rows.evidence_actions.iter();
        links.any(|link| link.action_id == action && link.evidence_id == row.id).then_some(row)
    }
}

fn piece(row: &evidence::Model) -> Option<Piece> {
    Some(Piece {
        strand: row.strand.parse().ok()?,
        review: row.review_status.parse().ok()?,
        expires_on: row.expires_on,
        speaks_of: row.period_end.unwrap_or(row.added_on),
        shows: row.shows.as_deref().and_then(|shows| shows.parse().ok()),
    })
}
