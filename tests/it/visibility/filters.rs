//! No filter, count or coverage tells whether a hidden row exists.

use serde_json::{Map, Value, json};

use super::eye::{Eye, Named};
use super::probes::{Probe, Prober, sorted};
use super::seed;
use crate::support::{Persona, TestApp, on_both};

/// How many filters one request carries.
const BATCH: usize = 50;

fn found(list: &Value) -> Vec<String> {
    let nodes = list["nodes"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    sorted(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()))
}

/// Asks for many filtered lists of a programme at once.
async fn ask(app: &TestApp, persona: Persona, slug: &str, probes: &[Probe]) -> Vec<Vec<String>> {
    let (mut heads, mut lists, mut variables) = (Vec::new(), Vec::new(), Map::new());
    for (index, probe) in probes.iter().enumerate() {
        heads.push(format!("$f{index}: {}", probe.ty));
        lists.push(format!("p{index}: {}(first: 100, filter: $f{index}) {{ nodes {{ id }} }}", probe.list));
        variables.insert(format!("f{index}"), probe.filter.clone());
    }
    let (heads, lists) = (heads.join(" "), lists.join(" "));
    let document = format!("query Q({heads}) {{ programme(slug: \"{slug}\") {{ {lists} }} }}");
    let answer = app.data(persona, &document, Value::from(variables)).await;
    (0..probes.len()).map(|index| found(&answer["programme"][format!("p{index}")])).collect()
}

#[tokio::test]
async fn a_filter_by_a_related_row_finds_what_it_would_if_hidden_rows_did_not_exist() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);
            for programme in record.programmes.iter().filter(|row| eye.sees(&row.gid())) {
                let probes = Prober { eye: &eye, programme: programme.id }.all();
                for some in probes.chunks(BATCH) {
                    let answers = ask(app, *persona, &programme.slug, some).await;
                    for (probe, found) in some.iter().zip(answers) {
                        assert_eq!(found, probe.finds, "{persona:?}: {} {}", probe.list, probe.filter);
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn coverage_counts_what_the_viewer_sees() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let document = "query Q($slug: String!) { programme(slug: $slug) { coverage { covered partial uncovered
            gaps(first: 100) { totalCount nodes { id coverage } } }
            recommendations(first: 100) { nodes { id coverage } } directionTerms(first: 100) { nodes { id coverage } } } }";
        let mut different = std::collections::BTreeSet::new();
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);
            for programme in record.programmes.iter().filter(|row| eye.sees(&row.gid())) {
                let demands = record.requirements.iter().filter(|row| row.programme_id == programme.id);
                let expected: Vec<(String, &str)> = demands
                    .filter(|row| eye.sees(&row.gid()))
                    .map(|row| (row.gid(), eye.coverage(row.id)))
                    .collect();
                let count = |what: &str| expected.iter().filter(|(_, coverage)| *coverage == what).count();

                let answer = app.data(*persona, document, json!({ "slug": programme.slug })).await;

                let report = &answer["programme"]["coverage"];
                let counted = [&report["covered"], &report["partial"], &report["uncovered"]];
                different.insert(format!("{counted:?}"));
                assert_eq!(counted, [count("COVERED"), count("PARTIAL"), count("UNCOVERED")], "{persona:?}");
                let gaps = expected.iter().filter(|(_, coverage)| *coverage != "COVERED");
                assert_eq!(found(&report["gaps"]), sorted(gaps.map(|(id, _)| id.clone())), "{persona:?}");
                assert_eq!(report["gaps"]["totalCount"], count("PARTIAL") + count("UNCOVERED"));
                for list in ["recommendations", "directionTerms"] {
                    for node in answer["programme"][list]["nodes"].as_array().unwrap() {
                        let (_, coverage) = expected.iter().find(|(id, _)| node["id"] == **id).unwrap();
                        assert_eq!(node["coverage"], *coverage, "{persona:?} {node}");
                    }
                }
            }
        }
        // The county is made so that the figures differ: the draft, the agreed and the unpublished count for some only.
        assert!(different.len() >= 4, "{different:?}");
    })
    .await;
}
