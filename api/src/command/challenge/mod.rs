//! What the board asks, and what comes of it.

mod answer;
mod put;

use chrono::NaiveDate;
use domain::challenge::status;
use entity::challenge;

use super::refusal::UserError;
use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<put::ChallengePut>(),
    Registered::of::<put::ChallengeAmend>(),
    Registered::of::<answer::ChallengeAnswer>(),
    Registered::of::<answer::ChallengeAskAgain>(),
    Registered::of::<answer::ChallengeClose>(),
];

const PAYLOAD: &[(&str, &str)] = &[("challenge", "Challenge")];

/// The challenge with the status that follows from what it says.
pub(super) fn with_status(row: challenge::Model) -> challenge::Model {
    let status = status(row.answer.is_some(), row.still_asked.is_some(), row.closed_on.is_some());
    challenge::Model { status: status.as_str().to_owned(), ..row }
}

/// Nobody can answer by a day that has passed.
fn check_day(answer_by: NaiveDate, today: NaiveDate) -> Result<(), UserError> {
    if answer_by < today {
        let message = "This day has passed: leave time for an answer.";
        return Err(UserError::invalid("answerBy", message));
    }
    Ok(())
}
