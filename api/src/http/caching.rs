//! Conditional GET: the tag of an answer, and what the client says it holds (RFC 9110, sections 8.8.3 and 13.1.2).

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::graphql::Held;

/// An answer with a tag may be kept by whoever it is for, and is asked for again each time.
const KEPT_AND_ASKED: HeaderValue = HeaderValue::from_static("private, no-cache");
/// The headers of a request that change the answer to it.
const VARY: HeaderValue = HeaderValue::from_static("Accept, Authorization, GraphQL-Cost");

/// What the client says it holds. A header that cannot be read says nothing, and the whole answer is sent.
pub(super) fn held(headers: &HeaderMap) -> Held {
    let mut tags = Vec::new();
    for value in headers.get_all(header::IF_NONE_MATCH) {
        if value.as_bytes().trim_ascii() == b"*" {
            return Held::Any;
        }
        match read(value.as_bytes()) {
            Some(read) => tags.extend(read),
            None => return Held::None,
        }
    }
    if tags.is_empty() { Held::None } else { Held::Tags(tags) }
}

/// Reads a list of tags. Weak or strong makes no difference here, so a leading `W/` is left away. Empty members of the list
/// are passed over.
fn read(mut rest: &[u8]) -> Option<Vec<String>> {
    let mut tags = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if let Some(after) = rest.strip_prefix(b",") {
            rest = after;
            continue;
        }
        if rest.is_empty() {
            return Some(tags);
        }
        let quoted = rest.strip_prefix(b"W/").unwrap_or(rest).strip_prefix(b"\"")?;
        let end = quoted.iter().position(|byte| *byte == b'"')?;
        let (tag, after) = quoted.split_at_checked(end)?;
        let is_tag = |byte: &u8| *byte == 0x21 || (0x23..=0x7e).contains(byte) || *byte >= 0x80;
        if !tag.iter().all(is_tag) {
            return None;
        }
        // No tag of ours holds a byte that is not ASCII: what becomes of another does not matter.
        tags.push(String::from_utf8_lossy(tag).into_owned());
        rest = after.get(1..)?.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b",") {
            return None;
        }
    }
}

/// Puts a tag on an answer, where it has one. What is not modified is sent without a body and says nothing about one.
pub(super) fn put(response: &mut Response, tag: Option<&str>) {
    let is_not_modified = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(format!("\"{tag}\"")).ok()) {
        headers.insert(header::ETAG, tag);
        headers.insert(header::CACHE_CONTROL, KEPT_AND_ASKED);
        headers.insert(header::VARY, VARY);
    }
    if is_not_modified {
        headers.remove(header::CONTENT_TYPE);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn held_of(values: &[&[u8]]) -> Held {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_bytes(value).unwrap());
        }
        held(&headers)
    }

    fn tags(of: &[&str]) -> Held {
        Held::Tags(of.iter().map(|tag| (*tag).to_owned()).collect())
    }

    #[rstest]
    #[case(&[r#""a""#], tags(&["a"]))]
    #[case(&[r#"W/"a", "b","c""#], tags(&["a", "b", "c"]))]
    #[case(&[r#" , "a" ,, "b" , "#], tags(&["a", "b"]))]
    #[case(&[r#""a""#, r#""b""#], tags(&["a", "b"]))]
    #[case(&[r#""a,b""#], tags(&["a,b"]))]
    #[case(&[r#""""#], tags(&[""]))]
    #[case(&[" * "], Held::Any)]
    #[case(&[], Held::None)]
    #[case(&[""], Held::None)]
    #[case(&["a"], Held::None)]
    #[case(&[r#""a"#], Held::None)]
    #[case(&[r#""a" "b""#], Held::None)]
    #[case(&[r#""a b""#], Held::None)]
    #[case(&[r#"w/"a""#], Held::None)]
    #[case(&[r#""a", *"#], Held::None)]
    #[case(&[r#""a", b"#], Held::None)]
    fn what_the_client_holds(#[case] values: &[&str], #[case] wanted: Held) {
        let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        assert_eq!(held_of(&values), wanted);
    }

    proptest! {
        #[test]
        fn no_header_panics(bytes in proptest::collection::vec(prop_oneof![
            Just(b'"'), Just(b','), Just(b'W'), Just(b'/'), Just(b' '), Just(b'*'), any::<u8>()
        ], 0..40)) {
            let _ = read(&bytes);
            if HeaderValue::from_bytes(&bytes).is_ok() {
                held_of(&[&bytes]);
            }
        }

        #[test]
        fn what_is_written_is_read(
            written in proptest::collection::vec(("[!#-~]{0,20}", any::<bool>(), "[ \t]{0,2}", "[ \t]{0,2}"), 1..8)
        ) {
            let list: Vec<String> = written
                .iter()
                .map(|(tag, is_weak, before, after)| {
                    format!("{before}{}\"{tag}\"{after}", if *is_weak { "W/" } else { "" })
                })
                .collect();
            let wanted: Vec<&str> = written.iter().map(|(tag, ..)| tag.as_str()).collect();
            prop_assert_eq!(held_of(&[list.join(",").as_bytes()]), tags(&wanted));
            let each: Vec<&[u8]> = list.iter().map(String::as_bytes).collect();
            prop_assert_eq!(held_of(&each), tags(&wanted));
        }

        #[test]
        fn a_tag_that_is_broken_off_is_none(tag in "[!#-~]{1,20}", whole in "[!#-~]{0,20}") {
            let broken = format!("\"{whole}\", \"{tag}");
            prop_assert_eq!(held_of(&[broken.as_bytes()]), Held::None);
        }
    }
}
