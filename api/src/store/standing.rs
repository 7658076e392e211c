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
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QueryResult,
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
        let (rows, context) = Context::read(transaction, actions).await?;
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

/// What the rules ask about a plan.
struct Plan {
    status: String,
    agreed_on: Option<NaiveDate>,
    published_on: Option<NaiveDate>,
    update_every_days: i32,
}

/// The plans of actions, by their ids.
async fn plans_of(
    transaction: &DatabaseTransaction,
    actions: &[action::Model],
) -> Result<HashMap<Uuid, Plan>, DbErr> {
    let ids: BTreeSet<Uuid> = actions.iter().map(|row| row.plan_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let plan = |row: plan::Model| {
        let plan::Model { status, agreed_on, published_on, update_every_days, .. } = row;
        (row.id, Plan { status, agreed_on, published_on, update_every_days })
    };
    Ok(rows!(transaction, plan.Id in ids).into_iter().map(plan).collect())
}

/// What the rules ask about beside the action itself.
struct Context {
    plans: HashMap<Uuid, Plan>,
    steps: HashMap<Uuid, Vec<Step>>,
    reports: HashMap<Uuid, Reports>,
}

/// What the updates on an action say last.
struct Reports {
    /// The newest update, and its day.
    latest: Option<(Uuid, NaiveDate)>,
    /// The newest health that a lead declared.
    declared_health: Option<String>,
}

impl Context {
    /// The actions, and what the rules ask about beside them: with their plans and their newest updates in one statement, which
    /// finds those by the index, since an action can have any number of updates and each report asks again.
    async fn read(
        transaction: &DatabaseTransaction,
        actions: &[Uuid],
    ) -> Result<(Vec<action::Model>, Self), DbErr> {
        let mut context = Self { plans: HashMap::new(), steps: HashMap::new(), reports: HashMap::new() };
        let mut rows = Vec::new();
        for ids in actions.chunks(CHUNK) {
            let mut sql = Sql::new(transaction.get_database_backend());
            sql.push("SELECT p.status AS plan_status, p.agreed_on AS plan_agreed_on, p.published_on AS plan_published_on, ");
            sql.push("p.update_every_days AS plan_update_every_days, l.id AS newest_id, l.reported_on AS newest_on, ");
            sql.push("d.declared_health AS newest_health, ").columns_of::<action::Entity>("a");
            sql.push(" FROM action a JOIN plan p ON p.id = a.plan_id");
            for (alias, of_which) in [("l", ""), ("d", " AND u.declared_health IS NOT NULL")] {
                sql.push(" LEFT JOIN progress_update ").push(alias).push(" ON ").column(alias, "id");
                sql.push(" = (SELECT u.id FROM progress_update u WHERE u.action_id = a.id").push(of_which);
                sql.push(" ORDER BY u.reported_on DESC, u.id DESC LIMIT 1)");
            }
            sql.push(" WHERE ").is_one_of("a", "id", ids);
            for row in transaction.query_all_raw(sql.statement()).await? {
                rows.push(context.add_action(&row)?);
            }
        }
        for row in rows!(transaction, step.ActionId in actions) {
            context.add_step(&row);
        }
        Ok((rows, context))
    }

    fn add_action(&mut self, row: &QueryResult) -> Result<action::Model, DbErr> {
        let action = action::Model::from_query_result(row, "")?;
        let plan = Plan {
            status: row.try_get_by("plan_status")?,
            agreed_on: row.try_get_by("plan_agreed_on")?,
            published_on: row.try_get_by("plan_published_on")?,
            update_every_days: row.try_get_by("plan_update_every_days")?,
        };
        let newest: Option<Uuid> = row.try_get_by("newest_id")?;
        let reports = Reports {
            latest: newest.zip(row.try_get_by("newest_on")?),
            declared_health: row.try_get_by("newest_health")?,
        };
        self.plans.insert(action.plan_id, plan);
        self.reports.insert(action.id, reports);
        Ok(action)
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
