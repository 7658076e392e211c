//! A database that takes no changes, as one that follows another does, and how the service comes away from it.
//!
//! After a failover the name of the database leads to another server, and connections that were made in between may hold on to one that
//! only reads. Nothing on them fails that would have the pool make them anew. So from the moment at which one of them refuses a
//! change, or is found to be read-only, those that are there are not used again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{Db, to_the_end};

/// Since when connections are in doubt that were made before.
#[derive(Debug, Default)]
pub(super) struct Doubt(Mutex<Option<Instant>>);

impl Doubt {
    fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection of that age is in doubt.
    pub(super) fn is_about(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() <= age)
    }
}

impl Db {
    /// Makes connections anew: one of them took no changes.
    pub(crate) fn doubt_connections(&self) {
        self.address.doubt.begin();
    }

    /// Whether the database takes changes, as far as it can tell without one.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn is_writable(&self) -> Result<bool, DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(true);
        }
        let write = self.write.clone();
        let asked = Statement::from_string(DbBackend::Postgres, "SHOW transaction_read_only");
        let row = to_the_end(async move { write.query_one_raw(asked).await }).await?;
        let is_read_only = row.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
        let is_writable = is_read_only.as_deref() != Some("on");
        if !is_writable {
            self.doubt_connections();
        }
        Ok(is_writable)
    }
}
