//! Queries that endpoints of webhooks keep: checked when they are stored, and answered for one thing at a time.

use std::collections::BTreeSet;

use apollo_compiler::executable::Operation;
use sea_orm::DbErr;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::document::{Document, parse};
use super::error::Code;
use super::output::Writer;
use super::plan::Plan;
use super::request::{Request, coerced};
use super::shape::Out;
use super::{Engine, fetch_root, plan};
use crate::authz::viewer::Viewer;
use crate::command::webhook::EndpointRules;
use crate::store::heads;
use crate::store::ids;
use crate::store::model::Model;
use crate::store::read::ReadCx;
use crate::store::table::recorded_types;
use crate::webhooks::Object;

/// The one variable.
const ID: &str = "id";
/// What a query that is checked tells in its first error, where it has several.
const MOST_SAID: usize = 300;

impl EndpointRules for Engine {
    fn address(&self, text: &str) -> Result<String, String> {
        let url = self.outside.read(text)?;
        Ok(url.host_str().unwrap_or_default().to_owned())
    }

    fn query(&self, text: &str) -> Result<(), String> {
        let document = parse(text, &self.rules.limits).map_err(|errors| {
            let said = errors.first().map(|error| error.message.as_str()).unwrap_or_default();
            format!("This is no query of this API: {}", said.chars().take(MOST_SAID).collect::<String>())
        })?;
        let operation = only(&document)?;
        // What is planned hangs on the type of the thing. It is enough that it can be asked of those of one, but it may be too
        // much for none.
        let (mut refused, mut fits, viewer) = (BTreeSet::new(), false, Viewer::default());
        for (_, prefix) in recorded_types().filter_map(|(ty, _)| Some((ty, Model::get().ty(ty)?.prefix?))) {
            let variables = variables(&ids::encode(prefix, Uuid::nil()));
            let planner = self.planner(&document, &variables, &viewer);
            match plan::plan(planner, &operation.selection_set) {
                Ok(plan) if asks_about_the_schema(&plan) => {
                    return Err("A stored query asks about a thing, not about the schema.".to_owned());
                }
                Ok(_) => fits = true,
                Err(error) if error.code == Code::QueryTooComplex => return Err(error.message),
                Err(error) => _ = refused.insert(error.message),
            }
        }
        if fits {
            return Ok(());
        }
        let said = refused.into_iter().next().unwrap_or_default();
        Err(format!(
            "This query can be asked of no thing: {}",
            said.chars().take(MOST_SAID).collect::<String>()
        ))
    }
}

/// The one operation, which is a query with the one variable.
fn only(document: &Document) -> Result<&Operation, String> {
    let mut operations = document.operations.iter();
    let (Some(operation), None) = (operations.next(), operations.next()) else {
        return Err("A stored query has one operation.".to_owned());
    };
    if !operation.is_query() {
        return Err("A stored query reads: it is no mutation, and no subscription.".to_owned());
    }
    let is_id = operation.variables.iter().all(|of| of.name == ID && of.ty.to_string() == "ID!");
    if operation.variables.len() != 1 || !is_id {
        return Err("A stored query has one variable, $id: ID!, which is the id of the thing.".to_owned());
    }
    Ok(operation)
}

fn variables(id: &str) -> Map<String, Value> {
    Map::from_iter([(ID.to_owned(), json!(id))])
}

fn asks_about_the_schema(plan: &Plan) -> bool {
    plan.fields.iter().any(|field| matches!(field.out, Out::Introspection))
}

impl Engine {
    /// How far the ledgers have come.
    pub fn heads(&self) -> &heads::Watch {
        &self.heads
    }

    /// What a stored query says of a thing, to the one who reads. Unavailable where it cannot be asked of it, or no longer fits.
    pub(crate) async fn stored_object(&self, read: &ReadCx, text: &str, id: &str) -> Result<Object, DbErr> {
        let Ok(document) = self.documents.get(text) else { return Ok(Object::Unavailable) };
        let Ok(operation) = only(&document) else { return Ok(Object::Unavailable) };
        let request = Request { variables: variables(id), ..Request::default() };
        let Ok((_, variables)) = coerced(&document, &request) else { return Ok(Object::Unavailable) };
        let planner = self.planner(&document, &variables, &read.cx.viewer);
        let plan = match plan::plan(planner, &operation.selection_set) {
            Ok(plan) if !asks_about_the_schema(&plan) => plan,
            _ => return Ok(Object::Unavailable),
        };
        let fetched = fetch_root(read, &plan.root).await?;
        let mut writer = Writer::new(self.rules.limits.answer_bytes);
        let root = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
        Ok(match writer.object(&plan.fields, root, &fetched) {
            Ok(()) => Object::Answer(writer.json),
            Err(_) => Object::Unavailable,
        })
    }
}
