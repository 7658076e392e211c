//! Every command that the API offers: from this the schema has its mutations, and the engine runs them.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::refusal::Refusal;
use super::{
    Command, Done, Target, Work, action, asked, audit, challenge, clients, document, evidence, feedback,
    import, measure, plan, webhook, who,
};
use crate::authz::operation::Operation;

/// A command as the engine sees it, whatever its struct.
pub struct Registered {
    /// What it does, for the policy and the ledger.
    pub operation: Operation,
    /// What it does, in words.
    pub about: &'static str,
    /// What its payload shows: field and type.
    pub payload: &'static [(&'static str, &'static str)],
    /// Whether it writes everything with the last.
    pub(super) is_brief: bool,
    pub(super) prepare: fn(&Value) -> Result<Prepared, serde_json::Error>,
    pub(super) run: for<'a> fn(Value, &'a mut Work) -> BoxFuture<'a, Result<Done, Refusal>>,
}

/// What the write path has to know of a command before it runs.
pub(super) struct Prepared {
    pub target: Target,
    pub reason: Option<String>,
    pub is_dry_run: bool,
}

impl Registered {
    /// Whether the command can read an input.
    #[cfg(test)]
    pub(crate) fn check(&self, input: &Value) -> Result<(), serde_json::Error> {
        (self.prepare)(input).map(|_| ())
    }

    /// A command's entry in the register.
    pub(super) const fn of<C: Command>() -> Self {
        Self {
            operation: C::OPERATION,
            about: C::ABOUT,
            payload: C::PAYLOAD,
            is_brief: C::IS_BRIEF,
            prepare: |input| {
                let command: C = serde_json::from_value(input.clone())?;
                Ok(Prepared {
                    target: command.target(),
                    reason: command.reason().map(Into::into),
                    is_dry_run: command.is_dry_run(),
                })
            },
            run: |input, work| {
                async move {
                    let read = serde_json::from_value::<C>(input);
                    // It was read once before, when it was prepared.
                    let command = read.map_err(|fault| Refusal::Write(fault.into()))?;
                    command.run(work).await
                }
                .boxed()
            },
        }
    }
}

/// Every command, in the order of the schema.
pub fn registered() -> impl Iterator<Item = &'static Registered> {
    let of_what_is_there =
        [who::COMMANDS, clients::COMMANDS, asked::COMMANDS, plan::COMMANDS, action::COMMANDS];
    let of_documents = [document::COMMANDS, import::COMMANDS];
    let of_what_shows_it = [evidence::COMMANDS, measure::COMMANDS, feedback::COMMANDS, audit::COMMANDS];
    of_what_is_there
        .into_iter()
        .chain(of_documents)
        .chain(of_what_shows_it)
        .chain([challenge::COMMANDS, webhook::COMMANDS])
        .flatten()
}

/// The command of a mutation.
pub fn by_name(mutation: &str) -> Option<&'static Registered> {
    registered().find(|command| command.operation.as_str() == mutation)
}
