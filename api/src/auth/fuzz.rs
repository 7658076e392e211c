//! What comes from outside into identity: tokens, and what an issuer says its keys are.

use jsonwebtoken::decode_header;

use super::claims::{Claims, stated_issuer};
use super::keys::KeySet;
use super::machine::{TokenRequest, public_keys};
use super::{ALGORITHMS, Issuer, LONGEST_LIFE, acceptable};

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
        let _ = claims.into_principal(&Issuer::with_groups());
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

/// What a client asks the token endpoint for: a line with the header, and the form.
pub(crate) fn token_request(data: &[u8]) {
    let (header, form) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (std::str::from_utf8(&data[..end]).ok(), &data[end + 1..]),
        None => (None, data),
    };
    if let Ok(request) = TokenRequest::read(header.filter(|header| !header.is_empty()), form) {
        request.client();
    }
}

/// The public keys of a client: what is kept of them is read again as the same.
pub(crate) fn client_keys(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok((kept, names)) = public_keys(text) {
        assert_eq!(public_keys(&kept), Ok((kept.clone(), names)));
    }
}
