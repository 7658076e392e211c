//! What nobody attached or imported in time, or what was taken off again: away with its bytes.
//!
//! An upload is given up before its bytes are deleted, and forgotten after: from the first step on it cannot be attached, and
//! whoever is killed between the steps leaves a row by which the next sweep goes on.

use std::time::Duration;

use super::receive::told;
use super::{Files, Key};
use crate::store::uploads;

/// How often.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How many uploads are looked at in one go, and how often in one sweep.
const MOST: u64 = 100;
const GOES: usize = 100;

/// Sweeps now, and every hour as long as it runs. Every replica may: a second finds done what the first did.
pub async fn keep_sweeping(files: Files) {
    let mut hours = tokio::time::interval(EVERY);
    hours.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        files.sweep().await;
    }
}

impl Files {
    /// Takes away what was abandoned. How many uploads went.
    pub async fn sweep(&self) -> u64 {
        let mut gone = 0;
        for _ in 0..GOES {
            let abandoned = match uploads::abandoned(&self.db, self.clock.now(), MOST).await {
                Ok(abandoned) => abandoned,
                Err(fault) => {
                    tracing::warn!(fault = %told(&fault), "abandoned uploads cannot be found");
                    break;
                }
            };
            let found = abandoned.len() as u64;
            let mut went = 0;
            for row in abandoned {
                went += u64::from(self.sweep_one(Key { programme: row.programme_id, file: row.id }).await);
            }
            gone += went;
            // What cannot be taken away now would be found again.
            if found < MOST || went < found {
                break;
            }
        }
        self.store.tidy().await;
        self.intake.forget_idle();
        if gone > 0 {
            tracing::info!(uploads = gone, "took away uploads that nobody attached or imported");
        }
        gone
    }

    /// Whether it went.
    async fn sweep_one(&self, key: Key) -> bool {
        match uploads::give_up(&self.db, key.file).await {
            Ok(true) => {}
            // It is attached after all, or another replica has forgotten it.
            Ok(false) => return true,
            Err(fault) => {
                tracing::warn!(upload = %key.file, fault = %told(&fault), "an upload cannot be given up");
                return false;
            }
        }
        if let Err(fault) = self.store.delete(key).await {
            tracing::warn!(upload = %key.file, %fault, "the bytes of an upload cannot be deleted");
            return false;
        }
        match uploads::forget(&self.db, key.file).await {
            Ok(()) => true,
            Err(fault) => {
                tracing::warn!(upload = %key.file, fault = %told(&fault), "an upload cannot be forgotten");
                false
            }
        }
    }
}
