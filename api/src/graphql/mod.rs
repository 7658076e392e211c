//! The GraphQL engine: plan, fetch, write.
//!
//! A document is parsed and validated by a library, once. Then a query's selection becomes a plan, the store runs one
//! statement for each relation of it, and the answer is written from the rows (`docs/adr/0002-read-path.md`).

mod argument;
mod computed;
mod conditional;
mod connection;
mod cursor;
mod document;
pub mod error;
mod filter;
mod limits;
mod live;
mod manifest;
mod mutation;
mod output;
mod plan;
mod present;
mod rules;
pub mod schema;
mod shape;
mod trusted;

use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::executable::Operation;
use apollo_compiler::introspection;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use futures_util::stream::BoxStream;
use sea_orm::DbErr;
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub use self::conditional::{Conditional, Held};
use self::conditional::{Question, tag};
use self::document::{Document, Documents, from_library};
use self::error::{Code, Error};
pub use self::manifest::{LARGEST_MANIFEST, Manifest, ManifestError};
use self::output::{Unwritten, Writer};
use self::plan::Planner;
pub use self::trusted::{Allowed, DocumentId, LONGEST_ID, Policy, PolicyError};
use self::trusted::{Found, Hash};
use crate::auth::Principal;
use crate::authz::viewer::Viewer;
use crate::command;
use crate::config::Clock;
use crate::store::db::{Db, is_away};
use crate::store::fetch::{Fetched, fetch};
use crate::store::heads;
use crate::store::plan::{Cell, Rows};
use crate::store::read::ReadCx;

pub use self::limits::Limits;
pub use self::rules::{Introspection, Rules};

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
    fn spend(&self, changes: usize, cost: u64) -> Result<(), Failure> {
        let Some(allowance) = &self.allowance else { return Ok(()) };
        allowance.spend(changes.try_into().unwrap_or(u32::MAX), cost).map_err(Failure::RateLimited)
    }
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
    /// A subscription was asked for where one answer is given.
    NeedsStream,
    /// The client has asked for too much of late.
    RateLimited {
        /// When it may ask again.
        seconds: u64,
    },
    /// Something that is needed does not answer: the same request may go through later.
    Unavailable,
    /// The client holds the answer already: there is no body.
    NotModified,
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
    /// What tells this answer from every other, where that was asked for and can be told.
    pub tag: Option<String>,
}

/// The schema as text.
pub fn sdl() -> &'static str {
    &schema::loaded().sdl
}

/// What comes of a request over a transport that can tell more than once.
pub enum Opened {
    /// One answer.
    Answer(Answer),
    /// The answers of a subscription, one after the other, each as JSON.
    Events {
        /// The operation's name, for the log.
        operation: Option<String>,
        /// The answers.
        events: BoxStream<'static, String>,
    },
}

/// Answers requests. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    db: Db,
    clock: Clock,
    documents: Arc<Documents>,
    policy: Arc<Policy>,
    rules: Arc<Rules>,
    heads: heads::Watch,
}

impl Engine {
    /// An engine over a database, with the rules that hold unless told otherwise.
    pub fn new(db: Db, clock: Clock) -> Self {
        let heads = heads::Watch::new(db.clone());
        let rules = Rules::default();
        Self {
            db,
            clock,
            documents: Arc::new(Documents::new(rules.limits.clone())),
            policy: Arc::default(),
            rules: Arc::new(rules),
            heads,
        }
    }

