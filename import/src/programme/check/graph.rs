//! What leads from one entry to another must not lead back to where it began.

use super::Report;
use crate::programme::ProgrammeFile;
use std::collections::BTreeMap;

pub(super) fn check(file: &ProgrammeFile, report: &mut Report) {
    let mut waits: Edges = BTreeMap::new();
    let name = |plan: &str, action: &str| format!("{plan} / {action}");
    for plan in &file.plans {
        for action in &plan.actions {
            let on = action.depends_on.iter().map(|d| name(&d.plan, &d.action));
            waits.entry(name(&plan.key, &action.reference)).or_default().extend(on);
        }
    }
    for progress in &file.progress {
        let on = progress.depends_on.iter().map(|d| name(&d.plan, &d.action));
        waits.entry(name(&progress.plan, &progress.action)).or_default().extend(on);
    }
    // An action that waits for itself alone is named where it is written.
    for (from, to) in &mut waits {
        to.retain(|on| on != from);
    }
    refuse(report, "plan.action, progress", "depends_on", &waits, "an action cannot wait for itself");
    let follows = file.plans.iter().map(|p| (p.key.clone(), p.follows.iter().cloned().collect())).collect();
    refuse(report, "plan", "follows", &follows, "a plan follows an earlier one");
    let supersedes =
        file.directions.iter().map(|d| (d.key.clone(), d.supersedes.iter().cloned().collect())).collect();
    refuse(report, "direction", "supersedes", &supersedes, "a direction revises an earlier one");
}

type Edges = BTreeMap<String, Vec<String>>;

fn refuse(report: &mut Report, table: &'static str, field: &str, edges: &Edges, right: &str) {
    if let Some(circle) = circle(edges) {
        report.at(table, circle[0].as_str()).add(
            field,
            format!("goes in a circle: {}", circle.join(" -> ")),
            format!("{right}: take one of them out"),
        );
    }
}

/// The first circle found, its first name repeated at the end. Without recursion: a file may be as deep as it likes.
fn circle(edges: &Edges) -> Option<Vec<String>> {
    let mut finished: std::collections::BTreeSet<&str> = Default::default();
    for start in edges.keys() {
        // The path to where we are, each name with the number of its edges already tried.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: BTreeMap<&str, usize> = BTreeMap::from([(start.as_str(), 0)]);
        while let Some((here, tried)) = path.last_mut() {
            let next = edges.get(*here).and_then(|to| to.get(*tried));
            *tried += 1;
            match next {
                _ if finished.contains(*here) => drop_last(&mut path, &mut on_path),
                None => {
                    finished.insert(*here);
                    drop_last(&mut path, &mut on_path);
                }
                Some(next) => match on_path.get(next.as_str()) {
                    Some(begins) => {
                        let names = path[*begins..].iter().map(|(name, _)| (*name).to_owned());
                        return Some(names.chain([next.clone()]).collect());
                    }
                    None => {
                        on_path.insert(next, path.len());
                        path.push((next, 0));
                    }
                },
            }
        }
    }
    None
}

fn drop_last<'a>(path: &mut Vec<(&'a str, usize)>, on_path: &mut BTreeMap<&'a str, usize>) {
    if let Some((name, _)) = path.pop() {
        on_path.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edges(pairs: &[(u8, u8)]) -> Edges {
        let mut edges = Edges::new();
        for (from, to) in pairs {
            edges.entry(from.to_string()).or_default().push(to.to_string());
        }
        edges
    }

    #[test]
    fn a_circle_is_named_from_where_it_begins() {
        let found = circle(&edges(&[(0, 1), (1, 2), (2, 3), (3, 1)]));
        assert_eq!(found, Some(["1", "2", "3", "1"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn two_ways_to_one_place_are_no_circle() {
        assert_eq!(circle(&edges(&[(0, 1), (0, 2), (1, 3), (2, 3)])), None);
    }

    proptest! {
        #[test]
        fn edges_that_only_lead_upwards_make_no_circle(pairs in prop::collection::vec((0u8..20, 1u8..20), 0..60)) {
            let upwards: Vec<_> = pairs.iter().map(|(from, by)| (*from, from + by)).collect();
            prop_assert_eq!(circle(&edges(&upwards)), None);
        }

        #[test]
        fn closing_a_way_makes_a_circle_of_real_edges(
            pairs in prop::collection::vec((0u8..12, 0u8..12), 0..40),
            length in 1u8..12,
        ) {
            let mut all = pairs;
            all.extend((0..length).map(|n| (n, (n + 1) % length)));
            let edges = edges(&all);
            let circle = circle(&edges).expect("there is one");
            prop_assert_eq!(circle.first(), circle.last());
            for pair in circle.windows(2) {
                prop_assert!(edges[&pair[0]].contains(&pair[1]));
            }
        }
    }
}
