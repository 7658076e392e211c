//! The same set along every path: by id, in every list of every parent, in every count.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::eye::{Eye, Named, everything};
use super::paths::{APART, PATHS, Shape};
use super::seed;
use crate::support::{Persona, TestApp, on_both};

/// How many things one request asks for.
const BATCH: usize = 16;
/// How many of each connection: more than any thing has.
const PAGE: usize = 60;

/// The types that have a global id, with its prefix.
pub const TYPES: [(&str, &str); 31] = [
    ("Programme", "prg"),
    ("Membership", "mbr"),
    ("Organisation", "org"),
    ("Person", "per"),
    ("Group", "grp"),
    ("Inspection", "ins"),
    ("Direction", "dir"),
    ("Review", "rev"),
    ("Recommendation", "rec"),
    ("DirectionTerm", "trm"),
    ("Finding", "fnd"),
    ("Duty", "dut"),
    ("Plan", "pln"),
    ("Theme", "thm"),
    ("Action", "act"),
    ("Step", "stp"),
    ("ProgressUpdate", "upd"),
    ("Evidence", "evd"),
    ("EvidenceFile", "fil"),
    ("SourceDocument", "doc"),
    ("LinkProposal", "lpr"),
    ("Measure", "mea"),
    ("Reading", "rdg"),
    ("Feedback", "fbk"),
    ("Audit", "aud"),
    ("AuditFinding", "afn"),
    ("MachineClient", "mcl"),
    ("MachineClientSecret", "mcs"),
    ("Challenge", "chl"),
    ("Notice", "ntc"),
    ("WebhookEndpoint", "whe"),
];

/// Asks for things of a type by their ids.
fn by_ids(ty: &str, fields: &str) -> String {
    format!("query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...on {ty} {{ id {fields} }} }} }}")
}

