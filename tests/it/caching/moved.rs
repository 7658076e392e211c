//! Whatever an answer hangs on besides the ledger of one programme, a change of it moves the tag.

use api::graphql::Allowed;
use serde_json::{Value, json};

use super::{get, policy};
use crate::support::builders::day;
use crate::support::{Persona, TestApp, gid, on_both};

const ADMIN: Persona = Persona::Admin;

/// The questions.
fn documents() -> Value {
    json!({
        "organisations": "{ organisations(first: 50) { nodes { name identifiers { value } history { nodes { operation } } } } }",
        "programmes": "{ programmes { nodes { slug name isPublic } } }",
        "viewer": "{ viewer { memberships { role version programme { name } organisation { name } } } }",
        "sources": "{ programme(slug: \"northshire\") { sources(first: 50) { nodes { title } } } }",
    })
}

async fn service(app: &TestApp) -> TestApp {
    app.trusting(app.today, policy(&documents(), Allowed::Any, false)).await
}

/// Asks before a change and after it: nothing is sent while nothing has changed, and another answer then.
async fn is_moved(app: &TestApp, asked: &[(Persona, &str)], change: impl AsyncFnOnce() -> Option<TestApp>) {
    let before = service(app).await;
    let mut tags = Vec::new();
    for (who, document) in asked {
        let answer = get(&before, *who, &[("documentId", document)], &[]).await;
        let tag = answer.header("etag").to_owned();
        let again = get(&before, *who, &[("documentId", document)], &[("if-none-match", &tag)]).await;
        assert_eq!((answer.status, again.status), (200, 304), "{who:?} {document}: {}", answer.text);
        tags.push((tag, answer.text));
    }
    let after = change().await;
    let after = service(after.as_ref().unwrap_or(app)).await;
    for ((who, document), (tag, text)) in asked.iter().zip(tags) {
        let answer = get(&after, *who, &[("documentId", document)], &[("if-none-match", &tag)]).await;
        assert_eq!(answer.status, 200, "{who:?} {document}");
        assert_ne!(answer.text, text, "{who:?} {document}");
    }
}

#[tokio::test]
async fn whatever_an_answer_hangs_on_moves_its_tag() {
    on_both(async |app| {
        let done = async |mutation: &str, input: Value| {
            app.done(ADMIN, mutation, input, "").await;
            None
        };
        let all = [Persona::SouthmereOffice, Persona::Anonymous, Persona::Nobody, Persona::Police];

        // An organisation belongs to no programme: its change is in the ledger of another.
        let organisations = all.map(|who| (who, "organisations"));
        let school = gid("org", app.world.party("Harbour School").id);
        let renamed = json!({ "id": school, "expectedVersion": 1, "name": "Harbour Academy" });
        let numbered = json!({ "id": school, "expectedVersion": 2, "identifiers": [{ "scheme": "URN", "value": "1" }] });
        let northshire = gid("prg", app.world.programme("northshire").id);
        let new = json!({ "programmeId": northshire, "name": "A new trust", "kind": "NHS" });
        is_moved(app, &organisations, async || done("organisationUpdate", renamed).await).await;
        is_moved(app, &organisations, async || done("organisationUpdate", numbered).await).await;
        is_moved(app, &organisations, async || done("organisationCreate", new).await).await;

        // A programme that is open to the public.
        let southmere = gid("prg", app.world.programme("southmere").id);
        let programmes = all.map(|who| (who, "programmes"));
        let of = |id: &str, version: i32, field: &str, value: Value| json!({ "id": id, "expectedVersion": version, field: value });
        let named = of(&southmere, 1, "name", json!("Southmere anew"));
        is_moved(app, &programmes, async || done("programmeUpdate", named).await).await;
        let opened = of(&northshire, 1, "isPublic", json!(true));
        is_moved(app, &programmes, async || done("programmeUpdate", opened).await).await;
        let closed = of(&northshire, 2, "isPublic", json!(false));
        is_moved(app, &programmes, async || done("programmeUpdate", closed).await).await;
        let begun = json!({ "slug": "westshire", "name": "Westshire", "authorityId": school });
        is_moved(app, &[(ADMIN, "programmes")], async || done("programmeCreate", begun).await).await;

        // Who the viewer is.
        let nobody = [(Persona::Nobody, "viewer"), (Persona::Nobody, "programmes")];
        let member = json!({ "programmeId": northshire, "subject": "nobody", "role": "SCRUTINY" });
        is_moved(app, &nobody, async || done("memberAdd", member).await).await;
        let health = app.world.memberships.iter().find(|row| row.subject == "health").unwrap();
        let health = of(&gid("mbr", health.id), 1, "organisationId", json!(school));
        is_moved(app, &[(Persona::Health, "viewer")], async || done("memberUpdate", health).await).await;
        let office = [(Persona::SouthmereOffice, "viewer"), (Persona::SouthmereOffice, "programmes")];
        is_moved(app, &office, async || {
            let mut to = app.write().await;
            to.cx.hold(to.programme).await.unwrap();
            to.member("southmere-office", "ADMIN", |_| {}).await;
            to.cx.commit().await.unwrap();
            None
        })
        .await;

        // The day, on which something is published.
        let scrutiny = [(Persona::Scrutiny, "sources")];
        is_moved(app, &scrutiny, async || Some(app.at(day("2018-12-20")).await)).await;
    })
    .await;
}
