//! What the rules derive from an action's own record, kept beside it so that lists can filter and order by it.
//!
//! What an action waits for is left out: whether that counts depends on who reads (`model::expression::waits_for_late`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::cadence::{self, Reporting};
use domain::standing::{Facts, Step, thresholds};
use domain::{ActionStatus, PlanStatus, UnknownWord};
use entity::{action, plan, progress_update, step};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryResult,
};
use uuid::Uuid;

use super::sql::Sql;
use super::write::{WriteCx, WriteError};

/// How many ids one statement asks for.
const CHUNK: usize = 1000;

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

    /// Writes a report on an action, and what the rules derive for the action then: all of it with the last of this change, because
    /// nothing that the change still does reads either. What it depends on is read in one statement.
    pub async fn report(&mut self, report: progress_update::Model) -> Result<(), WriteError> {
        self.hold(report.programme_id).await?;
        let (rows, mut context) = Context::read(self.transaction(), &[report.action_id]).await?;
        context.add_report(&report);
        self.create_last(report).await?;
        for row in rows {
            let derived = context.derive(&row).map_err(|word| DbErr::Type(word.to_string()))?;
            let change = differences(&row, &derived);
            if change.is_changed() {
                self.last.update(action::ActiveModel { id: Set(row.id), ..change })?;
            }
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
    transaction: &impl ConnectionTrait,
    actions: &[action::Model],
) -> Result<HashMap<Uuid, Plan>, DbErr> {
    let ids: BTreeSet<Uuid> = actions.iter().map(|row| row.plan_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut plans = HashMap::new();
    for ids in ids.chunks(CHUNK) {
        let some = plan::Entity::find().filter(plan::Column::Id.is_in(ids.iter().copied()));
        for row in some.all(transaction).await? {
            let plan::Model { id, status, agreed_on, published_on, update_every_days, .. } = row;
            plans.insert(id, Plan { status, agreed_on, published_on, update_every_days });
        }
    }
    Ok(plans)
}

/// What the rules ask about beside the action itself.
struct Context {
    plans: HashMap<Uuid, Plan>,
    steps: HashMap<Uuid, Vec<Step>>,
    reports: HashMap<Uuid, Reports>,
}

/// What the updates on an action say last: of one day, the later id is the newer.
#[derive(Default)]
struct Reports {
    /// The newest update: its day and its id.
    latest: Option<(NaiveDate, Uuid)>,
    /// The newest that declares a health, and that.
    declared: Option<(NaiveDate, Uuid, String)>,
}

impl Reports {
    fn add(&mut self, report: &progress_update::Model) {
        let place = (report.reported_on, report.id);
        if self.latest.is_none_or(|latest| latest < place) {
            self.latest = Some(place);
        }
        let Some(health) = &report.declared_health else { return };
        if self.declared.as_ref().is_none_or(|(on, id, _)| (*on, *id) < place) {
            self.declared = Some((place.0, place.1, health.clone()));
        }
    }
}

impl Context {
    /// The actions, and what the rules ask about beside them, in one statement: with their plans, their steps, and their newest
    /// updates, which are found by the index, since an action can have any number of them and each report asks again.
    async fn read(
        transaction: &impl ConnectionTrait,
        actions: &[Uuid],
    ) -> Result<(Vec<action::Model>, Self), DbErr> {
        let mut context = Self { plans: HashMap::new(), steps: HashMap::new(), reports: HashMap::new() };
        let mut rows = Vec::new();
        for ids in actions.chunks(CHUNK) {
            let mut sql = Sql::new(transaction.get_database_backend());
            sql.push("SELECT p.status AS plan_status, p.agreed_on AS plan_agreed_on, p.published_on AS plan_published_on, ");
            sql.push("p.update_every_days AS plan_update_every_days, l.id AS newest_id, l.reported_on AS newest_on, ");
            sql.push(
                "d.id AS declared_id, d.reported_on AS declared_on, d.declared_health AS newest_health, ",
            );
            sql.push("s.id AS step_id, s.due_on AS step_due_on, ");
            sql.push("(s.done_on IS NOT NULL OR s.struck_out_on IS NOT NULL) AS step_is_settled, ");
            sql.columns_of::<action::Entity>("a").push(" FROM action a JOIN plan p ON p.id = a.plan_id");
            sql.push(" LEFT JOIN step s ON s.action_id = a.id");
            for (alias, of_which) in [("l", ""), ("d", " AND u.declared_health IS NOT NULL")] {
                sql.push(" LEFT JOIN progress_update ").push(alias).push(" ON ").column(alias, "id");
                sql.push(" = (SELECT u.id FROM progress_update u WHERE u.action_id = a.id").push(of_which);
                sql.push(" ORDER BY u.reported_on DESC, u.id DESC LIMIT 1)");
            }
            sql.push(" WHERE ").is_one_of("a", "id", ids);
            for row in transaction.query_all_raw(sql.statement()).await? {
                let action: Uuid = row.try_get_by("id")?;
                if !context.reports.contains_key(&action) {
                    rows.push(context.add_action(&row)?);
                }
                if row.try_get_by::<Option<Uuid>, _>("step_id")?.is_some() {
                    let (due_on, is_settled) =
                        (row.try_get_by("step_due_on")?, row.try_get_by("step_is_settled")?);
                    context.steps.entry(action).or_default().push(Step { due_on, is_settled });
                }
            }
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
        let newest: Option<NaiveDate> = row.try_get_by("newest_on")?;
        let declared: Option<NaiveDate> = row.try_get_by("declared_on")?;
        let declared = declared.zip(row.try_get_by("declared_id")?).zip(row.try_get_by("newest_health")?);
        let reports = Reports {
            latest: newest.zip(row.try_get_by("newest_id")?),
            declared: declared.map(|((on, id), health)| (on, id, health)),
        };
        self.plans.insert(action.plan_id, plan);
        self.reports.insert(action.id, reports);
        Ok(action)
    }

    fn add_report(&mut self, report: &progress_update::Model) {
        self.reports.entry(report.action_id).or_default().add(report);
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
        let last_reported_on = latest.map(|(reported_on, _)| reported_on);
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
            latest_update_id: latest.map(|(_, id)| id),
            declared_health: reports.and_then(|reports| Some(reports.declared.as_ref()?.2.clone())),
            last_reported_on,
            update_due_on,
            at_risk_from: days.at_risk_from,
            off_track_from: days.off_track_from,
            ..row.clone()
        })
    }
}
