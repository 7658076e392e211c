//! The policy's rules as SQL: whether a viewer may do something to a row, and whether its status allows it.
//!
//! `viewerCan` and the write path both ask here, so that what is offered and what happens cannot differ.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult};
use uuid::Uuid;

use super::involved::{is_led_about, is_led_by, is_organisations_own};
use super::sql::{Any, Sql};
use super::standings::{STANDING, push_standings};
use super::table::Table;
use super::visibility::{owner, visible};
use crate::authz::identity::Identity;
use crate::authz::operation::Operation;
use crate::authz::rules::{Rule, Thing, Who, rule, rules_on};
use crate::authz::viewer::{Standing, Viewer};

/// What was found about a thing that somebody wants to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Its programme; none for an organisation.
    pub programme: Option<Uuid>,
    /// Its version now.
    pub version: i32,
    /// Whether it exists for the viewer.
    pub is_visible: bool,
    /// Whether the policy lets the viewer do this to it.
    pub is_permitted: bool,
    /// Whether its status, and its plan's, allow it.
    pub is_possible: bool,
    /// Its status, where it has one.
    pub status: Option<String>,
    /// Its plan's status, where it belongs to one.
    pub plan_status: Option<String>,
}

impl From<Thing> for Table {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Programme => Self::Programme,
            Thing::Membership => Self::Membership,
            Thing::MachineClient => Self::MachineClient,
            Thing::Party => Self::Party,
            Thing::Source => Self::Source,
            Thing::Requirement => Self::Requirement,
            Thing::Plan => Self::Plan,
            Thing::Action => Self::Action,
            Thing::LinkProposal => Self::LinkProposal,
            Thing::Evidence => Self::Evidence,
            Thing::SourceDocument => Self::SourceDocument,
            Thing::Measure => Self::Measure,
            Thing::Feedback => Self::Feedback,
            Thing::Audit => Self::Audit,
            Thing::AuditFinding => Self::AuditFinding,
            Thing::Challenge => Self::Challenge,
            Thing::WebhookEndpoint => Self::WebhookEndpoint,
        }
    }
}

/// The thing by which a row is judged, and the rule: its own, or for a part that of the whole.
fn rule_for(operation: Operation, table: Table) -> Option<(&'static Rule, Option<&'static str>)> {
    let of = |table: Table| {
        let thing = *Thing::ALL.iter().find(|thing| Table::from(**thing) == table)?;
        rule(operation, thing)
    };
    if let Some(rule) = of(table) {
        return Some((rule, None));
    }
    let (column, whole) = owner(table)?;
    Some((of(whole)?, Some(column)))
}

/// Judges whether the viewer may do something to the row with this id. None where there is no such row, or no rule for it.
pub async fn judge(
    connection: &impl ConnectionTrait,
    backend: DbBackend,
    viewer: &Viewer,
    operation: Operation,
    (table, id): (Table, Uuid),
) -> Result<Option<Judgement>, DbErr> {
    Ok(judge_all(connection, backend, viewer, operation, (table, &[id])).await?.remove(&id))
}

/// Judges several rows of one table at once, by their ids. Those that are not there are left out.
pub async fn judge_all(
    connection: &impl ConnectionTrait,
    backend: DbBackend,
    viewer: &Viewer,
    operation: Operation,
    (table, ids): (Table, &[Uuid]),
) -> Result<HashMap<Uuid, Judgement>, DbErr> {
    let Some((rule, part_of)) = rule_for(operation, table) else { return Ok(HashMap::new()) };
    let mut sql = Sql::new(backend);
    sql.push("SELECT ");
    push_judgements(&mut sql, (rule, part_of), viewer, operation, (table, ids));
    let rows = connection.query_all_raw(sql.statement()).await?;
    rows.iter().map(|row| judgement(row, 0)).collect()
}

/// What stands in the place of a role in the row that judges.
const JUDGED: &str = "JUDGED";

/// As [`judge`], of a viewer as they were read before; beside it the rows that tell who they are now, for [`super::standings::viewer`]. One
/// statement: for nearly everybody nothing has changed meanwhile.
pub(super) async fn judge_beside_standings(
    connection: &impl ConnectionTrait,
    backend: DbBackend,
    (identity, viewer): (Option<&Identity>, &Viewer),
    operation: Operation,
    (table, id): (Table, Uuid),
) -> Result<(Vec<QueryResult>, Option<Judgement>), DbErr> {
    let mut sql = Sql::new(backend);
    push_judgement_beside_standings(&mut sql, (identity, viewer), operation, (table, id));
    let rows = connection.query_all_raw(sql.statement()).await?;
    let judged = judged(&rows)?;
    Ok((rows, judged))
}

/// Adds the statement of [`judge_beside_standings`].
pub(super) fn push_judgement_beside_standings(
    sql: &mut Sql,
    (identity, viewer): (Option<&Identity>, &Viewer),
    operation: Operation,
    (table, id): (Table, Uuid),
) {
    sql.push("SELECT s.*, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (");
    push_standings(sql, identity);
    sql.push(") s");
    if let Some(rule) = rule_for(operation, table) {
        sql.push(" UNION ALL SELECT NULL, '").push(JUDGED).push("', NULL, NULL, FALSE, FALSE, NULL, NULL, ");
        push_judgements(sql, rule, viewer, operation, (table, &[id]));
    }
}

