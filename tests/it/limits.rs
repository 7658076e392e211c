//! What one request, and one client, may ask for: the defaults of a deployment, tried at each limit and one over it.

use api::graphql::{Introspection, Limits, Rules};
use api::http::{Rates, Settings};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, on_both, reading_both};

/// The limits of a deployment, without rates.
async fn limited(app: &TestApp) -> TestApp {
    let settings = Settings { rates: Rates::ENDLESS, ..Settings::default() };
    app.limited(Rules::default(), settings).await
}

fn repeated(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(" ")
}

fn programme(inside: &str) -> String {
    format!("{{ programme(slug: \"northshire\") {{ {inside} }} }}")
}

/// So many aliases of one field, spread over types of fragments so that no other limit is met.
fn aliases(count: usize) -> String {
    programme(&repeated(count, |number| format!("a{number}: name")))
}

fn repeats(count: usize) -> String {
    programme(&repeated(count, |_| "name".to_owned()))
}

fn directives_each(count: usize) -> String {
    // @deprecated and the like have no place in a document: of the two that have, each stands once.
    let of = ["@include(if: true)", "@skip(if: false)"];
    programme(&format!("name {}", of[..count].join(" ")))
}

fn directives(count: usize) -> String {
    let fields =
        ["name", "slug", "id", "version", "createdAt", "updatedAt", "isPublic", "today", "viewerCan"];
    let field = |number: usize| format!("... @include(if: true) {{ {} }}", fields[number % fields.len()]);
    programme(&repeated(count, field))
}

fn root(count: usize) -> String {
    // Fields of several names, so that neither aliases nor repeats are what is met.
    let plain =
        ["viewer { subject }", "programmes { totalCount }", "organisations { totalCount }", "__typename"];
    let aliased = |number: usize| format!("a{number}: __typename");
    let rest = count - plain.len();
    format!("{{ {} {} }}", plain.join(" "), repeated(rest, aliased))
}

fn depth(count: usize) -> String {
    // programme, coverage, gaps, nodes: four levels; then a plan's predecessors, one each.
    let deep = repeated(count - 3, |_| "predecessor {".to_owned());
    programme(&format!("plans(first: 1) {{ nodes {{ {deep} title {} }} }}", "}".repeat(count - 3)))
}

fn cost(plans: usize) -> String {
    programme(&format!(
        "plans(first: {plans}) {{ nodes {{ actions(first: 99) {{ nodes {{ reference }} }} }} }}"
    ))
}

fn tokens(count: usize) -> String {
    // Each further field is two tokens: the name, and the blank before it.
    let fields = ["name", "slug", "id", "version", "createdAt"];
    let sets = repeated(count, |_| format!("... {{ {} }}", fields.join(" ")));
    programme(&sets)
}

/// Whether a document is let through; else the code and the message.
async fn tried(app: &TestApp, document: &str) -> Result<(), (String, String)> {
    let answer = app.query(Persona::Chair, document, json!({})).await;
    let said = |key: &str| answer.body["errors"][0][key].as_str().unwrap_or_default().to_owned();
    match answer.status {
        200 => Ok(()),
        _ => Err((answer.code().to_owned(), said("message"))),
    }
}

#[tokio::test]
async fn each_limit_lets_through_what_it_allows_and_nothing_over_it() {
    reading_both(async |app| {
        let app = limited(app).await;
        let cases = [
            ("aliases", aliases(15), aliases(16), "15"),
            ("repeats", repeats(20), repeats(21), "20"),
            ("directives", directives(20), directives(51), "50"),
            ("depth", depth(15), depth(16), "15"),
            ("cost", cost(98), cost(99), "10000"),
        ];
        for (name, allowed, over, limit) in cases {
            assert_eq!(tried(&app, &allowed).await, Ok(()), "{name}");
            let (code, message) = tried(&app, &over).await.unwrap_err();
            assert_eq!(code, "QUERY_TOO_COMPLEX", "{name}: {message}");
            assert!(message.ends_with(&format!("; {limit} is the limit.")), "{name}: {message}");
        }
        assert_eq!(tried(&app, &directives_each(2)).await, Ok(()));
        for (name, over) in
            [("tokens", tokens(300)), ("bytes", format!("{}# {}", aliases(1), "x".repeat(20_000)))]
        {
            let (code, message) = tried(&app, &over).await.unwrap_err();
            assert_eq!(code, "QUERY_TOO_COMPLEX", "{name}: {message}");
        }
        // Twenty fields at the root need aliases, of which there are fifteen.
        assert_eq!(tried(&app, &root(19)).await, Ok(()));
        assert!(tried(&app, &root(21)).await.is_err());
    })
    .await;
}

