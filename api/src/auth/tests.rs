//! Every refusal, and the key cache against a key server that rotates and fails.

use aws_lc_rs::{
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header, encode, jwk::Jwk};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use super::*;

const ISSUER: &str = "https://login.example/tenant";
const AUDIENCE: &str = "golden-thread-test";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

struct Signer {
    header: Header,
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    fn new(kid: &str, algorithm: Algorithm) -> Signer {
        let key = match algorithm {
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
                EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
            }
            Algorithm::RS256 => {
                use aws_lc_rs::encoding::AsDer;
                let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
                let der: aws_lc_rs::encoding::Pkcs8V1Der = pair.as_der().unwrap();
                // jsonwebtoken takes the inner RSAPrivateKey, which follows the fixed PKCS #8 head of 26 bytes.
                EncodingKey::from_rsa_der(&der.as_ref()[26..])
            }
            _ => EncodingKey::from_ed_der(
                aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap().as_ref(),
            ),
        };
        let mut jwk = Jwk::from_encoding_key(&key, algorithm).unwrap();
        jwk.common.key_id = Some(kid.to_owned());
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        Signer { header, key, jwk: serde_json::to_value(jwk).unwrap() }
    }

    fn sign(&self, claims: &Value) -> String {
        encode(&self.header, claims, &self.key).unwrap()
    }
}

fn claims() -> Value {
    let iat = now().timestamp() - 60;
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "board-chair", "iat": iat, "nbf": iat, "exp": iat + 900})
}

fn with(name: &str, value: Value) -> Value {
    let mut changed = claims();
    changed[name] = value;
    changed
}

fn without(name: &str) -> Value {
    let mut changed = claims();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

async fn serve_keys(server: &MockServer, keys: &[&Signer]) {
    let keys: Vec<_> = keys.iter().map(|signer| signer.jwk.clone()).collect();
    serve(server, ResponseTemplate::new(200).set_body_json(json!({"keys": keys}))).await;
}

async fn serve(server: &MockServer, answer: ResponseTemplate) {
    server.reset().await;
    Mock::given(method("GET")).respond_with(answer).mount(server).await;
}

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn trusting(server: &MockServer) -> Authenticator {
    let settings = IssuerSettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        jwks_url: server.uri(),
        longest_life: TimeDelta::hours(1),
        may_omit_nbf: false,
        names: Names::default(),
    };
    Authenticator::new(vec![settings], None).unwrap()
}

/// Verifies one token of one signer that the issuer publishes.
async fn outcome(signer: &Signer, token: &str) -> Result<Principal, TokenError> {
    let server = MockServer::start().await;
    serve_keys(&server, &[signer]).await;
    trusting(&server).verify_at(token, now()).await
}

#[rstest]
#[case(Algorithm::EdDSA)]
#[case(Algorithm::ES256)]
#[case(Algorithm::RS256)]
#[tokio::test]
async fn each_algorithm_is_accepted(#[case] algorithm: Algorithm) {
    let signer = Signer::new("one", algorithm);
    let principal = outcome(&signer, &signer.sign(&claims())).await.unwrap();
    assert_eq!((principal.subject(), principal.issuer.as_str()), ("board-chair", ISSUER));
    assert_eq!(principal.expires_at.timestamp(), claims()["exp"].as_i64().unwrap());
}

#[tokio::test]
async fn an_issuer_that_leaves_out_the_begin_can_be_taken_at_its_issue() {
    let signer = Signer::new("one", Algorithm::EdDSA);
    let server = MockServer::start().await;
    serve_keys(&server, &[&signer]).await;
    let settings = IssuerSettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        jwks_url: server.uri(),
        longest_life: TimeDelta::hours(1),
        may_omit_nbf: true,
        names: Names::default(),
    };
    let lenient = Authenticator::new(vec![settings], None).unwrap();
    assert!(lenient.verify_at(&signer.sign(&without("nbf")), now()).await.is_ok());
    let early = with("nbf", json!(now().timestamp() + 31));
    assert_eq!(lenient.verify_at(&signer.sign(&early), now()).await, Err(TokenError::Invalid));
}

#[rstest]
#[case::list_of_audiences(with("aud", json!(["other", AUDIENCE])))]
#[case::fractional_time(with("iat", json!(1_789_999_940.5)))]
#[case::begun(with("nbf", json!(1_790_000_029)))]
#[case::issued_within_the_leeway(with("iat", json!(1_790_000_029)))]
#[case::ended_within_the_leeway(with("exp", json!(1_789_999_971)))]
#[tokio::test]
async fn claims_that_hold(#[case] claims: Value) {
    let signer = Signer::new("one", Algorithm::EdDSA);
    assert!(outcome(&signer, &signer.sign(&claims)).await.is_ok());
}

