//! Reading: a viewer, a day and a connection. Nothing is selected without them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{DbBackend, DbErr, QueryResult, Statement};
use tracing::Instrument;
use uuid::Uuid;

use super::db::{Db, Line, Replica};
use super::guess::Guess;
use super::mark::{self, Mark};
use super::model::Cx;
use super::plan::Cell;
use super::share::{Found, Share};
use super::sql::Sql;
use super::standings::{standings, viewer, viewer_of};
use crate::authz::identity::Identity;
use crate::authz::viewer::Viewer;
use crate::config::Clock;
use crate::files::Links;
use crate::observe::reads::Reads;
use crate::observe::trace;

/// How long a replica may take to say how far it has come: whoever waits for longer is served sooner by the primary.
const REPLICA_MARK: Duration = Duration::from_millis(250);
/// How long it may take for a statement, before the primary is asked the same.
const REPLICA_STATEMENT: Duration = Duration::from_secs(2);

/// The context of one request that reads.
pub struct ReadCx {
    db: Db,
    /// One statement of a request runs at a time: others want connections, too, and the database has other work.
    line: Line,
    /// What is read from, rather than the primary.
    replica: Option<(Arc<Replica>, Line)>,
    /// Whether it failed this request once: the rest of it is the primary's.
    has_failed: AtomicBool,
    /// Who reads, and on what day.
    pub cx: Cx,
    /// What the time is, and which day a past moment lies on.
    pub clock: Clock,
    /// What signs the addresses of files; none where files are not served.
    pub links: Option<Arc<Links>>,
    statements: AtomicU32,
    /// What the viewer was taken to be, as long as nobody has looked.
    guess: Option<Guess>,
    /// What others read at the same time, who may be told the same.
    share: Option<Share>,
}

impl ReadCx {
    /// Opens a request: looks up what whoever asks is a member of, now, so that a member who was removed is out at once.
    pub async fn open(db: Db, identity: Option<&Identity>, clock: Clock) -> Result<Self, DbErr> {
        let statement = standings(db.backend(), identity);
        Ok(Self::begin(db, statement, identity, clock).await?.0)
    }

    /// As [`ReadCx::open`], with the mark of what the viewer can be told, as it was at that moment: still one statement.
    pub async fn open_marked(
        db: Db,
        identity: Option<&Identity>,
        clock: Clock,
    ) -> Result<(Self, Mark), DbErr> {
        let statement = mark::standings_and_heads(db.backend(), identity);
        let (read, rows) = Self::begin(db, statement, identity, clock).await?;
        let mark = Mark::of(&read.cx.viewer, clock, &rows)?;
        Ok((read, mark))
    }

    async fn begin(
        db: Db,
        statement: Statement,
        identity: Option<&Identity>,
        clock: Clock,
    ) -> Result<(Self, Vec<QueryResult>), DbErr> {
        let today = clock.today();
        let mut read = Self::of(db, Viewer { today, ..Viewer::default() }, clock);
        let rows = read.query("membership", statement).await?;
        read.cx.viewer = viewer(identity, today, &rows)?;
        Ok((read, rows))
    }

    /// Opens a request of whom this process has just looked up: they are not looked up again.
    pub fn of(db: Db, viewer: Viewer, clock: Clock) -> Self {
        Self {
            line: Line::new(db.read.clone()),
            db,
            replica: None,
            has_failed: AtomicBool::new(false),
            cx: Cx { viewer },
            clock,
            links: None,
            statements: AtomicU32::new(0),
            guess: None,
            share: None,
        }
    }

    /// Opens a request by a guess: the viewer is who they were a moment ago. The first statement tells whether they still are, and
    /// fails where they are not, so that nothing is read that they may not see.
    pub fn guess(db: Db, identity: Option<&Identity>, viewer: Viewer, clock: Clock) -> Self {
        Self { guess: Some(Guess::new(identity)), ..Self::of(db, viewer, clock) }
    }

    /// The guess, as long as it is not known to be right.
    pub(super) fn unchecked(&self) -> Option<&Guess> {
        self.guess.as_ref().filter(|guess| !guess.is_right())
    }

