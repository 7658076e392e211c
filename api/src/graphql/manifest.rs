//! The manifest of trusted documents: JSON that leads from an id to a document's text, as graphql-codegen and Relay write it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::document::parse;
use super::error::Error;
use super::limits::Limits;
use super::trusted::{DocumentId, Hash, Kept, LONGEST_ID, hash_of};

/// The largest manifest, in bytes.
pub const LARGEST_MANIFEST: usize = 8 * 1024 * 1024;
/// At most so many documents in it.
pub const MOST_DOCUMENTS: usize = 10_000;
/// At most so many characters of an id stand in a message.
const SHOWN: usize = 80;

/// At most so many faults of a document stand in a message.
const MOST_FAULTS: usize = 3;

/// The documents of a manifest, each of which fits the schema.
#[derive(Default)]
pub struct Manifest {
    by_id: HashMap<String, Arc<Kept>>,
    by_hash: HashMap<Hash, Arc<Kept>>,
}

/// What is wrong with a manifest, in one sentence for the operator. It names the document by its id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ManifestError(String);

fn wrong(what: impl Into<String>) -> ManifestError {
    ManifestError(what.into())
}

impl Manifest {
    /// Reads a manifest, `{"<id>": "<document>", ...}`. An id is 1 to 128 printable characters; where it is a SHA-256 in
    /// hexadecimal, with `sha256:` before it or without, it must be the document's.
    ///
    /// # Errors
    /// [`ManifestError`]: it is too large, is no such JSON, or holds a document that does not fit the schema or the limits.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ManifestError> {
        if bytes.len() > LARGEST_MANIFEST {
            return Err(wrong(format!("it is larger than {LARGEST_MANIFEST} bytes, which is the limit")));
        }
        let Entries(entries) = serde_json::from_slice(bytes)
            .map_err(|fault| wrong(format!("it is not as it should be: {fault}")))?;
        if entries.is_empty() {
            return Err(wrong("it holds no document"));
        }
        if entries.len() > MOST_DOCUMENTS {
            let count = entries.len();
            return Err(wrong(format!("it holds {count} documents; {MOST_DOCUMENTS} is the limit")));
        }
        let mut manifest = Self::default();
        for (id, text) in entries {
            manifest
                .add(&id, text, limits)
                .map_err(|what| wrong(format!("document {}: {what}", shown(&id))))?;
        }
        Ok(manifest)
    }

    fn add(&mut self, id: &str, text: String, limits: &Limits) -> Result<(), String> {
        let read = DocumentId::read(id)
            .ok_or_else(|| format!("an id has 1 to {LONGEST_ID} characters that can be printed"))?;
        let hash = hash_of(&text);
        match read.hash() {
            None if id.starts_with("sha256:") => {
                return Err("64 hexadecimal digits must follow sha256:".to_owned());
            }
            Some(stated) if stated != hash => {
                return Err("the id is not the SHA-256 of this text".to_owned());
            }
            _ => {}
        }
        let document = parse(&text, limits).map_err(|errors| faults(&errors))?;
        let kept = Arc::new(Kept { text, hash, document: Arc::new(document) });
        let is_hash = read.hash().is_some();
        if !is_hash && self.by_id.insert(id.to_owned(), Arc::clone(&kept)).is_some() {
            return Err("the id is given twice".to_owned());
        }
        self.by_hash.insert(hash, kept);
        Ok(())
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Arc<Kept>> {
        self.by_id.get(id)
    }

    pub(super) fn by_hash(&self, hash: &Hash) -> Option<&Arc<Kept>> {
        self.by_hash.get(hash)
    }
}

/// The first faults of a document, in one line.
fn faults(errors: &[Error]) -> String {
    let of = |error: &Error| match error.location {
        Some((line, column)) => format!("{} (line {line}, column {column})", error.message),
        None => error.message.clone(),
    };
    errors.iter().take(MOST_FAULTS).map(of).collect::<Vec<_>>().join("; ")
}

