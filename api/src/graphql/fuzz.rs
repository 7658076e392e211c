//! What clients of GraphQL send, read without a database.

use std::str::from_utf8;

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use chrono::NaiveDate;
use domain::Role;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::document::Documents;
use super::plan::{Planner, plan};
use super::rules::Rules;
use super::{cursor, filter, mutation, schema};
use crate::authz::viewer::{Standing, Viewer};
use crate::command;
use crate::store::ids;
use crate::store::model::{Model, OrderBy, OrderKey, Scalar};

/// A document without variables: parsed, validated, and planned for one who sees much and for one who sees nothing.
pub(crate) fn document(data: &[u8]) {
    if let Ok(text) = from_utf8(data) {
        planned(text, &Map::new());
    }
}

/// A document and its variables, with a line `---` between them.
pub(crate) fn variables(data: &[u8]) {
    let Some((document, variables)) = from_utf8(data).ok().and_then(|text| text.split_once("\n---\n")) else {
        return;
    };
    if let Ok(Value::Object(variables)) = serde_json::from_str(variables) {
        planned(document, &variables);
    }
}

fn planned(text: &str, given: &Map<String, Value>) {
    let (schema, rules) = (&schema::loaded().schema, Rules::default());
    let Ok(document) = documents().get(text) else { return };
    let given: JsonMap =
        given.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect();
    for operation in document.operations.iter() {
        let Ok(coerced) = coerce_variable_values(schema, operation, &given) else { continue };
        let Ok(Value::Object(variables)) = serde_json::to_value(&*coerced) else { continue };
        for viewer in [officer(), Viewer::default()] {
            if operation.is_mutation() {
                let mut planner = Planner::new(schema, &document, &variables, (&viewer, &rules));
                let steps = mutation::plan(&mut planner, &operation.selection_set).unwrap_or_default();
                for (command, input) in steps.into_iter().filter_map(|step| step.command) {
                    command::fuzz::input(command, input);
                }
            } else {
                let planner = Planner::new(schema, &document, &variables, (&viewer, &rules));
                let _ = plan(planner, &operation.selection_set);
            }
        }
    }
}

fn documents() -> Documents {
    Documents::new(Rules::default().limits)
}

fn officer() -> Viewer {
    let standing = Standing {
        membership_id: Uuid::from_u128(1),
        programme_id: Some(Uuid::from_u128(2)),
        role: Role::Officer,
        organisation_id: None,
        person_id: None,
        is_chair: false,
        is_programme_office: true,
    };
    let today = NaiveDate::default();
    Viewer { subject: Some("office".to_owned()), standings: vec![standing], today, ..Viewer::default() }
}

/// A manifest of trusted documents.
pub(crate) fn manifest(data: &[u8]) {
    let _ = super::manifest::Manifest::read(data, &Rules::default().limits);
}

/// A cursor, read as one of a list with each kind of key. What is read is written again as it was read.
pub(crate) fn a_cursor(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let scalars =
        [Scalar::Text, Scalar::Int, Scalar::Long, Scalar::Bool, Scalar::Date, Scalar::Moment, Scalar::Uuid];
    for scalar in scalars {
        let key = || OrderKey { by: OrderBy::Column("any"), scalar, descending: false };
        for order in [vec![key()], vec![key(), key()]] {
            if let Some(values) = cursor::decode(text, "mark", &order) {
                let again = cursor::decode(&cursor::encode("mark", values.iter()), "mark", &order);
                assert_eq!(again, Some(values));
            }
        }
    }
}

/// A global id. What is read is written again as it came.
pub(crate) fn id(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    if let Some((ty, id)) = ids::decode(text) {
        assert_eq!(ids::encode(ty.prefix.unwrap_or_default(), id), text);
    }
}

/// A filter for every list that has one, whether or not the schema would let it through; and a day.
pub(crate) fn a_filter(data: &[u8]) {
    let Ok(given) = serde_json::from_slice(data) else { return };
    for list in Model::get().lists() {
        let _ = filter::filter(list.of, &given, "filter");
    }
    let _ = filter::date(&given, "day");
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::tests::seeds;

    /// A seed that the schema has left behind would feed the parser and nothing after it.
    #[test]
    fn the_seeds_fit_the_schema() {
        for (name, seed) in seeds("document").into_iter().chain(seeds("variables")) {
            let text = String::from_utf8(seed).unwrap();
            let document = text.split("\n---\n").next().unwrap();
            assert!(documents().get(document).is_ok() == (name != "broken"), "{name}");
        }
    }
}
