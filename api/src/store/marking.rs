//! Whether what somebody reads can be OFFICIAL-SENSITIVE: a document that holds it has to say so.

use domain::Marking;
use sea_orm::DbErr;

use super::read::ReadCx;
use super::table::Table;
use super::visibility::visible;

/// Whether the viewer sees any evidence that is OFFICIAL-SENSITIVE.
pub async fn sees_sensitive(read: &ReadCx) -> Result<bool, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT 1 FROM evidence t WHERE t.marking = '").push(Marking::OfficialSensitive.as_str());
    visible(sql.push("' AND "), Table::Evidence, "t", &read.cx.viewer);
    sql.push(" LIMIT 1");
    Ok(!read.query("evidence", sql.statement()).await?.is_empty())
}
