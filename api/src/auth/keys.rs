//! The public keys of an issuer: which of a key set's entries may verify what.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde_json::Value;

/// More keys than any issuer has in use; the rest of a longer set is not read.
const MOST_KEYS: usize = 64;
/// RSA keys below 2048 bits are refused.
const SHORTEST_RSA_MODULUS: usize = 256;

/// A key that verifies with exactly one algorithm.
pub(super) struct VerifyingKey {
    kid: String,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl VerifyingKey {
    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// The key in an entry of a key set; `None` where the entry is for something else, or too weak.
    pub(super) fn from_jwk(jwk: &Jwk) -> Option<VerifyingKey> {
        let common = &jwk.common;
        let kid = common.key_id.clone().filter(|kid| !kid.is_empty())?;
        if common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
            return None;
        }
        if common.key_operations.as_ref().is_some_and(|for_what| !for_what.contains(&KeyOperations::Verify)) {
            return None;
        }
        let (algorithm, named) = match &jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
            }
            AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => {
                (Algorithm::ES256, KeyAlgorithm::ES256)
            }
            AlgorithmParameters::RSA(rsa) => {
                let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
                let length = modulus.iter().skip_while(|byte| **byte == 0).count();
                if length < SHORTEST_RSA_MODULUS {
                    return None;
                }
                (Algorithm::RS256, KeyAlgorithm::RS256)
            }
            _ => return None,
        };
        if common.key_algorithm.is_some_and(|stated| stated != named) {
            return None;
        }
        Some(VerifyingKey { kid, algorithm, decoding: DecodingKey::from_jwk(jwk).ok()? })
    }
}

/// The usable keys of one issuer.
#[derive(Clone, Default)]
pub(super) struct KeySet(Arc<[Arc<VerifyingKey>]>);

impl KeySet {
    pub(super) fn of(keys: impl IntoIterator<Item = Arc<VerifyingKey>>) -> KeySet {
        KeySet(keys.into_iter().collect())
    }

    /// Reads a JWK set. An entry that cannot be used (another curve, an encryption key, a shared secret) does not
    /// spoil the others; `None` when the document is no key set at all.
    pub(super) fn from_json(bytes: &[u8]) -> Option<KeySet> {
        let document: Value = serde_json::from_slice(bytes).ok()?;
        let entries = document.get("keys")?.as_array()?;
        let keys = entries.iter().take(MOST_KEYS).filter_map(|entry| {
            let jwk: Jwk = serde_json::from_value(entry.clone()).ok()?;
            VerifyingKey::from_jwk(&jwk)
        });
        Some(KeySet::of(keys.map(Arc::new)))
    }

    /// The key of that name for that algorithm. Never a default: a token that names no known key has none.
    pub(super) fn find(&self, kid: &str, algorithm: Algorithm) -> Option<Arc<VerifyingKey>> {
        self.0.iter().find(|key| key.kid == kid && key.algorithm == algorithm).cloned()
    }
}

/// At most so many public keys has a client.
const MOST_OF_CLIENT: usize = 10;
/// The longest key set of a client, in bytes.
const LONGEST_OF_CLIENT: usize = 16 * 1024;
/// The longest name of a client's key.
const LONGEST_KID: usize = 128;
/// The members of a key that only its owner may know (RFC 7518, section 6).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// Why a text is no set of a client's public keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// It is no key set.
    #[error("This is no JSON Web Key Set: {{\"keys\": [...]}}.")]
    NoSet,
    /// Too many keys, or none, or too much text.
    #[error("Give 1 to {MOST_OF_CLIENT} keys, in {LONGEST_OF_CLIENT} bytes at most.")]
    Size,
    /// A private key.
    #[error(
        "Key {0} is a private one, and known to others now: make another, and give its public half alone."
    )]
    Private(usize),
    /// A key without a name of its own.
    #[error("Key {0} needs a `kid` of its own: 1 to {LONGEST_KID} visible ASCII characters.")]
    Kid(usize),
    /// A key of another kind.
    #[error(
        "Key {0} is of no use here: Ed25519 (EdDSA), P-256 (ES256), or RSA of 2048 bits or more (RS256), for signatures."
    )]
    Kind(usize),
}

/// The public keys in a text: as they are kept, without what nobody asks for, and their names.
///
/// # Errors
/// [`KeysError`]; keys are counted from 1.
pub fn public_keys(text: &str) -> Result<(String, Vec<String>), KeysError> {
    if text.len() > LONGEST_OF_CLIENT {
        return Err(KeysError::Size);
    }
    let document: Value = serde_json::from_str(text).map_err(|_| KeysError::NoSet)?;
    let entries = document.get("keys").and_then(Value::as_array).ok_or(KeysError::NoSet)?;
    if entries.is_empty() || entries.len() > MOST_OF_CLIENT {
        return Err(KeysError::Size);
    }
    let (mut kept, mut names) = (Vec::new(), Vec::new());
    for (number, entry) in (1..).zip(entries) {
        if PRIVATE.iter().any(|member| entry.get(*member).is_some()) {
            return Err(KeysError::Private(number));
        }
        let name = entry.get("kid").and_then(Value::as_str).unwrap_or_default();
        let is_name =
            (1..=LONGEST_KID).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_name || names.iter().any(|other| other == name) {
            return Err(KeysError::Kid(number));
        }
        let jwk: Jwk = serde_json::from_value(entry.clone()).map_err(|_| KeysError::Kind(number))?;
        VerifyingKey::from_jwk(&jwk).ok_or(KeysError::Kind(number))?;
        kept.push(jwk);
        names.push(name.to_owned());
    }
    Ok((serde_json::json!({ "keys": kept }).to_string(), names))
}
