//! The columns of a table of readings, by their headings.

use crate::personal;
use crate::plan::text::{bare_words, squash};

domain::vocabulary! {
    /// What a column holds.
    Column {
        /// The measure's code or reference.
        Measure = "MEASURE",
        /// The period in one word.
        Period = "PERIOD",
        /// The first day of the period.
        PeriodStart = "PERIOD_START",
        /// The last day of the period.
        PeriodEnd = "PERIOD_END",
        /// The numerator.
        Numerator = "NUMERATOR",
        /// The denominator.
        Denominator = "DENOMINATOR",
        /// The value.
        Value = "VALUE",
        /// What the total is broken down by.
        Dimension = "DIMENSION",
        /// Which of them.
        Category = "CATEGORY",
        /// What is to be known about the figure.
        Caveat = "CAVEAT",
        /// What somebody else says that the value is.
        DisputedValue = "DISPUTED_VALUE",
        /// Who says so.
        DisputedBy = "DISPUTED_BY",
    }
}

impl Column {
    /// Its heading, as messages name it.
    pub const fn heading(self) -> &'static str {
        self.headings()[0]
    }

    /// The headings that it may have, capitals and punctuation aside.
    const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Measure => &["measure", "measure code", "measure reference", "code", "reference", "ref"],
            Self::Period => &["period"],
            Self::PeriodStart => &["period start", "start", "from", "first day"],
            Self::PeriodEnd => &["period end", "end", "to", "last day"],
            Self::Numerator => &["numerator"],
            Self::Denominator => &["denominator"],
            Self::Value => &["value"],
            Self::Dimension => &["dimension", "breakdown"],
            Self::Category => &["category"],
            Self::Caveat => &["caveat", "caveats"],
            Self::DisputedValue => &["disputed value"],
            Self::DisputedBy => &["disputed by"],
        }
    }

    fn recognise(heading: &str) -> Option<Self> {
        let words = bare_words(&heading.replace('_', " ")).join(" ");
        Self::ALL.iter().copied().find(|column| column.headings().contains(&words.as_str()))
    }
}

/// All headings, for messages.
pub(super) fn expected() -> String {
    let optional = |column: &Column| {
        !matches!(column, Column::Measure | Column::Period | Column::PeriodStart | Column::PeriodEnd)
    };
    let others: Vec<&str> =
        Column::ALL.iter().filter(|column| optional(column)).map(|column| column.heading()).collect();
    format!("measure, then period (or period start and period end), then as needed {}", others.join(", "))
}

/// How many of the headings are known.
pub(super) fn known(headings: &[String]) -> usize {
    headings.iter().filter(|heading| Column::recognise(heading).is_some()).count()
}

/// Which column each heading is; `None` for one without a heading.
///
/// # Errors
/// What is wrong: a heading that is not known (leaving it out would be a guess), one twice, or one missing.
pub(super) fn read(headings: &[String]) -> Result<Vec<Option<Column>>, String> {
    let mut columns = Vec::with_capacity(headings.len());
    for heading in headings {
        let heading = squash(heading);
        if heading.is_empty() {
            columns.push(None);
            continue;
        }
        let column = Column::recognise(&heading)
            .ok_or_else(|| format!("the heading \"{}\" is not known", personal::excerpt(&heading)))?;
        if columns.contains(&Some(column)) {
            return Err(format!("there are two columns for the {}", column.heading()));
        }
        columns.push(Some(column));
    }
    let has = |column| columns.contains(&Some(column));
    let missing = |what| Err(format!("there is no column for the {what}"));
    match () {
        () if !has(Column::Measure) => missing("measure"),
        () if has(Column::PeriodStart) != has(Column::PeriodEnd) => missing("other end of the period"),
        () if has(Column::Period) == has(Column::PeriodStart) => {
            Err("the period stands either in one column or in two".to_owned())
        }
        () if has(Column::Numerator) != has(Column::Denominator) => {
            missing("numerator or the denominator, which belong together")
        }
        () if !has(Column::Value) && !has(Column::Numerator) => missing("value"),
        () if has(Column::Dimension) != has(Column::Category) => {
            missing("dimension or the category, which belong together")
        }
        () if has(Column::DisputedBy) && !has(Column::DisputedValue) => missing("disputed value"),
        () => Ok(columns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(line: &str) -> Result<Vec<Option<Column>>, String> {
        read(&line.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn headings_are_known_by_their_words() {
        let columns =
            headings("Measure code,PERIOD_START,Period end,Numerator,denominator,,Disputed Value").unwrap();
        assert_eq!(columns[..2], [Some(Column::Measure), Some(Column::PeriodStart)]);
        assert_eq!(columns[5..], [None, Some(Column::DisputedValue)]);
        for column in Column::ALL {
            for heading in column.headings() {
                assert_eq!(Column::recognise(heading), Some(*column), "{heading}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_headings_is_said() {
        for (line, wrong) in [
            ("Measure,Period,Value,Target", "the heading \"Target\" is not known"),
            ("Measure,Period,Value,Value", "there are two columns for the value"),
            ("Period,Value", "there is no column for the measure"),
            ("Measure,Start,Value", "there is no column for the other end of the period"),
            ("Measure,Value", "the period stands either in one column or in two"),
            (
                "Measure,Period,Numerator",
                "there is no column for the numerator or the denominator, which belong together",
            ),
            ("Measure,Period", "there is no column for the value"),
            (
                "Measure,Period,Value,Category",
                "there is no column for the dimension or the category, which belong together",
            ),
            ("Measure,Period,Value,Disputed by", "there is no column for the disputed value"),
        ] {
            assert_eq!(headings(line).unwrap_err(), wrong);
        }
    }
}
