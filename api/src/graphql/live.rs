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
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
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
use crate::observe::current::as_part;
use crate::observe::metrics::delivered;
use crate::store::fetch::Fetched;
use crate::store::heads::{self, Positions};
use crate::store::model::{FieldDef, Join, Model, OrderKey, Relation, Scalar};
use crate::store::plan::{Cell, Only, Page, Rows, SelectFrom, Source};
use crate::store::table::Table;

/// How many entries are read at a time at most. More would only wait for a listener to take them.
const AT_ONCE: usize = 50;
/// How long nothing may come before the viewer is looked up all the same: who is no member any more is out by then.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// How long a listener rests after it has read: what comes meanwhile it reads at once. The first that comes is told at once.
const REST: Duration = Duration::from_millis(100);

/// What is to be told next, planned for one viewer.
struct Plan {
    root: Rows,
    /// The key in the answer.
    key: String,
    /// Whose changes are told, in words.
    of: String,
    /// Which value of its row says whose ledger they stand in.
    programme: usize,
    /// The page of entries, which hangs on that row.
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

    fn not_found(&self) -> Failure {
        let error = Error::new(Code::NotFound, format!("There is no {} with this id for you.", self.of));
        Failure::Request(Error { path: vec![self.key.as_str().into()], ..error })
    }
}

/// Which entries are read: those after a place, as far as the ledger is known to have come.
struct Span {
    /// The number of the last entry that was told, or is not to be; none where the argument says it.
    after: Option<i64>,
    /// The number of the last entry that is read, where that is known.
    to: Option<i64>,
}

impl<'a> Planner<'a> {
    /// Plans the one field of a subscription.
    fn live(&mut self, selection: &'a SelectionSet, span: &Span) -> Result<Plan, Error> {
        let selected = self.collect("Subscription", &[selection])?;
        let one = "A subscription has one field at its root.";
        // Validation lets no other document through.
        let Some((key, fields)) = selected.into_iter().next() else { return Err(Error::input(one)) };
        let Some((field, (of, relation))) = fields.first().and_then(|field| Some((*field, told(field)?)))
        else {
            return Err(Error::input(one));
        };
        self.path.push(key.as_str().into());
        if matrix::show("Subscription", &field.name).is_none() {
            return Err(self.error(Error::new(Code::Forbidden, "This field cannot be read.")));
        }
        let (id, table) = self.whose(field, of)?;
        let root = Relation { to: of, join: Join::Root, order: Vec::new(), only: None };
        let (mut root, mut above) = (rows(root.clone(), Table::Programme), rows(root, table));
        above.only = Some(Only::Ids(vec![id]));
        let column = if table == Table::Programme { "id" } else { "programme_id" };
        let programme = above.select(Source::ROW, SelectFrom::Column(column), Scalar::Uuid, false);
        let (slot, mut child) = self.child(relation, &mut above, At::ROW);
        let types = self.types(field)?;
        let limits = types.as_ref().map(|types| types.as_slice().into());
        let mark = cursor::mark(&self.feed(of), limits.as_ref(), None);
        child.only = types.map(Only::Types);
        child.order = total(&relation.order, child.table);
        let asked = self.page(field, || mark.clone(), &child.order, true)?;
        let at = |number: i64| vec![Cell::Number(number)];
        // Whoever names no place is told what is new: of what there is, nothing.
        let after = span.after.map(at).or(asked.after).or_else(|| Some(at(i64::MAX)));
        let before = span.to.map(|to| at(to.saturating_add(1)));
        let sets: Vec<&'a SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
        let parts = self.below(1, |planner| planner.edge("ChangeEdge", relation, &sets, &mut child))?;
        let page = Page { size: at_once(self.cost(), self.rules.limits.cost), after, before, ..asked };
        child.page = Some(page.clone());
        let order = child.order.clone();
        let value = |key: &OrderKey| child.select(Source::ROW, key.by.into(), key.scalar, false);
        let cursors = Some(Cursors { mark, keys: order.iter().map(value).collect() });
        let made_at = child.select(Source::ROW, SelectFrom::Column("at"), Scalar::Moment, false);
        let place = add(&mut above, slot, child);
        add(&mut root, 0, above);
        let page = Connection { child: Some(place), slot, total: None, cursors, page, parts: Vec::new() };
        Ok(Plan { root, key, of: of.to_lowercase(), programme, page, parts, made_at })
    }

    /// Whose changes are asked for: `programmeId`, or `actionId`.
    fn whose(&self, field: &'a Selected, of: &str) -> Result<(Uuid, Table), Error> {
        let name = format!("{}Id", of.to_lowercase());
        let given = argument(field, &name, self.variables);
        let (ty, id) = self.id(given.as_ref(), &name)?;
        match ty.table {
            Some(table) if ty.name == of => Ok((id, table)),
            _ => {
                let message = format!("{name}: this is the id of a {}; a {of}'s is asked for.", ty.name);
                Err(self.error(Error::input(message)))
            }
        }
    }
}

