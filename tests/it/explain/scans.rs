//! No statement reads a large table as a whole.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::plan::Scan;
use super::{Told, WITHOUT_SCANS, by_id, explained, explaining};
use crate::lists::lists;
use crate::support::{Persona, TestApp, gid};

/// Who asks: each has row rules of their own.
const VIEWERS: [Persona; 6] = [
    Persona::BoardMember,
    Persona::ProgrammeOffice,
    Persona::Lead,
    Persona::Police,
    Persona::Scrutiny,
    Persona::Admin,
];

/// What may read all of a table, and in what filter: whether anything of a kind is there at all is asked of every row of a
/// programme, and the server may well look at all there is of that kind first.
const KNOWN: &[(&str, &str)] = &[
    ("audit", r#"{"findings":{"some":{}}}"#),
    ("audit_finding", r#"{"findings":{"some":{}}}"#),
    ("evidence", r#"{"files":{"some":{}}}"#),
    ("evidence_file", r#"{"files":{"some":{}}}"#),
    ("measure_action", r#"{"actions":{"some":{}}}"#),
];

/// What was found, by what was asked.
#[derive(Default)]
struct Findings(BTreeMap<(Scan, String), String>);

impl Findings {
    async fn look(
        &mut self,
        app: &TestApp,
        told: &Told,
        who: Persona,
        (document, variables): (&str, Value),
    ) -> Value {
        let asked = variables.clone();
        let (data, plans) = explained(app, told, who, document, variables).await;
        for plan in plans {
            for scan in plan.scans() {
                let document = document.split_whitespace().collect::<Vec<_>>().join(" ");
                let filter = asked["filter"].to_string();
                if KNOWN.iter().any(|(table, of)| scan.table == *table && filter == *of) {
                    continue;
                }
                let place = format!("{who:?}: {document} {filter}");
                self.0.entry((scan, plan.statement.clone())).or_insert(place);
            }
        }
        data
    }

    fn assert_none(&self) {
        let told =
            self.0.iter().map(|((scan, statement), place)| format!("{scan:?}\n  {place}\n  {statement}"));
        let told: Vec<String> = told.collect();
        assert!(
            told.is_empty(),
            "{} statements read a large table as a whole:\n{}",
            told.len(),
            told.join("\n\n")
        );
    }
}

async fn lists_as_they_are(app: &TestApp, told: &Told, found: &mut Findings) {
    for (list, owners) in lists(app) {
        let Some(owner) = owners.first() else { continue };
        let (open, close) = match list.of {
            "Query" => (String::new(), ""),
            "Programme.coverage" => ("node(id: $id) { ... on Programme { coverage {".to_owned(), "} } }"),
            of => (format!("node(id: $id) {{ ... on {of} {{"), "} }"),
        };
        let declared = if list.of == "Query" { "" } else { "$id: ID!, " };
        let field = list.field;
        let document = format!(
            "query({declared}$after: String) {{ {open} {field}(first: 3, after: $after) {{ \
             nodes {{ {} }} pageInfo {{ endCursor }} }} {close} }}",
            list.node
        );
        let count = document.replace("nodes {", "totalCount nodes {");
        for who in VIEWERS {
            let asked = if list.of == "Query" { json!({}) } else { by_id(owner) };
            if !is_seen(app, who, &asked).await {
                continue;
            }
            told.take();
            let data = found.look(app, told, who, (&count, asked.clone())).await;
            if let Some(cursor) = cursor(&data) {
                let mut asked = asked;
                asked["after"] = cursor.into();
                found.look(app, told, who, (&document, asked)).await;
            }
        }
    }
}

async fn is_seen(app: &TestApp, who: Persona, asked: &Value) -> bool {
    let Some(id) = asked.get("id") else { return true };
    let answer = app.query(who, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
    answer.errors().is_empty()
}

/// The first cursor in an answer.
fn cursor(data: &Value) -> Option<String> {
    match data {
        Value::Object(members) => members.iter().find_map(|(name, value)| match (name.as_str(), value) {
            ("endCursor", Value::String(cursor)) => Some(cursor.clone()),
            (_, value) => cursor(value),
        }),
        _ => None,
    }
}

/// Every field of the filters of these lists, by what it is compared with.
const FILTERED: [(&str, &str); 7] = [
    ("actions", "ActionFilter"),
    ("evidence", "EvidenceFilter"),
    ("measures", "MeasureFilter"),
    ("feedback", "FeedbackFilter"),
    ("audits", "AuditFilter"),
    ("recommendations", "RecommendationFilter"),
    ("challenges", "ChallengeFilter"),
];

async fn filters_and_orders(app: &TestApp, told: &Told, found: &mut Findings) {
    let programme = gid("prg", app.world.programme("northshire").id);
    for (list, filter) in FILTERED {
        let fields = input_fields(app, filter).await;
        assert!(!fields.is_empty(), "{filter} has no fields");
        let document = format!(
            "query($id: ID!, $filter: {filter}) {{ node(id: $id) {{ ... on Programme {{ \
             {list}(first: 3, filter: $filter) {{ totalCount nodes {{ id }} }} }} }} }}"
        );
        for (field, ty) in fields {
            let Some(value) = compared(app, list, &field, &ty).await else { continue };
            for who in [Persona::BoardMember, Persona::Police, Persona::Admin] {
                let variables = json!({ "id": programme, "filter": { field.as_str(): value } });
                found.look(app, told, who, (&document, variables)).await;
            }
        }
        let order = filter.replace("Filter", "Order");
        for field in app.enum_values(&format!("{order}Field")).await {
            let document = format!(
                "query($id: ID!, $order: [{order}!], $after: String) {{ node(id: $id) {{ ... on Programme {{ \
                 {list}(first: 3, after: $after, orderBy: $order) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }} }} }}"
            );
            for direction in ["ASC", "DESC"] {
                let mut variables =
                    json!({ "id": programme, "order": [{ "field": field, "direction": direction }] });
                let data = found.look(app, told, Persona::BoardMember, (&document, variables.clone())).await;
                variables["after"] = cursor(&data).unwrap().into();
                found.look(app, told, Persona::BoardMember, (&document, variables)).await;
            }
        }
    }
}

/// The fields of an input, and the types of what they take.
async fn input_fields(app: &TestApp, name: &str) -> Vec<(String, String)> {
    let document = "query($name: String!) { __type(name: $name) { inputFields { name type { name kind ofType { name } } } } }";
    let data = app.data(Persona::Anonymous, document, json!({ "name": name })).await;
    let fields = data["__type"]["inputFields"].as_array().unwrap_or_else(|| panic!("{name} is no input"));
    let fields = fields.iter().filter_map(|field| {
        Some((field["name"].as_str()?.to_owned(), field["type"]["name"].as_str()?.to_owned()))
    });
    fields.collect()
}

/// Something to compare a field with; none for what only joins filters.
async fn compared(app: &TestApp, list: &str, field: &str, ty: &str) -> Option<Value> {
    Some(match ty {
        "StringComparator" => json!({ "eq": "9.17" }),
        "TextComparator" => json!({ "contains": "nothing has this" }),
        "DateComparator" => json!({ "lte": "2016-02-01" }),
        "BooleanComparator" => json!({ "eq": true }),
        "IdComparator" => json!({ "eq": thing(app, list, field) }),
        list if list.ends_with("ListFilter") => json!({ "some": {} }),
        comparator => {
            let values = app.enum_values(comparator.strip_suffix("Comparator")?).await;
            json!({ "eq": values.last() })
        }
    })
}

/// The id of something that a field names.
fn thing(app: &TestApp, list: &str, field: &str) -> String {
    let world = &app.world;
    match (list, field) {
        ("actions", "id") | (_, "action") => gid("act", world.action("1.1").id),
        ("evidence", "id") => gid("evd", world.evidence[0].id),
        ("measures", "id") => gid("mea", world.measures[0].id),
        ("feedback", "id") => gid("fbk", world.feedback[0].id),
        ("audits", "id") => gid("aud", world.audits[0].id),
        ("challenges", "id") => gid("chl", world.challenges[0].id),
        ("recommendations", "id") | (_, "requirement") => gid("rec", world.requirement("Inspection", "1").id),
        (_, "plan") => gid("pln", world.plan("Published plan").id),
        (_, "theme") => gid("thm", world.themes[0].id),
        (_, "organisation" | "putTo" | "doneBy") => gid("org", world.party("Northshire Police").id),
        (_, "lead" | "owner") => gid("per", world.party("Head of service").id),
        (_, "source") => gid("ins", world.source("Inspection").id),
        (list, field) => panic!("what does {field} of {list} name?"),
    }
}

/// What people look at all day.
const HOT: &[&str] = &[
    "query Dashboard($plan: ID!) { node(id: $plan) { ... on Plan { title themes { id name }
        actions(first: 50) { totalCount nodes { reference aim status rating { label colour } isOverdue
            leads { __typename ... on Person { post } ... on Group { name } ... on Organisation { name } } organisation { name }
            requirements(first: 5) { edges { qualifier node { reference coverage } } }
            latestUpdate { narrative reportedOn } evidence { totalCount } } } } } }",
    "query Overdue { programme(slug: \"northshire\") { actions(first: 50, filter: { isUpdateOverdue: { eq: true } }) {
        totalCount nodes { reference updateDueOn latestUpdate { reportedOn } leads { __typename } } } } }",
    "query Late { programme(slug: \"northshire\") { actions(first: 50, filter: { isOverdue: { eq: true } }, orderBy: [{ field: DUE_ON }]) {
        totalCount nodes { reference dueOn } } } }",
    "query Health { programme(slug: \"northshire\") { actions(first: 50, filter: { health: { in: [OFF_TRACK, AT_RISK] } }) {
        totalCount nodes { reference rating { health } } } } }",
    "query Thread($inspection: ID!) { node(id: $inspection) { ... on Inspection { title recommendations(first: 30) { nodes { reference coverage
        actions(first: 15) { nodes { reference status evidence(first: 10) { nodes { title strand } } } } } } } } }",
    "query Action($action: ID!) { node(id: $action) { ... on Action { reference aim status steps { text } leads { __typename }
        dueDateMoves { from to } dependsOn { reference } forecastOn requirements { nodes { reference } } evidence(first: 10) { nodes { title
        files { name } } } updates(first: 5) { nodes { narrative } } history(first: 10) { nodes { sequence operation } }
        changes(first: 10) { nodes { sequence } } challenges(first: 5) { nodes { id } } measures(first: 5) { nodes { title } }
        proof { missing { code } } viewerCan } } }",
    "query Coverage { programme(slug: \"northshire\") { coverage { covered partial uncovered gaps(first: 20) { nodes { reference } } } } }",
    "query Feed { programme(slug: \"northshire\") { changes(first: 50) { nodes { sequence entityType node { __typename } changes { field } } } } }",
    "query Unproven { programme(slug: \"northshire\") { claimedWithoutImpact(first: 20) { nodes { reference } }
        strandsInDisagreement(first: 20) { nodes { reference } } assuredOnExpiredEvidence(first: 20) { nodes { reference } } } }",
];

