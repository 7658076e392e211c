//! The options that bound the reading of documents for import.

use std::time::Duration;

use clap::Args;

use super::CliError;
use crate::reader::{Bounds, Reader};

/// How documents for import are read: each in a process of its own.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading documents")]
pub struct ReaderArgs {
    /// Seconds that it may take to read a document
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_READER_TIME", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub reader_time: u64,
    /// Megabytes of memory that it may take
    #[arg(long, value_name = "MB", env = "GOLDEN_THREAD_READER_MEMORY", default_value_t = 500,
          value_parser = clap::value_parser!(u64).range(16..=16_000))]
    pub reader_memory: u64,
    /// Documents that are read at once. Without it: half as many as there are processors
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_READERS", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub readers: Option<u16>,
}

impl ReaderArgs {
    /// The reader that they describe.
    pub(super) fn reader(&self) -> Result<Reader, CliError> {
        let bounds =
            Bounds { time: Duration::from_secs(self.reader_time), memory: self.reader_memory * 1_000_000 };
        let at_once = self.readers.map_or_else(Reader::usual_number, usize::from);
        usable(Reader::here(bounds, at_once))
    }
}

/// A reader as it is where nobody says otherwise.
pub(super) fn usual() -> Result<Reader, CliError> {
    usable(Reader::here(Bounds::default(), Reader::usual_number()))
}

fn usable(reader: std::io::Result<Reader>) -> Result<Reader, CliError> {
    reader.map_err(|error| {
        CliError::failed(format!("the program cannot be found that reads documents: {error}"))
    })
}
