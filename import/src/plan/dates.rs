//! Time frames: "Mar 2019", "Jun 2018 – Feb 2019", "31/03/2019", "Q3 2018/19", "Complete", "Ongoing".

use std::sync::LazyLock;

use chrono::{Days, Months, NaiveDate};
use regex::{Captures, Regex};

use super::model::{DuePrecision, Status};
use super::question::{Cell, Question, QuestionCode};
use super::text::{has_substance, pattern, squash};

const MONTH: &str = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?";

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)
        \b(?P<iy>(?:19|20)\d\d)-(?P<im>\d\d)-(?P<id>\d\d)\b
        |\b(?P<nd>\d{{1,2}})[/.-](?P<nm>\d{{1,2}})[/.-](?P<ny>(?:19|20)\d\d|\d\d)\b
        |\b(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+(?P<dm>{MONTH}),?[\s-]*(?P<dy>(?:19|20)\d\d|['’]?\d\d\b)
        |\b(?P<mm>{MONTH})[\s,/-]*(?P<my>(?:19|20)\d\d|['’]?\d\d\b)
        |\b(?:q|qtr\s*|quarter\s*)(?P<q>[1-4])[\s,]*(?:of\s+)?(?:(?P<qy>(?:19|20)\d\d)\s*[/–-]\s*(?:20)?\d\d|(?:FY\s*)?(?P<qs>\d\d)\s*/\s*\d\d)
        |\b(?P<fy>(?:19|20)\d\d)\s*/\s*(?P<fe>(?:20)?\d\d)\b
        |\b(?P<y>(?:19|20)\d\d)\b
        |\b(?P<lone>{MONTH})"
    ))
});
static RANGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:-|–|—|to|until|till|through|up to|and ends?)\s*$"));
static COMPLETE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:completed?|done|achieved|closed|finished)\b"));
static NOT_COMPLETE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:not|un|in|to be|for|partially|partly|nearly|almost|be)\s*-?(?:yet\s+)?(?:completed?|done|achieved|closed|finished)\b|\bincomplete\b",
    )
});
static UNDATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:on-?going|continuous(?:ly)?|tb[ca]|to be (?:confirmed|agreed|decided)|immediate(?:ly)?|asap|monthly|quarterly|weekly|annual(?:ly)?)\b",
    )
});
static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bw/c\b|\bweek (?:commencing|beginning|ending)\b|\b(?:by|from|end|of|the|in|on|at|before|due|date|start|mid|early|late|no later than|to|until|and|then|for)\b|[-–—,;:./()&]",
    )
});

/// A printed date: the days it stands for, and how exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub precision: DuePrecision,
    /// Both the day and the month of a date in figures could be the month.
    pub day_first_assumed: bool,
}

/// A time frame as understood.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Timeframe {
    pub start_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub precision: Option<DuePrecision>,
    pub status: Option<Status>,
    pub questions: Vec<Question>,
}

fn year(text: &str) -> Option<i32> {
    let number: i32 = text.trim_start_matches(['\'', '’']).parse().ok()?;
    Some(if number < 100 { 2000 + number } else { number })
}

fn month_number(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let short: String = name.to_lowercase().chars().take(3).collect();
    NAMES.iter().position(|known| *known == short).and_then(|at| u32::try_from(at + 1).ok())
}

/// `months` whole months from the first of the given month.
fn months(year: i32, month: u32, count: u32, precision: DuePrecision) -> Option<Span> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = first.checked_add_months(Months::new(count))?.checked_sub_days(Days::new(1))?;
    Some(Span { first, last, precision, day_first_assumed: false })
}

fn day(year: i32, month: u32, day: u32, day_first_assumed: bool) -> Option<Span> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(Span { first: date, last: date, precision: DuePrecision::Day, day_first_assumed })
}

