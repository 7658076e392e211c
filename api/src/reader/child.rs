//! The process that reads one document: bytes in, lines out, and then it ends.

use std::io::{self, Read, Write};
use std::panic;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use domain::document::DocumentKind;

use super::bounds::Bounds;
use super::kinds;
use super::line::Line;

/// What a process says that panics, before the place in the program.
pub(super) const PANICKED: &str = "panicked at ";
/// Into how many steps what is told of the progress is cut.
const STEPS: u64 = 100;

/// The arguments of `read-document`, which this program gives itself.
#[derive(Args, Debug)]
pub struct ReadDocumentArgs {
    /// What the document is
    #[arg(long, value_parser = |text: &str| text.parse::<DocumentKind>().map_err(|error| error.to_string()))]
    kind: DocumentKind,
    /// How long it may take
    #[arg(long)]
    seconds: u64,
    /// How many bytes of memory it may take
    #[arg(long)]
    memory: u64,
}

/// Reads the document that comes on standard input, within its bounds, and says on standard output what it holds.
pub(crate) fn run(args: &ReadDocumentArgs) -> ExitCode {
    // Only where: what it was about can stand in the message.
    panic::set_hook(Box::new(|panicked| {
        if let Some(place) = panicked.location() {
            let _ = writeln!(io::stderr(), "{PANICKED}{place}");
        }
    }));
    let bounds = Bounds { time: Duration::from_secs(args.seconds), memory: args.memory };
    if let Err(error) = bounds.bind() {
        let _ = writeln!(io::stderr(), "the reader cannot be bound: {error}");
        return ExitCode::FAILURE;
    }
    match read(args.kind) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody listens any more.
        Err(_) => ExitCode::FAILURE,
    }
}

fn read(kind: DocumentKind) -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(kind.largest() + 1).read_to_end(&mut bytes)?;
    let mut last = None;
    let mut progress = |done: u32, of: u32| {
        let step = u64::from(done) * STEPS / u64::from(of.max(1));
        if last.replace((step, of)) != Some((step, of)) {
            // Whoever no longer listens is told nothing; the end tells it.
            let _ = say(&Line::Progress { done, of });
        }
    };
    let line = match kinds::read(kind, &bytes, &mut progress) {
        Ok(read) => Line::Read { read },
        Err(refused) => Line::Refused { refused },
    };
    say(&line)
}

fn say(line: &Line) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}
