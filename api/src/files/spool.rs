//! Bytes as they come in: into a file without a name, counted and hashed on the way, so that the size of what is sent is never
//! ours to hold and nothing is left of what breaks off.

use std::fmt::Display;
use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt, BufWriter};
use tokio::time::timeout;

use super::intake::Intake;
use crate::aside;

/// How much goes to the disk at once: each time is a step of another thread.
const PIECE: usize = 128 * 1024;

/// How long bytes may take to come in, and how fast they are taken.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The longest silence.
    pub silence: Duration,
    /// The whole.
    pub whole: Duration,
    /// How many bytes of one sender are taken in a second, of all their files together, once a tenth of that has come.
    pub bytes_per_second: u32,
}

impl Default for Pace {
    fn default() -> Self {
        let (silence, whole) = (Duration::from_secs(30), Duration::from_secs(60 * 60));
        Self { silence, whole, bytes_per_second: 10_000_000 }
    }
}

/// What has come in.
#[derive(Debug)]
pub(super) struct Spooled {
    /// The bytes, at their beginning.
    pub(super) file: File,
    /// The same bytes, at their beginning too, to be read by somebody else who may stop anywhere.
    pub(super) twin: File,
    /// How many.
    pub(super) size: u64,
    /// Their SHA-256 in lower case hexadecimal.
    pub(super) sha256: String,
}

/// Why not all has come in.
#[derive(Debug)]
pub(super) enum Broken {
    /// More came than was announced.
    TooLong,
    /// Nothing came for too long, or it took too long as a whole.
    Slow,
    /// The sender broke off.
    Off,
    /// There is no room, or the folder cannot be written to.
    Room(io::Error),
}

/// Takes in a body of at most `most` bytes: aside, because hashing and writing it takes the processor from those who ask small things.
pub(super) async fn spool<E: Display + Send + 'static>(
    folder: &Path,
    body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    most: u64,
    pace: Pace,
    (intake, sender): (&Intake, &str),
) -> Result<Spooled, Broken> {
    let by = (intake.clone(), sender.to_owned());
    let taken = aside::run(take_in(folder.to_owned(), body, most, pace.silence, by));
    timeout(pace.whole, taken).await.unwrap_or(Err(Broken::Slow))
}

async fn take_in<E: Display + Send + 'static>(
    folder: PathBuf,
    body: impl Stream<Item = Result<Bytes, E>>,
    most: u64,
    silence: Duration,
    (intake, sender): (Intake, String),
) -> Result<Spooled, Broken> {
    let mut body = std::pin::pin!(body);
    let (file, twin) = unnamed(folder).await.map_err(Broken::Room)?;
    let mut to = BufWriter::with_capacity(PIECE, file);
    let (mut size, mut hash) = (0_u64, Context::new(&SHA256));
    while let Some(bytes) = timeout(silence, body.next()).await.map_err(|_| Broken::Slow)? {
        let bytes = bytes.map_err(|error| {
            tracing::debug!(%error, "the body of an upload broke off");
            Broken::Off
        })?;
        size += bytes.len() as u64;
        if size > most {
            return Err(Broken::TooLong);
        }
        intake.take(&sender, bytes.len()).await;
        hash.update(&bytes);
        to.write_all(&bytes).await.map_err(Broken::Room)?;
    }
    to.flush().await.map_err(Broken::Room)?;
    let mut file = to.into_inner();
    file.seek(SeekFrom::Start(0)).await.map_err(Broken::Room)?;
    Ok(Spooled { file, twin, size, sha256: hex(hash.finish().as_ref()) })
}

/// A file that has no name, opened twice: it is gone as soon as nobody holds it, however the process ends.
async fn unnamed(folder: PathBuf) -> io::Result<(File, File)> {
    let made = tokio::task::spawn_blocking(move || {
        let named = tempfile::NamedTempFile::new_in(folder)?;
        let twin = named.reopen()?;
        let (file, path) = named.into_parts();
        path.close()?;
        Ok::<_, io::Error>((File::from_std(file), File::from_std(twin)))
    });
    made.await.map_err(io::Error::other)?
}

/// Bytes in lower case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use tokio::io::AsyncReadExt;

    use super::*;

    /// Takes in what one sender sends.
    async fn take<E: Display + Send + 'static>(
        folder: &Path,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
        most: u64,
        pace: Pace,
    ) -> Result<Spooled, Broken> {
        spool(folder, body, most, pace, (&Intake::new(pace.bytes_per_second), "sender")).await
    }

    async fn spooled(parts: &[&[u8]], most: u64) -> Result<Spooled, Broken> {
        let folder = tempfile::tempdir().unwrap();
        let parts: Vec<_> =
            parts.iter().map(|part| Ok::<_, Infallible>(Bytes::copy_from_slice(part))).collect();
        let outcome = take(folder.path(), stream::iter(parts), most, Pace::default()).await;
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it has no name");
        outcome
    }

    #[tokio::test]
    async fn what_comes_is_counted_and_hashed() {
        let mut whole = spooled(&[b"ab", b"", b"c"], 3).await.unwrap();
        assert_eq!(whole.size, 3);
        assert_eq!(whole.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let mut text = String::new();
        whole.file.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "abc");
        assert_eq!(spooled(&[], 3).await.unwrap().size, 0);
    }

    #[tokio::test]
    async fn more_than_was_announced_is_not_taken_in() {
        assert!(matches!(spooled(&[b"ab", b"cd"], 3).await, Err(Broken::TooLong)));
        // One that never ends does not, either.
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[0; 1024])));
        let folder = tempfile::tempdir().unwrap();
        let outcome = take(folder.path(), endless, 1 << 20, Pace::default()).await;
        assert!(matches!(outcome, Err(Broken::TooLong)));
    }

    #[tokio::test]
    async fn what_breaks_off_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let broken = stream::iter([Ok(Bytes::from_static(b"ab")), Err("reset")]);
        assert!(matches!(take(folder.path(), broken, 9, Pace::default()).await, Err(Broken::Off)));
        let nowhere = folder.path().join("nowhere");
        let whole = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"ab"))]);
        assert!(matches!(take(&nowhere, whole, 9, Pace::default()).await, Err(Broken::Room(_))));
    }

    #[tokio::test]
    async fn a_sender_may_be_slow_but_not_silent_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let pace = Pace { silence: Duration::from_millis(200), ..Pace::default() };
        let silent = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"a"))]).chain(stream::pending());
        assert!(matches!(take(folder.path(), silent, 9, pace).await, Err(Broken::Slow)));

        let pace = Pace { whole: Duration::from_millis(200), ..Pace::default() };
        let drops = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b"a")), ()))
        });
        assert!(matches!(take(folder.path(), drops, u64::MAX, pace).await, Err(Broken::Slow)));
    }
}
