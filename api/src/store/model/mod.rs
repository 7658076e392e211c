//! What the schema's types are made of: every field bound to a column, an expression or a relation, declared once.
//!
//! From these declarations follow the statements that read (`store::fetch`), the filters, orders and connections of the
//! schema (`graphql::schema`), and the checks that neither has something the other lacks. Nobody writes a resolver.

mod asked;
mod audited;
mod board;
mod done;
pub mod expression;
pub mod figure;
mod imported;
mod list;
mod measured;
mod position;
pub mod proof;
mod record;
mod shown;
mod understood;
mod voice;
mod webhook;
mod who;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::computed::Computation;
use super::history::is_in_ledger_in_sight;
use super::sql::Sql;
use super::table::Table;
use crate::authz::viewer::Viewer;

pub use list::{Comparand, FilterDef, FilterField, Kind, List};

/// What an expression may depend on besides the row: who reads, and on what day.
#[derive(Debug)]
pub struct Cx {
    /// Who reads, and when.
    pub viewer: Viewer,
}

/// Writes SQL about the row with the given alias.
pub type Expression = fn(&mut Sql, &str, &Cx);

/// How a value is read from the database and written into the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text, and the values of enums.
    Text,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits, such as a count.
    Long,
    /// A figure with up to three decimals, stored as thousandths.
    Thousandths,
    /// True or false.
    Bool,
    /// A calendar day.
    Date,
    /// A moment in UTC.
    Moment,
    /// An id: never shown as such, but as a global id.
    Uuid,
    /// Words separated by spaces, shown as a list.
    Words,
}

