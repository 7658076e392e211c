//! What a command looks up in its own transaction: who acts, the rows that it is about, and what its rules ask about them.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter,
};
use uuid::Uuid;

use super::db::Db;
use super::judge::{Judgement, judge, judge_all, judge_beside_standings};
use super::recorded::{ActiveOf, Recorded, column_of};
use super::sql::Sql;
use super::standings;
use super::table::Table;
use super::visibility::visible;
use super::write::{WriteCx, WriteError};
use crate::authz::identity::Identity;
use crate::authz::operation::Operation;
use crate::authz::viewer::Viewer;

/// Who asks, as a member, now.
async fn viewer(
    connection: &impl ConnectionTrait,
    identity: Option<&Identity>,
    today: NaiveDate,
) -> Result<Viewer, DbErr> {
    let statement = standings::standings(connection.get_database_backend(), identity);
    standings::viewer(identity, today, &connection.query_all_raw(statement).await?)
}

/// Who asks, as a member, now, and whether whom they were before may do something to a row. Where the two are not the same, the
/// judgement is worth nothing.
async fn viewer_and_judgement(
    connection: &impl ConnectionTrait,
    (identity, before): (Option<&Identity>, &Viewer),
    today: NaiveDate,
    operation: Operation,
    target: (Table, Uuid),
) -> Result<(Viewer, Option<Judgement>), DbErr> {
    let (backend, who) = (connection.get_database_backend(), (identity, before));
    let (rows, judged) = judge_beside_standings(connection, backend, who, operation, target).await?;
    Ok((standings::viewer(identity, today, &rows)?, judged))
}

/// Who asks, as a member, outside any transaction.
pub async fn viewer_beforehand(
    db: &Db,
    identity: Option<&Identity>,
    today: NaiveDate,
) -> Result<Viewer, DbErr> {
    viewer(&db.read, identity, today).await
}

/// As [`judge_beforehand`], of whom somebody was taken for, and who they are: where the two are not the same, the judgement is worth
/// nothing.
pub async fn viewer_and_judgement_beforehand(
    db: &Db,
    (identity, taken): (Option<&Identity>, &Viewer),
    operation: Operation,
    target: (Table, Uuid),
) -> Result<(Viewer, Option<Judgement>), DbErr> {
    viewer_and_judgement(&db.read, (identity, taken), taken.today, operation, target).await
}

/// Judges outside any transaction whether somebody may do something: to say no without taking anyone's turn.
pub async fn judge_beforehand(
    db: &Db,
    viewer: &Viewer,
    operation: Operation,
    target: (Table, Uuid),
) -> Result<Option<Judgement>, DbErr> {
    judge(&db.read, db.backend(), viewer, operation, target).await
}

impl WriteCx {
    /// Who asks, as a member, now, in this transaction.
    pub async fn viewer(&self, identity: Option<&Identity>) -> Result<Viewer, WriteError> {
        Ok(viewer(self.transaction(), identity, self.today()).await?)
    }

    /// Who asks, as a member, now, and whether whom they were before may do something to a row. Where the two are not the same, the
    /// judgement is worth nothing.
    pub async fn viewer_and_judgement(
        &self,
        who: (Option<&Identity>, &Viewer),
        operation: Operation,
        target: (Table, Uuid),
    ) -> Result<(Viewer, Option<Judgement>), WriteError> {
        Ok(viewer_and_judgement(self.transaction(), who, self.today(), operation, target).await?)
    }

    /// Whether the viewer may do something to a row.
    pub async fn judge(
        &self,
        viewer: &Viewer,
        operation: Operation,
        target: (Table, Uuid),
    ) -> Result<Option<Judgement>, WriteError> {
        let transaction = self.transaction();
        Ok(judge(transaction, transaction.get_database_backend(), viewer, operation, target).await?)
    }

