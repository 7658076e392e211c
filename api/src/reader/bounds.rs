//! How much time and memory a process may take to read a document: set by itself before it has seen a byte of it, and kept by the
//! system.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// How much a document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Time.
    pub time: Duration,
    /// Memory in bytes, beyond the program itself.
    pub memory: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), memory: 500_000_000 }
    }
}

/// How a process died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// It took too long.
    TooLong,
    /// It needed too much memory.
    TooMuch,
    /// The document broke it.
    Broken,
    /// Somebody else ended it.
    Killed,
}

impl Bounds {
    /// The same as arguments of the process.
    pub(super) fn arguments(&self) -> [String; 4] {
        let seconds = self.time.as_secs().max(1).to_string();
        ["--seconds".to_owned(), seconds, "--memory".to_owned(), self.memory.to_string()]
    }

    pub(super) fn too_long(&self) -> String {
        format!(
            "This document could not be read within {} seconds. Import a part of it, or save it again in its program without what is \
             not needed, and send that.",
            self.time.as_secs_f64()
        )
    }

    pub(super) fn too_much(&self) -> String {
        format!(
            "This document could not be read with {} MB of memory. Import a part of it, or save it again in its program without what \
             is not needed, and send that.",
            self.memory / 1_000_000
        )
    }

    /// Binds this process, for good.
    ///
    /// # Errors
    /// The system does not do it: nothing may be read then.
    #[cfg(unix)]
    pub(super) fn bind(&self) -> io::Result<()> {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = |resource, most: u64, beyond: u64| {
            let limit = Rlimit { current: Some(most), maximum: Some(most + beyond) };
            setrlimit(resource, limit).map_err(io::Error::from)
        };
        // No image of the document is left anywhere, and nothing is written but what is said.
        limit(Resource::Core, 0, 0)?;
        limit(Resource::Fsize, 0, 0)?;
        // At the first the system ends it in a way that is told apart; at the second in any case.
        limit(Resource::Cpu, self.time.as_secs().max(1), 1)?;
        limit(Resource::As, self.memory.saturating_add(mapped()), 0)
    }

    /// Binds this process, where the system has no bounds: the time is kept from outside.
    ///
    /// # Errors
    /// Never.
    #[cfg(not(unix))]
    pub(super) fn bind(&self) -> io::Result<()> {
        Ok(())
    }
}

/// How much of its addresses this process has taken: the program itself, above all. What the system does not say is taken to be
/// as much as the program has in practice.
#[cfg(unix)]
fn mapped() -> u64 {
    const USUAL: u64 = 200_000_000;
    let told = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = told.and_then(|told| told.split_whitespace().next()?.parse::<u64>().ok());
    pages.map_or(USUAL, |pages| pages.saturating_mul(rustix::param::page_size() as u64))
}

/// How a process died, by how it ended and what it said to that.
pub(super) fn death(status: ExitStatus, last_words: &str) -> Death {
    // The library says so before it gives up.
    if last_words.contains("memory allocation of") {
        return Death::TooMuch;
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        const SIGKILL: i32 = 9;
        const SIGTERM: i32 = 15;
        const SIGXCPU: i32 = 24;
        match status.signal() {
            Some(SIGXCPU) => return Death::TooLong,
            Some(SIGKILL | SIGTERM) => return Death::Killed,
            _ => {}
        }
    }
    Death::Broken
}
