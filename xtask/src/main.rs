//! What the project does with itself: `cargo xtask bench`.

mod bench;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// As the service itself runs: the hand-written handler shall not lose by its allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the service beside a hand-written handler
    ///
    /// Four queries and a mutation on the same data, in rounds that take turns: the release build of the service with full
    /// authorisation, and a handler that runs one hand-written SQL statement returning the finished JSON, with none. PostgreSQL is
    /// the one that TEST_POSTGRES_URL names, on which databases are made and dropped, or one of its own.
    Bench(bench::BenchArgs),
    /// The hand-written handler, as a process
    #[command(hide = true)]
    ByHand(bench::ByHandArgs),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        // One thread for the client: it shares the machine with what it measures.
        Command::Bench(args) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(bench::run(args))
        }
        Command::ByHand(args) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(bench::by_hand(args))
        }
    }
}
