//! The one path of every change: parse, screen, permit, key, hold, judge, run, record, commit, and again where it was in the way.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::input::text_errors;
use super::refusal::{ErrorCode, Refusal, UserError};
use super::registry::{Prepared, Registered};
use super::webhook::EndpointRules;
use super::{Done, Target, Work};
use crate::auth::Principal;
use crate::authz::identity::Identity;
use crate::authz::permit::{Actor, Permit, permit};
use crate::authz::viewer::Viewer;
use crate::config::Clock;
use crate::files::FileLimits;
use crate::store::db::{Db, Trouble, to_the_end};
use crate::store::idempotency::{self, Key, Known};
use crate::store::ids;
use crate::store::judge::Judgement;
use crate::store::lookup::{judge_beforehand, viewer_and_judgement_beforehand, viewer_beforehand};
use crate::store::table::Table;
use crate::store::write::{Origin, WriteCx, WriteError};
use crate::turns::{Turn, Turns};

mod brief;

/// How often a change is begun again that came in the way of another.
const ATTEMPTS: usize = 6;
/// How long a change waits at most until others of its programme are done: less than an operation may take, unless told otherwise,
/// so that whoever asks is told why.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// At most so many characters in a key.
const LONGEST_KEY: usize = 128;

/// What is asked for.
pub struct Request<'a> {
    /// The command.
    pub command: &'static Registered,
    /// Its input, coerced to the schema's types.
    pub input: Value,
    /// Who asks.
    pub principal: Option<&'a Principal>,
    /// What they are a member of, as it was read last. It decides who is kept out without a transaction; inside one it is
    /// read again.
    pub viewer: &'a Viewer,
    /// Whether that is only who they were a moment ago: then it is looked up before they are told anything.
    pub is_guess: bool,
    /// The request's id.
    pub request_id: &'a str,
    /// How much of files may be kept.
    pub file_limits: FileLimits,
    /// What endpoints of webhooks may be and ask for.
    pub webhooks: Arc<dyn EndpointRules>,
    /// Whose turn it is in this process among those who change one programme.
    pub(crate) writers: &'a Turns<Uuid>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is done, and recorded. With it who asked, as they were looked up while nobody else wrote; none where that was before,
    /// or where it is just that which was changed.
    Done(Done, Option<Viewer>),
    /// It is not, and nothing was changed.
    Refused(Vec<UserError>),
}

/// Why there is no outcome. Nothing was changed, unless the commit itself was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database does not answer, or is too busy.
    #[error("the database does not answer: {0}")]
    Away(WriteError),
    /// The database takes no changes: it has no room for them, or only reads.
    #[error("the database takes no changes: {0}")]
    NoChanges(WriteError),
    /// The database took longer than a statement may.
    #[error("the database took too long: {0}")]
    TooLong(WriteError),
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl From<WriteError> for Fault {
    fn from(fault: WriteError) -> Self {
        match fault.trouble() {
            Trouble::Fault => Self::Internal(fault.to_string()),
            Trouble::TooLong => Self::TooLong(fault),
            Trouble::NoRoom | Trouble::ReadOnly => Self::NoChanges(fault),
            Trouble::Away | Trouble::Lost | Trouble::Contended => Self::Away(fault),
        }
    }
}

impl From<sea_orm::DbErr> for Fault {
    fn from(fault: sea_orm::DbErr) -> Self {
        WriteError::from(fault).into()
    }
}

/// Runs a command, to the end even if nobody waits for it any more.
///
/// # Errors
/// [`Fault`]: it could be neither done nor refused.
pub async fn execute(db: &Db, clock: &Clock, request: Request<'_>) -> Result<Outcome, Fault> {
    let Request { command, input, principal, viewer, is_guess, request_id, file_limits, webhooks, writers } =
        request;
    let (db, clock, principal, viewer) = (db.clone(), *clock, principal.cloned(), viewer.clone());
    let (request_id, writers) = (request_id.to_owned(), writers.clone());
    to_the_end(async move {
        let (principal, viewer, request_id) = (principal.as_ref(), &viewer, request_id.as_str());
        let writers = &writers;
        let request = Request {
            command,
            input,
            principal,
            viewer,
            is_guess,
            request_id,
            file_limits,
            webhooks,
            writers,
        };
        run(&db, &clock, request).await
    })
    .await
}

