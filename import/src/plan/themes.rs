//! The headings that stand above a row.

use super::assemble;
use super::model::RequirementLink;
use super::question::{Cell, Question, QuestionCode};
use super::repair::{Vocabulary, title_case};
use super::table::Table;
use super::text::{has_substance, squash};

/// The headings in force.
#[derive(Default)]
pub(crate) struct Headings {
    top: Option<String>,
    subs: Vec<String>,
    /// The last entry was a heading too.
    fresh: bool,
    /// Values of theme columns, which merged cells print once.
    columns: Vec<String>,
    /// Headings outside of the table.
    outside: Vec<String>,
    /// The requirements that the heading in force names.
    links: Vec<RequirementLink>,
    pending: Vec<Question>,
}

impl Headings {
    /// A table begins for which nothing holds that stood before it.
    pub fn enter(&mut self, table: &Table) {
        *self = Headings { outside: table.themes.clone(), ..Headings::default() };
        if let Some(theme) = table.themes.last() {
            let whence = if table.sheet.as_ref() == Some(theme) {
                "is the name of the sheet"
            } else {
                "stands above the table"
            };
            self.pending.push(Question::new(
                QuestionCode::ThemeFromOutside,
                Cell::Themes,
                format!("\"{theme}\" {whence} and was understood as the heading of its rows. Accept, or set themes."),
            ));
        }
    }

    /// The requirements that the heading in force names.
    pub fn links(&self) -> &[RequirementLink] {
        &self.links
    }

    /// Takes up a heading.
    pub fn take(&mut self, heading: assemble::Heading, vocabulary: &Vocabulary) {
        let text = title_case(heading.text.trim());
        let goes_on = self.fresh && !heading.is_top && heading.requirements.is_empty();
        if !goes_on {
            self.links = heading.requirements;
        }
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

    /// The path of a row under the headings, with the questions that they left for their first row.
    pub fn path(&mut self, printed: &str) -> (Vec<String>, Vec<Question>) {
        self.fresh = false;
        let printed: Vec<String> = printed.lines().map(squash).filter(|line| has_substance(line)).collect();
        if !printed.is_empty() {
            self.columns = printed;
        }
        let path = self
            .outside
            .iter()
            .chain(&self.top)
            .chain(&self.subs)
            .chain(&self.columns)
            .map(|theme| title_case(theme))
            .collect();
        (path, std::mem::take(&mut self.pending))
    }
}

/// Puts a heading together from the cells that a tab has cut it into.
pub(crate) fn heading(
    vocabulary: &Vocabulary,
    pieces: &[String],
    is_top: bool,
    misplaced: bool,
) -> assemble::Heading {
    let repaired = vocabulary.rejoin(pieces);
    let seen = pieces.iter().map(|piece| format!("\"{}\"", squash(piece))).collect::<Vec<_>>().join(" + ");
    let mut questions = Vec::new();
    if misplaced {
        questions.push(Question::new(
            QuestionCode::HeadingMisplaced,
            Cell::Themes,
            format!("{seen} stands alone in the row's cells and was understood as the heading \"{}\". Accept, or set themes.", repaired.text),
        ));
    } else if repaired.doubtful {
        questions.push(Question::new(
            QuestionCode::HeadingRepaired,
            Cell::Themes,
            format!(
                "The heading is cut into {seen}; \"{}\" was understood. Accept, or set themes.",
                repaired.text
            ),
        ));
    }
    assemble::Heading { text: repaired.text, is_top, requirements: Vec::new(), questions }
}
