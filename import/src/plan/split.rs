//! Takes drafts apart that hold more than one row: two items in one printed row, and the beginning of a lost row
//! that a conversion has run together with the row before it.

use super::assemble::{Draft, Entry, Heading};
use super::dates;
use super::headings::Column;
use super::leads;
use super::question::{Cell, Question, QuestionCode};
use super::reference;
use super::repair::Vocabulary;
use super::steps;
use super::text::{ends_sentence, has_substance, squash, starts_lower};

/// Takes every draft apart that needs it.
pub(crate) fn split(entries: Vec<Entry>, vocabulary: &Vocabulary) -> Vec<Entry> {
    let mut out = Vec::with_capacity(entries.len());
    let mut rest = entries.into_iter().peekable();
    while let Some(entry) = rest.next() {
        let Entry::Draft(draft) = entry else {
            out.push(entry);
            continue;
        };
        let items = reference::split_numbers(draft.texts.get(Column::Reference));
        if items.len() > 1 {
            out.extend(take_apart(&draft, &items).into_iter().map(|draft| Entry::Draft(Box::new(draft))));
            continue;
        }
        let next = match rest.peek() {
            Some(Entry::Draft(next)) => reference::row_number(&squash(next.texts.get(Column::Reference))),
            _ => None,
        };
        match lost_row(&draft, next.as_ref().map(|(number, _)| number.as_str()), vocabulary) {
            Some((draft, heading, stub)) => {
                out.push(Entry::Draft(Box::new(draft)));
                out.push(Entry::Heading(heading));
                out.extend(stub.map(|stub| Entry::Draft(Box::new(stub))));
            }
            None => out.push(Entry::Draft(draft)),
        }
    }
    out
}

/// A text for each item if it comes out even, else all of it for the first.
fn share(parts: Option<Vec<String>>, whole: &str, items: usize) -> (Vec<String>, bool) {
    match parts {
        Some(parts) if parts.len() == items => (parts, true),
        _ => {
            let mut shares = vec![String::new(); items];
            shares[0] = whole.to_owned();
            (shares, !has_substance(whole))
        }
    }
}

fn take_apart(draft: &Draft, items: &[(Option<String>, String)]) -> Vec<Draft> {
    let count = items.len();
    let text = |column| draft.texts.get(column);
    let lines = |text: &str| {
        let lines: Vec<String> = text.lines().map(squash).filter(|line| !line.is_empty()).collect();
        (lines.len() == count).then_some(lines)
    };
    let sentences = |text: &str| lines(text).or_else(|| Some(steps::sentences(text)));
    let (aims, aims_even) = share(sentences(text(Column::Aim)), text(Column::Aim), count);
    let (actions, actions_even) = share(sentences(text(Column::Action)), text(Column::Action), count);
    let (frames, frames_even) =
        share(dates::split(text(Column::Timeframe), count), text(Column::Timeframe), count);
    let whole_lead = squash(text(Column::Lead));
    let repeated = leads::halves(&whole_lead, count).map(|name| vec![name; count]);
    let (leads, leads_even) = match repeated.or_else(|| lines(text(Column::Lead))) {
        Some(leads) => (leads, true),
        None => (vec![text(Column::Lead).to_owned(); count], false),
    };
    let numbers: Vec<&str> = items.iter().filter_map(|(number, _)| number.as_deref()).collect();
    let uneven: Vec<&str> = [
        (aims_even, "the aim went to the first"),
        (actions_even, "the actions went to the first"),
        (frames_even, "the time frame went to the first"),
        (leads_even, "each was given the same leads"),
    ]
    .iter()
    .filter(|(even, _)| !even)
    .map(|(_, what)| *what)
    .collect();
    let share_text = if uneven.is_empty() {
        "each cell came out as one part for each number, and the parts were given out in order".to_owned()
    } else {
        format!("some cells do not come apart evenly: {}", uneven.join(", "))
    };
    (0..count)
        .map(|at| {
            let mut part = draft.clone();
            let (number, references) = &items[at];
            part.texts.set(Column::Reference, format!("{} {references}", number.as_deref().unwrap_or_default()));
            part.texts.set(Column::Aim, aims[at].clone());
            part.texts.set(Column::Action, actions[at].clone());
            part.texts.set(Column::Timeframe, frames[at].clone());
            part.texts.set(Column::Lead, leads[at].clone());
            part.timeframes.truncate(1);
            if at > 0 {
                part.texts.set(Column::Progress, String::new());
            }
            part.questions.push(Question::new(
                QuestionCode::RowSplit,
                Cell::Row,
                format!(
                    "One printed row holds the numbers {}; it was understood as {count} rows, and {share_text}. Accept, or set \
                     what belongs to this row.",
                    numbers.join(" and ")
                ),
            ));
            part
        })
        .collect()
}

