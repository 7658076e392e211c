//! Machine clients, as their integrators and the offices that register them use them.

mod keys;
mod members;
mod office;
mod tokens;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::{Persona, Raw, Response, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// A public key, and nothing else.
pub const PUBLIC_KEYS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"key-1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// A client as it was registered.
struct Client {
    id: String,
    client_id: String,
    secret: String,
}

impl Client {
    /// The header with its name and a secret.
    fn basic(&self, secret: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{secret}", self.client_id)))
    }

    /// What an office makes a member.
    fn subject(&self) -> String {
        format!("client:{}", self.client_id)
    }
}

fn organisation(app: &TestApp, name: &str) -> String {
    gid("org", app.world.party(name).id)
}

/// What registers a client of the police.
fn registration(app: &TestApp, more: Value) -> Value {
    let mut input = json!({
        "programmeId": gid("prg", app.world.programme("northshire").id),
        "organisationId": organisation(app, "Northshire Police"),
        "name": "Records system",
        "scopes": ["UPDATES"],
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Registers a client of the police.
async fn registered(app: &TestApp, more: Value) -> Client {
    let shows = "machineClient { id clientId } secret";
    let made = app.done(OFFICE, "machineClientRegister", registration(app, more), shows).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Client {
        id: text(&made["machineClient"]["id"]),
        client_id: text(&made["machineClient"]["clientId"]),
        secret: text(&made["secret"]),
    }
}

/// Sends a form to the token endpoint.
async fn ask_token(app: &TestApp, authorization: Option<&str>, form: &str) -> Raw {
    let mut request =
        http::Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    app.raw(Persona::Anonymous, request, form.to_owned()).await
}

/// A token for a client, by its secret.
async fn token(app: &TestApp, client: &Client, more: &str) -> String {
    let form = format!("grant_type=client_credentials{more}");
    let answer = ask_token(app, Some(&client.basic(&client.secret)), &form).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

/// The status of an answer, and the code of the error in it.
fn refusal(answer: &Raw) -> (u16, String) {
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    (answer.status, body["error"].as_str().unwrap_or_default().to_owned())
}

/// Asks with a token.
async fn with(app: &TestApp, token: &str, document: &str, variables: Value) -> Response {
    let request = http::Request::post("/graphql").header("authorization", format!("Bearer {token}"));
    let body = json!({ "query": document, "variables": variables });
    app.send(Persona::Anonymous, &body, request).await
}

/// The slugs of the programmes of which the token's subject is a member.
async fn programmes(app: &TestApp, token: &str) -> Value {
    let document = "{ viewer { subject memberships { role programme { slug } organisation { name } } } }";
    let answer = with(app, token, document, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let memberships = answer.data()["viewer"]["memberships"].as_array().unwrap();
    memberships.iter().map(|of| of["programme"]["slug"].clone()).collect()
}

const REPORT: &str = "mutation($input: ProgressUpdateAddInput!) { payload: progressUpdateAdd(input: $input) {
    progressUpdate { id } userErrors { code field } } }";

/// The code with which a report on an action of the police is refused; none where it is taken.
async fn report(app: &TestApp, token: &str) -> Option<String> {
    let action = gid("act", app.world.action("1.2").id);
    let input = json!({ "actionId": action, "narrative": "Four of five seen", "declaredHealth": "AT_RISK" });
    let answer = with(app, token, REPORT, json!({ "input": input })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.data()["payload"]["userErrors"][0]["code"].as_str().map(str::to_owned)
}

/// What the token's subject may do with an action of the police.
async fn can(app: &TestApp, token: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Action { viewerCan } } }";
    let id = gid("act", app.world.action("1.2").id);
    with(app, token, document, json!({ "id": id })).await.data()["node"]["viewerCan"].clone()
}

/// A client as the office sees it.
async fn shown(app: &TestApp, client: &Client) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on MachineClient {
        name scopes version revokedAt lastUsedOn keys viewerCan secrets { id hint version expiresAt lastUsedOn } } } }";
    app.data(OFFICE, document, json!({ "id": client.id })).await["node"].clone()
}

/// The input of a change of a client.
fn change(client: &Client, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": client.id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}
