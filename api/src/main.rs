//! The `golden-thread` binary: parses the command line and runs it; nothing else.

use std::process::ExitCode;

/// A large answer is mostly allocation, and this one does it in two thirds of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::cli::main()
}
