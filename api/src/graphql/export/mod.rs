//! Exports: a list of any length, written page by page as it is read.
//!
//! What is written is what the same query would page through: the same plan, row rules and writer. Who asks is looked up again
//! for each page, and nothing is kept but the place in the list, so that memory does not grow with it.

mod csv;
mod way;

use std::sync::Arc;

use domain::Marking;
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use self::csv::Column;
pub(super) use self::way::Way;
use self::way::{Found, at, follow, follow_on, places};
use super::answer::{Failure, database, refused, unwritten};
use super::argument::Variables;
use super::document::Document;
use super::error::{Code, Error};
use super::output::Writer;
use super::plan::Plan;
use super::request::{Request, chosen, coerced};
use super::shape::{Connection, Part};
use super::{Answer, Engine, Kind, fetch_root};
use crate::auth::Principal;
use crate::authz::identity::Identity;
use crate::authz::viewer::Viewer;
use crate::observe::current::as_part;
use crate::observe::trace;
use crate::store::fetch::Fetched;
use crate::store::marking::sees_sensitive;
use crate::store::plan::{Cell, Only, Page};

/// How many things are read at a time at most.
const AT_ONCE: usize = 200;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A line of JSON for each thing.
    JsonLines,
    /// A line of values for each, for spreadsheets.
    Csv,
}

/// What comes of asking for an export.
pub enum Exported {
    /// It cannot be begun: the answer says why.
    Answer(Answer),
    /// It has begun.
    Begun(Export),
}

/// An export that has begun.
pub struct Export {
    /// The operation's name, for the log.
    pub operation: Option<String>,
    /// The name of its file, without what tells the format.
    pub name: String,
    /// How it must be handled: as the most sensitive thing that it can hold.
    pub marking: String,
    /// How many statements the first page took.
    pub statements: u32,
    /// What is written, to its end, or to an error: then it is not whole.
    pub pieces: BoxStream<'static, Result<Piece, Error>>,
}

/// Some of what is written.
#[derive(Debug, Default)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// How many things it holds.
    pub things: usize,
    /// How many statements it took.
    pub statements: u32,
}

impl Engine {
    /// Begins an export: reads its first page, so that what is wrong with it is said at once.
    pub async fn export(
        &self,
        request: Request,
        format: Format,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> Exported {
        let document = match self.find(&request).await {
            Ok(found) => found.document,
            Err(errors) => return Exported::Answer(refused(&errors, (Kind::None, None), request_id)),
        };
        let (kind, name) = match chosen(&document, &request) {
            Ok(operation) => {
                (Kind::of(&document, operation), operation.name.as_ref().map(ToString::to_string))
            }
            Err(error) => return Exported::Answer(refused(&[error], (Kind::None, None), request_id)),
        };
        if kind != Kind::Query {
            let error = Error::input("An export is of what a query asks for.");
            return Exported::Answer(refused(&[error], (kind, name), request_id));
        }
        let begun = match coerced(&document, &request) {
            Ok((_, variables)) => {
                let who = (principal.map(|of| &of.identity), request_id);
                begin(self, (document, request, variables), format, who).await
            }
            Err(failure) => Err(failure),
        };
        match begun {
            Ok(export) => Exported::Begun(Export { operation: name, ..export }),
            Err(failure) => Exported::Answer(failure.into_answer((kind, name), request_id)),
        }
    }
}

/// One export under way.
struct Exporter {
    engine: Engine,
    document: Arc<Document>,
    request: Request,
    variables: Variables,
    format: Format,
    identity: Option<Identity>,
    request_id: String,
    /// What was found out as it began.
    begun: Option<Begun>,
    /// The programmes whose lists are written one after the other, where the way leads through them.
    programmes: Span,
    /// The programme whose list is being written, and where it stands among them.
    programme: Option<(Uuid, Vec<Cell>)>,
    /// The list itself.
    list: Span,
    is_over: bool,
}

/// What holds from the first page to the last.
struct Begun {
    /// What the viewer's sight hangs on: where it changes, they see another list.
    sight: String,
    marking: Marking,
    /// The name of the list.
    name: String,
    /// What its last page cost.
    cost: u64,
}

/// What is asked for, planned for one viewer.
struct Prepared {
    plan: Plan,
    /// Where the lists on the way are in it: that of the programmes, where there is one, and the one that is exported.
    places: Vec<Vec<usize>>,
    columns: Vec<Column>,
    name: String,
}

/// How far a list has come.
#[derive(Default)]
struct Span {
    /// The values of the last row by which it is ordered; nowhere before its first page.
    after: Option<Vec<Cell>>,
    /// How many are still wanted; as many as the query says before its first page.
    left: Option<usize>,
}

impl Span {
    /// The page that comes next: of so many rows at most.
    fn next(&self, asked: &Page, most: usize) -> Page {
        let left = self.left.unwrap_or(asked.size);
        Page {
            size: most.min(left),
            after: self.after.clone().or_else(|| asked.after.clone()),
            ..asked.clone()
        }
    }

