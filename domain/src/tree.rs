//! Trees that are kept as each thing's parent: terms of a direction, headings of a plan.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// What each comes down to: itself, or those below it that have nothing below them. Pairs of ancestor and leaf.
///
/// A thing without parts comes down to itself; one with parts comes down to them and not to itself.
pub fn leaves<K: Copy + Eq + Hash>(parents: &[(K, Option<K>)]) -> Vec<(K, K)> {
    let above: HashMap<K, K> = parents.iter().filter_map(|(id, parent)| Some((*id, (*parent)?))).collect();
    let have_parts: HashSet<K> = above.values().copied().collect();
    let mut pairs = Vec::new();
    for (leaf, _) in parents.iter().filter(|(id, _)| !have_parts.contains(id)) {
        let mut ancestor = Some(*leaf);
        while let Some(id) = ancestor {
            pairs.push((id, *leaf));
            ancestor = above.get(&id).copied();
        }
    }
    pairs
}

/// Whether putting `id` under `parent` would put it under itself.
pub fn closes_circle<K: Copy + Eq + Hash>(parents: &[(K, Option<K>)], id: K, parent: K) -> bool {
    let above: HashMap<K, K> = parents.iter().filter_map(|(id, parent)| Some((*id, (*parent)?))).collect();
    let ways_up = std::iter::successors(Some(parent), |at| above.get(at).copied());
    // A circle that stands already is walked once only.
    ways_up.take(parents.len() + 1).any(|at| at == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_comes_down_to_its_last_parts() {
        let mut pairs =
            leaves(&[("2", None), ("2.a", Some("2")), ("2.b", Some("2")), ("2.b.i", Some("2.b"))]);
        pairs.sort_unstable();

        let below = [("2", "2.a"), ("2", "2.b.i"), ("2.a", "2.a"), ("2.b", "2.b.i"), ("2.b.i", "2.b.i")];
        assert_eq!(pairs, below);
    }

    #[test]
    fn nothing_stands_below_itself() {
        let tree = [("2", None), ("2.a", Some("2")), ("2.a.i", Some("2.a")), ("3", None)];

        assert!(closes_circle(&tree, "2", "2.a.i"));
        assert!(closes_circle(&tree, "2", "2"));
        assert!(!closes_circle(&tree, "2", "3"));
        assert!(!closes_circle(&tree, "2.a.i", "2"));
    }

    #[test]
    fn a_circle_that_stands_already_does_not_hold_anyone_up() {
        assert!(!closes_circle(&[("1", Some("2")), ("2", Some("1"))], "3", "1"));
    }
}
