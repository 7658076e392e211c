//! The `golden-thread` binary: parses the command line and runs it; nothing else.

fn main() {}
