//! Selections: aliases, fragments, directives, interfaces and unions, and the schema's own description.

use serde_json::{Value, json};

use crate::support::{Persona, gid, reading_both};

const CHAIR: Persona = Persona::Chair;

#[tokio::test]
async fn one_field_can_be_asked_for_twice_with_other_arguments() {
    reading_both(async |app| {
        let document = "query($id: ID!) { plan: node(id: $id) { ... on Plan {
            first: actions(first: 1) { nodes { reference } }
            last: actions(last: 1) { nodes { number: reference reference } }
            complete: actions(filter: { status: { eq: COMPLETE } }) { totalCount nodes { reference } }
            actions(orderBy: { field: REFERENCE, direction: DESC }, first: 2) { nodes { reference } } } } }";
        let id = gid("pln", app.world.plan("Published plan").id);
        let data = app.data(CHAIR, document, json!({ "id": id })).await;

        assert_eq!(
            data["plan"],
            json!({
                "first": { "nodes": [{ "reference": "1.1" }] },
                "last": { "nodes": [{ "number": "2.10", "reference": "2.10" }] },
                "complete": { "totalCount": 1, "nodes": [{ "reference": "2.2" }] },
                "actions": { "nodes": [{ "reference": "2.10" }, { "reference": "2.5" }] },
            })
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_field_asked_for_in_several_places_is_merged() {
    reading_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ...a ...b ... on Action { plan { status } ...a } } }
            fragment a on Action { plan { title } requirements(first: 1) { edges { qualifier } } }
            fragment b on Node { id ... on Action { plan { id: __typename } requirements(first: 1) { edges { node { reference } } } } }";
        let id = gid("act", app.world.action("1.9").id);
        let data = app.data(CHAIR, document, json!({ "id": id })).await;

        assert_eq!(
            data["node"],
            json!({
                "plan": { "title": "Published plan", "id": "Plan", "status": "PUBLISHED" },
                "requirements": { "edges": [{ "qualifier": null, "node": { "reference": "1" } }] },
                "id": id,
            })
        );
        let keys: Vec<_> = data["node"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["plan", "requirements", "id"], "in the order of the selection");
    })
    .await;
}

#[tokio::test]
async fn skip_and_include_leave_out_what_they_say_and_its_cost() {
    reading_both(async |app| {
        let document = "query($id: ID!, $yes: Boolean!, $no: Boolean = false) { node(id: $id) { ... on Plan {
            title @include(if: $yes) status @skip(if: $yes) closedOn @skip(if: $no) @include(if: false)
            ... @include(if: $no) { themes { name } } ...f @skip(if: $yes)
            actions(first: 1) @include(if: $no) { totalCount } } } }
            fragment f on Plan { owner { name } }";
        let id = gid("pln", app.world.plan("Published plan").id);
        let with = app.query(CHAIR, document, json!({ "id": id, "yes": true })).await;
        let without = app.query(CHAIR, document, json!({ "id": id, "yes": false, "no": true })).await;

        assert_eq!(with.data()["node"], json!({ "title": "Published plan" }));
        assert_eq!(with.statements(), 2);
        let keys: Vec<_> = without.data()["node"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["status", "themes", "owner", "actions"]);
        // The owner and the number of actions come along with the plan; on PostgreSQL its themes do, too.
        assert_eq!(without.statements(), app.takes(3, 2));
        let nothing = app.data(CHAIR, "{ viewer @skip(if: true) { subject } }", json!({})).await;
        assert_eq!(nothing, json!({}));
    })
    .await;
}

#[tokio::test]
async fn interfaces_and_unions_show_each_type_its_own_fields() {
    reading_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ... on Programme {
            sources { nodes { __typename title ... on Node { id } ... on Inspection { framework judgements { area grade } }
                ... on Direction { status } ... on Review { kind findings { totalCount } } } } } } }";
        let programme = gid("prg", app.world.programme("northshire").id);
        let data = app.data(CHAIR, document, json!({ "id": programme })).await;
        let source = |title: &str| {
            let nodes = data["node"]["sources"]["nodes"].as_array().unwrap();
            let mut found = nodes.iter().find(|node| node["title"] == title).unwrap().clone();
            assert!(found["id"].is_string());
            found.as_object_mut().unwrap().remove("id");
            found
        };
        let judgements = json!([
            { "area": "OVERALL_EFFECTIVENESS", "grade": "INADEQUATE" }, { "area": "CARE_LEAVERS", "grade": "GOOD" }]);
        assert_eq!(
            source("Inspection"),
            json!({ "__typename": "Inspection", "title": "Inspection", "framework": "SIF", "judgements": judgements })
        );
        assert_eq!(
            source("First direction"),
            json!({ "__typename": "Direction", "title": "First direction", "status": "REVISED" })
        );
        assert_eq!(
            source("Unpublished review"),
            json!({ "__typename": "Review", "title": "Unpublished review", "kind": "PEER_REVIEW", "findings": { "totalCount": 1 } })
        );

        let leads = "query($id: ID!) { node(id: $id) { ... on Action { leads { __typename ... on Person { post employer: organisation { name } }
            ... on Group { name members { post } } ... on Organisation { kind } }
            contributors { ... on Node { id } ... on Person { post } } } } }";
        let of = async |reference: &str| {
            let id = gid("act", app.world.action(reference).id);
            app.data(CHAIR, leads, json!({ "id": id })).await["node"].clone()
        };
        let council = json!({ "name": "Northshire Council" });
        assert_eq!(
            of("1.1").await["leads"],
            json!([{ "__typename": "Person", "post": "Head of service", "employer": council }])
        );
        let members = of("1.4").await["leads"][0]["members"].clone();
        let mut posts: Vec<_> = members.as_array().unwrap().iter().map(|of| of["post"].to_string()).collect();
        posts.sort();
        assert_eq!(posts, ["\"Head of service\"", "\"Safeguarding nurse\""]);
        assert_eq!(of("1.5").await["leads"], json!([{ "__typename": "Organisation", "kind": "POLICE" }]));
        let inspector = gid("per", app.world.party("Detective inspector").id);
        assert_eq!(of("1.3").await["contributors"], json!([{ "id": inspector, "post": "Detective inspector" }]));
    })
    .await;
}

