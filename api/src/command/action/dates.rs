//! The time frame of an action, and how its due date moves.

use chrono::NaiveDate;
use domain::DatePrecision;
use domain::dates::last_day;
use entity::{action, due_date_move};
use uuid::Uuid;

use crate::command::Work;
use crate::command::input::Patch;
use crate::command::refusal::{Refusal, UserError};

/// A due date, and how exactly it is given. What is due in a month is due on its last day.
pub(super) type Due = Option<(NaiveDate, DatePrecision)>;

/// The due date of an action.
///
/// # Errors
/// The record holds a precision that this version does not know.
pub(super) fn due_of(action: &action::Model) -> Result<Due, Refusal> {
    let precision = action.due_precision.as_deref().map(str::parse).transpose()?;
    Ok(action.due_on.map(|on| (on, precision.unwrap_or(DatePrecision::Day))))
}

/// A due date as an input gives it.
///
/// # Errors
/// There is a precision and no date, or a date beyond the calendar.
pub(super) fn due(on: Option<NaiveDate>, precision: Option<DatePrecision>) -> Result<Due, UserError> {
    match (on, precision) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(UserError::invalid(
            "duePrecision",
            "This says how exact the due date is, and there is none: give dueOn too.",
        )),
        (Some(on), precision) => {
            let precision = precision.unwrap_or(DatePrecision::Day);
            let last = last_day(on, precision);
            let last =
                last.ok_or_else(|| UserError::invalid("dueOn", "This is the calendar's last year."))?;
            Ok(Some((last, precision)))
        }
    }
}

/// The due date that an action has after a patch. A new date is exact to the day unless the input says otherwise.
///
/// # Errors
/// As [`due`].
pub(super) fn patched(
    old: Due,
    on: &Patch<NaiveDate>,
    precision: &Patch<DatePrecision>,
) -> Result<Due, UserError> {
    let new_on = on.clone().over(old.map(|(on, _)| on));
    let stays = old.is_some_and(|(old, _)| Some(old) == new_on);
    let precision = match precision {
        Patch::Keep if stays => old.map(|(_, precision)| precision),
        Patch::Keep | Patch::Clear => None,
        Patch::Set(precision) => Some(*precision),
    };
    due(new_on, precision)
}

/// The action with another due date.
pub(super) fn with_due(action: action::Model, due: Due) -> action::Model {
    action::Model {
        due_on: due.map(|(on, _)| on),
        due_precision: due.map(|(_, precision)| precision.as_str().to_owned()),
        ..action
    }
}

/// Refuses a time frame that ends before it begins.
///
/// # Errors
/// It does.
pub(super) fn check_frame(start_on: Option<NaiveDate>, due_on: Option<NaiveDate>) -> Result<(), UserError> {
    match (start_on, due_on) {
        (Some(start), Some(due)) if start > due => {
            let message = format!(
                "The time frame would begin on {start} and end on {due}: begin it on {due} or before, or end it later."
            );
            Err(UserError::invalid("startOn", message))
        }
        _ => Ok(()),
    }
}

/// Why a date moves, where it moves away from one that there was.
///
/// # Errors
/// It does, and the input does not say why.
pub(super) fn check_reason(old: Due, new: Due, reason: Option<&str>) -> Result<(), UserError> {
    if moves(old, new) && reason.is_none() {
        let message = "The due date moves: say why. The old date and the reason stay visible.";
        return Err(UserError::invalid("reason", message));
    }
    Ok(())
}

/// Whether a date that there was becomes another, or none. A first date is no move.
pub(super) fn moves(old: Due, new: Due) -> bool {
    old.is_some_and(|(old, _)| new.map(|(new, _)| new) != Some(old))
}

/// Keeps the date that there was, beside the action as it was recorded.
pub(super) async fn keep_move(
    work: &mut Work,
    before: &action::Model,
    after: &action::Model,
    reason: Option<&str>,
) -> Result<(), Refusal> {
    let (Some(from_on), Some(reason)) = (before.due_on, reason) else { return Ok(()) };
    if after.due_on == Some(from_on) {
        return Ok(());
    }
    let row = due_date_move::Model {
        id: Uuid::now_v7(),
        programme_id: after.programme_id,
        action_id: after.id,
        from_on: Some(from_on),
        to_on: after.due_on,
        reason: reason.to_owned(),
        moved_on: work.today(),
        created_at: work.now(),
    };
    Ok(work.cx.attach(row).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_means_its_last_day_and_a_new_date_is_exact() {
        let march = due(Some(day("2019-03-01")), Some(DatePrecision::Month)).unwrap();
        assert_eq!(march, Some((day("2019-03-31"), DatePrecision::Month)));

        let exact = patched(march, &Patch::Set(day("2019-04-15")), &Patch::Keep).unwrap();
        assert_eq!(exact, Some((day("2019-04-15"), DatePrecision::Day)));
        let same = patched(march, &Patch::Set(day("2019-03-31")), &Patch::Keep).unwrap();
        assert_eq!(same, march);
        assert_eq!(patched(march, &Patch::Clear, &Patch::Keep).unwrap(), None);
        assert_eq!(due(None, Some(DatePrecision::Day)).unwrap_err().field, ["duePrecision"]);
    }

    #[test]
    fn a_first_date_needs_no_reason_and_every_other_does() {
        let (none, some) = (None, Some((day("2019-03-31"), DatePrecision::Day)));
        assert!(check_reason(none, some, None).is_ok());
        assert!(check_reason(some, some, None).is_ok());
        assert_eq!(check_reason(some, none, None).unwrap_err().field, ["reason"]);
        assert!(check_reason(some, none, Some("Not ready")).is_ok());
    }
}
