//! The schema: the written part in `sdl/`, and what follows from the model (connections, filters, orders).
//!
//! `schema.graphql` at the root is this, printed. A test compares the two, and every field with its binding.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use apollo_compiler::ast::{Definition, Document, FieldDefinition, InputValueDefinition, Type, Value};
use apollo_compiler::collections::HashMap;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};
use import::plan::QuestionCode;

use crate::authz::operation::Operation;
use crate::authz::rules::{Thing, rules_on};
use crate::command::registered;
use crate::store::model::{FilterDef, Kind, List, Model};

const WRITTEN: &[&str] = &[
    include_str!("sdl/root.graphql"),
    include_str!("sdl/who.graphql"),
    include_str!("sdl/clients.graphql"),
    include_str!("sdl/asked.graphql"),
    include_str!("sdl/done.graphql"),
    include_str!("sdl/shown.graphql"),
    include_str!("sdl/imported.graphql"),
    include_str!("sdl/plan_reading.graphql"),
    include_str!("sdl/report_reading.graphql"),
    include_str!("sdl/measured.graphql"),
    include_str!("sdl/voice.graphql"),
    include_str!("sdl/audited.graphql"),
    include_str!("sdl/board.graphql"),
    include_str!("sdl/proof.graphql"),
    include_str!("sdl/webhook.graphql"),
    include_str!("sdl/record.graphql"),
    include_str!("sdl/position.graphql"),
    include_str!("sdl/change.graphql"),
    include_str!("sdl/change_who.graphql"),
    include_str!("sdl/change_clients.graphql"),
    include_str!("sdl/change_asked.graphql"),
    include_str!("sdl/change_plan.graphql"),
    include_str!("sdl/change_action.graphql"),
    include_str!("sdl/change_evidence.graphql"),
    include_str!("sdl/change_document.graphql"),
    include_str!("sdl/change_import.graphql"),
    include_str!("sdl/change_measure.graphql"),
    include_str!("sdl/change_feedback.graphql"),
    include_str!("sdl/change_audit.graphql"),
    include_str!("sdl/change_challenge.graphql"),
    include_str!("sdl/change_webhook.graphql"),
];

/// Connections whose edges carry more than a node: their edges are written by hand. Connection, what its edges lead to.
const LINKS: &[(&str, &str)] = &[("RequirementAction", "Action"), ("ActionRequirement", "Requirement")];

/// The schema and what is worked out from it once.
pub struct Loaded {
    /// The schema.
    pub schema: Valid<Schema>,
    /// Which types implement which interface, for introspection.
    pub implementers: HashMap<Name, Implementers>,
    /// The schema as text.
    pub sdl: String,
}

static LOADED: LazyLock<Loaded> = LazyLock::new(|| match load() {
    Ok(loaded) => loaded,
    // The text is part of the binary: a fault in it is found by the first test that runs.
    Err(message) => panic!("the schema is not valid: {message}"),
});

/// The one schema.
pub fn loaded() -> &'static Loaded {
    &LOADED
}

fn load() -> Result<Loaded, String> {
    let text = [WRITTEN.concat(), generated()].concat();
    let mut document = Document::parse(text, "schema.graphql").map_err(|faults| faults.to_string())?;
    for definition in &mut document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(ty) => ty.make_mut().fields.iter_mut().for_each(add_arguments),
            Definition::InterfaceTypeDefinition(ty) => {
                ty.make_mut().fields.iter_mut().for_each(add_arguments)
            }
            Definition::InputObjectTypeDefinition(ty) if is_mutations_input(&ty.name) => {
                ty.make_mut().fields.push(argument(IDEMPOTENCY_KEY, "String", KEY_MEANING));
            }
            _ => {}
        }
    }
    let schema = document.to_schema_validate().map_err(|faults| faults.to_string())?;
    let implementers = schema.implementers_map();
    Ok(Loaded { sdl: document.serialize().to_string(), schema, implementers })
}

/// What the edges of a connection lead to: `Action` for `RequirementActionConnection`.
pub fn node_of(connection: &str) -> Option<&str> {
    let name = connection.strip_suffix("Connection")?;
    Some(LINKS.iter().find(|(link, _)| *link == name).map_or(name, |(_, node)| node))
}

