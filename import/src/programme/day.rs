//! Days in a programme file are TOML's own local dates (`2018-07-12`), without quotes and without a time.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error};

fn day(written: toml::value::Datetime) -> Result<NaiveDate, String> {
    let wanted = "write a day alone, as in 2018-07-12";
    match (written.date, written.time, written.offset) {
        (Some(date), None, None) => {
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
                .ok_or_else(|| format!("`{written}` is no day of the calendar: {wanted}"))
        }
        _ => Err(format!("`{written}` is no day: {wanted}")),
    }
}

/// For `#[serde(with = "day::required")]`.
pub(super) mod required {
    use super::*;

    pub(in crate::programme) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<NaiveDate, D::Error> {
        day(toml::value::Datetime::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// For `#[serde(default, with = "day::optional")]`.
pub(super) mod optional {
    use super::*;

    pub(in crate::programme) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<NaiveDate>, D::Error> {
        required::deserialize(from).map(Some)
    }
}
