//! The rating and the status of a row: by words, by ticks, by the colour of a cell.

use super::assemble::Draft;
use super::colour::Colour;
use super::headings::{Column, Columns};
use super::key::{Key, Meaning};
use super::model::{Row, Status};
use super::question::{Cell, Question, QuestionCode};
use super::rating;
use super::table::Document;
use super::text::{bare, has_substance, squash};
use super::{dates, ticks};

/// A cell of more words than this tells of progress; its first words can be a rating.
const LONGEST: usize = 8;

fn ask(code: QuestionCode, cell: Cell, text: impl Into<String>) -> Question {
    Question::new(code, cell, text)
}

/// For each table without a column for ratings, the column whose fills rate: two colours of a rating at least.
pub(crate) fn coloured_columns(document: &Document) -> Vec<Option<usize>> {
    let mut seen: Vec<Vec<(usize, Vec<Colour>)>> = vec![Vec::new(); document.tables.len()];
    for line in document.lines.iter().filter(|line| !line.is_banner) {
        let Some(columns) = seen.get_mut((line.table as usize).saturating_sub(1)) else { continue };
        for mark in &line.marks {
            let Some(fill) = mark.fill.filter(|fill| *fill != Colour::Purple) else { continue };
            match columns.iter_mut().find(|(at, _)| *at == mark.at) {
                Some((_, fills)) if fills.contains(&fill) => {}
                Some((_, fills)) => fills.push(fill),
                None => columns.push((mark.at, vec![fill])),
            }
        }
    }
    let most = |columns: &Vec<(usize, Vec<Colour>)>| {
        let rated = columns.iter().filter(|(_, fills)| fills.len() > 1);
        rated.max_by_key(|(at, fills)| (fills.len(), std::cmp::Reverse(*at))).map(|(at, _)| *at)
    };
    let tables = document.tables.iter().zip(&seen);
    tables
        .map(|(table, columns)| if table.columns.has(Column::Rating) { None } else { most(columns) })
        .collect()
}

/// Rates the row. What its rating cell tells beyond a rating comes back: it is progress.
pub(crate) fn rate(
    draft: &Draft,
    columns: &Columns,
    coloured: Option<usize>,
    key: &Key,
    row: &mut Row,
) -> String {
    let printed = draft.texts.get(Column::Rating);
    let (rating, told) = if ticks::is_tick_mark(printed) {
        let rating = rating::Rating {
            status: Some(Status::Complete),
            questions: vec![ticked(printed, columns, Column::Rating)],
            ..rating::Rating::default()
        };
        (rating, String::new())
    } else {
        in_words(printed)
    };
    row.health = rating.health;
    row.questions.extend(rating.questions);
    let by_key =
        named(printed).filter(|_| row.health.is_some()).and_then(|colour| match key.meaning(colour) {
            (meaning, Some(words)) => Some((colour, meaning, words)),
            _ => None,
        });
    let mut status = rating.status;
    if let Some((colour, meaning, words)) = by_key {
        row.health = meaning.health;
        status = meaning.status.or(rating.status.filter(|_| colour != Colour::Blue));
        row.questions.push(ask(
            QuestionCode::RatingFromKey,
            Cell::Health,
            format!(
                "\"{}\" was read by the file's own key, in which {} is \"{words}\": {}. Accept, or set health and status.",
                squash(printed),
                colour.name(),
                understood(meaning)
            ),
        ));
    }
    agree(row, status);
    by_colour(draft, columns, coloured, key, row);
    done(draft, columns, row);
    told
}

/// The colour that a cell of a word or two names.
fn named(printed: &str) -> Option<Colour> {
    let spelled = ticks::spelled(printed);
    let mut colours: Vec<Colour> = spelled
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| Colour::of_word(&bare(word)))
        .collect();
    colours.dedup();
    match colours.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// A rating in words; of a long text only the first words can be one.
fn in_words(printed: &str) -> (rating::Rating, String) {
    let words: Vec<&str> = printed.split_whitespace().collect();
    if words.len() <= LONGEST {
        return (rating::read(printed), String::new());
    }
    for count in (1..=3).rev() {
        let head = &words[..count];
        // "A plan is in place" is not amber.
        if head.iter().any(|word| bare(word).chars().count() < 2) {
            continue;
        }
        let read = rating::read(&head.join(" "));
        if read.questions.is_empty() && (read.health.is_some() || read.status.is_some()) {
            return (read, behind(printed, count));
        }
    }
    let question = ask(
        QuestionCode::RatingUnread,
        Cell::Health,
        format!(
            "\"{}...\" tells of progress and gives no known rating or status; it was kept as progress. Accept, or set health and \
             status.",
            words[..LONGEST].join(" ")
        ),
    );
    (rating::Rating { questions: vec![question], ..rating::Rating::default() }, printed.to_owned())
}

