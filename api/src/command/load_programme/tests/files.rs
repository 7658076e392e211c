//! The files that a programme file names.

use super::*;

const EVIDENCE: &str = r#"
[[evidence]]
title = "Minutes"
strand = "DOCUMENT"
marking = "OFFICIAL"
added_on = 2023-06-01
added_by = "head"
actions = [{ plan = "two", action = "1.1" }]
illustrative = true
files = ["minutes.txt", "figures.csv"]
"#;

const FILES: [(&str, &str); 2] = [("minutes.txt", "All were there."), ("figures.csv", "a,b\n1,2\n")];

fn with_files(files: &[(&str, &str)]) -> Result<Bundle, BundleError> {
    let text = format!("{SMALL}{EVIDENCE}");
    let all: Vec<(&str, &str)> =
        [("programme.toml", text.as_str())].into_iter().chain(files.iter().copied()).collect();
    bundle(&all)
}

#[tokio::test]
async fn files_of_evidence_are_loaded_with_it_and_their_bytes_are_handed_on() {
    on_both_migrated(async |db| {
        let bundle = with_files(&FILES).unwrap();
        let loaded = load_programme(db, &SYSTEM, &bundle, origin()).await.unwrap();
        let Loaded::Written { programme, .. } = loaded else { panic!("{loaded:?}") };

        let rows = evidence_file::Entity::find().order_by_asc(evidence_file::Column::Name);
        let rows = rows.all(&db.read).await.unwrap();
        let told: Vec<_> =
            rows.iter().map(|row| (row.name.as_str(), row.media_type.as_str(), row.size_bytes)).collect();
        assert_eq!(told, [("figures.csv", "text/csv", 8), ("minutes.txt", "text/plain", 15)]);
        // As `sha256sum` has it.
        assert_eq!(rows[1].sha256, "0d1009483c27ed2fed733b64a7fdba95b8f819895ad79532baf4c52cb88aabac");
        for row in &rows {
            assert!(row.document_id == row.id && row.number == 1 && row.is_current && row.is_illustrative);
            assert_eq!((row.added_on, row.added_by_id.is_some()), (day("2023-06-01"), true));
            let upload = upload::Entity::find_by_id(row.id).one(&db.read).await.unwrap().unwrap();
            assert!(upload.is_attached && upload.received_at.is_some());
        }
        // As often as the same is loaded.
        let again = load_programme(db, &SYSTEM, &bundle, origin()).await.unwrap();
        assert_eq!(again, Loaded::Unchanged { programme });
        for loaded in [&loaded, &again] {
            let mut brought = brought(db, &bundle, loaded).await.unwrap();
            brought.sort_by_key(|file| file.bytes.len());
            let expected = [(&rows[0], FILES[1].1), (&rows[1], FILES[0].1)];
            let expected =
                expected.map(|(row, text)| Brought { id: row.id, programme, bytes: text.as_bytes() });
            assert_eq!(brought, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_brings_a_file_of_each_marking() {
    on_both_migrated(async |db| {
        let bundle = demo();
        let loaded = load_programme(db, &SYSTEM, &bundle, origin()).await.unwrap();
        let brought = brought(db, &bundle, &loaded).await.unwrap();
        assert_eq!(brought.len(), 6);
        for marking in ["OFFICIAL", "OFFICIAL_SENSITIVE"] {
            let of_marking = evidence::Entity::find().filter(evidence::Column::Marking.eq(marking));
            let ids: Vec<_> = of_marking.all(&db.read).await.unwrap().into_iter().map(|row| row.id).collect();
            let files = evidence_file::Entity::find().filter(evidence_file::Column::EvidenceId.is_in(ids));
            assert_eq!(files.count(&db.read).await.unwrap(), 3, "{marking}");
        }
    })
    .await;
}

#[test]
fn a_file_that_is_not_there_or_empty_is_named() {
    let absent = with_files(&FILES[..1]).unwrap_err().to_string();
    assert_eq!(absent, "figures.csv: not there");
    let empty = with_files(&[FILES[1], ("minutes.txt", "")]).unwrap_err().to_string();
    assert!(empty.starts_with("minutes.txt: it is empty"), "{empty}");
}

#[test]
fn the_digest_changes_with_what_is_in_a_file() {
    let one = with_files(&FILES).unwrap().digest;
    let other = with_files(&[FILES[0], ("figures.csv", "a,b\n1,3\n")]).unwrap().digest;
    assert_ne!(one, other);
    assert_eq!(one, with_files(&FILES).unwrap().digest);
}