/// Every connection takes the same arguments, and a filter and an order where its items have them.
fn add_arguments(field: &mut Node<FieldDefinition>) {
    let connection = field.ty.inner_named_type().to_string();
    let Some(node) = node_of(&connection) else { return };
    let arguments = &mut field.make_mut().arguments;
    arguments.push(argument("first", "Int", "How many from the beginning: 1 to 100, 20 unless given."));
    arguments.push(argument("after", "String", "Only what follows the item with this cursor."));
    arguments.push(argument("last", "Int", "How many from the end: 1 to 100; not together with `first`."));
    arguments.push(argument("before", "String", "Only what precedes the item with this cursor."));
    if let Some(list) = Model::get().list(node) {
        arguments.push(argument("filter", &format!("{node}Filter"), "Only what meets this."));
        if !list.order.is_empty() {
            arguments.push(argument(
                "orderBy",
                &format!("[{node}Order!]"),
                "In this order, the first field first.",
            ));
        }
    }
}

/// The field that the input of every mutation has.
pub const IDEMPOTENCY_KEY: &str = "idempotencyKey";
const KEY_MEANING: &str = "Chosen by you, 1 to 128 characters, new for each new request. Send the same request again with the same key \
    within 24 hours, after a time-out say, and it is done once: you get the first one's answer.";

/// The type of what a payload tells once: no object, and not fetched.
pub const TOLD: &str = "String";

/// Whether an input is that of a mutation, rather than a part of one.
fn is_mutations_input(name: &str) -> bool {
    registered().any(|command| input_of(command.operation) == name)
}

/// The type of what a payload shows once and what nobody can fetch: a new secret.
pub const SHOWN_ONCE: &str = "String";

/// `ActionStartInput` for `actionStart`.
pub fn input_of(operation: Operation) -> String {
    format!("{}Input", capital(operation.as_str()))
}

/// `ActionStartPayload` for `actionStart`.
pub fn payload_of(operation: Operation) -> String {
    format!("{}Payload", capital(operation.as_str()))
}

fn capital(name: &str) -> String {
    let mut signs = name.chars();
    signs.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(signs).collect()
}

/// The name of the enum with what a viewer may do to a kind of thing.
fn permissions_of(thing: Thing) -> String {
    format!("{thing:?}Permission")
}

fn write_mutations(text: &mut String) {
    text.push_str(
        "\n\"Every change. Each takes one input and answers with what it changed, null where it was refused, and why. \
         Mutations of one request run one after the other, each on its own.\"\ntype Mutation {\n",
    );
    for command in registered() {
        let (name, about) = (command.operation, command.about);
        let (input, payload) = (input_of(name), payload_of(name));
        let _ = write!(text, "  \"{about}\"\n  {name}(\"What to do.\" input: {input}!): {payload}\n");
    }
    text.push_str("}\n");
    for command in registered() {
        let (name, payload) = (command.operation, payload_of(command.operation));
        let _ = write!(text, "\n\"What came of `{name}`.\"\ntype {payload} {{\n");
        for (field, ty) in command.payload {
            let what = match *ty {
                TOLD => {
                    "Shown this once and kept nowhere; null where nothing was done, and for who asks again with the same key."
                }
                ty if ty.starts_with('[') => "As they are now; empty where nothing was done.",
                _ => "As it is now; null where nothing was done.",
            };
            let _ = write!(text, "  \"{what}\"\n  {field}: {ty}\n");
        }
        text.push_str("  \"Why nothing was done; empty where it was.\"\n  userErrors: [UserError!]!\n}\n");
    }
}

fn write_permissions(text: &mut String) {
    for thing in Thing::ALL {
        let name = permissions_of(*thing);
        let _ = write!(
            text,
            "\n\"Something that the viewer may do, by the same policy that decides.\"\nenum {name} {{\n"
        );
        for rule in rules_on(*thing) {
            let _ = write!(text, "  \"{}\"\n  {}\n", rule.meaning, rule.permission);
        }
        text.push_str("}\n");
    }
}

