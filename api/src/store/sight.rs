//! Who sees what before a change, and who after it: what the feed of changes tells those who keep a copy.
//!
//! Whoever holds the same token of sight sees the same rows of a programme (`authz::viewer`). So a change asks the one rule of
//! visibility once for each token that there is, on the few rows whose visibility it may alter, before it and after.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use chrono::NaiveDate;
use domain::Role;
use entity::{ledger_entry, membership, sight_lost};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::ledger::{self, Last};
use super::model::Model;
use super::recorded::State;
use super::sql::Sql;
use super::table::Table;
use super::visibility::visible;
use super::write::{Change, WriteError};
use crate::authz::viewer::{PUBLIC, Standing, Viewer};

/// The rows whose visibility a change may alter. What is not listed here (judgements, identifiers) has no entries of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// These rows and nothing else.
    Rows(Table, Vec<Uuid>),
    /// A plan and what is in it: its status or its day changes.
    Plan(Uuid),
    /// An action, what hangs on it, and its plan: who leads it or contributes changes.
    Action(Uuid),
    /// A person or a group, and all their actions, likewise: its organisation or its members change.
    Party(Uuid),
    /// Evidence, its files and the notices of it: its marking, its shares or what it belongs to change.
    Evidence(Vec<Uuid>),
    /// A source and what it demands: its day changes.
    Source(Uuid),
    /// A measure and its readings: the day from which scrutiny may see it changes.
    Measure(Uuid),
    /// An audit and its findings: what it is about changes.
    Audit(Uuid),
    /// Everything in the programme.
    Programme,
}

/// Everything of a programme that is recorded, but the programme, its memberships and organisations: who sees these hangs on
/// memberships alone, and with them a reader begins anew.
const OF_PROGRAMME: [Table; 23] = [
    Table::Party,
    Table::Source,
    Table::Finding,
    Table::Requirement,
    Table::Duty,
    Table::Plan,
    Table::Theme,
    Table::Action,
    Table::Step,
    Table::LinkProposal,
    Table::ProgressUpdate,
    Table::Evidence,
    Table::EvidenceFile,
    Table::SourceDocument,
    Table::Measure,
    Table::Reading,
    Table::Feedback,
    Table::Audit,
    Table::AuditFinding,
    Table::MachineClient,
    Table::MachineClientSecret,
    Table::Challenge,
    Table::Notice,
];

/// Rows of one table: the condition on the row `t`, with `?` for an id.
type Scope = (Table, String);

/// The columns of an object that say who sees it, and what hangs on it.
const COLUMNS: [(Table, &[&str]); 6] = [
    (Table::Plan, &["status", "published_on"]),
    (Table::Action, &["organisation_id"]),
    (Table::Party, &["organisation_id"]),
    (Table::Evidence, &["marking"]),
    (Table::Source, &["published_on"]),
    (Table::Measure, &["published_on"]),
];

/// The parts of an object that do: who leads an action or contributes to it, who is in a group, whom evidence is shared with,
/// and what it, feedback, or an audit belongs to.
const PARTS: [&str; 4] = ["parties", "members", "shared_with", "actions"];

/// Whether this change of an object may alter who sees something.
pub(super) fn is_moved(table: Table, before: &State, after: &State) -> bool {
    let of_table = COLUMNS.iter().filter(|(of, _)| *of == table).flat_map(|(_, columns)| *columns);
    of_table.into_iter().any(|column| before.get(*column) != after.get(*column))
}

/// The plan that a new object may bring into sight: an organisation sees a draft once an action in it is its own.
pub(super) fn plan_of_new(table: Table, state: &State) -> Option<Uuid> {
    let plan = state.get("plan_id").filter(|_| table == Table::Action)?;
    Uuid::try_parse(plan.as_str()?).ok()
}

/// Whether parts of this name may.
pub(super) fn is_moved_by(list: &str) -> bool {
    PARTS.contains(&list)
}

