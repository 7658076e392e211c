//! Documents: parsed and validated once, kept by their text in a bounded cache.

use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::parser::Parser;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::{DiagnosticList, Valid};
use moka::sync::Cache;

use super::error::{Code, Error};
use super::schema::loaded;

/// A document that fits the schema.
pub type Document = Valid<ExecutableDocument>;

/// At most so many bytes of text in a document.
const MAX_BYTES: usize = 20_000;
/// At most so many tokens.
const MAX_TOKENS: usize = 2_000;
/// The nesting at which the parser gives up; the limit on depth proper is the planner's.
const MAX_NESTING: usize = 64;
/// At most so many errors about one document.
const MAX_ERRORS: usize = 20;
/// At most so many bytes of documents are kept.
const CACHE_BYTES: u64 = 4_000_000;

/// The documents seen before.
pub struct Documents(Cache<String, Arc<Document>>);

impl Documents {
    /// An empty cache.
    pub fn new() -> Self {
        // Typed documents take some 30 times the room of their text; the text is the measure.
        let weigh = |text: &String, _: &Arc<Document>| u32::try_from(text.len()).unwrap_or(u32::MAX).max(200);
        Self(Cache::builder().max_capacity(CACHE_BYTES).weigher(weigh).build())
    }

    /// The document with this text.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, Vec<Error>> {
        if let Some(document) = self.0.get(text) {
            return Ok(document);
        }
        let document = Arc::new(parse(text)?);
        self.0.insert(text.to_owned(), Arc::clone(&document));
        Ok(document)
    }
}

/// Parses and validates a document, within the limits.
pub(super) fn parse(text: &str) -> Result<Document, Vec<Error>> {
    if text.len() > MAX_BYTES {
        let message = format!("The document has {} bytes; {MAX_BYTES} is the limit.", text.len());
        return Err(vec![Error::new(Code::QueryTooComplex, message)]);
    }
    let mut parser = Parser::new().token_limit(MAX_TOKENS).recursion_limit(MAX_NESTING);
    let ast = parser.parse_ast(text, "").map_err(|faults| {
        let (code, limit) = if parser.tokens_reached() >= MAX_TOKENS {
            (
                Code::QueryTooComplex,
                Some(format!("The document has over {MAX_TOKENS} tokens, which is the limit.")),
            )
        } else if parser.recursion_reached() >= MAX_NESTING {
            (
                Code::QueryTooComplex,
                Some(format!("The document is nested over {MAX_NESTING} deep, which is the limit.")),
            )
        } else {
            (Code::GraphqlParseFailed, None)
        };
        match limit {
            Some(message) => vec![Error::new(code, message)],
            None => errors(code, &faults.errors),
        }
    })?;
    ast.to_executable_validate(&loaded().schema)
        .map_err(|faults| errors(Code::GraphqlValidationFailed, &faults.errors))
}

fn errors(code: Code, faults: &DiagnosticList) -> Vec<Error> {
    faults.iter().take(MAX_ERRORS).map(|fault| from_library(code, &fault.to_json())).collect()
}

/// An error of the library, in our form.
pub fn from_library(code: Code, error: &GraphQLError) -> Error {
    let location = error.locations.first().map(|at| (at.line, at.column));
    Error { location, ..Error::new(code, error.message.clone()) }
}
