//! What stands in one cell: a period, a day, a count, a figure.

use std::sync::LazyLock;

use chrono::{Months, NaiveDate};
use domain::measure::{Decimal, Frequency, MAX_COUNT, Period};
use regex::Regex;

use crate::plan::DuePrecision;
use crate::plan::dates;
use crate::plan::text::pattern;

/// 2018-09, 2018-Q3, 2018-H1 (of the calendar year); Q3 2018/19, H1 2018/19 (of the financial year).
static PERIOD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:
        (?P<cy>(?:19|20)\d\d)-(?:(?P<month>0[1-9]|1[0-2])|q(?P<cq>[1-4])|h(?P<ch>[12]))
        |(?:q(?P<fq>[1-4])|h(?P<fh>[12]))\s*(?P<fy>(?:19|20)\d\d)/(?P<fe>(?:20)?\d\d)
        )$",
    )
});

/// What is right in the column of the period.
pub(super) const PERIOD_RIGHT: &str = "write 2018-09 or Sep 2018 (a month), 2018-Q3 (July to September), Q3 2018/19 (October to December), 2018-H1 or \
     H1 2018/19 (six months), 2018 (from January) or 2018/19 (from April); any other period in the columns period start and period end";

/// A period in one word. What the plan's dates know (Sep 2018, Sep-18, 2018/19, 2018) is read as there.
pub(super) fn period(text: &str) -> Option<Period> {
    let Some(found) = PERIOD.captures(text) else {
        let span = dates::whole(text).filter(|span| span.precision != DuePrecision::Day)?;
        return Period::of_any(span.first, span.last);
    };
    let number = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<u32>().ok());
    let year = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i32>().ok());
    // How many months after January or April the period begins.
    let (frequency, after) =
        match (number("month"), number("cq").or(number("fq")), number("ch").or(number("fh"))) {
            (Some(month), ..) => (Frequency::Monthly, month - 1),
            (_, Some(quarter), _) => (Frequency::Quarterly, (quarter - 1) * 3),
            (.., half) => (Frequency::HalfYearly, (half? - 1) * 6),
        };
    let begins = match (year("cy"), year("fy"), year("fe")) {
        (Some(year), ..) => NaiveDate::from_ymd_opt(year, 1, 1)?,
        (_, Some(year), Some(end)) if end % 100 == (year + 1) % 100 => NaiveDate::from_ymd_opt(year, 4, 1)?,
        _ => return None,
    };
    Period::beginning(frequency, begins.checked_add_months(Months::new(after))?).ok()
}

/// What is right in a column of days.
pub(super) const DAY_RIGHT: &str = "write a day such as 2018-09-30 or 30/09/2018";

/// A day: 2018-09-30, 30/09/2018, 30 September 2018.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    dates::whole(text).filter(|span| span.precision == DuePrecision::Day).map(|span| span.first)
}

/// What is right in a column of counts.
pub(super) const COUNT_RIGHT: &str = "write a whole number such as 588, or leave the cell empty";

/// A count: 588, 1,234.
pub(super) fn count(text: &str) -> Option<i64> {
    let digits = ungrouped(text)?;
    let is_count = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|count| is_count && *count <= MAX_COUNT)
}

/// What is right in a column of figures.
pub(super) const FIGURE_RIGHT: &str =
    "write a number such as 59.2, not below 0 and with three decimals at most, or leave the cell empty";

/// A figure: 59.2, 59%, 1,234.5.
pub(super) fn figure(text: &str) -> Option<Decimal> {
    ungrouped(text.strip_suffix('%').unwrap_or(text).trim_end())?.parse().ok()
}

/// The digits without the commas that group them by three; `None` if commas stand anywhere else.
fn ungrouped(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let has_groups = whole.contains(',');
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if (has_groups && !is_grouped) || fraction.is_some_and(|digits| digits.contains(',')) {
        return None;
    }
    Some(text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_councils_write_them() {
        for (text, first, last) in [
            ("2018-09", "2018-09-01", "2018-09-30"),
            ("Sep 2018", "2018-09-01", "2018-09-30"),
            ("Sep-18", "2018-09-01", "2018-09-30"),
            ("September 2018", "2018-09-01", "2018-09-30"),
            ("2018-Q3", "2018-07-01", "2018-09-30"),
            ("q3 2018/19", "2018-10-01", "2018-12-31"),
            ("Q4 2018/19", "2019-01-01", "2019-03-31"),
            ("Q4 2018/2019", "2019-01-01", "2019-03-31"),
            ("2018-H2", "2018-07-01", "2018-12-31"),
            ("H2 2018/19", "2018-10-01", "2019-03-31"),
            ("2018/19", "2018-04-01", "2019-03-31"),
            ("2018", "2018-01-01", "2018-12-31"),
        ] {
            let period = period(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (period.first_day().to_string(), period.last_day().to_string()),
                (first.into(), last.into())
            );
        }
        for text in [
            "",
            "2018-13",
            "2018-Q5",
            "Q3",
            "Q3 2018",
            "Q3 2018/20",
            "2018/20",
            "2018-09-30",
            "Sep",
            "soon",
            "2018-09 ish",
        ] {
            assert_eq!(period(text), None, "{text}");
        }
    }

    #[test]
    fn days_counts_and_figures_are_read_as_spreadsheets_write_them() {
        assert_eq!(day("30/09/2018"), day("2018-09-30"));
        assert!(day("2018-09-30").is_some() && day("Sep 2018").is_none() && day("31/09/2018").is_none());
        assert_eq!((count("588"), count("1,234"), count("0")), (Some(588), Some(1234), Some(0)));
        for text in ["", "-1", "+1", "5.0", "1,23", "1,2345", ",123", "12,", "c", "1 234", "1000000000"] {
            assert_eq!(count(text), None, "{text}");
        }
        assert_eq!(figure("59%"), figure("59.0"));
        assert_eq!(figure("1,234.5"), figure("1234.5"));
        for text in ["", "%", "-1", "5.1234", "c", "1.2,3", "59%%"] {
            assert_eq!(figure(text), None, "{text}");
        }
    }
}
