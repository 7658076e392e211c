//! Days as reports print them: "6 March to 30 March 2017", "12–16 March 2018", "21 November 2022 to 2 December 2022".

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;

/// One day; month and year may be left to the days after it.
static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \b (\d{1,2}) / (\d{1,2}) / ((?:19|20)\d\d) \b
          | \b (\d{1,2}) (?: \s? (?:st|nd|rd|th) \b )? (?: \s* (?:of\s+)?
            (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) [a-z]* [.,]? (?: \s* ((?:19|20)\d\d) \b )? )?",
    )
    .ok()
});

/// What may stand between days, besides signs.
const BETWEEN: &[&str] = &[
    "",
    "to",
    "until",
    "and",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "from",
    "between",
];

/// The first and the last day that a text names, if it names days and nothing else.
pub(super) fn range(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let pattern = DAY.as_ref()?;
    let folded = super::words::folded(text);
    let mut days: Vec<(u32, Option<u32>, Option<i32>)> = Vec::new();
    let mut from = 0;
    for found in pattern.captures_iter(&folded) {
        let whole = found.get(0)?;
        if !is_between(folded.get(from..whole.start())?) {
            return None;
        }
        from = whole.end();
        let number = |group: usize| found.get(group).and_then(|part| part.as_str().parse::<u32>().ok());
        let year = |group: usize| number(group).and_then(|year| i32::try_from(year).ok());
        days.push(match found.get(1) {
            Some(_) => (number(1)?, number(2), year(3)),
            None => (number(4)?, found.get(5).and_then(|month| month_of(month.as_str())), year(6)),
        });
    }
    if !is_between(folded.get(from..)?) {
        return None;
    }
    let last = days.last().copied()?;
    let end = NaiveDate::from_ymd_opt(last.2?, last.1?, last.0)?;
    let first = days.first().copied()?;
    let month = first.1.or_else(|| days.iter().find_map(|day| day.1))?;
    let start = match first.2.or_else(|| days.iter().find_map(|day| day.2)) {
        Some(year) => NaiveDate::from_ymd_opt(year, month, first.0)?,
        None => return None,
    };
    // "29 November to 10 January 2019" began the year before.
    let start = if start > end && first.2.is_none() { start.with_year(start.year() - 1)? } else { start };
    (start <= end).then_some((start, end))
}

fn is_between(text: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric()).all(|word| BETWEEN.contains(&word))
}

fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let place = MONTHS.iter().position(|month| name.starts_with(month))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::range;

    #[test]
    fn days_are_read_as_they_are_printed() {
        for (printed, start, end) in [
            ("6 July 2015 – 30 July 2015", "2015-07-06", "2015-07-30"),
            ("4 July 2016–28 July 2016", "2016-07-04", "2016-07-28"),
            ("6 March to 30 March 2017", "2017-03-06", "2017-03-30"),
            ("20 June 2017 ─ 13 July 2017", "2017-06-20", "2017-07-13"),
            ("12–16 March 2018", "2018-03-12", "2018-03-16"),
            ("9 to 20 May 2022", "2022-05-09", "2022-05-20"),
            ("21 November 2022 to 2 December 2022", "2022-11-21", "2022-12-02"),
            ("12 January to 5 February 2016", "2016-01-12", "2016-02-05"),
            ("12 December to 11 January 2019", "2018-12-12", "2019-01-11"),
            ("Monday 3rd to Friday 7th June, 2019", "2019-06-03", "2019-06-07"),
            ("3 - 7 and 17 to 21 Sept. 2018", "2018-09-03", "2018-09-21"),
            ("14/05/2018 to 25/05/2018", "2018-05-14", "2018-05-25"),
            ("17 May 2013", "2013-05-17", "2013-05-17"),
        ] {
            let (from, to) = range(printed).unwrap_or_else(|| unreachable!("{printed} is not read"));
            assert_eq!((from.to_string(), to.to_string()), (start.to_owned(), end.to_owned()), "{printed}");
        }
    }

    #[test]
    fn what_is_no_range_of_days_is_none() {
        for text in [
            "",
            "soon",
            "31 June 2018",
            "5 to 9",
            "20 May 2022 to 9 May 2022",
            "9 to 20 May 2022 in Kent",
            "99 May 2018",
        ] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
