//! What came while the scanner was away, or before there was one: looked at when it is there.
//!
//! Every replica does it. Two that look at the same file say the same, and the second finds it said.

use std::time::Duration;

use domain::file::Scan;
use entity::{evidence_file, source_document};
use uuid::Uuid;

use super::receive::told;
use super::{Fault, Files, Finding, Key, Scanner, Unscanned};
use crate::authz::permit::{Actor, Operation, permit};
use crate::store::write::{Origin, WriteCx, WriteError, again};
use crate::store::{documents, files, uploads};

/// How often somebody looks for files that wait.
const EVERY: Duration = Duration::from_secs(60);
/// How many files are looked at in one go, of each sort.
const MOST: u64 = 20;

/// How far the rounds have come: what cannot be scanned must not hold up what comes after it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScanRound {
    after_upload: Uuid,
    after_file: Uuid,
    after_document: Uuid,
}

/// Looks for files that wait for the scanner, every minute as long as it runs. Returns at once where there is no scanner.
pub async fn keep_scanning(files: Files) {
    let mut round = ScanRound::default();
    let mut minutes = tokio::time::interval(EVERY);
    minutes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while files.scanner.is_some() {
        minutes.tick().await;
        round = files.scan_waiting(round).await;
    }
}

/// What a round ends early for.
enum Stop {
    /// The scanner is away.
    Away,
    /// The database is.
    Database,
}

impl Files {
    /// Scans some of what waits, and says how far it has come.
    pub async fn scan_waiting(&self, round: ScanRound) -> ScanRound {
        let Some(scanner) = self.scanner.clone() else { return round };
        let mut next = round;
        let scanned = async {
            self.scan_uploads(&*scanner, &mut next.after_upload).await?;
            self.scan_files(&*scanner, &mut next.after_file).await?;
            self.scan_documents(&*scanner, &mut next.after_document).await
        };
        if let Err(Stop::Away) = scanned.await {
            tracing::debug!("the scanner is still away");
        }
        next
    }

    async fn scan_uploads(&self, scanner: &dyn Scanner, after: &mut Uuid) -> Result<(), Stop> {
        let waiting =
            uploads::unscanned(&self.db, *after, MOST).await.map_err(|fault| no_database(&fault))?;
        let is_last = (waiting.len() as u64) < MOST;
        for row in waiting {
            let key = Key { programme: row.programme_id, file: row.id };
            if let Some(scan) = self.scan_one(scanner, key).await? {
                uploads::scanned(&self.db, row.id, scan).await.map_err(|fault| no_database(&fault))?;
                self.came.notify_one();
            }
            *after = row.id;
        }
        if is_last {
            *after = Uuid::nil();
        }
        Ok(())
    }

    async fn scan_files(&self, scanner: &dyn Scanner, after: &mut Uuid) -> Result<(), Stop> {
        let waiting = files::unscanned(&self.db, *after, MOST).await.map_err(|fault| no_database(&fault))?;
        let is_last = (waiting.len() as u64) < MOST;
        for row in waiting {
            let key = Key { programme: row.programme_id, file: row.id };
            if let Some(scan) = self.scan_one(scanner, key).await?
                && let Err(fault) = again(|| self.record(&row, scan)).await
            {
                tracing::warn!(file = %row.id, %fault, "what the scanner said could not be recorded");
            }
            *after = row.id;
        }
        if is_last {
            *after = Uuid::nil();
        }
        Ok(())
    }

    async fn scan_documents(&self, scanner: &dyn Scanner, after: &mut Uuid) -> Result<(), Stop> {
        let waiting =
            documents::unscanned(&self.db, *after, MOST).await.map_err(|fault| no_database(&fault))?;
        let is_last = (waiting.len() as u64) < MOST;
        for row in waiting {
            let key = Key { programme: row.programme_id, file: row.id };
            if let Some(scan) = self.scan_one(scanner, key).await?
                && let Err(fault) = again(|| self.record_document(&row, scan)).await
            {
                tracing::warn!(document = %row.id, %fault, "what the scanner said could not be recorded");
            }
            *after = row.id;
        }
        if is_last {
            *after = Uuid::nil();
        }
        Ok(())
    }

    /// What the scanner says of an object; nothing where it says nothing of this one.
    async fn scan_one(&self, scanner: &dyn Scanner, key: Key) -> Result<Option<Scan>, Stop> {
        let content = match self.store.get(key).await {
            Ok(content) => content,
            Err(fault) => {
                let is_missing = matches!(fault, Fault::Missing);
                tracing::warn!(file = %key.file, is_missing, %fault, "a file that waits for the scanner cannot be read");
                return Ok(None);
            }
        };
        match scanner.scan(content.bytes).await {
            Ok(Finding::Clean) => Ok(Some(Scan::Clean)),
            Ok(Finding::Infected(found)) => {
                tracing::warn!(file = %key.file, found, "the scanner found a file infected");
                Ok(Some(Scan::Infected))
            }
            Err(Unscanned::Away(_)) => Err(Stop::Away),
            Err(why) => {
                tracing::warn!(file = %key.file, %why, "a file still waits for the scanner");
                Ok(None)
            }
        }
    }

    /// Records what the scanner says of a file of evidence, as the system: whoever sees the file is told by the feed.
    async fn record(&self, file: &evidence_file::Model, scan: Scan) -> Result<(), WriteError> {
        let Some(mut cx) = self.as_scanner(Operation::EvidenceFileScan).await? else { return Ok(()) };
        if cx.scanned(file, scan).await? {
            cx.commit().await?;
        }
        Ok(())
    }

    /// The same of a document that something was imported from.
    async fn record_document(&self, document: &source_document::Model, scan: Scan) -> Result<(), WriteError> {
        let Some(mut cx) = self.as_scanner(Operation::DocumentScan).await? else { return Ok(()) };
        if cx.document_scanned(document, scan).await? {
            cx.commit().await?;
        }
        Ok(())
    }

    async fn as_scanner(&self, operation: Operation) -> Result<Option<WriteCx>, WriteError> {
        let Some(permit) = permit(&Actor::System("scanner"), operation) else { return Ok(None) };
        let origin = Origin::of_command(self.clock.today());
        WriteCx::open(&self.db, permit, origin).await.map(Some)
    }
}

fn no_database(fault: &sea_orm::DbErr) -> Stop {
    tracing::warn!(fault = %told(fault), "files that wait for the scanner cannot be found");
    Stop::Database
}
