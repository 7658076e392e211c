//! The shape of an answer, as the planner leaves it for the writer: what stands under each key, by its place in the rows.

use uuid::Uuid;

use super::computed::Projection;
use super::present::Present;
use crate::store::model::Scalar;
use crate::store::plan::Page;

/// One field of an object in the answer.
#[derive(Debug)]
pub struct Field {
    /// The key, as the client named it.
    pub key: String,
    /// What stands there.
    pub out: Out,
}

/// What stands under a key.
#[derive(Debug)]
pub enum Out {
    /// The name of the type.
    Typename(&'static str),
    /// Put in afterwards: the introspection of the schema.
    Introspection,
    /// JSON that is there already.
    Given(String),
    /// The global id of a row.
    Id { slot: usize, prefix: &'static str },
    /// A global id that names another thing.
    IdOf { slot: usize, type_slot: usize },
    /// A value.
    Value { slot: usize, scalar: Scalar },
    /// An object made of values of the same row.
    Object { unless_null: Option<usize>, fields: Vec<Field> },
    /// At most one row of a child.
    One { child: usize, slot: usize, shape: Shape, otherwise: Otherwise },
    /// At most one row, joined to this one; its key tells whether there is one.
    Joined { key: usize, shape: Shape, otherwise: Otherwise },
    /// All rows of a child.
    Many { child: usize, slot: usize, shape: Shape },
    /// Rows by their ids, of one child for each type, in the order asked for.
    Nodes(Vec<(Option<(usize, usize)>, Uuid)>, Vec<Shape>),
    /// The things of one type that a mutation changed, in its order, as far as they are in sight.
    Changed { child: usize, ids: Vec<Uuid>, shape: Shape },
    /// A page of rows.
    Connection(Box<Connection>),
    /// A thing of any type that the ledger records.
    Present(Box<Present>),
    /// What is shown of a computed value.
    Projected { slot: usize, projection: Projection },
}

/// What stands where there is no row.
#[derive(Debug, Clone)]
pub enum Otherwise {
    /// Null.
    Null,
    /// Null, with an error.
    NotFound(String),
    /// It cannot be: the rules see to it that there is one.
    Never,
}

/// The fields of a row, by its type.
#[derive(Debug)]
pub struct Shape {
    /// The value with the row's kind, where it can be of several types.
    pub kind: Option<usize>,
    /// The kind and the fields of each type.
    pub variants: Vec<(Option<&'static str>, Vec<Field>)>,
}

/// A page of rows.
#[derive(Debug)]
pub struct Connection {
    /// Which child holds the rows; none where only their number is asked for.
    pub child: Option<usize>,
    /// Which value of the row above is their key.
    pub slot: usize,
    /// Which value of the row above is their number, where only that is asked for.
    pub total: Option<usize>,
    /// What its cursors are made of, where any are asked for.
    pub cursors: Option<Cursors>,
    /// The page asked for.
    pub page: Page,
    /// The parts asked for.
    pub parts: Vec<(String, Part)>,
}

/// What cursors are made of.
#[derive(Debug)]
pub struct Cursors {
    /// The mark that ties them to their list.
    pub mark: String,
    /// Where the values of the order's keys are.
    pub keys: Vec<usize>,
}

/// A part of a connection.
#[derive(Debug)]
pub enum Part {
    /// The name of the type.
    Typename(String),
    /// The items.
    Nodes(Shape),
    /// The items with their cursors.
    Edges(Vec<(String, EdgePart)>),
    /// Where the page lies.
    PageInfo(Vec<(String, PageInfoPart)>),
    /// How many there are.
    TotalCount,
}

/// A part of an edge.
#[derive(Debug)]
pub enum EdgePart {
    /// The name of the type.
    Typename(String),
    /// Where the item lies.
    Cursor,
    /// The item.
    Node(Shape),
    /// A value of the link.
    Value(usize, Scalar),
}

/// A part of the information about a page.
#[derive(Debug, Clone, Copy)]
pub enum PageInfoPart {
    /// The name of the type.
    Typename,
    /// Whether there is more after it.
    HasNext,
    /// Whether there is more before it.
    HasPrevious,
    /// The first cursor.
    Start,
    /// The last cursor.
    End,
}
