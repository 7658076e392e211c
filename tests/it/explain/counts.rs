//! What is counted by its links is not looked at by whoever sees all of it.

use serde_json::json;

use super::{Told, explained, explaining};
use crate::support::Persona;

#[tokio::test]
async fn evidence_is_counted_by_its_links_for_whoever_sees_all_of_it() {
    explaining("", async |app| {
        let (told, _guard) = Told::listen();
        let document = "{ programme(slug: \"northshire\") { actions(first: 20) { nodes { id evidence { totalCount } } } } }";
        for (who, looks) in [
            (Persona::BoardMember, false),
            (Persona::ProgrammeOffice, false),
            (Persona::Lead, true),
            (Persona::Police, true),
            (Persona::Admin, true),
        ] {
            let (_, plans) = explained(app, &told, who, document, json!({})).await;
            assert!(plans.iter().any(|plan| plan.reads("evidence_action")), "{who:?}");
            assert_eq!(plans.iter().any(|plan| plan.reads("evidence")), looks, "{who:?}");
        }
    })
    .await;
}
