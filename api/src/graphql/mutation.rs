//! Mutations: each field is planned, and refused where it cannot be answered, before any of them runs; then they run one after
//! the other, and what each changed is fetched as any query would.

use apollo_compiler::executable::{Field as Selected, SelectionSet};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::argument::argument;
use super::error::{Code, Error};
use super::plan::{At, Planner, add, rows};
use super::schema::{TOLD, input_of, payload_of};
use super::shape::{Field, Otherwise, Out, Shape};
use crate::command::refusal::UserError;
use crate::command::{Done, Outcome, Registered, by_name};
use crate::store::model::{Join, Model, Relation};
use crate::store::plan::{Only, Rows};
use crate::store::table::Table;

/// One field of a mutation: what to do, and what to answer.
pub struct Step {
    /// The key in the answer.
    pub key: String,
    /// The command; none for `__typename`.
    pub command: Option<(&'static Registered, Value)>,
    /// The statements that fetch what was changed, without the ids.
    pub root: Rows,
    parts: Vec<(String, Part)>,
}

/// A part of a payload.
enum Part {
    Typename(String),
    /// What was changed, under a field of the command's.
    Changed {
        field: &'static str,
        child: usize,
        shape: Shape,
        is_list: bool,
    },
    /// What is told this once.
    Told(&'static str),
    /// Why it was not, with the fields asked for.
    Errors(Vec<(String, String)>),
}

/// Plans all fields of a mutation.
pub fn plan<'a>(planner: &mut Planner<'a>, selection: &'a SelectionSet) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    let fields = planner.collect("Mutation", &[selection])?;
    planner.at_most(fields.len(), planner.rules.limits.mutation_fields)?;
    for (key, selected) in fields {
        planner.path.push(key.as_str().into());
        steps.push(step(planner, key, &selected)?);
        planner.path.pop();
    }
    Ok(steps)
}

fn step<'a>(planner: &mut Planner<'a>, key: String, selected: &[&'a Selected]) -> Result<Step, Error> {
    let root =
        rows(Relation { to: "Mutation", join: Join::Root, order: Vec::new(), only: None }, Table::Programme);
    let mut step = Step { key, command: None, root, parts: Vec::new() };
    let Some(field) = selected.first() else { return Ok(step) };
    let Some(command) = by_name(&field.name) else { return Ok(step) };
    let input = argument(field, "input", planner.variables).unwrap_or_default();
    check_days(&input, &input_of(command.operation), "input").map_err(|error| planner.error(error))?;
    step.command = Some((command, input));
    let payload = payload_of(command.operation);
    let sets: Vec<&'a SelectionSet> = selected.iter().map(|field| &field.selection_set).collect();
    planner.below(1, |planner| {
        for (key, selected) in planner.collect(&payload, &sets)? {
            planner.path.push(key.as_str().into());
            let part = part(planner, command, &payload, &selected, &mut step.root)?;
            planner.path.pop();
            step.parts.push((key, part));
        }
        Ok(())
    })?;
    Ok(step)
}

fn part<'a>(
    planner: &mut Planner<'a>,
    command: &'static Registered,
    payload: &str,
    selected: &[&'a Selected],
    root: &mut Rows,
) -> Result<Part, Error> {
    let Some(field) = selected.first() else { return Ok(Part::Typename(payload.to_owned())) };
    let name = field.name.as_str();
    let sets: Vec<&'a SelectionSet> = selected.iter().map(|field| &field.selection_set).collect();
    if name == "userErrors" {
        let fields = planner.collect("UserError", &sets)?;
        let of = |(key, selected): (String, Vec<&Selected>)| Some((key, selected.first()?.name.to_string()));
        return Ok(Part::Errors(fields.into_iter().filter_map(of).collect()));
    }
    let Some((field, ty)) = command.payload.iter().find(|(field, _)| *field == name) else {
        return Ok(Part::Typename(payload.to_owned()));
    };
    if *ty == TOLD {
        return Ok(Part::Told(field));
    }
    let is_list = ty.starts_with('[');
    let Some(def) = Model::get().ty(ty.trim_matches(['[', ']', '!'])) else {
        return Err(planner.error(Error::new(Code::Internal, "A payload shows what is not bound.")));
    };
    let mut child = planner.typed(def, Vec::new());
    let times = if is_list { MOST_CHANGED } else { 1 };
    let fields = planner.below(times, |planner| planner.object(def, &sets, &mut child, At::ROW))?;
    let shape = Shape { kind: None, variants: vec![(None, fields)] };
    Ok(Part::Changed { field, child: add(root, 0, child), shape, is_list })
}

/// At most so many things are changed by one mutation that shows a list.
const MOST_CHANGED: u64 = 200;

impl Step {
    /// The answer's shape for what came of it. The plan gets the ids of what to fetch.
    pub fn answer(&mut self, outcome: &Outcome) -> Field {
        let none = Done::default();
        let (done, errors): (&Done, &[UserError]) = match outcome {
            Outcome::Done(done, _) => (done, &[]),
            Outcome::Refused(errors) => (&none, errors),
        };
        let mut fields = Vec::new();
        for (key, part) in std::mem::take(&mut self.parts) {
            let out = match part {
                Part::Typename(name) => Out::Given(json!(name).to_string()),
                Part::Told(field) => Out::Given(json!(done.told(field)).to_string()),
                Part::Errors(asked) => Out::Given(errors_json(errors, &asked).to_string()),
                Part::Changed { field, child, shape, is_list } => {
                    let ids = done.ids(field);
                    if let Some((_, rows)) = self.root.children.get_mut(child) {
                        rows.only = Some(Only::Ids(ids.to_vec()));
                        rows.wanted = !ids.is_empty();
                    }
                    changed(child, shape, ids, is_list)
                }
            };
            fields.push(Field { key, out });
        }
        Field { key: self.key.clone(), out: Out::Object { unless_null: None, fields } }
    }
}

/// What was changed may have gone out of the viewer's sight by it: then it is null, or left out of a list.
fn changed(child: usize, shape: Shape, ids: &[Uuid], is_list: bool) -> Out {
    if is_list {
        return Out::Changed { child, ids: ids.to_vec(), shape };
    }
    Out::One { child, slot: 0, shape, otherwise: Otherwise::Null }
}

fn errors_json(errors: &[UserError], asked: &[(String, String)]) -> Value {
    let value = |error: &UserError, name: &str| match name {
        "__typename" => json!("UserError"),
        "code" => json!(error.code),
        "message" => json!(error.message),
        "field" if error.field.is_empty() => Value::Null,
        "field" => json!(error.field),
        _ => json!(error.current_version),
    };
    let object = |error: &UserError| {
        let fields = asked.iter().map(|(key, name)| (key.clone(), value(error, name)));
        Value::Object(fields.collect::<Map<_, _>>())
    };
    errors.iter().map(object).collect()
}

/// Whether everything that the schema calls a day or a moment is one: the library does not look into scalars of ours.
fn check_days(value: &Value, input: &str, path: &str) -> Result<(), Error> {
    let schema = &super::schema::loaded().schema;
    let (Some(fields), Some(definition)) = (value.as_object(), schema.get_input_object(input)) else {
        return Ok(());
    };
    for (name, value) in fields {
        let Some(field) = definition.fields.get(name.as_str()) else { continue };
        let path = format!("{path}.{name}");
        let ty = field.ty.inner_named_type().as_str();
        match value {
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    check_value(item, ty, &format!("{path}.{place}"))?;
                }
            }
            value => check_value(value, ty, &path)?,
        }
    }
    Ok(())
}

fn check_value(value: &Value, ty: &str, path: &str) -> Result<(), Error> {
    if value.is_null() {
        return Ok(());
    }
    match ty {
        // The value itself is not repeated: whatever stands there by mistake may be somebody's number.
        "Date" => super::filter::date(value, path)
            .map(|_| ())
            .map_err(|_| Error::input(format!("{path}: this is no day; a day is written 2018-12-10."))),
        _ => check_days(value, ty, path),
    }
}