/// The judgement among the rows of [`judge_beside_standings`].
pub(super) fn judged(rows: &[QueryResult]) -> Result<Option<Judgement>, DbErr> {
    for row in rows {
        if row.try_get_by_index::<String>(1)? == JUDGED {
            return Ok(Some(judgement(row, STANDING.len())?.1));
        }
    }
    Ok(None)
}

/// Adds the eight columns of judgements, and where they come from.
fn push_judgements(
    sql: &mut Sql,
    (rule, part_of): (&Rule, Option<&str>),
    viewer: &Viewer,
    operation: Operation,
    (table, ids): (Table, &[Uuid]),
) {
    let whole = Table::from(rule.on);
    sql.push("t.id, t.version, w.").push(programme_column(whole)).push(", COALESCE(");
    // Unknown is no: a comparison with a missing value must not pass for leave.
    visible(sql, table, "t", viewer);
    sql.push(", FALSE), COALESCE(");
    if viewer.is_in_scope(operation) {
        permitted(sql, rule, ("w", "p"), viewer);
    } else {
        sql.push("FALSE");
    }
    sql.push(", FALSE), COALESCE(");
    possible(sql, rule, ("w", "p"));
    sql.push(", FALSE), ");
    sql.push(if has_status(rule.on) { "w.status" } else { "NULL" }).push(", ");
    sql.push(if rule.on == Thing::Action { "p.status" } else { "NULL" });
    sql.push(" FROM ").push(table.name()).push(" t JOIN ").push(whole.name()).push(" w ON w.id = ");
    sql.column("t", part_of.unwrap_or("id"));
    if rule.on == Thing::Action {
        sql.push(" JOIN plan p ON p.id = w.plan_id");
    }
    sql.push(" WHERE ").is_one_of("t", "id", ids);
}

/// The judgement that the columns from a place on tell.
fn judgement(row: &QueryResult, from: usize) -> Result<(Uuid, Judgement), DbErr> {
    let judgement = Judgement {
        version: row.try_get_by_index(from + 1)?,
        programme: row.try_get_by_index(from + 2)?,
        is_visible: row.try_get_by_index(from + 3)?,
        is_permitted: row.try_get_by_index(from + 4)?,
        is_possible: row.try_get_by_index(from + 5)?,
        status: row.try_get_by_index(from + 6)?,
        plan_status: row.try_get_by_index(from + 7)?,
    };
    Ok((row.try_get_by_index(from)?, judgement))
}

/// Adds what the viewer may do with the row now: the names of the permissions, each followed by a space. Of an action the
/// plan is looked up once for all rules; rules that no membership of the viewer can meet, or no scope allows, are left out.
pub fn viewer_can(sql: &mut Sql, thing: Thing, alias: &str, viewer: &Viewer) {
    let plan = sql.alias();
    sql.push("(SELECT ''");
    let can_be_met = |rule: &&Rule| {
        let meets = |standing| rule.who.iter().any(|who| who.is_met_by(standing));
        viewer.standings.iter().any(meets)
            && rule.operations.iter().any(|operation| viewer.is_in_scope(*operation))
    };
    for rule in rules_on(thing).filter(can_be_met) {
        sql.push(" || CASE WHEN ");
        possible(sql, rule, (alias, &plan));
        sql.push(" AND ");
        permitted(sql, rule, (alias, &plan), viewer);
        sql.push(" THEN '").push(rule.permission).push(" ' ELSE '' END");
    }
    if thing == Thing::Action {
        sql.push(" FROM plan ").push(&plan).push(" WHERE ").column(&plan, "id").push(" = ");
        sql.column(alias, "plan_id");
    }
    sql.push(")");
}

fn has_status(thing: Thing) -> bool {
    matches!(
        thing,
        Thing::Action
            | Thing::Plan
            | Thing::LinkProposal
            | Thing::AuditFinding
            | Thing::MachineClient
            | Thing::Challenge
            | Thing::WebhookEndpoint
    )
}

fn programme_column(table: Table) -> &'static str {
    if table == Table::Programme { "id" } else { "programme_id" }
}

/// Adds the condition that the status of the row, and of its plan, allow what the rule is about. The names are those of the
/// row and, for an action, of its plan.
fn possible(sql: &mut Sql, rule: &Rule, (alias, plan): (&str, &str)) {
    sql.push("(TRUE");
    if !rule.statuses.is_empty() {
        sql.push(" AND ").column(alias, "status");
        one_of(sql, rule.statuses);
    }
    if !rule.plan_statuses.is_empty() {
        sql.push(" AND ").column(plan, "status");
        one_of(sql, rule.plan_statuses);
    }
    if !rule.kinds.is_empty() {
        sql.push(" AND ").column(alias, "kind");
        one_of(sql, rule.kinds);
    }
    sql.push(")");
}

