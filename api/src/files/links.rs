//! Addresses that let their holder send or fetch one file for a short while.
//!
//! An address is signed and says for whom it was made. What it leads to is still judged when it is used, as that person sees it
//! then: an address that was passed on, or kept, gives nothing that its owner may not have any more.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::authz::identity::Identity;

/// How long an address is good for: to begin an upload or a download, not to end it.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To send the bytes of an upload, by PUT.
    Upload,
    /// To fetch the bytes of a file of evidence, by GET.
    Download,
    /// To fetch those of a document that something was imported from, by GET.
    Document,
}

impl Purpose {
    /// The path below the service's address, without the id.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Upload => "/files/uploads",
            Self::Download => "/files/evidence",
            Self::Document => "/files/documents",
        }
    }
}

/// An address, and until when it is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The whole address.
    pub url: String,
    /// From then on it is refused.
    pub expires_at: DateTime<Utc>,
}

/// Whom an address was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Who they are.
    pub identity: Identity,
}

/// Why an address gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassError {
    /// It was made here, and its time is over.
    Expired,
    /// It was not made here, or not for this.
    Invalid,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    /// The groups by which the person is a member: an address is good for what they may see by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    grp: Vec<String>,
    fil: Uuid,
    #[serde(rename = "use")]
    purpose: Purpose,
    exp: i64,
}

/// Signs addresses, and reads them.
pub struct Links {
    signing: EncodingKey,
    verifying: DecodingKey,
    base: String,
    has_scanner: bool,
}

impl Links {
    /// Addresses below `base` (scheme and host, no slash at the end), signed with a secret that all replicas share.
    pub fn new(secret: &[u8], base: &str, has_scanner: bool) -> Self {
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            base: base.trim_end_matches('/').to_owned(),
            has_scanner,
        }
    }

    /// Whether a scanner looks at files: then what it has not found clean is not handed out.
    pub fn has_scanner(&self) -> bool {
        self.has_scanner
    }

    /// An address for somebody; none only where the token cannot be written.
    pub fn link(&self, purpose: Purpose, id: Uuid, of: &Identity, now: DateTime<Utc>) -> Option<Link> {
        let expires_at = now + LINK_LIFE;
        let (sub, grp) = (of.subject.clone(), of.groups.to_vec());
        let claims = Claims { sub, grp, fil: id, purpose, exp: expires_at.timestamp() };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.signing).ok()?;
        let url = format!("{}{}/{}?token={token}", self.base, purpose.path(), id.simple());
        Some(Link { url, expires_at: DateTime::from_timestamp(claims.exp, 0)? })
    }

    /// Whom the token of an address was made for.
    ///
    /// # Errors
    /// [`PassError`], where it was made for something else, by somebody else, or too long ago.
    pub fn pass(
        &self,
        token: &str,
        purpose: Purpose,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Pass, PassError> {
        let mut validation = Validation::new(Algorithm::HS256);
        // The time is asked below, of the clock that made the address.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "sub"]);
        let claims =
            decode::<Claims>(token, &self.verifying, &validation).map_err(|_| PassError::Invalid)?.claims;
        if claims.purpose != purpose || claims.fil != id {
            return Err(PassError::Invalid);
        }
        if claims.exp <= now.timestamp() {
            return Err(PassError::Expired);
        }
        let identity = Identity { groups: claims.grp.into(), ..Identity::of(claims.sub) };
        Ok(Pass { identity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        Links::new(&[7; 32], "https://thread.example/", false)
    }

    fn now() -> DateTime<Utc> {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    fn token(link: &Link) -> &str {
        link.url.split_once("token=").unwrap().1
    }

    #[test]
    fn an_address_is_for_one_file_one_purpose_and_one_person() {
        let (links, id) = (links(), Uuid::from_u128(5));
        let link = links.link(Purpose::Download, id, &Identity::of("lead"), now()).unwrap();

        assert!(
            link.url.starts_with("https://thread.example/files/evidence/00000000000000000000000000000005?")
        );
        assert_eq!(link.expires_at, now() + LINK_LIFE);
        let pass = links.pass(token(&link), Purpose::Download, id, now()).unwrap();
        assert_eq!(pass.identity.subject, "lead");
        let of = |purpose, id| links.pass(token(&link), purpose, Uuid::from_u128(id), now());
        assert_eq!(of(Purpose::Upload, 5), Err(PassError::Invalid));
        assert_eq!(of(Purpose::Download, 6), Err(PassError::Invalid));
    }

    #[test]
    fn it_names_the_groups_by_which_one_is_a_member() {
        let (links, id, of) = (links(), Uuid::from_u128(5), Identity::of("lead").in_groups(["g1"]));
        let link = links.link(Purpose::Download, id, &of, now()).unwrap();
        assert_eq!(links.pass(token(&link), Purpose::Download, id, now()), Ok(Pass { identity: of }));
    }

    #[test]
    fn it_is_good_for_its_time() {
        let (links, id) = (links(), Uuid::from_u128(5));
        let link = links.link(Purpose::Upload, id, &Identity::of("lead"), now()).unwrap();
        let at = |minutes| links.pass(token(&link), Purpose::Upload, id, now() + TimeDelta::minutes(minutes));
        assert!(at(14).is_ok());
        assert_eq!(at(15), Err(PassError::Expired));
    }

    #[test]
    fn what_was_not_signed_here_is_nothing() {
        let id = Uuid::from_u128(5);
        let other =
            Links::new(&[8; 32], "", false).link(Purpose::Upload, id, &Identity::of("lead"), now()).unwrap();
        assert_eq!(links().pass(token(&other), Purpose::Upload, id, now()), Err(PassError::Invalid));
        assert_eq!(links().pass("", Purpose::Upload, id, now()), Err(PassError::Invalid));
        // Signed by nobody.
        let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJsZWFkIiwiZXhwIjo5OTk5OTk5OTk5fQ.";
        assert_eq!(links().pass(none, Purpose::Upload, id, now()), Err(PassError::Invalid));
    }
}
