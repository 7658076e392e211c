//! Documents that are known by an id: those of a manifest, which the operator trusts, and those that clients register by
//! themselves (automatic persisted queries), where that is allowed.

use std::sync::Arc;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::document::{Document, Documents};
use super::error::{Code, Error};
use super::manifest::Manifest;

/// At most so many bytes of documents that clients registered are kept.
const REGISTERED_BYTES: u64 = 1_000_000;
/// What Apollo's clients look for in a message before they send the text too.
const NOT_REGISTERED: &str = "PersistedQueryNotFound";

/// The hash of a document's text.
pub(super) type Hash = [u8; 32];

/// The SHA-256 of a document's text.
pub(super) fn hash_of(text: &str) -> Hash {
    Sha256::digest(text).into()
}

/// The id by which a request names its document: a SHA-256 in hexadecimal, with `sha256:` before it or without, or any other
/// that a manifest gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentId {
    id: String,
    hash: Option<Hash>,
    is_automatic: bool,
}

/// At most so many characters in an id.
pub const LONGEST_ID: usize = 128;

impl DocumentId {
    /// Reads an id. None where it is empty, longer than [`LONGEST_ID`] characters, or holds what cannot be printed.
    pub fn read(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST_ID).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        let hash = from_hex(text.strip_prefix("sha256:").unwrap_or(text));
        let id = if hash.is_some() { String::new() } else { text.to_owned() };
        fits.then_some(Self { id, hash, is_automatic: false })
    }

    /// Reads the hash of an automatic persisted query. None where it is no SHA-256.
    pub fn automatic(hash: &str) -> Option<Self> {
        Some(Self { id: String::new(), hash: Some(from_hex(hash)?), is_automatic: true })
    }

    /// Whether both name the same document.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.id, self.hash) == (&other.id, other.hash)
    }

    /// The SHA-256 that it is, where it is one.
    pub(super) fn hash(&self) -> Option<Hash> {
        self.hash
    }

    fn not_found(&self) -> Error {
        let message = if self.is_automatic {
            NOT_REGISTERED
        } else {
            "No document of this id is known here: check the id, or whether this deployment has the manifest that it is from."
        };
        Error::new(Code::PersistedQueryNotFound, message)
    }
}

/// The 32 bytes that 64 hexadecimal digits stand for.
fn from_hex(text: &str) -> Option<Hash> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut hash = Hash::default();
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let mut value = 0;
        for digit in pair {
            value = value * 16 + char::from(*digit).to_digit(16)?;
        }
        *byte = u8::try_from(value).ok()?;
    }
    Some(hash)
}

/// A document with its text.
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) hash: Hash,
    pub(super) document: Arc<Document>,
}

/// A document to run.
pub(super) struct Found {
    pub(super) document: Arc<Document>,
    /// The hash of its text, where the request named it by an id that is known from now on.
    pub(super) hash: Option<Hash>,
}

/// Which documents run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Allowed {
    /// Any that fits the schema and the limits.
    #[default]
    Any,
    /// Those of the manifest and no others.
    Trusted,
}

/// What the operator says about documents. The default is that any runs, and that none is known by an id.
#[derive(Default)]
pub struct Policy {
    manifest: Manifest,
    allowed: Allowed,
    registered: Option<Cache<Hash, Arc<Kept>>>,
}

/// Settings that contradict one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Only documents of the manifest are to run, and there is none.
    #[error("only trusted documents are to run, and no manifest of them is given")]
    NoManifest,
    /// Only documents of the manifest are to run, and clients may register others.
    #[error("clients cannot register documents where only trusted ones run: take one of the two away")]
    Contradiction,
}

impl Policy {
    /// Puts the settings together. `automatic` lets clients register documents by their hash: it saves bytes and allows
    /// nothing that [`Allowed::Any`] does not.
    ///
    /// # Errors
    /// [`PolicyError`]: they contradict one another.
    pub fn new(manifest: Option<Manifest>, allowed: Allowed, automatic: bool) -> Result<Self, PolicyError> {
        match allowed {
            Allowed::Trusted if manifest.is_none() => return Err(PolicyError::NoManifest),
            Allowed::Trusted if automatic => return Err(PolicyError::Contradiction),
            _ => {}
        }
        let weigh = |_: &Hash, kept: &Arc<Kept>| u32::try_from(kept.text.len()).unwrap_or(u32::MAX).max(200);
        let registered =
            automatic.then(|| Cache::builder().max_capacity(REGISTERED_BYTES).weigher(weigh).build());
        Ok(Self { manifest: manifest.unwrap_or_default(), allowed, registered })
    }

