//! From lines of a table to headings and drafts of rows: what begins a row, what continues it, what repeats it.

use super::error::MAX_CELL;
use super::headings::Column;
use super::merge;
use super::model::{Ignored, Original, Place, RequirementLink};
use super::question::Question;
use super::reference;
use super::repair::Vocabulary;
use super::table::{Document, Line, Mark, Source};
use super::text::{bare_words, ends_sentence, has_substance, squash, starts_upper};
use super::texts::{FIELDS, Texts};
use super::themes;
use super::ticks;

/// A row in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub texts: Texts,
    pub place: Place,
    /// How many lines of the file printed this row again.
    pub copies: usize,
    /// Every time frame that the copies print.
    pub timeframes: Vec<String>,
    pub originals: Vec<Original>,
    pub questions: Vec<Question>,
    /// The number where it is not printed in the reference cell.
    pub number: Option<String>,
    /// Only the beginning is legible.
    pub is_stub: bool,
    /// The fills of its cells, and what is struck through in them.
    pub marks: Vec<Mark>,
    /// All of it is struck through.
    pub is_struck: bool,
    /// The sheet does not show it.
    pub is_hidden: bool,
}

/// A heading between rows.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    pub text: String,
    /// The outermost level.
    pub is_top: bool,
    /// The requirements that it names, which all rows under it answer.
    pub requirements: Vec<RequirementLink>,
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A table begins for which the headings so far do not hold.
    Table(u32),
    Heading(Heading),
    Draft(Box<Draft>),
}

/// What a line is by itself.
enum Kind {
    Heading { pieces: Vec<String>, is_top: bool },
    Numbered(String),
    Other,
}

const VOCABULARY_OF_REFERENCES: &[&str] = &[
    "ofsted",
    "recommendation",
    "recommendations",
    "rec",
    "recs",
    "number",
    "no",
    "outlined",
    "dfe",
    "direction",
    "directions",
    "tor",
    "terms",
    "reference",
    "in",
    "and",
    "only",
    "relation",
    "to",
];

fn speaks_of_references(text: &str) -> bool {
    let words = bare_words(text);
    let known = |word: &String| {
        VOCABULARY_OF_REFERENCES.contains(&word.as_str()) || word.chars().all(|c| c.is_ascii_digit())
    };
    words.iter().all(known) || reference::read(text, None).links.iter().any(|_| true)
}

fn judge(document: &Document, line: &Line, texts: &Texts) -> Kind {
    let columns = document.columns(line);
    let printed = squash(texts.get(Column::Reference));
    let number = reference::row_number(&printed);
    let busy = [Column::Lead, Column::Timeframe, Column::Start, Column::Rating, Column::Progress];
    let idle = busy.iter().all(|column| !texts.says(*column));
    let filled: Vec<usize> = (0..line.cells.len()).filter(|at| has_substance(&line.cells[*at])).collect();
    let side_by_side = filled.iter().enumerate().all(|(nth, at)| filled[0] + nth == *at);
    let first = filled.first().map(|at| squash(&line.cells[*at])).unwrap_or_default();
    let at_edge =
        filled.first().is_some_and(|at| *at == 0 || columns.meanings.get(*at) == Some(&Column::Reference));
    let length: usize = filled.iter().map(|at| line.cells[*at].len()).sum();
    let section =
        reference::section(&first).filter(|(_, rest)| has_substance(rest) && !speaks_of_references(rest));
    if line.is_banner && idle && filled.len() == 1 && first.len() <= 400 {
        let (is_top, piece) = match section {
            Some((_, rest)) => (true, rest),
            None => (is_capitals(&first), first),
        };
        return Kind::Heading { pieces: vec![piece], is_top };
    }
    if let Some(number) = &line.number {
        return Kind::Numbered(number.clone());
    }
    let is_heading = at_edge
        && idle
        && side_by_side
        && length <= 200
        && (filled.len() == 1 || (document.is_pasted() && filled.len() <= 3))
        && (section.is_some()
            || (number.is_none() && !speaks_of_references(&first) && !starts_like_text(&first)));
    if is_heading {
        let mut pieces: Vec<String> = filled.iter().map(|at| line.cells[*at].clone()).collect();
        let is_top = section.is_some() || is_capitals(&first);
        if let Some((_, rest)) = section {
            pieces[0] = rest;
        }
        return Kind::Heading { pieces, is_top };
    }
    match number {
        Some((number, _)) => Kind::Numbered(number),
        None => Kind::Other,
    }
}

