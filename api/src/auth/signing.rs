//! Keys of our own, with which tokens are signed: Ed25519, kept as PKCS #8 in PEM.

use std::sync::Arc;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde::Serialize;

use super::keys::VerifyingKey;

/// A private key as it is kept, made anew. None where the system cannot make one.
pub(super) fn new_private_pem() -> Option<String> {
    let pair = Ed25519KeyPair::generate().ok()?;
    let encoded = STANDARD.encode(pair.to_pkcs8v1().ok()?.as_ref());
    Some(format!("-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----\n"))
}

/// A key that signs tokens, and verifies them.
pub(super) struct SigningKey {
    pub(super) kid: String,
    signing: EncodingKey,
    pub(super) verifying: Arc<VerifyingKey>,
    /// The public half.
    pub(super) jwk: Jwk,
}

impl SigningKey {
    /// Reads a key that is kept under a name; none where it is damaged.
    pub(super) fn read(kid: &str, private_pem: &str) -> Option<Self> {
        let signing = EncodingKey::from_ed_pem(private_pem.as_bytes()).ok()?;
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).ok()?;
        jwk.common.key_id = Some(kid.to_owned());
        let verifying = Arc::new(VerifyingKey::from_jwk(&jwk)?);
        Some(Self { kid: kid.to_owned(), signing, verifying, jwk })
    }

    /// An access token that makes these claims (RFC 9068). None where they cannot be written.
    pub(super) fn token(&self, claims: &impl Serialize) -> Option<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.signing).ok()
    }
}
