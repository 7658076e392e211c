//! The one write path: a transaction that only a permit opens, and that only what it recorded can close.
//!
//! A row cannot be written without an entry in the ledger, because what writes it also records it. A dropped [`WriteCx`] leaves
//! nothing. The first write to a programme locks the head of its ledger and holds it to the end, so writers of one programme take
//! turns: sequence numbers have no gaps, are in the order of commits, and no two writers can wait for each other.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use entity::{ledger_entry, ledger_head};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QuerySelect, SqlErr, TransactionTrait};
use serde_json::Value;
use uuid::Uuid;

use super::about;
use super::batch::Batch;
use super::db::{Db, IMMEDIATE, Line, Trouble, described};
use super::heads;
use super::ledger;
use super::model::Model;
use super::recorded::{State, lists_of};
use super::sight::{self, Sight, Watch};
use super::standings::SAY_WHO;
use crate::authz::permit::Permit;
use crate::config::Clock;

mod again;
mod create;
mod revise;
mod through;

pub use self::again::again;
pub(super) use self::through::Through;

/// Where a change comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The request, or the run of a command, that makes it.
    pub request_id: String,
    /// The time of the system.
    pub now: DateTime<Utc>,
    /// The domain's day.
    pub today: NaiveDate,
    /// Why, where the actor said so.
    pub reason: Option<String>,
}

impl Origin {
    /// A command run by hand, now: the domain's day is said, the time is real.
    pub fn of_command(today: NaiveDate) -> Self {
        Self { request_id: Uuid::now_v7().to_string(), now: Clock::new(None).now(), today, reason: None }
    }
}