    /// Goes past so many rows; whether any is wanted after them.
    fn pass(&mut self, asked: &Page, rows: usize, last: Option<Vec<Cell>>) -> bool {
        let left = self.left.unwrap_or(asked.size).saturating_sub(rows);
        self.left = Some(left);
        self.after = last.or_else(|| self.after.take());
        left > 0
    }
}

async fn begin(
    engine: &Engine,
    (document, request, variables): (Arc<Document>, Request, Variables),
    format: Format,
    (identity, request_id): (Option<&Identity>, &str),
) -> Result<Export, Failure> {
    let mut exporter = Box::new(Exporter {
        engine: engine.clone(),
        document,
        // Document and variables are there.
        request: Request { query: String::new(), variables: Variables::new(), ..request },
        variables,
        format,
        identity: identity.cloned(),
        request_id: request_id.to_owned(),
        begun: None,
        programmes: Span::default(),
        programme: None,
        list: Span::default(),
        is_over: false,
    });
    let first = exporter.read().await?;
    let (list, marking) = match &exporter.begun {
        Some(begun) => (begun.name.clone(), begun.marking),
        None => (String::new(), Marking::OfficialSensitive),
    };
    // As people write it.
    let marking = marking.as_str().replace('_', "-");
    let name = format!("{list} {} {marking}", engine.clock.today());
    let statements = first.statements;
    let first = stream::iter([Ok(first)]);
    let pieces = first.chain(stream::unfold(exporter, Exporter::next)).boxed();
    Ok(Export { operation: None, name, marking, statements, pieces })
}

impl Exporter {
    /// The next page, as soon as it is asked for and the client may have it.
    async fn next(self: Box<Self>) -> Option<(Result<Piece, Error>, Box<Self>)> {
        if self.is_over {
            return None;
        }
        if let (Some(allowance), Some(begun)) = (&self.request.allowance, &self.begun) {
            while let Err(wait) = allowance.export(begun.cost) {
                sleep(wait).await;
            }
        }
        let (read, mut exporter) = self.read_apart().await;
        let piece = read.map_err(|failure| {
            exporter.is_over = true;
            failure.into_error()
        });
        Some((piece, exporter))
    }

    /// Reads in a task of its own: whoever asked for the page may stop asking in the middle, with a turn in hand that others wait for.
    async fn read_apart(mut self: Box<Self>) -> (Result<Piece, Failure>, Box<Self>) {
        let mut task = JoinSet::new();
        task.spawn(as_part(async move {
            let read = self.read().await;
            (read, self)
        }));
        match task.join_next().await {
            Some(Ok(done)) => done,
            Some(Err(fault)) if fault.is_panic() => std::panic::resume_unwind(fault.into_panic()),
            // The runtime is going down, and whoever waits with it.
            _ => std::future::pending().await,
        }
    }

