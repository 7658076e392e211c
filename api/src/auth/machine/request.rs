//! What a client asks the token endpoint for: a form, and perhaps a name and a secret in the header (RFC 6749, sections 2.3 and 4.4).

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::form_urlencoded;
use uuid::Uuid;

use super::assertion::claimed_client;
use crate::authz::scope::Scopes;

/// The longest value of a field that is looked at.
const LONGEST_VALUE: usize = 8 * 1024;
/// The only type of assertion (RFC 7523, section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why no token is given: the codes of RFC 6749, section 5.2, that can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The request is not what it should be.
    InvalidRequest,
    /// The client is not known, or did not prove itself.
    InvalidClient,
    /// There are no tokens for this here.
    UnsupportedGrantType,
    /// There is no such scope, or the client does not have it.
    InvalidScope,
}

impl Problem {
    /// The code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
        }
    }
}

/// Why no token is given, for the client. It repeats nothing that the client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuthError {
    /// The code.
    pub problem: Problem,
    /// In words.
    pub description: &'static str,
}

impl OAuthError {
    pub(super) const fn new(problem: Problem, description: &'static str) -> Self {
        Self { problem, description }
    }

    /// The request is not what it should be.
    pub const fn invalid(description: &'static str) -> Self {
        Self::new(Problem::InvalidRequest, description)
    }

    /// Whoever asks did not prove to be a client. Why is not told: it would help only who is none.
    pub const fn not_a_client() -> Self {
        Self::new(Problem::InvalidClient, "The client is not known, or did not prove who it is.")
    }
}

/// How a client proves who it is.
pub(super) enum Proof {
    /// By a secret, in the header.
    Secret { client: Uuid, secret: String },
    /// By what it has signed, in the form.
    Assertion { client: Uuid, assertion: String },
}

/// What is asked for.
pub struct TokenRequest {
    pub(super) proof: Proof,
    /// What the token is to be narrowed to.
    pub(super) scopes: Option<Scopes>,
}

impl TokenRequest {
    /// Reads a request: the value of its `Authorization` header, where it has one, and its form.
    ///
    /// # Errors
    /// It is none.
    pub fn read(authorization: Option<&str>, form: &[u8]) -> Result<Self, OAuthError> {
        let form = fields(form)?;
        let field = |name: &str| form.get(name).map(Cow::as_ref).filter(|value| !value.is_empty());
        match field("grant_type") {
            Some("client_credentials") => {}
            Some(_) => {
                let only = "This issuer knows client_credentials alone.";
                return Err(OAuthError::new(Problem::UnsupportedGrantType, only));
            }
            None => return Err(OAuthError::invalid("grant_type is missing.")),
        }
        let proof = proof(authorization, field)?;
        let named = field("client_id").map(str::parse::<Uuid>);
        if named.is_some_and(|named| named.ok() != Some(proof.client())) {
            return Err(OAuthError::not_a_client());
        }
        let unknown = OAuthError::new(Problem::InvalidScope, "There is no such scope.");
        let scopes = field("scope").map(|scope| Scopes::from_token(scope).ok_or(unknown)).transpose()?;
        Ok(Self { proof, scopes })
    }

    /// Which client it says that it is.
    pub fn client(&self) -> Uuid {
        self.proof.client()
    }
}

impl Proof {
    fn client(&self) -> Uuid {
        match self {
            Self::Secret { client, .. } | Self::Assertion { client, .. } => *client,
        }
    }
}

/// The fields of a form, each of which may be there once (section 3.2). What is not known is passed over.
fn fields(form: &[u8]) -> Result<BTreeMap<Cow<'_, str>, Cow<'_, str>>, OAuthError> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(form) {
        if value.len() > LONGEST_VALUE {
            return Err(OAuthError::invalid("A field of the form is too long."));
        }
        // Several resources may be named (RFC 8707), and are of no meaning here: a token opens this service and nothing else.
        if fields.insert(name.clone(), value).is_some() && !matches!(name.as_ref(), "resource" | "audience") {
            return Err(OAuthError::invalid("A field of the form is there twice."));
        }
    }
    Ok(fields)
}