/// A sentence or a continuation, not a heading.
fn starts_like_text(text: &str) -> bool {
    // A damaged heading can begin with a small letter, but is short.
    text.split(' ').count() > 3 && (!starts_upper(text) || ends_sentence(text))
}

fn is_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() > 4 && !text.chars().any(char::is_lowercase)
}

/// A heading that slipped into the action column, after a finished row.
fn slipped_heading(
    document: &Document,
    line: &Line,
    texts: &Texts,
    before: Option<&Draft>,
    next_begins: bool,
) -> Option<Vec<String>> {
    let text = squash(texts.get(Column::Action));
    let words: Vec<&str> = text.split(' ').collect();
    let long: Vec<&&str> = words.iter().filter(|word| word.chars().count() > 3).collect();
    let capital = long.iter().filter(|word| starts_upper(word)).count();
    let lead = texts.get(Column::Lead);
    let finished = before.is_some_and(|draft| {
        ends_sentence(draft.texts.get(Column::Action))
            && draft.texts.says(Column::Timeframe)
            && draft.texts.says(Column::Lead)
    });
    let alone = !texts.says(Column::Reference) && !texts.says(Column::Aim) && !texts.says(Column::Timeframe);
    let is_heading = document.is_pasted()
        && finished
        && next_begins
        && alone
        && bare_words(lead).concat().chars().count() <= 1
        && starts_upper(&text)
        && !ends_sentence(&text)
        && words.len() <= 12
        && capital * 2 >= long.len();
    is_heading.then(|| line.cells.iter().filter(|cell| has_substance(cell)).cloned().collect())
}