/// What a field of an object type is bound to.
#[derive(Debug, Clone)]
pub enum FieldDef {
    /// The global id of the row itself.
    Id,
    /// A global id that names another thing: the column with its id, and the one with its type's name.
    IdOf { column: &'static str, type_column: &'static str },
    /// What [`FieldDef::IdOf`] names, as it is now; null where it is gone or not for the viewer, which `sight` says.
    Present { column: &'static str, type_column: &'static str, sight: Expression },
    /// A column of the row.
    Column(&'static str, Scalar),
    /// An expression over the row.
    Expression(Expression, Scalar),
    /// A column that is null for some viewers of the row: the expression shows it to those who may know it. What it held
    /// once is told to those alone who may know every figure.
    Figure(&'static str, Expression, Scalar),
    /// An object made of columns of the same row; null where the named column is null.
    Embedded { ty: &'static str, unless_null: Option<&'static str> },
    /// At most one row of another table.
    One(Relation),
    /// All rows of another table that belong to this one: few by their nature.
    Many(Relation),
    /// The rows of another table that belong to this one, page by page.
    Connection(Relation),
    /// The entries that the field `changes` of this type has, one after the other as they are made; `graphql::live` does it.
    Live(&'static str),
    /// A value that is worked out over more than the row; `store::forecast` does it.
    Forecast,
    /// A value of JSON that is worked out once the rows are there; `store::computed` does it.
    Computed(Computation),
    /// A member of a computed object.
    Json(&'static str),
}

/// How rows of one table belong to a row of another.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The type of the other rows: an object, an interface or a union.
    pub to: &'static str,
    /// The keys.
    pub join: Join,
    /// The order, unless the client asks for another. The table's tie-break comes last by itself.
    pub order: Vec<OrderKey>,
    /// A further condition on the other row.
    pub only: Option<Expression>,
}

/// The keys of a relation.
#[derive(Debug, Clone)]
pub enum Join {
    /// Every row.
    Root,
    /// This row's column holds the other's id.
    To(&'static str),
    /// The other row's column holds this one's id.
    From(&'static str),
    /// A third table joins the two. It is visible only if both ends are.
    Through {
        /// The table, or a query in brackets.
        table: &'static str,
        /// Its column with this row's id.
        near: &'static str,
        /// Its column with the other row's id.
        far: &'static str,
        /// A fixed condition on it, with the alias `l`.
        only: &'static str,
        /// Fields of the edge, and the columns that hold them.
        edge: &'static [(&'static str, &'static str)],
    },
}

/// One key of an order.
#[derive(Debug, Clone, Copy)]
pub struct OrderKey {
    /// The column, of the row itself or of the table between.
    pub by: OrderBy,
    /// How it is read, for cursors.
    pub scalar: Scalar,
    /// Largest first.
    pub descending: bool,
}

/// What an order sorts by.
#[derive(Debug, Clone, Copy)]
pub enum OrderBy {
    /// A column of the row.
    Column(&'static str),
    /// A column of the table between.
    Between(&'static str),
    /// An expression over the row.
    Expression(Expression),
}

/// An object type of the schema.
#[derive(Debug)]
pub struct TypeDef {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its table; none for what is embedded in another type's rows.
    pub table: Option<Table>,
    /// The value of the column `kind` that its rows have, where the table holds several types.
    pub kind: Option<&'static str>,
    /// What its global ids begin with; none for what is no node.
    pub prefix: Option<&'static str>,
    /// Its fields.
    pub fields: Vec<(&'static str, FieldDef)>,
}

/// A computed object whose members are called as its fields.
fn computed(name: &'static str, fields: &[&'static str]) -> TypeDef {
    TypeDef::new(name, None, fields.iter().map(|field| (*field, FieldDef::Json(field))).collect())
}

impl TypeDef {
    fn new(name: &'static str, table: Option<Table>, fields: Vec<(&'static str, FieldDef)>) -> Self {
        Self { name, table, kind: None, prefix: None, fields }
    }

    fn node(
        name: &'static str,
        table: Table,
        prefix: &'static str,
        mut fields: Vec<(&'static str, FieldDef)>,
    ) -> Self {
        fields.insert(0, ("id", FieldDef::Id));
        Self { prefix: Some(prefix), ..Self::new(name, Some(table), fields) }
    }

    fn kind(self, kind: &'static str) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// With the fields of everything that can change.
    fn mutable(mut self) -> Self {
        self.fields.extend([
            int("version"),
            moment("createdAt", "created_at"),
            moment("updatedAt", "updated_at"),
        ]);
        self
    }

    /// With the record of its changes.
    fn recorded(self) -> Self {
        self.recorded_by(relation("Change", OF_THING, vec![by("sequence", Scalar::Long)]))
    }

    /// As [`TypeDef::recorded`], for what belongs to no programme: several ledgers may hold its changes.
    fn recorded_anywhere(self) -> Self {
        let order =
            vec![by("at", Scalar::Moment), by("programme_id", Scalar::Uuid), by("sequence", Scalar::Long)];
        let only = Some(is_in_ledger_in_sight as Expression);
        self.recorded_by(Relation { only, ..relation("Change", OF_THING, order) })
    }

    fn recorded_by(mut self, entries: Relation) -> Self {
        self.fields.push(("history", FieldDef::Connection(entries)));
        self
    }

    /// How a column is read that one of the fields is bound to; as text where none is.
    pub fn scalar_of(&self, column: &str) -> Scalar {
        let bound = self.fields.iter().find_map(|(_, def)| match def {
            FieldDef::Column(of, scalar) | FieldDef::Figure(of, _, scalar) if *of == column => Some(*scalar),
            _ => None,
        });
        bound.unwrap_or(Scalar::Text)
    }

    /// The binding of a field.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, def)| def)
    }
}

/// The entries of the ledger about a thing.
const OF_THING: Join = Join::From("entity_id");

/// An interface or union: one table whose column `kind` tells the types apart.
#[derive(Debug)]
pub struct AbstractDef {
    /// Its name in the schema.
    pub name: &'static str,
    /// The table of all its members.
    pub table: Table,
    /// Its members.
    pub members: &'static [&'static str],
}

/// Everything that the schema's types are made of.
#[derive(Debug)]
pub struct Model {
    types: HashMap<&'static str, TypeDef>,
    abstracts: HashMap<&'static str, AbstractDef>,
    lists: HashMap<&'static str, List>,
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let types = [
        who::types(),
        asked::types(),
        done::types(),
        shown::types(),
        imported::types(),
        measured::types(),
        voice::types(),
        audited::types(),
        board::types(),
        proof::types(),
        webhook::types(),
        record::types(),
        position::types(),
        understood::types(),
    ];
    let abstracts = [
        AbstractDef { name: "Source", table: Table::Source, members: &["Inspection", "Direction", "Review"] },
        AbstractDef {
            name: "Requirement",
            table: Table::Requirement,
            members: &["Recommendation", "DirectionTerm"],
        },
        AbstractDef { name: "Lead", table: Table::Party, members: &["Person", "Group", "Organisation"] },
    ];
    Model {
        types: types.into_iter().flatten().map(|ty| (ty.name, ty)).collect(),
        abstracts: abstracts.into_iter().map(|of| (of.name, of)).collect(),
        lists: list::lists().into_iter().map(|list| (list.of, list)).collect(),
    }
});

impl Model {
    /// The one model.
    pub fn get() -> &'static Self {
        &MODEL
    }

    /// An object type.
    pub fn ty(&self, name: &str) -> Option<&TypeDef> {
        self.types.get(name)
    }

    /// An interface or union.
    pub fn abstract_type(&self, name: &str) -> Option<&AbstractDef> {
        self.abstracts.get(name)
    }

    /// How lists of a type can be filtered and ordered.
    pub fn list(&self, name: &str) -> Option<&List> {
        self.lists.get(name)
    }

    /// Every object type.
    #[cfg(test)]
    pub fn types(&self) -> impl Iterator<Item = &TypeDef> {
        self.types.values()
    }

    /// Every list.
    pub fn lists(&self) -> impl Iterator<Item = &List> {
        self.lists.values()
    }

    /// The table of an object type, interface or union.
    pub fn table(&self, name: &str) -> Option<Table> {
        self.ty(name).and_then(|ty| ty.table).or_else(|| self.abstract_type(name).map(|of| of.table))
    }

    /// The object types that a field of this type can hold.
    pub fn members(&'static self, name: &str) -> Vec<&'static TypeDef> {
        match self.abstract_type(name) {
            Some(of) => of.members.iter().filter_map(|member| self.ty(member)).collect(),
            None => self.ty(name).into_iter().collect(),
        }
    }

    /// The object type whose ids begin with a prefix.
    pub fn by_prefix(&self, prefix: &str) -> Option<&TypeDef> {
        self.types.values().find(|ty| ty.prefix == Some(prefix))
    }
}

// ---- the words in which the bindings are written ----------------------------------------------------------------

type Field = (&'static str, FieldDef);

fn text(name: &'static str) -> Field {
    (name, FieldDef::Column(name, Scalar::Text))
}

fn text_in(name: &'static str, column: &'static str) -> Field {
    (name, FieldDef::Column(column, Scalar::Text))
}

fn int(name: &'static str) -> Field {
    (name, FieldDef::Column(name, Scalar::Int))
}

fn int_in(name: &'static str, column: &'static str) -> Field {
    (name, FieldDef::Column(column, Scalar::Int))
}

fn flag(name: &'static str, column: &'static str) -> Field {
    (name, FieldDef::Column(column, Scalar::Bool))
}

fn date(name: &'static str, column: &'static str) -> Field {
    (name, FieldDef::Column(column, Scalar::Date))
}

fn moment(name: &'static str, column: &'static str) -> Field {
    (name, FieldDef::Column(column, Scalar::Moment))
}

fn worked_out(name: &'static str, expression: Expression, scalar: Scalar) -> Field {
    (name, FieldDef::Expression(expression, scalar))
}

fn relation(to: &'static str, join: Join, order: Vec<OrderKey>) -> Relation {
    Relation { to, join, order, only: None }
}

fn one(to: &'static str, column: &'static str) -> FieldDef {
    FieldDef::One(relation(to, Join::To(column), Vec::new()))
}

fn one_from(to: &'static str, column: &'static str) -> FieldDef {
    FieldDef::One(relation(to, Join::From(column), Vec::new()))
}

fn many(to: &'static str, join: Join, order: Vec<OrderKey>) -> FieldDef {
    FieldDef::Many(relation(to, join, order))
}

fn connection(to: &'static str, join: Join, order: Vec<OrderKey>) -> FieldDef {
    FieldDef::Connection(relation(to, join, order))
}

const fn by(column: &'static str, scalar: Scalar) -> OrderKey {
    OrderKey { by: OrderBy::Column(column), scalar, descending: false }
}

const fn latest(column: &'static str, scalar: Scalar) -> OrderKey {
    OrderKey { by: OrderBy::Column(column), scalar, descending: true }
}

const fn between(column: &'static str, scalar: Scalar) -> OrderKey {
    OrderKey { by: OrderBy::Between(column), scalar, descending: false }
}

const fn through(table: &'static str, near: &'static str, far: &'static str) -> Join {
    Join::Through { table, near, far, only: "", edge: &[] }
}