impl Watch {
    /// An object, and whatever may come and go with it.
    pub(super) fn around(table: Table, id: Uuid) -> Self {
        match table {
            Table::Plan => Self::Plan(id),
            Table::Action => Self::Action(id),
            Table::Party => Self::Party(id),
            Table::Evidence => Self::Evidence(vec![id]),
            Table::Source => Self::Source(id),
            Table::Measure => Self::Measure(id),
            Table::Audit => Self::Audit(id),
            _ => Self::Rows(table, vec![id]),
        }
    }

    /// The conditions, and the ids that they are about.
    fn scopes(&self, programme: Uuid) -> (Vec<Scope>, Vec<Uuid>) {
        let own = |table: &Table| (*table, "t.id = ?".to_owned());
        match self {
            Self::Rows(table, ids) => (vec![own(table)], ids.clone()),
            Self::Evidence(ids) => {
                let files = (Table::EvidenceFile, "t.evidence_id = ?".to_owned());
                let notices = (Table::Notice, "t.about_id = ?".to_owned());
                (vec![own(&Table::Evidence), files, notices], ids.clone())
            }
            Self::Plan(id) => {
                let of_actions = "t.action_id IN (SELECT id FROM action WHERE plan_id = ?)";
                let scopes = vec![
                    own(&Table::Plan),
                    (Table::Theme, "t.plan_id = ?".to_owned()),
                    (Table::Action, "t.plan_id = ?".to_owned()),
                    (Table::Step, of_actions.to_owned()),
                    (Table::LinkProposal, of_actions.to_owned()),
                    (Table::ProgressUpdate, of_actions.to_owned()),
                    (Table::Notice, notices_with("SELECT id FROM action WHERE plan_id = ?")),
                ];
                (scopes, vec![*id])
            }
            Self::Action(id) => (around_actions("SELECT id FROM action WHERE id = ?"), vec![*id]),
            Self::Party(id) => {
                let mut scopes = around_actions("SELECT action_id FROM action_party WHERE party_id = ?");
                scopes.push(own(&Table::Party));
                (scopes, vec![*id])
            }
            Self::Source(id) => {
                let of_terms = "t.requirement_id IN (SELECT id FROM requirement WHERE source_id = ?)";
                let scopes = vec![
                    own(&Table::Source),
                    (Table::Finding, "t.source_id = ?".to_owned()),
                    (Table::Requirement, "t.source_id = ?".to_owned()),
                    (Table::Duty, of_terms.to_owned()),
                ];
                (scopes, vec![*id])
            }
            Self::Measure(id) => {
                (vec![own(&Table::Measure), (Table::Reading, "t.measure_id = ?".to_owned())], vec![*id])
            }
            Self::Audit(id) => {
                (vec![own(&Table::Audit), (Table::AuditFinding, "t.audit_id = ?".to_owned())], vec![*id])
            }
            Self::Programme => {
                let all = |table: &Table| (*table, "t.programme_id = ?".to_owned());
                (OF_PROGRAMME.iter().map(all).collect(), vec![programme])
            }
        }
    }
}

/// Notices are there only with their action and with what they are about.
fn notices_with(things: &str) -> String {
    format!("(t.action_id IN ({things}) OR t.about_id IN ({things}))")
}

/// The rows whose visibility hangs on who leads some actions and contributes to them.
fn around_actions(actions: &str) -> Vec<Scope> {
    let plans = format!("(SELECT plan_id FROM action WHERE id IN ({actions}))");
    let audits = format!("(SELECT audit_id FROM audit_action WHERE action_id IN ({actions}))");
    let evidence = format!("(SELECT evidence_id FROM evidence_action WHERE action_id IN ({actions}))");
    let feedback = format!("(SELECT feedback_id FROM feedback_action WHERE action_id IN ({actions}))");
    vec![
        (Table::Plan, format!("t.id IN {plans}")),
        (Table::Theme, format!("t.plan_id IN {plans}")),
        (Table::Action, format!("t.id IN ({actions})")),
        (Table::Step, format!("t.action_id IN ({actions})")),
        (Table::LinkProposal, format!("t.action_id IN ({actions})")),
        (Table::ProgressUpdate, format!("t.action_id IN ({actions})")),
        (Table::Evidence, format!("t.id IN {evidence}")),
        (Table::EvidenceFile, format!("t.evidence_id IN {evidence}")),
        (Table::Feedback, format!("t.id IN {feedback}")),
        (Table::Audit, format!("t.id IN {audits}")),
        (Table::AuditFinding, format!("t.audit_id IN {audits}")),
        (Table::Notice, format!("({} OR t.about_id IN {evidence})", notices_with(actions))),
    ]
}

