//! From a selection to a plan: which statements to run, and what the answer looks like. The only reader of selections.
//!
//! Here the policy is asked for every field, arguments are checked, and the cost is counted, all before any statement of the query runs.

use std::collections::{HashMap, HashSet};

use apollo_compiler::executable::{Field as Selected, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

use super::argument::{Variables, argument, is_included};
use super::error::{Code, Error};
use super::limits::Limits;
use super::rules::Rules;
use super::shape::{Field, Otherwise, Out, Shape};
use crate::authz::matrix::{self, Show};
use crate::authz::viewer::Viewer;
use crate::store::ids;
use crate::store::model::{FieldDef, Join, Model, OrderBy, OrderKey, Relation, Scalar, TypeDef};
use crate::store::plan::{Joined, Only, Rows, SelectFrom, Source};
use crate::store::table::Table;

/// What a list without pages counts as.
pub(super) const LIST_COST: u64 = 5;
/// At most so many ids in `nodes`.
const MAX_NODES: usize = 100;

/// What a query asks for.
pub struct Plan {
    /// The statements. The root itself has none: it is one row, with the viewer's subject.
    pub root: Rows,
    /// The answer.
    pub fields: Vec<Field>,
    /// How many objects the answer can hold at most.
    pub cost: u64,
}

/// Plans a query.
pub fn plan<'a>(mut planner: Planner<'a>, selection: &'a SelectionSet) -> Result<Plan, Error> {
    let mut root =
        rows(Relation { to: "Query", join: Join::Root, order: Vec::new(), only: None }, Table::Programme);
    // The second value of the root's row is the viewer's subject.
    root.select(Source::ROW, SelectFrom::Column("subject"), Scalar::Text, false);
    let Some(query) = Model::get().ty("Query") else {
        return Err(Error::new(Code::Internal, "The root is not bound."));
    };
    let fields = planner.root(query, selection, &mut root)?;
    Ok(Plan { root, fields, cost: planner.cost })
}

/// An empty plan for a relation.
pub(super) fn rows(relation: Relation, table: Table) -> Rows {
    let mut rows = Rows {
        relation,
        table,
        kinds: Vec::new(),
        only: None,
        condition: None,
        order: Vec::new(),
        page: None,
        count: false,
        wanted: true,
        selects: Vec::new(),
        joined: Vec::new(),
        counted: Vec::new(),
        forecasts: Vec::new(),
        computed: Vec::new(),
        children: Vec::new(),
    };
    rows.select(Source::ROW, SelectFrom::Column(table.key()), Scalar::Uuid, false);
    rows
}

/// Which row of a statement an object is written from.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    /// The row itself, or one that is joined to it.
    pub source: Source,
    /// Which value is its key.
    pub key: usize,
}

impl At {
    /// The row itself.
    pub const ROW: Self = Self { source: Source::ROW, key: 0 };
}

/// Walks a selection.
pub struct Planner<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    pub(super) variables: &'a Variables,
    pub(super) viewer: &'a Viewer,
    rules: &'a Rules,
    pub(super) path: Vec<Value>,
    depth: usize,
    fields: usize,
    cost: u64,
    times: u64,
}

/// The selections under one key, to be merged.
pub(super) type Merged<'a> = (String, Vec<&'a Selected>);

impl<'a> Planner<'a> {
    /// A planner for one operation.
    pub(super) fn new(
        schema: &'a Schema,
        document: &'a ExecutableDocument,
        variables: &'a Variables,
        (viewer, rules): (&'a Viewer, &'a Rules),
    ) -> Self {
        let path = Vec::new();
        Self { schema, document, variables, viewer, rules, path, depth: 0, fields: 0, cost: 0, times: 1 }
    }

    /// The fields of the query's root.
    fn root(
        &mut self,
        query: &'static TypeDef,
        selection: &'a SelectionSet,
        rows: &mut Rows,
    ) -> Result<Vec<Field>, Error> {
        let fields = self.object(query, &[selection], rows, At::ROW)?;
        self.at_most(fields.len(), self.rules.limits.query_fields)?;
        Ok(fields)
    }

