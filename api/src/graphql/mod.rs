//! The GraphQL engine: plan, fetch, write.
//!
//! A document is parsed and validated by a library, once. Then a query's selection becomes a plan, the store runs one
//! statement for each relation of it, and the answer is written from the rows (`docs/adr/0002-read-path.md`).

mod argument;
mod computed;
mod connection;
mod cursor;
mod document;
pub mod error;
mod filter;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod mutation;
mod output;
mod plan;
mod present;
pub mod schema;
mod shape;

use apollo_compiler::executable::Operation;
use apollo_compiler::introspection;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use sea_orm::DbErr;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use self::document::{Document, Documents, from_library};
use self::error::{Code, Error};
use self::output::Writer;
use self::plan::Planner;
use crate::auth::Principal;
use crate::authz::viewer::Viewer;
use crate::command;
use crate::config::Clock;
use crate::store::db::{Db, Trouble};
use crate::store::fetch::{Fetched, fetch};
use crate::store::plan::{Cell, Rows};
use crate::store::read::ReadCx;

/// One request, as the transport has read it.
#[derive(Debug, Default)]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Map<String, Value>,
    /// Whether to say in `extensions` what it cost.
    pub show_cost: bool,
    /// Whether only queries may run, as with GET.
    pub read_only: bool,
}

/// How a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was run; there may be errors in the answer.
    Executed,
    /// It could not be run.
    RequestError,
    /// A change was asked for where only queries may run.
    MutationOverGet,
    /// Something that is needed does not answer: the same request may go through later.
    Unavailable,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    /// The JSON.
    pub body: Vec<u8>,
    /// How it went.
    pub outcome: Outcome,
    /// The operation's name, for the log.
    pub operation: Option<String>,
    /// How many statements ran.
    pub statements: u32,
}

/// The schema as text.
pub fn sdl() -> &'static str {
    &schema::loaded().sdl
}

/// Answers requests.
pub struct Engine {
    db: Db,
    clock: Clock,
    documents: Documents,
}

