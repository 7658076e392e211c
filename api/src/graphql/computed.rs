//! Computed values in the answer: which members of the JSON a selection asks for, each through the policy, and how they
//! are written under the client's keys. `store::computed` works the values out.

use apollo_compiler::executable::{Field as Selected, SelectionSet};
use serde_json::{Map, Value};

use super::argument::argument;
use super::error::{Code, Error};
use super::output::{Segment, Unwritten, Writer, Written};
use super::plan::{At, LIST_COST, Planner};
use super::shape::Out;
use crate::authz::matrix::{self, Show};
use crate::store::computed::{Asked, Computation, Computed};
use crate::store::model::{FieldDef, Model, Scalar};
use crate::store::plan::{Rows, SelectFrom};

/// What is shown of a computed value.
#[derive(Debug)]
pub struct Projection {
    /// Whether the schema promises a value.
    non_null: bool,
    /// The fields of an object, or of each object of a list, by the name of its type. A plain value has none. Where there
    /// are several, the value says in its member `__typename` which it is.
    variants: Vec<(String, Vec<Member>)>,
}

/// A field of a computed object.
#[derive(Debug)]
struct Member {
    /// The key, as the client named it.
    key: String,
    /// The member of the JSON object and what is shown of it; none for the name of the type.
    shows: Option<(String, Projection)>,
}

/// The parts of a page: they are the same for every list, and no rule of the policy names them.
fn is_page(ty: &str) -> bool {
    ty.ends_with("Connection") || ty.ends_with("Edge") || ty == "PageInfo"
}

impl<'a> Planner<'a> {
    /// Plans a computed value of a row.
    pub(super) fn computed(
        &mut self,
        computation: Computation,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        (rows, at): (&mut Rows, At),
    ) -> Result<Out, Error> {
        let (projection, asked) = self.projection(field.name.as_str(), field, sets, LIST_COST)?;
        computation.check(&asked).map_err(|message| self.error(Error::input(message)))?;
        self.passes |= computation.passes();
        self.charge(computation.weight())?;
        let input = |(from, scalar)| rows.select(at.source, from, scalar, false);
        let inputs: Vec<usize> = computation.inputs().into_iter().map(input).collect();
        // Each type of an interface asks by itself; the same is worked out once.
        let is_same = |of: &&Computed| {
            (of.computation, of.key, &of.inputs, &of.asked) == (computation, at.key, &inputs, &asked)
        };
        if let Some(same) = rows.computed.iter().find(is_same) {
            return Ok(Out::Projected { slot: same.place, projection });
        }
        let place = rows.select(at.source, SelectFrom::Later, Scalar::Text, false);
        rows.computed.push(Computed { computation, key: at.key, inputs, asked, place });
        Ok(Out::Projected { slot: place, projection })
    }

    /// What is shown of a field's value, and what is asked of it. A list counts as `list` objects.
    fn projection(
        &mut self,
        member: &str,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        list: u64,
    ) -> Result<(Projection, Asked), Error> {
        let (ty, arguments) = (field.ty(), self.arguments(field));
        let member = if arguments.is_empty() {
            member.to_owned()
        } else {
            format!("{member}{}", Value::from(arguments.clone()))
        };
        let mut asked = Asked { name: field.name.to_string(), member, arguments, fields: Vec::new() };
        let mut variants = Vec::new();
        let named = ty.inner_named_type().as_str();
        if sets.iter().any(|set| !set.selections.is_empty()) {
            let times = if ty.is_list() { list } else { 1 };
            let list = if named.ends_with("Connection") { self.page_size(field)? } else { LIST_COST };
            let concrete: Vec<String> = match Model::get().members(named) {
                bound if bound.is_empty() => vec![named.to_owned()],
                bound => bound.iter().map(|ty| ty.name.to_owned()).collect(),
            };
            variants = self.below(times, |planner| {
                let of = |ty: String| Ok((planner.members(&ty, sets, list, &mut asked)?, ty));
                let members = concrete.into_iter().map(of).collect::<Result<Vec<_>, Error>>()?;
                Ok(members.into_iter().map(|(members, ty)| (ty, members)).collect())
            })?;
        }
        Ok((Projection { non_null: ty.is_non_null(), variants }, asked))
    }

    fn members(
        &mut self,
        ty: &str,
        sets: &[&'a SelectionSet],
        list: u64,
        asked: &mut Asked,
    ) -> Result<Vec<Member>, Error> {
        let mut members = Vec::new();
        for (key, selected) in self.collect(ty, sets)? {
            let Some(field) = selected.first().copied() else { continue };
            self.path.push(key.as_str().into());
            let shows = if field.name == "__typename" {
                None
            } else {
                let Some(member) = member(ty, &field.name) else {
                    return Err(self.error(Error::new(Code::Forbidden, "This field cannot be read.")));
                };
                let sets: Vec<&'a SelectionSet> = selected.iter().map(|field| &field.selection_set).collect();
                let (projection, below) = self.projection(member, field, &sets, list)?;
                let member = below.member.clone();
                asked.add(below);
                Some((member, projection))
            };
            self.path.pop();
            members.push(Member { key, shows });
        }
        Ok(members)
    }

    fn arguments(&self, field: &'a Selected) -> Map<String, Value> {
        let given = field.definition.arguments.iter().filter_map(|definition| {
            let value = argument(field, &definition.name, self.variables)?;
            Some((definition.name.to_string(), value))
        });
        given.collect()
    }
}

/// The member of a computed object that a field shows; none where the field is not for computed objects, or no rule of the
/// policy shows it.
fn member<'n>(ty: &str, name: &'n str) -> Option<&'n str> {
    if is_page(ty) {
        return Some(name);
    }
    let def = Model::get().ty(ty)?;
    // What is shown to some only, a computation leaves out itself.
    matrix::show(ty, name).filter(|show| *show != Show::Reported)?;
    match def.field(name)? {
        FieldDef::Json(key) => Some(key),
        // An object that is made of values of a row elsewhere, such as `Rating`, is made of members by their names here.
        FieldDef::Column(..) | FieldDef::Expression(..) if def.table.is_none() => Some(name),
        _ => None,
    }
}

impl<'a> Writer<'a> {
    /// Writes what is shown of a computed value.
    pub(super) fn projected(&mut self, projection: &'a Projection, value: &Value) -> Written {
        match value {
            Value::Null if projection.non_null => return Err(Unwritten::Missing { path: self.place() }),
            Value::Array(items) if !projection.variants.is_empty() => {
                self.json.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.json.push(',');
                    }
                    self.path.push(Segment::Place(index));
                    self.projected(projection, item)?;
                    self.path.pop();
                }
                self.json.push(']');
            }
            Value::Object(object) if !projection.variants.is_empty() => {
                self.members(projection, object)?;
            }
            plain => self.json.push_str(&plain.to_string()),
        }
        Ok(())
    }

    fn members(&mut self, projection: &'a Projection, object: &Map<String, Value>) -> Written {
        let variant = match projection.variants.as_slice() {
            [one] => Some(one),
            several => {
                several.iter().find(|(ty, _)| object.get("__typename").and_then(Value::as_str) == Some(ty))
            }
        };
        let Some((ty, members)) = variant else { return Err(Unwritten::Missing { path: self.place() }) };
        self.json.push('{');
        for (index, Member { key, shows }) in members.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.key(key);
            self.path.push(Segment::Key(key));
            match shows {
                None => self.text(ty),
                Some((member, below)) => {
                    self.projected(below, object.get(member).unwrap_or(&Value::Null))?;
                }
            }
            self.path.pop();
        }
        self.json.push('}');
        Ok(())
    }
}
