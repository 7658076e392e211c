//! Who sees a file: whoever sees its evidence as it is marked at that moment, and by no path anybody else.

use serde_json::{Value, json};

use super::super::{organisation, piece};
use super::seen;
use crate::support::files::current;
use crate::support::follow::Follower;
use crate::support::{Persona, TestApp, gid, on_both, reading_both};

/// Everything that the feed told somebody about files: which, and what.
async fn told(app: &TestApp, who: Persona) -> Vec<Value> {
    let document = "query($after: String) { programme(slug: \"northshire\") { changes(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { operation entityType entityId changes { field after } node { ...on EvidenceFile { name } } } } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = app.data(who, document, json!({ "after": after })).await;
        let changes = &data["programme"]["changes"];
        let nodes = changes["nodes"].as_array().unwrap().iter().cloned();
        all.extend(nodes.filter(|entry| entry["entityType"] == "EvidenceFile"));
        if changes["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = changes["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn the_police_find_neither_sensitive_evidence_nor_its_file_by_any_path() {
    reading_both(async |app| {
        let evidence = piece(app, "OFFICIAL_SENSITIVE on 1.2, kept");
        let file = current(app, &evidence);
        let name = app.world.files.iter().find(|row| gid("fil", row.id) == file).unwrap().name.clone();
        assert_eq!(
            seen(app, Persona::BoardMember, &file, "...on EvidenceFile { name }").await["name"],
            json!(name)
        );

        for id in [&evidence, &file] {
            assert_eq!(seen(app, Persona::Police, id, "id").await, Value::Null);
        }
        let never = "fil_00000000000000000000000000000000";
        let document = "query($id: ID!) { node(id: $id) { id ...on EvidenceFile { name versions { id } } } }";
        let hidden = app.query(Persona::Police, document, json!({ "id": file })).await;
        let nothing = app.query(Persona::Police, document, json!({ "id": never })).await;
        assert_eq!(hidden.without_request_id(), nothing.without_request_id());

        let id = gid("act", app.world.action("1.2").id);
        let of_action = "...on Action { evidence { totalCount nodes { title files { name } } } }";
        let shown = seen(app, Persona::Police, &id, of_action).await;
        assert!(!shown.to_string().contains(&name), "{shown}");
        assert_eq!(shown["evidence"]["totalCount"], 3, "{shown}");
        let entries = told(app, Persona::Police).await;
        assert!(!entries.is_empty());
        assert!(!json!(entries).to_string().contains(&file), "the feed names it");
        assert!(!json!(entries).to_string().contains(&name), "the feed calls it by its name");
    })
    .await;
}

#[tokio::test]
async fn a_file_comes_and_goes_with_the_marking_and_the_shares_of_its_evidence() {
    on_both(async |app| {
        let evidence = piece(app, "OFFICIAL on 1.2, kept");
        let file = current(app, &evidence);
        let mut police = Follower::new(Persona::Police, "northshire");
        police.catch_up(app).await;
        assert!(police.held.contains(&file));

        let mark = |version: i32, marking: &str| {
            json!({ "id": evidence, "expectedVersion": version, "marking": marking, "reason": "As it is" })
        };
        app.done(Persona::ProgrammeOffice, "evidenceMark", mark(1, "OFFICIAL_SENSITIVE"), "").await;
        police.catch_up(app).await;
        assert!(!police.held.contains(&file) && !police.held.contains(&evidence));
        assert_eq!(seen(app, Persona::Police, &file, "id").await, Value::Null);

        let share = json!({
            "evidenceId": evidence, "expectedVersion": 2, "organisationId": organisation(app, "Northshire Police"),
        });
        app.done(Persona::ProgrammeOffice, "evidenceShare", share, "").await;
        police.catch_up(app).await;
        assert!(police.held.contains(&file));

        let gone = json!({ "id": file, "expectedVersion": 1, "reason": "It names a street" });
        app.done(Persona::ProgrammeOffice, "evidenceFileRemove", gone, "").await;
        police.catch_up(app).await;
        assert!(!police.held.contains(&file) && police.held.contains(&evidence));
    })
    .await;
}

#[tokio::test]
async fn a_listener_who_never_saw_it_is_told_nothing_of_its_end() {
    on_both(async |app| {
        let evidence = piece(app, "OFFICIAL_SENSITIVE on 1.2, kept");
        let file = current(app, &evidence);
        let before = told(app, Persona::Police).await;
        let gone = json!({ "id": file, "expectedVersion": 1, "reason": "It names a street" });
        app.done(Persona::ProgrammeOffice, "evidenceFileRemove", gone, "").await;

        assert_eq!(told(app, Persona::Police).await, before);
        let ended = told(app, Persona::BoardMember).await;
        let of_file = ended.iter().rfind(|entry| entry["entityId"] == json!(file)).unwrap();
        assert_eq!((&of_file["operation"], &of_file["changes"]), (&json!("hidden"), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn evidence_is_found_by_its_files_as_far_as_they_are_seen() {
    reading_both(async |app| {
        let titles = async |who: Persona, filter: &str| {
            let document = format!(
                "{{ programme(slug: \"northshire\") {{ evidence(first: 100, filter: {filter}) {{ totalCount nodes {{ title }} }} }} }}"
            );
            app.data(who, &document, json!({})).await["programme"]["evidence"].clone()
        };
        let name = |title: &str| {
            let id = app.world.piece(title).id;
            app.world.files.iter().find(|row| row.evidence_id == id && row.is_current).unwrap().name.clone()
        };
        let hidden = name("OFFICIAL_SENSITIVE on 1.2, kept");
        let by_name = format!("{{ files: {{ some: {{ isCurrent: {{ eq: true }}, text: {{ contains: \"{hidden}\" }} }} }} }}");
        assert_eq!(titles(Persona::BoardMember, &by_name).await["totalCount"], 1);
        assert_eq!(titles(Persona::Police, &by_name).await["totalCount"], 0);
        let none = titles(Persona::BoardMember, "{ files: { none: {} } }").await;
        assert_eq!(none["totalCount"], 0);
        let versions = "{ files: { some: { isCurrent: { eq: false } } } }";
        assert_eq!(titles(Persona::BoardMember, versions).await["totalCount"], 10);
    })
    .await;
}

#[tokio::test]
async fn files_take_one_statement_and_their_versions_one_more() {
    reading_both(async |app| {
        let statements = async |size: usize, fields: &str| {
            let document = format!(
                "{{ programme(slug: \"northshire\") {{ evidence(first: {size}) {{ nodes {{ title {fields} }} }} }} }}"
            );
            app.query(Persona::ProgrammeOffice, &document, json!({})).await.statements()
        };
        let without = statements(1, "").await;
        for size in [1, 30] {
            assert_eq!(statements(size, "files { name download { url } }").await, without + 1, "{size}");
            assert_eq!(statements(size, "files { name versions { number } }").await, without + 2, "{size}");
        }
    })
    .await;
}
