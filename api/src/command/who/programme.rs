//! Programmes are begun, and change their particulars.

use entity::{party, programme};
use serde::Deserialize;
use uuid::Uuid;

use super::organisation::{Particulars, add};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::load_programme::usual_ratings;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// At most so many characters in the short name of a programme.
const LONGEST_SLUG: usize = 60;

/// A programme is begun.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProgrammeCreate {
    slug: String,
    name: String,
    #[serde(default)]
    authority_id: Option<GlobalId>,
    #[serde(default)]
    new_authority: Option<Particulars>,
}

impl Command for ProgrammeCreate {
    const OPERATION: Operation = Operation::ProgrammeCreate;
    const ABOUT: &'static str = "Begins a programme, closed to the public, with the usual names and colours for health. Its members come after.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("programme", "Programme")];

    fn target(&self) -> Target {
        Target::Beginning
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        check_slug(&self.slug)?;
        if work.cx.programme_by_slug(&self.slug).await?.is_some() {
            return Err(UserError::invalid("slug", "Another programme has this short name.").into());
        }
        let authority_id = match (&self.authority_id, self.new_authority) {
            (Some(id), None) => {
                let authority: party::Model = work.find_of(&["Organisation"], id, "authorityId").await?;
                authority.id
            }
            (None, Some(new)) => add(work, new, "newAuthority").await?,
            _ => {
                let message = "Give either the id of an organisation, or a new one as newAuthority.";
                return Err(UserError::invalid("authorityId", message).into());
            }
        };
        let id = Uuid::now_v7();
        let row = programme::Model {
            id,
            slug: self.slug,
            name: self.name,
            authority_id,
            is_public: false,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        work.cx.create(row).await?;
        work.cx.attach_all(usual_ratings(id)).await?;
        Ok(Done::with("programme", id))
    }
}

/// A short name stands in addresses.
fn check_slug(slug: &str) -> Result<(), UserError> {
    let is_plain = slug.bytes().all(|sign| matches!(sign, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let is_framed = slug.starts_with('-') || slug.ends_with('-');
    if !is_plain || is_framed || slug.len() > LONGEST_SLUG {
        let message = format!(
            "A short name has 1 to {LONGEST_SLUG} small letters, digits and hyphens, no hyphen first or last: north-shire."
        );
        return Err(UserError::invalid("slug", message));
    }
    Ok(())
}

/// A programme's particulars change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProgrammeUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    is_public: Patch<bool>,
}

impl Command for ProgrammeUpdate {
    const OPERATION: Operation = Operation::ProgrammeUpdate;
    const ABOUT: &'static str = "Changes a programme's name, or whether anyone may read its published plans.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("programme", "Programme")];

    fn target(&self) -> Target {
        Target::existing(&["Programme"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: programme::Model = work.find(&self.id, "id").await?;
        let after = programme::Model {
            name: self.name.required(before.name.clone(), "name")?,
            is_public: self.is_public.required(before.is_public, "isPublic")?,
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("programme", after.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_fits_into_an_address() {
        for good in ["northshire", "north-shire-2", "x"] {
            assert!(check_slug(good).is_ok(), "{good}");
        }
        for bad in ["North", "north shire", "-north", "north-", "nörd", &"x".repeat(61)] {
            assert!(check_slug(bad).is_err(), "{bad}");
        }
    }
}
