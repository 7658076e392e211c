//! Files of evidence that come in and go out: how many, how they ended, how many bytes. Never which, and for whom.

use metrics::counter;

use super::metrics::{names, start};

/// An upload ended so.
pub fn uploaded(outcome: &'static str) {
    start();
    counter!(names::UPLOADS, "outcome" => outcome).increment(1);
}

/// A download was begun, or refused, so.
pub fn downloaded(outcome: &'static str) {
    start();
    counter!(names::DOWNLOADS, "outcome" => outcome).increment(1);
}

/// So many bytes came in, and are kept.
pub fn moved_in(bytes: u64) {
    moved("in", bytes);
}

/// So many bytes went out.
pub fn moved_out(bytes: u64) {
    moved("out", bytes);
}

fn moved(direction: &'static str, bytes: u64) {
    start();
    counter!(names::FILE_BYTES, "direction" => direction).increment(bytes);
}
