//! What one document may ask for, and the checks that need nothing but its text. `docs/api.md` lists the limits.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Selection, SelectionSet};

use super::error::{Code, Error};

/// How much one request may ask for. The defaults are those of `docs/api.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text in a document.
    pub document_bytes: usize,
    /// Tokens in a document.
    pub tokens: usize,
    /// Objects within objects. The introspection query of the usual tools is 15 deep.
    pub depth: usize,
    /// Fields, fragments laid out.
    pub fields: usize,
    /// Objects that the answer could hold, lists multiplied.
    pub cost: u64,
    /// Aliases in a document.
    pub aliases: usize,
    /// How often one field may be asked for in one place, under whatever aliases.
    pub repeats: usize,
    /// Directives on one field, fragment or operation.
    pub directives_each: usize,
    /// Directives in a document.
    pub directives: usize,
    /// Fields at the root of a query.
    pub query_fields: usize,
    /// Fields at the root of a mutation: each is a transaction.
    pub mutation_fields: usize,
    /// Bytes in an answer.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 20_000,
            tokens: 2_000,
            depth: 15,
            fields: 4_000,
            cost: 10_000,
            aliases: 15,
            repeats: 20,
            directives_each: 3,
            directives: 50,
            query_fields: 20,
            mutation_fields: 5,
            answer_bytes: 5 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Refuses what is `over` a limit, in the one form that all these refusals have.
    pub(super) fn over(what: impl std::fmt::Display, limit: impl std::fmt::Display) -> Error {
        Error::new(Code::QueryTooComplex, format!("{what}; {limit} is the limit."))
    }

    /// Refuses a document with more aliases or directives than it may have. Each counts as often as it is written:
    /// how often fragments are laid out is bounded by [`Limits::fields`].
    pub(super) fn check(&self, document: &ExecutableDocument) -> Result<(), Error> {
        let mut count = Count { limits: self, aliases: 0, directives: 0 };
        for operation in document.operations.iter() {
            count.directives(operation.directives.len())?;
            count.selections(&operation.selection_set)?;
        }
        for fragment in document.fragments.values() {
            count.directives(fragment.directives.len())?;
            count.selections(&fragment.selection_set)?;
        }
        Ok(())
    }
}

struct Count<'a> {
    limits: &'a Limits,
    aliases: usize,
    directives: usize,
}

impl Count<'_> {
    // The parser bounds the nesting, so this cannot go deep.
    fn selections(&mut self, set: &SelectionSet) -> Result<(), Error> {
        for selection in &set.selections {
            self.directives(selection.directives().len())?;
            match selection {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.alias.is_some());
                    if self.aliases > self.limits.aliases {
                        let limit = self.limits.aliases;
                        return Err(Limits::over(
                            format_args!("The document has over {limit} aliases"),
                            limit,
                        ));
                    }
                    self.selections(&field.selection_set)?;
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set)?,
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }

    fn directives(&mut self, here: usize) -> Result<(), Error> {
        self.directives += here;
        if here > self.limits.directives_each {
            return Err(Limits::over(
                format_args!("There are {here} directives in one place"),
                self.limits.directives_each,
            ));
        }
        if self.directives > self.limits.directives {
            let limit = self.limits.directives;
            return Err(Limits::over(format_args!("The document has over {limit} directives"), limit));
        }
        Ok(())
    }
}
