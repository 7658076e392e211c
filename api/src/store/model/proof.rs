//! What proof there is of an action, as SQL: the rules of `domain::proof` where a filter or a list needs them. Each is asked of what
//! the viewer may see: evidence, measures and audits that are hidden move nothing.

use domain::EvidenceStrand;
use domain::measure::{TargetStatus, Trend};
use domain::proof::{Impact, Review, STRANDS, too_early_before};

use super::{Cx, Field, FieldDef, Scalar, TypeDef, figure, worked_out};
use crate::store::computed::Computation;
use crate::store::sql::Sql;
use crate::store::table::Table;
use crate::store::visibility::{every_figure_visible, visible};

/// A part of an object, or a member of a computed one.
const STRAND: [&str; 10] = [
    "strand",
    "isProof",
    "accepted",
    "submitted",
    "refused",
    "expired",
    "latestOn",
    "ageInDays",
    "countsUntil",
    "says",
];

pub(super) fn types() -> Vec<TypeDef> {
    let computed = |ty, members: &[&'static str]| {
        TypeDef::new(ty, None, members.iter().map(|of| (*of, FieldDef::Json(of))).collect())
    };
    vec![
        TypeDef::new(
            "ActionProof",
            None,
            vec![
                worked_out("strandsRequired", strands_required, Scalar::Int),
                worked_out("acceptedStrands", accepted_strands, Scalar::Words),
                worked_out("submittedStrands", submitted_strands, Scalar::Words),
                worked_out("isSufficient", is_proof_sufficient, Scalar::Bool),
                ("strands", FieldDef::Computed(Computation::ActionStrands)),
                worked_out("doStrandsDisagree", do_strands_disagree, Scalar::Bool),
                ("missing", FieldDef::Computed(Computation::ActionMissing)),
            ],
        ),
        computed("RequirementProof", &["strands", "doStrandsDisagree", "missing"]),
        computed("StrandProof", &STRAND),
        computed("ProofGap", &["code", "strands", "message"]),
    ]
}

/// What shows that a requirement is met.
pub(super) fn of_requirement() -> Field {
    ("proof", FieldDef::Computed(Computation::RequirementProof))
}

// ---- accepted strands -------------------------------------------------------------------------------------------

/// Whether what has expired counts too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expired {
    Counts,
    CountsNot,
}