    /// Whether the viewer may do something to rows of one table, by their ids, in one statement.
    pub async fn judge_all(
        &self,
        viewer: &Viewer,
        operation: Operation,
        table: Table,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Judgement>, WriteError> {
        let transaction = self.transaction();
        let backend = transaction.get_database_backend();
        Ok(judge_all(transaction, backend, viewer, operation, (table, ids)).await?)
    }

    /// A row, if it exists for the viewer.
    pub async fn visible_row<M>(&self, viewer: &Viewer, id: Uuid) -> Result<Option<M>, WriteError>
    where
        M: Recorded + FromQueryResult,
        M::Entity: EntityTrait<Model = M>,
    {
        Ok(self.visible_rows(viewer, &[id]).await?.pop())
    }

    /// Those rows that exist for the viewer, in one statement.
    pub async fn visible_rows<M>(&self, viewer: &Viewer, ids: &[Uuid]) -> Result<Vec<M>, WriteError>
    where
        M: Recorded + FromQueryResult,
        M::Entity: EntityTrait<Model = M>,
    {
        let transaction = self.transaction();
        let mut sql = Sql::new(transaction.get_database_backend());
        sql.push("SELECT ")
            .columns_of::<M::Entity>("t")
            .push(" FROM ")
            .push(M::TABLE.name())
            .push(" t WHERE ");
        sql.is_one_of("t", "id", ids).push(" AND ");
        visible(&mut sql, M::TABLE, "t", viewer);
        Ok(M::Entity::find().from_raw_sql(sql.statement()).all(transaction).await?)
    }

    /// The rows of a table that meet a condition, whoever asks: for what the rules ask about, not for what a client is shown.
    pub async fn rows<E: EntityTrait>(
        &self,
        condition: impl Into<Condition>,
    ) -> Result<Vec<E::Model>, WriteError>
    where
        E::Model: IntoActiveModel<E::ActiveModel> + Send,
    {
        Ok(E::find().filter(condition.into()).all(self.transaction()).await?)
    }

    /// A row by its id, whoever asks.
    pub async fn row<M: Recorded>(&self, id: Uuid) -> Result<Option<M>, WriteError>
    where
        M::Entity: EntityTrait<Model = M>,
        ActiveOf<M>: Send,
    {
        let column: <M::Entity as EntityTrait>::Column = column_of("id")?;
        Ok(M::Entity::find().filter(column.eq(id)).one(self.transaction()).await?)
    }

    /// The programmes that have to do with an organisation: those that refer to it, and those that it was recorded in.
    pub async fn programmes_with(&self, organisation: Uuid) -> Result<Vec<Uuid>, WriteError> {
        let transaction = self.transaction();
        let mut sql = Sql::new(transaction.get_database_backend());
        sql.push("SELECT id FROM programme WHERE authority_id = ").bind(organisation);
        for (table, column) in REFER_TO_ORGANISATIONS {
            sql.push(" UNION SELECT programme_id FROM ").push(table).push(" WHERE ").push(column).push(" = ");
            sql.bind(organisation).push(" AND programme_id IS NOT NULL");
        }
        let rows = transaction.query_all_raw(sql.statement()).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, DbErr>>()?)
    }
}

/// The tables of programmes that name organisations, and the columns that do.
const REFER_TO_ORGANISATIONS: &[(&str, &str)] = &[
    ("membership", "organisation_id"),
    ("machine_client", "organisation_id"),
    ("party", "organisation_id"),
    ("source", "issuer_id"),
    ("duty", "holder_id"),
    ("plan", "owner_id"),
    ("action", "organisation_id"),
    ("action_party", "party_id"),
    ("link_proposal", "proposed_by_id"),
    ("evidence", "added_by_id"),
    ("evidence_file", "added_by_id"),
    ("evidence_share", "organisation_id"),
    ("measure", "owner_id"),
    ("measure_target", "approved_by_id"),
    ("audit", "done_by_id"),
    ("audit", "moderated_by_id"),
    ("audit_finding", "owner_id"),
    ("audit_finding", "done_by_id"),
    ("audit_finding", "rechecked_by_id"),
    ("challenge", "put_to_id"),
    ("challenge", "put_by_id"),
    ("challenge", "answered_by_id"),
    ("challenge", "closed_by_id"),
    ("notice", "organisation_id"),
    ("webhook_endpoint", "organisation_id"),
    ("ledger_entry", "entity_id"),
];
