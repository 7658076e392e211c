//! How much a file may unfold to. The library unpacks whatever a file holds packed, however large it becomes; so it is measured
//! before, without keeping any of it.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::PdfError;

/// The largest that one stream may become.
const MAX_STREAM: u64 = 64 << 20;
/// The largest that all may become together.
const MAX_TOTAL: u64 = 256 << 20;

/// Refuses a file that unfolds to more than [`MAX_STREAM`] or [`MAX_TOTAL`].
///
/// Wherever the word stands after which a stream's bytes begin, they are unpacked and counted: what a file says about its streams
/// does not matter. That ends, because all that is unpacked counts towards the total.
pub(super) fn check(bytes: &[u8]) -> Result<(), PdfError> {
    if is_within(bytes, MAX_STREAM, MAX_TOTAL) { Ok(()) } else { Err(too_large()) }
}

fn is_within(bytes: &[u8], one: u64, all: u64) -> bool {
    const BEGINS: &[u8] = b"stream";
    let mut total: u64 = 0;
    let mut from = 0;
    while let Some(found) = find(&bytes[from..], BEGINS) {
        let begins = from + found + BEGINS.len();
        let rest = &bytes[begins..];
        let line_end = rest.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let packed = &rest[line_end..];
        from = begins;
        if is_zlib(packed) {
            let count = unpacked(packed, one + 1);
            total = total.saturating_add(count);
            if count > one || total > all {
                return false;
            }
        }
    }
    true
}

fn too_large() -> PdfError {
    let what = "it unfolds to far more than a report has";
    PdfError::TooLarge(format!("{what}; give it as it was published"))
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..]
        if first & 0x0F == 8 && (u32::from(*first) * 256 + u32::from(*second)).is_multiple_of(31))
}

/// How many bytes come out, `most` at most.
fn unpacked(packed: &[u8], most: u64) -> u64 {
    let mut out = ZlibDecoder::new(packed).take(most);
    let mut buffer = [0; 1 << 14];
    let mut count: u64 = 0;
    while let Ok(read) = out.read(&mut buffer) {
        if read == 0 {
            break;
        }
        count = count.saturating_add(read as u64);
    }
    count
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    // Searching for the first letter is quick; the rest is compared there.
    let first = *what.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::is_within;

    /// A file with a stream of so many zeros.
    fn with_zeros(count: u64) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(b"%PDF-1.7 1 0 obj <<>> stream\r\n".to_vec(), Compression::fast());
        std::io::copy(&mut std::io::Read::take(std::io::repeat(0), count), &mut packed).unwrap();
        packed.flush().unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn a_file_that_unfolds_without_end_is_refused_before_it_does() {
        const ONE: u64 = 1 << 16;
        assert!(is_within(&with_zeros(ONE), ONE, 4 * ONE));
        assert!(!is_within(&with_zeros(ONE + 1), ONE, 4 * ONE));
        assert!(is_within(&with_zeros(ONE).repeat(4), ONE, 4 * ONE));
        assert!(
            !is_within(&with_zeros(ONE).repeat(5), ONE, 4 * ONE),
            "none is too large by itself, all are together"
        );
    }
}
