//! Documents: parsed and validated once, kept by their text in a bounded cache.

use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::parser::Parser;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::{DiagnosticList, Valid};
use moka::sync::Cache;

use super::error::{Code, Error};
use super::limits::Limits;
use super::schema::loaded;

/// A document that fits the schema.
pub type Document = Valid<ExecutableDocument>;

/// The nesting at which the parser gives up; the limit on depth proper is the planner's.
const MAX_NESTING: usize = 64;
/// At most so many errors about one document.
const MAX_ERRORS: usize = 20;
/// At most so many bytes of documents are kept.
const CACHE_BYTES: u64 = 1_000_000;

/// The documents seen before.
pub struct Documents {
    known: Cache<String, Arc<Document>>,
    limits: Limits,
}

impl Documents {
    /// An empty cache of documents within limits.
    pub fn new(limits: Limits) -> Self {
        // Typed documents take some 30 to 50 times the room of their text; the text is the measure.
        let weigh = |text: &String, _: &Arc<Document>| u32::try_from(text.len()).unwrap_or(u32::MAX).max(200);
        Self { known: Cache::builder().max_capacity(CACHE_BYTES).weigher(weigh).build(), limits }
    }

    /// Whether the document with this text has been read.
    pub fn has(&self, text: &str) -> bool {
        self.known.contains_key(text)
    }

    /// The document with this text.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, Vec<Error>> {
        if let Some(document) = self.known.get(text) {
            return Ok(document);
        }
        let document = Arc::new(parse(text, &self.limits)?);
        self.known.insert(text.to_owned(), Arc::clone(&document));
        Ok(document)
    }
}

/// Parses and validates a document, within the limits.
pub(super) fn parse(text: &str, limits: &Limits) -> Result<Document, Vec<Error>> {
    let one = |error| vec![error];
    if text.len() > limits.document_bytes {
        let size = format_args!("The document has {} bytes", text.len());
        return Err(one(Limits::over(size, limits.document_bytes)));
    }
    let mut parser = Parser::new().token_limit(limits.tokens).recursion_limit(MAX_NESTING);
    let ast = parser.parse_ast(text, "").map_err(|faults| {
        if parser.tokens_reached() >= limits.tokens {
            let what = format_args!("The document has over {} tokens", limits.tokens);
            one(Limits::over(what, limits.tokens))
        } else if parser.recursion_reached() >= MAX_NESTING {
            one(Limits::over(format_args!("The document is nested over {MAX_NESTING} deep"), MAX_NESTING))
        } else {
            errors(Code::GraphqlParseFailed, &faults.errors)
        }
    })?;
    let document = ast
        .to_executable_validate(&loaded().schema)
        .map_err(|faults| errors(Code::GraphqlValidationFailed, &faults.errors))?;
    limits.check(&document).map_err(one)?;
    Ok(document)
}

fn errors(code: Code, faults: &DiagnosticList) -> Vec<Error> {
    faults.iter().take(MAX_ERRORS).map(|fault| from_library(code, &fault.to_json())).collect()
}

/// An error of the library, in our form.
pub fn from_library(code: Code, error: &GraphQLError) -> Error {
    let location = error.locations.first().map(|at| (at.line, at.column));
    Error { location, ..Error::new(code, error.message.clone()) }
}
