//! Many at once: readers do not hold up each other, nor the one who writes.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Persona, gid, on_both};
use crate::visibility::door;

#[tokio::test]
async fn many_ask_while_one_writes_and_each_gets_a_whole_answer() {
    on_both(async |app| {
        let document = "query($id: ID!) { node(id: $id) { ... on Programme { coverage { covered partial uncovered }
            actions(first: 100) { totalCount nodes { rating { label } leads { ... on Person { post } } latestUpdate { narrative }
                requirements { nodes { coverage } } evidence { totalCount } } } } } }";
        let id = gid("prg", app.world.programme("northshire").id);
        let ask = async |at: usize| {
            let persona = Persona::ALL[at % 8];
            app.data(persona, document, json!({ "id": id })).await
        };
        let write = async {
            for number in 0..5 {
                let mut to = app.write().await;
                let plan = app.world.plan("Published plan").clone();
                to.action(&plan, &format!("9.{number}"), |_| {}).await;
                to.commit().await;
            }
        };

        let (answers, ()) = tokio::join!(join_all((0..40).map(ask)), write);

        for answer in answers {
            let list = &answer["node"]["actions"];
            let shown = list["nodes"].as_array().unwrap().len() as i64;
            // The page and the total are two statements: a row may have come between them.
            assert!((list["totalCount"].as_i64().unwrap() - shown).abs() <= 5);
        }
    })
    .await;
}

#[tokio::test]
async fn connections_that_the_database_ended_are_replaced_and_nobody_notices() {
    door::on_both(async |door| {
        let document = "{ programmes { nodes { plans { nodes { themes { name } } } } } }";
        let ask = async |_| door.ask(Some("chair"), document, json!({})).await;
        let before = join_all((0..10).map(ask)).await;

        if door.own.db.place().starts_with("PostgreSQL") {
            let others = "datname = current_database() AND pid <> pg_backend_pid()";
            door.sql(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")).await;
        }

        assert_eq!(ask(0).await, before[0]);
    })
    .await;
}
