//! Files that are no report of an inspection, each refused with what it is and what would be right.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod paper;

use import::inspection::{ReportError, read};
use import::pdf::PdfError;
use paper::{LEFT, Paper, encrypted, scanned};

fn refused(bytes: &[u8]) -> ReportError {
    match read(bytes, &mut |_, _| {}) {
        Err(error) => error,
        Ok(report) => unreachable!("it was read as {report:?}"),
    }
}

fn letter(subject: &str) -> Paper {
    let mut paper = Paper::default();
    paper.paragraph("Quay House").paragraph("12 May 2023").paragraph("Dear Director of Lamps");
    paper.flow(LEFT, 12.0, true, subject).space(12.0);
    paper.paragraph(
        "This letter summarises what we found. Boats come home, and the lamps are lit when they do.",
    );
    paper.heading(12.0, "What needs to improve in this area of social work practice").item(
        LEFT,
        "■",
        "The lamp.",
    );
    paper
}

#[test]
fn what_is_no_pdf_is_named() {
    for (bytes, what) in [
        (&b""[..], "an empty file"),
        (b"PK\x03\x04 a document", "a Word, Excel or other zip file"),
        (b"Ref,Action\n1,Mend the lamp", "a text file"),
        (b"<html>", "a web page"),
        (b"\x89PNG\r\n", "a picture"),
    ] {
        let error = refused(bytes);
        assert_eq!(error, ReportError::Pdf(PdfError::NotPdf(what)));
        assert!(error.to_string().contains("give the report as PDF"), "{error}");
    }
}

#[test]
fn a_scan_a_password_and_a_file_that_breaks_off_are_told_apart() {
    assert_eq!(refused(&scanned()), ReportError::Pdf(PdfError::Scanned { pages: 1 }));
    assert_eq!(refused(&encrypted()), ReportError::Pdf(PdfError::Encrypted));
    let whole = letter("Focused visit to Harbourshire children’s services").bytes();
    for end in [20, whole.len() / 2, whole.len() - 10] {
        assert_eq!(refused(&whole[..end]), ReportError::Pdf(PdfError::Damaged), "{end}");
    }
    let mut broken = whole;
    let half = broken.len() / 2;
    broken[20..half].fill(b'x');
    assert!(matches!(refused(&broken), ReportError::Pdf(_)), "{}", refused(&broken));
    assert_eq!(refused(&Paper::default().bytes()), ReportError::Pdf(PdfError::Blank));
}

#[test]
fn a_file_over_a_limit_is_refused_before_it_is_read() {
    let large = vec![b' '; import::pdf::MAX_BYTES + 1];
    assert!(matches!(refused(&large), ReportError::Pdf(PdfError::TooLarge(_))));
    let mut long = Paper::default();
    for _ in 0..import::pdf::MAX_PAGES {
        long.page();
    }
    let error = refused(&long.bytes());
    assert!(error.to_string().contains("301 pages, 300 is the limit"), "{error}");
}

#[test]
fn letters_of_other_kinds_are_named_and_not_half_read() {
    for (subject, kind) in [
        ("Focused visit to Harbourshire children’s services", "a letter about a focused visit"),
        ("Monitoring visit to Harbourshire children’s services", "a letter about a monitoring visit"),
        (
            "Joint targeted area inspection of the response to storms",
            "a letter about a joint targeted area inspection",
        ),
    ] {
        let ReportError::OtherKind { kind: found, title } = refused(&letter(subject).bytes()) else {
            unreachable!("{subject} is of a known kind");
        };
        assert_eq!(found, kind);
        assert!(title.contains(subject), "{title}");
    }
    let error = refused(&letter("The yearly count of gulls").bytes());
    assert!(matches!(&error, ReportError::UnknownKind { title } if title.contains("gulls")), "{error}");
    assert!(error.to_string().contains("read are reports of inspections"), "{error}");
}

#[test]
fn a_refusal_never_repeats_a_number_that_identifies_a_person() {
    let error = refused(&letter("The yearly count of 943 476 5919").bytes()).to_string();
    assert!(!error.contains("943"), "{error}");
}
