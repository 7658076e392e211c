//! Post holders.

use chrono::NaiveDate;
use entity::party;
use serde::Deserialize;
use uuid::Uuid;

use super::{ORGANISATION, blank, to_programme};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A post holder is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PersonCreate {
    programme_id: GlobalId,
    post: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    organisation_id: Option<GlobalId>,
    #[serde(default)]
    from_on: Option<NaiveDate>,
    #[serde(default)]
    until_on: Option<NaiveDate>,
}

impl Command for PersonCreate {
    const OPERATION: Operation = Operation::PersonCreate;
    const ABOUT: &'static str = "Adds a post holder to a programme. The ledger never holds their name.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("person", "Person")];

    fn target(&self) -> Target {
        to_programme(&self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let id = Uuid::now_v7();
        let row = party::Model {
            name: self.name,
            post: Some(self.post),
            organisation_id: work.organisation(self.organisation_id.as_ref(), ORGANISATION).await?,
            from_on: self.from_on,
            until_on: self.until_on,
            ..blank(id, Some(work.programme()?), "PERSON", work.now())
        };
        check(&row)?;
        work.cx.create(row).await?;
        Ok(Done::with("person", id))
    }
}

/// A post holder's record is corrected, or the post passes on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PersonUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    post: Patch<String>,
    #[serde(default)]
    organisation_id: Patch<GlobalId>,
    #[serde(default)]
    from_on: Patch<NaiveDate>,
    #[serde(default)]
    until_on: Patch<NaiveDate>,
}

impl Command for PersonUpdate {
    const OPERATION: Operation = Operation::PersonUpdate;
    const ABOUT: &'static str =
        "Corrects a post holder's record. A name can be erased: nothing else holds it.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("person", "Person")];

    fn target(&self) -> Target {
        Target::existing(&["Person"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: party::Model = work.find(&self.id, "id").await?;
        let after = party::Model {
            name: self.name.over(before.name.clone()),
            post: self.post.over(before.post.clone()),
            organisation_id: work
                .organisation_over(&self.organisation_id, before.organisation_id, ORGANISATION)
                .await?,
            from_on: self.from_on.over(before.from_on),
            until_on: self.until_on.over(before.until_on),
            ..before.clone()
        };
        check(&after)?;
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("person", after.id))
    }
}

fn check(person: &party::Model) -> Result<(), UserError> {
    if person.post.is_none() && person.name.is_none() {
        let message = "Something has to be left to call them by: give the post before the name is erased.";
        return Err(UserError::invalid("post", message));
    }
    if person.from_on.zip(person.until_on).is_some_and(|(from, until)| until < from) {
        let message = "The post was left before it was taken up: give a day on or after fromOn.";
        return Err(UserError::invalid("untilOn", message));
    }
    Ok(())
}
