//! Bytes that are asked for: handed out to whom may have them at that moment.

use std::io;

use bytes::Bytes;
use domain::file::Scan;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{Fault, Files, Key, Pass, Purpose};
use crate::observe::files as counted;
use crate::store::documents;
use crate::store::files::{self, Readable};
use crate::store::read::ReadCx;

/// A file that is handed out.
pub struct Opened {
    /// What it is.
    pub file: Readable,
    /// Its bytes. An error in the middle is told by breaking off.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

/// Why a file is not handed out.
#[derive(Debug)]
pub enum Unopened {
    /// There is no such file for whoever asks.
    Unknown,
    /// The scanner has not looked at it yet.
    Waiting,
    /// The scanner found something in it.
    Infected,
    /// The store does not answer.
    Unavailable,
    /// Its bytes are not where they should be: a fault of ours.
    Lost,
    /// The database does not answer, or fails.
    Database(DbErr),
}

impl From<DbErr> for Unopened {
    fn from(fault: DbErr) -> Self {
        Self::Database(fault)
    }
}

impl Unopened {
    fn outcome(&self) -> &'static str {
        match self {
            Self::Unknown => "not_found",
            Self::Waiting => "unscanned",
            Self::Infected => "infected",
            Self::Lost => "lost",
            Self::Unavailable | Self::Database(_) => "unavailable",
        }
    }
}

impl Files {
    /// Hands out a file, if whom the address was made for may have it now.
    ///
    /// # Errors
    /// [`Unopened`].
    pub async fn hand_out(&self, pass: &Pass, purpose: Purpose, id: Uuid) -> Result<Opened, Unopened> {
        let outcome = self.find(pass, purpose, id).await;
        counted::downloaded(outcome.as_ref().map_or_else(Unopened::outcome, |_| "ok"));
        outcome
    }

    async fn find(&self, pass: &Pass, purpose: Purpose, id: Uuid) -> Result<Opened, Unopened> {
        let read = ReadCx::open(self.db.clone(), Some(&pass.identity), self.clock).await?;
        let file = match purpose {
            Purpose::Document => documents::readable(&read, id).await?,
            _ => files::readable(&read, id).await?,
        };
        read.let_go().await;
        let file = file.ok_or(Unopened::Unknown)?;
        // What this version does not know was said by a newer one: it is not handed out.
        let scan = file.scan.unwrap_or(Scan::Infected);
        if !scan.is_served(self.scanner.is_some()) {
            return Err(if scan == Scan::Unscanned { Unopened::Waiting } else { Unopened::Infected });
        }
        let content = self.store.get(Key { programme: file.programme_id, file: id }).await;
        let content = content.map_err(|fault| match fault {
            Fault::Missing => {
                tracing::error!(file = %id, "the bytes of a file are not in the store");
                Unopened::Lost
            }
            fault => {
                tracing::error!(file = %id, %fault, "a file could not be read");
                Unopened::Unavailable
            }
        })?;
        if content.size != file.size {
            tracing::error!(file = %id, recorded = file.size, found = content.size, "a file has another size");
            return Err(Unopened::Lost);
        }
        let bytes = content.bytes.inspect_ok(|bytes| counted::moved_out(bytes.len() as u64));
        let bytes = bytes.inspect_err(move |error| {
            tracing::error!(file = %id, %error, "a file broke off while it was handed out");
        });
        Ok(Opened { file, bytes: bytes.boxed() })
    }
}
