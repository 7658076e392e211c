//! What the rules derive from an action's own record, kept beside it so that lists can filter and order by it.
//!
//! What an action waits for is left out: whether that counts depends on who reads (`model::expression::waits_for_late`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::cadence::{self, Reporting};
use domain::standing::{Facts, Step, thresholds};
use domain::{ActionStatus, PlanStatus, UnknownWord};
use entity::{action, plan, step};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use super::sql::Sql;
use super::write::{WriteCx, WriteError};

/// How many ids one statement asks for.
const CHUNK: usize = 1000;

/// The rows of one table whose column is one of the ids.
macro_rules! rows {
    ($transaction:expr, $table:ident.$column:ident in $ids:expr) => {{
        let mut rows: Vec<$table::Model> = Vec::new();
        for ids in $ids.chunks(CHUNK) {
            let some = $table::Entity::find().filter($table::Column::$column.is_in(ids.iter().copied()));
            rows.extend(some.all($transaction).await?);
        }
        rows
    }};
}

impl WriteCx {
    /// Works out again what the rules derive for these actions. Call it after any change of an action, its plan, its steps or
    /// its updates; it records nothing, because it adds nothing that the record does not say.
    pub async fn refresh_standing(&mut self, actions: &[Uuid]) -> Result<(), WriteError> {
        let transaction = self.transaction();
        let rows = rows!(transaction, action.Id in actions);
        let context = Context::read(transaction, actions, &rows).await?;
        // Those that change in the same way are changed by one statement.
        let mut alike: BTreeMap<String, (action::ActiveModel, Vec<Uuid>)> = BTreeMap::new();
        for row in rows {
            let derived = context.derive(&row).map_err(|word| DbErr::Type(word.to_string()))?;
            if derived != row {
                let change = differences(&row, &derived);
                let ids = &mut alike.entry(format!("{change:?}")).or_insert_with(|| (change, Vec::new())).1;
                ids.push(row.id);
            }
        }
        for (change, ids) in alike.into_values() {
            let update = action::Entity::update_many().set(change).filter(action::Column::Id.is_in(ids));
            update.exec(transaction).await?;
        }
        Ok(())
    }

    /// Works out what the rules derive for actions that are yet to be written, with their steps. Nobody has reported on them.
    pub async fn with_standing(
        &self,
        actions: Vec<action::Model>,
        steps: &[step::Model],
    ) -> Result<Vec<action::Model>, WriteError> {
        let plans = plans_of(self.transaction(), &actions).await?;
        let mut context = Context { plans, steps: HashMap::new(), reports: HashMap::new() };
        steps.iter().for_each(|row| context.add_step(row));
        let derived = actions.iter().map(|row| context.derive(row));
        Ok(derived.collect::<Result<_, _>>().map_err(|word| DbErr::Type(word.to_string()))?)
    }
}

/// The derived columns that differ, and no others.
fn differences(row: &action::Model, derived: &action::Model) -> action::ActiveModel {
    macro_rules! changed {
        ($($column:ident),+) => {
            action::ActiveModel {
                $($column: if row.$column == derived.$column { NotSet } else { Set(derived.$column.clone()) },)+
                ..Default::default()
            }
        };
    }
    changed!(latest_update_id, declared_health, last_reported_on, update_due_on, at_risk_from, off_track_from)
}

async fn plans_of(
    transaction: &DatabaseTransaction,
    actions: &[action::Model],
) -> Result<HashMap<Uuid, plan::Model>, DbErr> {
    let ids: BTreeSet<Uuid> = actions.iter().map(|row| row.plan_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    Ok(rows!(transaction, plan.Id in ids).into_iter().map(|plan| (plan.id, plan)).collect())
}

/// What the rules ask about beside the action itself.
struct Context {
    plans: HashMap<Uuid, plan::Model>,
    steps: HashMap<Uuid, Vec<Step>>,
    reports: HashMap<Uuid, Reports>,
}

/// What the updates on an action say last.
#[derive(Default)]
struct Reports {
    /// The newest update, and its day.
    latest: Option<(Uuid, NaiveDate)>,
    /// The newest health that a lead declared.
    declared_health: Option<String>,
}

impl Reports {
    /// Reads them by the index: an action can have any number of updates, and each report asks again.
    async fn read(
        transaction: &DatabaseTransaction,
        actions: &[Uuid],
    ) -> Result<HashMap<Uuid, Reports>, DbErr> {
        let mut sql = Sql::new(transaction.get_database_backend());
        sql.push("SELECT a.id, l.id, l.reported_on, d.declared_health FROM action a");
        for (alias, of_which) in [("l", ""), ("d", " AND u.declared_health IS NOT NULL")] {
            sql.push(" LEFT JOIN progress_update ").push(alias).push(" ON ").column(alias, "id");
            sql.push(" = (SELECT u.id FROM progress_update u WHERE u.action_id = a.id").push(of_which);
            sql.push(" ORDER BY u.reported_on DESC, u.id DESC LIMIT 1)");
        }
        sql.push(" WHERE ").is_one_of("a", "id", actions);
        let mut reports = HashMap::new();
        for row in transaction.query_all_raw(sql.statement()).await? {
            let id: Option<Uuid> = row.try_get_by_index(1)?;
            let of_action = Reports {
                latest: id.zip(row.try_get_by_index(2)?),
                declared_health: row.try_get_by_index(3)?,
            };
            reports.insert(row.try_get_by_index(0)?, of_action);
        }
        Ok(reports)
    }
}

impl Context {
    async fn read(
        transaction: &DatabaseTransaction,
        actions: &[Uuid],
        rows: &[action::Model],
    ) -> Result<Self, DbErr> {
        let plans = plans_of(transaction, rows).await?;
        let reports = Reports::read(transaction, actions).await?;
        let mut context = Self { plans, steps: HashMap::new(), reports };
        for row in rows!(transaction, step.ActionId in actions) {
            context.add_step(&row);
        }
        Ok(context)
    }

    fn add_step(&mut self, row: &step::Model) {
        let is_settled = row.done_on.is_some() || row.struck_out_on.is_some();
        self.steps.entry(row.action_id).or_default().push(Step { due_on: row.due_on, is_settled });
    }

    /// The action with its derived columns as the rules have them.
    fn derive(&self, row: &action::Model) -> Result<action::Model, UnknownWord> {
        let status: ActionStatus = row.status.parse()?;
        let none = || &[] as &[_];
        let reports = self.reports.get(&row.id);
        let latest = reports.and_then(|reports| reports.latest);
        let last_reported_on = latest.map(|(_, reported_on)| reported_on);
        let days = thresholds(&Facts {
            status,
            start_on: row.start_on,
            due_on: row.due_on,
            steps: self.steps.get(&row.id).map_or_else(none, Vec::as_slice),
            dependencies: &[],
        });
        let update_due_on = match self.plans.get(&row.plan_id) {
            Some(plan) => cadence::update_due_on(&Reporting {
                plan_status: plan.status.parse::<PlanStatus>()?,
                plan_live_on: plan.agreed_on.or(plan.published_on),
                every_days: u32::try_from(plan.update_every_days).unwrap_or_default(),
                status,
                start_on: row.start_on,
                last_reported_on,
            }),
            None => None,
        };
        Ok(action::Model {
            latest_update_id: latest.map(|(id, _)| id),
            declared_health: reports.and_then(|reports| reports.declared_health.clone()),
            last_reported_on,
            update_due_on,
            at_risk_from: days.at_risk_from,
            off_track_from: days.off_track_from,
            ..row.clone()
        })
    }
}
