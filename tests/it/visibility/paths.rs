//! Every field of the schema that leads to other things, and which things those are, whoever asks.

use entity::*;
use uuid::Uuid;

use super::eye::{Named, row};
use crate::support::gid;
use crate::support::world::Record;

/// How a field shows what it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One thing or null.
    One,
    /// A list.
    Many,
    /// A connection.
    Pages,
}

/// A field that leads to other things.
pub struct Path {
    /// The types that have it, with the prefixes of their ids.
    pub of: &'static [(&'static str, &'static str)],
    /// Its name, with arguments where it needs any.
    pub field: &'static str,
    /// How it shows them.
    pub shape: Shape,
    /// The ids of all that it leads to from the row with an id, before anybody's sight is considered.
    pub to: fn(&Record, Uuid) -> Vec<String>,
}

impl Path {
    /// The field as it is asked for.
    pub fn selection(&self, size: usize) -> String {
        let field = self.field;
        match self.shape {
            Shape::Pages if field == "history" => {
                format!("{field}(first: {size}) {{ totalCount nodes {{ id: entityId }} }}")
            }
            Shape::Pages => {
                format!("{field}(first: {size}) {{ totalCount nodes {{ ...on Node {{ id }} }} }}")
            }
            _ => format!("{field} {{ ...on Node {{ id }} }}"),
        }
    }
}

type To = fn(&Record, Uuid) -> Vec<String>;
type Of = &'static [(&'static str, &'static str)];

const fn one(of: Of, field: &'static str, to: To) -> Path {
    Path { of, field, shape: Shape::One, to }
}
const fn many(of: Of, field: &'static str, to: To) -> Path {
    Path { of, field, shape: Shape::Many, to }
}
const fn pages(of: Of, field: &'static str, to: To) -> Path {
    Path { of, field, shape: Shape::Pages, to }
}

const MEMBERSHIP: Of = &[("Membership", "mbr")];
const PERSON: Of = &[("Person", "per")];
const GROUP: Of = &[("Group", "grp")];
const SOURCE: Of = &[("Inspection", "ins"), ("Direction", "dir"), ("Review", "rev")];
const RECOMMENDING: Of = &[("Inspection", "ins"), ("Review", "rev")];
const DIRECTION: Of = &[("Direction", "dir")];
const REVIEW: Of = &[("Review", "rev")];
const REQUIREMENT: Of = &[("Recommendation", "rec"), ("DirectionTerm", "trm")];
const TERM: Of = &[("DirectionTerm", "trm")];
const DUTY: Of = &[("Duty", "dut")];
const PLAN: Of = &[("Plan", "pln")];
const THEME: Of = &[("Theme", "thm")];
const ACTION: Of = &[("Action", "act")];
const STEP: Of = &[("Step", "stp")];
const UPDATE: Of = &[("ProgressUpdate", "upd")];
const EVIDENCE: Of = &[("Evidence", "evd")];
const FILE: Of = &[("EvidenceFile", "fil")];
const DOCUMENT: Of = &[("SourceDocument", "doc")];
const PROPOSAL: Of = &[("LinkProposal", "lpr")];
const MEASURE: Of = &[("Measure", "mea")];
const READING: Of = &[("Reading", "rdg")];
const FEEDBACK: Of = &[("Feedback", "fbk")];
const AUDIT: Of = &[("Audit", "aud")];
const AUDIT_FINDING: Of = &[("AuditFinding", "afn")];
const MACHINE: Of = &[("MachineClient", "mcl")];
const CHALLENGE: Of = &[("Challenge", "chl")];
const NOTICE: Of = &[("Notice", "ntc")];
const ENDPOINT: Of = &[("WebhookEndpoint", "whe")];
const PROGRAMME: Of = &[("Programme", "prg")];
const RECORDED: Of = &[
    ("Programme", "prg"),
    ("Membership", "mbr"),
    ("Person", "per"),
    ("Group", "grp"),
    ("Inspection", "ins"),
    ("Direction", "dir"),
    ("Review", "rev"),
    ("Finding", "fnd"),
    ("Recommendation", "rec"),
    ("DirectionTerm", "trm"),
    ("Duty", "dut"),
    ("Plan", "pln"),
    ("Theme", "thm"),
    ("Action", "act"),
    ("Step", "stp"),
    ("ProgressUpdate", "upd"),
    ("Evidence", "evd"),
    ("EvidenceFile", "fil"),
    ("SourceDocument", "doc"),
    ("LinkProposal", "lpr"),
    ("Measure", "mea"),
    ("Reading", "rdg"),
    ("Feedback", "fbk"),
    ("Audit", "aud"),
    ("AuditFinding", "afn"),
    ("MachineClient", "mcl"),
    ("MachineClientSecret", "mcs"),
    ("Challenge", "chl"),
    ("Notice", "ntc"),
    ("WebhookEndpoint", "whe"),
];

