//! Subscriptions: the feed of changes, told entry after entry.
//!
//! Nothing is pushed from memory. A listener who has caught up waits until the ledger has come further, and then reads on
//! from where it was, as the viewer that the database has by then: what it is told is what `Programme.changes` would say, and
//! a listener that reads slowly holds up nobody and misses nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::executable::{Field as Selected, SelectionSet};
use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::watch;
use uuid::Uuid;

use super::answer::{Failure, database, finished, unwritten};
use super::argument::{Variables, argument};
use super::document::Document;
use super::error::{Code, Error};
use super::output::{Segment, Unwritten, Writer, below};
use super::plan::{At, Planner, add, rows, total};
use super::request::{Request, chosen};
use super::shape::{Connection, Cursors, EdgePart};
use super::{Engine, cursor, fetch_root};
use crate::authz::identity::Identity;
use crate::authz::matrix;
use crate::observe::metrics::delivered;
use crate::store::fetch::Fetched;
use crate::store::heads::{self, Positions};
use crate::store::model::{FieldDef, Join, Model, OrderKey, Relation, Scalar};
use crate::store::plan::{Cell, Only, Page, Rows, SelectFrom, Source};
use crate::store::table::Table;

/// How many entries are read at a time. More would only wait for a listener to take them.
const AT_ONCE: usize = 50;
/// How long nothing may come before the viewer is looked up all the same: who is no member any more is out by then.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// What is to be told next, planned for one viewer.
struct Plan {
    root: Rows,
    /// The key in the answer.
    key: String,
    programme: Uuid,
    /// The page of entries, which hangs on the programme's row.
    page: Connection,
    /// What is shown of each.
    parts: Vec<(String, EdgePart)>,
    /// Which value says when it was made.
    made_at: usize,
}

impl Plan {
    /// One entry, as an answer.
    fn event(&self, (entry, entries): (usize, &Fetched), most: usize) -> Result<Writer<'_>, Unwritten> {
        let mut writer = Writer::new(most);
        writer.json.push_str("{\"data\":{");
        writer.key(&self.key);
        writer.path.push(Segment::Key(&self.key));
        writer.edge(&self.parts, &self.page, entry, entries)?;
        writer.json.push('}');
        Ok(writer)
    }
}

impl<'a> Planner<'a> {
    /// Plans the one field of a subscription, from the given place or else from that in its argument.
    fn live(&mut self, selection: &'a SelectionSet, from: Option<Vec<Cell>>) -> Result<Plan, Error> {
        let selected = self.collect("Subscription", &[selection])?;
        // Validation lets no other document through.
        let (Some((key, fields)), Some(relation)) = (selected.into_iter().next(), entries()) else {
            return Err(Error::input("A subscription has one field at its root."));
        };
        let Some(field) = fields.first().copied() else {
            return Err(Error::input("A subscription has one field at its root."));
        };
        self.path.push(key.as_str().into());
        if matrix::show("Subscription", &field.name).is_none() {
            return Err(self.error(Error::new(Code::Forbidden, "This field cannot be read.")));
        }
        let programme = self.programme(field)?;
        let root = Relation { to: "Programme", join: Join::Root, order: Vec::new(), only: None };
        let (mut root, mut above) = (rows(root.clone(), Table::Programme), rows(root, Table::Programme));
        above.only = Some(Only::Ids(vec![programme]));
        let (slot, mut child) = self.child(relation, &mut above, At::ROW);
        let types = self.types(field)?;
        let limits = types.as_ref().map(|types| types.as_slice().into());
        let mark = cursor::mark(&self.feed(), limits.as_ref(), None);
        child.only = types.map(Only::Types);
        child.order = total(&relation.order, child.table);
        let asked = self.page(field, || mark.clone(), &child.order, true)?;
        let page = Page { size: AT_ONCE, after: from.or(asked.after), ..asked };
        child.page = Some(page.clone());
        let sets: Vec<&'a SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
        let parts = self.below(1, |planner| planner.edge("ChangeEdge", relation, &sets, &mut child))?;
        let order = child.order.clone();
        let value = |key: &OrderKey| child.select(Source::ROW, key.by.into(), key.scalar, false);
        let cursors = Some(Cursors { mark, keys: order.iter().map(value).collect() });
        let made_at = child.select(Source::ROW, SelectFrom::Column("at"), Scalar::Moment, false);
        let place = add(&mut above, slot, child);
        add(&mut root, 0, above);
        let page = Connection { child: Some(place), slot, total: None, cursors, page, parts: Vec::new() };
        Ok(Plan { root, key, programme, page, parts, made_at })
    }

    fn programme(&self, field: &'a Selected) -> Result<Uuid, Error> {
        let given = argument(field, "programmeId", self.variables);
        let (ty, id) = self.id(given.as_ref(), "programmeId")?;
        if ty.name == "Programme" {
            return Ok(id);
        }
        let message = format!("programmeId: this is the id of a {}; a Programme's is asked for.", ty.name);
        Err(self.error(Error::input(message)))
    }
}

/// How the entries of a ledger belong to their programme.
fn entries() -> Option<&'static Relation> {
    match Model::get().ty("Programme")?.field("changes")? {
        FieldDef::Connection(relation) => Some(relation),
        _ => None,
    }
}

