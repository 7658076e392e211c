//! Those who change programmes, in this process: whose turn it is, and which programme something belongs to.

use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

use crate::turns::{Turn, Turns};

/// Of how many things it is remembered which programme they belong to.
const MOST: u64 = 50_000;
/// How long a change waits at most until others of its programme are done: less than an operation may take, unless told otherwise,
/// so that whoever asks is told why.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Those who change programmes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writers {
    turns: Turns<Uuid>,
    /// Nothing moves from one programme to another. Whoever goes by it finds out before they write.
    programmes: Cache<Uuid, Uuid>,
}

impl Default for Writers {
    fn default() -> Self {
        Self { turns: Turns::new(1), programmes: Cache::builder().max_capacity(MOST).build() }
    }
}

impl Writers {
    /// Waits for a programme's turn; none where it does not come. Whoever waits here holds no connection meanwhile, which those who read
    /// need.
    pub(super) async fn turn(&self, programme: Uuid) -> Option<Turn<Uuid>> {
        self.turns.wait_at_most(&programme, LONGEST_WAIT).await
    }

    /// The programme that something belongs to, as far as it is remembered.
    pub(super) fn programme_of(&self, thing: Uuid) -> Option<Uuid> {
        self.programmes.get(&thing)
    }

    /// Remembers it.
    pub(super) fn note(&self, thing: Uuid, programme: Uuid) {
        self.programmes.insert(thing, programme);
    }
}