/// The ids of the rows that fit.
fn all<T: Named>(rows: &[T], fits: impl Fn(&T) -> bool) -> Vec<String> {
    rows.iter().filter(|row| fits(row)).map(Named::gid).collect()
}

/// The ids of the rows at the far end of the links that fit.
fn by<T: Named, L>(
    rows: &[T],
    id: impl Fn(&T) -> Uuid,
    links: &[L],
    far: impl Fn(&L) -> Option<Uuid>,
) -> Vec<String> {
    let ends = links.iter().filter_map(far);
    ends.map(|end| row(rows, end, &id).gid()).collect()
}

fn party(record: &Record, id: Option<Uuid>) -> Vec<String> {
    all(&record.parties, |row| Some(row.id) == id)
}

fn of(record: &Record, id: Uuid) -> &action::Model {
    row(&record.actions, id, |row| row.id)
}

fn of_programme(record: &Record, id: Uuid) -> Vec<String> {
    all(&record.programmes, |row| row.id == id)
}

fn challenge(record: &Record, id: Uuid) -> &challenge::Model {
    row(&record.challenges, id, |row| row.id)
}

fn notice(record: &Record, id: Uuid) -> &notice::Model {
    row(&record.notices, id, |row| row.id)
}

fn parties(record: &Record, id: Uuid, role: &str) -> Vec<String> {
    by(
        &record.parties,
        |row| row.id,
        &record.parties_of,
        |l| (l.action_id == id && l.role == role).then_some(l.party_id),
    )
}

fn latest(record: &Record, id: Uuid) -> Vec<String> {
    let updates = record.updates.iter().filter(|row| row.action_id == id);
    updates.max_by_key(|row| (row.reported_on, row.id)).map(Named::gid).into_iter().collect()
}