/// Why a change was not written. Nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Nothing was recorded, so there is nothing to commit.
    #[error("the transaction recorded no change")]
    NothingRecorded,
    /// A row of no programme was written without saying in whose ledger it belongs.
    #[error("the change of {0} belongs to no programme's ledger")]
    NoProgramme(&'static str),
    /// There is no such programme.
    #[error("there is no programme {0}")]
    UnknownProgramme(Uuid),
    /// Who sees what was to be remembered, and no programme is held, or several.
    #[error("who sees what can be watched only where one programme is held")]
    NotHeld,
    /// A part was written whose owner is not part of the change.
    #[error("a part of {0} was written without recording {0}")]
    OwnerNotRecorded(Uuid),
    /// Others wrote to the programme, one after the other, for longer than anyone waits.
    #[error("the turn to write to the programme did not come")]
    NoTurn,
    /// The row was changed by somebody else after it was read.
    #[error("the {0} was changed meanwhile")]
    Stale(&'static str),
    /// Others wrote to the programme since its ledger was read, or something else was in the way of a change in one statement.
    #[error("others wrote to the programme meanwhile, or: {}", described(.0))]
    Overtaken(#[source] DbErr),
    /// A state could not be written as JSON.
    #[error("a state could not be recorded: {0}")]
    State(#[from] serde_json::Error),
    /// The database refused or failed.
    #[error("the database refused the change: {}", described(.0))]
    Database(#[from] DbErr),
    /// The database did not confirm the commit: it may have happened, or not.
    #[error("the database did not confirm the change: {}", described(.0))]
    Unconfirmed(#[source] DbErr),
}

impl WriteError {
    /// Whether the same change, begun again, may go through: it was in another's way, or its connection died before the commit.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Stale(_) | Self::Overtaken(_) => true,
            Self::Database(fault) => matches!(Trouble::of(fault), Trouble::Contended | Trouble::Lost),
            _ => false,
        }
    }

    /// What it means, where it is the database's.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Database(fault) | Self::Unconfirmed(fault) => Trouble::of(fault),
            Self::NoTurn => Trouble::Away,
            _ => Trouble::Fault,
        }
    }

    /// Whether the change would have made a second of what there can be only one of.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}

/// What a commit wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The entries' numbers, by programme.
    pub entries: BTreeMap<Uuid, RangeInclusive<i64>>,
    /// Whether somebody may be somebody else to the record by it: with another membership, or none.
    pub says_who: bool,
}

/// An object that was changed and is to be recorded.
pub(super) struct Change {
    pub(super) programme: Option<Uuid>,
    pub(super) entity_type: &'static str,
    pub(super) entity_id: Uuid,
    pub(super) version: i32,
    pub(super) state: State,
    /// Whether its parts may have changed, so that the lists in its state are to be read when all is done.
    pub(super) lists_anew: bool,
    /// Further programmes in whose ledgers it is recorded: an organisation belongs to none and takes part in several.
    pub(super) also_in: Vec<Uuid>,
}

impl Change {
    /// The programmes in whose ledgers it is recorded. What belongs to none is recorded where the work was done.
    fn ledgers(&self, only: Option<Uuid>) -> Result<Vec<Uuid>, WriteError> {
        let own = self.programme.or(only.filter(|_| self.also_in.is_empty()));
        let all: Vec<Uuid> = own.into_iter().chain(self.also_in.iter().copied()).collect();
        if all.is_empty() { Err(WriteError::NoProgramme(self.entity_type)) } else { Ok(all) }
    }
}

/// One change of the record, from permit to commit.
pub struct WriteCx {
    through: Through,
    permit: Permit,
    origin: Origin,
    heads: BTreeMap<Uuid, ledger_head::Model>,
    changes: Vec<Change>,
    by_id: HashMap<Uuid, usize>,
    sight: Sight,
    /// What is written as the last, with the entries.
    pub(super) last: Batch,
    /// Whether something is kept beside the record that is worth committing by itself.
    keeps_more: bool,
    /// For a brief change the hash of the entry that it comes after, or of nothing.
    comes_after: Option<String>,
}

impl WriteCx {
    /// Opens a transaction for what the permit allows.
    pub async fn open(db: &Db, permit: Permit, origin: Origin) -> Result<Self, WriteError> {
        let transaction = db.write.begin_with_options(IMMEDIATE).await?;
        Ok(Self::new(Through::Transaction(transaction), permit, origin))
    }

    /// Begins a change that writes everything with its last statement, on PostgreSQL, without a transaction: it holds no lock, and comes
    /// directly after the entry that was read as the ledger's last, before anything else was, or not at all.
    pub(super) fn brief(line: Line, permit: Permit, origin: Origin, head: ledger_head::Model) -> Self {
        let mut cx = Self::new(Through::Line(line), permit, origin);
        cx.comes_after = Some(head.hash.clone());
        cx.holds(head);
        cx
    }

    fn new(through: Through, permit: Permit, origin: Origin) -> Self {
        // PostgreSQL keeps microseconds; what is hashed must be what is stored.
        let origin = Origin { now: origin.now.trunc_subsecs(6), ..origin };
        Self {
            through,
            permit,
            origin,
            heads: BTreeMap::new(),
            changes: Vec::new(),
            by_id: HashMap::new(),
            sight: Sight::default(),
            last: Batch::default(),
            keeps_more: false,
            comes_after: None,
        }
    }

    /// The leave under which this is done.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The time that every row of this change carries.
    pub fn now(&self) -> DateTime<Utc> {
        self.origin.now
    }

    /// Says when this happens, before anything is written.
    pub fn happens(&mut self, now: DateTime<Utc>) {
        self.origin.now = now.trunc_subsecs(6);
    }

    /// The domain's day.
    pub fn today(&self) -> NaiveDate {
        self.origin.today
    }

    /// The transaction, to read what the change depends on as it will be when it commits.
    pub(super) fn transaction(&self) -> &Through {
        &self.through
    }

    /// Whether everything is written with the last.
    pub(super) fn is_brief(&self) -> bool {
        self.comes_after.is_some()
    }

    /// Takes the programme's turn: from here to the end nobody else writes to it. Writing does this by itself; a change that
    /// first reads what it depends on calls it before.
    pub async fn hold(&mut self, programme: Uuid) -> Result<(), WriteError> {
        if !self.heads.contains_key(&programme) {
            let head = ledger_head::Entity::find_by_id(programme)
                .lock_exclusive()
                .one(&self.through)
                .await?
                .ok_or(WriteError::UnknownProgramme(programme))?;
            self.holds(head);
        }
        Ok(())
    }

    /// Says that the head of a ledger was locked.
    pub(super) fn holds(&mut self, head: ledger_head::Model) {
        self.heads.insert(head.programme_id, head);
    }

    fn note(&mut self, change: Change) {
        self.by_id.insert(change.entity_id, self.changes.len());
        self.changes.push(change);
    }

    fn noted(&mut self, id: Uuid) -> Option<&mut Change> {
        self.by_id.get(&id).and_then(|index| self.changes.get_mut(*index))
    }

    /// Remembers who sees what now, so that the feed can tell everybody what came into their sight and what went out of it.
    /// Every change of an object does it by itself, for what it may move; one of many objects calls it before, with the
    /// programme held, to look once.
    pub async fn watch(&mut self, watch: Watch) -> Result<(), WriteError> {
        let programme = self.only_programme().ok_or(WriteError::NotHeld)?;
        self.sight.watch(&self.through, programme, self.origin.today, watch).await
    }

    /// As [`WriteCx::watch`], for an object of a type and what may come and go with it. What this change itself made, nobody
    /// has seen; what belongs to no programme is hidden from no member.
    async fn watch_around(&mut self, programme: Option<Uuid>, ty: &str, id: Uuid) -> Result<(), WriteError> {
        let is_old = self.noted(id).is_none_or(|change| change.lists_anew);
        match (programme, Model::get().table(ty)) {
            (Some(programme), Some(table)) if is_old => {
                let watch = Watch::around(table, id);
                self.sight.watch(&self.through, programme, self.origin.today, watch).await
            }
            _ => Ok(()),
        }
    }

    /// As [`WriteCx::watch_around`], for what this change has recorded.
    async fn watch_owner(&mut self, id: Uuid) -> Result<(), WriteError> {
        match self.noted(id).map(|change| (change.programme, change.entity_type)) {
            Some((programme, ty)) => self.watch_around(programme, ty, id).await,
            None => Ok(()),
        }
    }

    /// Whether there is anything that a commit would write.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty() || self.keeps_more
    }

    /// Says that something is kept beside the record, such as what is on its way and changes nothing yet.
    pub(super) fn keeps_more(&mut self) {
        self.keeps_more = true;
    }

    /// Appends the entries and commits. Refuses when there is nothing to commit.
    pub async fn commit(mut self) -> Result<Committed, WriteError> {
        if !self.has_changes() {
            return Err(WriteError::NothingRecorded);
        }
        self.read_lists_anew().await?;
        let settled = self.sight.settle(&self.through, &self.by_id).await?;
        settled.moved.into_iter().for_each(|change| self.note(change));
        let about = about::about(&self.through, &self.changes).await?;
        let entries = self.entries()?;
        let about = about::rows(&about, &entries);
        let lost = sight::entries_of_loss(&settled.lost, &entries);
        let says_who = entries.iter().any(|entry| SAY_WHO.contains(&entry.entity_type.as_str()));
        let mut written: BTreeMap<Uuid, RangeInclusive<i64>> = BTreeMap::new();
        for entry in &entries {
            let range = written.entry(entry.programme_id).or_insert(entry.sequence..=entry.sequence);
            *range = *range.start()..=entry.sequence;
        }
        let mut last = self.last;
        last.insert(entries);
        last.insert(lost);
        last.insert(about);
        for programme in written.keys() {
            if let Some(head) = self.heads.get(programme) {
                let row = ledger_head::ActiveModel {
                    programme_id: Set(head.programme_id),
                    sequence: Set(head.sequence),
                    hash: Set(head.hash.clone()),
                };
                match &self.comes_after {
                    Some(hash) => last.update_only_if(row, ledger_head::Column::Hash.eq(hash.as_str()))?,
                    None => last.update(row)?,
                }
                heads::tell(&mut last, head);
            }
        }
        match self.through {
            Through::Transaction(transaction) => {
                last.run(&transaction).await?;
                transaction.commit().await.map_err(WriteError::Unconfirmed)?;
            }
            Through::Line(line) => last.run_at_once(&line).await.map_err(not_at_once)?,
        }
        Ok(Committed { entries: written, says_who })
    }

    /// The programme that is held, where it is one.
    fn only_programme(&self) -> Option<Uuid> {
        (self.heads.len() == 1).then(|| self.heads.keys().next().copied()).flatten()
    }

    /// Puts the lists of parts, as they are now, into the states of those objects whose parts may have changed.
    async fn read_lists_anew(&mut self) -> Result<(), WriteError> {
        let mut anew: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
        for change in self.changes.iter().filter(|change| change.lists_anew) {
            anew.entry(change.entity_type).or_default().push(change.entity_id);
        }
        for (entity_type, ids) in anew {
            for (id, lists) in lists_of(&self.through, entity_type, &ids).await? {
                if let Some(change) = self.noted(id) {
                    change.state.extend(lists);
                }
            }
        }
        Ok(())
    }

    /// The entries for all changes, in the order in which they were made, each chained to the one before.
    fn entries(&mut self) -> Result<Vec<ledger_entry::Model>, WriteError> {
        // An organisation belongs to no programme; its change is recorded where the work was done.
        let only = self.only_programme();
        let mut entries = Vec::with_capacity(self.changes.len());
        for change in std::mem::take(&mut self.changes) {
            for programme_id in change.ledgers(only)? {
                let head =
                    self.heads.get_mut(&programme_id).ok_or(WriteError::UnknownProgramme(programme_id))?;
                let mut entry = ledger_entry::Model {
                    programme_id,
                    sequence: head.sequence + 1,
                    at: self.origin.now,
                    actor: self.permit.subject().to_owned(),
                    role: self.permit.role().to_owned(),
                    operation: self.permit.operation().as_str().to_owned(),
                    entity_type: change.entity_type.to_owned(),
                    entity_id: change.entity_id,
                    entity_version: change.version,
                    state: Value::Object(change.state.clone()).to_string(),
                    reason: self.origin.reason.clone(),
                    request_id: self.origin.request_id.clone(),
                    previous_hash: head.hash.clone(),
                    hash: String::new(),
                };
                entry.hash = ledger::hash(&entry);
                head.sequence = entry.sequence;
                head.hash.clone_from(&entry.hash);
                entries.push(entry);
            }
        }
        Ok(entries)
    }
}

/// Why a change was not written at once.
fn not_at_once(fault: DbErr) -> WriteError {
    match Trouble::of(&fault) {
        Trouble::Lost => WriteError::Unconfirmed(fault),
        // Where it was not that others came before, it will be the same in a transaction, and told for what it is.
        Trouble::Fault => WriteError::Overtaken(fault),
        _ => WriteError::Database(fault),
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
