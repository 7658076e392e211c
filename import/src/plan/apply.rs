//! Applies answers to an understanding: all of them, or none and the reason.

use std::collections::BTreeSet;

use domain::personal::Kind;

use super::answers::{Answer, AnswerError, Answers, Clearable, GivenUpdate, Requirement, Values};
use super::leads;
use super::links;
use super::model::{
    DuePrecision, Ignored, Lead, RequirementKind, RequirementLink, Row, Understanding, Update,
};
use super::question::{Question, QuestionCode};
use super::reference;
use super::text::{has_substance, squash};

/// Applies answers: answered questions disappear, given values take the place of what was understood.
///
/// # Errors
/// [`AnswerError`] for the first answer that fits no open question or gives an impossible value, or the first link that cannot
/// be made.
pub fn apply(understanding: &Understanding, answers: &Answers) -> Result<Understanding, AnswerError> {
    let mut result = understanding.clone();
    let mut answered: BTreeSet<(Option<usize>, usize)> = BTreeSet::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (at, answer) in answers.answer.iter().enumerate() {
        let nth = at + 1;
        check_shape(answer, nth)?;
        if answer.row.as_deref() == Some("*") {
            continue;
        }
        let row = find_row(understanding, answer, nth)?;
        let (questions, name) = match row {
            Some(row) => (&understanding.rows[row].questions, row_name(&understanding.rows[row])),
            None => (&understanding.questions, answer.gap.clone().unwrap_or_else(|| "the file".to_owned())),
        };
        let matching: Vec<usize> = (0..questions.len()).filter(|at| fits(&questions[*at], answer)).collect();
        if matching.is_empty() {
            return Err(AnswerError::NoSuchQuestion {
                answer: nth,
                at: name,
                code: answer.question.as_str(),
                cell: answer.cell,
            });
        }
        for question in matching {
            if !answered.insert((row, question)) {
                return Err(AnswerError::AnsweredTwice {
                    answer: nth,
                    at: name,
                    code: answer.question.as_str(),
                });
            }
        }
        match row {
            Some(row) if answer.drop => {
                dropped.insert(row);
            }
            Some(row) => set(&mut result.rows[row], answer, nth)?,
            None => {
                for gap in result.gaps.iter_mut().filter(|gap| Some(&gap.reference) == answer.gap.as_ref()) {
                    gap.reason = answer.because;
                }
            }
        }
    }
    // What has an answer of its own keeps it, wherever the general one stands in the file.
    for (at, answer) in
        answers.answer.iter().enumerate().filter(|(_, answer)| answer.row.as_deref() == Some("*"))
    {
        accept_everywhere(understanding, answer, at + 1, &mut answered)?;
    }
    links::apply(understanding, &mut result, &dropped, &answers.link)?;
    forget(&mut result, &answered);
    leave_out(&mut result, &dropped);
    check_whole(understanding, &mut result, answers)?;
    Ok(result)
}

fn bad(answer: usize, why: impl Into<String>) -> AnswerError {
    bad_at(answer, "", why)
}

fn bad_at(answer: usize, field: &str, why: impl Into<String>) -> AnswerError {
    AnswerError::BadValue { answer, field: field.to_owned(), why: why.into() }
}

fn check_shape(answer: &Answer, nth: usize) -> Result<(), AnswerError> {
    let changes = answer.set.is_some() || !answer.clear.is_empty();
    let kinds = [answer.accept, answer.drop, answer.because.is_some(), changes]
        .into_iter()
        .filter(|given| *given)
        .count();
    if kinds != 1 {
        return Err(bad(
            nth,
            "give exactly one of accept = true, drop = true, because = \"...\", or set and clear",
        ));
    }
    let of_row = answer.row.is_some() || answer.place.is_some();
    if of_row && answer.gap.is_some() {
        return Err(bad(nth, "a question is about a row or a gap, not both"));
    }
    if (answer.drop || changes) && !of_row {
        return Err(bad(nth, "set, clear and drop need the row they are for"));
    }
    if answer.row.as_deref() == Some("*") && !answer.accept {
        return Err(bad(nth, "row = \"*\" can only accept"));
    }
    if answer.because.is_some() != answer.gap.is_some() {
        return Err(bad(
            nth,
            "a gap is answered by gap = \"<number>\" with because = \"left out\" or because = \"lost\"",
        ));
    }
    let needs = match answer.question {
        QuestionCode::ReferenceMissing | QuestionCode::ReferenceRepeated => "set reference or drop the row",
        QuestionCode::PersonalDataSuspected => {
            "take the number out of the file, set the cell without it, or drop the row"
        }
        _ => return Ok(()),
    };
    if answer.accept {
        return Err(bad(nth, format!("{} cannot be accepted; {needs}", answer.question.as_str())));
    }
    Ok(())
}