/// So many lists, each searched for a hundred texts, for rows and number.
fn searches(lists: usize) -> String {
    let texts = repeated(10, |number| format!("{{ text: {{ contains: \"{number}\" }} }}"));
    let list = |number: usize| {
        format!("a{number}: actions(first: 1, filter: {{ or: [{texts}] }}) {{ totalCount nodes {{ id }} }}")
    };
    programme(&repeated(lists, list))
}

#[tokio::test]
async fn what_is_searched_costs_too() {
    reading_both(async |app| {
        let app = limited(app).await;
        // 10 searches at 100 each, twice; the programme, the list and its one item.
        let answer = app.query(Persona::Chair, &searches(1), json!({})).await;
        assert_eq!(answer.body["extensions"]["cost"]["requested"], 2_003, "{}", answer.text);
        assert_eq!(tried(&app, &searches(4)).await, Ok(()));
        assert_eq!(tried(&app, &searches(5)).await.unwrap_err().0, "QUERY_TOO_COMPLEX");
        let one =
            programme("actions(first: 1, filter: { status: { in: [COMPLETE, ASSURED] } }) { nodes { id } }");
        let answer = app.query(Persona::Chair, &one, json!({})).await;
        assert_eq!(answer.body["extensions"]["cost"]["requested"], 4);
    })
    .await;
}

#[tokio::test]
async fn to_ask_about_the_schema_is_dear() {
    reading_both(async |app| {
        let app = limited(app).await;
        let document = "{ __schema { queryType { name } } __type(name: \"Action\") { name } }";
        let answer = app.query(Persona::Chair, document, json!({})).await;
        assert_eq!(answer.body["data"]["__type"]["name"], "Action");
        assert_eq!(answer.body["extensions"]["cost"]["requested"], 2_000);
    })
    .await;
}

/// A client's dear requests wait for each other; each is answered all the same.
#[tokio::test]
async fn what_is_dear_is_answered_in_its_turn() {
    reading_both(async |app| {
        let app = limited(app).await;
        let document = |number: usize| {
            format!(
                "{{ programmes(first: 100) {{ nodes {{ actions(first: {}) {{ nodes {{ id }} }} }} }} }} #{}",
                50 + number,
                "x".repeat(3_000)
            )
        };
        let documents: Vec<String> = (0..8).map(document).collect();
        let answers = join_all(documents.iter().map(|document| tried(&app, document))).await;
        assert_eq!(answers, vec![Ok(()); 8]);
    })
    .await;
}

#[tokio::test]
async fn a_mutation_has_five_fields_and_not_one_runs_of_six() {
    on_both(async |app| {
        let app = limited(app).await;
        let action = gid("act", app.world.action("1.1").id);
        let mutation = |count: usize| {
            let field = |number: usize| {
                format!(
                    "m{number}: progressUpdateAdd(input: {{ actionId: \"{action}\", narrative: \"Report\", declaredHealth: ON_TRACK }}) {{ userErrors {{ code }} }}"
                )
            };
            format!("mutation {{ {} }}", repeated(count, field))
        };
        let before = reports(&app).await;
        assert_eq!(tried_as(&app, Persona::ProgrammeOffice, &mutation(6)).await, "QUERY_TOO_COMPLEX");
        assert_eq!(reports(&app).await, before);
        assert_eq!(tried_as(&app, Persona::ProgrammeOffice, &mutation(5)).await, "");
        assert_eq!(reports(&app).await, before + 5);
    })
    .await;
}

async fn tried_as(app: &TestApp, as_whom: Persona, document: &str) -> String {
    app.query(as_whom, document, json!({})).await.code().to_owned()
}

/// How many reports there are on the action that is reported on here.
async fn reports(app: &TestApp) -> i64 {
    let document = "query($id: ID!) { node(id: $id) { ... on Action { updates { totalCount } } } }";
    let id = gid("act", app.world.action("1.1").id);
    let data = app.data(Persona::ProgrammeOffice, document, json!({ "id": id })).await;
    data["node"]["updates"]["totalCount"].as_i64().unwrap()
}

