//! What is worked out over a row, as SQL: the rules of the `domain` crate where a filter or a count needs them.
//!
//! Each has its pure twin in `domain`; the integration tests compare the two. Health costs no rule here: the write path
//! stores the days from which an action is at risk or off track, and reading only compares them with today.

use domain::Role::{Admin, Board, Officer};

use super::Cx;
use crate::authz::identity::CLIENT;
use crate::authz::rules::Thing;
use crate::store::judge::viewer_can;
use crate::store::sql::Sql;
use crate::store::table::Table;
use crate::store::visibility::{held, is_only_of_loss, updates_visible, visible};

/// Statuses of actions that nobody works on any more without their being finished.
const GIVEN_UP: &str = "('ROLLED_OVER', 'WITHDRAWN')";
/// Statuses of actions that are finished, as far as their leads say.
const FINISHED: &str = "('COMPLETE', 'ASSURED')";

/// The day on which dates are judged.
pub fn today(sql: &mut Sql, _: &str, cx: &Cx) {
    sql.bind(cx.viewer.today);
    if sql.is_postgres() {
        sql.push("::date");
    }
}

/// The day of issue of a requirement's source, to order by.
pub fn source_issued_on(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(SELECT s.issued_on FROM source s WHERE s.id = ").column(alias, "source_id").push(")");
}

/// What a post holder is called: by name, or by the post where no name is recorded. A lead thus has a name whatever kind
/// of lead it is, and a client can ask for it on all kinds at once.
pub fn person_name(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("COALESCE(").column(alias, "name").push(", ").column(alias, "post").push(")");
}

/// The first day that is known of a plan, to order by.
pub fn plan_begins_on(sql: &mut Sql, alias: &str, _: &Cx) {
    for (index, column) in ["start_on", "considered_on", "agreed_on", "published_on"].iter().enumerate() {
        sql.push(if index == 0 { "COALESCE(" } else { ", " }).column(alias, column);
    }
    sql.push(")");
}

/// A value of an entry, or what stands for it where the entry says only that its thing is gone from the viewer's sight.
fn unless_lost(sql: &mut Sql, alias: &str, cx: &Cx, column: &str, instead: &str) {
    sql.push("CASE WHEN ");
    is_only_of_loss(sql, alias, &cx.viewer);
    sql.push(" THEN ").push(instead).push(" ELSE ").column(alias, column).push(" END");
}

/// What was done.
pub fn operation(sql: &mut Sql, alias: &str, cx: &Cx) {
    unless_lost(sql, alias, cx, "operation", "'hidden'");
}

/// The version that a change led to.
pub fn version_after(sql: &mut Sql, alias: &str, cx: &Cx) {
    unless_lost(sql, alias, cx, "entity_version", "0");
}

/// Why a change was made.
pub fn reason(sql: &mut Sql, alias: &str, cx: &Cx) {
    unless_lost(sql, alias, cx, "reason", "NULL");
}

/// Who made a change: for those who work inside the programme. A subject can be an e-mail address.
pub fn actor(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ");
    is_only_of_loss(sql, alias, &cx.viewer);
    sql.push(" THEN NULL WHEN ")
        .any(|any| held(any, alias, "programme_id", &cx.viewer, &[Board, Officer, Admin]));
    sql.push(" THEN ").column(alias, "actor").push(" END");
}

/// Whether a direction binds: replaced by another, lifted by today, or in force.
pub fn direction_status(sql: &mut Sql, alias: &str, cx: &Cx) {
    let by = sql.alias();
    sql.push("CASE WHEN ")
        .column(alias, "lifted_on")
        .push(" <= ")
        .bind(cx.viewer.today)
        .push(" THEN 'LIFTED'");
    sql.push(" WHEN EXISTS (SELECT 1 FROM source ").push(&by).push(" WHERE ").column(&by, "supersedes_id");
    sql.push(" = ").column(alias, "id").push(" AND (").column(&by, "issued_on").push(" IS NULL OR ");
    sql.column(&by, "issued_on").push(" <= ").bind(cx.viewer.today).push(") AND ");
    visible(sql, Table::Source, &by, &cx.viewer);
    sql.push(") THEN 'REVISED' ELSE 'IN_FORCE' END");
}

