//! `measureSetTarget`: a target moves only with a reason, and the old ones stay visible.

use serde_json::{Value, json};

use super::{SEEN, begun, error, measure, of, recorded, shown};
use crate::support::{Persona, gid, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;
const TARGETS: &str = "targets { value dueOn reason setOn approvedBy { __typename ...on Group { name } } }";

#[tokio::test]
async fn a_target_moves_with_a_reason_and_the_old_ones_stay() {
    on_both(async |app| {
        let id = begun(app, json!({ "targetValue": 90, "targetOn": "2018-12-31" })).await;
        let refused = async |more| app.refused(OFFICE, "measureSetTarget", of(&id, 1, more)).await;
        let bad = "VALIDATION_FAILED";
        assert_eq!(refused(json!({ "value": 80 })).await, error(bad, "reason"));
        let reason = "Ninety was nobody's";
        let same = json!({ "value": 90, "dueOn": "2018-12-31", "reason": reason });
        assert_eq!(refused(same).await, error(bad, "value"));
        assert_eq!(refused(json!({ "value": 101, "reason": reason })).await, error(bad, "value"));
        let late = json!({ "value": 80, "reason": reason, "setOn": "2018-12-11" });
        assert_eq!(refused(late).await, error(bad, "setOn"));
        let early = json!({ "value": 80, "reason": reason, "setOn": "2018-12-09" });
        assert_eq!(refused(early).await, error(bad, "setOn"));

        let board = gid("grp", app.world.party("Quality group").id);
        let moved =
            json!({ "value": 80.5, "dueOn": "2019-03-31", "reason": reason, "approvedById": board });
        let shows = format!("measure {{ version target {{ value dueOn }} {TARGETS} }}");
        let payload = app.done(OFFICE, "measureSetTarget", of(&id, 1, moved), &shows).await;
        assert_eq!(payload["measure"]["target"], json!({ "value": 80.5, "dueOn": "2019-03-31" }));
        assert_eq!(
            payload["measure"]["targets"],
            json!([
                { "value": 90, "dueOn": "2018-12-31", "reason": null, "setOn": "2018-12-10", "approvedBy": null },
                { "value": 80.5, "dueOn": "2019-03-31", "reason": reason, "setOn": "2018-12-10",
                  "approvedBy": { "__typename": "Group", "name": "Quality group" } },
            ])
        );
        let history = shown(app, Persona::Police, &id, "history { nodes { reason changes { field before after } } }").await;
        let last = history["history"]["nodes"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["reason"], reason);
        let told = json!({ "field": "target.value", "before": "90", "after": "80.5" });
        assert!(last["changes"].as_array().unwrap().contains(&told), "{last}");
        let added = last["changes"].as_array().unwrap().iter().find(|of| of["field"] == "targets").unwrap().clone();
        assert!(added["after"].as_str().unwrap().contains("80.5"), "{added}");
    })
    .await;
}

#[tokio::test]
async fn a_reading_is_held_to_the_target_of_its_time() {
    on_both(async |app| {
        let id = begun(app, json!({ "baselineValue": 40, "baselineOn": "2018-01-01" })).await;
        let set = |version, value: f64, due: Value, on: &str| {
            of(&id, version, json!({ "value": value, "dueOn": due, "setOn": on, "reason": "It was time" }))
        };
        let early = set(1, 95.0, json!("2018-06-30"), "2018-01-02");
        app.done(OFFICE, "measureSetTarget", early, "measure { id }").await;
        let status = async || shown(app, OFFICE, &id, "targetStatus").await["targetStatus"].clone();
        assert_eq!(status().await, "NO_READING");
        let reading = |start: &str, numerator: i32| json!([{ "periodStart": start, "numerator": numerator, "denominator": 100 }]);
        recorded(app, &id, reading("2018-05-01", 80)).await;
        assert_eq!(status().await, "OFF_COURSE");
        recorded(app, &id, reading("2018-06-01", 80)).await;
        assert_eq!(status().await, "MISSED");
        let later = set(2, 80.0, Value::Null, "2018-07-01");
        app.done(OFFICE, "measureSetTarget", later, "measure { id }").await;
        assert_eq!(status().await, "MISSED", "the target that was in force in June");
        recorded(app, &id, reading("2018-07-01", 80)).await;
        assert_eq!(status().await, "MET");
    })
    .await;
}

#[tokio::test]
async fn the_owner_records_readings_and_moves_no_target() {
    on_both(async |app| {
        // The quality group owns it, of which the head of service is a member.
        let id = measure(app, SEEN);
        let node = shown(app, Persona::Lead, &id, "viewerCan").await;
        assert_eq!(node["viewerCan"], json!(["SET_READINGS"]));
        let moved = of(&id, 1, json!({ "value": 80, "reason": "Easier" }));
        for who in [Persona::Lead, Persona::Officer, Persona::Chair, Persona::Police, Persona::Scrutiny] {
            assert_eq!(app.refused(who, "measureSetTarget", moved.clone()).await, error("FORBIDDEN", "id"));
        }
        for who in [Persona::Admin, Persona::Nobody, Persona::SouthmereOffice] {
            assert_eq!(app.refused(who, "measureSetTarget", moved.clone()).await, error("NOT_FOUND", "id"));
        }
    })
    .await;
}
