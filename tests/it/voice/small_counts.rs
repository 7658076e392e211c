//! Partners are not told how few spoke: neither by the field nor by the record of what it was.

use serde_json::{Value, json};

use super::{OFFICE, feedback, of, programme, shown};
use crate::support::{Persona, on_both, reading_both};

#[tokio::test]
async fn a_number_under_five_is_for_the_board_and_officers() {
    reading_both(async |app| {
        let fields = "speakerCount isCountSuppressed said";
        for who in [Persona::Chair, Persona::BoardMember, OFFICE, Persona::Lead, Persona::Officer] {
            let node = shown(app, who, &feedback(app, "Custody"), fields).await;
            assert_eq!(
                (&node["speakerCount"], &node["isCountSuppressed"]),
                (&json!(3), &json!(true)),
                "{who:?}"
            );
        }
        let node = shown(app, Persona::Police, &feedback(app, "Custody"), fields).await;
        assert_eq!((&node["speakerCount"], &node["isCountSuppressed"]), (&Value::Null, &json!(true)));
        assert!(node["said"].is_string(), "what they said is what the partner has to answer");
        let node = shown(app, Persona::Police, &feedback(app, "Coming back"), fields).await;
        assert_eq!((&node["speakerCount"], &node["isCountSuppressed"]), (&json!(5), &json!(false)));
        let node = shown(app, Persona::Police, &feedback(app, "Draft"), fields).await;
        assert_eq!(
            (&node["speakerCount"], &node["isCountSuppressed"]),
            (&Value::Null, &json!(false)),
            "nobody counted"
        );
    })
    .await;
}

#[tokio::test]
async fn the_record_tells_numbers_to_the_board_and_officers_alone() {
    on_both(async |app| {
        let id = feedback(app, "Custody");
        app.done(OFFICE, "feedbackAmend", of(&id, 1, json!({ "speakerCount": 4 })), "feedback { id }").await;
        let document = "query($id: ID!, $programme: ID!) { node(id: $id) { ...on Feedback { speakerCount history { nodes { changes { field before after } } } } }
            feed: node(id: $programme) { ...on Programme { changes(last: 2, types: [\"Feedback\"]) { nodes { entityId changes { field before after } node { ...on Feedback { speakerCount } } } } } } }";
        let variables = json!({ "id": id, "programme": programme(app) });
        let changed = json!([{ "field": "speakerCount", "before": "3", "after": "4" }]);
        for who in [Persona::Chair, Persona::Officer] {
            let told = app.data(who, document, variables.clone()).await;
            assert_eq!(told["node"]["history"]["nodes"][1]["changes"], changed, "{who:?}");
        }
        let told = app.data(Persona::Police, document, variables).await;
        assert_eq!(told["node"]["speakerCount"], Value::Null);
        assert_eq!(told["node"]["history"]["nodes"][1]["changes"], json!([]));
        let text = told.to_string();
        for figure in ["\"3\"", "\"4\"", "\"field\":\"speakerCount"] {
            assert!(!text.contains(figure), "the police are told {figure}: {text}");
        }
    })
    .await;
}