/// Text after the row's own that is the heading of the next part of the plan, cut in two by a cell's edge, and
/// perhaps the first words of a row whose other words are lost.
fn lost_row(
    draft: &Draft,
    next: Option<&str>,
    vocabulary: &Vocabulary,
) -> Option<(Draft, Heading, Option<Draft>)> {
    let printed = squash(draft.texts.get(Column::Reference));
    let (number, references) = reference::row_number(&printed)?;
    let residue = reference::read(&references, None).residue;
    let kept = references.strip_suffix(&residue).filter(|_| has_substance(&residue))?.trim().to_owned();
    let aim = squash(draft.texts.get(Column::Aim));
    let sentences = steps::sentences(&aim);
    let end = tail_start(&aim)?;
    let tail = &aim[end..];
    let (rest_of_heading, begun) = match sentences.last() {
        Some(last) if last.starts_with("To ") && tail.ends_with(last.as_str()) => {
            (tail[..tail.len() - last.len()].trim(), Some(last.clone()))
        }
        _ => (tail.trim(), None),
    };
    let repaired = vocabulary.rejoin_loose(&residue, rest_of_heading);
    let heading = Heading {
        questions: vec![Question::new(
            QuestionCode::HeadingMisplaced,
            Cell::Themes,
            format!(
                "\"{residue}\" in the number cell of {number} and \"{rest_of_heading}\" in its aim were understood as the heading \
                 \"{}\" of the rows after it. Accept, or set themes.",
                repaired.text
            ),
        )],
        text: repaired.text,
        is_top: false,
        requirements: Vec::new(),
    };
    let mut cut = draft.clone();
    cut.texts.set(Column::Reference, format!("{number} {kept}"));
    cut.texts.set(Column::Aim, aim[..end].trim().to_owned());
    let stub = begun.map(|aim| stub(draft, &number, aim, next));
    Some((cut, heading, stub))
}

/// Where the aim's own sentences end: after a full stop that is followed by a piece with a small letter.
fn tail_start(aim: &str) -> Option<usize> {
    let mut at = 0;
    for word in aim.split_inclusive(' ') {
        at += word.len();
        if ends_sentence(word) && starts_lower(&aim[at..]) && aim[..at].contains(' ') {
            return Some(at);
        }
    }
    None
}

fn stub(draft: &Draft, number: &str, aim: String, next: Option<&str>) -> Draft {
    let inferred = reference::last_number(number)
        .map(|(before, last)| format!("{before}{}", last + 1))
        .filter(|between| next.is_some_and(|next| reference::follows(between, next)));
    let mut stub =
        Draft { place: draft.place.clone(), copies: 1, is_stub: true, number: inferred, ..Draft::default() };
    stub.originals.push(super::model::Original { cell: Cell::Aim, text: aim.clone() });
    if let Some(between) = &stub.number {
        stub.questions.push(Question::new(
            QuestionCode::ReferenceInferred,
            Cell::Reference,
            format!(
                "No number is legible. {between} was understood, because the row stands between {number} and {}. Accept, or set \
                 reference, or drop the row.",
                next.unwrap_or_default()
            ),
        ));
    }
    stub.questions.push(Question::new(
        QuestionCode::RowCutShort,
        Cell::Aim,
        format!(
            "Only \"{aim}\" is legible of this row. It was kept as the aim. Its lead and time frame may stand among those that the \
             copies of {number} print ({}). Accept, set the cells from the original, or drop the row.",
            draft.timeframes.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
        ),
    ));
    stub.texts.set(Column::Aim, aim);
    stub
}
