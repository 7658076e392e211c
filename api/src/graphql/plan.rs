//! From a selection to a plan: which statements to run, and what the answer looks like. The only reader of selections.
//!
//! Here the policy is asked for every field, arguments are checked, and the cost is counted, all before any statement of the query runs.

use apollo_compiler::executable::{Field as Selected, SelectionSet};
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

use super::argument::Variables;
use super::error::{Code, Error};
use super::export::Way;
use super::limits::Limits;
use super::rules::Rules;
use super::shape::{Field, Out};
use crate::authz::matrix::{self, Show};
use crate::authz::viewer::Viewer;
use crate::store::model::{FieldDef, Join, Model, OrderBy, OrderKey, Relation, Scalar, TypeDef};
use crate::store::plan::{Rows, SelectFrom, Source};
use crate::store::table::Table;

/// What a list without pages counts as.
pub(super) const LIST_COST: u64 = 5;

/// What all readings of a measure count as: ten years of months, broken down, are a thousand.
const SERIES_COST: u64 = 300;

/// What the files of evidence count as, or the versions of one: mostly few, 20 and 50 at most.
const FILES_COST: u64 = 10;

/// What a query asks for.
pub struct Plan {
    /// The statements. The root itself has none: it is one row, with the viewer's subject.
    pub root: Rows,
    /// The answer.
    pub fields: Vec<Field>,
    /// How many objects the answer can hold at most.
    pub cost: u64,
    /// Whether the answer holds something that passes though nothing changes in the record: it is not to be kept.
    pub passes: bool,
    /// Whether the answer can hold what a piece of evidence says.
    pub tells_evidence: bool,
}

/// Plans a query.
pub fn plan<'a>(mut planner: Planner<'a>, selection: &'a SelectionSet) -> Result<Plan, Error> {
    planner.query(selection)
}

impl<'a> Planner<'a> {
    /// Plans a query.
    pub(super) fn query(&mut self, selection: &'a SelectionSet) -> Result<Plan, Error> {
        let mut root =
            rows(Relation { to: "Query", join: Join::Root, order: Vec::new(), only: None }, Table::Programme);
        // The second value of the root's row is the viewer's subject.
        root.select(Source::ROW, SelectFrom::Column("subject"), Scalar::Text, false);
        let Some(query) = Model::get().ty("Query") else {
            return Err(Error::new(Code::Internal, "The root is not bound."));
        };
        let fields = self.root(query, selection, &mut root)?;
        let Self { cost, passes, tells_evidence, .. } = *self;
        Ok(Plan { root, fields, cost, passes, tells_evidence })
    }
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
    pub(super) schema: &'a Schema,
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a Variables,
    pub(super) viewer: &'a Viewer,
    pub(super) rules: &'a Rules,
    pub(super) path: Vec<Value>,
    depth: usize,
    /// How many fields were selected so far, fragments laid out.
    pub(super) fields: usize,
    cost: u64,
    times: u64,
    /// Whether something is asked for that passes though nothing changes in the record.
    pub(super) passes: bool,
    /// Whether something is asked for that can hold what a piece of evidence says.
    tells_evidence: bool,
    /// Where an export is on its way to its list; none for what is answered at once.
    pub(super) way: Option<Way<'a>>,
}

/// The selections under one key, to be merged.
pub(super) type Merged<'a> = (String, Vec<&'a Selected>);

/// What asking about the schema costs, whatever is asked: its answer can be as large as any.
const INTROSPECTION: u64 = 1_000;

impl<'a> Planner<'a> {
    /// A planner for one operation.
    pub(super) fn new(
        schema: &'a Schema,
        document: &'a ExecutableDocument,
        variables: &'a Variables,
        (viewer, rules): (&'a Viewer, &'a Rules),
    ) -> Self {
        Self {
            schema,
            document,
            variables,
            viewer,
            rules,
            path: Vec::new(),
            depth: 0,
            fields: 0,
            cost: 0,
            times: 1,
            passes: false,
            tells_evidence: false,
            way: None,
        }
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

    /// How many objects the answer can hold at most, as far as it is planned.
    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    /// An error at the present place in the answer.
    pub(super) fn error(&self, error: Error) -> Error {
        Error { path: self.path.clone(), ..error }
    }

    /// Counts what something costs, as often as there can be objects here.
    pub(super) fn charge(&mut self, cost: u64) -> Result<(), Error> {
        self.cost = self.cost.saturating_add(self.times.saturating_mul(cost));
        let limit = self.rules.limits.cost;
        if self.cost > limit {
            let what = format_args!(
                "The answer could hold over {limit} objects, with what filters cost (ask for less)"
            );
            return Err(self.error(Limits::over(what, limit)));
        }
        Ok(())
    }

    /// Goes one level down, to as many objects as there can be for each of those above, and counts them.
    pub(super) fn below<T>(
        &mut self,
        times: u64,
        plan: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let before = self.times;
        self.times = before.saturating_mul(times);
        if let Err(error) = self.charge(1) {
            self.times = before;
            return Err(error);
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
        self.passes |= ty.table.is_some_and(Table::is_beside_the_record);
        self.tells_evidence |= ty.table.is_some_and(Table::tells_evidence);
        let collected = self.collect(ty.name, sets)?;
        self.on_way_if(collected.len() == 1, |planner| {
            let mut fields = Vec::new();
            for (key, selected) in collected {
                planner.path.push(key.as_str().into());
                let out = planner.field(ty, &selected, rows, at)?;
                planner.path.pop();
                fields.push(Field { key, out });
            }
            Ok(fields)
        })
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
                self.charge(INTROSPECTION)?;
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
            FieldDef::Expression(expression, scalar) | FieldDef::Figure(_, expression, scalar) => {
                Out::Value {
                    slot: rows.select(at.source, SelectFrom::Expression(*expression), *scalar, reported),
                    scalar: *scalar,
                }
            }
            FieldDef::Forecast => {
                let slot = rows.select(at.source, SelectFrom::Later, Scalar::Date, false);
                rows.forecasts.push((at.key, slot));
                Out::Value { slot, scalar: Scalar::Date }
            }
            FieldDef::Present { column, type_column, sight } => {
                self.present((column, type_column, *sight), &sets, (rows, at))?
            }
            FieldDef::Computed(computation) => {
                self.on_way_if(false, |planner| planner.computed(*computation, field, &sets, (rows, at)))?
            }
            // They stand in no row: a computed object holds the one, `live` tells the other.
            FieldDef::Json(_) | FieldDef::Live(_) => {
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
                let cost = match relation.to {
                    "Reading" => SERIES_COST,
                    "EvidenceFile" => FILES_COST,
                    _ => LIST_COST,
                };
                let shape = self.on_way_if(false, |planner| {
                    planner.below(cost, |planner| planner.shape(relation.to, &sets, &mut child, At::ROW))
                })?;
                Out::Many { child: add(rows, slot, child), slot, shape }
            }
            FieldDef::Connection(relation) => {
                let (slot, child) = self.child(relation, rows, at);
                self.connection(ty, relation, field, &sets, (slot, child), (rows, at))?
            }
        })
    }
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
    // The table between names a row by what makes orders total, too.
    let is_tie = |key: &OrderKey| matches!(key.by, OrderBy::Column(of) | OrderBy::Between(of) if of == tie);
    if !order.iter().any(is_tie) {
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
