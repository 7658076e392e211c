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
    pub(super) fn of(keys: Vec<VerifyingKey>) -> KeySet {
        KeySet(keys.into_iter().map(Arc::new).collect())
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
        Some(KeySet::of(keys.collect()))
    }

    /// The key of that name for that algorithm. Never a default: a token that names no known key has none.
    pub(super) fn find(&self, kid: &str, algorithm: Algorithm) -> Option<Arc<VerifyingKey>> {
        self.0.iter().find(|key| key.kid == kid && key.algorithm == algorithm).cloned()
    }
}
