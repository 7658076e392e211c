//! Connections: the arguments of a page, and the parts of one.

use apollo_compiler::executable::{Field as Selected, SelectionSet};
use serde_json::Value;

use super::argument::argument;
use super::cursor;
use super::error::Error;
use super::filter;
use super::plan::{At, Planner, add, total};
use super::shape::{Connection, Cursors, EdgePart, Out, PageInfoPart, Part};
use crate::store::model::{Join, Model, OrderKey, Relation, Scalar, TypeDef};
use crate::store::plan::{Only, Page, Rows, SelectFrom, Source};
use crate::store::table::recorded_types;

/// The size of a page, unless given.
const DEFAULT_PAGE: usize = 20;
/// What a follower of the feed is told besides.
const BEGIN_ANEW: &str = " If it is one, your memberships have changed since, or the day has where you see what is published only: \
                          read the changes again from the first.";
/// The size of the largest page.
const MAX_PAGE: i64 = 100;

impl<'a> Planner<'a> {
    /// Plans a connection: `child` is the plan for its rows, on the value `slot` of the rows above.
    pub(super) fn connection(
        &mut self,
        ty: &'static TypeDef,
        relation: &'static Relation,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        (slot, mut child): (usize, Rows),
        (rows, at): (&mut Rows, At),
    ) -> Result<Out, Error> {
        let filter = argument(field, "filter", self.variables).filter(|filter| !filter.is_null());
        let order = argument(field, "orderBy", self.variables).filter(|order| !order.is_null());
        let types = self.types(field)?;
        if let Some(given) = &filter {
            child.condition =
                Some(filter::filter(relation.to, given, "filter").map_err(|fault| self.error(fault))?);
        }
        let of_filter = filter.as_ref().map_or(0, filter::cost);
        // Like a filter, the types that are asked for make another list, with other cursors.
        let limits = filter.or_else(|| types.as_ref().map(|types| types.as_slice().into()));
        child.only = types.map(Only::Types);
        let keys =
            order.as_ref().map_or_else(|| relation.order.clone(), |given| self::order(relation.to, given));
        child.order = total(&keys, child.table);
        let is_feed = relation.to == "Change" && field.name == "changes";
        let list = if is_feed { self.feed(ty.name) } else { format!("{}.{}", ty.name, field.name) };
        let mark = || cursor::mark(&list, limits.as_ref(), order.as_ref());
        let page = self.page(field, mark, &child.order, is_feed)?;
        child.page = Some(page.clone());
        let connection = field.ty().inner_named_type().to_string();
        let is_exported = self.comes_to_list(&field.name, sets);
        // How many rows of an exported list are read at a time hangs on what one costs.
        let size = if is_exported { 1 } else { page.size.try_into().unwrap_or(u64::MAX) };
        let parts = self.on_way_if(ty.name == "Query" && relation.to == "Programme", |planner| {
            planner.below(1, |planner| planner.parts(&connection, relation, sets, size, &mut child))
        })?;
        child.wanted = parts.iter().any(|(_, part)| !matches!(part, Part::Typename(_) | Part::TotalCount));
        child.count = parts.iter().any(|(_, part)| matches!(part, Part::TotalCount));
        // The rows and their number are two searches.
        self.charge(of_filter * (u64::from(child.wanted) + u64::from(child.count)))?;
        let cursors = (is_exported || parts.iter().any(|(_, part)| has_cursor(part))).then(|| {
            let order = child.order.clone();
            let slot = |key: &OrderKey| child.select(Source::ROW, key.by.into(), key.scalar, false);
            Cursors { mark: mark(), keys: order.iter().map(slot).collect() }
        });
        // A number alone comes along with the rows above, which the root has none of.
        let (child, total) = if child.count && !child.wanted && !matches!(relation.join, Join::Root) {
            (None, Some(rows.count_along(at.source, child)))
        } else {
            (Some(add(rows, slot, child)), None)
        };
        Ok(Out::Connection(Box::new(Connection { child, slot, total, cursors, page, parts })))
    }

