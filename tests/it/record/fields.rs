//! What an entry says field by field.

use serde_json::{Value, json};

use super::{action, history, items, said};
use crate::support::builders::day;
use crate::support::{Persona, gid, on_both, reading_both};

const CHANGES: &str = "version changes { field before after }";

#[tokio::test]
async fn what_is_made_had_nothing_before() {
    reading_both(async |app| {
        let entries = history(app, Persona::Chair, "Action", &action(app, "1.9"), CHANGES).await;

        let [entry] = entries.as_slice() else { panic!("{entries:?}") };
        let changes = entry["changes"].as_array().unwrap();
        assert!(changes.iter().all(|change| change["before"].is_null()), "{entry}");
        assert!(changes.iter().all(|change| !change["after"].is_null()), "{entry}");
        let health = gid("org", app.world.party("Northshire Health Trust").id);
        let fields: Vec<_> = changes.iter().map(|change| change["field"].as_str().unwrap()).collect();
        let expected = [
            "reference",
            "aim",
            "plan",
            "theme",
            "organisation",
            "startOn",
            "dueOn",
            "duePrecision",
            "timeframeAsPrinted",
            "status",
            "requirements",
        ];
        assert!(expected.iter().all(|field| fields.contains(field)), "{fields:?}");
        let after = |field| said(entry, field).unwrap().1;
        assert_eq!(after("plan"), &json!(gid("pln", app.world.plan("Published plan").id)));
        assert_eq!(after("organisation"), &json!(health));
        assert_eq!(after("dueOn"), "2019-03-31");
        let [first, second] =
            ["1", "2"].map(|number| gid("rec", app.world.requirement("Inspection", number).id));
        assert_eq!(
            items(after("requirements")),
            json!([{ "id": first }, { "id": second, "qualifier": "only for children in care" }])
        );
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_value_has_its_form() {
    reading_both(async |app| {
        let world = &app.world;
        let first = async |ty: &str, id: String| {
            history(app, Persona::ProgrammeOffice, ty, &id, CHANGES).await.swap_remove(0)
        };

        let recommendation =
            first("Recommendation", gid("rec", world.requirement("Inspection", "1").id)).await;
        assert_eq!(said(&recommendation, "isImmediate").unwrap().1, "true");
        assert_eq!(said(&recommendation, "response.status").unwrap().1, "ACCEPTED");
        assert_eq!(said(&recommendation, "response.respondedOn").unwrap().1, "2018-03-01");
        assert_eq!(said(&recommendation, "response.reason"), None);

        let duty = first("Duty", gid("dut", world.duties[0].id)).await;
        assert_eq!(said(&duty, "everyMonths").unwrap().1, "3");
        let holder = gid("per", world.party("Head of service").id);
        assert_eq!(said(&duty, "holder").unwrap().1, &json!(holder));

        let led = first("Action", action(app, "1.3")).await;
        assert_eq!(items(said(&led, "leads").unwrap().1), json!([{ "id": holder }]));
        let inspector = gid("per", world.party("Detective inspector").id);
        assert_eq!(items(said(&led, "contributors").unwrap().1), json!([{ "id": inspector }]));
        let waits = first("Action", action(app, "1.10")).await;
        assert_eq!(items(said(&waits, "dependsOn").unwrap().1), json!([{ "id": action(app, "2.10") }]));
        let direction = gid("dir", world.source("Second direction").id);
        assert_eq!(items(said(&waits, "unspecifiedDirections").unwrap().1)[0]["id"], direction);

        let group = first("Group", gid("grp", world.party("Quality group").id)).await;
        assert_eq!(items(said(&group, "members").unwrap().1).as_array().unwrap().len(), 2);
        let council = first("Organisation", gid("org", world.party("Northshire Council").id)).await;
        assert_eq!(
            items(said(&council, "identifiers").unwrap().1),
            json!([{ "scheme": "GSS", "value": "E99000001" }])
        );
        let inspection = first("Inspection", gid("ins", world.source("Inspection").id)).await;
        assert_eq!(
            items(said(&inspection, "judgements").unwrap().1),
            json!([
                { "area": "OVERALL_EFFECTIVENESS", "grade": "INADEQUATE" },
                { "area": "CARE_LEAVERS", "grade": "GOOD" }
            ])
        );
    })
    .await;
}

#[tokio::test]
async fn an_update_says_what_differs_and_nothing_else() {
    on_both(async |app| {
        let before = app.world.action("1.9").clone();
        let health = app.world.party("Northshire Health Trust").id;
        let link = app.world.links.iter().find(|link| link.action_id == before.id && link.qualifier.is_none());
        let link = link.unwrap().clone();
        let mut to = app.write().await;
        let mut after = before.clone();
        after.aim = "Better, by \"far\"".to_owned();
        after.due_on = Some(day("2019-04-30"));
        after.organisation_id = None;
        to.cx.update(&before, after).await.unwrap();
        to.cx.detach(&link).await.unwrap();
        to.commit().await;

        let entries = history(app, Persona::Chair, "Action", &action(app, "1.9"), CHANGES).await;

        let [_, entry] = entries.as_slice() else { panic!("{entries:?}") };
        let first = gid("rec", app.world.requirement("Inspection", "1").id);
        assert_eq!(entry["version"], 2);
        let form = |field: &str, before: Value, after: Value| {
            json!({ "field": field, "before": before, "after": after })
        };
        assert_eq!(
            entry["changes"],
            json!([
                form("aim", json!("Children are better off by 1.9"), json!("Better, by \"far\"")),
                form("organisation", json!(gid("org", health)), Value::Null),
                form("dueOn", json!("2019-03-31"), json!("2019-04-30")),
                form("requirements", json!(json!([{ "id": first }]).to_string()), Value::Null),
            ])
        );
    })
    .await;
}

#[tokio::test]
async fn the_selection_shapes_what_is_shown() {
    reading_both(async |app| {
        let asked = "entry: sequence all: changes { __typename name: field ...Sides @include(if: true) }
            few: changes { field before @skip(if: true) }";
        let document = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Action {{ history {{ edges {{ node {{ {asked} }} }} }} }} }} }}
             fragment Sides on FieldChange {{ ...{{ was: before }} is: after }}"
        );
        let data = app.data(Persona::Chair, &document, json!({ "id": action(app, "1.9") })).await;

        let entry = &data["node"]["history"]["edges"][0]["node"];
        assert_eq!(
            entry["all"][0],
            json!({ "__typename": "FieldChange", "name": "reference", "was": null, "is": "1.9" })
        );
        assert_eq!(entry["few"][0], json!({ "field": "reference" }));
        let keys: Vec<_> = entry.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 3);
    })
    .await;
}
