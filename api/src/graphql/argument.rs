//! Arguments: literals and variables alike become JSON, which the planner reads.

use apollo_compiler::executable::Field;
use apollo_compiler::{Name, Node, ast};
use serde_json::{Map, Value};

use super::schema::loaded;

/// The values of the variables, coerced to their types.
pub type Variables = Map<String, Value>;

/// An argument of a field: none where it is not given, null where it is given as null. The schema's defaults count.
pub fn argument(field: &Field, name: &str, variables: &Variables) -> Option<Value> {
    let definition = field.definition.argument_by_name(name)?;
    let given = field.arguments.iter().find(|argument| argument.name == name);
    let given = given.and_then(|argument| value(&argument.value, &definition.ty, variables));
    given.or_else(|| value(definition.default_value.as_ref()?, &definition.ty, variables))
}

/// Whether the directives `@skip` and `@include` leave the selection in.
pub fn is_included(directives: &ast::DirectiveList, variables: &Variables) -> bool {
    let condition = |name: &str| match directives.get(name)?.specified_argument_by_name("if")?.as_ref() {
        ast::Value::Variable(name) => variables.get(name.as_str())?.as_bool(),
        literal => literal.to_bool(),
    };
    condition("skip") != Some(true) && condition("include") != Some(false)
}

/// A literal, coerced to its type as the specification has it: one value stands for a list of one, and the defaults of
/// an input's fields count. Variables have been coerced before. None for a variable that was not given.
fn value(from: &ast::Value, ty: &ast::Type, variables: &Variables) -> Option<Value> {
    match (from, ty) {
        (ast::Value::Null, _) => return Some(Value::Null),
        (ast::Value::Variable(name), _) => return variables.get(name.as_str()).cloned(),
        (ast::Value::List(items), ast::Type::List(of) | ast::Type::NonNullList(of)) => {
            // An item that is a variable not given is null.
            let items = items.iter().map(|item| value(item, of, variables).unwrap_or(Value::Null));
            return Some(items.collect());
        }
        (one, ast::Type::List(of) | ast::Type::NonNullList(of)) => {
            return value(one, of, variables).map(|one| Value::Array(vec![one]));
        }
        _ => {}
    }
    Some(match from {
        ast::Value::Enum(name) => name.as_str().into(),
        ast::Value::String(text) => text.as_str().into(),
        // Out of range only where the schema asks for no number: validation has seen to it.
        ast::Value::Float(number) => number.try_to_f64().map_or(Value::Null, Into::into),
        ast::Value::Int(number) => number.try_to_i32().map_or(Value::Null, Into::into),
        ast::Value::Boolean(is) => (*is).into(),
        ast::Value::Object(fields) => object(fields, ty.inner_named_type(), variables).into(),
        // A list where none is asked for: only a custom scalar takes it, and none of ours does.
        ast::Value::List(_) | ast::Value::Null | ast::Value::Variable(_) => Value::Null,
    })
}

fn object(given: &[(Name, Node<ast::Value>)], ty: &str, variables: &Variables) -> Map<String, Value> {
    let Some(definition) = loaded().schema.get_input_object(ty) else { return Map::new() };
    let fields = definition.fields.iter().filter_map(|(name, field)| {
        let given = given.iter().find(|(of, _)| of == name);
        let given = given.and_then(|(_, given)| value(given, &field.ty, variables));
        let value = given.or_else(|| value(field.default_value.as_ref()?, &field.ty, variables))?;
        Some((name.to_string(), value))
    });
    fields.collect()
}
