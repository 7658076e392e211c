//! Rows of readings, put to what there is: which of them are new, which change, and what is wrong with any.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::measure::{
    Decimal, Figures, FiguresField, Frequency, MeasureUnit, Period, PeriodProblem, settle,
};
use entity::{measure, reading};
use uuid::Uuid;

use crate::command::input::Patch;
use crate::command::refusal::{ErrorCode, Refusal, UserError, all_well};
use crate::store::disclosure::disclose;

/// At most so many readings has one measure: ten years of months, broken down into two dozen parts.
pub(in crate::command) const MOST_READINGS: usize = 3000;
/// At most so many characters has the name of a dimension or a category.
const LONGEST_NAME: usize = 100;

/// A reading as somebody gives it.
pub(in crate::command) struct Given {
    pub period_start: NaiveDate,
    /// Follows from the frequency where it is left out.
    pub period_end: Option<NaiveDate>,
    pub dimension: Option<String>,
    pub category: Option<String>,
    pub value: Option<Decimal>,
    pub numerator: Option<i64>,
    pub denominator: Option<i64>,
    pub caveat: Patch<String>,
    pub disputed_value: Patch<Decimal>,
    pub dispute_note: Patch<String>,
    pub expected_version: Option<i32>,
}

/// A reading with its path in the input.
pub(in crate::command) type Placed = (String, Given);

/// What comes of the rows.
pub(in crate::command) struct Merged {
    /// The readings that were given, in their order.
    pub given: Vec<Uuid>,
    pub new: Vec<reading::Model>,
    /// From what to what; also readings that were not given, where what of them is shown hangs on those that were.
    pub changed: Vec<(reading::Model, reading::Model)>,
}

/// What readings are of: without it none can be taken.
#[derive(Clone, Copy)]
pub(in crate::command) struct Scale {
    pub unit: MeasureUnit,
    frequency: Frequency,
}

impl Scale {
    /// The scale of a measure.
    ///
    /// # Errors
    /// Nobody has said yet what its figures are, or how often it is read.
    pub fn of(measure: &measure::Model) -> Result<Self, Refusal> {
        let (Some(unit), Some(frequency)) = (&measure.unit, &measure.frequency) else {
            let message = "The measure lacks a unit or a frequency: set them first, so that its readings can be checked.";
            return Err(UserError::invalid("measureId", message).into());
        };
        Ok(Self { unit: unit.parse()?, frequency: frequency.parse()? })
    }
}

/// What there is once the rows have been taken in.
struct Table<'a> {
    measure: &'a measure::Model,
    scale: Scale,
    now: DateTime<Utc>,
    rows: Vec<reading::Model>,
    places: HashMap<Key, usize>,
    periods: BTreeSet<(NaiveDate, NaiveDate)>,
    /// How the names of dimensions and categories are spelled, whatever the case in which they come: a category that was
    /// there twice would count its children twice, and give away what is withheld.
    spellings: HashMap<String, String>,
}

/// What tells the readings of a measure apart.
type Key = (NaiveDate, NaiveDate, Option<String>, Option<String>);

fn key(row: &reading::Model) -> Key {
    (row.period_start, row.period_end, row.dimension.clone(), row.category.clone())
}

