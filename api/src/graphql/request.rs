//! One request, as the transport has read it, and the operation that it means.

use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use super::answer::Failure;
use super::conditional::Conditional;
use super::document::{Document, from_library};
use super::error::{Code, Error};
use super::schema;
use super::trusted::DocumentId;
use crate::store::read::ReadCx;

/// What a client may still ask for; the transport keeps the account.
pub trait Allowance: std::fmt::Debug + Send + Sync {
    /// Takes an operation with so many changes, whose answer can hold so many objects.
    ///
    /// # Errors
    /// It is more than the client may have now: how long until it may.
    fn spend(&self, changes: u32, cost: u64) -> Result<(), Duration>;

    /// Takes a page of an export that can hold so many objects.
    ///
    /// # Errors
    /// It is more than the client may have now: how long until it may.
    fn export(&self, cost: u64) -> Result<(), Duration>;

    /// Waits until it is this client's turn for something dear, so that one client keeps no more of the machine busy than
    /// its share.
    fn turn(&self) -> BoxFuture<'_, Turn>;
}

/// A turn: dropped, it is over.
pub type Turn = Box<dyn std::any::Any + Send>;

/// From what cost on an operation is dear.
const DEAR: u64 = 1_000;
/// From how many bytes on a document that is new is dear to read.
pub(super) const LONG: usize = 2_000;

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
    /// As [`Request::spend`], for what has begun to read: it holds no connection while it waits.
    pub(super) async fn spend_beside(&self, read: &ReadCx, cost: u64) -> Result<Option<Turn>, Failure> {
        if cost >= DEAR {
            read.let_go().await;
        }
        self.spend(0, cost).await
    }

    /// Takes what an operation costs from the client's account, and waits for its turn where that is much.
    pub(super) async fn spend(&self, changes: usize, cost: u64) -> Result<Option<Turn>, Failure> {
        let Some(allowance) = &self.allowance else { return Ok(None) };
        allowance.spend(changes.try_into().unwrap_or(u32::MAX), cost).map_err(Failure::RateLimited)?;
        Ok(if cost >= DEAR { self.turn().await } else { None })
    }

    /// Waits for this client's turn for something dear.
    pub(super) async fn turn(&self) -> Option<Turn> {
        Some(self.allowance.as_ref()?.turn().await)
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::FutureExt;

    use super::*;

    /// Counts the turns that are taken.
    #[derive(Debug, Default)]
    struct Turns(AtomicU32);

    impl Allowance for Turns {
        fn spend(&self, _: u32, _: u64) -> Result<(), Duration> {
            Ok(())
        }

        fn export(&self, _: u64) -> Result<(), Duration> {
            Ok(())
        }

        fn turn(&self) -> BoxFuture<'_, Turn> {
            self.0.fetch_add(1, Ordering::Relaxed);
            async { Box::new(()) as Turn }.boxed()
        }
    }

    #[tokio::test]
    async fn what_is_dear_takes_turns() {
        let turns = Arc::new(Turns::default());
        let allowance: Arc<dyn Allowance> = Arc::<Turns>::clone(&turns);
        let request = Request { allowance: Some(allowance), ..Request::default() };
        assert!(request.spend(5, DEAR - 1).await.ok().unwrap().is_none());
        assert!(request.spend(0, DEAR).await.ok().unwrap().is_some());
        assert_eq!(turns.0.load(Ordering::Relaxed), 1);
        let endless = Request::default();
        assert!(endless.spend(5, DEAR).await.ok().unwrap().is_none());
    }
}
