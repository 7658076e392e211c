//! `programmeCreate`, `programmeUpdate`, `ratingSchemeSet`.

use serde_json::{Value, json};

use super::{error, northshire, of};
use crate::support::{Persona, gid, on_both};

#[tokio::test]
async fn an_administrator_begins_a_programme_with_a_council_old_or_new() {
    on_both(async |app| {
        let shows = "programme { id slug isPublic version viewerCan authority { name identifiers { value } }
            changes { nodes { entityType operation } } }";
        let council = gid("org", app.world.party("Northshire Council").id);
        let known = json!({ "slug": "westshire", "name": "Westshire", "authorityId": council });
        let payload = app.done(Persona::Admin, "programmeCreate", known.clone(), shows).await;
        let programme = &payload["programme"];
        assert_eq!((&programme["isPublic"], &programme["version"]), (&json!(false), &json!(1)));
        assert_eq!(programme["viewerCan"], json!(["UPDATE", "ADD_PARTY", "ADD_MEMBER"]));

        let identifiers = json!([{ "scheme": "GSS", "value": "E99000009" }]);
        let new = json!({ "name": "Eastshire Council", "kind": "COUNCIL", "identifiers": identifiers });
        let fresh = json!({ "slug": "eastshire", "name": "Eastshire", "newAuthority": new });
        let payload = app.done(Persona::Admin, "programmeCreate", fresh, shows).await;
        let programme = &payload["programme"];
        assert_eq!(programme["authority"]["identifiers"], json!([{ "value": "E99000009" }]));
        let entries = programme["changes"]["nodes"].as_array().unwrap();
        assert_eq!(entries.len(), 2, "{programme}");

        let refused = async |who, input| app.refused(who, "programmeCreate", input).await;
        assert_eq!(refused(Persona::Admin, known.clone()).await, error("VALIDATION_FAILED", "slug"));
        assert_eq!(refused(Persona::ProgrammeOffice, known).await, error("FORBIDDEN", ""));
        let shouting = json!({ "slug": "West shire", "name": "W", "authorityId": council });
        assert_eq!(refused(Persona::Admin, shouting).await, error("VALIDATION_FAILED", "slug"));
        let nobody = json!({ "slug": "midshire", "name": "Midshire" });
        assert_eq!(refused(Persona::Admin, nobody).await, error("VALIDATION_FAILED", "authorityId"));
    })
    .await;
}

#[tokio::test]
async fn a_programme_opens_to_the_public_and_closes() {
    on_both(async |app| {
        let id = northshire(app);
        let sees = async || {
            let asked = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
            let response = app.query(Persona::Anonymous, asked, json!({ "ids": [id] })).await;
            response.data()["nodes"][0] != Value::Null
        };
        let shows = "programme { version name isPublic }";
        assert!(!sees().await);
        let open = of(&id, 1, json!({ "isPublic": true }));
        app.done(Persona::ProgrammeOffice, "programmeUpdate", open, shows).await;
        assert!(sees().await);
        let closed = of(&id, 2, json!({ "isPublic": false, "name": "Better" }));
        let payload = app.done(Persona::Admin, "programmeUpdate", closed, shows).await;
        assert_eq!(payload["programme"], json!({ "version": 3, "name": "Better", "isPublic": false }));
        assert!(!sees().await);

        let refused = async |who, more| app.refused(who, "programmeUpdate", of(&id, 3, more)).await;
        assert_eq!(
            refused(Persona::Admin, json!({ "name": null })).await,
            error("VALIDATION_FAILED", "name")
        );
        assert_eq!(refused(Persona::Chair, json!({ "name": "Ours" })).await, error("FORBIDDEN", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_programme_has_its_own_names_for_health() {
    on_both(async |app| {
        let rating = |health: &str, label: &str, colour: &str| json!({ "health": health, "label": label, "colour": colour });
        let scheme = |version: i32, ratings: Vec<Value>| {
            json!({ "programmeId": northshire(app), "expectedVersion": version, "ratings": ratings })
        };
        let mut four = vec![
            rating("DONE", "Complete", "#0000FF"),
            rating("ON_TRACK", "Going well", "#00703c"),
            rating("AT_RISK", "Watch", "#f47738"),
            rating("OFF_TRACK", "Stuck", "#d4351c"),
        ];
        let office = Persona::ProgrammeOffice;
        let payload = app.done(office, "ratingSchemeSet", scheme(1, four.clone()), "programme { version }").await;
        assert_eq!(payload["programme"]["version"], 2);
        let asked = "query($id: ID!) { node(id: $id) { ...on Action { rating { label colour } } } }";
        let late = json!({ "id": gid("act", app.world.action("1.11").id) });
        let data = app.data(Persona::Chair, asked, late).await;
        assert_eq!(data["node"]["rating"], json!({ "label": "Stuck", "colour": "#d4351c" }));
        let same = app.done(office, "ratingSchemeSet", scheme(2, four.clone()), "programme { version }").await;
        assert_eq!(same["programme"]["version"], 2);

        let refused = async |who, ratings| app.refused(who, "ratingSchemeSet", scheme(2, ratings)).await;
        assert_eq!(refused(Persona::Admin, four.clone()).await, error("FORBIDDEN", "programmeId"));
        four[0]["colour"] = json!("blue");
        assert_eq!(refused(office, four.clone()).await, error("VALIDATION_FAILED", "ratings.0.colour"));
        four.remove(0);
        assert_eq!(refused(office, four).await, error("VALIDATION_FAILED", "ratings"));
    })
    .await;
}
