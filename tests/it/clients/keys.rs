//! Clients that prove themselves with a key, and the keys of the issuer.

use api::auth::machine::{Rotation, rotate};
use aws_lc_rs::signature::Ed25519KeyPair;
use chrono::Utc;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;
use crate::support::app::PUBLIC_URL;
use crate::support::on_both;

/// A key pair of a client's.
struct Pair {
    kid: &'static str,
    key: EncodingKey,
    jwk: Value,
}

impl Pair {
    fn new(kid: &'static str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let key = EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
        jwk.common.key_id = Some(kid.to_owned());
        Self { kid, key, jwk: serde_json::to_value(jwk).unwrap() }
    }

    fn signed(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.to_owned());
        encode(&header, claims, &self.key).unwrap()
    }
}

/// The claims of an assertion that is good now.
fn claims(client: &Client, jti: &str) -> Value {
    let now = Utc::now().timestamp();
    json!({
        "iss": client.client_id, "sub": client.client_id, "aud": format!("{PUBLIC_URL}/oauth/token"),
        "iat": now, "exp": now + 60, "jti": jti,
    })
}

fn form(assertion: &str) -> String {
    format!(
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion={assertion}"
    )
}

#[tokio::test]
async fn a_client_proves_itself_with_its_key_once_with_each_assertion() {
    on_both(async |app| {
        let pair = Pair::new("key-1");
        let jwks = json!({ "keys": [pair.jwk] }).to_string();
        let client = registered(app, json!({ "jwks": jwks, "withSecret": false })).await;
        assert_eq!(client.secret, "");
        let assertion = pair.signed(&claims(&client, "one"));
        let first = ask_token(app, None, &form(&assertion)).await;
        assert_eq!(first.status, 200, "{}", first.text);
        let body: Value = serde_json::from_str(&first.text).unwrap();
        assert_eq!(programmes(app, body["access_token"].as_str().unwrap()).await, json!(["northshire"]));

        // Another process on the same database knows that it was taken.
        let replica = app.at(app.today).await;
        for again in [app, &replica] {
            let again = ask_token(again, None, &form(&assertion)).await;
            assert_eq!(refusal(&again), (401, "invalid_client".to_owned()));
        }
        let issuer = json!({ "aud": [PUBLIC_URL, "https://other.example"] });
        let mut by_issuer = claims(&client, "two");
        by_issuer.as_object_mut().unwrap().extend(issuer.as_object().unwrap().clone());
        assert_eq!(ask_token(app, None, &form(&pair.signed(&by_issuer))).await.status, 200);

        let keyless = change(&client, 1, json!({ "jwks": null }));
        let shows = "machineClient { keys }";
        let keyless = app.done(Persona::Police, "machineClientKeysSet", keyless, shows).await;
        assert_eq!(keyless["machineClient"]["keys"], json!([]));
        let late = pair.signed(&claims(&client, "three"));
        assert_eq!(ask_token(app, None, &form(&late)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn an_assertion_that_is_not_quite_right_is_none() {
    on_both(async |app| {
        let (pair, stranger) = (Pair::new("key-1"), Pair::new("key-1"));
        let jwks = json!({ "keys": [pair.jwk] }).to_string();
        let client = registered(app, json!({ "jwks": jwks })).await;
        let other = registered(app, json!({ "name": "Another" })).await;
        let now = Utc::now().timestamp();
        let of = |more: Value| {
            let mut claims = claims(&client, "one");
            let fields = claims.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            fields.retain(|_, value| !value.is_null());
            claims
        };
        for (what, assertion) in [
            ("another's key", stranger.signed(&of(json!({})))),
            (
                "another client's name",
                pair.signed(&of(json!({ "iss": other.client_id, "sub": other.client_id }))),
            ),
            ("another issuer", pair.signed(&of(json!({ "iss": other.client_id })))),
            ("another audience", pair.signed(&of(json!({ "aud": "https://other.example" })))),
            ("no audience", pair.signed(&of(json!({ "aud": null })))),
            ("no id", pair.signed(&of(json!({ "jti": null })))),
            ("an empty id", pair.signed(&of(json!({ "jti": "" })))),
            ("over", pair.signed(&of(json!({ "iat": now - 120, "exp": now - 60 })))),
            ("good for too long", pair.signed(&of(json!({ "exp": now + 3600 })))),
            ("not yet good", pair.signed(&of(json!({ "nbf": now + 120, "exp": now + 200 })))),
            ("no assertion", "a.b.c".to_owned()),
        ] {
            let answer = ask_token(app, None, &form(&assertion)).await;
            assert_eq!(refusal(&answer), (401, "invalid_client".to_owned()), "{what}");
        }
        let good = pair.signed(&of(json!({})));
        assert_eq!(ask_token(app, None, &form(&good)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn only_public_keys_of_a_known_kind_are_taken() {
    on_both(async |app| {
        let pair = Pair::new("key-1");
        let with = |member: &str, value: Value| {
            let mut jwk = pair.jwk.clone();
            jwk[member] = value;
            json!({ "keys": [jwk] }).to_string()
        };
        for jwks in [
            "keys".to_owned(),
            "{}".to_owned(),
            json!({ "keys": [] }).to_string(),
            json!({ "keys": [pair.jwk, pair.jwk] }).to_string(),
            with("d", json!("secret")),
            with("kid", json!("")),
            with("kid", json!("two words")),
            with("use", json!("enc")),
            with("crv", json!("X25519")),
        ] {
            let input = registration(app, json!({ "jwks": jwks }));
            let refused = app.refused(OFFICE, "machineClientRegister", input).await;
            assert_eq!(refused, ("VALIDATION_FAILED".to_owned(), "jwks".to_owned()), "{jwks}");
        }
    })
    .await;
}

async fn published(app: &TestApp) -> Vec<String> {
    let answer = app.raw(Persona::Anonymous, http::Request::get("/oauth/jwks"), String::new()).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=300"));
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    for key in body["keys"].as_array().unwrap() {
        assert_eq!((&key["kty"], &key["use"], &key["d"]), (&json!("OKP"), &json!("sig"), &Value::Null));
    }
    body["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_issuer_tells_of_itself() {
    on_both(async |app| {
        for path in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
            let answer = app.raw(Persona::Anonymous, http::Request::get(path), String::new()).await;
            let body: Value = serde_json::from_str(&answer.text).unwrap();
            assert_eq!(body["issuer"], PUBLIC_URL);
            assert_eq!(body["token_endpoint"], format!("{PUBLIC_URL}/oauth/token"));
            assert_eq!(body["jwks_uri"], format!("{PUBLIC_URL}/oauth/jwks"));
            let algorithms = &body["token_endpoint_auth_signing_alg_values_supported"];
            assert_eq!(algorithms, &json!(["EdDSA", "ES256", "RS256"]));
        }
    })
    .await;
}

#[tokio::test]
async fn replicas_sign_and_trust_alike_while_keys_rotate() {
    on_both(async |app| {
        let client = registered(app, json!({})).await;
        let replica = app.at(app.today).await;
        let (one, two) = (token(app, &client, "").await, token(&replica, &client, "").await);
        // Both came to an empty table, and one of them made the key.
        assert_eq!((published(app).await.len(), published(app).await), (1, published(&replica).await));
        for (at, token) in [(app, &two), (&replica, &one)] {
            assert_eq!(programmes(at, token).await, json!(["northshire"]));
        }

        let next = rotate(app.db(), Rotation::InTurn, Utc::now()).await.unwrap();
        let third = app.at(app.today).await;
        assert_eq!(published(&third).await.len(), 2);
        assert!(published(&third).await.contains(&next.kid));
        // It is published, and signs nothing yet: who knows the old one alone takes the token.
        let by_third = token(&third, &client, "").await;
        assert_eq!(programmes(app, &by_third).await, json!(["northshire"]));

        let only = rotate(app.db(), Rotation::AtOnce, Utc::now()).await.unwrap();
        let fourth = app.at(app.today).await;
        assert_eq!(published(&fourth).await, [only.kid]);
        let header = format!("Bearer {one}");
        let request = http::Request::post("/graphql").header("authorization", header);
        let old = fourth.send(Persona::Anonymous, &json!({ "query": "{ __typename }" }), request).await;
        assert_eq!(old.status, 401, "what an older key signed opens nothing");
        let by_fourth = token(&fourth, &client, "").await;
        assert_eq!(programmes(&fourth, &by_fourth).await, json!(["northshire"]));
    })
    .await;
}