/// The type of the thing whose changes a field of a subscription tells, and how they belong to it.
fn told(field: &Selected) -> Option<(&'static str, &'static Relation)> {
    let FieldDef::Live(of) = Model::get().ty("Subscription")?.field(&field.name)? else { return None };
    match Model::get().ty(of)?.field("changes")? {
        FieldDef::Connection(relation) => Some((of, relation)),
        _ => None,
    }
}

/// How many entries are read at a time, where each can hold so many objects: together no more than one answer may.
fn at_once(cost: u64, limit: u64) -> usize {
    usize::try_from(limit / cost.max(1)).unwrap_or(AT_ONCE).clamp(1, AT_ONCE)
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
    /// The number of the last entry that was told, or is not for this listener.
    after: i64,
    /// How far the ledger was known to have come when it was last read.
    seen: Option<i64>,
    /// Whether there was more to read.
    has_more: bool,
    /// What a page costs.
    cost: u64,
    /// The viewer's mark: where it changes, they see another past.
    mark: String,
    /// Until when it rests.
    rests_until: Instant,
}

/// Begins to listen: reads what there is already. What is wrong with the request is said here.
pub(super) async fn listen(
    engine: &Engine,
    document: Arc<Document>,
    request: Request,
    variables: Variables,
    (identity, request_id): (Option<&Identity>, &str),
) -> Result<BoxStream<'static, String>, Failure> {
    // In a box, because it goes to a task and comes back whenever it reads.
    let mut listener = Box::new(Listener {
        engine: engine.clone(),
        document,
        // Document and variables are there, and would be once more for each who listens.
        request: Request { query: String::new(), variables: Variables::new(), ..request },
        variables,
        identity: identity.cloned(),
        request_id: request_id.to_owned(),
        // Watched from before the place to begin at is found, so that nothing falls between the two.
        heads: engine.heads.listen(),
        at: None,
        ready: VecDeque::new(),
        is_over: false,
    });
    listener.read().await?;
    Ok(stream::unfold(listener, Listener::next).boxed())
}

