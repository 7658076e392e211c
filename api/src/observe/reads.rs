//! Where queries are read, where there is a choice: on the primary, or on a replica.

use metrics::counter;

use super::metrics::{names, start};

/// Which database reads a query, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// A replica: it has all that the viewer can be told.
    Current,
    /// The primary: the replica does not have it yet.
    Behind,
    /// The primary: no replica is there, or it does not say in time how far it has come.
    Away,
    /// The primary: all connections to the replica are in use.
    Busy,
    /// The primary: there is little to read, or something that only the primary knows.
    Primary,
}

impl Reads {
    /// Counts it.
    pub fn count(self) {
        start();
        let (database, because) = match self {
            Self::Current => ("replica", "current"),
            Self::Behind => ("primary", "behind"),
            Self::Away => ("primary", "away"),
            Self::Busy => ("primary", "busy"),
            Self::Primary => ("primary", "needed"),
        };
        counter!(names::READS, "database" => database, "because" => because).increment(1);
    }
}