/// The doubts of the reader of plans, so that none can be missing here.
fn write_questions(text: &mut String) {
    text.push_str(
        "\n\"What kind of doubt a question about a plan is. `docs/import.md` says for each what can be answered.\"\n\
         enum PlanQuestionCode {\n",
    );
    for code in QuestionCode::ALL {
        let _ = write!(text, "  \"{}\"\n  {}\n", code.about(), code.as_str());
    }
    text.push_str("}\n");
}

fn argument(name: &str, ty: &str, description: &str) -> Node<InputValueDefinition> {
    let list = ty.starts_with('[');
    let named = Name::new(ty.trim_matches(['[', ']', '!'])).map(Type::Named).ok();
    let ty = named.map(|ty| if list { ty.non_null().list() } else { ty });
    let name = Name::new(name).ok();
    // Both are names written in this file.
    let (Some(name), Some(ty)) = (name, ty) else { unreachable!("an argument with a name that is none") };
    Node::new(InputValueDefinition {
        description: Some(description.into()),
        name,
        ty: Node::new(ty),
        default_value: None::<Node<Value>>,
        directives: Default::default(),
    })
}

// Writing to a String cannot fail, hence `let _`.
fn generated() -> String {
    let mut text = String::new();
    write_mutations(&mut text);
    write_permissions(&mut text);
    write_questions(&mut text);
    for connection in connections() {
        write_connection(&mut text, &connection);
    }
    let mut lists: Vec<&List> = Model::get().lists().collect();
    lists.sort_by_key(|list| list.of);
    let mut enums = BTreeSet::new();
    for list in &lists {
        write_filter(&mut text, list, &mut enums);
        write_order(&mut text, list);
    }
    for of in enums {
        write_comparator(&mut text, of, of, "one of the values", &["eq", "neq", "in", "nin", "isNull"]);
    }
    let all = &["eq", "neq", "in", "nin", "lt", "lte", "gt", "gte", "isNull"];
    write_comparator(&mut text, "Date", "Date", "a day", all);
    write_comparator(&mut text, "Float", "Float", "a number", all);
    let text_tests = &["eq", "neq", "in", "nin", "lt", "lte", "gt", "gte", "contains", "isNull"];
    write_comparator(&mut text, "String", "String", "text", text_tests);
    write_comparator(&mut text, "Id", "ID", "an id", &["eq", "neq", "in", "nin", "isNull"]);
    write_comparator(&mut text, "Boolean", "Boolean", "true or false", &["eq", "neq", "isNull"]);
    text
}

/// The connections that the written part names, in its order.
fn connections() -> Vec<String> {
    let mut seen = Vec::new();
    for word in WRITTEN.iter().flat_map(|part| part.split([':', ' ', '\n', '!'])) {
        if word.ends_with("Connection") && !seen.iter().any(|name| name == word) {
            seen.push(word.to_owned());
        }
    }
    seen
}

fn write_connection(text: &mut String, connection: &str) {
    let Some(node) = node_of(connection) else { return };
    let edge = connection.replace("Connection", "Edge");
    if !LINKS.iter().any(|(link, _)| edge.strip_suffix("Edge") == Some(link)) {
        let _ = write!(
            text,
            "\n\"One item of a list, and where it lies.\"\ntype {edge} {{\n  \
             \"Where this item lies in the list; give it back as `after` or `before`.\"\n  cursor: String!\n  \
             \"The item.\"\n  node: {node}!\n}}\n"
        );
    }
    let _ = write!(
        text,
        "\n\"A page of a list.\"\ntype {connection} {{\n  \"The items of this page.\"\n  nodes: [{node}!]!\n  \
         \"The items of this page, each with its cursor.\"\n  edges: [{edge}!]!\n  \"Where this page lies.\"\n  \
         pageInfo: PageInfo!\n  \"How many items there are on all pages together; counted only when asked for.\"\n  \
         totalCount: Int!\n}}\n"
    );
}

