//! What is done to evidence.

mod add;
mod attach;
mod file;
mod handle;
mod review;
mod update;

use chrono::NaiveDate;
use domain::proof::Impact;
use domain::{EvidenceStrand, Role};

use super::Work;
use super::input::{ACTIONS, REQUIREMENTS};
use super::refusal::UserError;
use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<add::EvidenceAdd>(),
    Registered::of::<update::EvidenceUpdate>(),
    Registered::of::<attach::EvidenceAttach>(),
    Registered::of::<attach::EvidenceDetach>(),
    Registered::of::<review::EvidenceReview>(),
    Registered::of::<handle::EvidenceMark>(),
    Registered::of::<handle::EvidenceShare>(),
    Registered::of::<handle::EvidenceUnshare>(),
    Registered::of::<update::EvidenceExpire>(),
    Registered::of::<file::prepare::EvidenceFilePrepare>(),
    Registered::of::<file::attach::EvidenceFileAttach>(),
    Registered::of::<file::remove::EvidenceFileRemove>(),
];

/// Whether the viewer acts as a partner: for its own actions only, and for no requirement.
fn is_partner(work: &Work) -> bool {
    work.standing().is_some_and(|standing| standing.role == Role::Partner)
}

/// Whether a piece of evidence can speak of this period, and count until that day.
fn check_days(
    period_start: Option<NaiveDate>,
    period_end: Option<NaiveDate>,
    expires_on: Option<NaiveDate>,
) -> Result<(), UserError> {
    if period_start.zip(period_end).is_some_and(|(start, end)| end < start) {
        let message = "The period ends before it begins: give an end on or after its start.";
        return Err(UserError::invalid("periodEnd", message));
    }
    if period_start.zip(expires_on).is_some_and(|(start, expires)| expires < start) {
        let message = "It would stop counting before the period that it speaks of: give a later day.";
        return Err(UserError::invalid("expiresOn", message));
    }
    Ok(())
}

/// Whether a piece of evidence of a strand can show a difference: a document shows that something was done.
fn check_shows(strand: EvidenceStrand, shows: Option<Impact>) -> Result<(), UserError> {
    if strand == EvidenceStrand::Document && shows.is_some() {
        let message = "A DOCUMENT shows that something was done, not what difference it made: leave this out (null clears it), or \
            give another strand.";
        return Err(UserError::invalid("shows", message));
    }
    Ok(())
}
