//! Secrets and signatures, by the Standard Webhooks specification: HMAC-SHA256 over the id, the time and the body.

use aws_lc_rs::{hmac, rand};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::store::webhooks::Secret as Kept;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// How many random bytes it has.
const BYTES: usize = 32;

/// A new secret, as its owner gets it once.
pub struct Secret(String);

impl Secret {
    /// A random one.
    ///
    /// # Panics
    /// The system has no randomness: there is nothing to go on with.
    #[expect(clippy::expect_used, reason = "a secret that is not random must not be made")]
    pub fn new() -> Self {
        let mut bytes = [0; BYTES];
        rand::fill(&mut bytes).expect("the system gives random bytes");
        Self(format!("{PREFIX}{}", STANDARD.encode(bytes)))
    }

    /// The secret itself.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn kept(&self) -> Kept<'_> {
        let whole = self.0.trim_end_matches('=');
        Kept { text: &self.0, hint: whole.get(whole.len().saturating_sub(4)..).unwrap_or_default() }
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}

/// The signatures of one attempt, one for each secret, as the header has them. A secret that is none signs nothing.
pub fn signatures(secrets: &[String], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let of = |secret: &String| {
        let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(tag.as_ref())))
    };
    secrets.iter().filter_map(of).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_specification() {
        // From the examples of the specification's own libraries.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let body = r#"{"test": 2432232314}"#;
        let one =
            signatures(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(one, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let other = Secret::new();
        let both = signatures(
            &[other.text().to_owned(), secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert!(both.ends_with(&format!(" {one}")) && both.matches("v1,").count() == 2);
        assert_eq!(signatures(&["no secret".to_owned()], "a", 1, ""), "");
    }

    #[test]
    fn secrets_are_random_and_known_by_their_end() {
        let (one, other) = (Secret::new(), Secret::new());
        assert_ne!(one.text(), other.text());
        assert_eq!(STANDARD.decode(one.text().strip_prefix(PREFIX).unwrap()).unwrap().len(), BYTES);
        let hint = one.kept().hint;
        assert!(hint.len() == 4 && one.text().trim_end_matches('=').ends_with(hint));
    }
}