fn fits(question: &Question, answer: &Answer) -> bool {
    question.code == answer.question
        && answer.cell.is_none_or(|cell| cell == question.cell)
        && (answer.gap.is_none() || question.gap == answer.gap)
        && (answer.gap.is_some() || question.gap.is_none())
}

fn row_name(row: &Row) -> String {
    let place = row.place.name();
    row.reference
        .as_ref()
        .map_or_else(|| format!("the row at {place}"), |reference| format!("row {reference}"))
}

fn find_row(
    understanding: &Understanding,
    answer: &Answer,
    nth: usize,
) -> Result<Option<usize>, AnswerError> {
    if answer.row.is_none() && answer.place.is_none() {
        return Ok(None);
    }
    let named = [answer.row.clone(), answer.place.as_ref().map(|place| format!("at {place}"))];
    let named = named.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let is_it = |row: &Row| {
        answer.row.as_ref().is_none_or(|name| row.reference.as_ref() == Some(name))
            && answer.place.as_ref().is_none_or(|place| *place == row.place.name())
    };
    let found: Vec<usize> =
        (0..understanding.rows.len()).filter(|at| is_it(&understanding.rows[*at])).collect();
    match found.as_slice() {
        [] => Err(AnswerError::UnknownRow { answer: nth, row: named }),
        [one] => Ok(Some(*one)),
        _ => Err(AnswerError::AmbiguousRow { answer: nth, row: named }),
    }
}

fn accept_everywhere(
    understanding: &Understanding,
    answer: &Answer,
    nth: usize,
    answered: &mut BTreeSet<(Option<usize>, usize)>,
) -> Result<(), AnswerError> {
    let mut any = false;
    for (row, known) in understanding.rows.iter().enumerate() {
        for (at, _) in known.questions.iter().enumerate().filter(|(_, question)| fits(question, answer)) {
            answered.insert((Some(row), at));
            any = true;
        }
    }
    if any {
        return Ok(());
    }
    Err(AnswerError::NoSuchQuestion {
        answer: nth,
        at: "no row".to_owned(),
        code: answer.question.as_str(),
        cell: answer.cell,
    })
}

fn forget(result: &mut Understanding, answered: &BTreeSet<(Option<usize>, usize)>) {
    let keep = |row: Option<usize>, questions: &mut Vec<Question>| {
        let mut at = 0;
        questions.retain(|_| {
            at += 1;
            !answered.contains(&(row, at - 1))
        });
    };
    keep(None, &mut result.questions);
    for (at, row) in result.rows.iter_mut().enumerate() {
        keep(Some(at), &mut row.questions);
    }
}

fn leave_out(result: &mut Understanding, dropped: &BTreeSet<usize>) {
    for at in dropped.iter().rev() {
        let row = result.rows.remove(*at);
        let text = row.aim.clone().or_else(|| row.steps.first().cloned()).unwrap_or_default();
        let name = row.reference.unwrap_or_default();
        result.ignored.push(Ignored::new(squash(&format!("{name} {text}")).as_str(), "dropped by an answer"));
    }
}

/// A text from an answer, which must say something. `what` it is, and where in the answer.
fn said(text: &str, what: &str, (nth, field): (usize, &str)) -> Result<String, AnswerError> {
    if let Some(kind) = domain::personal::find(text) {
        Err(bad_at(nth, field, personal(what, kind)))
    } else if has_substance(text) {
        Ok(text.trim().to_owned())
    } else {
        Err(bad_at(nth, field, format!("{what} must not be empty")))
    }
}

fn personal(what: &str, kind: Kind) -> String {
    format!("{what} holds {}; give it without: nobody may be identifiable here", kind.name())
}

fn all_said(texts: &[String], what: &str, (nth, field): (usize, &str)) -> Result<Vec<String>, AnswerError> {
    let one = |(at, text): (usize, &String)| said(text, what, (nth, &format!("{field}.{at}")));
    texts.iter().enumerate().map(one).collect()
}

