//! What a client of HTTP sends, before anybody looks at the document.

use http::{HeaderMap, HeaderValue, Uri, header};

use super::{accept, body};

/// A JSON body.
pub(crate) fn json(data: &[u8]) {
    let _ = body::from_json(data);
}

/// A query string.
pub(crate) fn query_string(data: &[u8]) {
    let uri = std::str::from_utf8(data).ok().and_then(|text| format!("/graphql?{text}").parse::<Uri>().ok());
    if let Some(uri) = uri {
        let _ = body::from_uri(&uri);
    }
}

/// The headers that state media types, one a line.
pub(crate) fn media_types(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::ACCEPT, value.clone());
            headers.append(header::CONTENT_TYPE, value);
        }
    }
    accept::negotiate(&headers);
    accept::is_json(&headers);
}
