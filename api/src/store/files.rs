//! Files of evidence for those who handle their bytes: who may have them now, which wait for the scanner, and which there are.
//! What is written of them is written by the one write path.

use domain::file::Scan;
use entity::evidence_file;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Select,
};
use uuid::Uuid;

use super::db::Db;
use super::documents;
use super::read::ReadCx;
use super::table::Table;
use super::uploads;
use super::visibility::visible;
use super::write::{WriteCx, WriteError};

/// A file that somebody may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// Its id.
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The evidence it belongs to; none of a document that something was imported from.
    pub evidence_id: Option<Uuid>,
    /// Its name, as its sender gave it.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// How many bytes it has.
    pub size: u64,
    /// What the scanner said of it; nothing where it said what this version does not know.
    pub scan: Option<Scan>,
}

/// The file, if the viewer sees it.
pub async fn readable(read: &ReadCx, id: Uuid) -> Result<Option<Readable>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT t.programme_id, t.evidence_id, t.name, t.media_type, t.size_bytes, t.scan ");
    sql.push("FROM evidence_file t WHERE t.id = ").bind(id).push(" AND ");
    visible(&mut sql, Table::EvidenceFile, "t", &read.cx.viewer);
    let rows = read.query(Table::EvidenceFile.name(), sql.statement()).await?;
    rows.first().map(|row| Readable::of_row(id, row)).transpose()
}

impl Readable {
    /// From a row with the programme, what it belongs to, its name, type, size and scan.
    pub(super) fn of_row(id: Uuid, row: &QueryResult) -> Result<Self, DbErr> {
        let scan: String = row.try_get_by_index(5)?;
        Ok(Self {
            id,
            programme_id: row.try_get_by_index(0)?,
            evidence_id: row.try_get_by_index(1)?,
            name: row.try_get_by_index(2)?,
            media_type: row.try_get_by_index(3)?,
            size: row.try_get_by_index::<i64>(4)?.unsigned_abs(),
            scan: scan.parse().ok(),
        })
    }
}

/// Whether the viewer sees the evidence that something is sent for.
pub async fn sees_evidence(read: &ReadCx, id: Uuid) -> Result<bool, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT t.id FROM evidence t WHERE t.id = ").bind(id).push(" AND ");
    visible(&mut sql, Table::Evidence, "t", &read.cx.viewer);
    Ok(!read.query(Table::Evidence.name(), sql.statement()).await?.is_empty())
}

/// Files of evidence that the scanner has not looked at.
fn waiting_of_evidence() -> Select<evidence_file::Entity> {
    evidence_file::Entity::find().filter(evidence_file::Column::Scan.eq(Scan::Unscanned.as_str()))
}

/// Some of those, from one id on: those after `after`, in order of their ids.
pub async fn unscanned(db: &Db, after: Uuid, most: u64) -> Result<Vec<evidence_file::Model>, DbErr> {
    use evidence_file::Column;
    let some = waiting_of_evidence().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    some.limit(most).all(&db.read).await
}

/// How many files wait for the scanner: of evidence, documents, and what is on its way.
pub async fn waiting(db: &Db) -> Result<u64, DbErr> {
    let attached = waiting_of_evidence().count(&db.read).await? + documents::count_unscanned(db).await?;
    Ok(attached + uploads::waiting().count(&db.read).await?)
}

/// Files of evidence in order of their ids, from one on: to look whether all their bytes are there.
pub async fn page(db: &Db, after: Uuid, most: u64) -> Result<Vec<evidence_file::Model>, DbErr> {
    use evidence_file::{Column, Entity};
    Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(most).all(&db.read).await
}

impl WriteCx {
    /// Records what the scanner says of a file, if nobody has yet. Whether there was anything to record.
    pub async fn scanned(&mut self, file: &evidence_file::Model, scan: Scan) -> Result<bool, WriteError> {
        // Only from here on nobody else writes to it: several replicas may have looked at the same file.
        self.hold(file.programme_id).await?;
        let now = evidence_file::Entity::find_by_id(file.id).one(self.transaction()).await?;
        let Some(now) = now.filter(|now| now.scan == Scan::Unscanned.as_str()) else { return Ok(false) };
        let after = evidence_file::Model { scan: scan.as_str().to_owned(), ..now.clone() };
        self.update(&now, after).await?;
        Ok(true)
    }
}
