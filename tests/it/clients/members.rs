//! Clients that are members of several programmes, and members by a directory's groups.

use api::auth::{IssuerSettings, Names};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use chrono::{TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use super::*;
use crate::support::on_both;

const SOUTHMERE: Persona = Persona::SouthmereOffice;

fn to_southmere(app: &TestApp, more: Value) -> Value {
    let mut input =
        json!({ "programmeId": gid("prg", app.world.programme("southmere").id), "role": "PARTNER" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn another_council_makes_the_same_client_a_member_and_revocation_holds_there_too() {
    on_both(async |app| {
        let client = registered(app, json!({})).await;
        let (subject, police) = (client.subject(), organisation(app, "Northshire Police"));
        let invalid = |field: &str| ("VALIDATION_FAILED".to_owned(), field.to_owned());
        for (more, field) in [
            (json!({ "subject": "client:nobody", "organisationId": police }), "subject"),
            (json!({ "subject": subject, "role": "OFFICER", "organisationId": police }), "role"),
            (json!({ "subject": subject }), "organisationId"),
            (
                json!({ "subject": subject, "organisationId": organisation(app, "Northshire Health Trust") }),
                "organisationId",
            ),
            (
                json!({ "subject": format!("webhook:{}", client.client_id), "organisationId": police }),
                "subject",
            ),
            (json!({ "subject": "group:", "organisationId": police }), "subject"),
        ] {
            let refused = app.refused(SOUTHMERE, "memberAdd", to_southmere(app, more)).await;
            assert_eq!(refused, invalid(field));
        }
        let add = to_southmere(app, json!({ "subject": subject, "organisationId": police }));
        let made = app.done(SOUTHMERE, "memberAdd", add.clone(), "membership { id version }").await;
        let member = &made["membership"];
        let token = token(app, &client, "").await;
        assert_eq!(programmes(app, &token).await.as_array().unwrap().len(), 2);

        let other = json!({
            "id": member["id"], "expectedVersion": member["version"],
            "organisationId": organisation(app, "Northshire Health Trust"),
        });
        assert_eq!(app.refused(SOUTHMERE, "memberUpdate", other).await, invalid("organisationId"));

        let revoke = change(&client, 1, json!({ "reason": "Lost" }));
        app.done(OFFICE, "machineClientRevoke", revoke, "machineClient { id }").await;
        assert_eq!(
            programmes(app, &token).await,
            json!([]),
            "in Southmere neither, where nobody did anything"
        );
        let again = json!({ "subject": client.subject(), "organisationId": police });
        let again = app.refused(OFFICE, "memberAdd", {
            let mut input = to_southmere(app, again);
            input["programmeId"] = json!(gid("prg", app.world.programme("northshire").id));
            input
        });
        assert_eq!(again.await, invalid("subject"));
    })
    .await;
}

/// An identity provider that writes tokens as Microsoft Entra ID does.
struct Entra {
    server: MockServer,
    key: EncodingKey,
}

const TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const AUDIENCE: &str = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
const GROUP: &str = "0a1b2c3d-0000-4000-8000-00000000000a";

impl Entra {
    async fn start() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der = pair.as_der().unwrap();
        // jsonwebtoken takes the inner RSAPrivateKey, which follows the fixed PKCS #8 head of 26 bytes.
        let key = EncodingKey::from_rsa_der(&der.as_ref()[26..]);
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).unwrap();
        jwk.common.key_id = Some("entra-1".to_owned());
        // Entra says neither `alg` nor `key_ops`, and more besides.
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk.as_object_mut().unwrap().remove("alg");
        jwk["x5t"] = json!("entra-1");
        jwk["use"] = json!("sig");
        let server = MockServer::start().await;
        let keys = ResponseTemplate::new(200).set_body_json(json!({ "keys": [jwk] }));
        Mock::given(method("GET")).respond_with(keys).mount(&server).await;
        Self { server, key }
    }

    fn issuer() -> String {
        format!("https://login.microsoftonline.com/{TENANT}/v2.0")
    }

    fn settings(&self) -> IssuerSettings {
        IssuerSettings {
            issuer: Self::issuer(),
            audience: AUDIENCE.to_owned(),
            jwks_url: self.server.uri(),
            longest_life: TimeDelta::hours(24),
            may_omit_nbf: false,
            names: Names { subject: "oid".to_owned(), groups: Some("groups".to_owned()) },
        }
    }

    /// A token of version 2.0 for somebody, with claims besides.
    fn token(&self, oid: &str, more: Value) -> String {
        let now = Utc::now().timestamp();
        let mut claims = json!({
            "aud": AUDIENCE, "iss": Self::issuer(), "iat": now - 300, "nbf": now - 300, "exp": now + 4500,
            "aio": "AXQAi/8TAAAA", "azp": "b14a7505-96e9-4927-91e8-0601d0fc9caa", "azpacr": "1", "name": "A. Person",
            "oid": oid, "preferred_username": "a.person@northshire.example", "rh": "0.ARoA", "scp": "access_as_user",
            "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ", "tid": TENANT, "uti": "fqiBqXLPj0eQa82S-IYFAA", "ver": "2.0",
        });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("entra-1".to_owned());
        encode(&header, &claims, &self.key).unwrap()
    }
}

const PERSON: &str = "690222be-ff1a-4d56-abd1-7e4f7d38e474";

#[tokio::test]
async fn people_of_a_directory_are_members_by_name_and_by_group() {
    on_both(async |app| {
        let entra = Entra::start().await;
        let app = &app.accepting(vec![entra.settings()]).await;
        let northshire = gid("prg", app.world.programme("northshire").id);
        let police = organisation(app, "Northshire Police");
        let add = |subject: &str, more: Value| {
            let mut input = json!({ "programmeId": northshire, "subject": subject, "role": "PARTNER", "organisationId": police });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let nobody = entra.token(PERSON, json!({}));
        assert_eq!(programmes(app, &nobody).await, json!([]));
        let post = gid("per", app.world.party("Detective inspector").id);
        let with_post = app.refused(OFFICE, "memberAdd", add(&format!("group:{GROUP}"), json!({ "personId": post }))).await;
        assert_eq!(with_post, ("VALIDATION_FAILED".to_owned(), "personId".to_owned()));
        app.done(OFFICE, "memberAdd", add(&format!("group:{GROUP}"), json!({})), "membership { id }").await;

        let in_group = entra.token(PERSON, json!({ "groups": ["another", GROUP] }));
        assert_eq!(programmes(app, &in_group).await, json!(["northshire"]));
        assert_eq!(programmes(app, &nobody).await, json!([]));
        // Who acts is the person, whatever made them a member.
        assert_eq!(report(app, &in_group).await, None);
        let changes = r#"{ programme(slug: "northshire") { changes(last: 1) { nodes { actor } } } }"#;
        let last = app.data(OFFICE, changes, json!({})).await;
        assert_eq!(last["programme"]["changes"]["nodes"][0]["actor"], PERSON);

        // Too many groups to be told are none, in either way of telling that.
        let many: Vec<String> = (0..201).map(|of| format!("{of:036}")).chain([GROUP.to_owned()]).collect();
        let most: Vec<String> = (0..199).map(|of| format!("{of:036}")).chain([GROUP.to_owned()]).collect();
        let elsewhere = json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": "https://graph.example" } } });
        assert_eq!(programmes(app, &entra.token(PERSON, json!({ "groups": most }))).await, json!(["northshire"]));
        assert_eq!(programmes(app, &entra.token(PERSON, json!({ "groups": many }))).await, json!([]));
        assert_eq!(programmes(app, &entra.token(PERSON, elsewhere)).await, json!([]));

        app.done(OFFICE, "memberAdd", add(PERSON, json!({ "role": "BOARD" })), "membership { id }").await;
        assert_eq!(programmes(app, &nobody).await, json!(["northshire"]));
        assert_eq!(programmes(app, &in_group).await.as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_appoints_or_changes_a_group_that_they_are_in() {
    on_both(async |app| {
        let entra = Entra::start().await;
        let app = &app.accepting(vec![entra.settings()]).await;
        let northshire = gid("prg", app.world.programme("northshire").id);
        let office = json!({ "programmeId": northshire, "subject": format!("group:{GROUP}"), "role": "OFFICER", "isProgrammeOffice": true });
        let made = app.done(Persona::Admin, "memberAdd", office, "membership { id version }").await;
        let token = entra.token(PERSON, json!({ "groups": [GROUP, "board"] }));
        let mutation = |name: &str, ty: &str| {
            format!("mutation($input: {ty}!) {{ payload: {name}(input: $input) {{ userErrors {{ code field }} }} }}")
        };
        let add = json!({ "programmeId": northshire, "subject": "group:board", "role": "BOARD" });
        let answer = with(app, &token, &mutation("memberAdd", "MemberAddInput"), json!({ "input": add })).await;
        let forbidden = |field: &str| json!([{ "code": "FORBIDDEN", "field": [field] }]);
        assert_eq!(answer.data()["payload"]["userErrors"], forbidden("subject"));
        let member = &made["membership"];
        let update = json!({ "id": member["id"], "expectedVersion": member["version"], "isProgrammeOffice": false });
        let answer = with(app, &token, &mutation("memberUpdate", "MemberUpdateInput"), json!({ "input": update })).await;
        assert_eq!(answer.data()["payload"]["userErrors"], forbidden("id"));
        let other = json!({ "programmeId": northshire, "subject": "somebody", "role": "BOARD" });
        let answer = with(app, &token, &mutation("memberAdd", "MemberAddInput"), json!({ "input": other })).await;
        assert_eq!(answer.data()["payload"]["userErrors"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn no_other_issuer_names_a_client_a_webhook_or_a_group() {
    on_both(async |app| {
        let entra = Entra::start().await;
        let app = &app.accepting(vec![entra.settings()]).await;
        let client = registered(app, json!({})).await;
        let webhook = format!("webhook:{}", client.client_id);
        for subject in [client.subject(), webhook, format!("group:{GROUP}")] {
            let token = entra.token(&subject, json!({}));
            let answer = with(app, &token, "{ viewer { subject } }", json!({})).await;
            assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{subject}");
        }
        // Nor does a scope in another's token bound, or open, anything.
        app.done(
            OFFICE,
            "memberAdd",
            json!({
                "programmeId": gid("prg", app.world.programme("northshire").id), "subject": PERSON, "role": "PARTNER",
                "organisationId": organisation(app, "Northshire Police"),
            }),
            "membership { id }",
        )
        .await;
        let token = entra.token(PERSON, json!({ "scope": "read", "client_id": client.client_id }));
        assert_eq!(report(app, &token).await, None);
    })
    .await;
}
