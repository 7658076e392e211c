//! How rows become JSON: by walking the shape of the answer, without a value in between.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use domain::measure::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::cursor;
use super::error::{Code, Error};
use super::shape::{Connection, EdgePart, Field, Otherwise, Out, PageInfoPart, Part, Shape};
use crate::store::fetch::{Fetched, Group};
use crate::store::model::{Model, Scalar};
use crate::store::plan::Cell;

/// An answer under construction.
pub struct Writer<'a> {
    /// The JSON so far.
    pub json: String,
    /// What went wrong on the way.
    pub errors: Vec<Error>,
    /// Where introspection stands, by its key.
    pub introspection: Vec<(String, usize)>,
    /// How many bytes it may have.
    most: usize,
    pub(super) path: Vec<Segment<'a>>,
}

/// One step of the way to a place in the answer. It borrows: most answers have no error that would need the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Segment<'a> {
    Key(&'a str),
    Place(usize),
}

/// Why an answer cannot be written.
#[derive(Debug)]
pub enum Unwritten {
    /// A row that the rules promise is not there: a fault of ours.
    Missing {
        /// Where in the answer.
        path: Vec<Value>,
    },
    /// It has more bytes than an answer may have.
    TooLarge,
}

pub(super) type Written = Result<(), Unwritten>;

impl<'a> Writer<'a> {
    /// An empty answer, to be of so many bytes at most.
    pub fn new(most: usize) -> Self {
        let (json, errors, introspection, path) = Default::default();
        Self { json, errors, introspection, most, path }
    }

