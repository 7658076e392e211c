//! What is told of it: lines while it runs, and a part of docs/benchmarks.md.

use std::fmt::{self, Write as _};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Size;
use super::ours::{Memory, root};
use super::rounds::{Measured, spread};
use super::wire::Cost;

/// All that came of a run.
pub(super) struct Outcome {
    pub(super) size: Size,
    pub(super) lines: Vec<Line>,
    pub(super) memory: Memory,
    pub(super) starts: Vec<Duration>,
    pub(super) connections: usize,
    pub(super) rounds: usize,
    pub(super) seconds: f64,
    pub(super) postgres: String,
    pub(super) machine: String,
}

/// What came of one comparison.
pub(super) struct Line {
    name: String,
    bytes: usize,
    /// What it costs the database: by hand, and ours.
    costs: Option<[Cost; 2]>,
    /// What ours is compared with.
    by_hand: Speed,
    ours: Speed,
    /// The middle of the rounds' ratios, the least and the largest.
    ratio: (f64, f64, f64),
    /// PostGraphile, and how many times as fast ours is.
    postgraphile: Option<(Speed, (f64, f64, f64))>,
}

/// How fast one is.
struct Speed {
    /// Requests per second: the middle of the rounds.
    per_second: f64,
    /// How long half of all requests took at most, and 99 of a hundred.
    taken: (Duration, Duration),
}

impl Speed {
    fn of(measured: &Measured) -> Self {
        let per_second = spread(measured.per_second.iter().copied()).0;
        Self { per_second, taken: (measured.percentile(50), measured.percentile(99)) }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99] = [self.taken.0, self.taken.1].map(|taken| taken.as_secs_f64() * 1e3);
        write!(f, "{:.0} ({p50:.1}, {p99:.1} ms)", self.per_second)
    }
}

/// The ratios of two, round by round.
fn ratios(one: &Measured, other: &Measured) -> (f64, f64, f64) {
    spread(one.per_second.iter().zip(&other.per_second).map(|(one, other)| one / other))
}

impl Line {
    pub(super) fn of(
        name: String,
        bytes: usize,
        costs: Option<[Cost; 2]>,
        (hand, ours, postgraphile): (&Measured, &Measured, Option<&Measured>),
    ) -> Self {
        let postgraphile = postgraphile.map(|of| (Speed::of(of), ratios(ours, of)));
        let (by_hand, ratio) = (Speed::of(hand), ratios(ours, hand));
        Self { name, bytes, costs, by_hand, ours: Speed::of(ours), ratio, postgraphile }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, by_hand, ours, ratio: (middle, least, most), .. } = self;
        write!(f, "{name}: {by_hand} and {ours}, ratio {middle:.2} from {least:.2} to {most:.2}")?;
        if let Some([_, ours]) = self.costs {
            write!(f, ", {} statements in {} round trips", ours.statements, ours.trips)?;
        }
        if let Some((speed, (middle, least, most))) = &self.postgraphile {
            write!(f, "; PostGraphile {speed}, {middle:.1} times, from {least:.1} to {most:.1}")?;
        }
        Ok(())
    }
}

/// The outcome as a part of the page.
pub(super) fn markdown(outcome: &Outcome) -> String {
    let mut page = String::new();
    let Outcome { connections, rounds, seconds, postgres, machine, .. } = outcome;
    let data = match outcome.size {
        Size::One => "One programme",
        Size::National => "153 programmes",
    };
    let has_postgraphile = outcome.lines.iter().any(|line| line.postgraphile.is_some());
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "{data}; {connections} connections, {rounds} rounds of {seconds} s each; {machine}; {postgres}. In requests per second, with the time that half of \
         them took at most, and 99 of a hundred.\n"
    );
    let more = if has_postgraphile { [" PostGraphile | times as fast |", " --- | --- |"] } else { [""; 2] };
    let _ = writeln!(
        page,
        "| | answer | by hand | ours | ratio | from | to | statements | round trips |{}\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |{}",
        more[0], more[1]
    );
    for line in &outcome.lines {
        let Line { name, bytes, by_hand, ours, ratio: (middle, least, most), .. } = line;
        let kilobytes = *bytes as f64 / 1e3;
        let cost = line.costs.map(|[_, ours]| format!("{} | {}", ours.statements, ours.trips));
        let cost = cost.unwrap_or_else(|| " | ".to_owned());
        let _ = write!(
            page,
            "| {name} | {kilobytes:.1} kB | {by_hand} | {ours} | **{middle:.2}** | {least:.2} | {most:.2} | {cost} |"
        );
        match &line.postgraphile {
            Some((speed, (middle, least, most))) => {
                let _ = write!(page, " {speed} | **{middle:.1}**, {least:.1} to {most:.1} |");
            }
            None if has_postgraphile => page.push_str(" | |"),
            None => {}
        }
        page.push('\n');
    }
    let start = outcome.starts.get(outcome.starts.len() / 2).copied().unwrap_or_default();
    let _ = writeln!(
        page,
        "\nMemory after the load {:.0} MiB, {:.0} MiB at its most. From the start of the program to its first answer {:.0} ms.",
        outcome.memory.now,
        outcome.memory.most,
        start.as_secs_f64() * 1e3
    );
    page
}

/// Puts it between its marks on the page.
pub(super) fn write(size: Size, part: &str) -> Result<()> {
    let path = root().join("docs/benchmarks.md");
    let page = std::fs::read_to_string(&path)?;
    let (begin, end) = (format!("<!-- cargo xtask bench --size {} --write -->", size.word()), "<!-- end -->");
    let whole = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let (before, after) =
        whole.with_context(|| format!("docs/benchmarks.md has no {begin:?} with an end"))?;
    std::fs::write(&path, format!("{before}{begin}\n\n{part}\n{end}{after}"))?;
    Ok(())
}