#[rstest]
#[case::no_expiry(without("exp"), TokenError::Invalid)]
#[case::no_issue(without("iat"), TokenError::Invalid)]
#[case::no_begin(without("nbf"), TokenError::Invalid)]
#[case::no_audience(without("aud"), TokenError::Invalid)]
#[case::no_issuer(without("iss"), TokenError::Malformed)]
#[case::no_subject(without("sub"), TokenError::Invalid)]
#[case::expired(with("exp", json!(1_789_999_970)), TokenError::Expired)]
#[case::expiry_as_text(with("exp", json!("1790000900")), TokenError::Invalid)]
#[case::not_yet(with("nbf", json!(1_790_000_031)), TokenError::Invalid)]
#[case::from_the_future(with("iat", json!(1_790_000_031)), TokenError::Invalid)]
#[case::lives_too_long(with("exp", json!(1_789_999_940 + 3601)), TokenError::Invalid)]
#[case::ends_before_it_begins(with("exp", json!(1_789_999_940)), TokenError::Invalid)]
#[case::endless(with("exp", json!(1e300)), TokenError::Invalid)]
#[case::before_1970(with("iat", json!(-5)), TokenError::Invalid)]
#[case::other_audience(with("aud", json!("another-service")), TokenError::Invalid)]
#[case::other_issuer(with("iss", json!("https://login.example/other")), TokenError::Invalid)]
#[case::empty_subject(with("sub", json!(" ")), TokenError::Invalid)]
#[case::subject_breaks_lines(with("sub", json!("a\nb")), TokenError::Invalid)]
#[case::long_subject(with("sub", json!("a".repeat(256))), TokenError::Invalid)]
#[case::subject_is_no_text(with("sub", json!(1)), TokenError::Invalid)]
#[tokio::test]
async fn claims_that_do_not_hold(#[case] claims: Value, #[case] refused: TokenError) {
    let signer = Signer::new("one", Algorithm::EdDSA);
    assert_eq!(outcome(&signer, &signer.sign(&claims)).await, Err(refused));
}

#[rstest]
#[case::at_jwt("at+jwt", true)]
#[case::full_name("application/at+JWT", true)]
#[case::logout("logout+jwt", false)]
#[case::empty("", false)]
#[tokio::test]
async fn types_of_token(#[case] typ: &str, #[case] accepted: bool) {
    let mut signer = Signer::new("one", Algorithm::EdDSA);
    signer.header.typ = Some(typ.to_owned());
    assert_eq!(outcome(&signer, &signer.sign(&claims())).await.is_ok(), accepted);
}

#[tokio::test]
async fn headers_that_do_not_hold() {
    for change in [
        |header: &mut Header| header.typ = None,
        |header: &mut Header| header.kid = None,
        |header: &mut Header| header.kid = Some("another".into()),
        |header: &mut Header| header.crit = Some(vec!["b64".into()]),
    ] {
        let mut signer = Signer::new("one", Algorithm::EdDSA);
        change(&mut signer.header);
        assert_eq!(outcome(&signer, &signer.sign(&claims())).await, Err(TokenError::Invalid));
    }
}

#[tokio::test]
async fn no_signature_and_shared_secrets_are_refused() {
    let signer = Signer::new("one", Algorithm::RS256);
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = json!({"alg": "none", "typ": "JWT", "kid": "one"});
    let unsigned = format!("{}.{}.", encoded(&none), encoded(&claims()));
    assert_eq!(outcome(&signer, &unsigned).await, Err(TokenError::Malformed));

    // The classic confusion: the public key, which everybody has, taken for a shared secret.
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("one".into());
    let secret = EncodingKey::from_secret(signer.jwk["n"].as_str().unwrap().as_bytes());
    let confused = encode(&header, &claims(), &secret).unwrap();
    assert_eq!(outcome(&signer, &confused).await, Err(TokenError::Invalid));
}

#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let (known, other) = (Signer::new("one", Algorithm::EdDSA), Signer::new("one", Algorithm::EdDSA));
    assert_eq!(outcome(&known, &other.sign(&claims())).await, Err(TokenError::Invalid));
    let es = Signer::new("one", Algorithm::ES256);
    assert_eq!(outcome(&known, &es.sign(&claims())).await, Err(TokenError::Invalid));
}

