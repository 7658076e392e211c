//! What a delivery tells, as the owner of its endpoint sees it now.

use chrono::{DateTime, Utc};
use entity::{webhook_endpoint, webhook_secret};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::store::db::{Db, to_the_end};
use crate::store::read::ReadCx;
use crate::store::visibility::is_about_seen;

/// An endpoint with what signs for it now, the newest first.
pub(crate) struct Endpoint {
    pub row: webhook_endpoint::Model,
    pub secrets: Vec<String>,
}

/// An endpoint as it is now; nothing where it has been removed.
pub(crate) async fn endpoint(db: &Db, id: Uuid, now: DateTime<Utc>) -> Result<Option<Endpoint>, DbErr> {
    use webhook_secret::{Column, Entity};
    let db = db.clone();
    to_the_end(async move {
        let Some(row) = webhook_endpoint::Entity::find_by_id(id).one(&db.read).await? else {
            return Ok(None);
        };
        let live = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
        let live = Entity::find().filter(Column::EndpointId.eq(id)).filter(live);
        let live = live.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(&db.read).await?;
        Ok(Some(Endpoint { row, secrets: live.into_iter().map(|row| row.secret).collect() }))
    })
    .await
}

/// What an entry of the ledger tells.
#[derive(Debug)]
pub(crate) struct Told {
    /// The programme's short name.
    pub slug: String,
    pub at: DateTime<Utc>,
    pub entity_type: String,
    pub entity_id: Uuid,
    pub version: i32,
    pub operation: String,
    /// Whether the viewer may see what it is about, now.
    pub is_seen: bool,
}

/// What the entry at a place of a programme's ledger tells the viewer.
pub(crate) async fn told(read: &ReadCx, programme: Uuid, sequence: i64) -> Result<Option<Told>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT p.slug, t.at, t.entity_type, t.entity_id, t.entity_version, t.operation, COALESCE(");
    is_about_seen(&mut sql, "t", &read.cx.viewer);
    sql.push(
        ", FALSE) FROM ledger_entry t JOIN programme p ON p.id = t.programme_id WHERE t.programme_id = ",
    );
    sql.bind(programme).push(" AND t.sequence = ").bind(sequence);
    let rows = read.query("ledger_entry", sql.statement()).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Told {
        slug: row.try_get_by_index(0)?,
        at: row.try_get_by_index(1)?,
        entity_type: row.try_get_by_index(2)?,
        entity_id: row.try_get_by_index(3)?,
        version: row.try_get_by_index(4)?,
        operation: row.try_get_by_index(5)?,
        is_seen: row.try_get_by_index(6)?,
    }))
}
