//! What events are called: the guide lists exactly those that can be chosen.

use std::collections::BTreeSet;

use domain::webhook::event_types;

use crate::visibility::everywhere::TYPES;

#[test]
fn the_guide_lists_the_types_that_can_be_chosen() {
    let page = include_str!("../../../docs/guide/webhooks.md");
    let recorded = TYPES.iter().map(|(ty, _)| *ty);
    let known: BTreeSet<String> = event_types(recorded).into_iter().collect();
    let words = page.split('`').skip(1).step_by(2);
    let named: BTreeSet<String> = words.filter(|word| known.contains(*word)).map(str::to_owned).collect();
    let things: BTreeSet<&str> = known.iter().filter_map(|of| of.strip_suffix(".updated")).collect();
    for thing in things {
        assert!(page.contains(&format!("`{thing}`")), "the guide does not name {thing}");
    }
    for notice in
        ["action.slipped", "action.dependency_late", "evidence.shared", "update.due", "challenge.put"]
    {
        assert!(named.contains(notice), "the guide does not name {notice}");
    }
}
