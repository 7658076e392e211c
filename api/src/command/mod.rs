//! Changes: each is one command, run by the one write path.
//!
//! A command is a plain struct that its input is read into. It names its operation (the key of the policy and the verb of
//! the ledger), what it is done to, and does its work in [`Command::run`]. Everything else is [`execute`]'s: who may, which version,
//! the key for retries, the transaction, the ledger. `docs/adding-a-mutation.md` tells how to add one.

mod announce;
pub mod demo;
mod execute;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
pub mod input;
pub mod load_programme;
pub mod load_report;
pub mod notices;
pub mod refusal;
mod registry;
mod work;

mod action;
mod asked;
mod audit;
mod challenge;
mod clients;
mod document;
mod evidence;
mod feedback;
mod import;
mod measure;
mod plan;
pub mod webhook;
mod who;

use std::fmt;
use std::future::Future;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use self::execute::{Fault, Outcome, Request, execute};
use self::input::GlobalId;
use self::refusal::Refusal;
pub use self::registry::{Registered, by_name, registered};
pub use self::work::Work;
use crate::authz::operation::Operation;

/// One thing that can be done, as its input says it.
pub trait Command: DeserializeOwned + Send + 'static {
    /// The key in the policy, the verb in the ledger, and the name of the mutation.
    const OPERATION: Operation;
    /// What it does, for the schema.
    const ABOUT: &'static str;
    /// What the payload shows besides the errors: field and type. A type in brackets is a list; text is what [`Done::telling`] tells.
    const PAYLOAD: &'static [(&'static str, &'static str)];

    /// Whether it adds something to a thing and writes everything with the last, and so needs nobody's turn: see
    /// `docs/adr/0033-brief-changes.md`.
    const IS_BRIEF: bool = false;

    /// What it is done to.
    fn target(&self) -> Target;

    /// Why it is done, for the ledger.
    fn reason(&self) -> Option<&str> {
        None
    }

    /// Whether to see only what would come of it.
    fn is_dry_run(&self) -> bool {
        false
    }

    /// Checks what its own rules ask, and changes. When it begins, the viewer may do this to the target, the version is the
    /// one that they saw, the status allows it, and nobody else writes to the programme until it ends.
    fn run(self, work: &mut Work) -> impl Future<Output = Result<Done, Refusal>> + Send;
}

/// What a command is done to: the policy is asked about it.
#[derive(Debug, Clone)]
pub enum Target {
    /// A thing, or the whole to which a new thing is added.
    Thing {
        /// Its id.
        id: GlobalId,
        /// The types that it can be of.
        of: &'static [&'static str],
        /// The field of the input with its id.
        path: &'static str,
        /// The version that the viewer saw, where the thing itself changes.
        expected_version: Option<i32>,
    },
    /// Nothing that there is yet.
    Beginning,
}

impl Target {
    /// An existing thing that changes, named by the fields `id` and `expectedVersion`.
    pub fn existing(of: &'static [&'static str], id: &GlobalId, expected_version: i32) -> Self {
        Self::existing_at(of, "id", id, expected_version)
    }

    /// As [`Target::existing`], named by the field `path`.
    pub fn existing_at(
        of: &'static [&'static str],
        path: &'static str,
        id: &GlobalId,
        expected_version: i32,
    ) -> Self {
        Self::Thing { id: id.clone(), of, path, expected_version: Some(expected_version) }
    }

    /// The whole to which something is added, named by the field `path`.
    pub fn whole(of: &'static [&'static str], path: &'static str, id: &GlobalId) -> Self {
        Self::Thing { id: id.clone(), of, path, expected_version: None }
    }
}

/// What was done: the ids of what the payload shows, by its fields, and what is told this once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    changed: Vec<(String, Vec<Uuid>)>,
    told: Vec<(&'static str, Told)>,
}

/// A text that is told once, to whom asked for it: it is kept nowhere, and shows in no log.
#[derive(Clone, PartialEq, Eq)]
struct Told(String);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

impl Done {
    /// One thing was changed.
    pub fn with(field: &str, id: Uuid) -> Self {
        Self::default().and(field, id)
    }

    /// And another.
    pub fn and(self, field: &str, id: Uuid) -> Self {
        self.and_all(field, vec![id])
    }

    /// And several.
    pub fn and_all(mut self, field: &str, ids: Vec<Uuid>) -> Self {
        self.changed.push((field.to_owned(), ids));
        self
    }

    /// And this is told of it, to whom asked and this once: whoever asks again with the same key is told nothing.
    pub fn telling(mut self, field: &'static str, text: String) -> Self {
        self.told.push((field, Told(text)));
        self
    }

    /// What is told under a field.
    pub fn told(&self, field: &str) -> Option<&str> {
        self.told.iter().find(|(of, _)| *of == field).map(|(_, Told(text))| text.as_str())
    }

    /// The ids under a field.
    pub fn ids(&self, field: &str) -> &[Uuid] {
        self.changed.iter().find(|(of, _)| of == field).map_or(&[], |(_, ids)| ids)
    }

    fn to_json(&self) -> Value {
        let of =
            |(field, ids): &(String, Vec<Uuid>)| (field.clone(), ids.iter().map(Uuid::to_string).collect());
        Value::Object(self.changed.iter().map(of).collect::<Map<_, _>>())
    }

    fn from_json(text: &str) -> Option<Self> {
        let Value::Object(fields) = serde_json::from_str(text).ok()? else { return None };
        let ids = |list: Value| serde_json::from_value::<Vec<Uuid>>(list).ok();
        let changed = fields.into_iter().map(|(field, list)| Some((field, ids(list)?)));
        Some(Self { changed: changed.collect::<Option<_>>()?, told: Vec::new() })
    }
}
