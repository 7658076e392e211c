//! The parameters of a GraphQL request, from a JSON body or from a query string, checked for shape.

use axum::extract::Query;
use http::Uri;
use serde_json::{Map, Value};

use super::answer::Failure;
use crate::graphql::{DocumentId, LONGEST_ID};

/// What a request asks for, before anybody has looked at the document.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parameters {
    /// The document; empty where it is named by its id alone.
    pub(super) query: String,
    pub(super) document: Option<DocumentId>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Map<String, Value>,
    pub(super) extensions: Map<String, Value>,
}

fn shape(what: &str) -> Failure {
    Failure::Shape(what.to_owned())
}

/// How many values a request may have. Each takes some eighty bytes once it is read, however short it is written: a body full
/// of noughts would take forty times its own room, for as long as the request runs.
const MOST_VALUES: usize = 20_000;

/// Whether a JSON text has more values than a request may: items of lists and members of objects. What is counted, commas and
/// opening brackets outside of strings, is as many as there are, and one more for each list or object that is empty.
pub(super) fn has_too_many_values(json: &[u8]) -> bool {
    let (mut count, mut is_text, mut is_escaped) = (0_usize, false, false);
    for &byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => count += 1,
            _ => {}
        }
    }
    count > MOST_VALUES
}

/// Reads a JSON body. Arrays are batches, which are refused; members that nobody knows are ignored.
pub(super) fn from_json(bytes: &[u8]) -> Result<Parameters, Failure> {
    if has_too_many_values(bytes) {
        return Err(Failure::Shape(format!("The body has over {MOST_VALUES} values, which is the limit.")));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        // Only where, never what: the parser's own text may repeat the input.
        let (line, column) = (error.line(), error.column());
        Failure::Shape(format!("The body is not JSON: line {line}, column {column}."))
    })?;
    from_value(value)
}

/// Reads a request that has come as JSON by whatever way.
pub(super) fn from_value(value: Value) -> Result<Parameters, Failure> {
    let mut members = match value {
        Value::Object(members) => members,
        Value::Array(_) => return Err(shape("One request at a time: batches are not taken.")),
        _ => return Err(shape("The body must be a JSON object with a query.")),
    };
    let extensions = object(members.shift_remove("extensions"), "extensions")?;
    let document = document(members.shift_remove("documentId"), &extensions)?;
    let query = match members.shift_remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) if document.is_some() => String::new(),
        Some(_) => return Err(shape("query must be a string.")),
        None => return Err(shape("The body has no query and no documentId.")),
    };
    let operation_name = match members.shift_remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(shape("operationName must be a string or null.")),
    };
    let variables = object(members.shift_remove("variables"), "variables")?;
    Ok(Parameters { query, document, operation_name, variables, extensions })
}

/// The id that names the document: `documentId`, or the hash in `extensions.persistedQuery` as Apollo's clients send it.
fn document(id: Option<Value>, extensions: &Map<String, Value>) -> Result<Option<DocumentId>, Failure> {
    let id = match id {
        None | Some(Value::Null) => None,
        Some(id) => Some(id.as_str().and_then(DocumentId::read).ok_or_else(|| {
            Failure::Shape(format!("documentId must be a string of 1 to {LONGEST_ID} printable characters."))
        })?),
    };
    let hash = match extensions.get("persistedQuery") {
        None | Some(Value::Null) => None,
        Some(persisted) if persisted["version"] == 1 => {
            Some(persisted["sha256Hash"].as_str().and_then(DocumentId::automatic).ok_or_else(|| {
                shape("extensions.persistedQuery.sha256Hash must be a SHA-256 in hexadecimal.")
            })?)
        }
        Some(_) => return Err(shape("extensions.persistedQuery must be an object whose version is 1.")),
    };
    match (id, hash) {
        (Some(id), Some(hash)) if !id.is_same(&hash) => {
            Err(shape("documentId and extensions.persistedQuery name two documents: send one of the two."))
        }
        (id, hash) => Ok(id.or(hash)),
    }
}