    /// Compares the viewer that was guessed with what the rows of [`standings`] say.
    ///
    /// # Errors
    /// They are another.
    pub(super) fn check<'a>(
        &self,
        guess: &Guess,
        rows: impl Iterator<Item = &'a [Cell]>,
    ) -> Result<(), DbErr> {
        // It counts as the statement that it spares: how many a request takes depends on what is asked, not on who asked before.
        self.statements.fetch_add(1, Ordering::Relaxed);
        guess.check(&self.cx.viewer, &viewer_of(guess.identity(), self.cx.viewer.today, rows))
    }

    /// Whether the viewer is known, and not merely guessed, or guessed wrongly: nothing that was read otherwise holds.
    pub fn has_checked(&self) -> bool {
        self.guess.as_ref().is_none_or(Guess::is_right)
    }

    /// Whether the viewer turned out to be another than was guessed.
    pub fn was_wrong(&self) -> bool {
        self.guess.as_ref().is_some_and(Guess::is_wrong)
    }

    /// The same, reading on from a replica, if one has all that the mark tells of, which the primary has just made for the viewer:
    /// then it has all that they can be told, their own last change too.
    pub async fn on_replica(mut self, identity: Option<&Identity>, mark: Mark) -> Result<Self, DbErr> {
        let (reads, replica) = self.find_replica(identity, mark).await?;
        reads.count();
        self.replica = replica.map(|replica| {
            let line = replica.line();
            (replica, line)
        });
        Ok(self)
    }

    async fn find_replica(
        &self,
        identity: Option<&Identity>,
        mark: Mark,
    ) -> Result<(Reads, Option<Arc<Replica>>), DbErr> {
        let Some(replica) = self.db.replica() else { return Ok((Reads::Away, None)) };
        if replica.is_busy() {
            return Ok((Reads::Busy, None));
        }
        if !replica.was_at(&mark.0) {
            let stretch = replica.stretch();
            self.statements.fetch_add(1, Ordering::Relaxed);
            let statement = mark::standings_and_heads(self.db.backend(), identity);
            let Some(rows) = replica.ask(&replica.line(), statement, REPLICA_MARK).await else {
                replica.set_aside();
                return Ok((Reads::Away, None));
            };
            let viewer = viewer(identity, self.cx.viewer.today, &rows)?;
            if Mark::of(&viewer, self.clock, &rows)? != mark {
                return Ok((Reads::Behind, None));
            }
            replica.has_come_to(stretch, mark.0);
        }
        Ok((Reads::Current, Some(Arc::clone(replica))))
    }

    /// The same with what signs the addresses of files.
    pub fn with_links(self, links: Option<Arc<Links>>) -> Self {
        Self { links, ..self }
    }

    /// The same, sharing what is read of rows with others.
    pub fn with_share(self, share: Option<Share>) -> Self {
        Self { share, ..self }
    }

    /// Finds rows, decoded; what others find at the same time who ask the same is found once. It looks for nobody whether the viewer is
    /// who they were taken to be.
    pub(super) async fn find(
        &self,
        of: &'static str,
        (statement, form): (Statement, impl FnOnce() -> String),
        decode: impl Fn(&QueryResult) -> Result<(usize, Uuid, Vec<Cell>), DbErr>,
    ) -> Result<Arc<Found>, DbErr> {
        let found = async |statement| {
            let rows = self.run(of, statement).await?;
            rows.iter().map(&decode).collect::<Result<Found, _>>()
        };
        match &self.share {
            Some(share) => share.find((&statement, form()), found(statement.clone())).await,
            None => found(statement).await.map(Arc::new),
        }
    }

    /// Whether this reads from PostgreSQL.
    pub(super) fn is_postgres(&self) -> bool {
        self.db.backend() == DbBackend::Postgres
    }

    /// An empty statement for this database.
    pub fn sql(&self) -> Sql {
        Sql::new(self.db.backend())
    }

    /// Runs a statement on the table `of` and others, and counts it. Tries again where its connection turns out to have
    /// died.
    pub async fn query(&self, of: &'static str, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(guess) = self.unchecked() {
            let rows = self.run("membership", standings(self.db.backend(), guess.identity())).await?;
            guess.check(&self.cx.viewer, &viewer(guess.identity(), self.cx.viewer.today, &rows)?)?;
        }
        self.run(of, statement).await
    }

    async fn run(&self, of: &'static str, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let span = trace::statement(of);
        let asked = async {
            match self.query_replica(&statement).await {
                Some(rows) => Ok(rows),
                None => self.line.ask(statement).await,
            }
        };
        let answer = asked.instrument(span.clone()).await;
        trace::ran(&span, answer.as_ref().ok().map(Vec::len));
        answer
    }

    /// Keeps no connection until the next statement: something else comes first that may take long.
    pub async fn let_go(&self) {
        self.line.let_go().await;
        if let Some((_, line)) = &self.replica {
            line.let_go().await;
        }
    }

    /// What the replica finds, where there is one; none where the primary is to be asked.
    async fn query_replica(&self, statement: &Statement) -> Option<Vec<QueryResult>> {
        let (replica, line) = self.replica.as_ref().filter(|_| !self.has_failed.load(Ordering::Relaxed))?;
        let found = replica.ask(line, statement.clone(), REPLICA_STATEMENT).await;
        if found.is_none() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        found
    }

    /// How many statements have run.
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use entity::membership;
    use sea_orm::EntityTrait;

    use super::*;
    use crate::store::table::Table;
    use crate::store::testing::on_both_migrated;
    use crate::store::visibility::visible;

    async fn memberships(read: &ReadCx) -> usize {
        let mut sql = read.sql();
        sql.push("SELECT t.id FROM membership t WHERE ");
        visible(&mut sql, Table::Membership, "t", &read.cx.viewer);
        read.query("membership", sql.statement()).await.unwrap().len()
    }

    fn administrator(subject: &str, clock: Clock) -> membership::Model {
        membership::Model {
            id: Uuid::now_v7(),
            programme_id: None,
            subject: subject.to_owned(),
            role: "ADMIN".to_owned(),
            organisation_id: None,
            person_id: None,
            is_chair: false,
            is_programme_office: false,
            version: 1,
            created_at: clock.now(),
            updated_at: clock.now(),
        }
    }

    #[tokio::test]
    async fn what_is_no_person_is_a_partner_or_nothing() {
        on_both_migrated(async |db| {
            let clock = Clock::new(None);
            let (person, endpoint) = ("somebody", "webhook:0193a5b0-0000-7000-8000-000000000001");
            for subject in [person, endpoint] {
                let row: membership::ActiveModel = administrator(subject, clock).into();
                membership::Entity::insert(row).exec_without_returning(&db.write).await.unwrap();
            }
            let is_admin = async |subject: &str| {
                let identity = Identity::of(subject);
                ReadCx::open(db.clone(), Some(&identity), clock).await.unwrap().cx.viewer.is_admin()
            };
            assert_eq!((is_admin(person).await, is_admin(endpoint).await), (true, false));
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_guessed_is_looked_up_before_anything_is_read() {
        on_both_migrated(async |db| {
            let clock = Clock::new(None);
            let identity = Identity::of("somebody");
            let row: membership::ActiveModel = administrator("somebody", clock).into();
            membership::Entity::insert(row).exec_without_returning(&db.write).await.unwrap();
            let viewer = ReadCx::open(db.clone(), Some(&identity), clock).await.unwrap().cx.viewer;
            let guess = || ReadCx::guess(db.clone(), Some(&identity), viewer.clone(), clock);

            let right = guess();
            assert!(!right.has_checked());
            assert_eq!((memberships(&right).await, right.has_checked()), (1, true));
            assert_eq!((memberships(&right).await, right.statements()), (1, 3), "it is looked up once");

            membership::Entity::delete_many().exec(&db.write).await.unwrap();
            let wrong = guess();
            let asked = wrong.query("membership", Statement::from_string(db.backend(), "SELECT 1")).await;
            assert!(asked.is_err() && wrong.was_wrong() && !wrong.has_checked());
        })
        .await;
    }

    /// The mark of a request says nothing of memberships that came after it, so its answer must not either.
    #[tokio::test]
    async fn a_membership_that_comes_while_a_request_is_answered_is_not_in_the_answer() {
        on_both_migrated(async |db| {
            let clock = Clock::new(None);
            let open = async || {
                ReadCx::open_marked(db.clone(), Some(&Identity::of("somebody")), clock).await.unwrap()
            };
            let (before, mark) = open().await;
            let row = administrator("somebody", clock);
            let row: membership::ActiveModel = row.into();
            membership::Entity::insert(row).exec_without_returning(&db.write).await.unwrap();

            let (after, later) = open().await;
            assert_eq!((memberships(&before).await, memberships(&after).await), (0, 1));
            assert_ne!(mark, later);
            assert_eq!(open().await.1, later);
        })
        .await;
    }
}