/// One match of [`DATE`]; `next` is the date after it, whose year a month without one takes ("Jun – Aug 2018").
fn span(found: &Captures<'_>, next: Option<Span>) -> Option<Span> {
    let text = |name: &str| found.name(name).map(|part| part.as_str());
    let number = |name: &str| text(name).and_then(|digits| digits.parse::<u32>().ok());
    if let Some(y) = text("iy") {
        return day(year(y)?, number("im")?, number("id")?, false);
    }
    if let Some(y) = text("ny") {
        let (d, m) = (number("nd")?, number("nm")?);
        return day(year(y)?, m, d, d <= 12 && d != m);
    }
    if let Some(y) = text("dy") {
        return day(year(y)?, month_number(text("dm")?)?, number("dd")?, false);
    }
    if let Some(y) = text("my") {
        return months(year(y)?, month_number(text("mm")?)?, 1, DuePrecision::Month);
    }
    if let Some(quarter) = number("q") {
        let begins = year(text("qy").or(text("qs"))?)?;
        let (y, m) = if quarter == 4 { (begins + 1, 1) } else { (begins, quarter * 3 + 1) };
        return months(y, m, 3, DuePrecision::Quarter);
    }
    if let Some(y) = text("fy") {
        let (begins, ends) = (year(y)?, year(text("fe")?)?);
        return (ends % 100 == (begins + 1) % 100)
            .then(|| months(begins, 4, 12, DuePrecision::Year))
            .flatten();
    }
    if let Some(y) = text("y") {
        return months(year(y)?, 1, 12, DuePrecision::Year);
    }
    let next = next?;
    let m = month_number(text("lone")?)?;
    let this_year = chrono::Datelike::year(&next.first);
    let y = if m <= chrono::Datelike::month(&next.first) { this_year } else { this_year - 1 };
    months(y, m, 1, DuePrecision::Month)
}

/// Every date of a text with its place, and the text around them.
fn spans(text: &str) -> (Vec<(Span, std::ops::Range<usize>)>, bool) {
    let mut spans: Vec<(Span, std::ops::Range<usize>)> = Vec::new();
    let mut unreadable = false;
    let all: Vec<Captures<'_>> = DATE.captures_iter(text).collect();
    for found in all.iter().rev() {
        let Some(whole) = found.get(0) else { continue };
        match span(found, spans.last().map(|(span, _)| *span)) {
            Some(span) => spans.push((span, whole.range())),
            // A month's name alone can be an ordinary word; figures that are no date are not.
            None => unreadable |= found.name("lone").is_none(),
        }
    }
    spans.reverse();
    (spans, unreadable)
}

/// The days of a text that is one date and nothing else.
pub(crate) fn whole(text: &str) -> Option<Span> {
    let found = DATE.captures(text).filter(|found| found[0].len() == text.len())?;
    span(&found, None)
}

/// Does the text hold a figure date whose first number can only be a day? Then the file writes the day first.
pub(crate) fn proves_day_first(text: &str) -> bool {
    DATE.captures_iter(text).any(|found| {
        let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<u32>().ok());
        matches!((number("nd"), number("nm")), (Some(first), Some(second)) if first > 12 && second <= 12)
    })
}

fn ask(code: QuestionCode, text: String) -> Question {
    Question::new(code, Cell::Timeframe, text)
}

