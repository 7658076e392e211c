//! Where every ledger stands, in one statement: for the metrics, and for whoever waits for news.

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::db::Db;
use super::sql::Sql;

/// Where the ledger of a programme stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The programme.
    pub programme: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// The number of its newest entry.
    pub sequence: i64,
}

/// The heads of all ledgers, by slug.
///
/// # Errors
/// The database's.
pub async fn all(db: &Db) -> Result<Vec<Head>, DbErr> {
    let mut sql = Sql::new(db.backend());
    sql.push("SELECT h.programme_id, p.slug, h.sequence FROM ledger_head h ");
    sql.push("JOIN programme p ON p.id = h.programme_id ORDER BY p.slug");
    let rows = db.read.query_all_raw(sql.statement()).await?;
    let head = |row: &sea_orm::QueryResult| {
        Ok(Head {
            programme: row.try_get_by_index(0)?,
            slug: row.try_get_by_index(1)?,
            sequence: row.try_get_by_index(2)?,
        })
    };
    rows.iter().map(head).collect()
}
