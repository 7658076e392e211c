//! What a filter may hold, and what is said about one that cannot be taken: which place is wrong, and nothing else.

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

const ACTIONS: &str = "query($id: ID!, $filter: ActionFilter) { node(id: $id) { ... on Programme {
    list: actions(first: 100, filter: $filter) { nodes { reference } } } } }";
const RECOMMENDATIONS: &str =
    "query($id: ID!, $filter: RecommendationFilter) { node(id: $id) { ... on Programme {
    list: recommendations(first: 100, filter: $filter) { nodes { reference } } } } }";

fn with(app: &TestApp, filter: &Value) -> Value {
    json!({ "id": gid("prg", app.world.programme("northshire").id), "filter": filter })
}

async fn references(app: &TestApp, document: &str, filter: Value) -> Vec<String> {
    let data = app.data(OFFICE, document, with(app, &filter)).await;
    let nodes = data["node"]["list"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["reference"].as_str().unwrap().to_owned()).collect()
}

async fn refusal(app: &TestApp, filter: Value) -> String {
    let response = app.query(OFFICE, ACTIONS, with(app, &filter)).await;
    assert_eq!((response.status, response.code()), (400, "BAD_USER_INPUT"), "{filter}: {}", response.text);
    assert_eq!(response.errors().len(), 1);
    assert_eq!(response.errors()[0]["path"], json!(["node", "list"]));
    response.errors()[0]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn text_is_looked_for_literally_and_without_regard_to_case() {
    reading_both(async |app| {
        let find = async |text: &str| {
            references(app, RECOMMENDATIONS, json!({ "text": { "contains": text } })).await
        };

        assert_eq!(find("100% of").await, ["9"]);
        assert_eq!(find("%").await, ["9"]);
        assert_eq!(find("care_leavers").await, ["10"]);
        assert_eq!(find("_").await, ["10"]);
        assert_eq!(find("\\").await, ["(5)"]);
        assert_eq!(find("why \\ when").await, ["(5)"]);
        assert_eq!(find("\\_").await, [""; 0]);
        assert_eq!(find("careXleavers").await, [""; 0]);
        assert_eq!(find("SEE EVERY").await, ["1"]);
        assert_eq!(find("'; DROP TABLE action; --").await, [""; 0]);
        assert_eq!(find("").await.len(), 7, "every text contains nothing");
        let reference = json!({ "reference": { "contains": "_" } });
        assert_eq!(references(app, RECOMMENDATIONS, reference).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_id_of_another_kind_is_refused_by_its_place() {
    reading_both(async |app| {
        let (plan, action) =
            (gid("pln", app.world.plan("Draft plan").id), gid("act", app.world.action("1.1").id));
        for (filter, message) in [
            (
                json!({ "plan": { "eq": action } }),
                "filter.plan.eq: this is an id of the type Action; one of the type Plan is needed.",
            ),
            (
                json!({ "lead": { "eq": plan } }),
                "filter.lead.eq: this is an id of the type Plan; one of the type Lead is needed.",
            ),
            (
                json!({ "or": [{ "requirement": { "in": [action] } }] }),
                "filter.or.requirement.in: this is an id of the type Action; one of the type Requirement is needed.",
            ),
            (
                json!({ "evidence": { "some": { "not": { "id": { "neq": plan } } } } }),
                "filter.evidence.some.not.id.neq: this is an id of the type Plan; one of the type Evidence is needed.",
            ),
            (json!({ "source": { "eq": "1" } }), "filter.source.eq: \"1\" is not an id that this API gave."),
            (json!({ "id": { "nin": [""] } }), "filter.id.nin: \"\" is not an id that this API gave."),
        ] {
            assert_eq!(refusal(app, filter).await, message);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused_by_its_place() {
    reading_both(async |app| {
        for (filter, message) in [
            (json!({ "dueOn": { "gt": null } }), "filter.dueOn.gt: null cannot be compared; use isNull."),
            (json!({ "status": { "in": null } }), "filter.status.in: null cannot be compared; use isNull."),
            (
                json!({ "text": { "contains": "a\u{0}b" } }),
                "filter.text.contains: the character U+0000 cannot be searched for.",
            ),
            (
                json!({ "reference": { "eq": "\u{0}" } }),
                "filter.reference.eq: the character U+0000 cannot be searched for.",
            ),
            (
                json!({ "reference": { "in": ["1", "\u{0}"] } }),
                "filter.reference.in: the character U+0000 cannot be searched for.",
            ),
        ] {
            assert_eq!(refusal(app, filter).await, message);
        }
        let odd = [
            "2018-02-30",
            "2018-1-1",
            "18-12-10",
            "2018-12-10T00:00:00Z",
            "",
            "today",
            "2018-12- 1",
            "+018-12-10",
            "-018-12-10",
            "-0001-01-01",
            "-262143-01-01",
            "+12345-01-01",
            "２０18-1",
        ];
        for day in odd {
            let message = format!("filter.dueOn.lte: {} is no day; a day is written 2018-12-10.", json!(day));
            assert_eq!(refusal(app, json!({ "dueOn": { "lte": day } })).await, message);
        }
        for day in [json!(20181210), json!(true), json!({}), json!(["2018-12-10"])] {
            assert!(refusal(app, json!({ "dueOn": { "eq": day } })).await.starts_with("filter.dueOn.eq:"));
        }
    })
    .await;
}

#[tokio::test]
async fn filters_have_limits_that_say_so() {
    reading_both(async |app| {
        let nested = |depth: usize| {
            let mut filter = json!({ "status": { "eq": "COMPLETE" } });
            for at in 0..depth {
                filter = if at % 2 == 0 { json!({ "not": filter }) } else { json!({ "and": [filter] }) };
            }
            filter
        };
        assert_eq!(references(app, ACTIONS, nested(8)).await, ["2.2"]);
        assert!(refusal(app, nested(9)).await.ends_with("filters can be nested 8 deep, not deeper."));

        let many = |count: usize| json!({ "reference": { "in": vec!["1.1"; count] } });
        assert_eq!(references(app, ACTIONS, many(200)).await, ["1.1"]);
        assert_eq!(refusal(app, many(201)).await, "filter.reference.in: 201 values; 200 is the limit.");

        for operator in ["or", "and"] {
            let wide =
                |count: usize| json!({ operator: vec![json!({ "reference": { "eq": "1.1" } }); count] });
            assert_eq!(references(app, ACTIONS, wide(100)).await, ["1.1"]);
            assert!(refusal(app, wide(2000)).await.contains("limit"), "{operator}");
        }
        let heavy = json!({ "or": vec![json!({ "health": { "neq": "DONE" } }); 120] });
        for persona in [Persona::Police, Persona::Scrutiny, OFFICE] {
            app.data(persona, ACTIONS, with(app, &heavy)).await;
        }
        let product = (0..6)
            .fold(json!({ "reference": { "eq": "1.1" } }), |filter, _| json!({ "or": vec![filter; 4] }));
        assert!(refusal(app, product).await.contains("limit"));

        let searches = |count: usize| {
            json!({ "not": { "and": vec![json!({ "text": { "contains": "no such text" } }); count] } })
        };
        assert!(!references(app, ACTIONS, searches(10)).await.is_empty());
        let said = refusal(app, searches(11)).await;
        assert_eq!(said, "filter: 11 times contains; 10 in one filter is the limit.");
    })
    .await;
}

#[tokio::test]
async fn the_first_and_the_last_day_there_are_can_be_compared_with() {
    reading_both(async |app| {
        let due = async |comparator: &str, day: &str| {
            references(app, ACTIONS, json!({ "dueOn": { comparator: day } })).await.len()
        };
        let all = references(app, ACTIONS, json!({ "dueOn": { "isNull": false } })).await.len();

        for day in ["0000-01-01", "0001-01-01"] {
            assert_eq!((due("gt", day).await, due("lt", day).await), (all, 0), "{day}");
        }
        assert_eq!((due("lt", "9999-12-31").await, due("gte", "9999-12-31").await), (all, 0));
    })
    .await;
}