#[tokio::test]
async fn what_is_no_token_or_too_long_is_malformed() {
    let signer = Signer::new("one", Algorithm::EdDSA);
    let long = signer.sign(&with("more", json!("x".repeat(LONGEST_TOKEN))));
    for token in ["", "a", "a.b.c", "....", &long] {
        assert_eq!(outcome(&signer, token).await, Err(TokenError::Malformed), "{token}");
    }
}

#[rstest]
#[case::for_encryption("use", json!("enc"))]
#[case::for_signing_only("key_ops", json!(["sign"]))]
#[case::another_algorithm("alg", json!("ES256"))]
#[case::no_name("kid", Value::Null)]
#[tokio::test]
async fn keys_for_something_else_are_not_used(#[case] member: &str, #[case] value: Value) {
    let mut signer = Signer::new("one", Algorithm::EdDSA);
    signer.jwk[member] = value;
    assert_eq!(outcome(&signer, &signer.sign(&claims())).await, Err(TokenError::Invalid));
}

#[tokio::test]
async fn one_odd_key_does_not_spoil_the_set() {
    let signer = Signer::new("one", Algorithm::EdDSA);
    let server = MockServer::start().await;
    let keys =
        json!({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, {"kty": "XYZ"}, 7, signer.jwk]});
    serve(&server, ResponseTemplate::new(200).set_body_json(keys)).await;
    assert!(trusting(&server).verify_at(&signer.sign(&claims()), now()).await.is_ok());
}

#[tokio::test]
async fn keys_are_fetched_once_for_many_who_wait() {
    let signer = Signer::new("one", Algorithm::EdDSA);
    let server = MockServer::start().await;
    let keys = json!({"keys": [signer.jwk]});
    let slow =
        ResponseTemplate::new(200).set_body_json(keys).set_delay(std::time::Duration::from_millis(100));
    serve(&server, slow).await;
    let authenticator = trusting(&server);
    let token = signer.sign(&claims());
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (authenticator, token) = (authenticator.clone(), token.clone());
            tokio::spawn(async move { authenticator.verify_at(&token, now()).await.is_ok() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(asked(&server).await, 1);
}

#[tokio::test]
async fn a_rotation_is_followed_and_an_unknown_key_cannot_make_us_ask_for_ever() {
    let (old, new) = (Signer::new("old", Algorithm::EdDSA), Signer::new("new", Algorithm::EdDSA));
    let server = MockServer::start().await;
    serve_keys(&server, &[&old]).await;
    let authenticator = trusting(&server);
    let (old_token, new_token) = (old.sign(&claims()), new.sign(&claims()));
    assert!(authenticator.verify_at(&old_token, now()).await.is_ok());
    serve_keys(&server, &[&old, &new]).await;

    // Within a minute of the last fetch nobody asks again, however many tokens name the unknown key.
    for _ in 0..5 {
        let soon = now() + TimeDelta::seconds(59);
        assert_eq!(authenticator.verify_at(&new_token, soon).await, Err(TokenError::Invalid));
    }
    assert_eq!(asked(&server).await, 0);
    let later = now() + TimeDelta::seconds(60);
    assert!(authenticator.verify_at(&new_token, later).await.is_ok());
    assert!(authenticator.verify_at(&old_token, later).await.is_ok());
    assert_eq!(asked(&server).await, 1);

    // A key that the issuer withdraws is out once the set is read again, after ten minutes at most.
    serve_keys(&server, &[&new]).await;
    let stale = later + TimeDelta::minutes(10);
    assert_eq!(authenticator.verify_at(&old_token, stale).await, Err(TokenError::Invalid));
    assert!(authenticator.verify_at(&new_token, stale).await.is_ok());
    assert_eq!(asked(&server).await, 1);
}

#[tokio::test]
async fn old_keys_hold_for_a_day_when_the_issuer_is_away() {
    let signer = Signer::new("one", Algorithm::EdDSA);
    let server = MockServer::start().await;
    serve_keys(&server, &[&signer]).await;
    let authenticator = trusting(&server);
    let at = |moment: DateTime<Utc>| {
        let iat = moment.timestamp() - 5;
        let mut fresh = with("iat", json!(iat));
        fresh["exp"] = json!(iat + 600);
        (signer.sign(&fresh), moment)
    };
    assert_eq!(authenticator.issuer_keys(), IssuerKeys::NotFetchedYet);
    let (token, moment) = at(now());
    assert!(authenticator.verify_at(&token, moment).await.is_ok());
    assert_eq!(authenticator.issuer_keys(), IssuerKeys::Fetched);

    serve(&server, ResponseTemplate::new(500)).await;
    let (token, moment) = at(now() + TimeDelta::hours(23));
    assert!(authenticator.verify_at(&token, moment).await.is_ok());
    assert_eq!(authenticator.issuer_keys(), IssuerKeys::Old);
    assert!(authenticator.verify_at(&token, moment + TimeDelta::seconds(9)).await.is_ok());
    assert_eq!(asked(&server).await, 1, "a failed fetch is not repeated at once");
    let (token, moment) = at(now() + TimeDelta::hours(24));
    assert_eq!(authenticator.verify_at(&token, moment).await, Err(TokenError::IssuerUnavailable));

    serve_keys(&server, &[&signer]).await;
    assert!(authenticator.verify_at(&token, moment + TimeDelta::seconds(10)).await.is_ok());
    assert_eq!(authenticator.issuer_keys(), IssuerKeys::Fetched);
}

#[rstest]
#[case::error(ResponseTemplate::new(503))]
#[case::redirect(ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/keys"))]
#[case::no_json(ResponseTemplate::new(200).set_body_string("<html>"))]
#[case::no_key_set(ResponseTemplate::new(200).set_body_json(json!({"kid": "one"})))]
#[case::too_large(ResponseTemplate::new(200).set_body_string("x".repeat(300_000)))]
#[tokio::test]
async fn without_keys_nothing_is_decided(#[case] answer: ResponseTemplate) {
    let signer = Signer::new("one", Algorithm::EdDSA);
    let server = MockServer::start().await;
    serve(&server, answer).await;
    let authenticator = trusting(&server);
    let refused = authenticator.verify_at(&signer.sign(&claims()), now()).await;
    assert_eq!(refused, Err(TokenError::IssuerUnavailable));
    assert_eq!(authenticator.issuer_keys(), IssuerKeys::NotFetchedYet);
}

#[rstest]
#[case("https://login.example/keys", true)]
#[case("http://127.0.0.1:9/keys", true)]
#[case("http://[::1]:9/keys", true)]
#[case("http://localhost/keys", true)]
#[case("http://login.example/keys", false)]
#[case("http://127.0.0.1.example/keys", false)]
#[case("file:///etc/keys", false)]
#[case("keys", false)]
fn key_addresses(#[case] jwks_url: &str, #[case] accepted: bool) {
    let settings = IssuerSettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        jwks_url: jwks_url.into(),
        longest_life: LONGEST_LIFE,
        may_omit_nbf: false,
        names: Names::default(),
    };
    assert_eq!(Authenticator::new(vec![settings], None).is_ok(), accepted);
}

#[test]
fn an_issuer_is_named_once_and_whole() {
    let settings = IssuerSettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        jwks_url: "https://login.example/keys".into(),
        longest_life: LONGEST_LIFE,
        may_omit_nbf: false,
        names: Names::default(),
    };
    assert!(Authenticator::new(vec![settings.clone(), settings.clone()], None).is_err());
    for wrong in [
        IssuerSettings { audience: " ".into(), ..settings.clone() },
        IssuerSettings { issuer: String::new(), ..settings.clone() },
        IssuerSettings { issuer: DEV_ISSUER.into(), ..settings },
    ] {
        assert!(Authenticator::new(vec![wrong], None).is_err());
    }
}

