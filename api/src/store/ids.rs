//! Global ids: `act_` and 32 hexadecimal digits. Opaque to clients, typed for us: a wrong kind of id is an error.

use uuid::Uuid;

use crate::store::model::{Model, TypeDef};

/// Writes a global id.
pub fn encode(prefix: &str, id: Uuid) -> String {
    format!("{prefix}_{}", id.simple())
}

/// Reads a global id: the type that it names, and which one. None where no id of ours looks like that.
pub fn decode(text: &str) -> Option<(&'static TypeDef, Uuid)> {
    let (prefix, digits) = text.split_once('_')?;
    let canonical = digits.len() == 32 && !digits.bytes().any(|byte| byte.is_ascii_uppercase());
    let id = Uuid::try_parse(digits).ok().filter(|_| canonical)?;
    Some((Model::get().by_prefix(prefix)?, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes: [u8; 16]) {
            let id = Uuid::from_bytes(bytes);
            let (ty, read) = decode(&encode("act", id)).unwrap();
            prop_assert_eq!((ty.name, read), ("Action", id));
        }

        #[test]
        fn no_text_panics(text: String) {
            decode(&text);
        }
    }

    #[test]
    fn only_the_one_spelling_is_an_id() {
        let id = encode("act", Uuid::nil());

        assert!(decode(&id).is_some());
        assert!(decode(&id.replace("act", "xyz")).is_none());
        assert!(decode(&id.to_uppercase()).is_none());
        assert!(decode("act_00000000-0000-0000-0000-000000000000").is_none());
    }
}
