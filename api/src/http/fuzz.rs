//! What a client of HTTP sends, before anybody looks at the document.

use http::{HeaderMap, HeaderValue, Uri, header};

use super::{accept, body, caching, client, disposition, files, live::message};

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

/// A message on a WebSocket.
pub(crate) fn socket_message(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        // A reason for closing must fit into a close frame.
        assert!(message::read(text).err().is_none_or(|reason| reason.len() <= 123));
    }
}

/// What a client says it holds.
pub(crate) fn held_tags(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::IF_NONE_MATCH, value);
        }
    }
    caching::held(&headers);
}

/// What proxies say whom they speak for, one header a line.
pub(crate) fn forwarded_for(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append("x-forwarded-for", value);
        }
    }
    let peer = super::Peer(([127, 0, 0, 1], 5000).into());
    let mut extensions = http::Extensions::new();
    extensions.insert(peer);
    client::address(&extensions, &headers, &[[127, 0, 0, 1].into()].map(|ip: std::net::IpAddr| ip.into()));
}

/// The query string of the address of a file.
pub(crate) fn file_address(data: &[u8]) {
    let uri = std::str::from_utf8(data)
        .ok()
        .and_then(|text| format!("/files/uploads/7?{text}").parse::<Uri>().ok());
    if let Some(uri) = uri {
        let _ = files::token_of(&uri);
    }
}

/// The name of a file that is handed out: whatever it is, the header is one, and an attachment.
pub(crate) fn file_name(data: &[u8]) {
    let header = disposition::attachment(&String::from_utf8_lossy(data));
    let text = header.to_str().unwrap_or_default();
    assert!(text.starts_with("attachment; filename=\"") && text.matches('"').count() == 2, "{text}");
}
