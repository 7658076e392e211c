use std::io::Write;

use proptest::prelude::*;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use rstest::rstest;

use super::*;

const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
const ELF: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0";

fn checked(bytes: &[u8], announced: FileType) -> Result<(), Mismatch> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let outcome = check(&mut file, announced).unwrap();
    assert_eq!(file.stream_position().unwrap(), 0, "it is left at its beginning");
    outcome
}

/// An archive of entries, each stored as it is, whose directory may claim another size.
fn zip(entries: &[(&str, &[u8], Option<u64>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content, claimed) in entries {
        let (mut entry, config) =
            archive.new_file(*name).compression_method(CompressionMethod::STORE).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        let descriptor = match claimed {
            Some(size) => rawzip::DataDescriptorOutput::new(descriptor.crc(), *size),
            None => descriptor,
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

const ODT: &str = "application/vnd.oasis.opendocument.text";

fn document(folder: &str) -> Vec<u8> {
    let part = format!("{folder}/document.xml");
    zip(&[("[Content_Types].xml", b"<Types/>", None), ("_rels/.rels", b"<x/>", None), (&part, b"<x/>", None)])
}

fn odt() -> Vec<u8> {
    // As OpenDocument has it: the type first, as it is, with its size in its header.
    let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".to_vec();
    let (name, content) = (b"mimetype", ODT.as_bytes());
    let size = (content.len() as u32).to_le_bytes();
    let crc = [0; 4];
    bytes.splice(14.., crc);
    bytes.extend(size);
    bytes.extend(size);
    bytes.extend([8, 0, 0, 0]);
    bytes.extend(name);
    bytes.extend(content);
    let second = bytes.len() as u32;
    bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b\0\0\0content.xml");
    let directory = bytes.len() as u32;
    for (name, size, offset) in [(&b"mimetype"[..], content.len() as u32, 0), (b"content.xml", 0, second)] {
        bytes.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend(size.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(u32::to_le_bytes(offset));
        bytes.extend(name);
    }
    let length = bytes.len() as u32 - directory;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    bytes.extend(length.to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn what_is_what_it_says_is_taken() {
    let samples: [(FileType, Vec<u8>); 8] = [
        (FileType::Pdf, PDF.to_vec()),
        (FileType::Png, PNG.to_vec()),
        (FileType::Jpeg, JPEG.to_vec()),
        (FileType::Docx, document("word")),
        (FileType::Xlsx, document("xl")),
        (FileType::Odt, odt()),
        (FileType::Csv, b"period,value\n2018-10,87\n".to_vec()),
        (FileType::Text, "What families say: \u{201c}better\u{201d}.\r\n".into()),
    ];
    for (kind, bytes) in &samples {
        assert_eq!(checked(bytes, *kind), Ok(()), "{kind:?}");
        for (other, _) in &samples {
            let are_texts = |kind: FileType| matches!(kind, FileType::Csv | FileType::Text);
            if other != kind && !(are_texts(*kind) && are_texts(*other)) {
                assert!(checked(bytes, *other).is_err(), "{kind:?} passed for {other:?}");
            }
        }
    }
}

#[test]
fn a_program_is_nothing_that_is_taken() {
    for kind in FileType::ALL {
        for program in [PROGRAM, ELF, b"#!/bin/sh\nrm -rf /\n", b"<html><script>alert(1)</script></html>"] {
            assert!(checked(program, *kind).is_err(), "{kind:?}");
        }
    }
}

#[test]
fn the_message_says_what_it_is_and_what_was_announced() {
    let message = |bytes: &[u8], kind| checked(bytes, kind).unwrap_err().message(kind);
    let program = message(PROGRAM, FileType::Pdf);
    assert!(program.contains("announced as application/pdf") && program.contains("executable"), "{program}");
    let renamed = message(&document("word"), FileType::Xlsx);
    assert!(
        renamed.contains("spreadsheetml.sheet") && renamed.contains("wordprocessingml.document"),
        "{renamed}"
    );
    assert!(
        message(&zip(&[("a.exe", PROGRAM, None)]), FileType::Docx).contains("an archive, and no document")
    );
    assert!(message(&document("ppt"), FileType::Docx).contains("a presentation"));
    assert!(message(b"plain", FileType::Png).contains("it is text"));
    assert!(message(b"a\0b", FileType::Csv).contains("bytes that are nought"));
    let macros = zip(&[
        ("[Content_Types].xml", b"", None),
        ("word/document.xml", b"", None),
        ("word/vbaProject.bin", b"", None),
    ]);
    assert!(message(&macros, FileType::Docx).contains("macros"));
}

#[rstest]
#[case::utf8("caf\u{e9} \u{2013} \u{1f642}".as_bytes(), true)]
#[case::marked(b"\xef\xbb\xbfa;b\r\n", true)]
#[case::windows(b"caf\xe9 \x96 \x93better\x94", true)]
#[case::begins_like_a_picture(b"BM is short for benchmark", true)]
#[case::page_break(b"one\x0ctwo\ttab", true)]
#[case::nothing_in_windows(b"caf\xe9 \x81", false)]
#[case::utf16(b"\xff\xfea\0b\0", false)]
#[case::bell(b"a\x07b", false)]
#[case::escape(b"a\x1b[31mb", false)]
#[case::cut_off(b"caf\xc3\x81\xe2\x82\x81\xe2\x82", false)]
#[case::pdf(b"%PDF-1.4 all of it printable", false)]
#[case::rtf(b"{\\rtf1 hello}", false)]
fn texts(#[case] bytes: &[u8], #[case] is_text: bool) {
    assert_eq!(checked(bytes, FileType::Text).is_ok(), is_text);
    assert_eq!(checked(bytes, FileType::Csv).is_ok(), is_text);
}

#[test]
fn a_text_is_looked_at_to_its_end() {
    let mut long = b"a line of text\n".repeat(20_000);
    assert_eq!(checked(&long, FileType::Text), Ok(()));
    long.push(0);
    assert!(checked(&long, FileType::Text).is_err());
    // A character across the edge of a piece.
    let across = ["a".repeat(64 * 1024 - 1), "\u{1f642}".repeat(20_000)].concat();
    assert_eq!(checked(across.as_bytes(), FileType::Text), Ok(()));
}

#[test]
fn an_archive_has_bounds() {
    let said = |bytes: &[u8]| match checked(bytes, FileType::Docx) {
        Err(Mismatch::TooMuch(what)) => what,
        other => panic!("{other:?}"),
    };
    let names: Vec<String> = (0..=ENTRIES).map(|number| format!("word/{number}.xml")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..], None)).collect();
    assert_eq!(said(&zip(&many)), "has over 1000 entries");
    let bomb = zip(&[("word/document.xml", b"small", Some(UNPACKED + 1))]);
    assert_eq!(said(&bomb), "unpacks to over 100000000 bytes");
    let small = zip(&[("word/document.xml", b"small", Some(1_000_000))]);
    assert_eq!(said(&small), "unpacks to over 100 times its size");
    let huge = zip(&[("word/document.xml", b"small", Some(u64::MAX / 2)), ("x", b"", Some(u64::MAX / 2))]);
    assert_eq!(said(&huge), "unpacks to over 100000000 bytes");
}

#[test]
fn a_directory_that_cannot_be_read_is_no_document() {
    let whole = document("word");
    for length in [4, 30, whole.len() / 2, whole.len() - 1] {
        assert!(checked(&whole[..length], FileType::Docx).is_err(), "{length}");
    }
    // Fewer entries than the end of the directory counts.
    let mut lying = whole;
    let end = lying.len() - 22;
    lying[end + 8] = 9;
    lying[end + 10] = 9;
    assert!(checked(&lying, FileType::Docx).is_err());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..300, at in 0_usize..300, byte: u8) {
        let mut broken = document("word");
        broken.truncate(broken.len() - cut.min(broken.len()));
        if let Some(of) = broken.get_mut(at) {
            *of = byte;
        }
        for kind in FileType::ALL {
            let _ = checked(&bytes, *kind);
            let _ = checked(&broken, *kind);
        }
    }

    #[test]
    fn whatever_prints_is_text(text in "[ -~]{0,200}") {
        prop_assume!(infer::get(text.as_bytes()).is_none());
        prop_assert_eq!(checked(text.as_bytes(), FileType::Text), Ok(()));
    }
}
