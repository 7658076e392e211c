//! From drafts to rows: every cell understood, every doubt asked.

use super::assemble::{self, Draft, Entry};
use super::dates;
use super::headings::{Column, Columns};
use super::judged;
use super::leads;
use super::linked;
use super::measures;
use super::model::{Ignored, Row, Status, Understanding, Update};
use super::numbering;
use super::question::{Cell, Question, QuestionCode};
use super::split;
use super::steps;
use super::table::{Document, Source};
use super::text::{has_substance, squash};
use super::texts::FIELDS;
use super::themes::Headings;

/// Understands what a file holds of a plan.
pub(crate) fn understand(document: &Document) -> Understanding {
    let vocabulary = &document.words;
    let mut ignored = document.ignored.clone();
    let entries = split::split(assemble::assemble(document, vocabulary, &mut ignored), vocabulary);
    let day_first =
        document.lines.iter().any(|line| line.cells.iter().any(|cell| dates::proves_day_first(cell)));
    let cx = Context { document, day_first, coloured: judged::coloured_columns(document) };
    let mut headings = Headings::default();
    let mut rows: Vec<Row> = Vec::new();
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        if let Entry::Heading(heading) = &entry
            && document.source == Source::Office
            && matches!(entries.peek(), None | Some(Entry::Table(_)))
        {
            ignored.push(Ignored::new(&heading.text, "a heading with no row under it"));
        }
        match entry {
            Entry::Table(table) => headings.enter(document.table(table)),
            Entry::Heading(heading) => headings.take(heading, vocabulary),
            Entry::Draft(draft) => {
                let (path, questions) = headings.path(draft.texts.get(Column::Theme));
                let mut row = cx.row(&draft, path, &mut ignored);
                row.questions.splice(0..0, questions);
                linked::link_by_heading(&mut row, headings.links());
                rows.push(row);
            }
        }
    }
    if document.source == Source::Office {
        numbering::count(&mut rows);
    }
    numbering::infer(&mut rows);
    infer_stub_status(&mut rows);
    numbering::ask_about_repeated(&mut rows);
    let mut questions = document.questions.clone();
    let gaps = numbering::gaps(&rows, &mut questions);
    Understanding { rows, gaps, questions, ignored }
}

pub(crate) struct Context<'a> {
    pub document: &'a Document,
    day_first: bool,
    /// For each table without a column for ratings, the column whose fills rate.
    coloured: Vec<Option<usize>>,
}

