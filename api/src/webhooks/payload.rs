//! What is sent: what happened to what, and where it stands in the ledger. The thing itself only by the owner's own query.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::webhook::{Happened, NOTICE, PING, event_type};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::store::ids;
use crate::store::model::Model;
use crate::store::webhooks::Told;

/// A body is smaller than this, in bytes. Where the object would make it larger, it is left out, and the event says so.
pub(super) const LARGEST: usize = 20_000;

/// What the owner's query came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// There is none.
    NotAsked,
    /// Its answer.
    Answer(String),
    /// It cannot be answered for this thing.
    Unavailable,
}

/// What becomes of a delivery, as things are now.
#[derive(Debug, PartialEq)]
pub(super) enum Event {
    /// It is told so.
    Tell {
        /// Its type now.
        name: String,
        /// The body without the object.
        body: Value,
        /// The global id of the thing, where it is in sight.
        seen: Option<String>,
    },
    /// There is nothing to tell that was asked for.
    Nothing,
}

/// A test.
pub(super) fn ping(endpoint: Uuid, at: DateTime<Utc>) -> Value {
    json!({ "type": PING, "timestamp": written(at), "data": { "endpointId": global("WebhookEndpoint", endpoint) } })
}

/// What an entry tells, as its thing is in sight or not. `name` is the type that it had when it was found to be due; `types` are
/// those that the endpoint chose.
pub(super) fn event(told: &Told, (programme, sequence): (Uuid, i64), name: &str, types: &str) -> Event {
    let is_removal = name.ends_with(".removed");
    let name = match (told.is_seen, is_removal) {
        (true, false) => Some(name.to_owned()),
        // What was gone when it was due has come back meanwhile.
        (true, true) => event_type(&told.entity_type, Happened::Updated),
        (false, _) if told.entity_type == NOTICE => None,
        (false, _) => event_type(&told.entity_type, Happened::Removed),
    };
    let is_chosen = |name: &String| types.is_empty() || types.split_ascii_whitespace().any(|of| of == name);
    let Some(name) = name.filter(is_chosen) else { return Event::Nothing };
    let Some(id) = global(&told.entity_type, told.entity_id) else { return Event::Nothing };
    let mut data = Map::new();
    data.insert("id".to_owned(), json!(id));
    data.insert("entityType".to_owned(), json!(told.entity_type));
    data.insert("sequence".to_owned(), json!(sequence));
    let programme = json!({ "id": global("Programme", programme), "slug": told.slug });
    data.insert("programme".to_owned(), programme);
    if told.is_seen {
        data.insert("version".to_owned(), json!(told.version));
        data.insert("operation".to_owned(), json!(told.operation));
    }
    let body = json!({ "type": name, "timestamp": written(told.at), "data": data });
    Event::Tell { name, body, seen: told.is_seen.then_some(id) }
}

/// The body as it is sent, with the object where there is one and it is not too large.
pub(super) fn with_object(mut body: Value, object: Object) -> String {
    let say = |body: &mut Value, name: &str, what: Value| {
        if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut) {
            data.insert(name.to_owned(), what);
        }
    };
    match object {
        Object::NotAsked => {}
        Object::Unavailable => say(&mut body, "objectUnavailable", json!(true)),
        Object::Answer(answer) => {
            let mut whole = body.clone();
            say(&mut whole, "object", serde_json::from_str(&answer).unwrap_or_default());
            let whole = whole.to_string();
            if whole.len() < LARGEST {
                return whole;
            }
            say(&mut body, "objectTooLarge", json!(true));
        }
    }
    body.to_string()
}

fn global(ty: &str, id: Uuid) -> Option<String> {
    Some(ids::encode(Model::get().ty(ty)?.prefix?, id))
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(is_seen: bool) -> Told {
        Told {
            slug: "northshire".to_owned(),
            at: "2018-12-10T09:00:00Z".parse().unwrap(),
            entity_type: "Evidence".to_owned(),
            entity_id: Uuid::from_u128(7),
            version: 3,
            operation: "evidenceMark".to_owned(),
            is_seen,
        }
    }

    fn named(is_seen: bool, name: &str, types: &str) -> Option<(String, Value)> {
        match event(&told(is_seen), (Uuid::from_u128(1), 9), name, types) {
            Event::Tell { name, body, .. } => Some((name, body)),
            Event::Nothing => None,
        }
    }

    #[test]
    fn what_is_out_of_sight_is_gone_and_says_no_more() {
        let (name, body) = named(false, "evidence.updated", "").unwrap();
        assert_eq!((name.as_str(), &body["type"]), ("evidence.removed", &json!("evidence.removed")));
        let data = body["data"].as_object().unwrap();
        let keys: Vec<&str> = data.keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "entityType", "sequence", "programme"]);
        assert_eq!(named(false, "evidence.updated", "evidence.updated"), None);
        assert_eq!(named(true, "evidence.removed", "").unwrap().0, "evidence.updated");
        assert_eq!(named(true, "evidence.created", "evidence.created").unwrap().0, "evidence.created");
    }

    #[test]
    fn what_is_in_sight_says_its_version_and_what_was_done() {
        let (_, body) = named(true, "evidence.updated", "evidence.removed evidence.updated").unwrap();
        assert_eq!(body["timestamp"], "2018-12-10T09:00:00.000000Z");
        assert_eq!(
            (&body["data"]["version"], &body["data"]["operation"]),
            (&json!(3), &json!("evidenceMark"))
        );
    }

    #[test]
    fn an_object_that_is_too_large_is_left_out() {
        let body = || json!({ "type": "a", "data": { "id": "b" } });
        let answer = |length: usize| Object::Answer(json!({ "a": "x".repeat(length) }).to_string());
        let small = with_object(body(), answer(10));
        assert_eq!(small, r#"{"type":"a","data":{"id":"b","object":{"a":"xxxxxxxxxx"}}}"#);
        let large = with_object(body(), answer(LARGEST));
        assert_eq!(large, r#"{"type":"a","data":{"id":"b","objectTooLarge":true}}"#);
        assert_eq!(with_object(body(), Object::NotAsked), body().to_string());
        assert!(with_object(body(), Object::Unavailable).contains("objectUnavailable"));
        assert!(with_object(body(), answer(LARGEST - 60)).len() < LARGEST);
    }
}