/// All of them. A field that is missing here fails the test that reads the schema.
pub const PATHS: &[Path] = &[
    one(MEMBERSHIP, "programme", |r, id| {
        let of = row(&r.memberships, id, |row| row.id);
        all(&r.programmes, |row| Some(row.id) == of.programme_id)
    }),
    one(MEMBERSHIP, "organisation", |r, id| party(r, row(&r.memberships, id, |row| row.id).organisation_id)),
    one(MEMBERSHIP, "person", |r, id| party(r, row(&r.memberships, id, |row| row.id).person_id)),
    one(MACHINE, "programme", |r, id| {
        let of = row(&r.clients, id, |row| row.id).programme_id;
        all(&r.programmes, |row| row.id == of)
    }),
    one(MACHINE, "organisation", |r, id| party(r, Some(row(&r.clients, id, |row| row.id).organisation_id))),
    many(MACHINE, "secrets", |r, id| all(&r.client_secrets, |row| row.client_id == id)),
    pages(PROGRAMME, "machineClients", |r, id| all(&r.clients, |row| row.programme_id == id)),
    one(PERSON, "organisation", |r, id| party(r, row(&r.parties, id, |row| row.id).organisation_id)),
    one(GROUP, "organisation", |r, id| party(r, row(&r.parties, id, |row| row.id).organisation_id)),
    many(GROUP, "members", |r, id| {
        by(&r.parties, |row| row.id, &r.members_of, |l| (l.group_id == id).then_some(l.person_id))
    }),
    one(SOURCE, "issuer", |r, id| party(r, row(&r.sources, id, |row| row.id).issuer_id)),
    pages(RECOMMENDING, "recommendations", |r, id| all(&r.requirements, |row| row.source_id == id)),
    pages(DIRECTION, "terms", |r, id| all(&r.requirements, |row| row.source_id == id)),
    one(DIRECTION, "supersedes", |r, id| {
        let of = row(&r.sources, id, |row| row.id).supersedes_id;
        all(&r.sources, |row| Some(row.id) == of)
    }),
    one(DIRECTION, "supersededBy", |r, id| all(&r.sources, |row| row.supersedes_id == Some(id))),
    pages(REVIEW, "findings", |r, id| all(&r.findings, |row| row.source_id == id)),
    one(REQUIREMENT, "source", |r, id| {
        let of = row(&r.requirements, id, |row| row.id).source_id;
        all(&r.sources, |row| row.id == of)
    }),
    pages(REQUIREMENT, "actions", |r, id| {
        by(&r.actions, |row| row.id, &r.links, |l| (l.requirement_id == id).then_some(l.action_id))
    }),
    one(TERM, "parent", |r, id| {
        let of = row(&r.requirements, id, |row| row.id).parent_id;
        all(&r.requirements, |row| Some(row.id) == of)
    }),
    many(TERM, "children", |r, id| all(&r.requirements, |row| row.parent_id == Some(id))),
    many(TERM, "duties", |r, id| all(&r.duties, |row| row.requirement_id == id)),
    one(DUTY, "holder", |r, id| party(r, row(&r.duties, id, |row| row.id).holder_id)),
    one(DUTY, "dischargedBy", |r, id| party(r, row(&r.duties, id, |row| row.id).discharged_by_id)),
    one(DUTY, "dischargeEvidence", |r, id| {
        let piece = row(&r.duties, id, |row| row.id).discharge_evidence_id;
        piece.map(|piece| gid("evd", piece)).into_iter().collect()
    }),
    one(PLAN, "owner", |r, id| party(r, Some(row(&r.plans, id, |row| row.id).owner_id))),
    one(PLAN, "predecessor", |r, id| {
        let of = row(&r.plans, id, |row| row.id).predecessor_id;
        all(&r.plans, |row| Some(row.id) == of)
    }),
    one(PLAN, "successor", |r, id| all(&r.plans, |row| row.predecessor_id == Some(id))),
    many(PLAN, "themes", |r, id| all(&r.themes, |row| row.plan_id == id)),
    pages(PLAN, "actions", |r, id| all(&r.actions, |row| row.plan_id == id)),
    one(THEME, "parent", |r, id| {
        let of = row(&r.themes, id, |row| row.id).parent_id;
        all(&r.themes, |row| Some(row.id) == of)
    }),
    many(THEME, "children", |r, id| all(&r.themes, |row| row.parent_id == Some(id))),
    one(ACTION, "plan", |r, id| all(&r.plans, |row| row.id == of(r, id).plan_id)),
    one(ACTION, "theme", |r, id| all(&r.themes, |row| Some(row.id) == of(r, id).theme_id)),
    many(ACTION, "steps", |r, id| all(&r.steps, |row| row.action_id == id)),
    many(ACTION, "leads", |r, id| parties(r, id, "LEAD")),
    many(ACTION, "contributors", |r, id| parties(r, id, "CONTRIBUTOR")),
    one(ACTION, "organisation", |r, id| party(r, of(r, id).organisation_id)),
    one(ACTION, "latestUpdate", latest),
    pages(ACTION, "requirements", |r, id| {
        by(&r.requirements, |row| row.id, &r.links, |l| (l.action_id == id).then_some(l.requirement_id))
    }),
    many(ACTION, "unspecifiedDirections", |r, id| {
        by(&r.sources, |row| row.id, &r.unspecified, |l| (l.action_id == id).then_some(l.source_id))
    }),
    pages(ACTION, "evidence", |r, id| {
        let links = &r.evidence_of_actions;
        by(&r.evidence, |row| row.id, links, |l| (l.action_id == id).then_some(l.evidence_id))
    }),
    pages(ACTION, "updates", |r, id| all(&r.updates, |row| row.action_id == id)),
    many(ACTION, "dependsOn", |r, id| {
        by(&r.actions, |row| row.id, &r.dependencies, |l| (l.action_id == id).then_some(l.depends_on_id))
    }),
    one(ACTION, "rolledOverFrom", |r, id| {
        all(&r.actions, |row| Some(row.id) == of(r, id).rolled_over_from_id)
    }),
    one(ACTION, "rolledOverTo", |r, id| all(&r.actions, |row| row.rolled_over_from_id == Some(id))),
    many(ACTION, "linkProposals", |r, id| all(&r.proposals, |row| row.action_id == id)),
    one(PROPOSAL, "action", |r, id| {
        let of = row(&r.proposals, id, |row| row.id).action_id;
        all(&r.actions, |row| row.id == of)
    }),
    one(PROPOSAL, "requirement", |r, id| {
        let of = row(&r.proposals, id, |row| row.id).requirement_id;
        all(&r.requirements, |row| row.id == of)
    }),
    one(PROPOSAL, "proposedBy", |r, id| party(r, row(&r.proposals, id, |row| row.id).proposed_by_id)),
    one(STEP, "lead", |r, id| party(r, row(&r.steps, id, |row| row.id).lead_id)),
    one(UPDATE, "author", |r, id| party(r, row(&r.updates, id, |row| row.id).author_id)),
    one(UPDATE, "action", |r, id| {
        let action = row(&r.updates, id, |row| row.id).action_id;
        all(&r.actions, |row| row.id == action)
    }),
    pages(EVIDENCE, "actions", |r, id| {
        let links = &r.evidence_of_actions;
        by(&r.actions, |row| row.id, links, |l| (l.evidence_id == id).then_some(l.action_id))
    }),
    pages(EVIDENCE, "requirements", |r, id| {
        let links = &r.evidence_of_requirements;
        by(&r.requirements, |row| row.id, links, |l| (l.evidence_id == id).then_some(l.requirement_id))
    }),
    many(EVIDENCE, "sharedWith", |r, id| {
        by(&r.parties, |row| row.id, &r.shares, |l| (l.evidence_id == id).then_some(l.organisation_id))
    }),
    one(EVIDENCE, "addedBy", |r, id| party(r, row(&r.evidence, id, |row| row.id).added_by_id)),
    one(EVIDENCE, "reviewedBy", |r, id| party(r, row(&r.evidence, id, |row| row.id).reviewed_by_id)),
    many(EVIDENCE, "files", |r, id| all(&r.files, |row| row.evidence_id == id && row.is_current)),
    one(FILE, "evidence", |r, id| {
        let of = row(&r.files, id, |row| row.id).evidence_id;
        all(&r.evidence, |row| row.id == of)
    }),
    one(FILE, "addedBy", |r, id| party(r, row(&r.files, id, |row| row.id).added_by_id)),
    many(FILE, "versions", |r, id| {
        let of = row(&r.files, id, |row| row.id).document_id;
        all(&r.files, |row| row.document_id == of)
    }),
    one(DOCUMENT, "importedBy", |r, id| party(r, row(&r.documents, id, |row| row.id).imported_by_id)),
    one(DOCUMENT, "programme", |r, id| {
        let of = row(&r.documents, id, |row| row.id).programme_id;
        all(&r.programmes, |row| row.id == of)
    }),
    pages(PROGRAMME, "sourceDocuments", |r, id| all(&r.documents, |row| row.programme_id == id)),
    one(MEASURE, "owner", |r, id| party(r, row(&r.measures, id, |row| row.id).owner_id)),
    one(MEASURE, "latestReading", |r, id| {
        let wholes = r.readings.iter().filter(|row| row.measure_id == id && row.dimension.is_none());
        wholes.max_by_key(|row| row.period_end).map(Named::gid).into_iter().collect()
    }),
    pages(MEASURE, "readings", |r, id| all(&r.readings, |row| row.measure_id == id)),
    many(MEASURE, "series", |r, id| all(&r.readings, |row| row.measure_id == id)),
    pages(MEASURE, "actions", |r, id| {
        let links = &r.measures_of_actions;
        by(&r.actions, |row| row.id, links, |l| (l.measure_id == id).then_some(l.action_id))
    }),
    pages(MEASURE, "requirements", |r, id| {
        let links = &r.measures_of_requirements;
        by(&r.requirements, |row| row.id, links, |l| (l.measure_id == id).then_some(l.requirement_id))
    }),
    one(READING, "measure", |r, id| {
        let of = row(&r.readings, id, |row| row.id).measure_id;
        all(&r.measures, |row| row.id == of)
    }),
    pages(ACTION, "measures", |r, id| {
        let links = &r.measures_of_actions;
        by(&r.measures, |row| row.id, links, |l| (l.action_id == id).then_some(l.measure_id))
    }),
    pages(REQUIREMENT, "measures", |r, id| {
        let links = &r.measures_of_requirements;
        by(&r.measures, |row| row.id, links, |l| (l.requirement_id == id).then_some(l.measure_id))
    }),
    pages(PROGRAMME, "measures", |r, id| all(&r.measures, |row| row.programme_id == id)),
    pages(FEEDBACK, "actions", |r, id| {
        let links = &r.feedback_on_actions;
        by(&r.actions, |row| row.id, links, |l| (l.feedback_id == id).then_some(l.action_id))
    }),
    pages(FEEDBACK, "requirements", |r, id| {
        let links = &r.feedback_on_requirements;
        by(&r.requirements, |row| row.id, links, |l| (l.feedback_id == id).then_some(l.requirement_id))
    }),
    pages(ACTION, "feedback", |r, id| {
        let links = &r.feedback_on_actions;
        by(&r.feedback, |row| row.id, links, |l| (l.action_id == id).then_some(l.feedback_id))
    }),
    pages(REQUIREMENT, "feedback", |r, id| {
        let links = &r.feedback_on_requirements;
        by(&r.feedback, |row| row.id, links, |l| (l.requirement_id == id).then_some(l.feedback_id))
    }),
    pages(PROGRAMME, "feedback", |r, id| all(&r.feedback, |row| row.programme_id == id)),
    one(AUDIT, "doneBy", |r, id| party(r, row(&r.audits, id, |row| row.id).done_by_id)),
    one(AUDIT, "reauditOf", |r, id| {
        let of = row(&r.audits, id, |row| row.id).reaudit_of_id;
        all(&r.audits, |row| Some(row.id) == of)
    }),
    pages(AUDIT, "reaudits", |r, id| all(&r.audits, |row| row.reaudit_of_id == Some(id))),
    pages(AUDIT, "findings", |r, id| all(&r.audit_findings, |row| row.audit_id == id)),
    pages(AUDIT, "actions", |r, id| {
        let links = &r.audits_of_actions;
        by(&r.actions, |row| row.id, links, |l| (l.audit_id == id).then_some(l.action_id))
    }),
    pages(AUDIT, "requirements", |r, id| {
        let links = &r.audits_of_requirements;
        by(&r.requirements, |row| row.id, links, |l| (l.audit_id == id).then_some(l.requirement_id))
    }),
    one(AUDIT_FINDING, "audit", |r, id| {
        let of = row(&r.audit_findings, id, |row| row.id).audit_id;
        all(&r.audits, |row| row.id == of)
    }),
    one(AUDIT_FINDING, "followUpBy", |r, id| party(r, row(&r.audit_findings, id, |row| row.id).owner_id)),
    one(AUDIT_FINDING, "doneBy", |r, id| party(r, row(&r.audit_findings, id, |row| row.id).done_by_id)),
    pages(ACTION, "audits", |r, id| {
        let links = &r.audits_of_actions;
        by(&r.audits, |row| row.id, links, |l| (l.action_id == id).then_some(l.audit_id))
    }),
    pages(REQUIREMENT, "audits", |r, id| {
        let links = &r.audits_of_requirements;
        by(&r.audits, |row| row.id, links, |l| (l.requirement_id == id).then_some(l.audit_id))
    }),
    pages(PROGRAMME, "audits", |r, id| all(&r.audits, |row| row.programme_id == id)),
    pages(PROGRAMME, "auditFindings", |r, id| all(&r.audit_findings, |row| row.programme_id == id)),
    one(CHALLENGE, "programme", |r, id| of_programme(r, challenge(r, id).programme_id)),
    one(CHALLENGE, "action", |r, id| all(&r.actions, |row| Some(row.id) == challenge(r, id).action_id)),
    one(CHALLENGE, "putTo", |r, id| party(r, Some(challenge(r, id).put_to_id))),
    one(CHALLENGE, "putBy", |r, id| party(r, challenge(r, id).put_by_id)),
    one(CHALLENGE, "answeredBy", |r, id| party(r, challenge(r, id).answered_by_id)),
    one(CHALLENGE, "closedBy", |r, id| party(r, challenge(r, id).closed_by_id)),
    pages(ACTION, "challenges", |r, id| all(&r.challenges, |row| row.action_id == Some(id))),
    pages(PROGRAMME, "challenges", |r, id| all(&r.challenges, |row| row.programme_id == id)),
    one(NOTICE, "programme", |r, id| of_programme(r, notice(r, id).programme_id)),
    one(NOTICE, "organisation", |r, id| party(r, Some(notice(r, id).organisation_id))),
    one(NOTICE, "action", |r, id| all(&r.actions, |row| Some(row.id) == notice(r, id).action_id)),
    one(NOTICE, "about", |r, id| {
        let about = notice(r, id).about_id;
        let mut found = all(&r.actions, |row| row.id == about);
        found.extend(all(&r.evidence, |row| row.id == about));
        found.extend(all(&r.challenges, |row| row.id == about));
        found
    }),
    pages(PROGRAMME, "notices", |r, id| all(&r.notices, |row| row.programme_id == id)),
    one(ENDPOINT, "programme", |r, id| {
        let of = row(&r.endpoints, id, |row| row.id).programme_id;
        all(&r.programmes, |row| row.id == of)
    }),
    one(ENDPOINT, "organisation", |r, id| {
        party(r, Some(row(&r.endpoints, id, |row| row.id).organisation_id))
    }),
    pages(PROGRAMME, "webhookEndpoints", |r, id| all(&r.endpoints, |row| row.programme_id == id)),
    pages(PROGRAMME, "people", |r, id| {
        all(&r.parties, |row| row.programme_id == Some(id) && row.kind == "PERSON")
    }),
    pages(PROGRAMME, "groups", |r, id| {
        all(&r.parties, |row| row.programme_id == Some(id) && row.kind == "GROUP")
    }),
    pages(PROGRAMME, "members", |r, id| all(&r.memberships, |row| row.programme_id == Some(id))),
    one(PROGRAMME, "authority", |r, id| party(r, Some(row(&r.programmes, id, |row| row.id).authority_id))),
    pages(PROGRAMME, "sources", |r, id| all(&r.sources, |row| row.programme_id == id)),
    pages(PROGRAMME, "recommendations", |r, id| {
        all(&r.requirements, |row| row.programme_id == id && row.kind == "RECOMMENDATION")
    }),
    pages(PROGRAMME, "directionTerms", |r, id| {
        all(&r.requirements, |row| row.programme_id == id && row.kind == "DIRECTION_TERM")
    }),
    pages(PROGRAMME, "plans", |r, id| all(&r.plans, |row| row.programme_id == id)),
    pages(PROGRAMME, "actions", |r, id| all(&r.actions, |row| row.programme_id == id)),
    pages(PROGRAMME, "evidence", |r, id| all(&r.evidence, |row| row.programme_id == id)),
    // Nothing in these tests changes twice: one entry for each thing.
    pages(RECORDED, "history", |r, id| {
        let names = RECORDED.iter().map(|(_, prefix)| gid(prefix, id));
        let all = super::eye::everything(r);
        names.filter(|name| all.contains(name)).collect()
    }),
];

