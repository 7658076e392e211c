//! Writes that do not depend on one another, at the end of a change: one journey to PostgreSQL for all of them, because a change
//! holds its programme's turn for as long as its journeys take. SQLite, which is no journey away, takes them one by one.

use sea_orm::sea_query::{
    CommonTableExpression, Expr, ExprTrait, Func, InsertStatement, Query, SelectStatement, SimpleExpr,
    SubQueryStatement, UpdateStatement, WithClause,
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable,
    QueryTrait,
};

use super::db::Line;
use super::recorded::{ActiveOf, Row};

/// How many values one statement may carry: SQLite takes 32 766, PostgreSQL 65 535.
const VALUES: usize = 30_000;

/// Writes of different rows, each of which may be done before or after any other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    parts: Vec<Part>,
    values: usize,
    /// The places of those that must write their row, in the order in which that is found out.
    musts: Vec<usize>,
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

    /// Inserts a row, before whatever else is written.
    pub(super) fn insert_first<A>(&mut self, row: A)
    where
        A: ActiveModelTrait,
    {
        self.values += <A::Entity as EntityTrait>::Column::iter().count();
        let mut insert = A::Entity::insert(row).into_query();
        insert.returning(Query::returning().expr(Expr::val(1)));
        self.must(Part::Insert(Box::new(insert)));
    }

    /// As [`Batch::update`], where a condition holds; where it does not, nothing of all this is written ([`Batch::run_at_once`]).
    pub(super) fn update_only_if<A>(&mut self, row: A, condition: SimpleExpr) -> Result<(), DbErr>
    where
        A: ActiveModelTrait,
    {
        self.values += <A::Entity as EntityTrait>::Column::iter().count();
        let mut update = A::Entity::update(row).validate()?.into_query();
        update.and_where(condition).returning(Query::returning().expr(Expr::val(1)));
        self.must(Part::Update(Box::new(update)));
        Ok(())
    }

    fn must(&mut self, part: Part) {
        self.musts.push(self.parts.len());
        self.parts.push(part);
    }

    /// Has PostgreSQL tell all who listen, once this is committed.
    pub(super) fn tell(&mut self, channel: &'static str, what: String) {
        self.told.push((channel, what));
    }

    /// Does it.
    pub(super) async fn run(mut self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        if transaction.get_database_backend() != DbBackend::Postgres {
            return one_by_one(transaction, self.parts).await;
        }
        // One needs no company, and so many values as no statement takes are worth the journeys.
        if self.parts.len() == 1 || self.values > VALUES {
            one_by_one(transaction, std::mem::take(&mut self.parts)).await?;
        }
        if self.parts.is_empty() && self.told.is_empty() {
            return Ok(());
        }
        transaction.execute(&self.statement()).await.map(|_| ())
    }

    /// Does it on PostgreSQL, outside any transaction, in one statement, which is one by itself. Where one of those that must write
    /// their row writes none, the statement fails, and nothing is written.
    pub(super) async fn run_at_once(self, line: &Line) -> Result<(), DbErr> {
        line.ask_once(line.backend().build(&self.statement())).await
    }

    fn statement(self) -> SelectStatement {
        let told = self
            .told
            .into_iter()
            .map(|(channel, what)| Func::cust("pg_notify").args([Expr::val(channel), Expr::val(what)]));
        let mut last = Query::select();
        last.expr(Expr::val(1));
        // What is asked for here is done first, and in this order, so that no two wait for each other; PostgreSQL does the rest after it.
        // A division by nothing is how a statement gives itself up.
        for place in self.musts {
            let written = Query::select().expr(Expr::cust("COUNT(*)")).from(table(place)).take();
            last.expr(Expr::val(1).div(SimpleExpr::SubQuery(None, Box::new(written.into()))));
        }
        last.exprs(told);
        if !self.parts.is_empty() {
            let mut with = WithClause::new();
            for (place, part) in self.parts.into_iter().enumerate() {
                let mut written = CommonTableExpression::new();
                written.query(SubQueryStatement::from(part)).table_name(table(place));
                with.cte(written);
            }
            last.with_cte(with);
        }
        last
    }
}

/// What a part is called in the statement.
fn table(place: usize) -> String {
    format!("w{place}")
}

async fn one_by_one(transaction: &impl ConnectionTrait, parts: Vec<Part>) -> Result<(), DbErr> {
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
