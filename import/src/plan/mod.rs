//! Reads an improvement plan, and never guesses silently: whatever is inferred, repaired or left out is either a
//! [`Question`] or named under [`Understanding::ignored`].

mod answers;
mod apply;
mod assemble;
pub(crate) mod dates;
mod error;
mod given;
mod headings;
mod leads;
mod links;
mod merge;
mod model;
mod numbering;
mod pasted;
mod question;
mod rating;
mod reference;
mod repair;
mod report;
mod rows;
mod screen;
mod split;
mod steps;
mod suggest;
mod table;
pub(crate) mod text;
mod themes;

pub use answers::{Answer, AnswerError, Answers, Clearable, GivenUpdate, Requirement, Values};
pub use apply::apply;
pub use error::{MAX_BYTES, MAX_CELL, ReadError};
pub use given::{
    GivenAnswer, GivenEntry, GivenLink, GivenRequirement, GivenValues, Wrong, apply_given, given,
};
pub use links::Link;
pub use model::{
    DuePrecision, Gap, GapReason, Health, Ignored, Lead, LeadKind, Original, Place, RequirementKind,
    RequirementLink, Row, Status, Understanding, Update,
};
pub use question::{Cell, Question, QuestionCode};
pub use report::{open_questions, report};
pub use suggest::{Demand, LEAST_SCORE, Suggestion, report_suggestions, suggest};
pub use table::MAX_ROWS;

use crate::decode::decode;

/// Reads a plan from the bytes of a file: CSV with any delimiter, or pasted, tab-separated text.
///
/// # Errors
/// [`ReadError`] when the file is no plan; its text says why and what would be right.
pub fn read(bytes: &[u8]) -> Result<Understanding, ReadError> {
    let decoded = decode(bytes)?;
    let document = table::find(&decoded.text)?;
    let mut understanding = rows::understand(&decoded.text, &document);
    if decoded.is_assumed {
        understanding.questions.insert(0, encoding_question());
    }
    screen::screen(&mut understanding);
    Ok(understanding)
}

fn encoding_question() -> Question {
    Question::new(
        QuestionCode::EncodingAssumed,
        Cell::File,
        "The file is not UTF-8. It was read as Windows-1252, as older spreadsheets save it. Accept if names, dashes and \
         quotation marks look right in this report; otherwise save the file again as CSV UTF-8.",
    )
}