    /// Writes the fields of a row as an object.
    pub fn object(&mut self, fields: &'a [Field], row: &[Cell], fetched: &Fetched) -> Written {
        self.json.push('{');
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.key(&field.key);
            self.path.push(Segment::Key(&field.key));
            self.out(field, row, fetched)?;
            self.path.pop();
        }
        self.json.push('}');
        Ok(())
    }

    fn out(&mut self, field: &'a Field, row: &[Cell], fetched: &Fetched) -> Written {
        match &field.out {
            Out::Typename(name) => self.text(name),
            Out::Introspection => {
                self.introspection.push((field.key.clone(), self.json.len()));
                self.json.push_str("null");
            }
            Out::Given(json) => self.json.push_str(json),
            Out::Id { slot, prefix } => self.id(row.get(*slot), Some(prefix)),
            Out::IdOf { slot, type_slot } => {
                let prefix = match row.get(*type_slot) {
                    Some(Cell::Text(ty)) => Model::get().ty(ty).and_then(|ty| ty.prefix),
                    _ => None,
                };
                self.id(row.get(*slot), prefix);
            }
            Out::Value { slot, scalar } => self.value(row.get(*slot), *scalar),
            Out::Object { unless_null, fields } => match unless_null.map(|slot| row.get(slot)) {
                Some(None | Some(Cell::Null)) => self.json.push_str("null"),
                _ => self.object(fields, row, fetched)?,
            },
            Out::One { child, slot, shape, otherwise } => {
                let found = below(fetched, *child, row, *slot)
                    .and_then(|(below, group)| Some((below, group.rows.first()?)));
                match found {
                    Some((below, place)) => self.shaped(shape, *place, below)?,
                    None => self.otherwise(otherwise)?,
                }
            }
            Out::Joined { key, shape, otherwise } => match (row.get(*key), otherwise) {
                (Some(Cell::Uuid(_)), _) => self.shaped_row(shape, row, fetched)?,
                (_, otherwise) => self.otherwise(otherwise)?,
            },
            Out::Many { child, slot, shape } => {
                self.json.push('[');
                if let Some((below, group)) = below(fetched, *child, row, *slot) {
                    self.items(&group.rows, |writer, place| writer.shaped(shape, place, below))?;
                }
                self.json.push(']');
            }
            Out::Nodes(wanted, shapes) => {
                self.json.push('[');
                let places: Vec<usize> = (0..wanted.len()).collect();
                self.items(&places, |writer, at| writer.node(&wanted[at], shapes, fetched))?;
                self.json.push(']');
            }
            Out::Changed { child, ids, shape } => {
                self.json.push('[');
                if let Some(below) = fetched.children.get(*child) {
                    let at =
                        |id: &Uuid| below.rows.iter().position(|row| row.first() == Some(&Cell::Uuid(*id)));
                    let places: Vec<usize> = ids.iter().filter_map(at).collect();
                    self.items(&places, |writer, place| writer.shaped(shape, place, below))?;
                }
                self.json.push(']');
            }
            Out::Connection(connection) => self.connection(connection, row, fetched)?,
            Out::Present(present) => self.present(present, row, fetched)?,
            Out::Projected { slot, projection } => match row.get(*slot) {
                Some(Cell::Json(value)) => self.projected(projection, value)?,
                _ => self.projected(projection, &Value::Null)?,
            },
        }
        Ok(())
    }

    /// Writes one field of the root.
    pub fn root(&mut self, field: &'a Field, row: &[Cell], fetched: &Fetched) -> Written {
        self.key(&field.key);
        self.path.push(Segment::Key(&field.key));
        self.out(field, row, fetched)?;
        self.path.pop();
        Ok(())
    }

    /// Writes the name of the root's type.
    pub fn typename(&mut self, key: &str, name: &str) {
        self.key(key);
        self.text(name);
    }

    /// Writes null for a field of the root that failed.
    pub fn failed(&mut self, key: &str, error: Error) {
        self.key(key);
        self.json.push_str("null");
        self.errors.push(Error { path: vec![key.into()], ..error });
    }

    fn node(
        &mut self,
        wanted: &(Option<(usize, usize)>, Uuid),
        shapes: &'a [Shape],
        fetched: &Fetched,
    ) -> Written {
        let (of, id) = wanted;
        let found = of.and_then(|(child, shape)| {
            let below = fetched.children.get(child)?;
            let place = below.rows.iter().position(|row| row.first() == Some(&Cell::Uuid(*id)))?;
            Some((below, place, shapes.get(shape)?))
        });
        match found {
            Some((below, place, shape)) => self.shaped(shape, place, below)?,
            None => self.not_found("There is nothing with this id for you."),
        }
        Ok(())
    }

    /// What stands where there is no row.
    fn otherwise(&mut self, otherwise: &'a Otherwise) -> Written {
        match otherwise {
            Otherwise::Null => self.json.push_str("null"),
            Otherwise::NotFound(message) => self.not_found(message),
            Otherwise::Never => return Err(Unwritten::Missing { path: self.place() }),
        }
        Ok(())
    }

    pub(super) fn shaped(&mut self, shape: &'a Shape, place: usize, fetched: &Fetched) -> Written {
        let row = fetched.rows.get(place).map(Vec::as_slice).unwrap_or_default();
        self.shaped_row(shape, row, fetched)
    }

    fn shaped_row(&mut self, shape: &'a Shape, row: &[Cell], fetched: &Fetched) -> Written {
        let kind = shape.kind.and_then(|slot| match row.get(slot) {
            Some(Cell::Text(kind)) => Some(kind.as_str()),
            _ => None,
        });
        let fields = match kind {
            None => shape.variants.first(),
            kind => shape.variants.iter().find(|(of, _)| *of == kind),
        };
        match fields {
            Some((_, fields)) => self.object(fields, row, fetched),
            None => Err(Unwritten::Missing { path: self.place() }),
        }
    }

    /// Writes the items of a list, with their places in the path.
    fn items(&mut self, places: &[usize], mut item: impl FnMut(&mut Self, usize) -> Written) -> Written {
        for (index, place) in places.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.path.push(Segment::Place(index));
            item(self, *place)?;
            self.path.pop();
            if self.json.len() > self.most {
                return Err(Unwritten::TooLarge);
            }
        }
        Ok(())
    }

    fn connection(&mut self, connection: &'a Connection, row: &[Cell], fetched: &Fetched) -> Written {
        let none = (&Fetched::default(), &Group::default());
        let found = connection.child.and_then(|child| below(fetched, child, row, connection.slot));
        let (below, group) = found.unwrap_or(none);
        self.json.push('{');
        for (index, (key, part)) in connection.parts.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.key(key);
            self.path.push(Segment::Key(key));
            match part {
                Part::Typename(name) => self.text(name),
                Part::TotalCount => match connection.total.and_then(|slot| row.get(slot)) {
                    Some(Cell::Number(total)) => self.number(*total),
                    _ => self.number(group.count),
                },
                Part::PageInfo(parts) => self.page_info(parts, connection, below, group),
                Part::Nodes(shape) => {
                    self.json.push('[');
                    self.items(&group.rows, |writer, place| writer.shaped(shape, place, below))?;
                    self.json.push(']');
                }
                Part::Edges(parts) => {
                    self.json.push('[');
                    self.items(&group.rows, |writer, place| writer.edge(parts, connection, place, below))?;
                    self.json.push(']');
                }
            }
            self.path.pop();
        }
        self.json.push('}');
        Ok(())
    }

    pub(super) fn edge(
        &mut self,
        parts: &'a [(String, EdgePart)],
        of: &Connection,
        place: usize,
        below: &Fetched,
    ) -> Written {
        self.json.push('{');
        for (index, (key, part)) in parts.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.key(key);
            self.path.push(Segment::Key(key));
            match part {
                EdgePart::Typename(name) => self.text(name),
                EdgePart::Cursor => self.cursor(of, place, below),
                EdgePart::Node(shape) => self.shaped(shape, place, below)?,
                EdgePart::Value(slot, scalar) => {
                    self.value(below.rows.get(place).and_then(|row| row.get(*slot)), *scalar);
                }
            }
            self.path.pop();
        }
        self.json.push('}');
        Ok(())
    }

    fn page_info(
        &mut self,
        parts: &'a [(String, PageInfoPart)],
        of: &Connection,
        below: &Fetched,
        group: &Group,
    ) {
        self.json.push('{');
        for (index, (key, part)) in parts.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.key(key);
            let backwards = of.page.backwards;
            match part {
                PageInfoPart::Typename => self.text("PageInfo"),
                PageInfoPart::HasNext => {
                    self.bool(if backwards { of.page.before.is_some() } else { group.more })
                }
                PageInfoPart::HasPrevious => {
                    self.bool(if backwards { group.more } else { of.page.after.is_some() })
                }
                PageInfoPart::Start => self.cursor_or_null(of, group.rows.first(), below),
                PageInfoPart::End => self.cursor_or_null(of, group.rows.last(), below),
            }
        }
        self.json.push('}');
    }

    fn cursor_or_null(&mut self, of: &Connection, place: Option<&usize>, below: &Fetched) {
        match place {
            Some(place) => self.cursor(of, *place, below),
            None => self.json.push_str("null"),
        }
    }

    fn cursor(&mut self, of: &Connection, place: usize, below: &Fetched) {
        let row = below.rows.get(place).map(Vec::as_slice).unwrap_or_default();
        // Cursors are written only where the planner found them asked for.
        let Some(cursors) = &of.cursors else { return self.json.push_str("null") };
        let values = cursors.keys.iter().map(|slot| row.get(*slot).unwrap_or(&Cell::Null));
        let text = cursor::encode(&cursors.mark, values);
        self.text(&text);
    }

    /// The present place in the answer.
    pub(super) fn place(&self) -> Vec<Value> {
        let segments = self.path.iter().map(|segment| match segment {
            Segment::Key(key) => Value::from(*key),
            Segment::Place(place) => Value::from(*place),
        });
        segments.collect()
    }

    fn not_found(&mut self, message: &str) {
        let error = Error { path: self.place(), ..Error::new(Code::NotFound, message) };
        self.errors.push(error);
        self.json.push_str("null");
    }

    pub(super) fn key(&mut self, key: &str) {
        // A key is a GraphQL name: nothing in it needs escaping.
        self.json.push('"');
        self.json.push_str(key);
        self.json.push_str("\":");
    }

    fn id(&mut self, cell: Option<&Cell>, prefix: Option<&str>) {
        match (cell, prefix) {
            (Some(Cell::Uuid(id)), Some(prefix)) => {
                let _ = write!(self.json, "\"{prefix}_{}\"", id.simple());
            }
            _ => self.json.push_str("null"),
        }
    }

    fn value(&mut self, cell: Option<&Cell>, scalar: Scalar) {
        match (cell, scalar) {
            (None | Some(Cell::Null), _) => self.json.push_str("null"),
            (Some(Cell::Text(words)), Scalar::Words) => {
                self.json.push('[');
                for (index, word) in words.split_ascii_whitespace().enumerate() {
                    if index > 0 {
                        self.json.push(',');
                    }
                    self.text(word);
                }
                self.json.push(']');
            }
            (Some(Cell::Text(text)), _) => self.text(text),
            (Some(Cell::Number(thousandths)), Scalar::Thousandths) => self.figure(*thousandths),
            (Some(Cell::Number(number)), _) => self.number(*number),
            (Some(Cell::Bool(is)), _) => self.bool(*is),
            (Some(Cell::Date(day)), _) => date(&mut self.json, *day),
            (Some(Cell::Moment(moment)), _) => self.moment(*moment),
            (Some(Cell::Uuid(id)), _) => {
                let _ = write!(self.json, "\"{}\"", id.simple());
            }
            (Some(Cell::Json(value)), _) => self.json.push_str(&value.to_string()),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
        if text.bytes().all(plain) {
            self.json.push('"');
            self.json.push_str(text);
            self.json.push('"');
        } else {
            self.json.push_str(&Value::from(text).to_string());
        }
    }

    fn number(&mut self, number: i64) {
        let _ = write!(self.json, "{number}");
    }

    /// A figure is never negative: see `domain::measure::Decimal`.
    fn figure(&mut self, thousandths: i64) {
        match Decimal::from_thousandths(thousandths) {
            Ok(figure) => _ = write!(self.json, "{figure}"),
            Err(_) => self.json.push_str("null"),
        }
    }

    fn bool(&mut self, is: bool) {
        self.json.push_str(if is { "true" } else { "false" });
    }

    fn moment(&mut self, moment: DateTime<Utc>) {
        let _ = write!(self.json, "\"{}\"", moment.format("%Y-%m-%dT%H:%M:%S%.6fZ"));
    }
}

fn date(json: &mut String, day: NaiveDate) {
    let _ = write!(json, "\"{day}\"");
}

/// The rows of a child that belong to a row.
pub(super) fn below<'a>(
    fetched: &'a Fetched,
    child: usize,
    row: &[Cell],
    slot: usize,
) -> Option<(&'a Fetched, &'a Group)> {
    let below = fetched.children.get(child)?;
    Some((below, below.groups.get(&row.get(slot)?.uuid()?)?))
}
