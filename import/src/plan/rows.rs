//! From drafts to rows: every cell understood, every doubt asked.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::{self, Draft, Entry};
use super::dates;
use super::headings::Column;
use super::leads;
use super::model::{Gap, Ignored, RequirementKind, Row, Status, Understanding, Update};
use super::question::{Cell, Question, QuestionCode};
use super::rating;
use super::reference;
use super::repair::{Vocabulary, title_case};
use super::split;
use super::steps;
use super::table::{Document, Line};
use super::text::{has_substance, squash};

/// Most numbers that are listed as missing from one series; beyond it the numbering itself is in doubt.
const MAX_GAPS: u32 = 50;

/// Understands a found table; `text` is the whole file, whose words help to mend cut ones.
pub(crate) fn understand(text: &str, document: Document) -> Understanding {
    let vocabulary = Vocabulary::of(text);
    let mut ignored = document.ignored.clone();
    let entries = split::split(assemble::assemble(&document, &vocabulary, &mut ignored), &vocabulary);
    let day_first =
        document.lines.iter().any(|line| line.cells.iter().any(|cell| dates::proves_day_first(cell)));
    let cx = Context { document: &document, day_first };
    let mut headings = Headings::default();
    let mut rows: Vec<Row> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Heading(heading) => headings.take(heading, &vocabulary),
            Entry::Draft(draft) => {
                let (path, questions) = headings.path(draft.texts.get(Column::Theme));
                let mut row = cx.row(&draft, path, &mut ignored);
                row.questions.splice(0..0, questions);
                rows.push(row);
            }
        }
    }
    infer_numbers(&mut rows);
    infer_stub_status(&mut rows);
    ask_about_repeated_numbers(&mut rows);
    let mut questions = document.questions.clone();
    let gaps = gaps(&rows, &mut questions);
    Understanding { rows, gaps, questions, ignored }
}

/// The headings in force.
#[derive(Default)]
struct Headings {
    top: Option<String>,
    subs: Vec<String>,
    /// The last entry was a heading too.
    fresh: bool,
    /// Values of theme columns, which merged cells print once.
    columns: Vec<String>,
    pending: Vec<Question>,
}

impl Headings {
    fn take(&mut self, heading: assemble::Heading, vocabulary: &Vocabulary) {
        let text = title_case(heading.text.trim());
        if heading.is_top {
            self.top = Some(text);
            self.subs.clear();
            self.fresh = false;
            self.pending.clear();
        } else if let Some(last) = self.subs.last_mut().filter(|_| self.fresh) {
            if let Some(one) = vocabulary.reconcile(last, &text) {
                self.pending.push(Question::new(
                    QuestionCode::HeadingRepaired,
                    Cell::Themes,
                    format!("\"{last}\" and \"{text}\" were understood as two damaged prints of the heading \"{one}\". Accept, or set themes."),
                ));
                *last = one;
            } else {
                self.pending.push(Question::new(
                    QuestionCode::HeadingRepaired,
                    Cell::Themes,
                    format!("The heading \"{text}\" follows \"{last}\" directly and was understood as standing within it. Accept, or set themes."),
                ));
                self.subs.push(text);
            }
        } else {
            self.subs = vec![text];
            self.fresh = true;
            self.pending.clear();
        }
        self.pending.extend(heading.questions);
    }

    fn path(&mut self, printed: &str) -> (Vec<String>, Vec<Question>) {
        self.fresh = false;
        let printed: Vec<String> = printed.lines().map(squash).filter(|line| has_substance(line)).collect();
        if !printed.is_empty() {
            self.columns = printed;
        }
        let path =
            self.top.iter().chain(&self.subs).chain(&self.columns).map(|theme| title_case(theme)).collect();
        (path, std::mem::take(&mut self.pending))
    }
}

struct Context<'a> {
    document: &'a Document,
    day_first: bool,
}

