//! Documents that wait are read, one after the other and some at once, as long as the service runs. Every replica does it; the
//! database says whose turn it is.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::DbErr;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Reader, STARTING, Unread};
use crate::files::{Fault, Files, Key};
use crate::store::db::described;
use crate::store::document_readings::{self as store, Held};

/// How often somebody looks for documents that came to another replica, or that another left lying.
const EVERY: Duration = Duration::from_secs(5);
/// How often it is noted how far one has come.
const NOTED: Duration = Duration::from_millis(500);
/// How much longer than it may take to read a document it is held: its bytes have to come from the store.
const SLACK: Duration = Duration::from_secs(45);
/// How long a document waits that could not be read for a reason of ours.
const PUT_OFF: TimeDelta = TimeDelta::seconds(15);

/// Reads documents as they come, as long as it runs.
pub async fn keep_reading(files: Files, reader: Reader) {
    let mut readings = JoinSet::new();
    loop {
        while let Ok(place) = reader.places.clone().try_acquire_owned() {
            match take_up(&files, &reader).await {
                Ok(Some(held)) => {
                    readings.spawn(read_in(place, files.clone(), reader.clone(), held));
                }
                Ok(None) => break,
                Err(fault) => {
                    tracing::warn!(fault = %described(&fault), "documents that wait to be read cannot be found");
                    break;
                }
            }
        }
        tokio::select! {
            () = files.document_came() => {}
            () = sleep(EVERY) => {}
            Some(_) = readings.join_next() => {}
        }
    }
}

async fn take_up(files: &Files, reader: &Reader) -> Result<Option<Held>, DbErr> {
    let now = files.clock().now();
    let held = reader.bounds.time + STARTING + SLACK;
    let until = now + TimeDelta::from_std(held).unwrap_or(TimeDelta::MAX);
    store::take_up(files.db(), files.links().has_scanner(), (now, until)).await
}

async fn read_in(place: OwnedSemaphorePermit, files: Files, reader: Reader, held: Held) {
    if let Err(fault) = read(&files, &reader, &held).await {
        // Its time runs out, and somebody takes it up again.
        tracing::warn!(upload = %held.upload.id, fault = %described(&fault), "what was read of a document cannot be kept");
    }
    drop(place);
}

/// Reads a document that is held, and notes what came of it.
async fn read(files: &Files, reader: &Reader, held: &Held) -> Result<(), DbErr> {
    let (db, id) = (files.db(), held.upload.id);
    let now = || files.clock().now();
    let outcome = match files.store().get(Key { programme: held.upload.programme_id, file: id }).await {
        Ok(content) => {
            let (tell, told) = watch::channel((0, 0));
            let reading = reader.read(held.kind, content.bytes, |done, of| {
                tell.send_replace((done, of));
            });
            tokio::select! {
                biased;
                outcome = reading => outcome,
                never = note(files, held, told) => match never {},
            }
        }
        Err(Fault::Missing) => Err(Unread::Ours("the bytes of a document are not in the store".to_owned())),
        Err(fault) => Err(Unread::Ours(fault.to_string())),
    };
    match outcome {
        Ok(read) => {
            store::read(db, held, read, now()).await?;
        }
        Err(Unread::Document(problem)) => {
            store::refused(db, held, &problem, now()).await?;
        }
        Err(Unread::Died(why)) => {
            tracing::warn!(upload = %id, why, "a document was not read, and is tried again");
            store::put_off(db, held, now() + PUT_OFF, true).await?;
        }
        Err(Unread::Ours(why)) => {
            tracing::warn!(upload = %id, why, "a document cannot be read now");
            store::put_off(db, held, now() + PUT_OFF, false).await?;
        }
    }
    Ok(())
}

/// Notes how far the reading of a document has come, now and then.
async fn note(files: &Files, held: &Held, mut told: watch::Receiver<(u32, u32)>) -> Infallible {
    while told.changed().await.is_ok() {
        let (done, of) = *told.borrow_and_update();
        if let Err(fault) = store::progress(files.db(), held, done, of).await {
            tracing::debug!(fault = %described(&fault), "how far a document has come could not be noted");
        }
        sleep(NOTED).await;
    }
    pending().await
}
