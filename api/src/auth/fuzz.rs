//! What comes from outside into identity: tokens, and what an issuer says its keys are.

use jsonwebtoken::decode_header;

use super::claims::{Claims, stated_issuer};
use super::keys::KeySet;
use super::{ALGORITHMS, LONGEST_LIFE, acceptable};

/// A token, as far as it is read before a key is looked for.
pub(crate) fn token(data: &[u8]) {
    let Ok(token) = std::str::from_utf8(data) else { return };
    if let Ok(header) = decode_header(token) {
        let _ = acceptable(&header);
    }
    stated_issuer(token);
}

/// The claims of a token whose signature held.
pub(crate) fn claims(data: &[u8]) {
    if let Ok(claims) = serde_json::from_slice::<Claims>(data) {
        let _ = claims.check_times(crate::config::now(), LONGEST_LIFE);
        let _ = claims.into_principal("issuer");
    }
}

/// The key set of an issuer.
pub(crate) fn key_set(data: &[u8]) {
    if let Some(keys) = KeySet::from_json(data) {
        for algorithm in ALGORITHMS {
            keys.find("key", algorithm);
        }
    }
}
