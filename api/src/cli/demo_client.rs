//! The machine client of the demonstration, for those who try an integration: registered as anybody's is, through the API, with a
//! secret that is another each time.

use serde_json::{Map, Value, json};

use super::CliError;
use crate::auth::machine::TOKEN_PATH;
use crate::auth::{DEV_ISSUER, Principal};
use crate::authz::identity::Identity;
use crate::graphql::{Engine, Request};

const PROGRAMME: &str = "buckinghamshire";
const ORGANISATION: &str = "Thames Valley Police";
const NAME: &str = "Records system of the police";

const FIND: &str = "query($programme: String!, $organisation: String!) {
    programme(slug: $programme) { id machineClients(first: 100) { nodes { id name clientId revokedAt secrets { id version } } } }
    organisations(first: 1, filter: { text: { contains: $organisation } }) { nodes { id } } }";
const REGISTER: &str = "mutation($input: MachineClientRegisterInput!) {
    machineClientRegister(input: $input) { machineClient { clientId } secret userErrors { message } } }";
const RETIRE: &str = "mutation($input: MachineClientSecretRetireInput!) {
    machineClientSecretRetire(input: $input) { userErrors { message } } }";
const ADD: &str = "mutation($input: MachineClientSecretAddInput!) {
    machineClientSecretAdd(input: $input) { machineClient { clientId } secret userErrors { message } } }";

/// A client, and its secret of this time.
pub(super) struct DemoClient {
    client_id: String,
    secret: String,
}

impl DemoClient {
    /// What a newcomer is told of it.
    pub(super) fn told(&self, issuer: &str) -> String {
        let Self { client_id, secret } = self;
        format!(
            "\nA machine client of the police, with every scope; its tokens last a quarter of an hour:\n\n\
             curl -u '{client_id}:{secret}' -d grant_type=client_credentials {issuer}{TOKEN_PATH}\n"
        )
    }
}

/// Registers the client, or gives the one that is there already another secret in place of those that it had.
pub(super) async fn renew(engine: &Engine) -> Result<DemoClient, CliError> {
    let found = ask(engine, FIND, json!({ "programme": PROGRAMME, "organisation": ORGANISATION })).await?;
    let nodes =
        found["programme"]["machineClients"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours = nodes.iter().find(|of| of["name"] == NAME && of["revokedAt"].is_null());
    let (field, made) = match ours {
        Some(client) => {
            for secret in client["secrets"].as_array().into_iter().flatten() {
                let input = json!({ "id": secret["id"], "expectedVersion": secret["version"] });
                ask(engine, RETIRE, json!({ "input": input })).await?;
            }
            let input = json!({ "machineClientId": client["id"] });
            ("machineClientSecretAdd", ask(engine, ADD, json!({ "input": input })).await?)
        }
        None => {
            let input = json!({
                "programmeId": found["programme"]["id"],
                "organisationId": found["organisations"]["nodes"][0]["id"],
                "name": NAME,
                "scopes": ["UPDATES", "EVIDENCE", "LINKS", "CHALLENGES", "WEBHOOKS"],
            });
            ("machineClientRegister", ask(engine, REGISTER, json!({ "input": input })).await?)
        }
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let payload = &made[field];
    match (text(&payload["machineClient"]["clientId"]), text(&payload["secret"])) {
        (Some(client_id), Some(secret)) => Ok(DemoClient { client_id, secret }),
        _ => Err(CliError::failed(format!(
            "the demonstration's client has no secret: {}",
            payload["userErrors"]
        ))),
    }
}

async fn ask(engine: &Engine, query: &str, variables: Value) -> Result<Value, CliError> {
    let office = Principal {
        identity: Identity::of("programme-office"),
        issuer: DEV_ISSUER.to_owned(),
        expires_at: crate::config::now(),
    };
    let variables: Map<String, Value> = variables.as_object().cloned().unwrap_or_default();
    let request = Request { query: query.to_owned(), variables, ..Request::default() };
    let answer = engine.execute(request, Some(&office), "demo").await;
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match body.get("errors") {
        None => Ok(body["data"].take()),
        Some(errors) => Err(CliError::failed(format!("the demonstration's client cannot be made: {errors}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::database;
    use crate::command::demo;
    use crate::config::{Clock, DatabaseUrl, Missing};

    #[tokio::test]
    async fn the_client_is_registered_once_and_has_another_secret_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::of_file(&folder.path().join("a.sqlite"));
        let db = database::connect(&url, Missing::Create).await.unwrap();
        db.migrate().await.unwrap();
        let today = "2018-12-10".parse().unwrap();
        demo::load(&db, today).await.unwrap();
        let engine = Engine::new(db, Clock::new(Some(today)));
        let (first, second) = (renew(&engine).await.unwrap(), renew(&engine).await.unwrap());
        assert_eq!(first.client_id, second.client_id);
        assert_ne!(first.secret, second.secret);
        assert!(second.told("http://127.0.0.1:8080").contains("http://127.0.0.1:8080/oauth/token"));
    }
}
