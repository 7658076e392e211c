//! The way from the root of a query to the list that it exports.

use apollo_compiler::executable::SelectionSet;

use super::super::error::{Code, Error};
use super::super::output::below;
use super::super::plan::Planner;
use super::super::shape::{Connection, Field, Otherwise, Out, Part, Shape};
use crate::store::fetch::{Fetched, Group};
use crate::store::plan::{Cell, Rows};

/// Where a planner is on its way to the list that is exported.
#[derive(Debug)]
pub(in super::super) struct Way<'a> {
    /// Whether what is planned now stands on it.
    is_open: bool,
    /// How many lists it has come to.
    pub(super) lists: usize,
    /// The last of them: its field, and what is asked of it.
    pub(super) list: Option<(String, Vec<&'a SelectionSet>)>,
}

impl<'a> Planner<'a> {
    /// The same, for an export.
    pub(super) fn exporting(mut self) -> Self {
        self.way = Some(Way { is_open: true, lists: 0, list: None });
        self
    }

    /// Whether what is planned now stands on the way to the list that is exported.
    pub(in super::super) fn is_on_way(&self) -> bool {
        self.way.as_ref().is_some_and(|way| way.is_open)
    }

    /// Plans what stands on the way, if it does, only under a condition.
    pub(in super::super) fn on_way_if<T>(
        &mut self,
        goes_on: bool,
        plan: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let was_open = self.is_on_way();
        if let Some(way) = &mut self.way {
            way.is_open &= goes_on;
        }
        let planned = plan(self);
        if let Some(way) = &mut self.way {
            way.is_open = was_open;
        }
        planned
    }

    /// Whether a list stands on the way; it is remembered as the last one.
    pub(in super::super) fn comes_to_list(&mut self, field: &str, sets: &[&'a SelectionSet]) -> bool {
        match &mut self.way {
            Some(way) if way.is_open => {
                way.lists += 1;
                way.list = Some((field.to_owned(), sets.to_vec()));
                true
            }
            _ => false,
        }
    }
}

/// What an export that is none is told.
const ONE_LIST: &str = "An export is of one list: the query leads to it and asks for nothing else on the way, as in \
                        { programme(slug: \"...\") { actions { nodes { reference } } } }. Lists of all programmes are led to by \
                        { programmes { nodes { ... } } }.";
/// What an export of a list is told that asks for more of it than its items.
const ITEMS: &str =
    "Of the list that is exported the query asks for nodes, or for edges, and for nothing else.";

/// The places of the lists on the way, in the tree of what is fetched: that which is exported, after that of the programmes
/// where there is one.
pub(super) fn places(fields: &[Field], lists: usize) -> Result<Vec<Vec<usize>>, Error> {
    let mut place = Vec::new();
    let mut places = Vec::new();
    let mut fields = fields;
    for at in 0..lists {
        let list = list_below(fields, &mut place).ok_or_else(not_one_list)?;
        places.push(place.clone());
        fields = match &list.parts[..] {
            [(_, Part::Nodes(shape))] if at + 1 < lists => of_one(shape).unwrap_or_default(),
            [(_, Part::Nodes(_) | Part::Edges(_))] if at + 1 == lists => return Ok(places),
            _ => return Err(Error::input(ITEMS)),
        };
    }
    Err(not_one_list())
}

/// The error of a query that does not lead to one list.
pub(super) fn not_one_list() -> Error {
    Error::input(ONE_LIST)
}

fn list_below<'p>(fields: &'p [Field], place: &mut Vec<usize>) -> Option<&'p Connection> {
    let [field] = fields else { return None };
    match &field.out {
        Out::One { child, shape, .. } => {
            place.push(*child);
            list_below(of_one(shape)?, place)
        }
        Out::Joined { shape, .. } => list_below(of_one(shape)?, place),
        Out::Object { fields, .. } => list_below(fields, place),
        Out::Connection(list) => {
            place.push(list.child?);
            Some(list)
        }
        _ => None,
    }
}

/// The fields of what can be of one type only.
fn of_one(shape: &Shape) -> Option<&[Field]> {
    match &shape.variants[..] {
        [(_, fields)] => Some(fields),
        _ => None,
    }
}

/// The plan of a list at its place.
pub(super) fn at<'p>(root: &'p mut Rows, place: &[usize]) -> Option<&'p mut Rows> {
    place.iter().try_fold(root, |rows, child| rows.children.get_mut(*child).map(|(_, below)| below))
}

/// A list that was fetched: its plan, its rows, and which of them.
pub(super) type Found<'p, 'f> = (&'p Connection, &'f Fetched, &'f Group);

/// Follows the way through what was fetched to the next list; none where it holds nothing.
pub(super) fn follow<'p, 'f>(
    fields: &'p [Field],
    row: &'f [Cell],
    fetched: &'f Fetched,
) -> Result<Option<Found<'p, 'f>>, Error> {
    let [field] = fields else { return Ok(None) };
    let found = match &field.out {
        Out::One { child, slot, shape, otherwise } => {
            let found = below(fetched, *child, row, *slot)
                .and_then(|(below, group)| Some((below, below.rows.get(*group.rows.first()?)?)));
            match (found, otherwise) {
                (Some((below, row)), _) => follow(of_one(shape).unwrap_or_default(), row, below)?,
                (None, Otherwise::NotFound(message)) => return Err(Error::new(Code::NotFound, message)),
                (None, _) => None,
            }
        }
        Out::Joined { key, shape, .. } => match row.get(*key) {
            Some(Cell::Uuid(_)) => follow(of_one(shape).unwrap_or_default(), row, fetched)?,
            _ => None,
        },
        Out::Object { fields, .. } => follow(fields, row, fetched)?,
        Out::Connection(list) => list
            .child
            .and_then(|child| below(fetched, child, row, list.slot))
            .map(|(below, group)| (&**list, below, group)),
        _ => None,
    };
    Ok(found)
}

/// Follows the way on through one item of a list of programmes.
pub(super) fn follow_on<'p, 'f>(
    list: &'p Connection,
    row: &'f [Cell],
    fetched: &'f Fetched,
) -> Result<Option<Found<'p, 'f>>, Error> {
    match &list.parts[..] {
        [(_, Part::Nodes(shape))] => follow(of_one(shape).unwrap_or_default(), row, fetched),
        _ => Ok(None),
    }
}
