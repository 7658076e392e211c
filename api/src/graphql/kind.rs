//! What a request came to, in few words, for those who count and log: what kind of operation, and how it ended.

use apollo_compiler::executable::Operation;

use super::document::Document;
use super::error::Code;
use super::schema::loaded;

/// What kind of operation was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// None: the document could not be read, or has no such operation.
    #[default]
    None,
    /// A question.
    Query,
    /// A change, with the field of the schema that makes it, or [`SEVERAL`].
    Mutation(&'static str),
    /// A question that is answered again and again.
    Subscription,
}

/// What stands for the field of a mutation that has more than one.
pub const SEVERAL: &str = "several";

impl Kind {
    /// The kind of an operation of a document.
    pub(super) fn of(document: &Document, operation: &Operation) -> Self {
        if operation.is_query() {
            return Self::Query;
        }
        if operation.is_subscription() {
            return Self::Subscription;
        }
        let mut names = operation.root_fields(document).map(|field| field.name.as_str());
        let first = names.next().unwrap_or_default();
        let is_alone = names.all(|name| name == first);
        Self::Mutation(if is_alone { of_schema(first) } else { SEVERAL })
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Query => "query",
            Self::Mutation(_) => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// The schema's own text for the name of one of its mutations: of those there are only so many, whatever clients send.
fn of_schema(name: &str) -> &'static str {
    let schema = &loaded().schema;
    let mutations = schema.schema_definition.mutation.as_ref();
    let fields = mutations.and_then(|mutation| schema.get_object(&mutation.name));
    fields.and_then(|of| of.fields.get_key_value(name)).map_or("__typename", |(name, _)| name.as_str())
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Answered without an error.
    Well,
    /// A mutation changed nothing, and says in `userErrors` why.
    Refused,
    /// There are errors in the answer; the code of the first.
    Failed(Code),
}

impl Verdict {
    /// The word for it: `ok`, `refused`, or the code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Refused => "refused",
            Self::Failed(code) => code.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Documents;
    use super::*;

    #[rstest::rstest]
    #[case("{ viewer { __typename } }", Kind::Query)]
    #[case("query A { ...F } fragment F on Query { __typename }", Kind::Query)]
    #[case("mutation { __typename }", Kind::Mutation("__typename"))]
    #[case(
        "mutation($a: ActionWithdrawInput!) { a: actionWithdraw(input: $a) { __typename } }",
        Kind::Mutation("actionWithdraw")
    )]
    #[case(
        "mutation($a: ActionWithdrawInput!) { ...F b: actionWithdraw(input: $a) { __typename } }
         fragment F on Mutation { actionWithdraw(input: $a) { __typename } }",
        Kind::Mutation("actionWithdraw")
    )]
    #[case(
        "mutation($a: ActionWithdrawInput!) { __typename actionWithdraw(input: $a) { __typename } }",
        Kind::Mutation(SEVERAL)
    )]
    fn the_kind_is_told_by_the_schema(#[case] text: &str, #[case] kind: Kind) {
        let document = Documents::new(super::super::limits::Limits::default()).get(text).unwrap();
        let operation = document.operations.iter().next().unwrap();
        assert_eq!(Kind::of(&document, operation), kind);
    }
}
