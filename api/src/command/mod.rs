//! Changes: each is one command, run by the one write path.

pub mod demo;
pub mod load_programme;
