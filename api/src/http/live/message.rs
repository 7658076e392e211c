//! The messages of graphql-transport-ws, read strictly.

use serde_json::{Map, Value};

use super::super::body::{self, Parameters};

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 128;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(in super::super) enum Message {
    /// It is there, and who it is.
    Init(Map<String, Value>),
    /// It asks whether we are there.
    Ping(Option<Value>),
    /// It is there.
    Pong,
    /// It asks for an operation.
    Subscribe(String, Box<Parameters>),
    /// It wants to hear no more of one.
    Complete(String),
}

/// Reads a message; what is wrong with it where it is none, in words that repeat nothing of it.
pub(in super::super) fn read(text: &str) -> Result<Message, &'static str> {
    if body::has_too_many_values(text.as_bytes()) {
        return Err("A message has 20000 values at most");
    }
    let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
        return Err("A message must be a JSON object");
    };
    let Some(Value::String(kind)) = message.shift_remove("type") else {
        return Err("A message must have a type");
    };
    match kind.as_str() {
        "connection_init" => match message.shift_remove("payload") {
            None | Some(Value::Null) => Ok(Message::Init(Map::new())),
            Some(Value::Object(payload)) => Ok(Message::Init(payload)),
            Some(_) => Err("The payload of connection_init must be an object"),
        },
        "ping" | "pong" => match message.shift_remove("payload") {
            None | Some(Value::Null) => Ok(if kind == "ping" { Message::Ping(None) } else { Message::Pong }),
            Some(payload @ Value::Object(_)) => {
                Ok(if kind == "ping" { Message::Ping(Some(payload)) } else { Message::Pong })
            }
            Some(_) => Err("The payload of ping and pong must be an object"),
        },
        "subscribe" => {
            let id = id(&mut message)?;
            let payload = message.shift_remove("payload").unwrap_or_default();
            let payload = body::from_value(payload);
            let payload = payload.map_err(|_| "The payload of subscribe must be a request")?;
            Ok(Message::Subscribe(id, Box::new(payload)))
        }
        "complete" => Ok(Message::Complete(id(&mut message)?)),
        _ => Err("This type of message is not known"),
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, &'static str> {
    match message.shift_remove("id") {
        Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(id),
        _ => Err("An id must be a string of 1 to 128 bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    #[test]
    fn each_kind_of_message() {
        let said = |value: Value| read(&value.to_string());
        assert_eq!(said(json!({"type": "connection_init"})), Ok(Message::Init(Map::new())));
        assert_eq!(
            said(json!({"type": "ping", "payload": {"a": 1}})),
            Ok(Message::Ping(Some(json!({"a": 1}))))
        );
        assert_eq!(said(json!({"type": "pong"})), Ok(Message::Pong));
        assert_eq!(said(json!({"type": "complete", "id": "1"})), Ok(Message::Complete("1".into())));
        let parameters = Parameters { query: "{a}".into(), ..Parameters::default() };
        let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": "{a}"}});
        assert_eq!(said(subscribe), Ok(Message::Subscribe("1".into(), Box::new(parameters))));
    }

    #[rstest]
    #[case("")]
    #[case("[]")]
    #[case("{}")]
    #[case(r#"{"type":1}"#)]
    #[case(r#"{"type":"start","id":"1"}"#)]
    #[case(r#"{"type":"connection_init","payload":[]}"#)]
    #[case(r#"{"type":"ping","payload":"x"}"#)]
    #[case(r#"{"type":"complete"}"#)]
    #[case(r#"{"type":"subscribe","payload":{"query":"{a}"}}"#)]
    #[case(r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#)]
    #[case(r#"{"type":"subscribe","id":"1"}"#)]
    #[case(r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#)]
    fn what_is_no_message(#[case] text: &str) {
        let reason = read(text).unwrap_err();
        // A close frame holds 123 bytes.
        assert!(reason.len() <= 123, "{reason}");
    }

    proptest! {
        #[test]
        fn no_message_panics(text in ".{0,200}") {
            let _ = read(&text);
        }

        #[test]
        fn an_id_is_of_128_bytes_at_most(length in 1usize..300) {
            let text = json!({"type": "complete", "id": "x".repeat(length)}).to_string();
            prop_assert_eq!(read(&text).is_ok(), length <= 128);
        }
    }
}