#[tokio::test]
async fn development_tokens_open_only_where_their_issuer_is_on() {
    let dev = DevIssuer::unstored();
    let token = dev.token("programme-office", now()).unwrap();
    let off = Authenticator::new(Vec::new(), None).unwrap();
    assert_eq!(off.verify_at(&token, now()).await, Err(TokenError::Invalid));
    let on = Authenticator::new(Vec::new(), Some(&dev)).unwrap();
    assert_eq!((off.issuer_keys(), on.issuer_keys()), (IssuerKeys::NoneToFetch, IssuerKeys::NoneToFetch));
    let principal = on.verify_at(&token, now()).await.unwrap();
    assert_eq!(principal.subject(), "programme-office");
    assert_eq!(principal.expires_at, now() + DEV_TOKEN_LIFE);
    let evening = now() + DEV_TOKEN_LIFE + LEEWAY;
    assert_eq!(on.verify_at(&token, evening).await, Err(TokenError::Expired));
    let elsewhere = Authenticator::new(Vec::new(), Some(&DevIssuer::unstored())).unwrap();
    assert_eq!(elsewhere.verify_at(&token, now()).await, Err(TokenError::Invalid));
    assert!(matches!(dev.token("", now()), Err(DevIssuerError::Subject)));
    assert!(matches!(dev.token("a\nb", now()), Err(DevIssuerError::Subject)));
}
