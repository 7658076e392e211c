//! What is done to audits and their findings.

mod add;
mod amend;
mod finding;
mod follow_up;
pub(super) mod grades;
mod moderate;

use chrono::NaiveDate;
use entity::{action, audit, audit_finding, party};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::Work;
use super::input::{ACTIONS, GlobalId, LONGEST_THEME, REQUIREMENTS};
use super::refusal::{Refusal, UserError};
use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<add::AuditAdd>(),
    Registered::of::<amend::AuditAmend>(),
    Registered::of::<moderate::AuditModerate>(),
    Registered::of::<finding::AuditFindingAdd>(),
    Registered::of::<finding::AuditFindingAmend>(),
    Registered::of::<follow_up::AuditFindingFollowUp>(),
    Registered::of::<follow_up::AuditFindingDone>(),
    Registered::of::<follow_up::AuditFindingRecheck>(),
];

/// At most so many characters has a title.
const LONGEST_TITLE: usize = 200;

/// The person, group or organisation that an id names, where one is given.
async fn party(work: &Work, id: Option<&GlobalId>, path: &str) -> Result<Option<Uuid>, Refusal> {
    let party: Option<party::Model> = work.find_some(id, path).await?;
    Ok(party.map(|party| party.id))
}

/// The actions that are named, each once.
async fn actions(work: &Work, ids: &[GlobalId]) -> Result<Vec<Uuid>, Refusal> {
    let actions: Vec<action::Model> = work.find_all(ids, ACTIONS).await?;
    Ok(actions.into_iter().map(|action| action.id).collect())
}

/// Whoever is not of the programme office writes of audits that are about something, because it is by what they lead that they may.
fn check_about(work: &Work, actions: &[Uuid]) -> Result<(), UserError> {
    if work.is_office() || !actions.is_empty() {
        return Ok(());
    }
    let message = "Name an action that you lead: the programme office records audits that are about none.";
    Err(UserError::invalid(ACTIONS, message))
}

/// What must hold of every audit's own columns.
fn check(row: &audit::Model, today: NaiveDate) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    if row.title.chars().count() > LONGEST_TITLE {
        let message = format!("A title has {LONGEST_TITLE} characters at most: say the rest in the summary.");
        errors.push(UserError::invalid("title", message));
    }
    if row.started_on > today {
        errors.push(UserError::invalid(
            "startedOn",
            "This day is to come: an audit is recorded once it has begun.",
        ));
    }
    if row.ended_on < row.started_on {
        errors.push(UserError::invalid("endedOn", "It cannot end before it began."));
    }
    if row.sample_size.is_some_and(|sample| sample < 1) {
        let message = "A sample has at least one: leave it out where nothing was counted.";
        errors.push(UserError::invalid("sampleSize", message));
    }
    Ok(super::refusal::all_well(errors)?)
}

/// A day on which something was done: today where none is given, never one to come.
fn past(work: &Work, given: Option<NaiveDate>, path: &str) -> Result<NaiveDate, UserError> {
    let day = given.unwrap_or(work.today());
    if day > work.today() {
        return Err(UserError::invalid(path, "This day is to come: record it once it has been."));
    }
    Ok(day)
}

/// A theme as the programme's audits spell it already, whatever the case and the blanks in which it comes: themes that are
/// spelled in two ways cannot be compared.
async fn spelled(work: &Work, theme: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(theme) = theme else { return Ok(None) };
    let theme = theme.split_whitespace().collect::<Vec<_>>().join(" ");
    if theme.chars().count() > LONGEST_THEME {
        return Err(
            UserError::invalid("theme", format!("A theme has {LONGEST_THEME} characters at most.")).into()
        );
    }
    // Letters beyond ASCII count as they are: the two databases fold them differently.
    let same = |column: Expr| Func::lower(column).eq(theme.to_ascii_lowercase());
    let programme = work.programme()?;
    let of_audits = Condition::all()
        .add(audit::Column::ProgrammeId.eq(programme))
        .add(same(Expr::col((audit::Entity, audit::Column::Theme))));
    let known = work.cx.rows::<audit::Entity>(of_audits).await?;
    if let Some(known) = known.into_iter().find_map(|row| row.theme) {
        return Ok(Some(known));
    }
    let of_findings = Condition::all()
        .add(audit_finding::Column::ProgrammeId.eq(programme))
        .add(same(Expr::col((audit_finding::Entity, audit_finding::Column::Theme))));
    let known = work.cx.rows::<audit_finding::Entity>(of_findings).await?;
    Ok(Some(known.into_iter().find_map(|row| row.theme).unwrap_or(theme)))
}