impl Engine {
    /// An engine over a database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, documents: Documents::new() }
    }

    /// Answers one request. Never fails: what goes wrong stands in the answer.
    pub async fn execute(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Answer {
        let document = match self.documents.get(&request.query) {
            Ok(document) => document,
            Err(errors) => return refused(&errors, None, request_id),
        };
        let operation = match document.operations.get(request.operation_name.as_deref()) {
            Ok(operation) => operation,
            Err(_) => {
                let message = match &request.operation_name {
                    Some(name) => format!("The document has no operation with the name {}.", json!(name)),
                    None => "The document has several operations: say by operationName which one to run."
                        .to_owned(),
                };
                return refused(&[Error::input(message)], None, request_id);
            }
        };
        let name = operation.name.as_ref().map(ToString::to_string);
        if request.read_only && !operation.is_query() {
            let error = Error::input("Only queries can be sent with GET: send this with POST.");
            return Answer { outcome: Outcome::MutationOverGet, ..refused(&[error], name, request_id) };
        }
        match self.run(&document, operation, &request, principal, request_id).await {
            Ok((body, statements)) => {
                Answer { body: body.into_bytes(), outcome: Outcome::Executed, operation: name, statements }
            }
            Err(Failure::Request(error)) => refused(&[error], name, request_id),
            Err(Failure::Execution(error)) => {
                let body = json!({ "data": null, "errors": [error.to_json(request_id)] });
                let body = body.to_string().into_bytes();
                let is_down = error.code == Code::Unavailable;
                let outcome = if is_down { Outcome::Unavailable } else { Outcome::Executed };
                Answer { body, outcome, operation: name, statements: 0 }
            }
        }
    }

    async fn run(
        &self,
        document: &Document,
        operation: &Operation,
        request: &Request,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> Result<(String, u32), Failure> {
        let schema = &schema::loaded().schema;
        let given: JsonMap = request
            .variables
            .iter()
            .map(|(name, value)| (name.as_str().into(), value.clone().into()))
            .collect();
        let coerced = coerce_variable_values(schema, operation, &given).map_err(|fault| {
            Failure::Request(from_library(Code::BadUserInput, &fault.to_graphql_error(&document.sources)))
        })?;
        let variables = match serde_json::to_value(&*coerced) {
            Ok(Value::Object(variables)) => variables,
            _ => Map::new(),
        };
        let read = self.read(principal).await.map_err(|fault| database(&fault, request_id))?;
        if operation.is_mutation() {
            let planner = Planner::new(schema, document, &variables, &read.cx.viewer);
            let viewer = read.cx.viewer.clone();
            return self.change(planner, operation, request, viewer, (principal, request_id)).await;
        }
        let plan = plan::plan(schema, document, &variables, &operation.selection_set, &read.cx.viewer)
            .map_err(Failure::Request)?;
        let fetched = fetch_root(&read, &plan.root).await.map_err(|fault| database(&fault, request_id))?;
        let mut writer = Writer::default();
        writer.json.push_str("{\"data\":");
        let root = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
        if let Err(missing) = writer.object(&plan.fields, root, &fetched) {
            return Err(Failure::Execution(lost(missing.path, request_id)));
        }
        if !writer.introspection.is_empty() {
            introspect(&mut writer, document, operation, &coerced).map_err(Failure::Request)?;
        }
        let statements = read.statements();
        Ok((finished(writer, request, request_id, plan.cost, statements), statements))
    }

    /// Runs the fields of a mutation one after the other. What goes wrong with one leaves the others as they are.
    async fn change(
        &self,
        mut planner: Planner<'_>,
        operation: &Operation,
        request: &Request,
        mut viewer: Viewer,
        (principal, request_id): (Option<&Principal>, &str),
    ) -> Result<(String, u32), Failure> {
        let steps = mutation::plan(&mut planner, &operation.selection_set).map_err(Failure::Request)?;
        let (mut answers, mut statements) = (Vec::new(), 0);
        for mut step in steps {
            let Some((command, input)) = step.command.take() else {
                answers.push((step.key, None, Ok(Fetched::default())));
                continue;
            };
            let asked = command::Request { command, input, principal, viewer: &viewer, request_id };
            let outcome = command::execute(&self.db, &self.clock, asked).await;
            let (field, fetched) = match outcome {
                Ok(outcome) => {
                    let field = step.answer(&outcome);
                    // Who may see what may just have changed: the viewer is looked up anew.
                    let fetched = match self.read(principal).await {
                        Ok(read) => {
                            let fetched = fetch_root(&read, &step.root).await;
                            statements += read.statements();
                            viewer = read.cx.viewer;
                            fetched
                        }
                        Err(fault) => Err(fault),
                    };
                    (Some(field), fetched.map_err(|fault| database_error(&fault, request_id)))
                }
                Err(fault) => (None, Err(not_done(&fault, request_id))),
            };
            answers.push((step.key, field, fetched));
        }
        let mut writer = Writer::default();
        writer.json.push_str("{\"data\":{");
        for (index, (key, field, fetched)) in answers.iter().enumerate() {
            if index > 0 {
                writer.json.push(',');
            }
            match (field, fetched) {
                (_, Err(error)) => writer.failed(key, error.clone()),
                (Some(field), Ok(fetched)) => {
                    let row = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
                    if let Err(missing) = writer.root(field, row, fetched) {
                        return Err(Failure::Execution(lost(missing.path, request_id)));
                    }
                }
                (None, Ok(_)) => writer.typename(key, "Mutation"),
            }
        }
        writer.json.push('}');
        Ok((finished(writer, request, request_id, planner.cost(), statements), statements))
    }

    async fn read(&self, principal: Option<&Principal>) -> Result<ReadCx, DbErr> {
        ReadCx::open(self.db.clone(), principal.map(|of| of.subject.as_str()), self.clock).await
    }
}

/// The answer with its errors and, where it was asked for, its cost.
fn finished(writer: Writer<'_>, request: &Request, request_id: &str, cost: u64, statements: u32) -> String {
    let Writer { mut json, errors, .. } = writer;
    if !errors.is_empty() {
        let errors: Vec<Value> =
            errors.iter().take(MAX_ERRORS).map(|error| error.to_json(request_id)).collect();
        json.push_str(",\"errors\":");
        json.push_str(&Value::from(errors).to_string());
    }
    if request.show_cost {
        let cost = json!({ "requested": cost, "limit": plan::MAX_COST, "statements": statements });
        json.push_str(",\"extensions\":");
        json.push_str(&json!({ "cost": cost }).to_string());
    }
    json.push('}');
    json
}

/// A row that the rules promise is not there.
fn lost(path: Vec<Value>, request_id: &str) -> Error {
    let place = Value::from(path.clone());
    tracing::error!(request_id, path = %place, "a row that the rules promise is not there");
    Error { path, ..Error::new(Code::Internal, INTERNAL) }
}

/// A change that could be neither made nor refused.
fn not_done(fault: &command::Fault, request_id: &str) -> Error {
    tracing::error!(request_id, %fault, "a change could not be made");
    match fault {
        command::Fault::Away(_) => Error::new(
            Code::Unavailable,
            "The database does not answer, or is too busy. Send the same request again, with the same idempotencyKey.",
        ),
        command::Fault::TooLong(_) => Error::new(
            Code::Unavailable,
            "The change took too long and was stopped. Send the same request again, with the same idempotencyKey.",
        ),
        command::Fault::Internal(_) => Error::new(Code::Internal, INTERNAL),
    }
}

/// At most so many errors stand in an answer: as many as ids can be asked for.
const MAX_ERRORS: usize = 100;
/// All that a client is told about a fault of ours.
const INTERNAL: &str = "Something went wrong on our side. It is in our log under this request's id.";

/// Why a request has no data.
enum Failure {
    /// It could not be run.
    Request(Error),
    /// It was run, and failed.
    Execution(Error),
}

/// The root is one row: its key, and who asks.
async fn fetch_root(read: &ReadCx, plan: &Rows) -> Result<Fetched, DbErr> {
    let subject = read.cx.viewer.subject.clone().map_or(Cell::Null, Cell::Text);
    let mut root = Fetched { rows: vec![vec![Cell::Uuid(Uuid::nil()), subject]], ..Fetched::default() };
    let children = plan.children.iter().map(|(_, child)| fetch(read, child, vec![Uuid::nil()]));
    root.children = futures_util::future::try_join_all(children).await?;
    Ok(root)
}

fn database(fault: &DbErr, request_id: &str) -> Failure {
    Failure::Execution(database_error(fault, request_id))
}

fn database_error(fault: &DbErr, request_id: &str) -> Error {
    tracing::error!(request_id, %fault, "the database refused a statement");
    match Trouble::of(fault) {
        Trouble::Fault => Error::new(Code::Internal, INTERNAL),
        Trouble::TooLong => Error::new(
            Code::Unavailable,
            "The request took too long. Ask for less at once, or try again later.",
        ),
        Trouble::Away | Trouble::Lost | Trouble::Contended => {
            Error::new(Code::Unavailable, "The database does not answer. Try again in a moment.")
        }
    }
}

/// Puts what the library says about the schema into its places.
fn introspect(
    writer: &mut Writer,
    document: &Document,
    operation: &Operation,
    variables: &apollo_compiler::validation::Valid<JsonMap>,
) -> Result<(), Error> {
    let refuse = |fault: apollo_compiler::request::RequestError| {
        from_library(Code::QueryTooComplex, &fault.to_graphql_error(&document.sources))
    };
    introspection::check_max_depth(document, operation).map_err(refuse)?;
    let loaded = schema::loaded();
    let response =
        introspection::partial_execute(&loaded.schema, &loaded.implementers, document, operation, variables)
            .map_err(refuse)?;
    let data = response.data.unwrap_or_default();
    // From the back, so that the places before stay where they are.
    for (key, place) in std::mem::take(&mut writer.introspection).iter().rev() {
        if let Some(value) = data.get(key.as_str()) {
            writer.json.replace_range(*place..place + "null".len(), &value.to_string());
        }
    }
    Ok(())
}

fn refused(errors: &[Error], operation: Option<String>, request_id: &str) -> Answer {
    let errors: Vec<Value> = errors.iter().map(|error| error.to_json(request_id)).collect();
    let body = json!({ "errors": errors }).to_string().into_bytes();
    Answer { body, outcome: Outcome::RequestError, operation, statements: 0 }
}
