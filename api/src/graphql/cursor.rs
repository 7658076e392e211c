//! Cursors: the values of the order's keys, and a mark of the list they belong to. Opaque to clients.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::model::{OrderKey, Scalar};
use crate::store::plan::Cell;

/// The version of the form below. A cursor of another version is refused.
const VERSION: u64 = 1;

/// The mark of a list: which field it is, its filter and its order. A cursor of one list is an error in another. The same
/// filter is the same however its fields are ordered.
pub fn mark(field: &str, filter: Option<&Value>, order: Option<&Value>) -> String {
    let mut hash = Sha256::new();
    for part in [field, &filter.map(canonical).unwrap_or_default(), &order.map(canonical).unwrap_or_default()]
    {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..6])
}

fn canonical(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    value.to_string()
}

/// The cursor of a row.
pub fn encode<'a>(mark: &str, values: impl Iterator<Item = &'a Cell>) -> String {
    let values: Vec<Value> = values.map(json).collect();
    URL_SAFE_NO_PAD.encode(Value::from(vec![VERSION.into(), mark.into(), Value::from(values)]).to_string())
}

/// The values of a cursor; none where it is no cursor of this list.
pub fn decode(text: &str, mark: &str, order: &[OrderKey]) -> Option<Vec<Cell>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (version, of, values): (u64, String, Vec<Value>) = serde_json::from_slice(&bytes).ok()?;
    if version != VERSION || of != mark || values.len() != order.len() {
        return None;
    }
    values.iter().zip(order).map(|(value, key)| cell(value, key.scalar)).collect()
}

fn json(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Uuid(id) => id.simple().to_string().into(),
        Cell::Text(text) => text.as_str().into(),
        Cell::Number(number) => (*number).into(),
        Cell::Bool(is) => (*is).into(),
        Cell::Date(day) => day.to_string().into(),
        Cell::Moment(moment) => moment.to_rfc3339().into(),
        // No list is ordered by one.
        Cell::Json(_) => Value::Null,
    }
}

fn cell(value: &Value, scalar: Scalar) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Null);
    }
    Some(match scalar {
        Scalar::Text | Scalar::Words => {
            Cell::Text(value.as_str().filter(|text| !text.contains('\0'))?.to_owned())
        }
        Scalar::Int => Cell::Number(i32::try_from(value.as_i64()?).ok()?.into()),
        Scalar::Long | Scalar::Thousandths => Cell::Number(value.as_i64()?),
        Scalar::Bool => Cell::Bool(value.as_bool()?),
        Scalar::Date => Cell::Date(value.as_str()?.parse().ok().filter(is_storable)?),
        Scalar::Moment => {
            let moment: DateTime<Utc> = value.as_str()?.parse().ok()?;
            Cell::Moment(is_storable(&moment.date_naive()).then_some(moment)?)
        }
        Scalar::Uuid => Cell::Uuid(Uuid::try_parse(value.as_str()?).ok()?),
    })
}

/// Whether both databases can hold the day. Only a cursor that someone made up names another.
fn is_storable(day: &NaiveDate) -> bool {
    (0..=9999).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::model::OrderBy;
    use proptest::prelude::*;

    fn keys(scalars: &[Scalar]) -> Vec<OrderKey> {
        scalars
            .iter()
            .map(|scalar| OrderKey { by: OrderBy::Column("any"), scalar: *scalar, descending: false })
            .collect()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(name in "[^\0]*", number: i64, days in 0i64..80_000, micros in 0i64..4_000_000_000_000_000, id: u128) {
            let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Duration::days(days);
            let moment = DateTime::from_timestamp_micros(micros).unwrap();
            let values =
                [Cell::Text(name), Cell::Number(number), Cell::Date(day), Cell::Moment(moment), Cell::Null, Cell::Uuid(Uuid::from_u128(id))];
            let order = keys(&[Scalar::Text, Scalar::Long, Scalar::Date, Scalar::Moment, Scalar::Text, Scalar::Uuid]);

            let read = decode(&encode("mark", values.iter()), "mark", &order);

            prop_assert_eq!(read, Some(values.to_vec()));
        }

        #[test]
        fn no_text_panics(text: String) {
            decode(&text, "mark", &keys(&[Scalar::Uuid]));
        }
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        let cursor = encode(&mark("Plan.actions", None, None), [Cell::Number(1)].iter());

        assert!(decode(&cursor, &mark("Plan.actions", None, None), &keys(&[Scalar::Int])).is_some());
        assert!(decode(&cursor, &mark("Programme.actions", None, None), &keys(&[Scalar::Int])).is_none());
        let filter = Value::from("filter");
        assert!(decode(&cursor, &mark("Plan.actions", Some(&filter), None), &keys(&[Scalar::Int])).is_none());
        assert!(decode(&cursor, &mark("Plan.actions", None, None), &keys(&[Scalar::Date])).is_none());
    }
}
