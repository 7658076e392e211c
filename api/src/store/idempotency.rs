//! Requests that may be sent again: the first one's answer is kept with its key, and is the answer to all that follow.
//!
//! The key is written in the transaction that it belongs to, first of all: a second request with the same key that comes while
//! the first is at work waits for it, and then finds its answer.

use chrono::{DateTime, TimeDelta, Utc};
use entity::idempotency::{ActiveModel, Column, Entity, Model};
use entity::ledger_head;
use sea_orm::sea_query::{CommonTableExpression, Expr, OnConflict, Query, SubQueryStatement, WithClause};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, Insert,
    QueryFilter, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::db::Db;
use super::write::{WriteCx, WriteError};

/// For how long a key is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// A request's key, whose it is, and what it asked.
#[derive(Debug, Clone)]
pub struct Key {
    /// Who asks: issuer and subject.
    pub principal: String,
    /// The key that they chose.
    pub key: String,
    /// The SHA-256 of the operation and its input.
    pub input_hash: String,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: the request is new.
    New,
    /// The same request was answered; its outcome.
    Answered(String),
    /// The key belongs to another request.
    Other,
}

/// What is known of a key, without waiting for anyone.
pub async fn known(db: &Db, key: &Key, now: DateTime<Utc>) -> Result<Known, DbErr> {
    let row = Entity::find_by_id((key.principal.clone(), key.key.clone())).one(&db.read).await?;
    Ok(key.compared_with(row, now))
}

/// Forgets the keys that are past their time. Nothing depends on when it runs: an old key is never taken for known.
pub async fn forget_old(db: &Db, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let old = Entity::delete_many().filter(Column::CreatedAt.lt(now - KEPT));
    Ok(old.exec(&db.write).await?.rows_affected)
}

impl Key {
    fn compared_with(&self, row: Option<Model>, now: DateTime<Utc>) -> Known {
        match row {
            Some(row) if row.created_at <= now - KEPT => Known::New,
            Some(Model { input_hash, outcome: Some(outcome), .. }) if input_hash == self.input_hash => {
                Known::Answered(outcome)
            }
            Some(row) if row.input_hash != self.input_hash => Known::Other,
            _ => Known::New,
        }
    }
}

impl WriteCx {
    /// Takes a key for this transaction, where there is one, and then the programme's turn, where there is one: see
    /// [`WriteCx::hold`]. The key comes first, so that whoever waits for another request with the same key keeps nobody else waiting.
    /// Anything but [`Known::New`] means that there is nothing to do, and no turn was taken.
    pub async fn take_turn(
        &mut self,
        key: Option<&Key>,
        programme: Option<Uuid>,
    ) -> Result<Known, WriteError> {
        let is_postgres = self.transaction().get_database_backend() == DbBackend::Postgres;
        let known = match (key, programme) {
            (Some(key), Some(programme)) if is_postgres => self.take_both(key, programme).await?,
            (Some(key), _) => self.take_key(key).await?,
            (None, _) => Known::New,
        };
        if let (Known::New, Some(programme)) = (&known, programme) {
            self.hold(programme).await?;
        }
        Ok(known)
    }

    /// Takes a key, in the place of one that is past its time.
    async fn take_key(&self, key: &Key) -> Result<Known, WriteError> {
        match self.taking(key).exec_without_returning(self.transaction()).await {
            Ok(1) => Ok(Known::New),
            Ok(_) | Err(DbErr::RecordNotInserted) => self.known(key).await,
            Err(fault) => Err(fault.into()),
        }
    }

    /// Takes a key and, if that is ours now, the programme's turn: one journey, after which others wait.
    async fn take_both(&mut self, key: &Key, programme: Uuid) -> Result<Known, WriteError> {
        let mut taking = self.taking(key).into_query();
        taking.returning_col(Column::IdempotencyKey);
        let mut taken = CommonTableExpression::new();
        taken.query(SubQueryStatement::InsertStatement(taking)).table_name("taken");
        let mut with = WithClause::new();
        with.cte(taken);
        let is_taken = Expr::exists(Query::select().expr(Expr::val(1)).from("taken").take());
        let head = ledger_head::Entity::find_by_id(programme).filter(is_taken).lock_exclusive();
        let mut statement = head.into_query();
        statement.with_cte(with);
        match self.transaction().query_one(&statement).await? {
            Some(row) => {
                self.holds(ledger_head::Model::from_query_result(&row, "")?);
                Ok(Known::New)
            }
            None => self.known(key).await,
        }
    }

    fn key_row(&self, key: &Key) -> ActiveModel {
        ActiveModel {
            principal: Set(key.principal.clone()),
            idempotency_key: Set(key.key.clone()),
            input_hash: Set(key.input_hash.clone()),
            outcome: Set(None),
            created_at: Set(self.now()),
        }
    }

    fn taking(&self, key: &Key) -> Insert<ActiveModel> {
        Entity::insert(self.key_row(key)).on_conflict(
            OnConflict::columns([Column::Principal, Column::IdempotencyKey])
                .update_columns([Column::InputHash, Column::Outcome, Column::CreatedAt])
                .action_and_where(Column::CreatedAt.lte(self.now() - KEPT))
                .to_owned(),
        )
    }

    /// What is known of a key that another request has taken.
    async fn known(&self, key: &Key) -> Result<Known, WriteError> {
        let by_id = Entity::find_by_id((key.principal.clone(), key.key.clone()));
        let row = by_id.one(self.transaction()).await?;
        Ok(key.compared_with(row, self.now()))
    }

    /// Keeps what came of the request, for those that follow with the same key.
    pub fn keep_outcome(&mut self, key: &Key, outcome: String) -> Result<(), WriteError> {
        if self.is_brief() {
            let row = ActiveModel { outcome: Set(Some(outcome)), ..self.key_row(key) };
            self.last.insert_first(row);
            return Ok(());
        }
        let row = ActiveModel {
            principal: Set(key.principal.clone()),
            idempotency_key: Set(key.key.clone()),
            outcome: Set(Some(outcome)),
            ..Default::default()
        };
        Ok(self.last.update(row)?)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::PaginatorTrait;

    use super::*;
    use crate::store::testing::on_both_migrated;

    #[tokio::test]
    async fn keys_past_their_time_are_forgotten_and_others_kept() {
        on_both_migrated(async |db| {
            let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
            for (key, age) in [("old", KEPT + TimeDelta::seconds(1)), ("new", KEPT - TimeDelta::seconds(1))] {
                let row = ActiveModel {
                    principal: Set("issuer somebody".to_owned()),
                    idempotency_key: Set(key.to_owned()),
                    input_hash: Set("hash".to_owned()),
                    outcome: Set(Some("{}".to_owned())),
                    created_at: Set(now - age),
                };
                Entity::insert(row).exec_without_returning(&db.write).await.unwrap();
            }

            assert_eq!(forget_old(db, now).await.unwrap(), 1);
            assert_eq!(forget_old(db, now).await.unwrap(), 0);

            assert_eq!(Entity::find().count(&db.read).await.unwrap(), 1);
            let key = |key: &str| Key {
                principal: "issuer somebody".to_owned(),
                key: key.to_owned(),
                input_hash: "hash".to_owned(),
            };
            assert_eq!(known(db, &key("old"), now).await.unwrap(), Known::New);
            assert_eq!(known(db, &key("new"), now).await.unwrap(), Known::Answered("{}".to_owned()));
        })
        .await;
    }
}
