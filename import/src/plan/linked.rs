//! The number of a row, and the recommendations, terms and paragraphs that it names.

use super::assemble::Draft;
use super::headings::Column;
use super::model::{Ignored, RequirementKind, RequirementLink, Row};
use super::question::{Cell, QuestionCode};
use super::reference;
use super::rows::{Context, ask};
use super::table::Source;
use super::text::{has_substance, squash};

impl Context<'_> {
    pub fn references(&self, draft: &Draft, row: &mut Row, ignored: &mut Vec<Ignored>) {
        let printed = squash(draft.texts.get(Column::Reference));
        let rest = match reference::row_number(&printed) {
            Some((number, rest)) => {
                row.reference = Some(number);
                rest
            }
            None => printed,
        };
        self.number(draft, row);
        let columns = &self.document.table(draft.place.table).columns;
        let bare = columns.positions(Column::Requirement).next().map(|at| {
            let is_direction = columns.headings[at].to_lowercase().contains("direction");
            if is_direction { RequirementKind::DirectionTerm } else { RequirementKind::Recommendation }
        });
        let rest = self.paragraphs(draft, row, rest);
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

    /// Without a column for it, the number can stand before the action: "1.1 Review rotas". A list's "1." is none.
    pub fn number_in_action(&self, draft: &Draft, row: &mut Row) {
        if self.document.source != Source::Office
            || row.reference.is_some()
            || self.has(draft, Column::Reference)
        {
            return;
        }
        let Some(first) = row.steps.first_mut() else { return };
        if let Some((number, rest)) = reference::row_number(first)
            && number.contains(|c: char| c == '.' || c.is_ascii_alphabetic())
            && has_substance(&rest)
        {
            *first = rest;
            row.reference = Some(number);
        }
    }

    /// A number that the row was given in place of the one that it prints.
    fn number(&self, draft: &Draft, row: &mut Row) {
        let Some(number) = &draft.number else { return };
        match &row.reference {
            Some(printed) if printed != number => {
                row.questions.push(ask(
                    QuestionCode::ReferenceInferred,
                    Cell::Reference,
                    format!(
                        "The number {printed} stands over several rows, each with an action of its own; {number} was understood for \
                         this one. Accept, or set reference."
                    ),
                ));
                row.reference = Some(number.clone());
            }
            Some(_) => {}
            None => row.reference = Some(number.clone()),
        }
    }

    /// Numbers of a report's paragraphs, in brackets behind the row's number or in a column of their own. What else the number cell
    /// says comes back.
    fn paragraphs(&self, draft: &Draft, row: &mut Row, rest: String) -> String {
        let mut rest = rest;
        if row.reference.is_some()
            && let Some((numbers, behind)) = reference::paragraphs(&rest)
        {
            row.paragraphs = numbers;
            rest = behind.to_owned();
        }
        let own = squash(draft.texts.get(Column::Paragraph));
        if has_substance(&own) {
            match reference::paragraph_list(&own) {
                Some(numbers) => row.paragraphs.extend(numbers),
                None => row.questions.push(ask(
                    QuestionCode::RequirementUnread,
                    Cell::Requirements,
                    format!("\"{own}\" could not be read as numbers of paragraphs and was left out. Accept, or set requirements."),
                )),
            }
        }
        if !row.paragraphs.is_empty() {
            row.questions.push(ask(
                QuestionCode::ParagraphsNamed,
                Cell::Requirements,
                format!(
                    "{} was understood as paragraphs of the report; a paragraph is no recommendation, so nothing was linked. Accept, \
                     or set requirements.",
                    row.paragraphs.join(", ")
                ),
            ));
        }
        rest
    }
}

/// The requirements that a heading names are answered by each row under it that names none itself.
pub(crate) fn link_by_heading(row: &mut Row, links: &[RequirementLink]) {
    if links.is_empty() || !row.requirements.is_empty() || row.unspecified_direction {
        return;
    }
    let named: Vec<&str> = links.iter().map(|link| link.reference.as_str()).collect();
    row.questions.push(ask(
        QuestionCode::RequirementFromHeading,
        Cell::Requirements,
        format!(
            "The heading above the row names {}, and the row names none; the link was understood from the heading. Accept, or set \
             requirements.",
            named.join(", ")
        ),
    ));
    row.requirements = links.to_vec();
}
