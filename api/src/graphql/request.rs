//! One request, as the transport has read it, and the operation that it means.

use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value, json};

use super::answer::Failure;
use super::conditional::Conditional;
use super::document::{Document, from_library};
use super::error::{Code, Error};
use super::schema;
use super::trusted::DocumentId;

/// What a client may still ask for; the transport keeps the account.
pub trait Allowance: std::fmt::Debug + Send + Sync {
    /// Takes an operation with so many changes, whose answer can hold so many objects.
    ///
    /// # Errors
    /// It is more than the client may have now: how long until it may.
    fn spend(&self, changes: u32, cost: u64) -> Result<(), Duration>;
}

/// One request, as the transport has read it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The document; empty where it is named by its id alone.
    pub query: String,
    /// The id by which it is known.
    pub document: Option<DocumentId>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Map<String, Value>,
    /// Whether to say in `extensions` what it cost.
    pub show_cost: bool,
    /// Whether only queries may run, as with GET.
    pub read_only: bool,
    /// What the client may still ask for; without end where there is none.
    pub allowance: Option<Arc<dyn Allowance>>,
    /// Asks for a tag with the answer, or for none where the client holds it. Queries get one whose document is known by
    /// its id.
    pub conditional: Option<Conditional>,
}

impl Request {
    /// Takes what an operation costs from the client's account.
    pub(super) fn spend(&self, changes: usize, cost: u64) -> Result<(), Failure> {
        let Some(allowance) = &self.allowance else { return Ok(()) };
        allowance.spend(changes.try_into().unwrap_or(u32::MAX), cost).map_err(Failure::RateLimited)
    }
}

/// The operation of a document that a request means.
pub(super) fn chosen<'a>(document: &'a Document, request: &Request) -> Result<&'a Operation, Error> {
    document.operations.get(request.operation_name.as_deref()).map(AsRef::as_ref).map_err(|_| {
        Error::input(match &request.operation_name {
            Some(name) => format!("The document has no operation with the name {}.", json!(name)),
            None => "The document has several operations: say by operationName which one to run.".to_owned(),
        })
    })
}

/// The values of an operation's variables, coerced to their types: as the library has them, and as the planner does.
pub(super) fn coerced(
    document: &Document,
    request: &Request,
) -> Result<(Valid<JsonMap>, Map<String, Value>), Failure> {
    let operation = chosen(document, request).map_err(Failure::Request)?;
    let given: JsonMap =
        request.variables.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect();
    let coerced = coerce_variable_values(&schema::loaded().schema, operation, &given).map_err(|fault| {
        Failure::Request(from_library(Code::BadUserInput, &fault.to_graphql_error(&document.sources)))
    })?;
    let variables = match serde_json::to_value(&*coerced) {
        Ok(Value::Object(variables)) => variables,
        _ => Map::new(),
    };
    Ok((coerced, variables))
}