impl Context<'_> {
    pub fn has(&self, row: &Draft, column: Column) -> bool {
        self.document.table(row.place.table).columns.has(column)
    }

    fn row(&self, draft: &Draft, themes: Vec<String>, ignored: &mut Vec<Ignored>) -> Row {
        let mut row = Row {
            themes,
            place: draft.place.clone(),
            questions: draft.questions.clone(),
            originals: draft.originals.clone(),
            ..Row::default()
        };
        self.references(draft, &mut row, ignored);
        if draft.copies > 1 {
            row.questions.push(ask(
                QuestionCode::RowsMerged,
                Cell::Row,
                format!(
                    "{} lines of the file print this row, in part or in full; they were read as one. Accept, or set the cells that \
                     came out wrong.",
                    draft.copies
                ),
            ));
        }
        let aim = match self.document.source {
            Source::Office => steps::lines(draft.texts.get(Column::Aim)).join(" "),
            Source::Csv | Source::Pasted => squash(draft.texts.get(Column::Aim)),
        };
        if has_substance(&aim) {
            row.aim = Some(aim);
        } else if self.has(draft, Column::Aim) {
            row.questions.push(ask(
                QuestionCode::AimMissing,
                Cell::Aim,
                "The row does not say what is to be achieved. Accept, or set aim.",
            ));
        }
        self.steps(draft, &mut row);
        self.number_in_action(draft, &mut row);
        self.leads(draft, &mut row);
        self.timeframe(draft, &mut row);
        let table = &self.document.table(draft.place.table).columns;
        let coloured = self.coloured.get((draft.place.table as usize).saturating_sub(1)).copied().flatten();
        let told = judged::rate(draft, table, coloured, &self.document.key, &mut row);
        self.updates(draft.texts.get(Column::Progress), &mut row);
        self.updates(&told, &mut row);
        row.measures = measures::read(draft.texts.get(Column::Measure));
        ask_about_marks(draft, table, &mut row);
        row
    }

    fn steps(&self, draft: &Draft, row: &mut Row) {
        let (steps, fused) = steps::split(draft.texts.get(Column::Action), self.document.is_pasted());
        row.steps = steps;
        if let Some(last) = row.steps.last().filter(|last| steps::breaks_off(last)) {
            let end: Vec<&str> = last.split(' ').rev().take(4).collect();
            let end = end.into_iter().rev().collect::<Vec<_>>().join(" ");
            row.questions.push(ask(
                QuestionCode::RowCutShort,
                Cell::Steps,
                format!("The text breaks off after \"{end}\"; it was kept as far as it goes. Accept, or set steps from the original."),
            ));
        }
        if row.steps.is_empty() && self.has(draft, Column::Action) {
            row.questions.push(ask(
                QuestionCode::StepsMissing,
                Cell::Steps,
                "The row does not say what will be done. Accept, or set steps.",
            ));
        } else if fused {
            row.questions.push(ask(
                QuestionCode::StepsFused,
                Cell::Steps,
                format!(
                    "A list has lost its bullets, so that its items stand together in one step; {} understood. Accept, or set \
                     steps with each item apart.",
                    match row.steps.len() {
                        1 => "one step was".to_owned(),
                        many => format!("{many} steps were"),
                    }
                ),
            ));
        }
    }

    fn leads(&self, draft: &Draft, row: &mut Row) {
        let (leads, questions) = leads::read(draft.texts.get(Column::Lead), self.document.is_pasted());
        row.leads = leads;
        row.questions.extend(questions);
        if row.leads.is_empty() && self.has(draft, Column::Lead) {
            row.questions.push(ask(
                QuestionCode::LeadMissing,
                Cell::Leads,
                "Nobody is named as lead. Accept, or set leads.",
            ));
        }
    }

    fn timeframe(&self, draft: &Draft, row: &mut Row) {
        let printed = squash(draft.texts.get(Column::Timeframe));
        let start = squash(draft.texts.get(Column::Start));
        if has_substance(&printed) {
            let read = dates::timeframe(&printed, self.day_first);
            (row.start_on, row.due_on) = (read.start_on, read.due_on);
            (row.due_precision, row.status) = (read.precision, read.status);
            row.questions.extend(read.questions);
            row.timeframe_as_printed = Some(printed.clone());
        } else if self.has(draft, Column::Timeframe) {
            row.questions.push(ask(
                QuestionCode::TimeframeMissing,
                Cell::Timeframe,
                "The row has no time frame. Accept, or set dueOn.",
            ));
        }
        if has_substance(&start) {
            match dates::leading_date(&start) {
                Some((span, "")) if row.due_on.is_none_or(|due| span.first <= due) => row.start_on = Some(span.first),
                Some((_, "")) => row.questions.push(ask(
                    QuestionCode::RangeReversed,
                    Cell::Timeframe,
                    format!("\"{start}\" as a start is later than the end \"{printed}\"; it was left out. Accept, or set startOn and dueOn."),
                )),
                _ => row.questions.push(ask(
                    QuestionCode::TimeframeUnread,
                    Cell::Timeframe,
                    format!("\"{start}\" could not be read as a start. Accept, or set startOn."),
                )),
            }
        }
        let differs = |other: &String| !super::merge::is_beginning(&printed, other);
        if draft.copies > 1 && draft.timeframes.iter().any(differs) {
            row.questions.push(ask(
                QuestionCode::TimeframesDiffer,
                Cell::Timeframe,
                format!(
                    "The copies of this row print different time frames: {}. \"{printed}\" was understood. Accept, or set startOn and \
                     dueOn.",
                    draft.timeframes.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
                ),
            ));
        }
    }

    fn updates(&self, text: &str, row: &mut Row) {
        let before = row.updates.len();
        for line in text.lines().map(steps::without_bullet).filter(|line| has_substance(line)) {
            match dates::leading_date(&line) {
                Some((span, text)) if has_substance(text) => {
                    if span.first != span.last || (span.day_first_assumed && !self.day_first) {
                        row.questions.push(ask(
                            QuestionCode::UpdateUndated,
                            Cell::Updates,
                            format!(
                                "\"{line}\" gives no certain day; {} was understood. Accept, or set updates.",
                                span.last
                            ),
                        ));
                    }
                    row.updates.push(Update { on: Some(span.last), text: text.to_owned() });
                }
                _ => match row.updates[before..].last_mut() {
                    Some(last) => {
                        last.text.push(' ');
                        last.text.push_str(&line);
                    }
                    None => {
                        row.questions.push(ask(
                            QuestionCode::UpdateUndated,
                            Cell::Updates,
                            "The progress text does not begin with a date, so it has none. Accept, or set updates with the day each was reported.",
                        ));
                        row.updates.push(Update { on: None, text: line });
                    }
                },
            }
        }
    }
}

