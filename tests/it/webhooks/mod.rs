//! Webhooks: endpoints, and what they are told. The receivers are programs of the tests' own, in this process, and verify what
//! they get with a library that is not ours.

mod deliver;
mod endpoints;
mod events;
mod fail;
mod receiver;
mod replay;
mod sight;
mod together;

use std::time::Duration;

use api::http::Stop;
use api::webhooks::{Outside, Settings, Webhooks};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use self::receiver::Receiver;
use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;
const POLICE: Persona = Persona::Police;

/// Settings under which a test takes seconds.
fn quick() -> Settings {
    Settings {
        outside: Outside { allows_private: true, ..Outside::default() },
        timeout: Duration::from_secs(1),
        retries: vec![Duration::from_millis(200); 5],
        ..Settings::default()
    }
}

/// Something that tells, until it is told to stop.
struct Telling {
    stop: Stop,
    runs: JoinHandle<()>,
}

impl Telling {
    fn begin(webhooks: Webhooks) -> Self {
        let stop = Stop::default();
        Self { runs: tokio::spawn(webhooks.run(stop.clone())), stop }
    }

    /// Lets what is in hand end.
    async fn end(self) {
        self.stop.leave();
        self.stop.begin();
        self.runs.await.unwrap();
    }
}

/// The input of a new endpoint of the police.
fn endpoint_at(app: &TestApp, url: &str) -> Value {
    json!({
        "programmeId": gid("prg", app.world.programme("northshire").id),
        "organisationId": gid("org", app.world.party("Northshire Police").id), "url": url,
    })
}

/// Makes an endpoint of the police for a receiver, which then verifies with its secret; with more in the input. Its id.
async fn endpoint(app: &TestApp, receiver: &Receiver, more: Value) -> String {
    let mut input = endpoint_at(app, receiver.url());
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let payload = app.done(POLICE, "webhookEndpointCreate", input, "webhookEndpoint { id } secret").await;
    receiver.verifies_with(payload["secret"].as_str().unwrap());
    payload["webhookEndpoint"]["id"].as_str().unwrap().to_owned()
}

/// What an endpoint is now.
async fn now(app: &TestApp, id: &str, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on WebhookEndpoint {{ {fields} }} }} }}");
    app.data(POLICE, &document, json!({ "id": id })).await["node"].clone()
}

/// Its deliveries, oldest first.
async fn deliveries(app: &TestApp, id: &str) -> Vec<Value> {
    let fields = "deliveries(first: 100, orderBy: [{ field: CREATED_AT }]) { nodes {
        id webhookId eventType sequence entityType entityId status nextAttemptAt deliveredAt createdAt
        attempts { at responseStatus error durationMs } } }";
    now(app, id, fields).await["deliveries"]["nodes"].as_array().unwrap().clone()
}

/// Waits until something of an endpoint is so.
async fn until(app: &TestApp, id: &str, fields: &str, is: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..1500 {
        let value = now(app, id, fields).await;
        if is(&value) {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came to that: {}", now(app, id, fields).await);
}

/// The police report on an action of theirs, as often as that: each is an entry for the update and one for the action.
async fn report(app: &TestApp, reference: &str, narrative: &str) {
    let input = json!({
        "actionId": gid("act", app.world.action(reference).id), "narrative": narrative, "declaredHealth": "ON_TRACK",
    });
    app.done(OFFICE, "progressUpdateAdd", input, "progressUpdate { id }").await;
}

/// Changes the notes of an action.
async fn note(app: &TestApp, reference: &str, notes: &str) {
    let id = gid("act", app.world.action(reference).id);
    let document = "query($id: ID!) { node(id: $id) { ... on Action { version } } }";
    let version = app.data(OFFICE, document, json!({ "id": id })).await["node"]["version"].clone();
    let input = json!({ "id": id, "expectedVersion": version, "notes": notes });
    app.done(OFFICE, "actionUpdate", input, "action { id }").await;
}
