//! How the strands of actions and requirements stand, what each says, and what is missing, as far as the viewer may see the evidence,
//! the measures and the audits: one statement for each of these and any number of rows. The rules are `domain::proof`.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use domain::EvidenceStrand::{PerformanceData, QualityAssurance};
use domain::proof::{
    ActionFacts, Missing, Piece, RequirementFacts, STRANDS, STRANDS_UNLESS_A_PLAN_SAYS, StrandProof, Witness,
    audit_says, disagree, measure_says, missing_of_action, missing_of_requirement, says, strands,
};
use domain::{ActionStatus, Coverage};
use futures_util::future::try_join;
use sea_orm::DbErr;
use serde_json::{Value, json};
use uuid::Uuid;

use super::computed::Asked;
use super::model::{Scalar, expression, figure, proof};
use super::plan::{Cell, SelectFrom};
use super::read::ReadCx;
use super::sql::Sql;
use super::table::Table;
use super::visibility::visible;

const ID: (SelectFrom, Scalar) = (SelectFrom::Column("id"), Scalar::Uuid);

/// What the strands of an action are worked out from.
pub(super) fn strand_inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![ID]
}

/// What is missing of an action is worked out from.
pub(super) fn action_inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![
        ID,
        (SelectFrom::Column("status"), Scalar::Text),
        (SelectFrom::Expression(proof::plan_status), Scalar::Text),
        (SelectFrom::Expression(proof::strands_required), Scalar::Int),
        (SelectFrom::Expression(expression::steps_total), Scalar::Long),
        (SelectFrom::Expression(expression::steps_settled), Scalar::Long),
    ]
}

/// What the proof of a requirement is worked out from.
pub(super) fn requirement_inputs() -> Vec<(SelectFrom, Scalar)> {
    vec![
        ID,
        (SelectFrom::Column("kind"), Scalar::Text),
        (SelectFrom::Column("response_status"), Scalar::Text),
        (SelectFrom::Column("confirmed_on"), Scalar::Date),
        (SelectFrom::Expression(expression::coverage), Scalar::Text),
    ]
}

/// How each strand of each action stands.
pub(super) async fn strands_of_actions(
    read: &ReadCx,
    asked: &Asked,
    rows: &[Vec<Cell>],
) -> Result<Vec<Value>, DbErr> {
    let ids = ids(rows);
    let pieces = pieces(read, Of::Actions, &ids).await?;
    let witnesses = match asked.each("says").next() {
        Some(_) => witnesses(read, Of::Actions, &ids, &pieces).await?,
        None => ByOwner::new(),
    };
    let value = |id: &Uuid| strands_value(of(&pieces, id), of(&witnesses, id), read.cx.viewer.today);
    Ok(ids.iter().map(value).collect())
}

/// What is missing before the board can assure each action.
pub(super) async fn missing_of_actions(read: &ReadCx, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let ids = ids(rows);
    let pieces = pieces(read, Of::Actions, &ids).await?;
    let value = |(id, row): (&Uuid, &Vec<Cell>)| {
        let steps = number(row, 4).saturating_sub(number(row, 5));
        let facts = ActionFacts {
            status: word(row, 1)?,
            plan: word(row, 2)?,
            open_steps: steps,
            required: number(row, 3),
            evidence: of(&pieces, id),
        };
        Ok(missing_value(missing_of_action(&facts, read.cx.viewer.today)))
    };
    ids.iter().zip(rows).map(value).collect()
}

