//! Errors of requests, as they go to the client. Nothing internal can be put into one: there is no way from a database
//! error to here but [`Code::Internal`], which carries the request's id only.

use serde_json::{Map, Value, json};

domain::vocabulary! {
    /// What went wrong with a request: the closed set of `extensions.code`. `docs/api.md` lists them.
    Code {
        /// The document is not GraphQL.
        GraphqlParseFailed = "GRAPHQL_PARSE_FAILED",
        /// The document does not fit the schema.
        GraphqlValidationFailed = "GRAPHQL_VALIDATION_FAILED",
        /// A variable or an argument has a value that cannot be taken.
        BadUserInput = "BAD_USER_INPUT",
        /// There is a token, and it is not accepted.
        Unauthenticated = "UNAUTHENTICATED",
        /// The viewer may see it but not do it.
        Forbidden = "FORBIDDEN",
        /// There is no such thing for the viewer.
        NotFound = "NOT_FOUND",
        /// The query asks for more than one request may.
        QueryTooComplex = "QUERY_TOO_COMPLEX",
        /// The client has asked for too much of late; later it may again.
        RateLimited = "RATE_LIMITED",
        /// No document is known by the id that the request gives: send its text.
        PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND",
        /// Something that the service needs does not answer; try again.
        Unavailable = "UNAVAILABLE",
        /// A fault of the service. The request's id is in its log.
        Internal = "INTERNAL",
    }
}

/// One error of a request.
#[derive(Debug, Clone)]
pub struct Error {
    /// What went wrong.
    pub code: Code,
    /// For people: what was wrong, and what would be right.
    pub message: String,
    /// Where in the answer, as keys and places in lists.
    pub path: Vec<Value>,
    /// Where in the document, as line and column from 1.
    pub location: Option<(usize, usize)>,
}

impl Error {
    /// An error without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: Vec::new(), location: None }
    }

    /// A value that cannot be taken.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// Too much was asked for of late.
    pub fn rate_limited(seconds: u64) -> Self {
        Self::new(
            Code::RateLimited,
            format!("You have asked for too much of late. Try again in {seconds} seconds."),
        )
    }

    /// As the client gets it.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), self.message.clone().into());
        if let Some((line, column)) = self.location {
            error.insert("locations".into(), json!([{ "line": line, "column": column }]));
        }
        if !self.path.is_empty() {
            error.insert("path".into(), self.path.clone().into());
        }
        error.insert("extensions".into(), json!({ "code": self.code, "requestId": request_id }));
        error.into()
    }
}
