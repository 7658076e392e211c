//! What a brief change begins with, in one statement: who asks, what they may do, whether the request is known, and the last entry of
//! the programme's ledger. Whatever it reads after that is as it was with this entry, or the ledger has come further and nothing is
//! written (`docs/adr/0033-brief-changes.md`).

use entity::ledger_head;
use sea_orm::{DbBackend, DbErr};
use uuid::Uuid;

use super::db::{Db, Line};
use super::idempotency::Key;
use super::judge::{Judgement, judged, push_judgement_beside_standings};
use super::sql::Sql;
use super::standings;
use super::table::Table;
use super::write::{Origin, WriteCx};
use crate::authz::identity::Identity;
use crate::authz::operation::Operation;
use crate::authz::permit::Permit;
use crate::authz::viewer::Viewer;

/// What stands in the place of a role in the row about the ledger.
const HEAD: &str = "HEAD";

/// What was found, and the connection on which to go on.
pub struct Beginning {
    /// Who asks, now.
    pub viewer: Viewer,
    /// What was judged of whom they were taken for.
    pub judged: Option<Judgement>,
    /// Whether a request with this key was there before.
    pub is_known: bool,
    head: ledger_head::Model,
    line: Line,
}

/// Whether this is a database to do it on: SQLite, which is no journey away, has one writer anyway.
pub fn can_be(db: &Db) -> bool {
    db.backend() == DbBackend::Postgres
}

/// Begins a brief change of something that belongs to a programme, for whom somebody is taken for. None where there is no such ledger.
pub async fn begin(
    db: &Db,
    (identity, taken): (Option<&Identity>, &Viewer),
    operation: Operation,
    (target, programme): ((Table, Uuid), Uuid),
    key: Option<&Key>,
) -> Result<Option<Beginning>, DbErr> {
    let mut sql = Sql::new(db.backend());
    push_judgement_beside_standings(&mut sql, (identity, taken), operation, target);
    sql.push(" UNION ALL SELECT h.programme_id, '").push(HEAD).push("', NULL, NULL, ");
    match key {
        Some(key) => {
            sql.push("EXISTS (SELECT 1 FROM idempotency WHERE principal = ").bind(key.principal.as_str());
            sql.push(" AND idempotency_key = ").bind(key.key.as_str()).push(")");
        }
        None => {
            sql.push("FALSE");
        }
    }
    sql.push(", FALSE, NULL, h.hash, NULL, NULL, NULL, NULL, NULL, NULL, CAST(h.sequence AS TEXT), NULL");
    sql.push(" FROM ledger_head h WHERE h.programme_id = ").bind(programme);
    let line = Line::new(db.write.clone());
    let rows = line.ask(sql.statement()).await?;
    for row in &rows {
        if row.try_get_by_index::<String>(1)? == HEAD {
            let sequence: String = row.try_get_by_index(14)?;
            let sequence = sequence.parse().map_err(|_| DbErr::Type("a number of an entry".to_owned()))?;
            let head = ledger_head::Model {
                programme_id: row.try_get_by_index(0)?,
                sequence,
                hash: row.try_get_by_index(7)?,
            };
            return Ok(Some(Beginning {
                viewer: standings::viewer(identity, taken.today, &rows)?,
                judged: judged(&rows)?,
                is_known: row.try_get_by_index(4)?,
                head,
                line,
            }));
        }
    }
    Ok(None)
}

impl Beginning {
    /// Goes on.
    pub fn open(self, permit: Permit, origin: Origin) -> WriteCx {
        WriteCx::brief(self.line, permit, origin, self.head)
    }
}
