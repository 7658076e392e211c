//! Arguments: literals and variables alike become JSON, which the planner reads.

use apollo_compiler::ast;
use apollo_compiler::executable::Field;
use serde_json::{Map, Value};

/// The values of the variables, coerced to their types.
pub type Variables = Map<String, Value>;

/// An argument of a field: none where it is not given, null where it is given as null. The schema's defaults count.
pub fn argument(field: &Field, name: &str, variables: &Variables) -> Option<Value> {
    let given = field.arguments.iter().find(|argument| argument.name == name);
    match given {
        Some(argument) => value(&argument.value, variables),
        None => {
            let definition = field.definition.argument_by_name(name)?;
            definition.default_value.as_ref().and_then(|default| value(default, variables))
        }
    }
}

/// The items of a list. One value stands for a list of one, as the specification has it.
pub fn items(given: &Value) -> &[Value] {
    match given {
        Value::Array(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// Whether the directives `@skip` and `@include` leave the selection in.
pub fn is_included(directives: &ast::DirectiveList, variables: &Variables) -> bool {
    let condition = |name: &str| {
        let given = directives.get(name)?.specified_argument_by_name("if")?;
        value(given, variables)?.as_bool()
    };
    condition("skip") != Some(true) && condition("include") != Some(false)
}

/// None for a variable that was not given.
fn value(from: &ast::Value, variables: &Variables) -> Option<Value> {
    Some(match from {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(name) => name.as_str().into(),
        ast::Value::Variable(name) => return variables.get(name.as_str()).cloned(),
        ast::Value::String(text) => text.as_str().into(),
        // Out of range only where the schema asks for no number: validation has seen to it.
        ast::Value::Float(number) => number.try_to_f64().map_or(Value::Null, Into::into),
        ast::Value::Int(number) => number.try_to_i32().map_or(Value::Null, Into::into),
        ast::Value::Boolean(is) => (*is).into(),
        // An item that is a variable not given is null, as the specification has it.
        ast::Value::List(items) => {
            items.iter().map(|item| value(item, variables).unwrap_or(Value::Null)).collect::<Vec<_>>().into()
        }
        ast::Value::Object(fields) => {
            let given =
                fields.iter().filter_map(|(name, field)| Some((name.to_string(), value(field, variables)?)));
            given.collect::<Map<_, _>>().into()
        }
    })
}
