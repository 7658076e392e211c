//! Every list of the schema: the same forwards, backwards and whole, for each of its owners, and in its own order.

use serde_json::{Value, json};

use crate::support::pages::{List, walk};
use crate::support::{Persona, TestApp, gid, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

const fn list(of: &'static str, field: &'static str, node: &'static str) -> List {
    List { of, field, given: "", declared: "", node }
}

/// The lists, with the owners to ask.
pub(crate) fn lists(app: &TestApp) -> Vec<(List, Vec<String>)> {
    let world = &app.world;
    let programme = vec![gid("prg", world.programme("northshire").id)];
    let kind = |kind: &str, prefix: &str| {
        let rows = world.sources.iter().filter(|row| row.kind == kind && row.title != "Southmere letter");
        rows.map(|row| gid(prefix, row.id)).collect::<Vec<_>>()
    };
    let requirements = |kind: &str, prefix: &str| {
        let rows = world
            .requirements
            .iter()
            .filter(|row| row.kind == kind && row.programme_id == world.programme("northshire").id);
        rows.map(|row| gid(prefix, row.id)).collect::<Vec<_>>()
    };
    let in_northshire = |programme: uuid::Uuid| programme == world.programme("northshire").id;
    let plans = world.plans.iter().filter(|row| in_northshire(row.programme_id));
    let plans: Vec<_> = plans.map(|row| gid("pln", row.id)).collect();
    let actions = world.actions.iter().filter(|row| in_northshire(row.programme_id));
    let actions: Vec<_> = actions.map(|row| gid("act", row.id)).collect();
    let evidence = world.evidence.iter().filter(|row| in_northshire(row.programme_id));
    let evidence: Vec<_> = evidence.map(|row| gid("evd", row.id)).collect();
    let in_council = |of: Option<uuid::Uuid>| of.is_none_or(in_northshire);
    let party = |kind: &str, prefix: &str| {
        let rows = world.parties.iter().filter(|row| row.kind == kind && in_council(row.programme_id));
        rows.map(|row| gid(prefix, row.id)).collect::<Vec<_>>()
    };
    let own =
        vec![gid("mbr", world.memberships.iter().find(|row| row.subject == "programme-office").unwrap().id)];
    let measures = world.measures.iter().filter(|row| in_northshire(row.programme_id));
    let measures: Vec<_> = measures.map(|row| gid("mea", row.id)).collect();
    let feedback = world.feedback.iter().filter(|row| in_northshire(row.programme_id));
    let feedback: Vec<_> = feedback.map(|row| gid("fbk", row.id)).collect();
    let readings = world.readings.iter().filter(|row| in_northshire(row.programme_id));
    let readings = readings.map(|row| gid("rdg", row.id)).collect();
    let audits = world.audits.iter().filter(|row| in_northshire(row.programme_id));
    let audits: Vec<_> = audits.map(|row| gid("aud", row.id)).collect();
    let audit_findings = world.audit_findings.iter().filter(|row| in_northshire(row.programme_id));
    let audit_findings = audit_findings.map(|row| gid("afn", row.id)).collect();
    let challenges = world.challenges.iter().filter(|row| in_northshire(row.programme_id));
    let challenges = challenges.map(|row| gid("chl", row.id)).collect();
    let notices = world.notices.iter().filter(|row| in_northshire(row.programme_id));
    let notices = notices.map(|row| gid("ntc", row.id)).collect();
    let files = world.files.iter().filter(|row| in_northshire(row.programme_id));
    let files = files.map(|row| gid("fil", row.id)).collect();
    let documents = world.documents.iter().filter(|row| in_northshire(row.programme_id));
    let documents = documents.map(|row| gid("doc", row.id)).collect();
    let endpoints = world.endpoints.iter().filter(|row| in_northshire(row.programme_id));
    let endpoints = endpoints.map(|row| gid("whe", row.id)).collect();
    let findings = world.findings.iter().map(|row| gid("fnd", row.id)).collect();
    let duties = world.duties.iter().map(|row| gid("dut", row.id)).collect();
    let themes = world.themes.iter().map(|row| gid("thm", row.id)).collect();
    let steps = world.steps.iter().map(|row| gid("stp", row.id)).collect();
    let updates = world.updates.iter().filter(|row| in_northshire(row.programme_id));
    let updates = updates.map(|row| gid("upd", row.id)).collect();
    let (inspections, directions, reviews) =
        (kind("INSPECTION", "ins"), kind("DIRECTION", "dir"), kind("REVIEW", "rev"));
    let (recommendations, terms) =
        (requirements("RECOMMENDATION", "rec"), requirements("DIRECTION_TERM", "trm"));
    vec![
        (list("Query", "programmes", "id"), vec![String::new()]),
        (list("Query", "organisations", "id"), vec![String::new()]),
        (list("Programme", "people", "id"), programme.clone()),
        (list("Programme", "groups", "id"), programme.clone()),
        (list("Programme", "members", "id"), programme.clone()),
        (list("Programme", "sources", "id"), programme.clone()),
        (list("Programme", "recommendations", "id"), programme.clone()),
        (list("Programme", "directionTerms", "id"), programme.clone()),
        (list("Programme", "plans", "id"), programme.clone()),
        (list("Programme", "actions", "id"), programme.clone()),
        (list("Programme", "claimedWithoutImpact", "id"), programme.clone()),
        (list("Programme", "assuredOnExpiredEvidence", "id"), programme.clone()),
        (list("Programme", "strandsInDisagreement", "id"), programme.clone()),
        (list("Programme", "evidence", "id"), programme.clone()),
        (list("Programme", "measures", "id"), programme.clone()),
        (list("Programme", "feedback", "id"), programme.clone()),
        (list("Programme", "audits", "id"), programme.clone()),
        (list("Programme", "auditFindings", "id"), programme.clone()),
        (list("Programme", "challenges", "id"), programme.clone()),
        (list("Programme", "notices", "id"), programme.clone()),
        (list("Programme", "webhookEndpoints", "id"), programme.clone()),
        (list("Programme", "sourceDocuments", "id"), programme.clone()),
        (list("Programme", "changes", "sequence"), programme.clone()),
        (list("Programme", "history", "sequence"), programme.clone()),
        (list("Programme.coverage", "gaps", "id"), programme),
        (list("Membership", "history", "sequence"), own),
        (list("Organisation", "history", "sequence"), party("ORGANISATION", "org")),
        (list("Person", "history", "sequence"), party("PERSON", "per")),
        (list("Group", "history", "sequence"), party("GROUP", "grp")),
        (list("Finding", "history", "sequence"), findings),
        (list("Duty", "history", "sequence"), duties),
        (list("Theme", "history", "sequence"), themes),
        (list("Step", "history", "sequence"), steps),
        (list("ProgressUpdate", "history", "sequence"), updates),
        (list("Inspection", "recommendations", "id"), inspections.clone()),
        (list("Inspection", "history", "sequence"), inspections),
        (list("Direction", "terms", "id"), directions.clone()),
        (list("Direction", "history", "sequence"), directions),
        (list("Review", "recommendations", "id"), reviews.clone()),
        (list("Review", "findings", "id"), reviews.clone()),
        (list("Review", "history", "sequence"), reviews),
        (list("Recommendation", "actions", "id"), recommendations.clone()),
        (list("Recommendation", "evidence", "id"), recommendations.clone()),
        (list("Recommendation", "measures", "id"), recommendations.clone()),
        (list("Recommendation", "feedback", "id"), recommendations.clone()),
        (list("Recommendation", "audits", "id"), recommendations.clone()),
        (list("Recommendation", "history", "sequence"), recommendations),
        (list("DirectionTerm", "actions", "id"), terms.clone()),
        (list("DirectionTerm", "evidence", "id"), terms.clone()),
        (list("DirectionTerm", "measures", "id"), terms.clone()),
        (list("DirectionTerm", "feedback", "id"), terms.clone()),
        (list("DirectionTerm", "audits", "id"), terms.clone()),
        (list("DirectionTerm", "history", "sequence"), terms),
        (list("Plan", "actions", "id"), plans.clone()),
        (list("Plan", "history", "sequence"), plans),
        (list("Action", "changes", "sequence"), actions.clone()),
        (list("Action", "requirements", "id"), actions.clone()),
        (list("Action", "evidence", "id"), actions.clone()),
        (list("Action", "updates", "id"), actions.clone()),
        (list("Action", "measures", "id"), actions.clone()),
        (list("Action", "feedback", "id"), actions.clone()),
        (list("Action", "audits", "id"), actions.clone()),
        (list("Action", "challenges", "id"), actions.clone()),
        (list("Action", "history", "sequence"), actions),
        (list("Evidence", "actions", "id"), evidence.clone()),
        (list("Evidence", "requirements", "id"), evidence.clone()),
        (list("Evidence", "history", "sequence"), evidence),
        (list("Measure", "actions", "id"), measures.clone()),
        (list("Measure", "requirements", "id"), measures.clone()),
        (list("Measure", "readings", "id"), measures.clone()),
        (list("Measure", "history", "sequence"), measures),
        (list("Reading", "history", "sequence"), readings),
        (list("Feedback", "actions", "id"), feedback.clone()),
        (list("Feedback", "requirements", "id"), feedback.clone()),
        (list("Feedback", "history", "sequence"), feedback),
        (list("Audit", "reaudits", "id"), audits.clone()),
        (list("Audit", "findings", "id"), audits.clone()),
        (list("Audit", "actions", "id"), audits.clone()),
        (list("Audit", "requirements", "id"), audits.clone()),
        (list("Audit", "history", "sequence"), audits),
        (list("AuditFinding", "history", "sequence"), audit_findings),
        (list("Challenge", "history", "sequence"), challenges),
        (list("Notice", "history", "sequence"), notices),
        (list("EvidenceFile", "history", "sequence"), files),
        (list("SourceDocument", "history", "sequence"), documents),
        (list("WebhookEndpoint", "history", "sequence"), endpoints),
    ]
}

/// Every field of the schema that is a connection, as `Type.field`; interfaces stand for their types. What is computed of
/// the past is paged by the tests of positions.
async fn connections(app: &TestApp) -> Vec<String> {
    let document = "{ __schema { types { kind name fields { name type { name ofType { name } } } } } }";
    let schema = app.data(Persona::Anonymous, document, json!({})).await;
    let mut found = Vec::new();
    for ty in schema["__schema"]["types"].as_array().unwrap() {
        for field in ty["fields"].as_array().into_iter().flatten().filter(|_| ty["kind"] == "OBJECT") {
            let of = &field["type"];
            let name = of["name"].as_str().or(of["ofType"]["name"].as_str()).unwrap_or_default();
            // Computed lists have no rows to walk along: `position` looks at them. Nothing is proposed in the world: `actions` does; nor is there a machine
            // client: `clients` looks at them.
            let is_apart = [
                "Position",
                "ChangesBetween",
                "LinkProposal",
                "MachineClient",
                "MachineClientSecret",
                "PlanReading",
            ]
            .contains(&ty["name"].as_str().unwrap())
                || field["name"] == "machineClients";
            // Nor is anything told in it, or on its way: `webhooks` and `documents` do that.
            let is_apart = is_apart || ["WebhookDeliveryConnection", "UploadConnection"].contains(&name);
            if name.ends_with("Connection") && !is_apart {
                found.push(format!("{}.{}", ty["name"].as_str().unwrap(), field["name"].as_str().unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn every_list_is_the_same_forwards_backwards_and_whole() {
    reading_both(async |app| {
        let mut walked: Vec<String> = Vec::new();
        for (list, owners) in lists(app) {
            let owner = if list.of == "Programme.coverage" { "CoverageReport" } else { list.of };
            walked.push(format!("{owner}.{}", list.field));
            let mut longest = 0;
            for owner in owners {
                let variables = if list.of == "Query" { json!({}) } else { json!({ "id": owner }) };
                let whole = walk(app, OFFICE, &list, &variables, 100, false).await;
                longest = longest.max(whole.len());
                if whole.len() > 1 {
                    let size = whole.len().div_ceil(3).min(60);
                    assert_eq!(walk(app, OFFICE, &list, &variables, size, false).await, whole, "{walked:?}");
                    assert_eq!(walk(app, OFFICE, &list, &variables, size, true).await, whole, "{walked:?}");
                }
            }
            // Nothing was assured in this world on enough evidence that expired: `proof::agree` walks that list.
            assert!(longest > 0 || list.field == "assuredOnExpiredEvidence", "nothing is in {walked:?}");
        }
        walked.sort();

        assert_eq!(walked, connections(app).await, "a list of the schema has no row here");
    })
    .await;
}

async fn references(app: &TestApp, document: &str, id: String) -> Vec<String> {
    fn leaves(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| leaves(field, found)),
            other => found.push(other.to_string()),
        }
    }
    let mut found = Vec::new();
    leaves(&app.data(OFFICE, document, json!({ "id": id })).await, &mut found);
    found
}

#[tokio::test]
async fn unless_asked_otherwise_lists_stand_as_printed_and_news_comes_first() {
    reading_both(async |app| {
        let world = &app.world;
        let programme = gid("prg", world.programme("northshire").id);
        let of_programme =
            |list: &str| format!("query($id: ID!) {{ node(id: $id) {{ ... on Programme {{ {list} }} }} }}");

        let plan = "query($id: ID!) { node(id: $id) { ... on Plan { actions { nodes { reference } } } } }";
        assert_eq!(
            references(app, plan, gid("pln", world.plan("Published plan").id)).await,
            [
                "1.1", "1.2", "1.3", "1.4", "1.5", "1.9", "1.10", "1.11", "2.1", "2.2", "2.3", "2.4", "2.5",
                "2.10"
            ]
        );
        assert_eq!(
            references(app, &of_programme("recommendations { nodes { reference } }"), programme.clone())
                .await,
            ["1", "2", "9", "10", "(5)", "1", "1"],
            "by source, then in the order of print"
        );
        assert_eq!(
            references(app, &of_programme("directionTerms { nodes { reference } }"), programme.clone()).await,
            ["1", "2", "2.a", "2.b", "2.b.i", "2.b.ii"]
        );
        assert_eq!(
            references(app, &of_programme("sources { nodes { title } }"), programme.clone()).await,
            [
                "Lifted direction",
                "First direction",
                "Inspection",
                "Second direction",
                "Unpublished review",
                "Review under embargo"
            ]
        );
        let updates =
            "query($id: ID!) { node(id: $id) { ... on Action { updates { nodes { reportedOn } } } } }";
        assert_eq!(
            references(app, updates, gid("act", world.action("1.1").id)).await,
            ["2018-11-20", "2018-10-20"]
        );
        let added = references(app, &of_programme("evidence { nodes { addedOn } }"), programme).await;
        assert!(added.is_sorted_by(|a, b| a >= b), "{added:?}");
    })
    .await;
}

#[tokio::test]
async fn each_owner_has_its_own_page_total_and_end() {
    reading_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ... on Programme { plans { nodes { title
            actions(first: 3) { totalCount nodes { reference } pageInfo { hasNextPage endCursor } }
            last: actions(last: 1) { nodes { reference } pageInfo { hasPreviousPage } } } } } } }";
        let programme = gid("prg", app.world.programme("northshire").id);
        let data = app.data(OFFICE, document, json!({ "id": programme })).await;

        let plans = data["node"]["plans"]["nodes"].as_array().unwrap();
        assert_eq!(plans.len(), app.world.plans.len() - 2);
        for plan in plans {
            let id = app.world.plan(plan["title"].as_str().unwrap()).id;
            let own: Vec<_> = app.world.actions.iter().filter(|row| row.plan_id == id).collect();
            let names = |rows: &[&entity::action::Model]| {
                rows.iter().map(|row| json!({ "reference": row.reference })).collect::<Value>()
            };
            assert_eq!(plan["actions"]["totalCount"], own.len());
            assert_eq!(plan["actions"]["nodes"], names(&own[..own.len().min(3)]), "{}", plan["title"]);
            assert_eq!(plan["actions"]["pageInfo"]["hasNextPage"], own.len() > 3);
            assert_eq!(plan["last"]["nodes"], names(&own[own.len() - 1..]));
            assert_eq!(plan["last"]["pageInfo"]["hasPreviousPage"], own.len() > 1);
        }
    })
    .await;
}

#[tokio::test]
async fn the_link_stands_on_the_edge_and_is_seen_from_both_sides() {
    reading_both(async |app| {
        let from_action = "query($id: ID!) { node(id: $id) { ... on Action {
            requirements { edges { qualifier node { id } } } } } }";
        let from_requirement = "query($id: ID!) { node(id: $id) { ... on Requirement {
            actions { edges { qualifier node { id } } } } } }";
        let edges = async |document: &str, id: &str| {
            let data = app.data(OFFICE, document, json!({ "id": id })).await;
            let (_, list) = data["node"].as_object().unwrap().iter().next().unwrap();
            list["edges"].as_array().unwrap().clone()
        };
        for link in app.world.links_in(app.world.programme("northshire").id) {
            let requirement =
                app.world.requirements.iter().find(|row| row.id == link.requirement_id).unwrap();
            let prefix = if requirement.kind == "RECOMMENDATION" { "rec" } else { "trm" };
            let (action, requirement) = (gid("act", link.action_id), gid(prefix, requirement.id));
            let seen = |other: &str| json!({ "qualifier": link.qualifier, "node": { "id": other } });

            assert!(edges(from_action, &action).await.contains(&seen(&requirement)));
            assert!(edges(from_requirement, &requirement).await.contains(&seen(&action)));
        }
    })
    .await;
}
