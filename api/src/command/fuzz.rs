//! What a mutation is given, as far as it is read without a database.

use serde_json::Value;

use super::execute::take_key;
use super::input::text_errors;
use super::registry::Registered;

/// Takes the key from an input, screens its texts, and reads it.
pub(crate) fn input(command: &Registered, input: Value) {
    if let Ok((input, _)) = take_key(input, command, None) {
        text_errors(&input);
        let _ = (command.prepare)(&input);
    }
}
