//! What the rules derive from an action's own record, kept beside it so that lists can filter and order by it.
//!
//! What an action waits for is left out: whether that counts depends on who reads (`model::expression::waits_for_late`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::cadence::{self, Reporting};
use domain::standing::{Facts, Step, thresholds};
use domain::{ActionStatus, PlanStatus, UnknownWord};
use entity::{action, plan, progress_update, step};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::write::{WriteCx, WriteError};

/// How many ids one statement asks for.
const CHUNK: usize = 1000;

/// The rows of one table whose column is one of the ids.
macro_rules! rows {
    ($transaction:expr, $table:ident.$column:ident in $ids:expr $(, by $order:ident)*) => {{
        let mut rows: Vec<$table::Model> = Vec::new();
        for ids in $ids.chunks(CHUNK) {
            let some = $table::Entity::find().filter($table::Column::$column.is_in(ids.iter().copied()));
            $(let some = some.order_by_asc($table::Column::$order);)*
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
        let context = Context::read(transaction, actions).await?;
        // Those that change in the same way are changed by one statement.
        let mut alike: BTreeMap<String, (action::ActiveModel, Vec<Uuid>)> = BTreeMap::new();
        for row in rows!(transaction, action.Id in actions) {
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
        let mut context = Context { plans, steps: HashMap::new(), updates: HashMap::new() };
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
    /// Each action's updates, oldest first.
    updates: HashMap<Uuid, Vec<progress_update::Model>>,
}

impl Context {
    async fn read(transaction: &DatabaseTransaction, actions: &[Uuid]) -> Result<Self, DbErr> {
        let rows = rows!(transaction, action.Id in actions);
        let plans = plans_of(transaction, &rows).await?;
        let mut context = Self { plans, steps: HashMap::new(), updates: HashMap::new() };
        for row in rows!(transaction, step.ActionId in actions) {
            context.add_step(&row);
        }
        for row in rows!(transaction, progress_update.ActionId in actions, by ReportedOn, by Id) {
            context.updates.entry(row.action_id).or_default().push(row);
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
        let updates =
            self.updates.get(&row.id).map_or_else(|| &[] as &[progress_update::Model], Vec::as_slice);
        let latest = updates.last();
        let last_reported_on = latest.map(|update| update.reported_on);
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
            latest_update_id: latest.map(|update| update.id),
            declared_health: updates.iter().rev().find_map(|update| update.declared_health.clone()),
            last_reported_on,
            update_due_on,
            at_risk_from: days.at_risk_from,
            off_track_from: days.off_track_from,
            ..row.clone()
        })
    }
}