/// Reads a query string; `variables` and `extensions` are JSON in it. An empty `operationName` or `documentId` is none.
pub(super) fn from_uri(uri: &Uri) -> Result<Parameters, Failure> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| shape("The query string cannot be read."))?;
    let mut query = None;
    let mut document_id = None;
    let mut operation_name = None;
    let mut variables = None;
    let mut extensions = None;
    for (name, value) in pairs {
        let slot = match name.as_str() {
            "query" => &mut query,
            "documentId" => &mut document_id,
            "operationName" => &mut operation_name,
            "variables" => &mut variables,
            "extensions" => &mut extensions,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(Failure::Shape(format!("{name} is given twice.")));
        }
    }
    let extensions = json_object(extensions, "extensions")?;
    let document_id = document_id.filter(|id: &String| !id.is_empty());
    let document = document(document_id.map(Value::from), &extensions)?;
    let query = match query {
        None if document.is_some() => String::new(),
        query => query.ok_or_else(|| shape("The query string has no query and no documentId."))?,
    };
    let operation_name = operation_name.filter(|name: &String| !name.is_empty());
    let variables = json_object(variables, "variables")?;
    Ok(Parameters { query, document, operation_name, variables, extensions })
}

fn json_object(text: Option<String>, name: &str) -> Result<Map<String, Value>, Failure> {
    let value = match text.filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            Some(serde_json::from_str(&text).map_err(|_| Failure::Shape(format!("{name} must be JSON.")))?)
        }
    };
    object(value, name)
}