fn set(row: &mut Row, answer: &Answer, nth: usize) -> Result<(), AnswerError> {
    for cell in &answer.clear {
        match cell {
            Clearable::Aim => row.aim = None,
            Clearable::StartOn => row.start_on = None,
            Clearable::DueOn => (row.due_on, row.due_precision) = (None, None),
            Clearable::Status => row.status = None,
            Clearable::Health => row.health = None,
        }
    }
    let Some(values) = &answer.set else { return Ok(()) };
    if *values == Values::default() {
        return Err(bad_at(nth, "set", "set names no cell"));
    }
    if let Some(reference) = &values.reference {
        row.reference = Some(squash(&said(reference, "reference", (nth, "set.reference"))?));
    }
    if let Some(themes) = &values.themes {
        row.themes = all_said(themes, "a theme", (nth, "set.themes"))?;
    }
    if let Some(aim) = &values.aim {
        row.aim = Some(said(aim, "aim", (nth, "set.aim"))?);
    }
    if let Some(steps) = &values.steps {
        row.steps = all_said(steps, "a step", (nth, "set.steps"))?;
    }
    if let Some(given) = &values.leads {
        let leads = all_said(given, "a lead", (nth, "set.leads"))?;
        row.leads = leads.into_iter().map(|printed| Lead { kind: leads::kind(&printed), printed }).collect();
    }
    if let Some(given) = &values.requirements {
        let read =
            |(at, given): (usize, &Requirement)| requirement(given, (nth, &format!("set.requirements.{at}")));
        row.requirements = given.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    }
    row.unspecified_direction = values.unspecified_direction.unwrap_or(row.unspecified_direction);
    row.start_on = values.start_on.or(row.start_on);
    if let Some(due_on) = values.due_on {
        row.due_on = Some(due_on);
        row.due_precision = Some(DuePrecision::Day);
    }
    row.due_precision = values.due_precision.or(row.due_precision);
    row.status = values.status.or(row.status);
    row.health = values.health.or(row.health);
    if let Some(updates) = &values.updates {
        let read = |(at, update): (usize, &GivenUpdate)| {
            let place = format!("set.updates.{at}.text");
            Ok(Update { on: update.on, text: said(&update.text, "the text of an update", (nth, &place))? })
        };
        row.updates = updates.iter().enumerate().map(read).collect::<Result<_, AnswerError>>()?;
    }
    if row.due_precision.is_some() && row.due_on.is_none() {
        return Err(bad_at(nth, "set.duePrecision", "duePrecision needs a dueOn"));
    }
    if let (Some(start), Some(due)) = (row.start_on, row.due_on)
        && start > due
    {
        return Err(bad_at(nth, "set", format!("startOn {start} is after dueOn {due}")));
    }
    Ok(())
}

fn requirement(given: &Requirement, (nth, field): (usize, &str)) -> Result<RequirementLink, AnswerError> {
    let (printed, qualifier) = match given {
        Requirement::Plain(printed) => (printed, None),
        Requirement::Qualified { reference, qualifier } => (reference, qualifier.clone()),
    };
    if let Some(kind) = [printed].into_iter().chain(&qualifier).find_map(|text| domain::personal::find(text))
    {
        return Err(bad_at(nth, field, personal("a requirement", kind)));
    }
    let is_term = !printed.trim().chars().all(|c| c.is_ascii_digit());
    let kind = if is_term { RequirementKind::DirectionTerm } else { RequirementKind::Recommendation };
    let read = reference::read(printed, Some(kind));
    match <[RequirementLink; 1]>::try_from(read.links) {
        Ok([link]) if read.residue.is_empty() && qualifier.as_deref().is_none_or(has_substance) => {
            Ok(RequirementLink { qualifier: qualifier.or(link.qualifier), ..link })
        }
        _ => Err(bad_at(
            nth,
            field,
            format!(
                "\"{printed}\" is no single reference; write \"3\" for a recommendation, \"2.b.iii\" for a term"
            ),
        )),
    }
}

/// What only shows on the whole: no number twice by an answer, no gap where there is a row now.
fn check_whole(
    before: &Understanding,
    result: &mut Understanding,
    answers: &Answers,
) -> Result<(), AnswerError> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let known: Vec<&str> = before.rows.iter().filter_map(|row| row.reference.as_deref()).collect();
    for reference in result.rows.iter().filter_map(|row| row.reference.as_deref()) {
        let was_repeated = known.iter().filter(|known| **known == reference).count() > 1;
        if !seen.insert(reference) && !was_repeated {
            let gives = |answer: &Answer| {
                let given = answer.set.as_ref().and_then(|values| values.reference.as_deref());
                given.is_some_and(|given| squash(given) == reference)
            };
            let last = answers.answer.iter().rposition(gives).map_or(answers.answer.len(), |at| at + 1);
            let why = format!("after all answers {reference} is the number of two rows");
            return Err(bad_at(last, "set.reference", why));
        }
    }
    let filled: BTreeSet<String> = seen.into_iter().map(str::to_owned).collect();
    result.gaps.retain(|gap| !filled.contains(&gap.reference));
    result.questions.retain(|question| question.gap.as_ref().is_none_or(|gap| !filled.contains(gap)));
    Ok(())
}
