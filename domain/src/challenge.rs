//! Challenges: what the board asks the council or a partner to answer, and when the answer is late.

use chrono::NaiveDate;

crate::vocabulary! {
    /// How far a challenge has come.
    ChallengeStatus {
        /// It waits for an answer, or for a better one.
        Open = "OPEN",
        /// It was answered, and the board has not said whether that will do.
        Answered = "ANSWERED",
        /// The board has closed it.
        Closed = "CLOSED",
    }
}

/// The status that follows from what has happened. Whoever was answered can ask again: the last answer stands beside it.
pub fn status(is_answered: bool, is_asked_again: bool, is_closed: bool) -> ChallengeStatus {
    match (is_closed, is_answered, is_asked_again) {
        (true, ..) => ChallengeStatus::Closed,
        (false, true, false) => ChallengeStatus::Answered,
        (false, ..) => ChallengeStatus::Open,
    }
}

/// Whether the answer is late on the day `today`: from the day after it was to be there. The board's own silence is nobody's delay.
pub fn is_overdue(status: ChallengeStatus, answer_by: NaiveDate, today: NaiveDate) -> bool {
    status == ChallengeStatus::Open && answer_by < today
}

/// Whether the board has to say why it closes a challenge: it does so without an answer that it takes.
pub fn closing_needs_words(status: ChallengeStatus) -> bool {
    status == ChallengeStatus::Open
}

#[cfg(test)]
mod tests {
    use super::{ChallengeStatus::*, *};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn it_waits_until_it_is_answered_and_again_when_the_board_asks_again() {
        assert_eq!(status(false, false, false), Open);
        assert_eq!(status(true, false, false), Answered);
        assert_eq!(status(true, true, false), Open);
        for is_answered in [false, true] {
            assert_eq!(status(is_answered, is_answered, true), Closed);
        }
    }

    #[test]
    fn only_an_answer_that_is_waited_for_is_late_and_from_the_day_after() {
        let by = day("2018-12-10");

        assert!(!is_overdue(Open, by, by));
        assert!(is_overdue(Open, by, day("2018-12-11")));
        assert!(!is_overdue(Answered, by, day("2018-12-11")) && !is_overdue(Closed, by, day("2018-12-11")));
    }

    #[test]
    fn what_is_closed_without_an_answer_is_explained() {
        assert!(closing_needs_words(Open) && !closing_needs_words(Answered));
    }
}