/// The ids that stand in an answer, sorted; one that stands there twice is there twice.
fn ids(value: &Value, shape: Shape) -> Vec<String> {
    let items = match shape {
        Shape::One if value.is_null() => Vec::new(),
        Shape::One => vec![value],
        Shape::Many => value.as_array().unwrap().iter().collect(),
        Shape::Pages => value["nodes"].as_array().unwrap().iter().collect(),
    };
    let mut ids: Vec<String> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn seen(eye: &Eye<'_>, mut all: Vec<String>) -> Vec<String> {
    all.retain(|id| eye.sees(id));
    all.sort();
    all
}

fn uuid(gid: &str) -> uuid::Uuid {
    uuid::Uuid::try_parse(&gid[4..]).unwrap()
}

/// Looks for everything there is, by id and from every parent.
async fn look_everywhere(app: &TestApp, eye: &Eye<'_>, persona: Persona) {
    let record = eye.record;
    for (ty, prefix) in TYPES {
        let paths: Vec<_> = PATHS.iter().filter(|path| path.of.contains(&(ty, prefix))).collect();
        // One programme holds more than everything else together.
        let (batch, page) = if ty == "Programme" { (1, 100) } else { (BATCH, PAGE) };
        let fields: Vec<String> = paths.iter().map(|path| path.selection(page)).collect();
        let document = by_ids(ty, &fields.join(" "));
        let mut all = everything(record);
        all.retain(|id| id.starts_with(prefix));
        assert!(!all.is_empty(), "there is no {ty} to look for");
        for some in all.chunks(batch) {
            let answer = app.query(persona, &document, json!({ "ids": some })).await;
            let there = answer.data()["nodes"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
            let hidden = some.iter().filter(|id| !eye.sees(id)).count();
            assert_eq!(answer.errors().len(), hidden.min(20), "{persona:?} {}", answer.text);
            for (id, thing) in some.iter().zip(there) {
                assert_eq!(!thing.is_null(), eye.sees(id), "{persona:?} asks for {ty} {id}");
                if thing.is_null() {
                    continue;
                }
                for path in &paths {
                    let shown = ids(&thing[path.field], path.shape);
                    let expected = seen(eye, (path.to)(record, uuid(id)));
                    assert_eq!(shown, expected, "{persona:?}: {ty} {id} {}", path.field);
                    if path.shape == Shape::Pages {
                        assert_eq!(thing[path.field]["totalCount"], expected.len(), "{}", path.field);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_a_viewer_may_not_see_is_on_no_path() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        for persona in Persona::ALL {
            look_everywhere(app, &Eye::of(&record, *persona), *persona).await;
        }
    })
    .await;
}

/// A membership that somebody holds beside their own: who, role, programme, organisation and post.
const BESIDE: [(Persona, &str, &str, &str, &str); 4] = [
    (Persona::Police, "BOARD", "southmere", "", ""),
    (Persona::Scrutiny, "OFFICER", "southmere", "Southmere Council", "Director of children's services"),
    (Persona::SouthmereOffice, "PARTNER", "northshire", "Northshire Police", ""),
    (Persona::BoardMember, "OFFICER", "northshire", "", "Safeguarding nurse"),
];

#[tokio::test]
async fn several_memberships_add_up_each_in_its_own_programme_only() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let mut to = app.write().await;
        to.record = record;
        for (persona, role, slug, organisation, post) in BESIDE {
            let party = |name: &str| (!name.is_empty()).then(|| to.record.party(name).id);
            let (organisation, person) = (party(organisation), party(post));
            to.programme = to.record.programme(slug).id;
            let change = |of: &mut entity::membership::Model| {
                (of.organisation_id, of.person_id) = (organisation, person);
            };
            to.member(persona.subject().unwrap(), role, change).await;
        }
        let record = to.commit().await;

        for (persona, ..) in BESIDE {
            look_everywhere(app, &Eye::of(&record, persona), persona).await;
        }
    })
    .await;
}

#[tokio::test]
async fn evidence_reaches_a_requirement_only_through_what_the_viewer_sees() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let document = "query Q($ids: [ID!]!) { nodes(ids: $ids) { ...on Requirement { id evidence(first: 100) { totalCount nodes { id } } } } }";
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);
            let visible: Vec<_> = record.requirements.iter().filter(|row| eye.sees(&row.gid())).collect();
            for some in visible.chunks(BATCH) {
                let names: Vec<String> = some.iter().map(|row| row.gid()).collect();
                let answer = app.data(*persona, document, json!({ "ids": names })).await;
                for (requirement, shown) in some.iter().zip(answer["nodes"].as_array().unwrap()) {
                    let attached = |piece: uuid::Uuid| {
                        let mut direct = record.evidence_of_requirements.iter();
                        let mut links = record.links.iter().filter(|link| {
                            let action = record.actions.iter().find(|row| row.id == link.action_id).unwrap();
                            link.requirement_id == requirement.id && eye.sees(&action.gid())
                        });
                        direct.any(|row| row.requirement_id == requirement.id && row.evidence_id == piece)
                            || links.any(|link| {
                                let mut pieces = record.evidence_of_actions.iter();
                                pieces.any(|row| row.action_id == link.action_id && row.evidence_id == piece)
                            })
                    };
                    let mut expected: Vec<String> =
                        record.evidence.iter().filter(|row| attached(row.id)).map(Named::gid).collect();
                    expected.retain(|id| eye.sees(id));
                    expected.sort();
                    let shown = &shown["evidence"];
                    assert_eq!(ids(shown, Shape::Pages), expected, "{persona:?} {}", requirement.text);
                    assert_eq!(shown["totalCount"], expected.len());
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_direction_is_revised_only_by_one_in_sight() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let id = record.source("Second direction").gid();
        let document = "query Q($id: ID!) { node(id: $id) { ...on Direction { status } } }";
        for (persona, status) in [(Persona::Scrutiny, "IN_FORCE"), (Persona::BoardMember, "REVISED")] {
            let answer = app.data(persona, document, json!({ "id": id })).await;
            assert_eq!(answer["node"]["status"], status, "{persona:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_root_shows_programmes_and_memberships_to_whom_they_concern() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let document =
            "{ programmes(first: 100) { totalCount nodes { id slug } } viewer { memberships { id } } }";
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);

            let answer = app.data(*persona, document, json!({})).await;

            let programmes = seen(&eye, record.programmes.iter().map(Named::gid).collect());
            assert_eq!(ids(&answer["programmes"], Shape::Pages), programmes);
            assert_eq!(answer["programmes"]["totalCount"], programmes.len());
            match persona.subject() {
                Some(_) => assert_eq!(
                    ids(&answer["viewer"]["memberships"], Shape::Many),
                    seen(
                        &eye,
                        record.memberships.iter().filter(|row| eye.owns(row)).map(Named::gid).collect()
                    )
                ),
                None => assert!(answer["viewer"].is_null()),
            }
            for programme in &record.programmes {
                let document = "query Q($slug: String!) { programme(slug: $slug) { id } }";
                let answer = app.query(*persona, document, json!({ "slug": programme.slug })).await;
                assert_eq!(!answer.data()["programme"].is_null(), eye.sees(&programme.gid()));
            }
        }
    })
    .await;
}