    /// The document that a request asks for, by its text (empty where there is none), by its id, or by both.
    pub(super) fn find(
        &self,
        documents: &Documents,
        text: &str,
        id: Option<&DocumentId>,
    ) -> Result<Found, Vec<Error>> {
        let Some(id) = id else { return self.by_text(documents, text) };
        if let Some(kept) = self.known(id) {
            if !text.is_empty() && text != kept.text {
                return Err(vec![Error::input(
                    "The query is not the document of this id: send one of the two.",
                )]);
            }
            return Ok(Found { document: Arc::clone(&kept.document), hash: Some(kept.hash) });
        }
        let Some(stated) = id.hash().filter(|_| !text.is_empty()) else { return Err(vec![id.not_found()]) };
        if stated != hash_of(text) {
            return Err(vec![Error::input("The hash is not the SHA-256 of the query.")]);
        }
        if self.allowed == Allowed::Trusted {
            return Err(vec![not_trusted()]);
        }
        let document = documents.get(text)?;
        let Some(registered) = &self.registered else { return Ok(Found { document, hash: None }) };
        let kept = Kept { text: text.to_owned(), hash: stated, document: Arc::clone(&document) };
        registered.insert(stated, Arc::new(kept));
        Ok(Found { document, hash: Some(stated) })
    }

    fn by_text(&self, documents: &Documents, text: &str) -> Result<Found, Vec<Error>> {
        if self.allowed == Allowed::Any {
            return Ok(Found { document: documents.get(text)?, hash: None });
        }
        let kept = self.manifest.by_hash(&hash_of(text)).ok_or_else(|| vec![not_trusted()])?;
        Ok(Found { document: Arc::clone(&kept.document), hash: None })
    }

    fn known(&self, id: &DocumentId) -> Option<Arc<Kept>> {
        let Some(hash) = id.hash else { return self.manifest.by_id(&id.id).cloned() };
        let registered = || self.registered.as_ref()?.get(&hash);
        self.manifest.by_hash(&hash).cloned().or_else(registered)
    }
}

