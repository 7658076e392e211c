//! Voice: what children, families, staff and partners said, what was done about it, and whether anybody told them.

use chrono::NaiveDate;

use crate::measure::THRESHOLD;

crate::vocabulary! {
    /// Who spoke.
    Speakers {
        /// Children and young people.
        Children = "CHILDREN",
        /// Parents, and others who bring a child up at home.
        Families = "FAMILIES",
        /// Foster carers, adopters, guardians.
        Carers = "CARERS",
        /// Those who work for the council.
        Staff = "STAFF",
        /// Those who work with it: schools, police, health, the voluntary sector.
        Partners = "PARTNERS",
    }
}

crate::vocabulary! {
    /// How it was gathered.
    Gathering {
        /// The same questions to many.
        Survey = "SURVEY",
        /// A council of children in care, a forum, a focus group, an event.
        Group = "GROUP",
        /// One by one, by somebody who asks.
        Interviews = "INTERVIEWS",
        /// In the course of the work itself: visits, reviews, the end of a service.
        Practice = "PRACTICE",
        /// What people came with unasked.
        Complaints = "COMPLAINTS",
        /// Otherwise.
        Other = "OTHER",
    }
}

crate::vocabulary! {
    /// How far the loop is closed.
    FeedbackState {
        /// It was said, and nothing was done.
        Said = "SAID",
        /// Something was done, and those who said it do not know.
        ActedOn = "ACTED_ON",
        /// They were told what came of it.
        Told = "TOLD",
    }
}

impl FeedbackState {
    /// Whether somebody still waits for an answer.
    pub fn is_open(self) -> bool {
        self != Self::Told
    }
}

/// How far the loop is closed. Telling closes it, also where nothing was done: "we cannot, and this is why" is an answer. It
/// speaks of what was done by then; what is done later they have to be told again.
pub fn state(done_on: Option<NaiveDate>, told_on: Option<NaiveDate>) -> FeedbackState {
    match (done_on, told_on) {
        (None, None) => FeedbackState::Said,
        (Some(done), Some(told)) if done > told => FeedbackState::ActedOn,
        (Some(_), None) => FeedbackState::ActedOn,
        (_, Some(_)) => FeedbackState::Told,
    }
}

/// For how many days those who spoke waited, from the last day on which they did: until they were told, or until today.
pub fn days_open(
    ended_on: NaiveDate,
    done_on: Option<NaiveDate>,
    told_on: Option<NaiveDate>,
    today: NaiveDate,
) -> i64 {
    let until = told_on.filter(|_| !state(done_on, told_on).is_open()).unwrap_or(today);
    (until - ended_on).num_days()
}

/// Whether so few spoke that their number is kept from partners.
pub fn is_suppressed(speakers: Option<i64>) -> bool {
    speakers.is_some_and(|speakers| speakers < THRESHOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_loop_is_open_until_they_are_told() {
        let [early, late] = ["2018-10-01", "2018-11-01"].map(|on| Some(day(on)));

        assert_eq!(state(None, None), FeedbackState::Said);
        assert_eq!(state(early, None), FeedbackState::ActedOn);
        assert_eq!(state(early, late), FeedbackState::Told);
        assert_eq!(state(early, early), FeedbackState::Told, "told on the day it was done");
        assert!(state(None, None).is_open() && state(early, None).is_open() && !state(early, late).is_open());
    }

    #[test]
    fn that_nothing_can_be_done_is_an_answer_too() {
        assert_eq!(state(None, Some(day("2018-11-01"))), FeedbackState::Told);
    }

    #[test]
    fn what_is_done_after_they_were_told_opens_it_again() {
        let state = state(Some(day("2018-11-02")), Some(day("2018-11-01")));
        assert_eq!(state, FeedbackState::ActedOn);
    }

    #[test]
    fn they_wait_from_the_last_day_on_which_they_spoke() {
        let [said, done, told, today] = ["2018-09-30", "2018-10-10", "2018-10-31", "2018-12-10"].map(day);

        assert_eq!(days_open(said, None, None, today), 71);
        assert_eq!(days_open(said, Some(done), None, today), 71);
        assert_eq!(days_open(said, Some(done), Some(told), today), 31);
        assert_eq!(days_open(said, Some(today), Some(told), today), 71, "open again, as if never told");
        assert_eq!(days_open(today, None, None, today), 0);
    }

    #[test]
    fn under_five_are_few() {
        assert!(is_suppressed(Some(1)) && is_suppressed(Some(4)));
        assert!(!is_suppressed(Some(5)) && !is_suppressed(None));
    }
}
