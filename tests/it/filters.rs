//! Filters: every field with every comparator, and any combination of them, against the same filter held naively
//! against every row.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::facts::{Book, Fact};
use crate::support::{Persona, TestApp, gid, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// The lists that can be filtered: the programme's field, and the type of its items.
const LISTS: [(&str, &str); 4] = [
    ("actions", "Action"),
    ("evidence", "Evidence"),
    ("recommendations", "Recommendation"),
    ("directionTerms", "DirectionTerm"),
];

/// The fields of each filter, each with its comparators, as the schema has them.
type Inputs = BTreeMap<String, Vec<(String, Vec<String>)>>;

async fn inputs(app: &TestApp) -> Inputs {
    let document =
        "{ __schema { types { name kind inputFields { name type { name kind ofType { name } } } } } }";
    let schema = app.data(Persona::Anonymous, document, json!({})).await;
    let types = schema["__schema"]["types"].as_array().unwrap();
    let fields = |name: &str| {
        let of = types.iter().find(|ty| ty["name"] == name).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let fields = of["inputFields"].as_array().unwrap();
        fields.iter().map(|field| (text(&field["name"]), text(&field["type"]["name"]))).collect::<Vec<_>>()
    };
    let filters = ["Action", "Evidence", "EvidenceFile", "Recommendation", "DirectionTerm", "Requirement"];
    let own = |of: &str| {
        let fields = fields(&format!("{of}Filter")).into_iter();
        let fields = fields.filter(|(name, _)| !["and", "or", "not"].contains(&name.as_str()));
        fields
            .map(|(name, comparator)| (name, self::names(&fields_of(types, &comparator))))
            .collect::<Vec<_>>()
    };
    filters.into_iter().map(|of| (of.to_owned(), own(of))).collect()
}

fn fields_of(types: &[Value], name: &str) -> Vec<Value> {
    let of = types.iter().find(|ty| ty["name"] == name).unwrap();
    of["inputFields"].as_array().unwrap().clone()
}

fn names(fields: &[Value]) -> Vec<String> {
    fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// The values that a fact has over all rows, and one that none has.
fn operands(book: &Book, of: &str, field: &str) -> Vec<Value> {
    let mut values = Vec::new();
    for (_, _, facts) in &book.rows[of] {
        match &facts[field] {
            Fact::Value(value) => values.push(value.clone()),
            Fact::Ids(ids) => values.extend(ids.iter().map(|id| json!(id))),
            Fact::Texts(texts) => values.extend(texts.iter().flatten().map(|text| json!(text))),
            Fact::Rows(..) => {}
        }
    }
    values.retain(|value| !value.is_null());
    values.sort_by_key(Value::to_string);
    values.dedup();
    match values.first().and_then(Value::as_str) {
        Some(text) if text.parse::<chrono::NaiveDate>().is_ok() => values.push(json!("2018-12-11")),
        Some(text) if text.len() == 36 && text.contains('_') && !text.contains(' ') => {
            values.push(json!(format!("{}{}", &text[..4], uuid::Uuid::now_v7().simple())));
        }
        _ => {}
    }
    values
}

/// What a comparator can be given.
fn operand_for(comparator: &str, values: &[Value]) -> BoxedStrategy<Value> {
    let one = proptest::sample::select(values.to_vec());
    match comparator {
        "isNull" => any::<bool>().prop_map(Value::from).boxed(),
        "in" | "nin" => proptest::collection::vec(one, 0..4).prop_map(Value::from_iter).boxed(),
        "contains" => (one, 0usize..20, 1usize..6)
            .prop_map(|(text, from, length)| {
                let text = text.as_str().unwrap();
                let part: String = text.chars().cycle().skip(from).take(length).collect();
                let from = from % 3;
                json!(if from == 0 { part.to_uppercase() } else { part })
            })
            .boxed(),
        _ => one.boxed(),
    }
}

/// Any filter for lists of a type, `depth` filters deep at most.
fn filter(book: &Book, inputs: &Inputs, of: &str, depth: usize) -> BoxedStrategy<Value> {
    let mut some: Vec<BoxedStrategy<(String, Value)>> = Vec::new();
    for (field, comparators) in &inputs[of] {
        let (_, _, facts) = &book.rows[of][0];
        let tests = match &facts[field.as_str()] {
            Fact::Rows(to, _) if depth > 0 => {
                let nested = filter(book, inputs, to, depth - 1);
                let which = proptest::sample::select(comparators.clone());
                (which, nested).prop_map(|(which, nested)| json!({ which: nested })).boxed()
            }
            Fact::Rows(..) => continue,
            _ => {
                let values = operands(book, of, field);
                let tests = proptest::sample::select(comparators.clone()).prop_flat_map(move |comparator| {
                    let operand = operand_for(&comparator, &values);
                    operand.prop_map(move |operand| json!({ &comparator: operand }))
                });
                tests.boxed()
            }
        };
        let field = field.clone();
        some.push(tests.prop_map(move |tests| (field.clone(), tests)).boxed());
    }
    let fields = proptest::collection::vec(proptest::strategy::Union::new(some), 0..3);
    let fields = fields.prop_map(|fields| Value::Object(fields.into_iter().collect()));
    if depth == 0 {
        return fields.boxed();
    }
    let below = filter(book, inputs, of, depth - 1);
    let several = proptest::collection::vec(below.clone(), 0..3).prop_map(Value::from_iter);
    prop_oneof![
        4 => fields.clone(),
        1 => (fields.clone(), several.clone()).prop_map(|(one, and)| with(one, "and", and)),
        1 => (fields.clone(), several).prop_map(|(one, or)| with(one, "or", or)),
        1 => (fields, below).prop_map(|(one, not)| with(one, "not", not)),
    ]
    .boxed()
}

fn with(mut filter: Value, name: &str, value: Value) -> Value {
    filter[name] = value;
    filter
}

/// Asks for many filtered lists at once, and holds each answer against the naive one. Of the filters, at least a quarter
/// must tell rows apart, or they would prove nothing.
async fn check(app: &TestApp, book: &Book, field: &str, of: &str, filters: &[Value]) {
    let programme = gid("prg", app.world.programme("northshire").id);
    let mut telling = 0;
    for filters in filters.chunks(40) {
        let (mut declared, mut lists) = (String::new(), String::new());
        let mut variables = json!({ "id": programme });
        for (at, filter) in filters.iter().enumerate() {
            declared += &format!(", $f{at}: {of}Filter");
            lists += &format!("f{at}: {field}(first: 100, filter: $f{at}) {{ totalCount nodes {{ id }} }} ");
            variables[format!("f{at}")] = filter.clone();
        }
        let document =
            format!("query($id: ID!{declared}) {{ node(id: $id) {{ ... on Programme {{ {lists} }} }} }}");
        let data = app.data(OFFICE, &document, variables).await;
        for (at, filter) in filters.iter().enumerate() {
            let list = &data["node"][format!("f{at}")];
            let nodes = list["nodes"].as_array().unwrap().iter();
            let mut ids: Vec<_> = nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect();
            ids.sort();
            assert_eq!(ids, book.ids(of, filter), "{of}: {filter}");
            assert_eq!(list["totalCount"], ids.len(), "{of}: {filter}");
            telling += usize::from(!ids.is_empty() && ids.len() < book.rows[of].len());
        }
    }
    assert!(telling * 4 > filters.len(), "{telling} of {} filters for {of} tell rows apart", filters.len());
}

#[tokio::test]
async fn every_field_with_every_comparator_holds_what_it_says() {
    reading_both(async |app| {
        let inputs = inputs(app).await;
        let book = Book::of(&app.world, app.world.programme("northshire").id, app.today);
        let mut runner = TestRunner::deterministic();
        for (list, of) in LISTS {
            let mut filters = Vec::new();
            for (field, comparators) in &inputs[of] {
                let fact = book.rows[of][0].2.get(field.as_str());
                let fact = fact.unwrap_or_else(|| panic!("{of}Filter.{field} has no fact to compare with"));
                for comparator in comparators {
                    if let Fact::Rows(to, _) = fact {
                        filters.push(json!({ field: { comparator: {} } }));
                        for (_, id, _) in book.rows[to].iter().take(6) {
                            filters.push(json!({ field: { comparator: { "id": { "eq": id } } } }));
                        }
                        continue;
                    }
                    let values = operands(&book, of, field);
                    for _ in 0..4 {
                        let operand = operand_for(comparator, &values).new_tree(&mut runner).unwrap();
                        filters.push(json!({ field: { comparator: operand.current() } }));
                    }
                    if ["eq", "neq"].contains(&comparator.as_str()) {
                        filters.push(json!({ field: { comparator: null } }));
                    }
                }
            }
            check(app, &book, list, of, &filters).await;
        }
    })
    .await;
}

#[tokio::test]
async fn any_combination_of_filters_holds_what_its_parts_say() {
    reading_both(async |app| {
        let inputs = inputs(app).await;
        let book = Book::of(&app.world, app.world.programme("northshire").id, app.today);
        let mut runner = TestRunner::deterministic();
        for (list, of) in LISTS {
            let any = filter(&book, &inputs, of, 2);
            let filters: Vec<_> = (0..160).map(|_| any.new_tree(&mut runner).unwrap().current()).collect();
            check(app, &book, list, of, &filters).await;
        }
    })
    .await;
}
