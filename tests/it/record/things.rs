//! The thing that an entry is about, and the history of every kind of thing.

use serde_json::{Value, json};

use super::{action, every_change, history};
use crate::support::{Persona, gid, on_both, reading_both};

/// The types that the world has, each with what tells one of them from another.
const TYPES: [(&str, &str); 28] = [
    ("Programme", "slug"),
    ("Membership", "role"),
    ("Organisation", "kind"),
    ("Person", "post"),
    ("Group", "kind"),
    ("Inspection", "title"),
    ("Direction", "title"),
    ("Review", "title"),
    ("Recommendation", "reference"),
    ("DirectionTerm", "reference"),
    ("Finding", "text"),
    ("Duty", "what"),
    ("Plan", "title"),
    ("Theme", "name"),
    ("Action", "reference"),
    ("Step", "text"),
    ("ProgressUpdate", "narrative"),
    ("Evidence", "title"),
    ("EvidenceFile", "name"),
    ("SourceDocument", "name"),
    ("Measure", "title"),
    ("Reading", "periodEnd"),
    ("Feedback", "said"),
    ("Audit", "title"),
    ("AuditFinding", "text"),
    ("Challenge", "text"),
    ("Notice", "kind"),
    ("WebhookEndpoint", "url"),
];

#[tokio::test]
async fn an_entry_leads_to_its_thing_as_it_is_now() {
    reading_both(async |app| {
        let details: Vec<String> =
            TYPES.iter().map(|(ty, field)| format!("... on {ty} {{ of{ty}: {field} }}")).collect();
        let selection =
            format!("entityType entityId node {{ __typename id }} more: node {{ id {} }}", details.join(" "));
        for persona in Persona::ALL {
            if !matches!(persona, Persona::SouthmereOffice | Persona::Nobody | Persona::Anonymous) {
                let entries = every_change(app, *persona, "northshire", &selection).await;
                assert!(!entries.is_empty());
                for entry in entries {
                    let expected = json!({ "__typename": entry["entityType"], "id": entry["entityId"] });
                    assert_eq!(entry["node"], expected, "{persona:?}");
                    let (ty, more) = (entry["entityType"].as_str().unwrap(), &entry["more"]);
                    assert_eq!(more["id"], entry["entityId"]);
                    assert!(more[format!("of{ty}")].is_string(), "{persona:?} {entry}");
                    assert_eq!(more.as_object().unwrap().len(), 2);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_fragment_for_another_type_leaves_an_empty_object() {
    reading_both(async |app| {
        let selection = "entityType node { ... on Action { reference } }";
        for entry in every_change(app, Persona::Chair, "northshire", selection).await {
            let node = entry["node"].as_object().unwrap();
            assert_eq!(node.contains_key("reference"), entry["entityType"] == "Action");
        }
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_recorded_has_its_history() {
    reading_both(async |app| {
        let entries =
            every_change(app, Persona::ProgrammeOffice, "northshire", "sequence entityType entityId").await;
        for (ty, _) in TYPES {
            let of_type = entries.iter().filter(|entry| entry["entityType"] == ty);
            let ids: Vec<&Value> = of_type.map(|entry| &entry["entityId"]).collect();
            assert!(!ids.is_empty(), "there is no {ty}");
            for id in ids.into_iter().take(3) {
                let id = id.as_str().unwrap();
                let history =
                    history(app, Persona::ProgrammeOffice, ty, id, "sequence entityType entityId").await;
                let expected: Vec<Value> =
                    entries.iter().filter(|entry| entry["entityId"] == id).cloned().collect();
                assert_eq!(history, expected, "{ty}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_thing_is_shown_in_its_present_state_in_every_entry() {
    on_both(async |app| {
        let before = app.world.action("1.9").clone();
        let mut to = app.write().await;
        let mut after = before.clone();
        after.aim = "Another aim".to_owned();
        to.cx.update(&before, after).await.unwrap();
        to.commit().await;

        let selection = "version node { ... on Action { aim version leads { __typename } } }";
        let entries = history(app, Persona::Chair, "Action", &action(app, "1.9"), selection).await;

        let versions: Vec<&Value> = entries.iter().map(|entry| &entry["version"]).collect();
        assert_eq!(versions, [1, 2]);
        for entry in &entries {
            assert_eq!(entry["node"], json!({ "aim": "Another aim", "version": 2, "leads": [] }));
        }
    })
    .await;
}

#[tokio::test]
async fn the_number_of_statements_depends_on_the_selection_alone() {
    on_both(async |app| {
        let mut to = app.write().await;
        let council = to.record.party("Northshire Council").clone();
        let plan = to.plan("Many", "AGREED", &council, |_| {}).await;
        for number in 0..120 {
            to.action(&plan, &format!("M{number}"), |_| {}).await;
        }
        to.commit().await;
        let statements = async |persona: Persona, size: usize, selection: &str| {
            let document = format!(
                "query($id: ID!) {{ node(id: $id) {{ ... on Programme {{
                    changes(last: {size}) {{ nodes {{ {selection} }} }} }} }} }}"
            );
            let id = gid("prg", app.world.programme("northshire").id);
            let answer = app.query(persona, &document, json!({ "id": id })).await;
            assert_eq!(answer.errors(), [] as [Value; 0]);
            assert_eq!(answer.data()["node"]["changes"]["nodes"].as_array().unwrap().len(), size);
            answer.statements()
        };

        for persona in [Persona::Chair, Persona::Police, Persona::Admin] {
            for (selection, more) in [
                ("sequence", 0),
                ("changes { field after }", 1),
                ("node { __typename id }", 0),
                ("node { id ... on Action { reference } }", 1),
                (
                    "changes { field } node { ... on Action { reference } ... on Step { text } }",
                    app.takes(3, 2),
                ),
                ("node { ... on Person { post } ... on Group { name } ... on Organisation { name } }", 1),
            ] {
                for size in [1, 100] {
                    // The viewer, the programme, its changes.
                    let count = statements(persona, size, selection).await;
                    assert_eq!(count, app.takes(3, 2) + more, "{persona:?} {size} {selection}");
                }
            }
        }
    })
    .await;
}
