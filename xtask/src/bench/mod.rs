//! `cargo xtask bench`: what the service costs, beside what the same answers cost when they are written by hand.
//! `docs/benchmarks.md` tells how it is made and what came of it.

mod by_hand;
mod client;
mod compare;
mod data;
mod machine;
mod ours;
mod page;
mod postgraphile;
mod postgres;
mod queries;
mod rounds;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

pub use self::by_hand::{ByHandArgs, run as by_hand};
use self::client::Load;
use self::data::Data;
use self::ours::Ours;
use self::page::{Line, Outcome};
use self::postgraphile::PostGraphile;
use self::postgres::Server;
use self::queries::Query;
use self::wire::{Cost, Wire};

/// The day on which the generated programmes stand.
const TODAY: &str = "2025-03-31";

/// The arguments of `bench`.
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// How much data: one programme, or all of England (loading that takes minutes: see --keep)
    #[arg(long, value_enum, default_value_t = Size::One)]
    size: Size,
    /// Rounds that count; one before them warms up
    #[arg(long, value_name = "N", default_value_t = 7)]
    rounds: usize,
    /// Seconds of a round, for each that is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    seconds: f64,
    /// Connections that ask at once
    #[arg(long, value_name = "N", default_value_t = 32)]
    connections: usize,
    /// Only these: Q1, Q2, Q3, Q4, M1. More than one: repeat it, or put commas between them
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<Query>,
    /// Keep the database under this name, and take it as it is where it is there already
    #[arg(long, value_name = "NAME")]
    keep: Option<String>,
    /// The program to measure; without it, the release build of this tree, which is built first
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Further options for `golden-thread serve`, such as --serve=--database-connections=32
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    serve: Vec<String>,
    /// Measure PostGraphile 5 on the same tables too; it needs npm, and its packages are fetched once
    #[arg(long)]
    postgraphile: bool,
    /// Write what came of it into docs/benchmarks.md
    #[arg(long, conflicts_with = "only")]
    write: bool,
}

/// How much data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Size {
    /// One programme.
    One,
    /// 153 programmes, 50 000 actions, 1 000 000 updates, 500 000 items of evidence.
    National,
}

impl Size {
    /// As the command line spells it.
    fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::National => "national",
        }
    }
}

/// Runs it.
pub async fn run(args: BenchArgs) -> Result<()> {
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => ours::build().await?,
    };
    let server = Server::open().await?;
    let outcome = on(&server, &args, &binary).await;
    server.close().await?;
    let page = page::markdown(&outcome?);
    println!("\n{page}");
    if args.write { page::write(args.size, &page) } else { Ok(()) }
}

async fn on(server: &Server, args: &BenchArgs, binary: &Path) -> Result<Outcome> {
    let (name, is_new) = server.database(args.keep.as_deref()).await?;
    let outcome = measure(server, args, binary, (&name, is_new)).await;
    if args.keep.is_none() {
        server.drop(&name).await?;
    }
    outcome
}

async fn measure(
    server: &Server,
    args: &BenchArgs,
    binary: &Path,
    (name, is_new): (&str, bool),
) -> Result<Outcome> {
    let url = server.url(name)?;
    if is_new {
        say(&format!("loading: {}", args.size.word()));
        ours::fill(binary, &url, args.size).await?;
    }
    server.settle(name).await?;
    let data = Data::read(&url, binary).await?;
    say(&format!("{} programmes are asked about", data.programmes.len()));

    let queries = if args.only.is_empty() { Query::ALL.to_vec() } else { args.only.clone() };
    let costs = costs(args, binary, &url, (&data, &queries)).await?;
    let hand = by_hand::start(&url).await?;
    let ours = Ours::start(binary, &url, &args.serve).await?;
    let postgraphile = if args.postgraphile { Some(PostGraphile::start(&url).await?) } else { None };
    let (rounds, seconds) = (args.rounds.max(1), Duration::from_secs_f64(args.seconds));
    let mut lines = Vec::new();
    for (query, costs) in queries.into_iter().zip(costs) {
        let mut loads = vec![query.by_hand(&data, hand.address), query.ours(&data, ours.address)];
        let bytes = same(query, &loads[0], &loads[1]).await?;
        say(&format!("{query}: the same answers, of {bytes} bytes in the mean"));
        loads.extend(postgraphile.as_ref().map(|of| of.load(query, &data)));
        let measured = rounds::take_turns(&loads, rounds, seconds, args.connections).await?;
        let three = (&measured[0], &measured[1], measured.get(2));
        lines.push(Line::of(query.to_string(), bytes, Some(costs), three));
        say(&lines[lines.len() - 1].to_string());
        if query == Query::Q2 {
            let unchanged = [query.ours(&data, ours.address), queries::unchanged(&data, ours.address).await?];
            let measured = rounds::take_turns(&unchanged, rounds, seconds, args.connections).await?;
            let two = (&measured[0], &measured[1], None);
            lines.push(Line::of("Q2 unchanged (304), beside Q2".to_owned(), 0, None, two));
            say(&lines[lines.len() - 1].to_string());
        }
    }
    let memory = ours.memory()?;
    ours.stop().await?;
    let starts = first_answers(binary, &url, args, &data).await?;
    Ok(Outcome {
        size: args.size,
        lines,
        memory,
        starts,
        connections: args.connections,
        rounds,
        seconds: args.seconds,
        postgres: server.settings().await?,
        machine: machine::told(),
    })
}

/// What each question costs the database, by hand and ours.
async fn costs(
    args: &BenchArgs,
    binary: &Path,
    url: &str,
    (data, queries): (&Data, &[Query]),
) -> Result<Vec<[Cost; 2]>> {
    let wires = [Wire::to(url).await?, Wire::to(url).await?];
    let hand = by_hand::start(&wires[0].url).await?;
    let ours = Ours::start(binary, &wires[1].url, &args.serve).await?;
    let mut costs = Vec::new();
    for query in queries {
        let by_hand = wires[0].cost(&query.by_hand(data, hand.address)).await?;
        costs.push([by_hand, wires[1].cost(&query.ours(data, ours.address)).await?]);
    }
    ours.stop().await?;
    Ok(costs)
}

/// Every answer of the two, compared: they must be the same. Their mean size in bytes.
async fn same(query: Query, hand: &Load, ours: &Load) -> Result<usize> {
    let count = hand.variants.min(64);
    let mut bytes = 0;
    for number in 0..count as u64 {
        let (a, b) = (hand.answer(number).await?, ours.answer(number).await?);
        bytes += b.len();
        compare::same(&query.comparable(&a)?, &query.comparable(&b)?)
            .with_context(|| format!("{query}: by hand and ours do not answer the same"))?;
    }
    Ok(bytes / count.max(1))
}

/// From the start of the program to its first answer, several times.
async fn first_answers(binary: &Path, url: &str, args: &BenchArgs, data: &Data) -> Result<Vec<Duration>> {
    let mut starts = Vec::new();
    for _ in 0..5 {
        let began = std::time::Instant::now();
        let ours = Ours::begin(binary, url, &args.serve).await?;
        let load = Query::Q1.ours(data, ours.address);
        while load.answer(0).await.is_err() {
            if began.elapsed() > Duration::from_secs(30) {
                bail!("the service does not answer: {}", ours.told());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        starts.push(began.elapsed());
        ours.stop().await?;
    }
    starts.sort();
    Ok(starts)
}

/// Progress, for whoever waits.
fn say(text: &str) {
    eprintln!("{text}");
}
