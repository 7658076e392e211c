//! Stub.
#![allow(missing_docs)]
use crate::{auth::Principal, config::Clock, store::db::Db};

pub struct Request {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: serde_json::Map<String, serde_json::Value>,
    pub show_cost: bool,
    pub read_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Executed,
    RequestError,
    MutationOverGet,
}

pub struct Answer {
    pub body: Vec<u8>,
    pub outcome: Outcome,
    pub operation: Option<String>,
    pub statements: u32,
}

pub struct Engine {
    _db: Db,
    _clock: Clock,
}

impl Engine {
    pub fn new(db: Db, clock: Clock) -> Engine {
        Engine { _db: db, _clock: clock }
    }
    pub async fn execute(
        &self,
        request: Request,
        principal: Option<&Principal>,
        _request_id: &str,
    ) -> Answer {
        let subject = principal.map(|p| p.subject.clone());
        let body = serde_json::json!({"data": {"viewer": subject, "query": request.query}});
        Answer {
            body: body.to_string().into_bytes(),
            outcome: Outcome::Executed,
            operation: request.operation_name,
            statements: 0,
        }
    }
}

pub fn sdl() -> &'static str {
    "type Query { viewer: String }\n"
}