pub(crate) fn ask(code: QuestionCode, cell: Cell, text: impl Into<String>) -> Question {
    Question::new(code, cell, text)
}

/// What is struck through, and what the sheet does not show.
fn ask_about_marks(draft: &Draft, columns: &Columns, row: &mut Row) {
    if draft.is_struck {
        row.questions.push(ask(
            QuestionCode::StruckThrough,
            Cell::Row,
            "The whole row is struck through. It was read as it stands, and no status was understood from that. Accept, set \
             status to WITHDRAWN or COMPLETE, or drop the row.",
        ));
    }
    for mark in &draft.marks {
        let (Some(struck), Some(meaning)) = (&mark.struck, columns.meanings.get(mark.at)) else { continue };
        let Some((_, cell)) = FIELDS.iter().find(|(column, _)| column == meaning) else { continue };
        row.questions.push(ask(
            QuestionCode::StruckThrough,
            *cell,
            format!(
                "\"{}\" is struck through and was left out. Accept, or set what is meant.",
                squash(struck)
            ),
        ));
    }
    if draft.is_hidden {
        row.questions.push(ask(
            QuestionCode::RowHidden,
            Cell::Row,
            "The sheet does not show this row, as where a filter is on; it was read. Accept, or drop the row.",
        ));
    }
}

/// A row of which only the first words are legible has lost its last cells. Where the next row of the same theme is
/// complete, a cell that spanned both is the likeliest reading; it is always asked.
fn infer_stub_status(rows: &mut [Row]) {
    for at in 0..rows.len() {
        let is_stub =
            rows[at].questions.iter().any(|question| question.code == QuestionCode::RequirementNotLegible);
        let Some(next) = rows.get(at + 1).filter(|next| is_stub && next.themes == rows[at].themes) else {
            continue;
        };
        if rows[at].status.is_some()
            || rows[at].timeframe_as_printed.is_some()
            || next.status != Some(Status::Complete)
        {
            continue;
        }
        let text = format!(
            "No status or time frame is legible. COMPLETE was understood, because the next row under the same heading ({}) says \
             \"{}\", and a cell printed once can stand for both. This is an inference: accept it only if the original says so; \
             otherwise set status, or clear it.",
            next.reference.as_deref().unwrap_or("without number"),
            next.timeframe_as_printed.as_deref().unwrap_or_default()
        );
        rows[at].status = Some(Status::Complete);
        rows[at].questions.push(ask(QuestionCode::StatusInferred, Cell::Status, text));
    }
}