    /// Refuses more fields at the root than there may be.
    pub(super) fn at_most(&self, fields: usize, limit: usize) -> Result<(), Error> {
        if fields > limit {
            return Err(Limits::over(format_args!("There are {fields} fields at the root"), limit));
        }
        Ok(())
    }

    /// What a document may ask for here.
    pub(super) fn rules(&self) -> &'a Rules {
        self.rules
    }

    /// How many objects the answer can hold at most, as far as it is planned.
    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    /// The fields selected for an object of a concrete type, merged by key, in the order of the selection.
    pub(super) fn collect(&mut self, ty: &str, sets: &[&'a SelectionSet]) -> Result<Vec<Merged<'a>>, Error> {
        let mut collected: Vec<Merged<'a>> = Vec::new();
        let mut seen = HashSet::new();
        for set in sets {
            self.collect_into(ty, set, &mut collected, &mut seen)?;
        }
        self.check_repeats(&collected)?;
        Ok(collected)
    }

    /// Refuses one field that is asked for too often in one place: each time costs what the first did.
    fn check_repeats(&self, collected: &[Merged<'a>]) -> Result<(), Error> {
        let limit = self.rules.limits.repeats;
        let all: usize = collected.iter().map(|(_, fields)| fields.len()).sum();
        if all <= limit {
            return Ok(());
        }
        let mut times: HashMap<&str, usize> = HashMap::new();
        for field in collected.iter().flat_map(|(_, fields)| fields) {
            let count = times.entry(field.name.as_str()).or_default();
            *count += 1;
            if *count > limit {
                let what =
                    format_args!("The field {} is asked for over {limit} times in one place", field.name);
                return Err(self.error(Limits::over(what, limit)));
            }
        }
        Ok(())
    }

    fn collect_into(
        &mut self,
        ty: &str,
        set: &'a SelectionSet,
        collected: &mut Vec<Merged<'a>>,
        seen: &mut HashSet<&'a str>,
    ) -> Result<(), Error> {
        for selection in &set.selections {
            if !is_included(selection.directives(), self.variables) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    self.fields += 1;
                    let limits = &self.rules.limits;
                    if self.fields > limits.fields {
                        let what = format_args!("The query has over {} fields", limits.fields);
                        return Err(self.error(Limits::over(what, limits.fields)));
                    }
                    let key = field.response_key().as_str();
                    match collected.iter_mut().find(|(of, _)| of == key) {
                        Some((_, fields)) => fields.push(field),
                        None => collected.push((key.to_owned(), vec![field])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    if fragment.type_condition.as_ref().is_none_or(|condition| self.applies(condition, ty)) {
                        self.collect_into(ty, &fragment.selection_set, collected, seen)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = spread.fragment_def(self.document) else { continue };
                    if seen.insert(spread.fragment_name.as_str())
                        && self.applies(fragment.type_condition(), ty)
                    {
                        self.collect_into(ty, &fragment.selection_set, collected, seen)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn applies(&self, condition: &str, ty: &str) -> bool {
        condition == ty || self.schema.is_subtype(condition, ty)
    }

    /// An error at the present place in the answer.
    pub(super) fn error(&self, error: Error) -> Error {
        Error { path: self.path.clone(), ..error }
    }

    /// Goes one level down, to as many objects as there can be for each of those above, and counts them.
    pub(super) fn below<T>(
        &mut self,
        times: u64,
        plan: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let before = self.times;
        self.times = before.saturating_mul(times);
        self.cost = self.cost.saturating_add(self.times);
        let limit = self.rules.limits.cost;
        if self.cost > limit {
            let what = format_args!("The answer could hold over {limit} objects (ask for smaller pages)");
            return Err(self.error(Limits::over(what, limit)));
        }
        let planned = self.deeper(plan);
        self.times = before;
        planned
    }

    /// Goes one level down without counting: the object there has been counted.
    pub(super) fn deeper<T>(&mut self, plan: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let limit = self.rules.limits.depth;
        if self.depth >= limit {
            return Err(
                self.error(Limits::over(format_args!("The query is over {limit} levels deep"), limit))
            );
        }
        self.depth += 1;
        let planned = plan(self);
        self.depth -= 1;
        planned
    }

    /// The fields of an object of a concrete type.
    pub(super) fn object(
        &mut self,
        ty: &'static TypeDef,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
        at: At,
    ) -> Result<Vec<Field>, Error> {
        let mut fields = Vec::new();
        for (key, selected) in self.collect(ty.name, sets)? {
            self.path.push(key.as_str().into());
            let out = self.field(ty, &selected, rows, at)?;
            self.path.pop();
            fields.push(Field { key, out });
        }
        Ok(fields)
    }

    fn field(
        &mut self,
        ty: &'static TypeDef,
        selected: &[&'a Selected],
        rows: &mut Rows,
        at: At,
    ) -> Result<Out, Error> {
        let Some(field) = selected.first().copied() else { return Ok(Out::Typename(ty.name)) };
        let name = field.name.as_str();
        match name {
            "__typename" => return Ok(Out::Typename(ty.name)),
            "__schema" | "__type" if self.rules.introspection.is_open_to(self.viewer) => {
                return Ok(Out::Introspection);
            }
            "__schema" | "__type" => {
                let message = "The schema cannot be asked for here; it is published with the service.";
                return Err(self.error(Error::new(Code::Forbidden, message)));
            }
            _ => {}
        }
        // A field that no rule of the policy names, or that is bound to nothing, shows nothing: the tests find it.
        let (Some(show), Some(def)) = (matrix::show(ty.name, name), ty.field(name)) else {
            return Err(self.error(Error::new(Code::Forbidden, "This field cannot be read.")));
        };
        let reported = show == Show::Reported;
        let sets: Vec<&'a SelectionSet> = selected.iter().map(|field| &field.selection_set).collect();
        Ok(match def {
            FieldDef::Id => Out::Id { slot: at.key, prefix: ty.prefix.unwrap_or_default() },
            FieldDef::IdOf { column, type_column } => Out::IdOf {
                slot: rows.select(at.source, SelectFrom::Column(column), Scalar::Uuid, false),
                type_slot: rows.select(at.source, SelectFrom::Column(type_column), Scalar::Text, false),
            },
            FieldDef::Column(column, scalar) => Out::Value {
                slot: rows.select(at.source, SelectFrom::Column(column), *scalar, reported),
                scalar: *scalar,
            },
            FieldDef::Expression(expression, scalar) => Out::Value {
                slot: rows.select(at.source, SelectFrom::Expression(*expression), *scalar, reported),
                scalar: *scalar,
            },
            FieldDef::Forecast => {
                let slot = rows.select(at.source, SelectFrom::Later, Scalar::Date, false);
                rows.forecasts.push((at.key, slot));
                Out::Value { slot, scalar: Scalar::Date }
            }
            FieldDef::Present { column, type_column } => {
                self.present((column, type_column), &sets, (rows, at))?
            }
            FieldDef::Computed(computation) => self.computed(*computation, field, &sets, (rows, at))?,
            // They stand in no row: a computed object holds the one, `live` tells the other.
            FieldDef::Json(_) | FieldDef::Live => {
                return Err(self.error(Error::new(Code::Forbidden, "This field cannot be read.")));
            }
            FieldDef::Embedded { ty, unless_null } => {
                let Some(ty) = Model::get().ty(ty) else { return Ok(Out::Typename(ty)) };
                let column = |of| rows.select(at.source, SelectFrom::Column(of), ty.scalar_of(of), false);
                let unless_null = unless_null.map(column);
                let fields = self.below(1, |planner| planner.object(ty, &sets, rows, at))?;
                Out::Object { unless_null, fields }
            }
            FieldDef::One(relation) if relation.to == "Node" => self.node(field, &sets, rows)?,
            FieldDef::Many(_) if ty.name == "Query" => self.nodes(field, &sets, rows)?,
            FieldDef::One(relation) => self.one(ty, relation, field, &sets, (rows, at))?,
            FieldDef::Many(relation) => {
                let (slot, mut child) = self.child(relation, rows, at);
                child.order = total(&relation.order, child.table);
                let shape =
                    self.below(LIST_COST, |planner| planner.shape(relation.to, &sets, &mut child, At::ROW))?;
                Out::Many { child: add(rows, slot, child), slot, shape }
            }
            FieldDef::Connection(relation) => {
                let (slot, child) = self.child(relation, rows, at);
                self.connection(ty, relation, field, &sets, (slot, child), (rows, at))?
            }
        })
    }

    /// At most one row: joined to those above where they hold its id, else fetched by a statement of its own.
    fn one(
        &mut self,
        ty: &'static TypeDef,
        relation: &'static Relation,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        (rows, at): (&mut Rows, At),
    ) -> Result<Out, Error> {
        let otherwise = if field.ty().is_non_null() { Otherwise::Never } else { Otherwise::Null };
        if let Join::To(column) = relation.join {
            let (table, kinds) = target(relation, rows.table);
            if let Some(source) = rows.join(Joined { of: at.source, column, table, kinds }) {
                let key = rows.select(source, SelectFrom::Column(table.key()), Scalar::Uuid, false);
                let at = At { source, key };
                let shape = self.below(1, |planner| planner.shape(relation.to, sets, rows, at))?;
                return Ok(Out::Joined { key, shape, otherwise });
            }
        }
        let (slot, mut child) = self.child(relation, rows, at);
        let otherwise = if ty.name == "Query" {
            // No programme has an empty slug, nor one with U+0000, which PostgreSQL does not take for text.
            let slug = argument(field, "slug", self.variables);
            let slug = slug.as_ref().and_then(Value::as_str).filter(|slug| !slug.contains('\0'));
            child.only = Some(Only::Slug(slug.unwrap_or_default().to_owned()));
            Otherwise::NotFound("There is no programme with this slug for you.".into())
        } else {
            otherwise
        };
        let shape = self.below(1, |planner| planner.shape(relation.to, sets, &mut child, At::ROW))?;
        Ok(Out::One { child: add(rows, slot, child), slot, shape, otherwise })
    }

    /// The plan for a relation's rows, and which value of the rows above is their key.
    pub(super) fn child(&self, relation: &Relation, rows: &mut Rows, at: At) -> (usize, Rows) {
        let (table, kinds) = target(relation, rows.table);
        let child = Rows { kinds, ..self::rows(relation.clone(), table) };
        let slot = match relation.join {
            Join::To(column) => rows.select(at.source, SelectFrom::Column(column), Scalar::Uuid, false),
            _ => at.key,
        };
        (slot, child)
    }

    /// The fields of a row, for each type that it can be of.
    pub(super) fn shape(
        &mut self,
        of: &str,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
        at: At,
    ) -> Result<Shape, Error> {
        let members = Model::get().members(of);
        let kind = (members.len() > 1)
            .then(|| rows.select(at.source, SelectFrom::Column("kind"), Scalar::Text, false));
        let mut variants = Vec::new();
        for ty in members {
            variants.push((ty.kind.filter(|_| kind.is_some()), self.object(ty, sets, rows, at)?));
        }
        Ok(Shape { kind, variants })
    }

    fn node(
        &mut self,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
    ) -> Result<Out, Error> {
        let (ty, id) = self.id(argument(field, "id", self.variables).as_ref(), "id")?;
        let mut child = self.typed(ty, vec![id]);
        let fields = self.below(1, |planner| planner.object(ty, sets, &mut child, At::ROW))?;
        Ok(Out::One {
            child: add(rows, 0, child),
            slot: 0,
            shape: Shape { kind: None, variants: vec![(None, fields)] },
            otherwise: Otherwise::NotFound("There is nothing with this id for you.".into()),
        })
    }

    /// One statement for each type among the ids.
    fn nodes(
        &mut self,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
    ) -> Result<Out, Error> {
        let given = argument(field, "ids", self.variables);
        let given = given.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if given.len() > MAX_NODES {
            let message = format!("ids: {} ids; {MAX_NODES} is the limit.", given.len());
            return Err(self.error(Error::input(message)));
        }
        let ids = given.iter().enumerate().map(|(place, id)| self.id(Some(id), &format!("ids.{place}")));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let mut types: Vec<&'static TypeDef> = Vec::new();
        for (ty, _) in &ids {
            if !types.iter().any(|of| of.name == ty.name) {
                types.push(ty);
            }
        }
        let mut children = Vec::new();
        let mut shapes = Vec::new();
        for (place, ty) in types.iter().enumerate() {
            let of_type: Vec<_> =
                ids.iter().filter(|(of, _)| of.name == ty.name).map(|(_, id)| *id).collect();
            let times = of_type.len().try_into().unwrap_or(u64::MAX);
            let mut child = self.typed(ty, of_type);
            let fields = self.below(times, |planner| planner.object(ty, sets, &mut child, At::ROW))?;
            shapes.push(Shape { kind: None, variants: vec![(None, fields)] });
            children.push((ty.name, (add(rows, 0, child), place)));
        }
        let place = |ty: &TypeDef| children.iter().find(|(name, _)| *name == ty.name).map(|(_, at)| *at);
        Ok(Out::Nodes(ids.iter().map(|(ty, id)| (place(ty), *id)).collect(), shapes))
    }

    /// An empty plan for things of one type by their ids.
    pub(super) fn typed(&self, ty: &'static TypeDef, ids: Vec<uuid::Uuid>) -> Rows {
        let relation = Relation { to: ty.name, join: Join::Root, order: Vec::new(), only: None };
        let mut child = rows(relation, ty.table.unwrap_or(Table::Programme));
        child.kinds = ty.kind.into_iter().collect();
        child.only = Some(Only::Ids(ids));
        child
    }

    pub(super) fn id(
        &self,
        given: Option<&Value>,
        place: &str,
    ) -> Result<(&'static TypeDef, uuid::Uuid), Error> {
        let given = given.unwrap_or(&Value::Null);
        given.as_str().and_then(ids::decode).ok_or_else(|| {
            self.error(Error::input(format!("{place}: {given} is not an id that this API gave.")))
        })
    }
}

/// The table that a relation leads to, and the kinds of rows in it that are meant.
fn target(relation: &Relation, from: Table) -> (Table, Vec<&'static str>) {
    let model = Model::get();
    let kind = model.ty(relation.to).and_then(|ty| ty.kind);
    (model.table(relation.to).unwrap_or(from), kind.into_iter().collect())
}

/// Hangs a plan on another.
pub(super) fn add(rows: &mut Rows, slot: usize, child: Rows) -> usize {
    rows.children.push((slot, child));
    rows.children.len() - 1
}

/// The order with the table's tie-break at its end, in the direction of its first key.
pub(super) fn total(order: &[OrderKey], table: Table) -> Vec<OrderKey> {
    let mut order = order.to_vec();
    let tie = table.tie_break();
    if !order.iter().any(|key| matches!(key.by, OrderBy::Column(column) if column == tie)) {
        let scalar = match tie {
            "id" => Scalar::Uuid,
            "sequence" => Scalar::Long,
            _ => Scalar::Text,
        };
        let descending = order.first().is_some_and(|key| key.descending);
        order.push(OrderKey { by: OrderBy::Column(tie), scalar, descending });
    }
    order
}
