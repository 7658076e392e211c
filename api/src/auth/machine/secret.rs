//! Secrets of machine clients: made here, told once, kept as hashes.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::task::spawn_blocking;

/// What a secret begins with, so that one that was left lying about is known for what it is.
const PREFIX: &str = "gts_";
/// How many random bytes follow.
const BYTES: usize = 32;
/// How many characters at its end tell it from another.
const HINT: usize = 4;
/// Of which memory, in KiB, in how many passes, in how many lanes: the first choice of OWASP's password storage cheat sheet.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A secret could not be made or compared.
#[derive(Debug, thiserror::Error)]
#[error("a secret could not be hashed")]
pub struct Unhashed;

/// A new secret. It has no `Debug`: nobody prints it by mistake.
pub struct Secret {
    /// The secret itself, to be told once.
    pub text: String,
    /// Its last characters.
    pub hint: String,
    /// What is kept of it.
    pub hash: String,
}

impl Secret {
    /// A random secret.
    ///
    /// # Errors
    /// There is no randomness, or no memory.
    pub async fn make() -> Result<Self, Unhashed> {
        spawn_blocking(|| {
            let text = random_text()?;
            Ok(Self { hint: Self::hint_of(&text), hash: hash(&text)?, text })
        })
        .await
        .map_err(|_| Unhashed)?
    }

    /// The last characters of a secret.
    pub fn hint_of(text: &str) -> String {
        let signs: Vec<char> = text.chars().collect();
        signs.iter().skip(signs.len().saturating_sub(HINT)).collect()
    }
}

fn random_text() -> Result<String, Unhashed> {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).map_err(|_| Unhashed)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn hasher() -> Result<Argon2<'static>, Unhashed> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|_| Unhashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(text: &str) -> Result<String, Unhashed> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| Unhashed)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| Unhashed)?;
    let hash = hasher()?.hash_password(text.as_bytes(), &salt).map_err(|_| Unhashed)?;
    Ok(hash.to_string())
}

/// What a secret is compared with where there is none: it takes as long, and is never it.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hash(&random_text().ok()?).ok());

/// Whether the hash is that of the text. Without a hash it is not, and takes as long to say.
///
/// # Errors
/// It could not be compared.
pub(super) async fn is(text: &str, hash: Option<String>) -> Result<bool, Unhashed> {
    let text = text.to_owned();
    let compare = move || {
        let is_known = hash.is_some();
        let hash = hash.or_else(|| NOBODYS.clone()).ok_or(Unhashed)?;
        let hash = PasswordHash::new(&hash).map_err(|_| Unhashed)?;
        Ok(hasher()?.verify_password(text.as_bytes(), &hash).is_ok() && is_known)
    };
    spawn_blocking(compare).await.map_err(|_| Unhashed)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_kept_as_a_hash_that_knows_it_again() {
        let (one, other) = (Secret::make().await.ok().unwrap(), Secret::make().await.ok().unwrap());

        assert!(one.text.starts_with("gts_") && one.text.len() == 4 + 43, "{}", one.text);
        assert!(one.text.ends_with(&one.hint) && one.hint.len() == 4);
        assert!(one.hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.hash);
        assert!(is(&one.text, Some(one.hash.clone())).await.unwrap());
        assert!(!is(&other.text, Some(one.hash)).await.unwrap());
        assert!(!is(&one.text, None).await.unwrap());
    }

    #[test]
    fn the_hint_of_what_is_shorter_is_all_of_it() {
        assert_eq!((Secret::hint_of("é"), Secret::hint_of("")), ("é".to_owned(), String::new()));
    }
}
