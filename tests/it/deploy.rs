//! What is in `deploy/` and beside it names things that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// The words of a text that begin so.
fn words<'a>(text: &'a str, begin: &'a str) -> BTreeSet<&'a str> {
    let is_word = |of: char| of.is_ascii_alphanumeric() || of == '_';
    text.split(|of| !is_word(of)).filter(|word| word.starts_with(begin) && word.len() > begin.len()).collect()
}

#[test]
fn alerts_and_dashboards_ask_for_metrics_that_are_documented() {
    let page = read("docs/operations.md");
    for file in ["deploy/alerts.yml", "deploy/grafana/dashboards/golden-thread.json"] {
        let text = read(file);
        let asked = words(&text, "golden_thread_");
        assert!(asked.len() > 5, "{file} asks for nothing");
        for name in asked {
            let of = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let is_there = |name: &str| page.contains(&format!("| `{name}` |"));
            assert!(is_there(name) || of.is_some_and(is_there), "{file}: there is no {name}");
        }
    }
    let dashboard: serde_json::Value =
        serde_json::from_str(&read("deploy/grafana/dashboards/golden-thread.json")).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 10);
}

#[test]
fn alerts_lead_to_what_the_page_says_of_them() {
    let (page, alerts) = (read("docs/operations.md"), read("deploy/alerts.yml"));
    let mut looked = 0;
    for place in
        alerts.lines().filter_map(|line| line.trim().strip_prefix("look: \"docs/operations.md#incidents, "))
    {
        let named = place.trim_end_matches('"');
        let is_there = page.lines().any(|line| line.starts_with("| **") && line.contains(named));
        assert!(is_there, "the table of incidents has no row for {named}");
        looked += 1;
    }
    assert_eq!(looked, alerts.matches("- alert: ").count());
}

#[test]
fn the_containers_set_options_that_there_are() {
    let page = read("docs/operations.md");
    for file in ["docker-compose.yml", "Dockerfile"] {
        for name in words(&read(file), "GOLDEN_THREAD_") {
            assert!(page.contains(&format!("`{name}`")), "{file}: there is no option {name}");
        }
    }
    // Nothing that opens a door is in the file itself.
    let compose = read("docker-compose.yml");
    for line in compose.lines().filter(|line| line.contains("PASSWORD") || line.contains("SECRET")) {
        let is_comment = line.trim_start().starts_with('#');
        assert!(is_comment || line.contains("${"), "a secret stands in the file: {line}");
    }
    let made = read("deploy/new-secrets");
    for name in ["DATABASE_PASSWORD", "STORE_PASSWORD", "GRAFANA_PASSWORD"] {
        assert!(compose.contains(&format!("${{{name}:?")) && made.contains(name), "{name}");
    }
}