async fn run(db: &Db, clock: &Clock, request: Request<'_>) -> Result<Outcome, Fault> {
    let (input, key) = match take_key(request.input, request.command, request.principal) {
        Ok(taken) => taken,
        Err(error) => return Ok(Outcome::Refused(vec![error])),
    };
    let errors = text_errors(&input);
    if !errors.is_empty() {
        return Ok(Outcome::Refused(errors));
    }
    // The schema has checked the input; where the struct reads it otherwise, a test of ours is missing.
    let prepared = (request.command.prepare)(&input)
        .map_err(|_| Fault::Internal(format!("{} cannot read its input", request.command.operation)))?;
    let key = key.filter(|_| !prepared.is_dry_run);
    let identity = request.principal.map(|of| &of.identity);
    let Request { command, request_id, file_limits, ref webhooks, writers, .. } = request;
    let (input, prepared, key) = (&input, &prepared, &key);
    let change = Change {
        db,
        clock,
        command,
        identity,
        request_id,
        input,
        prepared,
        key,
        file_limits,
        webhooks,
        writers,
    };
    let (mut viewer, mut is_guess) = (request.viewer.clone(), request.is_guess);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let tried = match change.briefly(&viewer).await {
            Ok(None) => change.attempt(&viewer, is_guess).await,
            Ok(Some(tried)) => Ok(tried),
            Err(refusal) => Err(refusal),
        };
        match tried {
            Ok(Tried::Done(done, viewer)) => return Ok(Outcome::Done(done, viewer)),
            Ok(Tried::Another(now)) if attempt < ATTEMPTS => (viewer, is_guess) = (now, false),
            Ok(Tried::Another(_)) => return Err(WriteError::Stale("Membership").into()),
            Err(Refusal::User(errors)) => return Ok(Outcome::Refused(errors)),
            Err(Refusal::Write(fault)) if fault.is_transient() && attempt < ATTEMPTS => {
                // Others write to the same programme; each waits a little longer than the time before.
                tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
            }
            Err(Refusal::Write(fault)) => {
                let trouble = fault.trouble();
                if trouble == Trouble::ReadOnly {
                    db.doubt_connections();
                }
                // What was done before can be told even where nothing can be done.
                if matches!(trouble, Trouble::ReadOnly | Trouble::NoRoom)
                    && let Ok(Some(done)) = change.done_before().await
                {
                    return Ok(Outcome::Done(done, None));
                }
                return Err(fault.into());
            }
        }
    }
}

/// One change, while it is tried.
struct Change<'a> {
    db: &'a Db,
    clock: &'a Clock,
    command: &'static Registered,
    identity: Option<&'a Identity>,
    request_id: &'a str,
    input: &'a Value,
    prepared: &'a Prepared,
    key: &'a Option<Key>,
    file_limits: FileLimits,
    webhooks: &'a Arc<dyn EndpointRules>,
    writers: &'a Turns<Uuid>,
}

/// What came of one attempt that nothing stood in the way of.
enum Tried {
    /// As [`Outcome::Done`].
    Done(Done, Option<Viewer>),
    /// Nothing was done: whoever asks is somebody else by now, and has to be judged from the beginning.
    Another(Viewer),
}

/// What somebody may begin.
enum Leave {
    /// A change.
    Given(Given),
    /// Nothing: whoever asks is somebody else than they were taken for.
    Another(Viewer),
}

/// Leave to begin a change.
struct Given {
    permit: Permit,
    /// The row that it is about; none for a beginning.
    on: Option<(Table, Uuid)>,
    /// The programme that the row belongs to, where it belongs to one.
    programme: Option<Uuid>,
}

