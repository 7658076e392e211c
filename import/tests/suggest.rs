//! Links that are suggested: what a row quotes or paraphrases. All wording is invented.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{
    Answers, Cell, Demand, LEAST_SCORE, Suggestion, Understanding, apply, read, report_suggestions, suggest,
};

const FERRIES: &str = "rec_0193f0a07c1d7b3c8a5e4f2b1c0d9e01";
const KEEPERS: &str = "rec_0193f0a07c1d7b3c8a5e4f2b1c0d9e02";
const TIDES: &str = "rec_0193f0a07c1d7b3c8a5e4f2b1c0d9e03";
const RISKS: &str = "rec_0193f0a07c1d7b3c8a5e4f2b1c0d9e04";

/// What an inspection of a harbour asked for.
fn asked() -> Vec<Demand> {
    let demand = |id: &str, reference: Option<&str>, text: &str| Demand {
        id: id.to_owned(),
        reference: reference.map(str::to_owned),
        text: text.to_owned(),
    };
    vec![
        demand(
            FERRIES,
            Some("1"),
            "Ensure that night ferries carry enough lanterns, and that crews rehearse what to do in fog.",
        ),
        demand(
            KEEPERS,
            Some("2"),
            "Take immediate action to improve the supervision of lighthouse keepers at all levels.",
        ),
        demand(
            TIDES,
            Some("3"),
            "Ensure that tide tables reflect the sandbanks and shallows of the estuary, and are realistic about storms.",
        ),
        demand(
            RISKS,
            None,
            "Improve assessments so that the tides, winds and hidden shoals of each young sailor are understood.",
        ),
    ]
}

fn plan(rows: &str) -> Understanding {
    read(format!("No,Recommendation,Aim,Action,Lead,By when\n{rows}").as_bytes()).unwrap()
}

/// Row, requirement, score.
fn found(rows: &str) -> Vec<(String, String, f64)> {
    let suggestions = suggest(&plan(rows), &asked());
    suggestions.into_iter().map(|s| (s.reference.unwrap_or_default(), s.requirement, s.score)).collect()
}

fn only(rows: &str) -> Suggestion {
    let mut suggestions = suggest(&plan(rows), &asked());
    assert_eq!(suggestions.len(), 1, "{suggestions:?}");
    suggestions.remove(0)
}

#[test]
fn what_is_quoted_word_by_word_scores_one() {
    let found = only(
        "1.1,,\"To make sure: take IMMEDIATE action to improve the supervision of ‘lighthouse keepers’ — at all levels\",Visit,Harbour Master,Mar 2019\n",
    );

    assert_eq!((found.requirement.as_str(), found.requirement_reference.as_deref()), (KEEPERS, Some("2")));
    assert_eq!((found.score, found.cell, found.reference.as_deref()), (1.0, Cell::Aim, Some("1.1")));
    assert!(
        found.words.starts_with("take IMMEDIATE") || found.words.starts_with("sure: take"),
        "{}",
        found.words
    );
    assert_eq!((found.place.table, found.place.row), (1, 2));
}

#[test]
fn a_paraphrase_is_found_and_scores_less() {
    let found = only(
        "1.1,,To ensure tide tables appropriately reflect the estuary's shallows and sandbanks,Survey,Pilot,Mar 2019\n",
    );

    assert_eq!(found.requirement, TIDES);
    assert!((0.5..0.95).contains(&found.score), "{}", found.score);
}

#[test]
fn a_short_quotation_within_a_longer_aim_is_found() {
    let found = only(
        "1.1,,\"To publish a new handbook for instructors, which explains the tides and winds and hidden shoals that they will meet at the academy\",Print it,Academy,Mar 2019\n",
    );

    assert_eq!(found.requirement, RISKS);
    assert_eq!(found.requirement_reference, None);
    assert_eq!(found.words, "tides and winds and hidden shoals");
    assert!((LEAST_SCORE..0.8).contains(&found.score), "{}", found.score);
}

#[test]
fn a_step_or_a_heading_or_the_words_beside_the_number_can_quote() {
    let step = only(
        "1.1,,Be safe,\"• Buy ropes\n• Night ferries to carry enough lanterns\",Harbour Master,Mar 2019\n",
    );
    assert_eq!((step.requirement.as_str(), step.cell), (FERRIES, Cell::Steps));

    let beside = only(
        "1.1,Supervision of lighthouse keepers at all levels,Be seen,Visit each month,Harbour Master,Mar 2019\n",
    );
    assert_eq!((beside.requirement.as_str(), beside.cell), (KEEPERS, Cell::Requirements));

    let themed = read(
        b"No,Theme,Action,Lead,By when\n1.1,The supervision of lighthouse keepers,Visit them,Harbour Master,Mar 2019\n",
    );
    let themed = suggest(&themed.unwrap(), &asked());
    assert_eq!((themed[0].requirement.as_str(), themed[0].cell), (KEEPERS, Cell::Themes));
}