// ---- how an action stands ---------------------------------------------------------------------------------------

/// The day on which an action is judged: today, or for one that was given up the day it was.
fn judged_on(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ").column(alias, "status").push(" IN ").push(GIVEN_UP).push(" AND ");
    sql.column(alias, "status_on")
        .push(" < ")
        .bind(cx.viewer.today)
        .push(" THEN ")
        .column(alias, "status_on");
    sql.push(" ELSE ");
    today(sql, alias, cx);
    sql.push(" END");
}

/// What the service computes: `domain::standing::computed_health`. The lateness of updates counts only for viewers who
/// may read the updates; to others it would tell when the last one was.
pub fn computed_health(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ").column(alias, "status").push(" IN ").push(FINISHED).push(" THEN 'DONE' WHEN ");
    sql.column(alias, "off_track_from").push(" <= ");
    judged_on(sql, alias, cx);
    sql.push(" THEN 'OFF_TRACK' WHEN ").column(alias, "at_risk_from").push(" <= ");
    judged_on(sql, alias, cx);
    sql.push(" OR ");
    waits_for_late(sql, alias, cx);
    sql.push(" OR (");
    updates_visible(sql, alias, &cx.viewer);
    sql.push(" AND ").column(alias, "update_due_on").push(" < ");
    judged_on(sql, alias, cx);
    sql.push(") THEN 'AT_RISK' ELSE 'ON_TRACK' END");
}

/// Whether the action waits for one that is unfinished and late, or due after it: as far as the viewer may see, because
/// a hidden action must not show in how another stands.
fn waits_for_late(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (link, other) = (sql.alias(), sql.alias());
    sql.push("EXISTS (SELECT 1 FROM action_dependency ").push(&link).push(" JOIN action ").push(&other);
    sql.push(" ON ").column(&other, "id").push(" = ").column(&link, "depends_on_id").push(" WHERE ");
    sql.column(&link, "action_id").push(" = ").column(alias, "id").push(" AND ");
    sql.column(&other, "status").push(" NOT IN ").push(FINISHED).push(" AND (");
    sql.column(&other, "due_on").push(" < ");
    judged_on(sql, alias, cx);
    sql.push(" OR ").column(&other, "due_on").push(" > ").column(alias, "due_on").push(") AND ");
    visible(sql, Table::Action, &other, &cx.viewer);
    sql.push(")");
}

/// What the lead declared, where the viewer may know.
fn declared_health(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ");
    updates_visible(sql, alias, &cx.viewer);
    sql.push(" THEN ").column(alias, "declared_health").push(" END");
}

/// A number for a health: the worse, the larger. Nothing declared is no worse than anything.
fn badness(sql: &mut Sql, health: impl FnOnce(&mut Sql)) {
    sql.push("CASE ");
    health(sql);
    sql.push(" WHEN 'OFF_TRACK' THEN 3 WHEN 'AT_RISK' THEN 2 WHEN 'ON_TRACK' THEN 1 ELSE 0 END");
}

/// The worse of the two: `domain::rating::rating`.
pub fn rating(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ");
    badness(sql, |sql| declared_health(sql, alias, cx));
    sql.push(" > ");
    badness(sql, |sql| computed_health(sql, alias, cx));
    sql.push(" THEN ").column(alias, "declared_health").push(" ELSE ");
    computed_health(sql, alias, cx);
    sql.push(" END");
}

/// Whether the lead is more positive than the service; nothing where nothing is declared.
pub fn is_declared_more_positive(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ").column(alias, "declared_health").push(" IS NOT NULL THEN ");
    badness(sql, |sql| declared_health(sql, alias, cx));
    sql.push(" < ");
    badness(sql, |sql| computed_health(sql, alias, cx));
    sql.push(" END");
}

fn in_scheme(sql: &mut Sql, alias: &str, cx: &Cx, column: &str) {
    let scheme = sql.alias();
    sql.push("(SELECT ").column(&scheme, column).push(" FROM rating ").push(&scheme).push(" WHERE ");
    sql.column(&scheme, "programme_id").push(" = ").column(alias, "programme_id").push(" AND ");
    sql.column(&scheme, "health").push(" = ");
    rating(sql, alias, cx);
    sql.push(")");
}

