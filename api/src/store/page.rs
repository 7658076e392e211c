//! Pages of the lists in computed values: as long as those of any list, with cursors that hold for that very list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::store::computed::Asked;

/// The version of a cursor's form. A cursor of another version is refused.
const VERSION: u64 = 2;
/// The size of a page, unless given.
const DEFAULT_PAGE: usize = 20;

/// A page of a list, as it was asked for: its items lie where their keys say. Its size has been looked at by the planner.
#[derive(Debug, Clone)]
pub(super) struct Page<K> {
    mark: String,
    size: usize,
    backwards: bool,
    after: Option<K>,
    before: Option<K>,
}

impl<K: PartialOrd + Serialize + DeserializeOwned> Page<K> {
    /// Reads the arguments of a list. The mark says which list it is: a cursor of another is refused.
    pub fn read(asked: &Asked, mark: String) -> Result<Self, String> {
        let number = |name: &str| {
            asked.arguments.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok())
        };
        let bound = |name: &str| {
            match asked.arguments.get(name).and_then(Value::as_str) {
            None => Ok(None),
            Some(text) => decode(text, &mark).map(Some).ok_or_else(|| {
                format!("{name}: this is not a cursor of this list at this time; take one from its edges or pageInfo.")
            }),
        }
        };
        let (after, before) = (bound("after")?, bound("before")?);
        let (first, last) = (number("first"), number("last"));
        Ok(Self {
            size: first.or(last).unwrap_or(DEFAULT_PAGE),
            backwards: last.is_some(),
            after,
            before,
            mark,
        })
    }

    /// The page of the items, which are in order of their keys.
    pub fn of<T>(&self, items: &[T], key: impl Fn(&T) -> K, node: impl Fn(&T) -> Value) -> Value {
        let start = self.after.as_ref().map_or(0, |after| items.partition_point(|item| key(item) <= *after));
        let end = self
            .before
            .as_ref()
            .map_or(items.len(), |before| items.partition_point(|item| key(item) < *before));
        let within = items.get(start..end).unwrap_or_default();
        let skipped = within.len().saturating_sub(self.size);
        let shown = if self.backwards { &within[skipped..] } else { &within[..within.len() - skipped] };
        let edges: Vec<Value> = shown
            .iter()
            .map(|item| json!({ "cursor": self.cursor(&key(item)), "node": node(item) }))
            .collect();
        let nodes: Vec<Value> = edges.iter().map(|edge| edge["node"].clone()).collect();
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        let more = skipped > 0;
        json!({
            "pageInfo": {
                "hasNextPage": if self.backwards { self.before.is_some() } else { more },
                "hasPreviousPage": if self.backwards { more } else { self.after.is_some() },
                "startCursor": cursor(edges.first()),
                "endCursor": cursor(edges.last()),
            },
            "nodes": nodes,
            "edges": edges,
            "totalCount": items.len(),
        })
    }

    fn cursor(&self, key: &K) -> String {
        URL_SAFE_NO_PAD.encode(json!([VERSION, self.mark, key]).to_string())
    }
}

fn decode<K: DeserializeOwned>(text: &str, mark: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (version, of, key): (u64, String, K) = serde_json::from_slice(&bytes).ok()?;
    (version == VERSION && of == mark).then_some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn key(item: &u128) -> (Uuid, i64, Uuid) {
        (Uuid::nil(), 1, Uuid::from_u128(*item))
    }

    fn asked(arguments: Value) -> Asked {
        match arguments {
            Value::Object(arguments) => Asked { arguments, ..Asked::default() },
            _ => Asked::default(),
        }
    }

    fn page(items: &[u128], arguments: Value) -> Value {
        let page = Page::read(&asked(arguments), "actions".to_owned()).unwrap();
        page.of(items, key, |item| json!(*item as u64))
    }

    #[test]
    fn pages_follow_each_other_both_ways_and_hold_everything_once() {
        let items: Vec<u128> = (0..7).collect();
        for (size, from, has, cursor) in [
            ("first", "after", "hasNextPage", "endCursor"),
            ("last", "before", "hasPreviousPage", "startCursor"),
        ] {
            let mut seen = Vec::new();
            let mut at = Value::Null;
            loop {
                let found = page(&items, json!({ size: 3, from: at }));
                assert_eq!(found["totalCount"], 7);
                let nodes = found["nodes"].as_array().unwrap().clone();
                seen = if size == "first" { [seen, nodes].concat() } else { [nodes, seen].concat() };
                at = found["pageInfo"][cursor].clone();
                if found["pageInfo"][has] == false {
                    break;
                }
            }
            assert_eq!(json!(seen), json!([0, 1, 2, 3, 4, 5, 6]));
        }
    }

    #[test]
    fn a_page_is_of_twenty_unless_asked_otherwise() {
        let items: Vec<u128> = (0..30).collect();
        assert_eq!(page(&items, json!({}))["nodes"].as_array().unwrap().len(), 20);
        assert_eq!(page(&[], json!({}))["pageInfo"]["endCursor"], Value::Null);
    }

    #[test]
    fn a_cursor_belongs_to_one_list_at_its_time() {
        let cursor = page(&[1], json!({}))["edges"][0]["cursor"].clone();
        let read =
            |mark: &str| Page::<(Uuid, i64, Uuid)>::read(&asked(json!({ "after": cursor })), mark.to_owned());
        assert!(read("actions").is_ok());
        assert!(read("actions at another time").unwrap_err().starts_with("after: "));
    }

    proptest! {
        #[test]
        fn no_cursor_panics(text: String, keys: (u128, u128), first in 1usize..5) {
            decode::<(Uuid, i64, Uuid)>(&text, "");
            // Bounds that cross leave nothing.
            let cursor = |of: u128| page(&[of], json!({}))["edges"][0]["cursor"].clone();
            page(&[1, 2, 3], json!({ "after": cursor(keys.0), "before": cursor(keys.1), "first": first }));
        }
    }
}