    /// The same with other rules.
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { documents: Arc::new(Documents::new(rules.limits.clone())), rules: Arc::new(rules), ..self }
    }

    /// The same with what the operator says about documents.
    pub fn with_documents(self, policy: Policy) -> Self {
        conditional::prepare();
        Self { policy: Arc::new(policy), ..self }
    }

    /// Begins a request over a transport that can tell more than once.
    pub async fn open(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Opened {
        let document = match self.find(&request) {
            Ok(found) => found.document,
            Err(errors) => return Opened::Answer(refused(&errors, None, request_id)),
        };
        let name = match chosen(&document, &request) {
            Ok(operation) if operation.is_subscription() => operation.name.as_ref().map(ToString::to_string),
            _ => return Opened::Answer(self.execute(request, principal, request_id).await),
        };
        let begun = match coerced(&document, &request) {
            Ok((_, variables)) => {
                let who = (principal.map(|of| of.subject.as_str()), request_id);
                live::listen(self, document, request, variables, who).await
            }
            Err(failure) => Err(failure),
        };
        match begun {
            Ok(events) => Opened::Events { operation: name, events },
            Err(failure) => Opened::Answer(failure.into_answer(name, request_id)),
        }
    }

    /// The document that a request gives, or names by its id.
    fn find(&self, request: &Request) -> Result<Found, Vec<Error>> {
        self.policy.find(&self.documents, &request.query, request.document.as_ref())
    }

    /// Answers one request. Never fails: what goes wrong stands in the answer.
    pub async fn execute(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Answer {
        let Found { document, hash } = match self.find(&request) {
            Ok(found) => found,
            Err(errors) => return refused(&errors, None, request_id),
        };
        let operation = match chosen(&document, &request) {
            Ok(operation) => operation,
            Err(error) => return refused(&[error], None, request_id),
        };
        let name = operation.name.as_ref().map(ToString::to_string);
        if request.read_only && !operation.is_query() {
            let error = Error::input("Only queries can be sent with GET: send this with POST.");
            return Answer { outcome: Outcome::MutationOverGet, ..refused(&[error], name, request_id) };
        }
        if operation.is_subscription() {
            let message = "A subscription is told over a WebSocket at /graphql/ws, or here with Accept: text/event-stream.";
            return Answer {
                outcome: Outcome::NeedsStream,
                ..refused(&[Error::input(message)], name, request_id)
            };
        }
        match self.run((&document, hash), operation, &request, principal, request_id).await {
            Ok(Ran { body: Some(body), statements, tag }) => Answer {
                body: body.into_bytes(),
                outcome: Outcome::Executed,
                operation: name,
                statements,
                tag,
            },
            Ok(Ran { body: None, statements, tag }) => {
                Answer { body: Vec::new(), outcome: Outcome::NotModified, operation: name, statements, tag }
            }
            Err(failure) => failure.into_answer(name, request_id),
        }
    }

    async fn run(
        &self,
        (document, hash): (&Document, Option<Hash>),
        operation: &Operation,
        request: &Request,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> Result<Ran, Failure> {
        let (coerced, variables) = coerced(document, request)?;
        let subject = principal.map(|of| of.subject.as_str());
        let conditional = request.conditional.as_ref().zip(hash).filter(|_| operation.is_query());
        let (read, tag) = match conditional {
            Some((conditional, hash)) => {
                let question = question(request, conditional, hash, &variables);
                let read = self.read_marked(principal, &question).await;
                let (read, tag) = read.map_err(|fault| database(&fault, request_id))?;
                if conditional.held.has(&tag) {
                    return Ok(Ran { body: None, statements: read.statements(), tag: Some(tag) });
                }
                (read, Some(tag))
            }
            None => (self.read(subject).await.map_err(|fault| database(&fault, request_id))?, None),
        };
        if operation.is_mutation() {
            let planner = self.planner(document, &variables, &read.cx.viewer);
            let viewer = read.cx.viewer.clone();
            return self.change(planner, operation, request, viewer, (principal, request_id)).await;
        }
        let planner = self.planner(document, &variables, &read.cx.viewer);
        let plan = plan::plan(planner, &operation.selection_set).map_err(Failure::Request)?;
        request.spend(0, plan.cost)?;
        let fetched = fetch_root(&read, &plan.root).await.map_err(|fault| database(&fault, request_id))?;
        let mut writer = Writer::new(self.rules.limits.answer_bytes);
        writer.json.push_str("{\"data\":");
        let root = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
        let written = writer.object(&plan.fields, root, &fetched);
        written.map_err(|fault| Failure::Execution(unwritten(fault, request_id)))?;
        if !writer.introspection.is_empty() {
            introspect(&mut writer, document, operation, &coerced).map_err(Failure::Request)?;
        }
        let statements = read.statements();
        // What went wrong may go well the next time, although nothing has changed.
        let tag = tag.filter(|_| writer.errors.is_empty());
        let spent = (plan.cost, self.rules.limits.cost, statements);
        let body = finished(writer, request, request_id, spent);
        Ok(Ran { body: Some(body), statements, tag })
    }

    /// Runs the fields of a mutation one after the other. What goes wrong with one leaves the others as they are.
    async fn change(
        &self,
        mut planner: Planner<'_>,
        operation: &Operation,
        request: &Request,
        mut viewer: Viewer,
        (principal, request_id): (Option<&Principal>, &str),
    ) -> Result<Ran, Failure> {
        let steps = mutation::plan(&mut planner, &operation.selection_set).map_err(Failure::Request)?;
        request.spend(steps.len(), planner.cost())?;
        let (mut answers, mut statements) = (Vec::new(), 0);
        for mut step in steps {
            let Some((command, input)) = step.command.take() else {
                answers.push((step.key, None, Ok(Fetched::default())));
                continue;
            };
            let asked = command::Request { command, input, principal, viewer: &viewer, request_id };
            let outcome = command::execute(&self.db, &self.clock, asked).await;
            self.heads.poke();
            let (field, fetched) = match outcome {
                Ok(outcome) => {
                    let field = step.answer(&outcome);
                    // Who may see what may just have changed: the viewer is looked up anew.
                    let fetched = match self.read(principal.map(|of| of.subject.as_str())).await {
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
        let mut writer = Writer::new(self.rules.limits.answer_bytes);
        writer.json.push_str("{\"data\":{");
        for (index, (key, field, fetched)) in answers.iter().enumerate() {
            if index > 0 {
                writer.json.push(',');
            }
            match (field, fetched) {
                (_, Err(error)) => writer.failed(key, error.clone()),
                (Some(field), Ok(fetched)) => {
                    let row = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
                    let written = writer.root(field, row, fetched);
                    written.map_err(|fault| Failure::Execution(unwritten(fault, request_id)))?;
                }
                (None, Ok(_)) => writer.typename(key, "Mutation"),
            }
        }
        writer.json.push('}');
        let spent = (planner.cost(), self.rules.limits.cost, statements);
        let body = finished(writer, request, request_id, spent);
        Ok(Ran { body: Some(body), statements, tag: None })
    }

    async fn read(&self, subject: Option<&str>) -> Result<ReadCx, DbErr> {
        ReadCx::open(self.db.clone(), subject, self.clock).await
    }

    fn planner<'a>(
        &'a self,
        document: &'a Document,
        variables: &'a Map<String, Value>,
        viewer: &'a Viewer,
    ) -> Planner<'a> {
        Planner::new(&schema::loaded().schema, document, variables, (viewer, &self.rules))
    }

    /// As [`Engine::read`], with the tag that the answer to the question has if nothing goes wrong.
    async fn read_marked(
        &self,
        principal: Option<&Principal>,
        question: &Question<'_>,
    ) -> Result<(ReadCx, String), DbErr> {
        let subject = principal.map(|of| of.subject.as_str());
        let (read, mark) = ReadCx::open_marked(self.db.clone(), subject, self.clock).await?;
        Ok((read, tag(question, principal, &mark)))
    }
}

/// What came of running an operation.
struct Ran {
    /// The answer; none where the client holds it.
    body: Option<String>,
    statements: u32,
    tag: Option<String>,
}

fn question<'a>(
    request: &'a Request,
    conditional: &Conditional,
    document: Hash,
    variables: &'a Map<String, Value>,
) -> Question<'a> {
    Question {
        document,
        operation_name: request.operation_name.as_deref(),
        variables,
        show_cost: request.show_cost,
        media_type: conditional.media_type,
    }
}

/// The operation of a document that a request means.
fn chosen<'a>(document: &'a Document, request: &Request) -> Result<&'a Operation, Error> {
    document.operations.get(request.operation_name.as_deref()).map(AsRef::as_ref).map_err(|_| {
        Error::input(match &request.operation_name {
            Some(name) => format!("The document has no operation with the name {}.", json!(name)),
            None => "The document has several operations: say by operationName which one to run.".to_owned(),
        })
    })
}

