//! Numbers that identify a person: asked about, and never repeated. None here was given to anybody.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{Answers, QuestionCode, Understanding, apply, open_questions, read, report};

const HEADINGS: &str =
    "Notes before 999 000 0018\nNo,Recommendation,Theme,Aim,Action,Lead,By when,Progress,RAG\n";

fn understood(row: &str) -> Understanding {
    read(format!("{HEADINGS}{row}\n").as_bytes()).unwrap()
}

fn asked(understanding: &Understanding) -> Vec<(QuestionCode, String)> {
    let row = &understanding.rows[0];
    row.questions.iter().map(|question| (question.code, question.text.clone())).collect()
}

fn shown(understanding: &Understanding) -> String {
    let json = serde_json::to_string(understanding).unwrap();
    format!("{json}\n{}\n{}", report(understanding), open_questions(understanding))
}

fn is_clean(understanding: &Understanding) -> bool {
    shown(understanding).lines().all(|line| domain::personal::find(line).is_none())
}

#[test]
fn a_cell_with_such_a_number_is_emptied_and_asked_about() {
    for (nth, number) in ["999 000 0018", "U999123456789", "AB 12 34 56 C"].into_iter().enumerate() {
        let kind = domain::personal::Kind::ALL[nth].name();
        for row in [
            format!("1.1,Rec 3 ({number}),Practice,Aim,Act.,Head of Service,Mar 2019,1/2/19 Told,Green"),
            format!("1.1,Rec 3,Practice {number},Aim,Act.,Head of Service,Mar 2019,1/2/19 Told,Green"),
            format!("1.1,Rec 3,Practice,Aim for {number},Act.,Head of Service,Mar 2019,1/2/19 Told,Green"),
            format!(
                "1.1,Rec 3,Practice,Aim,Act for {number}. Go on.,Head of Service,Mar 2019,1/2/19 Told,Green"
            ),
            format!("1.1,Rec 3,Practice,Aim,Act.,{number},Mar 2019,1/2/19 Told,Green"),
            format!("1.1,Rec 3,Practice,Aim,Act.,Head of Service,{number},1/2/19 Told,Green"),
            format!("1.1,Rec 3,Practice,Aim,Act.,Head of Service,Mar 2019,1/2/19 Told {number},Green"),
            format!("1.1,Rec 3,Practice,Aim,Act.,Head of Service,Mar 2019,1/2/19 Told,{number}"),
        ] {
            let understanding = understood(&row);

            let suspected = asked(&understanding)
                .iter()
                .any(|(code, text)| *code == QuestionCode::PersonalDataSuspected && text.contains(kind));
            assert!(suspected, "{row}: {}", shown(&understanding));
            assert!(is_clean(&understanding), "{}", shown(&understanding));
        }
    }
}

#[test]
fn a_number_cut_by_the_reading_leaves_nothing_behind() {
    let understanding =
        understood("1.1,Rec 3,Practice,Aim,\"- Ask for 999 000\n0018\n- Go on\",Head of Service,Mar 2019,,");
    assert!(understanding.rows[0].steps.is_empty());
    assert!(!shown(&understanding).contains("999"), "{}", shown(&understanding));
}

#[test]
fn look_alikes_are_understood_as_ever() {
    let understanding = understood(
        "1.1,Rec 3,Practice,\"348 of 588 (59%), call 01494 475000\",Act.,Head of Service,Mar 2019,,",
    );
    let aim = understanding.rows[0].aim.clone();
    assert_eq!(aim.as_deref(), Some("348 of 588 (59%), call 01494 475000"));
}

#[test]
fn the_question_is_answered_by_a_text_without_the_number_only() {
    let understanding = understood("1.1,Rec 3,Practice,Aim for 999 000 0018,Act.,Head of Service,Mar 2019,,");
    let answer = |with: &str| {
        let text = format!("[[answer]]\nrow = \"1.1\"\nquestion = \"PERSONAL_DATA_SUSPECTED\"\n{with}\n");
        apply(&understanding, &Answers::parse(&text).unwrap())
    };

    let accepted = answer("accept = true").unwrap_err().to_string();
    assert!(accepted.contains("PERSONAL_DATA_SUSPECTED cannot be accepted"), "{accepted}");
    let again = answer("set = { aim = \"For 9990000018\" }").unwrap_err().to_string();
    assert!(again.contains("aim holds an NHS number") && !again.contains("999"), "{again}");
    let link = answer("set = { requirements = [{ reference = \"3\", qualifier = \"AB123456C\" }] }");
    let link = link.unwrap_err().to_string();
    assert!(
        link.contains("a requirement holds a national insurance number") && !link.contains("AB1"),
        "{link}"
    );
    let without = answer("set = { aim = \"For a child\" }").unwrap();
    assert_eq!(without.rows[0].aim.as_deref(), Some("For a child"));
    assert!(answer("drop = true").unwrap().rows.is_empty());
}
