//! Links that an answer decides by the id of a requirement, and what a plan's table is compared with.

use super::*;
use crate::store::demands::demands;
use crate::store::ids;

/// What an inspection, and the direction that was revised, asked of the same council.
const ASKED: &str = r#"
[[inspection]]
key = "ofsted"
title = "Inspection"
framework = "ILACS"
issued_on = 2022-06-01

[[inspection.recommendation]]
text = "Visit every lighthouse keeper."

[[inspection.recommendation]]
reference = "7"
text = "Count the lanterns."

[[direction]]
key = "lifted"
title = "Third direction"
issued_on = 2022-02-01
lifted_on = 2022-12-31

[[direction.term]]
reference = "5"
text = "Mend the quay."
"#;

/// The small programme with all that: the revised direction too has a term.
fn asked() -> String {
    let old = "title = \"First direction\"\nissued_on = 2022-01-31\n";
    let term = "\n[[direction.term]]\nreference = \"9\"\ntext = \"Row at night.\"\n";
    SMALL.replace(old, &format!("{old}{term}")) + ASKED
}

const TABLE: &str = "No,What we want to achieve,Action,Lead,By when\n1.1,Meet often,Meet on Mondays,Head of Service,Mar 2024\n";

async fn requirement(db: &Db, text: &str) -> requirement::Model {
    let by = requirement::Entity::find().filter(requirement::Column::Text.eq(text));
    by.one(&db.read).await.unwrap().unwrap()
}

/// Loads the table as a plan with links to these requirements.
async fn linked(db: &Db, title: &str, links: &[(String, &str)]) -> Result<Loaded, LoadError> {
    let link =
        |(id, more): &(String, &str)| format!("[[link]]\nrow = \"1.1\"\nrequirement = \"{id}\"\n{more}\n");
    let answers: String = links.iter().map(link).collect();
    let table = Table::read(TABLE.as_bytes(), Some(&answers)).unwrap();
    let original = Original { kind: DocumentKind::Plan, name: "plan.csv", bytes: TABLE.as_bytes() };
    load_plan(db, &SYSTEM, "westshire", title, (table, &original), origin()).await
}

#[tokio::test]
async fn a_table_is_compared_with_what_is_still_asked() {
    on_both_migrated(async |db| {
        let programme = loaded(db, &asked()).await;
        let on = async |today: &str| {
            let demands = demands(db, programme, day(today)).await.unwrap();
            let told = demands.into_iter().map(|demand| {
                let (ty, id) = ids::decode(&demand.id).unwrap();
                let is_recommended = demand.text.starts_with("Visit") || demand.text.starts_with("Count");
                assert_eq!(ty.name == "Recommendation", is_recommended, "{}", demand.text);
                assert!(!id.is_nil());
                (demand.reference, demand.text)
            });
            told.map(|(reference, text)| format!("{} {text}", reference.unwrap_or_default()))
                .collect::<Vec<_>>()
        };

        let now = on("2024-01-01").await;
        let then = on("2022-07-01").await;

        let still = [" Visit every lighthouse keeper.", "7 Count the lanterns."];
        let terms = ["1 Work together.", "1.a Meet.", "1.b Write.", " Pay."];
        let sorted = |mut texts: Vec<String>| {
            texts.sort();
            texts
        };
        let expected = |more: &[&str]| {
            sorted(still.iter().chain(&terms).chain(more).map(|text| (*text).to_owned()).collect())
        };
        assert_eq!(sorted(now.clone()), expected(&[]));
        // Neither lifted nor replaced yet.
        assert_eq!(sorted(then), expected(&["5 Mend the quay.", "9 Row at night."]));
        let place = |text: &str| now.iter().position(|known| known == text).unwrap();
        assert!(place(still[0]) < place(still[1]) && place(terms[0]) < place(terms[3]), "{now:?}");
    })
    .await;
}

#[tokio::test]
async fn what_an_answer_links_by_id_is_linked_whichever_source_it_is_of() {
    on_both_migrated(async |db| {
        loaded(db, &asked()).await;
        let keeper = requirement(db, "Visit every lighthouse keeper.").await;
        let night = requirement(db, "Row at night.").await;
        let links = [
            (ids::encode("rec", keeper.id), ""),
            (ids::encode("trm", night.id), "qualifier = \"only in winter\""),
        ];

        linked(db, "Plan three", &links).await.unwrap_or_else(|error| panic!("{error}"));

        let plan = plan::Entity::find().filter(plan::Column::Title.eq("Plan three"));
        let plan = plan.one(&db.read).await.unwrap().unwrap();
        let action = action::Entity::find().filter(action::Column::PlanId.eq(plan.id));
        let action = action.one(&db.read).await.unwrap().unwrap();
        let made = action_requirement::Entity::find()
            .filter(action_requirement::Column::ActionId.eq(action.id))
            .order_by_asc(action_requirement::Column::Position);
        let made = made.all(&db.read).await.unwrap();
        let made: Vec<_> = made.into_iter().map(|link| (link.requirement_id, link.qualifier)).collect();
        assert_eq!(made, [(keeper.id, None), (night.id, Some("only in winter".to_owned()))]);
    })
    .await;
}

#[tokio::test]
async fn an_id_that_the_programme_does_not_have_is_refused() {
    on_both_migrated(async |db| {
        loaded(db, &asked()).await;
        let other = asked().replace("\"westshire\"", "\"eastshire\"").replace("Visit every", "Pay every");
        loaded(db, &other).await;
        let before = counts(db).await;
        let keeper = requirement(db, "Visit every lighthouse keeper.").await.id;
        let elsewhere = requirement(db, "Pay every lighthouse keeper.").await.id;
        for id in [
            ids::encode("rec", Uuid::now_v7()),
            // A recommendation is no term.
            ids::encode("trm", keeper),
            ids::encode("rec", elsewhere),
        ] {
            let refusal = linked(db, "Plan three", &[(id.clone(), "")]).await.unwrap_err().to_string();
            assert!(refusal.contains(&format!("the programme has no requirement {id}")), "{refusal}");
            assert!(refusal.contains("Plan three / 1.1"), "{refusal}");
        }
        assert_eq!(counts(db).await, before);
    })
    .await;
}
