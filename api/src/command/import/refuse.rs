//! Why a document was not imported, told by the fields of the input.

use import::plan::{Question, Understanding, Wrong};
use import::programme::Problem;

use super::document::UPLOAD;
use crate::command::load_programme::LoadError;
use crate::command::refusal::{Refusal, UserError};

/// So many questions or problems are told at once. The reading shows all questions.
const MOST_TOLD: usize = 20;

/// Answers and links that do not fit.
pub(super) fn wrong(all: Vec<Wrong>) -> Refusal {
    let error = |wrong: Wrong| UserError::invalid(&wrong.field, sentence(&wrong.why));
    all.into_iter().map(error).collect::<Vec<_>>().into()
}

/// Whether every question has its answer.
///
/// # Errors
/// How many have none, and the first of them.
pub(super) fn questions_open(understanding: &Understanding) -> Result<(), Refusal> {
    let open = understanding.open_questions();
    if open == 0 {
        return Ok(());
    }
    let of_file = understanding.questions.iter().map(|question| ("The document".to_owned(), question));
    let of_rows = understanding.rows.iter().flat_map(|row| {
        let place = row.place.name();
        let name = match &row.reference {
            Some(reference) => format!("Row {reference} at {place}"),
            None => format!("The row at {place}"),
        };
        row.questions.iter().map(move |question| (name.clone(), question))
    });
    let told = |(name, question): (String, &Question)| {
        let (code, cell) = (question.code.as_str(), question.cell.as_str());
        UserError::invalid("answers", format!("{name}, {code} on {cell}: {}", question.text))
    };
    let how_many = match open {
        1 => "1 question has no answer: give it one, as the document's reading shows it.".to_owned(),
        open => {
            format!("{open} questions have no answer: give each one, as the document's reading shows them.")
        }
    };
    let mut errors = vec![UserError::invalid("answers", how_many)];
    errors.extend(of_file.chain(of_rows).take(MOST_TOLD).map(told));
    Err(errors.into())
}

/// Why a plan was not added.
pub(super) fn not_added(error: LoadError, title: &str) -> Refusal {
    match error {
        LoadError::Write(fault) => fault.into(),
        LoadError::Invalid(problems) => {
            let more = problems.len().saturating_sub(MOST_TOLD);
            let mut errors: Vec<UserError> =
                problems.iter().take(MOST_TOLD).map(|problem| told(problem, title)).collect();
            if more > 0 {
                errors.push(UserError::invalid(UPLOAD, format!("And {more} more of this kind.")));
            }
            errors.into()
        }
        other => UserError::invalid(UPLOAD, sentence(&other.to_string())).into(),
    }
}

/// A problem of the plan. Its entry is the plan's title, and after it the number of a row.
fn told(problem: &Problem, title: &str) -> UserError {
    let Problem { entry, field, wrong, right, .. } = problem;
    if field == "title" {
        let message = "Another plan of this programme has this title: choose one that tells them apart.";
        return UserError::invalid("title", message);
    }
    let of_row = entry.strip_prefix(title).and_then(|rest| rest.strip_prefix(" / "));
    let place = of_row.map_or_else(|| field.clone(), |row| format!("row {row}, {field}"));
    UserError::invalid(UPLOAD, sentence(&format!("{place}: {wrong}; {right}")))
}

/// With a capital at its beginning and a stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", signs.as_str())
}