    /// The feed of a programme or an action as a list that cursors belong to. Another role sees another past, and a database
    /// that was restored has another: where it began anew, there is nothing to go on from.
    pub(super) fn feed(&self, of: &str) -> String {
        format!("{of}.changes{}{}", self.viewer.mark(), self.rules.timeline)
    }

    /// The types of things to which a list of changes is limited, where it is; each once, sorted.
    pub(super) fn types(&self, field: &'a Selected) -> Result<Option<Vec<&'static str>>, Error> {
        let given = argument(field, "types", self.variables).filter(|types| !types.is_null());
        let Some(given) = given else { return Ok(None) };
        let mut types = Vec::new();
        for (place, name) in given.as_array().into_iter().flatten().enumerate() {
            let Some((ty, _)) = recorded_types().find(|(ty, _)| name == ty) else {
                let known: Vec<_> = recorded_types().map(|(ty, _)| ty).collect();
                let message = format!(
                    "types.{place}: {name} is not a type that the ledger records; these are: {}.",
                    known.join(", ")
                );
                return Err(self.error(Error::input(message)));
            };
            types.push(ty);
        }
        types.sort_unstable();
        types.dedup();
        Ok(Some(types))
    }

    fn parts(
        &mut self,
        connection: &str,
        relation: &'static Relation,
        sets: &[&'a SelectionSet],
        size: u64,
        child: &mut Rows,
    ) -> Result<Vec<(String, Part)>, Error> {
        let mut parts = Vec::new();
        for (key, selected) in self.collect(connection, sets)? {
            let Some(field) = selected.first() else { continue };
            let sets: Vec<&'a SelectionSet> = selected.iter().map(|field| &field.selection_set).collect();
            self.path.push(key.as_str().into());
            let part = match field.name.as_str() {
                "nodes" => Part::Nodes(
                    self.below(size, |planner| planner.shape(relation.to, &sets, child, At::ROW))?,
                ),
                "edges" => {
                    let edge = connection.replace("Connection", "Edge");
                    Part::Edges(self.below(size, |planner| planner.edge(&edge, relation, &sets, child))?)
                }
                "pageInfo" => Part::PageInfo(self.page_info(&sets)?),
                "totalCount" => Part::TotalCount,
                _ => Part::Typename(connection.to_owned()),
            };
            self.path.pop();
            parts.push((key, part));
        }
        Ok(parts)
    }

    pub(super) fn edge(
        &mut self,
        edge: &str,
        relation: &'static Relation,
        sets: &[&'a SelectionSet],
        child: &mut Rows,
    ) -> Result<Vec<(String, EdgePart)>, Error> {
        let mut parts = Vec::new();
        for (key, selected) in self.collect(edge, sets)? {
            let Some(field) = selected.first() else { continue };
            let sets: Vec<&'a SelectionSet> = selected.iter().map(|field| &field.selection_set).collect();
            self.path.push(key.as_str().into());
            let part = match field.name.as_str() {
                "cursor" => EdgePart::Cursor,
                // The edge and its node come together: they count as one.
                "node" => {
                    EdgePart::Node(self.deeper(|planner| planner.shape(relation.to, &sets, child, At::ROW))?)
                }
                "__typename" => EdgePart::Typename(edge.to_owned()),
                name => {
                    let column = match &relation.join {
                        Join::Through { edge, .. } => edge.iter().find(|(field, _)| *field == name),
                        _ => None,
                    };
                    match column {
                        Some((_, column)) => EdgePart::Value(
                            child.select(Source::ROW, SelectFrom::Between(column), Scalar::Text, false),
                            Scalar::Text,
                        ),
                        None => EdgePart::Typename(edge.to_owned()),
                    }
                }
            };
            self.path.pop();
            parts.push((key, part));
        }
        Ok(parts)
    }

    fn page_info(&mut self, sets: &[&'a SelectionSet]) -> Result<Vec<(String, PageInfoPart)>, Error> {
        let parts = self.collect("PageInfo", sets)?.into_iter().map(|(key, selected)| {
            let part = match selected.first().map(|field| field.name.as_str()) {
                Some("hasNextPage") => PageInfoPart::HasNext,
                Some("hasPreviousPage") => PageInfoPart::HasPrevious,
                Some("startCursor") => PageInfoPart::Start,
                Some("endCursor") => PageInfoPart::End,
                _ => PageInfoPart::Typename,
            };
            (key, part)
        });
        Ok(parts.collect())
    }

    pub(super) fn page(
        &self,
        field: &'a Selected,
        mark: impl Fn() -> String,
        order: &[OrderKey],
        is_feed: bool,
    ) -> Result<Page, Error> {
        let (size, backwards) = self.size(field)?;
        let bound = |name: &str| {
            let given = argument(field, name, self.variables).filter(|given| !given.is_null());
            let Some(given) = given else { return Ok(None) };
            let cursor = given.as_str().and_then(|text| cursor::decode(text, &mark(), order));
            let mut message = format!(
                "{name}: this is not a cursor of this list, with this filter and in this order; take one from its edges or pageInfo."
            );
            if is_feed {
                message.push_str(BEGIN_ANEW);
            }
            cursor.map(Some).ok_or_else(|| self.error(Error::input(message)))
        };
        Ok(Page { size, backwards, after: bound("after")?, before: bound("before")? })
    }

    /// How many objects a page can hold.
    pub(super) fn page_size(&self, field: &'a Selected) -> Result<u64, Error> {
        Ok(self.size(field)?.0.try_into().unwrap_or(u64::MAX))
    }

    /// The size of a page, and whether it is counted from the end.
    fn size(&self, field: &'a Selected) -> Result<(usize, bool), Error> {
        let (most, unless_given) = match self.is_on_way() {
            // All there is.
            true => (i64::MAX, usize::MAX),
            false => (MAX_PAGE, DEFAULT_PAGE),
        };
        let size = |name: &str| {
            let given = argument(field, name, self.variables).and_then(|given| given.as_i64());
            match given {
                Some(size) if !(1..=most).contains(&size) => {
                    let message = match self.is_on_way() {
                        true => format!("{name}: {size} is no number of things to export; 1 or more is."),
                        false => format!("{name}: {size} is not a size of page; 1 to {MAX_PAGE} is."),
                    };
                    Err(self.error(Error::input(message)))
                }
                // It is 1 or more.
                given => Ok(given.and_then(|size| usize::try_from(size).ok())),
            }
        };
        let (first, last) = (size("first")?, size("last")?);
        if first.is_some() && last.is_some() {
            return Err(self.error(Error::input("first and last cannot be given together.")));
        }
        if last.is_some() && self.is_on_way() {
            return Err(self.error(Error::input("last: an export goes forwards; give first.")));
        }
        Ok((first.or(last).unwrap_or(unless_given), last.is_some()))
    }
}

/// The order that the client asks for.
fn order(of: &str, given: &Value) -> Vec<OrderKey> {
    let Some(list) = Model::get().list(of) else { return Vec::new() };
    let given = given.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut keys: Vec<OrderKey> = Vec::new();
    let mut seen = Vec::new();
    for item in given {
        let field = list.order.iter().find(|field| Some(field.name) == item["field"].as_str());
        // A field that came before decides already.
        let Some(field) = field.filter(|field| !seen.contains(&field.name)) else { continue };
        seen.push(field.name);
        keys.push(OrderKey { descending: item["direction"] == "DESC", ..field.key });
    }
    keys
}

fn has_cursor(part: &Part) -> bool {
    match part {
        Part::Edges(parts) => parts.iter().any(|(_, part)| matches!(part, EdgePart::Cursor)),
        Part::PageInfo(parts) => {
            parts.iter().any(|(_, part)| matches!(part, PageInfoPart::Start | PageInfoPart::End))
        }
        _ => false,
    }
}
