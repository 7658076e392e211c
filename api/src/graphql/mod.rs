//! The GraphQL engine: plan, fetch, write.
//!
//! A document is parsed and validated by a library, once. Then a query's selection becomes a plan, the store runs one
//! statement for each relation of it, and the answer is written from the rows (`docs/adr/0002-read-path.md`).

mod answer;
mod argument;
mod change;
mod collect;
mod computed;
mod conditional;
mod connection;
mod cursor;
mod document;
pub mod error;
mod export;
mod filter;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod introspect;
mod kind;
mod limits;
mod live;
mod manifest;
mod mutation;
mod operation;
mod output;
mod plan;
mod present;
mod reach;
mod request;
mod rules;
pub mod schema;
mod shape;
mod stored;
mod trusted;

use std::sync::Arc;

use sea_orm::DbErr;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub(crate) use self::answer::database_error;
pub use self::answer::{Answer, Opened, Outcome};
use self::answer::{Ran, refused};
pub use self::conditional::{Conditional, Held};
use self::document::{Document, Documents};
use self::error::Error;
pub use self::export::{Export, Exported, Format, Piece};
pub use self::kind::{Kind, SEVERAL, Verdict};
pub use self::limits::Limits;
pub use self::manifest::{LARGEST_MANIFEST, Manifest, ManifestError};
use self::plan::{Plan, Planner};
pub use self::request::{Allowance, Request, Turn};
use self::request::{LONG, chosen, coerced};
pub use self::rules::{Introspection, Rules};
use self::trusted::Found;
pub use self::trusted::{Allowed, DocumentId, LONGEST_ID, Policy, PolicyError};
use crate::aside;
use crate::auth::Principal;
use crate::authz::identity::Identity;
use crate::authz::viewer::Viewer;
use crate::config::Clock;
use crate::files::{FileLimits, Links};
use crate::observe::reads::Reads;
use crate::store::db::Db;
use crate::store::fetch::{Fetched, fetch};
use crate::store::guess::Guesses;
use crate::store::heads;
use crate::store::mark::Mark;
use crate::store::plan::{Cell, Rows};
use crate::store::read::ReadCx;
use crate::store::share::Shares;
use crate::turns::Turns;
use crate::webhooks::Outside;

/// The schema as text.
pub fn sdl() -> &'static str {
    &schema::loaded().sdl
}

/// How many of those who listen read at once: about a quarter of the connections to the database, so that a change that
/// thousands wait for does not take them all.
const LISTENERS_READING: usize = 4;
/// How many of those who listen and have more to catch up with read at once, besides.
const LISTENERS_CATCHING_UP: usize = 2;

/// How many statements a query must take for a replica to be asked: the primary reads one in the time that the replica takes to
/// say how far it has come.
const WORTH_A_REPLICA: usize = 2;

/// Answers requests. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    db: Db,
    clock: Clock,
    guesses: Guesses,
    documents: Arc<Documents>,
    policy: Arc<Policy>,
    rules: Arc<Rules>,
    /// The rules as they count in the tags of answers.
    rules_in_tags: Arc<str>,
    heads: heads::Watch,
    /// What those who listen read at the same time.
    shares: Arc<Shares>,
    /// The places of those who listen and read what is new.
    listening: Arc<Semaphore>,
    /// The places of those who catch up.
    catching_up: Arc<Semaphore>,
    /// What signs the addresses of files; none where files are not served.
    links: Option<Arc<Links>>,
    file_limits: FileLimits,
    /// Where webhooks may go.
    outside: Outside,
    /// Whose turn it is among those who change one programme.
    writers: Turns<Uuid>,
}

impl Engine {
    /// An engine over a database, with the rules that hold unless told otherwise.
    pub fn new(db: Db, clock: Clock) -> Self {
        let heads = heads::Watch::new(db.clone());
        let rules = Rules::default();
        let rules_in_tags = format!("{rules:?}").into();
        Self {
            db,
            clock,
            guesses: Guesses::default(),
            documents: Arc::new(Documents::new(rules.limits.clone())),
            policy: Arc::default(),
            rules: Arc::new(rules),
            rules_in_tags,
            heads,
            shares: Arc::default(),
            listening: Arc::new(Semaphore::new(LISTENERS_READING)),
            catching_up: Arc::new(Semaphore::new(LISTENERS_CATCHING_UP)),
            links: None,
            file_limits: FileLimits::default(),
            outside: Outside::default(),
            writers: Turns::new(1),
        }
    }

    /// The same with addresses for files, and with how much of them may be kept.
    pub fn with_files(self, links: Arc<Links>, file_limits: FileLimits) -> Self {
        Self { links: Some(links), file_limits, ..self }
    }

    /// The same, where webhooks may go elsewhere.
    pub fn with_outside(self, outside: Outside) -> Self {
        Self { outside, ..self }
    }

    /// The same with other rules.
    pub fn with_rules(self, rules: Rules) -> Self {
        let documents = Arc::new(Documents::new(rules.limits.clone()));
        let rules_in_tags = format!("{rules:?}").into();
        Self { documents, rules: Arc::new(rules), rules_in_tags, ..self }
    }

    /// The same where the ledgers are looked at so often for those who listen, beside what the database tells. Of no use but to
    /// those who try that it does.
    pub fn looking_every(self, every: std::time::Duration) -> Self {
        Self { heads: heads::Watch::looking_every(self.db.clone(), every), ..self }
    }

    /// The same with what the operator says about documents.
    pub fn with_documents(self, policy: Policy) -> Self {
        conditional::prepare();
        Self { policy: Arc::new(policy), ..self }
    }

