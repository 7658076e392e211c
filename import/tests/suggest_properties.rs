//! Properties of the suggestions that hold for any words.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use import::plan::{Demand, LEAST_SCORE, Row, Suggestion, Understanding, report_suggestions, suggest};
use proptest::prelude::*;

fn understanding(aims: &[String]) -> Understanding {
    let row = |(at, aim): (usize, &String)| Row {
        reference: Some(format!("1.{at}")),
        aim: Some(aim.clone()),
        ..Row::default()
    };
    let rows = aims.iter().enumerate().map(row).collect();
    Understanding { rows, gaps: Vec::new(), questions: Vec::new(), ignored: Vec::new() }
}

fn demands(texts: &[String]) -> Vec<Demand> {
    let demand =
        |(at, text): (usize, &String)| Demand { id: at.to_string(), reference: None, text: text.clone() };
    texts.iter().enumerate().map(demand).collect()
}

/// Sentences of few words, so that rows and requirements are often alike.
fn sentence() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "ferry",
        "ferries",
        "lantern",
        "lanterns",
        "fog",
        "tide",
        "keeper",
        "the",
        "and",
        "of",
        "quality",
        "ensure",
        "sandbank",
        "rope",
        "buoy",
        "anchor",
        "rehearse",
        "estuary",
        "storm's",
        "night-time",
        "ﬁsh",
        "İstanbul",
        "ß",
        "½",
        "pilot",
        "rudder",
        "compass",
        "mast",
        "children",
        "improve",
    ]);
    let mark = proptest::sample::select(vec![" ", ", ", "; ", " – ", " (", ") ", "\n", ". "]);
    proptest::collection::vec((word, mark), 0..25)
        .prop_map(|words| words.into_iter().map(|(word, mark)| format!("{word}{mark}")).collect())
}

/// Sentences of words that nothing else has.
fn telling() -> impl Strategy<Value = String> {
    proptest::collection::vec("[b-df-hj-np-tv-xz]{5,9}", 3..12).prop_map(|words| words.join(" "))
}

