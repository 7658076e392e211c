//! The tag of an answer, and whether the client holds that answer already (`docs/adr/0014-conditional-get.md`).

use std::io::Read;
use std::sync::LazyLock;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::trusted::Hash;
use crate::auth::Principal;
use crate::store::mark::{Mark, Parts};

/// Asks for a tag with the answer, or for no answer where the client holds it.
#[derive(Debug, Clone, Default)]
pub struct Conditional {
    /// The media type that the answer will have: the same bytes under another are another answer.
    pub media_type: &'static str,
    /// What the client holds.
    pub held: Held,
}

/// Which answers a client holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Held {
    /// None that it tells of.
    #[default]
    None,
    /// Whatever there is.
    Any,
    /// Those with one of these tags.
    Tags(Vec<String>),
}

impl Held {
    /// Whether the answer with this tag is among them.
    pub fn has(&self, tag: &str) -> bool {
        match self {
            Self::None => false,
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|held| held == tag),
        }
    }
}

/// What is asked, but for by whom and when.
pub(super) struct Question<'a> {
    /// The hash of the document's text.
    pub(super) document: Hash,
    pub(super) operation_name: Option<&'a str>,
    /// With the schema's defaults, coerced.
    pub(super) variables: &'a Map<String, Value>,
    pub(super) show_cost: bool,
    pub(super) media_type: &'a str,
    /// The rules of the deployment: with others the same question may be refused, or told to cost otherwise.
    pub(super) rules: &'a str,
}

/// The tag of the answer to a question: a hash of everything that the answer depends on. What is in the mark was read before
/// the answer is, so an answer can be newer than its tag and never older.
pub(super) fn tag(question: &Question<'_>, principal: Option<&Principal>, mark: &Mark) -> String {
    let mut variables = Value::Object(question.variables.clone());
    variables.sort_all_objects();
    let mut parts = Parts::default();
    parts.add(*PROGRAM).add(question.document).add_maybe(question.operation_name);
    parts.add(variables.to_string()).add([question.show_cost.into()]).add(question.media_type);
    parts.add(question.rules);
    parts.add_maybe(principal.map(|of| of.issuer.as_str()));
    parts.add_maybe(principal.map(Principal::subject)).add(mark.0);
    URL_SAFE_NO_PAD.encode(parts.finish())
}

/// The hash of the program itself: another build may answer otherwise, whatever its version says. It is the same for all
/// replicas that run the same file.
static PROGRAM: LazyLock<Hash> = LazyLock::new(|| {
    hash_of_program().unwrap_or_else(|fault| {
        tracing::warn!(%fault, "the program's file cannot be read: tags of answers hold for this process only");
        let mut parts = Parts::default();
        parts.add(Uuid::now_v7()).add(Uuid::new_v4());
        parts.finish()
    })
});

/// Finds out what the tags say about the program, now rather than with the first request: a file that is replaced while it
/// runs would be taken for it.
pub(super) fn prepare() {
    LazyLock::force(&PROGRAM);
}

fn hash_of_program() -> std::io::Result<Hash> {
    let mut file = std::fs::File::open(std::env::current_exe()?)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        context.update(buffer.get(..count).unwrap_or_default());
    }
    let mut hash = Hash::default();
    hash.copy_from_slice(context.finish().as_ref());
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::authz::identity::Identity;

    fn variables(of: &Value) -> Map<String, Value> {
        of.as_object().unwrap().clone()
    }

    fn principal(issuer: &str, subject: &str) -> Principal {
        let (identity, issuer) = (Identity::of(subject), issuer.to_owned());
        Principal { identity, issuer, expires_at: crate::config::now() }
    }

    #[test]
    fn everything_that_an_answer_depends_on_counts() {
        let (a, b) = (variables(&json!({ "a": 1, "b": { "c": 2, "d": 3 } })), variables(&json!({ "a": 2 })));
        let question = || Question {
            document: [1; 32],
            operation_name: None,
            variables: &a,
            show_cost: false,
            media_type: "application/json",
            rules: "some",
        };
        let lead = principal("i", "lead");
        let mark = Mark([1; 32]);
        let tags = [
            tag(&question(), Some(&lead), &mark),
            tag(&Question { document: [2; 32], ..question() }, Some(&lead), &mark),
            tag(&Question { operation_name: Some(""), ..question() }, Some(&lead), &mark),
            tag(&Question { operation_name: Some("A"), ..question() }, Some(&lead), &mark),
            tag(&Question { variables: &b, ..question() }, Some(&lead), &mark),
            tag(&Question { show_cost: true, ..question() }, Some(&lead), &mark),
            tag(&Question { rules: "others", ..question() }, Some(&lead), &mark),
            tag(
                &Question { media_type: "application/graphql-response+json", ..question() },
                Some(&lead),
                &mark,
            ),
            tag(&question(), Some(&principal("j", "lead")), &mark),
            tag(&question(), Some(&principal("i", "leader")), &mark),
            tag(&question(), Some(&principal("il", "ead")), &mark),
            tag(&question(), None, &mark),
            tag(&question(), Some(&lead), &Mark([2; 32])),
        ];
        for (index, tag) in tags.iter().enumerate() {
            assert_eq!(tag.len(), 43);
            assert!(!tags[..index].contains(tag), "{index}");
        }
    }

    #[test]
    fn the_order_of_members_does_not_count() {
        let given = [json!({ "a": 1, "b": { "c": 2, "d": 3 } }), json!({ "b": { "d": 3, "c": 2 }, "a": 1 })];
        let tags = given.map(|given| {
            let variables = &variables(&given);
            let media_type = "application/json";
            let question = Question {
                document: [1; 32],
                operation_name: None,
                variables,
                show_cost: false,
                media_type,
                rules: "",
            };
            tag(&question, None, &Mark([1; 32]))
        });
        assert_eq!(tags[0], tags[1]);
    }

    #[test]
    fn the_program_has_a_hash() {
        assert_eq!(hash_of_program().unwrap(), *PROGRAM);
    }

    #[test]
    fn what_a_client_holds() {
        let tags = Held::Tags(vec!["a".to_owned(), "b".to_owned()]);
        assert!(tags.has("b") && !tags.has("c") && Held::Any.has("c") && !Held::None.has("c"));
    }
}