/// The values of an operation's variables, coerced to their types: as the library has them, and as the planner does.
fn coerced(document: &Document, request: &Request) -> Result<(Valid<JsonMap>, Map<String, Value>), Failure> {
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

/// The answer with its errors and, where it was asked for, its cost.
fn finished(
    writer: Writer<'_>,
    request: &Request,
    request_id: &str,
    (cost, limit, statements): (u64, u64, u32),
) -> String {
    let Writer { mut json, errors, .. } = writer;
    if !errors.is_empty() {
        let errors: Vec<Value> =
            errors.iter().take(MAX_ERRORS).map(|error| error.to_json(request_id)).collect();
        json.push_str(",\"errors\":");
        json.push_str(&Value::from(errors).to_string());
    }
    if request.show_cost {
        let cost = json!({ "requested": cost, "limit": limit, "statements": statements });
        json.push_str(",\"extensions\":");
        json.push_str(&json!({ "cost": cost }).to_string());
    }
    json.push('}');
    json
}

/// An answer that could not be written.
fn unwritten(fault: Unwritten, request_id: &str) -> Error {
    match fault {
        Unwritten::Missing { path } => {
            let place = Value::from(path.clone());
            tracing::error!(request_id, path = %place, "a row that the rules promise is not there");
            Error { path, ..Error::new(Code::Internal, INTERNAL) }
        }
        Unwritten::TooLarge => {
            let message = "The answer is larger than one may be: ask for smaller pages, or fewer fields.";
            Error::new(Code::QueryTooComplex, message)
        }
    }
}

/// A change that could be neither made nor refused.
fn not_done(fault: &command::Fault, request_id: &str) -> Error {
    tracing::error!(request_id, %fault, "a change could not be made");
    match fault {
        command::Fault::Away(_) => Error::new(
            Code::Unavailable,
            "The database does not answer, or is too busy. Send the same request again, with the same idempotencyKey.",
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
    /// The client has asked for too much of late, and may ask again after this time.
    RateLimited(Duration),
}

impl Failure {
    fn into_answer(self, operation: Option<String>, request_id: &str) -> Answer {
        match self {
            Self::Request(error) => refused(&[error], operation, request_id),
            Self::Execution(error) => {
                let body = json!({ "data": null, "errors": [error.to_json(request_id)] });
                let body = body.to_string().into_bytes();
                let is_down = error.code == Code::Unavailable;
                let outcome = if is_down { Outcome::Unavailable } else { Outcome::Executed };
                Answer { body, outcome, operation, statements: 0, tag: None }
            }
            Self::RateLimited(wait) => {
                let seconds = wait.as_secs() + 1;
                let refused = refused(&[Error::rate_limited(seconds)], operation, request_id);
                Answer { outcome: Outcome::RateLimited { seconds }, ..refused }
            }
        }
    }

    /// As the last event of a subscription.
    fn into_event(self, request_id: &str) -> String {
        String::from_utf8_lossy(&self.into_answer(None, request_id).body).into_owned()
    }
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
    if is_away(fault) {
        Error::new(Code::Unavailable, "The database does not answer. Try again in a moment.")
    } else {
        Error::new(Code::Internal, INTERNAL)
    }
}

/// Puts what the library says about the schema into its places.
fn introspect(
    writer: &mut Writer,
    document: &Document,
    operation: &Operation,
    variables: &Valid<JsonMap>,
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
    Answer { body, outcome: Outcome::RequestError, operation, statements: 0, tag: None }
}