impl Change<'_> {
    /// Waits for a programme's turn. Whoever waits here holds no connection meanwhile, which those who read need.
    async fn turn(&self, programme: Uuid) -> Result<Turn<Uuid>, WriteError> {
        self.writers.wait_at_most(&programme, LONGEST_WAIT).await.ok_or(WriteError::NoTurn)
    }

    fn origin(&self) -> Origin {
        Origin {
            request_id: self.request_id.to_owned(),
            now: self.clock.now(),
            today: self.clock.today(),
            reason: self.prepared.reason.clone(),
        }
    }

    async fn attempt(&self, viewer: &Viewer, is_guess: bool) -> Result<Tried, Refusal> {
        let Given { permit, on, programme } = match self.leave(viewer, is_guess).await {
            Ok(Leave::Given(given)) => given,
            Ok(Leave::Another(now)) => return Ok(Tried::Another(now)),
            // What was done once is answered, whoever may do it now. Whoever has leave is told so by the key's own row.
            Err(Refusal::User(errors)) => {
                let done = self.done_before().await?;
                return done.map(|done| Tried::Done(done, None)).ok_or(Refusal::User(errors));
            }
            Err(fault) => return Err(fault),
        };
        let _turn = match programme {
            Some(programme) => Some(self.turn(programme).await?),
            None => None,
        };
        let mut cx = WriteCx::open(self.db, permit, self.origin()).await?;
        if let Some(done) = answered(cx.take_turn(self.key.as_ref(), programme).await?)? {
            return Ok(Tried::Done(done, None));
        }
        // The turn may have been long in coming: entries carry times in the order of their numbers.
        cx.happens(self.clock.now());
        // Only now, while nobody else writes: who was a member, and which version was the last, may have changed meanwhile.
        let now = match (on, &self.prepared.target) {
            (Some(on), Target::Thing { path, expected_version, .. }) => {
                let who = (self.identity, viewer);
                let (now, judged) = cx.viewer_and_judgement(who, self.command.operation, on).await?;
                if now.is_still(viewer) {
                    evaluate(judged.as_ref(), *expected_version, path)?;
                }
                now
            }
            _ => cx.viewer(self.identity).await?,
        };
        if !now.is_still(viewer) {
            return Ok(Tried::Another(now));
        }
        self.done(cx, now, programme).await
    }

    /// Does it, for whoever may, and keeps what came of it with the key.
    async fn done(&self, cx: WriteCx, viewer: Viewer, programme: Option<Uuid>) -> Result<Tried, Refusal> {
        let webhooks = Arc::clone(self.webhooks);
        let mut work = Work { cx, viewer, file_limits: self.file_limits, webhooks, programme };
        let done = (self.command.run)(self.input.clone(), &mut work).await?;
        if self.prepared.is_dry_run {
            return Ok(Tried::Done(Done::default(), Some(work.viewer)));
        }
        let mut says_who = false;
        // What changes nothing is done already.
        if work.cx.has_changes() {
            if let Some(key) = self.key {
                work.cx.keep_outcome(key, done.to_json().to_string())?;
            }
            says_who = work.cx.commit().await?.says_who;
        }
        Ok(Tried::Done(done, Some(work.viewer).filter(|_| !says_who)))
    }

    /// What came of the first request with this key; none where this is the first.
    async fn done_before(&self) -> Result<Option<Done>, Refusal> {
        let Some(key) = self.key else { return Ok(None) };
        let known = idempotency::known(self.db, key, self.clock.now()).await.map_err(WriteError::from)?;
        Ok(answered(known)?)
    }

    /// The row that it is about; none where nothing of what there is.
    fn on(&self) -> Result<Option<(Table, Uuid)>, UserError> {
        let Target::Thing { id, of, path, .. } = &self.prepared.target else { return Ok(None) };
        let on = match ids::decode(&id.0) {
            Some((ty, key)) if of.contains(&ty.name) => ty.table.map(|table| (table, key)),
            Some((ty, _)) => {
                let message = format!("This is the id of a {}; {} is asked for.", ty.name, of.join(" or "));
                return Err(UserError::invalid(path, message));
            }
            None => return Err(UserError::invalid(path, "This is not an id that this API gave.")),
        };
        on.ok_or_else(|| UserError::not_found(path)).map(Some)
    }

    /// Leave to begin, or why there is none. Judged without taking anybody's turn: who may not write opens no transaction.
    async fn leave(&self, viewer: &Viewer, is_guess: bool) -> Result<Leave, Refusal> {
        let (operation, who) = (self.command.operation, (self.identity, viewer));
        let (Some(on), Target::Thing { path, .. }) = (self.on()?, &self.prepared.target) else {
            if is_guess {
                let now = viewer_beforehand(self.db, self.identity, viewer.today).await;
                let now = now.map_err(WriteError::from)?;
                if !now.is_still(viewer) {
                    return Ok(Leave::Another(now));
                }
            }
            let leave = permit(&Actor::Viewer(viewer, None), operation);
            let permit = leave.ok_or_else(|| UserError::forbidden(""))?;
            return Ok(Leave::Given(Given { permit, on: None, programme: None }));
        };
        let judged = if is_guess {
            let found = viewer_and_judgement_beforehand(self.db, who, operation, on).await;
            let (now, judged) = found.map_err(WriteError::from)?;
            if !now.is_still(viewer) {
                return Ok(Leave::Another(now));
            }
            judged
        } else {
            judge_beforehand(self.db, viewer, operation, on).await.map_err(WriteError::from)?
        };
        let judged = judged.filter(|judged| judged.is_visible).ok_or_else(|| UserError::not_found(path))?;
        let leave = permit(&Actor::Viewer(viewer, judged.programme), operation);
        let permit = leave.filter(|_| judged.is_permitted).ok_or_else(|| UserError::forbidden(path))?;
        Ok(Leave::Given(Given { permit, on: Some(on), programme: judged.programme }))
    }
}