impl Context<'_> {
    fn has(&self, row: &Draft, column: Column) -> bool {
        let line = Line { cells: Vec::new(), place: row.place };
        self.document.columns(&line).has(column)
    }

    fn row(&self, draft: &Draft, themes: Vec<String>, ignored: &mut Vec<Ignored>) -> Row {
        let mut row = Row {
            themes,
            place: draft.place,
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
        let aim = squash(draft.texts.get(Column::Aim));
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
        self.leads(draft, &mut row);
        self.timeframe(draft, &mut row);
        rate(draft, &mut row);
        self.updates(draft, &mut row);
        row
    }

    fn references(&self, draft: &Draft, row: &mut Row, ignored: &mut Vec<Ignored>) {
        let printed = squash(draft.texts.get(Column::Reference));
        let rest = match reference::row_number(&printed) {
            Some((number, rest)) => {
                row.reference = Some(number);
                rest
            }
            None => printed,
        };
        row.reference = row.reference.take().or_else(|| draft.number.clone());
        let bare =
            self.document.tables.get((draft.place.table as usize).saturating_sub(1)).and_then(|columns| {
                let at = columns.positions(Column::Requirement).next()?;
                let is_direction = columns.headings[at].to_lowercase().contains("direction");
                Some(if is_direction {
                    RequirementKind::DirectionTerm
                } else {
                    RequirementKind::Recommendation
                })
            });
        for (text, bare) in [(rest.as_str(), None), (draft.texts.get(Column::Requirement), bare)] {
            let read = reference::read(text, bare);
            for link in read.links {
                if !row.requirements.contains(&link) {
                    row.requirements.push(link);
                }
            }
            if let Some(words) = read.direction {
                row.unspecified_direction = true;
                row.direction_as_printed.get_or_insert(words);
            }
            for mark in read.marks {
                ignored.push(Ignored::new(&mark, "a footnote mark; the table holds no note to it"));
            }
            if !read.residue.is_empty() {
                row.questions.push(ask(
                    QuestionCode::RequirementUnread,
                    Cell::Requirements,
                    format!(
                        "\"{}\" could not be read as a reference and was left out. Accept, or set requirements.",
                        read.residue
                    ),
                ));
            }
        }
        if row.unspecified_direction {
            row.questions.push(ask(
                QuestionCode::DirectionUnspecified,
                Cell::Requirements,
                format!(
                    "\"{}\" names no clause; the link was kept as unspecified. Accept, or set requirements with the clauses that \
                     are meant, such as \"2.b.iii\".",
                    row.direction_as_printed.as_deref().unwrap_or_default()
                ),
            ));
        }
        if draft.is_stub {
            row.questions.push(ask(
                QuestionCode::RequirementNotLegible,
                Cell::Requirements,
                "Whether this row answers to a recommendation or a direction is not legible; none was understood. Accept, or set \
                 requirements or unspecifiedDirection.",
            ));
        }
    }

    fn steps(&self, draft: &Draft, row: &mut Row) {
        let (steps, fused) = steps::split(draft.texts.get(Column::Action), self.document.pasted);
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
        let (leads, questions) = leads::read(draft.texts.get(Column::Lead), self.document.pasted);
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

    fn updates(&self, draft: &Draft, row: &mut Row) {
        for line in draft.texts.get(Column::Progress).lines().map(squash).filter(|line| has_substance(line)) {
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
                _ => match row.updates.last_mut() {
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

fn ask(code: QuestionCode, cell: Cell, text: impl Into<String>) -> Question {
    Question::new(code, cell, text)
}

fn rate(draft: &Draft, row: &mut Row) {
    let read = rating::read(draft.texts.get(Column::Rating));
    row.health = read.health;
    row.questions.extend(read.questions);
    match (row.status, read.status) {
        (Some(one), Some(two)) if one != two => {
            row.questions.push(ask(
                QuestionCode::StatusesDiffer,
                Cell::Status,
                "The time frame and the rating give different statuses; that of the rating was understood. Accept, or set status.",
            ));
            row.status = read.status;
        }
        (one, two) => row.status = two.or(one),
    }
}

/// Numbers that a spreadsheet has shortened ("1.10" is kept as 1.1) or that a row between two others must have.
fn infer_numbers(rows: &mut [Row]) {
    for at in 1..rows.len() {
        let Some(before) = rows[at - 1].reference.clone() else { continue };
        let next = rows.get(at + 1).and_then(|row| row.reference.clone());
        let Some((series, last)) = reference::last_number(&before) else { continue };
        let expected = format!("{series}{}", last + 1);
        let seen = rows[at].reference.clone();
        let reason = match &seen {
            Some(number)
                if last % 10 == 9
                    && !series.is_empty()
                    && expected.trim_end_matches('0') == number
                    && &expected != number =>
            {
                format!(
                    "\"{number}\" stands after {before}; {expected} was understood, because spreadsheets drop a last nought"
                )
            }
            None if next.as_deref().is_some_and(|next| reference::follows(&expected, next)) => {
                format!(
                    "The row has no number; {expected} was understood, because it stands between {before} and {}",
                    next.unwrap_or_default()
                )
            }
            _ => continue,
        };
        rows[at].reference = Some(expected);
        rows[at].questions.push(ask(
            QuestionCode::ReferenceInferred,
            Cell::Reference,
            format!("{reason}. Accept, or set reference."),
        ));
    }
    for row in rows.iter_mut().filter(|row| row.reference.is_none()) {
        row.questions.push(ask(
            QuestionCode::ReferenceMissing,
            Cell::Reference,
            "The row has no number, and none can be told from its neighbours. Set reference, or drop the row.",
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

fn ask_about_repeated_numbers(rows: &mut [Row]) {
    let mut seen = BTreeSet::new();
    for row in rows {
        if let Some(reference) = &row.reference
            && !seen.insert(reference.clone())
        {
            let text = format!(
                "{reference} is the number of an earlier row too, which says something else. Both were kept. Set reference of one, or drop one."
            );
            row.questions.push(ask(QuestionCode::ReferenceRepeated, Cell::Reference, text));
        }
    }
}

/// Numbers that each series of the plan leaves out between 1 and its highest.
fn gaps(rows: &[Row], questions: &mut Vec<Question>) -> Vec<Gap> {
    let mut series: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for reference in rows.iter().filter_map(|row| row.reference.as_deref()) {
        if let Some((before, last)) = reference::last_number(reference) {
            if !order.iter().any(|known| known == before) {
                order.push(before.to_owned());
            }
            series.entry(before.to_owned()).or_default().insert(last);
        }
    }
    let mut gaps = Vec::new();
    for before in order {
        let Some(numbers) = series.get(&before) else { continue };
        let highest = numbers.last().copied().unwrap_or(0);
        let missing = highest.saturating_sub(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
        if missing > MAX_GAPS {
            questions.push(ask(
                QuestionCode::GapInNumbering,
                Cell::Reference,
                format!("The numbers {before}1 to {before}{highest} have over {MAX_GAPS} gaps; none was listed. Accept, or correct the numbers."),
            ));
            continue;
        }
        for number in (1..=highest).filter(|number| !numbers.contains(number)) {
            let reference = format!("{before}{number}");
            questions.push(Question {
                gap: Some(reference.clone()),
                ..ask(
                    QuestionCode::GapInNumbering,
                    Cell::Reference,
                    format!("{reference} is missing. It was kept as a gap. Say \"left out\" if the plan has none, or \"lost\" if the file has lost it."),
                )
            });
            gaps.push(Gap { reference, reason: None });
        }
    }
    gaps
}
