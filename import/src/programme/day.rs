//! Days in a programme file are TOML's own local dates (`2018-07-12`), without quotes and without a time.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error};

fn day(written: &toml::Value) -> Option<NaiveDate> {
    let toml::Value::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) = written
    else {
        return None;
    };
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

/// For `#[serde(with = "day::required")]`.
pub(super) mod required {
    use super::*;

    pub(in crate::programme) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<NaiveDate, D::Error> {
        let written = toml::Value::deserialize(from)?;
        day(&written).ok_or_else(|| {
            D::Error::custom(format!(
                "{written} is no day: write it without quotes and alone, as in 2018-07-12"
            ))
        })
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