/// One who listens.
struct Listener {
    engine: Engine,
    document: Arc<Document>,
    request: Request,
    variables: Variables,
    identity: Option<Identity>,
    request_id: String,
    heads: watch::Receiver<Positions>,
    /// Where it is; nowhere before it has read for the first time.
    at: Option<Place>,
    ready: VecDeque<String>,
    is_over: bool,
}

/// Where a listener is.
struct Place {
    programme: Uuid,
    /// The values of the last entry that was told.
    after: Option<Vec<Cell>>,
    /// How far the ledger had come when it was last read.
    seen: Option<i64>,
    /// Whether there was more to read.
    has_more: bool,
    /// The viewer's mark: where it changes, they see another past.
    mark: String,
}

/// Begins to listen: reads what there is already. What is wrong with the request is said here.
pub(super) async fn listen(
    engine: &Engine,
    document: Arc<Document>,
    request: Request,
    variables: Variables,
    (identity, request_id): (Option<&Identity>, &str),
) -> Result<BoxStream<'static, String>, Failure> {
    let mut listener = Listener {
        engine: engine.clone(),
        document,
        request,
        variables,
        identity: identity.cloned(),
        request_id: request_id.to_owned(),
        // Watched from before the place to begin at is found, so that nothing falls between the two.
        heads: engine.heads.listen(),
        at: None,
        ready: VecDeque::new(),
        is_over: false,
    };
    listener.read().await?;
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((event, listener))
    });
    Ok(events.boxed())
}

impl Listener {
    /// The next event, as soon as there is one; none once it is over.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            self.wait().await;
            if let Err(failure) = self.read().await {
                self.is_over = true;
                return Some(failure.into_event(&self.request_id));
            }
        }
    }

    /// Waits until the ledger has come further than it had when it was read, or until it is time to look who listens.
    async fn wait(&mut self) {
        let Some(Place { programme, seen, has_more: false, .. }) = &self.at else { return };
        let further = self.heads.wait_for(|positions| positions.get(programme) != seen.as_ref());
        // An error would mean that the engine is gone, and the listener holds it.
        let _ = tokio::time::timeout(LOOK_AGAIN, further).await;
    }

    /// Reads the next entries, as the viewer that there is now.
    async fn read(&mut self) -> Result<(), Failure> {
        let Self { engine, document, request, variables, request_id, at, .. } = self;
        let fault = |fault| database(&fault, request_id);
        let read = engine.read(self.identity.as_ref()).await.map_err(fault)?;
        let mark = read.cx.viewer.mark();
        if at.as_ref().is_some_and(|at| at.mark != mark) {
            return Err(Failure::Request(Error::input(BEGIN_ANEW)));
        }
        let selection = &chosen(document, request).map_err(Failure::Request)?.selection_set;
        let mut planner = engine.planner(document, variables, &read.cx.viewer);
        let from = at.take().and_then(|at| at.after);
        let is_first = from.is_none();
        let mut plan = planner.live(selection, from).map_err(Failure::Request)?;
        let cost = planner.cost();
        let _turn = if is_first { request.spend(0, cost).await? } else { None };
        if plan.page.page.after.is_none() {
            let last = Cell::Number(heads::of(&engine.db, plan.programme).await.map_err(fault)?);
            let mut planner = engine.planner(document, variables, &read.cx.viewer);
            plan = planner.live(selection, Some(vec![last])).map_err(Failure::Request)?;
        }
        // An entry that comes from here on may be read now; then it is looked for once more in vain.
        let seen = self.heads.borrow_and_update().get(&plan.programme).copied();
        let fetched = fetch_root(&read, &plan.root).await.map_err(fault)?;
        let mut place = Place {
            programme: plan.programme,
            after: plan.page.page.after.clone(),
            seen,
            has_more: false,
            mark,
        };
        let programme = fetched.children.first();
        let Some((programme, row)) = programme.and_then(|found| Some((found, found.rows.first()?))) else {
            let error = Error::new(Code::NotFound, "There is no programme with this id for you.");
            return Err(Failure::Request(Error { path: vec![plan.key.as_str().into()], ..error }));
        };
        let page = &plan.page;
        if let Some((entries, group)) = below(programme, page.child.unwrap_or_default(), row, page.slot) {
            for entry in &group.rows {
                let spent = (cost, engine.rules.limits.cost, read.statements());
                let event = plan.event((*entry, entries), engine.rules.limits.answer_bytes);
                let event = event.map_err(|fault| Failure::Execution(unwritten(fault, request_id)))?;
                self.ready.extend(finished(event, request, request_id, spent).body);
                let row = entries.rows.get(*entry);
                // Who catches up is told late, and that is not our delay.
                if let (false, Some(Cell::Moment(at))) = (is_first, row.and_then(|row| row.get(plan.made_at)))
                {
                    delivered(*at, engine.clock.now());
                }
                place.after = values(page, row).or(place.after);
            }
            place.has_more = group.more;
        }
        *at = Some(place);
        Ok(())
    }
}

/// The values of a row by which the list is ordered.
fn values(page: &Connection, row: Option<&Vec<Cell>>) -> Option<Vec<Cell>> {
    page.cursors.as_ref()?.keys.iter().map(|slot| row?.get(*slot).cloned()).collect()
}

/// What a listener is told whose memberships have changed.
const BEGIN_ANEW: &str = "Your memberships have changed, or the day has where you see what is published only: you see other things \
                          now. Read the changes again from the first.";