fn object(value: Option<Value>, name: &str) -> Result<Map<String, Value>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(Failure::Shape(format!("{name} must be an object or null."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    #[test]
    fn a_whole_request() {
        let body =
            json!({"query": "{a}", "operationName": "A", "variables": {"x": 1}, "extensions": {}, "more": 1});
        let read = from_json(body.to_string().as_bytes()).unwrap();
        assert_eq!((read.query.as_str(), read.operation_name.as_deref()), ("{a}", Some("A")));
        assert_eq!(Value::Object(read.variables), json!({"x": 1}));
    }

    #[rstest]
    #[case(r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#)]
    #[case(r#"{"query":"{a}"}"#)]
    fn what_may_be_null_or_missing(#[case] body: &str) {
        let read = from_json(body.as_bytes()).unwrap();
        assert_eq!(read, Parameters { query: "{a}".into(), ..Parameters::default() });
    }

    #[test]
    fn values_are_counted_and_texts_are_not() {
        let body = |numbers: usize| {
            let texts = [",[{".repeat(30_000), "\",\\".to_owned()];
            json!({"query": "{a}", "variables": {"texts": texts, "numbers": vec![0; numbers]}})
        };
        let taken = |numbers| from_json(body(numbers).to_string().as_bytes());
        // Besides the numbers there are four members and two texts.
        assert!(taken(MOST_VALUES - 6).is_ok());
        match taken(MOST_VALUES - 5) {
            Err(Failure::Shape(message)) => assert!(message.contains("over 20000 values"), "{message}"),
            other => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case("", "not JSON")]
    #[case("{", "line 1, column 1")]
    #[case("[]", "batches")]
    #[case(r#"[{"query":"{a}"}]"#, "batches")]
    #[case("1", "object")]
    #[case("{}", "no query")]
    #[case(r#"{"query":1}"#, "query must be")]
    #[case(r#"{"query":null}"#, "query must be")]
    #[case(r#"{"query":"{a}","operationName":1}"#, "operationName must be")]
    #[case(r#"{"query":"{a}","variables":[]}"#, "variables must be")]
    #[case(r#"{"query":"{a}","variables":"{}"}"#, "variables must be")]
    #[case(r#"{"query":"{a}","extensions":"x"}"#, "extensions must be")]
    fn wrong_shapes(#[case] body: &str, #[case] said: &str) {
        match from_json(body.as_bytes()) {
            Err(Failure::Shape(message)) => assert!(message.contains(said), "{message}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_query_string() {
        let uri: Uri =
            "/graphql?query=%7Ba%7D&variables=%7B%22x%22%3A1%7D&operationName=&_=9".parse().unwrap();
        let read = from_uri(&uri).unwrap();
        assert_eq!((read.query.as_str(), read.operation_name), ("{a}", None));
        assert_eq!(Value::Object(read.variables), json!({"x": 1}));
    }

    #[rstest]
    #[case("/graphql")]
    #[case("/graphql?query=a&query=b")]
    #[case("/graphql?query=a&variables=x")]
    #[case("/graphql?query=a&variables=1")]
    #[case("/graphql?query=a&extensions=%5B%5D")]
    fn wrong_query_strings(#[case] uri: &str) {
        assert!(matches!(from_uri(&uri.parse().unwrap()), Err(Failure::Shape(_))));
    }

    #[test]
    fn a_document_can_be_named_instead() {
        let hash = "ab".repeat(32);
        let automatic = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        let bodies = [
            json!({ "documentId": hash }),
            json!({ "documentId": format!("sha256:{}", hash.to_uppercase()), "query": null }),
            json!({ "extensions": automatic, "query": null }),
            json!({ "extensions": automatic, "documentId": hash }),
        ];
        let named = |read: Parameters| {
            assert_eq!(read.query, "");
            assert!(read.document.unwrap().is_same(&DocumentId::read(&hash).unwrap()));
        };
        for body in bodies {
            named(from_json(body.to_string().as_bytes()).unwrap());
        }
        let extensions = automatic.to_string().replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
        for parameters in
            [format!("documentId=sha256%3A{hash}"), format!("documentId=&extensions={extensions}")]
        {
            named(from_uri(&format!("/graphql?{parameters}").parse().unwrap()).unwrap());
        }
        let both = from_json(json!({ "documentId": "a", "query": "{a}" }).to_string().as_bytes()).unwrap();
        assert_eq!((both.query.as_str(), both.document), ("{a}", DocumentId::read("a")));
    }

    #[rstest]
    #[case(json!({ "documentId": "" }), "documentId must be")]
    #[case(json!({ "documentId": 7, "query": "{a}" }), "documentId must be")]
    #[case(json!({ "documentId": "a".repeat(129) }), "documentId must be")]
    #[case(json!({ "query": null, "documentId": null }), "query must be")]
    #[case(json!({ "query": 7, "documentId": "a" }), "query must be")]
    #[case(json!({ "extensions": { "persistedQuery": 1 } }), "version is 1")]
    #[case(json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": "ab" } } }), "version is 1")]
    #[case(json!({ "extensions": { "persistedQuery": { "version": 1 } } }), "sha256Hash must be")]
    #[case(json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "ab" } } }), "sha256Hash must be")]
    #[case(
        json!({ "documentId": "a", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "ab".repeat(32) } } }),
        "two documents"
    )]
    fn wrong_names(#[case] body: Value, #[case] said: &str) {
        match from_json(body.to_string().as_bytes()) {
            Err(Failure::Shape(message)) => assert!(message.contains(said), "{message}"),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn no_name_panics(id: String, hash: String) {
            let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
            let _ = from_json(json!({ "documentId": id, "extensions": extensions }).to_string().as_bytes());
        }

        #[test]
        fn no_body_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = from_json(&bytes);
        }

        #[test]
        fn a_message_never_repeats_the_input(secret in "[A-Z]{12}") {
            if let Err(Failure::Shape(message)) = from_json(format!("{{\"query\": {secret}}}").as_bytes()) {
                prop_assert!(!message.contains(&secret));
            }
        }
    }
}