#[test]
fn what_is_linked_already_is_not_suggested_and_what_is_quoted_beside_it_is() {
    let words = "Improve the supervision of lighthouse keepers at all levels";
    assert_eq!(found(&format!("1.1,Rec 2,{words},Visit,Harbour Master,Mar 2019\n")), []);

    let mismatch = found(&format!("1.1,Rec 3,{words},Visit,Harbour Master,Mar 2019\n"));
    assert_eq!(mismatch.len(), 1);
    assert_eq!(mismatch[0].1, KEEPERS);
}

#[test]
fn what_only_sounds_like_a_recommendation_is_not_suggested() {
    for aim in [
        "To improve the quality of services and ensure that effective support is provided",
        "Take immediate action to improve at all levels",
        "Lanterns",
        "A tide of young staff",
        "To ensure that the needs of each young sailor are met",
        "",
    ] {
        assert_eq!(found(&format!("1.1,,\"{aim}\",Buy ropes,Harbour Master,Mar 2019\n")), [], "{aim}");
    }
}

#[test]
fn at_most_a_few_are_suggested_and_equal_ones_are_not_torn_apart() {
    let text = "Ensure that ropes, buoys and anchors are tested each spring.";
    let many: Vec<Demand> =
        (0..30).map(|at| Demand { id: format!("{at}"), reference: None, text: text.to_owned() }).collect();
    let understanding =
        plan("1.1,,\"Ropes, buoys and anchors are tested each spring\",Test,Pilot,Mar 2019\n");

    let five = suggest(&understanding, &many[..5]);
    let thirty = suggest(&understanding, &many);

    assert_eq!(five.iter().map(|s| s.requirement.as_str()).collect::<Vec<_>>(), ["0", "1", "2", "3", "4"]);
    assert!(five.iter().all(|s| s.score == five[0].score));
    assert_eq!(thirty.len(), 10);
}

#[test]
fn nothing_to_compare_with_suggests_nothing() {
    let understanding = plan("1.1,,Be safe,Buy ropes,Harbour Master,Mar 2019\n");
    assert_eq!(suggest(&understanding, &[]), []);
    let empty = Demand { id: "x".to_owned(), reference: None, text: "of the".to_owned() };
    assert_eq!(suggest(&understanding, &[empty]), []);
}

#[test]
fn a_suggestion_as_json_names_the_row_the_requirement_and_the_words() {
    let found = only("1.1,,To improve the supervision of lighthouse keepers,Visit,Harbour Master,Mar 2019\n");
    let json = serde_json::to_value(&found).unwrap();

    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["place", "reference", "requirement", "requirementReference", "score", "cell", "words"]);
    assert_eq!((json["cell"].as_str(), json["requirementReference"].as_str()), (Some("aim"), Some("2")));
}

#[test]
fn the_lines_of_the_report_make_the_link() {
    let understanding = plan(
        "1.1,,To improve the supervision of lighthouse keepers,Visit,Harbour Master,Mar 2019\n\
         1.2,,Be ready,Night ferries to carry enough lanterns,Harbour Master,Mar 2019\n",
    );
    let suggestions = suggest(&understanding, &asked());
    let report = report_suggestions(&understanding, &suggestions, &asked());
    assert!(report.contains("No link is made"), "{report}");
    let is_line = |line: &&str| {
        ["[[link]]", "row =", "place =", "requirement ="].iter().any(|start| line.trim().starts_with(start))
    };
    let lines: Vec<&str> = report.lines().filter(is_line).collect();

    let linked = apply(&understanding, &Answers::parse(&lines.join("\n")).unwrap()).unwrap();

    let ids = |at: usize| {
        linked.rows[at].requirements.iter().filter_map(|link| link.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!((ids(0), ids(1)), (vec![KEEPERS.to_owned()], vec![FERRIES.to_owned()]));
    assert_eq!(suggest(&linked, &asked()), [], "what is decided is not suggested again");
    assert!(report_suggestions(&linked, &[], &asked()).contains("None"));
}

#[test]
fn a_number_that_identifies_a_person_is_not_repeated() {
    // Kept out of the rows by the reading; what an id has in it is shown as it is.
    let understanding = plan(
        "1.1,,Improve the supervision of lighthouse keepers 999 000 0018,Visit,Harbour Master,Mar 2019\n",
    );
    let suggestions = suggest(&understanding, &asked());
    assert!(!report_suggestions(&understanding, &suggestions, &asked()).contains("0018"));
}
