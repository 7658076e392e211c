//! An organisation's record is corrected, for all programmes at once.

use entity::{organisation_identifier, party};
use import::programme::OrganisationKind;
use sea_orm::ColumnTrait;
use serde::Deserialize;

use super::organisation::{Identifier, are_free, is_new};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// An organisation's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OrganisationUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    kind: Patch<OrganisationKind>,
    #[serde(default)]
    identifiers: Patch<Vec<Identifier>>,
}

impl Command for OrganisationUpdate {
    const OPERATION: Operation = Operation::OrganisationUpdate;
    const ABOUT: &'static str =
        "Corrects an organisation's record; recorded in every programme that has to do with it.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("organisation", "Organisation")];

    fn target(&self) -> Target {
        Target::existing(&["Organisation"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: party::Model = work.find(&self.id, "id").await?;
        let id = before.id;
        let name = self.name.required(before.name.clone().unwrap_or_default(), "name")?;
        let kind = match before.organisation_kind.as_deref() {
            Some(kind) => self.kind.required(kind.parse()?, "kind")?,
            None => self.kind.required(OrganisationKind::Other, "kind")?,
        };
        is_new(work, id, &name, "").await?;
        let old = organisation_identifier::Column::OrganisationId.eq(id);
        let old = work.cx.rows::<organisation_identifier::Entity>(old).await?;
        let wanted = match self.identifiers {
            Patch::Set(given) => {
                are_free(work, id, &given, "").await?;
                given.iter().map(|identifier| identifier.of(id)).collect()
            }
            Patch::Clear => Vec::new(),
            Patch::Keep => old.clone(),
        };
        let (gone, new) = differences(&old, wanted);
        let after =
            party::Model { name: Some(name), organisation_kind: Some(kind.to_string()), ..before.clone() };
        if after == before && gone.is_empty() && new.is_empty() {
            return Ok(Done::with("organisation", id));
        }
        let touched = work.cx.touch(&before).await?;
        let after =
            party::Model { name: after.name, organisation_kind: after.organisation_kind, ..touched.clone() };
        work.cx.update(&touched, after).await?;
        for identifier in gone {
            work.cx.detach(identifier).await?;
        }
        work.cx.attach_all(new).await?;
        let programmes = work.cx.programmes_with(id).await?;
        work.cx.record_in(id, programmes).await?;
        Ok(Done::with("organisation", id))
    }
}

/// What goes, and what comes.
fn differences<T: PartialEq>(old: &[T], wanted: Vec<T>) -> (Vec<&T>, Vec<T>) {
    let gone = old.iter().filter(|row| !wanted.contains(row)).collect();
    (gone, wanted.into_iter().filter(|row| !old.contains(row)).collect())
}
