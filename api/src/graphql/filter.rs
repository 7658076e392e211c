//! Filters: what the client gave becomes a condition, with every fault named by its place.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::error::Error;
use crate::store::condition::{Condition, Operand, Operands, Test};
use crate::store::ids;
use crate::store::model::{Comparand, FilterDef, FilterField, Kind, Model};

/// At most so deep may filters be nested in each other.
const MAX_DEPTH: usize = 8;
/// At most so many filters and comparisons may one filter be made of: databases give up on conditions without end.
const MAX_PARTS: usize = 250;
/// At most so many searches for a text within texts may one filter hold: each reads all the texts that it looks through.
const MAX_SEARCHES: usize = 10;
/// At most so many values may stand in one list of a filter.
const MAX_VALUES: usize = 200;

/// The id of a related thing.
static ID: Comparand = Comparand::Column("id");

/// Reads the filter for lists of a type. `place` names the argument in messages.
pub fn filter(of: &'static str, given: &Value, place: &str) -> Result<Condition, Error> {
    let searches = searches(given);
    if searches > MAX_SEARCHES {
        return Err(Error::input(format!(
            "{place}: {searches} times contains; {MAX_SEARCHES} in one filter is the limit."
        )));
    }
    read(of, given, place, 0, &mut 0)
}

/// How many searches a filter holds, however deep.
fn searches(given: &Value) -> usize {
    match given {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| if name == "contains" { 1 } else { searches(value) }).sum()
        }
        Value::Array(items) => items.iter().map(searches).sum(),
        _ => 0,
    }
}

/// What a search for a text within texts costs, beside a comparison: it reads them, where a comparison finds its place.
const SEARCH: u64 = 100;

/// What a filter costs for each list that it is put to, in the objects that the cost of a query is counted in: one for each
/// comparison, more for each search. A list of values is one comparison.
pub fn cost(given: &Value) -> u64 {
    match given {
        Value::Object(fields) => {
            let of_field = |(name, value): (&String, &Value)| match name.as_str() {
                "contains" => SEARCH,
                "in" | "nin" => 1,
                _ => cost(value),
            };
            fields.iter().map(of_field).sum()
        }
        Value::Array(items) => items.iter().map(cost).sum(),
        _ => 1,
    }
}

/// Counts one more part of the filter.
fn count(parts: &mut usize, place: &str) -> Result<(), Error> {
    *parts += 1;
    if *parts > MAX_PARTS {
        return Err(Error::input(format!(
            "{place}: a filter can have {MAX_PARTS} parts, which is the limit."
        )));
    }
    Ok(())
}

fn read(
    of: &'static str,
    given: &Value,
    place: &str,
    depth: usize,
    parts: &mut usize,
) -> Result<Condition, Error> {
    count(parts, place)?;
    if depth > MAX_DEPTH {
        return Err(Error::input(format!("{place}: filters can be nested {MAX_DEPTH} deep, not deeper.")));
    }
    let (Some(given), Some(list)) = (given.as_object(), Model::get().list(of)) else {
        return Ok(Condition::All(Vec::new()));
    };
    let mut all = Vec::new();
    for (name, value) in given {
        let place = format!("{place}.{name}");
        let mut nested = |value: &Value| {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let items = items.iter().map(|item| read(of, item, &place, depth + 1, parts));
            items.collect::<Result<Vec<_>, _>>()
        };
        match (name.as_str(), list.filter.iter().find(|field| field.name == name)) {
            _ if value.is_null() => {}
            ("and", _) => all.push(Condition::All(nested(value)?)),
            ("or", _) => all.push(Condition::Any(nested(value)?)),
            ("not", _) => all.push(Condition::Not(Box::new(read(of, value, &place, depth + 1, parts)?))),
            (_, Some(field)) => self::field(field, value, &place, (depth, parts), &mut all)?,
            // The schema is made from the same list: validation has refused everything else.
            (_, None) => {}
        }
    }
    Ok(Condition::All(all))
}

fn field(
    field: &'static FilterField,
    given: &Value,
    place: &str,
    (depth, parts): (usize, &mut usize),
    all: &mut Vec<Condition>,
) -> Result<(), Error> {
    let Some(tests) = given.as_object() else { return Ok(()) };
    for _ in tests {
        count(parts, place)?;
    }
    match &field.def {
        FilterDef::Text(columns) => {
            if let Some(text) = tests.get("contains").and_then(Value::as_str) {
                all.push(Condition::Contains(columns, self::text(text, &format!("{place}.contains"))?));
            }
        }
        FilterDef::Value(comparand, kind) => {
            let to = match comparand {
                Comparand::Id(_, to) => *to,
                _ => "",
            };
            for (name, test) in self::tests(tests, *kind, to, place)? {
                all.push(if is_negative(name) {
                    Condition::Not(Box::new(Condition::Compare(comparand, test)))
                } else {
                    Condition::Compare(comparand, test)
                });
            }
        }
        FilterDef::Related { join, to } => {
            let Some(table) = Model::get().table(to) else { return Ok(()) };
            for (name, test) in self::tests(tests, Kind::Id, to, place)? {
                // Missing, for a thing that can have several, means that there is none; and the other way round.
                let (condition, is_negative) = match test {
                    Test::IsNull => (Condition::All(Vec::new()), !is_negative(name)),
                    test => (Condition::Compare(&ID, test), is_negative(name)),
                };
                let related = Condition::Some { join, table, condition: Box::new(condition) };
                all.push(if is_negative { Condition::Not(Box::new(related)) } else { related });
            }
        }
        FilterDef::List { join, to } => {
            for (name, value) in tests.iter().filter(|(_, value)| !value.is_null()) {
                let Some(table) = Model::get().table(to) else { continue };
                let condition = Box::new(read(to, value, &format!("{place}.{name}"), depth + 1, parts)?);
                let some = Condition::Some { join, table, condition };
                all.push(if name == "none" { Condition::Not(Box::new(some)) } else { some });
            }
        }
    }
    Ok(())
}

