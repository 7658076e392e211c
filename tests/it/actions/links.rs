//! Actions are linked to what they address.

use serde_json::{Value, json};

use super::{OFFICE, action, direction, recommendation, refusal, shown, term};
use crate::support::{Persona, TestApp, on_both};

async fn coverage(app: &TestApp, id: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Recommendation { coverage } ...on DirectionTerm { coverage } } }";
    app.data(OFFICE, document, json!({ "id": id })).await["node"]["coverage"].clone()
}

const LINKS: &str = "action { version requirements { edges { qualifier node { ...on Recommendation { reference } ...on DirectionTerm { reference } } } } }";

#[tokio::test]
async fn a_link_covers_and_a_qualifier_covers_a_part() {
    on_both(async |app| {
        let (id, demand) = (action(app, "2.1"), recommendation(app, "(5)"));
        let of =
            |qualifier: Value| json!({ "actionId": id, "requirementId": demand, "qualifier": qualifier });

        app.done(OFFICE, "actionLink", of(json!("only at night")), LINKS).await;
        assert_eq!(coverage(app, &demand).await, "PARTIAL");
        // Without a word about the qualifier the link that there is stays as it is.
        let same = json!({ "actionId": id, "requirementId": demand });
        let same = app.done(OFFICE, "actionLink", same, LINKS).await;
        assert_eq!(same["action"]["version"], 2);
        app.done(OFFICE, "actionLink", of(Value::Null), LINKS).await;
        assert_eq!(coverage(app, &demand).await, "COVERED");

        let back = json!({ "actionId": id, "requirementId": demand, "expectedVersion": 3 });
        let now = app.done(OFFICE, "actionUnlink", back.clone(), LINKS).await;
        assert_eq!(now["action"]["version"], 4);
        assert_eq!(coverage(app, &demand).await, "UNCOVERED");
        let stale = app.refused(OFFICE, "actionUnlink", back).await;
        assert_eq!(stale, refusal("VERSION_CONFLICT", "expectedVersion"));
        let none = json!({ "actionId": id, "requirementId": demand });
        let none = app.refused(OFFICE, "actionUnlink", none).await;
        assert_eq!(none, refusal("VALIDATION_FAILED", "requirementId"));
    })
    .await;
}

#[tokio::test]
async fn a_direction_without_a_clause_gets_one() {
    on_both(async |app| {
        let id = action(app, "1.10");
        let whole = json!({ "actionId": id, "requirementId": direction(app) });
        let whole = app.refused(OFFICE, "actionLink", whole).await;
        assert_eq!(whole, refusal("VALIDATION_FAILED", "requirementId"));
        let of = |requirement: String| json!({ "actionId": id, "directionId": direction(app), "requirementId": requirement });
        let foreign = app.refused(OFFICE, "actionLinkResolve", of(recommendation(app, "1"))).await;
        assert_eq!(foreign, refusal("VALIDATION_FAILED", "requirementId"));

        app.done(OFFICE, "actionLinkResolve", of(term(app, "2.b.ii")), LINKS).await;

        let now = shown(app, OFFICE, &id, "version unspecifiedDirections { id } requirements { nodes { id } }").await;
        let linked = json!({ "nodes": [{ "id": term(app, "2.b.ii") }] });
        assert_eq!(now, json!({ "version": 2, "unspecifiedDirections": [], "requirements": linked }));
        assert_eq!(coverage(app, &term(app, "2.b.ii")).await, "COVERED");
        let again = app.refused(OFFICE, "actionLinkResolve", of(term(app, "2.a"))).await;
        assert_eq!(again, refusal("VALIDATION_FAILED", "directionId"));
    })
    .await;
}

#[tokio::test]
async fn only_the_office_links_and_only_what_lives() {
    on_both(async |app| {
        let of = |reference: &str| {
            json!({ "actionId": action(app, reference), "requirementId": recommendation(app, "2") })
        };
        for who in [Persona::Lead, Persona::Officer, Persona::Chair, Persona::Police, Persona::Admin] {
            assert_eq!(app.refused(who, "actionLink", of("1.1")).await, refusal("FORBIDDEN", "actionId"));
        }
        for reference in ["2.4", "2.5", "Z1"] {
            let refused = app.refused(OFFICE, "actionLink", of(reference)).await;
            assert_eq!(refused, refusal("ILLEGAL_TRANSITION", "actionId"), "{reference}");
        }
        let other = app.world.requirement("Southmere letter", "1").id;
        let other = json!({ "actionId": action(app, "1.1"), "requirementId": crate::support::gid("rec", other) });
        let other = app.refused(OFFICE, "actionLink", other).await;
        assert_eq!(other, refusal("NOT_FOUND", "requirementId"));
    })
    .await;
}