async fn what_people_look_at(app: &TestApp, told: &Told, found: &mut Findings) {
    let world = &app.world;
    let inspection = world.sources.iter().find(|row| row.kind == "INSPECTION").unwrap().id;
    for document in HOT {
        for who in [Persona::BoardMember, Persona::ProgrammeOffice, Persona::Police, Persona::Admin] {
            let given = [
                ("$plan", json!({ "plan": gid("pln", world.plan("Published plan").id) })),
                ("$inspection", json!({ "inspection": gid("ins", inspection) })),
                ("$action", json!({ "action": gid("act", world.action("1.1").id) })),
            ];
            let variables = given.iter().find(|(name, _)| document.contains(&format!("{name}:")));
            let variables = variables.map_or(json!({}), |(_, variables)| variables.clone());
            found.look(app, told, who, (document, variables)).await;
        }
    }
}

#[tokio::test]
async fn no_statement_reads_a_large_table_as_a_whole() {
    explaining(WITHOUT_SCANS, async |app| {
        let (told, _guard) = Told::listen();
        let mut found = Findings::default();
        lists_as_they_are(app, &told, &mut found).await;
        filters_and_orders(app, &told, &mut found).await;
        what_people_look_at(app, &told, &mut found).await;
        found.assert_none();
    })
    .await;
}