/// How the strands of each requirement stand, whether they disagree, and what is missing.
pub(super) async fn of_requirements(
    read: &ReadCx,
    asked: &Asked,
    rows: &[Vec<Cell>],
) -> Result<Vec<Value>, DbErr> {
    let (ids, today) = (ids(rows), read.cx.viewer.today);
    let pieces = pieces(read, Of::Requirements, &ids).await?;
    let is_said = asked.each("doStrandsDisagree").next().is_some()
        || asked.each("strands").any(|of| of.each("says").next().is_some());
    let witnesses =
        if is_said { witnesses(read, Of::Requirements, &ids, &pieces).await? } else { ByOwner::new() };
    let answers = match asked.each("missing").next() {
        Some(_) => answers(read, &ids).await?,
        None => ByOwner::new(),
    };
    let value = |(id, row): (&Uuid, &Vec<Cell>)| {
        let (evidence, witnesses, answers) = (of(&pieces, id), of(&witnesses, id), of(&answers, id));
        let facts = RequirementFacts {
            is_confirmed: row.get(3).is_some_and(|day| *day != Cell::Null),
            awaits_answer: text(row, 1) == Some("RECOMMENDATION") && text(row, 2).is_none(),
            coverage: word::<Coverage>(row, 4)?,
            not_assured: answers.iter().filter(|answer| answer.status != ActionStatus::Assured).count(),
            required: answers.iter().map(|of| of.required).max().unwrap_or(STRANDS_UNLESS_A_PLAN_SAYS),
            evidence,
        };
        Ok(json!({
            "strands": strands_value(evidence, witnesses, today),
            "doStrandsDisagree": disagree(witnesses),
            "missing": missing_value(missing_of_requirement(&facts, today)),
        }))
    };
    ids.iter().zip(rows).map(value).collect()
}

// ---- the answer -------------------------------------------------------------------------------------------------

fn strands_value(evidence: &[Piece], witnesses: &[Witness], today: NaiveDate) -> Value {
    let value = |of: StrandProof| {
        json!({
            "strand": of.strand,
            "isProof": STRANDS.contains(&of.strand),
            "accepted": of.accepted,
            "submitted": of.submitted,
            "refused": of.refused,
            "expired": of.expired,
            "latestOn": of.latest_on,
            "ageInDays": of.latest_on.map(|on| today.signed_duration_since(on).num_days()),
            "countsUntil": of.counts_until,
            "says": says(of.strand, witnesses),
        })
    };
    strands(evidence, today).into_iter().map(value).collect()
}

fn missing_value(missing: Vec<Missing>) -> Value {
    let value = |of: Missing| json!({ "code": of.gap, "strands": of.strands, "message": of.message });
    missing.into_iter().map(value).collect()
}

// ---- what belongs to what ---------------------------------------------------------------------------------------

/// By what evidence, measures and audits are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Actions: what belongs to them, or is about them.
    Actions,
    /// Requirements: the same of them, of the lowest below them, and of the actions in sight that address any of these.
    Requirements,
}

type ByOwner<T> = HashMap<Uuid, Vec<T>>;

impl Of {
    /// Begins a statement: names `link(owner, thing)` what belongs to which of the owners.
    fn links(self, read: &ReadCx, what: &str, ids: &[Uuid]) -> Sql {
        let mut sql = read.sql();
        if self == Self::Actions {
            sql.push("WITH link(owner, thing) AS (SELECT d.action_id, d.").push(what).push("_id FROM ");
            sql.push(what).push("_action d WHERE ").is_one_of("d", "action_id", ids).push(") ");
            return sql;
        }
        sql.push("WITH ");
        parts(&mut sql, ids);
        sql.push(", link(owner, thing) AS (SELECT p.owner, d.")
            .push(what)
            .push("_id FROM part p JOIN ")
            .push(what);
        sql.push("_requirement d ON d.requirement_id = p.id UNION SELECT p.owner, d.").push(what);
        sql.push("_id FROM part p JOIN action_requirement k ON k.requirement_id = p.id ");
        sql.push("JOIN action a ON a.id = k.action_id JOIN ")
            .push(what)
            .push("_action d ON d.action_id = a.id WHERE ");
        visible(&mut sql, Table::Action, "a", &read.cx.viewer);
        sql.push(") ");
        sql
    }
}

/// Names `part(owner, id)` the requirements themselves, and those below them with nothing below.
fn parts(sql: &mut Sql, ids: &[Uuid]) {
    sql.push("part(owner, id) AS (SELECT f.ancestor_id, f.leaf_id FROM requirement_leaf f WHERE ");
    sql.is_one_of("f", "ancestor_id", ids).push(" UNION SELECT r.id, r.id FROM requirement r WHERE ");
    sql.is_one_of("r", "id", ids).push(")");
}