/// Everything that the ledger of a programme says to a persona, page by page.
async fn feed(app: &TestApp, persona: Persona, slug: &str) -> Option<Vec<Value>> {
    let document = "query Q($slug: String!, $after: String) { programme(slug: $slug) { changes(first: 100, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { sequence entityType entityId } } } }";
    let mut entries = Vec::new();
    let mut after = Value::Null;
    loop {
        let answer = app.query(persona, document, json!({ "slug": slug, "after": after })).await;
        let changes = &answer.data()["programme"]["changes"];
        if changes.is_null() {
            return None;
        }
        entries.extend(changes["nodes"].as_array().unwrap().iter().cloned());
        if changes["pageInfo"]["hasNextPage"] == false {
            assert_eq!(changes["totalCount"], entries.len());
            return Some(entries);
        }
        after = changes["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn the_ledger_tells_of_what_the_viewer_sees_and_of_nothing_else() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);
            let mut told = Vec::new();
            for programme in &record.programmes {
                let entries = feed(app, *persona, &programme.slug).await;
                assert_eq!(entries.is_some(), eye.sees(&programme.gid()), "{persona:?}");
                told.extend(entries.unwrap_or_default());
            }
            let mut told: Vec<String> =
                told.iter().map(|entry| entry["entityId"].as_str().unwrap().to_owned()).collect();
            told.sort();

            let mut expected = everything(&record);
            // What stands in the ledger of a programme is told to those who see the programme.
            expected.retain(|id| eye.sees(id) && programmes_of(&record, id).iter().any(|id| eye.sees(id)));
            expected.sort();
            assert_eq!(told, expected, "{persona:?}");
        }
    })
    .await;
}

/// The programme in whose ledger a thing was recorded. Organisations stand where the work was done.
fn programmes_of(record: &crate::support::world::Record, id: &str) -> Vec<String> {
    let southmere = record.party("Southmere Council").gid();
    if id.starts_with("org") || id.starts_with("mbr") {
        let membership = record.memberships.iter().find(|row| row.gid() == id);
        let of = membership.and_then(|row| row.programme_id);
        let slug = if id == southmere { "southmere" } else { "northshire" };
        let of = of.unwrap_or_else(|| record.programme(slug).id);
        return vec![crate::support::gid("prg", of)];
    }
    record.programmes.iter().map(Named::gid).collect()
}

#[tokio::test]
async fn every_field_that_leads_anywhere_is_looked_at() {
    on_both(async |app| {
        let document = "{ __schema { types { name kind fields { name type { kind name ofType { kind name ofType { kind name ofType { name } } } } } } } }";
        let answer = app.data(Persona::Anonymous, document, json!({})).await;
        let named = |ty: &Value| {
            let mut ty = ty;
            while ty["name"].is_null() {
                ty = &ty["ofType"];
            }
            ty["name"].as_str().unwrap().to_owned()
        };
        let things: BTreeSet<&str> =
            TYPES.iter().map(|(ty, _)| *ty).chain(["Source", "Requirement", "Lead", "Node"]).collect();
        let leads = |ty: &str| things.contains(ty) || ty.ends_with("Connection");
        let mut found = BTreeSet::new();
        for ty in answer["__schema"]["types"].as_array().unwrap() {
            let name = ty["name"].as_str().unwrap();
            // What a payload shows is fetched by its id, as `node` does: `path::everyone` looks at mutations.
            let is_part = ["Connection", "Edge", "Payload", "Query", "Mutation"].iter().any(|end| name.ends_with(end));
            if ty["kind"] != "OBJECT" || is_part {
                continue;
            }
            for field in ty["fields"].as_array().unwrap() {
                if leads(&named(&field["type"])) {
                    found.insert(format!("{name}.{}", field["name"].as_str().unwrap()));
                }
            }
        }
        let mut looked_at: BTreeSet<String> = PATHS
            .iter()
            .flat_map(|path| path.of.iter().map(|(ty, _)| format!("{ty}.{}", path.field)))
            .collect();
        for name in APART {
            match name.strip_prefix("Requirement.") {
                Some(field) => {
                    looked_at.extend(["Recommendation", "DirectionTerm"].map(|ty| format!("{ty}.{field}")))
                }
                None => {
                    looked_at.insert((*name).to_owned());
                }
            }
        }

        assert_eq!(found, looked_at);
    })
    .await;
}
