//! Bytes that are sent: taken in, looked at, and kept where they are what was announced.

use std::fmt::Display;
use std::io;

use bytes::Bytes;
use domain::file::{FileType, Scan};
use entity::upload;
use futures_util::{Stream, StreamExt};
use sea_orm::DbErr;
use tokio::fs::File;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::spool::{Broken, Spooled, spool};
use super::{Fault, Files, Finding, Key, Pass, kind};
use crate::aside;
use crate::observe::current::as_part;
use crate::observe::files as counted;
use crate::store::db::{described, joined};
use crate::store::read::ReadCx;
use crate::store::{files, uploads};

/// How much of a file is read at once to be scanned.
const PIECE: usize = 64 * 1024;

/// Why bytes were not kept. Nothing of them is left.
#[derive(Debug)]
pub enum Refusal {
    /// There is no such upload for whoever sends.
    Unknown,
    /// It is part of the record already.
    Attached,
    /// They are not what was announced; what is wrong.
    Wrong(String),
    /// There are more of them than was announced; how many were.
    TooLong(u64),
    /// The head of the request states fewer than were announced; both.
    Length(u64, u64),
    /// They are stated to be of another type; of which they were announced.
    OtherType(String),
    /// They did not come in time.
    Slow,
    /// They broke off.
    Off,
    /// The scanner found something in them.
    Infected,
    /// There is no room for them, or the store does not answer.
    Unavailable,
    /// The database does not answer, or fails.
    Database(DbErr),
}

impl From<DbErr> for Refusal {
    fn from(fault: DbErr) -> Self {
        Self::Database(fault)
    }
}

impl Refusal {
    /// Its name among the outcomes that are counted.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Unknown => "not_found",
            Self::Attached => "attached",
            Self::Wrong(_) | Self::TooLong(_) | Self::Length(..) | Self::OtherType(_) => "mismatch",
            Self::Slow => "timeout",
            Self::Off => "broken_off",
            Self::Infected => "infected",
            Self::Unavailable | Self::Database(_) => "unavailable",
        }
    }
}

/// What the head of a request says of its body.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// How many bytes.
    pub length: Option<u64>,
    /// Of which type.
    pub media_type: Option<String>,
}

impl Files {
    /// Takes in the bytes of an upload. Sent again, they are looked at again and answered the same.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn receive<E: Display + Send + 'static>(
        &self,
        pass: &Pass,
        id: Uuid,
        stated: &Stated,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Result<(), Refusal> {
        let outcome = self.take(pass, id, stated, body).await;
        counted::uploaded(outcome.as_ref().map_or_else(Refusal::outcome, |size| {
            counted::moved_in(*size);
            "ok"
        }));
        outcome.map(|_| ())
    }

    async fn take<E: Display + Send + 'static>(
        &self,
        pass: &Pass,
        id: Uuid,
        stated: &Stated,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Result<u64, Refusal> {
        let row = self.announced(pass, id).await?;
        let announced = announced(&row, stated)?;
        let size = row.size_bytes.unsigned_abs();
        let spooled = spool(&self.spool, body, size, self.pace, (&self.intake, &row.subject)).await;
        let spooled = spooled.map_err(|broken| match broken {
            Broken::TooLong => Refusal::TooLong(size),
            Broken::Slow => Refusal::Slow,
            Broken::Off => Refusal::Off,
            Broken::Room(error) => {
                tracing::error!(%error, "the folder for incoming files cannot be used");
                Refusal::Unavailable
            }
        })?;
        is_whole(&row, &spooled)?;
        // From here on it is done to the end, whether or not the sender still waits: what has come need not come again.
        let this = self.clone();
        joined(tokio::spawn(as_part(async move { this.keep(&row, announced, spooled).await }))).await?;
        Ok(size)
    }

    /// The upload, if it was announced by whom the address was made for, and if they still see it and what it is for.
    async fn announced(&self, pass: &Pass, id: Uuid) -> Result<upload::Model, Refusal> {
        let row = uploads::find(&self.db, id).await?;
        let row = row.filter(|row| row.subject == pass.identity.subject).ok_or(Refusal::Unknown)?;
        let read = ReadCx::open(self.db.clone(), Some(&pass.identity), self.clock).await?;
        let sees = match row.evidence_id {
            Some(evidence) => files::sees_evidence(&read, evidence).await?,
            None => uploads::sees(&read, row.id).await?,
        };
        if !sees {
            return Err(Refusal::Unknown);
        }
        if row.is_attached { Err(Refusal::Attached) } else { Ok(row) }
    }