    /// Reads and writes the next page, as the viewer that there is now.
    async fn read(&mut self) -> Result<Piece, Failure> {
        let request_id = self.request_id.clone();
        let fault = |fault| database(&fault, &request_id);
        let _turn = self.request.turn().await;
        let read = self.engine.read(self.identity.as_ref()).await.map_err(fault)?;
        let Prepared { mut plan, places, columns, name } = self.plan(&read.cx.viewer)?;
        let size = self.pages(&mut plan, &places).map_err(Failure::Request)?;
        let cost = plan.cost.saturating_mul(size.try_into().unwrap_or(u64::MAX));
        let tells = plan.tells_evidence && sees_sensitive(&read).await.map_err(fault)?;
        let marking = if tells { Marking::OfficialSensitive } else { Marking::Official };
        let sight = read.cx.viewer.mark();
        let mut piece = Piece::default();
        match &mut self.begun {
            Some(begun) if begun.sight != sight => return Err(broken_off(OTHER_SIGHT)),
            Some(begun) if begun.marking < marking => return Err(broken_off(OTHER_MARKING)),
            Some(begun) => begun.cost = cost,
            None => {
                if let Some(allowance) = &self.request.allowance {
                    allowance.export(cost).map_err(Failure::RateLimited)?;
                }
                self.begun = Some(Begun { sight, marking, cost, name });
                if self.format == Format::Csv {
                    piece.text = csv::head(&columns);
                }
            }
        }
        let fetched = fetch_root(&read, &plan.root).await.map_err(fault)?;
        piece.statements = read.statements();
        self.take(&mut piece, (&plan, &places), &columns, &fetched)?;
        Ok(piece)
    }

    /// Plans what is asked for, for one viewer.
    fn plan(&self, viewer: &Viewer) -> Result<Prepared, Failure> {
        let selection = &chosen(&self.document, &self.request).map_err(Failure::Request)?.selection_set;
        let mut planner = self.engine.planner(&self.document, &self.variables, viewer).exporting();
        let plan = trace::plan().in_scope(|| planner.query(selection)).map_err(Failure::Request)?;
        let Some(way) = planner.way.take() else { return Err(Failure::Request(way::not_one_list())) };
        let places = places(&plan.fields, way.lists).map_err(Failure::Request)?;
        let (name, sets) = way.list.unwrap_or_default();
        let columns = match self.format {
            Format::JsonLines => Vec::new(),
            Format::Csv => csv::columns(&planner, &sets).map_err(Failure::Request)?,
        };
        Ok(Prepared { plan, places, columns, name })
    }

    /// Says which page of each list on the way is read next, and of how many things it is.
    fn pages(&self, plan: &mut Plan, places: &[Vec<usize>]) -> Result<usize, Error> {
        let most = at_once(plan.cost, self.engine.rules.limits.cost);
        let mut size = 0;
        for (place, list) in places.iter().enumerate() {
            let rows = at(&mut plan.root, list).ok_or_else(way::not_one_list)?;
            let asked = rows.page.clone().ok_or_else(way::not_one_list)?;
            let is_last = place + 1 == places.len();
            rows.page = Some(match &self.programme {
                _ if is_last => {
                    let page = self.list.next(&asked, most);
                    size = page.size;
                    page
                }
                Some((id, _)) => {
                    rows.only = Some(Only::Ids(vec![*id]));
                    Page { size: 1, after: None, before: None, ..asked }
                }
                None => self.programmes.next(&asked, 1),
            });
        }
        Ok(size)
    }

    /// Writes what was fetched, and goes past it.
    fn take(
        &mut self,
        piece: &mut Piece,
        (plan, places): (&Plan, &[Vec<usize>]),
        columns: &[Column],
        fetched: &Fetched,
    ) -> Result<(), Failure> {
        let row = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
        let found = follow(&plan.fields, row, fetched).map_err(Failure::Request)?;
        if places.len() == 1 {
            self.is_over = !self.write(piece, found, columns)?;
            return Ok(());
        }
        let of = found.and_then(|(list, below, group)| {
            let row = below.rows.get(*group.rows.first()?)?;
            Some((list, below, row.as_slice(), group.more))
        });
        let held = self.programme.take();
        let Some((programmes, below, row, has_more)) = of else {
            // The one that was being written is gone, or there was none left.
            self.is_over = held.is_none();
            self.list = Span::default();
            self.programmes.after = held.map(|(_, values)| values).or_else(|| self.programmes.after.take());
            return Ok(());
        };
        let (id, values) = (row.first().and_then(Cell::uuid), values(programmes, row));
        let list = follow_on(programmes, row, below).map_err(Failure::Request)?;
        if self.write(piece, list, columns)? {
            self.programme = id.zip(values);
            return Ok(());
        }
        self.list = Span::default();
        let wants_more = self.programmes.pass(&programmes.page, 1, values);
        // Who was held was asked for by its id, and its page says nothing of others.
        self.is_over = !wants_more || !(has_more || held.is_some());
        Ok(())
    }