/// All who hold one token, as one viewer.
struct Class {
    token: String,
    viewer: Viewer,
}

/// Which classes see which rows, in the order of the classes.
type Seen = BTreeMap<Uuid, Vec<bool>>;

/// What a change watches.
#[derive(Default)]
pub(super) struct Sight {
    programme: Uuid,
    classes: Vec<Class>,
    watched: Vec<Watch>,
    before: Vec<(Table, Seen)>,
}

/// What came of it.
pub(super) struct Settled {
    /// What somebody sees now, or no longer, without having been changed itself: as it stands.
    pub(super) moved: Vec<Change>,
    /// What went out of whose sight: things of the programme, each with a token.
    pub(super) lost: Vec<(Uuid, Uuid, String)>,
}

/// What is kept of the losses: the entry that tells each.
pub(super) fn entries_of_loss(
    lost: &[(Uuid, Uuid, String)],
    entries: &[ledger_entry::Model],
) -> Vec<sight_lost::Model> {
    let of = |entry: &ledger_entry::Model| ((entry.programme_id, entry.entity_id), entry.sequence);
    // Where a change records a thing twice, the last entry stands.
    let sequences: HashMap<_, _> = entries.iter().map(of).collect();
    let kept = lost.iter().filter_map(|(programme, id, token)| {
        let sequence = *sequences.get(&(*programme, *id))?;
        Some(sight_lost::Model { programme_id: *programme, sequence, token: token.clone() })
    });
    kept.collect()
}

impl Sight {
    /// Looks before the change. What is watched twice counts as it was first.
    pub(super) async fn watch(
        &mut self,
        transaction: &impl ConnectionTrait,
        programme: Uuid,
        today: NaiveDate,
        watch: Watch,
    ) -> Result<(), WriteError> {
        if self.watched.contains(&watch) {
            return Ok(());
        }
        if self.classes.is_empty() {
            self.programme = programme;
            self.classes = classes(transaction, programme, today).await?;
        }
        if self.programme != programme {
            return Err(WriteError::NotHeld);
        }
        let (scopes, ids) = watch.scopes(programme);
        for (table, condition) in scopes {
            let rows = self.look(transaction, table, &condition, &ids).await?;
            let place = self.before.iter().position(|(of, _)| *of == table);
            match place.and_then(|place| self.before.get_mut(place)) {
                Some((_, known)) => rows.into_iter().for_each(|(id, seen)| {
                    known.entry(id).or_insert(seen);
                }),
                None => self.before.push((table, rows)),
            }
        }
        self.watched.push(watch);
        Ok(())
    }

    /// Looks again, and says what changed for whom. `recorded` has what the change has recorded already.
    pub(super) async fn settle(
        &self,
        transaction: &impl ConnectionTrait,
        recorded: &HashMap<Uuid, usize>,
    ) -> Result<Settled, WriteError> {
        let (mut lost, mut moved) = (Vec::new(), Vec::new());
        for (table, before) in &self.before {
            let ids: Vec<Uuid> = before.keys().copied().collect();
            let after = self.look(transaction, *table, "t.id = ?", &ids).await?;
            for (id, was) in before {
                let is = after.get(id);
                if is == Some(was) {
                    continue;
                }
                if !recorded.contains_key(id) {
                    moved.push((*id, is.is_some()));
                }
                for (index, class) in self.classes.iter().enumerate() {
                    let sees = is.is_some_and(|is| is.get(index) == Some(&true));
                    if was.get(index) == Some(&true) && !sees {
                        lost.push((self.programme, *id, class.token.clone()));
                    }
                }
            }
        }
        Ok(Settled { moved: self.as_they_stand(transaction, &moved).await?, lost })
    }

