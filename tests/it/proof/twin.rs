//! The same once more, naively: what an eye sees, held against the rules of the `domain` crate.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::EvidenceStrand::{PerformanceData, QualityAssurance};
use domain::proof::{self, ActionFacts, Missing, Piece, RequirementFacts, Witness};
use entity::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::rules::word;
use crate::visibility::eye::{Eye, Named, row};

/// An eye, and a day.
pub struct Twin<'a> {
    pub eye: Eye<'a>,
    pub today: NaiveDate,
}

impl Twin<'_> {
    fn pieces_of(&self, ids: &BTreeSet<Uuid>) -> Vec<Piece> {
        let rows = ids.iter().map(|id| row(&self.eye.record.evidence, *id, |row| row.id));
        let piece = |row: &evidence::Model| Piece {
            strand: word(&row.strand),
            review: word(&row.review_status),
            expires_on: row.expires_on,
            speaks_of: row.period_end.unwrap_or(row.added_on),
            shows: row.shows.as_deref().map(word),
        };
        rows.filter(|row| self.eye.sees(&row.gid())).map(piece).collect()
    }

    fn on_action(&self, id: Uuid) -> BTreeSet<Uuid> {
        let links = self.eye.record.evidence_of_actions.iter().filter(|link| link.action_id == id);
        links.map(|link| link.evidence_id).collect()
    }

    /// The evidence of an action that the eye sees.
    pub fn pieces(&self, action: &action::Model) -> Vec<Piece> {
        self.pieces_of(&self.on_action(action.id))
    }

    /// All that says anything of an action.
    pub fn witnesses(&self, action: &action::Model) -> Vec<Witness> {
        let record = self.eye.record;
        let measures = record.measures_of_actions.iter().filter(|link| link.action_id == action.id);
        let audits = record.audits_of_actions.iter().filter(|link| link.action_id == action.id);
        self.say(
            &self.pieces(action),
            &measures.map(|link| link.measure_id).collect(),
            &audits.map(|link| link.audit_id).collect(),
        )
    }

    fn say(&self, pieces: &[Piece], measures: &BTreeSet<Uuid>, audits: &BTreeSet<Uuid>) -> Vec<Witness> {
        let of_pieces = pieces
            .iter()
            .filter_map(|piece| Some(Witness { strand: piece.strand, is_better: piece.says(self.today)? }));
        let of_measures = measures.iter().filter_map(|id| {
            let is_better = self.measure(row(&self.eye.record.measures, *id, |row| row.id))?;
            Some(Witness { strand: PerformanceData, is_better })
        });
        let mut audits: Vec<_> = audits.iter().filter_map(|id| self.audit(*id)).collect();
        audits.sort();
        let of_audit =
            audits.last().map(|(_, is_better)| Witness { strand: QualityAssurance, is_better: *is_better });
        of_pieces.chain(of_measures).chain(of_audit).collect()
    }

    /// What a measure says, as the eye is told of its trend and status, which have tests of their own.
    fn measure(&self, measure: &measure::Model) -> Option<bool> {
        let is_stale = measure.reading_due_on.is_some_and(|due| due < self.today);
        let (trend, status) = match self.eye.knows_figures(measure.programme_id) {
            true => (&measure.trend, &measure.target_status),
            false => (&measure.trend_shown, &measure.target_status_shown),
        };
        let is_heard = self.eye.sees(&measure.gid()) && !is_stale;
        proof::measure_says(word(trend.as_deref().filter(|_| is_heard)?), word(status))
    }

    fn audit(&self, id: Uuid) -> Option<((NaiveDate, Uuid), bool)> {
        let record = self.eye.record;
        let audit = row(&record.audits, id, |row| row.id);
        let mut findings = record.audit_findings.iter().filter(|row| row.audit_id == id);
        let is_open =
            findings.any(|row| row.grade.as_deref() == Some("INADEQUATE") && row.status != "CLOSED");
        let is_told = audit.are_grades_shown || self.eye.knows_figures(audit.programme_id);
        let by = |rater: &str| {
            record.grades.iter().find(|row| row.audit_id == id && row.rater == rater).filter(|_| is_told)
        };
        let count = |count: Option<i32>| count.unwrap_or_default() as u32;
        let grades = by("MODERATED").or_else(|| by("INDEPENDENT")).map_or([0; 4], |row| {
            [row.outstanding, row.good, row.requires_improvement, row.inadequate].map(count)
        });
        let is_better = proof::audit_says(is_open, grades).filter(|_| self.eye.sees(&audit.gid()))?;
        Some(((audit.ended_on, id), is_better))
    }

    fn plan(&self, action: &action::Model) -> &plan::Model {
        row(&self.eye.record.plans, action.plan_id, |row| row.id)
    }

    fn required(&self, action: &action::Model) -> usize {
        self.plan(action).strands_required as usize
    }

    /// What is missing of an action.
    pub fn missing(&self, action: &action::Model) -> Vec<Missing> {
        let mut steps =
            self.eye.record.steps.iter().filter(|step| step.action_id == action.id).collect::<Vec<_>>();
        steps.retain(|step| step.done_on.is_none() && step.struck_out_on.is_none());
        let facts = ActionFacts {
            status: word(&action.status),
            plan: word(&self.plan(action).status),
            open_steps: steps.len(),
            required: self.required(action),
            evidence: &self.pieces(action),
        };
        proof::missing_of_action(&facts, self.today)
    }

    /// Whether an action stands in each of the programme's three lists.
    pub fn lists(&self, action: &action::Model) -> [bool; 3] {
        let judged = action.impact.as_deref().map(word).zip(action.impact_on);
        let (status, pieces) = (word(&action.status), self.pieces(action));
        [
            proof::is_claimed_without_impact(status, judged, self.today),
            proof::is_assured_on_expired(status, self.required(action), &pieces, self.today),
            proof::disagree(&self.witnesses(action)),
        ]
    }

    /// What the API is to tell of the proof of an action.
    pub fn action(&self, action: &action::Model) -> Value {
        let witnesses = self.witnesses(action);
        json!({
            "strands": self.strands(&self.pieces(action), &witnesses),
            "doStrandsDisagree": proof::disagree(&witnesses),
            "missing": gaps(&self.missing(action)),
        })
    }

    fn strands(&self, pieces: &[Piece], witnesses: &[Witness]) -> Value {
        let value = |of: proof::StrandProof| {
            json!({
                "strand": of.strand, "isProof": of.strand != domain::EvidenceStrand::Document,
                "accepted": of.accepted, "submitted": of.submitted, "refused": of.refused, "expired": of.expired,
                "latestOn": of.latest_on, "ageInDays": of.latest_on.map(|on| (self.today - on).num_days()),
                "countsUntil": of.counts_until, "says": proof::says(of.strand, witnesses),
            })
        };
        proof::strands(pieces, self.today).into_iter().map(value).collect()
    }

    /// The requirement, and those below it that have none below.
    fn parts(&self, id: Uuid) -> BTreeSet<Uuid> {
        let below = self.eye.record.requirements.iter().filter(|row| row.parent_id == Some(id));
        let leaves = below.flat_map(|row| {
            let mut parts = self.parts(row.id);
            if self.eye.record.requirements.iter().any(|other| other.parent_id == Some(row.id)) {
                parts.remove(&row.id);
            }
            parts
        });
        leaves.chain([id]).collect()
    }

    /// What the API is to tell of the proof of a requirement.
    pub fn requirement(&self, requirement: &requirement::Model) -> Value {
        let (record, parts) = (self.eye.record, self.parts(requirement.id));
        let has_children = parts.len() > 1;
        let linked = record.links.iter().filter(|link| parts.contains(&link.requirement_id));
        let actions: Vec<(Uuid, &action::Model)> = linked
            .map(|link| (link.requirement_id, row(&record.actions, link.action_id, |row| row.id)))
            .filter(|(_, action)| self.eye.sees(&action.gid()))
            .collect();
        let is_own = |id: &Uuid| actions.iter().any(|(_, action)| action.id == *id);
        let direct = record.evidence_of_requirements.iter().filter(|of| parts.contains(&of.requirement_id));
        let through = record.evidence_of_actions.iter().filter(|of| is_own(&of.action_id));
        let pieces = direct.map(|of| of.evidence_id).chain(through.map(|of| of.evidence_id)).collect();
        let pieces = self.pieces_of(&pieces);
        let direct = record.measures_of_requirements.iter().filter(|of| parts.contains(&of.requirement_id));
        let through = record.measures_of_actions.iter().filter(|of| is_own(&of.action_id));
        let measures = direct.map(|of| of.measure_id).chain(through.map(|of| of.measure_id)).collect();
        let direct = record.audits_of_requirements.iter().filter(|of| parts.contains(&of.requirement_id));
        let through = record.audits_of_actions.iter().filter(|of| is_own(&of.action_id));
        let audits = direct.map(|of| of.audit_id).chain(through.map(|of| of.audit_id)).collect();
        let witnesses = self.say(&pieces, &measures, &audits);
        // A link to the whole of what has parts answers none of them.
        let answers = actions.iter().filter(|(part, action)| {
            (!has_children || *part != requirement.id)
                && word::<domain::ActionStatus>(&action.status).is_live()
        });
        let answers: BTreeMap<Uuid, &action::Model> =
            answers.map(|(_, action)| (action.id, *action)).collect();
        let facts = RequirementFacts {
            is_confirmed: requirement.confirmed_on.is_some(),
            awaits_answer: requirement.kind == "RECOMMENDATION" && requirement.response_status.is_none(),
            coverage: word(self.eye.coverage(requirement.id)),
            not_assured: answers.values().filter(|action| action.status != "ASSURED").count(),
            required: answers.values().map(|action| self.required(action)).max().unwrap_or(2),
            evidence: &pieces,
        };
        json!({
            "strands": self.strands(&pieces, &witnesses),
            "doStrandsDisagree": proof::disagree(&witnesses),
            "missing": gaps(&proof::missing_of_requirement(&facts, self.today)),
        })
    }
}

fn gaps(missing: &[Missing]) -> Value {
    let value = |of: &Missing| json!({ "code": of.gap, "strands": of.strands, "message": of.message });
    missing.iter().map(value).collect()
}
