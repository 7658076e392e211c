//! Whether two answers are the same, and if not, where they first differ.

use anyhow::{Result, bail};
use serde_json::Value;

pub(super) fn same(one: &Value, other: &Value) -> Result<()> {
    match difference(one, other, "") {
        Some(path) => bail!("at {path}"),
        None => Ok(()),
    }
}

fn difference(one: &Value, other: &Value, path: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            let mut keys = keys.map(|key| match (a.get(key), b.get(key)) {
                (Some(a), Some(b)) => difference(a, b, &format!("{path}.{key}")),
                _ => Some(format!("{path}.{key}: only one has it")),
            });
            keys.find_map(|found| found)
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut items = a.iter().zip(b).enumerate();
            items.find_map(|(index, (a, b))| difference(a, b, &format!("{path}[{index}]")))
        }
        (Value::Array(a), Value::Array(b)) => Some(format!("{path}: {} and {} items", a.len(), b.len())),
        (a, b) => (a != b).then(|| format!("{path}: {a} and {b}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named_by_its_place() {
        let one = json!({"a": [1, {"b": 2}]});
        assert!(same(&one, &json!({"a": [1, {"b": 2}]})).is_ok());
        for (other, place) in [
            (json!({"a": [1, {"b": 3}]}), "at .a[1].b: 2 and 3"),
            (json!({"a": [1]}), "at .a: 2 and 1 items"),
            (json!({"a": [1, {"b": 2, "c": null}]}), "at .a[1].c: only one has it"),
        ] {
            assert_eq!(same(&one, &other).unwrap_err().to_string(), place);
        }
    }
}
