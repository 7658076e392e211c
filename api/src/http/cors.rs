//! Pages of other origins that may use the service from a browser: those that the configuration names, and no others.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember what it was allowed.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Lets pages of these origins use the service. Tokens travel in a header that the page sets, never in a cookie, so that
/// credentials in the sense of CORS are not allowed.
pub(super) fn layer(origins: &[HeaderValue]) -> CorsLayer {
    let named =
        |names: &[&'static str]| names.iter().map(|name| HeaderName::from_static(name)).collect::<Vec<_>>();
    let sent = named(&["graphql-cost", "x-request-id", "x-graphql-event-stream-token", "traceparent"]);
    let sent = [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, header::IF_NONE_MATCH]
        .into_iter()
        .chain(sent);
    let read = named(&["x-request-id", "ratelimit", "ratelimit-policy", "golden-thread-marking"]);
    let read = [header::ETAG, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::CONTENT_DISPOSITION]
        .into_iter()
        .chain(read);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(sent.collect::<Vec<_>>())
        .expose_headers(read.collect::<Vec<_>>())
        .max_age(REMEMBERED)
}

/// Whether a WebSocket may be opened from a page of this origin: the service's own, or one that the configuration names.
/// Browsers do not ask beforehand for sockets as they do for requests. Programs that are no browser state no origin.
pub(super) fn may_open(
    origin: Option<&HeaderValue>,
    host: Option<&HeaderValue>,
    origins: &[HeaderValue],
) -> bool {
    let Some(origin) = origin else { return true };
    if origins.contains(origin) {
        return true;
    }
    let own = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    own.is_some() && own == host.and_then(|host| host.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_pages_open_sockets() {
        let value = |text: &'static str| HeaderValue::from_static(text);
        let listed = [value("https://app.example")];
        let may = |origin| may_open(Some(&value(origin)), Some(&value("api.example:8080")), &listed);
        assert!(may("https://app.example") && may("http://api.example:8080"));
        assert!(!may("https://app.example.evil.example") && !may("null") && !may("https://api.example"));
        assert!(may_open(None, None, &[]));
    }
}
