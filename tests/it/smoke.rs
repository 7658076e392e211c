//! That the ground is firm: the world is written, and the service answers for it.

use serde_json::json;

use crate::support::{Persona, reading_both};

#[tokio::test]
async fn the_world_stands_and_everyone_gets_an_answer() {
    reading_both(async |app| {
        for persona in Persona::ALL {
            let answer =
                app.data(*persona, "{ viewer { subject } programmes { totalCount } }", json!({})).await;
            assert_eq!(answer["viewer"]["subject"], json!(persona.subject()));
        }
    })
    .await;
}
