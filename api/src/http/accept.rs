//! Which media type a client wants: one of the two of GraphQL over HTTP, a stream of events, or an export; and whether it sent JSON.

use http::{HeaderMap, header};

use crate::graphql::Format;

/// A media type that answers are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status code tells whether the request was executed.
    GraphqlResponse,
    /// `application/json`: 200 for every well-formed request, for older clients and those who state nothing.
    Json,
}

impl MediaType {
    /// The value of `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            MediaType::Json => "application/json; charset=utf-8",
        }
    }
}

/// How a client wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Once, in this type.
    One(MediaType),
    /// As a stream of server-sent events.
    Events,
    /// As a list without pages.
    Export(Format),
}

/// How well a range fits one of our types; the most specific decides (RFC 9110, section 12.5.1).
#[derive(Clone, Copy, Default)]
struct Fit {
    specificity: u8,
    quality: u16,
}

impl Fit {
    fn take(&mut self, specificity: u8, quality: u16) {
        if specificity > self.specificity || specificity == self.specificity && quality > self.quality {
            *self = Fit { specificity, quality };
        }
    }
}

/// How to answer, or `None` when the client accepts nothing that we write. Events and exports only where they are named and wanted
/// more than an answer: clients that know both name both.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Wanted> {
    let mut ranges = headers.get_all(header::ACCEPT).iter().peekable();
    if ranges.peek().is_none() {
        return Some(Wanted::One(MediaType::Json));
    }
    let (mut graphql, mut json, mut events) = (Fit::default(), Fit::default(), Fit::default());
    let (mut lines, mut csv) = (Fit::default(), Fit::default());
    for range in ranges.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let Some((name, quality)) = parse_range(range) else { continue };
        match name.as_str() {
            "application/graphql-response+json" => graphql.take(3, quality),
            "application/json" => json.take(3, quality),
            "text/event-stream" => events.take(3, quality),
            "application/jsonl" => lines.take(3, quality),
            "text/csv" => csv.take(3, quality),
            "application/*" => {
                graphql.take(2, quality);
                json.take(2, quality);
            }
            "*/*" => {
                graphql.take(1, quality);
                json.take(1, quality);
            }
            _ => {}
        }
    }
    let answer = graphql.quality.max(json.quality);
    if events.quality > answer.max(lines.quality).max(csv.quality) {
        return Some(Wanted::Events);
    }
    if lines.quality.max(csv.quality) > answer {
        let format = if csv.quality > lines.quality { Format::Csv } else { Format::JsonLines };
        return Some(Wanted::Export(format));
    }
    if graphql.quality == 0 && json.quality == 0 {
        return None;
    }
    // Between equals, the newer type only for a client that names it: a wildcard says nothing about knowing it.
    let named = graphql.specificity == 3;
    let prefers_graphql = graphql.quality > json.quality || graphql.quality == json.quality && named;
    Some(Wanted::One(if prefers_graphql { MediaType::GraphqlResponse } else { MediaType::Json }))
}

/// The name of a media range in lower case and its quality in thousandths; `None` where it asks for another charset.
fn parse_range(range: &str) -> Option<(String, u16)> {
    let mut parts = range.split(';');
    let name = parts.next()?.trim().to_ascii_lowercase();
    let mut quality = 1000;
    for parameter in parts {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        match key.trim().to_ascii_lowercase().as_str() {
            "q" => {
                let stated: f32 = value.parse().ok()?;
                quality = (stated.clamp(0.0, 1.0) * 1000.0) as u16;
            }
            "charset" if !is_utf8(value) => return None,
            _ => {}
        }
    }
    Some((name, quality))
}

