//! Documents for import at the command line: their bytes, their reading in a process of its own, and the options that bound it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use domain::document::DocumentKind;
use futures_util::stream;
use serde::de::DeserializeOwned;

use super::CliError;
use crate::reader::{Bounds, Reader, Unread};

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

/// What a document holds, read in a process of its own as the service does it: a file can be from anybody. What is wrong with it is
/// for who gave it.
///
/// # Errors
/// No reader runs.
pub(super) async fn read<T: DeserializeOwned>(
    kind: DocumentKind,
    bytes: &[u8],
) -> Result<Result<T, String>, CliError> {
    let reader = usual()?;
    let piece = Ok::<_, String>(Bytes::copy_from_slice(bytes));
    match reader.read(kind, stream::iter([piece]), |_, _| {}).await {
        Ok(read) => serde_json::from_str(&read)
            .map(Ok)
            .map_err(|error| CliError::failed(format!("what was read cannot be understood: {error}"))),
        Err(Unread::Document(why)) => Ok(Err(after_a_name(why.trim_end_matches('.')))),
        Err(Unread::Died(why) | Unread::Ours(why)) => Err(CliError::failed(why)),
    }
}

/// A sentence as it goes on after the name of a file: without its capital, unless that is one of several.
fn after_a_name(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// The bytes of a file that may have so many.
///
/// # Errors
/// Why there are none, to be told after the file's name.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let length = fs::metadata(path).map_err(|error| format!("it cannot be read: {error}"))?.len();
    if length > most {
        return Err(format!("it has {length} bytes; {most} is the limit"));
    }
    fs::read(path).map_err(|error| format!("it cannot be read: {error}"))
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