/// The text behind its first words, with its lines.
fn behind(text: &str, words: usize) -> String {
    let mut rest = text.trim_start();
    for _ in 0..words {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    }
    rest.trim_start_matches(['-', '–', '—', ':', ';', '.', ',']).trim_start().to_owned()
}

/// The status of the rating goes before that of the time frame.
fn agree(row: &mut Row, status: Option<Status>) {
    match (row.status, status) {
        (Some(one), Some(two)) if one != two => {
            row.questions.push(ask(
                QuestionCode::StatusesDiffer,
                Cell::Status,
                "The time frame and the rating give different statuses; that of the rating was understood. Accept, or set status.",
            ));
            row.status = status;
        }
        (one, two) => row.status = two.or(one),
    }
}

fn understood(meaning: Meaning) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(meaning.health.map(|health| format!("health {}", health.as_str())));
    words.extend(meaning.status.map(|status| format!("status {}", code(status))));
    if words.is_empty() {
        "nothing was understood".to_owned()
    } else {
        format!("{} was understood", words.join(" and "))
    }
}

fn code(status: Status) -> String {
    serde_json::to_value(status).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The fill of the rating's cell, where no word says what it is.
fn by_colour(draft: &Draft, columns: &Columns, coloured: Option<usize>, key: &Key, row: &mut Row) {
    let is_rating = |at: usize| columns.meanings.get(at) == Some(&Column::Rating) || coloured == Some(at);
    let mut fills: Vec<Colour> =
        draft.marks.iter().filter(|mark| is_rating(mark.at)).filter_map(|mark| mark.fill).collect();
    fills.dedup();
    let Some(fill) = fills.first().copied() else { return };
    if let [one, two, ..] = fills.as_slice() {
        row.questions.push(ask(
            QuestionCode::RatingUnclear,
            Cell::Health,
            format!("The lines of the row are {} and {}; none was understood. Set health to ON_TRACK, AT_RISK, OFF_TRACK or DONE.", one.name(), two.name()),
        ));
        return;
    }
    let printed = squash(draft.texts.get(Column::Rating));
    let (meaning, words) = key.meaning(fill);
    if let Some(named) = named(&printed) {
        if named != fill {
            row.questions.push(ask(
                QuestionCode::RatingUnclear,
                Cell::Health,
                format!("The cell says \"{printed}\" and is filled {}; what it says was understood. Accept, or set health.", fill.name()),
            ));
        }
        return;
    }
    if row.health.is_some()
        || row.questions.iter().any(|question| question.code == QuestionCode::RatingUnclear)
    {
        return;
    }
    // "Complete" on a fill that means complete says the same twice.
    if meaning.health.is_none() && (meaning.status.is_none() || meaning.status == row.status) {
        if has_substance(&printed) || meaning.status.is_some() {
            return;
        }
        row.questions.push(ask(
            QuestionCode::RatingUnread,
            Cell::Health,
            format!("The cell is filled {}, which no key of the file explains; nothing was understood. Accept, or set health and status.", fill.name()),
        ));
        return;
    }
    row.health = meaning.health;
    if let Some(status) = meaning.status {
        // A word of status goes before what a colour says.
        row.status = row.status.or(Some(status));
    }
    let whence = match words {
        Some(words) => format!("by the file's own key, in which {} is \"{words}\"", fill.name()),
        None => format!("from its fill, which is {}", fill.name()),
    };
    let question = format!(
        "No word rates the row; {}, {whence}. Accept, or set health and status.",
        understood(meaning)
    );
    row.questions.push(ask(QuestionCode::RatingFromColour, Cell::Health, question));
}

fn ticked(printed: &str, columns: &Columns, column: Column) -> Question {
    let heading = columns.positions(column).next().and_then(|at| columns.headings.get(at));
    ask(
        QuestionCode::StatusFromTick,
        Cell::Status,
        format!(
            "\"{}\" stands under \"{}\"; status COMPLETE was understood. Accept, or set status.",
            squash(printed),
            heading.map(String::as_str).unwrap_or_default()
        ),
    )
}

/// The column for ticks: "Complete?".
fn done(draft: &Draft, columns: &Columns, row: &mut Row) {
    let printed = squash(draft.texts.get(Column::Done));
    if printed.is_empty()
        || ticks::is_cross(&printed)
        || (!has_substance(&printed) && !ticks::is_mark(&printed))
    {
        return;
    }
    if ticks::is_tick(&printed) || dates::whole(&printed).is_some() {
        row.questions.push(ticked(&printed, columns, Column::Done));
        agree(row, Some(Status::Complete));
        return;
    }
    let read = rating::read(&printed);
    row.questions.extend(read.questions);
    row.health = row.health.or(read.health);
    agree(row, read.status);
}