/// Turns the lines into headings and drafts. What is noise goes to `ignored`.
pub(crate) fn assemble(
    document: &Document,
    vocabulary: &Vocabulary,
    ignored: &mut Vec<Ignored>,
) -> Vec<Entry> {
    let texts: Vec<Texts> = document.lines.iter().map(|line| Texts::of_line(document, line)).collect();
    let kinds: Vec<Kind> =
        document.lines.iter().zip(&texts).map(|(line, texts)| judge(document, line, texts)).collect();
    let mut entries: Vec<Entry> = Vec::new();
    let mut table = 0;
    for (at, line) in document.lines.iter().enumerate() {
        let texts = &texts[at];
        if line.table != table {
            table = line.table;
            if document.table(table).is_apart {
                entries.push(Entry::Table(table));
            }
        }
        note_noise(document, line, ignored);
        let current = match entries.last_mut() {
            Some(Entry::Draft(draft)) => Some(draft),
            _ => None,
        };
        match &kinds[at] {
            Kind::Heading { pieces, is_top } => match current {
                // A qualifier in brackets can be cut over several lines.
                Some(draft) if is_open(draft.texts.get(Column::Reference)) => {
                    continue_row(draft, line, texts, document.is_pasted(), ignored)
                }
                _ => {
                    let mut heading = themes::heading(vocabulary, pieces, *is_top, false);
                    if line.is_banner {
                        heading.requirements = pieces
                            .first()
                            .map(|piece| reference::read(piece, None).links)
                            .unwrap_or_default();
                    }
                    entries.push(Entry::Heading(heading));
                }
            },
            Kind::Numbered(number) => match current {
                Some(draft) if repeats(draft, number, texts) => add_copy(draft, line, texts, ignored),
                _ => entries.push(begin(document, line, texts)),
            },
            Kind::Other => {
                let next_begins = !matches!(kinds.get(at + 1), Some(Kind::Other) | None);
                if let Some(pieces) = slipped_heading(
                    document,
                    line,
                    texts,
                    current.as_deref().map(|draft| &**draft),
                    next_begins,
                ) {
                    entries.push(Entry::Heading(themes::heading(vocabulary, &pieces, false, true)));
                    continue;
                }
                let has_numbers = document.columns(line).has(Column::Reference);
                if document.source == Source::Office && has_numbers && is_note(texts) {
                    ignored.push(Ignored::new(&squash(&line.cells.join(" ")), "a note among the rows"));
                    continue;
                }
                let whole = (!texts.says(Column::Reference)
                    || !speaks_of_references(texts.get(Column::Reference)))
                    && (texts.says(Column::Aim) || !document.columns(line).has(Column::Aim))
                    && texts.says(Column::Action)
                    && (texts.says(Column::Lead) || texts.says(Column::Timeframe));
                let worded = texts.says(Column::Aim) || texts.says(Column::Action);
                match current {
                    Some(draft) if whole && is_print_of(&draft.texts, texts) => {
                        add_copy(draft, line, texts, ignored)
                    }
                    Some(draft) if has_numbers && !whole => {
                        continue_row(draft, line, texts, document.is_pasted(), ignored)
                    }
                    _ if worded => entries.push(begin(document, line, texts)),
                    Some(draft) => continue_row(draft, line, texts, document.is_pasted(), ignored),
                    None => ignored.push(Ignored::new(
                        &squash(&line.cells.join(" ")),
                        "stands under no row and names no action",
                    )),
                }
            }
        }
    }
    entries
}

/// Words in the number's cell and nothing anywhere else: "Notes: the plan is reviewed each month."
fn is_note(texts: &Texts) -> bool {
    let mut others = FIELDS.iter().filter(|(column, _)| *column != Column::Reference);
    texts.says(Column::Reference)
        && !speaks_of_references(texts.get(Column::Reference))
        && others.all(|(column, _)| !texts.says(*column))
}

/// Cells without letters or digits carry nothing.
fn note_noise(document: &Document, line: &Line, ignored: &mut Vec<Ignored>) {
    let meanings = &document.columns(line).meanings;
    for (at, cell) in line.cells.iter().enumerate() {
        let cell = squash(cell);
        if matches!(meanings.get(at), Some(Column::Rating | Column::Done)) && ticks::is_mark(&cell) {
            continue;
        }
        if !cell.is_empty() && !has_substance(&cell) && !matches!(cell.as_str(), "-" | "–" | "—") {
            let why =
                if cell.chars().count() == 1 { "a mark without text" } else { "a cell of punctuation only" };
            ignored.push(Ignored::new(&cell, why));
        }
    }
}

fn originals(texts: &Texts) -> impl Iterator<Item = Original> + '_ {
    FIELDS
        .iter()
        .zip(&texts.0)
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|((_, cell), text)| Original { cell: *cell, text: text.clone() })
}

fn begin(document: &Document, line: &Line, texts: &Texts) -> Entry {
    let mut texts_without_noise = texts.clone();
    for ((column, _), text) in FIELDS.iter().zip(&mut texts_without_noise.0) {
        let is_mark = matches!(column, Column::Rating | Column::Done) && ticks::is_mark(text);
        if !is_mark && !has_substance(text) && !text.contains(['-', '–', '—']) {
            text.clear();
        }
    }
    let timeframe = squash(texts.get(Column::Timeframe));
    Entry::Draft(Box::new(Draft {
        texts: texts_without_noise,
        place: document.place(line),
        number: line.number.clone(),
        marks: line.marks.clone(),
        is_struck: line.is_struck,
        is_hidden: line.is_hidden,
        copies: 1,
        timeframes: Some(timeframe).filter(|text| has_substance(text)).into_iter().collect(),
        originals: originals(texts).collect(),
        ..Draft::default()
    }))
}

