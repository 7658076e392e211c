//! Themes across audits and years, as far as the viewer may see the audits: two statements for any number of programmes.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use domain::audit::{Audited, Found, themes};
use sea_orm::DbErr;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plan::Cell;
use super::read::ReadCx;
use super::table::Table;
use super::visibility::visible;

struct AuditRow {
    programme: Uuid,
    year: i32,
    theme: Option<String>,
}

/// The summary of each programme, in the order of the rows, which hold their ids.
pub(super) async fn of_programmes(read: &ReadCx, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let programmes: Vec<Option<Uuid>> = rows.iter().map(|row| row.first().and_then(Cell::uuid)).collect();
    let ids: Vec<Uuid> = programmes.iter().flatten().copied().collect();
    let audits = audits(read, &ids).await?;
    let findings = findings(read, &ids).await?;
    let of_programme = |programme: &Option<Uuid>| {
        let own = |id: &Uuid| audits.get(id).filter(|audit| Some(audit.programme) == *programme);
        let audited = audits.iter().filter(|(id, _)| own(id).is_some());
        let audited =
            audited.map(|(id, row)| Audited { id: *id, year: row.year, theme: row.theme.as_deref() });
        let found = findings.iter().filter_map(|(audit, theme, status)| {
            let year = own(audit)?.year;
            Some(Found { audit: *audit, year, theme: theme.as_deref(), status: status.parse().ok()? })
        });
        let rows = themes(audited, found).into_iter().map(|of| {
            json!({ "theme": of.theme, "year": of.year, "audits": of.audits, "findings": of.findings, "open": of.open })
        });
        Value::Array(rows.collect())
    };
    Ok(programmes.iter().map(of_programme).collect())
}

async fn audits(read: &ReadCx, programmes: &[Uuid]) -> Result<HashMap<Uuid, AuditRow>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT t.id, t.programme_id, t.ended_on, t.theme FROM audit t WHERE ");
    sql.is_one_of("t", "programme_id", programmes).push(" AND ");
    visible(&mut sql, Table::Audit, "t", &read.cx.viewer);
    let rows = read.query("audit", sql.statement()).await?;
    rows.iter()
        .map(|row| {
            let ended_on: NaiveDate = row.try_get_by_index(2)?;
            let audit = AuditRow {
                programme: row.try_get_by_index(1)?,
                year: ended_on.year(),
                theme: row.try_get_by_index(3)?,
            };
            Ok((row.try_get_by_index(0)?, audit))
        })
        .collect()
}

/// The audit, the theme and the status of each finding.
async fn findings(read: &ReadCx, programmes: &[Uuid]) -> Result<Vec<(Uuid, Option<String>, String)>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT t.audit_id, t.theme, t.status FROM audit_finding t WHERE ");
    sql.is_one_of("t", "programme_id", programmes).push(" AND ");
    visible(&mut sql, Table::AuditFinding, "t", &read.cx.viewer);
    let rows = read.query("audit_finding", sql.statement()).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?)))
        .collect()
}
