//! Actions wait for others.

use serde_json::json;

use super::{OFFICE, action, refusal, shown};
use crate::support::{Persona, on_both};

#[tokio::test]
async fn an_action_waits_for_another_until_it_no_longer_does() {
    on_both(async |app| {
        let (id, other) = (action(app, "1.1"), action(app, "A1"));
        let input = json!({ "actionId": id, "dependsOnId": other });
        let shows = "action { version dependsOn { reference } }";

        let now = app.done(OFFICE, "actionDependencyAdd", input.clone(), shows).await;
        assert_eq!(now["action"], json!({ "version": 2, "dependsOn": [{ "reference": "A1" }] }));
        let again = app.done(OFFICE, "actionDependencyAdd", input.clone(), shows).await;
        assert_eq!(again["action"]["version"], 2);

        let now = app.done(OFFICE, "actionDependencyRemove", input.clone(), shows).await;
        assert_eq!(now["action"], json!({ "version": 3, "dependsOn": [] }));
        let again = app.refused(OFFICE, "actionDependencyRemove", input).await;
        assert_eq!(again, refusal("VALIDATION_FAILED", "dependsOnId"));
    })
    .await;
}

#[tokio::test]
async fn a_circle_is_named_and_refused() {
    on_both(async |app| {
        // 1.10 waits for 2.10, which waits for 1.11.
        let circle = json!({ "actionId": action(app, "1.11"), "dependsOnId": action(app, "1.10") });
        let payload = app.mutate(OFFICE, "actionDependencyAdd", circle, "").await;
        let error = &payload["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!("VALIDATION_FAILED"), &json!(["dependsOnId"])));
        let message = error["message"].as_str().unwrap();
        for number in ["1.10", "1.11", "2.10"] {
            assert!(message.contains(number), "{message}");
        }

        let itself = json!({ "actionId": action(app, "1.1"), "dependsOnId": action(app, "1.1") });
        let itself = app.refused(OFFICE, "actionDependencyAdd", itself).await;
        assert_eq!(itself, refusal("VALIDATION_FAILED", "dependsOnId"));
        let other = json!({ "actionId": action(app, "1.1"), "dependsOnId": action(app, "S1") });
        let other = app.refused(OFFICE, "actionDependencyAdd", other).await;
        assert_eq!(other, refusal("VALIDATION_FAILED", "dependsOnId"), "a public one of another programme");
        let hidden = json!({ "actionId": action(app, "1.1"), "dependsOnId": action(app, "S2") });
        let hidden = app.refused(OFFICE, "actionDependencyAdd", hidden).await;
        assert_eq!(hidden, refusal("NOT_FOUND", "dependsOnId"));
        let lead = json!({ "actionId": action(app, "1.1"), "dependsOnId": action(app, "1.9") });
        let lead = app.refused(Persona::Lead, "actionDependencyAdd", lead).await;
        assert_eq!(lead, refusal("FORBIDDEN", "actionId"));
        assert_eq!(shown(app, OFFICE, &action(app, "1.11"), "version dependsOn { id }").await["version"], 1);
    })
    .await;
}
