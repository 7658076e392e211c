//! Notices: the statements that find whom to tell of what, and the one way in which they are written.
//!
//! What a command does to somebody is told in its own transaction. What falls due by the calendar is found by one statement over
//! all programmes, and told in each under the head of its ledger: whoever comes second finds it told. The rules are
//! `domain::notice`, here once more as SQL; a test compares the two.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::notice::{NoticeKind, Standing, is_late_for, is_slip, news_from};
use entity::{action, challenge, notice};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult};
use uuid::Uuid;

use super::db::Db;
use super::involved::each_organisation;
use super::sql::Sql;
use super::write::{WriteCx, WriteError};

/// How many notices of the calendar are written at once.
pub const MOST: usize = 500;

/// What an organisation is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Telling {
    kind: NoticeKind,
    organisation_id: Uuid,
    action_id: Option<Uuid>,
    about: (&'static str, Uuid),
    on: NaiveDate,
    moved: Option<(NaiveDate, NaiveDate)>,
}

impl Telling {
    /// Something about an action that concerns an organisation by the same or another action.
    fn of_action(
        kind: NoticeKind,
        organisation_id: Uuid,
        (action, about): (Uuid, Uuid),
        on: NaiveDate,
    ) -> Self {
        let (action_id, about) = (Some(action), ("Action", about));
        Self { kind, organisation_id, action_id, about, on, moved: None }
    }

    /// Whether a notice has told this.
    fn is_told_by(&self, row: &notice::Model) -> bool {
        (row.kind.as_str(), row.organisation_id, row.about_id, row.falls_on)
            == (self.kind.as_str(), self.organisation_id, self.about.1, self.on)
            && row.was_on.zip(row.now_on) == self.moved
            && (self.about.0 != "Action" || row.action_id == self.action_id)
    }
}

impl WriteCx {
    /// Tells what has not been told yet. The number of statements does not depend on how much that is.
    async fn tell(&mut self, programme_id: Uuid, tellings: Vec<Telling>) -> Result<(), WriteError> {
        if tellings.is_empty() {
            return Ok(());
        }
        self.hold(programme_id).await?;
        let about: HashSet<Uuid> = tellings.iter().map(|telling| telling.about.1).collect();
        let days: HashSet<NaiveDate> = tellings.iter().map(|telling| telling.on).collect();
        let told = notice::Entity::find()
            .filter(notice::Column::AboutId.is_in(about))
            .filter(notice::Column::FallsOn.is_in(days));
        let told = told.all(self.transaction()).await?;
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        for telling in tellings {
            let is_told = told.iter().any(|row| telling.is_told_by(row));
            if !is_told && seen.insert(telling.clone()) {
                rows.push(notice::Model {
                    id: Uuid::now_v7(),
                    programme_id,
                    kind: telling.kind.as_str().to_owned(),
                    organisation_id: telling.organisation_id,
                    action_id: telling.action_id,
                    about_type: telling.about.0.to_owned(),
                    about_id: telling.about.1,
                    falls_on: telling.on,
                    was_on: telling.moved.map(|(was, _)| was),
                    now_on: telling.moved.map(|(_, now)| now),
                    version: 1,
                    created_at: self.now(),
                });
            }
        }
        self.create_all(rows).await
    }

    /// Tells those whose action it is that its due date moved to a later day, and those whose action waits for it and is due before
    /// that. Call it when all else of the change is written: who is involved is read then.
    pub async fn tell_of_move(
        &mut self,
        before: &action::Model,
        after: &action::Model,
    ) -> Result<(), WriteError> {
        let (was, now) = (before.due_on, after.due_on);
        if !is_slip(was, now) {
            return Ok(());
        }
        let mut tellings = Vec::new();
        for (id, organisation, standing) in concerned(self.transaction(), after.id).await? {
            let kind = match id == after.id {
                true if standing.is_awaited() => NoticeKind::ActionSlipped,
                false if is_late_for(&standing, was, now) => NoticeKind::DependencyLate,
                _ => continue,
            };
            let telling = Telling::of_action(kind, organisation, (id, after.id), self.today());
            tellings.push(Telling { moved: was.zip(now), ..telling });
        }
        self.tell(after.programme_id, tellings).await
    }

    /// Tells an organisation that evidence was shared with it.
    pub async fn tell_of_share(
        &mut self,
        programme: Uuid,
        evidence: Uuid,
        organisation_id: Uuid,
    ) -> Result<(), WriteError> {
        let (kind, about, on) = (NoticeKind::EvidenceShared, ("Evidence", evidence), self.today());
        let telling = Telling { kind, organisation_id, action_id: None, about, on, moved: None };
        self.tell(programme, vec![telling]).await
    }

    /// Tells whoever is to answer that the board asks.
    pub async fn tell_of_challenge(&mut self, of: &challenge::Model) -> Result<(), WriteError> {
        let (kind, about, on) = (NoticeKind::ChallengePut, ("Challenge", of.id), self.today());
        let organisation_id = of.put_to_id;
        let telling = Telling { kind, organisation_id, action_id: of.action_id, about, on, moved: None };
        self.tell(of.programme_id, vec![telling]).await
    }

    /// Tells what has fallen due in a programme and was not told yet, [`MOST`] at once. The programme is held.
    pub async fn tell_what_is_due(&mut self, programme: Uuid) -> Result<(), WriteError> {
        let transaction = self.transaction();
        let statement = due(Sql::new(transaction.get_database_backend()), self.today(), programme);
        let rows = transaction.query_all_raw(statement).await?;
        let tellings = rows.iter().map(telling).collect::<Result<_, DbErr>>()?;
        self.tell(programme, tellings).await
    }
}

