//! Properties of the reading of reports that hold for any file.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod paper;

use import::inspection::{Part, for_people, read};
use paper::{LEFT, Paper};
use proptest::prelude::*;

/// Everything that can be done with bytes, for its panics.
fn exercise(bytes: &[u8]) {
    let mut last = 0;
    let result = read(bytes, &mut |done, of| {
        assert!(done == last + 1 && done <= of, "pages are done one by one");
        last = done;
    });
    match result {
        Ok(report) => {
            for_people(&report);
            let json = serde_json::to_string(&report).unwrap();
            let again: import::inspection::Report = serde_json::from_str(&json).unwrap();
            assert_eq!(again, report, "the JSON says all");
            assert!(
                report
                    .recommendations
                    .iter()
                    .enumerate()
                    .all(|(place, item)| item.order as usize == place + 1)
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn front() -> Paper {
    let mut paper = Paper::default();
    paper
        .flow(LEFT, 26.0, false, "Inspection of Harbourshire local authority children’s services")
        .space(10.0);
    paper.flow(LEFT, 12.0, true, "Inspection dates: 12 to 23 June 2023").space(20.0);
    for (area, grade) in
        [("The experiences and progress of care leavers", "Good"), ("Overall effectiveness", "Outstanding")]
    {
        let y = paper.y();
        paper.at(LEFT, y, 12.0, false, area).at(395.0, y, 12.0, false, grade).space(28.0);
    }
    paper
}

/// A sentence of invented words, some with hyphens, that does not itself begin as an item of a list does.
fn sentence() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "lamp",
        "harbour",
        "multi-agency",
        "well-kept",
        "bell",
        "children’s",
        "of",
        "the",
        "quay",
        "(and",
        "rota)",
        "25",
        "night,",
        "16- and",
        "17-year-olds",
        "out-of-hours",
        "it",
        "swept",
        "“so”",
        "a",
    ]);
    proptest::collection::vec(word, 1..60).prop_map(|words| format!("The {}.", words.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000), is_headed: bool) {
        let head: &[u8] = if is_headed { b"%PDF-1.7\n" } else { b"" };
        exercise(&[head, &bytes, b"\n%%EOF"].concat());
    }

    #[test]
    fn a_report_with_pieces_replaced_never_panics(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut paper = front();
        paper.page().heading(14.0, "What needs to improve?").item(LEFT, "■", "The lamp.").item(LEFT, "■", "The bell.");
        let mut bytes = paper.bytes();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        exercise(&bytes);
    }

    #[test]
    fn what_is_written_is_read(
        items in proptest::collection::vec(sentence(), 1..14),
        is_numbered: bool,
        columns in 45_usize..90,
        down in 100.0_f32..700.0,
        footer: bool,
    ) {
        let mut paper = front();
        if footer {
            paper.footer("Inspection of Harbourshire local authority children’s services", "12 to 23 June 2023");
        }
        paper.columns = columns;
        paper.page().down_to(down).heading(14.0, "What needs to improve?");
        for (place, item) in items.iter().enumerate() {
            let mark = if is_numbered { format!("{}.", place + 1) } else { "■".to_owned() };
            paper.item(LEFT, &mark, item);
        }
        paper.heading(14.0, "The experiences and progress of care leavers: good").item(LEFT, "1.", "Boats come home.");
        let report = read(&paper.bytes(), &mut |_, _| {}).unwrap();
        let found: Vec<&str> = report.recommendations.iter().map(|item| item.text.as_str()).collect();
        prop_assert_eq!(found, items.iter().map(String::as_str).collect::<Vec<_>>());
        for (place, item) in report.recommendations.iter().enumerate() {
            let number = u32::try_from(place + 1).unwrap();
            prop_assert_eq!(item.n, is_numbered.then_some(number));
            prop_assert_eq!(item.part, Part::LocalAuthority);
        }
    }
}