/// Whether a test asks that something does not hold. `isNull: false` is read as `neq: null`.
fn is_negative(name: &str) -> bool {
    matches!(name, "neq" | "nin")
}

fn tests<'a>(
    given: &'a Map<String, Value>,
    kind: Kind,
    to: &'static str,
    place: &str,
) -> Result<Vec<(&'a str, Test)>, Error> {
    let mut tests = Vec::new();
    for (name, value) in given {
        let place = format!("{place}.{name}");
        let test = match (name.as_str(), value) {
            ("isNull", Value::Null) => continue,
            ("isNull", value) => {
                let name = if value == &Value::Bool(true) { "eq" } else { "neq" };
                tests.push((name, Test::IsNull));
                continue;
            }
            ("eq" | "neq", Value::Null) => Test::IsNull,
            (_, Value::Null) => {
                return Err(Error::input(format!("{place}: null cannot be compared; use isNull.")));
            }
            ("eq" | "neq", value) => Test::Eq(operand(value, kind, to, &place)?),
            ("lt", value) => Test::Lt(operand(value, kind, to, &place)?),
            ("lte", value) => Test::Lte(operand(value, kind, to, &place)?),
            ("gt", value) => Test::Gt(operand(value, kind, to, &place)?),
            ("gte", value) => Test::Gte(operand(value, kind, to, &place)?),
            ("contains", value) => Test::Contains(text(value.as_str().unwrap_or_default(), &place)?),
            (_, value) => Test::In(operands(value, kind, to, &place)?),
        };
        tests.push((name.as_str(), test));
    }
    Ok(tests)
}

fn operand(value: &Value, kind: Kind, to: &str, place: &str) -> Result<Operand, Error> {
    Ok(match kind {
        Kind::Id => Operand::Id(id(value, to, place)?),
        Kind::Figure => Operand::Figure(thousandths(value)),
        Kind::Date => Operand::Date(date(value, place)?),
        Kind::Boolean => Operand::Bool(value.as_bool().unwrap_or_default()),
        Kind::String | Kind::Enum(_) => Operand::Text(text(value.as_str().unwrap_or_default(), place)?),
    })
}

fn operands(value: &Value, kind: Kind, to: &str, place: &str) -> Result<Operands, Error> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if values.len() > MAX_VALUES {
        return Err(Error::input(format!("{place}: {} values; {MAX_VALUES} is the limit.", values.len())));
    }
    Ok(match kind {
        Kind::Id => Operands::Ids(values.iter().map(|value| id(value, to, place)).collect::<Result<_, _>>()?),
        Kind::Figure => Operands::Figures(values.iter().map(thousandths).collect()),
        Kind::Date => {
            Operands::Dates(values.iter().map(|value| date(value, place)).collect::<Result<_, _>>()?)
        }
        Kind::Boolean | Kind::String | Kind::Enum(_) => {
            let texts = values.iter().map(|value| text(value.as_str().unwrap_or_default(), place));
            Operands::Texts(texts.collect::<Result<_, _>>()?)
        }
    })
}

/// A figure as the database keeps it. Rounded where the number would otherwise miss what is meant by its last bit alone.
fn thousandths(value: &Value) -> f64 {
    (value.as_f64().unwrap_or_default() * 1e6).round() / 1e3
}

/// Text that both databases take.
fn text(text: &str, place: &str) -> Result<String, Error> {
    if text.contains('\0') {
        return Err(Error::input(format!("{place}: the character U+0000 cannot be searched for.")));
    }
    Ok(text.to_owned())
}

/// A day, as ISO 8601 writes it and nothing else.
pub fn date(value: &Value, place: &str) -> Result<NaiveDate, Error> {
    let text = value.as_str().unwrap_or_default();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    // The reader also takes signs, spaces, single digits, and years of more than four.
    day.filter(|day| text.len() == 10 && day.to_string() == text)
        .ok_or_else(|| Error::input(format!("{place}: {value} is no day; a day is written 2018-12-10.")))
}

/// An id of something of a type: an object, an interface or a union.
fn id(value: &Value, to: &str, place: &str) -> Result<Uuid, Error> {
    let Some((ty, id)) = value.as_str().and_then(ids::decode) else {
        return Err(Error::input(format!("{place}: {value} is not an id that this API gave.")));
    };
    if !Model::get().members(to).iter().any(|member| member.name == ty.name) {
        return Err(Error::input(format!(
            "{place}: this is an id of the type {}; one of the type {to} is needed.",
            ty.name
        )));
    }
    Ok(id)
}