/// The programme's word for the rating.
pub fn rating_label(sql: &mut Sql, alias: &str, cx: &Cx) {
    in_scheme(sql, alias, cx, "label");
}

/// The programme's colour for the rating.
pub fn rating_colour(sql: &mut Sql, alias: &str, cx: &Cx) {
    in_scheme(sql, alias, cx, "colour");
}

/// Adds that a column's day has passed; without a day it has not. The column is compared as it is, so that an index by day serves a
/// list of what is overdue.
pub(super) fn is_past(sql: &mut Sql, alias: &str, column: &str, cx: &Cx) {
    sql.push("(").column(alias, column).push(" IS NOT NULL AND ").column(alias, column).push(" < ");
    sql.bind(cx.viewer.today).push(")");
}

/// Whether the action is unfinished and its due date has passed.
pub fn is_overdue(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(").column(alias, "status").push(" IN ('NOT_STARTED', 'IN_PROGRESS') AND ");
    is_past(sql, alias, "due_on", cx);
    sql.push(")");
}

/// Whether a duty still stands and its day has passed. One that recurs stands on, with its next day.
pub fn is_duty_overdue(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("((").column(alias, "discharged_on").push(" IS NULL OR ").column(alias, "due_rule");
    sql.push(" = 'RECURRING') AND ");
    is_past(sql, alias, "due_on", cx);
    sql.push(")");
}

/// Whether the next update is late.
pub fn is_update_overdue(sql: &mut Sql, alias: &str, cx: &Cx) {
    is_past(sql, alias, "update_due_on", cx);
}

fn steps(sql: &mut Sql, alias: &str, settled_only: bool) {
    let step = sql.alias();
    sql.push("(SELECT COUNT(*) FROM step ").push(&step).push(" WHERE ").column(&step, "action_id");
    sql.push(" = ").column(alias, "id");
    if settled_only {
        sql.push(" AND (").column(&step, "done_on").push(" IS NOT NULL OR ");
        sql.column(&step, "struck_out_on").push(" IS NOT NULL)");
    }
    sql.push(")");
}

/// How many steps an action has.
pub fn steps_total(sql: &mut Sql, alias: &str, _: &Cx) {
    steps(sql, alias, false);
}

/// How many of them are done or struck out.
pub fn steps_settled(sql: &mut Sql, alias: &str, _: &Cx) {
    steps(sql, alias, true);
}

// ---- evidence, and what is the viewer's own ---------------------------------------------------------------------

/// Whether evidence counts as proof no longer: to the end of its last day it does.
pub fn is_expired(sql: &mut Sql, alias: &str, cx: &Cx) {
    is_past(sql, alias, "expires_on", cx);
}

/// Whether a membership is the viewer's own.
pub fn is_ones_own_membership(sql: &mut Sql, alias: &str, cx: &Cx) {
    let own: Vec<&str> = cx.viewer.own_subjects().collect();
    sql.is_one_of_texts(alias, "subject", &own);
}

/// By which name a machine client asks for tokens: its subject without what all of them begin with.
pub fn client_id(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("SUBSTR(").column(alias, "subject").push(", ").number(CLIENT.len() + 1).push(")");
}

/// What the viewer may do with a thing now, as words: one expression for each kind of thing.
macro_rules! viewer_can {
    ($($name:ident: $thing:ident),+) => {$(
        /// What the viewer may do with it now.
        pub fn $name(sql: &mut Sql, alias: &str, cx: &Cx) {
            viewer_can(sql, Thing::$thing, alias, &cx.viewer);
        }
    )+};
}

viewer_can! {
    can_programme: Programme, can_membership: Membership, can_party: Party, can_source: Source,
    can_requirement: Requirement, can_plan: Plan, can_action: Action, can_link_proposal: LinkProposal,
    can_evidence: Evidence, can_measure: Measure, can_feedback: Feedback,
    can_audit: Audit, can_audit_finding: AuditFinding, can_machine_client: MachineClient,
    can_source_document: SourceDocument, can_challenge: Challenge, can_webhook_endpoint: WebhookEndpoint
}

// ---- coverage ---------------------------------------------------------------------------------------------------

/// Whether a requirement is answered, as far as the viewer may see: `domain::coverage`. A requirement without children
/// is its own only leaf, so that one expression serves both.
pub fn coverage(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (leaf, link, action) = (sql.alias(), sql.alias(), sql.alias());
    sql.push("(SELECT CASE WHEN MIN(score) = 2 THEN 'COVERED' WHEN MAX(score) = 0 THEN 'UNCOVERED' ");
    sql.push("ELSE 'PARTIAL' END FROM (SELECT COALESCE(MAX(CASE WHEN ").column(&action, "id");
    sql.push(" IS NULL THEN 0 WHEN ")
        .column(&link, "qualifier")
        .push(" IS NULL THEN 2 ELSE 1 END), 0) AS score ");
    sql.push("FROM requirement_leaf ")
        .push(&leaf)
        .push(" LEFT JOIN action_requirement ")
        .push(&link)
        .push(" ON ");
    sql.column(&link, "requirement_id").push(" = ").column(&leaf, "leaf_id").push(" LEFT JOIN action ");
    sql.push(&action).push(" ON ").column(&action, "id").push(" = ").column(&link, "action_id").push(" AND ");
    sql.column(&action, "status").push(" NOT IN ").push(GIVEN_UP).push(" AND ");
    visible(sql, Table::Action, &action, &cx.viewer);
    sql.push(" WHERE ").column(&leaf, "ancestor_id").push(" = ").column(alias, "id");
    sql.push(" GROUP BY ").column(&leaf, "leaf_id").push(") AS leaves)");
}

/// Whether the evidence reached its requirement directly, or by an action that the viewer may see: that an action
/// addresses a requirement is theirs to know only then. The table between has the alias `l`.
pub fn is_evidence_in_sight(sql: &mut Sql, alias: &str, cx: &Cx) {
    let (direct, link, piece, action) = (sql.alias(), sql.alias(), sql.alias(), sql.alias());
    sql.push("(EXISTS (SELECT 1 FROM evidence_requirement ").push(&direct).push(" WHERE ");
    sql.column(&direct, "requirement_id").push(" = ").column("l", "requirement_id").push(" AND ");
    sql.column(&direct, "evidence_id").push(" = ").column(alias, "id");
    sql.end_of_look().push(" OR EXISTS (SELECT 1 FROM action_requirement ").push(&link);
    sql.push(" JOIN evidence_action ").push(&piece).push(" ON ").column(&piece, "action_id").push(" = ");
    sql.column(&link, "action_id").push(" JOIN action ").push(&action).push(" ON ").column(&action, "id");
    sql.push(" = ").column(&link, "action_id").push(" WHERE ").column(&link, "requirement_id").push(" = ");
    sql.column("l", "requirement_id").push(" AND ").column(&piece, "evidence_id").push(" = ");
    sql.column(alias, "id").push(" AND ");
    visible(sql, Table::Action, &action, &cx.viewer);
    sql.end_of_look().push(")");
}

/// Whether a requirement is not covered, or only in part.
pub fn is_gap(sql: &mut Sql, alias: &str, cx: &Cx) {
    coverage(sql, alias, cx);
    sql.push(" <> 'COVERED'");
}

fn count(sql: &mut Sql, alias: &str, cx: &Cx, value: &str) {
    let of = sql.alias();
    sql.push("(SELECT COUNT(*) FROM requirement ")
        .push(&of)
        .push(" WHERE ")
        .column(&of, "programme_id")
        .push(" = ");
    sql.column(alias, "id").push(" AND ");
    visible(sql, Table::Requirement, &of, &cx.viewer);
    sql.push(" AND ");
    coverage(sql, &of, cx);
    sql.push(" = '").push(value).push("')");
}

/// How many requirements of a programme are covered.
pub fn count_covered(sql: &mut Sql, alias: &str, cx: &Cx) {
    count(sql, alias, cx, "COVERED");
}

/// How many are covered in part.
pub fn count_partial(sql: &mut Sql, alias: &str, cx: &Cx) {
    count(sql, alias, cx, "PARTIAL");
}

/// How many are not covered.
pub fn count_uncovered(sql: &mut Sql, alias: &str, cx: &Cx) {
    count(sql, alias, cx, "UNCOVERED");
}
