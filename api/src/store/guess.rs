//! Who somebody was a moment ago, they mostly still are. A query takes it for granted, and has its first statement tell whether it is
//! so: that spares a journey, and nobody reads anything as whom they were. Where it is not so, nothing of what was read is used.

use std::sync::OnceLock;
use std::time::Duration;

use moka::sync::Cache;
use sea_orm::{DbBackend, DbErr};

use super::db::Db;
use super::read::ReadCx;
use crate::authz::identity::Identity;
use crate::authz::viewer::Viewer;
use crate::config::Clock;

/// Of how many it is remembered who they were.
const MOST: u64 = 10_000;
/// For how long, when nothing is asked.
const IDLE: Duration = Duration::from_secs(600);

/// That somebody is who they were. Nothing is set as long as nobody has looked.
pub(super) struct Guess {
    identity: Option<Identity>,
    is_right: OnceLock<bool>,
}

impl Guess {
    pub(super) fn new(identity: Option<&Identity>) -> Self {
        Self { identity: identity.cloned(), is_right: OnceLock::new() }
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Whether it is known to be right.
    pub(super) fn is_right(&self) -> bool {
        self.is_right.get() == Some(&true)
    }

    /// Whether it is known to be wrong.
    pub(super) fn is_wrong(&self) -> bool {
        self.is_right.get() == Some(&false)
    }

    /// Compares whom somebody was taken for with who they are.
    ///
    /// # Errors
    /// They are somebody else: what was read is not for them.
    pub(super) fn check(&self, taken: &Viewer, is: &Viewer) -> Result<(), DbErr> {
        let is_right = is.is_still(taken);
        // Whoever looks a second time finds what the first found, or fails by itself.
        let _ = self.is_right.set(is_right);
        if is_right { Ok(()) } else { Err(DbErr::Custom("the viewer was taken for another".to_owned())) }
    }
}

/// Who everybody was who asked of late.
#[derive(Clone)]
pub struct Guesses(Cache<Option<Identity>, Viewer>);

impl Default for Guesses {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build())
    }
}

impl Guesses {
    /// Opens a request of somebody by a guess, where that spares anything and they are known.
    pub fn open(&self, db: &Db, identity: Option<&Identity>, clock: Clock) -> Option<ReadCx> {
        let viewer = self.of(db, identity, clock)?;
        Some(ReadCx::guess(db.clone(), identity, viewer, clock))
    }

    /// Who somebody was a moment ago, today, where it spares anything to go by it.
    pub fn of(&self, db: &Db, identity: Option<&Identity>, clock: Clock) -> Option<Viewer> {
        let viewer = self.0.get(&identity.cloned()).filter(|_| db.backend() == DbBackend::Postgres)?;
        Some(Viewer { today: clock.today(), ..viewer })
    }

    /// Remembers who somebody is.
    pub fn note(&self, db: &Db, identity: Option<&Identity>, viewer: &Viewer) {
        if db.backend() == DbBackend::Postgres {
            self.0.insert(identity.cloned(), viewer.clone());
        }
    }
}