/// Puts rows, each with its path in the input, to the readings that a measure has.
///
/// # Errors
/// Everything that is wrong with any of them, at its place.
pub(in crate::command) fn merge(
    measure: &measure::Model,
    scale: Scale,
    there: &[reading::Model],
    given: Vec<Placed>,
    now: DateTime<Utc>,
) -> Result<Merged, Vec<UserError>> {
    let mut table = Table {
        measure,
        scale,
        now,
        rows: there.to_vec(),
        places: there.iter().enumerate().map(|(place, row)| (key(row), place)).collect(),
        periods: there.iter().map(|row| (row.period_start, row.period_end)).collect(),
        spellings: HashMap::new(),
    };
    for name in there.iter().flat_map(|row| [&row.dimension, &row.category]).flatten() {
        table.spelled(name.clone());
    }
    let (mut ids, mut errors, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for (path, given) in given {
        match table.take(&path, given) {
            Ok(place) => {
                if let Some(first) = seen.insert(place, path.clone()) {
                    let message = format!("This is the reading of {first} again: leave one of them out.");
                    errors.push(UserError::invalid(&path, message));
                }
                ids.extend(table.rows.get(place).map(|row| row.id));
            }
            Err(wrong) => errors.extend(wrong),
        }
    }
    if table.rows.len() > MOST_READINGS {
        let message = format!(
            "The measure would have {} readings; {MOST_READINGS} is the limit: begin another for what it is broken down by.",
            table.rows.len()
        );
        errors.push(UserError::invalid("", message));
    }
    all_well(errors)?;
    let mut rows = table.rows;
    disclose(scale.unit, &mut rows);
    let new = rows.split_off(there.len());
    let changed = there.iter().cloned().zip(rows).filter(|(before, after)| before != after).collect();
    Ok(Merged { given: ids, new, changed })
}

impl Table<'_> {
    /// Takes a row in. Answers with its place.
    fn take(&mut self, path: &str, given: Given) -> Result<usize, Vec<UserError>> {
        let period = self.period(path, &given)?;
        let (dimension, category) = part(path, given.dimension.clone(), given.category.clone())?;
        let [dimension, category] = [dimension, category].map(|name| name.map(|name| self.spelled(name)));
        let key = (period.first_day(), period.last_day(), dimension, category);
        let place = self.places.get(&key).copied();
        let before = place.and_then(|place| self.rows.get(place));
        if let (Some(before), Some(expected)) = (before, given.expected_version)
            && before.version != expected
        {
            let message =
                format!("This was changed since: you saw version {expected}, it is at {}.", before.version);
            let path = format!("{path}.expectedVersion");
            let error = UserError::new(ErrorCode::VersionConflict, &path, message);
            return Err(vec![UserError { current_version: Some(before.version), ..error }]);
        }
        let row = self.row(path, key.clone(), before, given)?;
        self.periods.insert((key.0, key.1));
        Ok(match place {
            Some(place) => {
                if let Some(at) = self.rows.get_mut(place) {
                    *at = row;
                }
                place
            }
            None => {
                self.rows.push(row);
                self.places.insert(key, self.rows.len() - 1);
                self.rows.len() - 1
            }
        })
    }

    /// A name as it was spelled first.
    fn spelled(&mut self, name: String) -> String {
        self.spellings.entry(name.to_lowercase()).or_insert(name).clone()
    }

    fn period(&self, path: &str, given: &Given) -> Result<Period, Vec<UserError>> {
        let every = self.scale.frequency;
        let period = match given.period_end {
            Some(end) => Period::new(every, given.period_start, end),
            None => Period::beginning(every, given.period_start),
        };
        let period = period.map_err(|problem| {
            let field =
                if matches!(problem, PeriodProblem::NotWhole { .. }) { "periodEnd" } else { "periodStart" };
            vec![UserError::invalid(&format!("{path}.{field}"), problem.to_string())]
        })?;
        let other = self.periods.iter().find(|(first, last)| {
            Period::new(every, *first, *last).is_ok_and(|other| other.overlaps(period))
        });
        match other {
            Some((first, last)) => {
                let message = format!(
                    "The measure has a reading from {first} to {last}, and its periods may not overlap."
                );
                Err(vec![UserError::invalid(&format!("{path}.periodStart"), message)])
            }
            None => Ok(period),
        }
    }

    /// The row as it shall be.
    fn row(
        &self,
        path: &str,
        key: Key,
        before: Option<&reading::Model>,
        given: Given,
    ) -> Result<reading::Model, Vec<UserError>> {
        let mut row = before.cloned().unwrap_or_else(|| self.blank(key));
        let (figures, value) = self.figures(path, before, &given)?;
        row.value = value.thousandths();
        // Counts are within a whole number of 32 bits: they have been settled.
        row.numerator = figures.numerator.and_then(|count| count.try_into().ok());
        row.denominator = figures.denominator.and_then(|count| count.try_into().ok());
        row.disputed_value = figures.disputed.map(Decimal::thousandths);
        row.caveat = given.caveat.over(row.caveat);
        let is_noted = matches!(given.dispute_note, Patch::Set(_));
        row.dispute_note = given.dispute_note.over(row.dispute_note);
        if row.disputed_value.is_none() {
            if is_noted {
                let message = "This says why the figure is disputed: give disputedValue too.";
                return Err(vec![UserError::invalid(&format!("{path}.disputeNote"), message)]);
            }
            row.dispute_note = None;
        }
        Ok(row)
    }

    fn blank(&self, (period_start, period_end, dimension, category): Key) -> reading::Model {
        reading::Model {
            id: Uuid::now_v7(),
            programme_id: self.measure.programme_id,
            measure_id: self.measure.id,
            period_start,
            period_end,
            dimension,
            category,
            value: 0,
            numerator: None,
            denominator: None,
            caveat: None,
            disputed_value: None,
            dispute_note: None,
            disclosure: "ALL".to_owned(),
            is_dispute_shown: true,
            is_illustrative: false,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// The figures that a reading has then, and the value that they agree on.
    fn figures(
        &self,
        path: &str,
        before: Option<&reading::Model>,
        given: &Given,
    ) -> Result<(Figures, Decimal), Vec<UserError>> {
        let stored = |value: i64| Decimal::from_thousandths(value).ok();
        let old_dispute = before.and_then(|row| row.disputed_value).and_then(stored);
        let is_given = given.value.is_some() || given.numerator.is_some() || given.denominator.is_some();
        let mut figures = match before {
            Some(before) if !is_given => Figures {
                numerator: before.numerator.map(Into::into),
                denominator: before.denominator.map(Into::into),
                value: stored(before.value),
                disputed: None,
            },
            _ => Figures {
                numerator: given.numerator,
                denominator: given.denominator,
                value: given.value,
                disputed: None,
            },
        };
        figures.disputed = given.disputed_value.clone().over(old_dispute);
        let value = settle(self.scale.unit, figures).map_err(|problem| {
            let field = match problem.field() {
                FiguresField::Numerator => "numerator",
                FiguresField::Denominator => "denominator",
                FiguresField::Value => "value",
                FiguresField::Disputed => "disputedValue",
            };
            vec![UserError::invalid(&format!("{path}.{field}"), problem.to_string())]
        })?;
        Ok((figures, value))
    }
}

/// The part that a reading is of; none for the whole.
fn part(
    path: &str,
    dimension: Option<String>,
    category: Option<String>,
) -> Result<(Option<String>, Option<String>), Vec<UserError>> {
    let refuse =
        |field: &str, message: String| Err(vec![UserError::invalid(&format!("{path}.{field}"), message)]);
    let tidy = |name: Option<String>| name.map(|name| name.trim().to_owned());
    let (dimension, category) = (tidy(dimension), tidy(category));
    if let (Some(_), None) | (None, Some(_)) = (&dimension, &category) {
        let field = if dimension.is_none() { "dimension" } else { "category" };
        return refuse(
            field,
            "A dimension and a category belong together: give both, or neither for the whole.".to_owned(),
        );
    }
    for (field, name) in [("dimension", &dimension), ("category", &category)] {
        if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
            return refuse(field, format!("A name has {LONGEST_NAME} characters at most."));
        }
    }
    Ok((dimension, category))
}