    /// Begins a request over a transport that can tell more than once.
    pub async fn open(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Opened {
        let document = match self.find(&request).await {
            Ok(found) => found.document,
            Err(errors) => return Opened::Answer(refused(&errors, (Kind::None, None), request_id)),
        };
        let name = match chosen(&document, &request) {
            Ok(operation) if operation.is_subscription() => operation.name.as_ref().map(ToString::to_string),
            _ => return Opened::Answer(self.execute(request, principal, request_id).await),
        };
        let begun = match coerced(&document, &request) {
            Ok((_, variables)) => {
                let who = (principal.map(|of| &of.identity), request_id);
                live::listen(self, document, request, variables, who).await
            }
            Err(failure) => Err(failure),
        };
        match begun {
            Ok(events) => Opened::Events { operation: name, events },
            Err(failure) => Opened::Answer(failure.into_answer((Kind::Subscription, name), request_id)),
        }
    }

    /// The document that a request gives, or names by its id. A long one that is new is read in its client's turn for what is
    /// dear, and aside.
    async fn find(&self, request: &Request) -> Result<Found, Vec<Error>> {
        if request.query.len() <= LONG || self.documents.has(&request.query) {
            return self.policy.find(&self.documents, &request.query, request.document.as_ref());
        }
        let _turn = request.turn().await;
        let (policy, documents) = (Arc::clone(&self.policy), Arc::clone(&self.documents));
        let (text, id) = (request.query.clone(), request.document.clone());
        aside::compute(move || policy.find(&documents, &text, id.as_ref())).await
    }

    /// Answers one request. Never fails: what goes wrong stands in the answer.
    pub async fn execute(&self, request: Request, principal: Option<&Principal>, request_id: &str) -> Answer {
        let Found { document, hash } = match self.find(&request).await {
            Ok(found) => found,
            Err(errors) => return refused(&errors, (Kind::None, None), request_id),
        };
        let operation = match chosen(&document, &request) {
            Ok(operation) => operation,
            Err(error) => return refused(&[error], (Kind::None, None), request_id),
        };
        let name = operation.name.as_ref().map(ToString::to_string);
        let kind = Kind::of(&document, operation);
        if request.read_only && !operation.is_query() {
            let error = Error::input("Only queries can be sent with GET: send this with POST.");
            return Answer {
                outcome: Outcome::MutationOverGet,
                ..refused(&[error], (kind, name), request_id)
            };
        }
        if operation.is_subscription() {
            let message = "A subscription is told over a WebSocket at /graphql/ws, or here with Accept: text/event-stream.";
            return Answer {
                outcome: Outcome::NeedsStream,
                ..refused(&[Error::input(message)], (kind, name), request_id)
            };
        }
        match self.run((&document, hash), operation, &request, principal, request_id).await {
            Ok(Ran { body, verdict, statements, tag }) => {
                let outcome = if body.is_some() { Outcome::Executed } else { Outcome::NotModified };
                let body = body.unwrap_or_default().into_bytes();
                Answer { body, outcome, operation: name, kind, verdict, statements, tag }
            }
            Err(failure) => failure.into_answer((kind, name), request_id),
        }
    }

    /// Opens a request of whoever asks: what they may see is looked up now.
    pub(crate) async fn read(&self, identity: Option<&Identity>) -> Result<ReadCx, DbErr> {
        let read = ReadCx::open(self.db.clone(), identity, self.clock).await?;
        Ok(read.with_links(self.links.clone()))
    }

    /// As [`Engine::read`], for whom a change has just looked up.
    fn read_as(&self, viewer: Viewer) -> ReadCx {
        ReadCx::of(self.db.clone(), viewer, self.clock).with_links(self.links.clone())
    }

    fn planner<'a>(
        &'a self,
        document: &'a Document,
        variables: &'a Map<String, Value>,
        viewer: &'a Viewer,
    ) -> Planner<'a> {
        Planner::new(&schema::loaded().schema, document, variables, (viewer, &self.rules))
    }

    /// As [`Engine::read`], with the mark of all that the viewer can be told, where that is wanted.
    async fn open_read(
        &self,
        identity: Option<&Identity>,
        is_marked: bool,
    ) -> Result<(ReadCx, Option<Mark>), DbErr> {
        if !is_marked {
            return Ok((self.read(identity).await?, None));
        }
        let (read, mark) = ReadCx::open_marked(self.db.clone(), identity, self.clock).await?;
        Ok((read.with_links(self.links.clone()), Some(mark)))
    }

    /// Has a query read from a replica, where there are any and it is worth while. What lies beside the record no mark tells of.
    async fn choose(
        &self,
        read: ReadCx,
        identity: Option<&Identity>,
        mark: Option<Mark>,
        plan: &Plan,
    ) -> Result<ReadCx, DbErr> {
        let Some(mark) = mark.filter(|_| self.db.has_replicas()) else { return Ok(read) };
        let statements: usize = plan.root.children.iter().map(|(_, child)| child.statements()).sum();
        if plan.passes || statements < WORTH_A_REPLICA {
            Reads::Primary.count();
            return Ok(read);
        }
        read.on_replica(identity, mark).await
    }
}

/// The root is one row: its key, and who asks.
async fn fetch_root(read: &ReadCx, plan: &Rows) -> Result<Fetched, DbErr> {
    let subject = read.cx.viewer.subject.clone().map_or(Cell::Null, Cell::Text);
    let mut root = Fetched { rows: vec![vec![Cell::Uuid(Uuid::nil()), subject]], ..Fetched::default() };
    let children = plan.children.iter().map(|(_, child)| (child, vec![Uuid::nil()]));
    root.children = fetch(read, children.collect()).await?;
    read.let_go().await;
    Ok(root)
}
