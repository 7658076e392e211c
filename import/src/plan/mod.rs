//! Reads an improvement plan, and never guesses silently: whatever is inferred, repaired or left out is either a
//! [`Question`] or named under [`Understanding::ignored`].

mod answers;
mod apply;
mod assemble;
mod colour;
pub(crate) mod dates;
mod error;
mod forms;
mod given;
mod grid;
mod headings;
mod judged;
mod key;
mod labels;
mod leads;
mod lines;
mod linked;
mod links;
mod measures;
mod merge;
mod model;
mod numbering;
mod office;
mod outside;
mod pasted;
mod question;
mod rating;
mod reference;
mod repair;
mod report;
mod rows;
mod screen;
mod slots;
mod split;
mod steps;
mod suggest;
mod table;
mod tables;
pub(crate) mod text;
mod texts;
mod themes;
mod ticks;

pub use answers::{Answer, AnswerError, Answers, Clearable, GivenUpdate, Requirement, Values};
pub use apply::apply;
pub use error::{MAX_BYTES, MAX_CELL, MAX_OFFICE_BYTES, ReadError};
pub use given::{
    GivenAnswer, GivenEntry, GivenLink, GivenRequirement, GivenValues, Wrong, apply_given, given,
};
pub use links::Link;
pub use model::{
    DuePrecision, Gap, GapReason, Health, Ignored, Lead, LeadKind, Measure, Original, Place, RequirementKind,
    RequirementLink, Row, Status, Understanding, Update,
};
pub use question::{Cell, Question, QuestionCode};
pub use report::{open_questions, report};
pub use suggest::{Demand, LEAST_SCORE, Suggestion, report_suggestions, suggest};
pub use table::{Document, MAX_ROWS};

use crate::decode::decode;

/// Reads a plan from the bytes of a file: XLSX, DOCX, CSV with any delimiter, or pasted, tab-separated text.
///
/// # Errors
/// [`ReadError`] when the file is no plan; its text says why and what would be right.
pub fn read(bytes: &[u8]) -> Result<Understanding, ReadError> {
    Ok(understand(&extract(bytes, &mut |_, _| ())?))
}

/// Takes the plan's tables out of a file of any kind that is read; its bytes tell the kind. All that can go wrong with a file goes
/// wrong here, within bounds of time and memory. `progress` is told how many parts of how many are done.
///
/// # Errors
/// [`ReadError`] when the file is no plan; its text says why and what would be right.
pub fn extract(bytes: &[u8], progress: &mut dyn FnMut(u32, u32)) -> Result<Document, ReadError> {
    if let Some(document) = office::extract(bytes, progress)? {
        return Ok(document);
    }
    let decoded = decode(bytes)?;
    let mut document = table::find(&decoded.text)?;
    if decoded.is_assumed {
        document.questions.insert(0, encoding_question());
    }
    progress(1, 1);
    Ok(document)
}

/// Understands what [`extract`] has taken out of a file. It cannot fail: what is not clear is asked.
pub fn understand(document: &Document) -> Understanding {
    let mut understanding = rows::understand(document);
    screen::screen(&mut understanding);
    understanding
}

fn encoding_question() -> Question {
    Question::new(
        QuestionCode::EncodingAssumed,
        Cell::File,
        "The file is not UTF-8. It was read as Windows-1252, as older spreadsheets save it. Accept if names, dashes and \
         quotation marks look right in this report; otherwise save the file again as CSV UTF-8.",
    )
}