fn not_trusted() -> Error {
    let message = "Only trusted documents run here: name one of the manifest by documentId, or have this one put into it.";
    Error::new(Code::Forbidden, message)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::limits::Limits;
    use super::*;

    const TEXT: &str = "query A { viewer { subject } }";
    const OTHER: &str = "{ __typename }";

    fn hex(text: &str) -> String {
        hash_of(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn policy(allowed: Allowed, automatic: bool) -> Policy {
        let manifest =
            serde_json::json!({ format!("sha256:{}", hex(TEXT)): TEXT, "b": "{ viewer { subject } }" });
        let manifest = Manifest::read(manifest.to_string().as_bytes(), &Limits::default()).unwrap();
        Policy::new(Some(manifest), allowed, automatic).unwrap()
    }

    /// Whether it was found, and whether as a known one; or the code.
    fn find(policy: &Policy, text: &str, id: Option<&DocumentId>) -> Result<bool, Code> {
        let found = policy.find(&Documents::new(Limits::default()), text, id);
        found.map(|found| found.hash.is_some()).map_err(|errors| errors[0].code)
    }

    fn named(id: &str) -> Option<DocumentId> {
        Some(DocumentId::read(id).unwrap())
    }

    #[test]
    fn a_document_of_the_manifest_is_known_by_its_id_however_it_is_written() {
        let policy = policy(Allowed::Any, false);
        let hash = hex(TEXT);
        for id in [hash.clone(), hash.to_uppercase(), format!("sha256:{hash}")] {
            assert_eq!(find(&policy, "", named(&id).as_ref()), Ok(true));
            assert_eq!(find(&policy, TEXT, named(&id).as_ref()), Ok(true));
            assert_eq!(find(&policy, OTHER, named(&id).as_ref()), Err(Code::BadUserInput));
        }
        assert_eq!(find(&policy, "", DocumentId::automatic(&hash).as_ref()), Ok(true));
        assert_eq!(find(&policy, "", named("b").as_ref()), Ok(true));
        assert_eq!(find(&policy, "", named("B").as_ref()), Err(Code::PersistedQueryNotFound));
        assert_eq!(find(&policy, TEXT, named("c").as_ref()), Err(Code::PersistedQueryNotFound));
        assert_eq!(find(&policy, TEXT, None), Ok(false));
    }

    #[test]
    fn only_trusted_documents_run_where_the_operator_says_so() {
        let policy = policy(Allowed::Trusted, false);
        assert_eq!(find(&policy, "", named(&hex(TEXT)).as_ref()), Ok(true));
        assert_eq!(find(&policy, TEXT, None), Ok(false));
        assert_eq!(find(&policy, OTHER, None), Err(Code::Forbidden));
        assert_eq!(find(&policy, "no document", None), Err(Code::Forbidden));
        assert_eq!(find(&policy, OTHER, named(&hex(OTHER)).as_ref()), Err(Code::Forbidden));
        assert_eq!(find(&policy, "", named(&hex(OTHER)).as_ref()), Err(Code::PersistedQueryNotFound));
    }

    #[test]
    fn clients_register_documents_only_where_they_may() {
        let hash = hex(OTHER);
        let id = || DocumentId::automatic(&hash);
        let without = policy(Allowed::Any, false);
        assert_eq!(find(&without, OTHER, id().as_ref()), Ok(false));
        assert_eq!(find(&without, "", id().as_ref()), Err(Code::PersistedQueryNotFound));

        let with = policy(Allowed::Any, true);
        assert_eq!(find(&with, "", id().as_ref()), Err(Code::PersistedQueryNotFound));
        assert_eq!(find(&with, "{ viewer { subject } }", id().as_ref()), Err(Code::BadUserInput));
        assert_eq!(find(&with, "", id().as_ref()), Err(Code::PersistedQueryNotFound));
        assert_eq!(find(&with, OTHER, id().as_ref()), Ok(true));
        assert_eq!(find(&with, "", id().as_ref()), Ok(true));
        assert_eq!(find(&with, "", named(&format!("sha256:{hash}")).as_ref()), Ok(true));
    }

    #[test]
    fn what_does_not_fit_the_schema_is_not_registered() {
        let policy = policy(Allowed::Any, true);
        let wrong = "{ nothing }";
        let id = || DocumentId::automatic(&hex(wrong));
        assert_eq!(find(&policy, wrong, id().as_ref()), Err(Code::GraphqlValidationFailed));
        assert_eq!(find(&policy, "", id().as_ref()), Err(Code::PersistedQueryNotFound));
    }

    #[test]
    fn what_clients_register_is_bounded() {
        let policy = policy(Allowed::Any, true);
        let documents = Documents::new(Limits::default());
        let padding = " ".repeat(19_000);
        for number in 0..400 {
            let text = format!("query Q{number} {{ __typename }}{padding}");
            let id = DocumentId::automatic(&hex(&text));
            assert!(policy.find(&documents, &text, id.as_ref()).is_ok());
        }
        let registered = policy.registered.unwrap();
        registered.run_pending_tasks();
        assert!(registered.weighted_size() <= REGISTERED_BYTES);
        assert!(registered.entry_count() > 40);
    }

    #[test]
    fn apollo_clients_find_the_message_that_they_look_for() {
        let policy = policy(Allowed::Any, true);
        let id = DocumentId::automatic(&hex(OTHER));
        let error = policy.find(&Documents::new(Limits::default()), "", id.as_ref()).err().unwrap().remove(0);
        assert_eq!(
            (error.message.as_str(), error.code.as_str()),
            ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        );
    }

    #[test]
    fn settings_that_contradict_one_another() {
        let error = |manifest, automatic| Policy::new(manifest, Allowed::Trusted, automatic).err();
        assert_eq!(error(None, false), Some(PolicyError::NoManifest));
        assert_eq!(error(Some(Manifest::default()), true), Some(PolicyError::Contradiction));
        assert!(Policy::new(None, Allowed::Any, true).is_ok());
    }

    #[rstest]
    #[case("", false)]
    #[case("a\nb", false)]
    #[case("a b \u{e9}", true)]
    fn ids(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(DocumentId::read(text).is_some(), is_one);
    }

    #[test]
    fn an_id_has_128_characters_at_most() {
        assert!(DocumentId::read(&"\u{e9}".repeat(128)).is_some());
        assert!(DocumentId::read(&"a".repeat(129)).is_none());
        assert!(DocumentId::automatic(&"a".repeat(63)).is_none());
        assert!(DocumentId::automatic(&"g".repeat(64)).is_none());
        assert!(DocumentId::automatic(&format!("+{}", "a".repeat(63))).is_none());
    }
}