    async fn keep(&self, row: &upload::Model, announced: FileType, spooled: Spooled) -> Result<(), Refusal> {
        let Spooled { mut file, twin, size, .. } = spooled;
        let _turn = self.turns.wait(&row.subject).await;
        // The semaphore is never closed.
        let _storing = self.storing.acquire().await.ok();
        // Whoever sent the same at the same time may have been faster. The same bytes are there, then.
        match uploads::find(&self.db, row.id).await? {
            None => return Err(Refusal::Unknown),
            Some(now) if now.is_attached => return Err(Refusal::Attached),
            Some(now) if now.received_at.is_some() => return Ok(()),
            Some(_) => {}
        }
        let unreadable = |error: io::Error| {
            tracing::error!(%error, upload = %row.id, "an incoming file cannot be read again");
            Refusal::Unavailable
        };
        file = is_of_kind(file, announced).await.map_err(unreadable)??;
        let scan = self.look(row.id, twin).await;
        if scan == Scan::Infected {
            uploads::scanned(&self.db, row.id, scan).await?;
            return Err(Refusal::Infected);
        }
        let key = Key { programme: row.programme_id, file: row.id };
        let store = self.store.clone();
        let put = aside::run(async move { store.put(key, &mut file, size).await });
        put.await.map_err(|fault: Fault| {
            tracing::error!(%fault, upload = %row.id, "a file could not be kept");
            Refusal::Unavailable
        })?;
        match uploads::received(&self.db, row.id, scan, self.clock.now()).await {
            // Swept meanwhile: it has come at the end of its day.
            Err(DbErr::RecordNotUpdated) => {
                // Where it cannot be deleted, it belongs to nobody: `files check` names it.
                let _ = self.store.delete(key).await;
                Err(Refusal::Unknown)
            }
            outcome => {
                outcome?;
                if row.evidence_id.is_none() {
                    self.came.notify_one();
                }
                Ok(())
            }
        }
    }

    /// What the scanner says. Where it says nothing, the file waits for it: it is kept, and not handed out.
    async fn look(&self, id: Uuid, file: File) -> Scan {
        let Some(scanner) = &self.scanner else { return Scan::Unscanned };
        let bytes = ReaderStream::with_capacity(file, PIECE).boxed();
        match scanner.scan(bytes).await {
            Ok(Finding::Clean) => Scan::Clean,
            Ok(Finding::Infected(found)) => {
                tracing::warn!(upload = %id, found, "the scanner found an incoming file infected");
                Scan::Infected
            }
            Err(why) => {
                tracing::warn!(upload = %id, %why, "an incoming file waits for the scanner");
                Scan::Unscanned
            }
        }
    }
}

/// The kind that was announced, if the head of the request says nothing else.
fn announced(row: &upload::Model, stated: &Stated) -> Result<FileType, Refusal> {
    let announced = FileType::of_media_type(&row.media_type)
        .ok_or_else(|| Refusal::Wrong("Files of this kind are no longer taken.".to_owned()))?;
    // Programs that do not know the type of what they send call it so: it says nothing of what it is.
    let stated_type = stated.media_type.as_deref().filter(|stated| *stated != "application/octet-stream");
    if let Some(media_type) = stated_type
        && FileType::of_media_type(media_type) != Some(announced)
    {
        return Err(Refusal::OtherType(announced.media_type().to_owned()));
    }
    let size = row.size_bytes.unsigned_abs();
    match stated.length {
        Some(length) if length > size => Err(Refusal::TooLong(size)),
        Some(length) if length < size => Err(Refusal::Length(size, length)),
        _ => Ok(announced),
    }
}

fn is_whole(row: &upload::Model, spooled: &Spooled) -> Result<(), Refusal> {
    let announced = row.size_bytes.unsigned_abs();
    if spooled.size < announced {
        let came = spooled.size;
        return Err(Refusal::Wrong(format!(
            "The file was announced with {announced} bytes, and {came} were sent."
        )));
    }
    if !spooled.sha256.eq_ignore_ascii_case(&row.sha256) {
        let (announced, came) = (&row.sha256, &spooled.sha256);
        return Err(Refusal::Wrong(format!(
            "The file was announced with the SHA-256 {announced}, and what was sent has {came}."
        )));
    }
    Ok(())
}

async fn is_of_kind(file: File, announced: FileType) -> io::Result<Result<File, Refusal>> {
    let mut file = file.into_std().await;
    let checked = aside::compute(move || {
        let outcome = kind::check(&mut file, announced)?;
        Ok::<_, io::Error>((file, outcome))
    });
    let (file, outcome) = checked.await?;
    Ok(match outcome {
        Ok(()) => Ok(File::from_std(file)),
        Err(mismatch) => Err(Refusal::Wrong(mismatch.message(announced))),
    })
}

/// For the log: what failed, without what somebody wrote.
pub(super) fn told(fault: &DbErr) -> impl Display + use<> {
    described(fault).to_string()
}