/// Is this numbered line the draft's row again? A line without number may be its first print.
fn repeats(draft: &Draft, number: &str, texts: &Texts) -> bool {
    let (before, now) = (&draft.texts, texts);
    let one_begins = |column| merge::is_beginning(before.get(column), now.get(column));
    let aims = (before.get(Column::Aim), now.get(Column::Aim));
    match reference::row_number(&squash(before.get(Column::Reference))) {
        Some((known, _)) => {
            known == number && (aims.0.is_empty() || aims.1.is_empty() || one_begins(Column::Aim))
        }
        None => before.get(Column::Reference).is_empty() && is_print_of(before, now),
    }
}

/// Can two lines, of which one has no number, be prints of the same row? No cell contradicts, and one agrees.
fn is_print_of(one: &Texts, two: &Texts) -> bool {
    let agree = |column| merge::is_beginning(one.get(column), two.get(column));
    let differ = |column| one.says(column) && two.says(column) && !agree(column);
    let worded = [Column::Aim, Column::Action];
    worded.into_iter().any(agree) && !worded.into_iter().any(differ)
}

fn is_open(text: &str) -> bool {
    text.matches('(').count() > text.matches(')').count()
}

fn add_copy(draft: &mut Draft, line: &Line, texts: &Texts, ignored: &mut Vec<Ignored>) {
    if is_full(draft, texts, ignored) {
        return;
    }
    draft.copies += 1;
    draft.marks.extend(line.marks.iter().cloned());
    for (at, (column, _)) in FIELDS.iter().enumerate() {
        let copy = &texts.0[at];
        merge::take(&mut draft.texts.0[at], copy);
        if *column == Column::Timeframe && has_substance(copy) && !draft.timeframes.contains(&squash(copy)) {
            draft.timeframes.push(squash(copy));
        }
    }
    let printed =
        FIELDS.iter().zip(&texts.0).map(|(_, text)| squash(text)).filter(|text| has_substance(text));
    ignored.push(Ignored::new(
        &printed.collect::<Vec<_>>().join(" | "),
        "a further print of a row, read together with the others",
    ));
    remember(draft, texts);
}

fn remember(draft: &mut Draft, texts: &Texts) {
    for original in originals(texts) {
        match draft.originals.iter_mut().find(|known| known.cell == original.cell) {
            Some(known) if known.text.contains(&original.text) => {}
            Some(known) if original.text.contains(&known.text) => known.text = original.text,
            Some(known) => {
                known.text.push('\n');
                known.text.push_str(&original.text);
            }
            None => draft.originals.push(original),
        }
    }
}

/// A row cannot grow for ever: lines beyond what a cell can hold are named as ignored.
fn is_full(draft: &Draft, texts: &Texts, ignored: &mut Vec<Ignored>) -> bool {
    let full = draft.texts.0.iter().any(|text| text.len() > MAX_CELL);
    if full {
        ignored.push(Ignored::new(
            &squash(&texts.0.join(" ")),
            "the row above it has grown over the limit of a cell",
        ));
    }
    full
}

fn continue_row(draft: &mut Draft, line: &Line, texts: &Texts, pasted: bool, ignored: &mut Vec<Ignored>) {
    if is_full(draft, texts, ignored) {
        return;
    }
    draft.marks.extend(line.marks.iter().cloned());
    for (at, text) in texts.0.iter().enumerate() {
        if has_substance(text) {
            let known = &mut draft.texts.0[at];
            if !known.is_empty() {
                known.push(if pasted { ' ' } else { '\n' });
            }
            known.push_str(text);
        }
    }
    remember(draft, texts);
}