fn write_filter(text: &mut String, list: &List, enums: &mut BTreeSet<&'static str>) {
    let of = list.of;
    let _ = write!(
        text,
        "\n\"Which {} a list shall hold. Fields given together must all hold.\"\ninput {of}Filter {{\n  \
         \"All of these hold.\"\n  and: [{of}Filter!]\n  \"One of these holds.\"\n  or: [{of}Filter!]\n  \
         \"This does not hold.\"\n  not: {of}Filter\n",
        list.plural
    );
    let mut related = Vec::new();
    for field in &list.filter {
        let comparator = match &field.def {
            FilterDef::Value(_, kind) => comparator(*kind, enums),
            FilterDef::Text(_) => "TextComparator".to_owned(),
            FilterDef::Related { .. } => "IdComparator".to_owned(),
            FilterDef::List { to, .. } => {
                related.push(*to);
                format!("{of}{to}ListFilter")
            }
        };
        let _ = write!(text, "  \"{}\"\n  {}: {comparator}\n", field.description, field.name);
    }
    text.push_str("}\n");
    for to in related {
        let _ = write!(
            text,
            "\n\"What must hold of related things that the viewer may see.\"\ninput {of}{to}ListFilter {{\n  \
             \"At least one meets this.\"\n  some: {to}Filter\n  \"None meets this.\"\n  none: {to}Filter\n}}\n"
        );
    }
    if of == "Action" {
        text.push_str(
            "\n\"How text is searched.\"\ninput TextComparator {\n  \
             \"Contains this, taken literally; capital and small letters from a to z are alike.\"\n  contains: String\n}\n",
        );
    }
}

fn comparator(kind: Kind, enums: &mut BTreeSet<&'static str>) -> String {
    match kind {
        Kind::Id => "IdComparator".into(),
        Kind::String => "StringComparator".into(),
        Kind::Figure => "FloatComparator".into(),
        Kind::Date => "DateComparator".into(),
        Kind::Boolean => "BooleanComparator".into(),
        Kind::Enum(of) => {
            enums.insert(of);
            format!("{of}Comparator")
        }
    }
}

fn write_comparator(text: &mut String, name: &str, ty: &str, what: &str, tests: &[&str]) {
    let _ = write!(
        text,
        "\n\"How {what} is compared. Tests given together must all hold; a missing value meets only `isNull: true`, `eq: null`, `neq` and `nin`.\"\n\
         input {name}Comparator {{\n"
    );
    for test in tests {
        let (description, ty) = match *test {
            "eq" => ("Equal to this; null: missing.", ty.to_owned()),
            "neq" => ("Other than this, or missing; null: not missing.", ty.to_owned()),
            "in" => ("One of these.", format!("[{ty}!]")),
            "nin" => ("None of these, or missing.", format!("[{ty}!]")),
            "lt" if ty == "Float" => ("Less than this.", ty.to_owned()),
            "gt" if ty == "Float" => ("Greater than this.", ty.to_owned()),
            "lte" if ty == "Float" => ("Less than this, or equal.", ty.to_owned()),
            "gte" if ty == "Float" => ("Greater than this, or equal.", ty.to_owned()),
            "lt" => ("Before this.", ty.to_owned()),
            "lte" => ("Before this, or equal.", ty.to_owned()),
            "gt" => ("After this.", ty.to_owned()),
            "gte" => ("After this, or equal.", ty.to_owned()),
            "contains" => (
                "Contains this, taken literally; capital and small letters from a to z are alike.",
                ty.to_owned(),
            ),
            _ => ("Whether it is missing.", "Boolean".to_owned()),
        };
        let _ = write!(text, "  \"{description}\"\n  {test}: {ty}\n");
    }
    text.push_str("}\n");
}

fn write_order(text: &mut String, list: &List) {
    if list.order.is_empty() {
        return;
    }
    let of = list.of;
    let _ = write!(
        text,
        "\n\"One field to order {} by. Among equals the id decides.\"\ninput {of}Order {{\n  \"The field.\"\n  \
         field: {of}OrderField!\n  \"Which way.\"\n  direction: OrderDirection! = ASC\n}}\n\n\
         \"What {} can be ordered by.\"\nenum {of}OrderField {{\n",
        list.plural, list.plural
    );
    for field in &list.order {
        let _ = write!(text, "  \"{}\"\n  {}\n", field.description, field.name);
    }
    text.push_str("}\n");
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
