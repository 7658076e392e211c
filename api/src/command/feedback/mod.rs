//! What is done about what people said.

mod about;
mod add;
mod amend;
mod answer;

use chrono::NaiveDate;
use entity::feedback;

use super::input::LONGEST_THEME;
use super::refusal::UserError;
use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<add::FeedbackAdd>(),
    Registered::of::<amend::FeedbackAmend>(),
    Registered::of::<answer::FeedbackAct>(),
    Registered::of::<answer::FeedbackTell>(),
];

/// Everything that is wrong with feedback as it shall be, each at the field of the inputs that it is about.
pub(super) fn faults(row: &feedback::Model, today: NaiveDate) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut refuse = |is_wrong: bool, field: &str, message: &str| {
        if is_wrong {
            faults.push(UserError::invalid(field, message));
        }
    };
    let (done_on, told_on) = (row.done_on, row.told_on);
    refuse(
        row.period_end < row.period_start,
        "periodEnd",
        "The period ends before it begins: give an end on or after its start.",
    );
    refuse(
        row.period_end > today,
        "periodEnd",
        "This day is still to come: record what was said once it has been.",
    );
    refuse(
        done_on.is_some_and(|on| on > today),
        "doneOn",
        "This day is still to come: record what was done once it has been.",
    );
    refuse(
        done_on.is_some_and(|on| on < row.period_start),
        "doneOn",
        "That was before anybody spoke: give a day on or after the start of the period.",
    );
    refuse(
        told_on.is_some_and(|on| on > today),
        "toldOn",
        "This day is still to come: record that they were told once they have been.",
    );
    refuse(
        told_on.is_some_and(|on| on < row.period_end),
        "toldOn",
        "That was before they had spoken: give a day on or after the end of the period.",
    );
    refuse(
        row.speaker_count.is_some_and(|count| count < 1),
        "speakerCount",
        "Somebody must have spoken: give a number from 1, or leave it out where nobody counted.",
    );
    refuse(
        row.theme.as_ref().is_some_and(|theme| theme.chars().count() > LONGEST_THEME),
        "theme",
        "A theme has 100 characters at most: the rest belongs into what was said.",
    );
    faults
}
