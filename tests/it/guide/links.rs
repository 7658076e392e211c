//! Links from page to page lead somewhere.

use std::collections::BTreeSet;
use std::fs;

use super::{files, pages, read, root};

/// The anchors that GitHub gives to the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
    let anchor = |line: &str| {
        line.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect::<String>()
    };
    headings.map(|line| anchor(line).replace(' ', "-")).collect()
}

/// The targets of a page's links.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

#[test]
fn links_lead_somewhere() {
    let examples = files("docs/examples", ".md");
    let mut count = 0;
    for (name, text) in pages().into_iter().chain(examples.iter().map(|path| read(path))) {
        let here = root().join(&name);
        for target in targets(&text).filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { here.clone() } else { here.parent().unwrap().join(file) };
            assert!(path.exists(), "{name}: {target}");
            if !anchor.is_empty() {
                let there = fs::read_to_string(&path).unwrap();
                assert!(anchors(&there).contains(anchor), "{name}: {target}");
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}
