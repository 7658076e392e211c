//! Small counts are for those who work inside the council or sit on its board, along every path.

use serde_json::{Value, json};

use super::{OFFICE, audit, of, shown};
use crate::support::{Persona, on_both, reading_both};

const FIGURES: &str =
    "sampleSize areGradesWithheld grades { rater good inadequate } moderation { moderatedOn note }";

#[tokio::test]
async fn partners_are_told_no_small_count_and_nothing_that_gives_one_away() {
    reading_both(async |app| {
        let front = audit(app, "Front door audit");
        for who in [OFFICE, Persona::Lead, Persona::Officer, Persona::BoardMember] {
            let node = shown(app, who, &front, FIGURES).await;
            assert_eq!(node["grades"][0], json!({ "rater": "INDEPENDENT", "good": 8, "inadequate": 2 }), "{who:?}");
            assert_eq!(node["moderation"]["note"], "Two were worse than they looked");
        }
        let node = shown(app, Persona::Police, &front, FIGURES).await;
        let none = |rater: &str| json!({ "rater": rater, "good": null, "inadequate": null });
        assert_eq!(
            node,
            json!({ "sampleSize": 40, "areGradesWithheld": true, "grades": [none("INDEPENDENT"), none("SELF")],
                "moderation": { "moderatedOn": "2018-11-20", "note": null } })
        );
        let nights = shown(app, Persona::Police, &audit(app, "Night visits"), FIGURES).await;
        assert_eq!((&nights["sampleSize"], &nights["grades"][0]["good"]), (&Value::Null, &Value::Null));
        let custody = shown(app, Persona::Health, &audit(app, "Custody audit"), FIGURES).await;
        assert_eq!(custody["sampleSize"], 40);
        assert_eq!(custody["grades"], json!([{ "rater": "SELF", "good": 10, "inadequate": 10 }]));
    })
    .await;
}

#[tokio::test]
async fn what_a_count_was_is_told_to_the_board_and_officers_alone() {
    on_both(async |app| {
        let id = audit(app, "Front door audit");
        let grades = json!([{ "rater": "SELF", "good": 12, "requiresImprovement": 18, "inadequate": 10 }]);
        app.done(
            OFFICE,
            "auditAmend",
            of(&id, 1, json!({ "grades": grades, "sampleSize": 41 })),
            "audit { id }",
        )
        .await;
        let history = "history(last: 1) { nodes { reason changes { field before after } } }";
        let told =
            async |who| shown(app, who, &id, history).await["history"]["nodes"][0]["changes"].to_string();
        let board = told(Persona::BoardMember).await;
        assert!(board.contains("sampleSize") && board.contains(r#"\"good\":10"#), "{board}");
        assert!(board.contains(r#"\"good\":12"#) && board.contains(r#"\"good\":8"#), "{board}");
        let police = told(Persona::Police).await;
        assert!(!police.contains("sampleSize") && !police.contains("good"), "{police}");
        assert!(!police.contains("10") && !police.contains("12"), "{police}");
    })
    .await;
}