/// What a judgement means for the change. Answers with the version that the thing has.
pub(super) fn evaluate(
    judged: Option<&Judgement>,
    expected_version: Option<i32>,
    path: &str,
) -> Result<i32, UserError> {
    let judged = judged.filter(|judged| judged.is_visible).ok_or_else(|| UserError::not_found(path))?;
    if !judged.is_permitted {
        return Err(UserError::forbidden(path));
    }
    if let Some(expected) = expected_version.filter(|expected| *expected != judged.version) {
        let message = format!(
            "This was changed since: you saw version {expected}, it is at {} now. Read it again and decide anew.",
            judged.version
        );
        return Err(UserError {
            current_version: Some(judged.version),
            ..UserError::new(ErrorCode::VersionConflict, "expectedVersion", message)
        });
    }
    if !judged.is_possible {
        let message = match (&judged.status, &judged.plan_status) {
            (Some(status), Some(plan)) => {
                format!("It is {status} and its plan is {plan}: that does not allow this.")
            }
            (Some(status), None) => format!("It is {status}: that does not allow this."),
            _ => "There is no such act for this kind of thing.".to_owned(),
        };
        return Err(UserError::illegal(path, message));
    }
    Ok(judged.version)
}

/// What came of the first request with a key; nothing where this is the first.
///
/// # Errors
/// The key belongs to another request.
fn answered(known: Known) -> Result<Option<Done>, UserError> {
    match known {
        Known::New => Ok(None),
        Known::Answered(outcome) => Ok(Done::from_json(&outcome)),
        Known::Other => Err(UserError::new(
            ErrorCode::IdempotencyMismatch,
            "idempotencyKey",
            "This key belongs to another request of yours. Choose a new key for each new request.",
        )),
    }
}

/// Takes the key out of the input, with the hash of the rest.
pub(super) fn take_key(
    mut input: Value,
    command: &Registered,
    principal: Option<&Principal>,
) -> Result<(Value, Option<Key>), UserError> {
    let given = input.as_object_mut().and_then(|fields| fields.shift_remove("idempotencyKey"));
    let Some(Value::String(key)) = given else { return Ok((input, None)) };
    if key.trim().is_empty() || key.chars().count() > LONGEST_KEY || key.chars().any(char::is_control) {
        let message = format!("A key has 1 to {LONGEST_KEY} characters, none of them a control character.");
        return Err(UserError::invalid("idempotencyKey", message));
    }
    let digest = Sha256::digest(format!("{}\n{}", command.operation, canonical(&input)));
    let input_hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let key =
        principal.map(|of| Key { principal: format!("{} {}", of.issuer, of.subject()), key, input_hash });
    Ok((input, key))
}

/// The same text for the same input, in whatever order its fields came.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let fields = fields.into_iter().map(|(name, value)| format!("{name:?}:{}", canonical(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        leaf => leaf.to_string(),
    }
}
