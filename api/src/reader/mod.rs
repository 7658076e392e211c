//! Documents for import, read: each in a process of its own, so that whatever is made of a file can break nothing else
//! (`docs/adr/0026-documents.md`).
//!
//! The process is this program once more (`child`). It gets the bytes and nothing else of ours: no configuration, no secret, no
//! connection. It has so much time and so much memory (`bounds`); what it says comes line by line (`line`). [`keep_reading`] reads
//! what waits in the database; the command line reads its own file by the same [`Reader`].

mod bounds;
pub(crate) mod child;
mod kinds;
mod line;
mod work;

use std::fmt::Display;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use bytes::Bytes;
use domain::document::DocumentKind;
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

pub use self::bounds::Bounds;
use self::line::Line;
pub use self::work::keep_reading;

/// The most that a process can say, in bytes: everything that it read, and how it came along.
const MOST_SAID: u64 = 32 << 20;
/// How much of what it says when it dies is looked at.
const LAST_WORDS: u64 = 4 << 10;
/// How much longer it may live than it may work: it has to start, too.
const STARTING: Duration = Duration::from_secs(2);
/// The allocator takes memory of the system in pieces of this size, and not by the gigabyte, which the bound would not allow.
const ALLOCATOR: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "64MiB");

/// Why a document was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It cannot be: what is wrong with it, and what would be right, for who sent it.
    Document(String),
    /// The reader died without a reason that the document gives; what is known of it, for the log.
    Died(String),
    /// It was not for the document, but for us: for the log.
    Ours(String),
}

/// Reads documents. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    program: PathBuf,
    bounds: Bounds,
    places: Arc<Semaphore>,
}

impl Reader {
    /// A reader that starts the program at a path, so many at once.
    pub fn new(program: PathBuf, bounds: Bounds, at_once: usize) -> Self {
        Self { program, bounds, places: Arc::new(Semaphore::new(at_once)) }
    }

    /// A reader that starts the program which runs.
    ///
    /// # Errors
    /// The system does not say where that is.
    pub fn here(bounds: Bounds, at_once: usize) -> io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?, bounds, at_once))
    }

    /// How many documents are read at once where nobody says otherwise: by half the processors, so that requests have the rest.
    pub fn usual_number() -> usize {
        available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
    }

    /// What a document holds, as JSON, read in a process of its own. What is told meanwhile: how much is done, of how much.
    ///
    /// # Errors
    /// [`Unread`].
    pub async fn read<E: Display>(
        &self,
        kind: DocumentKind,
        bytes: impl Stream<Item = Result<Bytes, E>>,
        told: impl FnMut(u32, u32),
    ) -> Result<String, Unread> {
        let mut child =
            self.start(kind).map_err(|error| Unread::Ours(format!("no reader starts: {error}")))?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Unread::Ours("a reader has no pipes".to_owned()));
        };
        let ended = async {
            let mut last_words = Vec::new();
            let mut errors = errors.take(LAST_WORDS);
            let (given, said, heard) =
                tokio::join!(give(input, bytes), listen(output, told), errors.read_to_end(&mut last_words),);
            // What it says as it dies is looked at as far as it is there.
            let _ = heard;
            given?;
            let status = child.wait().await.map_err(|error| Unread::Ours(error.to_string()))?;
            match said? {
                Some(Line::Read { read }) if status.success() => Ok(read),
                Some(Line::Refused { refused }) if status.success() => Err(Unread::Document(refused)),
                _ => Err(self.dead(status, &String::from_utf8_lossy(&last_words))),
            }
        };
        match tokio::time::timeout(self.bounds.time + STARTING, ended).await {
            Ok(ended) => ended,
            Err(_) => {
                end(&mut child).await;
                Err(Unread::Document(self.bounds.too_long()))
            }
        }
    }

    fn start(&self, kind: DocumentKind) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.arg("read-document").args(["--kind", kind.as_str()]).args(self.bounds.arguments());
        // Nothing of what this process was told, which holds its secrets.
        command.env_clear().env(ALLOCATOR.0, ALLOCATOR.1);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true).spawn()
    }

    /// Why a process ended that said nothing whole.
    fn dead(&self, status: ExitStatus, last_words: &str) -> Unread {
        use self::bounds::Death;
        match bounds::death(status, last_words) {
            Death::TooLong => Unread::Document(self.bounds.too_long()),
            Death::TooMuch => Unread::Document(self.bounds.too_much()),
            Death::Broken => {
                // Of what the program says only where it stood, never what it read.
                let place = last_words.lines().find_map(|line| line.strip_prefix(child::PANICKED));
                tracing::error!(%status, place, "the reader of a document died");
                Unread::Document(
                    "This document could not be read: it is malformed, or nested too deeply. Save it again in its program, or as another \
                     kind of file, and send that."
                        .to_owned(),
                )
            }
            Death::Killed => Unread::Died(format!("a reader was ended from outside: {status}")),
        }
    }
}

/// Ends a process that may still run.
async fn end(child: &mut Child) {
    if let Err(error) = child.kill().await {
        tracing::warn!(%error, "a reader that took too long could not be ended");
    }
}

/// Gives a process its document. One that has seen enough and ended is no fault here: what it said tells.
async fn give<E: Display>(
    mut input: ChildStdin,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<(), Unread> {
    let mut bytes = std::pin::pin!(bytes);
    while let Some(piece) = bytes.next().await {
        let piece = piece.map_err(|error| Unread::Ours(format!("a document broke off: {error}")))?;
        if input.write_all(&piece).await.is_err() {
            return Ok(());
        }
    }
    let _ = input.shutdown().await;
    Ok(())
}

/// The last thing that a process says; before it, how it comes along.
async fn listen(output: ChildStdout, mut told: impl FnMut(u32, u32)) -> Result<Option<Line>, Unread> {
    let mut output = BufReader::new(output.take(MOST_SAID));
    let (mut text, mut last) = (String::new(), None);
    loop {
        text.clear();
        let read = output.read_line(&mut text).await;
        let read = read.map_err(|error| Unread::Died(format!("a reader said what is no text: {error}")))?;
        if read == 0 {
            return Ok(last);
        }
        match serde_json::from_str(&text) {
            Ok(Line::Progress { done, of }) => told(done, of),
            Ok(other) => last = Some(other),
            Err(_) if output.get_ref().limit() == 0 => {
                return Ok(Some(Line::Refused {
                    refused: "This document holds more than can be imported at once: import it in parts."
                        .to_owned(),
                }));
            }
            // A line that was cut off when the process died: how it died tells.
            Err(_) => return Ok(None),
        }
    }
}