/// Whether the body is declared as JSON in UTF-8 and not compressed. Anything a form can send (text/plain, or no
/// type) is refused: it could come from another site.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(stated), None) = (types.next(), types.next()) else { return false };
    let Ok(stated) = stated.to_str() else { return false };
    let mut parts = stated.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let charset_fits = parts.all(|parameter| match parameter.split_once('=') {
        Some((key, value)) if key.trim().eq_ignore_ascii_case("charset") => {
            is_utf8(value.trim().trim_matches('"'))
        }
        _ => true,
    });
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    name.eq_ignore_ascii_case("application/json") && charset_fits && plain
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::Wanted::{Events, One};
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    fn headers(name: &header::HeaderName, values: &[&str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for value in values {
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[rstest]
    #[case(&[], Some(One(MediaType::Json)))]
    #[case(&["*/*"], Some(One(MediaType::Json)))]
    #[case(&["application/*"], Some(One(MediaType::Json)))]
    #[case(&["application/json"], Some(One(MediaType::Json)))]
    #[case(&["application/graphql-response+json"], Some(One(MediaType::GraphqlResponse)))]
    #[case(&["Application/GraphQL-Response+JSON; charset=UTF-8"], Some(One(MediaType::GraphqlResponse)))]
    #[case(&["application/graphql-response+json, application/json;q=0.9"], Some(One(MediaType::GraphqlResponse)))]
    #[case(&["application/json, application/graphql-response+json"], Some(One(MediaType::GraphqlResponse)))]
    #[case(&["application/graphql-response+json;q=0.5", "application/json"], Some(One(MediaType::Json)))]
    #[case(&["application/json;q=0, */*;q=0.1"], Some(One(MediaType::GraphqlResponse)))]
    #[case(&["text/html,application/xhtml+xml,*/*;q=0.8"], Some(One(MediaType::Json)))]
    #[case(&["application/json, multipart/mixed"], Some(One(MediaType::Json)))]
    #[case(&["text/event-stream"], Some(Events))]
    #[case(&["text/event-stream, application/json;q=0.5"], Some(Events))]
    #[case(&["application/json, text/event-stream"], Some(One(MediaType::Json)))]
    #[case(&["application/graphql-response+json, application/json, text/event-stream"], Some(One(MediaType::GraphqlResponse)))]
    #[case(&["text/event-stream, multipart/mixed"], Some(Events))]
    #[case(&["text/event-stream;q=0"], None)]
    #[case(&["application/jsonl"], Some(Wanted::Export(Format::JsonLines)))]
    #[case(&["text/csv; charset=utf-8; header=present"], Some(Wanted::Export(Format::Csv)))]
    #[case(&["text/csv, application/json;q=0.5"], Some(Wanted::Export(Format::Csv)))]
    #[case(&["text/csv;q=0.8, application/jsonl"], Some(Wanted::Export(Format::JsonLines)))]
    #[case(&["text/csv, */*"], Some(One(MediaType::Json)))]
    #[case(&["text/*"], None)]
    #[case(&["text/csv;q=0"], None)]
    #[case(&["text/html"], None)]
    #[case(&["application/json;q=0"], None)]
    #[case(&["application/json;charset=iso-8859-1"], None)]
    #[case(&["application/json;q=much"], None)]
    #[case(&[""], None)]
    fn accept(#[case] values: &[&str], #[case] wanted: Option<Wanted>) {
        assert_eq!(negotiate(&headers(&header::ACCEPT, values)), wanted);
    }

    #[rstest]
    #[case(&["application/json"], true)]
    #[case(&["Application/JSON; Charset=\"utf-8\""], true)]
    #[case(&["application/json; charset=utf-16"], false)]
    #[case(&["application/jsonp"], false)]
    #[case(&["text/plain"], false)]
    #[case(&["application/x-www-form-urlencoded"], false)]
    #[case(&["application/json", "text/plain"], false)]
    #[case(&[], false)]
    fn content_type(#[case] values: &[&str], #[case] fits: bool) {
        assert_eq!(is_json(&headers(&header::CONTENT_TYPE, values)), fits);
    }

    #[test]
    fn a_compressed_body_is_not_read() {
        let mut map = headers(&header::CONTENT_TYPE, &["application/json"]);
        map.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(!is_json(&map));
    }
}