fn proof<'f>(
    authorization: Option<&str>,
    field: impl Fn(&str) -> Option<&'f str>,
) -> Result<Proof, OAuthError> {
    let assertion = field("client_assertion");
    if field("client_secret").is_some() {
        let elsewhere =
            "A secret is sent in the Authorization header (client_secret_basic), not in the form.";
        return Err(OAuthError::new(Problem::InvalidClient, elsewhere));
    }
    match (authorization, assertion) {
        (Some(_), Some(_)) => {
            Err(OAuthError::invalid("The client proves who it is in two ways: choose one."))
        }
        (Some(header), None) => {
            let (client, secret) = basic(header).ok_or(OAuthError::not_a_client())?;
            Ok(Proof::Secret { client, secret })
        }
        (None, Some(_)) if field("client_assertion_type") != Some(JWT_BEARER) => {
            Err(OAuthError::invalid("client_assertion_type must say jwt-bearer."))
        }
        (None, Some(assertion)) => {
            let client = claimed_client(assertion).ok_or(OAuthError::not_a_client())?;
            Ok(Proof::Assertion { client, assertion: assertion.to_owned() })
        }
        (None, None) => Err(OAuthError::not_a_client()),
    }
}

/// The client and its secret in a header (section 2.3.1): both are form-encoded, and then joined and encoded once more.
fn basic(header: &str) -> Option<(Uuid, String)> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") || encoded.len() > LONGEST_VALUE {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = pair.split_once(':')?;
    Some((decoded(client).parse().ok()?, decoded(secret)))
}

/// A value as it was before it was form-encoded.
fn decoded(value: &str) -> String {
    let as_field = format!("={}", value.replace('&', "%26"));
    form_urlencoded::parse(as_field.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "0193a5b0-0000-7000-8000-000000000001";

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    fn problem(authorization: Option<&str>, form: &str) -> Problem {
        TokenRequest::read(authorization, form.as_bytes()).err().unwrap().problem
    }

    #[rstest::rstest]
    #[case::plain("gts_a-b", "gts_a-b")]
    #[case::encoded("gts%5Fa%2Bb", "gts_a+b")]
    #[case::with_a_colon("a:b", "a:b")]
    #[case::with_a_plus("a+b", "a b")]
    #[case::with_an_ampersand("a&b", "a&b")]
    fn a_secret_comes_in_the_header(#[case] written: &str, #[case] read: &str) {
        let header = header(&format!("{CLIENT}:{written}"));
        let request = TokenRequest::read(Some(&header), b"grant_type=client_credentials&scope=read+links");
        let request = request.ok().unwrap();
        let Proof::Secret { client, secret } = request.proof else { panic!("another proof") };
        assert_eq!((client.to_string().as_str(), secret.as_str()), (CLIENT, read));
        assert_eq!(request.scopes, Scopes::from_token("links"));
    }

    #[test]
    fn each_fault_has_its_code() {
        let good = header(&format!("{CLIENT}:secret"));
        let good = Some(good.as_str());
        let form = "grant_type=client_credentials";
        for (authorization, form, code) in [
            (good, String::new(), Problem::InvalidRequest),
            (good, "grant_type=".to_owned(), Problem::InvalidRequest),
            (good, "grant_type=password".to_owned(), Problem::UnsupportedGrantType),
            (good, format!("{form}&grant_type=client_credentials"), Problem::InvalidRequest),
            (good, format!("{form}&scope=admin"), Problem::InvalidScope),
            (good, format!("{form}&client_assertion=a"), Problem::InvalidRequest),
            (good, format!("{form}&client_secret=a"), Problem::InvalidClient),
            (good, format!("{form}&client_id=another"), Problem::InvalidClient),
            (None, form.to_owned(), Problem::InvalidClient),
            (None, format!("{form}&client_assertion=a.b.c"), Problem::InvalidRequest),
            (
                None,
                format!("{form}&client_assertion=a.b.c&client_assertion_type={JWT_BEARER}"),
                Problem::InvalidClient,
            ),
            (Some("Bearer x"), form.to_owned(), Problem::InvalidClient),
            (Some("Basic ?"), form.to_owned(), Problem::InvalidClient),
            (Some(header("police:secret").as_str()), form.to_owned(), Problem::InvalidClient),
            (good, format!("{form}&more={}", "x".repeat(LONGEST_VALUE + 1)), Problem::InvalidRequest),
        ] {
            assert_eq!(problem(authorization, &form), code, "{form}");
        }
    }

    #[test]
    fn what_other_issuers_want_does_no_harm() {
        let form = format!(
            "grant_type=client_credentials&client_id={CLIENT}&audience=x&resource=a&resource=b&scope=&foo=bar"
        );
        let request = TokenRequest::read(Some(&header(&format!("{CLIENT}:s"))), form.as_bytes());
        assert_eq!(request.ok().unwrap().scopes, None);
    }
}
