//! Which requirements a row quotes or paraphrases without being linked to them. Suggested, never linked: a person decides, by a
//! `[[link]]` in the answers.
//!
//! `words` says which words are the same, `index` what each of them tells, `measure` how much of a requirement a text says.
//! Nothing here is learnt: the same rules and the same few numbers hold for every plan, and `tests/suggest_real.rs` says how
//! well.

mod index;
mod measure;
mod report;
mod words;

use serde::Serialize;

use self::index::Index;
use super::model::{Place, Row, Understanding};
use super::question::Cell;
use super::text::squash;
use crate::personal;

pub use self::report::report_suggestions;

/// Below this nothing is suggested.
pub const LEAST_SCORE: f64 = 0.4;

/// What is this much behind a row's best is left out: beside a quotation a likeness is noise.
const BEHIND: f64 = 0.3;

/// So many requirements are suggested for a row, unless others score the same as the last of them.
const MOST: usize = 3;

/// And no more than these where others do.
const MOST_WITH_TIES: usize = 10;

/// Longest repetition of a row's words, in characters.
const MOST_CHARS: usize = 160;

/// A requirement that a row may answer: a recommendation or a direction's term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Its id, as an answer names it.
    pub id: String,
    /// Its printed number; none where nothing is printed.
    pub reference: Option<String>,
    /// Its words.
    pub text: String,
}

/// A requirement that a row seems to quote or to paraphrase.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// Where the row stands.
    pub place: Place,
    /// The row's number.
    pub reference: Option<String>,
    /// The requirement's id.
    pub requirement: String,
    /// The requirement's printed number.
    pub requirement_reference: Option<String>,
    /// From [`LEAST_SCORE`] to 1, in hundredths. 1 is the whole requirement word by word; about 0.5 a paraphrase, or a quotation
    /// of a part.
    pub score: f64,
    /// The cell that says it.
    pub cell: Cell,
    /// Its words, from the first to the last that match, cut to a readable length.
    pub words: String,
}

/// Finds the requirements that each row quotes or paraphrases and is not linked to: row by row, the likeliest first.
///
/// A row that names a number is taken to be linked to every requirement of that number. Others are suggested all the same:
/// that a row names one recommendation and quotes another is worth a look. Neither the order of rows and demands nor the other
/// rows change a score.
pub fn suggest(understanding: &Understanding, demands: &[Demand]) -> Vec<Suggestion> {
    let index = Index::new(demands);
    understanding.rows.iter().flat_map(|row| of_row(row, demands, &index)).collect()
}

/// The likeness of a row to one wording.
struct Likeness {
    score: f64,
    cell: Cell,
    words: String,
}

fn of_row(row: &Row, demands: &[Demand], index: &Index) -> Vec<Suggestion> {
    let mut found: Vec<(usize, Likeness)> = Vec::new();
    for (cell, text) in passages(row) {
        let words = index.read(&text);
        for wording in index.candidates(&words) {
            let Some(likeness) = measure::likeness(index, wording, &words) else { continue };
            let score = (likeness.score * 100.0).round() / 100.0;
            let known = found.iter_mut().find(|(known, _)| *known == wording);
            if score < LEAST_SCORE || known.as_ref().is_some_and(|(_, known)| known.score >= score) {
                continue;
            }
            let said = excerpt(text.get(likeness.from..likeness.to).unwrap_or_default());
            let likeness = Likeness { score, cell, words: said };
            match known {
                Some((_, known)) => *known = likeness,
                None => found.push((wording, likeness)),
            }
        }
    }
    let mut open: Vec<(usize, &Likeness)> = Vec::new();
    for (wording, likeness) in &found {
        let all = index.demands(*wording).iter();
        open.extend(all.filter(|at| !is_linked(row, &demands[**at])).map(|at| (*at, likeness)));
    }
    open.sort_by(|(one, first), (two, second)| second.score.total_cmp(&first.score).then(one.cmp(two)));
    let best = open.first().map_or(0.0, |(_, first)| first.score);
    let last = open.get(MOST - 1).map_or(0.0, |(_, last)| last.score);
    open.retain(|(_, likeness)| likeness.score >= last && likeness.score > best - BEHIND);
    open.truncate(MOST_WITH_TIES);
    let suggestion = |(at, likeness): (usize, &Likeness)| Suggestion {
        // Not by copying alone: a place may hold a name.
        place: row.place.to_owned(),
        reference: row.reference.clone(),
        requirement: demands[at].id.clone(),
        requirement_reference: demands[at].reference.clone(),
        score: likeness.score,
        cell: likeness.cell,
        words: likeness.words.clone(),
    };
    open.into_iter().map(suggestion).collect()
}

/// Whether the row says itself that it answers the demand.
fn is_linked(row: &Row, demand: &Demand) -> bool {
    row.requirements.iter().any(|link| match &link.id {
        Some(id) => *id == demand.id,
        None => demand.reference.as_ref() == Some(&link.reference),
    })
}

/// The texts of a row in which a requirement may be quoted: its headings, what stands beside its number, its aim and its steps. A
/// cell is one text, and each of its parts is one. What a lead reports is told about the action, not asked of it.
fn passages(row: &Row) -> Vec<(Cell, String)> {
    let mut passages: Vec<(Cell, String)> =
        row.themes.iter().map(|theme| (Cell::Themes, theme.clone())).collect();
    let named =
        row.originals.iter().filter(|printed| matches!(printed.cell, Cell::Reference | Cell::Requirements));
    passages.extend(named.map(|printed| (Cell::Requirements, squash(&printed.text))));
    passages.extend(row.aim.iter().map(|aim| (Cell::Aim, aim.clone())));
    if row.steps.len() > 1 {
        passages.push((Cell::Steps, row.steps.join(" ")));
    }
    passages.extend(row.steps.iter().map(|step| (Cell::Steps, step.clone())));
    passages
}

/// Words of the plan as they are shown, cut to a readable length.
fn excerpt(text: &str) -> String {
    let text = personal::shown(squash(text));
    let mut short: String = text.chars().take(MOST_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