/// Adds the condition that the evidence named `alias` still counts: to the end of its last day it does.
pub(in crate::store) fn stands(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(").column(alias, "expires_on").push(" IS NULL OR ").column(alias, "expires_on").push(" >= ");
    sql.bind(cx.viewer.today).push(")");
}

/// Whether an action has evidence of a strand in sight that was reviewed so.
fn has_strand(
    sql: &mut Sql,
    alias: &str,
    cx: &Cx,
    (strand, review, expired): (EvidenceStrand, Review, Expired),
) {
    let (link, piece) = (sql.alias(), sql.alias());
    sql.push("EXISTS (SELECT 1 FROM evidence_action ").push(&link).push(" JOIN evidence ").push(&piece);
    sql.push(" ON ").column(&piece, "id").push(" = ").column(&link, "evidence_id").push(" WHERE ");
    sql.column(&link, "action_id").push(" = ").column(alias, "id").push(" AND ");
    sql.column(&piece, "strand").push(" = '").push(strand.as_str()).push("' AND ");
    sql.column(&piece, "review_status").push(" = '").push(review.as_str()).push("' AND ");
    if expired == Expired::CountsNot {
        stands(sql, &piece, cx);
        sql.push(" AND ");
    }
    visible(sql, Table::Evidence, &piece, &cx.viewer);
    sql.push(")");
}

fn strands(sql: &mut Sql, alias: &str, cx: &Cx, review: Review) {
    sql.push("(''");
    for strand in STRANDS {
        sql.push(" || CASE WHEN ");
        has_strand(sql, alias, cx, (strand, review, Expired::CountsNot));
        sql.push(" THEN '").push(strand.as_str()).push(" ' ELSE '' END");
    }
    sql.push(")");
}

/// The strands with accepted evidence, as words.
pub fn accepted_strands(sql: &mut Sql, alias: &str, cx: &Cx) {
    strands(sql, alias, cx, Review::Accepted);
}

/// The strands with evidence that waits to be looked at, as words.
pub fn submitted_strands(sql: &mut Sql, alias: &str, cx: &Cx) {
    strands(sql, alias, cx, Review::Submitted);
}

fn of_plan(sql: &mut Sql, alias: &str, column: &str) {
    let plan = sql.alias();
    sql.push("(SELECT ").column(&plan, column).push(" FROM plan ").push(&plan).push(" WHERE ");
    sql.column(&plan, "id").push(" = ").column(alias, "plan_id").push(")");
}

/// How many strands the plan of an action asks for.
pub fn strands_required(sql: &mut Sql, alias: &str, _: &Cx) {
    of_plan(sql, alias, "strands_required");
}

/// How far the plan of an action has come. Whoever sees the action sees its plan.
pub fn plan_status(sql: &mut Sql, alias: &str, _: &Cx) {
    of_plan(sql, alias, "status");
}

fn are_enough(sql: &mut Sql, alias: &str, cx: &Cx, expired: Expired) {
    sql.push("(0");
    for strand in STRANDS {
        sql.push(" + CASE WHEN ");
        has_strand(sql, alias, cx, (strand, Review::Accepted, expired));
        sql.push(" THEN 1 ELSE 0 END");
    }
    sql.push(" >= ");
    strands_required(sql, alias, cx);
    sql.push(")");
}

/// Whether there are as many accepted strands as are asked for: `domain::proof::assurance_needs`.
pub fn is_proof_sufficient(sql: &mut Sql, alias: &str, cx: &Cx) {
    are_enough(sql, alias, cx, Expired::CountsNot);
}

// ---- what a board should look at --------------------------------------------------------------------------------

/// Whether an action is said to be done while nobody says what difference it made: `domain::proof::is_claimed_without_impact`.
pub fn is_claimed_without_impact(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(").column(alias, "status").push(" IN ('COMPLETE', 'ASSURED') AND (").column(alias, "impact");
    sql.push(" IS NULL OR (")
        .column(alias, "impact")
        .push(" = '")
        .push(Impact::TooEarly.as_str())
        .push("' AND ");
    sql.column(alias, "impact_on").push(" < ").bind(too_early_before(cx.viewer.today)).push(")))");
}

/// Whether it was assured on evidence that has expired: `domain::proof::is_assured_on_expired`.
pub fn is_assured_on_expired(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(").column(alias, "status").push(" = 'ASSURED' AND ");
    are_enough(sql, alias, cx, Expired::Counts);
    sql.push(" AND NOT ");
    is_proof_sufficient(sql, alias, cx);
    sql.push(")");
}

/// Whether strands disagree: `domain::proof::disagree`. Both answers, and more than one strand that answers.
pub fn do_strands_disagree(sql: &mut Sql, alias: &str, cx: &Cx) {
    let witness = sql.alias();
    sql.push("(SELECT COALESCE(MIN(is_better) = 0 AND MAX(is_better) = 1 AND COUNT(DISTINCT strand) > 1, FALSE) FROM (");
    witnesses_among_evidence(sql, alias, cx);
    sql.push(" UNION ALL ");
    witnesses_among_measures(sql, alias, cx);
    sql.push(" UNION ALL ");
    witness_among_audits(sql, alias, cx);
    sql.push(") AS ").push(&witness).push(")");
}

/// The evidence of an action that says something: `domain::proof::Piece::says`.
fn witnesses_among_evidence(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (link, piece) = (sql.alias(), sql.alias());
    sql.push("SELECT ").column(&piece, "strand").push(" AS strand, CASE WHEN ").column(&piece, "shows");
    sql.push(" = '")
        .push(Impact::Improved.as_str())
        .push("' THEN 1 ELSE 0 END AS is_better FROM evidence_action ");
    sql.push(&link).push(" JOIN evidence ").push(&piece).push(" ON ").column(&piece, "id").push(" = ");
    sql.column(&link, "evidence_id")
        .push(" WHERE ")
        .column(&link, "action_id")
        .push(" = ")
        .column(alias, "id");
    sql.push(" AND ").column(&piece, "review_status").push(" = '").push(Review::Accepted.as_str());
    sql.push("' AND ").column(&piece, "shows").push(" <> '").push(Impact::TooEarly.as_str()).push("' AND ");
    sql.column(&piece, "strand").push(" <> '").push(EvidenceStrand::Document.as_str()).push("' AND ");
    stands(sql, &piece, cx);
    sql.push(" AND ");
    visible(sql, Table::Evidence, &piece, &cx.viewer);
}

/// The measures of an action that say something, each as the viewer is told of it: `domain::proof::measure_says`.
fn witnesses_among_measures(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (link, measure) = (sql.alias(), sql.alias());
    sql.push("SELECT '").push(EvidenceStrand::PerformanceData.as_str()).push("', CASE WHEN ");
    figure::trend(sql, &measure, cx);
    sql.push(" = '").push(Trend::Improving.as_str()).push("' OR (");
    figure::trend(sql, &measure, cx);
    sql.push(" = '").push(Trend::Steady.as_str()).push("' AND ");
    figure::target_status(sql, &measure, cx);
    sql.push(" IN ('").push(TargetStatus::Met.as_str()).push("', '").push(TargetStatus::OnCourse.as_str());
    sql.push("')) THEN 1 ELSE 0 END FROM measure_action ").push(&link).push(" JOIN measure ").push(&measure);
    sql.push(" ON ").column(&measure, "id").push(" = ").column(&link, "measure_id").push(" WHERE ");
    sql.column(&link, "action_id").push(" = ").column(alias, "id").push(" AND ");
    figure::trend(sql, &measure, cx);
    sql.push(" <> '").push(Trend::TooFewReadings.as_str()).push("' AND NOT ");
    figure::is_stale(sql, &measure, cx);
    sql.push(" AND ");
    visible(sql, Table::Measure, &measure, &cx.viewer);
}

/// The latest audit about an action that says something: `domain::proof::audit_says`.
fn witness_among_audits(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (link, audit, said) = (sql.alias(), sql.alias(), sql.alias());
    sql.push("SELECT '")
        .push(EvidenceStrand::QualityAssurance.as_str())
        .push("', CASE WHEN balance > 0 THEN 1 ");
    sql.push("ELSE 0 END FROM (SELECT ");
    audit_balance(sql, &audit, cx);
    sql.push(" AS balance FROM audit_action ").push(&link).push(" JOIN audit ").push(&audit).push(" ON ");
    sql.column(&audit, "id").push(" = ").column(&link, "audit_id").push(" WHERE ");
    sql.column(&link, "action_id").push(" = ").column(alias, "id").push(" AND ");
    audit_balance(sql, &audit, cx);
    sql.push(" <> 0 AND ");
    visible(sql, Table::Audit, &audit, &cx.viewer);
    sql.push(" ORDER BY ")
        .column(&audit, "ended_on")
        .push(" DESC, ")
        .column(&audit, "id")
        .push(" DESC LIMIT 1) AS ");
    sql.push(&said);
}

/// By how many more of an audit's sample were good than were not, or -1 where it found inadequate practice that is not closed; 0
/// where it says neither.
fn audit_balance(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (finding, moderated, independent) = (sql.alias(), sql.alias(), sql.alias());
    sql.push("CASE WHEN EXISTS (SELECT 1 FROM audit_finding ").push(&finding).push(" WHERE ");
    sql.column(&finding, "audit_id").push(" = ").column(alias, "id").push(" AND ");
    sql.column(&finding, "grade")
        .push(" = 'INADEQUATE' AND ")
        .column(&finding, "status")
        .push(" <> 'CLOSED') THEN -1 ");
    sql.push("WHEN ");
    are_grades_known(sql, alias, cx);
    sql.push(" THEN COALESCE(");
    for (of, rater) in [(&moderated, "MODERATED"), (&independent, "INDEPENDENT")] {
        sql.push("(SELECT ");
        for (index, grade) in ["outstanding", "good", "requires_improvement", "inadequate"].iter().enumerate()
        {
            sql.push(["", " + ", " - ", " - "].get(index).copied().unwrap_or_default());
            sql.push("COALESCE(").column(of, grade).push(", 0)");
        }
        sql.push(" FROM audit_grades ").push(of).push(" WHERE ").column(of, "audit_id").push(" = ");
        sql.column(alias, "id").push(" AND ").column(of, "rater").push(" = '").push(rater).push("'), ");
    }
    sql.push("0) ELSE 0 END");
}

/// Adds the condition that the viewer is told the grades of the audit named `alias`.
pub(in crate::store) fn are_grades_known(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(");
    every_figure_visible(sql, alias, &cx.viewer);
    sql.push(" OR ").column(alias, "are_grades_shown").push(")");
}
