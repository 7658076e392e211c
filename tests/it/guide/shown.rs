//! Whether what a page shows is what comes.

use serde_json::Value;

const ANYTHING: &str = "…";

/// Compares a shown value with a real one; tells where they differ. In what is shown, "…" stands for any value but null,
/// "act_…" for a text that begins so, "…" at the end of a list for more of it, and a field "…" for other fields.
///
/// # Errors
/// The first place where they differ.
pub fn fits(shown: &Value, real: &Value, at: &str) -> Result<(), String> {
    let differs = || Err(format!("{at}: shown is {shown}, but it is {real}"));
    match (shown, real) {
        (Value::String(text), Value::String(real)) if text.ends_with(ANYTHING) => {
            if real.starts_with(text.trim_end_matches(ANYTHING)) { Ok(()) } else { differs() }
        }
        (Value::String(text), real) if text == ANYTHING && !real.is_null() => Ok(()),
        (Value::Array(shown), Value::Array(real)) => {
            let (shown, more) = match shown.split_last() {
                Some((last, before)) if last == ANYTHING => (before, true),
                _ => (&shown[..], false),
            };
            if shown.len() > real.len() || (!more && shown.len() != real.len()) {
                return Err(format!("{at}: {} are shown of {}", shown.len(), real.len()));
            }
            (0..shown.len()).try_for_each(|index| fits(&shown[index], &real[index], &format!("{at}/{index}")))
        }
        (Value::Object(shown), Value::Object(real)) => {
            let more = shown.contains_key(ANYTHING);
            let missing = real.keys().find(|key| !more && !shown.contains_key(*key));
            if let Some(key) = missing {
                return Err(format!("{at}/{key} is not shown: {}", real[key]));
            }
            let mut shown = shown.iter().filter(|(key, _)| *key != ANYTHING);
            shown.try_for_each(|(key, value)| match real.get(key) {
                Some(real) => fits(value, real, &format!("{at}/{key}")),
                None => Err(format!("{at}/{key} is shown, but does not come")),
            })
        }
        _ if shown == real => Ok(()),
        _ => differs(),
    }
}

#[test]
fn what_differs_is_found() {
    use serde_json::json;
    let real = json!({ "a": [1, 2, 3], "id": "act_17", "n": null, "at": 5 });
    for shown in [
        real.clone(),
        json!({ "a": [1, "…"], "id": "act_…", "n": null, "at": "…" }),
        json!({ "a": ["…"], "…": "…" }),
    ] {
        assert_eq!(fits(&shown, &real, ""), Ok(()), "{shown}");
    }
    for shown in [
        json!({ "a": [1, 2], "…": "…" }),
        json!({ "a": [1, 2, 4], "…": "…" }),
        json!({ "a": [1, 2, 3, 4], "…": "…" }),
        json!({ "id": "ev_…", "…": "…" }),
        json!({ "n": "…", "…": "…" }),
        json!({ "b": 1, "…": "…" }),
        json!({ "id": "act_17" }),
    ] {
        assert!(fits(&shown, &real, "").is_err(), "{shown}");
    }
}