    /// Asks which class sees which row: one statement, whatever the number of rows and classes.
    async fn look(
        &self,
        transaction: &impl ConnectionTrait,
        table: Table,
        condition: &str,
        ids: &[Uuid],
    ) -> Result<Seen, DbErr> {
        if ids.is_empty() {
            return Ok(Seen::new());
        }
        let mut sql = Sql::new(transaction.get_database_backend());
        sql.push("SELECT t.id");
        for class in &self.classes {
            sql.push(", COALESCE(");
            visible(&mut sql, table, "t", &class.viewer);
            sql.push(", FALSE)");
        }
        sql.push(" FROM ").push(table.name()).push(" t WHERE ");
        about(&mut sql, condition, ids);
        let rows = transaction.query_all_raw(sql.statement()).await?;
        rows.iter()
            .map(|row| {
                let seen = (1..=self.classes.len()).map(|index| row.try_get_by_index(index));
                Ok((row.try_get_by_index(0)?, seen.collect::<Result<_, _>>()?))
            })
            .collect()
    }

    /// A change for each of these things, which tells again what its last one told; of what is no more, nothing but that.
    async fn as_they_stand(
        &self,
        transaction: &impl ConnectionTrait,
        things: &[(Uuid, bool)],
    ) -> Result<Vec<Change>, WriteError> {
        if things.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = things.iter().map(|(id, _)| *id).collect();
        let mut last = ledger::last(transaction, self.programme, &ids).await?;
        let mut changes = Vec::with_capacity(things.len());
        for (id, exists) in things {
            // What the feed never told of, and what the schema does not know, is in nobody's copy.
            let Some(Last { entity_type, version, state }) = last.remove(id) else { continue };
            let Some(ty) = Model::get().ty(&entity_type) else { continue };
            changes.push(Change {
                programme: Some(self.programme),
                entity_type: ty.name,
                entity_id: *id,
                version,
                state: if *exists { serde_json::from_str(&state)? } else { State::new() },
                lists_anew: false,
                also_in: Vec::new(),
            });
        }
        Ok(changes)
    }
}

/// Adds a condition of a scope with its ids.
fn about(sql: &mut Sql, condition: &str, ids: &[Uuid]) {
    for (index, text) in condition.split("= ?").enumerate() {
        if index > 0 {
            if sql.is_postgres() {
                sql.push("= ANY(").bind_uuids(ids).push(")");
            } else {
                sql.push("IN (SELECT unhex(value) FROM json_each(").bind_uuids(ids).push("))");
            }
        }
        sql.push(text);
    }
}

/// A class for each token that somebody holds in the programme; administrators and the public can come at any time.
async fn classes(
    transaction: &impl ConnectionTrait,
    programme: Uuid,
    today: NaiveDate,
) -> Result<Vec<Class>, DbErr> {
    let mut classes = BTreeMap::new();
    let class = |standings| Viewer { standings, today, ..Viewer::default() };
    let public = Viewer { as_if_open: Some(programme), ..class(Vec::new()) };
    classes.insert(PUBLIC.to_owned(), public);
    let members = membership::Entity::find().filter(membership::Column::ProgrammeId.eq(programme));
    let members = members.all(transaction).await?.into_iter().filter_map(|row| {
        // A role that this version does not know sees nothing.
        let role = Role::from_str(&row.role).ok()?;
        Some(Standing {
            membership_id: row.id,
            programme_id: row.programme_id,
            role,
            organisation_id: row.organisation_id,
            person_id: row.person_id,
            is_chair: row.is_chair,
            is_programme_office: row.is_programme_office,
        })
    });
    let admin = Standing {
        membership_id: Uuid::nil(),
        programme_id: None,
        role: Role::Admin,
        organisation_id: None,
        person_id: None,
        is_chair: false,
        is_programme_office: false,
    };
    for standing in members.chain([admin]) {
        classes.entry(standing.token()).or_insert_with(|| class(vec![standing]));
    }
    Ok(classes.into_iter().map(|(token, viewer)| Class { token, viewer }).collect())
}