/// The evidence of each.
async fn pieces(read: &ReadCx, owners: Of, ids: &[Uuid]) -> Result<ByOwner<Piece>, DbErr> {
    let mut sql = owners.links(read, "evidence", ids);
    sql.push("SELECT l.owner, t.strand, t.review_status, t.expires_on, COALESCE(t.period_end, t.added_on), t.shows ");
    sql.push("FROM link l JOIN evidence t ON t.id = l.thing WHERE ");
    visible(&mut sql, Table::Evidence, "t", &read.cx.viewer);
    let mut pieces = ByOwner::new();
    for row in read.query("evidence", sql.statement()).await? {
        let shows: Option<String> = row.try_get_by_index(5)?;
        let piece = Piece {
            strand: known(&row.try_get_by_index::<String>(1)?)?,
            review: known(&row.try_get_by_index::<String>(2)?)?,
            expires_on: row.try_get_by_index(3)?,
            speaks_of: row.try_get_by_index(4)?,
            shows: shows.as_deref().map(known).transpose()?,
        };
        pieces.entry(row.try_get_by_index(0)?).or_insert_with(Vec::new).push(piece);
    }
    Ok(pieces)
}

/// All that says of each whether children are better off.
async fn witnesses(
    read: &ReadCx,
    owners: Of,
    ids: &[Uuid],
    pieces: &ByOwner<Piece>,
) -> Result<ByOwner<Witness>, DbErr> {
    let mut witnesses: ByOwner<Witness> = ByOwner::new();
    for (owner, pieces) in pieces {
        let say = |piece: &Piece| {
            let is_better = piece.says(read.cx.viewer.today)?;
            Some(Witness { strand: piece.strand, is_better })
        };
        witnesses.entry(*owner).or_default().extend(pieces.iter().filter_map(say));
    }
    let (measures, audits) = try_join(measures(read, owners, ids), audits(read, owners, ids)).await?;
    for (owner, is_better) in measures {
        witnesses.entry(owner).or_default().push(Witness { strand: PerformanceData, is_better });
    }
    for (owner, (_, is_better)) in audits {
        witnesses.entry(owner).or_default().push(Witness { strand: QualityAssurance, is_better });
    }
    Ok(witnesses)
}

/// What the measures of each say that are not out of date, as the viewer is told of them.
async fn measures(read: &ReadCx, owners: Of, ids: &[Uuid]) -> Result<Vec<(Uuid, bool)>, DbErr> {
    let mut sql = owners.links(read, "measure", ids);
    sql.push("SELECT l.owner, ");
    figure::trend(&mut sql, "t", &read.cx);
    sql.push(", ");
    figure::target_status(&mut sql, "t", &read.cx);
    sql.push(" FROM link l JOIN measure t ON t.id = l.thing WHERE NOT ");
    figure::is_stale(&mut sql, "t", &read.cx);
    sql.push(" AND ");
    visible(&mut sql, Table::Measure, "t", &read.cx.viewer);
    let mut said = Vec::new();
    for row in read.query("measure", sql.statement()).await? {
        // Where closer is better and nobody said to what, there is no trend.
        let Some(trend) = row.try_get_by_index::<Option<String>>(1)? else { continue };
        let status: String = row.try_get_by_index(2)?;
        if let Some(is_better) = measure_says(known(&trend)?, known(&status)?) {
            said.push((row.try_get_by_index(0)?, is_better));
        }
    }
    Ok(said)
}

