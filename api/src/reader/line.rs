//! What a process that reads a document says, line by line.

use serde::{Deserialize, Serialize};

/// A line, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// How it comes along.
    Progress {
        /// So much is done.
        done: u32,
        /// Of so much.
        of: u32,
    },
    /// What the document holds: JSON as text, so that whoever passes it on need not take it apart.
    Read {
        /// That.
        read: String,
    },
    /// Why it cannot be read.
    Refused {
        /// That.
        refused: String,
    },
}
