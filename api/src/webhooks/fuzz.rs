//! What comes from outside into webhooks: addresses that somebody names, and what receivers say of when to come again.

use super::address::Outside;
use super::send::wait;

/// An address to send to.
pub(crate) fn address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let outside = Outside::default();
    let Ok(url) = outside.read(text) else { return };
    assert!(url.scheme() == "https" && url.username().is_empty() && url.port().is_none());
    assert!(outside.read(url.as_str()).is_ok_and(|again| again == url));
}

/// `Retry-After`.
pub(crate) fn retry_after(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = wait(text, crate::config::now());
    }
}