/// What was suggested, by row and demand, in an order of their own.
fn sorted(suggestions: Vec<Suggestion>) -> Vec<(String, String, String)> {
    let plain = |found: Suggestion| {
        (found.reference.unwrap(), found.requirement, format!("{:.2} {}", found.score, found.words))
    };
    let mut plain: Vec<_> = suggestions.into_iter().map(plain).collect();
    plain.sort();
    plain
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn scores_are_between_the_least_and_one_and_nothing_is_linked(
        aims in proptest::collection::vec(sentence(), 0..6),
        texts in proptest::collection::vec(sentence(), 0..8),
    ) {
        let (plan, asked) = (understanding(&aims), demands(&texts));
        let before = plan.clone();
        let suggestions = suggest(&plan, &asked);
        prop_assert_eq!(&plan, &before);
        for found in &suggestions {
            prop_assert!((LEAST_SCORE..=1.0).contains(&found.score), "{:?}", found);
            prop_assert!(!found.words.is_empty());
            prop_assert!(asked.iter().any(|demand| demand.id == found.requirement));
        }
        for row in &plan.rows {
            let of_row: Vec<f64> =
                suggestions.iter().filter(|found| found.reference == row.reference).map(|found| found.score).collect();
            prop_assert!(of_row.len() <= 10);
            prop_assert!(of_row.is_sorted_by(|one, two| one >= two));
        }
        report_suggestions(&plan, &suggestions, &asked);
        prop_assert_eq!(suggest(&plan, &asked), suggestions, "twice is the same");
    }

    #[test]
    fn no_text_makes_it_panic(aim in "\\PC{0,80}", text in "\\PC{0,80}") {
        let plan = understanding(&[aim.clone(), text.clone()]);
        suggest(&plan, &demands(&[text, aim]));
    }

    #[test]
    fn order_and_company_change_no_score(
        aims in proptest::collection::vec(sentence(), 1..5),
        texts in proptest::collection::vec(sentence(), 1..4),
    ) {
        let all = suggest(&understanding(&aims), &demands(&texts));
        let mut asked = demands(&texts);
        asked.reverse();
        prop_assert_eq!(sorted(suggest(&understanding(&aims), &asked)), sorted(all.clone()));
        for (at, row) in understanding(&aims).rows.into_iter().enumerate() {
            let alone = Understanding { rows: vec![row], ..understanding(&[]) };
            let of_row = all.iter().filter(|found| found.reference == Some(format!("1.{at}"))).cloned();
            prop_assert_eq!(sorted(suggest(&alone, &demands(&texts))), sorted(of_row.collect()));
        }
    }

    #[test]
    fn capitals_and_marks_change_no_score(aim in sentence(), text in sentence()) {
        // What a capital of another alphabet becomes is that alphabet's own affair.
        let ascii = |text: &str| text.chars().filter(char::is_ascii).collect::<String>();
        let (aim, text) = (ascii(&aim), ascii(&text));
        let scores = |aim: &str, text: &str| {
            let found = suggest(&understanding(&[aim.to_owned()]), &demands(&[text.to_owned()]));
            found.into_iter().map(|found| found.score).collect::<Vec<_>>()
        };
        let plain = scores(&aim, &text);
        prop_assert_eq!(&scores(&aim.to_uppercase(), &text), &plain);
        prop_assert_eq!(&scores(&aim, &text.replace(' ', " \u{200B}— ").replace('\'', "’")), &plain);
    }

    #[test]
    fn a_requirement_word_by_word_scores_one_whatever_stands_around_it(
        text in telling(),
        before in sentence(),
        after in sentence(),
        others in proptest::collection::vec(telling(), 0..6),
    ) {
        let asked = demands(&[vec![text.clone()], others].concat());
        let found = suggest(&understanding(&[format!("{before} {text} {after}")]), &asked);
        prop_assert_eq!(found.first().map(|found| (found.requirement.as_str(), found.score)), Some(("0", 1.0)));
    }

    #[test]
    fn two_texts_of_one_length_are_as_alike_as_the_other_way_round(
        own in proptest::collection::vec("[b-df-hj-np-tv-xz]{5,9}", 12),
        shared in telling(),
        length in 0usize..6,
    ) {
        let one = format!("{} {shared}", own[..length].join(" "));
        let two = format!("{shared} {}", own[6..6 + length].join(" "));
        // Compared with one requirement alone, every word tells the same.
        let scores = |aim: &String, text: &String| {
            let found = suggest(&understanding(std::slice::from_ref(aim)), &demands(std::slice::from_ref(text)));
            found.into_iter().map(|found| found.score).collect::<Vec<_>>()
        };
        prop_assert_eq!(scores(&one, &two), scores(&two, &one));
    }

    #[test]
    fn more_of_it_scores_no_less(words in proptest::collection::vec("[b-df-hj-np-tv-xz]{5,9}", 6..14), cut in 3usize..6) {
        let text = words.join(" ");
        let score = |aim: String| {
            let found = suggest(&understanding(&[aim]), &demands(std::slice::from_ref(&text)));
            found.first().map_or(0.0, |found| found.score)
        };
        let (less, more) = (score(words[..cut].join(" ")), score(words[..=cut].join(" ")));
        prop_assert!(less <= more && more <= score(text.clone()), "{} {}", less, more);
    }
}

/// A tenth of the largest plan, without optimisation: the whole takes about as long with it.
#[test]
fn a_large_plan_is_compared_in_time() {
    let words = [
        "ferry",
        "lantern",
        "fog",
        "tide",
        "keeper",
        "quality",
        "ensure",
        "sandbank",
        "rope",
        "buoy",
        "anchor",
        "rehearse",
        "estuary",
        "storm",
        "night",
        "pilot",
        "rudder",
        "compass",
        "mast",
        "children",
        "improve",
        "supervision",
        "chart",
    ];
    let mut seed = 1u32;
    let mut sentence = |length: usize| {
        let word = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let word = words[(seed >> 16) as usize % words.len()];
            if seed & 0x8000 == 0 { word.to_owned() } else { format!("{word}{}", (seed >> 20) % 50) }
        };
        (0..length).map(word).collect::<Vec<_>>().join(" ")
    };
    let aims: Vec<String> = (0..500).map(|_| sentence(60)).collect();
    let texts: Vec<String> = (0..200).map(|_| sentence(30)).collect();
    let (plan, asked) = (understanding(&aims), demands(&texts));
    let began = Instant::now();
    suggest(&plan, &asked);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
}
