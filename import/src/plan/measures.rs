//! Measures of success in the words of a plan, with the target among them where one number is clearly it.

use std::sync::LazyLock;

use regex::Regex;

use super::model::Measure;
use super::steps;
use super::text::{has_substance, pattern, squash};

static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(\d{1,3}(?:\.\d+)?)\s*(?:%|per\s?cent\b)"));
/// A change by so much, and what is being left behind, are no targets.
static NO_TARGET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:by|from|currently|baseline(?:\s+of)?|was|is)\s*:?\s*$"));
static LIMIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:targets?(?:\s+(?:is|of))?\s*[:=–-]?|at least|no more than|not more than|fewer than|less than|below|under|above|more than|over|maximum(?: of)?|minimum(?: of)?)\s*(\d{1,6}(?:\.\d+)?)(?:\s+(\p{L}+))?",
    )
});

/// Reads a cell of measures.
pub(crate) fn read(text: &str) -> Vec<Measure> {
    let mut measures: Vec<Measure> = Vec::new();
    for line in steps::lines(text) {
        let text = squash(&line);
        // A second print of the same words, as merged cells have it.
        if has_substance(&text) && !measures.iter().any(|known| known.text == text) {
            let (target, unit) = target(&text);
            measures.push(Measure { text, target, unit });
        }
    }
    measures
}

fn target(text: &str) -> (Option<f64>, Option<String>) {
    let percents: Vec<f64> = PERCENT
        .captures_iter(text)
        .filter(|found| found.get(0).is_some_and(|whole| !NO_TARGET.is_match(&text[..whole.start()])))
        .filter_map(|found| found[1].parse().ok())
        .collect();
    match percents.as_slice() {
        [one] => return (Some(*one), Some("%".to_owned())),
        [_, ..] => return (None, None),
        [] => {}
    }
    if PERCENT.is_match(text) {
        return (None, None);
    }
    let limits: Vec<_> = LIMIT.captures_iter(text).collect();
    match limits.as_slice() {
        [one] => (one[1].parse().ok(), one.get(2).map(|unit| unit.as_str().to_owned())),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_found_where_it_is_clear() {
        for (text, target, unit) in [
            ("Target for 30 days - 81%", Some(81.0), Some("%")),
            ("Target – 57.5%", Some(57.5), Some("%")),
            ("90 per cent of rotas are published on time", Some(90.0), Some("%")),
            ("Late rotas fall from 30% to 12%", Some(12.0), Some("%")),
            ("Late rotas fall by 10%", None, None),
            ("Between 10% and 20%", None, None),
            ("No more than 18 shifts each", Some(18.0), Some("shifts")),
            ("Staff say that rotas are fair", None, None),
        ] {
            let found = &read(text)[0];
            assert_eq!((found.target, found.unit.as_deref()), (target, unit), "{text}");
        }
    }

    #[test]
    fn each_bullet_is_a_measure() {
        let texts: Vec<String> = read("• Rotas are fair\n• 90% are published\non time")
            .into_iter()
            .map(|measure| measure.text)
            .collect();
        assert_eq!(texts, ["Rotas are fair", "90% are published on time"]);
    }
}