/// What the latest audit about each says that says anything, with its last day and id.
async fn audits(
    read: &ReadCx,
    owners: Of,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, ((NaiveDate, Uuid), bool)>, DbErr> {
    let mut sql = owners.links(read, "audit", ids);
    sql.push(
        "SELECT l.owner, t.ended_on, t.id, EXISTS (SELECT 1 FROM audit_finding f WHERE f.audit_id = t.id ",
    );
    sql.push("AND f.grade = 'INADEQUATE' AND f.status <> 'CLOSED')");
    for grade in ["outstanding", "good", "requires_improvement", "inadequate"] {
        sql.push(", CASE WHEN m.audit_id IS NULL THEN ").column("i", grade).push(" ELSE ").column("m", grade);
        sql.push(" END");
    }
    sql.push(" FROM link l JOIN audit t ON t.id = l.thing");
    for (alias, rater) in [("m", "MODERATED"), ("i", "INDEPENDENT")] {
        sql.push(" LEFT JOIN audit_grades ")
            .push(alias)
            .push(" ON ")
            .column(alias, "audit_id")
            .push(" = t.id AND ");
        sql.column(alias, "rater").push(" = '").push(rater).push("' AND ");
        proof::are_grades_known(&mut sql, "t", &read.cx);
    }
    sql.push(" WHERE ");
    visible(&mut sql, Table::Audit, "t", &read.cx.viewer);
    let mut latest = HashMap::new();
    for row in read.query("audit", sql.statement()).await? {
        let mut grades = [0; 4];
        for (index, grade) in grades.iter_mut().enumerate() {
            let count: Option<i32> = row.try_get_by_index(index + 4)?;
            *grade = u32::try_from(count.unwrap_or_default()).unwrap_or_default();
        }
        let Some(is_better) = audit_says(row.try_get_by_index(3)?, grades) else { continue };
        let when: (NaiveDate, Uuid) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let said = latest.entry(row.try_get_by_index(0)?).or_insert((when, is_better));
        if said.0 < when {
            *said = (when, is_better);
        }
    }
    Ok(latest)
}

/// A live action that answers a requirement, or a part of it.
struct Answer {
    status: ActionStatus,
    required: usize,
}

/// The actions in sight that answer each requirement, or the lowest below it.
async fn answers(read: &ReadCx, ids: &[Uuid]) -> Result<ByOwner<Answer>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT DISTINCT f.ancestor_id, a.id, a.status, n.strands_required FROM requirement_leaf f ");
    sql.push(
        "JOIN action_requirement k ON k.requirement_id = f.leaf_id JOIN action a ON a.id = k.action_id ",
    );
    sql.push("JOIN plan n ON n.id = a.plan_id WHERE ").is_one_of("f", "ancestor_id", ids).push(" AND ");
    visible(&mut sql, Table::Action, "a", &read.cx.viewer);
    let mut answers: ByOwner<Answer> = ByOwner::new();
    for row in read.query("action", sql.statement()).await? {
        let status: ActionStatus = known(&row.try_get_by_index::<String>(2)?)?;
        let required: i32 = row.try_get_by_index(3)?;
        if status.is_live() {
            let answer = Answer { status, required: usize::try_from(required).unwrap_or_default() };
            answers.entry(row.try_get_by_index(0)?).or_default().push(answer);
        }
    }
    Ok(answers)
}

// ---- cells ------------------------------------------------------------------------------------------------------

fn ids(rows: &[Vec<Cell>]) -> Vec<Uuid> {
    rows.iter().map(|row| row.first().and_then(Cell::uuid).unwrap_or_default()).collect()
}

fn of<'a, T>(all: &'a ByOwner<T>, owner: &Uuid) -> &'a [T] {
    all.get(owner).map(Vec::as_slice).unwrap_or_default()
}

fn text(row: &[Cell], index: usize) -> Option<&str> {
    match row.get(index) {
        Some(Cell::Text(text)) => Some(text),
        _ => None,
    }
}

fn number(row: &[Cell], index: usize) -> usize {
    match row.get(index) {
        Some(Cell::Number(number)) => usize::try_from(*number).unwrap_or_default(),
        _ => 0,
    }
}

fn word<T: FromStr<Err = domain::UnknownWord>>(row: &[Cell], index: usize) -> Result<T, DbErr> {
    known(text(row, index).unwrap_or_default())
}

/// A word of the record. One that this version does not know is no word to work with.
fn known<T: FromStr<Err = domain::UnknownWord>>(text: &str) -> Result<T, DbErr> {
    text.parse().map_err(|fault: domain::UnknownWord| DbErr::Type(fault.to_string()))
}
