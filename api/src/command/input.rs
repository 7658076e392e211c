//! What inputs are made of, and what holds for every text in them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::refusal::{ErrorCode, UserError};

/// At most so many characters in one text.
const LONGEST_TEXT: usize = 20_000;
/// At most so many in a table that comes as a text.
const LONGEST_TABLE: usize = 200_000;

/// At most so many characters has the theme of what people said, or of an audit.
pub(super) const LONGEST_THEME: usize = 100;

/// The path of the list of actions in every input that has one.
pub(super) const ACTIONS: &str = "actionIds";
/// The path of the list of requirements.
pub(super) const REQUIREMENTS: &str = "requirementIds";

/// A global id as the client gave it. What it names is looked up by [`super::Work::find`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct GlobalId(pub String);

/// A field of an update: omitted leaves alone, null clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It was not given.
    #[default]
    Keep,
    /// It was given as null.
    Clear,
    /// It was given.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T> Patch<T> {
    /// The value that the field has then.
    pub fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::Set(new) => Some(new),
        }
    }

    /// The value of a field that cannot be without one.
    ///
    /// # Errors
    /// It was to be cleared.
    pub fn required(self, old: T, path: &str) -> Result<T, UserError> {
        match self {
            Self::Keep => Ok(old),
            Self::Set(new) => Ok(new),
            Self::Clear => {
                Err(UserError::invalid(path, "This cannot be cleared: leave it out, or give a value."))
            }
        }
    }

    /// Whether the field was given, be it as null.
    pub fn is_given(&self) -> bool {
        !matches!(self, Self::Keep)
    }
}

/// What is wrong with the texts of an input, wherever they stand in it. No text is ever repeated in a message.
pub fn text_errors(input: &Value) -> Vec<UserError> {
    let mut errors = Vec::new();
    look(input, &mut String::new(), &mut errors);
    errors
}

fn look(value: &Value, path: &mut String, errors: &mut Vec<UserError>) {
    let before = path.len();
    let mut below = |part: &str, value: &Value| {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(part);
        look(value, path, errors);
        path.truncate(before);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, item)| below(&place.to_string(), item))
        }
        Value::String(text) => errors.extend(text_error(text, path)),
        _ => {}
    }
}

fn text_error(text: &str, path: &str) -> Option<UserError> {
    if let Some(kind) = domain::personal::find(text) {
        let message = format!(
            "This text seems to hold {}. No child may be identifiable in this record: say it without the number.",
            kind.name()
        );
        return Some(UserError::new(ErrorCode::PersonalDataSuspected, path, message));
    }
    let longest = if path == "csv" { LONGEST_TABLE } else { LONGEST_TEXT };
    let message = if text.trim().is_empty() {
        "This is empty: give a text, or leave it out (null clears it, where it can be cleared).".to_owned()
    } else if text.chars().any(|sign| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t')) {
        "This holds control characters, which no text may.".to_owned()
    } else if text.chars().nth(longest).is_some() {
        format!("This is over {longest} characters, which is the limit: put it into a document.")
    } else {
        return None;
    };
    Some(UserError::invalid(path, message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Update {
        aim: Patch<String>,
    }

    #[test]
    fn omitted_and_null_are_told_apart() {
        let read = |json| serde_json::from_value::<Update>(json).unwrap().aim;

        assert_eq!(read(json!({})), Patch::Keep);
        assert_eq!(read(json!({ "aim": null })), Patch::Clear);
        assert_eq!(read(json!({ "aim": "See every child" })), Patch::Set("See every child".to_owned()));
    }

    #[test]
    fn what_cannot_be_without_a_value_is_not_cleared() {
        assert_eq!(Patch::<i32>::Clear.required(1, "position").unwrap_err().field, ["position"]);
        assert_eq!(Patch::Keep.required(1, "position"), Ok(1));
    }

    #[test]
    fn every_text_is_looked_at_wherever_it_stands() {
        let input =
            json!({ "a": "fine", "list": [{ "text": " " }, { "text": "a\u{0}b" }], "n": 3, "none": null });

        let places: Vec<_> = text_errors(&input).iter().map(|error| error.field.join(".")).collect();

        assert_eq!(places, ["list.0.text", "list.1.text"]);
    }

    #[test]
    fn a_personal_number_is_named_by_kind_and_never_repeated() {
        let errors = text_errors(&json!({ "narrative": "Seen with 999 000 0018 today" }));

        assert_eq!(errors[0].code, ErrorCode::PersonalDataSuspected);
        assert!(errors[0].message.contains("an NHS number") && !errors[0].message.contains("999"));
    }

    #[test]
    fn a_text_can_be_long_but_not_endless() {
        assert!(text_errors(&json!("é".repeat(LONGEST_TEXT))).is_empty());
        assert_eq!(text_errors(&json!("é".repeat(LONGEST_TEXT + 1))).len(), 1);
    }
}
