//! Files of evidence, as bytes: where they lie, how they come in and how they are handed out (`docs/adr/0019-files.md`).
//!
//! What a file is in the record (whose evidence, which version, who sees it) is a row like any other; this folder never decides
//! who may see something.

mod links;

pub use links::{Link, Links, Pass, PassError, Purpose};

/// How much may be kept, unless the operator says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimits {
    /// The largest file, in bytes.
    pub largest: u64,
    /// All files of one programme together, those on their way included, in bytes.
    pub in_programme: u64,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { largest: 100 << 20, in_programme: 10 << 30 }
    }
}