impl Listener {
    /// The next event, as soon as there is one, and who goes on listening; none once it is over.
    async fn next(mut self: Box<Self>) -> Option<(String, Box<Self>)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((event, self));
            }
            if self.is_over {
                return None;
            }
            // Who waits for long holds no room for what was told.
            self.ready = VecDeque::new();
            self.wait().await;
            self = self.read_apart().await;
        }
    }

    /// Waits until the ledger has come further than it had when it was read, or until it is time to look who listens. Who has
    /// more to read waits until its client may have another page.
    async fn wait(&mut self) {
        let Some(Place { programme, seen, has_more, cost, rests_until, .. }) = &self.at else { return };
        if *has_more {
            // What was paid for at the beginning is one entry; what happened before is a list like any other.
            if let Some(allowance) = &self.request.allowance {
                while let Err(wait) = allowance.spend(0, *cost) {
                    sleep(wait).await;
                }
            }
            return;
        }
        let further = self.heads.wait_for(|positions| positions.get(programme) != seen.as_ref());
        // An error would mean that the engine is gone, and the listener holds it.
        let _ = timeout(LOOK_AGAIN, further).await;
        sleep_until(*rests_until).await;
    }

    /// Reads in a task of its own, that is there while it reads and ends with the listener. Others wait for what it holds
    /// meanwhile (a place among those who read, a read that is shared), and whoever asked for the next event may be busy
    /// with a client that takes nothing.
    async fn read_apart(mut self: Box<Self>) -> Box<Self> {
        let mut task = JoinSet::new();
        task.spawn(as_part(async move {
            if let Err(failure) = self.read().await {
                self.is_over = true;
                let event = failure.into_event(&self.request_id);
                self.ready.push_back(event);
            }
            self
        }));
        match task.join_next().await {
            Some(Ok(listener)) => listener,
            Some(Err(fault)) if fault.is_panic() => std::panic::resume_unwind(fault.into_panic()),
            // The runtime is going down, and whoever waits with it.
            _ => std::future::pending().await,
        }
    }

    /// Reads the next entries, as the viewer that there is now.
    async fn read(&mut self) -> Result<(), Failure> {
        let Self { engine, document, request, variables, request_id, at, .. } = self;
        let fault = |fault| database(&fault, request_id);
        let (is_first, is_behind) = (at.is_none(), at.as_ref().is_some_and(|at| at.has_more));
        // Of one client's who catch up, one reads at a time.
        let _own = if is_behind { request.turn().await } else { None };
        // Those who listen take a few connections to the database, however many they are, and those who catch up keep nobody
        // waiting who is told what is new. They are never closed. Who begins has come through the gate.
        let places = if is_behind { &engine.catching_up } else { &engine.listening };
        let _place = if is_first { None } else { places.acquire().await.ok() };
        let read = engine.read(self.identity.as_ref()).await.map_err(fault)?;
        let mark = read.cx.viewer.mark();
        if at.as_ref().is_some_and(|at| at.mark != mark) {
            return Err(Failure::Request(Error::input(BEGIN_ANEW)));
        }
        let before = at.take();
        // How far the ledgers have come is known from before they are read: an entry that comes from here on is looked for again.
        let known = |heads: &mut watch::Receiver<Positions>, programme| {
            heads.borrow_and_update().get(programme).copied()
        };
        let positions = before.is_none().then(|| self.heads.borrow_and_update().clone());
        let seen = before.as_ref().and_then(|at| known(&mut self.heads, &at.programme));
        // Who is further behind than a page reads what nobody else does.
        let is_near = |after: i64, seen: i64| {
            usize::try_from(seen.saturating_sub(after)).is_ok_and(|behind| behind <= AT_ONCE)
        };
        let near = before.as_ref().zip(seen).filter(|(at, seen)| is_near(at.after, *seen));
        let share = near.map(|(at, seen)| engine.shares.at(at.programme, seen));
        let read = read.with_share(share);
        let selection = &chosen(document, request).map_err(Failure::Request)?.selection_set;
        let mut planner = engine.planner(document, variables, &read.cx.viewer);
        let span = Span { after: before.as_ref().map(|at| at.after), to: seen };
        let plan = planner.live(selection, &span).map_err(Failure::Request)?;
        let cost = planner.cost();
        let _turn = if is_first { request.spend_beside(&read, cost).await? } else { None };
        let fetched = fetch_root(&read, &plan.root).await.map_err(fault)?;
        let found = fetched.children.first().and_then(|found| Some((found, found.rows.first()?)));
        let Some((above, row)) = found else { return Err(plan.not_found()) };
        let Some(programme) = row.get(plan.programme).and_then(Cell::uuid) else {
            return Err(plan.not_found());
        };
        let page = &plan.page;
        let after = match number(page.page.after.as_ref()) {
            Some(i64::MAX) | None => heads::of(&engine.db, programme).await.map_err(fault)?,
            Some(after) => after,
        };
        let seen = seen.or_else(|| positions?.get(&programme).copied());
        let rests_until = if is_first { Instant::now() } else { Instant::now() + REST };
        let size = page.page.size.try_into().unwrap_or(u64::MAX);
        let of_page = cost.saturating_mul(size);
        let mut place = Place { programme, after, seen, has_more: false, cost: of_page, mark, rests_until };
        if let Some((entries, group)) = below(above, page.child.unwrap_or_default(), row, page.slot) {
            place.has_more = group.more;
            let mut bytes = 0;
            for entry in &group.rows {
                // As much is kept ready as one answer may hold, and the entry that goes beyond it.
                if bytes >= engine.rules.limits.answer_bytes {
                    place.has_more = true;
                    break;
                }
                let spent = (cost, engine.rules.limits.cost, read.statements());
                let event = plan.event((*entry, entries), engine.rules.limits.answer_bytes);
                let event = event.map_err(|fault| Failure::Execution(unwritten(fault, request_id)))?;
                let event = finished(event, request, request_id, spent).body.unwrap_or_default();
                bytes += event.len();
                self.ready.push_back(event);
                let row = entries.rows.get(*entry);
                // Who catches up is told late, and that is not our delay.
                let made_at = row.and_then(|row| row.get(plan.made_at));
                if let (false, false, Some(Cell::Moment(at))) = (is_first, is_behind, made_at) {
                    delivered(*at, engine.clock.now());
                }
                place.after = number(values(page, row).as_ref()).unwrap_or(place.after);
            }
        }
        if let (false, Some(to)) = (place.has_more, span.to) {
            // What lies in between is not for this listener, and is not looked at again.
            place.after = place.after.max(to);
        }
        *at = Some(place);
        Ok(())
    }
}

/// The number of the entry at a place.
fn number(place: Option<&Vec<Cell>>) -> Option<i64> {
    match place?.first()? {
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

/// The values of a row by which the list is ordered.
fn values(page: &Connection, row: Option<&Vec<Cell>>) -> Option<Vec<Cell>> {
    page.cursors.as_ref()?.keys.iter().map(|slot| row?.get(*slot).cloned()).collect()
}

/// What a listener is told whose memberships have changed.
const BEGIN_ANEW: &str = "Your memberships have changed, or the day has where you see what is published only: you see other things \
                          now. Read the changes again from the first.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_no_more_than_an_answer_may() {
        for (cost, page) in [(0, 50), (1, 50), (200, 50), (201, 49), (4_000, 2), (10_000, 1)] {
            assert_eq!(at_once(cost, 10_000), page, "{cost}");
        }
        assert_eq!(at_once(5, 4), 1);
    }
}
