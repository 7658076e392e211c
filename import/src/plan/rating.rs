//! RAG and BRAG letters, and words of status.

use super::model::{Health, Status};
use super::question::{Cell, Question, QuestionCode};
use super::text::{bare_words, squash};
use super::ticks;

/// What a rating cell says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rating {
    pub health: Option<Health>,
    pub status: Option<Status>,
    pub questions: Vec<Question>,
}

fn health(word: &str) -> Option<Health> {
    Some(match word {
        "g" | "green" => Health::OnTrack,
        "a" | "amber" | "yellow" | "orange" => Health::AtRisk,
        "r" | "red" => Health::OffTrack,
        "b" | "blue" => Health::Done,
        _ => return None,
    })
}

/// Phrases of two words first, so that "not started" is not read as started.
const PHRASES: &[(&str, Option<Health>, Option<Status>)] = &[
    ("not yet started", None, Some(Status::NotStarted)),
    ("not started", None, Some(Status::NotStarted)),
    ("not begun", None, Some(Status::NotStarted)),
    ("not complete", None, Some(Status::InProgress)),
    ("in progress", None, Some(Status::InProgress)),
    ("under way", None, Some(Status::InProgress)),
    ("on going", None, Some(Status::InProgress)),
    ("on track", Some(Health::OnTrack), None),
    ("on target", Some(Health::OnTrack), None),
    ("at risk", Some(Health::AtRisk), None),
    ("off track", Some(Health::OffTrack), None),
    ("off target", Some(Health::OffTrack), None),
    ("complete", None, Some(Status::Complete)),
    ("completed", None, Some(Status::Complete)),
    ("closed", None, Some(Status::Complete)),
    ("done", None, Some(Status::Complete)),
    ("achieved", None, Some(Status::Complete)),
    ("started", None, Some(Status::InProgress)),
    ("ongoing", None, Some(Status::InProgress)),
    ("underway", None, Some(Status::InProgress)),
    ("open", None, Some(Status::InProgress)),
    ("delayed", Some(Health::AtRisk), None),
    ("overdue", Some(Health::OffTrack), None),
    ("late", Some(Health::OffTrack), None),
    ("withdrawn", None, Some(Status::Withdrawn)),
    ("superseded", None, Some(Status::Withdrawn)),
];

fn add<T: Copy + PartialEq>(seen: &mut Vec<T>, value: Option<T>) {
    if let Some(value) = value
        && !seen.contains(&value)
    {
        seen.push(value);
    }
}

/// Reads a cell of a RAG or status column.
pub(crate) fn read(printed: &str) -> Rating {
    let text = squash(printed);
    let mut result = Rating::default();
    let mut rest =
        format!(" {} ", bare_words(&ticks::spelled(&text).replace(['/', '-', '–', '|'], " ")).join(" "));
    if rest.trim().is_empty() || matches!(rest.trim(), "n a" | "na" | "none" | "tbc") {
        return result;
    }
    let (mut healths, mut statuses) = (Vec::new(), Vec::new());
    for (phrase, phrase_health, phrase_status) in PHRASES {
        let padded = format!(" {phrase} ");
        if rest.contains(&padded) {
            rest = rest.replace(&padded, " ");
            add(&mut healths, *phrase_health);
            add(&mut statuses, *phrase_status);
        }
    }
    let mut unread = Vec::new();
    for word in rest.split_whitespace() {
        match health(word) {
            Some(known) => add(&mut healths, Some(known)),
            None => unread.push(word),
        }
    }
    match healths.as_slice() {
        [] => {}
        [one] => result.health = Some(*one),
        _ => result.questions.push(Question::new(
            QuestionCode::RatingUnclear,
            Cell::Health,
            format!("\"{text}\" gives more than one rating; none was understood. Set health to ON_TRACK, AT_RISK, OFF_TRACK or DONE."),
        )),
    }
    match statuses.as_slice() {
        [] if result.health == Some(Health::Done) => result.status = Some(Status::Complete),
        [] => {}
        [one] => result.status = Some(*one),
        _ => result.questions.push(Question::new(
            QuestionCode::StatusesDiffer,
            Cell::Status,
            format!("\"{text}\" gives more than one status; none was understood. Set status to NOT_STARTED, IN_PROGRESS, COMPLETE or WITHDRAWN."),
        )),
    }
    if !unread.is_empty() {
        result.questions.push(Question::new(
            QuestionCode::RatingUnread,
            Cell::Health,
            format!(
                "\"{}\" in \"{text}\" is no known rating or status; {}. Accept, or set health and status.",
                unread.join(" "),
                if result.health.is_some() || result.status.is_some() {
                    "the rest was understood"
                } else {
                    "nothing was understood"
                }
            ),
        ));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_words_are_read() {
        for (text, health, status) in [
            ("R", Some(Health::OffTrack), None),
            ("Amber", Some(Health::AtRisk), None),
            ("GREEN", Some(Health::OnTrack), None),
            ("Blue", Some(Health::Done), Some(Status::Complete)),
            ("Green - complete", Some(Health::OnTrack), Some(Status::Complete)),
            ("Not started", None, Some(Status::NotStarted)),
            ("In progress", None, Some(Status::InProgress)),
            ("", None, None),
        ] {
            let rating = read(text);
            assert_eq!((rating.health, rating.status, rating.questions.len()), (health, status, 0), "{text}");
        }
    }

    #[test]
    fn between_two_colours_is_asked() {
        let rating = read("G/A");
        assert_eq!((rating.health, rating.questions[0].code), (None, QuestionCode::RatingUnclear));
        assert_eq!(read("Purple").questions[0].code, QuestionCode::RatingUnread);
    }
}