/// Fields that lead to other things and are looked at on their own: how much they hold is no fixed set.
pub const APART: &[&str] = &[
    "Requirement.evidence",
    "CoverageReport.gaps",
    // Which actions they hold hangs on what is seen of them: `proof::agree` looks at them.
    "Programme.claimedWithoutImpact",
    "Programme.assuredOnExpiredEvidence",
    "Programme.strandsInDisagreement",
    "Programme.changes",
    // Entries of the programme's, of one action: `action_changes` looks at them.
    "Action.changes",
    "Change.node",
    "Organisation.history",
    "Viewer.memberships",
    // Parts of a recommendation: `asked::recommendations` looks at them.
    "RecommendationConfirmation.confirmedBy",
    "RecommendationResponse.respondedBy",
    // What is on its way is no part of the record: `evidence::files` and `documents` look at it.
    "Upload.evidence",
    "Programme.uploads",
    // What was read of a document on its way: `imports` looks at it.
    "PlanReading.ignored",
    "PlanReading.questions",
    "PlanReading.rows",
    "PlanReading.suggestions",
    // A part of what was imported: `documents` looks at it.
    "ImportedFrom.document",
    // What an endpoint is told is no part of the record: `webhooks` looks at it.
    "WebhookEndpoint.deliveries",
    // Parts of an action: `actions::facts` looks at them.
    "ActionDelivery.claimedBy",
    "ActionAssurance.assuredBy",
    "ActionImpact.judgedBy",
    "ActionImpact.evidence",
    // A part of a measure: `measures` looks at it.
    "MeasureTarget.approvedBy",
    // Parts of an audit and of a finding: `audits` looks at them.
    "AuditModeration.moderatedBy",
    "AuditRecheck.recheckedBy",
    "Position.actions",
    "ChangesBetween.new",
    "ChangesBetween.done",
    "ChangesBetween.slipped",
    "ChangesBetween.worse",
    "ChangesBetween.better",
    "ChangesBetween.withdrawn",
    "ChangesBetween.rolledOver",
];