fn shown(id: &str) -> String {
    let short: String = id.chars().take(SHOWN).collect();
    let dots = if short.len() < id.len() { "..." } else { "" };
    serde_json::Value::from(short + dots).to_string()
}

/// The members of a JSON object as they stand, so that one that is given twice is not lost.
struct Entries(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object that leads from ids to the texts of documents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(id) = map.next_key::<String>()? {
            let text = map.next_value().map_err(|fault: A::Error| {
                serde::de::Error::custom(format_args!("document {}: {fault}", shown(&id)))
            })?;
            entries.push((id, text));
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn fault(text: &str) -> String {
        Manifest::read(text.as_bytes(), &Limits::default()).err().unwrap().to_string()
    }

    #[test]
    fn manifests_of_the_usual_tools_are_read() {
        let text = "query A { viewer { subject } }";
        let hash: String = hash_of(text).iter().map(|byte| format!("{byte:02x}")).collect();
        let written = [
            json!({ format!("sha256:{hash}"): text }),
            json!({ hash.clone(): text }),
            json!({ "63ea2d0c0cc2f1d8e9d0bcd1d1d8f7ff": text }),
            json!({ hash.clone(): text, format!("sha256:{hash}"): text }),
        ];
        for manifest in written {
            let read = Manifest::read(manifest.to_string().as_bytes(), &Limits::default()).unwrap();
            assert_eq!(read.by_hash(&hash_of(text)).unwrap().text, text);
            assert_eq!(read.len(), 1);
        }
    }

    #[rstest]
    #[case("", "it is not as it should be: EOF")]
    #[case("[]", "an object that leads from ids")]
    #[case("{}", "it holds no document")]
    #[case(r#"{"a": 7}"#, r#"document "a": invalid type"#)]
    #[case(r#"{"": "{ __typename }"}"#, r#"document "": an id has 1 to 128"#)]
    #[case(r#"{"a\nb": "{ __typename }"}"#, r#"document "a\nb": an id has"#)]
    #[case(r#"{"a": "{ __typename }", "a": "{ __typename }"}"#, r#"document "a": the id is given twice"#)]
    #[case(r#"{"a": "{ programmes { nodes { nothing } } }"}"#, "nothing")]
    #[case(r#"{"a": "{ nothing }"}"#, r#"document "a": "#)]
    #[case(r#"{"a": "{ viewer"}"#, r#"document "a": "#)]
    #[case(r#"{"sha256:12": "{ __typename }"}"#, r#"document "sha256:12": 64 hexadecimal"#)]
    fn faults_name_the_document(#[case] text: &str, #[case] said: &str) {
        assert!(fault(text).contains(said), "{}", fault(text));
    }

    #[test]
    fn a_hash_must_be_the_documents() {
        for id in ["0".repeat(64), format!("sha256:{}", "AB".repeat(32))] {
            let said = fault(&json!({ id.clone(): "{ __typename }" }).to_string());
            assert_eq!(said, format!("document \"{id}\": the id is not the SHA-256 of this text"));
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        assert!(fault(&" ".repeat(LARGEST_MANIFEST + 1)).contains("8388608 bytes"));
        let many: serde_json::Map<_, _> =
            (0..=MOST_DOCUMENTS).map(|number| (number.to_string(), "{ __typename }".into())).collect();
        assert!(fault(&serde_json::Value::from(many).to_string()).contains("10001 documents"));
        let long = format!("{{ __typename }}{}", " ".repeat(20_000));
        assert!(fault(&json!({ "a": long }).to_string()).contains("20000 is the limit"));
        let long = "a".repeat(200);
        assert!(fault(&json!({ long: "{ __typename }" }).to_string()).len() < 200);
    }

    proptest! {
        #[test]
        fn no_manifest_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), id: String, text: String) {
            let _ = Manifest::read(&bytes, &Limits::default());
            let _ = Manifest::read(json!({ id: text }).to_string().as_bytes(), &Limits::default());
        }
    }
}