/// Reads a time frame. `day_first` is true where the file has shown that it writes the day first.
pub(crate) fn timeframe(printed: &str, day_first: bool) -> Timeframe {
    let text = squash(printed);
    let mut result = Timeframe::default();
    let (spans, unreadable) = spans(&text);
    let complete = COMPLETE.is_match(&text) && !NOT_COMPLETE.is_match(&text);
    if complete {
        result.status = Some(Status::Complete);
    }
    let mut left = text.clone();
    for (_, range) in spans.iter().rev() {
        left.replace_range(range.clone(), " ");
    }
    let undated = UNDATED.is_match(&left);
    let left = UNDATED.replace_all(&left, " ");
    let left = if complete { COMPLETE.replace_all(&left, " ").into_owned() } else { left.into_owned() };
    let left = FILLER.replace_all(&left, " ");

    match spans.as_slice() {
        [] => {}
        [(one, range)] => {
            if matches!(text[range.end..].trim(), "-" | "–" | "—" | "to") {
                result.start_on = Some(one.first);
                result.questions.push(ask(
                    QuestionCode::TimeframeUnread,
                    format!(
                        "\"{text}\" is a range without its end. {} was understood as its start. Set dueOn.",
                        one.first
                    ),
                ));
            } else {
                result.due_on = Some(one.last);
                result.precision = Some(one.precision);
                if complete {
                    result.questions.push(ask(
                        QuestionCode::CompletionDateAsDue,
                        format!("\"{text}\" says when the action was completed; {} was understood as the due date too. Accept, or set dueOn.", one.last),
                    ));
                }
            }
        }
        [(one, first), (two, second)] => two_dates(&text, (one, first), (two, second), &mut result),
        many => {
            let last = many.iter().map(|(span, _)| span).max_by_key(|span| span.last);
            result.due_on = last.map(|span| span.last);
            result.precision = last.map(|span| span.precision);
            result.questions.push(ask(
                QuestionCode::TwoDatesOrRange,
                format!("\"{text}\" holds {} dates. The latest was understood as the due date. Accept, or set startOn and dueOn.", many.len()),
            ));
        }
    }
    if spans.iter().any(|(span, _)| span.day_first_assumed) && !day_first {
        result.questions.push(ask(
            QuestionCode::DayFirstAssumed,
            format!("\"{text}\" was read with the day first, as dates are written in Britain. Accept, or set the dates."),
        ));
    }
    if unreadable || has_substance(&left) {
        result.questions.push(ask(
            QuestionCode::TimeframeUnread,
            format!("Not all of \"{text}\" could be read as a time frame. Accept what was understood, or set startOn and dueOn."),
        ));
    } else if undated && spans.is_empty() {
        result.questions.push(ask(
            QuestionCode::TimeframeWithoutDate,
            format!("\"{text}\" gives no date; the due date was left open. Accept, or set dueOn."),
        ));
    }
    if complete && spans.is_empty() {
        result.questions.push(ask(
            QuestionCode::CompletionUndated,
            format!("\"{text}\" was understood as status COMPLETE; no date says when it was due or done. Accept, or set dueOn, or set another status."),
        ));
    }
    result
}

fn two_dates(
    text: &str,
    (one, first): (&Span, &std::ops::Range<usize>),
    (two, second): (&Span, &std::ops::Range<usize>),
    result: &mut Timeframe,
) {
    if RANGE.is_match(&text[first.end..second.start]) {
        if one.first > two.last {
            result.questions.push(ask(
                QuestionCode::RangeReversed,
                format!("\"{text}\" ends before it begins; no date was understood. Set startOn and dueOn."),
            ));
            return;
        }
        result.start_on = Some(one.first);
        result.due_on = Some(two.last);
        result.precision = Some(two.precision);
        return;
    }
    let later = if one.last > two.last { one } else { two };
    result.due_on = Some(later.last);
    result.precision = Some(later.precision);
    result.questions.push(ask(
        QuestionCode::TwoDatesOrRange,
        format!(
            "\"{text}\" holds two dates with nothing to say whether they are a range. The later, {}, was understood as the \
             due date. Accept, or set startOn as well, or set another dueOn.",
            later.last
        ),
    ));
}

/// Takes a cell apart into as many time frames as the row has items, if its dates come out even.
pub(crate) fn split(printed: &str, items: usize) -> Option<Vec<String>> {
    let text = squash(printed);
    let (spans, _) = spans(&text);
    if spans.len() != items || spans.len() < 2 {
        return None;
    }
    let mut parts = Vec::new();
    for (at, (_, range)) in spans.iter().enumerate() {
        let end = spans.get(at + 1).map_or(text.len(), |(_, next)| next.start);
        let between = &text[range.end..end];
        if at + 1 < spans.len() && RANGE.is_match(between) {
            return None;
        }
        parts.push(text[range.clone()].to_owned());
    }
    Some(parts)
}

/// The date at the beginning of a progress text, the rest, and whether the date is exact.
pub(crate) fn leading_date(text: &str) -> Option<(Span, &str)> {
    let found = DATE.captures(text)?;
    let whole = found.get(0)?;
    if whole.start() > 0 || found.name("y").is_some() || found.name("fy").is_some() {
        return None;
    }
    let rest = text[whole.end()..].trim_start();
    let rest = rest.trim_start_matches([':', '-', '–', '—', '.', ',', ')']).trim_start();
    Some((span(&found, None)?, rest))
}