#[tokio::test]
async fn fragments_that_double_are_refused_at_once() {
    reading_both(async |app| {
        let app = limited(app).await;
        let mut document = "{ ...F0 }".to_owned();
        for number in 0..30 {
            let next = number + 1;
            document += &format!(
                " fragment F{number} on Query {{ a: programme(slug: \"x\") {{ id }} ...F{next} ...F{next} }}"
            );
        }
        document += " fragment F30 on Query { viewer { subject } }";
        // However it ends, it ends: a fragment counts once in one place.
        let answer = app.query(Persona::Chair, &document, json!({})).await;
        assert!(answer.status == 200 || answer.code() == "QUERY_TOO_COMPLEX", "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn an_answer_larger_than_one_may_be_is_refused() {
    reading_both(async |app| {
        let limits = Limits { answer_bytes: 2_000, ..Limits::default() };
        let rules = Rules { limits, ..Rules::default() };
        let settings = Settings { rates: Rates::ENDLESS, ..Settings::default() };
        let app = app.limited(rules, settings).await;
        let all = programme("actions(first: 100) { nodes { id reference aim status } }");
        let answer = app.query(Persona::Chair, &all, json!({})).await;
        assert_eq!(answer.code(), "QUERY_TOO_COMPLEX", "{}", answer.text);
        assert!(answer.text.len() < 2_000);
        app.data(Persona::Chair, &programme("name"), json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn changes_and_cost_are_counted_by_client() {
    on_both(async |app| {
        let rates = Rates { changes: 2, cost: 300, ..Rates::ENDLESS };
        let app = app.limited(Rules::default(), Settings { rates, ..Settings::default() }).await;
        let action = gid("act", app.world.action("1.1").id);
        let report = async |as_whom| {
            let input = json!({ "actionId": action, "narrative": "Report", "declaredHealth": "ON_TRACK" });
            app.send_mutation(as_whom, "progressUpdateAdd", input, "").await
        };
        let before = reports(&app).await;
        for _ in 0..2 {
            assert_eq!(report(Persona::ProgrammeOffice).await.status, 200);
        }
        let refused = report(Persona::ProgrammeOffice).await;
        assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
        assert_eq!(refused.body.get("data"), None);
        assert_eq!(reports(&app).await, before + 2, "what was refused changed nothing");

        let large = programme("actions(first: 100) { nodes { reference } }");
        assert_eq!(tried_as(&app, Persona::Chair, &large).await, "");
        let refused = app
            .query(
                Persona::Chair,
                &programme("actions(first: 100) { nodes { leads { __typename } } }"),
                json!({}),
            )
            .await;
        assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
        assert_eq!(tried_as(&app, Persona::BoardMember, &large).await, "");
    })
    .await;
}

#[tokio::test]
async fn who_may_ask_for_the_schema() {
    reading_both(async |app| {
        let cases = [
            (Introspection::Everybody, true, true),
            (Introspection::SignedIn, false, true),
            (Introspection::Nobody, false, false),
        ];
        for (introspection, nobody, member) in cases {
            let settings = Settings { rates: Rates::ENDLESS, ..Settings::default() };
            let app = app.limited(Rules { introspection, ..Rules::default() }, settings).await;
            for (persona, may) in [(Persona::Anonymous, nobody), (Persona::Chair, member)] {
                for document in
                    ["{ __schema { queryType { name } } }", "{ __type(name: \"Query\") { name } }"]
                {
                    let answer = app.query(persona, document, json!({})).await;
                    assert_eq!(
                        answer.code(),
                        if may { "" } else { "FORBIDDEN" },
                        "{introspection:?} {document}"
                    );
                }
                // The names of types are in every answer anyway.
                let answer = app.query(persona, "{ __typename }", json!({})).await;
                assert_eq!(answer.data()["__typename"], "Query");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_misspelt_name_is_not_answered_with_the_right_one() {
    reading_both(async |app| {
        for document in [
            "{ programe(slug: \"x\") { id } }",
            "{ programme(slug: \"x\") { nam } }",
            "{ programme(slugg: \"x\") { id } }",
        ] {
            let answer = app.query(Persona::Anonymous, document, Value::Null).await;
            assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED");
            assert!(!answer.text.to_lowercase().contains("did you mean"), "{}", answer.text);
        }
    })
    .await;
}