    /// Writes a page of the list; whether there is more of it, and it is wanted.
    fn write(
        &mut self,
        piece: &mut Piece,
        found: Option<Found<'_, '_>>,
        columns: &[Column],
    ) -> Result<bool, Failure> {
        let Some((list, below, group)) = found else { return Ok(false) };
        let most = self.engine.rules.limits.answer_bytes;
        let mut has_more = group.more;
        let mut last = None;
        for place in &group.rows {
            // As much is kept as one answer may hold, and the line that goes beyond it.
            if piece.text.len() >= most {
                has_more = true;
                break;
            }
            let item = self.item(list, *place, below)?;
            match self.format {
                Format::JsonLines => {
                    piece.text.push_str(&item);
                    piece.text.push('\n');
                }
                Format::Csv => {
                    let item = serde_json::from_str(&item).unwrap_or(Value::Null);
                    piece.text.push_str(&csv::row(columns, &item));
                }
            }
            piece.things += 1;
            last = below.rows.get(*place).and_then(|row| values(list, row));
        }
        let written = piece.things;
        Ok(self.list.pass(&list.page, written, last) && has_more)
    }

    /// One thing, as JSON.
    fn item(&self, list: &Connection, place: usize, below: &Fetched) -> Result<String, Failure> {
        let mut writer = Writer::new(self.engine.rules.limits.answer_bytes);
        let written = match &list.parts[..] {
            [(_, Part::Nodes(shape))] => writer.shaped(shape, place, below),
            [(_, Part::Edges(parts))] => writer.edge(parts, list, place, below),
            _ => Ok(()),
        };
        written.map_err(|fault| Failure::Execution(unwritten(fault, &self.request_id)))?;
        match writer.errors.pop() {
            Some(error) => Err(Failure::Execution(error)),
            None => Ok(writer.json),
        }
    }
}

/// How many things are read at a time, where each costs so much: together no more than one answer may.
fn at_once(cost: u64, limit: u64) -> usize {
    usize::try_from(limit / cost.max(1)).unwrap_or(AT_ONCE).clamp(1, AT_ONCE)
}

/// The values of a row by which its list is ordered.
fn values(list: &Connection, row: &[Cell]) -> Option<Vec<Cell>> {
    list.cursors.as_ref()?.keys.iter().map(|slot| row.get(*slot).cloned()).collect()
}

fn broken_off(why: &str) -> Failure {
    Failure::Execution(Error::new(Code::Forbidden, why))
}

/// What somebody is told whose memberships have changed.
const OTHER_SIGHT: &str = "Your memberships have changed since the export began, or the day has where you see what is published only: \
                           you see another list now. Export it anew.";
/// What somebody is told where the record has come to hold something more sensitive than the export says.
const OTHER_MARKING: &str = "There is OFFICIAL-SENSITIVE evidence for you now, which there was not when the export began: it carries the \
                             wrong marking. Export it anew.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_no_more_than_an_answer_may() {
        for (cost, page) in [(0, 200), (50, 200), (60, 166), (4_000, 2), (10_000, 1), (20_000, 1)] {
            assert_eq!(at_once(cost, 10_000), page, "{cost}");
        }
    }

    #[test]
    fn a_list_is_wanted_as_far_as_was_asked() {
        let asked = Page { size: 450, backwards: false, after: Some(vec![Cell::Number(7)]), before: None };
        let mut span = Span::default();
        assert_eq!((span.next(&asked, 200).size, span.next(&asked, 200).after), (200, asked.after.clone()));
        assert!(span.pass(&asked, 200, Some(vec![Cell::Number(300)])));
        assert!(span.pass(&asked, 200, Some(vec![Cell::Number(600)])));
        let last = span.next(&asked, 200);
        assert_eq!((last.size, last.after), (50, Some(vec![Cell::Number(600)])));
        assert!(!span.pass(&asked, 50, None));
    }
}