fn one_of(sql: &mut Sql, words: &[&str]) {
    for (index, word) in words.iter().enumerate() {
        sql.push(if index == 0 { " IN ('" } else { "', '" }).push(word);
    }
    sql.push("')");
}

/// Adds the condition that the viewer is one of those whom the rule names for the row.
fn permitted(sql: &mut Sql, rule: &Rule, (alias, plan): (&str, &str), viewer: &Viewer) {
    sql.push("(");
    sql.any(|any| {
        for standing in &viewer.standings {
            for who in rule.who.iter().filter(|who| who.is_met_by(standing)) {
                met(any, (*who, rule.on), (alias, plan), standing, viewer);
            }
        }
    });
    if let Some((subject, party)) = rule.unless_own {
        let own: Vec<&str> = viewer.own_subjects().collect();
        sql.push(" AND (").column(alias, subject).push(" IS NULL OR NOT ");
        sql.is_one_of_texts(alias, subject, &own).push(")");
        let people: Vec<Uuid> = viewer.standings.iter().filter_map(|standing| standing.person_id).collect();
        if !people.is_empty() {
            sql.push(" AND (").column(alias, party).push(" IS NULL OR NOT ");
            sql.is_one_of(alias, party, &people).push(")");
        }
    }
    sql.push(")");
}

/// Adds the term under which one membership makes the viewer one of `who` for the row.
fn met(
    any: &mut Any<'_>,
    (who, thing): (Who, Thing),
    (alias, plan): (&str, &str),
    standing: &Standing,
    viewer: &Viewer,
) {
    let sql = any.or();
    if who == Who::Admin {
        sql.push("TRUE");
        return;
    }
    let Some(programme) = standing.programme_id else {
        sql.push("FALSE");
        return;
    };
    sql.is_one_of(alias, programme_column(thing.into()), &[programme]);
    match (who, standing.person_id, standing.organisation_id) {
        (Who::DraftingOfficer, ..) if thing == Thing::Plan => {
            sql.push(" AND ").column(alias, "status").push(" = 'DRAFT'");
        }
        (Who::DraftingOfficer, ..) => {
            sql.push(" AND ").column(plan, "status").push(" = 'DRAFT'");
        }
        (Who::Lead, Some(person), _)
            if matches!(thing, Thing::Feedback | Thing::Audit | Thing::AuditFinding) =>
        {
            is_led_about(sql.push(" AND "), thing.into(), alias, person);
        }
        (Who::Lead, Some(person), _) => is_led_by(sql.push(" AND "), alias, person),
        (Who::OwnPartner, _, Some(organisation)) => {
            is_organisations_own(sql.push(" AND "), alias, programme, organisation);
        }
        (Who::Owning, _, Some(organisation)) => {
            sql.push(" AND ").column(alias, "organisation_id").push(" = ").bind(organisation);
        }
        (Who::Owner, Some(person), _) => {
            let member = sql.alias();
            sql.push(" AND (").column(alias, "owner_id").push(" = ").bind(person);
            sql.push(" OR EXISTS (SELECT 1 FROM group_member ").push(&member).push(" WHERE ");
            sql.column(&member, "group_id").push(" = ").column(alias, "owner_id").push(" AND ");
            sql.column(&member, "person_id").push(" = ").bind(person).push("))");
        }
        (Who::Asked, _, Some(organisation)) if standing.role == domain::Role::Partner => {
            sql.push(" AND ").column(alias, "put_to_id").push(" = ").bind(organisation);
        }
        (Who::Asked, ..) => {
            let of = sql.alias();
            sql.push(" AND EXISTS (SELECT 1 FROM programme ").push(&of).push(" WHERE ");
            sql.column(&of, "id").push(" = ").column(alias, "programme_id").push(" AND ");
            sql.column(&of, "authority_id").push(" = ").column(alias, "put_to_id").push(")");
        }
        (Who::Issuer, _, Some(organisation)) => {
            let source = sql.alias();
            sql.push(" AND EXISTS (SELECT 1 FROM source ").push(&source).push(" WHERE ");
            sql.column(&source, "id").push(" = ").column(alias, "source_id").push(" AND ");
            sql.column(&source, "issuer_id").push(" = ").bind(organisation).push(")");
        }
        (Who::Adder, person, organisation) => {
            let subject = viewer.subject.clone().unwrap_or_default();
            sql.push(" AND (").column(alias, "added_by_subject").push(" = ").bind(subject);
            if let Some(person) = person {
                sql.push(" OR ").column(alias, "added_by_id").push(" = ").bind(person);
            }
            if let (domain::Role::Partner, Some(organisation)) = (standing.role, organisation) {
                let party = sql.alias();
                sql.push(" OR EXISTS (SELECT 1 FROM party ").push(&party).push(" WHERE ");
                sql.column(&party, "id").push(" = ").column(alias, "added_by_id").push(" AND (");
                sql.column(&party, "id").push(" = ").bind(organisation).push(" OR ");
                sql.column(&party, "organisation_id").push(" = ").bind(organisation).push("))");
            }
            sql.push(")");
        }
        _ => {}
    }
}
