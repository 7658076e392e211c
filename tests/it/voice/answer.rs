//! `feedbackAdd`, `feedbackAct`, `feedbackTell`, `feedbackAmend`: how the loop is closed, and what cannot be.

use serde_json::{Value, json};

use super::{OFFICE, added, error, feedback, new, of, shown};
use crate::support::{Persona, on_both};

const SHOWS: &str = "feedback { version state isOpen daysOpen done doneOn told toldOn }";
const BAD: &str = "VALIDATION_FAILED";

#[tokio::test]
async fn the_loop_is_open_until_they_were_told_and_opens_again_with_what_is_done_after_that() {
    on_both(async |app| {
        let shows = "feedback { id version saidBy gatheredBy periodStart periodEnd speakerCount isCountSuppressed theme said
            state isOpen daysOpen done told viewerCan isIllustrative }";
        let more = json!({ "speakerCount": 12, "theme": "Visits" });
        let made = app.done(OFFICE, "feedbackAdd", new(app, more), shows).await["feedback"].clone();
        let id = made["id"].as_str().unwrap().to_owned();
        let expected = json!({
            "id": id, "version": 1, "saidBy": "CHILDREN", "gatheredBy": "SURVEY", "periodStart": "2018-10-01", "periodEnd": "2018-10-31",
            "speakerCount": 12, "isCountSuppressed": false, "theme": "Visits", "said": "Come on time", "state": "SAID", "isOpen": true,
            "daysOpen": 40, "done": null, "told": null, "viewerCan": ["AMEND", "ACT", "TELL"], "isIllustrative": false,
        });
        assert_eq!(made, expected);

        let act = async |version, done: &str, on: &str| {
            let input = of(&id, version, json!({ "done": done, "doneOn": on }));
            app.done(OFFICE, "feedbackAct", input, SHOWS).await["feedback"].clone()
        };
        let acted = act(1, "Visits have a fixed hour", "2018-11-15").await;
        assert_eq!((&acted["state"], &acted["isOpen"], &acted["daysOpen"]), (&json!("ACTED_ON"), &json!(true), &json!(40)));
        let input = of(&id, 2, json!({ "told": "By letter", "toldOn": "2018-11-20" }));
        let told = app.done(OFFICE, "feedbackTell", input, SHOWS).await["feedback"].clone();
        let expected = json!({
            "version": 3, "state": "TOLD", "isOpen": false, "daysOpen": 20, "done": "Visits have a fixed hour",
            "doneOn": "2018-11-15", "told": "By letter", "toldOn": "2018-11-20",
        });
        assert_eq!(told, expected);

        let again = act(3, "And are kept", "2018-12-05").await;
        assert_eq!((&again["state"], &again["isOpen"], &again["daysOpen"]), (&json!("ACTED_ON"), &json!(true), &json!(40)));
        assert_eq!(again["told"], "By letter", "what they were told stays in the record");
        let today = of(&id, 4, json!({ "told": "At the next visit" }));
        let told = app.done(OFFICE, "feedbackTell", today, SHOWS).await["feedback"].clone();
        assert_eq!((&told["toldOn"], &told["state"]), (&json!("2018-12-10"), &json!("TOLD")));

        let history = shown(app, Persona::Chair, &id, "history { nodes { operation changes { field before after } } }").await;
        let acts: Vec<&Value> = history["history"]["nodes"].as_array().unwrap().iter().map(|of| &of["operation"]).collect();
        assert_eq!(acts, ["feedbackAdd", "feedbackAct", "feedbackTell", "feedbackAct", "feedbackTell"]);
        let told = history["history"]["nodes"][3]["changes"].as_array().unwrap().clone();
        assert!(told.contains(&json!({ "field": "done", "before": "Visits have a fixed hour", "after": "And are kept" })), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn that_nothing_can_be_done_closes_it_too() {
    on_both(async |app| {
        let id = added(app, json!({ "actionIds": [super::action(app, "1.1")] })).await;
        let input =
            of(&id, 1, json!({ "told": "There is no money for it before April", "toldOn": "2018-10-31" }));
        let told = app.done(Persona::Lead, "feedbackTell", input, SHOWS).await["feedback"].clone();
        assert_eq!(
            (&told["state"], &told["daysOpen"], &told["done"]),
            (&json!("TOLD"), &json!(0), &Value::Null)
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    on_both(async |app| {
        let refused = async |more| app.refused(OFFICE, "feedbackAdd", new(app, more)).await;
        assert_eq!(refused(json!({ "periodStart": "2018-11-01" })).await, error(BAD, "periodEnd"));
        assert_eq!(refused(json!({ "periodEnd": "2018-12-11" })).await, error(BAD, "periodEnd"));
        assert_eq!(refused(json!({ "speakerCount": 0 })).await, error(BAD, "speakerCount"));
        assert_eq!(refused(json!({ "theme": "x".repeat(101) })).await, error(BAD, "theme"));
        assert_eq!(refused(json!({ "said": " " })).await, error(BAD, "said"));
        let named = json!({ "said": "The girl with the number 999 000 0018 was not asked" });
        assert_eq!(refused(named).await, error("PERSONAL_DATA_SUSPECTED", "said"));

        let id = feedback(app, "Visits");
        let act = async |more| app.refused(OFFICE, "feedbackAct", of(&id, 1, more)).await;
        assert_eq!(act(json!({ "done": "Much", "doneOn": "2018-12-11" })).await, error(BAD, "doneOn"));
        assert_eq!(act(json!({ "done": "Much", "doneOn": "2018-06-30" })).await, error(BAD, "doneOn"));
        let tell = async |more| app.refused(OFFICE, "feedbackTell", of(&id, 1, more)).await;
        assert_eq!(tell(json!({ "told": "All", "toldOn": "2018-12-11" })).await, error(BAD, "toldOn"));
        assert_eq!(tell(json!({ "told": "All", "toldOn": "2018-08-30" })).await, error(BAD, "toldOn"));
        assert_eq!(act(json!({ "done": "999 000 0018" })).await.0, "PERSONAL_DATA_SUSPECTED");
        assert_eq!(tell(json!({ "told": "999 000 0018" })).await.0, "PERSONAL_DATA_SUSPECTED");
        let stale = app.refused(OFFICE, "feedbackTell", of(&id, 7, json!({ "told": "All" }))).await;
        assert_eq!(stale, error("VERSION_CONFLICT", "expectedVersion"));
    })
    .await;
}

#[tokio::test]
async fn a_record_is_corrected_and_an_answer_taken_back() {
    on_both(async |app| {
        let id = feedback(app, "Coming back");
        let amend = async |version, more| {
            app.done(OFFICE, "feedbackAmend", of(&id, version, more), "feedback { version saidBy speakerCount theme done doneOn told toldOn state }")
                .await["feedback"]
                .clone()
        };
        let more = json!({ "saidBy": "CARERS", "speakerCount": null, "done": "One worker stays for good", "toldOn": "2018-11-01" });
        let expected = json!({
            "version": 2, "saidBy": "CARERS", "speakerCount": null, "theme": "Coming back", "done": "One worker stays for good",
            "doneOn": "2018-10-01", "told": "At an evening", "toldOn": "2018-11-01", "state": "TOLD",
        });
        assert_eq!(amend(1, more).await, expected);
        let back = amend(2, json!({ "told": null })).await;
        assert_eq!((&back["told"], &back["toldOn"], &back["state"]), (&Value::Null, &Value::Null, &json!("ACTED_ON")));
        let back = amend(3, json!({ "done": null, "theme": null })).await;
        assert_eq!((&back["doneOn"], &back["theme"], &back["state"]), (&Value::Null, &Value::Null, &json!("SAID")));
        let unchanged = amend(4, json!({})).await;
        assert_eq!(unchanged["version"], 4, "nothing changed");

        let refused = async |more| app.refused(OFFICE, "feedbackAmend", of(&id, 4, more)).await;
        for field in ["saidBy", "gatheredBy", "periodStart", "periodEnd", "said"] {
            assert_eq!(refused(json!({ field: null })).await, error(BAD, field));
        }
        assert_eq!(refused(json!({ "done": "Much" })).await, error(BAD, "done"));
        assert_eq!(refused(json!({ "toldOn": "2018-11-01" })).await, error(BAD, "toldOn"));
        assert_eq!(refused(json!({ "periodEnd": "2018-06-01" })).await, error(BAD, "periodEnd"));
        let told = feedback(app, "Passports");
        let refused = async |more| app.refused(OFFICE, "feedbackAmend", of(&told, 1, more)).await;
        assert_eq!(refused(json!({ "toldOn": null })).await, error(BAD, "toldOn"));
        assert_eq!(refused(json!({ "periodEnd": "2018-10-01" })).await, error(BAD, "toldOn"));
    })
    .await;
}
