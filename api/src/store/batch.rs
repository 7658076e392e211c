//! Writes that do not depend on one another, at the end of a change: one journey to PostgreSQL for all of them, because a change
//! holds its programme's turn for as long as its journeys take. SQLite, which is no journey away, takes them one by one.

use sea_orm::sea_query::{
    CommonTableExpression, Expr, Func, InsertStatement, Query, SubQueryStatement, UpdateStatement, WithClause,
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, Iterable, QueryTrait,
};

use super::recorded::{ActiveOf, Row};

/// How many values one statement may carry: SQLite takes 32 766, PostgreSQL 65 535.
const VALUES: usize = 30_000;

/// Writes of different rows, each of which may be done before or after any other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    parts: Vec<Part>,
    values: usize,
    /// What PostgreSQL is to tell when the transaction is committed: a channel, and a text.
    told: Vec<(&'static str, String)>,
}

#[derive(Debug)]
enum Part {
    Insert(Box<InsertStatement>),
    Update(Box<UpdateStatement>),
}

impl Batch {
    /// Inserts rows of one kind.
    pub(super) fn insert<M: Row>(&mut self, rows: Vec<M>)
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        let columns = <M::Entity as EntityTrait>::Column::iter().count().max(1);
        self.values += rows.len() * columns;
        let mut rows = rows.into_iter().map(M::into_active_model).peekable();
        while rows.peek().is_some() {
            let some: Vec<_> = rows.by_ref().take(VALUES / columns).collect();
            self.parts.push(Part::Insert(Box::new(M::Entity::insert_many(some).into_query())));
        }
    }

    /// Updates one row, which is there: by its key, those columns that are set.
    pub(super) fn update<A>(&mut self, row: A) -> Result<(), DbErr>
    where
        A: ActiveModelTrait,
    {
        self.values += <A::Entity as EntityTrait>::Column::iter().count();
        self.parts.push(Part::Update(Box::new(A::Entity::update(row).validate()?.into_query())));
        Ok(())
    }

    /// Has PostgreSQL tell all who listen, once this is committed.
    pub(super) fn tell(&mut self, channel: &'static str, what: String) {
        self.told.push((channel, what));
    }

    /// Does it.
    pub(super) async fn run(self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        if transaction.get_database_backend() != DbBackend::Postgres {
            return one_by_one(transaction, self.parts).await;
        }
        let mut parts = self.parts;
        // One needs no company, and so many values as no statement takes are worth the journeys.
        if parts.len() == 1 || self.values > VALUES {
            one_by_one(transaction, std::mem::take(&mut parts)).await?;
        }
        if parts.is_empty() && self.told.is_empty() {
            return Ok(());
        }
        let told = self
            .told
            .into_iter()
            .map(|(channel, what)| Func::cust("pg_notify").args([Expr::val(channel), Expr::val(what)]));
        let mut last = Query::select();
        last.expr(Expr::val(1)).exprs(told);
        if !parts.is_empty() {
            let mut with = WithClause::new();
            for (place, part) in parts.into_iter().enumerate() {
                let mut table = CommonTableExpression::new();
                table.query(SubQueryStatement::from(part)).table_name(format!("w{place}"));
                with.cte(table);
            }
            last.with_cte(with);
        }
        transaction.execute(&last).await.map(|_| ())
    }
}

async fn one_by_one(transaction: &DatabaseTransaction, parts: Vec<Part>) -> Result<(), DbErr> {
    for part in parts {
        match part {
            Part::Insert(insert) => transaction.execute(&*insert).await?,
            Part::Update(update) => transaction.execute(&*update).await?,
        };
    }
    Ok(())
}

impl From<Part> for SubQueryStatement {
    fn from(part: Part) -> Self {
        match part {
            Part::Insert(insert) => Self::InsertStatement(*insert),
            Part::Update(update) => Self::UpdateStatement(*update),
        }
    }
}