/// The programmes in which something has fallen due and was not told yet: some of them, where there is more than [`MOST`] to tell.
pub async fn programmes_to_tell(db: &Db, today: NaiveDate) -> Result<Vec<Uuid>, DbErr> {
    let mut sql = Sql::new(db.backend());
    // Of each programme that it is one: the tellings of one may be many, and must not hide the others.
    sql.push("SELECT DISTINCT d.programme_id FROM (");
    push_due(&mut sql, today, None);
    sql.push(") d ORDER BY 1");
    let rows = db.read.query_all_raw(sql.statement()).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// An action and those that wait for it, each with every organisation whose own it is.
async fn concerned(
    transaction: &impl ConnectionTrait,
    action: Uuid,
) -> Result<Vec<(Uuid, Uuid, Standing)>, DbErr> {
    let mut sql = Sql::new(transaction.get_database_backend());
    each_organisation(&mut sql, "a", |sql, organisation, from| {
        sql.push("SELECT a.id, ").push(organisation).push(", a.status, p.status, a.due_on FROM action a");
        sql.push(" JOIN plan p ON p.id = a.plan_id").push(from).push(" AND (a.id = ").bind(action);
        sql.push(" OR a.id IN (SELECT action_id FROM action_dependency WHERE depends_on_id = ").bind(action);
        sql.push("))");
    });
    let word = |word: domain::UnknownWord| DbErr::Type(word.to_string());
    let of = |row: &QueryResult| {
        let (status, plan_status): (String, String) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        let standing = Standing {
            status: status.parse().map_err(word)?,
            plan_status: plan_status.parse().map_err(word)?,
            due_on: row.try_get_by_index(4)?,
        };
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, standing))
    };
    transaction.query_all_raw(sql.statement()).await?.iter().map(of).collect()
}

/// How each kind of what falls due is found: the day, what it is about, the table with the day, the joins from there to the action
/// `a` that concerns somebody and to its plan `p`, and what must hold besides the time.
struct Falling {
    kind: NoticeKind,
    about: &'static str,
    day: &'static str,
    from: &'static str,
    only: &'static str,
    /// Whether it is news on the day itself, or from the day after.
    on_the_day: bool,
}

const FALLING: [Falling; 3] = [
    // `domain::notice::passed`.
    Falling {
        kind: NoticeKind::ActionSlipped,
        about: "a.id",
        day: "a.due_on",
        from: "action a JOIN plan p ON p.id = a.plan_id",
        only: "a.status IN ('NOT_STARTED', 'IN_PROGRESS') AND p.status IN ('AGREED', 'PUBLISHED')",
        on_the_day: false,
    },
    // `domain::notice::passed_for`.
    Falling {
        kind: NoticeKind::DependencyLate,
        about: "b.id",
        day: "b.due_on",
        from: "action b JOIN plan q ON q.id = b.plan_id JOIN action_dependency d ON d.depends_on_id = b.id \
               JOIN action a ON a.id = d.action_id JOIN plan p ON p.id = a.plan_id",
        only: "a.status IN ('NOT_STARTED', 'IN_PROGRESS') AND p.status IN ('AGREED', 'PUBLISHED') \
               AND b.status IN ('NOT_STARTED', 'IN_PROGRESS') AND q.status IN ('AGREED', 'PUBLISHED')",
        on_the_day: false,
    },
    // `domain::notice::report_due`: the stored day is there only where somebody is to report.
    Falling {
        kind: NoticeKind::UpdateDue,
        about: "a.id",
        day: "a.update_due_on",
        from: "action a",
        only: "a.update_due_on IS NOT NULL",
        on_the_day: true,
    },
];

/// The statement that finds what has fallen due in a programme and was not told yet.
fn due(mut sql: Sql, today: NaiveDate, programme: Uuid) -> sea_orm::Statement {
    push_due(&mut sql, today, Some(programme));
    sql.push(" ORDER BY 2, 6, 3, 4, 1, 5 LIMIT ").number(MOST);
    sql.statement()
}

/// Adds the statement that finds what has fallen due and was not told yet, in all programmes or in one.
fn push_due(sql: &mut Sql, today: NaiveDate, programme: Option<Uuid>) {
    for (place, Falling { kind, about, day, from, only, on_the_day }) in FALLING.iter().enumerate() {
        if place > 0 {
            sql.push(" UNION ALL ");
        }
        each_organisation(sql, "a", |sql, organisation, joined| {
            sql.push("SELECT '").push(kind.as_str()).push("' AS kind, a.programme_id, a.id, ");
            sql.push(organisation).push(", ").push(about).push(", ").push(day).push(" FROM ");
            sql.push(from).push(joined).push(" AND ").push(only);
            sql.push(" AND ").push(day).push(if *on_the_day { " <= " } else { " < " }).bind(today);
            sql.push(" AND ").push(day).push(" >= ").bind(news_from(today));
            if let Some(programme) = programme {
                sql.push(" AND a.programme_id = ").bind(programme);
            }
            sql.push(" AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.organisation_id = ").push(organisation);
            sql.push(" AND n.kind = '").push(kind.as_str()).push("' AND n.about_id = ").push(about);
            sql.push(" AND n.action_id = a.id AND n.falls_on = ").push(day);
            sql.push(" AND n.about_type = 'Action' AND n.now_on IS NULL)");
        });
    }
}

/// A row of that statement.
fn telling(row: &QueryResult) -> Result<Telling, DbErr> {
    let kind: String = row.try_get_by_index(0)?;
    let kind = kind.parse().map_err(|word: domain::UnknownWord| DbErr::Type(word.to_string()))?;
    let (action, organisation): (Uuid, Uuid) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
    let (about, on): (Uuid, NaiveDate) = (row.try_get_by_index(4)?, row.try_get_by_index(5)?);
    Ok(Telling::of_action(kind, organisation, (action, about), on))
}
