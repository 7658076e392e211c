//! Runs one document as a page or an example says, and looks at what comes.

use chrono::Utc;
use serde_json::{Value, json};

use super::names::{Moment, Names, has_names, resolve};
use super::page::{Run, Sent};
use crate::support::imports::read_if_document;
use crate::visibility::door::Door;

/// One page's or example's use of the service.
pub struct Reader<'a> {
    door: &'a Door,
    moment: Moment,
}

/// What was sent, and what came.
pub struct Exchange {
    /// The variables, with ids in place of names.
    pub variables: Value,
    /// The whole answer.
    pub answer: Value,
}

impl<'a> Reader<'a> {
    /// Begins now.
    pub fn new(door: &'a Door) -> Self {
        Self { door, moment: Moment { begun: Utc::now(), answer: Value::Null } }
    }

    /// Runs a document. It has to come out as said.
    pub async fn run(&mut self, place: &str, document: &str, run: &Run) -> Exchange {
        let mut variables = run.variables.clone();
        if has_names(&variables) {
            variables = resolve(&variables, &Names::of(self.door).await, &self.moment);
        }
        let token = run.subject.as_ref().map(|subject| self.door.token(subject, Utc::now()));
        let request = http::Request::post("/graphql").header("graphql-cost", "true");
        let (_, answer) = self.door.send(request, token.as_deref(), document, variables.clone()).await;
        let codes = codes(&answer);
        match &run.expects {
            None => assert!(codes.is_empty(), "{place}: {answer:#}"),
            Some(code) => assert_eq!(&codes, &[code.as_str()], "{place}: {answer:#}"),
        }
        self.moment.answer = answer["data"].clone();
        Exchange { variables, answer }
    }

    /// Bytes are sent to the address that stands there in the last answer.
    pub async fn send(&self, place: &str, Sent { pointer, bytes }: &Sent) {
        let url = self.moment.answer.pointer(pointer).and_then(Value::as_str);
        let url = url.unwrap_or_else(|| panic!("{place}: no address at {pointer}"));
        assert_eq!(self.door.put(url, bytes.clone()).await, 204, "{place}");
        // A document is read in a process of its own, which is not there: here it is at once.
        read_if_document(&self.door.own.db, bytes).await;
    }
}

/// The codes of all errors, the request's and the user's.
fn codes(answer: &Value) -> Vec<&str> {
    let of_request =
        answer["errors"].as_array().into_iter().flatten().map(|error| &error["extensions"]["code"]);
    let payloads = answer["data"].as_object().into_iter().flat_map(|data| data.values());
    let of_user = payloads.filter_map(|payload| payload["userErrors"].as_array()).flatten();
    let all = of_request.chain(of_user.map(|error| &error["code"]));
    all.map(|code| code.as_str().unwrap_or("(an error without a code)")).collect()
}

/// The part of an answer that a page means by `shown`: the data, or all of it where `errors` or `extensions` are shown.
pub fn meant<'a>(shown: &Value, answer: &'a Value) -> std::borrow::Cow<'a, Value> {
    use std::borrow::Cow;
    if shown.get("errors").is_none() && shown.get("extensions").is_none() {
        return Cow::Borrowed(&answer["data"]);
    }
    let parts = ["data", "errors", "extensions"].into_iter();
    // The cost is in every answer here, because the test asks for it.
    let parts = parts.filter(|part| *part != "extensions" || shown.get(part).is_some());
    let parts = parts.filter_map(|part| Some((part.to_owned(), answer.get(part)?.clone())));
    Cow::Owned(json!(parts.collect::<serde_json::Map<_, _>>()))
}
