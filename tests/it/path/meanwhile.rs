//! Who asks can become somebody else between their request and their turn: then they are judged as whom they are by then.

use std::time::Duration;

use entity::membership;
use futures_util::future::join;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use crate::support::builders::Write;
use crate::support::db::url_of;
use crate::support::{Persona, TestApp, gid, on_both};

/// Waits until somebody waits for the turn that a test holds.
async fn somebody_waits(app: &TestApp) {
    if !app.is_postgres() {
        // Who waits for SQLite's one writer waits in the pool of its connections, which tells nobody.
        return tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let beside = Database::connect(url_of(app.db())).await.unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let row = beside.query_one_raw(Statement::from_string(DbBackend::Postgres, waiting)).await.unwrap();
        if row.unwrap().try_get_by_index::<i64>(0).unwrap() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    beside.close().await.unwrap();
}

/// Holds the turn of Northshire while somebody reports on an action, and then makes a change of who they are.
async fn reports_while(app: &TestApp, persona: Persona, change: impl AsyncFnOnce(&mut Write)) -> Value {
    let mut to = app.write().await;
    to.cx.hold(to.programme).await.unwrap();
    let change = async {
        somebody_waits(app).await;
        change(&mut to).await;
        to.cx.commit().await.unwrap();
    };
    let action = gid("act", app.world.action("A1").id);
    let input = json!({ "actionId": action, "narrative": "Going on", "declaredHealth": "ON_TRACK", "idempotencyKey": "k" });
    let shows = "progressUpdate { narrative author { __typename } }";
    join(app.mutate(persona, "progressUpdateAdd", input, shows), change).await.0
}

fn membership(app: &TestApp, persona: Persona) -> membership::Model {
    let is_theirs = |row: &&membership::Model| Some(row.subject.as_str()) == persona.subject();
    app.world.memberships.iter().find(is_theirs).unwrap().clone()
}

async fn updates(app: &TestApp) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Action { updates { totalCount } } } }";
    let id = gid("act", app.world.action("A1").id);
    app.data(Persona::ProgrammeOffice, document, json!({ "id": id })).await["node"]["updates"]["totalCount"]
        .clone()
}

#[tokio::test]
async fn whose_membership_ends_while_they_wait_changes_nothing() {
    on_both(async |app| {
        let before = updates(app).await;
        let theirs = membership(app, Persona::Lead);

        let answer = reports_while(app, Persona::Lead, async |to| to.cx.remove(&theirs).await.unwrap()).await;

        assert_eq!(answer["progressUpdate"], Value::Null);
        assert_eq!(answer["userErrors"][0]["code"], "NOT_FOUND");
        assert_eq!(updates(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn who_looked_after_all_of_it_and_no_longer_does_changes_nothing() {
    on_both(async |app| {
        let before = updates(app).await;
        let admin = membership(app, Persona::Admin);
        // No programme's ledger has to tell of it: here it is another's.
        let southmere = app.world.programme("southmere").id;
        let input = json!({ "id": gid("prg", app.world.programme("northshire").id), "expectedVersion": 1, "name": "Other" });
        let mut to = app.write().await;
        to.cx.hold(to.programme).await.unwrap();
        let change = async {
            somebody_waits(app).await;
            to.cx.remove(&admin).await.unwrap();
            to.cx.record_in(admin.id, vec![southmere]).await.unwrap();
            to.cx.commit().await.unwrap();
        };

        let (answer, ()) = join(app.mutate(Persona::Admin, "programmeUpdate", input, "programme { name }"), change).await;

        assert_eq!(answer["userErrors"][0]["code"], "NOT_FOUND", "{answer}");
        assert_eq!(updates(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn who_may_still_do_it_but_as_somebody_else_does_it_as_that() {
    on_both(async |app| {
        let theirs = membership(app, Persona::Lead);
        let after = membership::Model { person_id: None, is_programme_office: true, ..theirs.clone() };
        let change = async |to: &mut Write| {
            to.cx.update(&theirs, after).await.unwrap();
        };

        let answer = reports_while(app, Persona::Lead, change).await;

        // The office reports for nobody, where the lead would have been the author.
        assert_eq!(answer["progressUpdate"], json!({ "narrative": "Going on", "author": null }));
        assert_eq!(answer["userErrors"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_becomes_of_somebody_else_is_no_matter() {
    on_both(async |app| {
        let police = membership(app, Persona::Police);

        let answer = reports_while(app, Persona::Lead, async |to| to.cx.remove(&police).await.unwrap()).await;

        assert_eq!(
            answer["progressUpdate"],
            json!({ "narrative": "Going on", "author": { "__typename": "Person" } })
        );
    })
    .await;
}

#[tokio::test]
async fn who_ends_their_own_part_sees_and_does_no_more_in_the_same_request() {
    on_both(async |app| {
        let mut to = app.write().await;
        let second = to.member("nobody", "OFFICER", |of| of.is_programme_office = true).await;
        to.commit().await;
        let document = "mutation($own: ID!, $id: ID!) {
            first: actionStart(input: { id: $id, expectedVersion: 1 }) { action { version } userErrors { code } }
            own: memberRemove(input: { id: $own, expectedVersion: 1 }) { programme { name } userErrors { code } }
            again: actionStart(input: { id: $id, expectedVersion: 2 }) { action { version } userErrors { code } }
        }";
        let variables = json!({ "own": gid("mbr", second.id), "id": gid("act", app.world.action("1.10").id) });

        let data = app.data(Persona::Nobody, document, variables).await;

        let expected = json!({
            "first": { "action": { "version": 2 }, "userErrors": [] },
            "own": { "programme": null, "userErrors": [] },
            "again": { "action": null, "userErrors": [{ "code": "NOT_FOUND" }] },
        });
        assert_eq!(data, expected);
    })
    .await;
}