#[tokio::test]
async fn requirements_of_both_kinds_stand_in_one_list() {
    reading_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ... on Programme { coverage { gaps(first: 100) { nodes { __typename
            ... on Recommendation { isImmediate response { status reason } } ... on DirectionTerm { parent { reference } children { reference } }
            source { __typename ... on Direction { status } title } } } } } } }";
        let programme = gid("prg", app.world.programme("northshire").id);
        let data = app.data(CHAIR, document, json!({ "id": programme })).await;
        let gaps = data["node"]["coverage"]["gaps"]["nodes"].as_array().unwrap();
        let is_there = |gap: Value| assert!(gaps.contains(&gap), "{gap} is not in {gaps:?}");

        is_there(json!({ "__typename": "Recommendation", "isImmediate": false,
            "response": { "status": "NOTED", "reason": "Done already" },
            "source": { "__typename": "Inspection", "title": "Inspection" } }));
        is_there(json!({ "__typename": "Recommendation", "isImmediate": false, "response": null,
            "source": { "__typename": "Inspection", "title": "Inspection" } }));
        is_there(json!({ "__typename": "DirectionTerm", "parent": { "reference": "2" },
            "children": [{ "reference": "2.b.i" }, { "reference": "2.b.ii" }],
            "source": { "__typename": "Direction", "status": "IN_FORCE", "title": "Second direction" } }));
    })
    .await;
}

#[tokio::test]
async fn the_schema_describes_itself_beside_data() {
    reading_both(async |app| {
        let document = "query($name: String!) { a: __typename viewer { subject __typename } status: __type(name: $name) { kind
            enumValues { name } } __schema { queryType { name } mutationType { name } } b: viewer { subject } none: __type(name: \"Nothing\") { name } }";
        let data = app.data(CHAIR, document, json!({ "name": "PlanStatus" })).await;

        let values: Vec<_> = ["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"]
            .iter()
            .map(|name| json!({ "name": name }))
            .collect();
        assert_eq!(
            data,
            json!({
                "a": "Query",
                "viewer": { "subject": "chair", "__typename": "Viewer" },
                "status": { "kind": "ENUM", "enumValues": values },
                "__schema": { "queryType": { "name": "Query" }, "mutationType": { "name": "Mutation" } },
                "b": { "subject": "chair" },
                "none": null,
            })
        );
        let keys: Vec<_> = data.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["a", "viewer", "status", "__schema", "b", "none"]);
    })
    .await;
}

#[tokio::test]
async fn what_stands_beside_an_action_is_told_from_both_sides() {
    reading_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ... on Action { rolledOverFrom { reference } rolledOverTo { reference }
            dependsOn { reference } unspecifiedDirections { title } steps { text struckOutReason }
            plan { predecessor { title } successor { title } } theme { name parent { name } children { name } } } } }";
        let of = async |reference: &str| {
            let id = gid("act", app.world.action(reference).id);
            app.data(CHAIR, document, json!({ "id": id })).await["node"].clone()
        };

        assert_eq!(of("1.5").await["rolledOverFrom"]["reference"], "Z1");
        assert_eq!(of("Z1").await["rolledOverTo"]["reference"], "1.5");
        assert_eq!(of("Z1").await["plan"], json!({ "predecessor": null, "successor": { "title": "Published plan" } }));
        assert_eq!(of("2.10").await["dependsOn"], json!([{ "reference": "1.11" }]));
        assert_eq!(of("1.10").await["unspecifiedDirections"], json!([{ "title": "Second direction" }]));
        assert_eq!(of("2.10").await["steps"][1]["struckOutReason"], "Nobody asked for it");
        assert_eq!(
            of("2.1").await["theme"],
            json!({ "name": "Front door", "parent": { "name": "Practice" }, "children": [] })
        );
        assert_eq!(of("1.9").await["theme"]["children"], json!([{ "name": "Front door" }]));
    })
    .await;
}
